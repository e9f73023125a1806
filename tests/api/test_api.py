"""pb_api.py: any route, as anybody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import servers
from conftest import Runner, credentials

HOOKS = """
routerAdd("POST", "/shop/{id}", (e) => {
  const info = e.requestInfo()
  const isForm = (info.headers.content_type || "").startsWith("multipart")
  const files = isForm ? e.findUploadedFiles("doc").map((f) => f.originalName) : []
  e.response.header().set("X-Shop", "open")
  return e.json(200, {id: e.request.pathValue("id"), who: e.auth ? e.auth.collection().name : "guest", body: info.body,
    query: info.query, header: info.headers.x_mark || "", files})
})
routerAdd("GET", "/plain", (e) => e.string(200, "just text"))
routerAdd("GET", "/bytes", (e) => e.blob(200, "application/zip", [0, 1, 2, 255]))
routerAdd("PUT", "/refusing/{id...}", (e) => { throw e.notFoundError("", "no such thing") })
routerAdd("POST", "/raw", (e) => e.json(200, {type: e.request.header.get("Content-Type"),
  text: toString(e.request.body, 1000), auth: e.request.header.get("Authorization")}))
routerAdd("POST", "/made", (e) => e.blob(200, "image/png", [137, 80, 0, 255]))
routerAdd("GET", "/few", (e) => e.json(200, {items: [1, 2], mine: e.request.url.rawQuery}))
routerAdd("DELETE", "/all", (e) => e.noContent(204))
"""


@pytest.fixture(scope="module")
def shop(version: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Server]:
    """A server with custom routes and two users."""
    project = tmp_path_factory.mktemp("shop")
    (project / "pb_hooks").mkdir()
    (project / "pb_hooks" / "shop.pb.js").write_text(HOOKS, "utf-8")
    with servers.Server(version, project) as server:
        for name in ("anna", "o'brien"):
            body = {"email": f"{name}@example.com", "password": "secret-1234", "passwordConfirm": "secret-1234"}
            assert server.request("POST", "/api/collections/users/records", body)[0] == 200
        yield server


@pytest.fixture
def run(shop: servers.Server, tmp_path: Path, home: Path) -> Runner:
    """A runner of the scripts against that server."""
    return Runner(tmp_path, home, credentials(shop.url))


def test_words_make_the_body_and_the_query(run: Runner) -> None:
    words = ("name=Ada", "n:=2", "tags:=[1,2]", "--query", "a=1 2", "--query", "b=ü", "--header", "X-Mark: blue")
    answer = run.ok("pb_api.py", "post", "/shop/x%2Fy", *words)
    assert answer == {
        "id": "x/y",
        "who": "_superusers",
        "body": {"name": "Ada", "n": 2, "tags": [1, 2]},
        "query": {"a": "1 2", "b": "ü"},
        "header": "blue",
        "files": [],
    }


def test_the_body_comes_inline_from_a_file_or_from_standard_input(run: Runner) -> None:
    (run.folder / "body.json").write_text('{"a": 1}', "utf-8")
    for words in (['{"a": 1}'], ["--file", "body.json"], ["-"]):
        assert run.ok("pb_api.py", "POST", "/shop/1", *words, stdin=b'{"a": 1}')["body"] == {"a": 1}


def test_a_form_carries_texts_and_files(run: Runner) -> None:
    (run.folder / "notes.txt").write_text("hello", "utf-8")
    answer = run.ok("pb_api.py", "POST", "/shop/1", "--form", "title=Größe", "--form", "doc=@notes.txt")
    assert (answer["body"]["title"], answer["files"]) == ("Größe", ["notes.txt"])


@pytest.mark.parametrize(
    ("actor", "who"), [("guest", "guest"), ("users/anna@example.com", "users"), ("users/o'brien@example.com", "users")]
)
def test_somebody_else_can_send_it_and_no_token_is_shown(run: Runner, actor: str, who: str) -> None:
    result = run("pb_api.py", "POST", "/shop/1", "--as", actor)
    assert result.data["who"] == who
    assert "eyJ" not in json.dumps(result.document) + result.stderr
    record = run.ok("pb_records.py", "first", "users", "email ~ 'anna'")["id"]
    assert run.ok("pb_api.py", "GET", f"/api/collections/users/records/{record}", "--as", f"users/{record}")["email"]
    assert run("pb_api.py", "GET", f"/api/collections/users/records/{record}", "--as", "guest").code == 1


def test_headers_texts_and_bytes(run: Runner) -> None:
    shown = run.ok("pb_api.py", "POST", "/shop/1", "--include", "X-Shop,content-type")
    assert shown["headers"] == {"x-shop": "open", "content-type": "application/json"}
    assert shown["body"]["id"] == "1"
    assert run.ok("pb_api.py", "GET", "/plain") == "just text"
    refused = run("pb_api.py", "GET", "/bytes")
    assert (refused.code, "--output" in refused.hint) == (2, True)
    assert run.ok("pb_api.py", "GET", "/bytes", "--output", "a.zip") == {"file": "a.zip", "bytes": 4}
    assert (run.folder / "a.zip").read_bytes() == bytes([0, 1, 2, 255])


def test_every_page_of_a_list(run: Runner) -> None:
    path = "/api/collections/users/records"
    found = run.ok("pb_api.py", "GET", path, "--query", "perPage=1", "--query", "sort=email", "--paginate")
    assert [item["email"] for item in found["items"]] == ["anna@example.com", "o'brien@example.com"]
    run.ok("pb_api.py", "GET", path, "--paginate", "--output", "all.json")
    assert len(json.loads((run.folder / "all.json").read_text("utf-8"))["items"]) == 2
    told = run("pb_api.py", "GET", "/api/health", "--paginate")
    assert (told.code, told.document["code"]) == (2, "wrong_input")


def test_a_list_without_pages_is_taken_once(run: Runner, version: str) -> None:
    assert run.ok("pb_api.py", "GET", "/few", "--paginate")["items"] == [1, 2]
    if not version.startswith("0.23."):  # which has no such route
        assert run.ok("pb_api.py", "GET", "/api/crons", "--paginate")["totalItems"] >= 1
    repeated = run.ok("pb_api.py", "GET", "/few", "--query", "x=1", "--query", "x=2")
    assert repeated["mine"] == "x=1&x=2"


def test_a_body_of_another_kind_is_sent_as_it_is(run: Runner) -> None:
    (run.folder / "a.xml").write_bytes(b"<a>\xc3\xbc</a>")
    kind = ("--header", "content-type: text/xml")
    for words in (["<a>ü</a>"], ["--file", "a.xml"], ["-"]):
        answer = run.ok("pb_api.py", "POST", "/raw", *words, *kind, stdin="<a>ü</a>".encode())
        assert (answer["type"], answer["text"]) == ("text/xml", "<a>ü</a>")
    assert run.ok("pb_api.py", "POST", "/raw", "a=1", "--header", "authorization: own")["auth"] == "own"
    assert run("pb_api.py", "POST", "/raw", "a", "b", *kind).code == 2


def test_bytes_that_a_change_answers_do_not_make_it_a_failure(run: Runner) -> None:
    made = run("pb_api.py", "POST", "/made")
    assert (made.code, made.data) == (0, {"bytes": 4, "contentType": "image/png"})
    assert "--output" in made.document["warnings"][0]
    assert run("pb_api.py", "HEAD", "/plain", "--include", "content-type").data["headers"]["content-type"]


def test_what_the_server_refuses_keeps_its_words(run: Runner) -> None:
    body = ["email=x", "password=short", "passwordConfirm=short"]
    refused = run("pb_api.py", "POST", "/api/collections/users/records", *body)
    assert (refused.code, refused.document["status"]) == (1, 400)
    assert any(reason["code"] for reason in refused.data["data"].values())
    missing = run("pb_api.py", "GET", "/nowhere")
    assert (missing.code, missing.document["status"]) == (1, 404)
    assert missing.hint == "The server has no route GET /nowhere."
    unrepeated = run(
        "pb_api.py", "POST", "/api/collections/users/records", "email=b@example.com", "password=long-enough"
    )
    assert unrepeated.hint.endswith('"password": "secret-password", "passwordConfirm": "secret-password"}\'')


def test_a_route_that_none_takes_is_told_with_the_nearest_one(run: Runner) -> None:
    (run.folder / "pb_hooks").mkdir()
    (run.folder / "pb_hooks" / "shop.pb.js").write_text(HOOKS, "utf-8")
    assert (
        run("pb_api.py", "GET", "/plane?a=1").hint == "The server has no route GET /plane. Did you mean 'GET /plain'?"
    )
    assert run("pb_api.py", "POST", "/shops/1").hint.endswith("Did you mean 'POST /shop/{id}'?")
    assert "no route" not in run("pb_api.py", "GET", "/api/collections/users/records/nobody").hint
    assert "no such thing" in run("pb_api.py", "PUT", "/refusing/1").hint


def test_a_record_with_a_password_says_it_twice(run: Runner) -> None:
    refused = run("pb_records.py", "create", "users", '{"email":"c@example.com","password":"long-enough"}')
    assert refused.code == 1
    assert "passwordConfirm repeats the password" in refused.hint


def test_a_protected_server_wants_a_word_before_anything_changes(run: Runner) -> None:
    refused = run("pb_api.py", "DELETE", "/all", env={"PB_PROTECTED": "1"})
    assert (refused.code, "--yes" in refused.hint) == (4, True)
    assert run("pb_api.py", "GET", "/plain", env={"PB_PROTECTED": "1"}).code == 0
    assert run("pb_api.py", "DELETE", "/all", "--dry-run").data["request"] == "DELETE /all"
    assert run("pb_api.py", "DELETE", "/all").document["status"] == 204


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("GET", "api/health"), "begin with a slash"),
        (("GET", "http://example.com/api/health"), "begin with a slash"),
        (("G T", "/x"), "no HTTP method"),
        (("POST", "/x", "name"), "no part of a body"),
        (("POST", "/x", "a:={"), "Invalid JSON in the value of a"),
        (("POST", "/x", "a=1", "--file", "x.json"), "more than once"),
        (("POST", "/x", "--form", "doc=@missing.txt"), "missing.txt"),
        (("GET", "/x", "--query", "=1"), "has no name"),
        (("GET", "/x", "--header", "X-Mark"), "has no name"),
        (("GET", "/plain", "--output", "no/folder/x"), "folder that does not exist"),
        (("POST", "/x", "--paginate"), "--paginate reads lists"),
        (("GET", "/x", "--as", "users"), "names nobody"),
        (("GET", "/x", "--as", "users/nobody@example.com"), "no record"),
        (("GET", "/x", "--header", "X-Mark: a\nb"), "header"),
        (("GET", "/x", "--header", "X-Mark: a", "--header", "x-mark: b"), "given twice"),
        (("POST", "/x", "title=x", "title=y"), "The key 'title' is given twice"),
        (("POST", "/x", "title=x", "title:=1"), "The key 'title' is given twice"),
        (("GET", "/plain", '{"a": 1}'), "GET carries no body"),
        (("HEAD", "/plain", "--form", "a=1"), "HEAD carries no body"),
        (("POST", "/made", "--output", "-"), "'-' names no file"),
        (("POST", "/made", "--output", ""), "'' names no file"),
        (("GET", "//evil.example/x"), "more than one slash"),
        (("GET", "/api/realtime"), "does not end"),
    ],
)
@pytest.mark.both_ends
def test_wrong_words_are_named_and_nothing_is_sent(run: Runner, words: tuple[str, ...], said: str) -> None:
    refused = run("pb_api.py", *words)
    assert refused.code == 2, refused
    assert said in refused.message


def test_the_next_step_is_named(run: Runner) -> None:
    assert run("pb_api.py", "GET", "/few", "a=b c", "n:=1").hint.endswith("--query 'a=b c' --query n=1")
    # The path of a script is quoted where it has a space.
    assert "pb_records.py watch" in run("pb_api.py", "GET", "/api/realtime").hint.replace('"', "")
    download = run("pb_api.py", "GET", "/api/backups/full.zip").hint.replace('"', "")
    assert "pb_backups.py download full.zip" in download
    assert run("pb_api.py").message.endswith("required: METHOD, PATH.")


@pytest.mark.both_ends
def test_who_would_shut_himself_out_is_refused(own_pb: Runner, own_server: servers.Server) -> None:
    field = '{"fields": [{"name": "username", "type": "text"}]}'
    own_pb.ok("pb_collections.py", "add-field", "_superusers", '{"name": "username", "type": "text"}')
    path = "/api/collections/_superusers"
    assert "warnings" not in own_pb("pb_api.py", "PATCH", path, '{"authToken": {"duration": 9000}}').document
    assert "warnings" not in own_pb("pb_api.py", "PATCH", "/api/collections/users", field).document
    for odd in ('{"passwordAuth": "x"}', '{"passwordAuth": {"identityFields": [{}]}}', '{"authToken": 5}'):
        assert "fault of this script" not in str(own_pb("pb_api.py", "PATCH", path, odd).document)
    for more in ([], ["--dry-run"]):
        factors = '{"mfa": {"enabled": true}, "otp": {"enabled": true}}'
        result = own_pb("pb_api.py", "PATCH", f"{path}?fields=name", factors, *more)
        assert (result.code, result.document["code"]) == (4, "would_lock_out")
        assert "Nobody could take this change back" in result.message
        assert "second factor" in result.message


@pytest.mark.both_ends
@pytest.mark.parametrize(
    ("path", "words", "code"),
    [
        ("/api/settings", ('{"SMTP":{"Password":"******"}}',), "wrong_input"),
        ("/api/settings", ("--form", "smtp.password=******"), "wrong_input"),
        ("/api/settings", ("--form", '@jsonPayload={"smtp":{"password":"******"}}'), "wrong_input"),
        (
            "/api/settings",
            ("--header", "Content-Type: application/x-www-form-urlencoded", "smtp.password=*"),
            "wrong_input",
        ),
        ("/api/collections/users", ('{"AuthToken":{"Secret":"*****"}}',), "wrong_input"),
        ("/api/collections/users", ("--form", '@jsonPayload={"authToken":{"secret":"*****"}}'), "wrong_input"),
        ("/api/collections/_superusers", ('{"OTP":{"Enabled":true}}',), "would_lock_out"),
        ("/api/collections/_superusers", ("--form", "otp.enabled=true"), "would_lock_out"),
    ],
)
def test_a_form_and_other_letters_are_looked_at_as_json_is(
    pb: Runner, path: str, words: tuple[str, ...], code: str
) -> None:
    result = pb("pb_api.py", "PATCH", path, *words, "--dry-run")
    assert result.document.get("code") == code, result


@pytest.mark.both_ends
def test_an_import_does_not_take_away_the_account_in_use(own_pb: Runner) -> None:
    rows = [
        {"email": servers.EMAIL, "password": "another-password", "passwordConfirm": "another-password"},
        {"email": "second@example.com", "password": "another-password", "passwordConfirm": "another-password"},
    ]
    lines = "\n".join(map(json.dumps, rows)).encode()
    words = ("import", "_superusers", "--file", "-", "--format", "ndjson", "--upsert", "email")
    result = own_pb("pb_records.py", *words, stdin=lines)
    assert (result.data["created"], result.data["rejected"]) == (1, 1), result
    assert "account in use" in result.data["firstRejects"][0]["reason"]
