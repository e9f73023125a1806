"""A scene: the stored records, the account and the request in which chosen conditions of a rule hold, and others do not.

It is worked out from the conditions and the schema alone, never from names. Whatever no condition speaks of stays as
neutral as it can be: optional fields are empty, and what has to lead somewhere leads to a record of its own.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple, Union

from _pb.languages.rules import Comparison, Name, Operand
from _pb.languages.view_conditions import constants as compared_in_query
from _pb.languages.views import read_query
from _pb.schema.fields import MULTIPLE_TYPES, is_multiple
from _pb.schema.lookup import Schema
from _pb.schema.rule_paths import LITERALS, back_relation
from pb_common.schema_types import Collection, Field

METHODS = {"list": "GET", "view": "GET", "create": "POST", "update": "PATCH", "delete": "DELETE", "manage": "PATCH"}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_HOURS = {"@yesterday": -24, "@tomorrow": 24}


class Unbuildable(Exception):
    """No records and no request make the conditions hold together; the text says why."""


class Row:
    """A record to be made; `values` are constants, other rows, or lists of them. Merged rows are one."""

    def __init__(self, collection: Collection, part: str) -> None:
        self.collection = collection
        self.part = part
        self.values: dict[str, Any] = {}
        self.id = ""
        self.made = False
        self._same: Row | None = None

    def find(self) -> Row:
        """Return the row that this one has become."""
        row = self
        while row._same is not None:
            row = row._same
        return row

    def become(self, other: Row) -> None:
        """Be the same record as another row from now on."""
        self._same = other


class Cell(NamedTuple):
    """A place where a value stands: a field of a row, a key of the request, or a constant."""

    kind: str  # id, field, sent, query, headers, constant, moment; `via` is the relation that led to an id
    row: Row | None = None
    name: str = ""
    modifier: str = ""
    field: Field | None = None
    value: Any = None
    inner: tuple[str, ...] = ()
    via: tuple[Row, Field] | None = None


Value = Union[Any, Row]


class Scene:
    """Records and a request about one of them (`record`), sent by `actor`, a guest where it is None.

    `sent` are the fields of the request's body; in a create it is the record itself. `withheld` are fields that are not
    sent in a create. `gone` are rows that are not stored after all.
    """

    def __init__(self, schema: Schema, collection: Collection, action: str, users: Collection | None) -> None:
        self.schema = schema
        self.collection = collection
        self.action = action
        self.rows: list[Row] = []
        self.frames: dict[str, Row] = {}
        self.columns: dict[str, tuple[str, str]] = {}
        self.query: dict[str, Any] = {}
        self.headers: dict[str, Any] = {}
        self.withheld: set[str] = set()
        self.gone: set[int] = set()
        self.joined: dict[tuple[str, str], Row] = {}
        self.back: dict[tuple[int, str], Row] = {}
        self._fresh = itertools.count(1)
        self.record = self._new(collection, "record") if collection["type"] != "view" else self._view_row()
        self._actor = self._new(users, "actor") if users is not None else None
        self.sent = self.record if action == "create" else Row(collection, "sent")

    @property
    def actor(self) -> Row | None:
        """Who sends the request."""
        return self._actor.find() if self._actor else None

    def sign_out(self) -> None:
        """Have a guest send the request; the account stays stored."""
        self._actor = None

    def sign_in(self, row: Row) -> None:
        """Have this account send the request."""
        self._actor = row

    def _new(self, collection: Collection, part: str) -> Row:
        row = Row(collection, part)
        self.rows.append(row)
        return row

    def all_rows(self) -> list[Row]:
        """Return the rows, each once."""
        return list({id(row.find()): row.find() for row in self.rows}.values())

    def living(self) -> list[Row]:
        """Return the rows that are stored, each once."""
        return [row for row in self.all_rows() if id(row) not in self.gone]

    def drop(self, row: Row) -> None:
        """Do not store a row."""
        self.gone.add(id(row.find()))

    # Views: a row of a view is one of its sources' rows

    def _view_row(self) -> Row:
        query = str(self.collection.get("viewQuery") or "")
        read = read_query(query)
        tables: dict[str, Collection] = {}
        for source in read.sources:
            known = self.schema.get(source.table.strip('`"[]')) if source.table else None
            if known is not None:
                tables[known["name"].lower()] = known
        origin = next((made.origin for made in read.columns if made.name == "id" and made.origin), None)
        if origin is None or origin[0] not in tables or not read.is_single:
            raise Unbuildable("the rows of this view are computed, so that none can be made on purpose")
        first = tables[origin[0]]
        if first["type"] == "view":
            raise Unbuildable("the view reads another view")
        self.frames = {first["name"].lower(): self._new(first, "record")}
        for name, collection in tables.items():
            if name not in self.frames and collection["type"] != "view":
                self._link_frame(name, collection)
        self.columns = {made.name: made.origin for made in read.columns if made.origin}
        self._assume_query(query)
        return self.frames[first["name"].lower()]

    def _link_frame(self, name: str, collection: Collection) -> None:
        """Join a source to those before it by the relation between them."""
        for row in list(self.frames.values()):
            for field in row.collection["fields"]:
                if field["type"] == "relation" and self.target(field) is collection and field["name"] not in row.values:
                    self.frames[name] = self._follow(row, field)
                    return
            for field in collection["fields"]:
                if field["type"] == "relation" and self.target(field) is row.collection:
                    other = self._new(collection, "joined")
                    self._put(other, field, row)
                    self.frames[name] = other
                    return

    def _assume_query(self, query: str) -> None:
        """Have the sources' rows be such as the WHERE of the view asks for, as far as it compares with constants."""
        for column, value in compared_in_query(query):
            for row in self.frames.values():
                field = self.schema.fields(row.collection).get(str(column))
                if field is not None and field["type"] != "relation":
                    row.values.setdefault(str(column), bool(value) if field["type"] == "bool" else value)
                    break

    def set_otherwise(self, column: str, value: Any) -> bool:
        """Give a column of a view's sources another value than this one; tell whether one of them has it."""
        for row in self.frames.values():
            field = self.schema.fields(row.find().collection).get(column)
            if field is not None and field["type"] != "relation":
                cell = Cell("field", row.find(), column, "", field)
                written = bool(value) if field["type"] == "bool" else value
                self.put(cell, self._besides(cell, written))
                return True
        return False

    # Paths

    def target(self, field: Field) -> Collection:
        """Return the collection that a relation leads to."""
        found = self.schema.get(str(field.get("collectionId")))
        if found is None:
            raise Unbuildable(f"{field['name']} leads to no collection")
        return found

    def cell(self, operand: Operand) -> Cell:
        """Return where the value of an operand stands; rows on the way are added. Raises Unbuildable."""
        if operand.kind == "text":
            return Cell("constant", value=operand.text)
        if operand.kind == "number":
            return Cell("constant", value=float(operand.text) if "." in operand.text else int(operand.text))
        if operand.kind == "call":
            raise Unbuildable(f"{operand.text}() is not worked out")
        if operand.text.lower() in LITERALS and operand.text not in self.schema.fields(self.collection):
            return Cell("constant", value={"true": True, "false": False}.get(operand.text.lower(), ""))
        parts, modifier = operand.names()
        names = [part.text for part in parts]
        if names[0] == "@request":
            return self._request_cell(names[1:], modifier.text)
        if names[0] == "@collection":
            name, alias = parts[1].cut(":")
            return self.walk(self._joined(name.text, alias.text), names[2:], modifier.text)
        if names[0].startswith("@"):
            return self._moment(names[0])
        return self.walk(self.record, names, modifier.text)

    def _moment(self, macro: str) -> Cell:
        now = datetime.now(timezone.utc)
        if macro.endswith(("Start", "End")) or macro in ("@now", *_HOURS):
            return Cell("moment", value=now + timedelta(hours=_HOURS.get(macro, 0)))
        numbers = {"@second": now.second, "@minute": now.minute, "@hour": now.hour, "@day": now.day}
        numbers.update({"@month": now.month, "@year": now.year, "@weekday": (now.weekday() + 1) % 7})
        if macro not in numbers:
            raise Unbuildable(f"{macro} is not known")
        return Cell("constant", value=numbers[macro])

    def _request_cell(self, names: list[str], modifier: str) -> Cell:
        part, rest = names[0], names[1:]
        if part == "method":
            return Cell("constant", value=METHODS[self.action])
        if part == "context":
            return Cell("constant", value="default")
        if part in ("query", "headers") and rest:
            return Cell(part, name=rest[0], modifier=modifier)
        if part == "body" and rest:
            field = self.schema.fields(self.collection).get(rest[0])
            if field is None:
                return Cell("sent", self.sent, rest[0], modifier)
            cell = self.walk(self.sent, rest, modifier)
            return cell._replace(kind="sent") if cell.row is self.sent else cell
        if part == "auth" and rest:
            return self._auth_cell(rest, modifier)
        raise Unbuildable(f"@request.{part} is not known")

    def _auth_cell(self, names: list[str], modifier: str) -> Cell:
        actor = self.actor
        if actor is None:
            return Cell("constant", value="")
        if names[0] in ("collectionId", "collectionName"):
            return Cell("constant", value=actor.collection["id" if names[0] == "collectionId" else "name"])
        return self.walk(actor, names, modifier)

    def _joined(self, name: str, alias: str) -> Row:
        collection = self.schema.get(name)
        if collection is None:
            raise Unbuildable(f"there is no collection {name}")
        key = (name.lower(), alias)
        if key not in self.joined:
            if collection["type"] == "view":
                raise Unbuildable(f"{name} is a view")
            self.joined[key] = self._new(collection, "joined")
        return self.joined[key].find()

    def walk(self, row: Row, names: list[str], modifier: str) -> Cell:
        """Return the cell at the end of a path that starts at a row."""
        via: tuple[Row, Field] | None = None
        for position, name in enumerate(names):
            row = row.find()
            if self.frames and row is self.record.find() and position == 0 and name != "id":
                row, name = self._behind_view(name)
            field = self.schema.fields(row.collection).get(name)
            last = position == len(names) - 1
            if name == "id":
                return Cell("id", row, "id", modifier, field, via=via)
            if field is None:
                row = self._back(row, name)
                if last:
                    return Cell("id", row, "id", modifier)
            elif last:
                return Cell("field", row, name, modifier, field)
            elif field["type"] in ("json", "geoPoint"):
                return Cell("field", row, name, modifier, field, inner=tuple(names[position + 1 :]))
            elif field["type"] != "relation":
                raise Unbuildable(f"{name} is no relation")
            else:
                via = (row, field)
                row = self._follow(row, field)
        raise Unbuildable("an empty path")

    def _behind_view(self, name: str) -> tuple[Row, str]:
        origin = self.columns.get(name)
        row = self.frames.get(origin[0]) if origin else None
        if row is None or origin is None:
            raise Unbuildable(f"{name} is computed by the view")
        fields = self.schema.fields(row.collection)
        return row.find(), next((key for key in fields if key.lower() == origin[1].lower()), origin[1])

    def _follow(self, row: Row, field: Field) -> Row:
        value = row.values.get(field["name"])
        first = value[0] if isinstance(value, list) and value else value
        if isinstance(first, Row):
            return first.find()
        if value is not None:
            raise Unbuildable(f"{row.collection['name']}.{field['name']} would have to be empty and lead on")
        target = self._new(self.target(field), "linked")
        self._put(row, field, target)
        return target

    def _back(self, row: Row, name: str) -> Row:
        origin, key = back_relation(Name(name, 0))
        collection = self.schema.get(origin.text) if key.text else None
        field = self.schema.fields(collection).get(key.text) if collection else None
        if collection is None or field is None:
            raise Unbuildable(f"{row.collection['name']} has no field {name}")
        place = (id(row), name)
        if place not in self.back:
            made = self._new(collection, "joined")
            self._put(made, field, row)
            self.back[place] = made
        return self.back[place].find()

    def _put(self, row: Row, field: Field, value: Value) -> None:
        row.values[field["name"]] = [value] if is_multiple(field) else value

    # Values

    def value_at(self, cell: Cell) -> Any:
        """Return what stands in a cell, None if nothing does yet."""
        if cell.kind in ("constant", "moment"):
            return cell.value
        if cell.kind in ("query", "headers"):
            return getattr(self, cell.kind).get(cell.name)
        row = self._row(cell)
        if cell.kind == "id":
            return row
        value = row.values.get(cell.name)
        for key in cell.inner:
            value = value.get(key) if isinstance(value, dict) else None
        if isinstance(value, Row):
            return value.find()
        if isinstance(value, list):
            return [item.find() if isinstance(item, Row) else item for item in value]
        return value

    def put(self, cell: Cell, value: Any) -> None:
        """Have a value stand in a cell; raise Unbuildable if that cannot be."""
        if cell.kind in ("constant", "moment"):
            if cell.value != value:
                raise Unbuildable(f"{cell.value!r} is always that")
            return
        if cell.kind in ("query", "headers"):
            getattr(self, cell.kind)[cell.name] = value
            return
        row = self._row(cell)
        if cell.kind == "id":
            if isinstance(value, Row):
                self.merge(row, value)
            elif value == "" and row is self.actor:
                self.sign_out()
            else:
                raise Unbuildable("the id of a record is never empty" if value == "" else "an id cannot be chosen")
            return
        if cell.inner:
            whole = row.values.setdefault(cell.name, {})
            for key in cell.inner[:-1]:
                whole = whole.setdefault(key, {})
            whole[cell.inner[-1]] = value
            return
        if cell.field and cell.field["type"] in MULTIPLE_TYPES and is_multiple(cell.field):
            value = [] if value == "" else value if isinstance(value, list) else [value]
        row.values[cell.name] = value

    def _row(self, cell: Cell) -> Row:
        if cell.row is None:
            raise Unbuildable(f"{cell.name} cannot be set")
        return cell.row.find()

    def merge(self, one: Row, other: Row) -> None:
        """Have two rows be the same record."""
        one, other = one.find(), other.find()
        if one is other:
            return
        if one.collection is not other.collection:
            raise Unbuildable(f"a record of {one.collection['name']} is none of {other.collection['name']}")
        kept, lost = (one, other) if one.part in ("record", "actor") else (other, one)
        if {kept.part, lost.part} == {"record", "actor"}:
            kept.part = "actor"
        lost.become(kept)
        for name, value in lost.values.items():
            if name not in kept.values:
                kept.values[name] = value
            else:
                self._agree(kept, name, kept.values[name], value)

    def _agree(self, row: Row, name: str, one: Any, other: Any) -> None:
        first = one[0] if isinstance(one, list) and one else one
        second = other[0] if isinstance(other, list) and other else other
        if isinstance(first, Row) and isinstance(second, Row):
            if isinstance(one, list) and first.find() is not second.find():
                row.values[name] = [*one, *other]
            else:
                self.merge(first, second)
        elif first != second:
            raise Unbuildable(f"{name} would have to be two values at once")

    def another(self, collection: Collection) -> Row:
        """Return a new record of its own."""
        return self._new(collection, "another")

    def add_beside(self, row: Row) -> Row:
        """Store a further record beside one in which rules look, reached like it, and other in all else."""
        row = row.find()
        further = self._new(row.collection, "further")
        for (owner, name), known in self.back.items():
            if known.find() is row:
                key = back_relation(Name(name, 0))[1].text
                field = next(one for one in row.collection["fields"] if one["name"].lower() == key.lower())
                parent = next(one for one in self.all_rows() if id(one) == owner or id(one.find()) == owner)
                self._put(further, field, parent)
        return further

    def add_value(self, row: Row, field: Field) -> None:
        """Add a further value to a field of several."""
        known = row.values.get(field["name"]) or []
        values = list(known) if isinstance(known, list) else [known]
        if field["type"] == "relation":
            values.append(self.another(self.target(field)))
        else:
            values += [one for one in field.get("values") or [] if one not in values][:1]
        row.values[field["name"]] = values

    def sample(self, cell: Cell) -> Any:
        """Return a value that stands nowhere else and fits the cell."""
        number = next(self._fresh)
        field = cell.field
        kind = field["type"] if field else "text"
        if cell.inner:
            return f"value {number}"
        if kind == "select" and field:
            return (field.get("values") or [""])[0]
        if kind == "number":
            return 10 + number
        if kind == "bool":
            return True
        if kind in ("date", "autodate"):
            return _stamp(datetime.now(timezone.utc) - timedelta(days=30 + number))
        if kind == "email":
            return f"person{number}@example.com"
        if kind == "url":
            return f"https://example.com/{number}"
        if kind == "relation" and field:
            return self.another(self.target(field))
        return f"value {number}"

    # Conditions

    def hold(self, comparisons: Iterable[Comparison]) -> None:
        """Have all these comparisons hold together; raise Unbuildable if nothing does."""
        for comparison in sorted(comparisons, key=_order):
            self.hold_one(comparison)

    def hold_one(self, comparison: Comparison) -> None:
        """Have a comparison hold, beside what holds already."""
        left, right = self.cell(comparison.left), self.cell(comparison.right)
        sign = comparison.sign.lstrip("?")
        if right.modifier in ("isset", "changed", "length", "each") or left.kind in ("constant", "moment"):
            left, right, sign = right, left, _TURNED.get(sign, sign)
        if left.modifier in ("isset", "changed"):
            self._send(left, (right.value is True) == (sign == "="))
        elif left.modifier == "length":
            self._lengthen(left, sign, right)
        elif sign == "=":
            self._equal(left, right)
        elif sign == "!=":
            self._unequal(left, right)
        elif sign == "~":
            self._contain(left, right)
        elif sign == "!~":
            self._avoid(left, right)
        else:
            self._compare(left, sign, right)

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

    def _equal(self, left: Cell, right: Cell) -> None:
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
        return self.sample(left if left.field else right)

    def _unequal(self, left: Cell, right: Cell) -> None:
        one, other = self.value_at(left), self.value_at(right)
        if right.kind == "constant":
            if isinstance(one, Row):
                return
            if one is None or (isinstance(one, list) and not one):
                self.put(left, self._besides(left, other))
            elif _plain(one) == _plain(other):
                raise Unbuildable(f"{left.name or one!r} would have to be {one!r} and something else")
        elif isinstance(one, Row) and one is other:
            raise Unbuildable(f"{left.name} would have to lead to the same record and to another")
        elif one is None and other is None:
            if not (left.field and left.field["type"] == "relation"):
                self.put(left, self.sample(left))
                self.put(right, self._besides(right, self.value_at(left)))
        elif one is None and not isinstance(other, Row) and other is not None:
            self.put(left, self._besides(left, other))
        elif other is None and not isinstance(one, Row) and one is not None:
            self.put(right, self._besides(right, one))
        elif one is not None and not isinstance(one, Row) and _plain(one) == _plain(other):
            raise Unbuildable(f"{left.name} would have to be the same and another")

    def _besides(self, cell: Cell, value: Any) -> Any:
        """Return a value for a cell that is not this one, and not empty."""
        field = cell.field
        kind = field["type"] if field else "text"
        if kind == "bool" or isinstance(value, bool):
            return not value
        if kind == "number" and isinstance(value, (int, float)):
            return value + 1
        if kind == "select" and field:
            found = [item for item in field.get("values") or [] if item != value]
            if not found:
                raise Unbuildable(f"{cell.name} has no other value than {value!r}")
            return found[0]
        return self.sample(cell)

    def _contain(self, left: Cell, right: Cell) -> None:
        one, other = self.value_at(left), self.value_at(right)
        if isinstance(other, Row) or isinstance(one, Row):
            self._refer(*((left, other) if isinstance(other, Row) else (right, one)))
        elif right.kind == "constant" and isinstance(other, (str, int, float)):
            self._hold_text(left, str(other).strip("%"))
        else:
            self._equal(left, right)

    def _hold_text(self, cell: Cell, part: str) -> None:
        field = cell.field
        kind = field["type"] if field else "text"
        if kind == "select" and field:
            found = [item for item in field.get("values") or [] if part.lower() in item.lower()]
            if not found:
                raise Unbuildable(f"no value of {cell.name} contains {part!r}")
            self.put(cell, found[0])
        elif kind == "email":
            self.put(cell, f"person{next(self._fresh)}{part}" if "@" in part else f"{part}@example.com")
        else:
            self.put(cell, part)

    def _avoid(self, left: Cell, right: Cell) -> None:
        one, other = self.value_at(left), self.value_at(right)
        if isinstance(one, list) and other in one:
            raise Unbuildable(f"{left.name} would have to contain and not to contain the same")
        if one is None and right.kind == "constant" and left.field and left.field["type"] == "select":
            values = [item for item in left.field.get("values") or [] if str(other).lower() not in item.lower()]
            self.put(left, values[0] if values else "")

    def _compare(self, left: Cell, sign: str, right: Cell) -> None:
        one, other = self.value_at(left), self.value_at(right)
        step = {"<": -1, "<=": 0, ">": 1, ">=": 0}[sign]
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
            self.put(right, _stamp(moment))
        if left.field and left.field["type"] == "autodate":
            raise Unbuildable(f"{left.name} is set by the server")
        if known is None:
            self.put(left, _stamp(moment + step))
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
        return _stamp(value)
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


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S.000Z")


def _read(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value
    try:
        text = str(value).replace("Z", "").replace("T", " ")
        return datetime.fromisoformat(text).replace(tzinfo=timezone.utc) if value else None
    except ValueError:
        return None
