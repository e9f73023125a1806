"""The upgrade of v0.22 exports, judged by what PocketBase itself makes of a v0.22 data directory."""

from __future__ import annotations

import copy
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from _pb.schema.upgrade import is_legacy, upgrade
from conftest import Runner
from pb_common.schema_types import Collection
from schema_cases import auth, bare, collection, field, handmade, random_schema, view
from servers import LEGACY_VERSION, OLDEST_VERSION, Server, versions

SCHEMAS = Path(__file__).parents[1] / "data" / "schemas"
NEWER_VERSIONS = sorted({OLDEST_VERSION, *versions()})
TEMPLATES = ("verificationTemplate", "resetPasswordTemplate", "confirmEmailChangeTemplate")


def schema_files(version: str) -> list[Path]:
    return sorted((SCHEMAS / version).glob("*.json"))


def exports() -> dict[str, list[dict[str, Any]]]:
    """Return every v0.22 export that is compared, by name."""
    found = {f"file {path.stem}": json.loads(path.read_text("utf-8")) for path in schema_files("v022")}
    return {**found, **handmade(), **{f"random {seed}": random_schema(seed) for seed in range(10)}}


EXPORTS = exports()
# What a request of v0.22 could bring, and what a password cost there.
WHOLE = 33554432
COST = ("password", "cost", 10, 12)


class Judge:
    """A server of a newer version, and the v0.22 data directories that servers of its version can start on."""

    def __init__(self, server: Server, data: Path) -> None:
        self.server = server
        self.data = data
        self.pristine = server.collections()
        self.token = ""

    def migrated(self, case: str) -> list[Collection]:
        """Return the collections of a data directory that PocketBase migrated when it started on it."""
        with Server(self.server.version, self.data / case) as server:
            # All these directories have the same admin and the same secret, so one login (which is slow) is enough.
            server._token = self.token
            self.token = server.token()
            return server.collections()

    def imported(self, collections: list[Collection]) -> list[Collection]:
        """Return the collections of a fresh server after an import of `collections`."""
        for wanted in (self.pristine, collections):
            body = {"collections": wanted, "deleteMissing": True}
            status, answer = self.server.request("PUT", "/api/collections/import", body)
            assert status == 204, answer
        return self.server.collections()


@pytest.fixture(scope="module")
def legacy_data(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, list[dict[str, Any]]]]:
    """Import each case into one v0.22 server; keep a copy of its database and what its API says."""
    root = tmp_path_factory.mktemp("legacy")
    kept = {}
    (root / "server").mkdir()
    # Its snapshot migrations are named by the second, so two imports within one would clash.
    with Server(LEGACY_VERSION, root / "server", "--automigrate=false") as server:
        for number, (case, document) in enumerate(EXPORTS.items()):
            body = {"collections": document, "deleteMissing": True}
            status, answer = server.request("PUT", "/api/collections/import", body)
            assert status == 204, (case, answer)
            database = root / f"{number}.db"
            copy_database(server.project / "pb_data" / "data.db", database)
            kept[case] = (database, server.collections())
    return kept


def copy_database(source: Path, target: Path) -> None:
    """Copy a SQLite database that is in use."""
    origin, backup = sqlite3.connect(source), sqlite3.connect(target)
    origin.backup(backup)
    origin.close()
    backup.close()


@pytest.fixture(scope="module", params=NEWER_VERSIONS)
def judge(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    legacy_data: dict[str, tuple[Path, list[dict[str, Any]]]],
) -> Iterator[Judge]:
    data = tmp_path_factory.mktemp("migrated")
    for case, (database, _) in legacy_data.items():
        (data / case / "pb_data").mkdir(parents=True)
        copy_database(database, data / case / "pb_data" / "data.db")
    with Server(request.param) as server:
        yield Judge(server, data)


