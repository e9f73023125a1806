"""Rules that let in others than they seem to: what is reported happens on a real server, the right rule is quiet."""

from __future__ import annotations

from typing import Any

import pytest

import servers
from _pb.languages.rules import parse
from _pb.schema.leaks import rule_leaks, schema_leaks
from _pb.schema.lookup import Schema

Json = Any  # a document as a test writes it, right or wrong

USERS = "_pb_users_auth_"
GUARD = '@request.auth.id != "" && '


def relation(name: str, target: str, **more: Any) -> Json:
    return {"name": name, "type": "relation", "collectionId": target, **more}


COLLECTIONS: list[Json] = [
    {"id": "pbc_team", "name": "teams", "fields": [relation("members", USERS, maxSelect=9)]},
    {
        "id": "pbc_seat",
        "name": "seats",
        "fields": [relation("user", USERS, required=True), relation("team", "pbc_team", required=True)],
    },
    {
        "id": "pbc_post",
        "name": "posts",
        "fields": [
            {"name": "title", "type": "text"},
            {"name": "stars", "type": "number"},
            {"name": "open", "type": "bool"},
            {"name": "tags", "type": "select", "values": ["a", "b"], "maxSelect": 2},
            relation("owner", USERS),
            relation("author", USERS, required=True),
            relation("readers", USERS, maxSelect=9),
            relation("team", "pbc_team"),
            relation("home", "pbc_team", required=True),
        ],
    },
]


class World:
    """A server with users, teams without members, no seats, and posts with and without what is optional."""

    def __init__(self, server: servers.Server) -> None:
        self.server = server
        users = server.request("GET", "/api/collections/users")[1]
        fields = [*users["fields"], {"name": "role", "type": "text"}]
        body = {"collections": [{"name": "users", "fields": fields, "id": USERS}, *COLLECTIONS]}
        assert server.request("PUT", "/api/collections/import", body)[0] == 204
        self.user, self.token = self.sign_up("user@example.com", role="member")
        self.other, _ = self.sign_up("other@example.com")
        team = self.create("teams", {})
        posts: list[Json] = [
            {},
            {"title": "x", "tags": ["a"], "owner": self.user, "readers": [self.user], "team": team},
        ]
        self.posts = [self.create("posts", {"author": self.user, "home": team, **post}) for post in posts]
        self.schema = Schema(server.collections())

    def sign_up(self, email: str, **more: Any) -> tuple[str, str]:
        """Create a user; return the id and a token."""
        passwords = {"password": "12345678", "passwordConfirm": "12345678"}
        identity = self.create("users", {"email": email, **passwords, **more})
        path = "/api/collections/users/auth-with-password"
        return identity, self.server.request("POST", path, {"identity": email, "password": "12345678"})[1]["token"]

    def create(self, name: str, body: Json) -> str:
        """Create a record as the superuser and return its id."""
        status, answer = self.server.request("POST", f"/api/collections/{name}/records", body)
        assert status == 200, answer
        return str(answer["id"])

    def put(self, collection: str, **rules: str | None) -> None:
        """Set rules of a collection."""
        status, answer = self.server.request("PATCH", f"/api/collections/{collection}", rules)
        assert status == 200, answer

    def visible(self, rule: str, token: str = "") -> list[str]:
        """Return which posts a rule shows to a token's owner, by default a guest."""
        self.put("posts", listRule=rule)
        return [item["id"] for item in self.ask("GET", "posts/records", None, token)[1]["items"]]

    def ask(self, method: str, path: str, body: Any = None, token: str = "") -> tuple[int, Any]:
        """Send a request to a collection as a token's owner, by default a guest."""
        kept = self.server._token
        self.server._token = token
        try:
            return self.server.request(method, f"/api/collections/{path}", body, authed=bool(token))
        finally:
            self.server._token = kept

    def kinds(self, rule: str, action: str = "list", collection: str = "posts") -> set[str]:
        """Return the kinds of the findings about a rule."""
        found = self.schema.get(collection)
        assert found is not None
        return {finding.kind for finding in rule_leaks(rule, action, found, self.schema)}


@pytest.fixture(scope="module")
def world(version: str) -> Any:
    with servers.Server(version) as server:
        yield World(server)


