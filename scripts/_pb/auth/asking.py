"""Requests of an auth collection's own routes, and what their refusals mean."""

from __future__ import annotations

from typing import Any

from pb_common import Client, PBRequestError
from pb_common.acting import auth_collection, id_of
from pb_common.paths import collection_path
from pb_common.project import script_command, typed

# The options of an auth collection that switch a method on, by the word in its routes.
_SWITCHES = {"otp": "otp", "oauth2": "oauth2", "password": "passwordAuth"}


def ask(client: Client, collection: str, route: str, body: dict[str, Any] | None = None, token: str = "") -> Any:
    """Send a body to a route of an auth collection, as the token's owner, and return the answer.

    Follows POST /api/collections/{collection}/{route}. Before anything is sent, the other side has proved to be a
    PocketBase of v0.23 or newer. Raises PBRequestError with a hint.
    """
    client.require_pocketbase()
    path = f"{collection_path(collection)}/{route}"
    try:
        return client.request("POST", path, body, token)
    except PBRequestError as error:
        error.hint = error.hint or _meaning(error, collection, route)
        raise


def _meaning(error: PBRequestError, collection: str, route: str) -> str | None:
    if error.status == 404:
        look = script_command("pb_collections.py describe")
        return f"There is no auth collection {collection!r}. Those that are: {look}"
    if error.status == 429:
        return "Too many attempts: wait a few minutes."
    method = next((method for method in _SWITCHES if route.endswith(method)), None)
    if error.status != 403 or not method:
        return None
    switch = f'{{"{_SWITCHES[method]}":{{"enabled":true}}}}'
    return (
        f"{collection} has no such method, or a rule lets nobody in by it. Look:"
        f" {script_command(f'pb_auth.py methods {typed(collection)}')}. To switch it on:"
        f" {script_command(f'pb_collections.py update {typed(collection)} {typed(switch)}')}"
    )


def knows_superuser(client: Client) -> bool:
    """Tell whether there are credentials of a superuser, so that what only he sees can be looked up."""
    settings = client.settings
    return bool(settings.token or (settings.email and settings.password))


def require_known(client: Client, collection: str, identity: str) -> str | None:
    """Return the id of an account; raise PBUsageError if there is none. None where only a superuser could tell."""
    if not knows_superuser(client):
        return None
    status = client.status
    found = id_of(client, auth_collection(client, collection), identity)
    client.status = status
    return found
