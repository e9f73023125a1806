"""What `export` writes, imported into an empty server, gives the same schema again."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from _pb.schema.export import export
from _pb.schema.names import collection_id, field_id, names_by_id, pick
from conftest import Runner
from pb_common.schema_types import Collection
from servers import OLDEST_VERSION, Server, versions

Json = Any  # a document as a test writes it, right or wrong

VERSIONS = list(dict.fromkeys([OLDEST_VERSION, *versions()]))
CORPUS = sorted((Path(__file__).parents[1] / "data" / "schemas" / "v023").glob("*.json"))
USERS = "_pb_users_auth_"
TEMPLATE = {"subject": "Hello {APP_NAME}", "body": "<p>{TOKEN} {OTP} {APP_URL}</p>"}


def send(server: Server, method: str, path: str, body: Any) -> Any:
    status, answer = server.request(method, path, body)
    assert status in (200, 204), answer
    return answer


def send_collections(server: Server, collections: list[Json], *, delete_missing: bool = True) -> None:
    send(server, "PUT", "/api/collections/import", {"collections": collections, "deleteMissing": delete_missing})


def exported(server: Server, names: list[str] | None = None) -> list[Json]:
    return export(server.collections(), names, send(server, "GET", "/api/collections/meta/scaffolds", None))


def importable(collections: list[Json]) -> list[Json]:
    """Put ids for names, secrets where the server wants some, and views after what they read."""
    collections = copy.deepcopy(collections)
    ids = {c["name"]: c.get("id") or collection_id(c["type"], c["name"]) for c in collections}
    for collection in collections:
        for field in collection.get("fields", ()):
            if field["type"] == "relation":
                field["collectionId"] = ids[field["collectionId"]]
        for provider in collection.get("oauth2", {}).get("providers", ()):
            provider["clientSecret"] = "not exported"
    return sorted(collections, key=lambda collection: collection["name"] == "a_view_of_a_view")


def comparable(collections: list[Json]) -> dict[str, Json]:
    """Return the collections by name without stamps and the field ids of views, which are random."""
    result = {}
    for collection in copy.deepcopy(collections):
        del collection["created"], collection["updated"]
        if collection["type"] == "view":
            for field in collection["fields"]:
                del field["id"]
        result[collection["name"]] = collection
    return result


def assert_survives(version: str, live: list[Json], collections: list[Json], *, delete_missing: bool = True) -> None:
    with Server(version) as empty:
        send_collections(empty, importable(collections), delete_missing=delete_missing)
        again = comparable(empty.collections())
    wanted = comparable(live)
    assert sorted(again) == sorted(wanted)
    for name, collection in wanted.items():
        assert again[name] == collection
        assert [field["name"] for field in again[name]["fields"]] == [field["name"] for field in collection["fields"]]


def field_types(version: str) -> dict[str, Json]:
    """Return each field type with every property at something else than its default."""
    common: Json = {"required": True, "hidden": True, "presentable": True, "help": "What it is for"}
    domains = {"onlyDomains": ["example.com"], "exceptDomains": None}
    types: dict[str, Json] = {
        "text": {"min": 1, "max": 9, "pattern": "^a+$", "autogeneratePattern": "a{3}"},
        "number": {"min": 0, "max": 0, "onlyInt": True},
        "bool": {},
        "email": domains,
        "url": domains,
        "editor": {"maxSize": 99, "convertURLs": True},
        "date": {"min": "2020-01-01 00:00:00.000Z", "max": "2030-01-01 00:00:00.000Z"},
        "select": {"values": ["b", "a"], "maxSelect": 2},
        "file": {"maxSize": 99, "maxSelect": 3, "mimeTypes": ["b/b", "a/a"], "thumbs": ["10x10"], "protected": True},
        "relation": {"collectionId": USERS, "minSelect": 1, "maxSelect": 5, "cascadeDelete": True},
        "json": {"maxSize": 99},
        "password": {"min": 9, "max": 20, "cost": 5, "pattern": "^.+$"},
    }
    if tuple(map(int, version.split("."))) >= (0, 27):
        types["geoPoint"] = {}
    return {type: {**common, **properties} for type, properties in types.items()}


def all_fields(version: str) -> list[Json]:
    """Return fields of every type: with the least that the server takes, and with everything."""
    needed = {"values", "collectionId"}
    fields = []
    for type, properties in field_types(version).items():
        least = {key: value for key, value in properties.items() if key in needed}
        fields.append({"name": f"{type}_least", "type": type, **least})
        fields.append({"name": f"{type}_most", "type": type, **properties})
    fields.append({"name": "text_empty_lists", "type": "file", "mimeTypes": [], "thumbs": []})
    fields.append({"name": "number_below", "type": "number", "min": -1.5, "max": None})
    fields.append({"name": "made", "type": "autodate", "onCreate": True})
    fields.append({"name": "changed", "type": "autodate", "onUpdate": True, "hidden": True})
    return fields


def auth_options() -> Json:
    """Return every auth option at something else than its default."""
    durations = ("authToken", "passwordResetToken", "emailChangeToken", "verificationToken", "fileToken")
    templates = ("verificationTemplate", "resetPasswordTemplate", "confirmEmailChangeTemplate")
    google = {"name": "google", "clientId": "id1", "clientSecret": "hush", "pkce": False, "displayName": "G"}
    other = {"name": "oidc", "clientId": "id2", "clientSecret": "hush", "authURL": "https://a.example/a"}
    urls = {"tokenURL": "https://a.example/t", "userInfoURL": "https://a.example/u", "extra": {"issuers": ["a"]}}
    return {
        "authRule": "verified = true",
        "manageRule": "@request.auth.verified = true",
        "passwordAuth": {"enabled": True, "identityFields": ["login", "email"]},
        "oauth2": {"enabled": True, "mappedFields": {"username": "login"}, "providers": [google, {**other, **urls}]},
        "otp": {"enabled": True, "duration": 99, "length": 5, "emailTemplate": TEMPLATE},
        "mfa": {"enabled": True, "duration": 99, "rule": "verified = true"},
        "authAlert": {"enabled": False, "emailTemplate": TEMPLATE},
        **{key: {"duration": 777} for key in durations},
        **dict.fromkeys(templates, TEMPLATE),
    }


def build(server: Server) -> None:
    """Make a schema with everything in it, the way people make one: step by step through the API."""
    everything = {"name": "everything", "type": "base", "fields": all_fields(server.version), "listRule": ""}
    send(server, "POST", "/api/collections", everything)
    login = [{"name": "login", "type": "text", "required": True}]
    send(server, "POST", "/api/collections", {"name": "plain_auth", "type": "auth", "fields": login})
    unique = "CREATE UNIQUE INDEX idx_login ON full_auth (login)"
    full = {"name": "full_auth", "type": "auth", "fields": login, "indexes": [unique], **auth_options()}
    made = send(server, "POST", "/api/collections", full)
    email_optional = [{**field, "required": field["name"] not in ("email", "login")} for field in made["fields"]]
    send(server, "PATCH", "/api/collections/full_auth", {"fields": [*email_optional[1:], email_optional[0]]})
    send_collections(
        server,
        [
            {"name": "left", "id": "left_id_1234567", "fields": [relation("right", "right_id_123456", maxSelect=9)]},
            {
                "name": "right",
                "id": "right_id_123456",
                "fields": [relation("left", "left_id_1234567"), relation("self", "right_id_123456")],
                "indexes": ["CREATE INDEX b ON `right` (`self`)", "CREATE UNIQUE INDEX a ON `right` (`left`)"],
                "deleteRule": "@request.auth.id != ''",
            },
        ],
        delete_missing=False,
    )
    view = {
        "name": "z_view",
        "type": "view",
        "viewQuery": "SELECT id, text_most,\n  made FROM everything",
        "viewRule": "",
    }
    send(server, "POST", "/api/collections", view)
    outer = {"name": "a_view_of_a_view", "type": "view", "viewQuery": "SELECT id, made FROM z_view"}
    send(server, "POST", "/api/collections", outer)
    rename(server)


def relation(name: str, target: str, **more: Any) -> Json:
    return {"name": name, "type": "relation", "collectionId": target, **more}


def rename(server: Server) -> None:
    """Rename a collection and a field and use both names again, so that no derived id is right any more."""
    made = send(server, "POST", "/api/collections", {"name": "one", "fields": [{"name": "old", "type": "text"}]})
    fields = [{**made["fields"][1], "name": "new"}]
    send(server, "PATCH", "/api/collections/one", {"name": "two", "fields": fields})
    fields.append({"name": "old", "type": "text"})
    send(server, "PATCH", "/api/collections/two", {"fields": fields})
    send(server, "POST", "/api/collections", {"name": "one", "type": "base"})


@pytest.fixture(scope="module", params=VERSIONS)
def built(request: pytest.FixtureRequest) -> tuple[str, list[Json], list[Json]]:
    """Return a version, a server's collections with everything in them, and their export."""
    with Server(request.param) as server:
        build(server)
        return request.param, server.collections(), exported(server)


