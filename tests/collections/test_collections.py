"""pb_collections.py: names become ids, nothing is dropped unseen, and what PocketBase ignores is said."""

from __future__ import annotations

import json
from typing import Any

import pytest

import servers
from _pb.schema.names import collection_id
from conftest import Runner


def create(pb: Runner, collection: dict[str, Any]) -> Any:
    return pb.ok("pb_collections.py", "create", json.dumps(collection))


def fields_of(server: servers.Server, name: str) -> dict[str, dict[str, Any]]:
    found = next(item for item in server.collections() if item["name"] == name)
    return {field["name"]: field for field in found["fields"]}


def import_document(pb: Runner, document: Any, *flags: str) -> Any:
    return pb("pb_collections.py", "import", "--file", "-", *flags, stdin=json.dumps(document).encode())


def new_user(server: servers.Server, email: str) -> str:
    body = {"email": email, "password": "secret123", "passwordConfirm": "secret123"}
    status, user = server.request("POST", "/api/collections/users/records", body)
    assert status == 200, user
    return str(user["id"])


def test_the_old_name_of_a_renamed_field_is_a_new_field(pb: Runner, server: servers.Server) -> None:
    """PocketBase derives a field's id from its name, and the renamed field has that id already."""
    wanted = {"name": "ra", "type": "base", "fields": [{"name": "title", "type": "text"}]}
    create(pb, wanted)
    server.request("POST", "/api/collections/ra/records", {"title": "hello"})
    pb.ok("pb_collections.py", "rename-field", "ra", "title", "headline")
    assert [change["action"] for change in import_document(pb, [wanted]).data["changes"]] == ["add"]
    record = server.request("GET", "/api/collections/ra/records")[1]["items"][0]
    assert (record["headline"], record["title"]) == ("hello", "")
    both = {"fields": [{"name": "title", "type": "text"}, {"name": "headline", "type": "text"}]}
    assert import_document(pb, [{"name": "ra", **both}]).data["changes"] == []


@pytest.mark.parametrize("order", [1, -1])
def test_a_new_field_beside_the_one_that_had_its_name(pb: Runner, server: servers.Server, order: int) -> None:
    name = f"rb{order + 1}"
    create(pb, {"name": name, "fields": [{"name": "title", "type": "text"}]})
    server.request("POST", f"/api/collections/{name}/records", {"title": "hello"})
    pb.ok("pb_collections.py", "rename-field", name, "title", "headline")
    fields = [{"name": "title", "type": "text"}, {"name": "headline", "type": "text"}][::order]
    pb.ok("pb_collections.py", "update", name, json.dumps({"fields": fields}))
    record = server.request("GET", f"/api/collections/{name}/records")[1]["items"][0]
    assert (record["headline"], record["title"]) == ("hello", "")


def test_a_field_named_as_one_was_before_a_swap(pb: Runner, server: servers.Server) -> None:
    names = {"name": "rc", "fields": [{"name": "a", "type": "text"}, {"name": "b", "type": "text"}]}
    create(pb, names)
    ids = {name: field["id"] for name, field in fields_of(server, "rc").items()}
    server.request("POST", "/api/collections/rc/records", {"a": "was a", "b": "was b"})
    swap = [{"id": ids["a"], "name": "b", "type": "text"}, {"id": ids["b"], "name": "a", "type": "text"}]
    assert import_document(pb, [{"name": "rc", "fields": swap}]).code == 0
    third = [{"id": ids["b"], "name": "c", "type": "text"}, {"name": "a", "type": "text"}]
    changes = import_document(pb, [{"name": "rc", "fields": third}]).data["changes"]
    assert [(change["action"], change["field"]) for change in changes] == [("rename", "a"), ("add", "a")]
    record = server.request("GET", "/api/collections/rc/records")[1]["items"][0]
    assert [record[name] for name in "abc"] == ["", "was a", "was b"]


def test_a_collection_may_hold_a_field_with_the_id_of_anothers_name(pb: Runner, server: servers.Server) -> None:
    from _pb.schema.names import field_id

    fields = [{"name": "headline", "type": "text", "id": field_id("text", "title")}, {"name": "title", "type": "text"}]
    create(pb, {"name": "rd", "fields": fields})
    assert {"headline", "title"} <= set(fields_of(server, "rd"))


