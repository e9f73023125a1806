"""Acting as somebody: the token of a record of an auth collection, without its password and without showing it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from .client import Client
from .collections import known_collection
from .errors import PBUsageError
from .paths import collection_path, records_path, segment, with_query

if TYPE_CHECKING:
    from .schema_types import Collection

GUEST = "guest"
# An impersonation lasts this many seconds; a command that lasts longer gets a new one at half of it.
_SECONDS = 3600
# A proof that the token is still taken counts for this many seconds.
_PROOF_SECONDS = 5.0


def act_as(client: Client, who: str) -> None:
    """Have a client ask for records, files and batches as somebody; `who` is as `token_of` takes it."""
    client.act_as(who, _Actor(client, who).token)


class _Actor:
    """Somebody with a token that counts: made when first asked for, proved, and made anew where it has ended."""

    def __init__(self, client: Client, who: str) -> None:
        self._client = client
        self._who = who
        self._token = ""
        self._made_at = self._proved_at = float("-inf")

    def token(self) -> str:
        """Return the token; raise PBUsageError if there is nobody like that, or no longer."""
        now = time.monotonic()
        if self._who == GUEST or now - self._proved_at < _PROOF_SECONDS:
            return self._token
        if now - self._made_at > _SECONDS / 2 or not self._is_taken():
            with self._client.as_superuser():
                self._token = token_of(self._client, self._who)
            self._made_at = now
        self._proved_at = now
        return self._token

    def _is_taken(self) -> bool:
        # A token that has ended makes whoever sends it a guest without a word; only this route says so.
        return self._client.exchange("POST", "/api/files/token", token=self._token).status != 401


def token_of(client: Client, who: str) -> str:
    """Return a token of the record that `who` names, "" for a guest.

    `who` is guest, COLLECTION/ID, or COLLECTION/IDENTITY with the value of one of the collection's identity fields.
    Raises PBUsageError if there is no such record.
    """
    if who == GUEST:
        return ""
    name, identity = named_person(who)
    return impersonated(client, name, identity, _SECONDS, hidden=True)["token"]


def named_person(who: str) -> tuple[str, str]:
    """Return the collection and the id or identity of which `who` is made; raise PBUsageError for anything else."""
    name, slash, identity = who.partition("/")
    if not slash or not name or not identity:
        raise PBUsageError(
            f"--as {_shown(who)} names nobody.",
            hint="guest, users/RECORD_ID or users/anna@example.com",
            code="unknown_name",
        )
    return name, identity


def _shown(who: str) -> str:
    return "with a token" if who.count(".") == 2 and who.startswith("ey") else repr(who)


def impersonated(client: Client, name: str, identity: str, seconds: int, *, hidden: bool = False) -> dict[str, str]:
    """Return token and record of somebody, made for a time; 0 seconds are the collection's own.

    A `hidden` one stays in this process, behind the gate, so that it is made with PB_READONLY=1 too.

    Follows POST /api/collections/{collection}/impersonate/{id}, as the superuser. Raises PBUsageError if the collection
    has nobody with that id or identity.
    """
    collection = auth_collection(client, name)
    path = f"{collection_path(collection['name'])}/impersonate/{segment(id_of(client, collection, identity))}"
    if hidden:
        client.transport.gate.excuse("POST", path)
    made: dict[str, str] = client.call("POST", path, {"duration": seconds})
    return made


def auth_collection(client: Client, name: str) -> Collection:
    """Return a collection by name or id; raise PBUsageError if its records are no accounts."""
    collection = known_collection(client, name)
    if collection["type"] != "auth":
        raise PBUsageError(
            f"{collection['name']} is no auth collection, so nobody acts as one of its records.",
            hint="Those that are: pb_collections.py describe",
        )
    return collection


def id_of(client: Client, collection: Collection, identity: str) -> str:
    """Return the id of the record of an auth collection that an id or an identity names; raise PBUsageError if none."""
    escaped = identity.replace("\\", "\\\\").replace("'", "\\'")
    fields = _identity_fields(collection)
    filter = " || ".join(f"{field} = '{escaped}'" for field in ["id", *fields])
    path = with_query(records_path(collection["name"]), filter=filter, perPage=2, fields="id", skipTotal=1)
    found = client.call("GET", path)["items"]
    if len(found) == 1:
        return str(found[0]["id"])
    problem = "more than one record" if found else "no record"
    raise PBUsageError(
        f"{collection['name']} has {problem} whose id or {', '.join(fields)} is {identity!r}.",
        hint=f"Look for it: pb_records.py list {collection['name']} --fields id,{','.join(fields)}",
        code="unknown_record",
    )


def _identity_fields(collection: Collection) -> list[str]:
    options = collection.get("passwordAuth")
    fields = options.get("identityFields") if isinstance(options, dict) else None
    return list(dict.fromkeys([*(fields or []), "email"]))