def test_everything_survives(built: tuple[str, list[Json], list[Json]]) -> None:
    version, live, collections = built
    assert_survives(version, live, collections)


def test_everything_survives_an_import_that_deletes_nothing(built: tuple[str, list[Json], list[Json]]) -> None:
    version, live, collections = built
    assert_survives(version, live, collections, delete_missing=False)


def test_export_is_sorted_clean_and_without_secrets(built: tuple[str, list[Json], list[Json]]) -> None:
    _, live, collections = built
    names = [collection["name"] for collection in collections]
    assert names == sorted(collection["name"] for collection in live if not collection["system"])
    assert not {"created", "updated", "system"}.intersection(*[collection.keys() for collection in collections])
    assert "hush" not in json.dumps(collections)
    assert "ecret" not in json.dumps(collections)


def test_defaults_are_left_out(built: tuple[str, list[Json], list[Json]]) -> None:
    collections = {collection["name"]: collection for collection in built[2]}
    rules = dict.fromkeys(["listRule", "viewRule", "createRule", "updateRule", "deleteRule"])
    login = {"name": "login", "type": "text", "required": True}
    auth_rules = {"authRule": "", "manageRule": None}
    assert collections["plain_auth"] == {
        **{"name": "plain_auth", "type": "auth", "fields": [login]},
        **{**rules, **auth_rules},
    }
    assert list(collections["plain_auth"]) == ["name", "type", "fields", *rules, *auth_rules]
    fields = {field["name"]: field for field in collections["everything"]["fields"]}
    assert "id" not in fields
    for type in set(field_types(built[0])) - {"select", "relation"}:
        assert fields[f"{type}_least"] == {"name": f"{type}_least", "type": type}
    assert fields["relation_most"]["collectionId"] == "users"
    assert fields["number_most"]["max"] == 0
    assert list(fields["text_most"])[:4] == ["name", "type", "required", "min"]


