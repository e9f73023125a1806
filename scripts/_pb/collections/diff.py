"""Compare the schemas of two servers, of a server and a file, or of two files."""

from __future__ import annotations

import argparse
import contextlib
import os
from typing import Any
from urllib.parse import urlsplit

from _pb.schema.difference import differences
from _pb.schema.document import document_of
from _pb.schema.export import export
from pb_common import Client, Outcome, PBError, PBRefused, PBUsageError
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
    names = [base_url(name, "The URL") if "://" in name else name for name in (args.first, args.second)]
    if names[0] == names[1]:
        raise PBUsageError("Both sides are the same.", hint="Give two: URL or file.", code="wrong_command_line")
    if all("://" in name and not _is_ours(client, name) for name in names):
        raise PBRefused(
            f"Neither {names[0]} nor {names[1]} is the server of PB_URL ({client.settings.url}), and {_OTHER}... is the"
            " account of one server: nothing was sent to either.",
            hint=f"Set PB_URL to one of them, with its account, and {_OTHER}... to the account of the other.",
            code="unverified",
        )
    with contextlib.ExitStack() as opened:
        sides = [_side(client, name, opened) for name in names]
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
    if _is_ours(client, name):
        return _Side(name, client)
    values = {key: os.environ.get(_OTHER + key, "") for key in ("EMAIL", "PASSWORD", "TOKEN")}
    if not values["TOKEN"] and not (values["EMAIL"] and values["PASSWORD"]):
        raise PBUsageError(
            f"{name} is not the server of PB_URL, and the environment names no superuser of it.",
            hint=f"Set {_OTHER}EMAIL and {_OTHER}PASSWORD, or {_OTHER}TOKEN; and PB_URL for the other side.",
            code="no_credentials",
        )
    settings = client.settings._replace(
        url=name,
        email=values["EMAIL"],
        password=values["PASSWORD"],
        token=values["TOKEN"],
        readonly=True,
        env_file=None,
    )
    other = opened.enter_context(Client(settings))
    try:
        return _Side(name, other)
    except PBError as error:
        raise _naming_the_other(error) from None
    finally:
        for sentence in other.warnings:
            client.warn(_renamed(sentence))


def _is_ours(client: Client, url: str) -> bool:
    return _place(url) == _place(client.settings.url)


def _place(url: str) -> tuple[str, str, int | None, str]:
    """Return what makes two base URLs the same server's, however they are written."""
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname or "", port, parts.path


def _naming_the_other(error: PBError) -> PBError:
    """Let an error about the other server's account name the variables that this one is from."""
    if isinstance(error.data, dict) and error.data.get("message"):
        error.data["message"] = _renamed(str(error.data["message"]))
    error.args = (_renamed(str(error)),)
    if error.hint:
        error.hint = _renamed(error.hint).replace(" or in .env", "")
        error.hint = error.hint.replace("Correct .env", f"Correct {_OTHER}EMAIL and {_OTHER}PASSWORD")
    return error


def _renamed(text: str) -> str:
    return text.replace("PB_SUPERUSER_", _OTHER)
