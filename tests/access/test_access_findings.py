"""What the matrix calls suspicious by itself: leaks of many kinds, and correct schemas that only look like them."""

from __future__ import annotations

from typing import Any

import pytest

import servers
from _pb.access.findings import find
from _pb.access.names import is_private_collection
from _pb.access.observe import observe
from _pb.access.setting import populated
from _pb.access.subject import Finding
from _pb.server.throwaway import Throwaway
from access_judge.build import (
    ME,
    SIGNED_IN,
    auth,
    base,
    flag,
    keep,
    maybe,
    mine,
    number,
    select,
    spoofless,
    text,
    to,
    users,
)


def owned(name: str, *fields: Any, by: str = "owner", **rules: Any) -> Any:
    """Return a collection whose records are their owner's alone, unless `rules` say otherwise."""
    own = {
        "list": mine(by),
        "view": mine(by),
        "create": spoofless(by),
        "update": mine(by) + keep(by),
        "delete": mine(by),
    }
    return base(name, [to(by, "users"), *fields], **{**own, **rules})


# Correct, each in a way that can be mistaken for a leak.
CORRECT = [
    users(
        select("account_type", "buyer", "seller"),
        maybe("boss", "users"),
        update=f"id = {ME}" + keep("account_type") + keep("boss"),
    ),
    auth("agents", [text("name")], list=f"id = {ME}", view=f"id = {ME}"),
    owned("tasks", flag("blocked"), text("title")),
    owned("expenses", flag("paid"), number("amount")),
    owned("listings", select("status", "active", "sold", "archived"), by="seller", list="", view="")
    | {"createRule": spoofless("seller") + " && @request.auth.account_type = 'seller'"},
    owned("streams", flag("live"), by="host", list="", view=""),
    base("reports", [to("reported", "users"), text("reason")], create=SIGNED_IN),
    base("departments", [text("title"), maybe("manager", "agents")]),
    base(
        "tickets",
        [to("customer", "users"), to("department", "departments"), text("body")],
        list=f"({mine('customer')}) || @request.auth.collectionName = 'agents'",
        view=f"({mine('customer')}) || @request.auth.collectionName = 'agents'",
        create=spoofless("customer"),
        update="@request.auth.collectionName = 'agents'" + keep("customer"),
    ),
    base(
        "pages",
        [text("title"), to("last_editor", "users")],
        list=SIGNED_IN,
        view=SIGNED_IN,
        create=spoofless("last_editor"),
        update=spoofless("last_editor"),
    ),
    owned("articles", text("title"), by="author", list="", view=""),
    owned("reviews", number("score"), by="posted_by", list="", view=""),
]

# Each a mistake that no reviewed matrix is needed to see.
LEAKY = [
    users(
        {"name": "permissions", "type": "json"},
        number("level"),
        update=f"id = {ME}",
        create="@request.body.permissions:isset = false && @request.body.level:isset = false",
    ),
    base("payments", [to("customer", "users"), number("amount")], list="", view=""),
    owned("diaries", text("body"), list=SIGNED_IN),
    owned("workouts", text("body"), view=SIGNED_IN),
    base(
        "dashboards", [text("title")], list="@request.auth.level >= 5", create="@request.auth.permissions.write = true"
    ),
    base("keys", [to("user", "users"), text("api_key")], view=""),
    owned("orders", number("price"), flag("paid"), update=mine("owner") + keep("owner") + keep("price")),
    base("downloads", [to("order", "orders")], view=f"{mine('order.owner')} && order.paid = true"),
    base("groups", [text("title")], list=f"seats_via_group.user ?= {ME}", view=f"seats_via_group.user ?= {ME}"),
    base("seats", [to("group", "groups"), to("user", "users")], list=mine("user"), view=mine("user")),
    base(
        "recipes",
        [
            to("owner", "users"),
            select("cuisine", *(f"c{number}" for number in range(15))),
            select("shown", "yes", "private"),
        ],
        list="",
        view="",
    ),
]


def judged(schema: list[dict[str, Any]], version: str) -> list[Finding]:
    with Throwaway(schema=schema, binary=str(servers.binary(version))) as server:
        population = populated(server.client)
        assert population.problems == []
        return find(observe(population, list(population.collections)), population)


@pytest.fixture(scope="module")
def leaks(version: str) -> list[Finding]:
    """What is found in the leaky schema."""
    return judged(LEAKY, version)


def test_correct_schemas_that_look_like_leaks_raise_no_alarm(version: str) -> None:
    found = judged(CORRECT, version)
    # Up to 0.30 a filter reaches through relations, which no rule prevents.
    assert [finding for finding in found if finding.is_alarm and finding.action != "filter"] == []
    said = {(finding.collection, finding.action) for finding in found}
    assert said.isdisjoint({("articles", "list"), ("reviews", "list"), ("pages", "list")})


@pytest.mark.parametrize(
    ("collection", "action", "severity", "words"),
    [
        ("payments", "list", "high", "others read what belongs to a user"),
        ("diaries", "list", "high", "others read what belongs to a user"),
        ("workouts", "view", "review", "others read what belongs to a user"),
        ("keys", "fields", "high", "others see api_key"),
        ("users", "update", "high", "chooses permissions.write=true"),
        ("users", "update", "high", "chooses level=5"),
        ("orders", "update", "high", "chooses paid=true"),
        ("orders", "create", "review", "chooses price=given"),
        ("groups", "list", "high", "to which nobody is joined"),
        ("recipes", "list", "high", "records that are not public show: shown=private"),
    ],
)
def test_a_leak_is_found_by_itself(
    leaks: list[Finding], collection: str, action: str, severity: str, words: str
) -> None:
    found = [item for item in leaks if (item.collection, item.action) == (collection, action) and words in item.message]
    assert [item.severity for item in found] == [severity]


def test_guests_are_named_where_they_read_what_belongs_to_users(leaks: list[Finding]) -> None:
    actors = {item.collection: item.actors for item in leaks if item.message == "others read what belongs to a user"}
    assert actors["payments"] == ["guest", "users:other"]
    assert actors["diaries"] == ["users:other"]


@pytest.mark.parametrize(
    ("name", "private"),
    [
        ("payments", True),
        ("bankAccounts", True),
        ("diary", True),
        ("reorders", False),
        ("posts", False),
        ("decks", False),
    ],
)
def test_private_collections_are_known_by_whole_words(name: str, private: bool) -> None:
    assert is_private_collection(name) is private
