"""Make the client secret that Sign in with Apple wants."""

from __future__ import annotations

import argparse
import time
from typing import Any

from pb_common import Client, PBRequestError, PBUsageError
from pb_common.paths import SETTINGS
from pb_common.reading import read_text

# Which option the server speaks of.
_OPTIONS = {"clientId": "--client-id", "teamId": "--team-id", "keyId": "--key-id", "privateKey": "--key-file"}


def apple_client_secret(client: Client, args: argparse.Namespace) -> Any:
    """Return a client secret, and until when it is good (POST /api/settings/apple/generate-client-secret).

    The private key is read from a file or from standard input.
    """
    key = read_text(args.key_file)
    if "BEGIN PRIVATE KEY" not in key:
        source = "Standard input" if args.key_file == "-" else args.key_file
        raise PBUsageError(
            f"{source} holds no private key in PKCS #8, as Apple's .p8 files do.",
            hint="Give the .p8 file from Apple, whose first line says BEGIN PRIVATE KEY.",
        )
    body = {"clientId": args.client_id, "teamId": args.team_id, "keyId": args.key_id, "privateKey": key}
    try:
        answer = client.call("POST", f"{SETTINGS}/apple/generate-client-secret", {**body, "duration": args.duration})
    except PBRequestError as error:
        wrong = [option for name, option in _OPTIONS.items() if name in error.data.get("data", {})]
        error.hint = f"Correct {', '.join(wrong)}." if wrong else error.hint
        raise
    until = time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime(time.time() + args.duration))
    return {"secret": answer["secret"], "until": until}
