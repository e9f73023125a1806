"""Compare the schemas of two servers, of a server and a file, or of two files."""

from __future__ import annotations

import argparse
import contextlib
import os
from pathlib import Path
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
from pb_common.settings import DEFAULT_URL, base_url, read_env_file

_OTHER, _OWN = "PB_OTHER_SUPERUSER_", "PB_SUPERUSER_"
_ACCOUNT = ("EMAIL", "PASSWORD", "TOKEN")


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
    PB_OTHER_SUPERUSER_PASSWORD, or PB_OTHER_SUPERUSER_TOKEN), or the folder that is given for it. Nothing is changed
    (GET /api/collections).
    """
    args.second = args.second or client.settings.url
    given = (args.first, args.second)
    accounts = [_account_of_folder(name) for name in given]
    names = [_name(name, account) for name, account in zip(given, accounts)]
    if names[0] == names[1]:
        raise PBUsageError("Both sides are the same.", hint="Give two: URL or file.", code="wrong_command_line")
    if all("://" in name and not _is_ours(client, name) for name in names) and not any(accounts):
        raise PBRefused(
            f"Neither {names[0]} nor {names[1]} is the server of PB_URL ({client.settings.url}), and {_OTHER}... is the"
            " account of one server: nothing was sent to either.",
            hint=f"Set PB_URL to one of them, with its account, and {_OTHER}... to the account of the other.",
            code="unverified",
        )
    with contextlib.ExitStack() as opened:
        sides = [_side(client, name, account, opened) for name, account in zip(names, accounts)]
        scaffolds = sides[0].scaffolds or sides[1].scaffolds
        found = differences(sides[0].collections(scaffolds), sides[1].collections(scaffolds))
    hint = None
    if found:
        hint = "To make one as the other: export one to a file; with PB_URL of the other, plan and import that file."
    data: dict[str, Any] = {"first": args.first, "second": args.second, "differences": found}
    return Outcome(data, success=not found, differs=bool(found), hint=hint)


def _account_of_folder(name: str) -> dict[str, str] | None:
    """Return the settings of a folder that is a side, or of its .env file; None for what is neither."""
    path = Path(name)
    file = path / ".env" if path.is_dir() else path
    if not file.name.startswith(".env"):
        return None
    values = read_env_file(file)
    return {"URL": values.get("PB_URL", DEFAULT_URL), **{key: values.get(_OWN + key, "") for key in _ACCOUNT}}


def _name(given: str, account: dict[str, str] | None) -> str:
    """Return the base URL of a side that is a server, else the path of the file."""
    if account:
        return base_url(account["URL"])
    return base_url(given, "The URL") if "://" in given else given


def _side(client: Client, name: str, account: dict[str, str] | None, opened: contextlib.ExitStack) -> _Side:
    if "://" not in name:
        return _Side(name, None)
    if _is_ours(client, name):
        return _Side(name, client)
    values = account or {key: os.environ.get(_OTHER + key, "") for key in _ACCOUNT}
    if not values["TOKEN"] and not (values["EMAIL"] and values["PASSWORD"]):
        raise PBUsageError(
            f"{name} is not the server of PB_URL, and the environment names no superuser of it.",
            hint="Name the folder or .env file with its PB_URL and account in its place; or set"
            f" {_OTHER}EMAIL and {_OTHER}PASSWORD, or {_OTHER}TOKEN, and PB_URL for the other side.",
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
