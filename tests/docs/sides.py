"""Asks what the pages say of a version ("from 0.33", "before 0.28") of real servers on both sides of it.

    PYTHONPATH=scripts:tests python3 tests/docs/sides.py [WORD]

downloads each release once, so it is no test of the suite; run it when such a sentence is written or changed. WORD
chooses claims. It prints a line for each, and exits with 1 if a page is wrong.
"""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Callable, NamedTuple

import servers
from docs.provider import Provider

HOOKS = """
onRecordCreateRequest((e) => {
  const app = e.app
  e.app.runInTransaction((tx) => { e.app = tx; e.next(); throw new BadRequestError("no") })
  e.app = app
}, "taken")
onRecordCreateRequest((e) => { e.record.set("owner", "filled"); e.next() }, "filled")
routerAdd("GET", "/nulls", (e) => e.string(200, typeof nullString))
onRecordCreate(async (e) => { throw new BadRequestError("no") }, "waited")
routerAdd("POST", "/cron", (e) => { cronAdd("made", "* * * * *", () => {}); return e.noContent(204) })
"""
MEMBER = {"email": "ann@example.com", "password": "secret-password", "passwordConfirm": "secret-password"}
Check = Callable[[servers.Server], bool]


class Claim(NamedTuple):
    """What a page says, the last release without it, the first with it, and what tells whether a server has it."""

    text: str
    before: str
    since: str
    holds: Check


CLAIMS: list[Claim] = []


def claim(text: str, before: str, since: str) -> Callable[[Check], Check]:
    """Register the decorated function as what tells whether a server has it."""

    def register(holds: Check) -> Check:
        CLAIMS.append(Claim(text, before, since, holds))
        return holds

    return register


def _make(server: servers.Server, name: str, *fields: Any, **options: Any) -> int:
    return server.request("POST", "/api/collections", {"name": name, "fields": list(fields), **options})[0]


def _token(server: servers.Server, collection: str, record: str) -> str:
    path = f"/api/collections/{collection}/impersonate/{record}"
    return str(server.request("POST", path, {"duration": 600})[1]["token"])


def _member(server: servers.Server) -> tuple[str, str]:
    """Return the id of a new account of `users` and a token of it."""
    record = server.request("POST", "/api/collections/users/records", {**MEMBER, "verified": True})[1]["id"]
    return record, _token(server, "users", record)


@contextmanager
def _listening(server: servers.Server, topic: str) -> Iterator[Callable[[], Any]]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", "/api/realtime")
    answer = connection.getresponse()

    def data() -> Any:
        line = answer.readline()
        while not line.startswith(b"data:"):
            line = answer.readline()
        return json.loads(line[len(b"data:") :])

    sent = {"clientId": data()["clientId"], "subscriptions": [topic]}
    assert server.request("POST", "/api/realtime", sent)[0] == 204
    yield data
    answer.close()
    connection.close()


@claim("a rule on the new record itself over a back-relation lets in before 0.24", "0.23.12", "0.24.1")
def _(server: servers.Server) -> bool:
    _make(server, "orgs")
    target = server.request("GET", "/api/collections/orgs")[1]["id"]
    user = {"name": "user", "type": "relation", "collectionId": "_pb_users_auth_"}
    _make(server, "memberships", {"name": "org", "type": "relation", "collectionId": target}, user)
    rule = "org.memberships_via_org.user ?= @request.auth.id"
    assert server.request("PATCH", "/api/collections/memberships", {"createRule": rule})[0] == 200
    org = server.request("POST", "/api/collections/orgs/records", {})[1]["id"]
    record, token = _member(server)
    path = "/api/collections/memberships/records"
    return server.request("POST", path, {"org": org, "user": record}, token=token)[0] == 400


@claim("`:lower` from 0.24", "0.23.12", "0.24.1")
def _(server: servers.Server) -> bool:
    return _make(server, "lower", {"name": "t", "type": "text"}, listRule="t:lower = 'a'") == 200


@claim("jobs are listed from 0.24", "0.23.12", "0.24.1")
def _(server: servers.Server) -> bool:
    return server.request("GET", "/api/crons")[0] == 200


@claim("an email that a superuser changes ends tokens from 0.24", "0.23.12", "0.24.1")
def _(server: servers.Server) -> bool:
    record, token = _member(server)
    server.request("PATCH", f"/api/collections/users/records/{record}", {"email": "bea@example.com"})
    return server.request("GET", f"/api/collections/users/records/{record}", token=token)[0] == 404


