"""Judges of literals, one for each kind of field: whether a literal is compared as it reads.

A date is stored as a text, `2024-12-31 10:00:00.000Z`, and compared as one; a number and a bool are numbers, and are
never null. So a date written in another way is before or after all times of its day, `bool = "true"` never holds, and
`number != null` always does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Callable, NamedTuple, Optional

from _pb.languages.rules import Comparison, Operand
from _pb.schema.lookup import Schema
from _pb.schema.rule_paths import find
from pb_common.suggest import suggest

if TYPE_CHECKING:  # each command with a filter pays for what is loaded here
    from pb_common.schema_types import Collection, Field

NUMBER_MACROS = {"@second", "@minute", "@hour", "@day", "@month", "@weekday", "@year"}
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*")
# What a number's text can hold, and that of a date and the shape of it.
_PART_OF_NUMBER = re.compile(r"[\d.eE+-]*")
_STORED_DATE = "0000-00-00 00:00:00.000Z"
# The beginning of a date that names no day.
_MONTH = re.compile(r"\d{4}(-\d\d)?")
# What the records of a relation may be called by.
_NAMES = ("name", "title", "username", "email", "slug")
_LIKE = ("~", "!~")
_EQUAL = ("=", "!=")
_UNLIKE = ("!=", "!~")


class Misread(NamedTuple):
    """A comparison that does not say what it seems to: why, and the parts of the expression to replace, if it is known.

    `certain` is False where the comparison may be meant all the same.
    """

    message: str
    changes: tuple[tuple[int, int, str], ...] = ()
    certain: bool = True


class Compared(NamedTuple):
    """A field beside a literal: `sign` is the one between them, read from the field on and without its question mark.

    `shown` is the path of the field, or the call of a function, as it is written; `is_left` tells whether it stands on
    the left, and `base` is the collection of the expression.
    """

    shown: str
    path: Operand
    field: Field
    sign: str
    literal: Operand
    comparison: Comparison
    is_left: bool
    base: Collection
    schema: Schema


Judge = Callable[[Compared], Optional[Misread]]


def _of_date(compared: Compared) -> Misread | None:
    from _pb.languages.dates import to_utc

    text = compared.literal.text
    if compared.literal.kind == "text" and not text:
        return None  # no date
    if text in NUMBER_MACROS:
        return Misread(f"{text} is a number, and no date. Dates are @now, @todayStart, @monthStart, @yearStart, ...")
    try:
        stored = to_utc(f"{text}-01-01"[:10] if _MONTH.fullmatch(text) else text)
    except ValueError:
        if compared.sign in _LIKE:
            return _of_part_of_date(compared)
        return Misread(f"{_shown(compared)} is no date, and is compared as a text. A date is such as {_EXAMPLE}.")
    begins = compared.literal.kind == "text" and stored.startswith(text)
    as_written = {"<": begins, ">=": begins, "~": text in stored, "!~": text in stored}
    if text == stored or as_written.get(compared.sign):
        return None
    reason = f"PocketBase stores this moment as {stored!r} and compares texts, so that {_shown(compared)} is another."
    if begins and compared.sign in _EQUAL:
        any_of = "?" if compared.comparison.sign.startswith("?") else ""
        like = f"{any_of}{'!' if compared.sign == '!=' else ''}~"
        whole = f'{compared.shown} {like} "{text}"'
        change = (compared.comparison.start, compared.comparison.end, whole)
        return Misread(f"{reason} Write: {whole}", (change,))
    return _written(compared, reason, f'"{stored}"')


def _of_part_of_date(compared: Compared) -> Misread | None:
    """Judge a text that is looked for in a date: `2025-01-01T12` is in none."""
    text = compared.literal.text
    if "%" in text or _is_part_of_date(text):
        return None
    reason = f"{_shown(compared)} is no part of a date, which PocketBase stores such as {_EXAMPLE}."
    better = text.replace("T", " ", 1)
    return _written(compared, reason, f'"{better}"') if _is_part_of_date(better) else Misread(reason)


def _is_part_of_date(text: str) -> bool:
    return re.sub(r"\d", "0", text).upper() in _STORED_DATE


def _of_number(compared: Compared) -> Misread | None:
    text = compared.literal.text
    if compared.literal.kind != "text":
        return None
    if compared.sign in _LIKE:
        is_part = "%" in text or _PART_OF_NUMBER.fullmatch(text)
        return None if is_part else Misread(f"{_shown(compared)} is no part of a number.")
    is_bare = compared.field["type"] in (":number", ":coordinate", ":length")
    if _NUMBER.fullmatch(text):
        return (
            _written(compared, "a text is never less than a number, nor the same.", text.strip()) if is_bare else None
        )
    if not text:
        return _written(compared, "a number is never empty; without a value it is 0.", "0")
    return Misread(f"{_shown(compared)} is no number: no value is equal to it, and all are less.")


def _of_bool(compared: Compared) -> Misread | None:
    text = compared.literal.text.lower()
    if compared.literal.kind == "path" or text in ("0", "1"):
        return None
    if text in ("true", "false", ""):
        return _written(compared, f"{_shown(compared)} is a text, which no bool is equal to.", text or "false")
    return Misread(f"{_shown(compared)} is neither true nor false, and no bool is equal to it.")


def _of_select(compared: Compared) -> Misread | None:
    values, text = compared.field.get("values") or [], compared.literal.text
    if compared.literal.kind != "text" and text in values:
        return _of_text(compared)
    if not text or text in values or (compared.sign in _LIKE and _is_in_any(text, values)):
        return None
    message = f"{compared.field['name']} has no value {_shown(compared)}. {suggest(text, values)}"
    return Misread(message, certain=compared.sign in _UNLIKE) if compared.sign in (*_EQUAL, *_LIKE) else None


def _is_in_any(text: str, values: list[str]) -> bool:
    return "%" in text or any(text.lower() in value.lower() for value in values)


def _of_relation(compared: Compared) -> Misread | None:
    target = compared.schema.get(str(compared.field.get("collectionId")))
    fields = compared.schema.fields(target) if target else {}
    if target is None or "id" not in fields:
        return None
    path = compared.shown.partition(":")[0]
    return _of_id(compared, fields["id"], target, f"{path}.")


def _of_id(compared: Compared, id_field: Field, target: Collection, to_target: str) -> Misread | None:
    """Judge what is compared with ids of a collection, whose other fields are reached by a path's beginning."""
    text = compared.literal.text
    if compared.sign not in (*_EQUAL, *_LIKE) or not text:
        return None
    if compared.literal.kind != "text":
        return _of_bare(compared)
    if _may_be_id(text, id_field, whole=compared.sign in _EQUAL):
        return None
    reason = f"{compared.field['name']} holds ids, and {_shown(compared)} is no id of {target['name']}."
    certain = compared.sign != "~"  # a part of an id is found whatever its case
    name = next((name for name in _NAMES if name in compared.schema.fields(target)), "")
    if not name:
        return Misread(f"{reason} Compare another field: {to_target}FIELD", certain=certain)
    path, written = f"{to_target}{name}", f'"{text}"'
    parts = (path, compared.comparison.sign, written)
    change = (compared.path.start, compared.path.end, path)
    return Misread(f"{reason} Write: {' '.join(parts if compared.is_left else parts[::-1])}", (change,), certain)


