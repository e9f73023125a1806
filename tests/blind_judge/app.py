"""An application of the judge: its schema, what its people do with it, the leaks, and the twin that is none."""

from __future__ import annotations

import copy
from typing import Any, Callable, NamedTuple

from blind_judge.schema import Collection
from blind_judge.world import World

Attack = Callable[[World], bool]


class Change(NamedTuple):
    """One small change of an application.

    `where` is `collection.property` (`read` means list and view), `collection.field.switch`, or `hooks`. `old` is the
    part that is replaced by `new`; None replaces all of it.
    """

    where: str
    old: Any
    new: Any

    @property
    def collection(self) -> str:
        """The collection that is changed, empty for a hook."""
        return "" if self.where == "hooks" else self.where.split(".")[0]


class Leak(NamedTuple):
    """A change that lets somebody do what he may not, proved by an attack."""

    name: str
    kind: str
    says: str
    change: Change
    also: tuple[str, ...]
    attack: Attack


class App:
    """A schema with its hooks, and what is tried on it."""

    def __init__(self, name: str, says: str, schema: list[Collection], hooks: str = "") -> None:
        self.name = name
        self.says = says
        self.schema = schema
        self.hooks = hooks
        self.leaks: list[Leak] = []
        self.twins: list[tuple[str, Change]] = []
        self.uses: list[Attack] = []

    def leak(self, kind: str, where: str, old: Any, new: Any, says: str, also: str = "") -> Callable[[Attack], Attack]:
        """Register the function as the attack that a change makes possible; `also` are other places to name it at."""

        def register(attack: Attack) -> Attack:
            name = getattr(attack, "__name__", "")
            self.leaks.append(Leak(name, kind, says, Change(where, old, new), tuple(also.split()), attack))
            return attack

        return register

    def twin(self, where: str, old: Any, new: Any, says: str) -> None:
        """Register a change that looks like a leak and is none: no attack of the application succeeds with it."""
        self.twins.append((says, Change(where, old, new)))

    def use(self, function: Attack) -> Attack:
        """Register what people must be able to do: on the correct schema, and on its twins."""
        self.uses.append(function)
        return function

    def changed(self, change: Change) -> tuple[list[Collection], str]:
        """Return the schema and the hooks with one change."""
        schema = copy.deepcopy(self.schema)
        if change.where == "hooks":
            return schema, _replaced(self.hooks, change)
        name, *path = change.where.split(".")
        (collection,) = (item for item in schema if item["name"] == name)
        if len(path) == 2:
            (field,) = (item for item in collection["fields"] if item["name"] == path[0])
            field[path[1]] = _replaced(field[path[1]], change)
            return schema, self.hooks
        keys = ["listRule", "viewRule"] if path == ["read"] else [path[0]]
        for key in keys:
            key = key if key in ("viewQuery", "indexes") else f"{key.removesuffix('Rule')}Rule"
            collection[key] = _replaced(collection[key], change)
        return schema, self.hooks


def _replaced(value: Any, change: Change) -> Any:
    if change.old is None:
        assert value != change.new, change
        return change.new
    assert isinstance(value, str), change
    assert value.count(change.old) == 1, (change, value)
    return value.replace(change.old, change.new)
