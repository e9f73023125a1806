"""How a change of the schema is sent: by one at a time, in one request, and kept as a migration."""

from __future__ import annotations

import argparse
import contextlib
import functools
import json
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Callable, NamedTuple

from pb_common import Client, PBConnectionError, PBError
from pb_common.collections import get_collections
from pb_common.paths import IMPORT, collection_path
from pb_common.processes import waiting_for_lock
from pb_common.project import shown
from pb_common.tokens import cache_folder

if TYPE_CHECKING:
    pass

# When no answer came to a change: the seconds that a request may take to reach the server, and those for the change.
_BEGUN_SECONDS = 0.3
_CHANGE_SECONDS = 300.0


class Applied(NamedTuple):
    """A change that was carried out: the collections after it by id, and the path of its migration, if there is one."""

    after: dict[str, dict[str, Any]]
    migration: str | None

    @property
    def hint(self) -> str | None:
        """What to do with the migration."""
        return f"Commit {self.migration}." if self.migration else None


Verb = Callable[[Client, argparse.Namespace], Any]


def one_at_a_time(verb: Verb) -> Verb:
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


def carry_out(
    client: Client, before: list[dict[str, Any]], description: str, method: str, path: str, body: Any = None
) -> Applied:
    """Send one request that changes the schema, and keep the change as a migration where the project is at hand.

    `before` are the collections before it. A change that the server makes although nobody waits for its answer any
    more is kept too. After a failed import the server's cache is healed; a rule that the change has broken is warned
    of, whether the check was off or could not tell.
    """
    from _pb.migrations.write import write_migration
    from _pb.schema.check_elsewhere import newly_broken_rules

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
    migration = write_migration(client, before, after, description, since)
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
