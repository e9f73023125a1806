"""What is changed on the copy of a schema so that records can be made and tried, without changing who may do what."""

from __future__ import annotations

from typing import Any

from _pb.access.population import Population
from _pb.access.store import without_rows
from pb_common import PBRequestError
from pb_common.paths import collection_path


def break_circles(population: Population) -> None:
    """Make required relations optional where they form a circle: without that no record could ever exist."""
    for name in population.kinds("base", "auth"):
        fields = population.collections[name]["fields"]
        circular = [
            field
            for field in population.relations(name)
            if field.get("required") and _leads_back(population, population.target_of(field), name)
        ]
        if circular:
            for field in circular:
                field["required"] = False
                population.note(f"{name}.{field['name']} is required in a circle; on the copy it is optional.")
            _change(population, name, {"fields": fields})


def _leads_back(population: Population, start: str, goal: str) -> bool:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name == goal:
            return True
        if name not in seen:
            seen.add(name)
            waiting += population.needs(name)
    return False


def hash_quickly(population: Population) -> None:
    """Let the copy's passwords cost little time; nothing else depends on it."""
    for name in population.kinds("auth"):
        fields = population.collections[name]["fields"]
        for field in fields:
            if field["type"] == "password":
                field["cost"] = 4
        _change(population, name, {"fields": fields})


def allow_repetition(population: Population) -> None:
    """Let values repeat that have to be unique, for up to 0.23 such an error comes before the rule is asked.

    The indexes stay, for rules depend on them: what leads back through one is a single record. No row is in them.
    """
    for name in population.kinds("base", "auth"):
        before = population.collections[name].get("indexes") or []
        after = [without_rows(statement) for statement in before]
        if after != before:
            _change(population, name, {"indexes": after})


def _change(population: Population, name: str, changes: dict[str, Any]) -> None:
    try:
        population.client.call("PATCH", collection_path(name), changes)
    except PBRequestError as error:
        population.note(f"{name}: the copy could not be prepared: {error}")
