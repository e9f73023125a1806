"""A matrix for people: of each collection who may do what, a line for each kind of person, as text or Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from _pb.access.laws.finding import Finding
from _pb.access.policy import Line
from _pb.access.routes import ROUTES, RouteLine

LEGEND = {
    "may": "the server let it through",
    "may not": "it refused",
    "not shown": "no such records or no such request could be made; see what is not proved",
    "!!": "a finding: a law is broken",
    "?": "a question: is it meant?",
    "-": "this was not asked of this action",
    "(...)": "behind a condition: how it is broken, or holds nevertheless",
    "passes": "a route answers neither 401, 403 nor 404",
}


class Shown(NamedTuple):
    """What stands beside the table: the findings, the questions, and what is not proved."""

    findings: list[Finding]
    questions: list[Finding]
    unproven: list[dict[str, str]]

    def mark(self, line: Line) -> str:
        """Return the mark of a line: that of a finding before that of a question, "" without one."""
        for mark, several in (("!!", self.findings), ("?", self.questions)):
            if any(
                (one.collection, one.action, one.who) == (line.collection, line.action, line.who) for one in several
            ):
                return mark
        return ""


class Block(NamedTuple):
    """The lines of a collection: its actions, and for each kind of person what came of each, by action."""

    name: str
    actions: list[str]
    people: dict[str, dict[str, Line]]


def blocks(lines: Iterable[Line]) -> list[Block]:
    """Return the lines by collection and person."""
    found: dict[str, Block] = {}
    for line in lines:
        block = found.setdefault(line.collection, Block(line.collection, [], {}))
        if line.action not in block.actions:
            block.actions.append(line.action)
        block.people.setdefault(line.who, {})[line.action] = line
    return list(found.values())


def as_text(format: str, lines: list[Line], routes: list[RouteLine], shown: Shown) -> str:
    """Return a matrix as plain text or as Markdown."""
    write = _markdown if format == "markdown" else _plain
    found = [write(block.name, *_cells(block, shown)) for block in blocks(lines)]
    if routes:
        found.append(write(ROUTES, ["route", "who", "came"], [[one.route, one.who, one.said] for one in routes]))
    heading = "## {}" if format == "markdown" else "{}:"
    notes: Mapping[str, list[str]] = {
        "Findings": [said(one) for one in shown.findings],
        "Questions": [said(one) for one in shown.questions],
        "Not proved": [f"{one['condition']}: {one['why']}" for one in shown.unproven],
        "Legend": [f"{word}: {meaning}" for word, meaning in LEGEND.items()],
    }
    for title, several in notes.items():
        if several:
            found.append("\n".join([heading.format(title), "", *(f"- {one}" for one in several)]))
    return "\n\n".join(found)


def said(finding: Finding) -> str:
    """Return a finding in one line."""
    mend = f" Mended: {finding.fix}" if finding.fix else ""
    return f"{finding.collection} {finding.action} ({finding.code}), {finding.who}: {finding.message}{mend}"


def _cells(block: Block, shown: Shown) -> tuple[list[str], list[list[str]]]:
    rows = [
        [who, *(_cell(by_action.get(action), shown) for action in block.actions)]
        for who, by_action in block.people.items()
    ]
    return ["who", *block.actions], rows


def _cell(line: Line | None, shown: Shown) -> str:
    return f"{line.said} {shown.mark(line)}".rstrip() if line else "-"


def _plain(title: str, head: list[str], rows: list[list[str]]) -> str:
    """Return columns side by side; who it is stands last, since it is long."""
    turned = [[*row[1:], row[0]] if head[0] == "who" else row for row in [head, *rows]]
    widths = [max(len(row[column]) for row in turned) for column in range(len(head))]
    lined = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in turned]
    return "\n".join([title, *(f"  {line}" for line in lined)])


def _markdown(title: str, head: list[str], rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(map(_escaped, row)) + " |" for row in [head, ["---"] * len(head), *rows]]
    return "\n".join([f"## {title}", "", *lines])


def _escaped(cell: str) -> str:
    return cell.replace("|", "\\|").replace("<", "&lt;")
