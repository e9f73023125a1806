"""Requests that were sent and not answered: that nothing has changed yet is no proof that nothing will."""

from __future__ import annotations

import time

from _pb.migrations.home import Home
from _pb.migrations.intent import Intent, Unanswered, forget_intent, write_intent
from _pb.server.layout import Project
from _pb.server.process import running_state
from pb_common import Client, PBRefused
from pb_common.schema_types import Collection
from pb_common.server_log import logged

# So long a request may be under way where nothing tells that it has ended.
_LONGEST_SECONDS = 300.0


def same_state(before: list[Collection], after: list[Collection]) -> bool:
    """Tell whether no collection was changed, made or deleted; the one that is saved for waiting does not count."""
    return _states(before) == _states(after)


def _states(collections: list[Collection]) -> list[tuple[str, str]]:
    return sorted((item["id"], item["updated"]) for item in collections if item["name"] != "_mfas")


def is_over(client: Client, agent: str) -> bool:
    """Tell whether the server's log has the request of that name: it is written there when it has ended."""
    return bool(logged(client, f'data.userAgent = "{agent}"'))


def note_unanswered(home: Home, intent: Intent, agent: str) -> None:
    """Write down that the request of a change was sent, and that nobody knows its end."""
    write_intent(home, intent._replace(unanswered=Unanswered(agent, time.time(), _server(home))))


def require_over(client: Client, home: Home, intent: Intent) -> None:
    """Raise PBRefused while the request of a change that was not answered, and has not arrived, may be under way."""
    unanswered = intent.unanswered
    if unanswered is None:
        return
    until = unanswered.sent + _LONGEST_SECONDS
    another = unanswered.server and unanswered.server != _server(home)
    if another or time.time() > until or is_over(client, unanswered.agent):
        return
    sent, end = (time.strftime("%H:%M:%S", time.localtime(at)) for at in (unanswered.sent, until))
    raise PBRefused(
        f"A change ({intent.description}) was sent at {sent} and not answered: it may still be carried out, and would"
        " undo what is changed now.",
        hint=f"Wait until it has ended: run this again, at the latest after {end}. A restart of the server ends it"
        f" too; then, if this is still refused, delete {home.database.with_name('schema_change.json')}.",
        code="changed_meanwhile",
    )


def forget_unanswered(client: Client, home: Home, intent: Intent) -> None:
    """Forget a change of which is known now that it was not carried out."""
    forget_intent(home)
    client.warn(f"A change that was not answered ({intent.description}) was not carried out.")


def _server(home: Home) -> str:
    state = running_state(Project(home.folder))
    return f"{state.pid} {state.started}" if state else ""
