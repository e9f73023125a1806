"""How every change of the schema goes: checked, planned, guarded, sent in one request, and kept as a migration."""

from __future__ import annotations

import argparse
import contextlib
import functools
import json
import time
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any, Callable, NamedTuple

from pb_common import Client, PBConnectionError, PBError, PBRefused, PBUsageError, script_command
from pb_common.checks import count_records, get_collections
from pb_common.paths import IMPORT, collection_path
from pb_common.processes import waiting_for_lock
from pb_common.project import shown
from pb_common.tokens import cache_folder

if TYPE_CHECKING:
    from pb_schema.findings import Finding

# A corrected schema of more characters than this is not printed in a hint.
_LONGEST_HINT = 4000
# When no answer came to a change: the seconds that a request may take to reach the server, and those for the change.
_BEGUN_SECONDS = 0.3
_CHANGE_SECONDS = 300.0
# Properties of a field whose default lets more in, out or be lost.
_GUARDS = {"required", "protected", "hidden", "mimeTypes", "pattern", "cascadeDelete"}


class Applied(NamedTuple):
    """A change that was carried out: the collections after it by id, and the path of its migration, if there is one."""

    after: dict[str, dict[str, Any]]
    migration: str | None

    @property
    def hint(self) -> str | None:
        """What to do with the migration."""
        return f"Commit {self.migration}." if self.migration else None


Verb = Callable[[Client, argparse.Namespace], Any]


def alone(verb: Verb) -> Verb:
    """Let a verb that changes the schema wait for others on the same server, which would see only half of its change.

    Migrations are told from what the schema was before and after, and a collection's fields are sent as a whole.
    """

    @functools.wraps(verb)
    def waiting(client: Client, args: argparse.Namespace) -> Any:
        with _schema_lock(client.settings.url):
            return verb(client, args)

    return waiting


@contextlib.contextmanager
def _schema_lock(url: str) -> Iterator[None]:
    from hashlib import sha256
    from urllib.parse import urlsplit

    from pb_common.transport import is_loopback

    folder = cache_folder() / "locks"
    parts = urlsplit(url)
    server = f"localhost:{parts.port}{parts.path}" if is_loopback(parts.hostname or "") else url
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):  # without a cache folder there is nothing to meet at
            folder.mkdir(parents=True, exist_ok=True)
            place = folder / f"schema-{sha256(server.encode()).hexdigest()[:16]}"
            stack.enter_context(waiting_for_lock(place, f"Waiting for another change of the schema at {url}."))
        yield


def resolved(
    client: Client,
    wanted: list[dict[str, Any]],
    live: list[dict[str, Any]],
    args: argparse.Namespace,
    implied: Collection[str] = (),
    **check: Any,
) -> list[dict[str, Any]]:
    """Return the wanted collections with names resolved to ids; raise PBUsageError for what PocketBase would lose.

    Follows `pb_schema.check`, whose warnings go with the result; --no-check leaves that out. `implied` are the keys
    that the user did not write, and that a corrected schema does not show.
    """
    from pb_schema.resolve import SchemaError, resolve

    refuse_legacy(wanted, implied)
    if not args.no_check:
        _check(client, wanted, live, implied, **check)
    try:
        return resolve(wanted, live)
    except SchemaError as error:
        raise PBUsageError(str(error), hint=error.hint) from error


def refuse_legacy(wanted: list[dict[str, Any]], implied: Collection[str] = ()) -> None:
    """Raise PBUsageError with the corrected JSON if a collection has a v0.22 shape."""
    from pb_schema.legacy import corrected, legacy_places

    places = [place for collection in wanted for place in legacy_places(collection)]
    if places:
        shown = _shown([corrected(collection) for collection in wanted], implied)
        upgrade = script_command("pb_collections.py upgrade --file OLD.json --output NEW.json")
        raise PBUsageError(
            f"This is the v0.22 format, which PocketBase v0.23+ accepts and loses: {'; '.join(places[:8])}.",
            hint=f"A whole export: {upgrade}. {shown or ''}".rstrip(),
            places=places,
        )


def _check(
    client: Client, wanted: list[dict[str, Any]], live: list[dict[str, Any]], implied: Collection[str], **options: Any
) -> None:
    from pb_schema.check import check, corrected

    def count(name: str, filter: str = "") -> int:
        return count_records(client, name, filter=filter)

    errors, warnings = check(wanted, live, count=count, **options)
    for warning in warnings:
        client.warn(f"{warning.place}: {warning.message} {warning.fix}")
    if errors:
        may_help = any(error.apply for error in errors)
        raise _refusal(errors, _shown(corrected(wanted, errors), implied) if may_help else None)


def refuse_needed(collection: dict[str, Any], live: list[dict[str, Any]]) -> None:
    """Raise PBUsageError if others need a live collection that is to be deleted: relations, views or rules."""
    from pb_schema.check import check_deletion

    errors = check_deletion(collection, live)
    if errors:
        raise _refusal(errors, None)


def _refusal(errors: list[Finding], hint: str | None) -> PBUsageError:
    shown = " ".join(f"{error.place}: {error.message} {error.fix}".rstrip() for error in errors[:5])
    more = f" And {len(errors) - 5} more." if len(errors) > 5 else ""
    places = [{"place": error.place, "message": error.message, "fix": error.fix} for error in errors]
    return PBUsageError(shown + more, hint=hint, errors=places)


def _shown(fixed: list[dict[str, Any]], implied: Collection[str]) -> str | None:
    said = [{key: value for key, value in collection.items() if key not in implied} for collection in fixed]
    if not any(said):
        return None
    text = json.dumps(said[0] if len(said) == 1 else said, ensure_ascii=False, separators=(",", ":"))
    return f"Corrected: {text}" if len(text) <= _LONGEST_HINT else None


