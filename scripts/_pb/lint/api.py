"""What PocketBase's JavaScript has in a release: names, types and their members, as the release's types.d.ts says."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

# Every object has these.
_OF_OBJECTS = frozenset(
    "constructor toString toLocaleString valueOf hasOwnProperty isPrototypeOf propertyIsEnumerable __proto__".split()  # noqa: SIM905
)
_REQUEST = "core.RequestEvent"
# An event that is based on that of a request has its methods and its own fields, but not these of what is below it.
_HIDDEN = frozenset(["request", "response"])


class Member(NamedTuple):
    """A member of a type: what it gives ("" where that is not known), and the releases that have it, as a sentence."""

    type: str
    there: bool
    when: str


class Parameter(NamedTuple):
    """What a function takes at a place: s text, n number, b boolean, o an object of PocketBase's, x others."""

    kind: str
    is_optional: bool
    is_rest: bool


class Api:
    """What there is in one release."""

    def __init__(self, version: str = "") -> None:
        """Take a release, by default the newest that is known."""
        known = _document()
        self.versions: list[str] = known["versions"]
        self._values, self._types, self._globals = known["values"], known["types"], known["globals"]
        wanted = _numbers(version) if version else _numbers(self.versions[-1])
        self._index = max((at for at, one in enumerate(self.versions) if _numbers(one) <= wanted), default=0)
        self._found: dict[tuple[str, str], Member | None] = {}

    @property
    def version(self) -> str:
        """The release."""
        return self.versions[self._index]

    def value(self, name: str) -> str:
        """Return the type of a name that every file has, "" for one that is not known."""
        entry = self._values.get(name, "")
        type = str(self._entry(entry).type) if entry else ""
        return "core.App" if type == "PocketBase" else type

    def is_global(self, name: str, place: str) -> bool:
        """Tell whether a name is there in `hooks` (the top of a file), `handlers` or `migrations`."""
        entry = self._globals[place].get(name)
        return entry is not None and self._entry(entry).there

    def handler_names(self) -> list[str]:
        """Return the names that are there in a handler."""
        return [name for name in self._globals["handlers"] if self.is_global(name, "handlers")]

    def event(self, name: str) -> str:
        """Return the type of the event of a hook, "" for one that there is not."""
        return self.value(f"{name}(e)")

    def is_known(self, type: str) -> bool:
        """Tell whether all members of a type are known."""
        return type in self._types and not self._is_open(type, frozenset())

    def member(self, type: str, name: str) -> Member | None:
        """Return a member of a type, None for one that no release has."""
        key = (type, name)
        if key not in self._found:
            self._found[key] = self._member(type, name, frozenset())
        found = self._found[key]
        if found and name in _HIDDEN and type != _REQUEST and self._is_based_on(type, _REQUEST, frozenset()):
            return None
        return found

    def members(self, type: str) -> list[str]:
        """Return the names of the members of a type in this release."""
        if type not in self._types:
            return []
        own = [name for name, entry in self._types[type]["members"].items() if self._entry(entry).there]
        return [*own, *(name for base in self._types[type]["bases"] for name in self.members(base))]

    def _member(self, type: str, name: str, seen: frozenset[str]) -> Member | None:
        if name in _OF_OBJECTS:
            return Member("", True, "")
        if type not in self._types or type in seen:
            return None
        entry = self._types[type]["members"].get(name)
        if entry is not None:
            return self._entry(entry)
        for base in self._types[type]["bases"]:
            plain = base.rpartition(".")[2]
            if plain[:1].isupper() and plain[:1].lower() + plain[1:] == name:
                return Member(base, True, "")
        found = [self._member(base, name, seen | {type}) for base in self._types[type]["bases"]]
        there = [one for one in found if one]
        return max(there, key=lambda one: one.there, default=None)

    def _is_open(self, type: str, seen: frozenset[str]) -> bool:
        if type not in self._types:
            return True
        if type in seen:
            return False
        known = self._types[type]
        # The types call each interface of Go open, but the app's is all that the program has.
        return (type != "core.App" and "*" in known["members"]) or any(
            self._is_open(base, seen | {type}) for base in known["bases"]
        )

    def _is_based_on(self, type: str, base: str, seen: frozenset[str]) -> bool:
        bases = self._types.get(type, {"bases": []})["bases"]
        return any(one == base or (one not in seen and self._is_based_on(one, base, seen | {type})) for one in bases)

    def _entry(self, entry: Any) -> Member:
        if isinstance(entry, str):
            return Member(entry, True, "")
        last = len(self.versions) - 1
        since, until = (entry[1] if len(entry) > 1 else 0), (entry[2] if len(entry) > 2 else last)
        when = f"since {self.versions[since]}" if self._index < since else f"only up to {self.versions[until]}"
        return Member(entry[0], since <= self._index <= until, when)


def result_of(type: str) -> str:
    """Return what a function of a type gives, "" where that is not known."""
    return type.partition(")")[2] if type.startswith("(") else ""


def parameters_of(type: str) -> list[Parameter]:
    """Return what a function of a type takes."""
    written = type[1 : type.find(")")] if type.startswith("(") else ""
    return [Parameter(kind, "?" in marks, "*" in marks) for kind, marks in re.findall(r"([a-z])([?*]*)", written)]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:3] if part.isdigit())


@lru_cache(maxsize=1)
def _document() -> Any:
    return json.loads(Path(__file__).with_name("api.json").read_text("utf-8"))
