"""pb_collections.py: names become ids, nothing is dropped unseen, and what PocketBase ignores is said."""

from __future__ import annotations

import json
from typing import Any

import pytest
import servers
from conftest import Runner


def create(pb: Runner, collection: dict[str, Any]) -> Any:
    return pb.ok("pb_collections.py", "create", json.dumps(collection))


def fields_of(server: servers.Server, name: str) -> dict[str, dict[str, Any]]:
    found = next(item for item in server.collections() if item["name"] == name)
    return {field["name"]: field for field in found["fields"]}


def import_document(pb: Runner, document: Any, *flags: str) -> Any:
    return pb("pb_collections.py", "import", "--file", "-", *flags, stdin=json.dumps(document).encode())


def test_create_resolves_names_and_itself_in_one_request(pb: Runner, server: servers.Server) -> None:
    people = create(pb, {"name": "cr_people", "fields": [{"name": "name", "type": "text"}]})
    tree = create(
        pb,
        {
            "name": "cr_tree",
            "fields": [
                {"name": "who", "type": "relation", "collectionId": "CR_People"},
                {"name": "parent", "type": "relation", "collectionId": "cr_tree"},
                {"name": "account", "type": "relation", "collectionId": "users"},
            ],
        },
    )
    saved = fields_of(server, "cr_tree")
    assert saved["who"]["collectionId"] == people["id"]
    assert saved["parent"]["collectionId"] == tree["id"]
    assert saved["account"]["collectionId"] == "_pb_users_auth_"


def test_import_takes_circles_and_any_order(pb: Runner, server: servers.Server) -> None:
    document = [
        {"name": "ci_view", "type": "view", "viewQuery": "SELECT id, total FROM ci_base_view"},
        {"name": "ci_base_view", "type": "view", "viewQuery": "SELECT id, 1 AS total FROM ci_a"},
        {"name": "ci_a", "fields": [{"name": "b", "type": "relation", "collectionId": "ci_b"}]},
        {"name": "ci_b", "fields": [{"name": "a", "type": "relation", "collectionId": "ci_a"}]},
    ]
    result = import_document(pb, document)
    assert result.code == 0, result
    names = {item["name"]: item["id"] for item in server.collections()}
    assert fields_of(server, "ci_a")["b"]["collectionId"] == names["ci_b"]
    assert fields_of(server, "ci_b")["a"]["collectionId"] == names["ci_a"]
    assert "ci_view" in names
    again = import_document(pb, document)
    assert again.data["created"] == []


def test_import_with_foreign_ids_keeps_what_exists(pb: Runner, server: servers.Server) -> None:
    """An export of another project names `users` by an id that this server does not know."""
    document = [
        {"id": "foreignusers000", "name": "users", "type": "auth", "listRule": "", "fields": []},
        {"name": "fi_posts", "fields": [{"name": "by", "type": "relation", "collectionId": "foreignusers000"}]},
    ]
    result = import_document(pb, document)
    assert result.code == 0, result
    assert fields_of(server, "fi_posts")["by"]["collectionId"] == "_pb_users_auth_"


def test_a_relation_to_nothing_suggests_the_nearest_name(pb: Runner) -> None:
    result = import_document(
        pb, [{"name": "rn_a", "fields": [{"name": "u", "type": "relation", "collectionId": "user"}]}]
    )
    assert result.code == 2
    assert "rn_a.u" in result.message
    assert "'users'" in result.hint


def test_update_refuses_to_drop_a_column_unseen(pb: Runner, server: servers.Server) -> None:
    create(pb, {"name": "ud", "fields": [{"name": "a", "type": "text"}, {"name": "b", "type": "text"}]})
    server.request("POST", "/api/collections/ud/records", {"a": "1", "b": "2"})
    change = json.dumps({"fields": [{"name": "a", "type": "text"}]})
    refused = pb("pb_collections.py", "update", "ud", change)
    assert refused.code == 4
    assert refused.data["losses"] == [{"collection": "ud", "field": "b", "rows": 1}]
    assert "--allow-drop" in refused.hint
    assert "b" in fields_of(server, "ud")
    assert pb.ok("pb_collections.py", "update", "ud", change, "--dry-run")["losses"] == refused.data["losses"]
    assert "b" in fields_of(server, "ud")
    pb.ok("pb_collections.py", "update", "ud", change, "--allow-drop")
    assert "b" not in fields_of(server, "ud")