LETS_GUESTS_IN = [
    "owner = @request.auth.id",
    "@request.auth.id = owner",
    "owner ?= @request.auth.id",
    "owner.id = @request.auth.id",
    "owner.name = @request.auth.name",
    "readers.id ?= @request.auth.id",
    "readers:each ?= @request.auth.id",
    "team.members.id ?= @request.auth.id",
    "home.members.id ?= @request.auth.id",
    '@request.auth.role != "banned"',
    "@request.auth.verified != true",
    "@request.auth.id != owner",
    "@request.auth.id != author",
    "@collection.seats.user ?= @request.auth.id",
    "@collection.seats.user ?= @request.auth.id && @collection.seats.team ?= team",
    'title = "" && (stars = 0 && owner = @request.auth.id)',
    'title = "x" || owner = @request.auth.id',
    "author = @request.auth.id || owner = @request.auth.id",
    "readers ?!= @request.auth.id",
    "@request.body.owner = @request.auth.id",
]
KEEPS_GUESTS_OUT = [
    *(f"{GUARD}({rule})" for rule in LETS_GUESTS_IN),
    "author = @request.auth.id",
    "author.id ?= @request.auth.id",
    "owner ~ @request.auth.id",
    "readers ?= @request.auth.id",
    "readers.id ?~ @request.auth.id",
    '@request.auth.role = "member"',
    "@request.auth.verified = true",
    "@request.auth.verified = false",
    '@request.auth.collectionName = "users"',
    'owner = @request.auth.id && @request.auth.role = "member"',
    "owner = @request.auth.id && author = @request.auth.id",
    "stars = @request.auth.name",
    '@request.auth.id > ""',
    "@request.auth.id != null",
    "@collection.seats.user ?= @request.auth.id && @collection.seats.team ?= home",
]
FOR_GUESTS = ['@request.auth.id = ""', "@request.auth.id = null", 'title = ""']


@pytest.mark.parametrize("rule", [*LETS_GUESTS_IN, *KEEPS_GUESTS_OUT])
def test_who_is_said_to_let_guests_in_does(world: World, rule: str) -> None:
    assert ("guest-passes" in world.kinds(rule)) is (world.visible(rule) != []) is (rule in LETS_GUESTS_IN)


@pytest.mark.parametrize("rule", FOR_GUESTS)
def test_no_alarm_on_a_rule_that_is_for_guests(world: World, rule: str) -> None:
    assert world.kinds(rule) == set()
    assert world.visible(rule) != []


NEVER_TRUE = ['tags = "a"', 'tags ?= "a"', "readers ?= @request.auth.id", "readers = @request.auth.id", 'tags = ""']
ALWAYS_TRUE = ['tags != "a"', 'tags ?!= "a"', 'tags != ""', "readers != @request.auth.id"]
MEANT = [
    ('tags:each ?= "a"', 1),
    ('tags ~ "a"', 1),
    ("readers.id ?= @request.auth.id", 1),
    ("readers:each ?= @request.auth.id", 1),
    ("tags:length = 0", 1),
    ("tags:length != 0", 1),
    ('tags = "[\\"a\\"]"', 1),
]


@pytest.mark.parametrize("rule", [*NEVER_TRUE, *ALWAYS_TRUE])
def test_a_list_compared_as_one_value(world: World, rule: str) -> None:
    assert "list-as-value" in world.kinds(rule)
    assert len(world.visible(rule, world.token)) == (0 if rule in NEVER_TRUE else 2)


@pytest.mark.parametrize(("rule", "count"), MEANT)
def test_no_alarm_on_lists_compared_rightly(world: World, rule: str, count: int) -> None:
    assert world.kinds(GUARD + rule) == set()
    assert len(world.visible(rule, world.token)) == count


def test_the_advice_about_a_list_is_right(world: World) -> None:
    for rule, advised, count in (
        ('tags = "a"', 'tags:each ?= "a"', 1),
        ('tags = ""', "tags:length = 0", 1),
        ('tags != ""', "tags:length != 0", 1),
    ):
        collection = world.schema.get("posts")
        assert collection is not None
        (finding,) = rule_leaks(rule, "list", collection, world.schema)
        assert finding.fix == f"Write {advised}."
        assert len(world.visible(advised, world.token)) == count


def test_all_rows_of_another_collection_must_match(world: World) -> None:
    team = world.create("teams", {})
    seats = [world.create("seats", {"user": user, "team": team}) for user in (world.user, world.other)]
    rule = GUARD + "@collection.seats.user = @request.auth.id"
    assert "all-rows" in world.kinds(rule)
    assert world.visible(rule, world.token) == []
    right = rule.replace("user =", "user ?=")
    assert world.kinds(right) == set()
    assert len(world.visible(right, world.token)) == 2
    for seat in seats:
        world.server.request("DELETE", f"/api/collections/seats/records/{seat}")


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        (GUARD + "owner = @request.auth.id", False),
        (GUARD + "owner.id = @request.auth.id", False),
        (GUARD + "owner ~ @request.auth.id", False),
        (GUARD + "owner = @request.auth.id && @request.body.owner:isset = false", True),
        (GUARD + "owner = @request.auth.id && @request.body.owner = owner", True),
    ],
)
def test_an_owner_that_can_give_the_record_away(world: World, rule: str, kept: bool) -> None:
    assert ("owner-changes" in world.kinds(rule, "update")) is not kept
    world.put("posts", updateRule=rule)
    post = world.create("posts", {"owner": world.user, "author": world.user, "home": world.create("teams", {})})
    status, _ = world.ask("PATCH", f"posts/records/{post}", {"owner": world.other}, world.token)
    assert (status == 404) is kept
    world.server.request("DELETE", f"/api/collections/posts/records/{post}")


