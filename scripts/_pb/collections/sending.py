"""How a change of the schema is sent: by one at a time, in one request, and kept as a migration."""

from __future__ import annotations

import argparse
import contextlib
import functools
import json
import time
from collections.abc import Iterator
from typing import Any, Callable, NamedTuple

from _pb.collections.meanwhile import require_lasting, require_unchanged
from _pb.migrations.intent import forget_intent
from _pb.migrations.lock import schema_lock
from _pb.migrations.settle import next_step, settle
from _pb.migrations.unanswered import is_over, note_unanswered, same_state
from _pb.migrations.waiting import heal, wait_for_writes
from _pb.migrations.write import Kept, begin, finish
from pb_common import Client, PBError
from pb_common.collections import get_collections
from pb_common.paths import IMPORT
from pb_common.patience import is_away
from pb_common.processes import terminated_as_interrupted
from pb_common.project import shown
from pb_common.schema_types import Collection

_UNKNOWN = "Whether the change was carried out is not known."
_LATER = "It may still come. The next change, or `migrations status`, looks and keeps its migration."


class Applied(NamedTuple):
    """A change that was carried out: the collections after it by id, and the path of its migration, if there is one.

    `hint` says what to do with the migration.
    """

    after: dict[str, Collection]
    migration: str | None
    hint: str | None


Verb = Callable[[Client, argparse.Namespace], Any]


def one_at_a_time(verb: Verb) -> Verb:
    """Let a verb that changes the schema wait for others on the same server, which would see only half of its change.

    Migrations are told from what the schema was before and after, and a collection's fields are sent as a whole.
    """

    @functools.wraps(verb)
    def waiting(client: Client, args: argparse.Namespace) -> Any:
        with changing_schema(client):
            return verb(client, args)

    return waiting


@contextlib.contextmanager
def changing_schema(client: Client) -> Iterator[None]:
    """Keep others from changing the schema, and settle first what an earlier change has left."""
    with terminated_as_interrupted(), schema_lock(client):
        settle(client)
        yield


def carry_out(
    client: Client, before: list[Collection], description: str, method: str, path: str, body: Any = None
) -> Applied:
    """Send one request that changes the schema, and keep the change as a migration where the project is at hand.

    `before` are the collections before it. A change that the server makes although nobody waits for its answer any
    more is kept too. After a failed import the server's cache is healed; a rule that the change has broken is warned
    of, whether the check was off or could not tell.
    Raises PBRefused if a collection that it changes was changed meanwhile, KeyboardInterrupt with what was carried out.
    """
    from _pb.schema.check_elsewhere import newly_broken_rules

    kept = begin(client, before, description)
    began = time.monotonic()
    if kept is None:  # somebody else has changed it, or the database is not at hand, where nothing keeps them apart
        now = require_unchanged(client, before, path, body)
        if now != before:
            before, kept = now, begin(client, now, description)
    try:
        answer, stopped, agent = _sent(client, kept, method, path, body)
        status = client.status
        if stopped:
            after = _changed_all_the_same(client, kept, before, stopped, agent)
            status = client.status
        else:
            after = get_collections(client)
        migration, stopped = _finished(client, kept, after, stopped)
    except (KeyboardInterrupt, PBError) as error:
        raise _told(error, kept) from None
    place, hint = (shown(migration), next_step(kept.home, migration)) if kept and migration else (None, None)
    if isinstance(stopped, KeyboardInterrupt):
        raise KeyboardInterrupt(f"Interrupted. The change was carried out. {hint or ''}".rstrip())
    if kept is None:
        require_lasting(client, before, answer, after, time.monotonic() - began)
    for broken in newly_broken_rules(before, after):
        client.warn(f"{broken.place}: {broken.message} {broken.fix}")
    client.status = status
    return Applied({item["id"]: item for item in after}, place, hint)


def _sent(
    client: Client, kept: Kept | None, method: str, path: str, body: Any
) -> tuple[Any, PBError | KeyboardInterrupt | None, str]:
    """Send the request and return its answer, or what came in its place once the server has done what it was at.

    The last of the three is the name of the request in the server's log. Raises what kept it from being sent at all.
    """
    before = client.last_change_agent
    try:
        return client.call(method, path, body), None, client.last_change_agent
    except KeyboardInterrupt as error:
        stopped: PBError | KeyboardInterrupt = error
    except PBError as error:
        stopped = error
    agent = client.last_change_agent
    if agent == before or not client.transport.sent:
        _forget(kept)
        raise _not_carried_out(stopped)
    if not _is_answer(stopped):
        if kept:
            note_unanswered(kept.home, kept.intent, agent)
        try:
            wait_for_writes(client)
        except PBError:
            raise stopped from None
    elif path == IMPORT:
        heal(client)
    return None, stopped, agent


def _changed_all_the_same(
    client: Client, kept: Kept | None, before: list[Collection], stopped: PBError | KeyboardInterrupt, agent: str
) -> list[Collection]:
    """Return the collections after a request without a good answer; raise what came in its place if they are as before.

    That nothing was changed is said only where the request has ended, by its answer or by the server's log.
    """
    over = _is_answer(stopped)
    try:
        after = get_collections(client)
        if same_state(before, after) and not over:
            over = is_over(client, agent)
            after = get_collections(client)
    except PBError:
        raise stopped from None
    if not same_state(before, after):
        if _is_answer(stopped) and isinstance(stopped, PBError):
            client.warn(f"The change was made, although the server answered with HTTP {stopped.status}: {stopped}")
        return after
    if not over:
        raise stopped
    _forget(kept)
    raise _not_carried_out(stopped)


def _is_answer(stopped: PBError | KeyboardInterrupt) -> bool:
    """Tell whether the server itself has answered, so that the request has ended."""
    return isinstance(stopped, PBError) and (not is_away(stopped) or stopped.status == 429)


def _finished(
    client: Client, kept: Kept | None, after: list[Collection], stopped: PBError | KeyboardInterrupt | None
) -> tuple[Any, PBError | KeyboardInterrupt | None]:
    """Return the migration of a change that was carried out; the first interrupt waits until it is written."""
    if kept is None:
        return None, stopped
    try:
        return finish(client, kept, after), stopped
    except KeyboardInterrupt as error:
        return finish(client, kept, after), error


def _forget(kept: Kept | None) -> None:
    if kept:
        forget_intent(kept.home)


def _not_carried_out(stopped: PBError | KeyboardInterrupt) -> PBError | KeyboardInterrupt:
    """Return what came in the place of an answer to a change that has changed nothing."""
    if isinstance(stopped, KeyboardInterrupt):
        return KeyboardInterrupt("Interrupted. Nothing was changed.")
    if is_away(stopped):
        stopped.hint = f"Nothing was changed. {stopped.hint or ''}".rstrip()
    elif "clientSecret" in json.dumps(stopped.data):
        stopped.hint = 'An export has no secrets: add each OAuth2 provider\'s "clientSecret", for this change only.'
    return stopped


def _told(error: KeyboardInterrupt | PBError, kept: Kept | None) -> KeyboardInterrupt | PBError:
    """Return what cut a change off, with what is known of the change."""
    unknown = f"{_UNKNOWN} {_LATER}" if kept else _UNKNOWN
    if isinstance(error, KeyboardInterrupt):
        return error if error.args else KeyboardInterrupt(f"Interrupted. {unknown}")
    if is_away(error) and not (error.hint or "").startswith("Nothing was changed."):
        error.hint = f"{unknown} {error.hint or ''}".rstrip()
    return error
