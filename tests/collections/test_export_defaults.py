"""What every new server has and a project changed, dropped or deleted: the export carries it, or says what to do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Callable

import pytest
from test_export import comparable, send

from _pb.schema.export import export
from conftest import Runner, credentials
from servers import Server

Json = Any  # a document as a test writes it, right or wrong

USERS = "/api/collections/users"
POSTS = {"name": "posts", "type": "base", "fields": [{"name": "title", "type": "text"}]}


def user_fields(server: Server, *dropped: str) -> list[Json]:
    return [field for field in send(server, "GET", USERS, None)["fields"] if field["name"] not in dropped]


def dropped_and_renamed(server: Server) -> None:
    fields = [{**field, "name": field["name"].replace("name", "nick")} for field in user_fields(server, "avatar")]
    send(server, "PATCH", USERS, {"fields": fields})


def retyped(server: Server) -> None:
    send(server, "PATCH", USERS, {"fields": user_fields(server, "avatar")})
    send(server, "PATCH", USERS, {"fields": [*user_fields(server), {"name": "avatar", "type": "url"}]})


def fields_of_the_system(server: Server) -> None:
    """Turn off what a new server has on."""
    email: Json = {"required": False}
    password: Json = {"min": 0, "cost": 5}
    changes = {"email": email, "password": password}
    send(server, "PATCH", USERS, {"fields": [{**f, **changes.get(f["name"], {})} for f in user_fields(server)]})
    key = {"name": "id", "type": "text", "primaryKey": True, "required": True, "system": True}
    members = {"name": "members", "type": "auth", "fields": [key, {"name": "email", "type": "email", "system": True}]}
    send(server, "POST", "/api/collections", members)


def deleted(server: Server) -> None:
    send(server, "DELETE", USERS, None)
    send(server, "POST", "/api/collections", POSTS)


def of_the_system(server: Server) -> None:
    """Change one thing of each: options, a field, the indexes."""
    options = {"fileToken": {"duration": 777}, "authToken": {"duration": 604800}}
    send(server, "PATCH", "/api/collections/_superusers", options)
    fields = send(server, "GET", "/api/collections/_otps", None)["fields"]
    send(server, "PATCH", "/api/collections/_otps", {"fields": [*fields, {"name": "note", "type": "text"}]})
    send(server, "PATCH", "/api/collections/_mfas", {"indexes": []})


def optional_email(server: Server) -> None:
    """Take away what the server gives a system field, of a collection that is there and of a new one."""
    send(server, "POST", "/api/collections", {"name": "members", "type": "auth"})
    for name in ("users", "members"):
        fields = send(server, "GET", f"/api/collections/{name}", None)["fields"]
        changed = [{**field, "required": False} if field["name"] == "email" else field for field in fields]
        send(server, "PATCH", f"/api/collections/{name}", {"fields": changed})


# A change of what every new server has; whether the file deletes, and what is warned of.
CHANGES: list[tuple[Callable[[Server], None], bool, str]] = [
    (
        dropped_and_renamed,
        True,
        "Every new server has users.avatar, and this one has not: the file says deleteMissing.",
    ),
    (retyped, True, "Every new server has users.avatar, and this one has not: the file says deleteMissing."),
    (deleted, True, "Every new server has users, and this one has not: the file says deleteMissing."),
    (fields_of_the_system, False, ""),
    (optional_email, False, ""),
    (
        of_the_system,
        False,
        "Not as on a new server, so in the file, and changed wherever it is imported: _mfas, _otps, _sup",
    ),
]


@pytest.mark.parametrize(("change", "deletes", "warned"), CHANGES, ids=[change.__name__ for change, _, _ in CHANGES])
def test_an_import_into_an_empty_server_gives_the_same_schema(
    tmp_path: Path, version: str, change: Callable[[Server], None], deletes: bool, warned: str
) -> None:
    with Server(version) as source, Server(version) as empty:
        change(source)
        pb = Runner(tmp_path, tmp_path / "home", credentials(source.url))
        exported = pb("pb_collections.py", "export", "--file", "schema.json")
        warnings = exported.document.get("warnings", [])
        assert [warning[: len(warned)] for warning in warnings] == ([warned] if warned else [])
        assert json.loads((tmp_path / "schema.json").read_text("utf-8"))["deleteMissing"] is deletes
        assert pb.ok("pb_collections.py", "plan", "--file", "schema.json") == []
        there = Runner(tmp_path, tmp_path / "home", credentials(empty.url))
        result = there("pb_collections.py", "import", "--file", "schema.json")
        assert result.code == (4 if deletes else 0)
        if deletes:
            assert "(0 rows)" in result.message
            there.ok("pb_collections.py", "import", "--file", "schema.json", "--allow-delete")
        assert comparable(empty.collections()) == comparable(source.collections())
        assert there.ok("pb_collections.py", "plan", "--file", "schema.json") == []


def test_an_export_of_a_part_says_what_it_cannot_carry(own_pb: Runner, own_server: Server) -> None:
    send(own_server, "PATCH", USERS, {"fields": user_fields(own_server, "avatar", "name")})
    send(own_server, "POST", "/api/collections", POSTS)
    part = own_pb("pb_collections.py", "export", "users")
    assert part.data["deleteMissing"] is False
    (warning,) = part.document["warnings"]
    assert warning.endswith("imported: drop-field users name --yes; drop-field users avatar --yes")
    assert "warnings" not in own_pb("pb_collections.py", "export", "posts").document
    send(own_server, "DELETE", USERS, None)
    send(own_server, "DELETE", "/api/collections/posts", None)
    # PocketBase takes no import without collections.
    nothing = own_pb("pb_collections.py", "export")
    assert (nothing.data["collections"], nothing.data["deleteMissing"]) == ([], False)
    assert nothing.document["warnings"][0].endswith("imported: delete users")


def test_a_users_collection_of_another_type_wants_the_default_one_deleted(own_pb: Runner, own_server: Server) -> None:
    send(own_server, "DELETE", USERS, None)
    send(own_server, "POST", "/api/collections", {**POSTS, "name": "users"})
    result = own_pb("pb_collections.py", "export")
    assert result.data["deleteMissing"] is False
    assert result.document["warnings"][0].endswith("imported: delete users")


def test_an_untouched_server_exports_its_users_alone_and_without_warnings(pb: Runner, server: Server) -> None:
    fresh = [item for item in server.collections() if item["system"] or item["name"] == "users"]
    # Saving a collection without a change rewrites its indexes on newer versions.
    send(server, "PATCH", "/api/collections/_mfas", {})
    again = [item for item in server.collections() if item["system"] or item["name"] == "users"]
    scaffolds = send(server, "GET", "/api/collections/meta/scaffolds", None)
    for collections in (fresh, again):
        assert [item["name"] for item in export(collections, None, scaffolds)] == ["users"]
    result = pb("pb_collections.py", "export", "users")
    assert (result.data["deleteMissing"], "warnings" in result.document) == (False, False)


def test_an_import_takes_back_what_only_the_target_says_of_a_field_of_the_system(
    own_pb: Runner, own_server: Server
) -> None:
    own_pb.ok("pb_collections.py", "export", "--file", "schema.json")
    before = comparable(own_server.collections())
    limits: dict[str, dict[str, Any]] = {"email": {"onlyDomains": ["x.test"]}, "id": {"min": 3}}
    send(own_server, "PATCH", USERS, {"fields": [{**f, **limits.get(f["name"], {})} for f in user_fields(own_server)]})
    planned = own_pb("pb_collections.py", "plan", "--file", "schema.json").data
    assert [(change["field"], change["property"]) for change in planned] == [("id", "min"), ("email", "onlyDomains")]
    own_pb.ok("pb_collections.py", "import", "--file", "schema.json")
    assert comparable(own_server.collections()) == before


def test_a_named_field_of_the_system_keeps_what_makes_it_work(own_pb: Runner, own_server: Server) -> None:
    fields = [{"name": name, "type": "text"} for name in ("id", "tokenKey", "nick")]
    own_pb.ok(
        "pb_collections.py",
        "import",
        json.dumps([{"name": "users", "fields": fields}, {"name": "log", "fields": fields[:1]}]),
    )
    assert "id" in send(own_server, "POST", "/api/collections/log/records", {})
    account = {"email": "a@b.test", "password": "12345678", "passwordConfirm": "12345678"}
    assert "id" in send(own_server, "POST", "/api/collections/users/records", account)
