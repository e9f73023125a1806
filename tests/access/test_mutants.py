"""Mutants: every way in which one thing of a schema can change, and whether an observer notices it on a server."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

import servers
from _pb.access.mutants import Stage, try_mutants
from _pb.access.mutations import concerned, mutants
from _pb.access.session_tokens import pinned_secrets
from _pb.server.throwaway import Throwaway
from pb_common import Client
from pb_common.collections import get_collections

# A collection as it is sent, or a part of it.
Json = Any

OWNS = '@request.auth.id != "" && owner = @request.auth.id'
TEAMS: list[Json] = [
    {
        "name": "members",
        "fields": [
            {"name": "user", "type": "text"},
            {"name": "team", "type": "text"},
            {"name": "role", "type": "text"},
        ],
        "indexes": ["CREATE UNIQUE INDEX idx_m ON members (user, team)", "CREATE INDEX idx_r ON members (role)"],
    },
    {
        "name": "tasks",
        "fields": [
            {"name": "team", "type": "text"},
            {"name": "done", "type": "bool"},
            {"name": "level", "type": "number"},
        ],
        "updateRule": "(@collection.members:a.user ?= @request.auth.id && @collection.members:a.team ?= team) || "
        "@request.body.team:isset = false && level < 3 && done = false",
    },
    {
        "name": "open_tasks",
        "type": "view",
        "viewQuery": "SELECT id, team FROM tasks WHERE done = FALSE AND (level = 1 OR level BETWEEN 3 AND 5)",
        "listRule": "",
    },
]


def changed(collections: list[Json], place: str) -> dict[str, Json]:
    """Return what the mutants of a place make of the property, by their sentences."""
    usual = {"fields": [], "system": False, "type": "base"}
    found: Json = [{**usual, **item, "id": item["name"]} for item in collections]
    every: Json = mutants(found)
    return {one.change: one.changed[one.key] for one in every if one.place == place}


def test_each_part_of_a_rule_is_changed_by_itself() -> None:
    """Conditions go and turn, joins, signs, aliases and modifiers change; what means the same is left out."""
    rules = changed(TEAMS, "tasks.updateRule")
    way = "@collection.members:a.user ?= @request.auth.id && @collection.members:a.team ?= team"
    rest = "@request.body.team:isset = false && level < 3 && done = false"
    assert rules["`@request.body.team:isset = false` is left out."] == f"({way}) || (level < 3 && done = false)"
    assert rules["`done = false` is turned round (`!=`)."] == f"({way}) || ({rest[:-12]}done != false)"
    assert rules["`&&` before `level < 3` is `||`."] == (
        f"({way}) || (@request.body.team:isset = false || (level < 3 && done = false))"
    )
    assert rules[f"`||` before `{rest}` is `&&`."] == f"({way}) && ({rest})"
    assert rules["`<` in `level < 3` is `<=`."].count("level <= 3") == 1
    assert rules["`?=` in `@collection.members:a.team ?= team` is `=`."].count("members:a.team = team") == 1
    assert ":isset" not in rules["`:isset` of `@request.body.team:isset` is left out."]
    assert "members:aapart.user" in rules["`@collection.members:a.user` is asked of a row of its own."]
    assert rules['The rule is "": anyone may.'] == ""
    assert rules["The rule is null: only superusers may."] is None
    assert not [change for change in rules if "done = false` is `?=" in change], "one value: it means the same"


def test_what_stands_around_rules_is_changed_too() -> None:
    """A view's conditions, the uniqueness that a rule relies on; not an index that is not unique."""
    query = changed(TEAMS, "open_tasks.viewQuery")
    assert query["`level BETWEEN 3 AND 5` of WHERE is left out."].endswith("AND (level = 1 OR 1 = 0)")
    assert query["`done = FALSE` of WHERE is left out."].endswith(
        "WHERE 1 = 1 AND (level = 1 OR level BETWEEN 3 AND 5)"
    )
    assert changed(TEAMS, "members.indexes.idx_m") == {
        "The index on user, team is not unique.": [
            "CREATE INDEX idx_m ON members (user, team)",
            "CREATE INDEX idx_r ON members (role)",
        ]
    }
    assert not changed(TEAMS, "members.role"), "nobody is shown a record"
    assert changed(TEAMS, "tasks.level").keys() == {"hidden is true."}
    found: Json = [{"fields": [], "type": "base", **item, "id": item["name"]} for item in TEAMS]
    assert concerned(found, "tasks") == ["tasks", "open_tasks"]
    assert concerned(found, "members") == ["members", "tasks"]


