"""Try pending migrations, or a new PocketBase, on a copy of the live server: up, down, up, and what that did."""

from __future__ import annotations

import argparse
import contextlib
import copy
import shutil
import sqlite3
import time
from pathlib import Path
from secrets import token_hex
from typing import Any

from _pb.database.losses import compared, missing_files, other_values, schema_of, stored_files
from _pb.migrations.home import Home
from _pb.migrations.names import migration_files
from _pb.server.layout import Project, reported_file_errors
from _pb.server.process import start_time
from _pb.server.program import Program
from _pb.server.trials import Trial, make_trials_folder, note_trial, trials_folder, trials_of
from _pb.trials.copying import check_source, copy_database, project_for_copies, require_room, source_of
from _pb.trials.database import applied_migrations, cut_off
from _pb.trials.fresh_backup import settle_backups
from _pb.trials.holding import Keeper, is_port_taken
from _pb.trials.preparing import Chosen, choose, fill
from _pb.trials.project import MIGRATIONS, copy_project, cut_off_scripts
from _pb.trials.undoing import forget_undo, undo_in_go, write_undo
from _pb.trials.widening import widened
from pb_common import Client, Outcome, PBConnectionError, PBError, PBUsageError, script_command
from pb_common.schema_types import Collection

_ATTEMPTS = 3
_SECONDS = 24 * 3600


def try_migrations(client: Client, args: argparse.Namespace) -> Outcome:
    """Return what pending migrations do to a copy of the live server's data, applied, undone and applied again.

    With `upgrade` the copy is first brought to that release of PocketBase. It is no success if anything fails or is
    lost. Raises PBUsageError for options that do not fit, PBRefused where the copy does not fit on the disk.
    """
    home = project_for_copies()
    source = source_of(args.source)
    trials_of(home)
    if not args.dry_run:
        settle_backups(client, trials_folder(home))
    known = check_source(client, source, home)
    if args.dry_run:
        return Outcome({"dryRun": True, "from": source.name, **known})
    if args.upgrade and Project(home).is_go:
        raise PBUsageError(
            "A Go program is upgraded by its go.mod: migrations try then brings the copy to that version.",
            hint="go get github.com/pocketbase/pocketbase@vX.Y.Z",
        )
    chosen = choose(client, home, source, version=args.upgrade or args.version, binary=args.binary)
    folder = make_trials_folder(home) / f"try-{token_hex(4)}"
    with reported_file_errors():
        folder.mkdir(mode=0o700)
        with Keeper(folder) as keeper:
            note_trial(Trial(folder, keeper.pid, start_time(keeper.pid), time.time() + _SECONDS, {}))
            live = fill(client, source, folder)
            own = Path(args.dir) if args.dir else None
            report = _Report(client, keeper, home, own, live)
            return report.made(chosen, is_upgrade=bool(args.upgrade), source=source.name)


