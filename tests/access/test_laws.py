"""Each law finds its leak, shows it with request and answer, mends it, and leaves the correct twin alone."""

from __future__ import annotations

import re
from typing import Any

import pytest

import servers
from _pb.access.laws.finding import Finding
from _pb.access.laws.judging import judge
from _pb.access.playing import Playing
from _pb.access.policy import unproven
from _pb.access.stage import Stage
from _pb.server.throwaway import Throwaway
from access_judge.build import auth, base, date, flag, many, maybe, select, text, to, view

pytestmark = pytest.mark.real_server

SIGNED = '@request.auth.id != ""'
MINE = f"{SIGNED} && owner = @request.auth.id"
KEY = '@request.query.k != ""'
KEPT = "@request.body.owner:isset = false"
MEMBER = "@collection.members.user ?= @request.auth.id && @collection.members.team ?= team"

# What is planted where: the law that has to speak, the collection and the action, the rule with the leak and without.
PLANTED: dict[str, tuple[str, str, str, str | None, str | None]] = {
    "a role of one's own": (
        "own-write",
        "users",
        "update",
        "id = @request.auth.id",
        "id = @request.auth.id && @request.body.role:isset = false",
    ),
    "a role from the start": ("open-sign-up", "users", "create", "", "@request.body.role:isset = false"),
    "in another's name": ("other-name", "notes", "create", SIGNED, f"{SIGNED} && owner = @request.auth.id"),
    "given away": ("give-away", "notes", "update", MINE, f"{MINE} && {KEPT}"),
    "a guest without an id": ("empty", "drafts", "list", "owner = @request.auth.id", MINE),
    "a part of an address": (
        "part",
        "invites",
        "view",
        f"{SIGNED} && address ~ @request.auth.email",
        f"{SIGNED} && address = @request.auth.email",
    ),
    "two rows": (
        "two-rows",
        "tasks",
        "view",
        "@collection.members:a.user ?= @request.auth.id && @collection.members:a.team ?= team"
        " && @collection.members:b.user ?= @request.auth.id && @collection.members:b.rank ?= 'chief'",
        f"{MEMBER} && @collection.members.rank ?= 'chief'",
    ),
    "any row": ("any-row", "plans", "view", "@collection.members.user ?= @request.auth.id", MEMBER),
    "listed, not viewed": ("list-and-view", "articles", "list", "", "shown = true"),
    "locked in all rules but one": (
        "missing-condition",
        "entries",
        "update",
        f"{MINE} && {KEPT} && @request.body.locked:isset = false",
        f"{MINE} && {KEPT} && @request.body.locked:isset = false && locked = false",
    ),
    "a key in the request": ("own-key", "reports", "view", "@request.headers.x_key = 'open'", None),
    "deleted by anybody": ("stranger", "orders", "delete", SIGNED, MINE),
    "beside a note of another": ("other-place", "remarks", "create", MINE, f"{MINE} && note.owner = @request.auth.id"),
    "joined by oneself": (
        "own-write",
        "members",
        "create",
        f"{SIGNED} && user = @request.auth.id",
        f"{SIGNED} && team.owner = @request.auth.id",
    ),
    "blocked among others": (
        "lists",
        "rooms",
        "view",
        f"{SIGNED} && blocked.id ?!= @request.auth.id",
        f"{SIGNED} && blocked.id != @request.auth.id",
    ),
    "a misspelt name": (
        "no-field",
        "rooms",
        "update",
        f"{MINE} && @request.body.ownr:isset = false",
        f"{MINE} && {KEPT}",
    ),
    "a hidden field in a view": ("way-round", "cards", "list", "", None),
    "any row that a key opens": (
        "any-row",
        "songs",
        "view",
        f"{KEY} && @collection.links.word ?= @request.query.k",
        f"{KEY} && @collection.links.word ?= @request.query.k && @collection.links.song ?= id",
    ),
}

