"""pb_sql.py: reads and nothing else, however a write is dressed; secrets stay on the server; writes behind a backup."""

from __future__ import annotations

import sys
from typing import Any

import pytest

import pb_sql
import servers
from conftest import Runner, credentials
from pb_common import Client, PBRefused, PBUsageError, Settings
from pb_common.cli import load_verb

SCRIPT = "pb_sql.py"
SINCE = (0, 39, 0)


def has_sql(server: servers.Server) -> bool:
    return tuple(map(int, server.version.split("."))) >= SINCE


@pytest.fixture
def sql(pb: Runner, server: servers.Server) -> Runner:
    """A runner on a server with SQL, its user anna, and three notes."""
    if not has_sql(server):
        pytest.skip("PocketBase has SQL since v0.39.0")
    fields = [{"name": "title", "type": "text"}, {"name": "pin", "type": "password"}]
    made, _ = server.request("POST", "/api/collections", {"name": "sq_notes", "type": "base", "fields": fields})
    if made == 200:
        for number in range(3):
            server.request("POST", "/api/collections/sq_notes/records", {"title": f"n{number}", "pin": "a-secret-pin"})
        anna = {"email": "sq_anna@example.com", "password": "secret-password", "passwordConfirm": "secret-password"}
        server.request("POST", "/api/collections/users/records", anna)
        query = "SELECT id, email FROM users"
        server.request("POST", "/api/collections", {"name": "sq_people", "type": "view", "viewQuery": query})
        leak = "SELECT id, substr(tokenKey, 1, 20) AS part FROM users"
        status, body = server.request(
            "POST", "/api/collections", {"name": "sq_leak", "type": "view", "viewQuery": leak}
        )
        assert status == 200, body
    return pb


def count(server: servers.Server) -> int:
    return int(server.request("GET", "/api/collections/sq_notes/records")[1]["totalItems"])


def test_rows_by_the_names_of_their_columns(sql: Runner) -> None:
    data = sql.ok(SCRIPT, "SELECT title, length(title) AS n FROM sq_notes ORDER BY title DESC LIMIT 2; -- done")
    assert data == {"columns": ["title", "n"], "items": [{"title": "n2", "n": "2"}, {"title": "n1", "n": "2"}]}
    twice = sql.ok(SCRIPT, "-", stdin=b"WITH a AS (SELECT 1 AS x) SELECT a.x, b.x FROM a JOIN a AS b")
    assert len(twice["items"][0]) == 2
    assert sql.ok(SCRIPT, "EXPLAIN QUERY PLAN SELECT * FROM sq_notes")["items"][0]["detail"].startswith("SCAN")
    assert sql.ok(SCRIPT, "SELECT name FROM pragma_table_info('sq_notes')")["items"][0] == {"name": "id"}
    assert sql.ok(SCRIPT, "SELECT count(*) AS n FROM sq_people")["items"] != []
    full = sql(
        SCRIPT, "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 2000) SELECT count(x) FROM c"
    )
    assert full.data["items"] == [{"count(x)": "2000"}]
    data = sql.ok(SCRIPT, "SELECT *, password AS p FROM users LIMIT 1", env={"PB_READONLY": "1"})
    assert data["items"][0]["p"] == "***"
    cut = sql(SCRIPT, "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 2000) SELECT x FROM c")
    assert "at most 1000" in cut.document["warnings"][0]


DRESSED_UP = [
    "DELETE FROM sq_notes",
    "-- only looking\nDELETE FROM sq_notes",
    "/* SELECT */ /* */ DELETE FROM sq_notes",
    "WITH a AS (SELECT id FROM sq_notes) DELETE FROM sq_notes WHERE id IN a",
    "WITH a AS (SELECT 1) UPDATE sq_notes SET title = 'x' RETURNING id",
    "SELECT 1; DELETE FROM sq_notes",
    "SELECT ';'; DELETE FROM sq_notes; SELECT 2",
    "SELECT 1) ; DELETE FROM sq_notes; SELECT * FROM (SELECT 1",
    "EXPLAIN SELECT 1; DELETE FROM sq_notes",
    "REPLACE INTO sq_notes (id) VALUES ('x')",
    "INSERT INTO sq_notes (id) SELECT 'x' RETURNING *",
    "PRAGMA user_version = 7",
    "PRAGMA table_info(sq_notes)",
    "SELECT * FROM pragma_optimize",
    "ATTACH DATABASE '/tmp/x.db' AS x",
    "VACUUM INTO '/tmp/x.db'",
    "VACUUM",
    "ANALYZE",
    "BEGIN; DELETE FROM sq_notes; COMMIT",
    "CREATE TEMP TABLE t (x)",
    "DROP TABLE sq_notes",
    "SELECT load_extension('/tmp/x.so')",
    "SELECT * FROM sqlite_dbpage",
    "SELECT * FROM dbstat",
    "SELECT sample FROM sqlite_stat4",
    "SELECT title FROM sq_notes UNION SELECT substr(password, 1, 9) FROM main.users",
    "SELECT part FROM sq_leak",
]
SECRETS = [
    "SELECT * FROM users",
    "SELECT id, password AS harmless, tokenKey || 'x' AS y FROM users",
    "SELECT u.Password FROM Users u JOIN users v ON u.tokenkey = v.tokenKey",
    "SELECT max(hex(password)) FROM `users` UNION ALL SELECT group_concat(tokenKey) FROM _superusers",
    "WITH a(b) AS (SELECT password FROM [users]) SELECT json_group_array(b) FROM a",
    "SELECT (SELECT pin FROM sq_notes LIMIT 1) FROM users",
    "SELECT json_object('o', options, 'v', value) FROM _collections, _params",
    "SELECT * FROM (VALUES (1)) LEFT JOIN users ON password LIKE '$2%'",
]