class _Report:
    """The run of a trial, and what is written down of it."""

    def __init__(self, client: Client, keeper: Keeper, home: Path, own: Path | None, live: dict[str, Any] | None):
        self._client, self._keeper, self._live, self._home = client, keeper, live, home
        self._folder = keeper.folder
        self._data = Project(self._folder).data
        self._migrations = self._folder / MIGRATIONS
        self._own = own
        self._losses: list[str] = []
        self._problems: list[dict[str, Any]] = []
        self._stages: list[dict[str, Any]] = []

    def made(self, chosen: Chosen, *, is_upgrade: bool, source: str) -> Outcome:
        """Carry it out and return the report."""
        program = chosen.program(self._folder)
        # What that changes in the copy is no change of the migrations.
        cut_off(self._data, self._client.settings.url, self._keeper.smtp, self._live)
        before = self._kept("before")
        files = stored_files(self._data)
        pending = self._put_project(chosen)
        aside: Path | None = None
        if is_upgrade and pending:
            aside = self._set_aside(pending)
        if is_upgrade:
            self._stage("upgrade", program, before, files)
            before, files = self._kept("upgraded"), stored_files(self._data)
        if aside:
            for path in aside.iterdir():
                path.replace(self._migrations / path.name)
        rules: list[dict[str, Any]] = []
        if pending and not self._problems:
            rules = self._up_down_up(program, chosen, before, files, pending)
        document = {
            "version": program.version,
            "from": source,
            "pending": pending,
            "stages": self._stages,
            "widened": rules,
            "problems": self._problems,
            "losses": self._losses,
        }
        hint = None
        if not pending and not is_upgrade:
            hint = "Nothing is pending: what the files of pb_migrations do is applied already."
        elif self._losses or self._problems:
            hint = (
                "To look at it: " + script_command("pb_server.py trial") + ", then any script with --env trial:trial."
                " Nothing was changed on the live server."
            )
        if rules:
            self._client.warn(f"Rules let more through than before: {', '.join(_named(rules))}.")
        return Outcome(document, success=not (self._losses or self._problems), hint=hint)

    def _put_project(self, chosen: Chosen) -> list[str]:
        """Copy the project, and return the names of its pending migrations."""
        copy_project(chosen.source, None, self._folder)
        applied = applied_migrations(self._data)
        if self._own and chosen.binary:
            shutil.rmtree(self._migrations)
            shutil.copytree(self._own, self._migrations)
        # Those of a Go program are compiled into it.
        folder = self._migrations if chosen.binary else Home(self._home).place.folder
        names = [name for name in migration_files(folder) if name not in applied]
        cut_off_scripts(self._folder, self._keeper.http, applied, crons=False)
        return names

    def _set_aside(self, names: list[str]) -> Path:
        aside = self._folder / "aside"
        aside.mkdir()
        for name in names:
            (self._migrations / name).replace(aside / name)
        return aside

    def _up_down_up(
        self, program: Program, chosen: Chosen, before: Path, files: set[str], pending: list[str]
    ) -> list[dict[str, Any]]:
        up = self._stage("up", program, before, files)
        if up is None:
            return []
        left = sorted(set(pending) - applied_migrations(self._data))
        if left:
            self._problems.append({"stage": "up", "problem": f"Not applied: {', '.join(left)}.", "log": []})
        rules = widened(self._client, schema_of(before), schema_of(self._data / "data.db"), program)
        files = stored_files(self._data)
        if self._down(program, chosen, before, files, pending):
            again = self._stage("again", program, before, files)
            if again is not None and _counts(again) != _counts(up):
                self._problems.append(
                    {"stage": "again", "problem": "Applied a second time, they do something else.", "log": []}
                )
        return rules

    def _down(self, program: Program, chosen: Chosen, before: Path, files: set[str], pending: list[str]) -> bool:
        """Undo the migrations, and tell whether they could be."""
        from _pb.schema.plan import plan

        if chosen.binary is None:
            began = time.monotonic()
            said = undo_in_go(program, self._data, pending, {"POCKETBASE_PROBE_CRONS": "off"})
            if said:
                self._problems.append({"stage": "down", "problem": said[-400:], "log": said.splitlines()[-12:]})
                return False
            down = self._compared("down", before, files, time.monotonic() - began)
        else:
            write_undo(self._migrations, pending)
            undone = self._stage("down", program, before, files)
            forget_undo(self._migrations, self._data, pending)
            if undone is None:
                return False
            down = undone
        was, now = schema_of(before), schema_of(self._data / "data.db")
        changes = plan(was, now, delete_missing=True)
        if changes:
            down["schemaDiffers"] = changes
            if plan(was, _with_ids_of(was, now), delete_missing=True):
                self._problems.append({"stage": "down", "problem": "The schema is not as it was before.", "log": []})
            else:
                self._client.warn("down: the schema is as it was before, but for the ids of fields that are made anew.")
        return True

    def _stage(self, name: str, program: Program, before: Path, files: set[str]) -> dict[str, Any] | None:
        """Start the server once, and return what that did; None, with a problem noted, if it does not start."""
        try:
            seconds = self._started(program)
        except PBConnectionError as error:
            problem = {"stage": name, "problem": str(error), "log": error.data.get("log", [])}
            self._problems.append(problem)
            return None
        self._keeper.stop()
        return self._compared(name, before, files, seconds)

    def _started(self, program: Program) -> float:
        for attempt in range(1, _ATTEMPTS + 1):
            cut_off(self._data, self._keeper.choose_port(), self._keeper.smtp, self._live)
            try:
                return self._keeper.start(program, crons=False)
            except PBConnectionError as error:
                if not is_port_taken(error) or attempt == _ATTEMPTS:
                    raise
        raise AssertionError

    def _compared(self, name: str, before: Path, files: set[str], seconds: float) -> dict[str, Any]:
        database = self._data / "data.db"
        _fold(database)
        try:
            collections, losses = compared(before, database)
        except sqlite3.Error as error:
            raise PBError(f"The copy cannot be compared: {error}.") from error
        missing = missing_files(files, stored_files(self._data))
        if missing:
            losses.append(f"{missing['count']} files are gone.")
        if name != "again":  # which does what `up` did, or is told of as a problem
            self._warn_of_other_values(name, collections)
        self._losses += [f"{name}: {sentence}" for sentence in losses]
        stage: dict[str, Any] = {
            "stage": name,
            "seconds": round(seconds, 2),
            "bytes": {"before": before.stat().st_size, "after": database.stat().st_size},
            "collections": collections,
        }
        if missing:
            stage["filesMissing"] = missing
        self._stages.append(stage)
        return stage

    def _warn_of_other_values(self, name: str, collections: list[dict[str, Any]]) -> None:
        said = "does not come back" if name == "down" else "reads otherwise"
        for sentence in other_values(collections, said):
            self._client.warn(f"{name}: {sentence}")

    def _kept(self, name: str) -> Path:
        """Keep the database as it is now, to compare with."""
        database = self._data / "data.db"
        require_room(self._folder, database.stat().st_size, "Another copy of the database")
        kept = self._folder / f"{name}.db"
        copy_database(database, kept)
        return kept


def _with_ids_of(before: list[Collection], after: list[Collection]) -> list[Collection]:
    """Return collections whose fields have the ids of those that had their names and types before."""
    ids = {(item["id"], one["name"], one["type"]): one["id"] for item in before for one in item["fields"]}
    named = copy.deepcopy(after)
    for item in named:
        for one in item["fields"]:
            one["id"] = ids.get((item["id"], one["name"], one["type"]), one["id"])
    return named


def _fold(database: Path) -> None:
    """Take what is in the write-ahead log into the database, so that its size tells."""
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _counts(stage: dict[str, Any]) -> list[tuple[Any, ...]]:
    keys = (
        "collection",
        "before",
        "after",
        "added",
        "changed",
        "lost",
        "fields",
        "lostValues",
        "otherValues",
        "newFields",
    )
    return [tuple(str(item.get(key)) for key in keys) for item in stage["collections"]]


def _named(rules: list[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(f"{item['collection']} {item['action']}" for item in rules))
