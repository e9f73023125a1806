"""Rows sent to the server: in batches or one by one, with an outcome for each, and none of them twice."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from threading import Event, Lock, local
from typing import Any, Callable

from _pb.bulk.deciding import Decider
from _pb.bulk.entries import Entry, Write
from _pb.bulk.verdicts import failed_place, may_be_saved, reason_of
from _pb.records.batch_settings import is_off
from pb_common import Client, PBConnectionError, PBError, PBRequestError
from pb_common.multipart import Multipart
from pb_common.paths import BATCH, collection_path
from pb_common.patience import PAUSE, is_away, is_passing, patiently
from pb_common.transport import Transport


class Sender:
    """Sends the rows of a collection. It is used by several threads, each with a connection of its own.

    `decider` makes requests of the rows. `batches` tells whether the batch endpoint is used. A `dry_run` only decides.
    `lock` guards the client. `on_batch_off` is called, with the lock held, when another command has switched the batch
    endpoint off; it tells whether it is on again.
    """

    def __init__(
        self, client: Client, lock: Lock, collection: str, decider: Decider, *, batches: bool, dry_run: bool
    ) -> None:
        self._client = client
        self.lock = lock
        self._collection = collection
        self._decider = decider
        self._batches = batches
        self._dry_run = dry_run
        self.on_batch_off: Callable[[], bool] = lambda: False
        self._local = local()
        self._transports: list[Transport] = []
        self.stop = Event()

    def close(self) -> None:
        """Close the connections."""
        for transport in self._transports:
            transport.close()

    def process(self, entries: list[Entry], unsure: bool) -> None:
        """Send rows and set their outcomes; `unsure` tells that an earlier run may have sent them already.

        Raises PBError for what is no row's fault: then the rows without an outcome may or may not be saved.
        """
        writes = patiently(self._client, lambda: self._decider.decide(entries, unsure))
        if self._dry_run:
            for write in writes:
                write.entry.outcome = write.outcome
        else:
            self._deliver(writes, unsure)
        self._decider.remember(entries)

    def _deliver(self, writes: list[Write], unsure: bool) -> None:
        """Send requests until each row has its outcome; a server that is away is waited for until the time-out.

        After an attempt that ended without an answer nothing is sent again before it is known what was saved.
        """
        away_since = None
        cut = False
        while writes:
            try:
                if cut:
                    self._settle_cut(writes)
                    cut = False
                self._send_all([write for write in writes if not write.entry.outcome], unsure)
            except PBError as error:
                if not is_away(error):
                    raise
                now = time.monotonic()
                away_since = away_since or now
                if now - away_since > self._client.settings.timeout or self.stop.wait(PAUSE):
                    raise
                cut = unsure = True
            left = [write for write in writes if not write.entry.outcome]
            away_since = away_since if len(left) == len(writes) else None
            writes = left

    def _settle_cut(self, writes: list[Write]) -> None:
        if any(write.method == "POST" and not write.entry.id for write in writes):
            raise PBError(
                "The server gave no clear answer, and it cannot be told which of the last rows were saved.",
                code="partly_done",
            )
        self._decider.settle(writes)

    def _send_all(self, writes: list[Write], unsure: bool) -> None:
        with self.lock:
            token = self._client.token_for(BATCH)  # proved within the last seconds
        together = [write for write in writes if not write.entry.record.files] if self._batches else []
        if together:
            self._send_batch(together, token, unsure)
        for write in writes:
            if not write.entry.outcome:
                self._send_one(write, token, unsure)

    def _send_one(self, write: Write, token: str, unsure: bool) -> None:
        body: bytes | Multipart = write.body
        if write.entry.record.files:
            body = Multipart(json.loads(write.body), write.entry.record.files)
        status, answer = self._request(write.method, write.path, body, token)
        if status == 200 and isinstance(answer, dict) and "id" in answer:
            write.done(answer)
        else:
            self._refused(write, status, answer, token, unsure)

    def _send_batch(self, writes: list[Write], token: str, unsure: bool) -> None:
        """Send requests as one transaction; where one of them fails, those before and after it go on without it."""
        while writes:
            status, answer = self._request("POST", BATCH, batch_body(writes), token)
            if status == 200 and isinstance(answer, list) and len(answer) == len(writes):
                for write, result in zip(writes, answer):
                    write.done(result.get("body"))
                return
            if is_off(status):
                with self.lock:
                    self._batches = self.on_batch_off()
                if not self._batches:
                    return  # the rows go one by one
                continue
            place = failed_place(answer)
            if place is None:
                self._send_smaller(writes, status, answer, token, unsure)
                return
            failed = writes[place]
            inner = answer["data"]["requests"][str(place)]["response"]
            self._refused(failed, inner["status"], inner, token, unsure)
            self._send_batch(writes[:place], token, unsure)
            writes = [write for write in writes[place:] if not write.entry.outcome]

    def _send_smaller(self, writes: list[Write], status: int, answer: Any, token: str, unsure: bool) -> None:
        """Send a batch in two halves that was too long, or too much for the server's time; one row goes alone."""
        if status not in (400, 413, 500) or (status == 400 and answer.get("data")):
            raise PBRequestError(status, answer, method="POST", path=BATCH)
        if status == 500:
            self._settle_cut(writes)
            writes, unsure = [write for write in writes if not write.entry.outcome], True
        if len(writes) == 1:
            self._send_one(writes[0], token, unsure)
            return
        half = len(writes) // 2
        self._send_batch(writes[:half], token, unsure)
        self._send_batch(writes[half:], token, unsure)

    def _refused(self, write: Write, status: int, answer: Any, token: str, unsure: bool) -> None:
        """Reject a row that the server does not take, unless it is there already or the row is not to blame."""
        if status in (401, 403, 404):
            self._require_access(token)
        if unsure or status >= 500 or (not write.entry.own_id and may_be_saved(answer)):
            self._decider.settle([write])
        if not write.entry.outcome:
            write.entry.reject(reason_of(status, answer))

    def _require_access(self, token: str) -> None:
        """Raise PBError if it is not the row that was refused: the collection is gone, or the token used no good."""
        with self.lock:
            self._client.call("GET", collection_path(self._collection))
            if self._client.token_for(BATCH) != token:
                raise PBConnectionError(
                    "The token in use is no longer valid.", hint="Run it again.", code="unauthorized"
                )

    def _request(self, method: str, path: str, body: bytes | Multipart, token: str) -> tuple[int, Any]:
        """Return an answer's status and JSON ({} where a refusal has none).

        Raises PBConnectionError where the server gave no verdict, so that what was sent may be saved or not.
        """
        headers = {"Authorization": token, "Content-Type": "application/json"}
        if isinstance(body, Multipart):
            headers.update(body.headers)
        response = self._transport().send(method, path, body, headers)
        try:
            answer = json.loads(response.body)
        except ValueError:
            answer = None
        if is_passing(response.status) or (answer is None and not 400 <= response.status < 500):
            raise PBConnectionError(f"The server answered {response.status}.", hint="Run it again a little later.")
        return response.status, {} if answer is None else answer

    def _transport(self) -> Transport:
        transport: Transport | None = getattr(self._local, "transport", None)
        if transport is None:
            transport = Transport(self._client.settings)
            self._local.transport = transport
            self._transports.append(transport)
        return transport


def batch_body(writes: Sequence[Write]) -> bytes:
    """Return the JSON of a batch of requests."""
    parts = [b'{"method":"%s","url":"%s","body":%s}' % (w.method.encode(), w.path.encode(), w.body) for w in writes]
    return b'{"requests":[' + b",".join(parts) + b"]}"
