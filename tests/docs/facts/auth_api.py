"""What the tables of the page on authentication are."""

from __future__ import annotations

import json
from typing import Any, Callable

from docs.provider import Provider
from docs.stage import Stage
from docs.tables import Facts

facts = Facts()
MEMBERS = "members"


def _option(collection: dict[str, Any], path: str) -> Any:
    value: Any = collection
    for key in path.split("."):
        value = value[key]
    return value


def _fresh(stage: Stage) -> tuple[dict[str, Any], dict[str, Any]]:
    """Make an auth collection with the record alice; return both."""
    stage.server.request("DELETE", f"/api/collections/{MEMBERS}")
    collection = stage.request("POST", "/api/collections", {"name": MEMBERS, "type": "auth"})
    account = {"email": "a@example.com", "password": "secret-password", "passwordConfirm": "secret-password"}
    return collection, stage.request("POST", f"/api/collections/{MEMBERS}/records", {"verified": True, **account})


def _lifetime(stage: Stage, first: str, cells: list[str]) -> None:
    members, _ = _fresh(stage)
    users = stage.request("GET", "/api/collections/users")
    superusers = stage.request("GET", "/api/collections/_superusers")
    collections = [superusers] if "_superusers" in first else [members, users]
    assert {str(_option(collection, cells[2])) for collection in collections} == {
        cells[0 if stage.at_least("0.39") else 1]
    }


facts.table("The token", each=_lifetime)


def _default(stage: Stage, first: str, cells: list[str]) -> None:
    members, _ = _fresh(stage)
    for path in first.split(", "):
        assert _option(members, path) == json.loads(cells[0]), path


facts.table("Options of an auth collection", each=_default)


def _login(stage: Stage) -> str:
    body = {"identity": "a@example.com", "password": "secret-password"}
    return str(stage.request("POST", f"/api/collections/{MEMBERS}/auth-with-password", body)["token"])


def _record(**change: Any) -> Callable[[Stage, str], Any]:
    return lambda stage, id: stage.request("PATCH", f"/api/collections/{MEMBERS}/records/{id}", change)


def _collection(**change: Any) -> Callable[[Stage, str], Any]:
    return lambda stage, id: stage.request("PATCH", f"/api/collections/{MEMBERS}", change)


def _first_otp_login(stage: Stage, id: str) -> None:
    """Log in by a one-time password whose code the superuser sets, as a user who is not verified."""
    path = f"/api/collections/{MEMBERS}"
    stage.request("PATCH", f"{path}/records/{id}", {"verified": False})
    members = stage.request("PATCH", path, {"otp": {"enabled": True}})
    otp = {"collectionRef": members["id"], "recordRef": id, "password": "12345678"}
    made = stage.request("POST", "/api/collections/_otps/records", {**otp, "sentTo": "a@example.com"})
    stage.request("POST", f"{path}/auth-with-otp", {"otpId": made["id"], "password": "12345678"})


EVENTS: dict[str, Callable[[Stage, str], Any]] = {
    "password changed or reset": _record(password="other-password", passwordConfirm="other-password"),
    "email changed by a superuser": _record(email="b@example.com"),
    "record deleted": lambda stage, id: stage.request("DELETE", f"/api/collections/{MEMBERS}/records/{id}"),
    "authRule changed": _collection(authRule="verified = true"),
    "authToken.secret changed": _collection(authToken={"secret": "x" * 40, "duration": 604800}),
    "authToken.duration changed": _collection(authToken={"duration": 1000}),
    "other rule or field changed": _collection(viewRule=""),
    "verified set to false": _record(verified=False),
    "first OTP login of a user who is not verified, without MFA": _first_otp_login,
    "a new login": lambda stage, id: _login(stage),
}


def _ended(stage: Stage, first: str, cells: list[str]) -> None:
    _, record = _fresh(stage)
    token = _login(stage)
    EVENTS[first](stage, record["id"])
    status, _ = stage.server.request("POST", f"/api/collections/{MEMBERS}/auth-refresh", token=token)
    said, _, since = cells[0].replace(",", " ").partition(" ")
    if since.endswith("+)") and not stage.at_least(since.strip("(+)")):
        said = "stays"
    assert ("stays" if status == 200 else "ends") == said, status


facts.table("What ends a token", each=_ended)


ZOE = {"sub": "1", "email": "zoe@example.com", "email_verified": True, "name": "Zoe"}


def _sign_in(stage: Stage, provider: Provider, **data: Any) -> tuple[int, Any]:
    body = {"provider": "oidc", "code": "c", "codeVerifier": "v", "redirectURL": "http://localhost/back", **data}
    return stage.server.request("POST", "/api/collections/linked/auth-with-oauth2", body, authed=False)


def _linked(stage: Stage, provider: Provider, verified: bool | None, **options: Any) -> None:
    """Make an auth collection with the provider, and zoe in it unless `verified` is None."""
    stage.server.request("DELETE", "/api/collections/linked")
    oauth2 = {"enabled": True, "providers": [provider.settings()]}
    body = {"name": "linked", "type": "auth", "createRule": "", "oauth2": oauth2, **options}
    stage.request("POST", "/api/collections", body)
    if verified is not None:
        account = {"email": "zoe@example.com", "password": "secret-password", "passwordConfirm": "secret-password"}
        stage.request("POST", "/api/collections/linked/records", {**account, "verified": verified})


def _first_login(stage: Stage, first: str, cells: list[str]) -> None:
    said = cells[0]
    with Provider() as provider:
        provider.user = {**ZOE, "email_verified": "not verified" not in first}
        verified = {"the email of a verified user": True, "the email of an unverified user": False}.get(first)
        terms = {"name": "terms", "type": "bool", "required": True}
        rule = {"createRule": None} if "createRule" in first else {}
        _linked(stage, provider, verified, fields=[terms] if "required field" in first else [], **rule)
        status, answer = _sign_in(stage, provider)
        if said[:3].isdigit():
            assert str(status) == said[:3], answer
            if "createData" in said:
                own = {"terms": True, "email": "own@example.com"}
                made = _sign_in(stage, provider, createData=own)[1]["record"]
                expected = ("own@example.com", False) if stage.at_least("0.26") else ("zoe@example.com", True)
                assert (made["email"], made["verified"]) == expected
            return
        assert (status, answer["record"]["verified"]) == (200, True), answer
        assert len(stage.request("GET", "/api/collections/linked/records")["items"]) == 1
        links = f"/api/collections/_externalAuths/records?filter=recordRef='{answer['record']['id']}'"
        assert len(stage.request("GET", links)["items"]) == 1
        if verified is not None:
            body = {"identity": "zoe@example.com", "password": "secret-password"}
            path = "/api/collections/linked/auth-with-password"
            kept = stage.server.request("POST", path, body, authed=False)[0] == 200
            assert kept is ("stays" in said)


facts.table("OAuth2", each=_first_login)
