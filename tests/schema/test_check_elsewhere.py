"""What a change would break in collections that it does not name is said before, or else right after it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from test_check import TEXT, base, errors_of, imported, restore

import servers
from _pb.languages.views import columns, uses
from _pb.schema.check import check, check_deletion
from _pb.schema.names import collection_id, field_id
from conftest import Runner, credentials

Json = Any  # a document as a test writes it, right or wrong


@pytest.fixture(scope="module")
def standing(version: str) -> Any:
    """A server for the tests of this file; each puts back what it found."""
    with servers.Server(version) as server:
        yield server


@pytest.fixture
def runner(standing: servers.Server, tmp_path: Path, home: Path) -> Runner:
    return Runner(tmp_path, home, credentials(standing.url))


def test_rules_that_another_collection_needs_are_found_in_any_case_and_along_relations(
    standing: servers.Server,
) -> None:
    before = standing.collections()
    wanted = [
        base("orgs", {"name": "t", "type": "text"}),
        base("places"),
        base("projects", {"name": "org", "type": "relation", "collectionId": collection_id("base", "orgs")}),
        base("tasks", {"name": "of", "type": "relation", "collectionId": collection_id("base", "projects")}),
    ]
    assert imported(standing, wanted) == 204
    patch = {"listRule": 'of.org.t = "x" && @collection.ORGS.t ?= "x"'}
    assert standing.request("PATCH", "/api/collections/tasks", patch)[0] == 200
    live = standing.collections()
    led_away = base("projects", {"name": "org", "type": "relation", "collectionId": "places"})
    assert [(error.kind, error.place) for error in errors_of(led_away, live)] == [("breaks-rule", "tasks.listRule")]
    renamed = {"name": "clubs", "id": collection_id("base", "orgs")}
    assert [(error.kind, error.place) for error in errors_of(renamed, live)] == [("breaks-rule", "tasks.listRule")]
    orgs, places = (next(item for item in live if item["name"] == name) for name in ("orgs", "places"))
    assert [error.place for error in check_deletion(orgs, live)] == ["projects.org", "tasks.listRule"]
    assert check_deletion(places, live) == []
    restore(standing, before)


VIEWS = [
    base("stock", {"name": "name", "type": "text"}, {"name": "size", "type": "number"}),
    {"name": "shelf", "type": "view", "viewQuery": "SELECT s.id, s.name AS size FROM stock s"},
]


@pytest.mark.parametrize(
    ("fields", "kinds", "taken"),
    [
        ([{"name": "size", "type": "number"}], ["view-in-use"], False),
        ([{"name": "size", "type": "number"}, {"name": "name", "type": "editor"}], ["view-in-use"], False),
        ([{"name": "name", "type": "text"}], [], True),
    ],
)
def test_a_dropped_field_that_a_view_reads(
    standing: servers.Server, fields: list[Json], kinds: list[str], taken: bool
) -> None:
    before = standing.collections()
    assert imported(standing, VIEWS) == 204
    patch = {"name": "stock", "fields": fields}
    assert [error.kind for error in errors_of(patch, standing.collections(), replace_fields=True)] == kinds
    assert (standing.request("PATCH", "/api/collections/stock", patch)[0] == 200) is taken
    restore(standing, before)


def test_a_renamed_field_that_a_view_reads(standing: servers.Server) -> None:
    before = standing.collections()
    assert imported(standing, VIEWS) == 204
    renamed = base("stock", {"name": "title", "type": "text", "id": field_id("text", "name")})
    live = standing.collections()
    errors, warnings = check([renamed], live)
    assert ([error.kind for error in errors], warnings) == (["stale-view"], [])
    adapted: Json = {**VIEWS[1], "viewQuery": "SELECT s.id, s.title AS size FROM stock s"}
    assert check([renamed, adapted], live) == ([], [])
    assert imported(standing, [renamed]) == 204
    shelf = next(item for item in standing.collections() if item["name"] == "shelf")
    assert standing.request("PATCH", "/api/collections/shelf", {"viewQuery": shelf["viewQuery"] + " "})[0] == 400
    assert imported(standing, [adapted]) == 204
    restore(standing, before)


@pytest.mark.parametrize("names", [("price", "name"), ("was", "price")], ids=["swapped", "given away"])
def test_a_name_that_passes_to_another_field_under_a_view(standing: servers.Server, names: tuple[str, str]) -> None:
    before = standing.collections()
    assert imported(standing, [base("rows", *({"name": name, "type": "text"} for name in ("name", "price")))]) == 204
    view = {"name": "seen", "type": "view", "viewQuery": "SELECT id, name, price FROM rows"}
    assert imported(standing, [view]) == 204
    fields = [{"id": field_id("text", old), "name": new, "type": "text"} for old, new in zip(("name", "price"), names)]
    fields += [{"id": "another", "name": "name", "type": "text"}] if "name" not in names else []
    live = standing.collections()
    changed = base("rows", *fields)
    assert check([changed], live) == ([], [])
    assert imported(standing, [changed]) == 204
    assert standing.request("GET", "/api/collections/seen/records")[0] == 200
    restore(standing, before)


@pytest.mark.parametrize(
    ("query", "used"),
    [
        ("SELECT id, name FROM stock", True),
        ("SELECT id FROM stock WHERE `name` != 'x'", True),
        ("SELECT id, UPPER(stock.name) n FROM stock", True),
        ("SELECT o.id FROM other o JOIN stock AS s ON s.name = o.id", True),
        ("SELECT id, size AS name FROM stock", False),
        ("SELECT id, 'name' x FROM stock -- name", False),
        ("SELECT o.id, o.name FROM other o, stock s WHERE s.id = o.id", False),
        ("SELECT id, name FROM other", False),
        ("SELECT id, surname, name_of, name(1) FROM stock", False),
    ],
)
def test_which_columns_a_query_uses(query: str, used: bool) -> None:
    assert uses(query, "Stock", "name", {"other": {"id", "name"}}) is used


def view(name: str, query: str, **more: Any) -> Json:
    return {"name": name, "type": "view", "viewQuery": query, **more}


LAYERS = [
    base("goods", {"name": "title", "type": "text"}, {"name": "price", "type": "number"}),
    view("cheap", "SELECT id, title, price AS cost FROM goods", listRule="cost < 5"),
    view("titles", "SELECT id, title FROM cheap"),
    base("buyers", TEXT, listRule="@collection.CHEAP.cost ?= 1"),
]
SHORTER = "SELECT id, title FROM goods"


@pytest.fixture
def layers(standing: servers.Server) -> Any:
    """The server with collections and views that build on each other."""
    before = standing.collections()
    assert imported(standing, LAYERS) == 204
    yield standing
    restore(standing, before)


def found(wanted: list[Json], live: list[Json]) -> list[tuple[str, str]]:
    return [(error.kind, error.place) for error in check(wanted, live)[0]]


def test_a_view_that_loses_a_column_is_told_where_rules_and_views_need_it(layers: servers.Server) -> None:
    live = layers.collections()
    assert found([view("cheap", SHORTER)], live) == [("bad-rule", "cheap.listRule"), ("breaks-rule", "buyers.listRule")]
    untitled = view("cheap", "SELECT id, price AS cost FROM goods")
    assert found([untitled], live) == [("stale-view", "cheap.title")]
    assert found([untitled, view("titles", "SELECT id, cost AS title FROM cheap")], live) == []
    assert found([view("cheap", SHORTER, listRule=""), base("buyers", listRule="")], live) == []
    # PocketBase takes both, and the lists answer 400.
    assert imported(layers, [untitled]) == 204
    assert layers.request("GET", "/api/collections/titles/records")[0] == 400
    assert imported(layers, [view("cheap", SHORTER, listRule="")]) == 204
    assert layers.request("GET", "/api/collections/buyers/records", authed=False)[0] == 400


def test_a_collection_that_is_renamed_under_a_view(layers: servers.Server) -> None:
    live = layers.collections()
    renamed = {"id": collection_id("base", "goods"), "name": "wares", "type": "base"}
    assert found([renamed], live) == [("stale-view", "goods")]
    adapted = view("cheap", LAYERS[1]["viewQuery"].replace("goods", "wares"))
    assert found([renamed, adapted], live) == []
    # PocketBase takes it, and then deletes nothing any more.
    assert imported(layers, [renamed]) == 204
    assert imported(layers, [base("short_lived")]) == 204
    assert layers.request("DELETE", "/api/collections/short_lived")[0] == 400
    assert imported(layers, [adapted]) == 204
    assert layers.request("DELETE", "/api/collections/short_lived")[0] == 204


def test_a_collection_that_is_dropped_under_a_view(layers: servers.Server) -> None:
    live = layers.collections()
    left = [item for item in live if item["name"] != "goods"]
    assert ("stale-view", "goods") in [(error.kind, error.place) for error in check(left, live, delete_missing=True)[0]]


def test_a_relation_to_a_view(layers: servers.Server) -> None:
    relation = {"name": "of", "type": "relation"}
    wanted = base("buyers", {**relation, "collectionId": "cheap"})
    assert found([wanted], layers.collections()) == [("no-target", "buyers.of")]
    wanted = base("buyers", {**relation, "collectionId": collection_id("view", "cheap")})
    assert found([wanted], layers.collections()) == [("no-target", "buyers.of")]
    assert imported(layers, [wanted]) == 400


def test_a_circle_of_views_through_a_live_one(layers: servers.Server, runner: Runner) -> None:
    before = layers.collections()
    wanted = json.dumps([view("cheap", "SELECT t.id, t.title FROM titles t")])
    for verb in ("plan", "import"):
        result = runner("pb_collections.py", verb, "--file", "-", stdin=wanted.encode())
        assert result.code == 2
        assert "cheap reads titles reads cheap" in result.message
    assert layers.collections() == before


@pytest.mark.parametrize("options", [(), ("--no-check",)])
def test_a_broken_rule_that_could_not_be_told_before_is_warned_of(
    layers: servers.Server, runner: Runner, options: tuple[str, ...]
) -> None:
    # The server calls the last column column3.
    query = SHORTER if options else "SELECT id, title, true FROM goods"
    wanted = json.dumps([view("cheap", query, listRule="")])
    result = runner("pb_collections.py", "import", "--file", "-", *options, stdin=wanted.encode())
    assert result.code == 0
    (warning,) = result.document["warnings"]
    assert warning.startswith("buyers.listRule: The change breaks this rule of another collection: ")
    assert "set-rule buyers list" in warning


def test_a_deletion_knows_who_needs_the_collection(layers: servers.Server, runner: Runner) -> None:
    relation = {"name": "wants", "type": "relation", "collectionId": collection_id("base", "goods")}
    rule = "goods_via_of.id != '' || @collection.goods.id ?= ''"
    of_buyers = {"name": "of", "type": "relation", "collectionId": collection_id("base", "buyers")}
    assert imported(layers, [base("buyers", TEXT, relation), base("goods", of_buyers)]) == 204
    assert layers.request("PATCH", "/api/collections/buyers", {"viewRule": rule})[0] == 200
    for options in (["--dry-run"], []):
        result = runner("pb_collections.py", "delete", "Goods", *options)
        assert result.code == 2
        places = [(error["place"], error["fix"]) for error in result.data["errors"]]
        assert places[:2] == [("buyers.wants", "First: drop-field buyers wants"), ("cheap", "First: delete cheap")]
        assert [place for place, _ in places[2:]] == ["buyers.viewRule"]
    assert layers.request("DELETE", "/api/collections/goods")[0] == 400
    titles = runner("pb_collections.py", "delete", "cheap", "--dry-run")
    assert [error["place"] for error in titles.data["errors"]] == ["titles", "buyers.listRule"]
    system = runner("pb_collections.py", "delete", "_mfas", "--dry-run")
    assert (system.code, "of the system" in system.message) == (2, True)
    assert runner.ok("pb_collections.py", "delete", "titles", "--dry-run")["collection"] == "titles"


@pytest.mark.parametrize(
    "query",
    [
        "SELECT g.id AS id, g.title x, count(*) total FROM goods g GROUP BY g.id",
        "SELECT id, title||price AS `both`, (SELECT 1) n FROM goods",
        "WITH c(id, made) AS (SELECT id, title FROM goods) SELECT id, made FROM c",
        "SELECT id, (CASE WHEN price THEN ',' ELSE 1 END) AS d, CAST(price AS int) e FROM goods",
        "SELECT id, title /* a, b */, price -- don't, stop\n, 'FROM (' AS z FROM goods",
        "select id, TITLE, (price) from goods",
        "SELECT id, main.goods.title, goods.[price] FROM goods",
        'SELECT DISTINCT id, goods.title AS\n"said" FROM goods',
        "SELECT id, ' , ' AS commas, (price+1)x, null AS nought FROM goods;",
        "SELECT (ROW_NUMBER() OVER (ORDER BY title)) AS id, title FROM goods",
    ],
)
def test_the_columns_of_a_query_are_those_that_the_server_makes(layers: servers.Server, query: str) -> None:
    status, made = layers.request("PATCH", "/api/collections/titles", {"viewQuery": query})
    assert status == 200, made
    assert columns(query) == [field["name"] for field in made["fields"]]


@pytest.mark.parametrize("query", ["", "SELECT id, true FROM goods", "SELECT id, 5 FROM goods", "VALUES(1)"])
def test_columns_that_cannot_be_told(query: str) -> None:
    assert columns(query) is None
