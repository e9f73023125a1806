"""The settings as a file to review, keep in git and apply."""

from __future__ import annotations

import argparse
import json
from typing import Any

from _pb.settings.document import SECRETS, nested, read
from pb_common import Client, Outcome
from pb_common.output import write_file


def export_settings(client: Client, args: argparse.Namespace) -> Any:
    """Return all settings, or write them to a file (GET /api/settings).

    A secret that is in use stands there as ${NAME}: `apply` takes it from the environment or from .env.
    """
    values = read(client)
    needed = {"smtp.password": bool(values["smtp.username"])}
    needed.update({name: values[name.replace(".secret", ".enabled")] for name in SECRETS if name.endswith(".secret")})
    for name, variable in SECRETS.items():
        values.pop(name, None)
        if needed[name]:
            values[name] = f"${{{variable}}}"
    document = nested(values)
    named = [variable for name, variable in SECRETS.items() if needed[name]]
    hint = f"apply wants these set, in the environment or in .env: {', '.join(named)}." if named else None
    if args.file is None:
        return Outcome(document, hint=hint)
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    return Outcome({"file": write_file(args.file, text), "variables": named}, hint=hint)
