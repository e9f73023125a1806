"""Which part of a rule decides, found by having the server evaluate each part alone."""

from __future__ import annotations

import argparse
from typing import Any

from pb_common import Client, PBUsageError, segment
from pb_common.suggest import suggest

from .attempts import allow_batches
from .observe import RULES, Observer
from .people import GUEST, Persona
from .rule_parts import Part, parse
from .setting import existing, populated_copy


def explain_rule(client: Client, args: argparse.Namespace) -> dict[str, Any]:
    """Return whether an actor may do something, and which part of the rule decided."""
    with populated_copy(client, args) as population:
        name = existing(population, args.collection)
        allow_batches(population.client)
        people = [Persona(GUEST), *population.people.personas, *population.people.in_roles]
        observer = Observer(population, population.client, population.client.superuser_token(), people)
        if population.collections[name]["type"] == "view":
            observer.name_rows_of_view(name)
        persona = _chosen(args.actor, {who.label: who for who in observer.personas}, "actor")
        names = observer.trier.names(name, args.action)
        usual = "own" if "own" in names or not names else names[0]
        tried = _chosen(args.tried or usual, {label: label for label in names}, "record")
        with population.people.acting(persona):
            return _explained(observer, name, args.action, persona, tried)


def _explained(observer: Observer, name: str, action: str, persona: Persona, tried: str) -> dict[str, Any]:
    rule = observer.population.collections[name].get(RULES[action])
    allowed = observer.trier.tries(name, action, persona, tried)
    attempt = {"collection": name, "action": action, "actor": persona.label, "tried": tried}
    found: dict[str, Any] = {**attempt, "allowed": allowed, "rule": rule}
    if not rule:
        words = "Only superusers may: the rule is null." if rule is None else 'Anyone may: the rule is "".'
        return {**found, "decided": words, "parts": []}
    tree = parse(rule)
    parts = _Judge(observer, name, action, persona, tried).parts(tree)
    decided = _decided(tree, {item["part"]: item["holds"] for item in parts}, allowed)
    return {**found, "decided": decided, "parts": parts}


class _Judge:
    """Evaluates parts of a rule: each in its turn becomes the rule of the copy, and the actor tries again."""

    def __init__(self, observer: Observer, name: str, action: str, persona: Persona, tried: str) -> None:
        self._client = observer.client
        self._path = f"/api/collections/{segment(name)}"
        self._key = RULES[action]
        self._attempt = (name, action, persona, tried)
        self._trier = observer.trier

    def parts(self, part: Part, depth: int = 0) -> list[dict[str, Any]]:
        """Return a part and its own parts, each with what it came to; `depth` says which belong together."""
        self._client.call("PATCH", self._path, {self._key: part.text})
        found = [{"part": part.text, "holds": self._trier.tries(*self._attempt), "joint": part.joint, "depth": depth}]
        for inner in part.parts:
            found += self.parts(inner, depth + 1)
        return found


def _decided(part: Part, holds: dict[str, bool], allowed: bool) -> str:
    """Return a sentence that names the smallest parts on which the outcome rests."""
    if holds[part.text] != allowed:
        return "Something besides the rule decided, such as a hook."
    inner = part.parts
    joined = "&&" if allowed else "||"
    if not inner or (part.joint == "&&" and not allowed and all(holds[item.text] for item in inner)):
        if inner:
            return f"Each part holds, but not all of them for the same joined record: {part.text}"
        return f"{'holds' if allowed else 'does not hold'}: {part.text}"
    deciding = [item for item in inner if part.joint == joined or holds[item.text] == allowed]
    return "; ".join(_decided(item, holds, allowed) for item in deciding)


def _chosen(wanted: str, choices: dict[str, Any], what: str) -> Any:
    if wanted not in choices:
        raise PBUsageError(f"There is no {what} {wanted!r}.", hint=suggest(wanted, choices))
    return choices[wanted]
