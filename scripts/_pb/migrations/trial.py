"""Try migrations on a throwaway server: each must load, be applied, and be undone by its down.

All of it happens at one start of the server. After each of the project's files, applied in their order, comes a file
of ours that holds the same text: it writes down what there is, runs the down, writes that down too, and takes it back.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any, NamedTuple

from _pb.migrations.folder import copied, program_folder
from _pb.migrations.names import migration_files
from _pb.server.throwaway import Throwaway
from pb_common import PBConnectionError, PBUsageError

Json = dict[str, Any]

# `note` writes what there is, and what went wrong, to a file of ours.
_NOTE = """const note = (app, name, error) => {{
  const collections = app.findAllCollections().map((collection) => JSON.parse(JSON.stringify(collection)));
  const rows = {{}};
  for (const {{ name, type }} of collections) if (type !== "view") rows[name] = app.countRecords(name);
  $os.writeFile({folder} + "/" + name + ".json", JSON.stringify({{ collections, rows, error }}), 0o600);
}};
"""
_BEGIN = 'migrate((app) => note(app, "start", ""), (app) => {});\n'
# Inside the parentheses `migrate` is ours, so that the text gives us its functions and not the server.
_TRIAL = """((migrate) => {{
{text}
}})((up, down) => migrate((app) => {{
  const run = (sql) => app.db().newQuery(sql).execute();
  note(app, {name} + "-up", "");
  run("SAVEPOINT trial");
  let error = "";
  try {{
    if (down) down(app);
  }} catch (thrown) {{
    error = String(thrown);
  }}
  if (!error) note(app, {name} + "-down", "");
  run("ROLLBACK TO trial");
  run("RELEASE trial");
  app.reloadCachedCollections();
  if (error) note(app, {name} + "-down", error);
}}, (app) => {{}}));
"""
_FAILED = re.compile(r"failed to (?:apply|run) migration (?:\d{5}_\d+_[12]_)?([^\s:]+)", re.IGNORECASE)
_OUR_PREFIX = re.compile(r"\b\d{5}_\d+_[12]_")
_NOISE = re.compile(r"^(goroutine |\t|panic\(|main\.|github\.com/|created by|$)")
_MAX_LINES = 12


class Trial(NamedTuple):
    """What is wrong with the migrations of a folder, and the version of the PocketBase that says so."""

    version: str
    problems: list[Json]


def trial(folder: Path, version: str | None = None, binary: str | None = None) -> Trial:
    """Return what is wrong with the migrations of a folder: each problem with its file and the server's own words.

    `version` and `binary` choose the PocketBase, by default the one that runs in the project; Go migrations are tried
    in the Go program that contains them. After a file that does not load or cannot be applied, those that come later
    are not tried. Raises PBUsageError where Go migrations are to be tried without their program.
    """
    from tempfile import TemporaryDirectory

    files = migration_files(folder)
    in_go = any(name.endswith(".go") for name in files)
    if in_go and (version or binary):
        raise PBUsageError("Go migrations are tried in their own program.", hint="Leave --version and --binary out.")
    with TemporaryDirectory(prefix="pb-trial-") as scratch:
        notes = Path(scratch) / "notes"
        notes.mkdir()
        if not in_go:
            _write_project(folder, files, Path(scratch))
        program = program_folder(folder)
        scripts = copied(Path(scratch) / "pb_migrations", folder, program)
        env = {"POCKETBASE_PROBE_TRIAL": str(notes)} if in_go else {}
        server = Throwaway(scratch, version=version, binary=binary, program=program, env=env, folders=scripts)
        try:
            with server:
                return Trial(server.version, _problems(files, notes))
        except PBConnectionError:
            failed, problem = _failure(files, notes, server.log)
            if server.problem and problem.get("file"):
                problem["line"] = server.problem.line
            return Trial(server.version, [*_problems(files[:failed], notes), problem])


def _write_project(folder: Path, files: list[str], scratch: Path) -> None:
    target = scratch / "pb_migrations"
    target.mkdir()
    note = _NOTE.format(folder=json.dumps(str(scratch / "notes")))
    (target / "0.js").write_text(note + _BEGIN, "utf-8")
    for number, name in enumerate(files):
        text = (folder / name).read_text("utf-8")
        position = f"{10_000 + number}"
        tried = _TRIAL.format(text=text, name=json.dumps(name))
        (target / f"{position}_{number}_1_{name}").write_text(text, "utf-8")
        (target / f"{position}_{number}_2_{name}").write_text(note + tried, "utf-8")
    hooks = folder.parent / "pb_hooks"
    if hooks.is_dir():
        shutil.copytree(hooks, scratch / "pb_hooks")


def _failure(files: list[str], notes: Path, log: str) -> tuple[int, Json]:
    """Return the number of the file at which the server ended, and the problem with it."""
    found = _FAILED.search(log)
    named = found[1].strip("'\"") if found else ""
    if not named and "panic: " in log:  # in Go it names no file
        named = next((name for name in files if _note(notes, f"{name}-up") is None), "")
    file = named if named in files else ""
    lines = [_OUR_PREFIX.sub("", line.strip()) for line in log.splitlines() if not _NOISE.match(line)]
    problem = {
        "problem": "It cannot be applied." if file else "The server does not start.",
        "log": lines[-_MAX_LINES:],
    }
    return (files.index(file), {"file": file, **problem}) if file else (0, problem)


def _problems(files: list[str], notes: Path) -> list[Json]:
    """Return what is wrong with files that were applied, from what was written down."""
    problems: list[Json] = []
    before = _note(notes, "start")
    if before is None:  # none was applied
        return []
    for name in files:
        call = "m.Register()" if name.endswith(".go") else "migrate()"
        after, undone = _note(notes, f"{name}-up"), _note(notes, f"{name}-down")
        if after is None or undone is None:
            problems.append({"file": name, "problem": f"It never calls {call}, so that nothing is applied."})
            continue
        if undone["error"]:
            problems.append({"file": name, "problem": "Its down fails.", "log": [undone["error"]]})
        elif left := _differences(before, undone):
            problems.append({"file": name, "problem": f"Its down does not undo its up: {'; '.join(left)}."})
        before = after
    return problems


def _note(notes: Path, name: str) -> Json | None:
    path = notes / f"{name}.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else None


def _differences(before: Json, undone: Json) -> list[str]:
    """Return what is not as it was before, in words."""
    old, new = _comparable(before), _comparable(undone)
    names = {item["id"]: item["name"] for item in before["collections"] + undone["collections"]}
    left = [f"{names[id]} is still there" for id in new if id not in old]
    left += [f"{names[id]} is missing" for id in old if id not in new]
    for id in old.keys() & new.keys():
        keys = [key for key in old[id] if old[id][key] != new[id].get(key)]
        if keys:
            left.append(f"{names[id]} differs in {', '.join(keys)}")
    for name in before["rows"].keys() & undone["rows"].keys():
        more = undone["rows"][name] - before["rows"][name]
        if more:
            left.append(f"{name} has {abs(more)} {'more' if more > 0 else 'fewer'} records")
    return sorted(left)


def _comparable(note: Json) -> dict[str, Json]:
    found = {}
    for item in note["collections"]:
        collection = {key: value for key, value in item.items() if key not in ("created", "updated")}
        if item["type"] == "view":
            collection["fields"] = [{**field, "id": ""} for field in item["fields"]]
        found[item["id"]] = collection
    return found
