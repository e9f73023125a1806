"""What is wrong with one rule."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from _pb.lint.output import NOTHING as NOTHING
from _pb.lint.output import outcome, shown
from _pb.lint.schema_file import grounds, read_schema
from pb_common import Client, Outcome, PBUsageError

if TYPE_CHECKING:
    from _pb.schema.lookup import Schema
    from _pb.schema.rule_paths import Problem
    from pb_common.schema_types import Collection


def lint_rule(client: Client, args: argparse.Namespace) -> Outcome:
    """Return what is wrong with one rule of a collection that is on the server, or in a file."""
    from _pb.schema.leaks import rule_leaks
    from pb_common.suggest import suggest

    schema, collection, problem = _read(client, args.file, args.collection, args.rule)
    if problem:
        place = f"{collection['name']}.{args.action}Rule"
        fix = suggest(problem.wrong, problem.candidates) if problem.candidates else ""
        finding = {"kind": "bad-rule", "place": place, "message": f"{problem.message}.", "fix": fix}
        return outcome(client, args, [finding])
    found = rule_leaks(args.rule, args.action, collection, schema)
    warnings = [item for item in found if item.kind == "public-create"]
    return outcome(client, args, [shown(item) for item in found if item not in warnings], map(shown, warnings))


def _read(client: Client, file: str | None, name: str, rule: str) -> tuple[Schema, Collection, Problem | None]:
    """Return the schema in which the rule makes most sense, the rule's collection in it, and the rule's mistake."""
    from _pb.schema.rule_paths import rule_problem
    from pb_common.suggest import suggest

    for schema in _schemas(client, file):
        collection = schema.get(name)
        if collection is None:
            names = [item["name"] for item in schema.collections]
            raise PBUsageError(
                f"There is no collection {name!r}.", hint=suggest(name, names), code="unknown_collection"
            )
        problem = rule_problem(rule, collection, schema) if rule else None
        read = schema, collection, problem
        if problem is None:
            break
    return read


def _schemas(client: Client, file: str | None) -> Iterator[Schema]:
    from _pb.schema.after import change
    from _pb.schema.lookup import Schema

    if file is None:
        from pb_common.collections import get_collections

        yield Schema(get_collections(client))
        return
    read = read_schema(file)
    for ground in grounds(client, read):
        yield change(read.collections, ground, False, False).after
