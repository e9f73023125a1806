"""pb_access.py: who may do what, compared with a reviewed file, and the part of a rule that decides."""

from __future__ import annotations

import json
import re
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest

import servers
from access_judge.build import ME, SIGNED_IN, base, keep, maybe, mine, select, spoofless, text, to, users
from conftest import Runner
from terminals import seen_on_a_terminal

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
LEAKY = "author = @request.body.author"


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


def item(document: Any, collection: str, action: str) -> Any:
    """Return what a printed matrix says of an action."""
    return next(one for one in document["items"] if (one["collection"], one["action"]) == (collection, action))


def without_proof(result: Any) -> list[dict[str, Any]]:
    """Return the findings without the requests, whose ids differ from run to run."""
    return [{key: value for key, value in one.items() if key != "proof"} for one in result.data["findings"]]


def hinted(result: Any) -> list[str]:
    """Return the words after the script in the command that a hint ends with."""
    _, script, *words = shlex.split(result.hint[result.hint.index("python3") :])
    assert script.endswith("pb_access.py")
    return words


def test_the_matrix_says_in_words_who_may_do_what(access: Any) -> None:
    result = access("matrix", SCHEMA)
    assert (result.code, result.data["findings"], result.data["unproven"]) == (0, [], []), result
    assert item(result.data, "posts", "list")["may"] == ["guest: where its status is 'published'", "users: its author"]
    assert item(result.data, "posts", "create")["may"] == ["users: the sent author"]
    assert item(result.data, "posts", "delete") == {
        "collection": "posts",
        "action": "delete",
        "rule": mine("author"),
        "may": ["users: its author"],
        "mayNot": 4,
    }
    assert not re.search(r"[a-z0-9]{15}", json.dumps(result.data["items"])), "nothing of ids"


def test_a_reviewed_file_is_compared_sentence_by_sentence(access: Any, tmp_path: Path) -> None:
    reviewed = str(tmp_path / "access.json")
    assert access("matrix", SCHEMA, "--save", reviewed).code == 0
    text = Path(reviewed).read_text("utf-8")
    assert '\n"posts delete: users: its author": "may",\n' in text
    same = access("matrix", SCHEMA, "--expect", reviewed)
    assert (same.code, same.data["sentences"], same.data["findings"], same.data["questions"]) == (0, [], [], [])
    access("matrix", SCHEMA, "--save", reviewed)
    assert Path(reviewed).read_text("utf-8") == text, "the same schema gives the same file"
    wider = access("matrix", changed(listRule="", deleteRule=None), "--expect", reviewed)
    assert wider.code == 1
    said = {one["sentence"]: (one["was"], one["is"]) for one in wider.data["sentences"]}
    assert said["posts list: users: but not its author (is another)"] == ("may not", "may")
    assert said["posts delete: users: its author"] == ("may", "may not")
    assert f"matrix --save {reviewed}" in wider.hint


def test_a_leak_ends_the_same_saved_or_not_and_alone_or_with_others(access: Any, tmp_path: Path) -> None:
    reviewed = tmp_path / "access.json"
    leaky = changed(updateRule=LEAKY)
    results = [access("matrix", leaky, *words) for words in ((), ("posts",), ("posts", "--save", str(reviewed)))]
    assert [result.code for result in results] == [1, 1, 1]
    assert without_proof(results[0]) == without_proof(results[1]) == without_proof(results[2]) != []
    assert json.loads(reviewed.read_text("utf-8"))["findings"] == without_proof(results[2])
    assert {one["collection"] for one in results[1].data["items"]} == {"posts"}
    proof = results[0].data["findings"][0]["proof"][0]
    assert {"as", "method", "path"} <= set(proof["request"])
    assert proof["status"] == 200