def comparable(collections: list[Collection]) -> dict[str, Any]:
    """Return the collections by name, without what no upgrade of an export can reproduce."""
    kept = {}
    copied: list[Any] = copy.deepcopy(collections)
    for item in copied:
        if item["system"]:
            continue  # v0.22 has no system collections; each server makes its own
        for key in ("created", "updated"):
            del item[key]  # when the collection was imported
        for key in TEMPLATES:
            item.pop(key, None)  # an app setting in v0.22, not in its export; newer servers have other defaults
        for one in item["fields"]:
            if one["id"].startswith("_clone_"):
                one["id"] = "_clone_"  # the server makes up ids for the columns of a view
            for key in ("exceptDomains", "onlyDomains", "mimeTypes", "thumbs"):
                if key in one:
                    one[key] = one[key] or []  # 0.23.1 keeps an empty list of v0.22 as null; both mean the same
        kept[item["name"]] = item
    return kept


def as_v022_allowed(made: dict[str, Any], kinds: tuple[str, ...]) -> dict[str, Any]:
    """Return what PocketBase made, with the limits of v0.22 in place of those that it sets in silence."""
    limits = (("text", "max", 0, WHOLE), ("editor", "maxSize", 0, WHOLE), COST)
    for one in [one for item in made.values() if item["type"] in kinds for one in item["fields"]]:
        for kind, key, before, after in limits:
            if one["type"] == kind and one[key] == before and not one.get("primaryKey"):
                one[key] = after
    return made


def without_ids(collections: dict[str, Any]) -> dict[str, Any]:
    """Return comparable collections with their names for ids, for exports in which there are none."""
    for name, item in collections.items():
        for one in item["fields"]:
            one.pop("id")
        item["indexes"] = [index.replace(item["id"], name) for index in item["indexes"]]
        item["id"] = name
    return collections


@pytest.mark.parametrize("case", EXPORTS)
def test_an_upgraded_export_makes_what_pocketbase_makes_of_the_data_directory(
    judge: Judge, legacy_data: dict[str, tuple[Path, list[dict[str, Any]]]], case: str
) -> None:
    migrated = as_v022_allowed(comparable(judge.migrated(case)), ("base", "auth", "view"))
    upgraded, _ = upgrade(EXPORTS[case])
    imported = as_v022_allowed(comparable(judge.imported(upgraded)), ("view",))
    if EXPORTS[case] == bare():
        assert without_ids(imported) == without_ids(copy.deepcopy(migrated))
    else:
        assert imported == migrated
    if judge.server.version == OLDEST_VERSION:  # later versions go on to rewrite what they migrated
        exported, _ = upgrade(legacy_data[case][1])
        assert_same_properties(exported, migrated)


def assert_same_properties(upgraded: list[Collection], migrated: dict[str, Any]) -> None:
    """Compare with what is stored after the migration, so that no default of the import hides a difference."""
    assert {item["name"] for item in upgraded} == set(migrated)
    for ours in upgraded:
        theirs = migrated[ours["name"]]
        if ours["type"] == "auth":
            assert set(theirs) - set(ours) == {"mfa", "otp", "authAlert"}
            ours["oauth2"] = {**theirs["oauth2"], **ours["oauth2"]}
        elif ours["type"] == "view":
            assert set(theirs) - set(ours) == {"createRule", "updateRule", "deleteRule", "fields", "indexes"}
        for key in set(ours) - {"fields", "indexes"}:
            assert ours.get(key) == theirs[key], (ours["name"], key)
        if ours["type"] != "view":
            assert ours["indexes"] == theirs["indexes"]
            assert len(ours["fields"]) == len(theirs["fields"])
        for mine, other in zip(ours.get("fields", []), theirs["fields"]):
            assert {**other, **mine} == other
            assert not any(other[key] for key in set(other) - set(mine)), other


