"""One change of one collection, checked, planned, guarded and sent."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.collections.checking import Permission, guard, resolved, touched, with_rows
from _pb.collections.ignored import warn_of_lost_properties
from _pb.collections.names import Look
from _pb.collections.sending import carry_out
from _pb.collections.view_queries import refuse_bad_queries
from _pb.schema.document import require_names
from pb_common import Client
from pb_common.destroying import missing_options
from pb_common.output import dry_run
from pb_common.paths import collection_path
from pb_common.schema_types import Collection


def change_collection(
    client: Client, args: argparse.Namespace, seen: Look, changes: Collection, drops: Permission
) -> tuple[Any, str | None]:
    """Change properties of the chosen collection and return it as saved, with the hint about its migration.

    A dry run returns the plan, with the hint that says what would be refused.
    Raises PBRefused for a drop that is not allowed.
    """
    from _pb.schema.plan import collection_changes, in_few_words

    live, current = seen
    wanted: Collection = {"type": current["type"], "name": current["name"], **changes, "id": current["id"]}
    require_names([wanted], "the input")
    implied = set(wanted) - set(changes)
    desired = resolved(client, [wanted], live, args, implied, replace_fields=True)[0]
    if not args.no_check:
        refuse_bad_queries(client, [wanted], live)
    body = {key: desired.get(key) for key in changes if key != "id"}
    plan = with_rows(client, collection_changes(desired, current, replace_fields="fields" in changes))
    if args.dry_run:
        lost = touched(plan, drops)
        missing = missing_options(client, lost)
        hint = f"Without {missing} it is refused: {lost.sentence}" if missing else None
        return dry_run("PATCH", collection_path(current["id"]), changes=plan), hint
    guard(client, plan, drops, args.verb_name)
    description = in_few_words(plan, current["name"])
    applied = carry_out(client, live, description, "PATCH", collection_path(current["id"]), body)
    saved = applied.after[current["id"]]
    warn_of_lost_properties(client, changes, saved)
    return saved, applied.hint
