"""Records found by the values of fields: what an upsert updates, what a lookup points to, what is there already."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from threading import Lock
from typing import Any
from urllib.parse import quote_plus

from _pb.bulk.rawjson import dumped
from _pb.languages.indexes import read_indexes
from _pb.records.filters import literal
from _pb.records.query import pages_by_id
from _pb.schema.fields import is_multiple
from pb_common import Client, PBUsageError, with_query
from pb_common.paths import records_path
from pb_common.schema_types import Collection
from pb_common.suggest import suggest

Key = tuple[Any, ...]
# PocketBase takes filters of at most 3500 characters and 200 expressions, proxies often requests of at most 8 kB.
_LONGEST_FILTER = 3400
_LONGEST_QUERY = 6500
_MAX_EXPRESSIONS = 190
# What naming a parameter costs beside its value.
_PARAMETER = 12
# A longer text goes beside the filter, as a parameter of the request.
_LONGEST_LITERAL = 300
_KEY_TYPES = {"text", "number", "bool", "email", "url", "date", "autodate", "editor"}
_SINGLE_TYPES = {"select", "relation"}
# More keys than this are not remembered from one lookup to the next.
_MAX_CACHED = 20000
SEVERAL = "several"
# The server ends a text at NUL; half a surrogate pair is no character.
_NOT_IN_FILTERS = re.compile("[\0\ud800-\udfff]")


def key_of(values: dict[str, Any], fields: list[str]) -> Key:
    """Return the values of the fields as a key; raise ValueError where one is empty or cannot be searched for."""
    key = tuple(plain(values.get(name)) for name in fields)
    for name, value in zip(fields, key):
        if value in ("", None):
            raise ValueError(f"{name}: the key is empty")
        if isinstance(value, str):
            try:
                require_searchable(value)
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from None
    return key


def require_searchable(text: str) -> None:
    """Raise ValueError for a text that no filter can name."""
    strange = _NOT_IN_FILTERS.search(text)
    if strange:
        raise ValueError(f"the key {text[:60]!r} holds {strange[0]!r}, which cannot be searched for")


def plain(value: Any) -> Any:
    """Return a whole number as an int, whether it was written 5 or 5.0; anything else as it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def digest(key: Key) -> bytes:
    """Return 16 bytes that stand for a key."""
    from hashlib import blake2b

    return blake2b(dumped(list(key)).encode("utf-8", "surrogatepass"), digest_size=16).digest()


class KeyStore:
    """Keys and what belongs to them, in a temporary file, so that memory stays flat."""

    def __init__(self) -> None:
        import sqlite3

        self._lock = Lock()
        self._data = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._data.execute("PRAGMA cache_size = -4000")
        self._data.execute("PRAGMA journal_mode = OFF")
        self._data.execute("CREATE TABLE keys (key BLOB PRIMARY KEY, value TEXT) WITHOUT ROWID")
        self._data.execute("BEGIN")

    def add(self, key: Key, value: str = "") -> bool:
        """Remember a key; return False if it was known, whose value stays."""
        with self._lock:
            cursor = self._data.execute("INSERT OR IGNORE INTO keys VALUES (?, ?)", (digest(key), value))
            return cursor.rowcount == 1

    def put(self, key: Key, value: str) -> None:
        """Remember a key with this value."""
        with self._lock:
            self._data.execute("INSERT OR REPLACE INTO keys VALUES (?, ?)", (digest(key), value))

    def get(self, key: Key) -> str | None:
        """Return the value of a key, None if it is not known."""
        with self._lock:
            row = self._data.execute("SELECT value FROM keys WHERE key = ?", (digest(key),)).fetchone()
        return str(row[0]) if row else None


