"""What is read from rules: the same whatever words a rule is written in, as long as it means the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Callable

import pytest

import rewriting
import servers
from _pb.access import owning, roles, variants
from _pb.access.compare import as_data
from _pb.access.findings import find
from _pb.access.observe import observe
from _pb.access.readings import RULES, asked, rules_of, ways
from _pb.access.setting import populated
from _pb.languages.rules import Group, parse, tidy
from _pb.schema.leaks import schema_leaks
from _pb.server.throwaway import Throwaway
from _pb.testing.scaffold.situations import ruled_variants, usual_values
from _pb.testing.scaffold.strangers import meant_for_strangers
from access_judge.build import base, date, maybe, number, select, text, users
from access_judge.judge import CASES, leaky

# A schema, collection or field as the judge and the files have it.
Json = Any

CORPUS = sorted((Path(__file__).parents[1] / "data" / "schemas" / "v023").glob("*.json"))
JUDGED = CASES


def numbered(collections: list[Json]) -> list[Json]:
    """Return the judge's collections with their names as ids, which they use in relations."""
    usual = {"system": False, "indexes": [], "fields": []}
    found = [{"id": item["name"], **usual, **item} for item in collections]
    return [{**item, "fields": [{"name": "id", "type": "text", "system": True}, *item["fields"]]} for item in found]


def correct_schemas() -> Iterator[list[Json]]:
    """Yield the schemas of the corpus and the judge's correct ones."""
    for file in CORPUS:
        yield [item for item in json.loads(file.read_text("utf-8")) if not item.get("system")]
    yield from (numbered(case.collections) for case in JUDGED)


def way_shapes(rule: str) -> list[list[Any]]:
    """Return the ways of a rule, of each comparison what ties it to the user."""
    return [[(owning.tie_in(one), owning.asks_who(one)) for one in way] for way in ways(rule)]


def read_of_one(item: Json, plain: Json) -> Iterator[Any]:
    """Yield whatever is read from the rules of one collection."""
    yield owning.tied_fields(item), owning.tied_fields(item, stored=True), owning.is_owned(item)
    yield owning.claimable_fields(item), owning.kept_fields(item), owning.common_fields(item)
    yield owning.foreign_fields(item), roles.joined_collections(item), variants.demanded(item)
    rules, fields = rules_of(item), item["fields"]
    yield [variants.usual_date(field, rules) for field in fields if field["type"] == "date"]
    yield variants.variants(fields, asked(rules)), variants.asked_variants(fields, rules)
    yield variants.empty_secrets(fields, rules), asked(rules), usual_values(item), ruled_variants(item)
    for key in RULES:
        rule = item.get(key)
        yield owning.forbidden_fields(item, key), way_shapes(rule) if rule else rule
        yield [(owning.may_not_send(rule, one["name"]), owning.asks_of_request(rule, one["name"])) for one in fields]
        for guest in (True, False):
            given: Json = {"plain": plain, "filled": owning.filled_fields(item)}
            yield [meant_for_strangers(rule, guest=guest, creating=creating, **given) for creating in (True, False)]


def readings(collections: list[Json]) -> Json:
    """Return whatever is read from the rules of a schema, by collection."""
    plain = roles.plain_attributes(collections)
    found: Json = {item["name"]: list(read_of_one(item, plain)) for item in collections}
    for item in collections:
        name = item["name"]
        found[name] += [roles.is_list_of_people(name, *collections), roles.joined_roles(name, collections)]
        found[name] += [roles.leading_joins(name, collections)]
    found[""] = [roles.roles(collections), plain, owning.compared_keys(collections)]
    found[""] += [sorted((one.kind, one.place) for found in schema_leaks(collections) for one in found)]
    return found


@pytest.fixture(scope="module")
def originals() -> list[tuple[list[Json], Json]]:
    """Give each schema with what is read from its rules as they are written."""
    return [(schema, readings(schema)) for schema in correct_schemas()]


@pytest.mark.parametrize("rewrite", rewriting.REWRITINGS, ids=lambda one: str(one.__name__))
def test_what_is_read_from_rules_stays_the_same_in_other_words(
    originals: list[tuple[list[Json], Json]], rewrite: Callable[[str], str]
) -> None:
    for schema, before in originals:
        assert readings(rewriting.rewritten(schema, rewrite)) == before
    assert sum(len(rules_of(item)) for schema, _ in originals for item in schema) > 500


def test_what_is_read_from_leaky_rules_stays_the_same_in_other_words() -> None:
    for case in JUDGED:
        for leak in case.leaks:
            schema = [item for item in numbered(leaky(case, leak)) if item["name"] == leak.collection]
            assert readings(rewriting.rewritten(schema, rewriting.everything)) == readings(schema), leak.name


@pytest.mark.parametrize("name", ["owner", "roles", "drafts"])
def test_an_observed_matrix_stays_the_same_in_other_words(name: str) -> None:
    case = next(case for case in JUDGED if case.name == name)
    seen = []
    for schema in (case.collections, rewriting.rewritten(case.collections, rewriting.everything)):
        with Throwaway(schema=schema, binary=str(servers.binary(servers.DEFAULT_VERSION))) as server:
            population = populated(server.client)
            rows = observe(population, list(population.collections))
            seen.append((as_data(rows), find(rows, population)))
    assert seen[0] == seen[1]


def test_a_part_of_a_rule_stands_by_itself_as_it_is_written() -> None:
    rule = "a = 1 && (b = '|| (' || c:length > 2) // && d = 4\n && (e.f ?= \"&&\") && geoDistance(a.x,1 , 2,3)<4"
    tree = parse(rule)
    assert isinstance(tree, Group)
    assert [tidy(item, rule) for item in tree.items] == [
        "a = 1",
        "b = '|| (' || c:length > 2",
        'e.f ?= "&&"',
        "geoDistance(a.x, 1, 2, 3) < 4",
    ]
    assert tidy(tree, rule).startswith("a = 1 && (b = '|| (' || c:length > 2) && e.f")
    for schema in correct_schemas():
        for whole in (rule for item in schema for rule in rules_of(item)):
            alone = tidy(parse(whole), whole)
            assert way_shapes(alone) == way_shapes(whole)
            assert tidy(parse(alone), alone) == alone


def test_a_rule_in_a_comment_says_nothing() -> None:
    posts = base("posts", [maybe("owner", "users"), text("title")], view='// owner = @request.auth.id\ntitle = "a"')
    assert owning.tied_fields(posts) == []
    assert not owning.is_owned(base("posts", [text("title")], view='title = "owner = @request.auth.id"'))


def test_a_constant_on_the_left_is_one_all_the_same() -> None:
    fields = [select("status", "draft", "live"), number("rank"), date("starts")]
    item = base(
        "posts", fields, create='"live" = status && 3 < rank', view="@now >= starts && 5 <= @request.auth.level"
    )
    assert variants.demanded(item) == {"status": "live"}
    assert variants.usual_date(fields[2], rules_of(item)) == "past"
    accounts = users(number("level"))
    assert roles.roles([item, accounts]) == {"level": [5]}
    shown = base("posts", fields, view="@now < starts")
    assert variants.usual_date(fields[2], rules_of(shown)) == "future"
