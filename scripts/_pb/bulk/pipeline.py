"""Rows on their way: sent by several threads, and taken note of in the order of the input."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from _pb.bulk.checkpoint import Checkpoint, save
from _pb.bulk.entries import Entry
from _pb.bulk.intake import Intake
from _pb.bulk.keys import Key
from _pb.bulk.procedure import Procedure
from _pb.bulk.rejects import Rejects, free_path
from _pb.bulk.sending import Sender
from _pb.bulk.shape import CHECK_INTERVAL, require_unchanged
from _pb.bulk.sources import Lines
from pb_common import Client, PBError
from pb_common.progress import Progress

# After so many rows in a row were rejected, something else than the rows is wrong.
_MAX_REJECTED = 1000
# How many rejected rows the result shows.
_MAX_SHOWN = 10
# The group of a row that no other row of its group may rely on.
_ALONE = -1
# What a row costs beside its own bytes when it is sent.
_ROW_BYTES = 200


class Pipeline:
    """Brings the rows of an intake to a sender, and keeps count of their outcomes in `state`."""

    def __init__(
        self,
        client: Client,
        lines: Lines,
        intake: Intake,
        sender: Sender,
        rejects: Rejects | None,
        procedure: Procedure,
        state: Checkpoint,
        progress: Progress,
    ) -> None:
        self._client = client
        self._lines = lines
        self._intake = intake
        self._sender = sender
        self._rejects = rejects
        self._procedure = procedure
        self.state = state
        self._progress = progress
        self._window: deque[tuple[Future[None], list[Entry]]] = deque()
        # The keys of the rows that are on their way, each with the number of the group they are sent in.
        self._pending: dict[Key, int] = {}
        self.state.unsure = procedure.most_unsure
        self._before = {"read": state.rows, **state.counts}
        self._unsure_until = state.rows + state.unsure
        self._rejected_in_a_row = 0
        self._bytes_done = 0
        self._kept: Path | None = None
        self._shown: list[dict[str, Any]] = []
        self._schema_seen_at = time.monotonic()

    def run(self) -> None:
        """Send all rows; on an error, what is under way is finished and taken note of before it is raised."""
        pool = ThreadPoolExecutor(self._procedure.connections)
        try:
            for chunk in self._chunks():
                unsure = chunk[0].number <= self._unsure_until
                self._window.append((pool.submit(self._sender.process, chunk, unsure), chunk))
                if len(self._window) >= self._procedure.window:
                    self._commit()
            self._drain()
            self._check_schema()
        except BaseException:
            self._sender.stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
            while self._window and self._is_done(self._window[0][0]):
                self._commit()
            raise
        finally:
            pool.shutdown(wait=True)
            self._sender.close()
            if self._rejects:
                self._rejects.close()

    def save(self) -> None:
        """Write the checkpoint, if there is to be one."""
        if self._procedure.checkpoint and not self._procedure.dry_run:
            save(self._procedure.checkpoint, self.state)

    @property
    def sent(self) -> bool:
        """Tell whether rows may have been sent by this run."""
        return bool(self._window) or self.state.rows > self._before["read"]

    @property
    def can_go_on(self) -> bool:
        """Tell whether a checkpoint says enough to go on with: what was on its way is found again."""
        return self._procedure.knows_its_rows

    def keep_checkpoint(self, wanted: Path) -> Path:
        """Write a checkpoint, at the path if there was to be none, and return where it is."""
        place = self._procedure.checkpoint or free_path(wanted)
        save(place, self.state)
        self._kept = place
        return place

    @property
    def written(self) -> list[Path]:
        """The files with rows, or with what is known of them, that this run has left."""
        places = [self.state.rejects, self._kept or self._procedure.checkpoint]
        return [Path(place) for place in places if place and Path(place).exists()]

    def totals(self) -> dict[str, Any]:
        """Return how many rows were read, created, updated and so on, and which were rejected.

        Where an earlier run was continued these are the totals of both, and `thisRun` are those of this one.
        """
        totals: dict[str, Any] = {"dryRun": True} if self._procedure.dry_run else {}
        counts = {"read": self.state.rows, **self.state.counts}
        if self._procedure.on_match != "update" or not self._procedure.keys:
            del counts["unchanged"]
        totals.update(counts)
        if self._before["read"]:
            totals["thisRun"] = {name: count - self._before[name] for name, count in counts.items()}
        if self.state.rejects and self.state.counts["rejected"]:
            totals["rejects"] = self.state.rejects
        return {**totals, "firstRejects": self._shown} if self._shown else totals

    def _chunks(self) -> Iterator[list[Entry]]:
        """Yield the rows in groups that are sent at once; a row waits for earlier ones that it depends on."""
        chunk: list[Entry] = []
        live = size = number = 0
        for entry in self._intake.entries():
            if entry.number == self._before["read"] + 1:
                self._bytes_done = self._intake.bytes_before
                self._progress.begin(self.state.rows, self._share() or 0)
            if not entry.outcome and self._must_wait(entry, number):
                if chunk:
                    yield chunk
                    chunk, live, size, number = [], 0, 0, number + 1
                self._drain()
            chunk.append(entry)
            if not entry.outcome:
                live += 1
                size += len(entry.row.raw) + _ROW_BYTES
                # Rows with files go after the others of their group, so that these cannot rely on them.
                self._pending.update(dict.fromkeys(entry.waits, _ALONE if entry.record.files else number))
                # Natural keys are looked up for a group as a whole.
                self._pending.update(dict.fromkeys(entry.gives, _ALONE))
            if live >= self._procedure.rows or len(chunk) >= 4 * self._procedure.rows or size >= self._procedure.body:
                yield chunk
                chunk, live, size, number = [], 0, 0, number + 1
        if chunk:
            yield chunk

    def _must_wait(self, entry: Entry, number: int) -> bool:
        """Tell whether a row on its way has one of the row's keys, or is one that it needs and in another group."""
        pending = self._pending
        return any(key in pending for key in entry.waits) or any(
            pending.get(key, number) != number for key in entry.needs
        )

    def _drain(self) -> None:
        while self._window:
            self._commit()

    def _is_done(self, future: Future[None]) -> bool:
        return future.done() and not future.cancelled() and future.exception() is None

    def _commit(self) -> None:
        """Take note of the outcomes of the oldest group, once it is sent."""
        future, chunk = self._window[0]
        future.result()
        self.take_note(chunk)
        self._window.popleft()
        if time.monotonic() - self._schema_seen_at > CHECK_INTERVAL:
            self._check_schema()
        if self._rejected_in_a_row >= _MAX_REJECTED and not self._procedure.dry_run:
            raise PBError(
                f"{self._rejected_in_a_row} rows one after the other were rejected, the last because:"
                f" {chunk[-1].reason}.",
                hint="Look at the rejects; when what they have in common is put right, go on.",
                code="invalid_rows",
            )

    def take_note(self, chunk: list[Entry]) -> None:
        """Write down the rejected ones of rows that are done, count the outcomes, and write the checkpoint.

        An interrupted call can be repeated: the rows count from one moment to the next, or not at all.
        """
        if not chunk or chunk[-1].number <= self.state.rows:
            return
        last = chunk[-1]
        written = self._write_down([entry for entry in chunk if entry.outcome == "rejected"])
        counts = dict(self.state.counts)
        for entry in chunk:
            counts[entry.outcome] += 1
        vars(self.state).update(
            written, counts=counts, rows=last.number, line=last.row.line, checksum=last.row.checksum
        )
        for entry in chunk:
            for key in (*entry.waits, *entry.gives):
                self._pending.pop(key, None)
            self._rejected_in_a_row = self._rejected_in_a_row + 1 if entry.outcome == "rejected" else 0
            if entry.outcome == "rejected" and len(self._shown) < _MAX_SHOWN:
                self._shown.append({"line": entry.row.line, "reason": entry.reason})
        self.save()
        self._bytes_done += sum(len(entry.row.raw) for entry in chunk)
        self._progress.show(self.state.rows, self._share)

    def _share(self) -> float | None:
        return self._lines.share(self._bytes_done)

    def _write_down(self, rejected: list[Entry]) -> dict[str, int]:
        """Write rows to the file of rejects, if there is one; return what changes with that in the checkpoint."""
        if not rejected or not self._rejects:
            return {}
        if self._rejects.begin():
            self.save()  # from here on the file is known to be this import's
        size, checksum = self._rejects.write((entry.row, entry.reason) for entry in rejected)
        return {"rejects_size": size, "rejects_checksum": checksum}

    def _check_schema(self) -> None:
        """Raise PBError if the collection's fields are no longer those that the rows are converted for."""
        with self._sender.lock:
            require_unchanged(
                self._client,
                self._procedure.collection,
                f"rows were written, about line {self.state.line}",
                "PocketBase ignores values of fields that are gone: look at the last rows.",
            )
        self._schema_seen_at = time.monotonic()
