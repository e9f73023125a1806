"""Set one API rule of a collection."""

from __future__ import annotations

import argparse
from typing import cast

from _pb.collections.edits import change
from _pb.collections.names import look
from _pb.collections.sending import one_at_a_time
from pb_common import Client, Outcome, PBUsageError
from pb_common.schema_types import Collection


@one_at_a_time
def set_rule(client: Client, args: argparse.Namespace) -> Outcome:
    """Set one API rule: an expression, --public ("") or --locked (null, superusers only)."""
    chosen = [args.rule is not None, args.public, args.locked]
    if sum(chosen) != 1:
        raise PBUsageError(
            "Give the rule once: as an expression, with --public or with --locked.",
            hint="For example: set-rule posts list '@request.auth.id != \"\"'",
            code="invalid_expression",
        )
    if args.rule is not None and args.rule.strip() in ("", "null"):
        meant = {"": "--public lets anyone in, guests included", "null": "--locked lets only superusers in"}
        raise PBUsageError(
            f"The rule is {args.rule!r}, which is no expression.",
            hint=f"Say it by name: {meant[args.rule.strip()]}.",
            code="invalid_expression",
        )
    rule = "" if args.public else args.rule
    return change(client, args, look(client, args.name), cast("Collection", {f"{args.action}Rule": rule}))
