"""The plan: what an import would change, nothing after it, in time proportional to the size."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import servers
from _pb.schema.check import check
from _pb.schema.dates import stored
from _pb.schema.names import names_by_id
from _pb.schema.plan import collection_changes, plan
from _pb.schema.resolve import SchemaError, ordered_views, resolve
from _pb.schema.upgrade import is_legacy, upgrade
from pb_common.schema_types import Collection, Field

SCHEMAS = Path(__file__).parents[1] / "data" / "schemas"
FILES = sorted(SCHEMAS.rglob("*.json"))


def text(name: str, **properties: Any) -> Any:
    return {
        "id": f"text_{name}",
        "name": name,
        "type": "text",
        "system": False,
        "required": False,
        "max": 0,
        **properties,
    }


def live_collection(name: str, *fields: Field, **properties: Any) -> Any:
    base = {"id": f"id_{name}", "name": name, "type": "base", "system": False, "indexes": [], "listRule": None}
    return {**base, "fields": list(fields), **properties}


LIVE = [live_collection("posts", text("title"), text("body", required=True))]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"name": "posts"}, []),
        ({"name": "posts", "listRule": ""}, [("change", "listRule", None, "")]),
        ({"name": "articles", "id": "id_posts"}, [("rename", None, None, "articles")]),
        ({"name": "posts", "fields": [{"name": "title", "type": "text"}]}, []),
        ({"name": "posts", "fields": [{"name": "title", "type": "text", "max": 9}]}, [("change", "max", 0, 9)]),
        ({"name": "posts", "fields": [{"name": "body", "type": "text"}]}, [("change", "required", True, None)]),
        ({"name": "posts", "fields": [{"name": "tag", "type": "text"}]}, [("add", None, None, None)]),
        (
            {"name": "posts", "fields": [{"id": "text_title", "name": "t", "type": "text"}]},
            [("rename", None, None, "t")],
        ),
        ({"name": "posts", "fields": [{"name": "title", "type": "number"}]}, [("retype", None, "text", "number")]),
        ({"name": "posts", "indexes": ["CREATE INDEX a ON posts (title)"]}, [("add-index", None, None, None)]),
        ({"name": "new", "type": "base", "fields": []}, [("create", None, None, None)]),
    ],
)
def test_one_change_is_one_line(wanted: Collection, expected: list[tuple[Any, ...]]) -> None:
    changes = plan(resolve([wanted], LIVE), LIVE)
    assert [(c["action"], c.get("property"), c.get("from"), c.get("to")) for c in changes] == expected


def test_what_delete_missing_drops_comes_last_and_may_be_a_rename() -> None:
    live = [live_collection("gone"), *LIVE]
    wanted: list[Collection] = [
        {"name": "posts", "fields": [{"name": "headline", "type": "text"}, {"name": "title", "type": "text"}]}
    ]
    assert plan(resolve(wanted, live), live, delete_missing=True) == [
        {"action": "add", "collection": "posts", "field": "headline", "type": "text"},
        {
            **{"action": "drop", "collection": "posts", "field": "body", "type": "text"},
            "possibleRename": {"to": "headline", "id": "text_body"},
        },
        {"action": "drop", "collection": "gone"},
    ]


def test_a_full_field_list_drops_a_changed_type() -> None:
    wanted = resolve([{"name": "posts", "fields": [text("body"), {"name": "title", "type": "bool"}]}], LIVE)[0]
    changes = collection_changes(wanted, LIVE[0], replace_fields=True)
    assert [(c["action"], c["field"]) for c in changes] == [("change", "body"), ("add", "title"), ("drop", "title")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CREATE INDEX a ON posts (title)", "create  index `a` on `posts` (`title`);"),
        ("CREATE UNIQUE INDEX a ON t (x, y)", "CREATE UNIQUE INDEX IF NOT EXISTS `a` ON `posts` (\n `x`,\n `y`)"),
        ("CREATE INDEX a ON t (x) WHERE x != 'A  b'", "CREATE INDEX a ON t (`x`) WHERE `x`!='A  b'"),
    ],
)
def test_an_index_is_known_in_any_spelling(one: str, other: str) -> None:
    live = [live_collection("posts", indexes=[one])]
    assert plan(resolve([{"name": "posts", "indexes": [other]}], live), live) == []
    different = other.replace("x", "z").replace("title", "other")
    assert plan(resolve([{"name": "posts", "indexes": [different]}], live), live) != []


@pytest.mark.parametrize(
    "date",
    [
        *("2025-01-01", "2025-01-01 10:00:00Z", "2025-01-01T10:00:00Z", "2025-01-01 10:00:00", "0999-01-01"),
        *("2025-01-01T10:00:00+02:00", "2025-01-01 23:00:00 -0130", "2025-01-01T10:00:00.5+0200"),
        *("2025-01-01 10:00:00.1239Z", "9999-12-31 23:59:59,9Z", "2025-02-30", "2025-01-01 10:00", "nonsense", ""),
        *("2025-01-01T10:00:00 +02:00", "2025-01-01Z", "2025-01-01 24:00:00Z", "2025-01-01t10:00:00z"),
    ],
)
def test_a_date_is_known_in_each_way_in_which_pocketbase_takes_it(server: servers.Server, date: str) -> None:
    wanted: Collection = {"name": "dated", "type": "base", "fields": [{"name": "d", "type": "date", "max": date}]}
    status, saved = server.request("POST", "/api/collections", wanted)
    live = server.collections()
    server.request("DELETE", "/api/collections/dated")
    assert status == 200
    assert stored(date) == saved["fields"][-1]["max"]
    assert plan(resolve([wanted], live), live) == []
    ignored = date and not stored(date)
    assert [error.kind for error in check([wanted], [])[0]] == (["wrong-value"] if ignored else [])


def test_two_names_that_differ_only_in_case() -> None:
    with pytest.raises(SchemaError, match="'Posts'"):
        resolve([{"name": "posts"}, {"name": "Posts"}], [])


def test_views_in_a_circle() -> None:
    views: list[Collection] = [
        {"name": "a", "type": "view", "viewQuery": "SELECT id FROM b"},
        {"name": "b", "type": "view", "viewQuery": "SELECT c.id FROM c JOIN a ON a.id = c.id"},
        {"name": "aa", "type": "view", "viewQuery": "SELECT id FROM b"},
    ]
    with pytest.raises(SchemaError, match=r": a reads b reads a\.$"):
        ordered_views(views)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_real_schemas_import_and_leave_nothing_to_do(path: Path, version: str) -> None:
    """All files on the default and the oldest version, a third on each between: each file needs a server of its own."""
    between = version not in (servers.DEFAULT_VERSION, servers.OLDEST_VERSION)
    if between and (FILES.index(path) + servers.versions().index(version)) % 3:
        pytest.skip("shared out among the versions")
    with servers.Server(version) as server:
        import_and_expect_no_more(server, collections_of(path))


def collections_of(path: Path) -> list[Collection]:
    """Return the collections of a file, upgraded if they are in the v0.22 format."""
    document = json.loads(path.read_text("utf-8"))
    wanted: list[Collection] = document if isinstance(document, list) else document["collections"]
    return upgrade(wanted)[0] if is_legacy(wanted) else wanted


@pytest.fixture(scope="module")
def other_users() -> Iterator[tuple[servers.Server, list[Collection]]]:
    """A server whose `users` have another id than anywhere else, and its collections."""
    with servers.Server() as server:
        server.request("DELETE", "/api/collections/users")
        server.request("POST", "/api/collections", {"name": "users", "type": "auth"})
        yield server, server.collections()


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_real_schemas_without_ids_in_any_order(
    other_users: tuple[servers.Server, list[Collection]], path: Path
) -> None:
    """Relations then name their targets, views come first, and `users` is there under another id than the file's."""
    wanted = copy.deepcopy(collections_of(path))
    names = names_by_id(wanted)
    for collection in wanted:
        collection.pop("id", None)
        for field in collection.get("fields", []):
            if collection["type"] != "view":
                field.pop("id", None)
            if field["type"] == "relation":
                field["collectionId"] = names.get(field["collectionId"], "users")
    wanted.sort(key=lambda collection: collection["type"], reverse=True)
    server, pristine = other_users
    import_and_expect_no_more(server, wanted)
    body = {"collections": pristine, "deleteMissing": True}
    assert server.request("PUT", "/api/collections/import", body)[0] == 204


