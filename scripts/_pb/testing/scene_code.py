"""The scenes of witnesses, written as the lines of a test file."""

from __future__ import annotations

import json
import re
import string
import textwrap
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

from _pb.access.rows import Row
from _pb.access.scene import Scene
from _pb.access.stage import Seen
from _pb.testing.scenes import ME, RECORD

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z")
_MADE_ID = re.compile(r"\b0{5}\d{10}\b")
WIDTH = 120
_INDENT = 8
_FEW = 3


class Unwritable(Exception):
    """A value that a test file cannot hold; the text says which."""


class SceneCode:
    """A scene as code: its rows by name, and the requests about them."""

    def __init__(self, scene: Scene, rows: list[Row] | None = None) -> None:
        self.scene = scene
        self.names: dict[int, str] = {}
        self._record, self._actor = scene.record.find(), scene.actor
        letters = iter(
            [*string.ascii_lowercase, *(f"{one}{two}" for one in "abcdef" for two in string.ascii_lowercase)]
        )
        living = scene.living() if rows is None else rows
        led_to = Counter(id(row) for value in self._values(living) for row in _rows_in(value))
        # What only one relation leads to, and nothing is said of, needs no name.
        self._new = {id(row) for row in living if rows is None and led_to[id(row)] == 1 and self._is_plain(row)}
        self.rows = [row for row in living if id(row) not in self._new]
        for row in self.rows:
            is_actor, is_record = row is self._actor, row is self._record
            self.names[id(row)] = ME if is_actor else RECORD if is_record else next(letters)

    def _values(self, rows: list[Row]) -> Iterator[Any]:
        yield from (value for row in rows for value in row.values.values())
        if self.scene.action != "create":
            yield from self.scene.sent.values.values()

    def _is_plain(self, row: Row) -> bool:
        is_of_nobody = row not in (self._actor, self._record)
        return is_of_nobody and all(value is None for value in row.values.values())

    def told(self, *, alone: bool = False) -> list[str]:
        """Return the rows as the items of a dict; `alone` where nothing else says what the record is of."""
        items = []
        for row in self.rows:
            name = self.names[id(row)]
            is_plain = not alone and name == RECORD and row.collection is self.scene.collection
            key = name if is_plain else f"{name} {row.collection['name']}"
            items.append(f"{_text(key)}: {self.dict_of(row.values)}")
        return items

    def request(self) -> list[str]:
        """Return what the request of the scene sends beside the record, as keyword arguments."""
        scene, words = self.scene, []
        if scene.action != "create" and scene.sent.values:
            words.append(f"sent={self.dict_of(scene.sent.values)}")
        if scene.action == "create" and scene.withheld:
            words.append(f"without={sorted(scene.withheld)!r}".replace("'", '"'))
        for name in ("query", "headers"):
            if getattr(scene, name):
                words.append(f"{name}={self.dict_of(getattr(scene, name))}")
        return words

    def dict_of(self, values: dict[str, Any]) -> str:
        """Return values as a dict; what leads to a row that is not stored is left out."""
        known = {key: value for key, value in values.items() if value is not None and not self._is_gone(value)}
        return "{" + ", ".join(f"{_text(key)}: {self.value(value)}" for key, value in known.items()) + "}"

    def _is_gone(self, value: Any) -> bool:
        return isinstance(value, Row) and id(value.find()) not in self.names and id(value.find()) not in self._new

    def value(self, value: Any) -> str:
        """Return a value as it is written."""
        if isinstance(value, Row):
            row = value.find()
            return _text(f"@new {row.collection['name']}" if id(row) in self._new else f"@{self.names[id(row)]}")
        if isinstance(value, list):
            items = [self.value(one) for one in value if not self._is_gone(one)]
            is_series = len(items) > _FEW and len(set(items)) == 1
            return f"[{items[0]}] * {len(items)}" if is_series else "[" + ", ".join(items) + "]"
        if isinstance(value, dict):
            return self.dict_of(value)
        if isinstance(value, str):
            return _said(value)
        if value is None or isinstance(value, (bool, int, float)):
            return repr(value)
        raise Unwritable(f"{type(value).__name__} is no plain value")

    def sent(self, seen: Seen) -> str:
        """Return a request that was sent in the scene, with the names of rows for their ids."""
        ids = {row.id: f"@{self.names[id(row)]}" for row in self.rows if row.id}

        def named(value: Any) -> Any:
            if isinstance(value, dict):
                return {key: named(one) for key, one in value.items()}
            if isinstance(value, list):
                return [named(one) for one in value]
            if isinstance(value, str):
                for known, name in ids.items():
                    value = value.replace(known, name)
                if _MADE_ID.search(value):
                    raise Unwritable("it is about a record that a request made")
            return value

        who = named(seen.who).rpartition("/")[2]
        body = f", {self.value(named(seen.body))}" if seen.body is not None else ""
        return f"({_text(who)}, {_text(seen.method)}, {_text(named(seen.path))}{body})"


def _rows_in(value: Any) -> Iterator[Row]:
    yield from (one.find() for one in (value if isinstance(value, list) else [value]) if isinstance(one, Row))


def _said(text: str) -> str:
    if _MOMENT.fullmatch(text):
        moment = datetime.strptime(text[:19], "%Y-%m-%d %H:%M:%S").replace(tzinfo=timezone.utc)
        return f"days({round((moment - datetime.now(timezone.utc)).total_seconds() / 86400)})"
    return _text(text)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def call(name: str, text: str, rows: list[str], *others: str) -> list[str]:
    """Return a call with a text, rows and what else it takes, in as few lines as it fits into."""
    strings = _strings(text)
    lines = [f"{name}({strings[0]}", *(f"    {part}" for part in strings[1:])]
    for word in (*_dict(rows), *others):
        lines[-1] += ","
        if len(lines[-1]) + len(word) + 2 + _INDENT <= WIDTH:
            lines[-1] += f" {word}"
        else:
            lines.append(f"    {word}")
    lines[-1] += ")"
    return lines


def _strings(text: str) -> list[str]:
    """Return a text as string literals, in several where it is long; nothing for no text."""
    parts = textwrap.wrap(text, WIDTH - 20, break_long_words=False, break_on_hyphens=False, drop_whitespace=False)
    return [json.dumps(part, ensure_ascii=False) for part in parts]


def _dict(items: list[str]) -> list[str]:
    """Return the items of a dict with its brackets."""
    if not items:
        return ["{}"]
    return ["{" + items[0] + ("}" if len(items) == 1 else ""), *items[1:-1], *([items[-1] + "}"] if items[1:] else [])]
