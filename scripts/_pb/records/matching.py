"""One change to each record that a filter matches: counted before, done by id, told where it ends."""

from __future__ import annotations

import argparse
from typing import Any, NamedTuple

from _pb.records.query import pages_by_id
from pb_common import Client, Outcome, PBError, PBUsageError
from pb_common.destroying import way_back
from pb_common.errors import PBRefused, PBRequestError
from pb_common.paths import records_path
from pb_common.processes import terminated_as_interrupted
from pb_common.progress import Progress
from pb_common.project import script_command, typed

# Of the records that could not be changed so many are listed; beyond, they are counted.
_MOST_FAILURES = 100


class Change(NamedTuple):
    """What is done to each record: the method, its body, and the word that says that it was done.

    `held` is the hint where the server refuses some. `limited` tells that a rule may hide a record from who asks, so
    that a 404 does not mean that it is gone.
    """

    method: str
    body: dict[str, Any] | None
    done: str
    held: str
    limited: bool = False


def require_expected(args: argparse.Namespace, found: dict[str, Any]) -> None:
    """Raise PBRefused if a filter matches other than the --expect-count records; `found` has its counts."""
    if args.expect_count is None or args.expect_count == found["matching"]:
        return
    binds = "".join(f" --bind {typed(binding)}" for binding in args.bind)
    words = f"pb_records.py list {typed(args.collection)} --filter {typed(args.filter)}{binds}"
    raise PBRefused(
        f"The filter matches {found['matching']} records, not the {args.expect_count} of --expect-count.",
        hint=f"Nothing was changed. Look at them: {script_command(words)}",
        code="would_destroy",
        **found,
    )


def require_one_way(args: argparse.Namespace, example: str) -> None:
    """Raise PBUsageError unless a command names either one record or a filter."""
    if (args.id is None) == (args.filter is None):
        raise PBUsageError("Give either the ID of one record or --filter.", hint=example, code="wrong_command_line")
    if args.filter is None and args.expect_count is not None:
        raise PBUsageError("--expect-count goes with --filter.", hint=example, code="wrong_command_line")


def change_all(client: Client, collection: str, query: dict[str, str], matching: int, change: Change) -> Outcome:
    """Change the records that a query matches, no more than were counted, and return what became of them."""
    counts = {"done": 0, "gone": 0, "failed": 0}
    failed: list[dict[str, Any]] = []
    last = ""
    try:
        with terminated_as_interrupted(), Progress(change.done) as progress:
            for page in pages_by_id(client, collection, {**query, "fields": "id"}):
                for record in page[: matching - sum(counts.values())]:
                    last = record["id"]
                    answer = client.exchange_authed(change.method, records_path(collection, last), change.body)
                    client.status = answer.status
                    is_gone = answer.status == 404 and not change.limited  # by a cascade, or by somebody else
                    kind = "gone" if is_gone else "failed" if answer.status >= 400 else "done"
                    counts[kind] += 1
                    if kind == "failed" and len(failed) < _MOST_FAILURES:
                        failed.append({"id": last, **PBRequestError(answer.status, answer.data).data})
                    shown = sum(counts.values())
                    progress.show(shown, lambda shown=shown: shown / matching)  # type: ignore[misc]
                if sum(counts.values()) >= matching:
                    break
    except PBError as error:
        error.data = {**error.data, change.done: counts["done"], "lastId": last}
        error.hint = f"{_so_far(change, counts['done'], last)} {error.hint or ''}".strip()
        raise
    except KeyboardInterrupt:
        hint = _so_far(change, counts["done"], last)
        stopped = PBError(
            "Interrupted.", hint=hint, **{change.done: counts["done"], "lastId": last}, code="interrupted"
        )
        stopped.exit_code = 130
        raise stopped from None
    data: dict[str, Any] = {change.done: counts["done"]}
    if counts["gone"]:
        data["alreadyGone"] = counts["gone"]
    if failed:
        data.update(failed=failed, failedCount=counts["failed"])
    next_step = change.held if failed else way_back(client) if counts["done"] else None
    return Outcome(data, success=not failed, hint=next_step, code="partly_done")


def _so_far(change: Change, count: int, last: str) -> str:
    if change.method == "DELETE":
        return f"{count} records are {change.done}, and maybe one more; run it again for the rest."
    return f"{count} records are {change.done}, and maybe {last!r}; for the rest add to the filter: && id > {last!r}"
