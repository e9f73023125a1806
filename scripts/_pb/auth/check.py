"""Whose a token is, until when, and whether the server still takes it."""

from __future__ import annotations

import argparse
import time
from typing import Any

from _pb.auth.asking import knows_superuser
from _pb.auth.links import VERBS
from _pb.auth.typed import token_of
from pb_common import Client, Outcome, PBError
from pb_common.collections import known_collections, named
from pb_common.paths import collection_path, records_path
from pb_common.project import script_command
from pb_common.tokens import claims, expires_at


def check_token(client: Client, args: argparse.Namespace) -> Any:
    """Return what a token says of itself, and whether the server takes it; an outcome without success if it does not.

    Follows POST /api/collections/{collection}/auth-refresh and POST /api/files/token, as the token's owner.
    """
    token = token_of(args.token)
    said = claims(token)
    kind = said.get("type")
    ends = expires_at(token)
    shown = {
        "type": kind,
        "collectionId": said.get("collectionId"),
        "id": said.get("id"),
        "expires": time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime(ends)) if 0 < ends < 1e11 else None,
        "expiresIn": round(ends - time.time()),
    }
    if said.get("refreshable") is False:
        shown["renewable"] = False
    if kind != "auth":
        return _unproved(shown, said)
    client.require_pocketbase()
    taken, record = _taken(client, str(said.get("collectionId")), token)
    client.status = 0
    if taken:
        return {**shown, **_owner(record or _record(client, said, token)), "good": True}
    stale = {**shown, "good": False, "message": explain_stale(client, said)}
    return Outcome(stale, success=False, hint=new_token(said))


def _unproved(shown: dict[str, Any], said: dict[str, Any]) -> Outcome:
    """Return what is known of a token that the server looks at only when it is used."""
    if shown["expiresIn"] <= 0:
        ended = {**shown, "good": False, "message": "It has expired."}
        return Outcome(ended, success=False, hint=new_token(said))
    message = "Not expired; whether it was used or replaced, the server tells only when it is used."
    return Outcome({**shown, "good": None, "message": message})


def _taken(client: Client, collection: str, token: str) -> tuple[bool, Any]:
    """Tell whether the server takes an auth token, and return the record that it is of where that is told."""
    answer = client.exchange("POST", f"{collection_path(collection)}/auth-refresh", token=token)
    if answer.status == 200:
        return True, answer.data["record"]
    if answer.status in (401, 404):
        return False, None
    # One of impersonation (before 0.29), or one that the authRule would not give again: it counts all the same.
    return client.exchange("POST", "/api/files/token", token=token).status == 200, None


def _record(client: Client, said: dict[str, Any], token: str) -> Any:
    """Return the record of a token that the server takes and does not renew, as its owner sees it or a superuser."""
    path = records_path(str(said.get("collectionId")), str(said.get("id")))
    answer = client.exchange("GET", path, token=token)
    if answer.status != 200 and knows_superuser(client):
        answer = client.exchange_as_superuser("GET", path)
    return answer.data if answer.status == 200 else None


def _owner(record: Any) -> dict[str, Any]:
    if not isinstance(record, dict):
        return {}
    return {key: record[key] for key in ("collectionName", "email", "username", "verified") if key in record}


def new_token(said: dict[str, Any]) -> str:
    """Return how a token of the kind that one says to be is got anew."""
    kind = said.get("type")
    if isinstance(kind, str) and kind in VERBS:
        return f"Have a new link mailed: {script_command(f'pb_auth.py {VERBS[kind]} request')} ..."
    if kind == "file":
        return "It is good for minutes only: each use asks for a new one (POST /api/files/token)."
    log_in = script_command("pb_auth.py --collection NAME --identity ADDRESS --password-stdin")
    return (
        f"A new one by a login: {log_in}. As the superuser, without its password: pb_auth.py impersonate NAME ADDRESS"
    )


def explain_stale(client: Client, said: dict[str, Any]) -> str:
    """Return why the server does not take an auth token, from what the token says of itself."""
    try:
        ends = float(said.get("exp") or 0)
    except (TypeError, ValueError):
        ends = 0
    if ends < time.time():
        return "It has expired: log in again."
    other = f"Another server than {client.settings.url} made it"
    ended = "it was ended: by a new password, e-mail address or token key, or by a new secret of the collection"
    if not knows_superuser(client):
        return f"{other}, or {ended}."
    try:
        collection = named(known_collections(client), str(said.get("collectionId")))
        if not collection:
            return f"{other}: there is no collection like that of the token."
        found = client.exchange_as_superuser("GET", records_path(collection["name"], str(said["id"])))
    except PBError:
        return f"{other}, or {ended}."
    if found.status != 200:
        return f"{other}, or its account is gone: {collection['name']} has no record {said['id']!r}."
    return f"Its account is there, so {ended}; or another server made it, on which the account is as well."
