"""The records of a scene and its request: rows are added as the paths of a rule lead to them."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta, timezone
from typing import Any

from _pb.access.rows import Cell, Row, Unbuildable, stamp
from _pb.languages.rules import Name, Operand
from _pb.languages.view_conditions import constants as compared_in_query
from _pb.languages.views import read_query
from _pb.schema.fields import MULTIPLE_TYPES, is_multiple
from _pb.schema.lookup import Schema
from _pb.schema.rule_paths import LITERALS, back_relation
from pb_common.schema_types import Collection, Field

METHODS = {"list": "GET", "view": "GET", "create": "POST", "update": "PATCH", "delete": "DELETE", "manage": "PATCH"}
METHODS["auth"] = "POST"
_HOURS = {"@yesterday": -24, "@tomorrow": 24}

# Numbers for values that stand nowhere else, in no other scene either.
FRESH = itertools.count(1)


def lacks(schema: Schema, users: Collection, name: str) -> bool:
    """Tell whether the accounts of a collection have nothing of this name."""
    return name not in schema.fields(users) and not back_relation(Name(name, 0))[1].text


class Cast:
    """Records and a request about one of them (`record`), sent by `actor`, a guest where it is None.

    `sent` are the fields of the request's body; in a create it is the record itself. `withheld` are fields that are not
    sent in a create. `gone` are rows that are not stored after all, `spare` ones to which nothing leads yet. Of a
    view whose ids are `computed`, `shown` are those that came with the stored records.
    """

    def __init__(self, schema: Schema, collection: Collection, action: str, users: Collection | None) -> None:
        self.schema = schema
        self.collection = collection
        self.action = action
        self.rows: list[Row] = []
        self.frames: dict[str, Row] = {}
        self.columns: dict[str, tuple[str, str]] = {}
        self.computed = False
        self.shown: set[str] = set()
        self.query: dict[str, Any] = {}
        self.headers: dict[str, Any] = {}
        self.withheld: set[str] = set()
        self.gone: set[int] = set()
        self.spare: list[Row] = []
        self.joined: dict[tuple[str, str], Row] = {}
        self.back: dict[tuple[int, str], Row] = {}
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
        if not tables:
            raise Unbuildable("the view reads no collection")
        self.computed = origin is None or origin[0] not in tables or not read.is_single
        first = tables[origin[0]] if origin and not self.computed else next(iter(tables.values()))
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
        for column, sign, value in compared_in_query(query):
            for row in self.frames.values():
                field = self.schema.fields(row.collection).get(column)
                if field is not None and field["type"] != "relation":
                    row.values.setdefault(column, self._compared(Cell("field", row, column, "", field), sign, value))
                    break

    def _compared(self, cell: Cell, sign: str, value: Any) -> Any:
        """Return a value of a column that a comparison in a view's query lets through."""
        wanted = bool(value) if cell.field and cell.field["type"] == "bool" else value
        if sign in ("!=", "<>"):
            return self.besides(cell, wanted)
        if sign in ("<", ">") and isinstance(value, int):
            return value + (1 if sign == ">" else -1)
        return wanted

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
            return self._call(operand)
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

    def _call(self, operand: Operand) -> Cell:
        """Return the cell of a function: the places between which geoDistance measures, the moment of strftime."""
        if operand.text.lower() == "geodistance":
            return Cell("distance", value=[self.cell(one) for one in operand.arguments])
        texts = [one.text.lower() for one in operand.arguments]
        if operand.text.lower() != "strftime" or texts[1:2] != ["now"]:
            raise Unbuildable(f"{operand.text}() is not worked out")
        moment = datetime.now(timezone.utc)
        for text in texts[2:]:
            number, _, unit = text.partition(" ")
            unit = f"{unit.rstrip('s')}s"
            if unit not in ("seconds", "minutes", "hours", "days"):
                raise Unbuildable(f"{text} is not worked out")
            moment += timedelta(**{unit: float(number)})
        return Cell("moment", value=moment)

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
        if lacks(self.schema, actor.collection, names[0]):
            return Cell("missing", name=names[0], value="")
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
            if self.computed and row is self.record.find() and position == 0 and name == "id":
                raise Unbuildable("the id is computed by the view")
            field = self.schema.fields(row.collection).get(name)
            last = position == len(names) - 1
            if name == "id":
                return Cell("id", row, "id", modifier, field, via=via)
            if field is None:
                row = self._back(row, name)
                if last:
                    return Cell("id", row, "id", modifier)
            elif last:
                several = via if via is not None and is_multiple(via[1]) else None
                return Cell("field", row, name, modifier, field, via=several)
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

    def _put(self, row: Row, field: Field, value: Any) -> None:
        row.values[field["name"]] = [value] if is_multiple(field) else value

    # Values

    def value_at(self, cell: Cell) -> Any:
        """Return what stands in a cell, None if nothing does yet."""
        if cell.kind in ("constant", "moment", "missing"):
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
        if cell.kind in ("constant", "moment", "missing"):
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

    def forget(self, value: Any) -> None:
        """Have nothing stand where a value stood that was made up to be equal."""
        for row in self.all_rows():
            for name, known in row.values.items():
                if isinstance(known, str) and known == value:
                    row.values[name] = ""

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

    def besides(self, cell: Cell, value: Any) -> Any:
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

    def sample(self, cell: Cell) -> Any:
        """Return a value that stands nowhere else and fits the cell."""
        number = next(FRESH)
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
            return stamp(datetime.now(timezone.utc) - timedelta(days=30 + number))
        if kind == "email":
            return f"person{number}@example.com"
        if kind == "url":
            return f"https://example.com/{number}"
        if kind == "relation" and field:
            return self.another(self.target(field))
        return f"value {number}"
