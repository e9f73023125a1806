"""Fields that will take less than before while records hold what they then refuse."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Callable

from _pb.schema.after import Change
from _pb.schema.fields import is_multiple
from _pb.schema.findings import Finding
from pb_common.schema_types import Field

# What the server is asked at once: a filter has a limit.
_MOST_VALUES = 50


def narrowed_warnings(changed: Change, count: Callable[..., int] | None) -> Iterator[Finding]:
    """Yield the fields in which records have values that their new limits refuse: such a record cannot be saved again.

    `count` returns the number of records of a collection that match a filter. Limits that no filter can tell (the
    length of a text, a pattern) are left out.
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
            for key, refused in _refused(before, field):
                rows = count(item.live["name"], refused)
                if rows:
                    message = f"The new {key} refuses what {rows} existing records have: each later update of such a"
                    place = f"{item.after['name']}.{field['name']}"
                    yield Finding("narrowed", place, f"{message} record fails.", "Change them first.", (position,))


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
    if is_multiple(before) and is_multiple(after):
        most, least = after["maxSelect"], after.get("minSelect") or 0
        if most < before["maxSelect"]:
            yield "maxSelect", f"{name}:length > {most}"
        if least > (before.get("minSelect") or 0):
            yield "minSelect", f"{name}:length > 0 && {name}:length < {least}"


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
