"""Mails with a link: asked for, and the token of the link redeemed."""

from __future__ import annotations

import time
from typing import Any

from _pb.auth.asking import ask, knows_superuser
from _pb.auth.typed import token_of
from pb_common import Client, Outcome, PBError, PBRequestError, PBUsageError
from pb_common.project import script_command
from pb_common.tokens import claims, expires_at

# The verb whose mails carry a token of a type.
VERBS = {"verification": "verify", "passwordReset": "reset", "emailChange": "email-change"}


def sent(client: Client, collection: str, what: str, address: str) -> Outcome:
    """Return the result of a mail that was asked for."""
    warn_of_no_mail(client)
    hint = f"The link of the mail, or the token at its end, on standard input: {_confirm(what)}"
    return Outcome({"collection": collection, "email": address, "requested": what}, hint=hint)


def _confirm(what: str) -> str:
    password = "" if what == "verification" else " --password-stdin"
    return script_command(f"pb_auth.py {VERBS[what]} confirm -{password}")


def warn_of_no_mail(client: Client) -> None:
    """Warn where it can be told that the server has no SMTP server to hand mails to (GET /api/settings)."""
    if not knows_superuser(client):
        return
    status = client.status
    try:
        enabled = client.call("GET", "/api/settings")["smtp"]["enabled"]
    except (PBError, KeyError, TypeError):
        enabled = True
    client.status = status
    if not enabled:
        client.warn("SMTP is off in the settings: the mail goes by sendmail of the server's host, if there is one.")


def link_token(given: str, what: str) -> str:
    """Return the token of a link; raise PBUsageError for one of another kind."""
    token = token_of(given)
    kind = claims(token).get("type")
    if kind != what:
        other = f" It is for: {_confirm(kind)}" if kind in VERBS else ""
        raise PBUsageError(
            f"The token is of the type {kind!r}; expected {what!r}.", hint=f"Take the link of the mail.{other}"
        )
    return token


def confirm(client: Client, token: str, what: str, route: str, body: dict[str, Any]) -> Any:
    """Redeem the token of a link (POST /api/collections/{collection}/confirm-...); raise PBRequestError if refused."""
    said = claims(token)
    collection = str(said.get("collectionId"))
    try:
        ask(client, collection, route, {"token": token, **body})
    except PBRequestError as error:
        if error.status == 404:
            error.hint = f"{client.settings.url} has no such collection: another server sent the mail."
        elif error.status == 400 and _is_about_token(error.data):
            error.hint = _why(token, what)
        raise
    shown = {"collection": collection, "id": said.get("id"), "confirmed": what}
    return {**shown, **({"email": said["newEmail"]} if "newEmail" in said else {})}


def _is_about_token(data: Any) -> bool:
    problems = data.get("data") if isinstance(data, dict) else None
    return not problems or (isinstance(problems, dict) and "token" in problems)


def _why(token: str, what: str) -> str:
    again = script_command(f"pb_auth.py {VERBS[what]} request")
    if expires_at(token) < time.time():
        return f"The link has expired. A new one: {again} ..."
    return f"The link was used, or a later change of the account ended it, or another server made it. Anew: {again} ..."
