"""What hooks and migrations do while a throwaway PocketBase loads them: which calls register what, and where one fails.

Each file of the copy gets a few words before its first line, which tell a module of ours about its calls. They change
no line, and what the calls are given reaches PocketBase as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_MODULE = "observe.js"
_CODE = """let number = 0, file = "";
const note = (name, words, stack) => {
  number += 1;
  $os.writeFile(%s + "/" + (100000 + number) + ".json", JSON.stringify({ name, words, file, stack }), 0o600);
};
const told = (name, call) => (...given) => {
  const words = given.map((one) => typeof one === "function" || typeof one === "string" ? String(one) : "");
  note(name, words, new Error().stack);
  return call(...given);
};
const tried = (up) => typeof up !== "function" ? up : (app) => {
  try {
    return up(app);
  } catch (thrown) {
    note("migrate", [], thrown && thrown.stack ? thrown.stack : "");
    throw thrown;
  }
};
exports.hooks = (scope, name) => {
  if (!file) {
    const registers = (one) => /^(on[A-Z]\\w*|router(Add|Use)|cronAdd)$/.test(one);
    for (const key of Object.getOwnPropertyNames(scope).filter(registers)) scope[key] = told(key, scope[key]);
  }
  file = name;
};
exports.migration = (migrate, name) => {
  file = name;
  return (up, ...down) => migrate(tried(up), ...down);
};
"""
_STRICT = re.compile(rb"\s*(\"use strict\"|'use strict')")
_FRAME = re.compile(r"^\s*at (?:.*?\()?(.+?):(\d+):\d+\(\d+\)\)?$", re.MULTILINE)


class Observed(NamedTuple):
    """A call: its name (that of the hook, routerAdd, cronAdd, or migrate for one that failed), and what it was given.

    `words` are its texts and functions ("" for anything else); `file`, from the project's folder, and `line` make it.
    """

    name: str
    words: tuple[str, ...]
    file: str
    line: int


def observe(project: Path, folder: Path) -> None:
    """Have the hooks and migrations of a copy of a project tell about their calls; `folder` takes what they tell."""
    folder.mkdir(exist_ok=True)
    (folder / _MODULE).write_text(_CODE.replace("%s", json.dumps(folder.as_posix()), 1), "utf-8")
    module = f"require({json.dumps((folder / _MODULE).as_posix())})"
    for path in _files(project):
        name = json.dumps(path.relative_to(project).as_posix())
        is_hook = path.parent.name == "pb_hooks"
        words = (
            f"{module}.hooks(globalThis, {name}); " if is_hook else f"migrate = {module}.migration(migrate, {name}); "
        )
        text = path.read_bytes()
        strict = _STRICT.match(text)
        if text.strip():  # PocketBase leaves empty files alone
            path.write_bytes((strict[1] + b"; " if strict else b"") + words.encode() + text)


def _files(project: Path) -> Iterator[Path]:
    for pattern in ("pb_hooks/*.pb.[jt]s", "pb_migrations/*.[jt]s"):
        yield from (path for path in project.glob(pattern) if path.is_file() and not path.name.endswith(".d.ts"))


def observed(project: Path, folder: Path) -> list[Observed]:
    """Return the calls that were made, in their order."""
    found = []
    for path in sorted(folder.glob("1*.json")):
        told = json.loads(path.read_text("utf-8"))
        file, line = _place(told["file"], told["stack"], project)
        found.append(Observed(told["name"], tuple(told["words"]), file, line))
    return found


def _place(file: str, stack: str, project: Path) -> tuple[str, int]:
    """Return the file and line of the innermost call that is in a file of the project."""
    roots = {project.as_posix() + "/", project.resolve().as_posix() + "/"}
    for frame in _FRAME.finditer(stack):
        at = frame[1].replace("\\", "/")
        if at.endswith("/" + _MODULE):
            continue
        below = next((at[len(root) :] for root in roots if at.startswith(root)), "")
        if below.startswith(("pb_hooks/", "pb_migrations/")):
            return below, int(frame[2])
        return file, int(frame[2])  # PocketBase calls all files that it loads by one name
    return file, 1
