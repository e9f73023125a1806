"""Entries of the logs as they come."""

from __future__ import annotations

import itertools
import time
from datetime import datetime, timedelta
from typing import Any

from _pb.logs.entries import LOGS, NEWEST_FIRST, OLDEST_FIRST, newest, row
from pb_common import Client, PBConnectionError, PBRequestError, with_query
from pb_common.listing import shortened
from pb_common.output import note, write_row

# How often it is asked, in seconds: the server writes what it has when it had nothing to log for three.
_PAUSE = 2.0
# Two writes may overtake each other: what is so many seconds older than the newest entry may still come.
_OVERLAP = timedelta(seconds=10)
_FORMAT = "%Y-%m-%d %H:%M:%S.%fZ"
_PAGE = 1000


def follow(client: Client, filter_: str, limit: int, fields: str | None) -> None:
    """Print the newest entries that match and then each that comes, one JSON a line, without an end.

    Of each it prints what `fields` names, as `shortened` does.
    """
    client.streamed = True
    there = list(newest(client, filter_, max(limit, _PAGE)))
    for entry in there[limit - 1 :: -1] if len(there) >= limit else there[::-1]:
        _print(client, entry, fields)
    # Of the entries that may come again: their ids, and when they were made.
    seen = {entry["id"]: entry["created"] for entry in there}
    since = max(entry["created"] for entry in there) if there else _newest_moment(client)
    reader = _Reader(client, filter_)
    while True:
        time.sleep(_PAUSE)
        for entry in reader.since(since):
            if entry["id"] not in seen:
                seen[entry["id"]] = entry["created"]
                _print(client, entry, fields)
        since = max([since, *seen.values()])
        seen = {id: made for id, made in seen.items() if made >= _earlier(since)}


def _print(client: Client, entry: dict[str, Any], fields: str | None) -> None:
    write_row({**shortened(client, row(entry), fields, None), "untrusted": True})


def _newest_moment(client: Client) -> str:
    return next((str(entry["created"]) for entry in newest(client, "", 1)), "")


class _Reader:
    """Reads new entries with one token.

    `Client.call` proves its token with requests that are logged, and would read what itself has caused; without a token
    that counts the server answers 401 here.
    """

    def __init__(self, client: Client, filter_: str) -> None:
        self._client = client
        self._filter = filter_
        self._token = client.superuser_token()
        self._newest: list[dict[str, Any]] = []

    def since(self, moment: str) -> list[dict[str, Any]]:
        """Return the entries from a little before a moment on; none while the server does not answer."""
        parts = [f"created >= '{_earlier(moment)}'" if moment else "", self._filter]
        wanted = " && ".join(part for part in parts if part)
        found: list[dict[str, Any]] = []
        query = {"filter": wanted or None, "sort": OLDEST_FIRST, "perPage": _PAGE, "skipTotal": 1}
        try:
            newest_one = self._page(with_query(LOGS, sort=NEWEST_FIRST, perPage=1, fields="id", skipTotal=1))
            if newest_one == self._newest:  # that costs the server nothing, a filter looks at every entry
                return []
            for page in itertools.count(1):
                items = self._page(with_query(LOGS, page=page, **query))
                found += items
                if len(items) < _PAGE:
                    self._newest = newest_one
                    break
        except PBConnectionError as error:
            note(f"{error} Waiting for it.")
        return found

    def _page(self, path: str) -> list[dict[str, Any]]:
        answer = self._client.exchange("GET", path, token=self._token)
        if answer.status == 401:
            self._token = self._client.superuser_token(force=True)
            answer = self._client.exchange("GET", path, token=self._token)
        if answer.status >= 400:
            raise PBRequestError(answer.status, answer.data, method="GET", path=path)
        items: list[dict[str, Any]] = answer.data["items"]
        return items


def _earlier(moment: str) -> str:
    if not moment:
        return ""
    earlier = datetime.strptime(moment, _FORMAT) - _OVERLAP
    return f"{earlier.strftime('%Y-%m-%d %H:%M:%S')}.{earlier.microsecond // 1000:03}Z"
