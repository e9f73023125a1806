"""Which part of a rule decides, found by having the server evaluate each part alone."""

from __future__ import annotations

import argparse
from typing import Any, NamedTuple

from _pb.access.attempts import allow_batches
from _pb.access.observe import DETAILS, RULES, Observer
from _pb.access.people import acting
from _pb.access.personas import Persona, guest
from _pb.access.readings import read
from _pb.access.setting import existing, populated_copy, source_of
from _pb.languages.rules import Group, Rule, tidy
from _pb.schema.lookup import rule_of
from pb_common import Client, Outcome, PBUsageError
from pb_common.paths import collection_path
from pb_common.schema_types import Field
from pb_common.suggest import suggest

Json = dict[str, Any]


def is_live(args: argparse.Namespace) -> bool:
    """Tell whether a command line means people or records of the server, and not those that the matrix makes up."""
    before, slash, _ = args.actor.partition("/")
    given = args.record is not None or args.body is not None or bool(args.query or args.header)
    return given or bool(slash and ":" not in before)


class _Judged(NamedTuple):
    """A part of a rule by itself, whether it holds, how it joins its own parts ("" for a comparison), and those."""

    text: str
    holds: bool
    join: str
    parts: list[_Judged]

    def as_data(self, depth: int = 0) -> list[Json]:
        """Return the part and its own parts, each with what it came to; `depth` says which belong together."""
        found = [{"part": self.text, "holds": self.holds, "joint": self.join, "depth": depth}]
        return found + [item for part in self.parts for item in part.as_data(depth + 1)]


def explain_rule(client: Client, args: argparse.Namespace) -> Json | Outcome:
    """Return whether an actor may do something, and which part of the rule decided."""
    if is_live(args):
        from _pb.access.explain_live import explain_live

        return explain_live(client, args)
    with populated_copy(client, source_of(args)) as (_, population):
        name = existing(population.collections, args.collection)
        allow_batches(population.client)
        people = [guest(), *population.personas, *population.in_roles]
        token = population.client.superuser_token()
        observer = Observer(population, population.client, token, people)
        if population.collections[name]["type"] == "view":
            observer.name_rows_of_view(name)
        persona = _chosen(args.actor, {who.label: who for who in observer.personas}, "actor")
        with acting(population, persona):
            if args.action in DETAILS:
                alone = Observer(population, population.client, token, [persona] if persona.collection else people[:1])
                return _explained_detail(alone, name, args.action, persona, args.tried)
            names = observer.trier.names(name, args.action)
            usual = "own" if "own" in names or not names else names[0]
            tried = _chosen(args.tried or usual, {label: label for label in names}, "record")
            return _explained(observer, name, args.action, persona, tried)


def _explained_detail(observer: Observer, name: str, detail: str, persona: Persona, wanted: str | None) -> Json:
    """Return why an actor sees a field, a relation or a file, or may filter by a field, of the record looked at.

    That is the rule which shows the record that holds it, unless the field itself decides.
    """
    row = observer.detail_row(name, detail)
    if not row.tried:
        raise PBUsageError(f"Of {name} there is nothing to try for {detail}.")
    tried = _chosen(wanted or row.tried[0], {label: label for label in row.tried}, "name")
    found: Json = {"collection": name, "action": detail, "actor": persona.label, "tried": tried}
    found["allowed"] = tried in row.allowed[persona.label]
    fields = observer.population.collections[name]["fields"]
    field = next((one for one in fields if one["name"] == tried), Field())
    if detail == "fields" and field.get("hidden"):
        return {**found, "rule": None, "decided": "Only superusers see it: the field is hidden.", "parts": []}
    if detail == "files" and not field.get("protected"):
        words = "Whoever has the file's address gets it: the field is not protected."
        return {**found, "rule": None, "decided": words, "parts": []}
    source = observer.expands(name)[tried] if detail == "expand" else name
    if observer.population.collections[source]["type"] == "view":
        observer.name_rows_of_view(source)
    labels = observer.population.targets[source]
    if not labels:
        raise PBUsageError(f"There is no record of {source}, which {tried} leads to.", code="unknown_record")
    action = _showing(observer, source, detail, persona)
    inner = _explained(observer, source, action, persona, next(iter(labels)))
    words = f"{source}.{RULES[action]}: {inner['decided']}"
    return {**found, "rule": inner["rule"], "decided": words, "parts": inner["parts"]}


def _showing(observer: Observer, name: str, detail: str, persona: Persona) -> str:
    """Return the action that shows a record: a list where it can, for what is expanded and for files the view."""
    first = next(iter(observer.population.targets[name]))
    listed = detail == "filter" or (detail == "fields" and observer.trier.tries(name, "list", persona, first))
    return "list" if listed else "view"


def _explained(observer: Observer, name: str, action: str, persona: Persona, tried: str) -> Json:
    rule = rule_of(observer.population.collections[name], RULES[action])
    allowed = observer.trier.tries(name, action, persona, tried)
    attempt = {"collection": name, "action": action, "actor": persona.label, "tried": tried}
    found: Json = {**attempt, "allowed": allowed, "rule": rule}
    if not rule:
        words = "Only superusers may: the rule is null." if rule is None else 'Anyone may: the rule is "".'
        return {**found, "decided": words, "parts": []}
    tree = read(rule)
    if tree is None:
        return {**found, "decided": "The rule cannot be taken apart.", "parts": []}
    judged = _Judge(observer, name, action, persona, tried).judged(tree, rule)
    return {**found, "decided": _decided(judged, allowed), "parts": judged.as_data()}


class _Judge:
    """Evaluates parts of a rule: each in its turn becomes the rule of the copy, and the actor tries again."""

    def __init__(self, observer: Observer, name: str, action: str, persona: Persona, tried: str) -> None:
        self._client = observer.client
        self._path = collection_path(name)
        self._key = RULES[action]
        self._attempt = (name, action, persona, tried)
        self._trier = observer.trier

    def judged(self, part: Rule, rule: str) -> _Judged:
        """Return a part of a rule and its own parts, each with what it came to by itself."""
        text = tidy(part, rule)
        self._client.call("PATCH", self._path, {self._key: text})
        holds = self._trier.tries(*self._attempt)
        items, join = (part.items, part.join) if isinstance(part, Group) else ((), "")
        return _Judged(text, holds, join, [self.judged(item, rule) for item in items])


def _decided(part: _Judged, allowed: bool) -> str:
    """Return a sentence that names the smallest parts on which the outcome rests."""
    if part.holds != allowed:
        return "Something besides the rule decided, such as a hook."
    joined = "&&" if allowed else "||"
    if not part.parts:
        return f"{'holds' if allowed else 'does not hold'}: {part.text}"
    if part.join == "&&" and not allowed and all(item.holds for item in part.parts):
        return f"Each part holds, but not all of them for the same joined record: {part.text}"
    deciding = [item for item in part.parts if part.join == joined or item.holds == allowed]
    return "; ".join(_decided(item, allowed) for item in deciding)


def _chosen(wanted: str, choices: dict[str, Any], what: str) -> Any:
    if wanted not in choices:
        raise PBUsageError(f"There is no {what} {wanted!r}.", hint=suggest(wanted, choices), code="unknown_name")
    return choices[wanted]
