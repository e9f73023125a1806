"""Which entries of the logs a command means: its options as one filter."""

from __future__ import annotations

import argparse
import email.utils
import re
import time
from datetime import datetime, timedelta, timezone

from _pb.schema.dates import stored
from pb_common import Client, PBUsageError, script_command
from pb_common.acting import GUEST, auth_collection, id_of
from pb_common.paths import HEALTH, SETTINGS

LEVELS = {"debug": -4, "info": 0, "warn": 4, "error": 8}
REQUESTS = "data.type = 'request'"
# The status that is logged where a handler threw what is no answer: the client gets 400, sometimes 404.
THREW = 0
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_CLASS = re.compile(r"([1-5])xx", re.IGNORECASE)


def log_filter(client: Client, args: argparse.Namespace) -> str:
    """Return the filter that the options of a command make, "" for all entries; raise PBUsageError for a wrong one."""
    parts = [  # the time first: where it does not hold, SQLite does not look into the data
        f"created >= {_quoted(moment(client, args.since))}" if args.since is not None else "",
        _level(args.level) if args.level is not None else "",
        _status(args.status) if args.status is not None else "",
        _path(args.path) if args.path is not None else "",
        _who(client, args.who) if args.who is not None else "",
        f"({args.filter})" if args.filter is not None else "",
    ]
    return " && ".join(part for part in parts if part)


def _level(text: str) -> str:
    if re.fullmatch(r"-?[0-9]{1,3}", text):
        return f"level >= {text}"
    if text.lower() not in LEVELS:
        raise PBUsageError(
            f"--level {text!r} is no level.", hint=f"{', '.join(LEVELS)}, or a number: that one, and all above."
        )
    return f"level >= {LEVELS[text.lower()]}"


def _status(text: str) -> str:
    of_class = _CLASS.fullmatch(text)
    if of_class:
        inside = f"data.status >= {of_class[1]}00 && data.status < {int(of_class[1]) + 1}00"
        return f"({inside} || {REQUESTS} && data.status = {THREW})" if of_class[1] == "4" else inside
    if re.fullmatch(r"[1-5][0-9][0-9]", text):
        return f"data.status = {text}"
    raise PBUsageError(f"--status {text!r} is no HTTP status.", hint="For example 404, or 5xx for all from 500 on.")


def _path(text: str) -> str:
    """Return the filter of the requests whose path begins so; * stands for anything."""
    if not text.startswith(("/", "*")):
        raise PBUsageError(f"--path {text!r} does not begin with a slash.", hint="--path '/api/collections/*/records'")
    return f"data.url ~ {_quoted(text.replace('*', '%') + '%')}"


def _who(client: Client, who: str) -> str:
    """Return the filter of one account's requests, of those of a collection's accounts, or of guests."""
    if who == GUEST:
        return f"{REQUESTS} && data.auth = ''"
    name, slash, identity = who.partition("/")
    collection = auth_collection(client, name)
    if not slash:
        return f"data.auth = {_quoted(collection['name'])}"
    if not client.call("GET", SETTINGS)["logs"]["logAuthId"]:
        client.warn(
            "The server does not log whose requests they are (logs.logAuthId); from now on it does after:"
            f" {script_command('pb_settings.py set logs.logAuthId=true')}"
        )
    return f"data.auth = {_quoted(collection['name'])} && data.authId = {_quoted(id_of(client, collection, identity))}"


def moment(client: Client, text: str) -> str:
    """Return the moment that --since names, as the server writes it: so long ago by the server's clock, or a date."""
    age = re.fullmatch(r"([0-9]{1,6})([smhdw])", text)
    if age:
        try:
            then = _server_time(client) - timedelta(seconds=int(age[1]) * _UNITS[age[2]])
        except OverflowError:
            then = datetime.min
        return f"{then.isoformat(' ')[:19]}.000Z"
    found = stored(text)
    if not found:
        raise PBUsageError(
            f"--since {text!r} is neither an age nor a date.", hint="90s, 30m, 1h, 7d, 2w, or 2025-12-31 10:00:00"
        )
    return found


def _server_time(client: Client) -> datetime:
    told = client.respond("GET", HEALTH, None, {}).headers.get("date") or ""
    try:
        return email.utils.parsedate_to_datetime(told)
    except (TypeError, ValueError):
        return datetime.fromtimestamp(time.time(), timezone.utc)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
