"""All rows of an import in one transaction, or none of them."""

from __future__ import annotations

import json
from typing import Any

from _pb.bulk.deciding import Decider
from _pb.bulk.entries import Entry, Write
from _pb.bulk.verdicts import failed_place, reason_of
from _pb.records import batch_settings
from pb_common import Answer, Client, PBConnectionError, PBError, PBRefused, PBRequestError
from pb_common.multipart import FilePart, Multipart
from pb_common.paths import BATCH
from pb_common.patience import is_passing, patiently

# How many rows a second are counted on, and how many seconds beside that, for the time-out of one large transaction.
_ROWS_A_SECOND = 200
_SECONDS = 20


def import_at_once(
    client: Client, entries: list[Entry], decider: Decider, *, enable: bool, dry_run: bool, before: dict[str, Any]
) -> None:
    """Send all rows in one request (POST /api/batch) and set their outcomes; a rejected row leaves all as it was.

    `enable` says that the batch endpoint is switched on and its limits raised for it as far as needed; `before` are
    its settings. Raises PBRefused where the rows do not fit in the limits.
    """
    writes = decider.decide(entries, unsure=False)
    if not any(entry.outcome == "rejected" for entry in entries):
        if dry_run or not writes:
            _check_limits(batch_settings.limits_of(before), len(writes), 0, enable=enable)
            for write in writes:
                write.done(None)
        else:
            _send_changed(client, decider, writes, before, enable=enable)
    _take_back(entries)


def _check_limits(limits: batch_settings.Limits, rows: int, size: int, *, enable: bool) -> None:
    """Raise PBRefused if one transaction of so many rows and bytes does not fit and nothing may be changed for it."""
    if enable or (limits.enabled and limits.requests >= rows and limits.body >= size):
        return
    state = f"takes {limits.requests} rows and {limits.body} bytes" if limits.enabled else "is off"
    raise PBRefused(
        f"--atomic needs one transaction of {rows} rows and {size} bytes; the batch endpoint {state}.",
        hint="Add --enable-batch, which changes its settings for the run and puts them back.",
    )


def _send_changed(
    client: Client, decider: Decider, writes: list[Write], before: dict[str, Any], *, enable: bool
) -> None:
    """Send all rows with the batch settings changed as far as they need it and `enable` allows it."""
    body = _body(writes)
    size = batch_settings.body_size(body)
    limits = batch_settings.limits_of(before)
    _check_limits(limits, len(writes), size, enable=enable)
    need = {"enabled": True, "maxRequests": len(writes), "maxBodySize": size}
    need["timeout"] = _SECONDS + len(writes) // _ROWS_A_SECOND
    wanted = batch_settings.lacking(before, need) if enable else {}
    restore = {name: before[name] for name in wanted}
    timeout = max(wanted.get("timeout", limits.timeout) + 10, client.settings.timeout)
    with batch_settings.changed(client, wanted, restore):
        try:
            answer = batch_settings.exchange(client, body, timeout, restore, need if enable else None)
        except PBConnectionError:
            answer = Answer(0, None)
        except KeyboardInterrupt:
            raise Interrupted from None
        _conclude_from(client, decider, writes, answer)


class Interrupted(KeyboardInterrupt):
    """An interrupt while the server may be at work on the rows; `hint` says so."""

    hint = "The rows were being sent: all of them may be saved, or none. Count the records before you run it again."


def _conclude_from(client: Client, decider: Decider, writes: list[Write], answer: Answer) -> None:
    """Set the outcomes by the answer to the one request; its status is 0 where there was none."""
    place = failed_place(answer.data)
    if answer.status == 200 and isinstance(answer.data, list):
        for write in writes:
            write.done(None)
    elif place is not None:
        inner = answer.data["data"]["requests"][str(place)]["response"]
        writes[place].entry.reject(reason_of(inner["status"], inner))
    elif 400 <= answer.status < 500 and not is_passing(answer.status):
        raise PBRequestError(answer.status, answer.data, method="POST", path=BATCH, hint="Nothing was saved.")
    else:
        patiently(client, lambda: decider.settle(writes))
        _conclude(writes)


def _conclude(writes: list[Write]) -> None:
    """Tell from the new rows that were found whether the whole transaction was carried out.

    One id that was made for this run proves it; ids of the rows' own do so where all of them are found.
    """
    new = [write.entry for write in writes if write.method == "POST" and write.entry.id]
    found = [entry for entry in new if entry.outcome]
    if not any(not entry.own_id for entry in found) and not (new and len(found) == len(new)):
        state = "none of the new rows is there, unless the server is still at work" if new else "it may be done or not"
        raise PBError(
            f"The server gave no clear answer to the transaction; {state}.",
            hint="Look at the records, then run it again.",
            code="partly_done",
        )
    for write in writes:
        write.done(None)


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
