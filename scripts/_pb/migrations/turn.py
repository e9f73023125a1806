"""Apply pending migrations to the project's own server, or undo applied ones: `migrations apply` and `revert`.

Tried on a copy of the database first, which tells what comes and goes; then the present state is backed up, the server
stopped, the migrations run, and the server started again. Files that were undone are moved away before it starts, which
would apply them again.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from _pb.migrations.contents import edited_files, note_contents
from _pb.migrations.history import applied
from _pb.migrations.home import Home, find_home
from _pb.migrations.lock import schema_lock
from _pb.migrations.settle import settle
from _pb.migrations.state import MigrationState, migration_state
from _pb.server.binary import inspect_binary
from _pb.server.layout import Project, reported_file_errors
from _pb.server.process import State, forget_state, running_state, stop
from _pb.server.set_aside import Aside, set_aside
from _pb.server.up import Start, start
from pb_common import Client, Outcome, PBError, PBUsageError, gate, script_command
from pb_common.beside import audited_beside
from pb_common.collections import get_collections
from pb_common.destroying import Destruction, permit, refusal, way_back
from pb_common.go_project import is_go_project
from pb_common.output import note
from pb_common.processes import terminated_as_interrupted
from pb_common.project import shown
from pb_common.suggest import suggest

if TYPE_CHECKING:
    from _pb.migrations.running import Run


class _Server(NamedTuple):
    home: Home
    project: Project
    state: State


class _Turn(NamedTuple):
    """What is to be done: the server, and the files to apply or undo, in this order; `later` ones stay pending."""

    home: Home
    project: Project
    state: State
    files: list[Path]
    later: list[Path]
    undo: bool

    @property
    def verb(self) -> str:
        return "revert" if self.undo else "apply"

    @property
    def names(self) -> list[str]:
        return [path.name for path in self.files]


def apply(client: Client, args: argparse.Namespace) -> Outcome:
    """Apply the pending migrations, or those up to `--to`, and return what that changed."""
    return _turned(client, args, undo=False)


def revert(client: Client, args: argparse.Namespace) -> Outcome:
    """Undo the migration that was applied last, or those after `--to`, and return what that changed."""
    return _turned(client, args, undo=True)


def _turned(client: Client, args: argparse.Namespace, *, undo: bool) -> Outcome:
    if not args.dry_run:
        gate.require_writable(client.settings, f"migrations {args.what}")
    with terminated_as_interrupted(), schema_lock(client):
        if not args.dry_run:
            settle(client)
        server = _server_of(client, undo=undo)
        state = migration_state(client, args)
        turn = _planned(server, client, state, args.to, undo=undo)
        if not turn.files:
            return Outcome({turn.verb: [], "pending": state.compared["pending"]})
        from _pb.database.losses import other_values
        from _pb.migrations.running import Run

        run = Run(turn.project, inspect_binary(Path(turn.state.binary)), turn.files, undo=undo)
        changes, losses, rows = run.tried()
        for sentence in other_values(rows, "has another value"):
            client.warn(sentence)
        data = {turn.verb: turn.names, "changes": changes, "losses": losses}
        data["pending"] = [path.name for path in turn.later]
        what = _destruction(turn, losses, args.yes)
        if args.dry_run:
            refused = refusal(client, what)
            return Outcome({"dryRun": True, **data}, hint=refused.hint if refused else None)
        permit(client, what, f"migrations_{turn.verb}", copy=True)
        command = f"pb_collections.py migrations {turn.verb}"
        aside = audited_beside(client, command, turn.verb, turn.names, lambda: _carry_out(client, turn, run))
        note_contents(client, turn.home, applied(client, turn.home))
    return Outcome({**data, "setAside": aside}, hint=_next_step(client, turn, aside))


def _destruction(turn: _Turn, losses: list[str], confirmed: bool) -> Destruction:
    doing = "Undoing" if turn.undo else "Applying"
    sentence = f"{doing} {', '.join(turn.names)} deletes or empties {'; '.join(losses) or 'nothing'}."
    if not losses:
        return Destruction(sentence, {turn.verb: turn.names}, confirmed)
    return Destruction(sentence, {turn.verb: turn.names, "losses": losses}, confirmed, "--yes", confirmed)


def _server_of(client: Client, *, undo: bool) -> _Server:
    """Return the server to stop and start; raise PBUsageError where that cannot be done from here."""
    home = find_home(client, get_collections(client))
    if home is None:
        raise _elsewhere(client, undo=undo)
    if is_go_project(home.folder.absolute()):
        raise _in_go(undo=undo)
    project = Project(home.folder.absolute())
    state = running_state(project)
    if state is None:
        raise _elsewhere(client, undo=undo, started=True)
    return _Server(home, project, state)


def _planned(server: _Server, client: Client, state: MigrationState, to: str | None, *, undo: bool) -> _Turn:
    """Return what is to be done; raise PBUsageError where it cannot be."""
    pending = state.compared["pending"]
    if state.folder.resolve() != server.home.migrations.resolve():
        raise PBUsageError(
            f"{state.folder} is not the folder of the server's migrations, {server.home.migrations}.",
            hint="Leave --dir out.",
        )
    if not undo:
        chosen = pending[: _count(to, pending, "pending")]
        later = [state.folder / name for name in pending[len(chosen) :]]
        return _Turn(*server, [state.folder / name for name in chosen], later, undo)
    if pending:
        raise PBUsageError(
            f"{', '.join(pending)} is not applied, and would be when the server starts again.",
            hint="Apply it first (`migrations apply`), or move it out of the folder.",
            code="differs",
        )
    return _Turn(*server, _undone(client, state, to), [], undo)


def _undone(client: Client, state: MigrationState, to: str | None) -> list[Path]:
    """Return the files to undo, the last applied one first."""
    order = sorted(state.there, key=lambda name: (state.applied[name], name), reverse=True)
    if to and not to.isdecimal():
        count = order.index(_named(to, order, "applied"))
    else:
        count = _count(to or "1", order, "applied")
    chosen = order[:count]
    gone = [name for name in state.compared["missing"] if chosen and state.applied[name] > state.applied[chosen[-1]]]
    if gone:
        raise PBUsageError(
            f"{', '.join(gone)} was applied later, and its file is gone: what it did cannot be undone first.",
            hint="Get the file back, from Git for example.",
            code="differs",
        )
    for name in set(edited_files(state.home, state.folder, state.applied)).intersection(chosen):
        client.warn(f"{name} holds something else than when it was applied: its present down is what runs.")
    return [state.folder / name for name in chosen]


def _count(to: str | None, names: list[str], what: str) -> int:
    if to is None:
        return len(names)
    if not to.isdecimal():
        return names.index(_named(to, names, what)) + 1
    if not 0 < int(to) <= len(names):
        raise PBUsageError(f"--to is {to}, and {len(names)} migrations are {what}.", hint=suggest("", names))
    return int(to)


def _named(to: str, names: list[str], what: str) -> str:
    name = Path(to).name
    if name not in names:
        raise PBUsageError(f"No migration {name!r} is {what}.", hint=suggest(name, names), code="unknown_name")
    return name


def _elsewhere(client: Client, *, undo: bool, started: bool = False) -> PBUsageError:
    url = client.settings.url
    why = "was not started with pb_server.py" if started else "does not run on the data of this folder"
    by_hand = (
        "stop it, `pocketbase migrate down 1` (it asks on a terminal), move the file out of pb_migrations, start it"
        if undo
        else "put the files into its pb_migrations and start it again, which applies them"
    )
    return PBUsageError(
        f"The server at {url} {why}, so it cannot be stopped and started from here. Nothing was changed.",
        hint=f"Where it runs: {by_hand}. A server of this folder is started with: {script_command('pb_server.py up')}",
        code="unsupported",
    )


def _in_go(*, undo: bool) -> PBUsageError:
    up = script_command("pb_server.py up")
    down = script_command("pb_server.py down")
    by_hand = (
        f"{down}, then `go run . migrate down 1` (it asks), move the file out of the package, then {up}"
        if undo
        else f"{up} builds the program with them and starts it again, which applies them"
    )
    return PBUsageError(
        "The migrations of a Go program are part of it: it applies all of them when it starts. Nothing was changed.",
        hint=f"Instead: {by_hand}.",
        code="unsupported",
    )


def _carry_out(client: Client, turn: _Turn, run: Run) -> list[str]:
    """Stop the server, run, start it again, and return where the files are that were undone.

    If the run fails the server starts as it was, and the files are where they were.
    """
    stamp = time.strftime("%Y%m%d%H%M%S", time.gmtime())
    aside = set_aside(turn.files if turn.undo else turn.later, stamp)
    failed: Aside | None = None
    try:
        _stop(client, turn)
        run.carry_out(turn.project.data)
        if turn.undo and aside:
            aside.keep()
    except BaseException:
        if turn.undo and aside:
            aside.put_back()
        elif not turn.undo:
            failed = set_aside(turn.files, f"{stamp}_failed")
        raise
    finally:
        try:
            _start(client, turn)
        finally:
            for kept in (failed, None if turn.undo else aside):
                if kept:
                    kept.put_back()
    return [shown(path) for path in aside.still_there] if turn.undo and aside else []


def _stop(client: Client, turn: _Turn) -> None:
    note("Stopping the server.")
    client.close()
    stop(turn.state)
    forget_state(turn.project)


def _start(client: Client, turn: _Turn) -> None:
    if running_state(turn.project):  # it could not be stopped
        return
    note("Starting it again.")
    listen = turn.state.listen or turn.state.url.partition("://")[2]
    try:
        with reported_file_errors():
            start(client, Start(turn.state.binary, None, listen, dry_run=False), turn.project)
    except PBError as error:
        error.hint = f"{error.hint or ''} {way_back(client)}".strip() if client.safety_copy else error.hint
        raise


def _next_step(client: Client, turn: _Turn, aside: list[str]) -> str:
    back = way_back(client)
    if aside:
        again = script_command("pb_collections.py migrations apply")
        return f"To apply them again: move them back, then {again}. {back}"
    waiting = f"The next start of the server applies {', '.join(path.name for path in turn.later)}. "
    return (waiting if turn.later else "") + back
