"""The query of a view is read as SQLite and PocketBase read it: what it makes, and every column that it names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import servers
from _pb.languages.views import columns, tables, uses, with_renamed_column
from _pb.schema.lookup import Schema
from _pb.schema.rule_paths import rule_problem
from _pb.schema.view_fields import view_fields
from pb_common.schema_types import Collection

ID = "_pb_users_auth_"
COLLECTIONS: list[Collection] = [
    {
        "id": "vnotes_00000001",
        "name": "vnotes",
        "type": "base",
        "fields": [
            {"name": "title", "type": "text"},
            {"name": "n", "type": "number"},
            {"name": "tags", "type": "select", "maxSelect": 3, "values": ["a", "b", "c"]},
            {"name": "author", "type": "relation", "collectionId": ID, "maxSelect": 1},
        ],
    },
    {
        "id": "vlikes_00000001",
        "name": "vlikes",
        "type": "base",
        "fields": [
            {"name": "title", "type": "text"},
            {"name": "note", "type": "relation", "collectionId": "vnotes_00000001", "maxSelect": 1},
        ],
    },
    {"id": "vview__00000001", "name": "vview", "type": "view", "viewQuery": "SELECT id, title FROM vnotes"},
    {"id": "vtop___00000001", "name": "vtop", "type": "view", "viewQuery": "SELECT id, author AS who FROM vnotes"},
]
# Queries, and whether they read vnotes.title.
QUERIES = {
    "SELECT id, author FROM vnotes": False,
    "SELECT id, title, tags, n FROM vnotes": True,
    "select n.ID as id, u.id AS author, n.author AS own, count(*) as c FROM vnotes n JOIN users u ON u.id = n.author"
    " GROUP BY n.id": False,
    "SELECT n.id, u.name, n.title FROM vnotes AS n LEFT OUTER JOIN users u ON (n.author = u.id)": True,
    "SELECT l.id, l.title FROM vlikes l": False,
    "SELECT l.id, l.title FROM vlikes l, vnotes n WHERE l.note = n.id AND n.title != ''": True,
    "SELECT l.id AS id, n.id AS note, l.title title FROM vlikes l INNER JOIN vnotes n ON n.id = l.note": False,
    'SELECT vnotes.id, vnotes.`title` AS "said", [vnotes].[n] FROM `vnotes`': True,
    "WITH c AS (SELECT id, title AS t, author FROM vnotes) SELECT id, t, author FROM c": True,
    "WITH c(id, made) AS (SELECT id, title FROM vnotes) SELECT id, made FROM c": True,
    "WITH c AS (SELECT * FROM vnotes) SELECT id, title FROM c": True,
    "WITH c AS (SELECT * FROM vnotes) SELECT c.id, c.n FROM c WHERE c.title > 'a'": True,
    "WITH a AS (SELECT id, note FROM vlikes), b AS (SELECT a.note AS x FROM a) SELECT x AS id FROM b": False,
    "SELECT s.id, s.t FROM (SELECT id, lower(title) t FROM vnotes) s": True,
    "SELECT id, (SELECT count(*) FROM vlikes WHERE vlikes.note = vnotes.id) AS likes FROM vnotes": False,
    "SELECT id, (SELECT max(vlikes.title) FROM vlikes WHERE note = vnotes.id AND n > 1) AS x FROM vnotes": False,
    "SELECT id FROM vlikes WHERE EXISTS (SELECT 1 FROM vnotes WHERE vnotes.id = note AND vnotes.title = '')": True,
    "SELECT id, title FROM vlikes WHERE 1 UNION SELECT id, title FROM vnotes": True,
    "SELECT id, note FROM vlikes WHERE 1 UNION ALL SELECT id, author FROM vnotes": False,
    "SELECT id, cast(n as text) AS t, cast(n AS INT) i, total(n) s, sum(n) AS m, (title) AS p FROM vnotes"
    " GROUP BY id": True,
    "SELECT id, 'title' AS x, n /* title */ FROM vnotes -- title\nWHERE n > 0": False,
    "SELECT id, (CASE WHEN title = 'title' THEN n ELSE 0 END) AS x FROM vnotes": True,
    "SELECT id, lower(n) AS title FROM vnotes ORDER BY title": False,
    "SELECT id, n FROM vnotes ORDER BY title COLLATE NOCASE DESC, n": True,
    "SELECT id, n AS title FROM vnotes WHERE title != ''": True,
    "SELECT (ROW_NUMBER() OVER (PARTITION BY n ORDER BY title)) AS id, author AS who FROM vnotes": True,
    "SELECT vnotes.id, json_each.value AS tag FROM vnotes, json_each(vnotes.tags)": False,
    "SELECT id, title, substr(vview.title, 1) AS s FROM vview": False,
    "SELECT id, who, who AS again FROM vtop": False,
    "SELECT id, tags AS `Tags`, Title FROM vnotes;": True,
    "SELECT DISTINCT id,author,title FROM main.vnotes": True,
}


@pytest.fixture(scope="module")
def server(version: str) -> Iterator[servers.Server]:
    with servers.Server(version) as started:
        views = [{"id": "vtried_00000001", "name": "vtried", "type": "view", "viewQuery": "SELECT id FROM vnotes"}]
        answer = started.request("PUT", "/api/collections/import", {"collections": [*COLLECTIONS, *views]})
        assert answer[0] == 204, answer
        yield started


def known(server: servers.Server) -> dict[str, set[str]]:
    return {item["name"].lower(): {field["name"].lower() for field in item["fields"]} for item in server.collections()}


def test_the_fields_of_a_view_are_those_that_the_server_makes(server: servers.Server) -> None:
    schema = Schema(server.collections())
    told = 0
    for query in QUERIES:
        status, made = server.request("PATCH", "/api/collections/vtried", {"viewQuery": query})
        assert status == 200, (query, made)
        fields = view_fields(query, schema)
        assert fields is not None
        assert [field["name"] for field in fields] == [field["name"] for field in made["fields"]], query
        for field, real in zip(fields, made["fields"]):
            if "type" in field:
                told += 1
                assert (field["type"], field.get("collectionId")) == (real["type"], real.get("collectionId")), query
                assert (field.get("maxSelect") or 1) == (real.get("maxSelect") or 1), query
    assert told > 60


def test_a_query_follows_a_renamed_field_and_makes_the_same_columns(server: servers.Server) -> None:
    notes = next(item for item in server.collections() if item["name"] == "vnotes")
    fields = [{**field, "name": "headline"} if field["name"] == "title" else field for field in notes["fields"]]
    columns_before = known(server)
    free = {"viewQuery": "SELECT id FROM vlikes"}
    for query, is_used in QUERIES.items():
        assert uses(query, "vnotes", "Title", columns_before) is is_used, query
    assert server.request("DELETE", "/api/collections/vview")[0] == 204
    assert server.request("PATCH", "/api/collections/vtried", free)[0] == 200
    assert server.request("PATCH", "/api/collections/vnotes", {"fields": fields})[0] == 200
    try:
        for query, is_used in QUERIES.items():
            if "vview" in query:
                continue
            renamed = with_renamed_column(query, "vnotes", "title", "headline", columns_before)
            assert (renamed != query) is is_used, query
            status, made = server.request("PATCH", "/api/collections/vtried", {"viewQuery": renamed})
            assert status == 200, (renamed, made)
            assert [field["name"] for field in made["fields"]] == columns(query), renamed
            stays = server.request("PATCH", "/api/collections/vtried", {"viewQuery": query})[0] == 200
            # What is made under the old name is then taken for it, in silence.
            assert stays is (not is_used or "AS title" in query), query
    finally:
        server.request("PATCH", "/api/collections/vtried", free)
        server.request("PATCH", "/api/collections/vnotes", {"fields": notes["fields"]})
        server.request("POST", "/api/collections", COLLECTIONS[2])


def test_the_tables_that_a_query_reads() -> None:
    assert tables("WITH c AS (SELECT * FROM a JOIN main.`B` b ON 1) SELECT id FROM c, (SELECT x FROM d), e f") == {
        *("a", "b", "d", "e")
    }
    assert tables("SELECT id FROM a WHERE x IN (SELECT y FROM b) -- FROM c\nUNION SELECT id FROM json_each('[1]')") == {
        *("a", "b")
    }


@pytest.mark.parametrize(
    ("query", "is_right"),
    [
        ("SELECT author AS id, author, count(*) AS n FROM vnotes GROUP BY author", True),
        (
            "SELECT u.id, u.id AS author, count(n.id) AS n FROM users u JOIN vnotes n ON n.author = u.id GROUP BY 1",
            True,
        ),
        ("SELECT id, who AS author, 1 AS n FROM vtop", True),
        ("SELECT id, lower(author) AS author, n FROM vnotes", False),
        ("WITH t AS (SELECT id, author, n FROM vnotes) SELECT id, author, n FROM t", False),
    ],
)
def test_a_back_relation_through_a_view_is_right_where_the_server_takes_it(
    server: servers.Server, query: str, is_right: bool
) -> None:
    live = server.collections()
    view: Any = {"id": "vtotal_00000001", "name": "vtotals", "type": "view", "viewQuery": query}
    made: Any = {**view, "fields": view_fields(query, Schema(live))}
    schema = Schema([*live, made])
    rule = "vtotals_via_author.n ?< 3"
    assert (rule_problem(rule, schema.get("users") or {}, schema) is None) is is_right
    assert (rule_problem(f"@request.auth.{rule}", schema.get("vnotes") or {}, schema) is None) is is_right
    assert server.request("POST", "/api/collections", view)[0] == 200
    try:
        assert (server.request("PATCH", "/api/collections/users", {"manageRule": rule})[0] == 200) is is_right
    finally:
        server.request("PATCH", "/api/collections/users", {"manageRule": None})
        server.request("DELETE", "/api/collections/vtotals")


def test_a_back_relation_through_a_view_that_cannot_be_told_is_no_mistake() -> None:
    union = "SELECT id, author, n FROM a UNION SELECT id, author, n FROM b"
    users: Collection = {"id": "u", "name": "users", "type": "auth", "fields": []}
    view: Any = {"id": "v", "name": "both", "type": "view", "fields": view_fields(union, Schema([users]))}
    schema = Schema([users, view])
    assert rule_problem("both_via_author.n ?< 3 && @request.auth.both_via_author.n ?< 3", users, schema) is None
