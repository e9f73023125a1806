"""Indexes and queries are read as SQLite reads them: what differs in a text or in a comment is another one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import servers
from _pb.languages.indexes import canonical, read_index, with_condition, with_name, with_renamed_column
from _pb.schema.diagram import diagram
from _pb.schema.plan import plan
from _pb.schema.resolve import resolve
from conftest import Runner
from pb_common.schema_types import Collection, Field

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


@st.composite
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
    first = canonical(data.draw(spelt(one)), "posts")
    assert (first == canonical(data.draw(spelt(one)), "posts")) is True
    assert (first == canonical(data.draw(spelt(other)), "posts")) is (one == other)


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


def planned(live: list[Collection], wanted: Collection) -> list[tuple[str, Any]]:
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
    base: Collection = {"id": "p", "name": "posts", "type": "base", "system": False, "fields": []}
    live: list[Collection] = [{**base, "indexes": [statement.format('"Active"')]}]
    assert planned(live, {"name": "posts", "indexes": [statement.format(after)]}) == [
        ("add-index", None),
        ("drop-index", None),
    ]


@pytest.mark.parametrize(
    ("statement", "unique", "keys", "all_columns"),
    [
        ("CREATE UNIQUE INDEX i ON t (slug)", ("slug",), ("slug",), ("slug",)),
        ("CREATE UNIQUE INDEX i ON t (slug) WHERE (status != '')", (), ("slug",), ("slug", "status")),
        (
            "create unique\nindex i on t\n(Slug collate nocase desc)\nwhere\tslug<>''",
            ("slug",),
            ("Slug",),
            ("Slug", "slug"),
        ),
        ("CREATE UNIQUE INDEX i ON `t` ((([slug])))", ("slug",), ("slug",), ("slug",)),
        ("CREATE UNIQUE INDEX i ON t (lower(slug), b)", (), ("slug", "b"), ("slug", "b")),
        ("CREATE UNIQUE INDEX i ON t (a, -- slug\n b /* c */)", ("a", "b"), ("a", "b"), ("a", "b")),
        ('CREATE INDEX IF NOT EXISTS main."i" ON t ("where", `order`)', (), ("where", "order"), ("where", "order")),
        ("CREATE UNIQUE INDEX i ON t (a || ')' || b) WHERE c = 'WHERE ('", (), ("a", "b"), ("a", "b", "c")),
        ("CREATE UNIQUE INDEX i ON t (a, b) WHERE a != ''", (), ("a", "b"), ("a", "b")),
    ],
)
def test_what_an_index_keeps_unique_and_what_it_uses(
    statement: str, unique: tuple[str, ...], keys: tuple[str, ...], all_columns: tuple[str, ...]
) -> None:
    index = read_index(statement)
    assert index is not None
    assert (index.unique_columns, index.key_columns) == (unique, keys)
    assert tuple(dict.fromkeys(index.columns)) == all_columns
    assert (index.name, index.table) == ("i", "t")


@pytest.mark.parametrize(
    "statement", ["", "CREATE INDEX", "CREATE INDEX i ON t", "CREATE INDEX i ON t (a", "DROP INDEX i"]
)
def test_what_is_no_index(statement: str) -> None:
    assert read_index(statement) is None
    assert with_condition(statement, "1") == with_name(statement, "x") == statement


def test_the_condition_of_an_index_is_replaced() -> None:
    for statement in ("CREATE UNIQUE INDEX i ON t (a)", "CREATE UNIQUE INDEX i ON t (a) WHERE b = ') WHERE';"):
        assert with_condition(statement, "1 = 0") == "CREATE UNIQUE INDEX i ON t (a) WHERE 1 = 0"


def test_one_index_guards_what_another_did() -> None:
    def guards(one: str, other: str) -> bool:
        first, second = (read_index(f"CREATE UNIQUE INDEX i{len(text)} ON t {text}") for text in (one, other))
        assert first is not None
        assert second is not None
        return first.guards(second)

    assert guards("(`A` DESC)", "(a)")
    assert guards("(a)", "(b, a)")
    assert guards("(a)", "(a) WHERE b = 1")
    assert guards("(a) WHERE `b` =  1", "(a) WHERE b = 1")
    assert not guards("(a) WHERE b = 1", "(a)")
    assert not guards("(a, b)", "(a)")
    assert not guards("(lower(a))", "(a)")


def test_indexes_that_only_get_other_names_are_no_loss(pb: Runner, server: servers.Server) -> None:
    (users,) = (item for item in server.collections() if item["name"] == "users")
    renamed = [with_name(statement, f"_own_{number}") for number, statement in enumerate(users["indexes"])]
    planned = pb("pb_collections.py", "plan", json.dumps([{"name": "users", "indexes": renamed}]))
    assert sorted(change["action"] for change in planned.data) == ["add-index"] * 2 + ["drop-index"] * 2
    assert "loses" not in str(planned.document.get("warnings"))
    pb.ok(
        "pb_collections.py",
        "create",
        json.dumps({"name": "iu", **POSTS, "indexes": ["CREATE UNIQUE INDEX iu_a ON iu (a)"]}),
    )
    partial = ["CREATE UNIQUE INDEX iu_b ON iu (a) WHERE b = ''"]
    lost = pb("pb_collections.py", "plan", json.dumps([{"name": "iu", "indexes": partial}]))
    assert "iu loses the unique index iu_a" in str(lost.document["warnings"])


def test_a_partial_index_is_no_key_for_all_rows(pb: Runner, server: servers.Server) -> None:
    """The server refuses what the reader calls unique, and takes what it does not."""
    indexes = {
        "ip_a": "CREATE UNIQUE INDEX ip_{0} ON ip ({0}) WHERE b = 'x'",
        "ip_c": "CREATE UNIQUE INDEX ip_{0} ON ip (`{0}` COLLATE NOCASE)",
    }
    fields = [{"name": name, "type": "text"} for name in "abc"]
    statements = [statement.format(name[-1]) for name, statement in indexes.items()]
    pb.ok("pb_collections.py", "create", json.dumps({"name": "ip", "fields": fields, "indexes": statements}))
    for statement in indexes_of(server, "ip"):
        index = read_index(statement)
        assert index is not None
        (column,) = index.key_columns
        other = {"c" if column == "a" else "a": "one"}
        assert server.request("POST", "/api/collections/ip/records", {**other, column: "same"})[0] == 200
        again = {"c" if column == "a" else "a": "two", column: "same"}
        status, _ = server.request("POST", "/api/collections/ip/records", again)
        assert (status == 400) is (index.unique_columns == (column,))


@pytest.mark.parametrize(
    ("index", "line"),
    [
        ("UNIQUE INDEX i ON p (u)", "|o--o|"),
        ("UNIQUE INDEX i ON p (u) WHERE u != ''", "|o--o|"),
        ("UNIQUE INDEX i ON p (u) WHERE (status != '')", "}o--o|"),
        ("UNIQUE INDEX i ON p (u, status)", "}o--o|"),
        ("UNIQUE INDEX i ON p (lower(u))", "}o--o|"),
        ("INDEX i ON p (u)", "}o--o|"),
    ],
)
def test_a_diagram_draws_one_to_one_where_no_row_can_share(index: str, line: str) -> None:
    fields: list[Field] = [{"name": "u", "type": "relation", "collectionId": "q"}, {"name": "status", "type": "text"}]
    first: Collection = {"id": "p", "name": "p", "type": "base", "fields": fields, "indexes": [f"CREATE {index}"]}
    second: Collection = {"id": "q", "name": "q", "type": "base", "fields": [], "indexes": []}
    assert f'"p" {line} "q"' in diagram([first, second])