def test_a_renamed_field_leaves_functions_of_its_indexes(pb: Runner, server: servers.Server) -> None:
    fields = [{"name": "lower", "type": "text"}]
    create(pb, {"name": "rf", "fields": fields, "indexes": ["CREATE INDEX idx_rf ON rf (lower(Lower))"]})
    pb.ok("pb_collections.py", "rename-field", "rf", "lower", "upper")
    found = next(item for item in server.collections() if item["name"] == "rf")
    assert "".join(found["indexes"][0].split()).replace("`", "") == "CREATEINDEXidx_rfONrf(lower(upper))"


def index_changes(pb: Runner, name: str, indexes: list[str]) -> list[tuple[str, str]]:
    """Import the indexes of a collection; return what was planned, which is what is done."""
    from _pb.languages.indexes import index_name

    wanted = [{"name": name, "indexes": indexes}]
    changes = import_document(pb, wanted).data["changes"]
    assert import_document(pb, wanted).data["changes"] == []
    return [(change["action"], index_name(change["index"]) or change["index"]) for change in changes]


def indexes_of(server: servers.Server, name: str) -> set[str]:
    from _pb.languages.indexes import index_name

    found = next(item for item in server.collections() if item["name"] == name)
    return {index_name(statement) for statement in found["indexes"]}


def test_the_unique_email_of_a_base_collection_is_an_index_as_any(pb: Runner, server: servers.Server) -> None:
    unique = "CREATE UNIQUE INDEX be_email ON be (email)"
    create(pb, {"name": "be", "fields": [{"name": "email", "type": "email"}], "indexes": [unique]})
    assert index_changes(pb, "be", []) == [("drop-index", "be_email")]
    assert indexes_of(server, "be") == set()
    assert index_changes(pb, "be", [unique]) == [("add-index", "be_email")]
    dropped = pb.ok("pb_collections.py", "drop-index", "be", "be_email")
    assert [(change["action"], change["index"]) for change in dropped] == [("drop-index", "be_email")]


def test_indexes_of_its_own_take_the_place_of_an_auth_collections(pb: Runner, server: servers.Server) -> None:
    id = create(pb, {"name": "ae", "type": "auth"})["id"]
    default = {f"idx_tokenKey_{id}", f"idx_email_{id}"}
    assert index_changes(pb, "ae", []) == []
    own = ["CREATE UNIQUE INDEX ae_t ON ae (`tokenKey`)", "CREATE UNIQUE INDEX ae_e ON ae (email COLLATE NOCASE)"]
    expected = {("add-index", "ae_t"), ("add-index", "ae_e"), *(("drop-index", name) for name in default)}
    assert set(index_changes(pb, "ae", own)) == expected
    assert indexes_of(server, "ae") == {"ae_t", "ae_e"}
    assert set(index_changes(pb, "ae", own[:1])) == {("drop-index", "ae_e"), ("add-index", f"idx_email_{id}")}
    assert indexes_of(server, "ae") == {"ae_t", f"idx_email_{id}"}


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
    assert import_document(pb, document).data["changes"] == []


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
    assert "'users'" in result.message
    assert '"collectionId":"users"' in result.hint


def test_update_refuses_to_drop_a_column_unseen(pb: Runner, server: servers.Server) -> None:
    create(pb, {"name": "ud", "fields": [{"name": "a", "type": "text"}, {"name": "b", "type": "text"}]})
    server.request("POST", "/api/collections/ud/records", {"a": "1", "b": "2"})
    change = json.dumps({"fields": [{"name": "a", "type": "text"}]})
    refused = pb("pb_collections.py", "update", "ud", change)
    assert refused.code == 4
    assert refused.data["losses"] == [{"action": "drop", "collection": "ud", "field": "b", "type": "text", "rows": 1}]
    assert "--allow-drop" in refused.hint
    assert "b" in fields_of(server, "ud")
    assert pb.ok("pb_collections.py", "update", "ud", change, "--dry-run")["changes"] == refused.data["losses"]
    assert "b" in fields_of(server, "ud")
    pb.ok("pb_collections.py", "update", "ud", change, "--allow-drop")
    assert "b" not in fields_of(server, "ud")


