"""What the server is bound to refuse is refused before, and what it takes is not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import servers
from _pb.schema.check import check

Json = Any  # a document as a test writes it, right or wrong
TO_USERS = {"type": "relation", "collectionId": "_pb_users_auth_"}
# Properties of a field beside its name, and whether the server takes them.
FIELDS: list[tuple[Json, bool]] = [
    ({"type": "text", "min": 5, "max": 3}, False),
    ({"type": "text", "min": 5, "max": 5}, True),
    ({"type": "text", "min": 5, "max": 0}, True),
    ({"type": "text", "max": -1}, False),
    ({"type": "text", "pattern": "["}, False),
    ({"type": "text", "pattern": r"^\p{L}+\z"}, True),
    ({"type": "text", "primaryKey": True}, False),
    ({"type": "text", "name": "Id"}, False),
    ({"type": "number", "name": "id"}, False),
    ({"type": "text", "name": "x" * 101}, False),
    ({"type": "text", "name": "x" * 100}, True),
    ({"type": "number", "min": 5, "max": 3}, False),
    ({"type": "number", "min": 0, "max": 0}, True),
    ({"type": "number", "min": -1.5, "max": -1.5}, True),
    ({"type": "number", "min": 1.5, "onlyInt": True}, False),
    ({"type": "email", "onlyDomains": ["a.com"], "exceptDomains": ["b.com"]}, False),
    ({"type": "email", "onlyDomains": ["a.com", "sub.b.co.uk"]}, True),
    ({"type": "url", "exceptDomains": ["not a domain"]}, False),
    ({"type": "editor", "maxSize": -1}, False),
    ({"type": "autodate"}, False),
    ({"type": "autodate", "onUpdate": True}, True),
    ({"type": "select", "values": ["a"], "maxSelect": 2}, False),
    ({"type": "select", "values": ["a", "b"], "maxSelect": 2}, True),
    ({"type": "select", "values": ["a", "b"], "maxSelect": -1}, False),
    ({"type": "file", "maxSelect": -1}, False),
    ({"type": "file", "thumbs": ["bad"]}, False),
    ({"type": "file", "thumbs": ["0x0"]}, False),
    ({"type": "file", "thumbs": ["100x0", "0x50", "10x10f", "10x10t"]}, True),
    ({**TO_USERS, "minSelect": 3, "maxSelect": 2}, False),
    ({**TO_USERS, "minSelect": 2}, False),
    ({**TO_USERS, "minSelect": 1}, False),
    ({**TO_USERS, "minSelect": 1, "maxSelect": 1}, True),
    ({**TO_USERS, "minSelect": 2, "maxSelect": 2}, True),
    ({"type": "json", "maxSize": -1}, False),
    ({"type": "password", "max": 72}, False),
    ({"type": "password", "max": 71, "min": 71}, True),
    ({"type": "password", "cost": 3}, False),
    ({"type": "password", "cost": 4}, True),
    ({"type": "text", "autogeneratePattern": "[a-z]{5}", "min": 8}, False),
    ({"type": "text", "autogeneratePattern": "[a-z]{5}", "min": 5, "max": 5}, True),
    ({"type": "text", "autogeneratePattern": "[a-z]{5}", "max": 4}, False),
    ({"type": "text", "autogeneratePattern": "[a-z]{5,9}", "max": 8}, True),
    ({"type": "text", "autogeneratePattern": "[a-z]+", "max": 6}, True),
    ({"type": "text", "autogeneratePattern": "[a-z]{3,}", "max": 2}, False),
    ({"type": "text", "autogeneratePattern": "a?", "required": True}, False),
    ({"type": "text", "autogeneratePattern": "[a-z]{5}", "pattern": "^[0-9]+$"}, False),
    ({"type": "text", "autogeneratePattern": r"x-\d{5}", "pattern": r"^\w-\d+$"}, True),
    ({"type": "text", "autogeneratePattern": "(a|bb){3}", "max": 2}, False),
    ({"type": "text", "autogeneratePattern": "^[a-z]{5}$"}, False),
    ({"type": "text", "autogeneratePattern": r"x\bfoo"}, False),
    ({"type": "text", "autogeneratePattern": r"\p{L}{5}", "max": 9}, True),
    ({"type": "text", "name": "sqlite_f"}, True),
]
GOOGLE = {"name": "google", "clientId": "a", "clientSecret": "b"}


def providers(*given: Json, enabled: bool = True) -> Json:
    return {"oauth2": {"enabled": enabled, "providers": [*given]}}


OPTIONS: list[tuple[Json, bool]] = [
    ({"authToken": {"duration": "x"}}, False),
    ({"authToken": {"duration": 9}}, False),
    ({"authToken": {"duration": 10}}, True),
    ({"fileToken": {"duration": 94670856}}, True),
    ({"fileToken": {"duration": 94670857}}, False),
    ({"authToken": {"secret": "short"}}, False),
    ({"authToken": {"secret": "s" * 30}}, True),
    ({"passwordAuth": {"enabled": True, "identityFields": []}}, False),
    ({"passwordAuth": {"enabled": True, "identityFields": ["nope"]}}, False),
    ({"passwordAuth": {"enabled": False, "identityFields": ["nope"]}}, True),
    ({"passwordAuth": {"enabled": "x"}}, False),
    ({"mfa": {"enabled": True}}, False),
    ({"mfa": {"enabled": True}, "otp": {"enabled": True}}, True),
    ({"mfa": {"enabled": True, "duration": 86401}, "otp": {"enabled": True}}, False),
    ({"otp": {"enabled": True, "length": 3}}, False),
    ({"otp": {"enabled": True, "length": 4, "duration": 10}}, True),
    ({"otp": {"enabled": True, "emailTemplate": {"subject": "a", "body": ""}}}, False),
    ({"verificationTemplate": {"subject": "", "body": "x"}}, False),
    ({"manageRule": ""}, False),
    ({"mfa": {"enabled": False, "duration": 5, "rule": "nope = 1"}}, True),
    ({"mfa": {"enabled": True, "rule": "nope = 1"}, "otp": {"enabled": True}}, False),
    ({"mfa": {"enabled": False, "duration": "5"}}, False),
    ({"otp": {"enabled": False, "length": 1, "duration": 1}}, True),
    (providers(GOOGLE), True),
    (providers(GOOGLE, {**GOOGLE, "name": "oidc2"}), True),
    (providers(GOOGLE, GOOGLE), False),
    (providers(GOOGLE, GOOGLE, enabled=False), True),
    (providers({**GOOGLE, "name": "Google"}), False),
    (providers({**GOOGLE, "name": "nope"}, enabled=False), True),
    (providers({"name": "google", "clientId": "a"}), False),
    (providers({"name": "google", "clientSecret": "a"}), False),
    (providers({"clientId": "a", "clientSecret": "b"}), False),
]
QUERIES: list[tuple[str, bool]] = [
    ("SELECT id FROM nope", False),
    ("SELECT id FROM users WHERE name IN (SELECT name FROM nope)", False),
    ("SELECT * FROM users", False),
    ("SELECT id, name, name FROM users", False),
    ("SELECT id, 1 AS expand FROM users", False),
    ("WITH nope AS (SELECT * FROM users) SELECT id, name FROM nope", True),
    ("SELECT id, (SELECT count(*) FROM sqlite_master) AS n FROM _superusers", True),
    ("SELECT users.id, json_each.value AS v FROM users, json_each('[1]')", True),
]
NAMES: list[tuple[Json, bool]] = [
    ({"name": "sqlite_con"}, False),
    ({"name": "SQLITE_con", "type": "view", "viewQuery": "SELECT id FROM users"}, False),
    ({"name": "sqlitecon"}, True),
    ({"fields": [{"name": "f", "type": "text"}], "indexes": ["CREATE INDEX sqlite_f ON con (f)"]}, False),
]
BODIES = [
    *NAMES,
    *(({"fields": [{"name": "f", **field}]}, taken) for field, taken in FIELDS),
    *(({"type": "auth", **options}, taken) for options, taken in OPTIONS),
    *(({"type": "view", "viewQuery": query}, taken) for query, taken in QUERIES),
]


@pytest.fixture(scope="module")
def server(version: str) -> Iterator[servers.Server]:
    with servers.Server(version) as started:
        yield started


def test_what_the_server_refuses_is_refused_before_and_nothing_else(server: servers.Server) -> None:
    live = server.collections()
    for body, taken in BODIES:
        wanted: Json = {"name": "con", "type": "base", **body}
        errors, _ = check([wanted], live)
        status, answer = server.request("POST", "/api/collections", wanted)
        assert (status == 200) is taken, (body, answer)
        assert (errors == []) is taken, (body, errors)
        if taken:
            assert server.request("DELETE", f"/api/collections/{wanted['name']}")[0] == 204


def test_what_the_server_holds_is_no_mistake(server: servers.Server) -> None:
    live = server.collections()
    assert check([item for item in live if not item["system"]], live)[0] == []
    assert check(live, live, replace_fields=True)[0] == []


def test_the_server_keeps_the_secrets_of_the_providers_that_it_has(server: servers.Server) -> None:
    assert server.request("POST", "/api/collections", {"name": "kept", "type": "auth", **providers(GOOGLE)})[0] == 200
    named = {"name": "google", "clientId": "c"}
    for given, taken in (((named,), True), ((named, {**named, "name": "github"}), False)):
        wanted: Json = {"name": "kept", **providers(*given)}
        errors, _ = check([wanted], server.collections())
        status, answer = server.request("PATCH", "/api/collections/kept", providers(*given))
        assert ((status == 200), errors == []) == (taken, taken), (given, answer, errors)