def import_and_expect_no_more(server: servers.Server, wanted: list[Collection], delete_missing: bool = False) -> None:
    """Import a schema: what happens is what was planned, and then there is nothing left to do."""
    before = server.collections()
    desired = resolve(wanted, before)
    planned = plan(desired, before, delete_missing)
    body = {"collections": ordered_views(desired), "deleteMissing": delete_missing}
    status, answer = server.request("PUT", "/api/collections/import", body)
    assert status == 204, answer
    after = server.collections()
    assert places(planned) == places(plan(after, before, delete_missing))
    assert plan(resolve(wanted, after), after, delete_missing) == []


def places(changes: list[dict[str, Any]]) -> list[str]:
    """Return what is changed where, in an order of its own, without what the server calls the same otherwise."""
    said = ("action", "collection", "field", "property")
    found = [" ".join(str(change[key]) for key in said if key in change) for change in changes]
    return sorted(found)


COUNT = st.integers(0, 50)
FLAGS = st.fixed_dictionaries({}, optional={key: st.booleans() for key in ("required", "hidden", "presentable")})
DATES = st.sampled_from(["", "2024-01-01", "2024-01-01 10:00:00.000Z", "2030-12-31T00:00:00Z"])
OPTIONS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "text": {"min": COUNT, "max": st.integers(60, 90), "pattern": st.sampled_from(["", "^[a-z]+$"])},
    "number": {"min": st.sampled_from([None, 0, -1.5]), "max": st.sampled_from([None, 7]), "onlyInt": st.just(False)},
    "bool": {},
    "email": {"onlyDomains": st.sampled_from([None, [], ["example.com"]])},
    "url": {"exceptDomains": st.sampled_from([None, [], ["example.com"]])},
    "editor": {"maxSize": COUNT, "convertURLs": st.booleans()},
    "date": {"min": DATES},
    "autodate": {"onUpdate": st.booleans()},
    "json": {"maxSize": COUNT},
    "select": {"maxSelect": st.integers(0, 2)},
    "file": {
        "maxSelect": st.integers(0, 3),
        "mimeTypes": st.sampled_from([None, ["image/png"]]),
        "protected": st.booleans(),
    },
    "relation": {"maxSelect": st.integers(0, 3), "cascadeDelete": st.booleans()},
    "password": {"min": st.integers(8, 12), "cost": st.integers(4, 6)},
    "geoPoint": {},
}
# Shrinking an example takes minutes, because each try starts a server.
PHASES = (Phase.explicit, Phase.generate)
GEO_POINTS_SINCE = (0, 27)
PROVIDER = {"name": "google", "clientId": "a", "clientSecret": "b"}
AUTH_OPTIONS: dict[str, st.SearchStrategy[Any]] = {
    "authToken": st.fixed_dictionaries({"duration": st.integers(100, 200)}),
    "passwordAuth": st.fixed_dictionaries({"enabled": st.booleans(), "identityFields": st.just(["email"])}),
    "oauth2": st.sampled_from([{"enabled": True, "providers": [PROVIDER]}, {"enabled": False}]),
    "otp": st.fixed_dictionaries({"enabled": st.booleans(), "duration": st.integers(100, 200)}),
    "authRule": st.sampled_from([None, "", "verified = true"]),
    "manageRule": st.sampled_from([None, "id = ''"]),
}
# Fields that every auth collection has, each named or not, and with a part of its properties.
SYSTEM_FIELDS = st.tuples(
    *(
        st.lists(st.fixed_dictionaries({"name": st.just(name), "type": st.just(type)}, optional=options), max_size=1)
        for name, type, options in (
            ("email", "email", {"required": st.booleans(), **OPTIONS["email"]}),
            ("password", "password", OPTIONS["password"]),
            ("id", "text", {"min": st.integers(0, 15), "pattern": st.just("^[a-z0-9]+$")}),
        )
    )
).map(lambda parts: [field for part in parts for field in part])


