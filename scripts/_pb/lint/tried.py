"""What the real PocketBase says of hooks and migrations: they are loaded in a throwaway server."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from _pb.languages.javascript import Source
from _pb.languages.javascript_routes import added_routes
from _pb.lint.output import Shown
from _pb.server.throwaway import Throwaway
from pb_common import PBConnectionError, PBError

_UNLOADED = re.compile(r"failed to execute (\S+):\s*\n\s*-?\s*(.+)", re.IGNORECASE)
_UNAPPLIED = re.compile(r"failed to (?:apply|run) migration ['\"]?([^\s:'\"]+)['\"]?:? *(.*)", re.IGNORECASE)
_CONFLICT = re.compile(r"pattern \"(.+?)\" \(registered at .*?\) conflicts with pattern \"(.+?)\" \(.*?\):?\s*(.*)")
_PARSING = re.compile(r"parsing \"(.+?)\": (.*)")
_PLACE = re.compile(r"(?:Line (\d+):(\d+)|(?:<eval>|pb\.js|\.js):(\d+):(\d+))")
_MOST_FILES = 25


class Tried(NamedTuple):
    """What a server said of the files: findings, and the release that said so."""

    findings: list[Shown]
    version: str


class _Problem(NamedTuple):
    file: str
    line: int
    message: str
    fix: str


def tried(folder: Path, kind: str, version: str | None) -> Tried:
    """Return what a server says that loads the files of a folder; `kind` is pb_hooks or pb_migrations.

    A file that it does not take is taken out and the rest tried again, so that each is told.
    """
    from tempfile import TemporaryDirectory

    findings: list[Shown] = []
    with TemporaryDirectory(prefix="pb-lint-") as scratch:
        project = _copied(folder, kind, Path(scratch))
        release = ""
        for _ in range(_MOST_FILES):
            server = Throwaway(project, version=version, program=folder.absolute().parent)
            try:
                with server:
                    return Tried(findings, server.version)
            except PBConnectionError as error:
                release = server.version
                problem = _problem(project / kind, server.log) or _unknown(error)
            findings.append(_finding(folder, kind, problem))
            lost = project / kind / problem.file
            if not problem.file or not lost.is_file():
                break
            lost.unlink()
        return Tried(findings, release)


def _copied(folder: Path, kind: str, scratch: Path) -> Path:
    """Return a project with a copy of the folder, and with the migrations that its hooks may need."""
    project = scratch / "project"
    shutil.copytree(folder, project / kind, symlinks=True, ignore_dangling_symlinks=True)
    beside = folder.absolute().parent
    if kind == "pb_hooks" and (beside / "pb_migrations").is_dir():
        shutil.copytree(beside / "pb_migrations", project / "pb_migrations")
    if (beside / "node_modules").is_dir():
        (project / "node_modules").symlink_to(beside / "node_modules", target_is_directory=True)
    return project


def _finding(folder: Path, kind: str, problem: _Problem) -> Shown:
    return {
        "file": str(folder / problem.file) if problem.file else str(folder),
        "line": problem.line,
        "kind": "not-loaded" if kind == "pb_hooks" else "not-applied",
        "severity": "error",
        "message": f"PocketBase says: {problem.message}",
        "fix": problem.fix,
    }


def _problem(folder: Path, log: str) -> _Problem | None:
    """Return the problem of the file that the server names, or whose route it names."""
    unloaded = _UNLOADED.search(log)
    if unloaded:
        line, words = _place(unloaded[2])
        return _Problem(unloaded[1], line, words, _fix(words))
    conflict = _CONFLICT.search(log)
    if conflict:
        return _conflicting(folder, conflict[1], conflict[2])
    parsing = _PARSING.search(log)
    if parsing:
        fix = "A parameter is a whole part, {name} of letters, digits and _, each name once; {name...} comes last."
        return _routed(folder, parsing[1], f"{parsing[1]}: {parsing[2]}", fix)
    unapplied = _UNAPPLIED.search(log)
    if unapplied and (folder / unapplied[1]).is_file():
        line, words = _place(unapplied[2])
        return _Problem(unapplied[1], line, words, _fix(words))
    return None


def _place(words: str) -> tuple[int, str]:
    """Return the line that the server names, and its words without the path of the throwaway."""
    found = _PLACE.search(words)
    plain = re.sub(r"(?:\S*/)?pb\.js|<eval>", "the file", words)
    return (int(found[1] or found[3]) if found else 1), plain.strip()


def _fix(words: str) -> str:
    if "reserved word" in words or "import" in words:
        return "The engine has no import or export: use require(`${__hooks}/NAME.js`) and module.exports in NAME.js."
    if "module is not defined" in words or "exports is not defined" in words:
        return "Take it out of this file: only what is required has module.exports."
    if "cron" in words:
        return 'Write 5 numbers, ranges or lists: minute, hour, day, month, weekday (0-6), such as "0 3 * * *".'
    if "is not defined" in words:
        return "Declare it, or call what this release has (pb_data/types.d.ts)."
    return "Mend the line; the server starts without this file, or not at all."


def _conflicting(folder: Path, one: str, other: str) -> _Problem:
    same = "the same requests" if one == other else "some of the same requests"
    message = f"{one} and {other} match {same}, and the server does not start."
    fix = "Give one of them another path or method; use a prefix of your own, not that of a built-in route."
    return _routed(folder, one, message, fix)


def _routed(folder: Path, route: str, message: str, fix: str) -> _Problem:
    """Return a problem at the last place that adds a route."""
    places = list(_adding(folder, route))
    file, line = places[-1] if places else ("", 1)
    return _Problem(file, line, message, fix)


def _adding(folder: Path, route: str) -> Iterator[tuple[str, int]]:
    for path in sorted(folder.rglob("*.js")):
        source = Source(path.read_text("utf-8", "replace"))
        calls = [call for call, _ in source.calls() if call.root == "routerAdd"]
        if not calls:
            continue
        added = [one for one in added_routes(source) if f"{one.method} {one.pattern}" == route]
        for call in calls if added else ():
            if route.rpartition(" ")[2].strip("/").split("/")[-1] in source.text[call.position :].partition("\n")[0]:
                yield path.relative_to(folder).as_posix(), source.line(call.position)


def _unknown(error: PBError) -> _Problem:
    """Return a problem in the server's own last words."""
    log = error.data.get("log") or [str(error)]
    said = next((line for line in log if "rror" in line or "panic" in line), log[-1])
    return _Problem("", 1, said.strip(), "Run pb_server.py up and read its log: the server does not start.")
