"""What the tables of the page on API rules are."""

from __future__ import annotations

from typing import Any

from docs.answer_tables import facts_of_answers
from docs.stage import Stage

facts = facts_of_answers("api-rules-guide")

RECORDS = "/api/collections/applied/records"
ROW = f"{RECORDS}/row000000000000"
REQUESTS = {
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
