"""Send a mail to see whether mails leave."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.settings.document import read
from pb_common import Client, PBRequestError, script_command
from pb_common.output import dry_run
from pb_common.paths import SETTINGS

_PATH = f"{SETTINGS}/test/email"


def test_email(client: Client, args: argparse.Namespace) -> Any:
    """Have the server send one of its mails, with made-up data, and return to whom (POST /api/settings/test/email)."""
    body = {"email": args.email, "template": args.template, "collection": args.collection}
    body = {key: value for key, value in body.items() if value is not None}
    if args.dry_run:
        return dry_run("POST", _PATH, body=body)
    values = read(client)
    server = f"{values['smtp.host']}:{values['smtp.port']}" if values["smtp.enabled"] else "sendmail"
    try:
        client.call("POST", _PATH, body)
    except PBRequestError as error:
        error.hint = error.hint or _advice(error, values, server)
        raise
    if not values["smtp.enabled"]:
        client.warn("SMTP is off: the server gave the mail to the `sendmail` of its machine.")
    return {"sent": args.email, "template": args.template, "through": server, "from": values["meta.senderAddress"]}


def _advice(error: PBRequestError, values: dict[str, Any], server: str) -> str | None:
    if isinstance(error.data, dict) and error.data.get("data"):  # it says itself what is wrong with the request
        return None
    if not values["smtp.enabled"]:
        on = script_command("pb_settings.py set smtp.enabled=true smtp.host=HOST")
        return f"SMTP is off, so `sendmail` was tried. Switch it on: {on}"
    tls = "TLS from the first byte" if values["smtp.tls"] else "STARTTLS where it is offered"
    return f"The server sent it through {server}, with {tls}. `get` shows what else is set (smtp)."
