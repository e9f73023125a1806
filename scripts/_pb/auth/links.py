"""Mails with a link: asked for, and the token of the link redeemed."""

from __future__ import annotations

import time
from typing import Any

from _pb.auth.asking import ask, knows_superuser
from _pb.auth.typed import token_of as token_in
from pb_common import Client, Outcome, PBError, PBRequestError, PBUsageError
from pb_common.acting import token_of
from pb_common.output import dry_run
from pb_common.paths import collection_path
from pb_common.project import script_command
from pb_common.tokens import claims, expires_at

# The verb whose mails carry a token of a type.
VERBS = {"verification": "verify", "passwordReset": "reset", "emailChange": "email-change"}
_REQUESTS = {
    "verification": "request-verification",
    "passwordReset": "request-password-reset",
    "emailChange": "request-email-change",
}


def request_link(
    client: Client, collection: str, what: str, body: dict[str, str], *, is_dry_run: bool, who: str | None = None
) -> Any:
    """Have a link mailed to the one address of a body, as a guest or as the account `who` names.

    Follows POST /api/collections/{collection}/request-... Raises PBUsageError if there is nobody like that.
    """
    if is_dry_run:
        return dry_run("POST", f"{collection_path(collection)}/{_REQUESTS[what]}", body=body, actor=who or "guest")
    ask(client, collection, _REQUESTS[what], body, token_of(client, who) if who else "")
    warn_of_no_mail(client)
    hint = f"The link of the mail, or the token at its end, on standard input: {_confirm(what)}"
    (address,) = body.values()
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
    token = token_in(given)
    kind = claims(token).get("type")
    if kind != what:
        other = f" It is for: {_confirm(kind)}" if kind in VERBS else ""
        raise PBUsageError(
            f"The token is of the type {kind!r}; expected {what!r}.", hint=f"Take the link of the mail.{other}"
        )
    return token


def confirm(client: Client, token: str, what: str, body: dict[str, Any], *, is_dry_run: bool) -> Any:
    """Redeem the token of a link (POST /api/collections/{collection}/confirm-...); raise PBRequestError if refused."""
    said = claims(token)
    collection, route = str(said.get("collectionId")), _REQUESTS[what].replace("request-", "confirm-")
    shown = {"collection": collection, "id": said.get("id")}
    if is_dry_run:
        return dry_run("POST", f"{collection_path(collection)}/{route}", body=body, **shown)
    try:
        ask(client, collection, route, {"token": token, **body})
    except PBRequestError as error:
        if error.status == 404:
            error.hint = f"{client.settings.url} has no such collection: another server sent the mail."
        elif error.status == 400 and _is_about_token(error.data):
            error.hint = _why(token, what)
        raise
    shown["confirmed"] = what
    return {**shown, **({"email": said["newEmail"]} if "newEmail" in said else {})}


def _is_about_token(data: Any) -> bool:
    problems = data.get("data") if isinstance(data, dict) else None
    return not problems or (isinstance(problems, dict) and "token" in problems)


def _why(token: str, what: str) -> str:
    again = script_command(f"pb_auth.py {VERBS[what]} request")
    if expires_at(token) < time.time():
        return f"The link has expired. A new one: {again} ..."
    return f"The link was used, or a later change of the account ended it, or another server made it. Anew: {again} ..."
