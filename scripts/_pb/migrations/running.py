"""Run migration files, or undo them, by PocketBase's own `migrate up`, on a database that no server uses.

An undo is a migration too: files of ours hold the text of each, run its down, and take its entry out of the table of
what is applied. `migrate down` asks on a terminal, takes what was applied last, which after an upgrade are migrations
of PocketBase itself, and counts, where files can be named. All files of a run share one transaction.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from _pb.database.losses import compared
from _pb.database.opening import open_read_only
from _pb.migrations.effects import Effects, effects, stored_collections
from _pb.server.binary import Binary
from _pb.server.layout import Project
from _pb.server.program import standalone
from pb_common import PBError, PBUsageError

_OWN = "pb_skill_undo_"
# Our files must leave no entry, and PocketBase books each after it has run.
_FORGET = f"""CREATE TEMP TRIGGER pb_skill_undo AFTER INSERT ON main._migrations
WHEN NEW.file LIKE '{_OWN}%' BEGIN DELETE FROM _migrations WHERE file = NEW.file; END"""
_BEGIN = "migrate((app) => {{ app.db().newQuery({sql}).execute(); }}, (app) => {{}});\n"
# Inside the parentheses `migrate` is ours, so that the text gives us its functions and not the server.
_UNDO = """((migrate) => {{
{text}
}})((up, down) => migrate((app) => {{
  if (down) down(app);
  app.db().newQuery("DELETE FROM _migrations WHERE file = {{:file}}").bind({{ file: {name} }}).execute();
}}, (app) => {{}}));
"""
_OUR_PREFIX = re.compile(rf"{_OWN}\d+_")
_TIME = re.compile(r"^(?:Error: )?[\d/]+ [\d:]+ ")
_MAX_LINES = 12


class Run:
    """Migration files that are to be applied, or undone, by a PocketBase; `project` has the hooks that take part."""

    def __init__(self, project: Project, binary: Binary, files: Sequence[Path], *, undo: bool) -> None:
        self._project = project
        self._binary = binary
        self._undo = undo
        # Read once: what was tried is what runs, and by then the files may have been moved away.
        self._texts = {path.name: _text(path) for path in files}

    def tried(self) -> Effects:
        """Return what a run does, found out on a copy of the database. Raises PBError if it fails there."""
        with TemporaryDirectory(prefix="pb-migrations-") as scratch, _database_errors(self._project):
            data = Path(scratch) / "pb_data"
            data.mkdir()
            _copy_database(self._project.data / "data.db", data / "data.db")
            kept = Path(scratch) / "before.db"
            shutil.copyfile(data / "data.db", kept)
            self.carry_out(data)
            rows, _ = compared(kept, data / "data.db")
            return effects(stored_collections(kept), stored_collections(data / "data.db"), rows)

    def carry_out(self, data: Path) -> None:
        """Run on the database in a folder of data; raise PBError, with the server's words, if it is not carried out."""
        with TemporaryDirectory(prefix="pb-migrations-") as scratch, _database_errors(self._project):
            folder = Path(scratch) / "pb_migrations"
            folder.mkdir()
            self._write(folder)
            command = standalone(self._project, self._binary)
            own = (f"--dir={data}", f"--migrationsDir={folder}")
            words = [str(command.path), "migrate", "up", *command.flags, *own]
            done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, cwd=self._project.folder)
            # Before v0.40 a failing command exits with 0: the database tells.
            applied = _applied(data / "data.db")
            if any((name in applied) is self._undo for name in self._texts):
                raise _failure((done.stdout + done.stderr).decode("utf-8", "replace"), undo=self._undo)

    def _write(self, folder: Path) -> None:
        if self._undo:
            (folder / f"{_OWN}00000_.js").write_text(_BEGIN.format(sql=json.dumps(_FORGET)), "utf-8")
        for number, (name, text) in enumerate(self._texts.items(), 1):
            own = _UNDO.format(text=text, name=json.dumps(name)) if self._undo else text
            (folder / (f"{_OWN}{number:05}_{name}" if self._undo else name)).write_text(own, "utf-8")


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise PBUsageError(f"{path} is not UTF-8 (byte {error.start}).", hint="Save it as UTF-8.") from error


def _failure(log: str, *, undo: bool) -> PBError:
    lines = [_OUR_PREFIX.sub("", line) for line in log.strip().splitlines()][-_MAX_LINES:]
    reason = next((line for line in lines[::-1] if "migration" in line), lines[-1] if lines else "it wrote nothing")
    what = "The migrations cannot be undone" if undo else "The migrations cannot be applied"
    return PBError(f"{what}: {_TIME.sub('', reason).rstrip('.')}.", log=lines)


def _copy_database(source: Path, target: Path) -> None:
    """Copy the database of a running server, and make sure that nothing is sent from the copy."""
    with open_read_only(source) as live, contextlib.closing(sqlite3.connect(target)) as copy, copy:
        live.backup(copy)
        for (text,) in copy.execute("SELECT value FROM _params WHERE id = 'settings'").fetchall():
            with contextlib.suppress(ValueError, TypeError, KeyError):  # encrypted ones are not readable
                copy.execute("UPDATE _params SET value = ? WHERE id = 'settings'", [_cut_off(json.loads(text))])


def _cut_off(settings: dict[str, dict[str, object]]) -> str:
    settings["smtp"]["enabled"] = settings["s3"]["enabled"] = False
    return json.dumps(settings)


def _applied(database: Path) -> set[str]:
    with open_read_only(database) as connection:
        return {file for (file,) in connection.execute("SELECT file FROM _migrations")}


@contextlib.contextmanager
def _database_errors(project: Project) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise PBError(
            f"The database in {project.data} cannot be read or copied: {error}.",
            hint="Use a Python with a recent sqlite3 module, and make room in the temporary folder (TMPDIR).",
        ) from error