def test_views_export_their_query_only(built: tuple[str, list[Json], list[Json]]) -> None:
    view = next(collection for collection in built[2] if collection["name"] == "z_view")
    assert list(view) == ["name", "type", "viewQuery", "listRule", "viewRule"]


def test_only_ids_that_cannot_be_derived_are_kept(built: tuple[str, list[Json], list[Json]]) -> None:
    _, live, collections = built
    kept = {collection["name"]: collection["id"] for collection in collections if "id" in collection}
    assert kept == {
        **{"users": USERS, "left": "left_id_1234567", "right": "right_id_123456"},
        **{"two": collection_id("base", "one"), "one": collection_id("base", "one") + "2"},
    }
    two = next(collection for collection in collections if collection["name"] == "two")
    assert [field["id"] for field in two["fields"]] == [field_id("text", "old"), field_id("text", "old") + "2"]
    assert names_by_id(collections) == {key: name for key, name in names_by_id(live).items() if name[0] != "_"}


@pytest.mark.parametrize("release", VERSIONS)
def test_changed_default_collections_survive(release: str) -> None:
    with Server(release) as server:
        users = send(server, "GET", "/api/collections/users", None)
        fields = [{**field, "max": 0} for field in users["fields"] if field["name"] != "avatar"]
        options = {"oauth2": {"mappedFields": {"name": ""}}, "listRule": None, "createRule": None}
        send(server, "PATCH", "/api/collections/users", {"fields": fields[::-1], **options})
        # The default of other auth collections, but not of this one.
        usual = send(server, "GET", "/api/collections/meta/scaffolds", None)["auth"]["authToken"]
        superusers = {"authToken": usual, "fileToken": {"duration": 999}, "otp": {"enabled": True}}
        send(server, "PATCH", "/api/collections/_superusers", superusers)
        live = server.collections()
        collections = exported(server, [collection["name"] for collection in live])
    assert any(collection.get("system") for collection in collections)
    assert_survives(release, live, collections)