def test_update_refuses_a_changed_type(pb: Runner, server: servers.Server) -> None:
    create(pb, {"name": "ut", "fields": [{"name": "a", "type": "text"}]})
    refused = pb("pb_collections.py", "update", "ut", '{"fields":[{"name":"a","type":"number"}]}')
    assert refused.code == 4
    assert fields_of(server, "ut")["a"]["type"] == "text"


@pytest.mark.parametrize("type", ["select", "relation", "file"])
def test_one_value_instead_of_several_is_refused_where_records_hold_several(
    pb: Runner, server: servers.Server, type: str
) -> None:
    name = f"one_{type}"
    options: dict[str, Any] = {}
    if type == "select":
        options = {"values": ["a", "b"]}
    elif type == "relation":
        options = {"collectionId": "users"}
    field = {"name": "v", "type": type, "maxSelect": 2, **options}
    create(pb, {"name": name, "fields": [field]})
    narrow = json.dumps({"fields": [{**field, "maxSelect": 1}]})
    free = pb.ok("pb_collections.py", "update", name, narrow, "--dry-run")["changes"]
    assert free == [
        {"action": "change", "collection": name, "field": "v", "property": "maxSelect", "from": 2, "to": 1, "rows": 0}
    ]
    if type == "file":
        files = [name for name in ("a.txt", "b.txt") if (pb.folder / name).write_text("x")]
        pb.ok("pb_records.py", "create", name, "{}", *(f"--upload=v=@{file}" for file in files))
    else:
        values = ["a", "b"] if type == "select" else [new_user(server, f"{letter}@n.test") for letter in "ab"]
        assert server.request("POST", f"/api/collections/{name}/records", {"v": values})[0] == 200
        assert server.request("POST", f"/api/collections/{name}/records", {"v": values[:1]})[0] == 200
    refused = pb("pb_collections.py", "update", name, narrow)
    assert refused.code == 4
    assert refused.data["losses"] == [{**free[0], "rows": 1}]
    assert f"{name}.v (only the last value is kept, 1 rows)" in refused.message
    assert import_document(pb, [{"name": name, "fields": [{**field, "maxSelect": 1}]}]).code == 4
    assert fields_of(server, name)["v"]["maxSelect"] == 2
    pb.ok("pb_collections.py", "update", name, narrow, "--allow-drop")
    assert fields_of(server, name)["v"]["maxSelect"] == 1


def test_a_relation_led_elsewhere_is_refused_where_records_have_ids(pb: Runner, server: servers.Server) -> None:
    def toys(target: str) -> list[dict[str, Any]]:
        return [{"name": "el_toys", "fields": [{"name": "of", "type": "relation", "collectionId": target}]}]

    create(pb, {"name": "el_dogs", "fields": []})
    create(pb, toys("users")[0])
    change = {"action": "change", "collection": "el_toys", "field": "of", "property": "collectionId"}
    planned = import_document(pb, toys("el_dogs"), "--dry-run")
    assert planned.data == [{**change, "from": "users", "to": "el_dogs", "rows": 0}]
    user = new_user(server, "elsewhere@n.test")
    assert server.request("POST", "/api/collections/el_toys/records", {"of": user})[0] == 200
    refused = import_document(pb, toys("el_dogs"))
    assert refused.code == 4
    assert "el_toys.of (the ids stay and are none of el_dogs, 1 rows)" in refused.message
    assert import_document(pb, toys("el_dogs"), "--allow-delete").code == 0


