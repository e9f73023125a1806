"""Acting as somebody: the token of a record of an auth collection, without its password and without showing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .client import Client
from .collections import known_collection
from .errors import PBUsageError
from .paths import collection_path, records_path, segment, with_query

if TYPE_CHECKING:
    from .schema_types import Collection

GUEST = "guest"
# An impersonation lasts this many seconds, which is more than a command does.
_SECONDS = 3600


def token_of(client: Client, who: str) -> str:
    """Return a token of the record that `who` names, "" for a guest.

    `who` is guest, COLLECTION/ID, or COLLECTION/IDENTITY with the value of one of the collection's identity fields.
    Follows POST /api/collections/{collection}/impersonate/{id}, as the superuser.
    Raises PBUsageError if there is no such record.
    """
    if who == GUEST:
        return ""
    name, slash, identity = who.partition("/")
    if not slash or not identity:
        raise PBUsageError(f"--as {who!r} names nobody.", hint="guest, users/RECORD_ID or users/anna@example.com")
    collection = known_collection(client, name)
    if collection["type"] != "auth":
        raise PBUsageError(f"{collection['name']} is no auth collection, so nobody acts as one of its records.")
    id = _id_of(client, collection["name"], identity, _identity_fields(collection))
    path = f"{collection_path(collection['name'])}/impersonate/{segment(id)}"
    return str(client.call("POST", path, {"duration": _SECONDS})["token"])


def _identity_fields(collection: Collection) -> list[str]:
    options = collection.get("passwordAuth")
    fields = options.get("identityFields") if isinstance(options, dict) else None
    return list(fields or ["email"])


def _id_of(client: Client, collection: str, identity: str, fields: list[str]) -> str:
    escaped = identity.replace("\\", "\\\\").replace("'", "\\'")
    filter = " || ".join(f"{field} = '{escaped}'" for field in ["id", *fields])
    path = with_query(records_path(collection), filter=filter, perPage=2, fields="id", skipTotal=1)
    found = client.call("GET", path)["items"]
    if len(found) == 1:
        return str(found[0]["id"])
    problem = "more than one record" if found else "no record"
    raise PBUsageError(
        f"{collection} has {problem} whose id or {', '.join(fields)} is {identity!r}.",
        hint=f"Name one by its id: --as {collection}/RECORD_ID",
    )