def test_update_refuses_a_changed_type(pb: Runner, server: servers.Server) -> None:
    create(pb, {"name": "ut", "fields": [{"name": "a", "type": "text"}]})
    refused = pb("pb_collections.py", "update", "ut", '{"fields":[{"name":"a","type":"number"}]}')
    assert refused.code == 4
    assert fields_of(server, "ut")["a"]["type"] == "text"


def test_update_keeps_the_data_of_a_renamed_field_without_its_id(pb: Runner, server: servers.Server) -> None:
    """The field's id stems from its first name; a list by names alone must still find the column."""
    created = create(pb, {"name": "ur", "fields": [{"name": "old", "type": "text"}]})
    identity = fields_of(server, "ur")["old"]["id"]
    server.request(
        "PATCH", f"/api/collections/{created['id']}", {"fields": [{"id": identity, "name": "new", "type": "text"}]}
    )
    record = server.request("POST", "/api/collections/ur/records", {"new": "kept"})[1]["id"]
    pb.ok(
        "pb_collections.py", "update", "ur", '{"fields":[{"name":"new","type":"text"},{"name":"more","type":"text"}]}'
    )
    assert server.request("GET", f"/api/collections/ur/records/{record}")[1]["new"] == "kept"
    assert fields_of(server, "ur")["new"]["id"] == identity


def test_import_refuses_what_delete_missing_drops(own_pb: Runner, own_server: servers.Server) -> None:
    fields = [{"name": "a", "type": "text"}, {"name": "b", "type": "text"}]
    own_server.request("POST", "/api/collections", {"name": "keep", "type": "base", "fields": fields})
    document = {"collections": [{"name": "keep", "fields": fields[:1]}], "deleteMissing": True}
    refused = import_document(own_pb, document)
    assert refused.code == 4
    lost = {(loss["collection"], loss.get("field")) for loss in refused.data["losses"]}
    assert lost == {("users", None), ("keep", "b")}
    assert {"users", "keep"} <= {item["name"] for item in own_server.collections()}
    assert import_document(own_pb, document, "--dry-run").code == 0
    assert "b" in fields_of(own_server, "keep")
    done = import_document(own_pb, document, "--allow-delete")
    assert done.data["deleted"] == ["users"]
    assert "b" not in fields_of(own_server, "keep")


def test_import_refuses_a_changed_type(pb: Runner, server: servers.Server) -> None:
    create(pb, {"name": "it", "fields": [{"name": "a", "type": "text"}]})
    refused = import_document(pb, [{"name": "it", "fields": [{"name": "a", "type": "bool"}]}])
    assert refused.code == 4
    assert fields_of(server, "it")["a"]["type"] == "text"


def test_a_failed_import_leaves_the_server_working(own_pb: Runner, own_server: servers.Server) -> None:
    """PocketBase keeps a rolled-back schema in its cache, and saving that collection then drops its column."""
    fields = [{"name": "a", "type": "text"}]
    own_server.request("POST", "/api/collections", {"name": "healed", "type": "base", "fields": fields})
    record = own_server.request("POST", "/api/collections/healed/records", {"a": "precious"})[1]["id"]
    other_type = {"collections": [{"name": "healed", "fields": [{"name": "a", "type": "number"}]}]}
    assert own_server.request("PUT", "/api/collections/import", other_type)[0] == 400
    assert own_server.request("POST", "/api/collections/healed/records", {"a": "text"})[0] == 400
    assert import_document(own_pb, [{"name": "bad", "listRule": "nothing = 1"}]).code == 1
    assert own_server.request("POST", "/api/collections/healed/records", {"a": "text"})[0] == 200
    assert own_server.request("GET", f"/api/collections/healed/records/{record}")[1]["a"] == "precious"


