"""JSON as it goes out and comes back: the body of a request, and the answer read from a response."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from .errors import PBConnectionError, PBError
from .project import script_command
from .wire import Response


class Answer(NamedTuple):
    """An answer of the API: HTTP status and parsed JSON (None for an empty body)."""

    status: int
    data: Any


class NestedTooDeeply(PBError):
    """The JSON of an answer has more levels than Python reads; `what` names the answer, `status` is its HTTP status."""

    def __init__(self, what: str, status: int = 0) -> None:
        super().__init__(
            f"{what} holds JSON that is nested too deeply to be read.",
            hint="Leave the json field out: --fields with the names of the others.",
        )
        self.status = status


def encoded(data: Any) -> bytes:
    """Return data as the JSON that is sent."""
    try:
        return json.dumps(data, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:  # half a surrogate pair, which only an escape can carry
        return json.dumps(data, allow_nan=False).encode()


def read_answer(url: str, path: str, response: Response) -> Answer:
    """Return the answer that a response of the server at `url` holds; `path` is what was asked for.

    Raises PBConnectionError if it is no JSON, NestedTooDeeply if it has more levels than Python reads.
    """
    if not response.body:
        return Answer(response.status, None)
    place = path.partition("?")[0]
    try:
        return Answer(response.status, json.loads(response.body))
    except RecursionError:
        raise NestedTooDeeply(f"The answer to {place}", response.status) from None
    except ValueError:
        kind = response.headers.get("content-type") or "no content type"
        raise PBConnectionError(
            f"{url}{place} answered HTTP {response.status} with {kind}, not with JSON as PocketBase does.",
            hint=f"Check PB_URL: is it a PocketBase? Start one with: {script_command('pb_server.py up')}",
            code="not_pocketbase",
        ) from None


def is_healthy(answer: Answer) -> bool:
    """Tell whether this is what every version, also before v0.23, says of its health."""
    return answer.status == 200 and isinstance(answer.data, dict) and answer.data.get("message") == "API is healthy."


def a_guest_could_get(answer: Answer) -> bool:
    """Tell whether an answer looks the same when PocketBase takes the superuser's token for nobody's."""
    empty_list = answer.status == 200 and isinstance(answer.data, dict) and answer.data.get("items") == []
    return empty_list or answer.status in (400, 403, 404)