def with_rows(client: Client, changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the changes, each that loses data with the number of rows it touches."""
    # The filter of the rows of each change that loses some; a drop touches them all.
    touched = [change.get("touches", "" if change["action"] in ("drop", "retype") else None) for change in changes]
    places = {(change["collection"], where) for change, where in zip(changes, touched) if where is not None}
    rows = {place: count_records(client, place[0], filter=place[1]) for place in places}
    shown = [{key: value for key, value in change.items() if key != "touches"} for change in changes]
    return [
        change if where is None else {**change, "rows": rows[change["collection"], where]}
        for change, where in zip(shown, touched)
    ]


def warn_of_defaults(client: Client, changes: list[dict[str, Any]], live: list[dict[str, Any]]) -> None:
    """Warn of what guards the data and goes only because it was left out where a field or the indexes were named."""
    from pb_schema.indexes import read_index

    lost: dict[str, list[str]] = {}
    indexes = ((item["name"], read_index(statement)) for item in live for statement in item["indexes"])
    unique = {(name, index.name) for name, index in indexes if index and index.unique}
    again = {
        (change["collection"], index.name)
        for change in changes
        if change["action"] == "add-index" and (index := read_index(change["index"])) and index.unique
    }
    for change in changes:
        if change["action"] == "change" and change["property"] in _GUARDS and change["from"] and change["to"] is None:
            lost.setdefault(f"{change['collection']}.{change['field']}", []).append(change["property"])
        elif change["action"] == "drop-index" and (change["collection"], change["index"]) in unique - again:
            lost.setdefault(change["collection"], []).append(f"the unique index {change['index']}")
    for place, names in lost.items():
        client.warn(
            f"{place} loses {', '.join(names)}: a field that is named, and so a list of indexes, is taken as a whole."
            " Name what is to stay."
        )


def guard(changes: list[dict[str, Any]], allowed: bool, flag: str) -> None:
    """Raise PBRefused that lists each loss of data with its rows, unless a flag allows it."""
    refused = refusal(changes, flag)
    if refused and not allowed:
        raise refused


def refusal(changes: list[dict[str, Any]], flag: str) -> PBRefused | None:
    """Return the error that lists each loss of data with its rows and names the flag that allows it, None if safe."""
    from pb_schema.plan import losses

    lost = losses(changes)
    if not lost:
        return None
    listed = ", ".join(_in_words(loss) for loss in lost)
    advice = ""
    for rename in [loss["possibleRename"] for loss in lost if "possibleRename" in loss][:1]:
        advice = f' To rename instead, keep the id: {{"name": "{rename["to"]}", "id": "{rename["id"]}", ...}}.'
    return PBRefused(
        f"This would lose data: {listed}.",
        hint=f"Add {flag} if that is meant.{advice}",
        losses=lost,
    )


def _in_words(loss: dict[str, Any]) -> str:
    name = ".".join(filter(None, (loss["collection"], loss.get("field"))))
    how = ""
    if loss.get("property") == "maxSelect":
        how = "only the last value is kept, "
    elif loss.get("property") == "collectionId":
        how = f"the ids stay and are none of {loss['to']}, "
    return f"{name} ({how}{loss['rows']} rows)"


def carry_out(
    client: Client, before: list[dict[str, Any]], description: str, method: str, path: str, body: Any = None
) -> Applied:
    """Send one request that changes the schema, and keep the change as a migration where the project is at hand.

    `before` are the collections before it. A change that the server makes although nobody waits for its answer any
    more is kept too. After a failed import the server's cache is healed; a rule that the change has broken is warned
    of, whether the check was off or could not tell.
    """
    from pb_migrations import record
    from pb_schema.check_elsewhere import newly_broken_rules

    since = time.time()
    stopped: BaseException | None = None
    try:
        client.call(method, path, body)
    except (PBConnectionError, KeyboardInterrupt) as error:
        stopped = error
        _wait_for_writes(client, error)
    except PBError as error:
        if path == IMPORT:
            _heal(client)
        if "clientSecret" in json.dumps(error.data):
            error.hint = 'An export has no secrets: add each OAuth2 provider\'s "clientSecret", for this change only.'
        raise
    status = client.status
    after = get_collections(client)
    if stopped and _states(after) == _states(before):
        raise stopped
    migration = record(client, before, after, description, since)
    if isinstance(stopped, KeyboardInterrupt):
        raise stopped
    for broken in newly_broken_rules(before, after):
        client.warn(f"{broken.place}: {broken.message} {broken.fix}")
    client.status = status
    return Applied({item["id"]: item for item in after}, shown(migration) if migration else None)


def _wait_for_writes(client: Client, stopped: BaseException) -> None:
    """Return when the server has done what it was at when its answer was no longer waited for.

    It goes on with a change whose client is gone, and writes one thing after the other: what is sent now is answered
    when the change is over. Raises the error again if that takes too long.
    """
    time.sleep(_BEGUN_SECONDS)
    try:
        _heal(client, timeout=_CHANGE_SECONDS)
    except PBConnectionError:
        raise stopped from None


def _states(collections: list[dict[str, Any]]) -> list[tuple[str, str]]:
    # The collection that was saved to wait for the change is newer in any case.
    return sorted((item["id"], item["updated"]) for item in collections if item["name"] != "_mfas")


def _heal(client: Client, timeout: float | None = None) -> None:
    """Make the server read its collections anew: after a failed import its cache may hold what was rolled back.

    Saving any collection does that, so an untouched one of the system's is saved as it is. Saving one of the import's
    own, as is often advised, makes PocketBase drop the columns that the wrong cache does not have.
    """
    client.exchange_as_superuser("PATCH", collection_path("_mfas"), {}, timeout)