@st.composite
def schemas(draw: st.DrawFn, kinds: dict[str, str], types: list[str]) -> list[Collection]:
    """Collections with every field type, self and circular relations, views on each other, indexes and rules.

    `kinds` are the types of the collections by name, `types` those of their fields.
    """
    names = list(kinds)
    collections = [draw(collection_named(name, kinds[name], names, types)) for name in names]
    rule = draw(st.sampled_from([None, "", "id != ''"]))
    views: list[Collection] = [
        {"name": "v2", "type": "view", "viewQuery": "SELECT id, f0 FROM v1", "listRule": rule},
        {"name": "v1", "type": "view", "viewQuery": f"SELECT id, f0 FROM {names[0]}"},
    ]
    return draw(st.permutations([*collections, *(views if draw(st.booleans()) else [])]))


@st.composite
def collection_named(draw: st.DrawFn, name: str, kind: str, targets: list[str], types: list[str]) -> Collection:
    fields = []
    for number, type in enumerate(draw(st.lists(st.sampled_from(types), min_size=1, max_size=6))):
        options = draw(st.fixed_dictionaries({}, optional=OPTIONS[type]))
        field = {"name": f"f{number}", "type": type, **draw(FLAGS), **options}
        if type == "relation":
            field["collectionId"] = draw(st.sampled_from([*targets, "users"]))
        if type == "select":
            field["values"] = draw(st.sampled_from([["a", "b"], ["x", "y", "z"]]))
        if type == "autodate":
            field["onCreate"] = True
        if field.get("hidden") or type == "password":
            field["presentable"] = False
        fields.append(field)
    rules = draw(
        st.fixed_dictionaries(
            {}, optional={key: st.sampled_from([None, "", "f0 != ''"]) for key in ("listRule", "createRule")}
        )
    )
    if kind == "auth":
        fields += draw(SYSTEM_FIELDS)
    unique = draw(st.sampled_from(["", "UNIQUE "]))
    indexes = [f"CREATE {unique}INDEX `idx_{name}` ON `{name}` (`f0`)"] if draw(st.booleans()) else []
    auth = draw(st.fixed_dictionaries({}, optional=AUTH_OPTIONS)) if kind == "auth" else {}
    made = {"name": name, "type": kind, "fields": fields, "indexes": indexes, **rules, **auth}
    return cast("Collection", made)


