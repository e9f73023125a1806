"""Store a file in the bucket, to see whether that works."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.settings.document import read
from pb_common import Client, PBRequestError, script_command
from pb_common.paths import SETTINGS

_BEGINNINGS = {"storage": "s3", "backups": "backups.s3"}


def test_s3(client: Client, args: argparse.Namespace) -> Any:
    """Have the server write and delete a file in its bucket, and return which (POST /api/settings/test/s3)."""
    beginning = _BEGINNINGS[args.filesystem]
    values = read(client)
    place = {key: values[f"{beginning}.{key}"] for key in ("bucket", "endpoint", "region", "forcePathStyle")}
    try:
        client.call("POST", f"{SETTINGS}/test/s3", {"filesystem": args.filesystem})
    except PBRequestError as error:
        on = script_command(f"pb_settings.py set {beginning}.enabled=true {beginning}.bucket=NAME ...")
        shown = ", ".join(f"{key} {value}" for key, value in place.items())
        error.hint = f"Tried with {shown}." if values[f"{beginning}.enabled"] else f"It is off. Switch it on: {on}"
        raise
    return {"works": args.filesystem, **place}