def _may_be_id(text: str, field: Field, *, whole: bool) -> bool:
    """Tell whether a text may be an id, or where not the whole is asked for, a part of one."""
    if not whole and "%" in text:
        return True
    long_enough = not whole or (field.get("min") or 0) <= len(text) <= (field.get("max") or len(text))
    try:
        return long_enough and re.search(field.get("pattern") or "", text) is not None
    except re.error:  # Go knows patterns that Python does not
        return long_enough


def _of_text(compared: Compared) -> Misread | None:
    """Judge what is beside a text, which may be the id of a record."""
    if not compared.field.get("primaryKey"):
        return _of_bare(compared)
    before = compared.path.text.rpartition(".")[0]
    if not before:
        return _of_id(compared, compared.field, compared.base, "")
    relation = find(before, compared.base, compared.schema).field
    target = compared.schema.get(str((relation or {}).get("collectionId")))
    return _of_id(compared, compared.field, target, f"{before}.") if target else None


def _of_bare(compared: Compared) -> Misread | None:
    """Judge a number or a bool beside a text: 5 is compared as "5.0" and true as "1", and 9 comes after 10."""
    if compared.literal.kind == "text" or compared.sign in _LIKE:
        return None
    reason = f"{compared.field['name']} gives texts, and {_shown(compared)} without quotes is another text."
    return _written(compared, reason, f'"{compared.literal.text}"')


