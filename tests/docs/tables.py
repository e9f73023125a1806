"""Checks of the tables of a page: facts asked of a server row by row, and tables of who may do what.

tests/docs/facts/<page>.py (dashes as underlines) says what each table of the page is:

    from docs.tables import Facts

    facts = Facts()
    facts.prose("When to use what", "advice")          # not facts, and why
    facts.access("Publish states", "articles")         # who may do what in a collection of the page's fixture

    limits = facts.table("Limits")                     # the heading above the table; a second one is "Limits 2"

    @limits.row("records of a page")                   # the row's first cell, without Markdown marks
    def _(stage, cells):                               # cells: the rest of the row, without Markdown marks
        answer = stage.request("GET", "/api/collections/users/records?perPage=5000")
        assert str(answer["perPage"]) == cells[0]

`table(heading, each=check)` uses one function for every row: `check(stage, first cell, cells)`.
"""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any, Callable

from .pages import Page, Table, plain
from .stage import Stage, user_id

RowCheck = Callable[[Stage, list[str]], None]
EachCheck = Callable[[Stage, str, list[str]], None]
ACTIONS = ("list", "view", "create", "update", "delete")


class TableChecks:
    """The checks of a table, a row each; `further` rows are checked as if they stood in it."""

    def __init__(self, each: EachCheck | None = None) -> None:
        self.each = each
        self.rows: dict[str, RowCheck] = {}
        self.further: list[list[str]] = []

    def row(self, first_cell: str) -> Callable[[RowCheck], RowCheck]:
        """Register the decorated function as the check of the row with this first cell."""

        def register(check: RowCheck) -> RowCheck:
            assert first_cell not in self.rows, f"two checks of {first_cell!r}"
            self.rows[first_cell] = check
            return check

        return register

    def check(self, stage: Stage, row: list[str]) -> None:
        """Check a row against the stage's server."""
        first, *cells = [plain(cell) for cell in row]
        if self.each:
            self.each(stage, first, cells)
        else:
            self.rows[first](stage, cells)

    def problems(self, table: Table) -> list[str]:
        """Return the rows without a check and the checks without a row."""
        if self.each:
            return []
        first_cells = [plain(row[0]) for row in table.rows]
        missing = [f"row {cell!r} has no check" for cell in first_cells if cell not in self.rows]
        return missing + [f"the check {cell!r} has no row" for cell in self.rows if cell not in first_cells]


class Facts:
    """What the tables of a page are."""

    def __init__(self) -> None:
        self.tables: dict[str, TableChecks] = {}
        self.not_facts: dict[str, str] = {}

    def table(self, heading: str, each: EachCheck | None = None) -> TableChecks:
        """Return the checks of a table of facts."""
        self.tables[heading] = TableChecks(each)
        return self.tables[heading]

    def prose(self, heading: str, reason: str) -> None:
        """Say that a table states nothing that a server could be asked."""
        self.not_facts[heading] = reason

    def access(self, heading: str, collection: str) -> None:
        """Say that a table has an actor a column, an action a row, and in each cell the status of the answer.

        The fixture gives the data: `"access": {"articles": {"record": {"id": ...}, "create": {...}, "update": {...}}}`.
        A list's cell is the number of records the actor sees, or the status if that is not 200.
        """
        self.tables[heading] = _AccessChecks(collection)


class _AccessChecks(TableChecks):
    def __init__(self, collection: str) -> None:
        super().__init__(each=self._row)
        self.collection = collection
        self.actors: list[str] = []

    def problems(self, table: Table) -> list[str]:
        self.actors = [plain(cell) for cell in table.header[1:]]
        return [f"{row[0]} is no action" for row in table.rows if plain(row[0]) not in ACTIONS]

    def _row(self, stage: Stage, action: str, cells: list[str]) -> None:
        data = stage.fixture["access"][self.collection]
        path = f"/api/collections/{self.collection}/records"
        seen = {actor: _attempt(stage, path, data, action, actor) for actor in self.actors}
        assert seen == dict(zip(self.actors, cells)), f"{action} of {self.collection}: {seen}"


def _attempt(stage: Stage, path: str, data: dict[str, Any], action: str, actor: str) -> str:
    from .kind_http import Pair, send

    record = f"{path}/{data['record']['id']}"
    # Each attempt meets the record as the fixture has it.
    stage.server.request("DELETE", record)
    stage.request("POST", path, data["record"])
    method, url, body = {
        "list": ("GET", path, None),
        "view": ("GET", record, None),
        "create": ("POST", path, data.get("create", {})),
        "update": ("PATCH", record, data.get("update", {})),
        "delete": ("DELETE", record, None),
    }[action]
    own_id = user_id(actor, stage.fixture.get("users", {}).get(actor, {}))
    text = "" if body is None else json.dumps(body).replace("<ACTOR>", "" if actor == "guest" else own_id)
    status, seen = send(stage, Pair(method, url, actor, {}, text, 0, ""))
    if action == "create" and status == 200:
        stage.request("DELETE", f"{path}/{seen['id']}")
    return str(seen["totalItems"]) if action == "list" and status == 200 else str(status)


def facts_of(page: Page) -> Facts:
    """Return what tests/docs/facts says of the page's tables; nothing for a page without such a file."""
    name = page.name.replace("-", "_").lower()
    if not (Path(__file__).parent / "facts" / f"{name}.py").exists():
        return Facts()
    found: Facts = importlib.import_module(f"docs.facts.{name}").facts
    return found


def problems_of(page: Page, facts: Facts) -> list[str]:
    """Return what is wrong between a page's tables and what is said of them."""
    names = {table.name for table in page.tables}
    said = {*facts.tables, *facts.not_facts}
    problems = [f"nothing says what the table under {name!r} is" for name in sorted(names - said)]
    problems += [f"there is no table under {name!r}" for name in sorted(said - names)]
    for table in page.tables:
        if table.name in facts.tables:
            problems += [f"{table.name}: {problem}" for problem in facts.tables[table.name].problems(table)]
    return problems
