"""The batch endpoint's limits, and the endpoint switched on for as long as it is needed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pb_common import Client, PBError

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


@contextlib.contextmanager
def changed(client: Client, wanted: dict[str, Any], restore: dict[str, Any] | None) -> Iterator[None]:
    """Change batch settings while the block runs, however it ends; the others stay (PATCH /api/settings).

    Without `restore` nothing is changed. A server that does not take its settings back is only warned of.
    """
    if not restore:
        yield
        return
    try:
        client.call("PATCH", SETTINGS, {"batch": wanted})
        yield
    finally:
        try:
            client.call("PATCH", SETTINGS, {"batch": restore})
        except PBError as error:
            client.warn(f"The batch settings could not be put back to {restore}: {error}")
