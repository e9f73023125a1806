"""What the tables of the page on the collections API are."""

from __future__ import annotations

import json
from typing import Any

from docs.stage import Stage
from docs.tables import Facts

facts = Facts()
facts.prose("What the scripts refuse", "tests/test_collections.py and tests/test_check_elsewhere.py have each row")

BODIES: dict[str, Any] = {"POST": {"name": "routed"}, "PATCH": {}, "PUT": {"collections": [{"name": "routed"}]}}


def _route(stage: Stage, first: str, cells: list[str]) -> None:
    stage.server.request("DELETE", "/api/collections/routed")
    if first.startswith("any"):
        guest = stage.server.request("GET", "/api/collections", authed=False)[0]
        user = stage.server.request("GET", "/api/collections", token=stage.token("alice"))[0]
        assert cells[0] == f"{guest} for guests, {user} for users"
        return
    method, path = first.split(" ")
    if method != "POST":
        stage.request("POST", "/api/collections", {"name": "routed"})
    status, answer = stage.server.request(method, path.replace("NAME", "routed"), BODIES.get(method))
    assert str(status) == cells[0], answer


facts.table("Routes", each=_route)


def _key(stage: Stage, first: str, cells: list[str]) -> None:
    stage.server.request("DELETE", "/api/collections/plain")
    made = stage.request("POST", "/api/collections", {"name": "plain"})
    if first == "name":
        assert stage.server.request("POST", "/api/collections", {"name": "PLAIN"})[0] == 400
        assert stage.server.request("POST", "/api/collections", {"name": "a_via_b"})[0] == 400
        assert stage.server.request("POST", "/api/collections", {"fields": []})[0] == 400
    elif first == "id":
        from _pb.schema.names import collection_id

        assert made["id"] == collection_id("base", "plain")
    elif first == "fields":
        assert [field["name"] for field in made["fields"]] == ["id"]
        auth = stage.request("GET", "/api/collections/meta/scaffolds")["auth"]
        assert {"password", "tokenKey", "email", "emailVisibility", "verified"} < {
            one["name"] for one in auth["fields"]
        }
    elif first == "viewQuery" or first.startswith("authRule"):
        assert first.split(" ")[0] not in made
    else:
        assert all(made[key] == json.loads(cells[0]) for key in first.split(" "))


facts.table("A collection", each=_key)