def test_old_exports_are_legacy_and_newer_ones_are_not() -> None:
    assert [path.stem for path in schema_files("v022") if not is_legacy(json.loads(path.read_text("utf-8")))] == []
    assert [path.stem for path in schema_files("v023") if is_legacy(json.loads(path.read_text("utf-8")))] == []


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"name": "a", "schema": []}, True),
        ({"name": "a", "options": {"query": "select 1"}}, True),
        ([{"name": "a", "fields": []}, {"name": "b", "schema": []}], True),
        ({"collections": [{"name": "a", "fields": [{"name": "x", "type": "text", "options": {}}]}]}, True),
        ({"collections": [{"name": "a", "fields": [{"name": "x", "type": "text"}]}]}, False),
        ({"name": "options", "fields": []}, False),
        ([], False),
        ([None, "schema"], False),
        ("schema", False),
        (None, False),
    ],
)
def test_legacy_shapes_are_recognised(document: Any, expected: bool) -> None:
    assert is_legacy(document) is expected


@pytest.mark.parametrize(
    ("export", "message"),
    [
        ({"name": "a"}, "list of collections"),
        (["a"], r"collections\[0\] is not an object"),
        ([collection("a"), {"schema": []}], r"collections\[1\] has no name"),
        ([{"name": "a", "fields": []}], 'Collection "a" has a `fields` key'),
        ([{"name": "a", "type": "auth"}], 'Collection "a" has neither `schema` nor `options`'),
        ([collection("a", [], "table")], "Collection \"a\" has the type 'table'"),
        ([collection("a", indexes="x")], "Collection \"a\": indexes is 'x', not a list"),
        ([collection("a", listRule=True)], 'Collection "a": listRule is True, not a rule'),
        ([collection("a", options=[])], 'Collection "a": options is \\[\\], not an object'),
        ([collection("a", schema={"x": 1})], 'Collection "a": schema is .*, not a list'),
        ([collection("a", id=5)], 'Collection "a": id is 5, not a text'),
        ([collection("a", [{"type": "text"}])], 'Collection "a" has a field without a name'),
        ([collection("a", [{"name": "b", "type": "user"}])], "a field \"b\" of type 'user'"),
        ([collection("a", [{"name": "b"}])], 'a field "b" of type None'),
        ([collection("a", [field("b", min="2")])], 'Collection "a", field "b": min is \'2\', not a whole number'),
        ([collection("a", [field("b", "number", max=True)])], 'field "b": max is True, not a number'),
        ([auth("a", onlyVerified="yes")], "Collection \"a\": onlyVerified is 'yes', not true or false"),
        ([view("a", ["select"])], 'Collection "a": query is .*, not a text'),  # type: ignore[arg-type]
    ],
)
def test_what_is_no_export_is_refused_with_its_place(export: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        upgrade(export)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.data())
@settings(max_examples=300)
def test_an_export_with_one_wrong_value_is_upgraded_or_refused(data: st.DataObject) -> None:
    export = copy.deepcopy(data.draw(st.sampled_from([export for export in EXPORTS.values() if len(export) < 9])))
    owner: Any = data.draw(st.sampled_from(export))
    for _ in range(data.draw(st.integers(0, 3))):
        inner = [value for value in (owner.values() if isinstance(owner, dict) else owner) if value]
        inner = [value for value in inner if isinstance(value, (dict, list))]
        owner = data.draw(st.sampled_from(inner)) if inner else owner
    key = data.draw(st.sampled_from(sorted(owner) if isinstance(owner, dict) else range(len(owner))))
    owner[key] = data.draw(JUNK)
    try:
        upgraded, notes = upgrade(export)
    except ValueError:
        return
    assert len(upgraded) == len(export)
    assert all(isinstance(note, str) for note in notes)


