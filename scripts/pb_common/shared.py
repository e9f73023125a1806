"""One-line access to the API and the settings, through one client of the process, made when it is first used."""

from __future__ import annotations

import functools
from typing import Any

from .client import Client

SETTINGS = {"PB_URL": "url", "PB_SUPERUSER_EMAIL": "email", "PB_SUPERUSER_PASSWORD": "password"}


@functools.cache
def shared_client() -> Client:
    """Return the process's client."""
    return Client()


def shared_setting(name: str) -> str:
    """Return the value in effect of one of `SETTINGS`."""
    return str(getattr(shared_client().settings, SETTINGS[name]))


def pb_request(method: str, path: str, data: Any = None, token: str | None = None, raw_response: bool = False) -> Any:
    """Send one request to the API as the token's owner, or as a guest without a token.

    `path` begins with /api/ and may carry a query; `data` is sent as JSON. Returns the answer's JSON, with
    `raw_response` the pair (status, JSON) whatever the status.
    Raises PBRequestError for a status from 400 on (not with `raw_response`), PBConnectionError without an answer.
    """
    if raw_response:
        return tuple(shared_client().exchange(method, path, data, token or ""))
    return shared_client().request(method, path, data, token or "")


def pb_authed_request(method: str, path: str, data: Any = None, raw_response: bool = False) -> Any:
    """Send one request to the API as the superuser; a stale token is renewed and the request repeated once.

    Parameters, result and errors are those of `pb_request`; also raises PBUsageError without credentials.
    """
    if raw_response:
        return tuple(shared_client().exchange_as_superuser(method, path, data))
    return shared_client().call(method, path, data)


def get_superuser_token(force: bool = False) -> str:
    """Return the superuser's token, kept for the process and between processes; `force` logs in again.

    Follows POST /api/collections/_superusers/auth-with-password. Raises PBUsageError without credentials,
    PBRequestError if the server refuses them.
    """
    return shared_client().superuser_token(force)
