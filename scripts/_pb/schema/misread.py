"""Literals that a rule or a filter compares otherwise than they read, as PocketBase compares what it has stored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from _pb.languages.rules import Comparison, Operand, RuleError, comparisons, parse
from _pb.languages.spans import replaced
from _pb.schema.fields import MULTIPLE_TYPES, is_multiple
from _pb.schema.literals import JUDGES, NUMBER_MACROS, Compared, Misread, of_json, of_null
from _pb.schema.lookup import Schema
from _pb.schema.rule_paths import LITERALS, find

if TYPE_CHECKING:  # each command with a filter pays for what is loaded here
    from pb_common.schema_types import Collection, Field

_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
# What a function gives, as the kind of a field.
_GIVEN = {"strftime": "text", "geoDistance": ":number"}


def misread(expression: str, base: Collection, schema: Schema) -> list[Misread]:
    """Return the comparisons in a rule or filter of a collection whose literal is misread; none if it is broken."""
    try:
        rule = parse(expression)
    except RuleError:
        return []
    literals = [one for item in comparisons(rule) for one in _compared(expression, item, base, schema)]
    told_from_null = {compared.path.text for compared in literals if _is_null(compared.literal)}
    found = []
    for compared in literals:
        judge = of_null if _is_null(compared.literal) else JUDGES.get(compared.field["type"])
        if judge is of_json and compared.path.text in told_from_null:
            continue
        problem = judge(compared) if judge else None
        if problem:
            shown = expression[compared.comparison.start : compared.comparison.end]
            found.append(problem._replace(message=f"`{shown}`: {problem.message}"))
    return found


def corrected(expression: str, problems: list[Misread]) -> str:
    """Return an expression with what is misread written as it is meant, as far as that is known."""
    return replaced(expression, {change for problem in problems for change in problem.changes})


def _compared(expression: str, comparison: Comparison, base: Collection, schema: Schema) -> Iterator[Compared]:
    """Yield the field of a comparison, or what a function gives, that has a literal on its other side."""
    sign = comparison.sign.lstrip("?")
    left, right = comparison.left, comparison.right
    for path, literal, is_left in ((left, right, True), (right, left, False)):
        field = _field_of(path, base, schema)
        if field and _is_literal(literal, field):
            shown = expression[path.start : path.end]
            named = sign if is_left else _MIRRORED.get(sign, sign)
            yield Compared(shown, path, field, named, literal, comparison, is_left, base, schema)


def _is_literal(operand: Operand, field: Field) -> bool:
    if operand.text in NUMBER_MACROS:
        return field["type"] in ("date", "autodate")
    return operand.kind in ("text", "number") or operand.text.lower() in LITERALS


def _is_null(operand: Operand) -> bool:
    return operand.kind == "path" and operand.text.lower() == "null"


def _field_of(operand: Operand, base: Collection, schema: Schema) -> Field | None:
    """Return the field whose kind of values an operand stands for, None where these are no values of a field."""
    if operand.kind == "call":
        return {"name": operand.text, "type": _GIVEN.get(operand.text, "")}
    if operand.kind != "path":
        return None
    if operand.text.startswith("@request.") and not operand.text.startswith("@request.auth."):
        return None  # comes as it was sent
    found = find(operand.text, base, schema)
    field = found.field
    if not field or found.problem or found.modifier not in ("", "each", "length"):
        return None
    last = operand.names()[0][-1].text
    if found.modifier == "length":
        return {"name": last, "type": ":length" if field["type"] in MULTIPLE_TYPES else ":number"}
    if field["type"] == "geoPoint" and last in ("lon", "lat"):
        return {"name": last, "type": ":coordinate"}
    return None if not found.modifier and is_multiple(field) else field