@pytest.mark.parametrize(
    ("collection", "corrected"),
    [
        (
            {"name": "lg", "schema": [{"name": "s", "type": "select", "options": {"values": ["a"], "maxSelect": 1}}]},
            {"name": "lg", "fields": [{"name": "s", "type": "select", "values": ["a"], "maxSelect": 1}]},
        ),
        (
            {"name": "lg", "fields": [{"name": "f", "type": "file", "options": {"maxSize": 5}}]},
            {"name": "lg", "fields": [{"name": "f", "type": "file", "maxSize": 5}]},
        ),
        (
            {"name": "lg", "fields": [], "createRule": "@request.data.a = 1"},
            {"name": "lg", "fields": [], "createRule": "@request.body.a = 1"},
        ),
    ],
    ids=["schema", "options", "request.data"],
)
def test_old_shapes_are_refused_with_the_corrected_json(
    pb: Runner, server: servers.Server, collection: dict[str, Any], corrected: dict[str, Any]
) -> None:
    for result in (
        pb("pb_collections.py", "create", json.dumps(collection)),
        import_document(pb, [collection]),
        pb("pb_collections.py", "update", "users", json.dumps({**collection, "name": "users"})),
    ):
        assert result.code == 2
        fixed = json.loads(result.hint.partition("Corrected: ")[2])
        assert {**fixed, "name": "lg"} == corrected
    assert "lg" not in {item["name"] for item in server.collections()}


def test_ignored_keys_are_named(pb: Runner) -> None:
    collection = {
        "name": "ik",
        "listrule": "",
        "fields": [{"name": "a", "type": "text", "require": True, "unique": True}],
    }
    result = pb("pb_collections.py", "create", json.dumps(collection))
    assert result.code == 0
    warnings = "\n".join(result.document["warnings"])
    assert "'listrule'" in warnings
    assert "'listRule'" in warnings
    assert "'require'" in warnings
    assert "'required'" in warnings
    assert "UNIQUE index" in warnings


def test_nothing_is_warned_of_when_everything_came_back(pb: Runner) -> None:
    collection = {
        "name": "aw",
        "type": "auth",
        "fields": [{"name": "a", "type": "text", "required": True}],
        "authToken": {"duration": 3600, "secret": "x" * 40},
        "oauth2": {"enabled": True, "providers": [{"name": "google", "clientId": "a", "clientSecret": "b"}]},
    }
    assert "warnings" not in pb("pb_collections.py", "create", json.dumps(collection)).document


def test_an_existing_name_points_to_update(pb: Runner) -> None:
    result = pb("pb_collections.py", "create", '{"name":"Users","type":"auth","fields":[]}')
    assert result.code == 2
    assert "update" in result.hint


def test_dry_runs_change_nothing(pb: Runner, server: servers.Server) -> None:
    before = server.collections()
    pb.ok("pb_collections.py", "create", '{"name":"dr","fields":[]}', "--dry-run")
    pb.ok("pb_collections.py", "delete", "users", "--dry-run")
    pb.ok("pb_collections.py", "update", "users", '{"listRule":null}', "--dry-run")
    assert import_document(pb, [{"name": "dr2", "fields": []}], "--dry-run").code == 0
    assert server.collections() == before


def test_a_rename_by_id_is_no_new_collection(pb: Runner, server: servers.Server) -> None:
    created = create(pb, {"name": "rb_old", "fields": [{"name": "a", "type": "text"}]})
    assert import_document(pb, [{"id": created["id"], "name": "rb_new"}]).data["updated"] == ["rb_new"]
    again = create(pb, {"name": "rb_old", "fields": [{"name": "a", "type": "text"}]})
    assert again["id"] != created["id"]
