"""In which line of a JSON text a value stands."""

from __future__ import annotations

import re

Path = tuple["str | int", ...]

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


def json_lines(text: str) -> dict[Path, int]:
    """Return the line (from 1) of each key and each array element of a valid JSON text, by its path."""
    import json

    lines: dict[Path, int] = {(): 1}
    # Of each open object or array: its path, and the key or the position that comes next.
    open_ones: list[tuple[Path, str | int]] = []
    line, end = 1, 0
    expects_key = False
    for match in _TOKEN.finditer(text):
        line += text.count("\n", end, match.start())
        end = match.start()
        token = match[0]
        if token in "}]":
            open_ones.pop()
            expects_key = False
        elif token == ",":
            path, step = open_ones[-1]
            expects_key = isinstance(step, str)
            if isinstance(step, int):
                open_ones[-1] = (path, step + 1)
        elif token == ":":
            continue
        elif expects_key:
            path, _ = open_ones[-1]
            open_ones[-1] = (path, json.loads(token))
            lines[_here(open_ones)] = line
            expects_key = False
        else:
            here = _here(open_ones)
            lines.setdefault(here, line)
            if token in "{[":
                open_ones.append((here, "" if token == "{" else 0))
                expects_key = token == "{"
    return lines


def line_of(lines: dict[Path, int], path: Path) -> int:
    """Return the line of a path, or of the nearest value around it that has one."""
    while path not in lines:
        path = path[:-1]
    return lines[path]


def _here(open_ones: list[tuple[Path, str | int]]) -> Path:
    return (*open_ones[-1][0], open_ones[-1][1]) if open_ones else ()
