"""A renamed field keeps its data, and everything in the schema that named it names it still."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from test_collections import create

import servers
from _pb.languages.view_columns import with_renamed_column
from conftest import Runner, credentials

Json = dict[str, Any]
TICKETS: Json = {
    "name": "tickets",
    "fields": [
        {"name": "approved", "type": "bool"},
        {"name": "who", "type": "relation", "collectionId": "users", "maxSelect": 1},
    ],
    "indexes": ["CREATE INDEX ti ON tickets (approved) WHERE approved = 1"],
    "updateRule": '@request.auth.id != "" && who = @request.auth.id && @request.body.approved:isset = false',
    "listRule": "approved = true // approved by hand",
}
OTHERS: list[Json] = [
    {
        "name": "notes",
        "fields": [{"name": "ticket", "type": "relation", "collectionId": "tickets", "maxSelect": 1}],
        "listRule": "ticket.approved = true && ticket.note != 'approved'",
        "viewRule": "@collection.tickets:t.approved ?= true",
    },
    {"name": "ticket_list", "type": "view", "viewQuery": "SELECT id, approved, who FROM tickets WHERE approved = 1"},
]
TICKETS["fields"].append({"name": "note", "type": "text"})
OTHERS[1]["listRule"] = "approved = true"


def by_name(server: servers.Server) -> dict[str, Json]:
    return {item["name"]: item for item in server.collections()}


@pytest.fixture
def project(version: str, tmp_path: Path) -> Any:
    """A server in the working directory of its runner, with its hooks."""
    (tmp_path / "pb_hooks" / "lib").mkdir(parents=True)
    (tmp_path / "pb_migrations").mkdir()
    (tmp_path / "pb_hooks" / "main.pb.js").write_text("// none\nconst a = 'approved_by'\n", "utf-8")
    (tmp_path / "pb_hooks" / "lib" / "a.js").write_text("exports.a = (r) =>\n  r.get('approved')\n", "utf-8")
    with servers.Server(version, tmp_path) as server:
        yield server, Runner(tmp_path, tmp_path / "home", credentials(server.url))


@pytest.mark.both_ends
def test_what_names_a_field_is_carried_along_in_one_request(project: Any, tmp_path: Path) -> None:
    server, pb = project
    pb.ok("pb_collections.py", "import", json.dumps([TICKETS, *OTHERS]))
    status, row = server.request("POST", "/api/collections/tickets/records", {"approved": True})
    assert status == 200

    planned = pb("pb_collections.py", "rename-field", "tickets", "approved", "accepted", "--dry-run")
    assert "accepted" not in json.dumps(server.collections())
    renamed = pb("pb_collections.py", "rename-field", "tickets", "approved", "accepted")
    assert renamed.code == 0, renamed
    assert planned.data == renamed.data
    told = {(change["collection"], change.get("property") or change["action"]) for change in renamed.data}
    assert told >= {("tickets", "rename"), ("tickets", "updateRule"), ("tickets", "listRule"), ("tickets", "add-index")}
    assert told >= {("notes", "listRule"), ("notes", "viewRule"), ("ticket_list", "viewQuery")}
    warnings = " ".join(renamed.document["warnings"])
    assert "pb_hooks/lib/a.js:2" in warnings
    assert "main.pb.js" not in warnings
    assert "ticket_list keeps its column 'approved'" in warnings

    now = by_name(server)
    assert now["tickets"]["updateRule"].endswith("@request.body.accepted:isset = false")
    assert now["tickets"]["listRule"] == "accepted = true // approved by hand"
    assert now["notes"]["listRule"] == "ticket.accepted = true && ticket.note != 'approved'"
    assert now["notes"]["viewRule"] == "@collection.tickets:t.accepted ?= true"
    assert [field["name"] for field in now["tickets"]["fields"]] == ["id", "accepted", "who", "note"]
    record = server.request("GET", f"/api/collections/tickets/records/{row['id']}")[1]
    assert record["accepted"] is True
    guest = server.request("GET", "/api/collections/ticket_list/records", authed=False)[1]
    assert [item["approved"] for item in guest["items"]] == [True]
    assert [field["type"] for field in now["ticket_list"]["fields"]] == ["text", "bool", "relation"]


@pytest.mark.both_ends
def test_a_renamed_field_is_kept_as_a_migration_that_goes_both_ways(project: Any, tmp_path: Path) -> None:
    _, pb = project
    pb.ok("pb_collections.py", "import", json.dumps([TICKETS, *OTHERS]))
    renamed = pb("pb_collections.py", "rename-field", "tickets", "approved", "accepted")
    assert "Commit pb_migrations/" in renamed.hint, renamed
    checked = pb("pb_collections.py", "migrations", "check")
    assert checked.code == 0, checked


@pytest.mark.both_ends
def test_what_names_a_field_of_the_signed_in_user_is_carried_along(pb: Runner, server: servers.Server) -> None:
    provider = {"name": "google", "clientId": "a", "clientSecret": "kept"}
    members: Json = {
        "name": "rn_members",
        "type": "auth",
        "fields": [
            {"name": "rank", "type": "text"},
            {"name": "boss", "type": "relation", "collectionId": "rn_members"},
        ],
        "indexes": ["CREATE UNIQUE INDEX rn_rank ON rn_members (rank)"],
        "passwordAuth": {"enabled": True, "identityFields": ["email", "rank"]},
        "oauth2": {"enabled": True, "mappedFields": {"name": "rank"}, "providers": [provider]},
        "authRule": "rank != 'gone'",
        "manageRule": "@request.auth.rank = 'chief'",
        "verificationTemplate": {"subject": "Hello {RECORD:rank}", "body": "{RECORD:rank} {RECORD:ranks} {TOKEN}"},
    }
    create(pb, members)
    create(pb, {"name": "rn_posts", "listRule": '@request.auth.boss.rank = "chief" || @request.auth.rank = "chief"'})
    create(pb, {"name": "rn_of", "fields": [{"name": "m", "type": "relation", "collectionId": "rn_members"}]})
    pb.ok("pb_collections.py", "set-rule", "rn_of", "list", "m.rn_members_via_boss.rank ?= 'a'")
    pb.ok("pb_collections.py", "rename-field", "rn_members", "rank", "grade")
    now = by_name(server)
    saved = now["rn_members"]
    assert saved["passwordAuth"]["identityFields"] == ["email", "grade"]
    assert (saved["oauth2"]["mappedFields"]["name"], saved["authRule"]) == ("grade", "grade != 'gone'")
    assert saved["manageRule"] == "@request.auth.grade = 'chief'"
    assert saved["verificationTemplate"]["subject"] == "Hello {RECORD:grade}"
    assert saved["verificationTemplate"]["body"] == "{RECORD:grade} {RECORD:ranks} {TOKEN}"
    assert now["rn_posts"]["listRule"] == '@request.auth.boss.grade = "chief" || @request.auth.grade = "chief"'
    assert now["rn_of"]["listRule"] == "m.rn_members_via_boss.grade ?= 'a'"
    with server.reading() as database:
        options = database.execute("SELECT options FROM _collections WHERE name = 'rn_members'").fetchone()[0]
    assert '"clientSecret":"kept"' in options
    pb.ok("pb_collections.py", "rename-field", "rn_members", "boss", "lead")
    now = by_name(server)
    assert now["rn_posts"]["listRule"].startswith("@request.auth.lead.grade")
    assert now["rn_of"]["listRule"] == "m.rn_members_via_lead.grade ?= 'a'"


@pytest.mark.both_ends
def test_a_name_that_two_kinds_of_users_share_is_not_renamed_for_one(pb: Runner, server: servers.Server) -> None:
    for name in ("rs_staff", "rs_guests"):
        create(pb, {"name": name, "type": "auth", "fields": [{"name": "rs_role", "type": "text"}]})
    create(pb, {"name": "rs_posts", "listRule": '@request.auth.rs_role = "chief"'})
    before = server.collections()
    refused = pb("pb_collections.py", "rename-field", "rs_staff", "rs_role", "rs_kind")
    assert (refused.code, "rs_posts.listRule" in refused.message) == (2, True), refused
    assert server.collections() == before


COLUMNS = {"tickets": {"id", "approved", "who"}, "users": {"id", "accepted"}, "notes": {"id", "ticket"}}


@pytest.mark.parametrize(
    ("query", "renamed"),
    [
        ("SELECT id, approved FROM tickets", "SELECT id, `accepted` AS `approved` FROM tickets"),
        ("SELECT t.approved FROM tickets AS t", "SELECT t.`accepted` AS `approved` FROM tickets AS t"),
        ("SELECT [approved] a, 'approved' b FROM tickets", "SELECT `accepted` a, 'approved' b FROM tickets"),
        ("SELECT SUM(approved) AS approved FROM tickets", "SELECT SUM(`accepted`) AS approved FROM tickets"),
        (
            "SELECT who, SUM(approved) AS approved FROM tickets GROUP BY who ORDER BY approved LIMIT 1",
            "SELECT who, SUM(`accepted`) AS approved FROM tickets GROUP BY who ORDER BY approved LIMIT 1",
        ),
        (
            "WITH a AS (SELECT id, approved FROM tickets) SELECT id, approved FROM a",
            "WITH a AS (SELECT id, `accepted` AS `approved` FROM tickets) SELECT id, approved FROM a",
        ),
        (
            "SELECT n.id, (SELECT approved FROM tickets WHERE id = n.ticket) AS x FROM notes n",
            "SELECT n.id, (SELECT `accepted` AS `approved` FROM tickets WHERE id = n.ticket) AS x FROM notes n",
        ),
        (
            "SELECT t.id FROM tickets t JOIN users u ON u.id = t.who WHERE approved",
            "SELECT t.id FROM tickets t JOIN users u ON u.id = t.who WHERE t.`accepted`",
        ),
        (
            "SELECT u.id FROM users u WHERE EXISTS (SELECT 1 FROM tickets WHERE who = u.id AND approved)",
            "SELECT u.id FROM users u WHERE EXISTS (SELECT 1 FROM tickets WHERE who = u.id AND `accepted`)",
        ),
        ("SELECT id, approved FROM other", "SELECT id, approved FROM other"),
        (
            "SELECT CASE WHEN approved THEN 1 END approved FROM tickets -- approved",
            "SELECT CASE WHEN `accepted` THEN 1 END approved FROM tickets -- approved",
        ),
    ],
)
def test_a_column_is_renamed_where_a_query_means_it(query: str, renamed: str) -> None:
    assert with_renamed_column(query, "tickets", "approved", "accepted", COLUMNS) == renamed


def test_a_field_that_is_called_like_a_word_of_sql_leaves_that_word_alone() -> None:
    query = 'SELECT id, "select" FROM tickets WHERE `select` = 1'
    renamed = "SELECT id, `chosen` AS `select` FROM tickets WHERE `chosen` = 1"
    assert with_renamed_column(query, "tickets", "select", "chosen", {"tickets": {"id", "select"}}) == renamed


def test_a_field_of_the_system_is_not_renamed(pb: Runner) -> None:
    refused = pb("pb_collections.py", "rename-field", "users", "id", "uid")
    assert refused.code == 2
    assert refused.message == "users.id is a field of the system, which keeps its name."


def test_a_view_that_sqlite_cannot_follow_is_named_with_the_way_around(pb: Runner, server: servers.Server) -> None:
    fields = [{"name": "title", "type": "text"}]
    query = "WITH t AS (SELECT id, title FROM rncte) SELECT t.id, t.title FROM t"
    assert server.request("POST", "/api/collections", {"name": "rncte", "type": "base", "fields": fields})[0] == 200
    view = {"name": "rncte_view", "type": "view", "viewQuery": query}
    assert server.request("POST", "/api/collections", view)[0] == 200
    before = [item for item in server.collections() if item["name"].startswith("rncte")]
    refused = pb("pb_collections.py", "rename-field", "rncte", "title", "head")
    assert (refused.code, refused.document["status"]) == (1, 400)
    assert "Nothing was changed" in refused.hint
    assert "rncte_view" in refused.hint
    assert [item for item in server.collections() if item["name"].startswith("rncte")] == before
