"""Compare the schemas of two servers, of a server and a file, or of two files."""

from __future__ import annotations

import argparse
import contextlib
import os
from typing import Any

from _pb.schema.difference import differences
from _pb.schema.document import document_of
from _pb.schema.export import export
from pb_common import Client, Outcome, PBUsageError
from pb_common.collections import get_collections
from pb_common.paths import COLLECTIONS
from pb_common.reading import parse_json, read_text
from pb_common.schema_types import Collection
from pb_common.settings import base_url

_OTHER = "PB_OTHER_SUPERUSER_"


class _Side:
    """A side of the comparison: a server, or the collections of a file. `name` is what the command line calls it."""

    def __init__(self, name: str, client: Client | None) -> None:
        self.name = name
        self.client = client
        self.scaffolds: dict[str, Collection] = {}
        if client:
            self._live = get_collections(client)
            self.scaffolds = client.call("GET", f"{COLLECTIONS}/meta/scaffolds")
        else:
            self._live = document_of(parse_json(read_text(name), name), name).collections

    def collections(self, scaffolds: dict[str, Collection]) -> list[Collection]:
        """Return the collections in the import format, in which both sides leave out the same."""
        as_of_a_server = all("id" in item and "created" in item for item in self._live)
        if self.client or as_of_a_server:
            return export(self._live, None, self.scaffolds or scaffolds)
        return self._live


def diff_schemas(client: Client, args: argparse.Namespace) -> Outcome:
    """Return where two schemas differ, both ways; no differences are a success.

    A URL that is not PB_URL's is a second server, whose superuser the environment names (PB_OTHER_SUPERUSER_EMAIL and
    PB_OTHER_SUPERUSER_PASSWORD, or PB_OTHER_SUPERUSER_TOKEN). Follows GET /api/collections; nothing is changed.
    """
    if args.first == args.second:
        raise PBUsageError("Both sides are the same.", hint="Give two: URL or file.", code="wrong_command_line")
    with contextlib.ExitStack() as opened:
        sides = [_side(client, name, opened) for name in (args.first, args.second)]
        scaffolds = sides[0].scaffolds or sides[1].scaffolds
        found = differences(sides[0].collections(scaffolds), sides[1].collections(scaffolds))
    hint = None
    if found:
        hint = "To make one as the other: export one to a file; with PB_URL of the other, plan and import that file."
    data: dict[str, Any] = {"first": args.first, "second": args.second, "differences": found}
    return Outcome(data, success=not found, differs=bool(found), hint=hint)


def _side(client: Client, name: str, opened: contextlib.ExitStack) -> _Side:
    if "://" not in name:
        return _Side(name, None)
    url = base_url(name, "The URL")
    if url == client.settings.url:
        return _Side(name, client)
    values = {key: os.environ.get(_OTHER + key, "") for key in ("EMAIL", "PASSWORD", "TOKEN")}
    if not values["TOKEN"] and not (values["EMAIL"] and values["PASSWORD"]):
        raise PBUsageError(
            f"{url} is not the server of PB_URL, and the environment names no superuser of it.",
            hint=f"Set {_OTHER}EMAIL and {_OTHER}PASSWORD, or {_OTHER}TOKEN; and PB_URL for the other side.",
            code="no_credentials",
        )
    settings = client.settings._replace(
        url=url, email=values["EMAIL"], password=values["PASSWORD"], token=values["TOKEN"], readonly=True, env_file=None
    )
    return _Side(name, opened.enter_context(Client(settings)))
