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
]
ROWS = [
    {"one": "a", "many": ["a", "b", "c"], "n": 5, "d": "2024-05-01 00:00:00.000Z", "e": "x@a.com"},
    {"one": "b'c", "many": ["a"], "n": -5, "d": "2020-05-01 00:00:00.000Z", "e": "x@b.com"},
    {"one": "d", "many": ["c"], "n": 0, "d": "", "e": ""},
]
NARROWER: list[tuple[str, dict[str, Any]]] = [
    ("one", {"values": ["a", "d"]}),
    ("many", {"values": ["a", "b"], "maxSelect": 2}),
    ("many", {"maxSelect": 2}),
    ("n", {"min": 1}),
    ("n", {"max": 4}),
    ("d", {"min": "2023-01-01 00:00:00.000Z"}),
    ("e", {"onlyDomains": ["a.com"]}),
    ("e", {"exceptDomains": ["b.com"]}),
]


def test_records_that_a_narrower_field_refuses_are_counted(pb: Runner, server: servers.Server) -> None:
    made = pb.ok("pb_collections.py", "create", json.dumps({"name": "nar", "type": "base", "fields": FIELDS}))
    path = "/api/collections/nar"
    ids = [server.request("POST", f"{path}/records", row)[1]["id"] for row in ROWS]
    for name, limits in NARROWER:
        fields = [{**field, **limits} if field["name"] == name else field for field in made["fields"]]
        planned = pb("pb_collections.py", "plan", json.dumps([{"name": "nar", "fields": fields}]))
        said = [
            warning for warning in planned.document.get("warnings", []) if warning.startswith(f"nar.{name}: The new")
        ]
        assert server.request("PATCH", path, {"fields": fields})[0] == 200
        bodies = [{name: row[name]} for row in ROWS]
        refused = sum(server.request("PATCH", f"{path}/records/{id}", body)[0] == 400 for id, body in zip(ids, bodies))
        assert server.request("PATCH", path, {"fields": made["fields"]})[0] == 200
        counts = [int(warning.partition("what ")[2].split()[0]) for warning in said]
        assert refused > 0, (name, limits)
        assert max(counts, default=0) == refused, (name, limits, said)