def of_json(compared: Compared) -> Misread | None:
    """Judge an empty text beside a json field, which without a value is null."""
    if compared.literal.kind != "text" or compared.literal.text or compared.sign not in _EQUAL:
        return None
    reason = f"{compared.shown} without a value is null, which is not the empty text."
    return _written(compared, reason, "null")._replace(certain=compared.sign == "!=")


def _of_place(compared: Compared) -> Misread | None:
    text = compared.literal.text
    if compared.sign in _LIKE or text.startswith("{"):
        return None
    reason = f"{compared.field['name']} is an object of lon and lat, which {_shown(compared)} never is."
    if compared.sign not in _EQUAL or text.lower() not in ("", "null"):
        return Misread(reason)
    join = "&&" if compared.sign == "=" else "||"
    path, sign = compared.shown, compared.comparison.sign
    whole = f"({path}.lon {sign} 0 {join} {path}.lat {sign} 0)"
    change = (compared.comparison.start, compared.comparison.end, whole)
    return Misread(f"{reason} Without a value both are 0. Write: {whole}", (change,))


def of_null(compared: Compared) -> Misread | None:
    """Judge a null beside a field: a number, a bool and a geoPoint are never null, and nothing is more or less."""
    if compared.sign not in _EQUAL:
        return Misread("nothing is more or less than null, or like it: this never holds.")
    empty = _WITHOUT_VALUE.get(compared.field["type"])
    if empty is None or len(compared.path.names()[0]) > (2 if compared.field["type"] == ":coordinate" else 1):
        return None  # of a record that a relation does not lead to all is null
    if compared.field["type"] == "geoPoint":
        return _of_place(compared)
    return _written(compared, f"it is never null; without a value it is {empty}.", empty)


def _written(compared: Compared, reason: str, literal: str) -> Misread:
    """Return the problem of a literal that has to be written in another way."""
    path, sign = compared.shown, compared.comparison.sign
    shown = f"{path} {sign} {literal}" if compared.is_left else f"{literal} {sign} {path}"
    change = (compared.literal.start, compared.literal.end, literal)
    return Misread(f"{reason} Write: {shown}", (change,))


def _shown(compared: Compared) -> str:
    literal = compared.literal
    return f'"{literal.text}"' if literal.kind == "text" else literal.text


# What a field holds that has no value, for those in which that is not null to PocketBase.
_WITHOUT_VALUE = {"number": "0", ":coordinate": "0", ":length": "0", "bool": "false", "geoPoint": "{}"}
_EXAMPLE = '"2024-12-31 10:00:00.000Z"'
JUDGES: dict[str, Judge] = {
    "date": _of_date,
    "autodate": _of_date,
    "number": _of_number,
    ":number": _of_number,
    ":coordinate": _of_number,
    ":length": _of_number,
    "bool": _of_bool,
    "json": of_json,
    "geoPoint": _of_place,
    "select": _of_select,
    "relation": _of_relation,
    "text": _of_text,
    "email": _of_text,
    "editor": _of_text,
    "url": _of_text,
}
