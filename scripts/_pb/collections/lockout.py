"""Whether a change of `_superusers` shuts out the account that makes it, and with it whoever would take it back."""

from __future__ import annotations

import json
from typing import Any, cast

from _pb.schema.fresh import SUPERUSERS
from pb_common import Client, PBRefused
from pb_common.collections import count_records, named
from pb_common.schema_types import Collection

FLAG = "--force"


def lockout(client: Client, live: list[Collection], wanted: list[Collection]) -> PBRefused | None:
    """Return the refusal of a change after which the account in use could not log in, None if it could.

    `wanted` are the collections with what changes, by id. An account that could not log in before is let through.
    """
    before = named(live, SUPERUSERS)
    change = next((item for item in wanted if item.get("id") == before.get("id")), None)
    if not before or change is None:
        return None
    merged = {key: _merged(before.get(key), value) for key, value in change.items()}
    after = cast("Collection", {**before, **merged})
    reason = _obstacle(client, before, after)
    if reason is None or _obstacle(client, before, before):
        return None
    return PBRefused(
        f"Nobody could take this change back: {reason}.",
        hint=f"Add {FLAG} if that is meant; references/auth-api.md has the way back in (Superusers).",
        code="would_lock_out",
    )


def _obstacle(client: Client, live: Collection, collection: Collection) -> str | None:
    """Return what keeps the account in use from logging in where `_superusers` is as `collection` says."""
    settings = client.settings
    fields = collection["passwordAuth"].get("identityFields")
    if isinstance(fields, list) and not _identifies(client, live, fields, "" if settings.token else settings.email):
        who = "superusers" if settings.token else settings.email
        return f"{who} log in by {', '.join(map(str, fields))}, and nobody is found by that"
    if settings.token:
        secret = (collection.get("authToken") or {}).get("secret")
        return "a new secret makes PB_SUPERUSER_TOKEN invalid" if secret else None
    # PocketBase turns the second factor on for superusers who can log in with a one-time password.
    if any((option or {}).get("enabled") for option in (collection.get("mfa"), collection.get("otp"))):
        return f"{settings.email} would need a second factor, which the scripts cannot give"
    return None


def _identifies(client: Client, live: Collection, fields: list[Any], identity: str) -> bool:
    """Tell whether a superuser, that of an identity if one is given, is found by one of the fields."""
    there = [field["name"] for field in live["fields"] if field["name"] in fields]
    if "email" in there and (not identity or "@" in identity):
        return True
    sign = f"= {json.dumps(identity)}" if identity else '!= ""'
    found = " || ".join(f"{name} {sign}" for name in there)
    return bool(there) and count_records(client, SUPERUSERS, filter=found) > 0


def _merged(before: Any, after: Any) -> Any:
    return {**before, **after} if isinstance(before, dict) and isinstance(after, dict) else after