@pytest.mark.parametrize("release", VERSIONS)
def test_users_made_anew_survive(release: str) -> None:
    with Server(release) as server:
        send(server, "DELETE", "/api/collections/users", None)
        send(server, "POST", "/api/collections", {"name": "users", "type": "auth"})
        live = server.collections()
        collections = exported(server)
    assert [collection["id"] for collection in collections] == [collection_id("auth", "users")]
    assert_survives(release, live, collections)


@pytest.mark.parametrize(("number", "path"), list(enumerate(CORPUS)), ids=[path.stem for path in CORPUS])
def test_real_schemas_survive(number: int, path: Path) -> None:
    version = VERSIONS[number % len(VERSIONS)]
    with Server(version) as server:
        own_users = path.stem == "006"
        send_collections(server, json.loads(path.read_text("utf-8")), delete_missing=own_users)
        live = server.collections()
        collections = exported(server, [collection["name"] for collection in live])
    assert_survives(version, live, collections)


def test_without_scaffolds_auth_options_are_all_there() -> None:
    with Server() as server:
        live = server.collections()
    (users,) = export(live)
    assert users["authToken"] == {"duration": 432000}
    assert users["verificationTemplate"]["subject"]


def test_secrets_are_left_out_wherever_they_come_from() -> None:
    provider = {"name": "google", "clientId": "id1", "clientSecret": "hush", "extra": {"secret": "hush"}}
    auth: Collection = {
        "name": "a",
        "type": "auth",
        "id": "x",
        "fields": [],
        "indexes": [],
        "oauth2": {"providers": [provider]},
    }
    (exported_auth,) = export([{**auth, "authToken": {"duration": 5, "secret": "hush"}}])
    assert exported_auth["oauth2"] == {"providers": [{"name": "google", "clientId": "id1"}]}
    assert exported_auth["authToken"] == {"duration": 5}


def test_names_pick_whatever_their_case_and_an_unknown_one_is_an_error() -> None:
    live: list[Collection] = [{"name": "Posts", "type": "base", "id": "x", "fields": [], "indexes": []}]
    assert [collection["name"] for collection in export(live, ["posts", "POSTS"])] == ["Posts"]
    assert pick(live, []) == []
    with pytest.raises(KeyError, match="pots"):
        export(live, ["pots"])


def test_an_import_says_that_an_export_has_no_client_secret(pb: Runner) -> None:
    provider = {"name": "google", "clientId": "id1"}
    members = {"name": "without_secret", "type": "auth", "oauth2": {"enabled": True, "providers": [provider]}}
    result = pb("pb_collections.py", "import", "--file", "-", stdin=json.dumps([members]).encode())
    assert result.code == 2
    assert 'An export has no secrets: add the provider\'s "clientSecret"' in result.data["message"]