# What no law can decide, and asks: as above.
ASKED: dict[str, tuple[str, str, str, str, str]] = {
    "one end of a time": (
        "any-date",
        "visits",
        "update",
        f"{MINE} && {KEPT} && opens <= @now",
        f"{MINE} && {KEPT} && opens <= @now && closes > @now",
    ),
    "changed in any state": (
        "any-state",
        "cases",
        "update",
        f"{MINE} && {KEPT}",
        f"{MINE} && {KEPT} && closed = false",
    ),
    "others beside oneself": (
        "lists",
        "groups",
        "create",
        f"{SIGNED} && people.id ?= @request.auth.id",
        f"{SIGNED} && people.id = @request.auth.id",
    ),
    "without brackets": (
        "no-brackets",
        "hints",
        "view",
        f"{MINE} && opened = true || common = true",
        f"({MINE} && opened = true) || common = true",
    ),
}


def _schema(leaks: bool) -> list[dict[str, Any]]:
    rules = {
        (collection, action): (leaky if leaks else correct)
        for _, collection, action, leaky, correct in (*PLANTED.values(), *ASKED.values())
    }

    def rule(collection: str, action: str) -> str | None:
        return rules[collection, action]

    own = {"list": MINE, "view": MINE}
    mine = [to("owner", "users"), text("words")]
    made = f"{SIGNED} && owner = @request.auth.id"
    kept = f"{MINE} && {KEPT}"
    unlocked = f"{MINE} && locked = false"
    chiefs = "@request.auth.role = 'chief'"
    return [
        auth(
            "users",
            [select("role", "clerk", "chief", required=False), text("secret", hidden=True)],
            list="id = @request.auth.id",
            view="id = @request.auth.id",
            create=rule("users", "create"),
            update=rule("users", "update"),
        ),
        base("teams", [to("owner", "users")], list=chiefs, view=chiefs),
        base(
            "members",
            [to("user", "users"), to("team", "teams"), select("rank", "plain", "chief", required=False)],
            create=rule("members", "create"),
        ),
        base("notes", mine, **own, create=rule("notes", "create"), update=rule("notes", "update")),
        base("drafts", [maybe("owner", "users")], list=rule("drafts", "list"), view=rule("drafts", "list")),
        base("invites", [text("address")], view=rule("invites", "view")),
        base("tasks", [to("team", "teams")], view=rule("tasks", "view")),
        base("plans", [to("team", "teams")], view=rule("plans", "view")),
        base(
            "leaves",
            [*mine, flag("granted")],
            **own,
            create=made,
            update=kept if leaks else f"{kept} && @request.body.granted:isset = false",
            delete=f"{MINE} && granted = false",
        ),
        base("articles", [flag("shown")], list=rule("articles", "list"), view="shown = true"),
        base(
            "entries",
            [*mine, flag("locked")],
            list=unlocked,
            view=unlocked,
            update=rule("entries", "update"),
            delete=unlocked,
        ),
        base("rooms", [*mine, many("blocked", "users")], view=rule("rooms", "view"), update=rule("rooms", "update")),
        base("reports", [text("words")], view=rule("reports", "view")),
        base("orders", mine, **own, create=made, update=kept, delete=rule("orders", "delete")),
        base("remarks", [*mine, to("note", "notes")], **own, create=rule("remarks", "create")),
        base("songs", [text("words")], view=rule("songs", "view")),
        base("links", [to("song", "songs"), text("word")]),
        base("visits", [*mine, date("opens"), date("closes")], **own, update=rule("visits", "update")),
        base(
            "cases", [*mine, flag("closed")], **own, create=f"{made} && closed = false", update=rule("cases", "update")
        ),
        base("groups", [many("people", "users")], create=rule("groups", "create")),
        base("hints", [*mine, flag("opened"), flag("common")], view=rule("hints", "view")),
        view("cards", "SELECT id, secret FROM users", list=rule("cards", "list")),
    ]


