"""What is wrong with a schema is said before it is sent, and nothing that PocketBase would keep as it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import servers
from _pb.schema.check import check, corrected
from _pb.schema.findings import Finding
from _pb.schema.names import collection_id, field_id
from _pb.schema.resolve import ordered_views, resolve
from _pb.schema.upgrade import is_legacy, upgrade
from conftest import Runner
from pb_common.schema_types import Collection

Json = Any  # a document as a test writes it, right or wrong

CORPUS = sorted((Path(__file__).parents[1] / "data" / "schemas").rglob("*.json"))
TEXT = {"name": "a", "type": "text"}


def base(name: str, *fields: Json, **more: Any) -> Json:
    return {"name": name, "type": "base", "fields": list(fields), **more}


# What stands on the server before each case.
LIVE = [
    base("posts", {"name": "title", "type": "text"}, {"name": "lang", "type": "text"}),
    base(
        "notes",
        TEXT,
        {"name": "c", "type": "text"},
        {"name": "other", "type": "text"},
        listRule="@collection.posts.lang ?= a",
        indexes=["CREATE INDEX `idx_notes_a` ON `notes` (`a`)"],
    ),
]

# A schema with one mistake; its kind and place; what the server does with it: refuse it, or lose what was asked for.
MISTAKES: dict[str, tuple[Json, str, str, str]] = {
    "require": (base("x", {**TEXT, "require": True}), "unknown-key", "x.a", "loses"),
    "unique": (base("x", {**TEXT, "unique": True}), "unique-key", "x.a", "loses"),
    "a v0.22 option name": (
        base("x", {"name": "a", "type": "editor", "convertUrls": True}),
        "unknown-key",
        "x.a",
        "loses",
    ),
    "listrule": (base("x", TEXT, listrule=""), "unknown-key", "x", "loses"),
    "an unknown key": (base("x", {**TEXT, "colour": "red"}), "unknown-key", "x.a", "loses"),
    "geopoint": (base("x", {"name": "a", "type": "geopoint"}), "unknown-type", "x.a", "refuses"),
    "string": (base("x", {"name": "a", "type": "string"}), "unknown-type", "x.a", "refuses"),
    "a type and a key": (base("x", {**TEXT, "type": "txt", "require": True}), "unknown-type", "x.a", "refuses"),
    "no type": (base("x", {"name": "a"}), "unknown-type", "x.a", "refuses"),
    "a type of collection": ({**base("x"), "type": "Auth"}, "unknown-type", "x", "refuses"),
    "a text for true": (base("x", {**TEXT, "required": "yes"}), "wrong-value", "x.a", "refuses"),
    "a number for a text": (base("x", {**TEXT, "pattern": 5}), "wrong-value", "x.a", "refuses"),
    "a text for a list": (base("x", {"name": "a", "type": "select", "values": "b"}), "wrong-value", "x.a", "refuses"),
    "false for a rule": (base("x", TEXT, listRule=False), "wrong-value", "x", "refuses"),
    "an object for an index": (base("x", TEXT, indexes=[{"name": "i"}]), "wrong-value", "x", "refuses"),
    "a dash": (base("x", {**TEXT, "name": "a-b"}), "bad-name", "x.a-b", "refuses"),
    "a dash in a collection": (base("x-y", TEXT), "bad-name", "x-y", "refuses"),
    "_via_": (base("x", {**TEXT, "name": "a_via_b"}), "bad-name", "x.a_via_b", "refuses"),
    "a reserved name": (base("x", {**TEXT, "name": "expand"}), "bad-name", "x.expand", "refuses"),
    "a name twice": (base("x", TEXT, {**TEXT, "type": "number"}), "duplicate-field", "x.a", "loses"),
    "a name in another case": (base("x", TEXT, {**TEXT, "name": "A"}), "duplicate-field", "x.A", "refuses"),
    "the name of a standing field in another case": (
        base("posts", {**TEXT, "name": "Title"}),
        "duplicate-field",
        "posts.Title",
        "refuses",
    ),
    "another type under the name of a standing field in another case": (
        base("posts", {"name": "LANG", "type": "number"}),
        "duplicate-field",
        "posts.LANG",
        "refuses",
    ),
    "a rename to the name of a standing field": (
        base("notes", {"name": "other", "type": "text", "id": field_id("text", "c")}),
        "duplicate-field",
        "notes.other",
        "loses",
    ),
    "a field id twice": (
        base("x", {**TEXT, "id": "i1"}, {**TEXT, "name": "b", "id": "i1"}),
        "duplicate-field",
        "x.b",
        "loses",
    ),
    "a view of itself": (
        {"name": "x", "type": "view", "viewQuery": "SELECT id FROM x"},
        "schema",
        "collections",
        "refuses",
    ),
    "no values": (base("x", {"name": "a", "type": "select"}), "no-values", "x.a", "refuses"),
    "no target": (base("x", {"name": "a", "type": "relation"}), "no-target", "x.a", "refuses"),
    "a wrong target": (
        base("x", {"name": "a", "type": "relation", "collectionId": "post"}),
        "no-target",
        "x.a",
        "refuses",
    ),
    "a field in a rule": (base("x", TEXT, listRule="b = 1"), "bad-rule", "x.listRule", "refuses"),
    "a sign in a rule": (base("x", TEXT, listRule="a == 1"), "bad-rule", "x.listRule", "refuses"),
    "a collection in a rule": (
        base("x", TEXT, viewRule="@collection.post.title ?= a"),
        "bad-rule",
        "x.viewRule",
        "refuses",
    ),
    "a field of the user": (base("x", TEXT, listRule="@request.auth.nmae = a"), "bad-rule", "x.listRule", "loses"),
    "a column in an index": (
        base("x", TEXT, indexes=["CREATE INDEX i1 ON x (b)"]),
        "bad-index",
        "x.indexes[0]",
        "refuses",
    ),
    "a column in a condition": (
        base("x", TEXT, indexes=["CREATE INDEX i1 ON x (a) WHERE b != ''"]),
        "bad-index",
        "x.indexes[0]",
        "refuses",
    ),
    "a column in an expression": (
        base("x", TEXT, indexes=["CREATE INDEX i1 ON x (lower(b))"]),
        "bad-index",
        "x.indexes[0]",
        "refuses",
    ),
    "no index": (base("x", TEXT, indexes=["a"]), "bad-index", "x.indexes[0]", "refuses"),
    "an index name that is taken": (
        base("x", TEXT, indexes=["CREATE INDEX IDX_notes_a ON x (a)"]),
        "index-name",
        "x.IDX_notes_a",
        "refuses",
    ),
    "an index name twice": (
        base("x", TEXT, indexes=["CREATE INDEX i2 ON x (a)", "CREATE INDEX I2 ON x (id)"]),
        "index-name",
        "x.I2",
        "refuses",
    ),
    "an auth rule on a base collection": (base("x", TEXT, authRule=""), "unknown-key", "x", "loses"),
    "a rule of the system": ({"name": "_mfas", "listRule": ""}, "system", "_mfas.listRule", "refuses"),
    "a renamed field of the system": (
        base("posts", {"name": "key", "type": "text", "id": field_id("text", "id")}),
        "system",
        "posts.id",
        "refuses",
    ),
    "a view without an id": (
        {"name": "x", "type": "view", "viewQuery": "SELECT title FROM posts"},
        "view-query",
        "x",
        "refuses",
    ),
    "a rule on a view": (
        {"name": "x", "type": "view", "viewQuery": "SELECT id FROM posts", "createRule": ""},
        "view-rule",
        "x.createRule",
        "refuses",
    ),
    "an index on a view": (
        {"name": "x", "type": "view", "viewQuery": "SELECT id FROM posts", "indexes": ["CREATE INDEX i3 ON x (id)"]},
        "view-index",
        "x",
        "refuses",
    ),
    "a view without a query": ({"name": "x", "type": "view"}, "view-query", "x", "refuses"),
    "another type": ({**base("posts"), "type": "auth"}, "type-change", "posts", "refuses"),
    "a renamed field in a rule elsewhere": (
        base("posts", {"name": "lng", "type": "text", "id": field_id("text", "lang")}),
        "breaks-rule",
        "notes.listRule",
        "loses",
    ),
    "a renamed collection in a rule elsewhere": (
        {"name": "articles", "id": collection_id("base", "posts")},
        "breaks-rule",
        "notes.listRule",
        "loses",
    ),
    "a renamed field in its index": (
        base("notes", {"name": "b", "type": "text", "id": field_id("text", "a")}, listRule=None),
        "index-in-use",
        "notes.a",
        "refuses",
    ),
    "a renamed field in its rule": (
        base("notes", {"name": "b", "type": "text", "id": field_id("text", "a")}, indexes=[]),
        "bad-rule",
        "notes.listRule",
        "refuses",
    ),
}


@pytest.fixture(scope="module")
def standing(version: str) -> Any:
    """A server with the collections of LIVE."""
    with servers.Server(version) as server:
        assert imported(server, LIVE) == 204
        yield server


def imported(server: servers.Server, collections: list[Json]) -> int:
    """Import collections as they are, with names for ids resolved where that works."""
    return server.request("PUT", "/api/collections/import", {"collections": collections})[0]


def errors_of(wanted: Json, live: list[Json], **options: Any) -> list[Finding]:
    return check([wanted], live, **options)[0]


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_found_before_the_server_refuses_or_loses_it(standing: servers.Server, case: str) -> None:
    wanted, kind, place, outcome = MISTAKES[case]
    before = standing.collections()
    errors = errors_of(wanted, before)
    assert (errors[0].kind, {error.place for error in errors}) == (kind, {place})
    assert len(errors) == (2 if case == "a type and a key" else 1)
    assert errors[0].message
    answer = imported(standing, [wanted])
    after = standing.collections()
    assert (answer == 400) is (outcome == "refuses"), answer
    if outcome == "loses" and kind not in ("breaks-rule", "bad-rule") and standing.version != servers.OLDEST_VERSION:
        # 0.23.1 does not tell keys apart by case.
        assert any(lost(wanted, item) for item in after if item["name"] == wanted["name"])
    if kind == "breaks-rule":
        assert standing.request("GET", "/api/collections/notes/records", authed=False)[0] == 400
    if answer == 204:
        restore(standing, before)


def test_a_key_inside_of_the_auth_options(standing: servers.Server) -> None:
    wanted: Json = {"name": "x", "type": "auth", "passwordAuth": {"enabled": False}, "otp": {"enabeld": True}}
    before = standing.collections()
    (error,) = errors_of(wanted, before)
    assert (error.kind, error.place, error.fix) == ("unknown-key", "x.otp", "Write 'enabled'.")
    assert imported(standing, [wanted]) == 204
    assert not next(item for item in standing.collections() if item["name"] == "x")["otp"]["enabled"]
    assert corrected([wanted], [error])[0]["otp"] == {"enabled": True}
    restore(standing, before)


def test_two_collections_with_one_id(standing: servers.Server) -> None:
    wanted = [base("x", TEXT, id="same"), base("y", TEXT, id="same")]
    (error,) = check(wanted, standing.collections())[0]
    assert (error.kind, error.place) == ("duplicate-id", "y")
    before = standing.collections()
    imported(standing, wanted)  # the server makes one of them
    assert {"x", "y"} - {item["name"] for item in standing.collections()}
    restore(standing, before)


def lost(wanted: Json, saved: Json) -> bool:
    """Tell whether something of a collection that was sent did not come back."""
    fields = {field["name"]: field for field in saved["fields"]}
    keys = [key for field in wanted["fields"] for key in field if key not in fields.get(field["name"], {})]
    types = [field for field in wanted["fields"] if fields.get(field["name"], {}).get("type") != field["type"]]
    ids = {field["id"] for field in saved["fields"]}
    gone = [field for field in wanted["fields"] if field.get("id", next(iter(ids))) not in ids]
    return bool(keys or types or gone or set(wanted) - set(saved))


def restore(server: servers.Server, before: list[Json]) -> None:
    body = {"collections": before, "deleteMissing": True}
    status, answer = server.request("PUT", "/api/collections/import", body)
    assert status == 204, answer


CORRECTABLE = [
    case
    for case, (_, kind, _, _) in MISTAKES.items()
    if kind in ("unknown-key", "unique-key", "view-rule", "view-index")
]
CORRECTABLE += ["geopoint", "string", "a wrong target", "a renamed field in its index"]
CORRECTABLE += ["an index name that is taken", "an index name twice", "a type and a key"]
CORRECTABLE += ["the name of a standing field in another case"]


def test_a_free_name_is_said_for_an_index_whose_name_is_taken() -> None:
    indexes = ["CREATE INDEX idx_x_a ON x (a)", "CREATE INDEX IDX_x_a ON x (a) WHERE a != ''"]
    errors = errors_of(base("x", TEXT, indexes=indexes), [])
    assert [error.fix for error in errors] == ["Call it idx_x_a_2."]
    fixed = corrected([base("x", TEXT, indexes=indexes)], errors)
    assert fixed[0]["indexes"] == [indexes[0], "CREATE INDEX `idx_x_a_2` ON x (a) WHERE a != ''"]
    (error,) = errors_of(base("x", TEXT, indexes=[indexes[0], indexes[0]]), [])
    assert "leave it out" in error.fix


@pytest.mark.parametrize("case", CORRECTABLE)
def test_what_is_corrected_is_taken_and_has_no_mistake(standing: servers.Server, case: str) -> None:
    if case == "geopoint" and standing.version < "0.27":
        pytest.skip("geoPoint fields came later")
    wanted = MISTAKES[case][0]
    before = standing.collections()
    fixed = corrected([wanted], errors_of(wanted, before))
    assert fixed != [wanted]
    assert check(fixed, before) == ([], [])
    assert imported(standing, ordered_views(resolve(fixed, before))) == 204
    restore(standing, before)


def test_names_may_be_swapped_and_written_in_another_case(standing: servers.Server) -> None:
    before = standing.collections()
    ids = {name: field_id("text", name) for name in ("c", "other")}
    for names in (["other", "C"], ["C", "OTHER"], ["OTHER", "c"]):
        fields = [{"name": name, "type": "text", "id": id} for name, id in zip(names, ids.values())]
        wanted = base("notes", *fields)
        assert check([wanted], standing.collections()) == ([], [])
        assert imported(standing, [wanted]) == 204
        found = next(item for item in standing.collections() if item["name"] == "notes")
        assert {field["name"] for field in found["fields"] if field["id"] in ids.values()} == set(names)
    taken_over = {"name": "notes", "fields": [TEXT, {"name": "c", "type": "text", "id": ids["c"]}]}
    assert errors_of(taken_over, standing.collections(), replace_fields=True) == []
    restore(standing, before)


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_no_alarm_on_real_schemas(standing: servers.Server, path: Path) -> None:
    document = json.loads(path.read_text("utf-8"))
    wanted = document if isinstance(document, list) else document["collections"]
    if is_legacy(wanted):
        wanted, _ = upgrade(wanted)
    errors, warnings = check(wanted, standing.collections(), count=lambda name, where="": 0)
    assert errors == []
    assert {warning.kind for warning in warnings} <= {"leftover-key"}


def test_no_alarm_on_what_the_server_itself_shows(standing: servers.Server) -> None:
    live = standing.collections()
    assert check(live, live, delete_missing=True) == ([], [])
    for collection in live:
        assert check([collection], live, replace_fields=True) == ([], [])


@pytest.mark.parametrize(
    "wanted",
    [
        base(
            "x", {**TEXT, "_comment": "why", "require": False}, {"name": "b", "type": "text", "displayFields": ["id"]}
        ),
        base("x", {"name": "up", "type": "relation", "collectionId": "x"}, listRule="up.x_via_up.id ?= id"),
        base("x", {"name": "a", "type": "json"}, indexes=["CREATE INDEX i9 ON x (json_extract(a, '$.b'), id DESC)"]),
        base(
            "x", TEXT, indexes=["CREATE UNIQUE INDEX IF NOT EXISTS `i9` ON `x` (A COLLATE NOCASE) WHERE a IS NOT NULL"]
        ),
        {"name": "x", "type": "view", "viewQuery": "SELECT id, title AS t FROM posts", "listRule": "t = 'x'"},
        {"name": "x", "type": "auth", "authRule": "verified = true", "manageRule": "@request.auth.verified = true"},
        {"name": "posts", "listRule": "title != ''"},
    ],
)
def test_no_alarm_on_what_the_server_takes(standing: servers.Server, wanted: Json) -> None:
    before = standing.collections()
    assert check([wanted], before) == ([], [])
    assert imported(standing, ordered_views(resolve([wanted], before))) == 204
    restore(standing, before)


ON_X = [
    *("(a) WHERE a > 1e5", "(a) WHERE a != x'00'", "(a) WHERE a > 0x1F", "(a) WHERE a IS NOT DISTINCT FROM 'x'"),
    *("(CAST(n AS VARCHAR))", "(CAST(n AS DOUBLE PRECISION), a)", "(CAST(n AS DECIMAL(10,2)))", "(CAST(n AS FLOAT))"),
    *("(text)", "(`desc` DESC)", "(desc DESC, a ASC)", '("a")', "(a) WHERE rowid > 5", '(a) WHERE a != "gone"'),
    *("(a) WHERE x.a != ''", "(a /* gone */)", "(CASE a WHEN 'b' THEN 1 ELSE n END)", "(a COLLATE RTRIM DESC)"),
]


@pytest.mark.parametrize("rest", ON_X)
def test_no_alarm_on_an_index_that_the_server_takes(standing: servers.Server, rest: str) -> None:
    names = {"a": "text", "n": "number", "text": "text", "desc": "text"}
    wanted = base("x", *({"name": name, "type": type} for name, type in names.items()))
    wanted["indexes"] = [f"CREATE INDEX i9 ON x {rest}"]
    before = standing.collections()
    assert check([wanted], before) == ([], [])
    assert imported(standing, resolve([wanted], before)) == 204
    restore(standing, before)


def test_an_index_that_stands_is_never_a_mistake() -> None:
    odd = "CREATE INDEX odd ON posts (soundalike a b c)"
    live: list[Json] = [{**base("posts", TEXT, id="p1", indexes=[odd, "no index"], system=False)}]
    live[0]["fields"] = [{"id": "f1", "name": "a", "type": "text", "system": False}]
    assert check([{"name": "posts", "listRule": ""}], live) == ([], [])
    assert check([{"name": "posts", "indexes": [odd, "no index"]}], live) == ([], [])
    new: Collection = {"name": "posts", "indexes": [odd, "CREATE INDEX new ON posts (b)"]}
    assert [error.kind for error in check([new], live)[0]] == ["bad-index"]


def test_a_dropped_field_that_an_index_or_a_rule_still_uses(standing: servers.Server) -> None:
    live = standing.collections()
    patch: Json = {"name": "notes", "fields": [{"name": "b", "type": "text"}]}
    errors = errors_of(patch, live, replace_fields=True)
    assert [error.kind for error in errors] == ["bad-rule", "index-in-use"]
    assert standing.request("PATCH", "/api/collections/notes", patch)[0] == 400
    assert corrected([patch], errors)[0]["indexes"] == []
    errors = errors_of({"name": "posts", "fields": []}, live, delete_missing=True)
    assert [error.place for error in errors] == []  # `notes` goes as well
    errors = errors_of({"name": "posts", "fields": []}, live, replace_fields=True)
    assert [error.place for error in errors] == ["notes.listRule"]


def test_a_rule_that_is_broken_already(standing: servers.Server) -> None:
    """PocketBase reads all rules of a collection again when something else of it changes."""
    before = standing.collections()
    assert imported(standing, [base("posts", {"name": "lng", "type": "text", "id": field_id("text", "lang")})]) == 204
    assert imported(standing, [base("silent", TEXT, listRule="@request.auth.nmae = a")]) == 204
    live = standing.collections()
    for name, kinds, answer in (("notes", ["bad-rule"], 400), ("silent", [], 204)):
        change = {"name": name, "viewRule": ""}
        assert [error.kind for error in errors_of(change, live)] == kinds
        assert imported(standing, [change]) == answer
    restore(standing, before)


def test_a_required_field_is_warned_of_only_where_there_are_records(standing: servers.Server) -> None:
    live = standing.collections()
    wanted = [
        base("posts", {"name": "must", "type": "text", "required": True}),
        base("new", {**TEXT, "required": True}),
    ]
    asked: list[str] = []

    def count(name: str) -> int:
        asked.append(name)
        return 2

    _, warnings = check(wanted, live, count=count)
    assert [(warning.kind, warning.place) for warning in warnings] == [("required-empty", "posts")]
    assert asked == ["posts"]
    assert check(wanted, live, count=lambda name, where="": 0) == ([], [])
    check(
        [base("posts", {"name": "may", "type": "text"})],
        live,
        count=lambda name, where="": pytest.fail("asked without need"),
    )


def test_a_wrong_collection_in_a_rule_gets_the_nearest_collection() -> None:
    live = [{**base(name, id=name, system=False), "indexes": []} for name in ("teams", "users")]
    (error,) = errors_of(base("x", TEXT, listRule="@collection.team.user ?= a"), live)
    assert error.fix == "Did you mean 'teams'?"


REQUIRABLE: dict[str, tuple[Json, Any]] = {
    "text": ({}, "x"),
    "number": ({}, 1),
    "bool": ({}, True),
    "json": ({}, {"a": 1}),
    "date": ({}, "2024-01-01 00:00:00.000Z"),
    "select": ({"values": ["a", "b"], "maxSelect": 2}, ["a"]),
    "password": ({}, "long enough"),
}


def test_a_field_that_becomes_required_is_counted_where_it_is_empty(pb: Runner, server: servers.Server) -> None:
    fields = [{"name": f"a_{type}", "type": type, **more} for type, (more, _) in REQUIRABLE.items()]
    server.request("POST", "/api/collections", base("ckr", *fields))
    filled = {f"a_{type}": value for type, (_, value) in REQUIRABLE.items()}
    assert server.request("POST", "/api/collections/ckr/records", filled)[0] == 200
    document = json.dumps([base("ckr", *({**field, "required": True} for field in fields))]).encode()
    assert "warnings" not in pb("pb_collections.py", "plan", "--file", "-", stdin=document).document
    server.request("POST", "/api/collections/ckr/records", {})
    warnings = pb("pb_collections.py", "plan", "--file", "-", stdin=document).document["warnings"]
    assert [warning.partition(" and")[0] for warning in warnings] == [
        f"ckr: {field['name']} is empty in 1 existing records" for field in fields
    ]


def test_the_trap_of_a_required_field_is_real(standing: servers.Server) -> None:
    before = standing.collections()
    record = standing.request("POST", "/api/collections/posts/records", {"title": "x"})[1]["id"]
    assert imported(standing, [base("posts", {"name": "must", "type": "text", "required": True})]) == 204
    assert standing.request("PATCH", f"/api/collections/posts/records/{record}", {"title": "y"})[0] == 400
    standing.request("DELETE", f"/api/collections/posts/records/{record}")
    restore(standing, before)


def test_a_file_with_mistakes_stops_the_command_and_changes_nothing(pb: Runner, server: servers.Server) -> None:
    before = server.collections()
    document = [base("ck", {**TEXT, "require": True}, listRule="b = 1")]
    for words in (["import"], ["plan"], ["import", "--dry-run"]):
        result = pb("pb_collections.py", *words, "--file", "-", stdin=json.dumps(document).encode())
        assert result.code == 2
        assert "ck.a: PocketBase ignores the key 'require'. Write 'required'." in result.message
        assert "ck.listRule" in result.message
        assert json.loads(result.hint.partition("Corrected but for the rest: ")[2])["fields"] == [
            {**TEXT, "required": True}
        ]
        assert [error["place"] for error in result.data["errors"]] == ["ck.a", "ck.listRule"]
    assert server.collections() == before


def test_the_check_can_be_switched_off(pb: Runner, server: servers.Server) -> None:
    document = [base("ckn", {**TEXT, "require": True})]
    result = pb("pb_collections.py", "import", "--file", "-", "--no-check", stdin=json.dumps(document).encode())
    assert result.code == 0
    assert any("'require'" in warning for warning in result.document["warnings"])


def test_warnings_ride_along(pb: Runner, server: servers.Server) -> None:
    server.request("POST", "/api/collections", base("ckw", TEXT))
    server.request("POST", "/api/collections/ckw/records", {"a": "x"})
    result = pb("pb_collections.py", "add-field", "ckw", '{"name":"b","type":"text","required":true}')
    assert result.code == 0
    assert "ckw: b will be empty in 1 existing records" in result.document["warnings"][0]
