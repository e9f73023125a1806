"""What the tables of the page on API rules are."""

from __future__ import annotations

from typing import Any

from docs.answer_tables import facts_of_answers
from docs.stage import Stage

# Rows of the same tables that are proved, and that a reader does not need.
FURTHER = {
    "Owner": [
        ["`GET notes/n1`", "404", "200", "404"],
        ["`DELETE notes/n1`", "404", "204", "404"],
    ],
    "Publish states": [
        ["`GET articles/a1`", "200", "200", "200"],
        ["`GET articles/a2`", "404", "200", "404"],
        ['`POST articles {"title": "t", "status": "draft", "author": "alice"}`', "400", "200", "400"],
    ],
    "Roles": [
        ["`GET pages`", "1", "1", "1", "1"],
        ['`PATCH pages/g1 {"title": "x"}`', "404", "404", "200", "200"],
        ['`PATCH users/alice {"name": "A"}`', "404", "200", "404", "404"],
        [
            '`POST users {"email": "x@example.com", "password": "password123", "passwordConfirm": "password123"}`',
            "200",
            "200",
            "200",
            "200",
        ],
    ],
    "Invite": [
        ['`POST attendees {"user": "alice", "code": "guess-42"}`', "400", "400", "400"],
    ],
    "Immutable fields": [
        ['`PATCH orders/o1 {"serial": ""}`', "404", "404"],
        ['`POST orders {"serial": "A-3", "state": "new"}`', "400", "200"],
    ],
    "Operators": [
        ['`title !~ "hello"`', "p2 p3", ""],
    ],
    "What was sent": [
        ["`@request.body.author:isset = false`", '`{"title": "x"}`', "200", ""],
    ],
    "What was sent 2": [
        ['`status = "draft"`', '`{"status": "draft"}`', "200", ""],
        ["`author = @request.auth.id`", '`{"author": "bob"}`', "400", ""],
    ],
}
facts = facts_of_answers("api-rules-guide", FURTHER)

RECORDS = "/api/collections/applied/records"
ROW = f"{RECORDS}/row000000000000"
REQUESTS: dict[str, tuple[str, str, Any]] = {
    "listRule": ("GET", RECORDS, None),
    "viewRule": ("GET", ROW, None),
    "createRule": ("POST", RECORDS, {}),
    "updateRule": ("PATCH", ROW, {}),
    "deleteRule": ("DELETE", ROW, None),
}


def _status(stage: Stage, rule: str, value: Any) -> str:
    """Return what a guest's request answers under a rule."""
    stage.server.request("DELETE", "/api/collections/applied")
    stage.request("POST", "/api/collections", {"name": "applied", "fields": [], rule: value})
    stage.request("POST", RECORDS, {"id": "row000000000000"})
    status, answer = stage.server.request(*REQUESTS[rule], authed=False)
    empty = status == 200 and answer.get("items") == []
    return "200, the row is left out" if empty else f"{status}, data is {{}}" if status == 400 else str(status)


def _login(stage: Stage, value: Any) -> str:
    """Return what a login answers under an authRule."""
    stage.server.request("DELETE", "/api/collections/guests")
    stage.request("POST", "/api/collections", {"name": "guests", "type": "auth", "authRule": value})
    account = {"email": "a@example.com", "password": "secret-password", "passwordConfirm": "secret-password"}
    stage.request("POST", "/api/collections/guests/records", account)
    body = {"identity": "a@example.com", "password": "secret-password"}
    status, _ = stage.server.request("POST", "/api/collections/guests/auth-with-password", body, authed=False)
    return f"{status} at login"


def _manages(stage: Stage, value: Any) -> bool:
    """Tell whether bob may set alice's verified under a manageRule."""
    stage.request("PATCH", "/api/collections/users", {"manageRule": value, "updateRule": "id != ''"})
    body = {"verified": False}
    path = "/api/collections/users/records/alice0000000000"
    status, _ = stage.server.request("PATCH", path, body, token=stage.token("bob"))
    stage.request("PATCH", "/api/collections/users", {"manageRule": None, "updateRule": "id = @request.auth.id"})
    stage.request("PATCH", path, {"verified": True})
    return status == 200


def _applied(stage: Stage, first: str, cells: list[str]) -> None:
    if first.startswith("manageRule"):
        assert not _manages(stage, None)
        assert _manages(stage, "@request.auth.name = 'Bob'")
    elif first.startswith("authRule"):
        assert [_login(stage, None), _login(stage, "verified = true")] == cells[:2]
    else:
        assert [_status(stage, first, None), _status(stage, first, "id = 'none'")] == cells[:2]


facts.table("How rules are applied", each=_applied)
