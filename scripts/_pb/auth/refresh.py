"""A new token for one that is still good."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.auth.check import explain_stale, new_token
from _pb.auth.typed import token_of
from pb_common import Client, PBRequestError, PBUsageError
from pb_common.paths import collection_path
from pb_common.tokens import claims


def refresh(client: Client, args: argparse.Namespace) -> Any:
    """Return a token of full lifetime, and the record (POST /api/collections/{collection}/auth-refresh).

    Raises PBUsageError for a token of another kind, PBRequestError if the server does not take it.
    """
    token = token_of(args.token)
    said = claims(token)
    if said.get("type") != "auth":
        raise PBUsageError(
            f"That is a token of the type {said.get('type')!r}, which cannot be renewed.", hint=new_token(said)
        )
    client.require_pocketbase()
    try:
        answer = client.request("POST", f"{collection_path(str(said.get('collectionId')))}/auth-refresh", token=token)
    except PBRequestError as error:
        error.hint = explain_stale(client, said) if error.status in (401, 404) else _not_renewable(error)
        raise
    if answer.get("token") == token:
        client.warn("It is the same token: one of impersonation cannot be renewed, and ends when it did before.")
    return answer


def _not_renewable(error: PBRequestError) -> str | None:
    if error.status != 403:
        return None
    return (
        "Before 0.29 PocketBase refuses to renew tokens of impersonation; or the authRule no longer lets this one in."
    )
