"""Fields that will take less than before while records hold what they then refuse."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Callable

from _pb.schema.after import Change
from _pb.schema.fields import is_multiple
from _pb.schema.findings import Finding
from _pb.schema.narrowed_values import Judge, refusing
from pb_common.schema_types import Field

# What the server is asked at once: a filter has a limit.
_MOST_VALUES = 50


def narrowed_warnings(
    changed: Change, count: Callable[..., int] | None, values: Callable[[str, str], Iterator[Any]] | None
) -> Iterator[Finding]:
    """Yield the fields in which records have values that their new limits refuse: such a record cannot be saved again.

    `count` returns the number of records of a collection that match a filter, `values` the values of a field: these are
    read, once a field, for limits that no filter can tell (the length of a text, a pattern).
    """
    for position, item in enumerate(changed.collections):
        if item.live is None or item.after["type"] == "view" or count is None:
            continue
        live = {field["id"]: field for field in item.live["fields"]}
        by_name = {(field["name"], field["type"]): field for field in item.live["fields"]}
        for field in item.after["fields"]:
            before = live.get(field.get("id", "")) or by_name.get((field.get("name", ""), field.get("type", "")))
            if before is None or before["type"] != field.get("type"):
                continue
            name, place = item.live["name"], f"{item.after['name']}.{field['name']}"
            found: dict[str, int | None] = {key: count(name, text) for key, text in _refused(before, field)}
            judges = dict(refusing(before, field))
            if values and judges:
                found.update(_counted(judges, values(name, before["name"])))
            for key, rows in found.items():
                if rows != 0:
                    yield Finding("narrowed", place, _message(key, rows), "Change them first.", (position,))


def _message(key: str, rows: int | None) -> str:
    if rows is None:
        return f"The new {key} may refuse what existing records have: not counted, for only the server can tell."
    return f"The new {key} refuses what {rows} existing records have: each later update of such a record fails."


def _counted(judges: dict[str, Judge | None], values: Iterator[Any]) -> dict[str, int | None]:
    """Return how many values each judge refuses, None for no judge; no value is read that none asks for."""
    known = {key: judge for key, judge in judges.items() if judge}
    rows = dict.fromkeys(known, 0)
    for value in values if known else ():
        for key, judge in known.items():
            rows[key] += judge(value)
    return {key: rows.get(key) for key in judges}


def _refused(before: Field, after: Field) -> Iterator[tuple[str, str]]:
    """Yield each property that takes less than before, with the filter of the records that it refuses."""
    name, kind = before["name"], before["type"]
    if kind in ("number", "date"):
        for key, sign in (("min", "<"), ("max", ">")):
            limit, old = after.get(key), before.get(key)
            if limit not in (None, "") and limit != old:
                # An empty value is for `required` to refuse.
                empty = "0" if kind == "number" else "''"
                yield key, f"{name} != {empty} && {name} {sign} {json.dumps(limit)}"
    elif kind == "select":
        gone = [value for value in before.get("values") or [] if value not in (after.get("values") or [])]
        path, sign = (f"{name}:each", "?=") if is_multiple(before) else (name, "=")
        if gone:
            yield "values", " || ".join(f"{path} {sign} {_text(value)}" for value in gone[:_MOST_VALUES])
    elif kind == "email":
        yield from _domains(name, before, after)
    if is_multiple(after):
        yield from _selections(name, before, after)


def _selections(name: str, before: Field, after: Field) -> Iterator[tuple[str, str]]:
    if is_multiple(before):
        most, least = after["maxSelect"], after.get("minSelect") or 0
        if most < before["maxSelect"]:
            yield "maxSelect", f"{name}:length > {most}"
        if least > (before.get("minSelect") or 0):
            yield "minSelect", f"{name}:length > 0 && {name}:length < {least}"
    elif (after.get("minSelect") or 0) > 1:
        yield "minSelect", f"{name} != ''"


def _domains(name: str, before: Field, after: Field) -> Iterator[tuple[str, str]]:
    only, forbidden = after.get("onlyDomains") or [], after.get("exceptDomains") or []
    if only and only != before.get("onlyDomains"):
        others = " && ".join(f"{name} !~ {_text(f'%@{domain}')}" for domain in only[:_MOST_VALUES])
        yield "onlyDomains", f"{name} != '' && {others}"
    new = [domain for domain in forbidden if domain not in (before.get("exceptDomains") or [])]
    if new:
        yield "exceptDomains", " || ".join(f"{name} ~ {_text(f'%@{domain}')}" for domain in new[:_MOST_VALUES])


def _text(value: str) -> str:
    return "'" + value.replace("'", "\\'") + "'"
