"""Filters that do not say what they seem to: told before the answer, and refused where something would be deleted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from _pb.languages.rules import Operand, RuleError, parse, paths
from _pb.schema.fields import is_multiple
from _pb.schema.literals import Misread
from _pb.schema.lookup import Schema
from _pb.schema.misread import corrected, misread
from _pb.schema.rule_paths import find
from pb_common import Client, PBUsageError
from pb_common.collections import known_collection, known_collections

if TYPE_CHECKING:
    from pb_common.schema_types import Collection


class Checked(NamedTuple):
    """A filter with what is misread in it."""

    expression: str
    problems: list[Misread]


def checked(client: Client, collection: str, expression: str) -> Checked:
    """Return what is misread in a filter of a collection; the server says itself what it cannot read."""
    try:
        rule = parse(expression)
    except RuleError:
        return Checked(expression, [])
    base = known_collection(client, collection)
    schema = Schema(known_collections(client))
    problems = misread(expression, base, schema)
    if any(_is_list(path, base, schema) for path in paths(rule)):
        from _pb.schema.leaks import lists_as_values

        lists = lists_as_values(rule, base["name"], base, schema)
        problems += [Misread(f"{item.message} {item.fix}") for item in lists]
    return Checked(expression, problems)


def _is_list(path: Operand, base: Collection, schema: Schema) -> bool:
    found = find(path.text, base, schema)
    return found.field is not None and not found.modifier and is_multiple(found.field)


def warn(client: Client, found: Iterable[Checked]) -> None:
    """Warn of each comparison that is misread."""
    for filter in found:
        for problem in filter.problems:
            client.warn(problem.message)


def refuse(filter: Checked) -> None:
    """Raise PBUsageError with the corrected filter if a comparison is certainly misread."""
    certain = [problem for problem in filter.problems if problem.certain]
    if certain:
        import shlex

        better = corrected(filter.expression, certain)
        hint = f"If this is meant: --filter {shlex.quote(better)}" if better != filter.expression else None
        raise PBUsageError(" ".join(problem.message for problem in certain), hint=hint, code="invalid_expression")
