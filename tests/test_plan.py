"""The plan: what an import would change, nothing after it, in time proportional to the size."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import servers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pb_schema.plan import collection_changes, plan
from pb_schema.resolve import SchemaError, ordered_views, resolve
from pb_schema.upgrade import is_legacy, upgrade

SCHEMAS = Path(__file__).parent / "data" / "schemas"
FILES = sorted(SCHEMAS.rglob("*.json"))


def text(name: str, **properties: Any) -> dict[str, Any]:
    return {
        "id": f"text_{name}",
        "name": name,
        "type": "text",
        "system": False,
        "required": False,
        "max": 0,
        **properties,
    }


def live_collection(name: str, *fields: dict[str, Any], **properties: Any) -> dict[str, Any]:
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
def test_one_change_is_one_line(wanted: dict[str, Any], expected: list[tuple[Any, ...]]) -> None:
    changes = plan(resolve([wanted], LIVE), LIVE)
    assert [(c["action"], c.get("property"), c.get("from"), c.get("to")) for c in changes] == expected


def test_what_delete_missing_drops_comes_last_and_may_be_a_rename() -> None:
    live = [live_collection("gone"), *LIVE]
    wanted = [{"name": "posts", "fields": [{"name": "headline", "type": "text"}, {"name": "title", "type": "text"}]}]
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


def test_two_names_that_differ_only_in_case() -> None:
    with pytest.raises(SchemaError, match="'Posts'"):
        resolve([{"name": "posts"}, {"name": "Posts"}], [])


def test_views_in_a_circle() -> None:
    views = [
        {"name": "a", "type": "view", "viewQuery": "SELECT id FROM b"},
        {"name": "b", "type": "view", "viewQuery": "SELECT id FROM a"},
    ]
    with pytest.raises(SchemaError, match="a, b"):
        ordered_views(views)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_real_schemas_import_and_leave_nothing_to_do(path: Path, version: str) -> None:
    """A third of the files a version, another third for another version: each is slow enough to start a server."""
    if (FILES.index(path) + servers.versions().index(version)) % 3 and len(servers.versions()) > 1:
        pytest.skip("shared out among the versions")
    document = json.loads(path.read_text("utf-8"))
    wanted = document if isinstance(document, list) else document["collections"]
    if is_legacy(wanted):
        wanted, _ = upgrade(wanted)
    with servers.Server(version) as server:
        import_and_expect_no_more(server, wanted)


def import_and_expect_no_more(server: servers.Server, wanted: list[dict[str, Any]]) -> None:
    live = server.collections()
    desired = resolve(wanted, live)
    assert plan(desired, live) != []
    body = {"collections": ordered_views(desired), "deleteMissing": False}
    status, answer = server.request("PUT", "/api/collections/import", body)
    assert status == 204, answer
    live = server.collections()
    assert plan(resolve(wanted, live), live) == []


COUNT = st.integers(0, 50)
FLAGS = st.fixed_dictionaries({}, optional={key: st.booleans() for key in ("required", "hidden", "presentable")})
DATES = st.sampled_from(["", "2024-01-01", "2024-01-01 10:00:00.000Z", "2030-12-31 00:00:00.000Z"])
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
}


@st.composite
def schemas(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Collections with every field type, self and circular relations, views on each other, indexes and rules."""
    names = [f"c{number}" for number in range(draw(st.integers(1, 3)))]
    collections = [draw(collection_named(name, names)) for name in names]
    rule = draw(st.sampled_from([None, "", "id != ''"]))
    views = [
        {"name": "v2", "type": "view", "viewQuery": "SELECT id, f0 FROM v1", "listRule": rule},
        {"name": "v1", "type": "view", "viewQuery": f"SELECT id, f0 FROM {names[0]}"},
    ]
    return draw(st.permutations([*collections, *(views if draw(st.booleans()) else [])]))


@st.composite
def collection_named(draw: st.DrawFn, name: str, targets: list[str]) -> dict[str, Any]:
    fields = []
    for number, kind in enumerate(draw(st.lists(st.sampled_from(sorted(OPTIONS)), min_size=1, max_size=6))):
        field = {
            "name": f"f{number}",
            "type": kind,
            **draw(FLAGS),
            **draw(st.fixed_dictionaries({}, optional=OPTIONS[kind])),
        }
        if kind == "relation":
            field["collectionId"] = draw(st.sampled_from([*targets, "users"]))
        if kind == "select":
            field["values"] = draw(st.sampled_from([["a", "b"], ["x", "y", "z"]]))
        if kind == "autodate":
            field["onCreate"] = True
        if field.get("hidden"):
            field["presentable"] = False
        fields.append(field)
    kind = draw(st.sampled_from(["base", "base", "auth"]))
    rules = draw(
        st.fixed_dictionaries(
            {}, optional={key: st.sampled_from([None, "", "f0 != ''"]) for key in ("listRule", "createRule")}
        )
    )
    indexes = [f"CREATE INDEX `idx_{name}` ON `{name}` (`f0`)"] if draw(st.booleans()) else []
    options = {"authToken": {"duration": draw(st.integers(100, 200))}} if kind == "auth" else {}
    return {"name": name, "type": kind, "fields": fields, "indexes": indexes, **rules, **options}


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(wanted=schemas())
def test_any_schema_imports_and_leaves_nothing_to_do(version: str, wanted: list[dict[str, Any]]) -> None:
    with servers.Server(version) as server:
        import_and_expect_no_more(server, wanted)


def test_planning_looks_at_each_collection_once() -> None:
    """The work is counted, not timed: ten times the collections, ten times the reads."""

    class Counting(dict):  # type: ignore[type-arg]
        reads = 0

        def __getitem__(self, key: str) -> Any:
            Counting.reads += 1
            return super().__getitem__(key)

    counts = []
    for size in (50, 500):
        live = [Counting(live_collection(f"c{number}", text("a"), text("b"))) for number in range(size)]
        wanted = [{"name": f"c{number}", "fields": [{"name": "a", "type": "text"}]} for number in range(size)]
        desired = resolve(wanted, live)
        Counting.reads = 0
        plan(desired, live, delete_missing=True)
        counts.append(Counting.reads)
    assert counts[1] <= counts[0] * 10
