"""Tables of rules in the reference pages, read from Markdown and carried out on a real server.

Three kinds, told by the first cell of the header; the other cells name actors (`guest` or a user of the page's fixture):

- "rule on `posts`": each row's rule becomes the listRule of the collection, each actor's cell names the rows he lists.
- "createRule of `posts`", "updateRule of `p1`": the rule, a body, and the status that alice's request answers.
- "request": a request on records, and per actor its status, or below 100 the count of the rows listed.

A column `since`, or `(0.24+)` in the heading above, names the first version that the row is true for. Record ids and
actors are written short in the tables; on the server they are padded with zeros to 15 characters.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from servers import Server

PASSWORD = "password123"


class Row(NamedTuple):
    """One row of a table: its line number, and its cells by the header's."""

    line: int
    cells: dict[str, str]


class Block(NamedTuple):
    """A part of the page in order: `kind` is `schema` (text is JSON) or the first header cell of a table."""

    kind: str
    text: str
    rows: list[Row]


def blocks(page: Path) -> Iterator[Block]:
    """Yield the page's schema blocks and tables, in order, rows with the version of their heading as `since`."""
    since, lines = "", page.read_text("utf-8").splitlines()
    index = 0
    while index < len(lines):
        line = lines[index]
        start = index
        if line.startswith("#"):
            named = re.search(r"\((0\.\d+)\+\)", line)
            since = named.group(1) if named else ""
        elif line.startswith("```"):
            index += 1
            while lines[index] != "```":
                index += 1
            if line.startswith("```json schema"):
                yield Block("schema", "\n".join(lines[start + 1 : index]), [])
        elif line.startswith("|"):
            while index + 1 < len(lines) and lines[index + 1].startswith("|"):
                index += 1
            header = _cells(line)
            rows = [
                Row(number + 1, {"since": since, **dict(zip(header, _cells(lines[number])))})
                for number in range(start + 2, index + 1)
            ]
            yield Block(header[0], "", rows)
        index += 1


def _cells(line: str) -> list[str]:
    parts = re.split(r"(?<!\\)\|", line.strip()[1:-1])
    return [part.strip().replace("\\|", "|") for part in parts]


def _applies(row: Row, version: str) -> bool:
    since = row.cells.get("since", "")
    return not since or _numbers(since) <= _numbers(version)


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


class RuleTables:
    """Carries out the tables of one page on a server that holds the page's fixture."""

    def __init__(self, server: Server, fixture: dict[str, Any]) -> None:
        self.server = server
        self.fixture = fixture
        self.short = {record["id"].rstrip("0"): record["id"] for record in fixture["users"]}
        self.users = set(self.short)
        for records in fixture["records"].values():
            self.short.update({record["id"].rstrip("0"): record["id"] for record in records})
        self.tokens: dict[str, str] = {}

    def faults(self, block: Block) -> list[str]:
        """Return a sentence for each cell of a table that the server contradicts."""
        check = next((self.KINDS[kind] for kind in self.KINDS if block.kind.startswith(kind)), None)
        if check is None:
            return []
        rows = [row for row in block.rows if _applies(row, self.server.version)]
        return [fault for row in rows for fault in check(self, block.kind, row)]

    def _listed(self, kind: str, row: Row) -> Iterator[str]:
        collection, rule = _code(kind), _code(row.cells[kind])
        path = f"/api/collections/{collection}"
        status, _ = self.server.request("PATCH", path, {"listRule": rule})
        for actor in self._actors(row):
            got = "error"
            if status == 200:
                answer = self._send("GET", f"{path}/records?sort=id", None, actor)[1]
                got = " ".join(item["id"].rstrip("0") for item in answer["items"]) or "-"
            if got != row.cells[actor]:
                yield f"line {row.line}, {actor}: {rule} lists {got}, not {row.cells[actor]}"
        self.server.request("PATCH", path, {"listRule": None})

    def _ruled(self, kind: str, row: Row) -> Iterator[str]:
        action, target = kind.split(" ")[0], _code(kind)
        rule, body = _code(row.cells[kind]), json.loads(_code(row.cells["body"]))
        collection, record = (target, "") if action == "createRule" else (self._collection_of(target), target)
        status, answer = self.server.request("PATCH", f"/api/collections/{collection}", {action: rule})
        assert status == 200, (row.line, answer)
        got = self._outcome("PATCH" if record else "POST", collection, record, body, "alice")
        if got != row.cells["status"]:
            yield f"line {row.line}: {rule} with {body} answers {got}, not {row.cells['status']}"
        self.server.request("PATCH", f"/api/collections/{collection}", {action: None})

    def _requested(self, kind: str, row: Row) -> Iterator[str]:
        method, rest = _code(row.cells[kind]).split(" ", 1)
        target, _, body = rest.partition(" ")
        collection, _, record = target.partition("/")
        for actor in self._actors(row):
            got = self._outcome(method, collection, record, json.loads(body) if body else None, actor)
            if got != row.cells[actor]:
                yield f"line {row.line}, {actor}: {method} {rest} gives {got}, not {row.cells[actor]}"

    KINDS = {"rule on": _listed, "createRule of": _ruled, "updateRule of": _ruled, "request": _requested}

    def _actors(self, row: Row) -> list[str]:
        return [cell for cell in row.cells if cell == "guest" or cell in self.users]

    def _collection_of(self, record: str) -> str:
        named = {name for name, records in self.fixture["records"].items() for one in records if one["id"] == self.short[record]}
        return next(iter(named))

    def _outcome(self, method: str, collection: str, record: str, body: Any, actor: str) -> str:
        """Send one request and undo it; return its status, for a list that succeeds the count of its rows."""
        records = f"/api/collections/{collection}/records"
        path = f"{records}/{self.short[record]}" if record else records
        before = self.server.request("GET", path)[1]
        status, answer = self._send(method, path, self._long(body), actor)
        if method == "GET":
            return str(answer["totalItems"] if status == 200 and not record else status)
        if status < 300:
            undo = {
                "POST": lambda: self.server.request("DELETE", f"{records}/{answer['id']}"),
                "PATCH": lambda: self.server.request("PATCH", path, before),
                "DELETE": lambda: self.server.request("POST", records, before),
            }
            undone, refused = undo[method]()
            assert undone < 300, refused
        return str(status)

    def _long(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._long(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._long(item) for item in value]
        return self.short.get(value, value) if isinstance(value, str) else value

    def _send(self, method: str, path: str, body: Any, actor: str) -> tuple[int, Any]:
        if actor == "guest":
            return self.server.request(method, path, body, authed=False)
        return self.server.request(method, path, body, token=self._token(actor))

    def _token(self, actor: str) -> str:
        if actor not in self.tokens:
            login = {"identity": f"{actor}@example.com", "password": PASSWORD}
            path = "/api/collections/users/auth-with-password"
            status, answer = self.server.request("POST", path, login, authed=False)
            assert status == 200, (actor, answer)
            self.tokens[actor] = answer["token"]
        return self.tokens[actor]


def _code(cell: str) -> str:
    named = re.search(r"`(.+)`", cell)
    assert named, f"no code in the cell {cell!r}"
    return named.group(1)
