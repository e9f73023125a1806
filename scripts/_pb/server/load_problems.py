"""What PocketBase says in its log of hooks and migrations that it does not take, with file, line and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from _pb.languages.javascript import Source
from _pb.languages.javascript_routes import added_routes
from _pb.server.observing import Observed

UNLOADED = re.compile(r"failed to execute (\S+):\s*\n\s*-?\s*(.+)", re.IGNORECASE)
_UNAPPLIED = re.compile(r"failed to (?:apply|run) migration ['\"]?([^\s:'\"]+)['\"]?:? *(.*)", re.IGNORECASE)
_CONFLICT = re.compile(r"pattern \"(.+?)\" \(registered at .*?\) conflicts with pattern \"(.+?)\" \(.*?\):?\s*(.*)")
_PARSING = re.compile(r"parsing \"(.+?)\": (.*)")
_PLACE = re.compile(r"(?:Line (\d+):\d+|(?:<eval>|\.js):(\d+):\d+)")
_NOISE = re.compile(r" ?(?:at )?\(?(?:\S*/)?(?:pb\.js|<eval>)(?::\d+:\d+\(\d+\)|: ?Line \d+:\d+)\)?| \[recovered.*")
_CRON = re.compile(r"failed to register cron job (.+?):")


class LoadProblem(NamedTuple):
    """A file that is not taken: its name from the project's folder ("" where nothing tells), and the line.

    `message` are PocketBase's own words, `fix` what to do.
    """

    file: str
    line: int
    message: str
    fix: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}: " if self.file else ""
        return f"{where}{self.message.rstrip('.')}. {self.fix}"


def load_problem(log: str, project: Path, calls: Sequence[Observed] = ()) -> LoadProblem | None:
    """Return the first problem of a log, None for none; `calls` were observed, else the text is searched.

    A migration that fails keeps PocketBase from starting, as do routes that clash; a hook does in a throwaway.
    """
    found = next(unloaded(log, project, calls), None)
    unapplied = _UNAPPLIED.search(log)
    if found or unapplied is None:
        return found or _routing(log, project, calls)
    line, words = _said(unapplied[2])
    failed = [call for call in calls if call.name == "migrate" and Path(call.file).name == unapplied[1]]
    return LoadProblem(f"pb_migrations/{unapplied[1]}", failed[-1].line if failed else line, words, _fix(words))


def unloaded(log: str, project: Path, calls: Sequence[Observed] = ()) -> Iterator[LoadProblem]:
    """Yield the hook files of a log that were not loaded."""
    for match in UNLOADED.finditer(log):
        line, words = _said(match[2])
        file, cron = f"pb_hooks/{match[1]}", _CRON.search(words)
        if cron:
            places = _observed(calls, "cronAdd", (cron[1],)) or list(_calls(project, "cronAdd", [cron[1]]))
            file, line = next((place for place in places[::-1] if place[0] == file), (file, line))
        yield LoadProblem(file, line, words, _fix(words))


def _said(words: str) -> tuple[int, str]:
    """Return the line that PocketBase names (1 for none), and its words without the path of the file."""
    found = _PLACE.search(words)
    plain = re.sub(r"^(\w*Error: )\1+", r"\1", _NOISE.sub("", words)).strip()
    return (int(found[1] or found[2]) if found else 1), re.sub(r" {2,}", " ", plain)


def _fix(words: str) -> str:
    if "reserved word" in words or "import" in words:
        return "The engine has no import or export: use require(`${__hooks}/NAME.js`) and module.exports in NAME.js."
    if "module is not defined" in words or "exports is not defined" in words:
        return "Take it out of this file: only what is required has module.exports."
    if "cron" in words:
        return 'Write 5 numbers, ranges or lists: minute, hour, day, month, weekday (0-6), such as "0 3 * * *".'
    if "already been declared" in words:
        return "All hook files share one top level: give it another name, or put the code into a function or a module."
    if "is not defined" in words:
        return "Declare it, or call what this release has (pb_data/types.d.ts)."
    if "no rows in result set" in words:
        return "What is looked for is not there on a new server: make it first, or catch the error."
    if "Invalid module" in words:
        return "What it requires is not there: name it by `${__hooks}/NAME.js`."
    return "Mend the line; PocketBase starts without this file, or not at all."


# Routes


def _routing(log: str, project: Path, calls: Sequence[Observed]) -> LoadProblem | None:
    conflict, parsing = _CONFLICT.search(log), _PARSING.search(log)
    if conflict:
        same = "the same requests" if conflict[1] == conflict[2] else "some of the same requests"
        message = f"{conflict[1]} and {conflict[2]} match {same}, and the server does not start."
        fix = "Give one of them another path or method; use a prefix of your own, not that of a built-in route."
        return _routed(project, calls, conflict[1], message, fix)
    if parsing:
        fix = "A parameter is a whole part, {name} of letters, digits and _, each name once; {name...} comes last."
        return _routed(project, calls, parsing[1], f"{parsing[1]}: {parsing[2]}", fix)
    return None


def _routed(project: Path, calls: Sequence[Observed], route: str, message: str, fix: str) -> LoadProblem:
    """Return a problem at the last place that adds a route."""
    method, _, pattern = route.partition(" ")
    places = _observed(calls, "routerAdd", (method, pattern)) or list(_adding(project, route))
    file, line = places[-1] if places else ("", 1)
    return LoadProblem(file, line, message, fix)


def _observed(calls: Sequence[Observed], name: str, words: tuple[str, ...]) -> list[tuple[str, int]]:
    """Return the places of the observed calls of a name with these words first."""
    wanted = _as_compared(name, words)
    return [
        (call.file, call.line)
        for call in calls
        if call.name == name and _as_compared(name, call.words)[: len(wanted)] == wanted
    ]


def _as_compared(name: str, words: tuple[str, ...]) -> tuple[str, ...]:
    """Return what a call was given; a route's method may be written in small letters."""
    return (*(word.upper() for word in words[:1]), *words[1:]) if name == "routerAdd" else words


def _adding(project: Path, route: str) -> Iterator[tuple[str, int]]:
    for file, source in _sources(project):
        if any(f"{one.method} {one.pattern}" == route for one in added_routes(source)):
            last = route.rpartition(" ")[2].strip("/").split("/")[-1]
            for call in (call for call, _ in source.calls() if call.root == "routerAdd"):
                if last in source.text[call.position :].partition("\n")[0]:
                    yield file, source.line(call.position)


def _calls(project: Path, name: str, words: list[str]) -> Iterator[tuple[str, int]]:
    """Yield where the text calls a name with these texts first."""
    for file, source in _sources(project):
        for path, call in source.calls():
            if path.root == name and [source.literal(span) for span in call.arguments[: len(words)]] == words:
                yield file, source.line(path.position)


def _sources(project: Path) -> Iterator[tuple[str, Source]]:
    for path in sorted((project / "pb_hooks").rglob("*.js")):
        yield path.relative_to(project).as_posix(), Source(path.read_text("utf-8", "replace"))
