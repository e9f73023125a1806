"""All rows of an import in one transaction, or none of them."""

from __future__ import annotations

import json
from typing import Any

from pb_common import Client, PBConnectionError, PBError, PBRefused, PBRequestError
from pb_common.multipart import FilePart, Multipart
from pb_record_verbs import batch_settings

from .pipeline import Pipeline
from .sending import BATCH, Entry, Sender, Write, failed_place, reason_of

# How many rows a second are counted on, and how many seconds beside that, for the time-out of one large transaction.
_ROWS_A_SECOND = 200
_SECONDS = 20


def import_at_once(
    client: Client, pipeline: Pipeline, sender: Sender, *, enable: bool, dry_run: bool, before: dict[str, Any]
) -> None:
    """Send all rows in one request (POST /api/batch); a rejected row leaves everything as it was.

    `enable` says that the batch endpoint is switched on and its limits raised for it as far as needed; `before` are
    its settings. Raises PBRefused where the rows do not fit in the limits.
    """
    entries = list(pipeline.entries())
    writes = sender.decide(entries, unsure=False)
    if not any(entry.outcome == "rejected" for entry in entries):
        limits = batch_settings.limits_of(before)
        wanted = {"enabled": True, "maxRequests": max(limits.requests, len(writes))}
        wanted["timeout"] = max(limits.timeout, _SECONDS + len(writes) // _ROWS_A_SECOND)
        if not enable and (not limits.enabled or limits.requests < len(writes)):
            state = f"takes {limits.requests} rows" if limits.enabled else "is off"
            raise PBRefused(
                f"--atomic needs one transaction of {len(writes)} rows; the batch endpoint {state}.",
                hint="Add --enable-batch, which changes its settings for the run and puts them back.",
            )
        if dry_run or not writes:
            for write in writes:
                write.entry.outcome = write.outcome
        elif enable:
            with batch_settings.changed(client, wanted, {name: before[name] for name in wanted}):
                _send(client, sender, writes, wanted["timeout"])
        else:
            _send(client, sender, writes, limits.timeout)
    _take_back(entries)
    pipeline.take_note(entries)


def _send(client: Client, sender: Sender, writes: list[Write], timeout: int) -> None:
    """Send the one request and set the outcomes; `timeout` is in seconds."""
    try:
        answer = client.exchange_as_superuser(
            "POST", BATCH, _body(writes), timeout=max(timeout + 10, client.settings.timeout)
        )
    except PBConnectionError:
        sender.settle(writes)
        if not all(write.entry.outcome for write in writes):
            raise PBError(
                "The connection was cut before the server answered; nothing is saved, unless it is still at work.",
                hint="Count the records, then run it again.",
            ) from None
        return
    place = failed_place(answer.data)
    if answer.status == 200:
        for write in writes:
            write.entry.outcome = write.outcome
    elif place is None:
        raise PBRequestError(answer.status, answer.data, method="POST", path=BATCH, hint="Nothing was saved.")
    else:
        inner = answer.data["data"]["requests"][str(place)]["response"]
        writes[place].entry.reject(reason_of(inner["status"], inner))


def _body(writes: list[Write]) -> Any:
    """Return the requests as one batch, with the files of all rows."""
    requests = [{"method": write.method, "url": write.path, "body": json.loads(write.body)} for write in writes]
    files = [
        FilePart(f"requests.{place}.{part.field}", part.path, part.size)
        for place, write in enumerate(writes)
        for part in write.entry.record.files
    ]
    return Multipart({"requests": requests}, files) if files else {"requests": requests}


def _take_back(entries: list[Entry]) -> None:
    """Skip all rows that were not rejected, where any was."""
    if any(entry.outcome == "rejected" for entry in entries):
        for entry in entries:
            if entry.outcome != "rejected":
                entry.outcome = "skipped"
