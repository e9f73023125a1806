"""A finding: what is wrong with a schema, where, and how it is put right."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any, Callable, NamedTuple

from pb_common.schema_types import Collection

Collections = list[Collection]


class Finding(NamedTuple):
    """Something wrong with a schema.

    `kind` names the mistake, `place` is where it is for a person (`posts.title`) and `path` the same as JSON keys and
    positions. `fix` is a sentence; `apply` makes the correction in a list of collections, None where a person has to.
    """

    kind: str
    place: str
    message: str
    fix: str = ""
    path: tuple[str | int, ...] = ()
    apply: Callable[[Collections], None] | None = None


class Wrong(NamedTuple):
    """What is wrong with a property of a field or of a collection, which is not said here, and how it is put right."""

    key: str
    message: str
    fix: str = ""


def corrected(wanted: Collections, findings: Iterable[Finding]) -> Collections:
    """Return a copy of the schema with what can be corrected by itself."""
    result = copy.deepcopy(wanted)
    for finding in findings:
        if finding.apply:
            finding.apply(result)
    return result


def at(schema: Any, path: tuple[str | int, ...]) -> Any:
    """Return the value at a path of JSON keys and positions."""
    for step in path:
        schema = schema[step]
    return schema


def renaming(path: tuple[str | int, ...], old: str, new: str) -> Callable[[Collections], None]:
    """Return a correction that renames a key of the object at `path` and keeps its place."""

    def apply(schema: Collections) -> None:
        owner = at(schema, path)
        items = [(new if key == old else key, value) for key, value in owner.items()]
        owner.clear()
        owner.update(items)

    return apply


def setting(path: tuple[str | int, ...], key: str, value: Any) -> Callable[[Collections], None]:
    """Return a correction that sets a key of the object at `path`."""

    def apply(schema: Collections) -> None:
        at(schema, path)[key] = value

    return apply


def removing(path: tuple[str | int, ...], key: str) -> Callable[[Collections], None]:
    """Return a correction that removes a key of the object at `path`."""

    def apply(schema: Collections) -> None:
        at(schema, path).pop(key, None)

    return apply


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the name that was probably meant, None where no name is near."""
    from difflib import get_close_matches

    by_lower = {candidate.lower(): candidate for candidate in names}
    near = get_close_matches(name.lower(), list(by_lower), 1, 0.7)
    return by_lower[near[0]] if near else None
