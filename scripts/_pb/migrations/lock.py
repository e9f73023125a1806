"""Changes of the schema one after the other: who reads it while another changes it sees half of that change."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from _pb.migrations.home import candidates
from pb_common import Client
from pb_common.processes import waiting_for_lock
from pb_common.tokens import cache_folder


@contextlib.contextmanager
def schema_lock(client: Client) -> Iterator[None]:
    """Hold the locks of the client's server, waiting while another process has one.

    One lies beside each database that may be the server's, where other users and containers meet it too; one lies in
    the cache folder, for servers whose database is not at hand. Where none can be made there is nothing to meet at.
    """
    url = client.settings.url
    with contextlib.ExitStack() as stack:
        for place in [*(home.database.with_name("schema_change.lock") for home in candidates(client)), _cached(url)]:
            with contextlib.suppress(OSError):
                place.parent.mkdir(parents=True, exist_ok=True)
                sentence = f"Waiting for another change of the schema at {url}."
                stack.enter_context(waiting_for_lock(place, sentence))
                stack.callback(_remove, place)
        yield


def _cached(url: str) -> Path:
    from hashlib import sha256
    from urllib.parse import urlsplit

    from pb_common.paths import is_loopback

    parts = urlsplit(url)
    server = f"localhost:{parts.port}{parts.path}" if is_loopback(parts.hostname or "") else url
    return cache_folder() / "locks" / f"schema-{sha256(server.encode()).hexdigest()[:16]}"


def _remove(path: Path) -> None:
    """Remove a lock's file while it is held: who waits for it notices, and makes another."""
    with contextlib.suppress(OSError):  # Windows keeps open files
        path.unlink()
