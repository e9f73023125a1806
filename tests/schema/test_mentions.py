"""A field that is renamed is found at every place where a rule names it, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import servers
from _pb.schema.lookup import Schema
from _pb.schema.mentions import mentions, with_renamed_field
from _pb.server.binary import version_key
from pb_common.schema_types import Collection

COLLECTIONS: list[Collection] = [
    {"id": "teams_____00001", "name": "teams", "type": "base", "fields": [{"name": "name", "type": "text"}]},
    {
        "id": "_pb_users_auth_",
        "name": "users",
        "type": "auth",
        "fields": [
            {"name": "name", "type": "text"},
            {"name": "team", "type": "relation", "collectionId": "teams_____00001", "maxSelect": 1},
        ],
    },
    {
        "id": "posts_____00001",
        "name": "posts",
        "type": "base",
        "fields": [
            {"name": "name", "type": "text"},
            {"name": "data", "type": "json"},
            {"name": "tags", "type": "select", "maxSelect": 2, "values": ["a", "b"]},
            {"name": "author", "type": "relation", "collectionId": "_pb_users_auth_", "maxSelect": 1},
        ],
    },
]
# A rule of `posts`, and what becomes of it when `posts.name` is called `title`.
RENAMED = {
    "name = 'name' // name = 1\n && author.name != ''": "title = 'name' // name = 1\n && author.name != ''",
    "@request.body.name:isset = false && data.name = 1": "@request.body.title:isset = false && data.name = 1",
    "@collection.posts:name.name ?= @request.auth.name": "@collection.posts:name.title ?= @request.auth.name",
    "author.posts_via_author.name:lower ?= 'x'": "author.posts_via_author.title:lower ?= 'x'",
    "author.team.name = name && @request.query.name = ''": "author.team.name = title && @request.query.name = ''",
    '"name" != name:lower&&(name~"name")': '"name" != title:lower&&(title~"name")',
    "@request.auth.posts_via_author.name ?= 'x'": "@request.auth.posts_via_author.title ?= 'x'",
    "@request.body.author.posts_via_author.name ?= 'x'": "@request.body.author.posts_via_author.title ?= 'x'",
}


@pytest.fixture(scope="module")
def server(version: str) -> Iterator[servers.Server]:
    with servers.Server(version) as started:
        status, data = started.request("PUT", "/api/collections/import", {"collections": COLLECTIONS})
        assert status == 204, data
        yield started


def test_a_rule_follows_a_renamed_field_and_the_server_takes_both(server: servers.Server) -> None:
    schema = Schema(server.collections())
    posts = schema.get("posts")
    assert posts is not None
    fields = [{**field, "name": "title"} if field["name"] == "name" else field for field in posts["fields"]]
    for rule, expected in RENAMED.items():
        if ":lower" in rule and version_key(server.version) < (0, 26):
            continue  # 0.23 has no such modifier
        assert server.request("PATCH", "/api/collections/posts", {"listRule": rule})[0] == 200, rule
        renamed = with_renamed_field(rule, posts, schema, posts, "name", "title")
        assert renamed == expected
        change = {"fields": fields, "listRule": renamed}
        assert server.request("PATCH", "/api/collections/posts", change)[0] == 200, renamed
        assert (
            server.request("PATCH", "/api/collections/posts", {"fields": posts["fields"], "listRule": None})[0] == 200
        )


def test_what_a_rule_of_another_collection_names(server: servers.Server) -> None:
    schema = Schema(server.collections())
    rule = "users_via_team.posts_via_author.name ?= @request.auth.name && @collection.posts:x.tags:each ?= 'a'"
    found = [
        (rule[item.start : item.end], item.collection["name"], item.field)
        for item in mentions(rule, schema.get("teams") or {}, schema)
    ]
    assert found == [
        ("users", "users", None),
        ("team", "users", "team"),
        ("posts", "posts", None),
        ("author", "posts", "author"),
        ("name", "posts", "name"),
        ("name", "users", "name"),
        ("posts", "posts", None),
        ("tags", "posts", "tags"),
    ]
