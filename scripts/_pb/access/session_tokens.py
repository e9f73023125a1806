"""Session tokens as the server makes them, for accounts of a throwaway whose keys are known: no request is needed."""

from __future__ import annotations

import hmac
import json
import secrets as random
import time
from base64 import urlsafe_b64encode
from typing import Any

from pb_common import Client
from pb_common.collections import get_collections
from pb_common.paths import collection_path

_SESSION = 3600
_HEADER = {"alg": "HS256", "typ": "JWT"}


def pinned_secrets(client: Client) -> dict[str, str]:
    """Give each auth collection of a throwaway a token secret that is known, and return these by collection.

    PocketBase makes a new one when an authRule changes, which would sign everybody out. Follows PATCH
    /api/collections/{collection}.
    """
    found = {}
    for item in get_collections(client):
        if item["type"] == "auth" and not item["system"]:
            found[item["name"]] = random.token_hex(25)
            pin(client, item["name"], found[item["name"]])
    return found


def pin(client: Client, name: str, secret: str) -> None:
    """Give an auth collection a token secret that is known."""
    client.call("PATCH", collection_path(name), {"authToken": {"secret": secret}})


def session_token(account: str, collection: str, key: str) -> str:
    """Return a token for an account of a collection, both by id, signed with the account's key and the collection's."""
    claims = {"id": account, "type": "auth", "collectionId": collection, "refreshable": False}
    signed = f"{_encoded(_HEADER)}.{_encoded({**claims, 'exp': int(time.time()) + _SESSION})}"
    return f"{signed}.{_base64(hmac.digest(key.encode(), signed.encode(), 'sha256'))}"


def _encoded(part: dict[str, Any]) -> str:
    return _base64(json.dumps(part).encode())


def _base64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
