"""Reads the pages: their fenced blocks, their tables and their headings."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent

_FENCE = re.compile(r"( *)(```+|~~~+)\s*(.*)")
_HEADING = re.compile(r"(#+) +(.+)")


class Block(NamedTuple):
    """A fenced block: where it stands, its language, its marks (flag or key=value) and its text."""

    page: str
    line: int
    language: str
    marks: dict[str, str]
    text: str

    @property
    def kind(self) -> str:
        """The language, and the first mark if that is a plain word: `json schema`, `js hook`."""
        first = next(iter(self.marks), "")
        plain = first and not self.marks[first] and first not in MODIFIERS
        return f"{self.language} {first}" if plain else self.language

    @property
    def name(self) -> str:
        """How a test is called that runs the block."""
        return f"{self.page}:{self.line} {self.kind}"


class Table(NamedTuple):
    """A table: the heading above it, its number under that heading (from 1), its header and its rows."""

    page: str
    line: int
    heading: str
    number: int
    header: list[str]
    rows: list[list[str]]

    @property
    def name(self) -> str:
        """The heading; a second table under it is `heading 2`."""
        return self.heading if self.number == 1 else f"{self.heading} {self.number}"


class Page(NamedTuple):
    """A page and what is in it; `name` is the file's name without .md."""

    name: str
    path: Path
    text: str
    blocks: list[Block]
    tables: list[Table]
    headings: list[tuple[int, str]]


# Marks that say how a block ends or where it runs, not what it is.
MODIFIERS = {"fails", "fresh", "keep", "wrong"}


def pages(root: Path = ROOT) -> list[Page]:
    """Return SKILL.md, README.md and the references, as far as they exist."""
    paths = [root / "SKILL.md", root / "README.md", *sorted((root / "references").glob("*.md"))]
    return [read_page(path) for path in paths if path.exists()]


def read_page(path: Path) -> Page:
    """Return a page with its blocks, tables and headings; raise ValueError for a block that is not closed."""
    text = path.read_text("utf-8")
    blocks: list[Block] = []
    prose: list[tuple[int, str]] = []
    lines = iter(enumerate(text.splitlines(), 1))
    for number, line in lines:
        fence = _FENCE.fullmatch(line)
        if not fence:
            prose.append((number, line))
            continue
        body = _until_closed(path, number, fence, lines)
        language, marks = _info(path, number, fence[3])
        blocks.append(Block(path.stem, number, language, marks, body))
        prose.append((number, ""))
    headings = [(len(match[1]), match[2].strip()) for _, line in prose if (match := _HEADING.fullmatch(line))]
    return Page(path.stem, path, text, blocks, list(_tables(path.stem, prose)), headings)


def _until_closed(path: Path, start: int, fence: re.Match[str], lines: Iterator[tuple[int, str]]) -> str:
    indent, mark = fence[1], fence[2]
    body: list[str] = []
    for _, line in lines:
        if line.strip().startswith(mark) and not line.strip().strip(mark[0]):
            return "\n".join(body) + "\n"
        body.append(line[len(indent) :] if line.startswith(indent) else line.lstrip())
    raise ValueError(f"{path.name}:{start}: the block is not closed")


def _info(path: Path, number: int, info: str) -> tuple[str, dict[str, str]]:
    try:
        language, *words = shlex.split(info) or [""]
    except ValueError as error:
        raise ValueError(f"{path.name}:{number}: {error} in {info!r}") from error
    marks: dict[str, str] = {}
    for word in words:
        key, _, value = word.partition("=")
        marks[key] = value
    return language, marks


def _tables(page: str, prose: list[tuple[int, str]]) -> Iterator[Table]:
    rows: list[list[str]] = []
    heading, number, first = "", 0, 0
    for line_number, line in [*prose, (0, "")]:
        if line.lstrip().startswith("|"):
            first = first if rows else line_number
            rows.append(_cells(line))
            continue
        if len(rows) > 1:
            number += 1
            yield Table(page, first, heading, number, rows[0], rows[2:])
        rows = []
        title = _HEADING.fullmatch(line)
        if title:
            heading, number = plain(title[2]), 0


def _cells(line: str) -> list[str]:
    marked = line.strip().strip("|").replace("\\|", "\0")
    return [cell.strip().replace("\0", "|") for cell in marked.split("|")]


def plain(text: str) -> str:
    """Return a heading or a cell without its Markdown marks."""
    return re.sub(r"[`*]", "", text).strip()
