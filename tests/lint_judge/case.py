"""Read the cases: a file each, whose first comment says what is right or wrong with it and how that is proved."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent
KINDS = ("hooks", "migrations", "go")
MARK = re.compile(r"[ \t]*// <--[^\n]*")
_MAIN = {"hooks": "pb_hooks/main.pb.js", "migrations": "pb_migrations/1800000001_change.js", "go": "main.go"}
_FILE = re.compile(r"^// ==== (\S+)\n", re.M)
_STEP = re.compile(r"(>|<|starts|log|down|wait|exists|missing|version|says|build):? ?(.*)")


class Step(NamedTuple):
    """One line of the proof: what is done, or what has to come."""

    word: str
    text: str


class Case(NamedTuple):
    """A case: its files as a user would have written them, the lines that are at fault, and the proof."""

    kind: str
    faulty: bool
    name: str
    why: str
    steps: list[Step]
    files: dict[str, str]
    marks: set[tuple[str, int]]

    @property
    def title(self) -> str:
        """Return where the case stands: kind/side/name."""
        return f"{self.kind}/{'faulty' if self.faulty else 'correct'}/{self.name}"

    def one(self, word: str, default: str = "") -> str:
        """Return what the header says after a word that stands there once."""
        return next((step.text for step in self.steps if step.word == word), default)

    def write(self, folder: Path) -> None:
        """Write the files of the case into a folder."""
        for place, text in self.files.items():
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            (folder / place).write_text(text, "utf-8")


def read(path: Path) -> Case:
    """Return the case that a file describes."""
    head, _, body = path.read_text("utf-8").partition("\n\n")
    why, steps = [], []
    for line in head.splitlines():
        said = line[2:].strip()
        step = _STEP.fullmatch(said)
        if step and line.startswith("//   "):
            steps.append(Step(step[1], step[2]))
        else:
            why.append(said)
    kind = path.parent.parent.name
    parts = _FILE.split(body)
    files = {_MAIN[kind]: parts[0]} if parts[0].strip() else {}
    files.update(zip(parts[1::2], parts[2::2]))
    lines = ((place, number, line) for place, text in files.items() for number, line in enumerate(text.split("\n"), 1))
    marks = {(place, number) for place, number, line in lines if MARK.search(line)}
    written = {place: MARK.sub("", text) for place, text in files.items()}
    return Case(kind, path.parent.name == "faulty", path.stem, " ".join(why), steps, written, marks)


def cases(kind: str, only: str = "", part: int = 1) -> list[Case]:
    """Return each Nth of the cases of a kind whose name has a text in it, the faulty ones and the correct ones."""
    found = [
        [read(path) for path in sorted((HERE / kind / side).glob("[!.]*")) if only in f"{side}/{path.stem}"][::part]
        for side in ("correct", "faulty")
    ]
    return found[0] + found[1]


def expected(text: str) -> tuple[int, list[tuple[bool, Any]]]:
    """Return the status and the values that an answer must have; `!` before one says that it must not have it."""
    status, _, rest = text.partition(" ")
    return int(status), values(rest)


def values(text: str) -> list[tuple[bool, Any]]:
    """Return the JSON values of a line, each with whether it is wanted."""
    found, rest = [], text.strip()
    while rest:
        wanted = not rest.startswith("!")
        rest = rest.lstrip("!")
        value, end = json.JSONDecoder().raw_decode(rest)
        found.append((wanted, value))
        rest = rest[end:].strip()
    return found


def holds(wanted: Any, got: Any) -> bool:
    """Return whether an answer has what is wanted of it: a text somewhere, or these keys with these values."""
    if isinstance(wanted, dict) and isinstance(got, dict):
        return all(key in got and _same(value, got[key]) for key, value in wanted.items())
    if isinstance(wanted, str):
        return wanted in (got if isinstance(got, str) else json.dumps(got, ensure_ascii=False))
    return bool(_same(wanted, got))


def _same(wanted: Any, got: Any) -> bool:
    if isinstance(wanted, dict) and isinstance(got, dict):
        return holds(wanted, got)
    if isinstance(wanted, list) and isinstance(got, list):
        return len(wanted) == len(got) and all(map(_same, wanted, got))
    return bool(wanted == got)