def test_a_question_that_is_answered_in_the_file_is_asked_no_more(access: Any, tmp_path: Path) -> None:
    reviewed = tmp_path / "access.json"
    schema = changed(listRule=SIGNED_IN, viewRule=SIGNED_IN)
    first = access("matrix", schema, "--save", str(reviewed))
    assert 0 < len(first.data["questions"]) <= 15
    document = json.loads(reviewed.read_text("utf-8"))
    document["questions"][0].update(meant=True, reason="the posts are for all")
    reviewed.write_text(json.dumps(document), "utf-8")
    again = access("matrix", schema, "--save", str(reviewed))
    messages = [[one["message"] for one in result.data["questions"]] for result in (first, again)]
    assert document["questions"][0]["message"] not in messages[1]
    assert json.loads(reviewed.read_text("utf-8"))["questions"][0]["reason"] == "the posts are for all"
    assert access("matrix", schema, "--expect", str(reviewed)).data["questions"] == []


def test_what_the_reviewed_rules_told_apart_is_tried_again(access: Any, tmp_path: Path) -> None:
    reviewed = str(tmp_path / "access.json")
    places = base("places", [text("zone")], list="zone = 'north'")
    access("matrix", [users(), places], "--save", reviewed)
    result = access("matrix", [users(), {**places, "listRule": ""}], "--expect", reviewed)
    widened = [one["sentence"] for one in result.data["sentences"] if (one["was"], one["is"]) == ("may not", "may")]
    assert "places list: guest: but its zone is another" in widened


def test_what_could_not_be_shown_is_said(access: Any) -> None:
    never = "title = 'a' && title = 'b'"
    result = access("matrix", changed(createRule=never, deleteRule=f"{SIGNED_IN} && {mine('author')}"), "posts")
    why = {one["condition"]: one["why"] for one in result.data["unproven"]}
    assert why["posts create: title = 'a'"].startswith("nothing fulfils the rule: ")


def test_the_live_schema_is_read_and_its_server_left_alone(own_pb: Runner, own_server: servers.Server) -> None:
    own_server.request("POST", "/api/collections", base("live", [text("title")], list="", view=SIGNED_IN))
    own_server.request("POST", "/api/collections/live/records", {"title": "kept"})
    before = [own_server.request("GET", f"/api/collections/{name}/records")[1] for name in ("live", "users")]
    result = own_pb("pb_access.py", "matrix", "live", "--binary", str(servers.binary(own_server.version)))
    assert result.code == 1
    assert item(result.data, "live", "list")["may"] == ["guest: anybody"]
    assert result.data["findings"][0]["code"] == "list-and-view"
    after = [own_server.request("GET", f"/api/collections/{name}/records")[1] for name in ("live", "users")]
    assert before == after


def test_tables_for_people(access: Any, offline: Runner, tmp_path: Path, version: str) -> None:
    schema = tmp_path / "schema.json"
    schema.write_text(json.dumps(changed(updateRule=LEAKY)), "utf-8")
    words = ["matrix", "posts", "--file", str(schema), "--binary", str(servers.binary(version)), "--format"]
    done = offline.raw("pb_access.py", *words, "table")
    lines = [line.split() for line in done.stdout.decode().splitlines()]
    assert lines[:2] == [["posts"], ["list", "view", "create", "update", "delete", "who"]]
    assert any(line[-3:] == ["users:", "its", "author"] and "may" in line for line in lines)
    assert "...\n" not in done.stdout.decode()
    assert json.loads(done.stderr)["success"] is False
    markdown = offline.raw("pb_access.py", *words, "markdown").stdout.decode()
    assert markdown.startswith("## posts\n\n| who | list | view | create | update | delete |\n| --- |")
    page = tmp_path / "access.html"
    assert offline("pb_access.py", *words, "html", "--output", str(page)).data["file"] == str(page)
    html = page.read_text("utf-8")
    assert '<td class="finding"><details><summary>may !!</summary><pre>PATCH /api/collections/posts/records/' in html
    assert html.index('<ul class="told"><li class="finding"><b>posts update</b>') < html.index("<table>")
    assert "<p>Mended: <code>posts.updateRule = " in html
    assert "prefers-color-scheme: dark" in html
    assert "http" not in html, "nothing is loaded"