@claim("`COLLATE NOCASE` signs in from 0.25", "0.24.4", "0.25.0")
def _(server: servers.Server) -> bool:
    indexes = server.request("GET", "/api/collections/users")[1]["indexes"]
    changed = [index.replace("(`email`)", "(`email` COLLATE NOCASE)") for index in indexes]
    assert server.request("PATCH", "/api/collections/users", {"indexes": changed})[0] == 200
    _member(server)
    sent = {"identity": "ANN@example.com", "password": MEMBER["password"]}
    return server.request("POST", "/api/collections/users/auth-with-password", sent, authed=False)[0] == 200


@claim("handlers add jobs from 0.26", "0.25.9", "0.26.0")
def _(server: servers.Server) -> bool:
    return server.request("POST", "/cron")[0] == 204


@claim("`@request.context` is `password` from 0.26", "0.25.9", "0.26.0")
def _(server: servers.Server) -> bool:
    _member(server)
    server.request("PATCH", "/api/collections/users", {"authRule": "@request.context = 'password'"})
    sent = {"identity": MEMBER["email"], "password": MEMBER["password"]}
    return server.request("POST", "/api/collections/users/auth-with-password", sent, authed=False)[0] == 200


@claim("an async handler is waited for from 0.26", "0.25.9", "0.26.0")
def _(server: servers.Server) -> bool:
    _make(server, "waited")
    return server.request("POST", "/api/collections/waited/records", {})[0] == 400


@claim("the create rule is asked before the request's hook from 0.27", "0.26.6", "0.27.0")
def _(server: servers.Server) -> bool:
    _make(server, "filled", {"name": "owner", "type": "text"}, createRule="owner = 'filled'")
    return server.request("POST", "/api/collections/filled/records", {}, authed=False)[0] == 400


@claim("`geoPoint` and `geoDistance` from 0.27", "0.26.6", "0.27.0")
def _(server: servers.Server) -> bool:
    rule = "geoDistance(place.lon, place.lat, 1, 1) < 5"
    return _make(server, "places", {"name": "place", "type": "geoPoint"}, listRule=rule) == 200


@claim("a transaction around a request answers for itself from 0.28", "0.27.2", "0.28.0")
def _(server: servers.Server) -> bool:
    _make(server, "taken")
    return server.request("POST", "/api/collections/taken/records", {})[0] == 400


@claim("json takes 1 MiB from 0.28, before 5", "0.27.2", "0.28.0")
def _(server: servers.Server) -> bool:
    _make(server, "jsons", {"name": "j", "type": "json"})
    return server.request("POST", "/api/collections/jsons/records", {"j": "x" * 2_000_000})[0] == 400


@claim("`auth-refresh` gives an impersonation token back from 0.29", "0.28.4", "0.29.0")
def _(server: servers.Server) -> bool:
    token = _member(server)[1]
    return server.request("POST", "/api/collections/users/auth-refresh", token=token)[0] == 200


def _shown_by_filter(server: servers.Server, rule: str | None) -> bool:
    _make(server, "authors", {"name": "name", "type": "text"}, listRule=rule)
    target = server.request("GET", "/api/collections/authors")[1]["id"]
    _make(server, "books", {"name": "author", "type": "relation", "collectionId": target}, listRule="")
    author = server.request("POST", "/api/collections/authors/records", {"name": "x"})[1]["id"]
    server.request("POST", "/api/collections/books/records", {"author": author})
    path = "/api/collections/books/records?filter=author.name='x'"
    status, answer = server.request("GET", path, authed=False)
    return status == 200 and answer["totalItems"] == 1


@claim("a filter through a relation asks whether the target's list rule is null from 0.31", "0.30.4", "0.31.0")
def _(server: servers.Server) -> bool:
    return not _shown_by_filter(server, None)


@claim("a filter through a relation asks the target's list rule from 0.32", "0.31.0", "0.32.0")
def _(server: servers.Server) -> bool:
    return not _shown_by_filter(server, "name = 'nosuch'")


@claim("further characters are forbidden in ids from 0.33", "0.32.0", "0.33.0")
def _(server: servers.Server) -> bool:
    options = {"primaryKey": True, "system": True, "required": True, "pattern": ".+"}
    _make(server, "ids", {"name": "id", "type": "text", **options})
    bad = ["a b", "a\tb", *(f"a{sign}b" for sign in "\"$%'*.:<>?`|"), "con", "nul", "com1"]
    statuses = {server.request("POST", "/api/collections/ids/records", {"id": name})[0] for name in bad}
    assert len(statuses) == 1, statuses
    return statuses == {400}


