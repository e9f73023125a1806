"""What older servers do not have: the answer says since which version it is there."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from .errors import PBRequestError


@contextlib.contextmanager
def there_since(version: str, what: str, instead: str = "") -> Iterator[None]:
    """Have a 404 of the block, whose route any newer server has, say that `what` exists since a version.

    `instead` is a sentence about what an older server can do. The PBRequestError keeps its status.
    """
    try:
        yield
    except PBRequestError as error:
        if error.status != 404:
            raise
        raise too_old(version, what, instead) from error


def too_old(version: str, what: str, instead: str = "") -> PBRequestError:
    """Return the error that says since which version `what` exists, and what an older server can do."""
    message = f"This server is too old: PocketBase has {what} since v{version}."
    hint = f"Use PocketBase {version} or newer. {instead}".strip()
    return PBRequestError(404, {"message": message}, hint=hint, code="unsupported")
