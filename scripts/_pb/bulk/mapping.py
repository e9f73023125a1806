"""Which column goes into which field, and a row made into a record by it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Callable, NamedTuple

from _pb.bulk.convert import Converter, Style, converter, split
from _pb.bulk.keys import plain, require_searchable
from _pb.bulk.readers import NOTES, Row, Table
from _pb.records.uploads import DEFAULT_MAX_SIZE
from _pb.schema.fields import is_multiple
from pb_common import PBUsageError
from pb_common.collections import field_names
from pb_common.multipart import FilePart, file_part
from pb_common.project import typed
from pb_common.schema_types import Collection, Field
from pb_common.suggest import suggest

# What an export writes beside the fields.
_NO_DATA = {*NOTES, "collectionId", "collectionName", "expand"}


class Record(NamedTuple):
    """A row as it will be sent: its values by field, the natural keys of its relations, and its files."""

    values: dict[str, Any]
    wanted: dict[str, list[Any]]
    files: list[FilePart]


class Column(NamedTuple):
    """Where a column goes: the field, and the function that converts its cells (None for lookups and files)."""

    field: str
    convert: Converter | None


class Mapping:
    """Makes records of the rows of a table for a collection.

    `renamed` maps columns to fields ("" leaves a column out), `lookups` are the relations whose cells are natural keys,
    each with the field that they are values of, `folder` is where the files named in the table are, `collections` those
    that a hint may name. Raises PBUsageError
    for columns and fields that do not exist, before a row is read.
    """

    def __init__(
        self,
        collection: Collection,
        table: Table,
        renamed: dict[str, str],
        lookups: dict[str, Field],
        folder: str | None,
        style: Style,
        collections: Callable[[], list[Collection]] = list,
    ) -> None:
        self._collection = collection
        self._collections = collections
        self._fields = {field["name"]: field for field in collection["fields"]}
        self._renamed = renamed
        self._lookups = {
            name: converter({**key, "required": False}, style) if key["type"] in ("number", "date", "bool") else None
            for name, key in lookups.items()
        }
        self._folder = Path(folder).resolve() if folder else None
        self._separator = style.separator
        self.left_out: set[str] = set()
        self._converters = {name: self._converter(field, style) for name, field in self._fields.items()}
        for column, field in renamed.items():
            if field and field not in self._fields and not self._writes_only(field):
                raise PBUsageError(
                    f"--map {column}={field}: {collection['name']} has no field {field!r}.",
                    hint=suggest(field, self._fields),
                    code="unknown_field",
                )
        self._targets = None if table.columns is None else self._matched(table.columns)

    def record(self, row: Row) -> Record:
        """Return the record of a row; raise ValueError with the reason why it can be none."""
        if row.problem:
            raise ValueError(row.problem)
        record = Record({}, {}, [])
        if self._targets is None:
            filled = set()
            for name, (value, text) in row.values.items():
                column = self._column(name)
                if column and column.field in filled:
                    raise ValueError(f"{column.field}: two values, the second under {name!r}")
                if column:
                    filled.add(column.field)
                    self._put(record, column, value, text)
        else:
            cells = row.values
            if len(cells) != len(self._targets):
                raise ValueError(f"{len(cells)} cells; the header has {len(self._targets)}")
            for column, cell in zip(self._targets, cells):
                if column:
                    self._put(record, column, cell, None)
        if "password" in record.values and self._collection["type"] == "auth":
            record.values.setdefault("passwordConfirm", record.values["password"])
        return record

    @property
    def targets(self) -> set[str] | None:
        """The fields that have a column, None where each row names its own."""
        return None if self._targets is None else {column.field for column in self._targets if column}

    def _put(self, record: Record, column: Column, cell: Any, text: str | None) -> None:
        name = column.field
        try:
            if column.convert:
                record.values[name] = column.convert(cell, text)
            elif cell in ("", None):
                record.values[name] = None
            elif name in self._lookups:
                record.wanted[name] = self._natural_keys(name, cell, text)
            elif files := self._files(self._fields[name], cell):
                record.files.extend(files)
            else:
                record.values[name] = None
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None

    def _natural_keys(self, name: str, cell: Any, text: str | None) -> list[Any]:
        single = [cell if isinstance(cell, str) else str(text)]
        keys = split(cell, self._separator) if is_multiple(self._fields[name]) else single
        for key in keys:
            require_searchable(key)
        convert = self._lookups[name]
        return [plain(convert(key, None)) for key in keys] if convert else keys

    def _files(self, field: Field, cell: Any) -> list[FilePart]:
        names = split(cell, self._separator) if is_multiple(field) or isinstance(cell, list) else [str(cell)]
        if len(names) > max(field.get("maxSelect") or 0, 1):
            raise ValueError(f"{len(names)} files; at most {field.get('maxSelect') or 1} are allowed")
        if not names:
            return []
        if not self._folder:
            raise ValueError(f"{names[0]!r} is a file: say where it is with --files, or leave the column out (--map)")
        parts = []
        for name in names:
            path = (self._folder / name).resolve()
            if self._folder not in path.parents:
                raise ValueError(f"{name!r} leads out of the folder of files")
            try:
                part = file_part(field["name"], str(path))
            except PBUsageError as error:
                raise ValueError(str(error)) from None
            if part.size > (field.get("maxSize") or DEFAULT_MAX_SIZE):
                raise ValueError(f"{name!r} has {part.size} bytes, more than the field takes")
            parts.append(part)
        return parts

    def _converter(self, field: Field, style: Style) -> Column:
        own = field["type"] == "file" or field["name"] in self._lookups
        return Column(field["name"], None if own else converter(field, style))

    def _column(self, name: str) -> Column | None:
        """Return where a named value goes, None where it is no data; raise ValueError for an unknown name."""
        target = self._renamed.get(name, name)
        if not target or (target in _NO_DATA and target not in self._fields):
            return None
        field = self._fields.get(target)
        if field is None:
            if self._writes_only(target):
                return Column(target, _as_it_is)
            raise ValueError(f"{self._collection['name']} has no field {target!r}")
        if field["type"] == "autodate":
            self.left_out.add(target)
            return None
        return self._converters[target]

    def _ways(self, unknown: list[str]) -> list[str]:
        """Return the sentences that say where unknown columns may go, a relation by its key too."""
        kinds = {name: field["type"] for name, field in self._fields.items()}
        near = {name: _near(name, list(kinds)) for name in unknown[:5]}
        options = []
        for name, field in near.items():
            options.append(_map(name, field if kinds.get(field) != "autodate" else ""))
            if field and kinds[field] == "relation" and field not in self._lookups:
                key = name[len(field) + 1 :] if name.lower().startswith(f"{field.lower()}_") else "KEY"
                options.append(f"--lookup {field}={self._target(field)}.{key}")
        meant = f"Perhaps: {' '.join(options)}" + " -" if any(near.values()) else ""
        return [meant, f"--map COLUMN=FIELD says where one goes, {_map(unknown[0])} leaves it out."][not meant :]

    def _target(self, name: str) -> str:
        """Return the name of the collection that a relation leads to."""
        id = self._fields[name].get("collectionId")
        return next((item["name"] for item in self._collections() if item["id"] == id), "COLLECTION")

    def _writes_only(self, name: str) -> bool:
        return name in ("passwordConfirm", "oldPassword") and self._collection["type"] == "auth"

    def _matched(self, columns: list[str]) -> list[Column | None]:
        for column in self._renamed:
            if column not in columns:
                raise PBUsageError(
                    f"--map {column}=...: there is no such column.",
                    hint=suggest(column, columns[:1000]),
                    code="unknown_name",
                )
        targets: list[Column | None] = []
        unknown = []
        for name in columns:
            try:
                targets.append(self._column(name) if name else None)
            except ValueError:
                unknown.append(name)
        known = field_names(self._collection)
        if unknown and not any(targets):
            raise PBUsageError(
                f"None of the {len(columns)} columns is a field of {self._collection['name']}: {_some(unknown)}.",
                hint=f"Name them: --map COLUMN=FIELD. {suggest('', known)}",
                code="invalid_rows",
            )
        if unknown:
            raise PBUsageError(
                f"{self._collection['name']} has no field for {_some(unknown)}. {suggest(unknown[0], known)}",
                hint=" ".join(self._ways(unknown)),
                code="unknown_field",
            )
        used = [column.field for column in targets if column]
        twice = next((name for name in used if used.count(name) > 1), None)
        if twice:
            raise PBUsageError(
                f"Two columns go into the field {twice!r}.", hint="Leave one out: --map COLUMN=", code="invalid_rows"
            )
        if not used:
            raise PBUsageError("No column has data for a field.", hint=suggest("", known), code="invalid_rows")
        return targets


def _near(column: str, fields: list[str]) -> str:
    """Return the field whose name a column's begins with or looks like, "" for none."""
    from difflib import get_close_matches

    begun = [field for field in fields if column.lower().startswith(f"{field.lower()}_")]
    return max(begun, key=len, default="") or next(iter(get_close_matches(column, fields, 1)), "")


def _map(column: str, field: str = "") -> str:
    return f"--map {typed(f'{column}={field}')}"


def _as_it_is(cell: Any, text: str | None) -> Any:
    return cell


def _some(names: list[str]) -> str:
    shown = ", ".join(repr(name[:60]) for name in names[:5])
    return f"{shown} and {len(names) - 5} more" if len(names) > 5 else shown


def parse_pairs(pairs: list[str], option: str, example: str) -> dict[str, str]:
    """Return the `name=value` pairs of an option; raise PBUsageError for one without a sign of equality."""
    found = {}
    for pair in pairs:
        name, sign, value = pair.rpartition("=")
        if not sign or not name:
            raise PBUsageError(f"{option} {pair!r} is not {example}.", hint=f"{option} {example}")
        found[name] = value
    return found


def dumped_values(values: dict[str, Any]) -> bytes:
    """Return the values of a record as the bytes of a JSON object; raise ValueError for half a surrogate pair."""
    try:
        return json.dumps(values, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError(f"half a surrogate pair, {error.object[error.start]!r}, is no character") from None
