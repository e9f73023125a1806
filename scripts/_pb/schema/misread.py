"""Literals that a rule or a filter compares otherwise than they read, as PocketBase compares what it has stored.

A date is stored as a text, `2024-12-31 10:00:00.000Z`, and compared as one; a number and a bool are numbers. So a date
written in another way is before or after all times of its day, and `bool = "true"` never holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Callable, NamedTuple, Optional, cast

from _pb.languages.rules import Comparison, Operand, RuleError, comparisons, parse
from _pb.languages.spans import replaced
from _pb.schema.fields import is_multiple
from _pb.schema.lookup import Schema
from _pb.schema.rule_paths import LITERALS, find
from pb_common.suggest import suggest

if TYPE_CHECKING:  # each command with a filter pays for what is loaded here
    from _pb.schema.types import Collection, Field

_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*")
# The beginning of a date that names no day.
_MONTH = re.compile(r"\d{4}(-\d\d)?")
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

    `is_left` tells whether the field stands on the left.
    """

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
        for compared in _compared(comparison, base, schema):
            judge = _JUDGES.get(compared.field["type"])
            problem = judge(compared) if judge else None
            if problem:
                shown = expression[comparison.start : comparison.end]
                found.append(problem._replace(message=f"`{shown}`: {problem.message}"))
    return found


def corrected(expression: str, problems: list[Misread]) -> str:
    """Return an expression with what is misread written as it is meant, as far as that is known."""
    return replaced(expression, {change for problem in problems for change in problem.changes})


def _compared(comparison: Comparison, base: Collection, schema: Schema) -> Iterator[_Compared]:
    """Yield the field of a comparison that has a literal on its other side."""
    sign = comparison.sign.lstrip("?")
    left, right = comparison.left, comparison.right
    for path, literal, is_left in ((left, right, True), (right, left, False)):
        if path.kind != "path" or not _is_literal(literal):
            continue
        if path.text.startswith("@request.") and not path.text.startswith("@request.auth."):
            continue  # comes as it was sent
        found = find(path.text, cast("dict[str, Any]", base), schema)
        at_its_end = cast("Field | None", found.field)
        field = _compared_as(at_its_end, found.modifier) if at_its_end and not found.problem else None
        if field:
            named = sign if is_left else _MIRRORED.get(sign, sign)
            yield _Compared(path, field, named, literal, comparison, is_left, schema)


def _is_literal(operand: Operand) -> bool:
    return operand.kind in ("text", "number") or operand.text.lower() in LITERALS - {"null"}


def _compared_as(field: Field, modifier: str) -> Field | None:
    """Return the field whose kind of values a path stands for, None where these are no values of a field."""
    if modifier == "length":
        return {"name": field["name"], "type": ":length"}
    if modifier not in ("", "each") or (not modifier and is_multiple(cast("dict[str, Any]", field))):
        return None
    return field


def _of_date(compared: _Compared) -> Misread | None:
    from _pb.languages.dates import to_utc

    text = compared.literal.text
    if compared.literal.kind == "text" and not text:
        return None  # no date
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
        whole = f'{compared.path.text} {like} "{text}"'
        change = (compared.comparison.start, compared.comparison.end, whole)
        return Misread(f"{reason} Write: {whole}", (change,))
    return _written(compared, reason, f'"{stored}"')


def _of_number(compared: _Compared) -> Misread | None:
    text = compared.literal.text
    if compared.literal.kind != "text" or compared.sign in ("~", "!~"):
        return None
    is_counted = compared.field["type"] == ":length"
    if _NUMBER.fullmatch(text):
        return _written(compared, "a text is never the same as a number.", text.strip()) if is_counted else None
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
    if "id" not in fields or _may_be_id(text, cast("Field", fields["id"])):
        return None
    reason = f"a relation holds ids, and {_shown(compared)} is no id of {target['name']}."
    name = next((name for name in _NAMES if name in fields), "")
    if not name:
        return Misread(f"{reason} Write {compared.path.text.partition(':')[0]}.FIELD")
    path = f"{compared.path.text.partition(':')[0]}.{name}"
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
    reason = f"{compared.field['name']} holds texts, and {_shown(compared)} without quotes is another text."
    return _written(compared, reason, f'"{compared.literal.text}"')


def _written(compared: _Compared, reason: str, literal: str) -> Misread:
    """Return the problem of a literal that has to be written in another way."""
    path, sign = compared.path.text, compared.comparison.sign
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
    ":length": _of_number,
    "bool": _of_bool,
    "select": _of_select,
    "relation": _of_relation,
    "text": _of_text,
    "email": _of_text,
    "editor": _of_text,
    "url": _of_text,
}
