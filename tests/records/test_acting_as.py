"""--as on every verb of pb_records.py: what somebody else sees and may, with no token in sight."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import servers
from conftest import Runner, credentials
from pb_common import Client, acting
from pb_common.settings import Settings
from pb_common.tokens import claims

OWNED = "owner = @request.auth.id"
ANNA = "users/anna@example.com"


@pytest.fixture(scope="module")
def house(version: str) -> Iterator[servers.Server]:
    """A server with two users, whose notes are their owners' own."""
    with servers.Server(version) as server:
        people = {name: server.request("POST", "/api/collections/users/records", account(name))[1] for name in NAMES}
        fields = [
            {"name": "title", "type": "text", "required": True},
            {"name": "secret", "type": "text", "hidden": True},
            {"name": "owner", "type": "relation", "collectionId": "_pb_users_auth_", "maxSelect": 1},
            {"name": "doc", "type": "file", "maxSelect": 1, "protected": True},
        ]
        rules = {f"{action}Rule": OWNED for action in ("list", "view", "create", "update")}
        notes = {"name": "notes", "type": "base", "fields": fields, **rules}
        assert server.request("POST", "/api/collections", notes)[0] == 200
        for name, person in people.items():
            body = {"id": f"{name}00000000000"[:15], "title": name, "owner": person["id"], "secret": "s"}
            assert server.request("POST", "/api/collections/notes/records", body)[0] == 200
        assert server.request("PATCH", "/api/settings", {"batch": {"enabled": True}})[0] == 200
        yield server


NAMES = ("anna", "bert")


def account(name: str) -> dict[str, str]:
    """Return a sign-up."""
    return {"email": f"{name}@example.com", "password": "secret-1234", "passwordConfirm": "secret-1234"}


@pytest.fixture
def run(house: servers.Server, tmp_path: Path, home: Path) -> Runner:
    """A runner of the scripts against that server."""
    return Runner(tmp_path, home, credentials(house.url))


def records(run: Runner, verb: str, *words: str, who: str = ANNA) -> Any:
    """Run a verb as somebody, who must succeed, and return its data."""
    return run.ok("pb_records.py", verb, *words, "--as", who)


def test_reading_shows_what_the_rules_let_one_see(run: Runner, house: servers.Server) -> None:
    listed = records(run, "list", "notes", "--filter", "title != 'x'", "--sort", "title")["items"]
    assert [(note["title"], "secret" in note) for note in listed] == [("anna", False)]
    person = listed[0]["owner"]
    assert len(records(run, "list", "notes", "--all", who=f"users/{person}")["items"]) == 1
    assert records(run, "list", "notes", who="guest")["items"] == []
    assert records(run, "list", "notes", who=f"_superusers/{servers.EMAIL}")["totalItems"] == 2
    assert records(run, "first", "notes", "title ~ 'a'")["title"] == "anna"
    assert records(run, "count", "notes")["count"] == 1
    assert records(run, "get", "notes", "anna00000000000")["title"] == "anna"
    assert run("pb_records.py", "first", "notes", "title = 'bert'", "--as", ANNA).code == 1
    without: dict[str, str | None] = {"PB_SUPERUSER_EMAIL": None, "PB_SUPERUSER_PASSWORD": None}
    assert run.ok("pb_records.py", "list", "notes", "--as", "guest", env=without)["items"] == []


def test_a_refusal_names_the_rule_that_is_in_the_way(run: Runner) -> None:
    hidden = run("pb_records.py", "get", "notes", "bert00000000000", "--as", ANNA)
    assert (hidden.code, hidden.document["status"]) == (1, 404)
    assert hidden.hint.startswith(f"The record is there, but the viewRule of notes is '{OWNED}'")
    unknown = run("pb_records.py", "get", "notes", "nobody000000000", "--as", ANNA)
    assert "no record with the id" in unknown.hint
    foreign = run("pb_records.py", "create", "notes", '{"title": "x", "owner": "nobody000000000"}', "--as", ANNA)
    assert (foreign.document["status"], "createRule" in foreign.hint) == (400, True)
    locked = run("pb_records.py", "delete", "notes", "anna00000000000", "--as", ANNA)
    assert (locked.document["status"], "deleteRule of notes is null" in locked.hint) == (403, True)