def _judged(collections: list[dict[str, Any]]) -> tuple[list[Finding], Playing]:
    with Throwaway(schema=collections, binary=str(servers.binary(servers.DEFAULT_VERSION))) as server:
        playing = Playing(Stage(server.client))
        playing.play_all()
        return judge(playing), playing


@pytest.fixture(scope="module")
def leaky() -> list[Finding]:
    """Return what is found in the schema with all leaks."""
    return _judged(_schema(leaks=True))[0]


@pytest.fixture(scope="module")
def correct() -> tuple[list[Finding], Playing]:
    """Return what is found in its correct twin."""
    return _judged(_schema(leaks=False))


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED)
def test_a_law_finds_its_leak_and_shows_it(
    leaky: list[Finding], planted: tuple[str, str, str, str | None, str | None]
) -> None:
    code, collection, action, wrong, _ = planted
    alarms = {(one.code, one.collection, one.action): one for one in leaky if one.is_alarm}
    finding = alarms[code, collection, action]
    assert any(seen.allowed for seen in finding.proof)
    if finding.mend:
        assert finding.mend.rule != wrong
        assert f"{collection}.{action}Rule" in finding.fix


def test_a_state_that_lets_in_and_is_chosen_by_its_owner_is_a_question(leaky: list[Finding]) -> None:
    asked = {(one.code, one.collection, one.action) for one in leaky if not one.is_alarm}
    assert ("self-state", "leaves", "update") in asked


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
def test_what_no_law_decides_is_asked_and_not_of_the_twin(
    leaky: list[Finding], correct: tuple[list[Finding], Playing], asked: tuple[str, str, str, str, str]
) -> None:
    kinds = [{(one.code, one.collection, one.action) for one in found} for found in (leaky, correct[0])]
    assert asked[:3] in kinds[0]
    assert asked[:3] not in kinds[1]


def test_the_correct_twin_raises_no_alarm(correct: tuple[list[Finding], Playing]) -> None:
    assert [one for one in correct[0] if one.is_alarm] == []


def test_every_condition_of_the_twin_is_shown_by_a_pair_or_said_to_be_decided_elsewhere(
    correct: tuple[list[Finding], Playing],
) -> None:
    missing = unproven(correct[1])
    assert all(SIGNED in key and "another condition" in why for key, why in missing.items()), missing


def test_a_leak_is_found_whatever_things_are_called(leaky: list[Finding]) -> None:
    names = ["owner", "members", "teams", "team", "user", "role", "rank", "chief", "clerk", "notes", "note", "locked"]
    names += [
        "shown",
        "address",
        "secret",
        "orders",
        "entries",
        "remarks",
        "drafts",
        "leaves",
        "granted",
        "rooms",
        "blocked",
    ]
    mapping = {**{name: f"bn{at}z" for at, name in enumerate(names)}, "ownr": "bn0"}
    pattern = re.compile(rf"\b({'|'.join(mapping)})\b")

    def renamed(value: Any) -> Any:
        if isinstance(value, str):
            return pattern.sub(lambda match: mapping[match[1]], value)
        if isinstance(value, list):
            return [renamed(item) for item in value]
        return {key: renamed(item) for key, item in value.items()} if isinstance(value, dict) else value

    found, _ = _judged(renamed(_schema(leaks=True)))
    here = {(one.severity, one.code, one.collection, one.action) for one in found}
    there = {(one.severity, one.code, renamed(one.collection), one.action) for one in leaky}
    assert here == there


def test_the_policy_says_of_every_witness_whether_it_may(correct: tuple[list[Finding], Playing]) -> None:
    known = {
        f"{trial.name} {trial.way.action}: {play.witness.label}": play.allowed
        for trial in correct[1].trials
        for play in (trial.base, *trial.others)
    }
    assert known["notes view: users: its owner"]
    assert not known["notes view: users: but not its owner (is another)"]
