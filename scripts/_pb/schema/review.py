"""Changes of a schema as a diff that reads like a review: what comes in green, what goes in red, losses at the end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from _pb.schema.lookup import rule_of
from _pb.schema.names import names_by_id
from _pb.schema.plan import losses
from _pb.schema.rule_words import in_words
from pb_common.schema_types import Collection
from pb_common.tables import cell
from pb_common.terminal import Screen

Change = dict[str, Any]
_SIGNS = {"create": "+", "add": "+", "add-index": "+", "drop": "-", "drop-index": "-"}
_KINDS = {
    "collection": "collections",
    "field": "fields",
    "index": "indexes",
    "rule": "rules",
    "option": "options",
}
_COLOURS = {"+": "green", "-": "red", "~": "yellow"}


def review(changes: list[Change], screen: Screen, *, done: bool = False) -> Iterator[str]:
    """Yield the changes by collection, then what would be lost with its rows, and how many there are of each kind.

    `done` says that they were made.
    """
    if not changes:
        yield "Nothing would change."
        return
    for name in dict.fromkeys(change["collection"] for change in changes):
        own = [change for change in changes if change["collection"] == name]
        yield from _collection(name, own, screen)
    yield from _losses(changes, screen, done=done)
    yield ""
    yield screen.paint(f"{_counted(changes, done=done)}.", "bold")


def detailed(changes: list[Change], desired: list[Collection], live: list[Collection]) -> list[Change]:
    """Return the changes with what people are to see of each new collection: its fields' types, and its rules.

    `desired` are the resolved collections that the changes lead to, and `live` those that there are.
    """
    names = names_by_id([*live, *desired])
    made = {item["name"]: item for item in desired}
    return [
        {**change, "lines": _content(made[change["collection"]], names)} if change["action"] == "create" else change
        for change in changes
    ]


def _content(collection: Collection, names: dict[str, str]) -> list[str]:
    lines = []
    for field in collection.get("fields") or ():
        words = [str(field.get("name")), str(field.get("type"))]
        words += ["->", names.get(field["collectionId"], field["collectionId"])] if field.get("collectionId") else []
        words += ["|".join(map(str, field["values"]))] if field.get("values") else []
        lines.append(" ".join([*words, *(["required"] if field.get("required") else [])]))
    rules = [key for key in collection if key.endswith("Rule")]
    lines += [f"{key}: {_rule(rule_of(collection, key))}" for key in rules]
    return lines + list(collection.get("indexes") or ())


def _counted(changes: list[Change], *, done: bool) -> str:
    """Return how many collections, fields, indexes and properties are added, changed and removed."""
    told = []
    for sign, words in {"+": ("to add", "added"), "~": ("to change", "changed"), "-": ("to remove", "removed")}.items():
        kinds = [_kind(change) for change in changes if _sign(change) == sign]
        of_each = [
            f"{kinds.count(kind)} {kind if kinds.count(kind) == 1 else many}"
            for kind, many in _KINDS.items()
            if kind in kinds
        ]
        told += [f"{' and '.join(of_each)} {words[done]}"] if of_each else []
    return ", ".join(told)


def _kind(change: Change) -> str:
    if change["action"] == "change":
        return "option" if not str(change["property"]).endswith("Rule") else "rule"
    return "index" if "index" in change else "field" if "field" in change else "collection"


def _sign(change: Change) -> str:
    return _SIGNS.get(change["action"], "~")


def _collection(name: str, changes: list[Change], screen: Screen) -> Iterator[str]:
    whole = next(
        (change for change in changes if change["action"] in ("create", "drop") and "field" not in change), None
    )
    sign = _sign(whole) if whole else "~"
    kind = f" ({cell(whole['type'])})" if whole and whole.get("type") else ""
    yield screen.paint(f"{sign} {cell(name)}{kind}", _COLOURS[sign], "bold")
    for line in (whole or {}).get("lines") or (whole or {}).get("fields") or ():
        yield screen.paint(f"  + {cell(line)}", "green")
    for change in changes:
        if change is not whole:
            yield from _one(change, screen)


def _one(change: Change, screen: Screen) -> Iterator[str]:
    """Yield the lines of one change of a field, an index or a property."""
    sign, field = _sign(change), cell(change.get("field") or "")
    if change["action"] == "change":
        place = ".".join(filter(None, [field, cell(change["property"])]))
        yield screen.paint(f"  ~ {place}", "yellow")
        yield screen.paint(f"    - {_value(change, 'from')}", "red")
        yield screen.paint(f"    + {_value(change, 'to')}", "green")
        return
    if "index" in change:
        yield screen.paint(f"  {sign} {cell(change['index'])}", _COLOURS[sign])
        return
    words = [sign, field or cell(change.get("from") or ""), cell(change.get("type") or "")]
    words += [f"-> {cell(change['to'])}"] if change.get("to") else []
    line = " ".join(filter(None, words if sign != "~" else [sign, cell(change["action"]), *words[1:]]))
    yield screen.paint(f"  {line}", _COLOURS[sign])
    if change.get("possibleRename"):
        yield screen.paint(
            f"      renamed to {cell(change['possibleRename'].get('to'))}? Then its data can stay.", "dim"
        )


def _value(change: Change, key: str) -> str:
    value = change.get(key)
    if str(change["property"]).endswith("Rule") and (value is None or isinstance(value, str)):
        return _rule(value)
    return cell(json.dumps(value, ensure_ascii=False) if not isinstance(value, str) or not value else value)


def _rule(rule: str | None) -> str:
    """Return a rule and what it means."""
    said = in_words(rule).rstrip(".")
    return cell(said) if not rule else f"{cell(rule)}    ({cell(said)})"


def _losses(changes: list[Change], screen: Screen, *, done: bool) -> Iterator[str]:
    lost = losses(changes)
    if not lost:
        return
    yield ""
    yield screen.paint("Lost with that:" if not done else "Went with that:", "red", "bold")
    names = [".".join(filter(None, [cell(item["collection"]), cell(item.get("field") or "")])) for item in lost]
    rows = [f"{item['rows']:,} rows" if isinstance(item.get("rows"), int) else "rows unknown" for item in lost]
    width = max(map(len, names))
    for name, count in zip(names, rows):
        yield screen.paint(f"  {name.ljust(width)}  {count}", "red")
