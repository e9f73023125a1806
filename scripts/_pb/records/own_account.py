"""Whether a change of superusers takes away the account in use, and with it whoever would take it back."""

from __future__ import annotations

from typing import Any

from _pb.records.filters import both, quoted
from pb_common import Client, PBRefused
from pb_common.collections import count_records
from pb_common.login_errors import SUPERUSERS
from pb_common.tokens import claims

# Its id is the same on every server.
_ID = "pbc_3142635823"
# What ends the tokens of an account when it changes.
_ENDING = ("email", "password", "tokenKey")


def keep_own_account(
    client: Client, collection: str, body: dict[str, Any] | None, record: str | None, query: dict[str, str]
) -> None:
    """Raise PBRefused if superusers change so that the account in use could not log in any more.

    `body` is None for a deletion. What changes is one `record`, or without one all that the `query` matches.
    """
    if collection.lower() not in (SUPERUSERS, _ID) or not _shuts_out(client, body):
        return
    own = str(claims(client.superuser_token()).get("id"))
    if record is None:
        filter = both(query.get("filter"), f"id = {quoted(own)}") or ""
        with client.as_superuser():
            touched = count_records(client, SUPERUSERS, **{**query, "filter": filter}) > 0
    else:
        touched = record == own
    if touched:
        raise PBRefused(
            "The account in use is among these: afterwards the scripts could not log in.",
            hint="To change it: pb_auth.py superusers update. To delete it, name another superuser in .env first.",
            code="would_lock_out",
        )


def _shuts_out(client: Client, body: dict[str, Any] | None) -> bool:
    """Tell whether an account with these changes would not be found by the settings any more."""
    settings = client.settings
    if body is None:
        return True
    if not (settings.email and settings.password):
        return any(key.partition(":")[0] in _ENDING for key in body)
    email = body.get("email", settings.email)
    other_email = "@" in settings.email and str(email).lower() != settings.email.lower()
    return other_email or body.get("password", settings.password) != settings.password
