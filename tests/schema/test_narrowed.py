"""A plan says how many records a narrower field refuses, and counts as the server does when they are saved again."""

from __future__ import annotations

import json
from typing import Any

import servers
from conftest import Runner

FIELDS: list[dict[str, Any]] = [
    {"name": "one", "type": "select", "values": ["a", "b'c", "d"], "maxSelect": 1},
    {"name": "many", "type": "select", "values": ["a", "b", "c"], "maxSelect": 3},
    {"name": "n", "type": "number"},
    {"name": "d", "type": "date"},
    {"name": "e", "type": "email"},
    {"name": "t", "type": "text"},
    {"name": "u", "type": "url"},
    {"name": "rel", "type": "relation", "collectionId": "_pb_users_auth_", "maxSelect": 1},
]
ROWS = [
    {
        "one": "a",
        "many": ["a", "b", "c"],
        "n": 5,
        "d": "2024-05-01 00:00:00.000Z",
        "e": "x@a.com",
        "t": "ab1",
        "u": "https://a.com/x",
    },
    {
        "one": "b'c",
        "many": ["a"],
        "n": -5.5,
        "d": "2020-05-01 00:00:00.000Z",
        "e": "x@b.com",
        "t": "é-1234\n",
        "u": "http://b.com:80",
    },
    {"one": "d", "many": ["c"], "n": 0, "d": "", "e": "", "t": "", "u": ""},
]
USER = {"email": "nar@example.com", "password": "1234567890", "passwordConfirm": "1234567890"}
NARROWER: list[tuple[str, dict[str, Any]]] = [
    ("one", {"values": ["a", "d"]}),
    ("many", {"values": ["a", "b"], "maxSelect": 2}),
    ("many", {"maxSelect": 2}),
    ("n", {"min": 1}),
    ("n", {"max": 4}),
    ("d", {"min": "2023-01-01 00:00:00.000Z"}),
    ("e", {"onlyDomains": ["a.com"]}),
    ("e", {"exceptDomains": ["b.com"]}),
    ("n", {"onlyInt": True}),
    ("t", {"min": 5}),
    ("t", {"max": 6}),
    ("t", {"pattern": r"^\w+$"}),
    ("t", {"pattern": r"^\S*\d$"}),
    ("t", {"pattern": r"b(1|2)+\z"}),
    ("u", {"onlyDomains": ["a.com"]}),
    ("u", {"exceptDomains": ["a.com"]}),
    ("rel", {"maxSelect": 3, "minSelect": 2}),
]


def test_records_that_a_narrower_field_refuses_are_counted(pb: Runner, server: servers.Server) -> None:
    made = pb.ok("pb_collections.py", "create", json.dumps({"name": "nar", "type": "base", "fields": FIELDS}))
    path = "/api/collections/nar"
    user = server.request("POST", "/api/collections/users/records", USER)[1]["id"]
    for row in ROWS[:2]:
        row["rel"] = user
    ids = [server.request("POST", f"{path}/records", row)[1]["id"] for row in ROWS]
    for name, limits in NARROWER:
        fields = [{**field, **limits} if field["name"] == name else field for field in made["fields"]]
        planned = pb("pb_collections.py", "plan", json.dumps([{"name": "nar", "fields": fields}]))
        said = [
            warning for warning in planned.document.get("warnings", []) if warning.startswith(f"nar.{name}: The new")
        ]
        assert server.request("PATCH", path, {"fields": fields})[0] == 200
        bodies = [{name: row.get(name, "")} for row in ROWS]
        refused = sum(server.request("PATCH", f"{path}/records/{id}", body)[0] == 400 for id, body in zip(ids, bodies))
        assert server.request("PATCH", path, {"fields": made["fields"]})[0] == 200
        counts = [int(warning.partition("what ")[2].split()[0]) for warning in said]
        assert refused > 0, (name, limits)
        assert max(counts, default=0) == refused, (name, limits, said)


def test_what_no_stored_value_is_held_against_is_not_counted(pb: Runner, server: servers.Server) -> None:
    fields = [{"name": "t", "type": "text"}, {"name": "p", "type": "password"}]
    made = pb.ok("pb_collections.py", "create", json.dumps({"name": "kept", "type": "base", "fields": fields}))
    path = "/api/collections/kept"
    id = server.request("POST", f"{path}/records", {"t": "long enough", "p": "12345678"})[1]["id"]
    limits: dict[str, dict[str, Any]] = {
        "id": {"min": 20, "max": 30, "pattern": "^x+$", "autogeneratePattern": "x{20}"},
        "p": {"min": 20, "max": 30, "pattern": "^x+$"},
    }
    narrower = [{**field, **limits.get(field["name"], {})} for field in made["fields"]]
    planned = pb("pb_collections.py", "plan", json.dumps([{"name": "kept", "fields": narrower}]))
    assert planned.document.get("warnings") is None
    assert server.request("PATCH", path, {"fields": narrower})[0] == 200
    assert server.request("PATCH", f"{path}/records/{id}", {"t": "another"})[0] == 200


def test_a_pattern_that_only_the_server_reads_is_said_not_to_be_counted(pb: Runner) -> None:
    made = pb.ok(
        "pb_collections.py", "create", '{"name":"letters","type":"base","fields":[{"name":"t","type":"text"}]}'
    )
    narrower = [{**field, "pattern": r"^\p{L}+$"} if field["name"] == "t" else field for field in made["fields"]]
    said = pb("pb_collections.py", "plan", json.dumps([{"name": "letters", "fields": narrower}])).document["warnings"]
    assert said == [
        "letters.t: The new pattern may refuse what existing records have: not counted, for only the server can tell."
        " Change them first."
    ]
