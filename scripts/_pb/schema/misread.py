"""Literals that a rule or a filter compares otherwise than they read, as PocketBase compares what it has stored.

A date is stored as a text, `2024-12-31 10:00:00.000Z`, and compared as one; a number and a bool are numbers. So a date
written in another way is before or after all times of its day, and `bool = "true"` never holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Callable, NamedTuple, Optional

from _pb.languages.rules import Comparison, Operand, RuleError, comparisons, parse
from _pb.languages.spans import replaced
from _pb.schema.fields import is_multiple
from _pb.schema.lookup import Schema
from _pb.schema.rule_paths import LITERALS, find
from pb_common.suggest import suggest

if TYPE_CHECKING:  # each command with a filter pays for what is loaded here
    from pb_common.schema_types import Collection, Field

_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*")
# The beginning of a date that names no day.
_MONTH = re.compile(r"\d{4}(-\d\d)?")
# What a function gives, as the kind of a field.
_GIVEN = {"strftime": "text", "geoDistance": ":number"}
_NUMBER_MACROS = {"@second", "@minute", "@hour", "@day", "@month", "@weekday", "@year"}
# What the records of a relation may be called by.
_NAMES = ("name", "title", "username", "email", "slug")


class Misread(NamedTuple):
    """A comparison that does not say what it seems to: why, and the parts of the expression to replace, if it is known.

    `certain` is False where the comparison may be meant all the same.
    """

    message: str
    changes: tuple[tuple[int, int, str], ...] = ()
    certain: bool = True


class _Compared(NamedTuple):
    """A field beside a literal: `sign` is the one between them, read from the field on and without its question mark.

    `shown` is the path of the field, or the call of a function, as it is written; `is_left` tells whether it stands on
    the left.
    """

    shown: str

    path: Operand
    field: Field
    sign: str
    literal: Operand
    comparison: Comparison
    is_left: bool
    schema: Schema


_Judge = Callable[[_Compared], Optional[Misread]]


def misread(expression: str, base: Collection, schema: Schema) -> list[Misread]:
    """Return the comparisons in a rule or filter of a collection whose literal is misread; none if it is broken."""
    try:
        rule = parse(expression)
    except RuleError:
        return []
    found = []
    for comparison in comparisons(rule):
        for compared in _compared(expression, comparison, base, schema):
            judge = _JUDGES.get(compared.field["type"])
            problem = judge(compared) if judge else None
            if problem:
                shown = expression[comparison.start : comparison.end]
                found.append(problem._replace(message=f"`{shown}`: {problem.message}"))
    return found


def corrected(expression: str, problems: list[Misread]) -> str:
    """Return an expression with what is misread written as it is meant, as far as that is known."""
    return replaced(expression, {change for problem in problems for change in problem.changes})


def _compared(expression: str, comparison: Comparison, base: Collection, schema: Schema) -> Iterator[_Compared]:
    """Yield the field of a comparison, or what a function gives, that has a literal on its other side."""
    sign = comparison.sign.lstrip("?")
    left, right = comparison.left, comparison.right
    for path, literal, is_left in ((left, right, True), (right, left, False)):
        field = _field_of(path, base, schema)
        if field and _is_literal(literal, field):
            shown = expression[path.start : path.end]
            named = sign if is_left else _MIRRORED.get(sign, sign)
            yield _Compared(shown, path, field, named, literal, comparison, is_left, schema)


def _is_literal(operand: Operand, field: Field) -> bool:
    if operand.text in _NUMBER_MACROS:
        return field["type"] in ("date", "autodate")
    return operand.kind in ("text", "number") or operand.text.lower() in LITERALS - {"null"}


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
    if found.modifier == "length" or (field["type"] == "geoPoint" and last in ("lon", "lat")):
        return {"name": last, "type": ":number"}
    return None if not found.modifier and is_multiple(field) else field


def _of_date(compared: _Compared) -> Misread | None:
    from _pb.languages.dates import to_utc

    text = compared.literal.text
    if compared.literal.kind == "text" and not text:
        return None  # no date
    if text in _NUMBER_MACROS:
        return Misread(f"{text} is a number, and no date. Dates are @now, @todayStart, @monthStart, @yearStart, ...")
    try:
        stored = to_utc(f"{text}-01-01"[:10] if _MONTH.fullmatch(text) else text)
    except ValueError:
        if compared.sign in ("~", "!~"):
            return None
        return Misread(f"{_shown(compared)} is no date, and is compared as a text. A date is such as {_EXAMPLE}.")
    begins = compared.literal.kind == "text" and stored.startswith(text)
    as_written = {"<": begins, ">=": begins, "~": text in stored, "!~": text in stored}
    if text == stored or as_written.get(compared.sign):
        return None
    reason = f"PocketBase stores this moment as {stored!r} and compares texts, so that {_shown(compared)} is another."
    if begins and compared.sign in ("=", "!="):
        any_of = "?" if compared.comparison.sign.startswith("?") else ""
        like = f"{any_of}{'!' if compared.sign == '!=' else ''}~"
        whole = f'{compared.shown} {like} "{text}"'
        change = (compared.comparison.start, compared.comparison.end, whole)
        return Misread(f"{reason} Write: {whole}", (change,))
    return _written(compared, reason, f'"{stored}"')


def _of_number(compared: _Compared) -> Misread | None:
    text = compared.literal.text
    if compared.literal.kind != "text" or compared.sign in ("~", "!~"):
        return None
    is_bare = compared.field["type"] == ":number"
    if _NUMBER.fullmatch(text):
        return (
            _written(compared, "a text is never less than a number, nor the same.", text.strip()) if is_bare else None
        )
    if not text:
        return _written(compared, "a number is never empty; without a value it is 0.", "0")
    return Misread(f"{_shown(compared)} is no number: no value is equal to it, and all are less.")


def _of_bool(compared: _Compared) -> Misread | None:
    text = compared.literal.text.lower()
    if compared.literal.kind == "path" or text in ("0", "1"):
        return None
    if text in ("true", "false", ""):
        return _written(compared, f"{_shown(compared)} is a text, which no bool is equal to.", text or "false")
    return Misread(f"{_shown(compared)} is neither true nor false, and no bool is equal to it.")


def _of_select(compared: _Compared) -> Misread | None:
    values, text = compared.field.get("values") or [], compared.literal.text
    if compared.literal.kind != "text" and text in values:
        return _of_text(compared)
    if compared.sign not in ("=", "!=") or not text or text in values:
        return None
    return Misread(f"{compared.field['name']} has no value {_shown(compared)}. {suggest(text, values)}", certain=False)


def _of_relation(compared: _Compared) -> Misread | None:
    text = compared.literal.text
    target = compared.schema.get(str(compared.field.get("collectionId")))
    if compared.sign not in ("=", "!=") or not text or target is None:
        return None
    fields = compared.schema.fields(target)
    if compared.literal.kind != "text":
        return _of_text(compared)
    if "id" not in fields or _may_be_id(text, fields["id"]):
        return None
    reason = f"a relation holds ids, and {_shown(compared)} is no id of {target['name']}."
    name = next((name for name in _NAMES if name in fields), "")
    if not name:
        return Misread(f"{reason} Write {compared.shown.partition(':')[0]}.FIELD")
    path = f"{compared.shown.partition(':')[0]}.{name}"
    return Misread(f"{reason} Write: {path}", ((compared.path.start, compared.path.end, path),))


def _may_be_id(text: str, field: Field) -> bool:
    long_enough = (field.get("min") or 0) <= len(text) <= (field.get("max") or len(text))
    try:
        return long_enough and re.search(field.get("pattern") or "", text) is not None
    except re.error:  # Go knows patterns that Python does not
        return long_enough


def _of_text(compared: _Compared) -> Misread | None:
    """Judge a number or a bool beside a text: 5 is compared as "5.0" and true as "1", and 9 comes after 10."""
    if compared.literal.kind == "text" or compared.sign in ("~", "!~"):
        return None
    reason = f"{compared.field['name']} gives texts, and {_shown(compared)} without quotes is another text."
    return _written(compared, reason, f'"{compared.literal.text}"')


def _written(compared: _Compared, reason: str, literal: str) -> Misread:
    """Return the problem of a literal that has to be written in another way."""
    path, sign = compared.shown, compared.comparison.sign
    shown = f"{path} {sign} {literal}" if compared.is_left else f"{literal} {sign} {path}"
    change = (compared.literal.start, compared.literal.end, literal)
    return Misread(f"{reason} Write: {shown}", (change,))


def _shown(compared: _Compared) -> str:
    literal = compared.literal
    return f'"{literal.text}"' if literal.kind == "text" else literal.text


_EXAMPLE = '"2024-12-31 10:00:00.000Z"'
_JUDGES: dict[str, _Judge] = {
    "date": _of_date,
    "autodate": _of_date,
    "number": _of_number,
    ":number": _of_number,
    "bool": _of_bool,
    "select": _of_select,
    "relation": _of_relation,
    "text": _of_text,
    "email": _of_text,
    "editor": _of_text,
    "url": _of_text,
}
