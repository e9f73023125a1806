"""What all scripts share: settings, client, token, errors, output and the command runner.

    PB_URL, PB_SUPERUSER_EMAIL, PB_SUPERUSER_PASSWORD   resolved when first read
    pb_request, pb_authed_request, get_superuser_token  one-line access to the API
    print_result, PBRequestError                        output and the server's errors

Importing has no effect: no file is read and nothing is sent.
"""

from __future__ import annotations

from typing import Any

from .interrupt import answer_early_interrupts

answer_early_interrupts()

from .answers import Answer  # noqa: E402
from .cli import Parser, add_dry_run, add_json_input, add_verb, add_verbs, add_yes, json_object, read_json, run  # noqa: E402
from .client import Client  # noqa: E402
from .errors import PBConnectionError, PBError, PBRefused, PBRequestError, PBUsageError  # noqa: E402
from .output import Outcome, print_result  # noqa: E402
from .paths import segment, with_query  # noqa: E402
from .project import script_command  # noqa: E402
from .settings import Settings, load_settings  # noqa: E402

__all__ = [
    "PB_SUPERUSER_EMAIL",
    "PB_SUPERUSER_PASSWORD",
    "PB_URL",
    "Answer",
    "Client",
    "Outcome",
    "PBConnectionError",
    "PBError",
    "PBRefused",
    "PBRequestError",
    "PBUsageError",
    "Parser",
    "Settings",
    "add_dry_run",
    "add_json_input",
    "add_verb",
    "add_verbs",
    "add_yes",
    "get_superuser_token",
    "json_object",
    "load_settings",
    "pb_authed_request",
    "pb_request",
    "print_result",
    "read_json",
    "run",
    "script_command",
    "segment",
    "with_query",
]

PB_URL: str
PB_SUPERUSER_EMAIL: str
PB_SUPERUSER_PASSWORD: str

_SETTINGS = {"PB_URL": "url", "PB_SUPERUSER_EMAIL": "email", "PB_SUPERUSER_PASSWORD": "password"}
_shared_client: Client | None = None


def __getattr__(name: str) -> str:
    if name in _SETTINGS:
        return str(getattr(_client().settings, _SETTINGS[name]))
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _client() -> Client:
    global _shared_client
    if _shared_client is None:
        _shared_client = Client()
    return _shared_client


def pb_request(method: str, path: str, data: Any = None, token: str | None = None, raw_response: bool = False) -> Any:
    """Send one request to the API as the token's owner, or as a guest without a token.

    `path` begins with /api/ and may carry a query; `data` is sent as JSON. Returns the answer's JSON, with
    `raw_response` the pair (status, JSON) whatever the status.
    Raises PBRequestError for a status from 400 on (not with `raw_response`), PBConnectionError without an answer.
    """
    if raw_response:
        return tuple(_client().exchange(method, path, data, token or ""))
    return _client().request(method, path, data, token or "")


def pb_authed_request(method: str, path: str, data: Any = None, raw_response: bool = False) -> Any:
    """Send one request to the API as the superuser; a stale token is renewed and the request repeated once.

    Parameters, result and errors are those of `pb_request`; also raises PBUsageError without credentials.
    """
    if raw_response:
        return tuple(_client().exchange_as_superuser(method, path, data))
    return _client().call(method, path, data)


def get_superuser_token(force: bool = False) -> str:
    """Return the superuser's token, kept for the process and between processes; `force` logs in again.

    Follows POST /api/collections/_superusers/auth-with-password. Raises PBUsageError without credentials,
    PBRequestError if the server refuses them.
    """
    return _client().superuser_token(force)
