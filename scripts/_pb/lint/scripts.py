"""JavaScript files of a folder: which there are, what cannot be read of them, and the mistakes in each."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from _pb.languages.javascript import Source
from _pb.lint.mistake import Mistake
from _pb.lint.output import Shown
from _pb.lint.silence import Silences, of_source
from pb_common import PBUsageError

# Nobody writes a file of this size by hand, nor a project of so many.
_LARGEST = 1 << 20
_MOST_FILES = 3000
_MOST_BYTES = 24 << 20


class Script(NamedTuple):
    """A file that was read, or what is wrong with it where it could not be."""

    path: Path
    source: Source | None
    mistake: Mistake | None = None


def folder_of(name: str | None, default: str) -> Path:
    """Return the folder that a command names; raise PBUsageError if there is none."""
    folder = Path(name or default)
    if not folder.is_dir():
        raise PBUsageError(
            f"There is no folder {str(folder)!r}.", hint="Name the folder as the last word.", code="unreadable_file"
        )
    return folder


def script_paths(folder: Path, *, deep: bool, endings: tuple[str, ...] = (".js", ".ts")) -> list[Path]:
    """Return the JavaScript files of a folder, its own first; links to folders are not followed."""
    found = []
    for root, folders, files in os.walk(folder):
        folders[:] = (
            sorted(name for name in folders if name != "node_modules" and not name.startswith(".")) if deep else []
        )
        found += [Path(root, name) for name in sorted(files) if name.endswith(endings) and ".d.ts" not in name]
    return found


def scripts_in(folder: Path, *, deep: bool, of: str) -> list[Script]:
    """Return the JavaScript files of a folder, read; raise PBUsageError if there is none."""
    found = list(read_scripts(script_paths(folder, deep=deep)))
    if not found:
        raise PBUsageError(
            f"There is no JavaScript file in {str(folder)!r}, so that nothing is judged.",
            hint=f"Name the folder of {of} as the last word.",
            code="unreadable_file",
        )
    return found


def read_scripts(paths: Iterable[Path]) -> Iterator[Script]:
    """Yield the files, read; what is too large, too much, or no text is told instead."""
    total = 0
    for number, path in enumerate(paths):
        if number >= _MOST_FILES or total > _MOST_BYTES:
            fix = "Lint the folders apart, or take out what is generated."
            most = f"{_MOST_FILES} files, or {_MOST_BYTES >> 20} MB, are judged at once."
            message = f"This file and those after it are not read: {most}"
            yield Script(path, None, Mistake("not-read", 0, message, fix))
            return
        script = _read(path)
        total += len(script.source.text) if script.source else 0
        yield script


def _read(path: Path) -> Script:
    try:
        size = path.stat().st_size
        if size > _LARGEST:
            message = f"It has {size >> 10} KB, and is not read: no file above {_LARGEST >> 10} KB is judged."
            return Script(path, None, Mistake("not-read", 0, message, "Keep generated code in a module of its own."))
        data = path.read_bytes()
    except OSError as error:
        message = f"It cannot be read: {error.strerror}. PocketBase stops at such a file."
        return Script(path, None, Mistake("not-read", 0, message, "Mend the link or the rights, or delete it."))
    if b"\0" in data:
        return Script(path, None, Mistake("not-read", 0, "It is no text.", "Delete it, or move it elsewhere."))
    try:
        return Script(path, Source(data.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"It is not UTF-8 (byte {error.start}, line {line}): PocketBase reads other letters than are meant."
        return Script(path, None, Mistake("not-utf8", 0, message, "Save it as UTF-8."))


def shown_mistakes(script: Script, mistakes: Iterable[Mistake]) -> list[Shown]:
    """Return the mistakes of a file as findings, in the order of the text, without those that a comment silences."""
    if script.source is None:
        return [_shown(script, script.mistake, 1, None)] if script.mistake else []
    source = script.source
    unique = {(one.position, one.kind, one.message): one for one in mistakes}
    found = sorted(unique.values(), key=lambda one: (one.position, one.kind))
    silences = Silences(of_source(source))
    kept = [one for one in found if not silences.covers(source.line(one.position), one.kind)]
    kept = sorted([*kept, *silences.mistakes()], key=lambda one: one.position)
    return [_shown(script, one, source.line(one.position), source.column(one.position)) for one in kept]


def _shown(script: Script, mistake: Mistake, line: int, column: int | None) -> Shown:
    return {
        "file": str(script.path),
        "line": line,
        **({"column": column} if column else {}),
        "kind": mistake.kind,
        "severity": mistake.severity,
        "message": mistake.message,
        "fix": mistake.fix,
    }