NOTES: list[Json] = [
    {
        "name": "notes",
        "fields": [
            {"name": "text", "type": "text"},
            {"name": "secret", "type": "text", "hidden": True},
            {"name": "owner", "type": "relation", "collectionId": "users", "cascadeDelete": True},
        ],
        "listRule": OWNS,
        "deleteRule": OWNS,
    },
    {
        "name": "users",
        "type": "auth",
        "fields": [{"name": "password", "type": "password", "min": 8, "cost": 4, "system": True, "hidden": True}],
        "authRule": "verified = true",
        "listRule": None,
        "viewRule": "",
        "updateRule": None,
    }
    | {"createRule": None, "deleteRule": None},
]


class Watcher:
    """A stand-in that tells what a guest, an owner and another user see in lists; it deletes nothing."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.asked: list[tuple[str, str]] = []
        login = {"password": "12345678", "passwordConfirm": "12345678"}
        self.tokens = {"guest": ""}
        ids = {}
        for name in ("ann", "ben"):
            body = {**login, "email": f"{name}@example.com", "verified": name == "ann"}
            ids[name] = client.call("POST", "/api/collections/users/records", body)["id"]
            path = f"/api/collections/users/impersonate/{ids[name]}"
            self.tokens[name] = client.call("POST", path, {"duration": 600})["token"]
        for owner in ids["ann"], ids["ben"], "":
            client.call("POST", "/api/collections/notes/records", {"text": owner, "owner": owner})

    def observe_rule(self, collection: str, key: str) -> Mapping[str, str]:
        """Return what a rule decides: of lists only."""
        self.asked.append((collection, key))
        return self.observe(collection) if key == "listRule" else {}

    def observe(self, collection: str) -> Mapping[str, str]:
        """Return who is shown how many records with which fields, and who signs in."""
        found = {}
        for who, token in self.tokens.items():
            answer = self._client.exchange("GET", f"/api/collections/{collection}/records?sort=id", None, token)
            items = answer.data.get("items", [])
            found[who] = f"{answer.status} {len(items)} {sorted(items[0]) if items else ''}"
        if collection == "users":
            for name in ("ann", "ben"):
                login = {"identity": f"{name}@example.com", "password": "12345678"}
                found[f"{name} signs in"] = str(
                    self._client.exchange("POST", "/api/collections/users/auth-with-password", login).status
                )
        return found


def test_survivors_are_what_an_observer_does_not_look_at(version: str) -> None:
    """Two servers share the work; what is tried is taken back, nobody is signed out, refused mutants are counted."""
    binary = str(servers.binary(version))
    with ExitStack() as open_servers:
        made = [open_servers.enter_context(Throwaway(schema=NOTES, binary=binary)) for _ in range(2)]
        stages, watchers = list[Stage](), list[Watcher]()
        for server in made:
            secrets = pinned_secrets(server.client)
            watcher = Watcher(server.client)
            watchers.append(watcher)
            by_rule = watcher.observe_rule if len(stages) else None
            stages.append(Stage(server.client, watcher.observe, secrets, by_rule))
        before = [get_collections(server.client) for server in made]
        tried = try_mutants(stages)
        for server, kept in zip(made, before):
            now = get_collections(server.client)
            assert [{**item, "updated": ""} for item in now] == [{**item, "updated": ""} for item in kept]
        seen = [stage.observe("notes") for stage in stages]
    assert seen[0] == seen[1]
    assert seen[0]["ann"].startswith("200 1 "), "the tokens count still"
    places = {mutant.place for mutant in tried.survivors}
    assert not places & {"notes.listRule", "users.authRule", "notes.secret"}
    assert places >= {"notes.deleteRule", "users.viewRule", "notes.owner"}
    assert not tried.unsteady
    assert not watchers[0].asked
    assert {key for _, key in watchers[1].asked} & {"listRule", "viewRule", "authRule", "updateRule"}
    assert tried.total == tried.killed + len(tried.survivors) > len(tried.survivors)
    assert {mutant.place for mutant in tried.not_set} == {"users.email"}, "the server keeps it as it is"
    assert {"place": "notes.viewRule", "change": 'The rule is "": anyone may.'} in tried.as_data()["survivors"]
