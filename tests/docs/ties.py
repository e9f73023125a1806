"""Which check stands behind which sentence of the pages.

    PYTHONPATH=scripts:tests python3 tests/docs/ties.py [PAGE]

prints the sentences that nothing is tied to. A sentence is tied to a block or table that it leads to or follows upon,
to one of its own section that has a name which it puts into backticks, or by a line of `ties.txt`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from docs.pages import Page, pages

TIES = Path(__file__).with_name("ties.txt")
# Words of a sentence that claim to leave nothing out, and those by which it says what it does not cover.
_WHOLE = re.compile(r"\b(every|everything|all|always|never|finds?|nothing|nobody|none|no)\b", re.IGNORECASE)
_LIMITS = re.compile(
    r"\b(but|unless|except|only|until|as far as|other than|without|where|if|when|whatever|whose|who|that|which|before|"
    r"from|at most|not|while|by itself|alone)\b|\(|\d",
    re.IGNORECASE,
)


class Sentence(NamedTuple):
    """A sentence outside of blocks and tables; `beside` is what its section runs and lists."""

    page: str
    line: int
    text: str
    touches: bool
    beside: str

    @property
    def beside_it(self) -> bool:
        """Whether it touches a block or table, or one of its section has a name of the sentence."""
        if self.touches:
            return True
        names = {name.strip() for name in re.findall(r"`([^`]+)`", self.text)}
        return any(_has(self.beside, name) for name in names if len(name) > 2)

    @property
    def whole(self) -> bool:
        """Whether it claims to leave nothing out, and names nothing that it does not cover."""
        prose = re.sub(r"`[^`]*`", "", self.text)
        return bool(_WHOLE.search(prose)) and not _LIMITS.search(prose)


class Tie(NamedTuple):
    """A line of `ties.txt`: the page, how its sentence begins (or a part of it), and the check."""

    page: str
    part: str
    check: str


def _has(text: str, name: str) -> bool:
    return re.search(rf"(?<![\w$]){re.escape(name)}(?!\w)", text) is not None


def sentences() -> list[Sentence]:
    """Return the sentences of the references that say something of PocketBase or the scripts."""
    return [sentence for page in pages() if page.path.parent.name == "references" for sentence in _of(page)]


def _of(page: Page) -> Iterator[Sentence]:
    lines = page.text.splitlines()
    starts = list(_headings(page))
    shown = {number for block in page.blocks for number in range(block.line, block.line + block.text.count("\n") + 2)}
    shown |= {number for table in page.tables for number in range(table.line, table.line + len(table.rows) + 2)}
    for number, line in enumerate(lines, 1):
        if number in shown or line.startswith("#") or line.count("](#") > 1 or not line.strip():
            continue
        first = max((start for start in starts if start <= number), default=1)
        end = min((start for start in starts if start > number), default=len(lines) + 1)
        found = re.split(r"(?<=[.!?])(?:\*\*)? +(?=[A-Z`*\"(])", re.sub(r"^ *([-*]|\d+\.) +", "", line))
        for place, text in enumerate(found):
            if _says_something(text):
                leads = place == len(found) - 1 and bool({number + 1, number + 2} & shown)
                follows = place == 0 and bool({number - 1, number - 2} & shown)
                yield Sentence(page.name, number, text.strip(), leads or follows, _beside(page, first, end))


def _says_something(text: str) -> bool:
    """Tell a sentence from a title and from a mere "see there"."""
    rest = re.sub(r"\[[^]]*\]\([^)]*\)|`references/[^`]*`(?: \([^)]*\))?", "", text)
    return len(rest) > 24 and not text.startswith(("Open this", "More: ", "In Go: ", "["))


def _headings(page: Page) -> Iterator[int]:
    fenced = {number for block in page.blocks for number in range(block.line, block.line + block.text.count("\n") + 2)}
    for number, line in enumerate(page.text.splitlines(), 1):
        if re.match(r"#+ ", line) and number not in fenced:
            yield number


def _beside(page: Page, first: int, end: int) -> str:
    texts = [block.text for block in page.blocks if first <= block.line < end]
    rows = [" ".join(cell) for table in page.tables if first <= table.line < end for cell in table.rows]
    return "\n".join([*texts, *rows])


def ties() -> list[Tie]:
    """Return the lines of `ties.txt`; raise ValueError for one that cannot be read."""
    found = []
    for line in TIES.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            page, separator, rest = line.partition(": ")
            part, arrow, check = rest.rpartition(" => ")
            if not (separator and arrow):
                raise ValueError(f"{TIES.name}: {line!r} is not `page: sentence => check`")
            found.append(Tie(page, part, check))
    return found


def untied() -> list[Sentence]:
    """Return the sentences that neither their section nor a line of `ties.txt` is tied to."""
    said = ties()
    return [
        sentence
        for sentence in sentences()
        if not sentence.beside_it and not any(tie.page == sentence.page and tie.part in sentence.text for tie in said)
    ]


if __name__ == "__main__":
    for each in untied():
        if each.page in (sys.argv[1:] or [each.page]):
            print(f"{each.page}:{each.line}", each.text)
    print(len(untied()), "of", len(sentences()), file=sys.stderr)
    print(sum(each.whole for each in sentences()), "claim to leave nothing out and name no limit", file=sys.stderr)