def test_a_record_that_can_be_moved_to_what_belongs_to_others(world: World) -> None:
    mine, theirs = (world.create("teams", {"members": [user]}) for user in (world.user, world.other))
    rule = GUARD + "team.members.id ?= @request.auth.id"
    for whole, kind in ((rule, {"parent-changes"}), (rule + " && @request.body.team:isset = false", set())):
        assert world.kinds(whole, "update") == kind
        world.put("posts", updateRule=whole)
        post = world.create("posts", {"team": mine, "author": world.user, "home": mine})
        assert (world.ask("PATCH", f"posts/records/{post}", {"team": theirs}, world.token)[0] == 200) is bool(kind)
        world.server.request("DELETE", f"/api/collections/posts/records/{post}")


def test_no_alarm_on_members_who_choose_members(world: World) -> None:
    assert world.kinds(GUARD + "members.id ?= @request.auth.id", "update", "teams") == set()


def test_writing_for_everyone(world: World) -> None:
    world.put("posts", createRule="", updateRule="", deleteRule="")
    assert world.kinds("", "create") == {"public-create"}
    home = world.create("teams", {})
    status, made = world.ask("POST", "posts/records", {"author": world.user, "home": home})
    assert status == 200
    assert world.kinds("", "update") == {"public-update"}
    assert world.ask("PATCH", f"posts/records/{made['id']}", {"title": "mine"})[0] == 200
    assert world.kinds("", "delete") == {"public-delete"}
    assert world.ask("DELETE", f"posts/records/{made['id']}")[0] == 204
    assert world.kinds("", "list") == world.kinds("", "view") == world.kinds("", "create", "users") == set()


@pytest.mark.parametrize("rule", ["@request.body.owner = @request.auth.id", "owner = @request.auth.id"])
def test_a_guest_creates_what_belongs_to_nobody(world: World, rule: str) -> None:
    body = {"author": world.user, "home": world.create("teams", {})}
    for guarded in (False, True):
        whole = GUARD + rule if guarded else rule
        world.put("posts", createRule=whole)
        assert ("guest-passes" in world.kinds(whole, "create")) is not guarded
        status, made = world.ask("POST", "posts/records", body)
        assert (status == 400) is guarded
        if status == 200:
            world.server.request("DELETE", f"/api/collections/posts/records/{made['id']}")
    required = rule.replace("owner", "author")
    assert world.kinds(required, "create") == set()
    world.put("posts", createRule=required)
    assert world.ask("POST", "posts/records", {"home": body["home"]})[0] == 400


def test_a_user_who_can_promote_herself(world: World) -> None:
    own = "id = @request.auth.id"
    safe = own + " && @request.body.role:isset = false"
    admins = '@request.auth.role = "admin"'
    by_admins = f"({safe}) || {admins}"
    for update, closed in (
        (own, False),
        (safe, True),
        (by_admins, True),
        (admins, True),
        (f"{own} || {admins}", False),
    ):
        world.put("posts", listRule=admins)
        world.put("users", updateRule=update)
        found = {(item.kind, item.place) for item in schema_leaks(world.server.collections())[0]}
        assert (("self-promotion", "users.updateRule") in found) is not closed
        assert ("self-promotion", "users.createRule") in found
        status, _ = world.ask("PATCH", f"users/records/{world.user}", {"role": "admin"}, world.token)
        assert (status == 404) is closed
        world.server.request("PATCH", f"/api/collections/users/records/{world.user}", {"role": "member"})
    world.put("users", updateRule=own)


def test_files_are_open_whatever_the_rule(world: World) -> None:
    closed: Json = {"name": "papers", "fields": [{"name": "scan", "type": "file"}], "id": "pbc_paper"}
    live = [*world.server.collections(), {**closed, "type": "base", "system": False}]
    warnings = schema_leaks(live)[1]
    assert [item.place for item in warnings if item.kind == "open-file"] == ["papers.scan"]
    guarded: Json = {**closed, "type": "base", "fields": [{"name": "scan", "type": "file", "protected": True}]}
    assert schema_leaks([guarded])[1] == []


def test_a_fresh_server_has_no_leak(version: str) -> None:
    with servers.Server(version) as server:
        assert schema_leaks(server.collections()) == ([], [])


def test_every_rule_of_the_tests_can_be_read() -> None:
    for rule in (*LETS_GUESTS_IN, *KEEPS_GUESTS_OUT, *NEVER_TRUE, *ALWAYS_TRUE):
        parse(rule)
