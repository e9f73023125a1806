"""Which releases the pages know: the one reader of their table in references/gotchas.md."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

_PAGE = Path(__file__).resolve().parents[3] / "references" / "gotchas.md"
_ROW = r"^\| (\d+\.\d+\.\d+) \| (.+?) \|$"


class Release(NamedTuple):
    """A release that the pages name; `closes` says which hole it closes, "" for none."""

    version: tuple[int, ...]
    closes: str


def known_releases() -> list[Release]:
    """Return the releases of the page, the oldest first; none where the page is not there."""
    try:
        text = _PAGE.read_text("utf-8")
    except OSError:
        return []
    found = re.findall(_ROW, text.partition("\n### Releases\n")[2].partition("\n## ")[0], re.MULTILINE)
    return sorted(Release(numbers(version), closes.strip("-")) for version, closes in found)


def numbers(version: str) -> tuple[int, ...]:
    """Return the numbers of a version."""
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def in_words(version: tuple[int, ...]) -> str:
    """Return a version as it is written."""
    return "v" + ".".join(map(str, version))