@pytest.mark.parametrize(
    ("words", "allowed", "decided"),
    [
        (["posts", "view", "--as", "users: but not its author"], False, "does not hold: author = @request.auth.id"),
        (["posts", "view", "--as", "guest"], True, "holds: status = 'published'"),
        (["posts", "delete", "--as", "users: its author"], True, "holds: author = @request.auth.id"),
        (["posts", "create", "--as", "users: but not the sent author"], False, "@request.body.author ="),
        (["posts", "update", "--as", "users: its author, but author is sent"], False, "author:isset = false"),
        (["users", "create"], True, 'Anyone may: users.createRule is "".'),
    ],
)
def test_the_deciding_part_of_a_rule_is_explained(access: Any, words: list[str], allowed: bool, decided: str) -> None:
    result = access("explain", SCHEMA, *words)
    assert result.data["allowed"] is allowed, result
    assert decided in result.data["decided"]
    if result.data["parts"]:
        assert result.data["parts"][0]["holds"] is allowed


SHELVES = [
    users(),
    base("shelves", [text("title"), to("owner", "users"), text("code", hidden=True)], view=mine("owner")),
    base(
        "books",
        [to("shelf", "shelves"), {"name": "scan", "type": "file", "maxSelect": 1}],
        list=SIGNED_IN,
        view=ME + " = shelf.owner",
    ),
]


@pytest.mark.parametrize(
    ("words", "allowed", "decided"),
    [
        (["shelves", "fields", "--try", "code", "--as", "users"], False, "the field is hidden"),
        (["shelves", "fields", "--try", "title", "--as", "users: its owner"], True, "holds: "),
        (["books", "expand", "--try", "shelf", "--as", "users: its shelf's owner"], True, "shelves.viewRule: holds"),
        (["books", "files", "--try", "scan"], True, "the field is not protected"),
    ],
)
def test_why_somebody_sees_a_field_a_relation_or_a_file_is_explained(
    access: Any, words: list[str], allowed: bool, decided: str
) -> None:
    result = access("explain", SHELVES, *words)
    assert (result.data["allowed"], decided in result.data["decided"]) == (allowed, True), result.data


@pytest.mark.parametrize(
    ("verb", "words", "message"),
    [
        ("matrix", ["nothing"], "There is no collection 'nothing'."),
        ("explain", ["posts", "view", "--as", "users: onwer"], "There is no witness 'users: onwer' of posts view."),
        ("explain", ["posts", "read"], "invalid choice"),
        ("matrix", ["--expect", "missing.json"], "'missing.json' cannot be read"),
        ("matrix", ["--output", "access.html"], "--output is for the table of --format."),
    ],
)
def test_wrong_input_is_named(access: Any, verb: str, words: list[str], message: str) -> None:
    result = access(verb, SCHEMA, *words)
    assert result.code == 2
    assert message.lower() in result.message.lower()


@pytest.mark.parametrize("content", ['{"items": [1]}', '{"data": {"items": []}}', "[]"])
def test_a_file_that_is_no_matrix_is_refused(access: Any, tmp_path: Path, content: str) -> None:
    (tmp_path / "other.json").write_text(content, "utf-8")
    result = access("matrix", SCHEMA, "posts", "--expect", str(tmp_path / "other.json"))
    assert (result.code, result.message) == (2, "The file of --expect holds no access matrix.")
    assert "pb_access.py matrix --save" in result.unquoted


