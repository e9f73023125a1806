"""The batch endpoint's limits, and the endpoint switched on for as long as it is needed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pb_common import Client, PBError
from pb_common.answers import encoded
from pb_common.multipart import Multipart
from pb_common.patience import patiently

SETTINGS = "/api/settings"
# What PocketBase takes where maxBodySize is 0, in bytes.
_DEFAULT_BODY = 128 << 20


class Limits(NamedTuple):
    """The batch endpoint: whether it is on, how many requests and bytes it takes, and its time-out in seconds."""

    enabled: bool
    requests: int
    body: int
    timeout: int


def read_settings(client: Client) -> dict[str, Any]:
    """Return the batch settings (GET /api/settings)."""
    found: dict[str, Any] = client.call("GET", SETTINGS)["batch"]
    return found


def limits_of(batch: Mapping[str, Any]) -> Limits:
    """Return the limits in the batch settings."""
    enabled = bool(batch["enabled"]) and batch["maxRequests"] > 0
    return Limits(enabled, batch["maxRequests"], batch["maxBodySize"] or _DEFAULT_BODY, batch["timeout"] or 3)


def body_size(body: Any) -> int:
    """Return how long a request's body is, in bytes, whether it is sent as JSON or as a Multipart."""
    return body.length if isinstance(body, Multipart) else len(encoded(body))


@contextlib.contextmanager
def changed(client: Client, wanted: dict[str, Any], restore: dict[str, Any] | None) -> Iterator[None]:
    """Change batch settings while the block runs, however it ends; the others stay (PATCH /api/settings).

    Without `restore` nothing is changed. They are put back patiently; if that fails all the same, it is warned of.
    """
    if not restore:
        yield
        return
    try:
        client.call("PATCH", SETTINGS, {"batch": wanted})
        yield
    finally:
        status = client.status
        try:
            patiently(client, lambda: client.call("PATCH", SETTINGS, {"batch": restore}))
        except PBError as error:
            client.status = status
            client.warn(f"The batch settings could not be put back to {restore}: {error}")
