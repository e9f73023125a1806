"""Migrations undone on a copy, by a file of ours that runs their downs in one transaction, as `migrate down` does.

The command itself asks a question, which old releases ask of a terminal only.
"""

from __future__ import annotations

import json
from pathlib import Path

from _pb.server.go_program import output_of
from _pb.server.program import Program
from _pb.trials.database import applied_migrations, opened

_HEAD = "const downs = [];\n"
# Inside the parentheses `migrate` is ours, so that the text gives us its functions and not the server.
_ONE = "((migrate) => {\n%(text)s\n})((up, down) => downs.push([%(name)s, down]));\n"
_TAIL = """migrate((app) => {
  for (const [name, down] of downs.reverse()) {
    try {
      if (down) down(app);
    } catch (thrown) {
      throw new Error("the down of " + name + " fails: " + thrown);
    }
  }
}, (app) => {});
"""
_NAME = "99999999999_trial_undo.js"


def write_undo(migrations: Path, names: list[str]) -> None:
    """Write the file that undoes migrations at the next start."""
    parts = [_ONE % {"text": (migrations / name).read_text("utf-8"), "name": json.dumps(name)} for name in names]
    (migrations / _NAME).write_text(_HEAD + "".join(parts) + _TAIL, "utf-8")


def forget_undo(migrations: Path, data: Path, names: list[str]) -> None:
    """Take the file away, and let the next start apply the migrations once more."""
    (migrations / _NAME).unlink()
    with opened(data / "data.db") as connection:
        connection.executemany("DELETE FROM _migrations WHERE file = ?", [(name,) for name in [*names, _NAME]])


def undo_in_go(program: Program, data: Path, names: list[str], env: dict[str, str]) -> str:
    """Undo the newest migrations of a Go program with its own command; return what it says if it did not."""
    words = ["migrate", "down", str(len(names)), *program.flags]
    said = output_of(program.path, words, data.parent, "y\n", env)
    return said.strip() if applied_migrations(data).intersection(names) else ""
