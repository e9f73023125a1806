"""A trial made ready: its program, its data, its account, its hooks and migrations, and no way out."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from _pb.server.binary import Binary, find_binary, inspect_binary, parse_version
from _pb.server.download import fetch_binary, release_url
from _pb.server.go_program import probed_program
from _pb.server.layout import Project
from _pb.server.program import Program, standalone
from _pb.server.versions import live_version
from _pb.trials.copying import Source, copy_data
from _pb.trials.database import are_settings_readable, has_files_elsewhere
from _pb.trials.project import require_project
from pb_common import Client, PBUsageError
from pb_common.settings import effective_values

_HINT = "Read the log; a migration or a hook of the project may be wrong, or need what the copy has not."


class Chosen(NamedTuple):
    """What a trial runs: a PocketBase, or the project's own program in Go, whose `binary` is None.

    `source` is the folder with hooks and migrations, `revision` the one of git, if any.
    """

    source: Path
    revision: str | None
    binary: Binary | None

    def program(self, folder: Path) -> Program:
        """Return the program with the folders of a trial."""
        own = Project(folder)
        if self.binary is None:
            program = probed_program(Project(self.source))
            return program._replace(flags=(f"--dir={own.data}",), data=own.data, hint=_HINT)
        program = standalone(own, self.binary)
        return program._replace(flags=(*program.flags, "--hooksWatch=false"), hint=_HINT)


def choose(
    client: Client,
    home: Path,
    source: Source,
    project: str | None = None,
    revision: str | None = None,
    *,
    version: str | None = None,
    binary: str | None = None,
) -> Chosen:
    """Return what a trial of a project runs; a PocketBase that is not at hand is fetched.

    `project` is a folder with hooks and migrations, `revision` one that git has of it. Raises PBUsageError for a folder
    without a project, or a version that is none.
    """
    folder = Path(project).expanduser().absolute() if project is not None else home
    require_project(folder, project)
    wanted = parse_version(version) if version else None
    if Project(folder).is_go and not wanted and not binary:
        if revision:
            raise PBUsageError(
                "--revision is for hooks and migrations in JavaScript; a Go program is built from a folder.",
                hint="git worktree add DIR REVISION, then --project DIR",
            )
        return Chosen(folder, None, None)
    live = "" if wanted or binary else _version_of(client, source)
    found = find_binary(home, binary, wanted or live or None)
    if found is None:
        found = _of_the_last_run(home, wanted or live) or fetch_binary(
            wanted or live or None, release_url(effective_values()[1])
        )
    if not (wanted or live or binary):
        client.warn(f"Which PocketBase the data is of cannot be told; the trial runs {found.version}: --version X")
    return Chosen(folder, revision, found)


def _version_of(client: Client, source: Source) -> str:
    """Return the version that the data of a source was last used by, "" where that cannot be told."""
    from _pb.server.last_run import last_run

    if source.kind == "folder" and source.path:
        known = last_run(Project(source.path.parent))
        if known:
            return known.version if known.version != "unknown" else ""
    return live_version(client)


def _of_the_last_run(home: Path, version: str) -> Binary | None:
    """Return the executable that last ran in a project, None if it is not of a version any more."""
    from _pb.server.last_run import last_run

    last = last_run(Project(home))
    if last is None or last.version != version:
        return None
    try:
        found = inspect_binary(Path(last.binary))
    except PBUsageError:
        return None
    return found if found.version == version else None


def fill(client: Client, source: Source, folder: Path) -> dict[str, Any] | None:
    """Put the data of a source into a trial's folder; return the live settings where those of the copy are encrypted.

    Warns of what is not in the copy.
    """
    data = Project(folder).data
    copy_data(client, source, folder, data)
    live: dict[str, Any] | None = None
    if not are_settings_readable(data):
        if source.kind in ("live", "backup"):
            live = client.call("GET", "/api/settings")
        else:
            client.warn("The settings in the copy are encrypted: the trial has those of a new server.")
    if has_files_elsewhere(data) or (live or {}).get("s3", {}).get("enabled"):
        client.warn(
            "The server keeps its files in an S3 bucket: they are not in the copy, which has its own on the disk."
        )
    return live
