"""A messy csv made from a seed, and what an import of it must leave in the database, worked out independently."""

from __future__ import annotations

import csv
import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import servers

COLUMNS = ["n", "Title", "amount", "active", "due", "tags", "author", "code", "note"]
AUTHORS = 40
PIECES = [
    "plain",
    'say "hi"',
    "two\nlines",
    "comma, here",
    "ünïcödé 漢字 🎉",
    "tab\there",
    " space ",
    "semi;colon",
    "\\slash",
]
OPTIONS = ["--map", "Title=title", "--lookup", "author=judge_authors.name"]


class Made(NamedTuple):
    """A row of the csv: its cells, and the values it must have in the database, None where it must be rejected."""

    cells: list[str]
    stored: tuple[Any, ...] | None


def make_collections(server: servers.Server, *names: str) -> None:
    """Make the authors, and collections of these names for the rows."""
    fields: list[dict[str, Any]] = [{"name": "name", "type": "text", "required": True}]
    index = "CREATE UNIQUE INDEX judge_names ON judge_authors (name)"
    body = {"name": "judge_authors", "fields": fields, "indexes": [index]}
    status, authors = server.request("POST", "/api/collections", body)
    assert status == 200, authors
    for number in range(AUTHORS):
        record = {"id": f"author{number:09}", "name": f"Author {number}, ünï"}
        assert server.request("POST", "/api/collections/judge_authors/records", record)[0] == 200
    for name in names:
        fields = [
            {"name": "n", "type": "number", "onlyInt": True},
            {"name": "title", "type": "text", "required": True},
            {"name": "amount", "type": "number", "min": -1000},
            {"name": "active", "type": "bool"},
            {"name": "due", "type": "date"},
            {"name": "tags", "type": "select", "values": ["red", "green", "blue"], "maxSelect": 3},
            {"name": "author", "type": "relation", "collectionId": authors["id"], "maxSelect": 1},
            {"name": "code", "type": "text"},
            {"name": "note", "type": "editor"},
        ]
        index = f"CREATE UNIQUE INDEX {name}_code ON {name} (code) WHERE code != ''"
        status, answer = server.request(
            "POST", "/api/collections", {"name": name, "fields": fields, "indexes": [index]}
        )
        assert status == 200, answer


def rows(count: int, seed: int) -> Iterator[Made]:
    """Yield so many rows; the same seed gives the same rows."""
    chance = random.Random(seed)
    codes: list[str] = []
    for number in range(1, count + 1):
        cells, stored = _good(number, chance, codes)
        fate = chance.random()
        if fate < 0.05:
            yield Made(_spoiled(cells, chance), None)
        elif fate < 0.06 and codes:
            cells[COLUMNS.index("code")] = chance.choice(codes)  # one that a row before it has
            yield Made(cells, None)
        else:
            if cells[COLUMNS.index("code")]:
                codes.append(cells[COLUMNS.index("code")])
                del codes[:-500]
            yield Made(cells, stored)


def _good(number: int, chance: random.Random, codes: list[str]) -> tuple[list[str], tuple[Any, ...]]:
    title = " ".join(chance.choices(PIECES, k=chance.randint(1, 3)))
    amount = chance.choice([None, 0, number, -12.5, 1e-3, number * 1.25])
    active = chance.choice([("", 0), ("yes", 1), ("FALSE", 0), ("1", 1)])
    day = chance.randint(1, 28)
    due = chance.choice(
        [
            ("", ""),
            (f"2024-03-{day:02}", f"2024-03-{day:02} 00:00:00.000Z"),
            (f"{day}.3.2024 7:05", f"2024-03-{day:02} 07:05:00.000Z"),
            (f"2024-03-{day:02}T10:00:00+02:00", f"2024-03-{day:02} 08:00:00.000Z"),
        ]
    )
    tags = chance.choice([("", "[]"), ("red", '["red"]'), ("blue, green", '["blue","green"]')])
    author = chance.choice([None, chance.randrange(AUTHORS)])
    code = f"c-{number}" if chance.random() < 0.5 else ""
    note = chance.choice(["", "<p>long\r\ntext</p>" * chance.randint(1, 4)])
    cells = [str(number), title, "" if amount is None else repr(amount), active[0], due[0], tags[0]]
    cells += ["" if author is None else f"Author {author}, ünï", code, note]
    related = "" if author is None else f"author{author:09}"
    return cells, (number, title, float(amount or 0), active[1], due[1], tags[1], related, code, note)


def _spoiled(cells: list[str], chance: random.Random) -> list[str]:
    where, what = chance.choice(
        [
            ("amount", "12,50"),
            ("amount", "-2000"),
            ("active", "maybe"),
            ("due", "2024-02-31"),
            ("tags", "red,violet"),
            ("author", "Nobody"),
            ("Title", ""),
            ("", ""),
        ]
    )
    if not where:
        return cells[:-2]
    return [what if name == where else cell for name, cell in zip(COLUMNS, cells)]


def write(path: Path, count: int, seed: int) -> None:
    """Write the csv."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(COLUMNS)
        table.writerows(row.cells for row in rows(count, seed))


def table(server: servers.Server, name: str) -> Iterator[tuple[Any, ...]]:
    """Yield what the database file has in a collection of rows, ordered by their number."""
    with sqlite3.connect(f"file:{server.project / 'pb_data' / 'data.db'}?mode=ro", uri=True) as data:
        columns = "n, title, amount, active, due, tags, author, code, note"
        yield from data.execute(f"SELECT {columns} FROM {name} ORDER BY n, id")


def check(server: servers.Server, name: str, count: int, seed: int) -> int:
    """Compare the database file with the rows, one by one; return how many must have been rejected."""
    found = table(server, name)
    rejected = 0
    for made in rows(count, seed):
        if made.stored is None:
            rejected += 1
        else:
            assert next(found, None) == made.stored
    assert next(found, None) is None
    return rejected


def check_rejects(path: Path, count: int, seed: int) -> None:
    """Compare the file of rejects with the rows: each bad one stands there once, as it was."""
    csv.field_size_limit(1 << 20)
    with path.open(encoding="utf-8", newline="") as stream:
        kept = csv.reader(stream)
        assert next(kept) == ["_line", "_reason", *COLUMNS]
        for made in rows(count, seed):
            if made.stored is None:
                assert next(kept)[2:] == made.cells
        assert next(kept, None) is None
