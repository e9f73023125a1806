"""Make the picture of the README: a real session of the real tool on a terminal, drawn as SVG.

    PYTHONPATH=scripts:tests python3 tests/pictures/session.py assets/session.svg

A server of its own is started on a scratch folder, and each command runs on a pseudo-terminal of 96 columns.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from html import escape
from pathlib import Path
from typing import Any

import servers
from conftest import SCRIPTS, Runner, credentials
from terminals import seen_on_a_terminal

_COLUMNS, _LETTER, _LINE, _MARGIN = 96, 8.4, 19, 18
_COLOURS = {"1": "b", "2": "d", "31": "r", "32": "g", "33": "y"}
_SCHEMA: list[dict[str, Any]] = [
    {"name": "categories", "fields": [{"name": "name", "type": "text", "required": True}], "listRule": ""},
    {
        "name": "posts",
        "fields": [
            {"name": "title", "type": "text", "required": True},
            {"name": "status", "type": "select", "values": ["draft", "published"]},
            {"name": "views", "type": "number"},
            {"name": "legacy", "type": "text"},
        ],
        "listRule": "",
        "viewRule": "",
    },
]
_ROWS = "title,status,views,legacy\nHello World,published,1284,a\nGrüße aus Köln,published,77,b\nNot yet,draft,0,\n"


def changed(users: dict[str, Any]) -> dict[str, Any]:
    """Return a whole schema in which posts lose a field and get another one, and another rule."""
    posts = _SCHEMA[1]
    fields = [*posts["fields"][:3], {"name": "slug", "type": "text"}]
    wanted = {**posts, "fields": fields, "listRule": "status = 'published'"}
    return {"deleteMissing": True, "collections": [_SCHEMA[0], wanted, users]}


COMMANDS = [
    ["records", "import", "posts", "--file", "posts.csv", "--enable-batch"],
    ["records", "list", "posts", "--sort", "-views", "--fields", "title,status,views"],
    ["collections", "plan", "--file", "schema.json"],
    ["records", "list", "posts", "--sort", "-created"],
]


def session(folder: Path) -> list[str]:
    """Return what a terminal shows of the commands, with its codes for colours."""
    lines: list[str] = []
    with servers.Server() as server:
        run = Runner(folder, folder / "home", credentials(server.url))
        run.ok("pb_collections.py", "import", json.dumps(_SCHEMA))
        (folder / "posts.csv").write_text(_ROWS, "utf-8")
        users = next(item for item in run.ok("pb_collections.py", "export")["collections"] if item["name"] == "users")
        (folder / "schema.json").write_text(json.dumps(changed(users)), "utf-8")
        for words in COMMANDS:
            lines.append(f"\x1b[2m$\x1b[0m \x1b[1mpb {' '.join(words)}\x1b[0m")
            seen = seen_on_a_terminal(run, _COLUMNS, "pb.py", *words).replace(f"python3 {SCRIPTS / 'pb.py'}", "pb")
            lines += [part for line in seen.split("\n")[:-1] for part in _wrapped(line)]
            lines.append("")
    return lines[:-1]


def _wrapped(line: str) -> list[str]:
    """Return a line as a terminal breaks it; only lines without colours in their middle are so long."""
    line = line.rpartition("\r\x1b[K")[2]
    bare = re.sub(r"\x1b\[[0-9;]*[mK]", "", line)
    if len(bare) <= _COLUMNS:
        return [line]
    head = re.match(r"(\x1b\[[0-9;]*m[^\x1b]*\x1b\[0m)?", line)
    start = head[0] if head else ""
    rest = line[len(start) :]
    first = _COLUMNS - len(re.sub(r"\x1b\[[0-9;]*m", "", start))
    return [start + rest[:first], *(rest[at : at + _COLUMNS] for at in range(first, len(rest), _COLUMNS))]


def as_svg(lines: list[str]) -> str:
    """Return the lines as a drawing of a terminal."""
    width, height = _COLUMNS * _LETTER + 2 * _MARGIN, len(lines) * _LINE + 2 * _MARGIN + 22
    texts = "\n".join(
        f'<text x="{_MARGIN}" y="{_MARGIN + 36 + number * _LINE}" xml:space="preserve">{_spans(line)}</text>'
        for number, line in enumerate(lines)
    )
    dots = "".join(f'<circle cx="{_MARGIN + 6 + 20 * n}" cy="18" r="6" fill="#4a525c"/>' for n in range(3))
    return f"""<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height}" role="img" \
aria-label="A session: rows imported, listed as a table, a plan as a review with its losses, an error with its cure">
<style>text{{font:14px ui-monospace,Consolas,Menlo,monospace;fill:#d7dce2}}
.b{{font-weight:700;fill:#fff}}.d{{fill:#8b95a1}}.r{{fill:#ff8b81}}.g{{fill:#7fd88f}}.y{{fill:#f0cf6d}}</style>
<rect width="100%" height="100%" rx="10" fill="#171b21"/>{dots}
{texts}
</svg>
"""


def _spans(line: str) -> str:
    shown, styles = [], ""
    for part in re.split(r"(\x1b\[[0-9;]*[mK])", line.rpartition("\r")[2]):
        if part.startswith("\x1b"):
            styles = " ".join(_COLOURS[code] for code in re.findall(r"\d+", part) if code in _COLOURS)
        elif part:
            shown.append(f'<tspan class="{styles}">{escape(part)}</tspan>' if styles else escape(part))
    return "".join(shown)


if __name__ == "__main__":
    os.environ.pop("NO_COLOR", None)
    with tempfile.TemporaryDirectory() as scratch:
        Path(sys.argv[1]).write_text(as_svg(session(Path(scratch))), "utf-8")