class Finder:
    """Finds the ids of a collection's records by the values of `fields`.

    With an index on the fields the server is asked for the keys at hand; without one, which would make it read the
    whole table each time, and where `ahead` asks for it, all keys are read once into a temporary file. `lock` guards
    the client.
    """

    def __init__(
        self, client: Client, lock: Any, collection: Collection, fields: list[str], *, ahead: bool = False
    ) -> None:
        self._client = client
        self._lock = lock
        self.collection = collection["name"]
        self.fields = fields
        unique = [names[0] for names in unique_fields(collection) if len(names) == 1]
        # By which a person names its records, "" where nothing but the id tells them apart.
        self.name_field = next((name for name in unique if name not in ("id", "tokenKey")), "")
        self._known: dict[Key, str] = {}
        _check_fields(collection, fields)
        self._all = None if _has_index(collection, fields) and not ahead else self._read_all()

    def find(self, keys: Iterable[Key], *, remember: bool = False) -> dict[Key, str]:
        """Return the id of the record of each key that has one, SEVERAL where there is more than one.

        `remember` keeps what was found for the next calls, for records that nobody changes meanwhile.
        """
        if self._all:
            found = {key: self._all.get(key) for key in set(keys)}
            return {key: value for key, value in found.items() if value}
        wanted = set(keys)
        known = {key: self._known[key] for key in wanted if key in self._known} if remember else {}
        fresh = self._ask(sorted(wanted - set(known), key=repr))
        if remember:
            if len(self._known) > _MAX_CACHED:
                self._known.clear()
            self._known.update(fresh)
        return {**known, **fresh}

    def is_of(self, collection: Collection) -> bool:
        """Tell whether it finds records of a collection."""
        return bool(self.collection == collection["name"])

    def created(self, key: Key, record: str) -> None:
        """Take note of a record that was created."""
        if self._all:
            known = self._all.get(key)
            self._all.put(key, record if known in (None, record) else SEVERAL)

    def _ask(self, keys: list[Key]) -> dict[Key, str]:
        found: dict[Key, str] = {}
        for query in _filters(self.fields, keys):
            names = ",".join(dict.fromkeys(["id", *self.fields]))
            path = with_query(records_path(self.collection), page=1, perPage=1000, skipTotal=1, fields=names, **query)
            with self._lock:
                items = self._client.call("GET", path)["items"]
            for item in items:
                key = tuple(plain(item[name]) for name in self.fields)
                found[key] = SEVERAL if key in found else item["id"]
        return found

    def _read_all(self) -> KeyStore:
        store = KeyStore()
        names = ",".join(dict.fromkeys(["id", *self.fields]))
        for page in pages_by_id(self._client, self.collection, {"fields": names}):
            for item in page:
                key = tuple(plain(item[name]) for name in self.fields)
                if not store.add(key, item["id"]):
                    store.put(key, SEVERAL)
        return store


def records_by_id(client: Client, lock: Any, collection: str, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return the records that have these ids, whole, by their ids."""
    found: dict[str, dict[str, Any]] = {}
    for query in _filters(["id"], [(id,) for id in ids]):
        path = with_query(records_path(collection), page=1, perPage=1000, skipTotal=1, **query)
        with lock:
            found.update((item["id"], item) for item in client.call("GET", path)["items"])
    return found


def _filters(fields: list[str], keys: list[Key]) -> Iterator[dict[str, str]]:
    """Yield query parameters whose filters match the records of all keys together."""
    most = max(1, _MAX_EXPRESSIONS // len(fields))
    parts: list[str] = []
    bound: dict[str, str] = {}
    length = size = 0
    for key in keys:
        part, values = _condition(fields, key, len(bound))
        added = len(quote_plus(part)) + sum(len(quote_plus(value)) + _PARAMETER for value in values.values())
        full = len(parts) == most or length + len(part) > _LONGEST_FILTER or size + added > _LONGEST_QUERY
        if parts and full:
            yield {"filter": "||".join(parts), **bound}
            parts, bound, length, size = [], {}, 0, 0
            part, values = _condition(fields, key, 0)
        parts.append(part)
        bound.update(values)
        length += len(part) + 2
        size += added
    if parts:
        yield {"filter": "||".join(parts), **bound}


def _condition(fields: list[str], key: Key, taken: int) -> tuple[str, dict[str, str]]:
    """Return the condition that a record has a key, and its parameters, numbered from `taken` on."""
    pairs = []
    bound: dict[str, str] = {}
    for name, value in zip(fields, key):
        if isinstance(value, str) and ("\\" in value or len(value) > _LONGEST_LITERAL):
            # Versions differ in what a backslash in a literal means; a parameter is taken as it is.
            parameter = f"bind_{taken + len(bound)}"
            bound[parameter] = value
            pairs.append(f"{name}=@request.query.{parameter}")
        else:
            pairs.append(f"{name}={literal(value)}")
    return (f"({'&&'.join(pairs)})" if len(pairs) > 1 else pairs[0]), bound


def _check_fields(collection: Collection, fields: list[str]) -> None:
    known = {field["name"]: field for field in collection["fields"]}
    for name in fields:
        field = known.get(name)
        if field is None:
            raise PBUsageError(
                f"{collection['name']} has no field {name!r}.", hint=suggest(name, known), code="unknown_field"
            )
        single = field["type"] in _SINGLE_TYPES and not is_multiple(field)
        if field["type"] not in _KEY_TYPES and not single:
            raise PBUsageError(
                f"{collection['name']}.{name} is of the type {field['type']}, which cannot be a key.",
                hint="A key is a text, number, date, e-mail address or URL, or a single select or relation.",
            )


def _has_index(collection: Collection, fields: list[str]) -> bool:
    """Tell whether an index of the whole collection, or its primary key, begins with one of the fields."""
    whole = [index for index in read_indexes(collection.get("indexes")) if not index.condition]
    first = {index.keys[0].column.lower() for index in whole if not index.keys[0].collation}
    return "id" in fields or any(name.lower() in first for name in fields)


def unique_fields(collection: Collection) -> list[list[str]]:
    """Return the fields of each unique index of a collection, its primary key included."""
    names = {field["name"].lower(): field["name"] for field in collection["fields"]}
    unique = [index for index in read_indexes(collection.get("indexes")) if index.unique]
    keys = [[names.get(column.lower(), column) for column in index.key_columns] for index in unique]
    return [["id"], *filter(None, keys)]