@claim("`:changed` from 0.34", "0.33.0", "0.34.0")
def _(server: servers.Server) -> bool:
    _make(server, "changed", {"name": "t", "type": "text"}, updateRule="@request.body.t:changed = false")
    record = server.request("POST", "/api/collections/changed/records", {})[1]["id"]
    return server.request("PATCH", f"/api/collections/changed/records/{record}", {}, authed=False)[0] == 200


@claim("`nullString` from 0.35", "0.34.2", "0.35.0")
def _(server: servers.Server) -> bool:
    return bool(server.request("GET", "/nulls")[1] == "function")


@claim("`strftime` from 0.36", "0.35.1", "0.36.1")
def _(server: servers.Server) -> bool:
    return _make(server, "times", {"name": "d", "type": "date"}, listRule="strftime('%Y', d) = '2020'") == 200


@claim("`dry-run-view` and `oauth2-providers` from 0.37", "0.36.9", "0.37.2")
def _(server: servers.Server) -> bool:
    return server.request("GET", "/api/collections/meta/oauth2-providers")[0] == 200


@claim("MFA waits 600 seconds from 0.37.4", "0.37.3", "0.37.4")
def _(server: servers.Server) -> bool:
    return bool(server.request("GET", "/api/collections/users")[1]["mfa"]["duration"] == 600)


@claim("`superuserIPs` from 0.38", "0.37.5", "0.38.0")
def _(server: servers.Server) -> bool:
    return "superuserIPs" in server.request("GET", "/api/settings")[1]


@claim("tokens of users last 432000 seconds, SQL is a route, from 0.39", "0.38.2", "0.39.0")
def _(server: servers.Server) -> bool:
    lasts = server.request("GET", "/api/collections/users")[1]["authToken"]["duration"] == 432000
    route = server.request("POST", "/api/sql", {"query": "SELECT 1"})[0] == 200
    assert lasts == route
    return route


@claim("hidden fields come for superusers in realtime from 0.39.1", "0.39.0", "0.39.1")
def _(server: servers.Server) -> bool:
    _make(server, "hides", {"name": "t", "type": "text", "hidden": True})
    with _listening(server, "hides/*") as heard:
        server.request("POST", "/api/collections/hides/records", {"t": "x"})
        return "t" in heard()["record"]


@claim("an empty `redirectURL` is taken from 0.39.4", "0.39.3", "0.39.4")
def _(server: servers.Server) -> bool:
    with Provider() as provider:
        provider.user = {"sub": "1", "email": MEMBER["email"], "email_verified": True, "name": "Ann"}
        options = {"oauth2": {"enabled": True, "providers": [provider.settings()]}}
        assert server.request("PATCH", "/api/collections/users", options)[0] == 200
        sent = {"provider": "oidc", "code": "c", "codeVerifier": "v", "redirectURL": ""}
        return server.request("POST", "/api/collections/users/auth-with-oauth2", sent, authed=False)[0] == 200


@claim("a number with `max: 0` below `min` is refused from 0.39.3", "0.39.1", "0.39.3")
def _(server: servers.Server) -> bool:
    return _make(server, "numbers", {"name": "n", "type": "number", "min": 5, "max": 0}) == 400


@claim("a command that fails exits 1 from 0.40", "0.39.11", "0.40.0")
def _(server: servers.Server) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        command = [str(servers.binary(server.version)), "superuser", "create", "no-address", "x", f"--dir={folder}"]
        return subprocess.run(command, capture_output=True, timeout=60).returncode == 1


@claim("`logs.maxDataSize` from 0.40", "0.39.11", "0.40.0")
def _(server: servers.Server) -> bool:
    return "maxDataSize" in server.request("GET", "/api/settings")[1]["logs"]


def _holds(version: str, holds: Check) -> bool:
    with tempfile.TemporaryDirectory(prefix="pb-sides-") as folder:
        hooks = Path(folder) / "pb_hooks"
        hooks.mkdir()
        (hooks / "sides.pb.js").write_text(HOOKS, "utf-8")
        with servers.Server(version, Path(folder)) as server:
            return holds(server)


def main(words: list[str]) -> int:
    """Ask each claim whose text has one of the words; return the exit code."""
    wrong = 0
    for one in CLAIMS:
        if words and not any(word in one.text for word in words):
            continue
        seen = (_holds(one.before, one.holds), _holds(one.since, one.holds))
        wrong += seen != (False, True)
        print(
            "ok   " if seen == (False, True) else f"WRONG {seen}", f"{one.before} | {one.since}:", one.text, flush=True
        )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