def test_options_that_go_because_they_are_left_out_are_said(pb: Runner, server: servers.Server) -> None:
    guarded = {"name": "a", "type": "text", "required": True, "pattern": "^x", "max": 5}
    index = " create  unique index lo_once ON lo (a)"  # as older servers keep it
    create(pb, {"name": "lo", "fields": [guarded], "indexes": [index]})
    assert "warnings" not in import_document(pb, [{"name": "lo", "fields": [guarded], "indexes": [index]}]).document
    meant = [{"name": "lo", "fields": [{**guarded, "required": False}]}]
    assert "warnings" not in import_document(pb, meant, "--dry-run").document
    narrower = [{"name": "lo", "indexes": [f"{index} WHERE a != ''"]}]
    assert "warnings" not in import_document(pb, narrower, "--dry-run").document
    named = [{"name": "lo", "fields": [{"name": "a", "type": "text"}], "indexes": []}]
    for flags in (["--dry-run"], []):
        warnings = import_document(pb, named, *flags).document["warnings"]
        assert [warning.partition(":")[0] for warning in warnings] == [
            "lo.a loses pattern, required",
            "lo loses the unique index lo_once",
        ]


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
    assert import_document(own_pb, document, "--dry-run").code == 1
    assert "b" in fields_of(own_server, "keep")
    done = import_document(own_pb, document, "--allow-delete")
    assert [change["collection"] for change in done.data["changes"]] == ["keep", "users"]
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
    assert import_document(own_pb, [{"name": "bad", "listRule": "nothing = 1"}], "--no-check").code == 1
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
    server.request("POST", "/api/collections", {"name": "lg_live", "type": "base", "fields": []})
    for result in (
        pb("pb_collections.py", "create", json.dumps(collection)),
        import_document(pb, [collection]),
        pb("pb_collections.py", "update", "lg_live", json.dumps({**collection, "name": "lg_live"})),
    ):
        assert result.code == 2
        fixed = json.loads(result.hint.partition("Corrected: ")[2])
        assert {**fixed, "name": "lg"} == corrected
    assert "lg" not in {item["name"] for item in server.collections()}


@pytest.mark.parametrize("verb", ["plan", "import"])
def test_collections_come_inline_or_from_standard_input_without_an_option(pb: Runner, verb: str) -> None:
    document = json.dumps([{"name": f"given_{verb}", "fields": [{"name": "a", "type": "text"}]}])
    inline = pb("pb_collections.py", verb, document, "--dry-run" if verb == "import" else "--no-check")
    piped = pb("pb_collections.py", verb, "-", stdin=document.encode())
    for result in (inline, piped):
        assert f"given_{verb}" in json.dumps(result.data), result
    empty = pb("pb_collections.py", verb, "[]")
    assert (empty.code, "no collections in the JSON" in empty.message) == (2, True)


def test_a_plan_of_another_type_says_what_it_loses_and_that_an_import_refuses(
    pb: Runner, server: servers.Server
) -> None:
    create(pb, {"name": "rt", "fields": [{"name": "a", "type": "text"}]})
    server.request("POST", "/api/collections/rt/records", {"a": "x"})
    document = json.dumps([{"name": "rt", "fields": [{"name": "a", "type": "number"}]}]).encode()
    planned = pb("pb_collections.py", "plan", "--file", "-", stdin=document)
    assert [(change["action"], change["rows"]) for change in planned.data] == [("retype", 1)]
    assert "an import cannot change it" in planned.hint
    assert "--allow-drop" in planned.hint


OLD_FIELDS = [
    {
        "name": "r",
        "type": "relation",
        "options": {"collectionId": "users", "maxSelect": None, "cascadeDelete": True, "minSelect": None},
    },
    {"name": "n", "type": "number", "options": {"noDecimal": True, "min": None, "max": 7}},
    {"name": "s", "type": "select", "options": ["x", "y"]},
    {"name": "t", "type": "txt", "require": True, "unique": True},
    {"name": "e", "type": "editor", "convertUrls": True},
]
OLD_OPTIONS = {
    "onlyVerified": True,
    "requireEmail": False,
    "manageRule": "@request.data.t = 'x'",
    "allowEmailAuth": True,
    "allowUsernameAuth": True,
    "minPasswordLength": 9,
}


def test_what_the_corrected_json_of_an_old_shape_asks_for_is_what_is_made(pb: Runner, server: servers.Server) -> None:
    old = {"name": "lh", "type": "auth", "schema": OLD_FIELDS, "options": OLD_OPTIONS}
    refused = pb("pb_collections.py", "create", json.dumps(old))
    assert refused.code == 2
    made = pb("pb_collections.py", "create", refused.hint.partition("Corrected: ")[2])
    assert made.code == 0, made
    fields = fields_of(server, "lh")
    assert (fields["r"]["maxSelect"], fields["r"]["cascadeDelete"]) == (2147483647, True)
    assert (fields["n"]["onlyInt"], fields["n"]["max"], fields["n"]["min"]) == (True, 7, None)
    assert fields["s"]["values"] == ["x", "y"]
    assert (fields["t"]["type"], fields["t"]["required"], fields["e"]["convertURLs"]) == ("text", True, True)
    assert (fields["email"]["required"], fields["password"]["min"]) == (False, 9)
    assert made.data["authRule"] == "verified=true"
    assert made.data["manageRule"] == "@request.body.t = 'x'"
    assert made.data["passwordAuth"] == {"enabled": True, "identityFields": ["email", "username"]}
    assert "idx_lh_t" in indexes_of(server, "lh")