def asked(client: Client, *argv: str) -> Any:
    """Return what a query on the command line gives, in this process."""
    args = pb_sql.build_parser().parse_args(argv)
    return load_verb(args.verb)(client, args)


def test_nothing_but_reading_is_sent(sql: Runner, server: servers.Server) -> None:
    before = count(server), server.request("POST", "/api/sql", {"query": "PRAGMA user_version"})[1]["rows"]
    with Client(Settings(server.url, servers.EMAIL, servers.PASSWORD, token_cache=False)) as client:
        for query in DRESSED_UP:
            with pytest.raises((PBRefused, PBUsageError)):
                asked(client, query)
    assert (count(server), server.request("POST", "/api/sql", {"query": "PRAGMA user_version"})[1]["rows"]) == before


@pytest.mark.parametrize(
    ("query", "named", "hint"),
    [
        ("PRAGMA table_info(users)", "PRAGMA", "pragma_table_info"),
        ("VACUUM", "VACUUM", "who runs the server"),
        ("ATTACH DATABASE 'x.db' AS x", "ATTACH", "pb_backups.py diff"),
        ("BEGIN", "a transaction of its own", "--write are one transaction"),
    ],
)
def test_what_nobody_may_send_is_named_with_what_does_the_same(sql: Runner, query: str, named: str, hint: str) -> None:
    refused = sql(SCRIPT, query)
    named_hint = hint in refused.hint.replace('"', "")
    assert (refused.code, f"uses {named}:" in refused.message, named_hint) == (4, True, True), refused


@pytest.mark.parametrize(
    ("argv", "said", "hint"),
    [
        ([], "Give one query", "SELECT count"),
        (["SELECT 1; SELECT 2"], "2 queries are given", "in turn"),
        (["SELECT 1", "--write"], "changes no row and no table", "Leave out --write"),
        (["REPLACE INTO sq_notes (id) VALUES ('x'); DELETE FROM sq_notes", "--write"], "would not be one", "in turn"),
        (["SELECT '" + "x" * 5000 + "'"], "the server takes at most 5000", "shorter"),
        (["SELECT ?"], "cannot be read", "write the values into the query"),
    ],
    ids=["none", "two", "no change", "not one change", "long", "binding"],
)
def test_what_is_no_one_statement_is_named(sql: Runner, argv: list[str], said: str, hint: str) -> None:
    refused = sql(SCRIPT, *argv)
    assert (refused.code, said in refused.message, hint in refused.hint) == (2, True, True), refused


def test_a_dry_run_shows_what_would_be_sent(sql: Runner) -> None:
    planned = sql.ok(SCRIPT, "EXPLAIN SELECT password FROM users", "--dry-run")
    assert planned["masked"] == ["users.password"]
    assert planned["query"].startswith("EXPLAIN WITH")
    assert "'***' AS \"password\"" in planned["query"]


def test_a_python_without_sqlite_is_told(server: servers.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "_pb.sql.twin", raising=False)
    monkeypatch.setitem(sys.modules, "sqlite3", None)
    account = Settings(server.url, servers.EMAIL, servers.PASSWORD, token_cache=False)
    with Client(account) as client, pytest.raises(PBUsageError, match="no sqlite3 module"):
        asked(client, "SELECT 1")


def test_a_query_that_fails_on_a_mask_names_what_was_masked(sql: Runner) -> None:
    failed = sql(SCRIPT, "SELECT json_extract(options, '$.a') FROM _collections")
    assert (failed.code, "_collections.options" in failed.hint) == (1, True), failed


