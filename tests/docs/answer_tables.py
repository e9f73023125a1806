"""Tables that say what a server answers, told by the first cell of their header; each row is carried out.

- "rule on `posts`": the rule becomes the listRule of the collection; each actor's cell names the rows that he lists.
- "createRule of `posts`", "updateRule of `p1`": the rule, a body, and the status that alice's request answers.
- "request": a request on records; each actor's cell is its status, or below 100 the count of the rows listed.
- "option of text": an option of the field type and its default.
- "sent as `texts.slug`": a JSON value of the field, and what is stored or the code of the error.

Actors are `guest` and the users of the page's fixture. Record ids and users are written short in these tables: on the
server they are padded with zeros to 15 characters. `(0.24+)` in the heading or in the first cell, or a column `since`,
names the first version that a row is true for. The fixture's `later` holds records of collections that the page makes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Callable, NamedTuple
from weakref import WeakKeyDictionary

from . import kind_data
from .pages import ROOT, Block, Page, Table, read_page
from .stage import Stage
from .tables import Facts, TableChecks

_SINCE = re.compile(r"\((0\.\d+)\+\)")
_MANY = re.compile(r"(\d+) characters")


def facts_of_answers(name: str, further: Mapping[str, list[list[str]]] | None = None) -> Facts:
    """Return the facts of a reference with these tables known; the page's other tables are to be added.

    `further` are rows by their table's heading that are checked as if they stood in the table.
    """
    page = read_page(ROOT / "references" / f"{name}.md")
    facts = Facts()
    for table in page.tables:
        if table.header[0].startswith(KINDS):
            facts.tables[table.name] = AnswerChecks(page, table, (further or {}).get(table.name, []))
    assert set(further or {}) <= set(facts.tables), "rows of a table that is not there"
    return facts


class AnswerChecks(TableChecks):
    """The checks of one of these tables."""

    def __init__(self, page: Page, table: Table, further: Sequence[list[str]] = ()) -> None:
        super().__init__()
        self.further = list(further)
        self.page = page
        self.table = table

    def problems(self, table: Table) -> list[str]:
        """Return nothing: every row is of the table's kind."""
        return []

    def check(self, stage: Stage, row: list[str]) -> None:
        """Carry out a row on the stage's server, after the schemas that stand above it on the page."""
        answers = _OPEN.setdefault(stage, Answers(stage))
        answers.make([block for block in self.page.blocks if block.line < self.table.line])
        faults = list(answers.faults(self.table, Row(self.table.header[0], dict(zip(self.table.header, row)))))
        assert not faults, "; ".join(faults)


class Row(NamedTuple):
    """One row: its table's first header cell, and its cells by the header's."""

    kind: str
    cells: dict[str, str]

    @property
    def first(self) -> str:
        """The row's first cell."""
        return self.cells[self.kind]


