"""A scene: records, an account and a request in which chosen conditions of a rule hold, and others do not.

It is worked out from the conditions and the schema alone, never from names. Whatever no condition speaks of stays as
neutral as it can be: optional fields are empty, and what has to lead somewhere leads to a record of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from typing import Any

from _pb.access.cast import FRESH, Cast
from _pb.access.rows import Cell, Row, Unbuildable, stamp
from _pb.languages.rules import Comparison
from _pb.schema.rule_paths import LITERALS

_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


class Scene(Cast):
    """A cast of which conditions hold, as far as they are asked to."""

    def set_otherwise(self, column: str, value: Any, is_kept_out: bool) -> bool:
        """Give a column of a view's sources what its query leaves out: another value, or the one that it keeps out.

        Tell whether one of them has that column.
        """
        for row in self.frames.values():
            field = self.schema.fields(row.find().collection).get(column)
            if field is not None and field["type"] != "relation":
                cell = Cell("field", row.find(), column, "", field)
                written = bool(value) if field["type"] == "bool" else value
                self.put(cell, written if is_kept_out else self.besides(cell, written))
                return True
        return False

    def hold(self, comparisons: Iterable[Comparison]) -> None:
        """Have all these comparisons hold together; raise Unbuildable if nothing does."""
        for comparison in sorted(comparisons, key=_order):
            self.hold_one(comparison)

    def hold_one(self, comparison: Comparison) -> None:
        """Have a comparison hold, beside what holds already."""
        left, right = self.cell(comparison.left), self.cell(comparison.right)
        sign = comparison.sign.lstrip("?")
        if "missing" in (left.kind, right.kind):
            self._hold_missing(left, sign, right)
            return
        if left.kind == "distance":
            self.measure(left, sign, right)
            return
        if right.modifier in ("isset", "changed", "length", "each") or left.kind in ("constant", "moment"):
            left, right, sign = right, left, _TURNED.get(sign, sign)
        if left.modifier in ("isset", "changed"):
            self._send(left, (right.value is True) == (sign == "="))
        elif left.modifier == "length":
            self._lengthen(left, sign, right)
        elif sign == "=":
            self.equal(left, right)
        elif sign == "!=":
            self.unequal(left, right)
        elif sign == "~":
            self._contain(left, right)
        elif sign == "!~":
            self._avoid(left, right)
        else:
            self.compare(left, sign, right)

    def _hold_missing(self, left: Cell, sign: str, right: Cell) -> None:
        """Have what the account has no field for count as PocketBase has it: equal to nothing but the empty text."""
        missing, other = (left, right) if left.kind == "missing" else (right, left)
        if sign == "=":
            self.put(other, "")
        elif sign not in ("!=", "!~") or (other.kind == "constant" and other.value == ""):
            raise Unbuildable(f"such an account has no {missing.name}")

    def measure(self, distance: Cell, sign: str, other: Cell) -> None:
        """Have two places lie in one spot, or far from each other."""
        values = (10, 50, 10, 50) if sign in ("<", "<=") else (10, 50, 100, -50)
        for cell, value in zip(distance.value, values):
            known = self.value_at(cell)
            if cell.kind == "constant" or known == value:
                continue
            if known is not None:
                raise Unbuildable("a place would have to be near and far")
            self.put(cell, value)

    def _send(self, cell: Cell, wanted: bool) -> None:
        """Send a key of the body, or leave it out; in an update it is then also changed."""
        if cell.kind in ("query", "headers"):
            if wanted:
                getattr(self, cell.kind).setdefault(cell.name, "sent")
            elif cell.name in getattr(self, cell.kind):
                raise Unbuildable(f"{cell.name} would have to be sent and not sent")
            return
        row = self._row(cell)
        if not wanted:
            if row.values.get(cell.name) is not None:
                raise Unbuildable(f"{cell.name} would have to be sent and not sent")
            self.withheld.add(cell.name)
        elif row.values.get(cell.name) is None:
            if cell.name in self.withheld:
                raise Unbuildable(f"{cell.name} would have to be sent and not sent")
            self.put(cell._replace(modifier=""), self.sample(cell))

    def _lengthen(self, cell: Cell, sign: str, other: Cell) -> None:
        if not isinstance(other.value, int) or cell.field is None:
            raise Unbuildable(":length is compared with something else than a number")
        wanted = {"=": 0, "!=": 1, "<": -1, "<=": 0, ">": 1, ">=": 0}.get(sign, 0) + other.value
        value = self.value_at(cell) or []
        value = value if isinstance(value, list) else [value]
        values = cell.field.get("values") or []
        while len(value) < wanted:
            value.append(values[len(value) % len(values)] if values else self.sample(cell))
        self.put(cell, value[: max(wanted, 0)])

    def equal(self, left: Cell, right: Cell) -> None:
        one, other = self.value_at(left), self.value_at(right)
        if left.kind == "id" and right.kind == "id":
            self.merge(self._row(left), self._row(right))
        elif isinstance(other, Row) or isinstance(one, Row):
            self._refer(*((left, other) if isinstance(other, Row) else (right, one)))
        elif other is not None and one is not None:
            self._both(left, one, other)
        elif other is not None:
            self.put(left, _written(left, other))
        elif one is not None:
            self.put(right, _written(right, one))
        else:
            value = self._common(left, right)
            self.put(left, value)
            self.put(right, value)

    def _both(self, cell: Cell, one: Any, other: Any) -> None:
        """Have two values that stand already be equal, or one of several."""
        if isinstance(one, list):
            if other == "" and one:
                raise Unbuildable(f"{cell.name} would have to be empty and not")
            if other not in one and other != "":
                one.append(other)
                self.put(cell, one)
        elif _plain(one) != _plain(other):
            raise Unbuildable(f"{cell.name or one!r} would have to be {one!r} and {other!r}")

    def _refer(self, cell: Cell, row: Row) -> None:
        """Have a cell lead to a row."""
        known = self.value_at(cell)
        if cell.kind in ("constant", "moment"):
            if cell.value == "" and row is self.actor:
                self.sign_out()
                return
            raise Unbuildable(f"a record's id is not {cell.value!r}")
        if cell.kind == "id" or isinstance(known, Row):
            self.merge(known if isinstance(known, Row) else self._row(cell), row)
        elif isinstance(known, list):
            if row not in known:
                self.put(cell, [row, *known])
        elif known is None:
            if cell.field and cell.field["type"] == "relation" and self.target(cell.field) is not row.collection:
                raise Unbuildable(f"{cell.name} does not lead to {row.collection['name']}")
            self.put(cell, row)
        else:
            raise Unbuildable(f"{cell.name} would have to be {known!r} and an id")

    def _common(self, left: Cell, right: Cell) -> Any:
        for one, other in ((left, right), (right, left)):
            if one.field and one.field["type"] == "select":
                shared = [
                    value
                    for value in one.field.get("values") or []
                    if not (other.field and other.field.get("values")) or value in (other.field.get("values") or [])
                ]
                if not shared:
                    raise Unbuildable(f"{one.name} and {other.name} share no value")
                return shared[0]
        strict = [cell for cell in (left, right) if cell.field and cell.field["type"] != "text"]
        return self.sample((strict or [left if left.field else right])[0])

    def unequal(self, left: Cell, right: Cell) -> None:
        """Have two cells differ, neither of them empty if it was not before."""
        one, other = self.value_at(left), self.value_at(right)
        if isinstance(one, Row) or isinstance(other, Row):
            if one is other:
                raise Unbuildable(f"{left.name} would have to lead to the same record and to another")
        elif right.kind == "constant" and one in (None, []):
            self.put(left, self.besides(left, other))
        elif one is None and other is None:
            if not (left.field and left.field["type"] == "relation"):
                self.put(left, self.sample(left))
                self.put(right, self.besides(right, self.value_at(left)))
        elif one is None or other is None:
            empty, known = (left, other) if one is None else (right, one)
            self.put(empty, self.besides(empty, known))
        elif _plain(one) == _plain(other):
            raise Unbuildable(f"{left.name or repr(one)} would have to be the same and another")

    def _contain(self, left: Cell, right: Cell) -> None:
        one, other = self.value_at(left), self.value_at(right)
        if isinstance(other, Row) or isinstance(one, Row):
            self._refer(*((left, other) if isinstance(other, Row) else (right, one)))
        elif right.kind == "constant" and isinstance(other, (str, int, float)):
            self._hold_text(left, str(other).strip("%"))
        else:
            self.equal(left, right)

    def _hold_text(self, cell: Cell, part: str) -> None:
        field = cell.field
        kind = field["type"] if field else "text"
        if kind == "select" and field:
            found = [item for item in field.get("values") or [] if part.lower() in item.lower()]
            if not found:
                raise Unbuildable(f"no value of {cell.name} contains {part!r}")
            self.put(cell, found[0])
        elif kind == "email":
            self.put(cell, f"person{next(FRESH)}{part}" if "@" in part else f"{part}@example.com")
        else:
            self.put(cell, part)

    def _avoid(self, left: Cell, right: Cell) -> None:
        one, other = self.value_at(left), self.value_at(right)
        if isinstance(one, list) and other in one:
            raise Unbuildable(f"{left.name} would have to contain and not to contain the same")
        if one is None and right.kind == "constant" and left.field and left.field["type"] == "select":
            values = [item for item in left.field.get("values") or [] if str(other).lower() not in item.lower()]
            self.put(left, values[0] if values else "")

    def compare(self, left: Cell, sign: str, right: Cell) -> None:
        one, other = self.value_at(left), self.value_at(right)
        step = {"<": -1, "<=": 0, ">": 1, ">=": 0}[sign]
        if left.kind == "distance":
            self.measure(left, sign, right)
            return
        if right.kind == "moment" or (left.field and left.field["type"] in ("date", "autodate")):
            self._compare_dates(left, sign, right)
        elif isinstance(other, (int, float)) and one is None:
            self.put(left, other + step)
        elif isinstance(one, (int, float)) and other is None:
            self.put(right, one - step)
        elif one is None and other is None:
            self.put(left, 10 + step)
            self.put(right, 10)
        elif isinstance(one, (int, float)) and isinstance(other, (int, float)):
            if not {"<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other}[sign]:
                raise Unbuildable(f"{left.name or one} would have to be {sign} {other}")
        else:
            raise Unbuildable(f"{left.name} {sign} is compared with a text")

    def _compare_dates(self, left: Cell, sign: str, right: Cell) -> None:
        step = timedelta(days=2) if sign.startswith(">") else timedelta(days=-2)
        moment = right.value if isinstance(right.value, datetime) else _read(self.value_at(right))
        known = _read(self.value_at(left))
        if moment is None:
            moment = datetime.now(timezone.utc)
            self.put(right, stamp(moment))
        if left.field and left.field["type"] == "autodate":
            raise Unbuildable(f"{left.name} is set by the server")
        if known is None:
            self.put(left, stamp(moment + step))
        elif (known > moment) != sign.startswith(">"):
            raise Unbuildable(f"{left.name} would have to be before and after")


def _order(comparison: Comparison) -> int:
    """Return when a comparison is worked out: first what ties records to each other, last what keeps them apart."""
    sides = (comparison.left, comparison.right)
    sign = comparison.sign.lstrip("?")
    if any(side.kind == "call" for side in sides):
        return 9
    has_constant = any(side.kind in ("text", "number") or side.text.lower() in LITERALS for side in sides)
    if sign in ("=", "~"):
        return 1 if has_constant else 0 if any(side.text.endswith("id") for side in sides) else 2
    return 4 if sign in ("!=", "!~") else 3


def _written(cell: Cell, value: Any) -> Any:
    """Return a constant as the field takes it: 1 and "true" are true for a bool, a moment is a date's text."""
    kind = cell.field["type"] if cell.field else ""
    if isinstance(value, datetime):
        return stamp(value)
    if kind == "bool" and not isinstance(value, bool):
        return value in (1, "1", "true")
    if kind == "number" and isinstance(value, str):
        try:
            return float(value) if value else 0
        except ValueError:
            raise Unbuildable(f"{cell.name} is a number, and never {value!r}") from None
    if kind == "select" and value != "" and cell.field and value not in (cell.field.get("values") or []):
        raise Unbuildable(f"{value!r} is no value of {cell.name}")
    if kind == "relation" and value != "":
        raise Unbuildable(f"{cell.name} would have to lead to {value!r}")
    return value


def _plain(value: Any) -> Any:
    return "" if value in (None, False, 0) else str(value) if not isinstance(value, Row) else id(value.find())


def _read(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value
    try:
        text = str(value).replace("Z", "").replace("T", " ")
        return datetime.fromisoformat(text).replace(tzinfo=timezone.utc) if value else None
    except ValueError:
        return None
