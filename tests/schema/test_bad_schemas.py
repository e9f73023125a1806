"""Files that no schema can be made of: a clear error that names the place, and nothing is changed."""

from __future__ import annotations

import json
from typing import Any

import pytest

import servers
from conftest import Runner

TEXT = {"name": "a", "type": "text"}


def field(**properties: Any) -> list[dict[str, Any]]:
    return [{"name": "x", "fields": [properties]}]


BAD: dict[str, tuple[str | bytes, str]] = {
    "truncated": ('[{"name": "x", "fields": [{"name"', "line 1 column 34"),
    "empty": ("", "line 1 column 1"),
    "not UTF-8": (b'[{"name": "\xff"}]', "byte 11"),
    "a byte-order mark and rubbish": (b"\xef\xbb\xbf[", "line 1"),
    "nested too deeply": ("[" * 100_000, "nested too deeply"),
    "a key twice": ('[{"name": "x", "name": "y"}]', "'name' stands twice"),
    "NaN": ('[{"name": "x", "fields": [{"name": "a", "type": "number", "max": NaN}]}]', "NaN is not JSON"),
    "infinite": ('[{"name": "x", "fields": [{"name": "a", "type": "text", "max": 1e400}]}]', "1e400 is too large"),
    "null": ("null", "no collections in"),
    "no collections": ('{"collections": []}', "no collections in"),
    "an object for the list": ('{"collections": {"name": "x"}}', "no collections in"),
    "texts": ('["x"]', "Collection 1"),
    "no name": ('[{"name": "x"}, {"type": "base"}]', "Collection 2"),
    "a number for a name": ('[{"name": 5}]', "Collection 1"),
    "fields as an object": ('[{"name": "x", "fields": {}}]', "`fields` of 'x'"),
    "a field as a text": ('[{"name": "x", "fields": ["a"]}]', "`fields` of 'x'"),
    "a list for a type": (json.dumps([{"name": "x", "type": []}]), "x: "),
    "an object for a field type": (json.dumps(field(name="a", type={})), "x.a: "),
    "a number for a query": (json.dumps([{"name": "x", "type": "view", "viewQuery": 5}]), "x: viewQuery is 5"),
    "a number for a target": (json.dumps(field(name="a", type="relation", collectionId=5)), "x.a: collectionId is 5"),
    "a name twice": (json.dumps([{"name": "x"}, {"name": "x"}]), "'x'"),
    "names that differ in case": (json.dumps([{"name": "posts"}, {"name": "Posts"}]), "'Posts'"),
    "fields that differ in case": (json.dumps([{"name": "x", "fields": [TEXT, {**TEXT, "name": "A"}]}]), "x.A"),
    "a relation to nothing": (json.dumps(field(name="a", type="relation", collectionId="nothing")), "x.a: "),
    "a circle of views": (
        json.dumps(
            [
                {"name": "x", "type": "view", "viewQuery": "SELECT id FROM y"},
                {"name": "y", "type": "view", "viewQuery": "SELECT z.id FROM (SELECT id FROM `x`) z"},
            ]
        ),
        "in a circle: x reads y reads x.",
    ),
    "an index on a missing column": (
        json.dumps([{"name": "x", "fields": [TEXT], "indexes": ["CREATE INDEX i ON x (b)"]}]),
        "x.indexes[0]: The index names the column 'b'",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_changes_nothing_and_its_place_is_named(pb: Runner, server: servers.Server, case: str) -> None:
    content, place = BAD[case]
    before = server.collections()
    stdin = content if isinstance(content, bytes) else content.encode()
    result = pb("pb_collections.py", "import", "--file", "-", stdin=stdin)
    assert (result.code, result.document["status"]) == (2, 0)
    assert place in result.message
    assert server.collections() == before


def test_a_file_that_is_larger_than_a_request_may_be(pb: Runner, server: servers.Server) -> None:
    before = [item["name"] for item in server.collections()]
    document = json.dumps(field(name="a", type="text", pattern="a" * 34_000_000)).encode()
    result = pb("pb_collections.py", "import", "--file", "-", stdin=document)
    assert (result.code, result.document["status"]) == (1, 413)
    assert result.hint
    assert [item["name"] for item in server.collections()] == before


def test_views_may_be_called_like_columns_and_tables_inside_of_their_query(pb: Runner, server: servers.Server) -> None:
    views = [
        {"name": "bs_total", "type": "view", "viewQuery": "SELECT id, name AS bs_count FROM /* FROM bs_count */ users"},
        {
            "name": "bs_count",
            "type": "view",
            "viewQuery": "SELECT id, 1 AS bs_total FROM users WHERE name != ' FROM bs_total'",
        },
        {
            "name": "bs_with",
            "type": "view",
            "viewQuery": "WITH bs_with AS (SELECT id FROM bs_last) SELECT id FROM bs_with",
        },
        {
            "name": "bs_named",
            "type": "view",
            "viewQuery": "WITH bs_named(id, n) AS (SELECT id, name FROM users) SELECT id, n FROM bs_named",
        },
        {"name": "bs_last", "type": "view", "viewQuery": "SELECT u.id FROM users AS u, bs_total t WHERE t.id = u.id"},
    ]
    document = json.dumps(views).encode()
    assert pb("pb_collections.py", "import", "--file", "-", stdin=document).code == 0
    assert pb.ok("pb_collections.py", "plan", "--file", "-", stdin=document) == []