class Answers:
    """Carries out rows on a stage."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.server = stage.server
        self.made: set[int] = set()
        self.users = list(stage.fixture.get("users", {}))
        self.later: dict[str, Any] = dict(stage.fixture.get("later", {}))
        records = [*stage.fixture.get("records", {}).items(), *self.later.items()]
        self.owner = {one["id"]: name for name, some in records for one in some if "id" in one}
        self.ids = {one.rstrip("0"): one for one in [*self.owner, *(user.ljust(15, "0") for user in self.users)]}

    def faults(self, table: Table, row: Row) -> Iterator[str]:
        """Yield a sentence for each cell that the server contradicts."""
        named = [_SINCE.search(table.heading), _SINCE.search(row.first)]
        since = [found[1] for found in named if found] + [row.cells.get("since", "")]
        if all(self.stage.at_least(version) for version in since if version):
            yield from self._check(row.kind)(row)

    def make(self, blocks: list[Block]) -> None:
        """Import the schemas among these blocks, each once, with the records that the fixture has for them."""
        for block in blocks:
            since = block.marks.get("since", "0.23")
            plain = block.kind == "json schema" and not {"fails", "wrong"} & block.marks.keys()
            if block.line in self.made or not plain or not self.stage.at_least(since):
                continue
            self.made.add(block.line)
            kind_data.schema(self.stage, block)
            self._seed_what_exists()

    def _seed_what_exists(self) -> None:
        present = {collection["name"] for collection in self.server.collections()}
        for name in [name for name in self.later if name in present]:
            for record in self.later[name]:
                self._seed(name, record)
            if name != "users":
                del self.later[name]

    def _seed(self, collection: str, record: dict[str, Any]) -> None:
        if collection == "users":
            self.stage.request("PATCH", f"/api/collections/users/records/{record['id']}", record)
        else:
            self.stage.request("POST", f"/api/collections/{collection}/records", record)

    def _check(self, kind: str) -> Callable[[Row], Iterator[str]]:
        return next(check for start, check in self._checks().items() if kind.startswith(start))

    def _checks(self) -> dict[str, Callable[[Row], Iterator[str]]]:
        checks = (self._listed, self._ruled, self._ruled, self._requested, self._default, self._stored)
        return dict(zip(KINDS, checks))

    def _listed(self, row: Row) -> Iterator[str]:
        collection, rule = _code(row.kind), _code(row.first)
        path = f"/api/collections/{collection}"
        status, _ = self.server.request("PATCH", path, {"listRule": rule})
        for actor in self._actors(row):
            got = "error"
            if status == 200:
                items = self._send("GET", f"{path}/records?sort=id", None, actor)[1]["items"]
                got = " ".join(item["id"].rstrip("0") for item in items) or "-"
            if got != row.cells[actor]:
                yield f"{rule} lists {got} for {actor}, not {row.cells[actor]}"
        self.stage.request("PATCH", path, {"listRule": None})

    def _ruled(self, row: Row) -> Iterator[str]:
        action, target = row.kind.split(" ")[0], _code(row.kind)
        rule, body = _code(row.first), json.loads(_code(row.cells["body"]))
        collection, record = (target, "") if action == "createRule" else (self.owner[self.ids[target]], target)
        self.stage.request("PATCH", f"/api/collections/{collection}", {action: rule})
        got = self._outcome("PATCH" if record else "POST", collection, record, body, "alice")
        if got != row.cells["status"]:
            yield f"{rule} with {body} answers {got}, not {row.cells['status']}"
        self.stage.request("PATCH", f"/api/collections/{collection}", {action: None})

    def _requested(self, row: Row) -> Iterator[str]:
        method, target, *body = _code(row.first).split(" ", 2)
        collection, _, record = target.partition("/")
        for actor in self._actors(row):
            got = self._outcome(method, collection, record, json.loads(body[0]) if body else None, actor)
            if got != row.cells[actor]:
                yield f"{_code(row.first)} gives {got} to {actor}, not {row.cells[actor]}"

    def _default(self, row: Row) -> Iterator[str]:
        kind = row.kind.split(" ")[-1]
        needed: dict[str, dict[str, Any]] = {"select": {"values": ["a"]}}
        needed["relation"] = {"collectionId": "_pb_users_auth_"}
        needed["autodate"] = {"onCreate": "onUpdate" in row.first, "onUpdate": "onCreate" in row.first}
        field = {"name": "one", "type": "text" if kind == "any" else kind, **needed.get(kind, {})}
        body = {"name": "defaults", "fields": [field]}
        made = self.stage.request("POST", "/api/collections", body)["fields"][1]
        self.stage.request("DELETE", "/api/collections/defaults")
        for option in re.findall(r"`(\w+)`", row.first):
            said = row.cells["default"]
            if option not in made:
                yield f"{kind} has no option {option}"
            elif (said == "empty" and made[option]) or ("`" in said and made[option] != json.loads(_code(said))):
                yield f"{option} of {kind} is {made[option]!r} by default, not {said}"

    def _stored(self, row: Row) -> Iterator[str]:
        collection, _, field = _code(row.kind).partition(".")
        many = _MANY.fullmatch(row.first)
        sent = "x" * int(many[1]) if many else json.loads(_code(row.first))
        path = f"/api/collections/{collection}"
        fields = self.stage.request("GET", path)["fields"]
        others = {one["name"]: FILLING[one["type"]] for one in fields if one.get("required") and one["name"] != "id"}
        status, answer = self.server.request("POST", f"{path}/records", {**others, field: sent})
        said = _code(row.cells["stored"])
        got = json.dumps(answer[field]) if status == 200 else answer["data"].get(field, answer["data"]).get("code")
        if got != said and (status != 200 or json.loads(got) != _json(said)):
            yield f"{field} gets {row.first} and becomes {got}, not {said}"

    def _actors(self, row: Row) -> list[str]:
        return [cell for cell in row.cells if cell in ("guest", *self.users)]

    def _outcome(self, method: str, collection: str, record: str, body: Any, actor: str) -> str:
        """Send one request and undo it; return its status, or of a list that succeeds the count of its rows."""
        records = f"/api/collections/{collection}/records"
        path = f"{records}/{self.ids[record]}" if record else records
        before = self.server.request("GET", path)[1]
        status, answer = self._send(method, path, self._long(body), actor)
        if method == "GET":
            return str(answer["totalItems"] if status == 200 and not record else status)
        if status < 300 and method == "POST":
            self.stage.request("DELETE", f"{records}/{answer['id']}")
        elif status < 300:
            self.stage.request(
                "POST" if method == "DELETE" else "PATCH", records if method == "DELETE" else path, before
            )
        return str(status)

    def _send(self, method: str, path: str, body: Any, actor: str) -> tuple[int, Any]:
        return self.server.request(method, path, body, authed=actor != "guest", token=self.stage.token(actor))

    def _long(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._long(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._long(item) for item in value]
        return self.ids.get(value, value) if isinstance(value, str) else value


KINDS = ("rule on ", "createRule of ", "updateRule of ", "request", "option of ", "sent as ")
FILLING = {"text": "x", "number": 1, "bool": True, "date": "2024-01-01", "json": 1, "geoPoint": {"lon": 1, "lat": 1}}

_OPEN: WeakKeyDictionary[Stage, Answers] = WeakKeyDictionary()


def _code(cell: str) -> str:
    named = re.search(r"`(.+)`", cell)
    assert named, f"no code in the cell {cell!r}"
    return named[1]


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
