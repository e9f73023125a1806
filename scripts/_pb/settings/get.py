"""Show the settings."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.settings.document import DEFAULTS, leaves, nested, read, without_secret_values
from pb_common import Client, Outcome


def get_settings(client: Client, args: argparse.Namespace) -> Any:
    """Return the settings that differ from those of a new server, all with --all (GET /api/settings).

    The server never tells secrets; should something else do so, they are masked.
    """
    live = without_secret_values(read(client))
    if args.all:
        return nested(live)
    defaults = leaves(DEFAULTS)
    differing = {name: value for name, value in live.items() if name not in defaults or defaults[name] != value}
    hint = None if differing else "Everything is as a new server has it; --all shows it."
    return Outcome(nested(differing), hint=hint)
