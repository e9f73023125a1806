"""What fires requests together, each in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any, Callable, TypeVar

from pb_common import PBUsageError

_Result = TypeVar("_Result")


def at_once(requests: Sequence[Callable[[], _Result]]) -> list[_Result]:
    """Call several functions at the same moment, each in a thread of its own, and return what they return, in order.

    Each sends a request, such as `lambda: alice.update("seats", seat, {"taken_by": alice.id})`. What one of them raises
    is raised when all have ended. Raises PBUsageError for what is no function.
    """
    for request in requests:
        if not callable(request):
            raise PBUsageError(
                f"at_once takes functions, not {type(request).__name__}: that one was sent already.",
                hint="at_once([lambda: alice.create(...), lambda: bob.create(...)])",
            )
    results: list[Any] = [None] * len(requests)
    errors: list[BaseException] = []
    start = threading.Barrier(max(len(requests), 1))

    def call(place: int) -> None:
        start.wait()
        try:
            results[place] = requests[place]()
        except BaseException as error:  # it belongs to who asked
            errors.append(error)

    threads = [threading.Thread(target=call, args=(place,)) for place in range(len(requests))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return results
