"""Rules are read as PocketBase reads them: what it refuses is a problem, what it takes is none."""

from __future__ import annotations

from typing import Any

import pytest

import rule_cases
import servers
from _pb.languages.rules import Comparison, Group, RuleError, parse, paths, split_modifier
from _pb.schema.lookup import Schema
from _pb.schema.rule_paths import find, rule_problem
from pb_common.schema_types import Collection, Field


@pytest.fixture(scope="module")
def asked(version: str) -> Any:
    """Return a function that asks a real server to save a rule of the collection `t`, and the schema it has."""
    with servers.Server(version) as server:
        body = {"collections": [rule_cases.COLLECTION]}
        assert server.request("PUT", "/api/collections/import", body)[0] == 204
        schema = Schema(server.collections())
        yield lambda rule: server.request("PATCH", "/api/collections/t", {"listRule": rule})[0] == 200, schema


@pytest.mark.parametrize("rule", [*rule_cases.TAKEN, *rule_cases.REFUSED])
def test_a_rule_is_right_where_the_server_takes_it(asked: Any, rule: str) -> None:
    taken, schema = asked
    problem = rule_problem(rule, schema.get("t"), schema)
    assert (problem is None) is taken(rule) is (rule in rule_cases.TAKEN), problem


@pytest.mark.parametrize("rule", [*rule_cases.TAKEN_LATER, *rule_cases.REFUSED_LATER])
def test_what_newer_versions_know(asked: Any, rule: str, version: str) -> None:
    taken, schema = asked
    problem = rule_problem(rule, schema.get("t"), schema)
    assert (problem is None) is (rule in rule_cases.TAKEN_LATER), problem
    if version == servers.DEFAULT_VERSION:
        assert taken(rule) is (rule in rule_cases.TAKEN_LATER)


def test_a_missing_field_of_the_signed_in_user_is_a_problem_that_the_server_does_not_see(asked: Any) -> None:
    taken, schema = asked
    problem = rule_problem("@request.auth.rol = 'x'", schema.get("t"), schema)
    assert problem is not None
    assert "always null" in problem.message
    assert taken("@request.auth.rol = 'x'")
    assert rule_problem("@request.auth.name = 'x'", schema.get("t"), schema) is None


def test_the_place_of_a_mistake() -> None:
    for expression, start in (("a = 1 &&", 8), ("a = 1 & b = 2", 6), ("a = 1 and b", 6), ("(a = 1", 6), ("a == 1", 2)):
        with pytest.raises(RuleError) as caught:
            parse(expression)
        assert caught.value.start == start


def test_and_binds_more_tightly_than_or() -> None:
    rule = parse("a = 1 || b = 2 && (c = 3 || d = 4)")
    assert isinstance(rule, Group)
    assert rule.join == "||"
    first, second = rule.items
    assert isinstance(first, Comparison)
    assert isinstance(second, Group)
    assert [type(item) for item in second.items] == [Comparison, Group]


def test_paths_are_found_in_functions_and_not_in_texts_and_comments() -> None:
    rule = parse('geoDistance(at.lon, at.lat, 1, 2) < n && a != "b = @request.auth.id" // c = 1\n|| d:lower ~ @now')
    assert [path.text for path in paths(rule)] == ["at.lon", "at.lat", "n", "a", "d:lower", "@now"]
    assert split_modifier("a.b:lower") == (["a", "b"], "lower")


def test_what_a_path_leads_to() -> None:
    key: Field = {"name": "id", "type": "text", "primaryKey": True}
    users: Collection = {"id": "u", "name": "users", "type": "auth", "fields": [key]}
    team: Collection = {"id": "t", "name": "teams", "type": "base", "fields": [relation("members", "u", maxSelect=9)]}
    to_team, to_owner = relation("team", "t", required=True), relation("owner", "u")
    post: Collection = {"id": "p", "name": "posts", "fields": [to_team, to_owner]}
    schema = Schema([users, team, post])
    assert not find("team", post, schema).optional
    assert find("owner", post, schema).optional
    assert find("owner.id", post, schema).optional
    assert find("team.members.id", post, schema).optional
    assert not find("@collection.posts.team", post, schema).optional
    assert find("team.members:each", post, schema)[2:4] == (team["fields"][0], "each")
    unknown: Any = {**post, "fields": None}
    assert find("whatever.it.is", unknown, Schema([unknown])).problem == ""


def relation(name: str, target: str, **more: Any) -> Any:
    return {"name": name, "type": "relation", "collectionId": target, **more}


def test_each_part_stands_where_its_span_says() -> None:
    text = "  ( a.b:lower  ?= 'x' // old = 1\n && ( n > 1 || strftime('%Y', d) = \"1\" ) )"
    rule = parse(text)
    assert isinstance(rule, Group)
    comparison, group = rule.items
    assert isinstance(comparison, Comparison)
    assert isinstance(group, Group)
    assert text[comparison.start : comparison.end] == "a.b:lower  ?= 'x'"
    assert text[comparison.sign_start :].startswith("?= ")
    assert text[group.start : group.end] == "n > 1 || strftime('%Y', d) = \"1\""
    assert text[rule.start : rule.end] == text[4:-2]
    names, modifier = comparison.left.names()
    assert [text[name.start : name.end] for name in (*names, modifier)] == ["a", "b", "lower"]
    second = group.items[1]
    assert isinstance(second, Comparison)
    call = second.left
    assert text[call.start : call.end] == "strftime('%Y', d)"


def test_brackets_that_change_nothing_are_not_read() -> None:
    def shape(rule: Any) -> Any:
        if isinstance(rule, Comparison):
            return rule.left.text
        return rule.join, [shape(item) for item in rule.items]

    rule = "a = 1 && (b = 2 && (c = 3)) && (d = 4 || (e = 5 || f = 6))"
    assert shape(parse(rule)) == ("&&", ["a", "b", "c", ("||", ["d", "e", "f"])])