def test_writing_is_under_the_rules_too(run: Runner, house: servers.Server) -> None:
    person = records(run, "list", "notes")["items"][0]["owner"]
    result = run(
        "pb_records.py", "create", "notes", f'{{"title":"new","owner":"{person}","secret":"no"}}', "--as", ANNA
    )
    assert "secret is hidden" in result.document["warnings"][0]
    made = result.data
    (run.folder / "a.txt").write_text("hello", "utf-8")
    changed = records(run, "update", "notes", made["id"], '{"title": "newer"}', "--upload", "doc=@a.txt")
    assert changed["title"] == "newer"
    assert house.request("GET", f"/api/collections/notes/records/{made['id']}")[1]["secret"] == ""
    saved = records(run, "download", "notes", made["id"], "--to", "in")["files"]
    assert [Path(run.folder, file["path"]).read_text("utf-8") for file in saved] == ["hello"]
    assert (
        run("pb_records.py", "download", "notes", made["id"], "--to", "b", "--as", "users/bert@example.com").code == 1
    )
    foreign = [{"action": "update", "collection": "notes", "id": "bert00000000000", "body": {"title": "mine"}}]
    assert run("pb_records.py", "batch", json.dumps(foreign), "--as", ANNA).document["status"] == 400
    own = [{"action": "update", "collection": "notes", "id": "anna00000000000", "body": {"title": "anna"}}]
    assert records(run, "batch", json.dumps(own))[0]["status"] == 200


def test_rows_in_and_out_are_somebodys(run: Runner, house: servers.Server) -> None:
    person = records(run, "list", "notes")["items"][0]["owner"]
    rows = f"title,owner\nfrom a file,{person}\nforeign,\n"
    (run.folder / "rows.csv").write_text(rows, "utf-8")
    result = run("pb_records.py", "import", "notes", "--file", "rows.csv", "--as", ANNA)
    assert (result.code, result.data["created"], result.data["rejected"]) == (1, 1, 1)
    records(run, "export", "notes", "--file", "out.ndjson", "--with-files", "files")
    titles = {json.loads(line)["title"] for line in (run.folder / "out.ndjson").read_text("utf-8").splitlines()}
    assert "from a file" in titles
    assert not titles & {"bert", "foreign"}
    gone = run("pb_records.py", "delete", "notes", "--filter", "title = 'from a file'", "--yes", "--as", ANNA)
    assert (gone.code, gone.data["deleted"], len(gone.data["failed"])) == (1, 0, 1)


def test_no_token_is_shown_or_logged(run: Runner, house: servers.Server) -> None:
    for words in (["list", "notes", "--as", ANNA], ["get", "notes", "nobody000000000", "--as", ANNA, "--debug"]):
        done = run.raw("pb_records.py", *words)
        assert b"eyJ" not in done.stdout + done.stderr
    assert "eyJ" not in house.log
    # PocketBase takes the file token of a protected file, good for three minutes, in the address only.
    logged = json.dumps(house.request("GET", "/api/logs?perPage=500")[1])
    assert {claims(token)["type"] for token in re.findall(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", logged)} <= {"file"}


def test_a_token_that_ends_meanwhile_is_made_anew(house: servers.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(url=house.url, email=servers.EMAIL, password=servers.PASSWORD, token_cache=False)
    with Client(settings) as client:
        acting.act_as(client, "users/bert@example.com")
        path = "/api/collections/notes/records?filter=title='bert'"
        (own,) = client.call("GET", path)["items"]
        assert (
            house.request("PATCH", f"/api/collections/users/records/{own['owner']}", {"tokenKey:autogenerate": ""})[0]
            == 200
        )
        monkeypatch.setattr(acting, "_PROOF_SECONDS", 0.0)
        assert len(client.call("GET", path)["items"]) == 1
        with client.as_superuser():
            assert client.call("GET", "/api/collections/notes/records")["totalItems"] > 1


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("users", "names nobody"),
        ("/x", "names nobody"),
        ("users/", "names nobody"),
        ("users/nobody@example.com", "users has no record"),
        ("notes/anna00000000000", "no auth collection"),
        ("nothing/x", ""),
        ("", "empty"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJpZCI6IjEifQ.c2lnbmF0dXJl", "with a token names nobody"),
    ],
)
@pytest.mark.both_ends
def test_nobody_by_that_name_is_told(run: Runner, who: str, said: str) -> None:
    result = run("pb_records.py", "list", "notes", "--as", who)
    assert result.code == (1 if who == "nothing/x" else 2)
    assert said in result.message
    assert "eyJ" not in json.dumps(result.document)
