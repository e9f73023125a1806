"""Add an index to a collection."""

from __future__ import annotations

import argparse

from _pb.collections.edits import change, field_of
from _pb.collections.names import look
from _pb.collections.sending import one_at_a_time
from pb_common import Client, Outcome, PBUsageError


@one_at_a_time
def add_index(client: Client, args: argparse.Namespace) -> Outcome:
    """Add an index: a CREATE INDEX statement, or the columns it covers."""
    seen = look(client, args.name)
    collection = seen.chosen
    statement = args.index
    if "(" not in statement:
        columns = [column.strip() for column in statement.split(",")]
        for column in columns:
            field_of(collection, column)
        name = f"idx_{collection['name']}_{'_'.join(columns)}"
        quoted = ", ".join(f"`{column}`" for column in columns)
        kind = "UNIQUE INDEX" if args.unique else "INDEX"
        statement = f"CREATE {kind} `{name}` ON `{collection['name']}` ({quoted})"
    elif args.unique:
        raise PBUsageError(
            "--unique goes with columns; a statement says it itself.",
            hint="CREATE UNIQUE INDEX ...",
            code="wrong_command_line",
        )
    return change(client, args, seen, {"indexes": [*collection["indexes"], statement]})