def test_an_old_option_of_no_sense_is_still_refused_in_one_document(pb: Runner) -> None:
    old = {"name": "li", "type": "auth", "schema": [], "options": {"requireEmail": "yes"}}
    assert pb("pb_collections.py", "create", json.dumps(old)).code == 2


MISSPELT = {
    "name": "ik",
    "listrule": "",
    "fields": [{"name": "a", "type": "text", "require": True, "unique": True}],
}


def test_misspelt_keys_stop_the_command_with_the_corrected_json(pb: Runner, server: servers.Server) -> None:
    result = pb("pb_collections.py", "create", json.dumps(MISSPELT))
    assert result.code == 2
    fixed = json.loads(result.hint.partition("Corrected: ")[2])
    assert fixed["listRule"] == ""
    assert fixed["fields"][0]["required"] is True
    assert "ik" not in {item["name"] for item in server.collections()}


def test_ignored_keys_are_named_without_the_check(pb: Runner) -> None:
    result = pb("pb_collections.py", "create", json.dumps({**MISSPELT, "name": "ik2"}), "--no-check")
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
    create(pb, {"name": "dr_gone", "fields": []})
    before = server.collections()
    pb.ok("pb_collections.py", "create", '{"name":"dr_made","fields":[]}', "--dry-run")
    deletion = pb.ok("pb_collections.py", "delete", "dr_gone", "--dry-run")
    assert (deletion["collection"], deletion["records"]) == ("dr_gone", 0)
    pb.ok("pb_collections.py", "update", "users", '{"listRule":null}', "--dry-run")
    plan = import_document(pb, [{"name": "dr2", "fields": []}], "--dry-run")
    assert (plan.code, plan.data[0]["action"]) == (1, "create")
    assert server.collections() == before


def test_a_rename_by_id_is_no_new_collection(pb: Runner, server: servers.Server) -> None:
    created = create(pb, {"name": "rb_old", "fields": [{"name": "a", "type": "text"}]})
    (change,) = import_document(pb, [{"id": created["id"], "name": "rb_new"}]).data["changes"]
    assert change == {"action": "rename", "collection": "rb_old", "to": "rb_new"}
    again = create(pb, {"name": "rb_old", "fields": [{"name": "a", "type": "text"}]})
    assert again["id"] != created["id"]


def test_an_edit_that_would_change_nothing_is_no_success(pb: Runner, server: servers.Server) -> None:
    create(pb, {"name": "nc", "type": "auth", "fields": [{"name": "title", "type": "text"}]})
    create(pb, {"name": "nc_view", "type": "view", "viewQuery": "SELECT id, title FROM nc"})
    before = server.collections()
    for edit, message in (
        (["drop-field", "nc", "email", "--yes"], "nc.email is a field of the system, which cannot be dropped."),
        (["rename-field", "nc", "email", "mail"], "keeps its name"),
        (["drop-index", "nc", f"idx_email_{collection_id('auth', 'nc')}"], "an auth collection needs it"),
        (["drop-field", "nc_view", "title", "--yes"], "nc_view is a view"),
        (["rename-field", "nc_view", "title", "name"], "nc_view is a view"),
        (["add-field", "nc_view", '{"name":"more","type":"text"}'], "nc_view is a view"),
    ):
        for options in ([], ["--dry-run"]):
            result = pb("pb_collections.py", *edit, *options)
            assert (result.code, message in result.message) == (2, True), result
    assert server.collections() == before
    another = ["CREATE UNIQUE INDEX nc_mail ON nc (email)"]
    own = [index for index in server.request("GET", "/api/collections/nc")[1]["indexes"] if "tokenKey" in index]
    pb.ok("pb_collections.py", "update", "nc", json.dumps({"indexes": own + another}))
    assert pb("pb_collections.py", "drop-index", "nc", "nc_mail").code == 0


