"""What a schema says already is no change, whatever its names are, and an import keeps the order of fields."""

from __future__ import annotations

import json
from typing import Any

import pytest

import servers
from conftest import Runner

FIELDS = [{"name": name, "type": "text"} for name in ("clientSecret", "b", "secret")]


def names(server: servers.Server, collection: str) -> list[str]:
    return [field["name"] for item in server.collections() if item["name"] == collection for field in item["fields"]]


def collection_of(server: servers.Server, name: str) -> dict[str, Any]:
    return next(item for item in server.collections() if item["name"] == name)


def test_a_field_called_secret_is_no_secret(pb: Runner, server: servers.Server) -> None:
    wanted = {"name": "unc1", "type": "base", "fields": FIELDS, "listRule": "secret = 'clientSecret'"}
    pb.ok("pb_collections.py", "import", json.dumps([wanted]))
    before = collection_of(server, "unc1")["updated"]
    assert pb.ok("pb_collections.py", "plan", json.dumps([wanted])) == []
    assert pb.ok("pb_collections.py", "import", json.dumps([wanted])) == {"changes": [], "migration": None}
    assert collection_of(server, "unc1")["updated"] == before


def test_a_secret_is_sent_although_nobody_can_see_that_it_differs(pb: Runner, server: servers.Server) -> None:
    before = collection_of(server, "users")["updated"]
    secret = json.dumps([{"name": "users", "authToken": {"secret": "s" * 40}}])
    assert pb.ok("pb_collections.py", "import", secret)["changes"] == []
    assert collection_of(server, "users")["updated"] != before


def test_a_partial_import_keeps_the_order_of_fields_and_puts_new_ones_last(pb: Runner, server: servers.Server) -> None:
    pb.ok("pb_collections.py", "create", json.dumps({"name": "unc2", "type": "base", "fields": FIELDS}))
    partial = [{"name": "new", "type": "number"}, {"name": "secret", "type": "text", "max": 9}]
    pb.ok("pb_collections.py", "import", json.dumps([{"name": "unc2", "fields": partial}]))
    assert names(server, "unc2") == ["id", "clientSecret", "b", "secret", "new"]
    listed = [{"name": name, "type": "text"} for name in ("id", "secret", "b", "clientSecret")]
    whole = [*listed, {"name": "new", "type": "number"}]
    pb.ok(
        "pb_collections.py", "import", json.dumps([{"name": "unc2", "fields": [*whole, {"name": "x", "type": "bool"}]}])
    )
    assert names(server, "unc2") == ["id", "secret", "b", "clientSecret", "new", "x"]
    less = json.dumps({"collections": [{"name": "unc2", "fields": whole[:1]}], "deleteMissing": False})
    pb.ok("pb_collections.py", "import", less)
    assert names(server, "unc2") == ["id", "secret", "b", "clientSecret", "new", "x"]


@pytest.mark.parametrize(
    ("collection", "field", "is_warned"),
    [
        ("unc3", {"name": "id", "type": "text", "pattern": ""}, False),
        ("unc3", {"name": "id", "type": "text", "required": False, "hidden": True}, True),
        ("users", {"name": "email", "type": "email", "hidden": True}, True),
        ("users", {"name": "password", "type": "password", "hidden": False, "required": False}, True),
    ],
)
def test_what_the_server_keeps_is_no_change(
    pb: Runner, server: servers.Server, collection: str, field: dict[str, Any], is_warned: bool
) -> None:
    if collection == "unc3" and not names(server, "unc3"):
        pb.ok("pb_collections.py", "create", json.dumps({"name": "unc3", "type": "base", "fields": FIELDS}))
    live = collection_of(server, collection)
    same = next(item for item in live["fields"] if item["name"] == field["name"])
    wanted = [{"name": collection, "fields": [{**same, **field}]}]
    result = pb("pb_collections.py", "plan", json.dumps(wanted))
    assert (result.code, result.data) == (0, [])
    assert ("PocketBase keeps" in str(result.document.get("warnings"))) is is_warned
    assert server.request("PUT", "/api/collections/import", {"collections": wanted})[0] == 204
    after = collection_of(server, collection)
    assert {f["name"]: f for f in after["fields"]} == {f["name"]: f for f in live["fields"]}


def test_a_change_of_providers_alone_says_where_it_has_to_be_made(pb: Runner) -> None:
    provider = {"name": "github", "clientId": "a", "clientSecret": "b"}
    wanted = [{"name": "users", "oauth2": {"enabled": True, "providers": [provider]}}]
    pb.ok("pb_collections.py", "import", json.dumps([{"name": "users", "oauth2": {"enabled": True}}]))
    result = pb("pb_collections.py", "import", json.dumps(wanted))
    assert result.code == 0
    assert [change["property"] for change in result.data["changes"]] == ["oauth2.providers"]
    assert result.hint == "OAuth2 providers are in no migration, for their secrets: make this change on each server."
    pb.ok("pb_collections.py", "import", json.dumps([{"name": "users", "oauth2": {"enabled": False, "providers": []}}]))
