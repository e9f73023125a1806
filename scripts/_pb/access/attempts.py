"""One request of one actor, and what came of it. Writes are undone by the server itself.

A write is sent as a batch whose second request always fails: PocketBase rolls both back, and its answer says whether
the first one had passed.
"""

from __future__ import annotations

from typing import Any

from _pb.samples.maker import SampleFile, send
from pb_common import Client
from pb_common.paths import BATCH

# No actor can do this: even for a superuser there is no such record.
_STOP = {"method": "DELETE", "url": "/api/collections/_superusers/records/none"}

# What the server says instead of deleting a record to which another has a required relation.
REQUIRED = "required relation reference"


def allow_batches(client: Client) -> None:
    """Switch the batch endpoint on, which is off by default."""
    client.call("PATCH", "/api/settings", {"batch": {"enabled": True, "maxRequests": 10, "timeout": 10}})


def passes(client: Client, token: str, method: str, path: str, body: dict[str, Any] | None = None) -> bool:
    """Tell whether the rules let a write of a record through; the data stays as it is.

    What fails only because other records require this one has passed the rule.
    """
    request: dict[str, Any] = {"method": method, "url": path}
    files: dict[str, Any] = {}
    if body is not None:
        files = {f"requests.0.{key}": value for key, value in body.items() if _is_file(value)}
        request["body"] = {key: value for key, value in body.items() if not _is_file(value)}
    answer = send(client, "POST", BATCH, {"requests": [request, _STOP], **files}, token)
    failed = ((answer.data or {}).get("data") or {}).get("requests") or {}
    if "1" in failed:
        return True
    refusal = (failed.get("0") or {}).get("response") or {}
    return method == "DELETE" and REQUIRED in str(refusal.get("message"))


def _is_file(value: Any) -> bool:
    first = value[0] if isinstance(value, list) and value else value
    return isinstance(first, SampleFile)