@pytest.mark.parametrize("order", [1, -1])
def test_a_name_that_passes_to_another_collection_is_refused(pb: Runner, server: servers.Server, order: int) -> None:
    """PocketBase refuses it, too; the ids left out of account, the records would stay under the old name."""
    name, new = f"pass{order + 1}", f"passed{order + 1}"
    id = create(pb, {"name": name, "fields": [{"name": "a", "type": "text"}]})["id"]
    wanted = [{"id": id, "name": new}, {"id": f"brandnew123456{order + 1}", "name": name, "fields": []}][::order]
    before = server.collections()
    for flags in ([], ["--dry-run"], ["--no-check"]):
        refused = import_document(pb, wanted, *flags)
        assert (refused.code, refused.document["status"]) == (2, 0)
        assert f"{new!r} has the id of the collection {name!r}" in refused.message
    body = {"collections": [{**item, "type": "base"} for item in wanted]}
    assert server.request("PUT", "/api/collections/import", body)[0] == 400
    assert server.collections() == before
    pb.ok("pb_collections.py", "update", name, json.dumps({"name": new}))
    assert [change["action"] for change in import_document(pb, wanted).data["changes"]] == ["create"]


def test_edits_are_one_line_and_keep_the_data(pb: Runner, server: servers.Server) -> None:
    create(pb, {"name": "ed", "fields": [{"name": "title", "type": "text"}]})
    record = server.request("POST", "/api/collections/ed/records", {"title": "kept"})[1]["id"]
    (added,) = pb.ok("pb_collections.py", "add-field", "ed", '{"name":"of","type":"relation","collectionId":"ed"}')
    assert (added["action"], added["field"]) == ("add", "of")
    (index,) = pb.ok("pb_collections.py", "add-index", "ed", "title", "--unique")
    assert index["action"] == "add-index"
    renamed = pb.ok("pb_collections.py", "rename-field", "ed", "title", "headline")
    assert {"action": "rename", "collection": "ed", "field": "title", "to": "headline"} in renamed
    assert server.request("GET", f"/api/collections/ed/records/{record}")[1]["headline"] == "kept"
    (dropped,) = pb.ok("pb_collections.py", "drop-index", "ed", "idx_ed_title")
    assert dropped == {"action": "drop-index", "collection": "ed", "index": "idx_ed_title"}

    refused = pb("pb_collections.py", "drop-field", "ed", "of", env={"PB_PROTECTED": "1"})
    assert refused.code == 4
    assert "1 rows" in refused.message
    (planned,) = pb.ok("pb_collections.py", "drop-field", "ed", "of", "--dry-run")
    (gone,) = pb.ok("pb_collections.py", "drop-field", "ed", "of")
    assert gone == planned
    assert (gone["rows"], gone["withValue"]) == (1, 0)
    assert "of" not in fields_of(server, "ed")


@pytest.mark.parametrize(
    ("argument", "saved"), [("--public", ""), ("--locked", None), ("@request.auth.id != ''", "@request.auth.id != ''")]
)
def test_set_rule(pb: Runner, server: servers.Server, argument: str, saved: str | None) -> None:
    server.request("POST", "/api/collections", {"name": "sr", "type": "base", "listRule": "id = 'x'"})
    pb.ok("pb_collections.py", "set-rule", "sr", "list", argument)
    assert next(item for item in server.collections() if item["name"] == "sr")["listRule"] == saved
    server.request("DELETE", "/api/collections/sr")


@pytest.mark.parametrize(
    ("words", "suggested"),
    [
        (["rename-field", "users", "nam", "x"], "'name'"),
        (["drop-field", "users", "avatr", "--yes"], "'avatar'"),
        (["drop-index", "users", "idx_emai__pb_users_auth_"], "'idx_email__pb_users_auth_'"),
        (["add-index", "users", "nme"], "'name'"),
        (["add-field", "users", '{"name":"Name","type":"text"}'], "rename-field"),
        (["describe", "user"], "'users'"),
        (["set-rule", "users", "list"], "set-rule"),
    ],
)
def test_an_edit_of_what_is_not_there(pb: Runner, words: list[str], suggested: str) -> None:
    result = pb("pb_collections.py", *words)
    assert result.code == 2
    assert suggested in result.hint


