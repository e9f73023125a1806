"""What is wrong with one rule."""

from __future__ import annotations

import argparse

from _pb.lint.output import outcome, shown
from _pb.lint.schema_file import collections_of
from pb_common import Client, Outcome, PBUsageError


def lint_rule(client: Client, args: argparse.Namespace) -> Outcome:
    """Return what is wrong with one rule of a collection that is on the server, or in a file."""
    from _pb.schema.leaks import rule_leaks
    from _pb.schema.lookup import Schema
    from _pb.schema.rule_paths import rule_problem
    from pb_common.suggest import suggest

    schema = Schema(collections_of(client, args.file))
    collection = schema.get(args.collection)
    if collection is None:
        names = [item["name"] for item in schema.collections]
        raise PBUsageError(f"There is no collection {args.collection!r}.", hint=suggest(args.collection, names))
    problem = rule_problem(args.rule, collection, schema) if args.rule else None
    if problem:
        place = f"{collection['name']}.{args.action}Rule"
        fix = suggest(problem.wrong.rpartition(".")[2], problem.candidates) if problem.candidates else ""
        finding = {"kind": "bad-rule", "place": place, "message": f"{problem.message}.", "fix": fix}
        return Outcome([finding], success=False)
    found = rule_leaks(args.rule, args.action, collection, schema)
    warnings = [item for item in found if item.kind == "public-create"]
    return outcome(client, [shown(item) for item in found if item not in warnings], warnings)