def test_secrets_stay_on_the_server(sql: Runner, server: servers.Server) -> None:
    hashes = "SELECT password FROM users UNION SELECT tokenKey FROM users UNION SELECT pin FROM sq_notes"
    secrets = [row[0] for row in server.request("POST", "/api/sql", {"query": hashes})[1]["rows"] if row[0]]
    with Client(Settings(server.url, servers.EMAIL, servers.PASSWORD, token_cache=False)) as client:
        for query in SECRETS:
            data = asked(client, query)
            assert data["masked"], query
            assert data["items"], query
            shown = str(data)
            assert not [secret for secret in [*secrets, "$2a$", "24326124", "authToken"] if secret in shown], query


def test_a_write_waits_for_its_word_and_leaves_a_backup(own_server: servers.Server, tmp_path: Any) -> None:
    run = Runner(own_server.project, tmp_path / "home", credentials(own_server.url))
    if not has_sql(own_server):
        old = run(SCRIPT, "SELECT 1")
        assert (old.code, old.document["status"]) == (1, 404)
        assert "since v0.39.0" in old.message
        return
    fields = [{"name": "title", "type": "text"}]
    own_server.request("POST", "/api/collections", {"name": "sq_notes", "type": "base", "fields": fields})
    own_server.request("POST", "/api/collections/sq_notes/records", {"title": "old"})

    refused = run(SCRIPT, "UPDATE sq_notes SET title = 'new'")
    assert (refused.code, refused.data["changes"]) == (4, ["update sq_notes"])
    assert "Add --write" in refused.hint
    plan = run.ok(SCRIPT, "--write", "UPDATE sq_notes SET title = 'new'", "--dry-run")
    assert plan["changes"] == ["update sq_notes"]
    assert own_server.request("GET", "/api/backups")[1] == []

    done = run.ok(
        SCRIPT, "--write", "UPDATE sq_notes SET title = 'new'; -- two\nINSERT INTO sq_notes (id) VALUES ('x')"
    )
    assert done["changes"] == ["update sq_notes", "insert sq_notes"]
    assert [backup["key"] for backup in own_server.request("GET", "/api/backups")[1]] == [done["safetyCopy"]]
    assert count(own_server) == 2

    for query in ("PRAGMA user_version = 7", "UPDATE sq_notes SET title = (SELECT password FROM users)", "VACUUM"):
        assert run(SCRIPT, "--write", query).code in (2, 4), query
    assert run(SCRIPT, "--write", "SELECT 1").code == 2
    assert run(SCRIPT, "--write", "DELETE FROM sq_notes", env={"PB_READONLY": "1"}).code == 4
    protected = run(SCRIPT, "--write", "DELETE FROM sq_notes", env={"PB_PROTECTED": "1"})
    assert protected.code == 4
    assert count(own_server) == 2


@pytest.mark.parametrize(
    ("query", "hint"),
    [
        ("SELECT titel FROM sq_notes", "Did you mean 'title'?"),
        ("SELECT nosuch FROM sq_notes", "sq_notes has "),
        ("SELECT p.xyz FROM sq_people p", "sq_people has id, email."),
        ("INSERT INTO sq_notes (xyz) VALUES (1)", "sq_notes has "),
        ("SELECT * FROM sq_note", "Did you mean 'sq_notes'?"),
        ("SELECT * FROM sq_notes WHERE title = ?", "write the values into the query"),
        ("SELECT * FROM sq_notes WHERE title = :title", "write the values into the query"),
        ("selec 1", "Mend the query; nothing was sent."),
        ("SELECT 1; DELETE FROM sq_notes", "with --write"),
    ],
)
def test_a_typo_names_what_there_is(sql: Runner, query: str, hint: str) -> None:
    told = sql(SCRIPT, query)
    assert told.code == 2
    assert hint in told.hint
    assert not told.hint.startswith("This Python")


def test_returning_says_that_no_rows_come(sql: Runner) -> None:
    done = sql(SCRIPT, "--write", "UPDATE sq_notes SET title = title WHERE 0 RETURNING id", "--yes")
    assert done.code == 0, done
    assert "No rows of RETURNING come" in " ".join(done.document["warnings"])


def test_texts_are_stored_as_they_are_written(sql: Runner, server: servers.Server) -> None:
    text = "it's [[title]], {{sq_notes}} and {:word}"
    written = text.replace("'", "''")
    insert = f"INSERT INTO sq_notes (id, title) VALUES ('exact0000000000', '{written}') -- {{:note}}"
    assert sql.ok(SCRIPT, "--write", insert)["affectedRows"] == 1
    assert server.request("GET", "/api/collections/sq_notes/records/exact0000000000")[1]["title"] == text
    found = sql.ok(SCRIPT, f"SELECT title FROM sq_notes /* [[it]] */ WHERE title = '{written}'")
    assert found["items"] == [{"title": text}]
    assert server.request("DELETE", "/api/collections/sq_notes/records/exact0000000000")[0] == 204
