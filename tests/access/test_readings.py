"""What is read from rules: the same whatever words a rule is written in, as long as it means the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Callable

import pytest

import rewriting
from _pb.access.readings import all_paths, conditions, kept_from_sending, rules_of, ways
from _pb.access.wording import in_words
from _pb.languages.rules import Group, parse, tidy
from _pb.schema.leaks import schema_leaks
from access_judge.build import base, maybe, text
from access_judge.judge import CASES

# A schema, collection or field as the judge and the files have it.
Json = Any

CORPUS = sorted((Path(__file__).parents[1] / "data" / "schemas" / "v023").glob("*.json"))


def numbered(collections: list[Json]) -> list[Json]:
    """Return the judge's collections with their names as ids, which they use in relations."""
    usual = {"system": False, "indexes": [], "fields": []}
    found = [{"id": item["name"], **usual, **item} for item in collections]
    return [{**item, "fields": [{"name": "id", "type": "text", "system": True}, *item["fields"]]} for item in found]


def correct_schemas() -> Iterator[list[Json]]:
    """Yield the schemas of the corpus and the judge's correct ones."""
    for file in CORPUS:
        yield [item for item in json.loads(file.read_text("utf-8")) if not item.get("system")]
    yield from (numbered(case.collections) for case in CASES)


def read_of_one(item: Json) -> Iterator[Any]:
    """Yield whatever is read from the rules of one collection."""
    rules = rules_of(item)
    yield kept_from_sending(rules)
    yield sorted(set(all_paths(rules))), sorted({one.path for one in conditions(rules)})
    for rule in rules:
        yield sorted(sorted(in_words([one]) for one in way) for way in ways(rule))


def readings(collections: list[Json]) -> Json:
    """Return whatever is read from the rules of a schema, by collection."""
    found: Json = {item["name"]: list(read_of_one(item)) for item in collections}
    found[""] = sorted((one.kind, one.place) for several in schema_leaks(collections) for one in several)
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


def test_a_rule_in_a_comment_says_nothing() -> None:
    posts = base("posts", [maybe("owner", "users"), text("title")], view='// owner = @request.auth.id\ntitle = "a"')
    assert [str(one.path.own) for one in conditions(rules_of(posts))] == ["title"]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("owner = @request.auth.id", "its owner"),
        ("@request.auth.id = owner.id", "its owner"),
        ("id = @request.auth.id", "the account itself"),
        ("@request.auth.id != ''", ""),
        ("team.boss.id = @request.auth.id", "its team's boss"),
        (
            "team.seats_via_team.user ?= @request.auth.id && team.seats_via_team.role ?= 'chief'",
            "as user in seats of its team, there role is 'chief'",
        ),
        ("@collection.seats.team ?= team", "with seats where team is its team"),
        ("10 > rank", "where its rank is below 10"),
        ("@request.auth.role != 'guest'", "whose role is not 'guest'"),
        ("@request.body.role:isset = false", "role is not sent"),
        ("@request.query.t = token", "where its token is the query's t"),
    ],
)
def test_a_condition_is_said_in_words_of_relation(rule: str, words: str) -> None:
    assert in_words(ways(rule)[0]) == words
