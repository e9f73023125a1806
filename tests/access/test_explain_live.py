"""`explain` of people and records of a live server: it says what the server does, and why, without a write."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import servers
from _pb.access.explain_live import explain_live
from _pb.server.throwaway import Throwaway
from conftest import Runner
from pb_common import Client, PBUsageError, with_query
from pb_common.paths import collection_path, records_path

# A collection as it is sent, or a part of an answer.
Json = Any

LOGIN = {"password": "secret-password", "passwordConfirm": "secret-password", "verified": True}
SCHEMA: list[Json] = [
    {"name": "teams", "fields": [{"name": "title", "type": "text"}, {"name": "open", "type": "bool"}]},
    {
        "name": "users",
        "type": "auth",
        "listRule": None,
        "viewRule": 'id = @request.auth.id || @request.auth.role = "staff"',
        "authRule": "verified = true",
        "fields": [
            {"name": "password", "type": "password", "min": 8, "cost": 4, "system": True, "hidden": True},
            {"name": "role", "type": "select", "values": ["staff", "other"]},
            {"name": "pin", "type": "text", "hidden": True},
            {"name": "teams", "type": "relation", "collectionId": "teams", "maxSelect": 9},
        ],
    },
    {
        "name": "members",
        "fields": [
            {"name": "user", "type": "relation", "collectionId": "users"},
            {"name": "team", "type": "relation", "collectionId": "teams"},
            {"name": "role", "type": "text"},
        ],
    },
    {
        "name": "posts",
        "listRule": "",
        "fields": [
            {"name": "title", "type": "text"},
            {"name": "n", "type": "number"},
            {"name": "code", "type": "text", "hidden": True},
            {"name": "tags", "type": "select", "values": ["a", "b"], "maxSelect": 2},
            {"name": "owner", "type": "relation", "collectionId": "users"},
            {"name": "team", "type": "relation", "collectionId": "teams"},
        ],
    },
    {
        "name": "titles",
        "type": "view",
        "viewQuery": "SELECT id, title, owner FROM posts",
        "viewRule": "owner = @request.auth.id",
    },
]


class Scene(NamedTuple):
    """A server with two people, who are in teams in different roles, and their posts."""

    client: Client
    people: dict[str, str]
    tokens: dict[str, str]
    posts: list[str]

    def set_rule(self, **rules: str | None) -> None:
        """Change rules of posts."""
        self.client.call("PATCH", collection_path("posts"), rules)

    def explain(self, collection: str, action: str, who: str, **given: Any) -> Json:
        """Return what is explained."""
        usual = dict.fromkeys(("tried", "record", "body", "file", "project", "version", "binary"))
        named = {"query": [], "header": [], "collection": collection, "action": action, "actor": self.people[who]}
        return explain_live(self.client, argparse.Namespace(**{**usual, **named, **given})).data


@pytest.fixture(scope="module")
def scene(version: str) -> Iterator[Scene]:
    """The server and what is on it."""
    with Throwaway(schema=SCHEMA, binary=str(servers.binary(version))) as server:
        client = server.client

        def make(collection: str, **values: Any) -> str:
            return str(client.call("POST", records_path(collection), values)["id"])

        first, second = make("teams", title="first", open=True), make("teams", title="second")
        ann = make("users", email="ann@example.com", role="staff", pin='a\\"b', teams=[first, second], **LOGIN)
        ben = make("users", email="ben@example.com", role="other", teams=[second], **LOGIN)
        for user, team, role in (ann, first, "admin"), (ann, second, ""), (ben, first, ""), (ben, second, "admin"):
            make("members", user=user, team=team, role=role)
        posts = [
            make("posts", title="first", n=2, code='a\\"b', tags=["a", "b"], owner=ann, team=first),
            make("posts", title="", tags=["a"], owner=ben, team=second),
            make("posts", title="nobody's"),
        ]
        people = {"guest": "guest", "ann": f"users/{ann}", "ben": "users/ben@example.com"}
        path = collection_path("users")
        tokens = {
            name: client.call("POST", f"{path}/impersonate/{id}", {"duration": 600})["token"]
            for name, id in (("ann", ann), ("ben", ben))
        }
        yield Scene(client, people, {"guest": "", **tokens}, posts)


VIEW_RULES = (
    "owner = @request.auth.id",
    "@request.auth.pin = code",
    "@request.auth.role = 'staff' && (n > 1 || tags:each = 'a')",
    "@request.auth.teams.id ?= team",
    "@request.auth.teams.title = team.title",
    "@request.auth.teams.open ?= true && @request.auth.teams.title ?= 'second'",
    "@request.auth.members_via_user.team ?= team && @request.auth.members_via_user.role ?= 'admin'",
    "@collection.members.user ?= @request.auth.id && @collection.members.team ?= team",
    "team.id = @request.query.team && @request.headers.x_key = title",
    "@request.auth.teams:length = 1 || @request.method != 'GET'",
    "@request.auth.email ~ title && @request.auth.id != ''",
)


def test_what_is_explained_is_what_the_server_does(scene: Scene) -> None:
    """For rules of all kinds, every person and every record: it says yes where a GET shows the record."""
    team = scene.client.call("GET", records_path("posts", scene.posts[0]))["team"]
    for rule in VIEW_RULES:
        scene.set_rule(viewRule=rule)
        for who, token in scene.tokens.items():
            for record in scene.posts:
                headers = {"Authorization": token} if token else {}
                path = with_query(records_path("posts", record), team=team)
                answer = scene.client.respond("GET", path, None, {**headers, "X-Key": "first"})
                found = scene.explain(
                    "posts", "view", who, record=record, query=[f"team={team}"], header=["X-Key:first"]
                )
                assert found["allowed"] is (answer.status == 200), (rule, who, found["decided"])


BODIES: tuple[Json, ...] = (
    {},
    {"n": "3", "tags": "b", "code": "x", "title": "First"},
    {"tags-": "a", "n+": 2, "team": ""},
)
WRITE_RULES = (
    "@request.body.n > 2",
    "@request.body.n:isset = false || @request.body.code:isset = true",
    "@request.body.tags:each ?= 'b' && @request.body.tags:length = 1",
    "@request.body.team.title = 'first' || title = 'First'",
    "tags:each ?= 'b' && n > 2",
    "owner = '' && @request.auth.id != ''",
)


def test_writes_are_explained_without_being_made(scene: Scene) -> None:
    """The body counts as PocketBase reads it; nothing is stored."""
    for rule in WRITE_RULES:
        scene.set_rule(createRule=rule, updateRule=rule)
        for who, body in ((who, body) for who in ("guest", "ann") for body in BODIES):
            for action, record in (("create", None), ("update", scene.posts[0])):
                before = scene.client.call("GET", records_path("posts"))
                found = scene.explain("posts", action, who, record=record, body=json.dumps(body))
                assert scene.client.call("GET", records_path("posts")) == before
                method = "PATCH" if record else "POST"
                answer = scene.client.exchange(method, records_path("posts", record), body, scene.tokens[who])
                assert found["allowed"] is (answer.status == 200), (rule, who, body, action, found["decided"])
                if answer.status == 200 and record is None:
                    scene.client.call("DELETE", records_path("posts", answer.data["id"]))
                elif record:
                    old = next(item for item in before["items"] if item["id"] == record)
                    scene.client.call("PATCH", records_path("posts", record), old)


def test_the_values_that_decided_are_named(scene: Scene) -> None:
    """Both sides of each condition, those of hidden fields too, and two rows that only hold together."""
    scene.set_rule(viewRule="@request.auth.pin = code && owner = @request.auth.id")
    found = scene.explain("posts", "view", "ben", record=scene.posts[0])
    assert 'does not hold: @request.auth.pin = code ("" = "a' in found["decided"]
    assert (found["answer"], found["parts"][1]["left"]) == ("404", [""])
    scene.set_rule(viewRule=VIEW_RULES[6])
    found = scene.explain("posts", "view", "ann", record=scene.posts[1])
    assert found["decided"].startswith("Each part holds, but not all of them for the same joined record")
    scene.set_rule(viewRule=None)
    found = scene.explain("posts", "view", "ann", record=scene.posts[0])
    assert (found["decided"], found["answer"]) == ("Only superusers may: posts.viewRule is null.", "403")


def test_a_path_names_the_collection_whose_rule_decides(scene: Scene) -> None:
    """Expands, filters, e-mail addresses and hidden fields."""
    scene.set_rule(viewRule="")
    record = scene.posts[0]

    def said(action: str, who: str, tried: str, collection: str = "posts", record: str = record) -> tuple[bool, str]:
        found = scene.explain(collection, action, who, tried=tried, record=record)
        return found["allowed"], found["decided"]

    shows, why = said("expand", "ben", "owner.teams")
    assert (shows, why.startswith("users.viewRule: does not hold")) == (False, True)
    assert said("expand", "ann", "owner.teams") == (
        False,
        "teams.viewRule: Only superusers may: teams.viewRule is null.",
    )
    assert said("expand", "ann", "owner")[0]
    assert said("filter", "ann", "owner.role")[1] == "users.listRule: Only superusers may: users.listRule is null."
    assert said("filter", "ben", "owner.id")[0]
    assert said("filter", "ann", "code")[1].startswith("posts.code is hidden")
    ann, ben = owners(scene)
    assert "emailVisibility of the record is false" in said("fields", "ann", "email", "users", ben)[1]
    assert said("fields", "ann", "email", "users", ann)[0]
    found = scene.explain("posts", "fields", "ben", record=record)
    assert "title" in found["shown"]
    assert found["hidden"] == {"code": "Only superusers see it: the field is hidden."}


def owners(scene: Scene) -> list[str]:
    """Return who owns the first two posts: Ann and Ben."""
    return [scene.client.call("GET", records_path("posts", post))["owner"] for post in scene.posts[:2]]


def test_what_is_not_there_is_named(scene: Scene) -> None:
    """Unknown people, records, fields, and options that do not go together, each with the next step."""
    scene.set_rule(viewRule="", listRule="")
    scene.people.update({"nobody": "users/nobody", "team": "teams/x", "label": "users:owner"})
    record = {"record": scene.posts[0]}
    for (collection, action, who), given, message in (
        (("post", "view", "guest"), record, "There is no collection 'post'. Did you mean 'posts'?"),
        (("posts", "view", "guest"), {"record": "nope"}, "posts has no record 'nope'. There are, for example: "),
        (("posts", "view", "guest"), {"record": ""}, "The record id is empty."),
        (("posts", "view", "nobody"), record, "users has no record whose id or email is 'nobody'."),
        (("posts", "view", "team"), record, "teams is no auth collection"),
        (("posts", "view", "label"), record, "--as 'users:owner' names nobody. guest, users/RECORD_ID"),
        (("posts", "create", "ann"), record, "A record that is created is not there yet. Say what is sent with --body"),
        (("posts", "update", "ann"), {**record, "body": "[]"}, "Expected --body as one JSON object, got an array."),
        (("posts", "expand", "ann"), {**record, "tried": "title"}, "posts.title leads to no records."),
        (("posts", "filter", "ann"), {**record, "tried": "titel"}, "posts has no field 'titel'. Did you mean 'title'?"),
        (("posts", "filter", "ann"), record, "filter of what? Name the field, or a path"),
        (("posts", "files", "ann"), {**record, "tried": "title"}, "posts.title is no file field, but text."),
        (("posts", "view", "ann"), {**record, "project": "."}, "--project is for a copy; a person or a record is one"),
    ):
        with pytest.raises(PBUsageError) as caught:
            scene.explain(collection, action, who, **given)
        assert message in f"{caught.value} {caught.value.hint}"


def test_without_a_record_the_last_one_that_was_stored_is_asked_about(scene: Scene) -> None:
    scene.set_rule(viewRule="", listRule="")
    found = scene.explain("posts", "view", "ann")
    newest = scene.client.call("GET", f"{records_path('posts')}?perPage=1&sort=-@rowid")["items"][0]["id"]
    assert found["record"] == newest
    assert any(newest in sentence for sentence in scene.client.warnings)


def test_odd_questions_are_answered_in_a_sentence(scene: Scene, offline: Runner, tmp_path: Path) -> None:
    """A superuser, a view, a hook, somebody who cannot sign in, and a rule that the server cannot read any more."""
    client, settings, record = scene.client, scene.client.settings, scene.posts[0]
    scene.set_rule(viewRule=None, updateRule="n > 1")
    scene.people["superuser"] = f"_superusers/{settings.email}"
    assert scene.explain("posts", "view", "superuser", record=record)["decided"] == "Superusers may: no rule is asked."
    assert scene.explain("titles", "update", "ann", record=record)["decided"].startswith("Nobody may: what a view")
    assert scene.explain("titles", "view", "ann", record=record)["allowed"]
    client.call("PATCH", collection_path("users"), {"authRule": "role = 'other'"})
    scene.explain("posts", "update", "ann", record=record)
    assert 'users.authRule does not hold: role = \'other\' ("staff" = "other")' in client.warnings[-1]
    offline.env |= {"PB_URL": settings.url, "PB_SUPERUSER_EMAIL": settings.email}
    offline.env |= {"PB_SUPERUSER_PASSWORD": settings.password}
    without_hooks = offline("pb_access.py", "explain", "posts", "update", "--record", record)
    assert (without_hooks.data["allowed"], "hint" in without_hooks.document) == (True, False)
    (tmp_path / "pb_hooks").mkdir()
    (tmp_path / "pb_hooks/main.pb.js").write_text('onRecordUpdateRequest((e) => { e.next(); }, "posts");\n')
    allowed = offline("pb_access.py", "explain", "posts", "update", "--record", record)
    assert "a hook decides (pb_hooks/main.pb.js:1 onRecordUpdateRequest)" in allowed.hint
    assert 'set "updateRule" to ""' in allowed.hint
    scene.set_rule(updateRule="team.open = true")
    teams = client.call("GET", collection_path("teams"))
    fields = [field for field in teams["fields"] if field["name"] != "open"]
    client.call("PATCH", collection_path("teams"), {"fields": fields})
    broken = scene.explain("posts", "update", "guest", record=record)
    assert broken["decided"].startswith("posts.updateRule is broken: `team.open`: teams has no field 'open'.")
    assert str(client.exchange("PATCH", records_path("posts", record), {}).status) == broken["answer"]