def test_a_missing_file_of_expect_is_said_to_be_that_of_expect(access: Any, tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.json")
    result = access("matrix", SCHEMA, "--expect", missing)
    assert "Check the path given to --expect" in result.hint
    assert f"pb_access.py matrix --save {missing} --file {tmp_path / 'schema.json'}" in result.unquoted


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pty")
def test_on_a_terminal_it_shows_the_share_of_the_rules_that_is_tried_and_cuts_no_finding(
    offline: Runner, version: str, tmp_path: Path
) -> None:
    schema = tmp_path / "leaky.json"
    schema.write_text(json.dumps(changed(updateRule=LEAKY)), "utf-8")
    words = ["matrix", "posts", "--file", str(schema), "--binary", str(servers.binary(version))]
    seen = seen_on_a_terminal(offline, 60, "pb_access.py", *words, env={"NO_COLOR": "1"})
    assert re.search(r"\] tried \d+ rules?, ", seen)
    findings = seen.partition("findings:\n")[2].partition("questions:")[0]
    assert "…" not in findings
    assert "    fix: posts.updateRule = " in findings


def test_the_hints_run_as_they_are_printed(access: Any, offline: Runner, tmp_path: Path) -> None:
    reviewed = tmp_path / "reviewed here.json"
    access("matrix", SCHEMA, "--save", str(reviewed))
    leaky = changed(updateRule=LEAKY)
    result = access("matrix", leaky, "posts", "--expect", str(reviewed))
    kept = offline("pb_access.py", *hinted(result))
    assert kept.code == 1
    assert [one for one in without_proof(result) if one not in without_proof(kept)] == []
    assert access("matrix", leaky, "--expect", str(reviewed)).code == 0
    explained = offline("pb_access.py", *hinted(access("matrix", leaky, "posts")))
    assert explained.code == 0, explained
    assert (explained.data["action"], explained.data["allowed"]) == ("update", True)


def test_a_condition_is_one_in_whichever_quotes_it_is_written(access: Any) -> None:
    seen = "status = 'published' || @request.auth.role = 'editor'"
    changes = '@request.auth.role = "editor"'
    posts = {**POSTS, "listRule": seen, "viewRule": seen, "createRule": changes, "updateRule": changes}
    result = access("matrix", [users(select("role", "reader", "editor")), posts], "posts")
    assert [one for one in result.data["findings"] if one["code"] == "missing-condition"] == []


def test_a_schema_that_pocketbase_refuses_is_told_with_its_reason(access: Any) -> None:
    result = access("matrix", changed(listRule="nonsense = 1"))
    assert result.code == 1
    assert "nonsense" in json.dumps(result.document)


def test_records_that_cannot_be_made_are_told(access: Any) -> None:
    odd = base("odd", [text("code", required=True, pattern="^a{9}$", max=4)], list="")
    result = access("matrix", [users(), odd], "odd")
    assert result.code == 1
    assert "odd.code: no text of 1 to 4 characters was found" in json.dumps(result.document["warnings"])


def test_collections_that_require_each_other_are_tried_all_the_same(access: Any) -> None:
    left, right = base("left", [to("other", "right")], view=SIGNED_IN), base("right", [to("other", "left")], view="")
    result = access("matrix", [users(), left, right], "left", "right")
    assert item(result.data, "left", "view")["may"] == ["users: anybody"]
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
    said = {(one["action"], one["who"]): one["said"] for one in data["items"] if one["collection"] == "(routes)"}
    assert said["GET /api/open", "guest"] == "passes, answers"
    assert said["POST /api/closed/{id}", "guest"] == "refused, 401"
    assert said["POST /api/closed/{id}", "users: anybody"] == "passes, answers"


def test_a_projects_routes_are_tried_on_the_live_schema_unless_its_migrations_are_asked_for(pb: Runner) -> None:
    (pb.folder / "pb_hooks").mkdir()
    (pb.folder / "pb_hooks" / "main.pb.js").write_text('routerAdd("GET", "/api/open", (e) => e.json(200, 1))', "utf-8")
    (pb.folder / "pb_migrations").mkdir()
    made = """migrate((app) => app.save(new Collection({type: "base", name: "made_by_files", listRule: ""})))"""
    (pb.folder / "pb_migrations" / "1700000000_made.js").write_text(made, "utf-8")
    pb.ok("pb_collections.py", "create", '{"name": "only_live", "listRule": "", "fields": []}')
    words = ["matrix", "--project", ".", "--binary", str(servers.binary(servers.DEFAULT_VERSION))]
    live = {one["collection"] for one in pb("pb_access.py", *words).data["items"]}
    assert live >= {"only_live", "(routes)"}
    assert "made_by_files" not in live
    asked = {one["collection"] for one in pb("pb_access.py", *words, "--migrations").data["items"]}
    assert asked >= {"made_by_files", "(routes)"}
    assert "only_live" not in asked
    refused = pb("pb_access.py", "matrix", "--migrations")
    assert (refused.code, refused.hint) == (2, "Add --project .")


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
