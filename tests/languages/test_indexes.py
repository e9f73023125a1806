"""Indexes and queries are read as SQLite reads them: what differs in a text or in a comment is another one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import servers
from _pb.languages.indexes import canonical, read_index, with_renamed_column
from _pb.schema.plan import plan
from _pb.schema.resolve import resolve
from conftest import Runner

NAMES = ("a", "Desc", "nocase", "B2")
# What a condition is made of: names, as they may be written, and what counts to the letter.
WORDS = st.sampled_from(NAMES).map(lambda name: ("name", name))
LETTERS = st.text("aA '-*/\n\"`;,()", max_size=4)
TEXTS = LETTERS.map(lambda text: ("exact", "'" + text.replace("'", "''") + "'"))
DOUBLE = LETTERS.map(lambda text: ("exact", '"' + text.replace('"', '""') + '"'))
LINES = LETTERS.map(lambda text: ("exact", "--" + text.replace("\n", "") + "\n"))
BLOCKS = LETTERS.map(lambda text: ("exact", "/*" + text.replace("*", "") + "*/"))
CONDITION = st.lists(st.one_of(WORDS, TEXTS, DOUBLE, LINES, BLOCKS), min_size=1, max_size=5)
SPACES = st.sampled_from([" ", "  ", "\n", "\t"])


def spelt(draw: st.DrawFn, parts: list[tuple[str, str]]) -> str:
    """Return a statement with these parts in its condition, written in one of the ways that mean the same."""
    written = [draw(st.sampled_from(["CREATE INDEX i ON posts (`a`) WHERE", "create index `i` on [posts]( a )where"]))]
    for kind, part in parts:
        ways = [part] if kind == "exact" else [part.upper(), f"`{part.lower()}`", f"[{part}]"]
        written += [draw(SPACES), draw(st.sampled_from(ways))]
    return "".join(written)


@given(st.data(), CONDITION, CONDITION)
def test_two_indexes_are_the_same_if_only_spaces_case_and_quotes_of_names_differ(
    data: st.DataObject, one: list[tuple[str, str]], other: list[tuple[str, str]]
) -> None:
    def draw(strategy: Any) -> Any:
        return data.draw(strategy)

    first = canonical(spelt(draw, one), "posts")
    assert (first == canonical(spelt(draw, one), "posts")) is True
    assert (first == canonical(spelt(draw, other), "posts")) is (one == other)


@pytest.mark.parametrize(
    ("statement", "renamed"),
    [
        ("CREATE INDEX i ON t (a DESC, `desc`)", "CREATE INDEX i ON t (a DESC, `new`)"),
        ("CREATE INDEX i ON t (desc desc, a)", "CREATE INDEX i ON t (`new` desc, a)"),
        (
            'CREATE INDEX desc ON desc (a, "desc" COLLATE desc asc)',
            "CREATE INDEX desc ON desc (a, `new` COLLATE desc asc)",
        ),
        ("CREATE INDEX i ON t (desc(desc), 'desc')", "CREATE INDEX i ON t (desc(`new`), `new`)"),
        (
            "CREATE INDEX i ON t (a) WHERE t.desc != 'desc' -- desc",
            "CREATE INDEX i ON t (a) WHERE t.`new` != 'desc' -- desc",
        ),
        (
            "CREATE INDEX i ON t (CAST(desc AS desc), /* desc */ a)",
            "CREATE INDEX i ON t (CAST(`new` AS desc), /* desc */ a)",
        ),
    ],
)
def test_a_column_is_renamed_only_where_a_name_is_one(statement: str, renamed: str) -> None:
    assert with_renamed_column(statement, "Desc", "new") == renamed


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("`my-a`", "my-a"),
        ("[x.y]", "x.y"),
        ("main.i", "i"),
        ("`main`.`my-a`", "my-a"),
        ("main.[x.y]", "x.y"),
        ("i", "i"),
    ],
)
def test_the_name_of_an_index_is_read_whole(written: str, name: str) -> None:
    index = read_index(f"create unique index if not exists {written} on t (a)")
    assert index is not None
    assert (index.name, index.unique, index.columns) == (name, True, ("a",))


POSTS = {"fields": [{"name": name, "type": "text"} for name in ("a", "b")]}
OTHERS = [
    "CREATE UNIQUE INDEX `{0}-a` ON {0} (b)",
    "CREATE INDEX main.{0}_m ON {0} (a)",
    "CREATE INDEX `{0}-c` ON {0} (b, a)",
]


def indexes_of(server: servers.Server, name: str) -> list[str]:
    return next(item["indexes"] for item in server.collections() if item["name"] == name)


def test_dropping_an_index_leaves_the_others_whatever_they_are_called(pb: Runner, server: servers.Server) -> None:
    indexes = [statement.format("ia") for statement in OTHERS]
    pb.ok("pb_collections.py", "create", json.dumps({"name": "ia", **POSTS, "indexes": indexes}))
    missing = pb("pb_collections.py", "drop-index", "ia", "ia")
    assert (missing.code, missing.hint) == (2, "Did you mean 'ia_m'?")
    for name, left in (("ia_m", [indexes[0], indexes[2]]), ("ia-a", [indexes[2]]), ("ia-c", [])):
        (change,) = pb.ok("pb_collections.py", "drop-index", "ia", name)
        assert change == {"action": "drop-index", "collection": "ia", "index": name}
        assert indexes_of(server, "ia") == left


def test_an_index_that_pocketbase_could_not_drop_again_is_not_made(pb: Runner, server: servers.Server) -> None:
    statement = "CREATE INDEX `x.y` ON id (a)"
    refused = pb("pb_collections.py", "create", json.dumps({"name": "id", **POSTS, "indexes": [statement]}))
    assert refused.code == 2
    made = pb.ok("pb_collections.py", "create", refused.hint.partition("Corrected: ")[2])
    assert made["indexes"] == ["CREATE INDEX `x_y` ON id (a)"]
    # What is refused here is what PocketBase takes once, and never lets go.
    assert server.request("PATCH", "/api/collections/id", {"indexes": [statement]})[0] == 200
    assert server.request("PATCH", "/api/collections/id", {"indexes": []})[0] == 200
    assert server.request("PATCH", "/api/collections/id", {"indexes": [statement]})[0] == 400


def planned(live: list[dict[str, Any]], wanted: dict[str, Any]) -> list[tuple[str, Any]]:
    return [(change["action"], change.get("property")) for change in plan(resolve([wanted], live), live)]


def test_a_query_is_another_one_if_a_line_ends_elsewhere(pb: Runner, server: servers.Server) -> None:
    """A line's end decides where a comment ends, and so what guests see."""
    pb.ok("pb_collections.py", "create", json.dumps({"name": "iq", **POSTS}))
    for position, (before, after) in enumerate(
        [
            ("SELECT id, a FROM iq -- WHERE b = ''\nORDER BY id", "SELECT id, a FROM iq --\nWHERE b = ''\nORDER BY id"),
            ("SELECT id FROM iq WHERE a = 'x  y'", "SELECT id FROM iq WHERE a = 'x y'"),
        ]
    ):
        view = {"name": f"iq{position}", "type": "view", "viewQuery": before}
        pb.ok("pb_collections.py", "create", json.dumps(view))
        file = json.dumps([{**view, "viewQuery": after}])
        assert [change["property"] for change in pb("pb_collections.py", "plan", file).data] == ["viewQuery"]
        pb.ok("pb_collections.py", "import", file)
        assert pb.ok("pb_collections.py", "plan", file) == []
        assert next(item for item in server.collections() if item["name"] == view["name"])["viewQuery"] == after


@pytest.mark.parametrize("after", ['"active"', "'Active'", "'active'"])
def test_an_index_on_other_values_is_another_one(after: str) -> None:
    statement = "CREATE UNIQUE INDEX i ON posts (a) WHERE b = {}"
    base = {"id": "p", "name": "posts", "type": "base", "system": False, "fields": []}
    live = [{**base, "indexes": [statement.format('"Active"')]}]
    assert planned(live, {"name": "posts", "indexes": [statement.format(after)]}) == [
        ("add-index", None),
        ("drop-index", None),
    ]
