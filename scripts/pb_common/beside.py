"""A change that a command makes beside the server, past its API, and its line in the audit file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Callable, TypeVar

from .client import Client

_Done = TypeVar("_Done")


def audited_beside(client: Client, command: str, verb: str, names: Iterable[str], change: Callable[[], _Done]) -> _Done:
    """Return what `change` does beside the server, past its API; where PB_AUDIT names a file it leaves a line there.

    `names` are what the verb changes. Raises PBRefused, with nothing changed, if the file cannot be opened.
    """
    if not client.settings.audit:
        return change()
    from .audit import Sent, audited

    sent = Sent(verb, ", ".join(names), None, {"Authorization": client.superuser_token()})
    return audited(client.settings, command, sent, change, client.warn)
