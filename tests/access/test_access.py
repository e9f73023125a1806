"""pb_access.py: the matrix of who may do what, compared with a reviewed one, and the rule's part that decides."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import servers
from _pb.access.attempts import allow_batches, passes
from _pb.access.compare import differences
from _pb.access.observe import Row, observe
from _pb.access.population import Population
from _pb.access.readings import asked, rules_of
from _pb.access.setting import populated
from _pb.access.variants import demanded, variants
from _pb.server.throwaway import Throwaway
from access_judge.build import (
    ME,
    SIGNED_IN,
    base,
    date,
    file,
    flag,
    keep,
    many,
    maybe,
    mine,
    number,
    select,
    spoofless,
    text,
    to,
    users,
)
from conftest import Runner

pytestmark = pytest.mark.both_ends

POSTS = base(
    "posts",
    [
        text("title", required=True),
        maybe("author", "users"),
        select("status", "draft", "published"),
        text("note", hidden=True),
    ],
    list=f"status = 'published' || ({mine('author')})",
    view=f"status = 'published' || ({mine('author')})",
    create=spoofless("author"),
    update=mine("author") + keep("author"),
    delete=mine("author"),
)
SCHEMA = [users(), POSTS]


def changed(**rules: Any) -> list[dict[str, Any]]:
    """Return the schema with other rules of the posts."""
    return [users(), {**POSTS, **rules}]


@pytest.fixture
def access(offline: Runner, version: str, tmp_path: Path) -> Any:
    """Run pb_access.py on a schema; no live server is needed."""

    def run(verb: str, schema: list[dict[str, Any]], *words: str) -> Any:
        file = tmp_path / "schema.json"
        file.write_text(json.dumps(schema), "utf-8")
        return offline("pb_access.py", verb, *words, "--file", str(file), "--binary", str(servers.binary(version)))

    return run


def cell(document: Any, collection: str, action: str, actor: str) -> Any:
    """Return what an actor is allowed in a printed matrix."""
    row = next(item for item in document["items"] if (item["collection"], item["action"]) == (collection, action))
    return next((names for actors, names in row["allowed"].items() if actor in actors.split(", ")), None)


def test_the_matrix_shows_what_each_actor_may_do(access: Any) -> None:
    result = access("matrix", SCHEMA)
    assert result.code == 0, result
    assert cell(result.data, "posts", "list", "guest") == ["status=published"]
    assert cell(result.data, "posts", "view", "users:owner") == ["own", "status=published"]
    assert cell(result.data, "posts", "create", "guest") is None
    assert "own" in cell(result.data, "posts", "create", "users:other")
    assert "author=another's" not in cell(result.data, "posts", "create", "users:owner")
    assert "author -> another" not in cell(result.data, "posts", "update", "users:owner")
    assert cell(result.data, "posts", "delete", "users:other") is None
    assert "note" not in cell(result.data, "posts", "fields", "users:owner")
    assert (
        "note" in cell(result.data, "posts", "fields", "superuser")
        if cell(result.data, "posts", "fields", "superuser")
        else True
    )
    assert cell(result.data, "users", "view", "users:owner") == ["own"]


def test_a_reviewed_matrix_is_compared_cell_by_cell(access: Any, tmp_path: Path) -> None:
    reviewed = str(tmp_path / "access.json")
    assert access("matrix", SCHEMA, "--save", reviewed).code == 0
    same = access("matrix", SCHEMA, "--expect", reviewed)
    assert (same.code, same.data["items"], same.data["findings"]) == (0, [], [])
    wider = access("matrix", changed(listRule="", deleteRule=None), "--expect", reviewed)
    assert wider.code == 1
    assert {"collection": "posts", "action": "list", "actor": "guest", "widened": ["own", "unowned"]} in wider.data[
        "items"
    ]
    owner = {"collection": "posts", "action": "delete", "actor": "users:owner"}
    assert {**owner, "narrowed": ["own", "status=published"]} in wider.data["items"]
    # Up to 0.30 a filter also reaches through relations.
    assert {item["action"] for item in wider.data["items"]} - {"filter"} == {"list", "delete", "fields"}
    assert f"matrix --save {reviewed}" in wider.hint


def test_what_was_printed_is_a_reviewed_matrix_too(access: Any, tmp_path: Path) -> None:
    printed = tmp_path / "printed.json"
    printed.write_text(json.dumps(access("matrix", SCHEMA).document), "utf-8")
    same = access("matrix", SCHEMA, "--expect", str(printed))
    assert (same.code, same.data["items"], same.data["findings"]) == (0, [], [])
    wider = access("matrix", changed(listRule="", deleteRule=None), "--expect", str(printed))
    guest = {"collection": "posts", "action": "list", "actor": "guest", "widened": ["own", "unowned"]}
    owner = {"collection": "posts", "action": "delete", "actor": "users:owner"}
    assert guest in wider.data["items"]
    assert {**owner, "narrowed": ["own", "status=published"]} in wider.data["items"]


def test_a_saved_matrix_with_a_leak_ends_as_the_printed_one(access: Any, tmp_path: Path) -> None:
    reviewed = tmp_path / "access.json"
    result = access("matrix", changed(updateRule="author = @request.body.author"), "--save", str(reviewed))
    assert (result.code, result.document["success"]) == (1, False)
    assert json.loads(reviewed.read_text("utf-8"))["findings"] == without_proof(result) != []


def test_what_the_reviewed_rules_told_apart_is_tried_again(access: Any, tmp_path: Path) -> None:
    reviewed = str(tmp_path / "access.json")
    places = base("places", [text("zone")], list="zone = 'north'", update="@request.body.zone:isset = false")
    access("matrix", [users(), places], "--save", reviewed)
    open_ = {**places, "listRule": "", "updateRule": ""}
    widened = {
        (item["action"], item["actor"]): item["widened"]
        for item in access("matrix", [users(), open_], "--expect", reviewed).data["items"]
    }
    assert widened["list", "guest"] == ["own"]
    narrow = {**places, "listRule": "zone = 'south'"}
    changed = access("matrix", [users(), narrow], "--expect", reviewed).data["items"]
    assert {"narrowed": ["zone=north"]}.items() <= next(item for item in changed if item["action"] == "list").items()
    assert "-> zone=given" in widened["update", "guest"]


def test_a_leak_is_found_without_a_reviewed_matrix(access: Any) -> None:
    result = access("matrix", changed(updateRule="author = @request.body.author"), "posts")
    assert result.code == 1
    assert any(item["severity"] == "high" and item["action"] == "update" for item in result.data["findings"])
    assert {item["collection"] for item in result.data["items"]} == {"posts"}


def test_rules_that_nobody_was_seen_to_pass_are_named(access: Any) -> None:
    result = access("matrix", SCHEMA)
    assert "warnings" not in result.document
    never = "title = 'a' && title = 'b'"
    result = access("matrix", changed(createRule=never, deleteRule=never), "posts")
    (warning,) = result.document["warnings"]
    assert warning.startswith("Nobody was seen to pass posts.create, posts.delete, so nothing is proved")


def test_a_new_record_satisfies_what_the_rule_demands_of_all(access: Any) -> None:
    create = "(@request.auth.id != '' && author = '') && status = 'published' && rank = 3"
    create += " && @request.body.title:isset = false"
    fields = [text("title"), maybe("author", "users"), select("status", "draft", "published"), number("rank")]
    posts = base("posts", fields, create=create)
    result = access("matrix", [users(), posts], "posts")
    assert "own" in cell(result.data, "posts", "create", "users:owner")
    assert "author=another's" not in cell(result.data, "posts", "create", "users:owner")
    assert demanded({"fields": fields, "createRule": "status = 'published' || author = ''"}) == {}


def test_records_that_a_user_can_have_only_once_are_tried_in_each_state(access: Any) -> None:
    seats = base("seats", [to("user", "users"), to("team", "teams"), select("role", "reader", "admin")], list=SIGNED_IN)
    seats["indexes"] = ["CREATE UNIQUE INDEX idx_seats ON seats (team, user)"]
    schema = [users(), base("teams", [text("name")]), seats]
    result = access("matrix", schema, "seats")
    assert "warnings" not in result.document
    assert cell(result.data, "seats", "list", "users:other") == "all"
    assert access("explain", schema, "seats", "list", "--as", "users:other", "--try", "role=admin").data["allowed"]


def test_moving_a_record_to_where_it_is_already_is_no_change(access: Any) -> None:
    result = access("matrix", [users(), {**POSTS, "updateRule": mine("author")}], "posts")
    assert "author -> another" in cell(result.data, "posts", "update", "users:owner")
    assert "author -> me" not in cell(result.data, "posts", "update", "users:owner")


def test_values_that_can_be_guessed_by_a_filter_are_found(access: Any, version: str) -> None:
    """Up to 0.30 a filter reaches through a relation into a collection that nobody may list."""
    people = base("people", [text("surname")])
    posts = base("posts", [text("title"), to("writer", "people")], list="", view="")
    result = access("matrix", [users(), people, posts], "people", "posts")
    guessed = [item["message"] for item in result.data["findings"] if item["action"] == "filter"]
    old = tuple(int(part) for part in version.split(".")) < (0, 31)
    assert guessed == ["values that are hidden can be guessed by filtering: writer.surname"] * old


def test_the_live_schema_is_read_and_its_server_left_alone(own_pb: Runner, own_server: servers.Server) -> None:
    own_server.request("POST", "/api/collections", base("live", [text("title")], list="", view=SIGNED_IN))
    own_server.request("POST", "/api/collections/live/records", {"title": "kept"})
    before = [own_server.request("GET", f"/api/collections/{name}/records")[1] for name in ("live", "users")]
    result = own_pb("pb_access.py", "matrix", "live", "--binary", str(servers.binary(own_server.version)))
    assert result.code == 1
    assert cell(result.data, "live", "list", "guest") == "all"
    assert cell(result.data, "live", "view", "guest") is None
    assert result.data["findings"][0]["code"] == "list-and-view"
    after = [own_server.request("GET", f"/api/collections/{name}/records")[1] for name in ("live", "users")]
    assert before == after
    assert own_server.request("GET", "/api/settings")[1]["batch"]["enabled"] is False


def test_tables_for_people(access: Any, offline: Runner, tmp_path: Path, version: str) -> None:
    schema = tmp_path / "schema.json"
    schema.write_text(json.dumps(SCHEMA), "utf-8")
    words = ["matrix", "posts", "--file", str(schema), "--binary", str(servers.binary(version)), "--format"]
    done = offline.raw("pb_access.py", *words, "table")
    lines = done.stdout.decode().splitlines()
    assert lines[0].split()[:3] == ["collection", "action", "guest"]
    assert any(line.startswith("posts       delete  -  ") for line in lines), lines
    assert json.loads(done.stderr)["success"] is True
    markdown = offline.raw("pb_access.py", *words, "markdown").stdout.decode()
    assert markdown.startswith("| collection | action | guest |")
    page = tmp_path / "access.html"
    assert offline("pb_access.py", *words, "html", "--output", str(page)).data["file"] == str(page)
    assert page.read_text("utf-8").count('<td class="none">-</td>') > 3


@pytest.mark.parametrize(
    ("words", "allowed", "decided"),
    [
        (
            ["posts", "view"],
            False,
            "does not hold: status = 'published'; does not hold: @req",
        ),
        (["posts", "view", "--try", "status=published"], True, "holds: status = 'published'"),
        (["posts", "delete", "--as", "users:owner"], True, "holds: author = @request.auth.id"),
        (["posts", "create", "--as", "users:owner", "--try", "author=another's"], False, "@request.body.author ="),
        (["posts", "update", "--as", "users:owner", "--try", "author -> another"], False, "author:isset = false"),
        (["users", "list", "--as", "users:other"], False, "does not hold: id = @request.auth.id"),
        (["users", "create"], True, 'Anyone may: the rule is "".'),
    ],
)
def test_the_deciding_part_of_a_rule_is_explained(access: Any, words: list[str], allowed: bool, decided: str) -> None:
    result = access("explain", SCHEMA, *words)
    assert result.data["allowed"] is allowed
    assert decided in result.data["decided"]
    if result.data["parts"]:
        assert result.data["parts"][0]["holds"] is allowed


def test_the_rule_of_a_view_is_explained_by_the_command_of_the_hint(access: Any, offline: Runner) -> None:
    query = "SELECT id, author, note FROM posts"
    shown = {"name": "notes", "type": "view", "viewQuery": query, "listRule": SIGNED_IN, "viewRule": SIGNED_IN}
    schema = [*changed(listRule=mine("author"), viewRule=mine("author")), shown]
    result = access("explain", schema, "notes", "view", "--as", "users:other")
    assert (result.data["tried"], result.data["allowed"]) == ("posts own", True)
    assert SIGNED_IN in result.data["decided"]
    leaky = {**shown, "viewQuery": "SELECT id, author, note AS private_note FROM posts"}
    explained = offline("pb_access.py", *hinted(access("matrix", [*schema[:-1], leaky])))
    assert (explained.data["collection"], explained.data["allowed"]) == ("notes", True)


SHELVES = [
    users(),
    base("shelves", [text("title"), to("owner", "users"), text("code", hidden=True)], view=mine("owner")),
    base(
        "books",
        [to("shelf", "shelves"), file("scan"), file("deed", protected=True)],
        list=SIGNED_IN,
        view=ME + " = shelf.owner",
    ),
]


@pytest.mark.parametrize(
    ("words", "allowed", "decided"),
    [
        (["shelves", "fields", "--try", "code", "--as", "users:owner"], False, "the field is hidden"),
        (["shelves", "fields", "--try", "title", "--as", "users:owner"], True, "shelves.viewRule: holds: "),
        (["books", "fields", "--as", "users:other"], True, "books.listRule: holds: "),
        (["books", "expand", "--as", "users:other"], False, "shelves.viewRule: does not hold: owner ="),
        (["shelves", "expand", "--try", "books_via_shelf", "--as", "users:owner"], True, "books.viewRule: holds"),
        (["books", "files", "--try", "scan"], True, "the field is not protected"),
        (["books", "files", "--try", "deed", "--as", "users:other"], False, "books.viewRule: does not hold"),
        (["shelves", "filter", "--try", "code"], False, "shelves.listRule: Only superusers may"),
    ],
)
def test_why_somebody_sees_a_field_a_relation_or_a_file_is_explained(
    access: Any, words: list[str], allowed: bool, decided: str
) -> None:
    result = access("explain", SHELVES, *words)
    assert (result.data["allowed"], decided in result.data["decided"]) == (allowed, True), result.data


def test_the_hint_explains_what_a_finding_names(access: Any, offline: Runner) -> None:
    shown = base("accounts", [text("title"), text("iban"), to("user", "users")], list=SIGNED_IN, view=SIGNED_IN)
    words = hinted(access("matrix", [users(), shown], "accounts"))
    assert words[:3] == ["explain", "accounts", "fields"]
    explained = offline("pb_access.py", *words)
    assert (explained.data["tried"], explained.data["allowed"]) == ("iban", True)


def test_a_value_that_is_not_unique_hides_no_rule(access: Any, offline: Runner, tmp_path: Path) -> None:
    """On 0.23 the error about a value that is not unique comes before the rule."""
    profiles = base("profiles", [to("user", "users"), text("bio")], list=mine("user"), create=spoofless("user"))
    schema = tmp_path / "profiles.json"
    index = {"indexes": ["CREATE UNIQUE INDEX idx_profiles ON profiles (user)"]}
    schema.write_text(json.dumps([users(), {**profiles, **index}]), "utf-8")
    for version in ("0.23.12", servers.DEFAULT_VERSION):
        words = ["matrix", "profiles", "--file", str(schema), "--binary", str(servers.binary(version))]
        result = offline("pb_access.py", *words)
        assert cell(result.data, "profiles", "create", "guest") is None
        assert cell(result.data, "profiles", "create", "users:owner") == ["own"]
        assert cell(result.data, "profiles", "create", "users:other") == ["own"]


def test_parts_that_hold_for_different_joined_records_are_told(access: Any) -> None:
    teams = base("teams", [text("name")])
    seats = base("seats", [to("user", "users"), to("team", "teams"), select("role", "reader", "admin")])
    joined = "@collection.seats.user ?= @request.auth.id && @collection.seats.role ?= 'admin'"
    files = base("plans", [to("team", "teams")], view=f"{joined} && @collection.seats.team ?= team")
    result = access("explain", [users(), teams, seats, files], "plans", "view", "--as", "users:in seats")
    assert result.data["allowed"] is False
    assert "not all of them for the same joined record" in result.data["decided"]


def test_owners_are_tried_in_each_role_that_another_record_gives(access: Any) -> None:
    joined = f"team.seats_via_team.user ?= {ME} && team.seats_via_team.role ?= 'reader'"
    seats = base("seats", [to("user", "users"), to("team", "teams"), select("role", "admin", "reader")])
    plans = base("plans", [to("team", "teams"), to("author", "users")], create=f"{mine('author')} && {joined}")
    schema = [users(), base("teams", [text("name")]), seats, plans]
    result = access("matrix", schema, "plans")
    assert cell(result.data, "plans", "create", "users:owner") is None
    assert cell(result.data, "plans", "create", "users:owner in seats role=reader") == ["own"]
    words = ["plans", "create", "--as", "users:owner in seats role=reader"]
    assert access("explain", schema, *words).data["allowed"] is True


@pytest.mark.parametrize(
    ("verb", "words", "code", "message"),
    [
        ("matrix", ["nothing"], 2, "There is no collection 'nothing'."),
        ("explain", ["posts", "view", "--as", "users:onwer"], 2, "There is no actor 'users:onwer'."),
        ("explain", ["posts", "view", "--try", "nothing"], 2, "There is no record 'nothing'."),
        ("explain", ["posts", "read"], 2, "invalid choice"),
        ("matrix", ["--expect", "missing.json"], 2, "'missing.json' cannot be read"),
    ],
)
def test_wrong_input_is_named(access: Any, verb: str, words: list[str], code: int, message: str) -> None:
    result = access(verb, SCHEMA, *words)
    assert result.code == code
    assert message.lower() in result.message.lower()


def test_a_file_that_is_no_matrix_is_refused(access: Any, tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text('{"items": [1]}', "utf-8")
    result = access("matrix", SCHEMA, "--expect", str(tmp_path / "other.json"))
    assert (result.code, result.message) == (2, "The file of --expect holds no access matrix.")


def test_a_file_that_is_no_matrix_is_refused_when_collections_are_named(access: Any, tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text('{"data": {"items": []}}', "utf-8")
    result = access("matrix", SCHEMA, "posts", "--expect", str(tmp_path / "other.json"))
    assert (result.code, result.message) == (2, "The file of --expect holds no access matrix.")
    assert "pb_access.py matrix --save" in result.unquoted


def test_a_missing_file_of_expect_is_said_to_be_that_of_expect(access: Any, tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.json")
    result = access("matrix", SCHEMA, "--expect", missing)
    assert "Check the path given to --expect" in result.hint
    assert f"pb_access.py matrix --save {missing} --file {tmp_path / 'schema.json'}" in result.unquoted


def hinted(result: Any) -> list[str]:
    """Return the words after the script in the command that a hint ends with."""
    before, _, after = result.hint.partition("pb_access.py")
    assert "python3" in before
    return shlex.split(after)


def without_proof(result: Any) -> list[dict[str, Any]]:
    """Return the findings without the requests, whose ids differ from run to run."""
    return [{key: value for key, value in one.items() if key != "proof"} for one in result.data["findings"]]


def test_the_hints_run_as_they_are_printed(access: Any, offline: Runner, tmp_path: Path) -> None:
    reviewed = tmp_path / "reviewed here.json"
    access("matrix", SCHEMA, "--save", str(reviewed))
    leaky = changed(updateRule="author = @request.body.author")
    result = access("matrix", leaky, "posts", "--expect", str(reviewed))
    kept = offline("pb_access.py", *hinted(result))
    assert kept.code == 1
    assert [one for one in without_proof(result) if one not in without_proof(kept)] == []
    assert access("matrix", leaky, "--expect", str(reviewed)).code == 0
    explained = offline("pb_access.py", *hinted(access("matrix", leaky, "posts")))
    assert explained.code == 0, explained
    assert (explained.data["action"], explained.data["allowed"]) == ("update", True)


@pytest.mark.parametrize("words", [[], ["--format", "html", "--expect", "access.json"]])
def test_an_output_that_would_not_be_written_is_refused(access: Any, tmp_path: Path, words: list[str]) -> None:
    page = tmp_path / "access.html"
    result = access("matrix", SCHEMA, "--output", str(page), *words)
    assert result.code == 2
    assert "--format table|markdown|html" in result.hint


def test_a_schema_that_pocketbase_refuses_is_told_with_its_reason(access: Any) -> None:
    result = access("matrix", changed(listRule="nonsense = 1"))
    assert result.code == 1
    assert "nonsense" in json.dumps(result.document)


def test_a_rule_that_no_made_record_satisfies_is_no_failure(access: Any) -> None:
    result = access("matrix", changed(createRule="@request.headers.x_key = 'secret'", listRule=None), "posts")
    assert cell(result.data, "posts", "create", "users:owner") is None
    assert cell(result.data, "posts", "list", "users:owner") is None


def test_records_that_cannot_be_made_are_warned_of(access: Any) -> None:
    odd = base("odd", [text("code", required=True, pattern="^a{9}$", max=4)], list="")
    result = access("matrix", [users(), odd], "odd")
    assert "odd.code: no text of 1 to 4 characters was found" in json.dumps(result.document["warnings"])


def test_collections_that_require_each_other_are_tried_all_the_same(access: Any) -> None:
    left, right = base("left", [to("other", "right")], view=SIGNED_IN), base("right", [to("other", "left")], view="")
    result = access("matrix", [users(), left, right], "left", "right")
    assert cell(result.data, "left", "view", "users:other") == "all"
    assert "left.other is required in a circle; on the copy it is optional." in result.document["warnings"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "app" / "pb_hooks").mkdir(parents=True)
    (tmp_path / "app" / "pb_migrations").mkdir()
    return tmp_path / "app"


def test_custom_routes_of_a_project_are_tried_too(offline: Runner, project: Path) -> None:
    hooks = """
    routerAdd("GET", "/api/open", (e) => e.json(200, {}));
    routerAdd("POST", "/api/closed/{id}", (e) => e.json(200, {}), $apis.requireAuth());
    """
    (project / "pb_hooks" / "main.pb.js").write_text(hooks, "utf-8")
    words = ["matrix", "--project", str(project), "--binary", str(servers.binary(servers.DEFAULT_VERSION))]
    data = offline("pb_access.py", *words).data
    assert cell(data, "(routes)", "GET /api/open", "guest") == "all"
    assert cell(data, "(routes)", "POST /api/closed/{id}", "guest") is None
    assert cell(data, "(routes)", "POST /api/closed/{id}", "users:other") == "all"


def test_a_project_whose_hooks_fail_shows_the_servers_own_words(offline: Runner, project: Path) -> None:
    (project / "pb_hooks" / "main.pb.js").write_text("nothing.works()", "utf-8")
    words = ["matrix", "--project", str(project), "--binary", str(servers.binary(servers.DEFAULT_VERSION))]
    result = offline("pb_access.py", *words)
    assert result.code != 0
    assert "nothing is not defined" in json.dumps(result.document)


def test_a_named_collection_whose_records_a_hook_refuses_is_no_success(offline: Runner, project: Path) -> None:
    hook = 'onRecordCreate((e) => { throw new Error("no note without its seal"); }, "notes");'
    (project / "pb_hooks" / "main.pb.js").write_text(hook, "utf-8")
    schema = project / "schema.json"
    schema.write_text(json.dumps([users(), base("notes", [text("title")], list="", view=""), POSTS]), "utf-8")
    binary = str(servers.binary(servers.DEFAULT_VERSION))
    result = offline(
        "pb_access.py", "matrix", "notes", "--project", str(project), "--file", str(schema), "--binary", binary
    )
    assert result.code == 1
    assert "Nothing was observed of notes" in json.dumps(result.document["warnings"])
    assert "no note without its seal" in json.dumps(result.document["warnings"])


@pytest.fixture(scope="module")
def filled() -> Iterator[Population]:
    """A filled copy of the schema, shared by tests that change nothing on it."""
    with Throwaway(schema=SCHEMA, binary=str(servers.binary(servers.DEFAULT_VERSION))) as server:
        population = populated(server.client)
        yield population


def test_nothing_that_is_tried_changes_a_record(filled: Population) -> None:
    def everything() -> Any:
        names = ("posts", "users")
        return [filled.client.call("GET", f"/api/collections/{name}/records?perPage=500") for name in names]

    before = everything()
    observe(filled, ["users", "posts"])
    assert everything() == before


def test_writes_are_told_apart_by_what_came_of_them(filled: Population) -> None:
    allow_batches(filled.client)
    client, own = filled.client, filled.targets["posts"]["own"]
    owner = next(persona for persona in filled.personas if persona.label == "users:owner")
    other = next(persona for persona in filled.personas if persona.label == "users:other")
    path = f"/api/collections/posts/records/{own}"
    assert passes(client, owner.token, "PATCH", path, {"title": "mine"})
    assert not passes(client, other.token, "PATCH", path, {"title": "mine"})
    assert not passes(client, owner.token, "PATCH", path, {"title": ""})
    assert passes(client, owner.token, "DELETE", path)
    assert not passes(client, "", "DELETE", path)


def test_the_same_schema_gives_the_same_matrix(filled: Population) -> None:
    assert observe(filled, ["posts"]) == observe(filled, ["posts"])


def test_a_difference_is_wider_or_narrower_or_both() -> None:
    old = {
        "collection": "a",
        "action": "view",
        "tried": ["own", "x"],
        "allowed": {"guest": ["own"], "users:owner": "all"},
    }
    gone = {"collection": "b", "action": "list", "tried": ["own"], "allowed": {"guest": "all"}}
    new = [Row("a", "view", ["own", "x", "y"], {"guest": ["x", "y"], "users:owner": ["own", "x", "y"]})]
    found = differences({"items": [old, gone]}, new)
    assert found[0] == {
        "collection": "a",
        "action": "view",
        "actor": "guest",
        "widened": ["x", "y"],
        "narrowed": ["own"],
    }
    assert found[1] == {"collection": "a", "action": "view", "actor": "users:owner", "widened": ["y"]}
    assert found[2] == {"collection": "b", "action": "list", "actor": "guest", "narrowed": ["own"]}


def test_variants_come_from_fields_and_from_the_constants_of_rules() -> None:
    fields = [select("status", "draft", "live"), flag("hot"), date("until"), text("zone"), many("tags", "x")]
    schema = base("s", fields, view="zone = 'north' && status = 'live'")
    found = variants(schema["fields"], asked(rules_of(schema)))
    assert [variant.label for variant in found] == [
        "status=live",
        "hot=true",
        "until=future",
        "until=empty",
        "status=live,until=future",
        "hot=true,until=future",
        "zone=north",
        "status=live,zone=north",
    ]
    crowded = variants([select("status", *(f"v{number}" for number in range(40)))], asked([]))
    assert len(crowded) == 12
