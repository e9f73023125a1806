"""The batch endpoint's limits, and the endpoint switched on for as long as it is needed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from _pb.records.batch_notes import noted
from pb_common import Client, PBError
from pb_common.answers import Answer, encoded
from pb_common.multipart import Multipart
from pb_common.paths import BATCH, SETTINGS
from pb_common.patience import patiently

# What PocketBase takes where maxBodySize is 0, in bytes.
_DEFAULT_BODY = 128 << 20
# How often a batch is sent again whose limits others put back, and how often what they raised is lowered again.
_TRIES = 5
# The answers to a batch that the limits may be the reason of; nothing was carried out then.
_REFUSALS = (400, 403, 413)


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


def lacking(batch: Mapping[str, Any], need: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of the needed settings that the batch settings do not reach."""
    limits = limits_of(batch)
    there = dict(zip(("enabled", "maxRequests", "maxBodySize", "timeout"), limits))
    return {name: value for name, value in need.items() if there[name] < value}


def body_size(body: Any) -> int:
    """Return how long a request's body is, in bytes, whether it is sent as JSON or as a Multipart."""
    return body.length if isinstance(body, Multipart) else len(encoded(body))


@contextlib.contextmanager
def changed(client: Client, wanted: dict[str, Any], restore: dict[str, Any]) -> Iterator[None]:
    """Change batch settings while the block runs, however it ends; the others stay (PATCH /api/settings).

    Without anything in `restore` nothing is changed. What it holds in the end is put back patiently, but for what is
    lower already: limits are only ever raised for a run, so that is what another run found before both. If it fails
    all the same, it is warned of. What a run that was killed has left is put back too (`batch_notes`).
    """
    needed = bool(restore)
    with noted(client, restore):
        try:
            if needed:
                now = read_settings(client)  # another run may have put back what it had raised
                restore.update({name: min(value, now[name]) for name, value in restore.items()})
                client.call("PATCH", SETTINGS, {"batch": wanted})
            yield
        finally:
            if restore:
                _put_back(client, restore)


def _put_back(client: Client, restore: dict[str, Any]) -> None:
    status = client.status
    try:
        for _ in range(_TRIES):  # another run that ends now may put back what this one had raised
            if not patiently(client, lambda: _lower(client, restore)):
                break
        client.status = status
    except PBError as error:
        client.status = status
        client.warn(f"The batch settings could not be put back to {restore}: {error}")


def _lower(client: Client, restore: dict[str, Any]) -> bool:
    """Put back what is higher than it was, and tell whether anything is."""
    now = read_settings(client)
    lower = {name: value for name, value in restore.items() if value < now[name]}
    if lower:
        client.call("PATCH", SETTINGS, {"batch": lower})
    return bool(lower)


def is_off(status: int) -> bool:
    """Tell whether the answer to a superuser's batch says that the endpoint is off; then nothing was carried out."""
    return status == 403


def switch_on_again(client: Client, restore: dict[str, Any]) -> None:
    """Switch the endpoint on that another command has switched off at its end, and have it put back as `changed` does.

    Whoever is the last to need it leaves it off, on whatever machine (PATCH /api/settings).
    """
    restore.setdefault("enabled", False)
    client.call("PATCH", SETTINGS, {"batch": {"enabled": True}})


def exchange(client: Client, body: Any, timeout: float, restore: dict[str, Any], need: dict[str, Any] | None) -> Answer:
    """Send a batch and return the answer (POST /api/batch); `timeout` is in seconds.

    Where another command puts the settings back meanwhile, those that the batch needs are set again, and put back as
    `changed` does. Without `need` they are left alone.
    """
    answer = client.exchange_authed("POST", BATCH, body, timeout=timeout)
    for _ in range(_TRIES):
        if need is None or answer.status not in _REFUSALS:
            break
        if not _set_again(client, need, restore) and not is_off(answer.status):
            break
        answer = client.exchange_authed("POST", BATCH, body, timeout=timeout)
    return answer


def _set_again(client: Client, need: dict[str, Any], restore: dict[str, Any]) -> bool:
    """Set what is needed and no longer there, and tell whether anything was."""
    now = read_settings(client)
    wanted = lacking(now, need)
    if wanted:
        restore.update({name: min(restore.get(name, now[name]), now[name]) for name in wanted})
        client.call("PATCH", SETTINGS, {"batch": wanted})
    return bool(wanted)
