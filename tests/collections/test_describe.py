"""What `describe` tells of a schema, and how little it needs for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from _pb.schema.describe import RULES, describe
from conftest import Runner, credentials
from servers import OLDEST_VERSION, Server, versions

pytestmark = pytest.mark.both_ends

Json = Any  # a document as a test writes it, right or wrong

VERSIONS = list(dict.fromkeys([OLDEST_VERSION, *versions()]))
CORPUS = sorted((Path(__file__).parents[1] / "data" / "schemas" / "v023").glob("*.json"))

ID = {
    **{"name": "id", "type": "text", "required": True, "system": True, "primaryKey": True, "min": 15, "max": 15},
    **{"pattern": "^[a-z0-9]+$", "autogeneratePattern": "[a-z0-9]{15}"},
}


def collection(name: str = "posts", type: str = "base", fields: list[Json] | None = None, **more: Any) -> Json:
    return {"name": name, "type": type, "fields": [ID, *(fields or [])], "indexes": [], **more}


def told(field: Json, *others: Json) -> str:
    """Return the line that describes a field; `others` are collections beside its own."""
    return describe([collection("posts", fields=[field]), *others], ["posts"])[2]


@pytest.mark.parametrize("release", VERSIONS)
def test_the_whole_answer_takes_less_than_a_tenth_of_the_list(release: str, tmp_path: Path) -> None:
    with Server(release) as server:
        pb = Runner(tmp_path, tmp_path / "home", credentials(server.url))
        described, listed = (
            pb.raw("pb_collections.py", *verb).stdout for verb in (["describe"], ["list", "--templates"])
        )
    assert len(described) < len(listed) / 10


@pytest.mark.parametrize("release", VERSIONS)
def test_default_collections_take_less_than_a_tenth_of_their_json(release: str) -> None:
    with Server(release) as server:
        live = server.collections()
    compact = len(json.dumps(live, separators=(",", ":"), ensure_ascii=False))
    lines = describe(live)
    assert len(live) == 6
    assert len(json.dumps(lines)) < compact / 10
    text = "\n".join(lines)
    for described in live:
        assert f"\n{described['name']} {described['type']}" in text
        for field in described["fields"]:
            assert field["name"] in text


@pytest.mark.parametrize("release", VERSIONS)
def test_fresh_users_read_like_this(release: str) -> None:
    with Server(release) as server:
        lines = describe(server.collections(), ["users"])
    assert lines[1:] == [
        "users auth +dates",
        " email! email unique",
        " name text max=255",
        " avatar file mimeTypes=image/jpeg,image/png,image/svg+xml,image/gif,image/webp",
        " list view update delete: id = @request.auth.id",
        " create: public",
        " sign-in: password with email",
    ]


@pytest.mark.parametrize(
    ("field", "line"),
    [
        ({"type": "text", "min": 0, "max": 0, "pattern": "", "required": False}, "f text"),
        ({"type": "text", "max": 9, "pattern": "^a b$", "required": True}, 'f! text max=9 pattern="^a b$"'),
        ({"type": "number", "min": 0, "max": None, "onlyInt": True}, "f number min=0 onlyInt"),
        ({"type": "bool", "hidden": True, "presentable": True}, "f bool hidden presentable"),
        ({"type": "email", "onlyDomains": ["a.de", "b.de"], "exceptDomains": None}, "f email onlyDomains=a.de,b.de"),
        ({"type": "date", "min": "2020-01-01 00:00:00.000Z"}, 'f date min="2020-01-01 00:00:00.000Z"'),
        ({"type": "select", "values": ["a", "b c", "d|e", ""], "maxSelect": 1}, 'f select a|"b c"|"d|e"|""'),
        ({"type": "select", "values": ["a", "b"], "maxSelect": 2}, "f select a|b maxSelect=2"),
        (
            {"type": "file", "maxSelect": 3, "thumbs": ["1x1"], "protected": True},
            "f file maxSelect=3 protected thumbs=1x1",
        ),
        ({"type": "autodate", "onCreate": False, "onUpdate": True}, "f autodate onUpdate"),
        ({"type": "geoPoint", "help": "Where it is"}, 'f geoPoint help="Where it is"'),
        ({"type": "json", "unheard": 3, "of": [1, 2]}, "f json of=1,2 unheard=3"),
    ],
)
def test_a_field_takes_a_line_with_what_is_not_default(field: Json, line: str) -> None:
    assert told({"name": "f", "id": "f1", "system": False, **field}) == f" {line}"


def test_a_relation_names_its_target() -> None:
    tags = collection("tags", id="tags_id")
    field = {"name": "r", "type": "relation", "collectionId": "tags_id", "maxSelect": 5, "minSelect": 2}
    assert told(field, tags) == " r relation -> tags minSelect=2 maxSelect=5"
    assert told({**field, "cascadeDelete": True, "maxSelect": 1, "minSelect": 0}, tags).endswith(
        "-> tags cascadeDelete"
    )
    assert told({**field, "collectionId": "gone"}, tags) == " r relation -> gone minSelect=2 maxSelect=5"


def test_usual_fields_are_told_only_where_they_are_not_usual() -> None:
    made: Json = {"name": "created", "type": "autodate", "onCreate": True}
    changed: Json = {"name": "updated", "type": "date"}
    lines = describe([collection(fields=[{**ID, "min": 3}, made, changed])])
    assert lines[1] == "posts base +created"
    assert lines[2].startswith(" id! text min=3 max=15")
    assert lines[3] == " updated date"


def test_rules_say_who_may() -> None:
    rules: dict[str, Any] = {"listRule": "", "viewRule": "a = 1 &&\n  b = 2", "updateRule": ""}
    rules.update(createRule=None, deleteRule=None)
    lines = describe([collection(**rules)])
    assert lines[2:] == [" list update: public", " view: a = 1 && b = 2", " create delete: locked"]
    assert "locked: null, superusers; public: '', anyone" in lines[0]
    assert describe([collection()])[2:] == [" every rule: locked"]


def test_a_comment_in_a_rule_ends_where_its_line_ends() -> None:
    rules: dict[str, Any] = dict.fromkeys((f"{rule}Rule" for rule in RULES), "a = 1 // public\n  && b = 2")
    (line,) = describe([collection(**rules)])[2:]
    assert line == r" every rule: a = 1 // public\n&& b = 2"


def test_a_long_rule_is_told_once() -> None:
    rule = "@request.auth.id != '' && owner = @request.auth.id"
    lines = describe([collection("a", viewRule=rule), collection("b", viewRule=rule, listRule=rule)])
    assert [line for line in lines if "view" in line] == [f" view: {rule}", " list view: as a view"]


def test_views_tell_their_query_line_by_line() -> None:
    query = "SELECT id, -- the key\n   a\n\nFROM posts"
    lines = describe([{"name": "v", "type": "view", "fields": [{"name": "a", "type": "json"}], "viewQuery": query}])
    assert lines[1:] == [
        "v view",
        " query: SELECT id, -- the key",
        "  a",
        "  FROM posts",
        " a json",
        " list view: locked",
    ]


def test_indexes_keep_name_columns_and_condition() -> None:
    indexes = [
        "CREATE UNIQUE INDEX `idx_a` ON `posts` (`a`, lower(`b`)) WHERE `c` != ', `x`'",
        "create index if not exists idx_b\non posts (a,\n b DESC)",
        "something else",
        "CREATE INDEX `my-a` ON posts (a)",
    ]
    assert describe([collection(indexes=indexes)])[3:] == [
        " unique idx_a (a,lower(b)) WHERE c != ', `x`'",
        " index idx_b (a,b DESC)",
        " something else",
        " index my-a (a)",
    ]


def test_sign_in_tells_every_way() -> None:
    options: dict[str, Any] = {
        "passwordAuth": {"enabled": True, "identityFields": ["email", "login"]},
        "oauth2": {"enabled": True, "providers": [{"name": "google"}, {"name": "github"}]},
        "otp": {"enabled": True},
        "mfa": {"enabled": True, "rule": "verified = true"},
    }
    rules: dict[str, Any] = {"authRule": "verified = true", "manageRule": "role = 'boss'"}
    lines = describe([collection("u", "auth", **options, **rules)])
    assert lines[3:] == [
        " sign-in: password with email or login, OAuth2 google github, OTP, MFA where verified = true",
        " auth: verified = true",
        " manage: role = 'boss'",
    ]
    off: dict[str, Any] = {key: {"enabled": False} for key in options}
    assert describe([collection("u", "auth", authRule=None, **off)])[3:] == [
        " sign-in: none",
        " auth: null = nobody can sign in",
    ]


def test_own_collections_come_first_and_names_pick() -> None:
    collections = [collection("_a", system=True), collection("c"), collection("b")]
    assert [line.split()[0] for line in describe(collections) if line[0] not in " !"] == ["b", "c", "_a"]
    assert [line for line in describe(collections, ["C"]) if line[0] not in " !"] == ["c base"]
    with pytest.raises(KeyError, match="nobody"):
        describe(collections, ["nobody"])


@pytest.mark.parametrize("path", CORPUS, ids=[path.stem for path in CORPUS])
def test_real_schemas_get_a_line_a_field(path: Path) -> None:
    collections = json.loads(path.read_text("utf-8"))
    lines = describe(collections)
    assert all(line == line.rstrip() and "\n" not in line for line in lines)
    assert len(json.dumps(lines)) < len(json.dumps(collections)) / 2
    text = "\n".join(lines)
    for described in collections:
        start = text.index(f"\n{described['name']} {described['type']}")
        for field in described["fields"]:
            assert field["name"] in text[start:] + lines[0]