def test_describe_diagram_and_export(pb: Runner, own_server: servers.Server) -> None:
    env: dict[str, str | None] = {"PB_URL": own_server.url}
    lines = pb.ok("pb_collections.py", "describe", "users", env=env)
    assert any("name" in line for line in lines)
    assert pb.ok("pb_collections.py", "diagram", env=env)["mermaid"].startswith("erDiagram")
    pb.ok("pb_collections.py", "diagram", "--file", "schema.mmd", env=env)
    assert (pb.folder / "schema.mmd").read_text("utf-8").startswith("erDiagram")
    pb.ok("pb_collections.py", "export", "--file", "schema.json", env=env)
    assert pb.ok("pb_collections.py", "plan", "--file", "schema.json", env=env) == []
    assert pb.ok("pb_collections.py", "export", "users", env=env)["collections"][0]["name"] == "users"


def test_upgrade_needs_no_server_and_its_result_imports(pb: Runner, offline: Runner) -> None:
    old = [{"name": "up_posts", "type": "base", "schema": [{"name": "t", "type": "text", "options": {"max": 9}}]}]
    (offline.folder / "old.json").write_text(json.dumps(old), "utf-8")
    refused = pb("pb_collections.py", "import", "--file", str(offline.folder / "old.json"))
    assert refused.code == 2
    assert "upgrade" in refused.hint
    done = offline.ok("pb_collections.py", "upgrade", "--file", "old.json", "--output", "new.json")
    assert done == {"file": "new.json", "collections": 1}
    imported = pb("pb_collections.py", "import", "--file", str(offline.folder / "new.json"))
    assert imported.code == 0, imported
    assert offline("pb_collections.py", "upgrade", "--file", "new.json").code == 2


def test_five_hundred_collections_plan_in_one_request(own_pb: Runner, own_server: servers.Server) -> None:
    wanted = [{"name": f"many{n}", "fields": [{"name": "a", "type": "text"}]} for n in range(500)]
    for start in range(0, 500, 100):  # one request with all of them takes a busy server longer than the client waits
        part = {"collections": wanted[start : start + 100]}
        assert own_server.request("PUT", "/api/collections/import", part)[0] == 204
    assert import_document(own_pb, wanted, "--dry-run").data == []


def test_a_dry_run_says_what_the_real_run_refuses(pb: Runner, server: servers.Server) -> None:
    create(pb, {"name": "dr", "fields": [{"name": "a", "type": "text"}, {"name": "b", "type": "text"}]})
    server.request("POST", "/api/collections/dr/records", {"a": "x"})
    no_fields = ["update", "dr", '{"fields":[]}']
    assert pb("pb_collections.py", *no_fields).code == 4
    hint = pb("pb_collections.py", *no_fields, "--dry-run").hint
    assert "Without --allow-drop it is refused: This would lose data: dr.a (1 rows)" in hint
    assert pb("pb_collections.py", *no_fields, "--allow-drop", "--dry-run").hint == ""
    drop = ["drop-field", "dr", "a", "--dry-run"]
    protected: dict[str, str | None] = {"PB_PROTECTED": "1"}
    assert "Without --yes it is refused" in pb("pb_collections.py", *drop, env=protected).hint
    assert pb("pb_collections.py", *drop, "--yes", env=protected).hint == pb("pb_collections.py", *drop).hint == ""

    file = pb.folder / "schema.json"
    retyped = {"name": "dr", "fields": [{"name": "a", "type": "number"}, {"name": "b", "type": "text"}]}
    file.write_text(json.dumps([retyped]), "utf-8")
    assert pb("pb_collections.py", "import", "--file", str(file)).code == 4
    for command in (["plan"], ["import", "--dry-run"]):
        hint = pb("pb_collections.py", *command, "--file", str(file)).hint
        assert "an import cannot change it" in hint
        assert "Apply" not in hint

    everything = [item for item in server.collections() if item["name"] != "dr"]
    file.write_text(json.dumps({"collections": everything, "deleteMissing": True}), "utf-8")
    assert pb("pb_collections.py", "import", "--file", str(file)).code == 4
    for command in (["plan"], ["import", "--dry-run"]):
        hint = pb("pb_collections.py", *command, "--file", str(file)).hint
        assert f"import --file {file} --allow-delete, if meant. This would lose data: dr (1 rows)" in hint
    hint = pb("pb_collections.py", "import", "--file", str(file), "--allow-delete", "--dry-run").hint
    assert hint.endswith(f"import --file {file} --allow-delete")