@settings(max_examples=10, suppress_health_check=list(HealthCheck), derandomize=True, phases=PHASES)
@given(data=st.data())
def test_any_schema_imports_and_leaves_nothing_to_do(version: str, data: st.DataObject) -> None:
    """And any other one after it, with what it no longer lists dropped, and a renamed field whose old name is new."""
    types = sorted(OPTIONS)
    if tuple(map(int, version.split("."))) < GEO_POINTS_SINCE:
        types.remove("geoPoint")
    names = [f"c{number}" for number in range(data.draw(st.integers(1, 3)))]
    kinds = {name: data.draw(st.sampled_from(["base", "base", "auth"])) for name in names}
    with servers.Server(version) as server:
        first = data.draw(schemas(kinds, types))
        import_and_expect_no_more(server, first)
        second = data.draw(schemas(kinds, types))
        # The server refuses to drop a field that a view reads.
        same = {collection["name"]: collection["fields"][0] for collection in first if "fields" in collection}
        second = [
            {**item, "fields": [same[item["name"]], *item["fields"][1:]]} if "fields" in item else item
            for item in second
        ]
        for field in (field for item in second for field in item.get("fields") or []):
            if field.get("collectionId") == "users":  # which is dropped with the rest
                field["collectionId"] = names[0]
        import_and_expect_no_more(server, second, delete_missing=True)
        for wanted in renamed_and_added_again(server.collections(), at_once=data.draw(st.booleans())):
            import_and_expect_no_more(server, wanted)


def renamed_and_added_again(live: list[Collection], at_once: bool) -> list[list[Collection]]:
    """Return schemas to import one after the other that rename the field `f1`, and add another `f1`."""
    old = {
        item["name"]: field
        for item in live
        for field in item["fields"]
        if item["type"] != "view" and field["name"] == "f1"
    }
    renamed: list[Any] = [{"name": name, "fields": [{**field, "name": "was_f1"}]} for name, field in old.items()]
    again: list[Any] = [
        {"name": name, "fields": [{key: value for key, value in field.items() if key != "id"}]}
        for name, field in old.items()
    ]
    if not old:
        return []
    if not at_once:
        return [renamed, again]
    return [
        [
            cast("Collection", {**one, "fields": [*other["fields"], *one["fields"]]})
            for one, other in zip(renamed, again)
        ]
    ]


def test_planning_looks_at_each_collection_once() -> None:
    """The work is counted, not timed: ten times the collections, ten times the reads."""

    class Counting(dict[str, Any]):
        reads = 0

        def __getitem__(self, key: str) -> Any:
            Counting.reads += 1
            return super().__getitem__(key)

    counts = []
    for size in (50, 500):
        fields = (text("a"), text("b"))
        live: list[Any] = [Counting(live_collection(f"c{n}", *fields)) for n in range(size)]
        wanted: list[Collection] = [
            {"name": f"c{number}", "fields": [{"name": "a", "type": "text"}]} for number in range(size)
        ]
        desired = resolve(wanted, live)
        Counting.reads = 0
        plan(desired, live, delete_missing=True)
        counts.append(Counting.reads)
    assert counts[1] <= counts[0] * 10
