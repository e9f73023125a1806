"""What the migration files make of an empty server, and how the live schema differs from it."""

from __future__ import annotations

import contextlib
import json
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from _pb.migrations.folder import copied, program_folder
from _pb.migrations.names import is_go
from _pb.server.binary import Binary, find_binary, parse_version
from _pb.server.process import running_binary
from _pb.server.throwaway import Throwaway
from pb_common import PBUsageError
from pb_common.collections import get_collections
from pb_common.go_project import is_go_project
from pb_common.schema_types import Collection
from pb_common.tokens import cache_folder, write_private

# The collection that a new server has beside those of the system.
_USERS = "_pb_users_auth_"


class Replay(NamedTuple):
    """The collections that the files make, and the version of the PocketBase that made them."""

    collections: list[Collection]
    version: str


def replay(folder: Path, files: list[str], version: str | None = None, binary: str | None = None) -> Replay:
    """Apply migration files of a folder to an empty throwaway server and return what they make.

    `version` and `binary` choose the PocketBase, by default the one that runs in the project, or is found there.
    Kept in the cache folder by the contents of all that goes in, so that nothing is applied twice.
    Raises PBUsageError where there is no PocketBase, PBConnectionError with the server's log if it refuses the files.
    """
    program = program_folder(folder)
    if is_go_project(program) and not version and not binary:
        return _made(folder, files, program)
    found = _binary(folder, version, binary)
    kept = cache_folder() / "replays" / f"{_key(folder, files, found)}.json"
    with contextlib.suppress(OSError, ValueError):
        return Replay(json.loads(kept.read_text("utf-8")), found.version)
    made = _made(folder, files, program, found).collections
    with contextlib.suppress(OSError):  # without a cache it takes longer the next time
        kept.parent.mkdir(parents=True, exist_ok=True)
        write_private(kept, json.dumps(made))
    return Replay(made, found.version)


def drift(made: list[Collection], live: list[Collection]) -> list[dict[str, Any]]:
    """Return what the live schema has that the files do not make, as the changes that a plan would name.

    OAuth2 providers are left out, as they are in migrations, and so are the sign-in options of the collections that a
    new server has by itself: their defaults change from release to release, and a server keeps those of its first.
    """
    from _pb.schema.plan import plan

    own = {item["name"] for item in live if item["system"] or item["id"] == _USERS}
    changes = plan(_without_providers(live), _without_providers(made), delete_missing=True)
    return [change for change in changes if not (change["collection"] in own and "." in change.get("property", ""))]


def _without_providers(collections: list[Collection]) -> list[Collection]:
    return [
        {**item, "oauth2": {**item["oauth2"], "providers": []}} if "oauth2" in item else item for item in collections
    ]


def _binary(folder: Path, version: str | None, binary: str | None) -> Binary:
    project = folder.absolute().parent
    number = parse_version(version) if version else None
    found = find_binary(project, binary or (None if number else running_binary(project)), number)
    if found:
        return found
    if number is None:
        raise PBUsageError(
            "There is no PocketBase executable to apply the files with.",
            hint="Name one with --binary PATH, or have one fetched with --version X: that of the server.",
            code="missing_program",
        )
    from _pb.server.download import fetch_binary, release_url
    from pb_common.settings import effective_values

    return fetch_binary(number, release_url(effective_values()[1]))


def _made(folder: Path, files: list[str], program: Path, binary: Binary | None = None) -> Replay:
    """Return what a PocketBase makes of the files; without `binary` it is a Go program, which contains those in Go."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="pb-replay-") as scratch:
        target = Path(scratch) / "pb_migrations"
        target.mkdir()
        for name in files if not is_go(folder) else ():
            shutil.copyfile(folder / name, target / name)
        hooks = folder.absolute().parent / "pb_hooks"
        if hooks.is_dir():
            shutil.copytree(hooks, Path(scratch) / "pb_hooks")
        chosen = str(binary.path) if binary else None
        scripts = copied(target, folder, program)
        with Throwaway(scratch, binary=chosen, program=program, folders=scripts) as server:
            return Replay(get_collections(server.client), server.version)


def _key(folder: Path, files: list[str], binary: Binary) -> str:
    """Return the digest of all that what the files make depends on."""
    hooks = folder.absolute().parent / "pb_hooks"
    details = binary.path.stat()
    digest = sha256(f"{binary.path} {details.st_size} {details.st_mtime_ns}".encode("utf-8", "surrogateescape"))
    paths = [*(folder / name for name in files), *(path for path in sorted(hooks.rglob("*")) if path.is_file())]
    for path in paths:
        digest.update(f"\n{path.name} {sha256(path.read_bytes()).hexdigest()}".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()
