"""The ways to break one condition of a rule where all others hold: another value, none, no record, nobody signed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from _pb.access.rows import Cell, Row, Unbuildable, referred
from _pb.access.scene import Scene
from _pb.languages.rules import Comparison
from _pb.schema.fields import is_multiple
from _pb.schema.lookup import Schema

_MAX_VALUES = 8

Change = Callable[[Scene, Cell, Cell], None]


class Break(NamedTuple):
    """How a condition is broken: the kind, the words for it, and what is changed where the others hold."""

    kind: str
    words: str
    change: Change
    keeps: bool = False  # the condition itself holds, too


def breaks(schema: Schema, comparison: Comparison, left: Cell, right: Cell) -> Iterator[Break]:
    """Yield the ways to break a condition, by what stands on its sides."""
    if right.modifier in ("isset", "changed", "length"):
        left, right = right, left
    if left.modifier in ("isset", "changed"):
        yield from _sendings(left, right)
        return
    if left.modifier == "length":
        yield Break("length", "of another length", _another_length)
        return
    sign = comparison.sign.lstrip("?")
    yield from _turned(sign, left, right)
    yield from _values(left, right)
    yield from _values(right, left)
    yield from _emptied(left, right)
    if sign == "~" and "constant" not in (left.kind, right.kind):
        yield Break("part", "contains it among more", _part)
    if sign == "~" and right.kind == "constant":
        yield Break("part", "contains it among more", _part, keeps=False)
    if left.row is not None or right.row is not None:
        yield from _rows(left, right)
    if any("@request.auth." in side.text for side in (comparison.left, comparison.right)):
        yield Break("guest", "but nobody is signed in", _guest, keeps=True)


def _turned(sign: str, left: Cell, right: Cell) -> Iterator[Break]:
    """Yield the opposite of what the sign asks for."""
    if sign in ("!=", "!~"):
        yield Break("same", "is that", _same)
        if any(_holds_several(cell) for cell in (left, right)):
            yield Break("among", "is that among others", _among)
    elif sign in ("=", "~"):
        yield Break("another", "is another", _another)
    else:
        yield Break("beyond", "is beyond", _beyond(sign))


def _holds_several(cell: Cell) -> bool:
    field = cell.via[1] if cell.via else cell.field
    return field is not None and is_multiple(field)


def _values(cell: Cell, other: Cell) -> Iterator[Break]:
    """Yield each further value of a select that is compared with a constant."""
    if cell.field and cell.field["type"] == "select" and other.kind == "constant":
        for value in (cell.field.get("values") or [])[:_MAX_VALUES]:
            if value != other.value:
                yield Break("value", f"is {value!r}", _setter(cell, value))


def _setter(cell: Cell, value: Any) -> Change:
    def change(scene: Scene, left: Cell, right: Cell) -> None:
        side = left if (left.kind, left.name, left.modifier) == (cell.kind, cell.name, cell.modifier) else right
        scene.put(side, value)

    return change


def _can_be_empty(cell: Cell) -> bool:
    return bool(
        cell.kind in ("field", "sent")
        and cell.field
        and not cell.field.get("required")
        and cell.field["type"] not in ("bool", "autodate")
    )


def _emptied(left: Cell, right: Cell) -> Iterator[Break]:
    if _can_be_empty(left) and not (right.kind == "constant" and right.value == ""):
        yield Break("empty", "left is empty" if right.kind != "constant" else "is empty", _empty_left)
    if _can_be_empty(right) and left.kind != "constant":
        yield Break("empty", "right is empty", _empty_right)
    free = [cell for cell in (left, right) if _can_be_empty(cell) or cell.kind in ("query", "headers")]
    if len(free) == 2:
        yield Break("both empty", "both are empty", _empty_both)
    elif free and "id" in (left.kind, right.kind):
        actors = [cell for cell in (left, right) if cell.kind == "id" and cell.row and cell.row.find().part == "actor"]
        if actors:
            yield Break("guest and empty", "is empty, and nobody is signed in", _guest_and_empty)


def _rows(left: Cell, right: Cell) -> Iterator[Break]:
    """Yield that the record in which rules look elsewhere is missing."""
    for side in (0, 1):
        row = (left, right)[side].row
        if row is not None and row.find().part == "joined":
            yield Break("no row", "there is none", _dropper(side))
            if other_is_actor(left, right):
                yield Break("guest and empty", "there is none, and nobody is signed in", _no_row_for_guests(side))
            yield Break("further", "and there is one for which it does not", _further(side), keeps=True)
        elif (left, right)[side].via or ((left, right)[side].field and is_multiple((left, right)[side].field or {})):
            yield Break("further", "and another one with it", _further_value(side), keeps=True)


def other_is_actor(left: Cell, right: Cell) -> bool:
    """Tell whether one of the sides is the account that asks."""
    return any(cell.row is not None and cell.row.find().part == "actor" for cell in (left, right))


def _no_row_for_guests(side: int) -> Change:
    drop = _dropper(side)

    def change(scene: Scene, left: Cell, right: Cell) -> None:
        drop(scene, left, right)
        scene.sign_out()

    return change


def _further(side: int) -> Change:
    def change(scene: Scene, left: Cell, right: Cell) -> None:
        row = (left, right)[side].row
        if row is not None:
            scene.add_beside(row)

    return change


def _further_value(side: int) -> Change:
    def change(scene: Scene, left: Cell, right: Cell) -> None:
        cell = (left, right)[side]
        row, field = cell.via if cell.via else (cell.row, cell.field)
        if row is None or field is None or not is_multiple(field):
            raise Unbuildable("it holds one value only")
        scene.add_value(row.find(), field)

    return change


def _dropper(side: int) -> Change:
    def change(scene: Scene, left: Cell, right: Cell) -> None:
        row = (left, right)[side].row
        if row is not None:
            scene.drop(row)

    return change


def _sendings(cell: Cell, other: Cell) -> Iterator[Break]:
    """Yield what a request can send where a condition asks whether it does."""
    field = cell.field
    yield Break("sent", "is sent otherwise", _send_otherwise)
    if field and field["type"] == "select":
        for value in (field.get("values") or [])[:_MAX_VALUES]:
            yield Break("sent", f"is sent as {value!r}", _setter(cell, value))
    if field and not field.get("required") and field["type"] not in ("bool", "autodate"):
        yield Break("sent", "is sent empty", _setter(cell, ""))


# The changes


def _send_otherwise(scene: Scene, left: Cell, right: Cell) -> None:
    cell = left if left.modifier in ("isset", "changed") else right
    other = right if cell is left else left
    asked = other.value is True
    if asked:
        if cell.row is not None:
            cell.row.find().values.pop(cell.name, None)
        scene.withheld.add(cell.name)
    else:
        scene.withheld.discard(cell.name)
        scene.put(cell._replace(modifier=""), scene.sample(cell))


def _another_length(scene: Scene, left: Cell, right: Cell) -> None:
    cell, other = (left, right) if left.modifier == "length" else (right, left)
    plain = cell._replace(modifier="")
    value = scene.value_at(plain)
    if value:
        scene.put(plain, [])
        return
    amount = int(other.value) + 1 if isinstance(other.value, int) else 1
    choices = (cell.field or {}).get("values") or []
    scene.put(plain, [choices[at % len(choices)] if choices else scene.sample(cell) for at in range(max(amount, 1))])


def _same(scene: Scene, left: Cell, right: Cell) -> None:
    if right.kind == "constant" and left.kind == "field" and right.value == "":
        scene.put(left, "")
    elif right.kind == "constant" and left.kind in ("query", "headers") and right.value == "":
        scene.forget(scene.value_at(left))  # what it is compared with is then empty, too
        scene.put(left, "")
    else:
        scene.equal(left, right)


def _among(scene: Scene, left: Cell, right: Cell) -> None:
    _same(scene, left, right)
    cell = left if _holds_several(left) else right
    row, field = cell.via if cell.via else (cell.row, cell.field)
    if row is None or field is None:
        raise Unbuildable("it holds one value only")
    scene.add_value(row.find(), field)


def _another(scene: Scene, left: Cell, right: Cell) -> None:
    one, other = scene.value_at(left), scene.value_at(right)
    if isinstance(one, Row) and one is other:
        raise Unbuildable("it is always the same")
    if one is None and left.field and left.field["type"] == "relation":
        scene.put(left, scene.another(scene.target(left.field)))
    elif other is None and right.field and right.field["type"] == "relation":
        scene.put(right, scene.another(scene.target(right.field)))
    elif isinstance(one, Row) or isinstance(other, Row):
        cell = left if one is None else right if other is None else None
        if cell is not None and cell.kind in ("query", "headers", "sent"):
            scene.put(cell, "another")
    elif one is not None and other is not None and not isinstance(one, list) and str(one) == str(other):
        raise Unbuildable("it is always the same")
    else:
        scene.unequal(left, right)


def _beyond(sign: str) -> Change:
    opposite = {"<": ">", "<=": ">", ">": "<", ">=": "<"}[sign]

    def change(scene: Scene, left: Cell, right: Cell) -> None:
        scene.compare(left, opposite, right)

    return change


def _empty_left(scene: Scene, left: Cell, right: Cell) -> None:
    _empty(scene, left)
    if scene.value_at(right) is None:
        scene.put(right, scene.sample(right))


def _empty_right(scene: Scene, left: Cell, right: Cell) -> None:
    _empty_left(scene, right, left)


def _empty_both(scene: Scene, left: Cell, right: Cell) -> None:
    _empty(scene, left)
    _empty(scene, right)


def _empty(scene: Scene, cell: Cell) -> None:
    value = scene.value_at(cell)
    if isinstance(value, Row) and len([row for row in scene.living() if value in referred(row)]) > 1:
        raise Unbuildable("another condition needs it")
    scene.put(cell, "")


def _guest(scene: Scene, left: Cell, right: Cell) -> None:
    scene.sign_out()


def _guest_and_empty(scene: Scene, left: Cell, right: Cell) -> None:
    cell = left if left.kind != "id" else right
    _empty(scene, cell)
    scene.sign_out()


def _part(scene: Scene, left: Cell, right: Cell) -> None:
    inner = scene.value_at(right)
    if right.kind == "constant":
        text = str(right.value).strip("%")
        kind = left.field["type"] if left.field else "text"
        if kind == "select" and left.field:
            longer = [value for value in left.field.get("values") or [] if text in value and value != text]
            if not longer:
                raise Unbuildable("no other value contains it")
            scene.put(left, longer[0])
        elif kind == "email":
            scene.put(left, f"somebody{text if '@' in text else '@' + text}.example.org")
        else:
            scene.put(left, f"not {text} at all")
        return
    if inner is None:
        inner = scene.sample(right)
        scene.put(right, inner)
    if isinstance(inner, Row):
        raise Unbuildable("an id is no part of another")
    scene.put(left, f"x{inner}" if left.field and left.field["type"] == "email" else f"x{inner}x")