@pytest.mark.parametrize(
    ("export", "note"),
    [
        ([auth("a")], "providers were app settings"),
        ([auth("a")], "keeps `username`"),
        ([auth("a")], "Token lifetimes and e-mail templates"),
        ([auth("a", minPasswordLength=5)], "passwords of 5 characters"),
        ([auth("a", minPasswordLength=72)], "v0.23+ allows 71 at most"),
        ([auth("a", manageRule="@request.data.x = 1")], "became @request.body in manageRule"),
        ([collection("a", createRule="@request.data.x = 1", listRule="")], "became @request.body in createRule"),
        ([collection("a", [field("b", top={"unique": True})])], "has `unique: true` on b"),
        ([view("a", "SELECT id, passwordHash FROM users")], "uses passwordHash in its query"),
        ([{**auth("a"), "indexes": ["CREATE INDEX i ON a (`lastResetSentAt`)"]}], "uses lastResetSentAt"),
    ],
)
def test_notes_say_what_a_person_must_look_at(export: list[dict[str, Any]], note: str) -> None:
    assert note in "\n".join(upgrade(export)[1])


def test_nothing_is_noted_where_nothing_has_to_be_looked_at() -> None:
    assert upgrade([collection("a", [field("b", max=9)], listRule="b != ''"), view("v", "SELECT id FROM a")])[1] == []


def test_passwords_are_not_asked_to_be_longer_than_the_server_allows() -> None:
    [upgraded], _ = upgrade([auth("a", minPasswordLength=72)])
    assert next(one for one in upgraded["fields"] if one["name"] == "password")["min"] == 71


def test_json_fields_from_before_their_limit_get_the_limit_of_that_time() -> None:
    [upgraded], _ = upgrade([collection("a", [field("b", "json", maxSize=None)])])
    assert upgraded["fields"][1]["maxSize"] == 2000000


def test_the_export_stays_as_it_was() -> None:
    export = handmade()["views"] + handmade()["limits"]
    before = copy.deepcopy(export)
    upgraded: list[Any] = upgrade(export)[0]
    upgraded[1]["indexes"].append("x")
    upgraded[-1]["fields"][-3]["onlyDomains"] = "x"
    assert export == before
    assert upgrade(export)[0] != upgraded


def test_what_had_no_limit_keeps_none_and_is_said() -> None:
    old = [collection("a", [field("b"), field("c", max=9), field("d", "editor")]), auth("u")]
    (upgraded, users), notes = upgrade(old)
    limits = {one["name"]: one.get("max") or one.get("maxSize") for one in upgraded["fields"]}
    assert (limits["b"], limits["c"], limits["d"]) == (WHOLE, 9, WHOLE)
    assert next(one for one in users["fields"] if one["name"] == "password")["cost"] == 12
    for said in ("no longest text in b, where", "no limit in d, where", '"u" keeps the bcrypt cost 12'):
        assert said in " ".join(notes)


def test_a_limit_that_is_too_large_is_lowered_and_told() -> None:
    [upgraded], notes = upgrade([collection("a", [field("b", max=2**60)])])
    assert next(one for one in upgraded["fields"] if one["name"] == "b")["max"] == 2**53 - 1
    assert str(2**60) in " ".join(notes)


def test_a_collection_in_both_formats_is_upgraded_as_its_refusal_corrects_it(pb: Runner, tmp_path: Path) -> None:
    options = {"allowEmailAuth": True, "onlyVerified": True, "minPasswordLength": 9, "requireEmail": True}
    mixed = {"name": "both", "type": "auth", "fields": [{"name": "n", "type": "number"}], "options": options}
    new = {"name": "plain", "type": "base", "fields": [{"name": "n", "type": "number"}]}
    (tmp_path / "old.json").write_text(json.dumps([mixed, new]), "utf-8")
    refused = pb("pb_collections.py", "create", json.dumps(mixed))
    corrected = json.loads(refused.hint.partition("Corrected: ")[2])
    made = pb.ok("pb_collections.py", "upgrade", "--file", "old.json")["collections"]
    assert made == [corrected, new]
    assert pb("pb_collections.py", "create", json.dumps(corrected)).code == 0
    saved = pb.ok("pb_collections.py", "get", "both")
    assert (saved["authRule"], saved["passwordAuth"]["identityFields"]) == ("verified=true", ["email"])
