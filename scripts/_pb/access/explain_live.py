"""Why a person of a live server may do something with a record, or may not: nothing is written, nobody is acted as."""

from __future__ import annotations

import argparse
from typing import Any, NamedTuple

from _pb.access.live_paths import LivePaths, Place
from _pb.access.live_request import Person, person_of, request_of, stored_record
from _pb.access.live_rules import Asked, Broken, LiveRules
from _pb.access.refusing_hooks import hooks_of
from _pb.schema.lookup import rule_of
from pb_common import Client, Outcome, PBUsageError, script_command
from pb_common.collections import get_collections, named
from pb_common.schema_types import Collection
from pb_common.suggest import suggest

# How PocketBase answers where a rule does not hold.
_FACES = {"list": "200, without the record", "create": "400"}


class Verdict(NamedTuple):
    """Whether a rule lets a request pass, the sentence that says why, and what came of its parts."""

    allowed: bool
    rule: str | None
    decided: str
    parts: list[dict[str, Any]]

    def as_data(self) -> dict[str, Any]:
        """Return it as it is printed."""
        return self._asdict()


def explain_live(client: Client, args: argparse.Namespace) -> Outcome:
    """Return whether a person may do something with a record, which conditions hold, and with which values.

    The superuser asks for the record with each condition as the filter, in which what the person is and sends is put
    in (GET /api/collections/{collection}/records). Raises PBUsageError for a person, a record, a field or a collection
    that does not exist.
    """
    _refuse_sources(args)
    collections = get_collections(client)
    base = named(collections, args.collection)
    if not base:
        names = [item["name"] for item in collections if not item["system"]]
        raise PBUsageError(
            f"There is no collection {args.collection!r}.", hint=suggest(args.collection, names), code="unknown_name"
        )
    live = Live(client, collections, person_of(client, args.actor))
    record = _record(client, base, args)
    asked = request_of(args, base, record, live.person)
    found = {"collection": base["name"], "action": args.action, "actor": live.person.name, "record": args.record}
    if args.action in ("list", "view", "create", "update", "delete"):
        verdict = live.verdict(f"{args.action}Rule", asked)
        answer = {} if verdict.allowed else {"answer": _face(base, args.action, verdict)}
        outcome = Outcome({**found, **verdict.as_data(), **answer}, hint=_hint(base, args.action, verdict))
    else:
        from _pb.access import live_details

        outcome = Outcome({**found, **live_details.explained(live, asked, args.action, args.tried)})
    live.warn_of_rows()
    live.warn_of_sign_in()
    return outcome


class Live:
    """A live server, whose rules are judged for one person."""

    def __init__(self, client: Client, collections: list[Collection], person: Person) -> None:
        self.client = client
        self.person = person
        self.paths = LivePaths(client, collections)
        self._rules = LiveRules(client, self.paths)

    def verdict(self, key: str, asked: Asked) -> Verdict:
        """Return what a rule of a collection says of a request about a record."""
        rule, name = rule_of(asked.base, key), f"{asked.base['name']}.{key}"
        if asked.base["type"] == "view" and key not in ("listRule", "viewRule"):
            return Verdict(False, rule, "Nobody may: what a view shows is changed in what it selects from.", [])
        if self.person.is_superuser:
            return Verdict(True, rule, "Superusers may: no rule is asked.", [])
        if not rule:
            words = f"Only superusers may: {name} is null." if rule is None else f'Anyone may: {name} is "".'
            return Verdict(rule is not None, rule, words, [])
        try:
            judged = self._rules.judged(rule, asked)
        except Broken as error:
            words = f"{name} is broken: {error}. So it lets only superusers pass."
            return Verdict(False, rule, words, [])
        return Verdict(judged.holds, rule, judged.decided(), judged.as_data())

    def about(self, asked: Asked, place: Place, context: str = "default") -> Asked:
        """Return the same request as it is judged about another record that is stored."""
        if place.collection is None or place.values is None:
            return asked
        id = str(place.values["id"])
        return asked._replace(base=place.collection, record=place, stored=id, context=context)

    def warn_of_rows(self) -> None:
        """Warn where there were more joined rows than are looked at."""
        if self.paths.cut:
            self.client.warn("There are more joined rows than were looked at: another one may decide otherwise.")

    def warn_of_sign_in(self) -> None:
        """Warn of a person whom the authRule does not let in: what is explained needs a token from before."""
        own = self.person.place.collection
        if own is None or self.person.is_superuser or not own.get("authRule"):
            return
        asked = Asked(
            own, self.person.place, str((self.person.place.values or {})["id"]), Place(None), {}, {}, {}, "POST"
        )
        verdict = self.verdict("authRule", asked)
        if not verdict.allowed:
            words = f"{self.person.name} cannot sign in, only go on with a token from before"
            self.client.warn(f"{words}: {own['name']}.authRule {verdict.decided}")


def _record(client: Client, base: Collection, args: argparse.Namespace) -> Place | None:
    """Return the record that --record names, None for a creation."""
    if args.action == "create":
        if args.record is not None:
            raise PBUsageError("A record that is created is not there yet.", hint="Say what is sent with --body JSON.")
        return None
    if args.record is None:
        raise PBUsageError(f"Which record of {base['name']}?", hint="--record ID names it.")
    return stored_record(client, base, args.record)


def _refuse_sources(args: argparse.Namespace) -> None:
    given = [name for name in ("file", "project", "version", "binary") if getattr(args, name) is not None]
    if given:
        raise PBUsageError(
            f"--{given[0]} is for a copy; a person or a record is one of the live server.",
            hint="Leave it out, or name one of the actors of the matrix, such as --as users:owner.",
        )


def _face(base: Collection, action: str, verdict: Verdict) -> str:
    """Return how PocketBase answers where a rule lets nothing pass."""
    if base["type"] == "view" and action not in ("list", "view"):
        return "400"
    if verdict.rule is None:
        return "403"
    is_broken = bool(verdict.rule) and not verdict.parts
    return "400" if is_broken and action == "list" else _FACES.get(action, "404")


def _hint(base: Collection, action: str, verdict: Verdict) -> str | None:
    """Return how to see what a hook does where the rule lets a request pass."""
    if not verdict.allowed:
        return None
    hooks = hooks_of(base, action)
    names = f" ({', '.join(hooks)})" if hooks else ""
    export = script_command("pb_collections.py export --file schema.json")
    matrix = script_command(f"pb_access.py matrix {base['name']} --project . --file schema.json")
    opened = f', set "{action}Rule" to "" in it' if verdict.rule else ""
    return (
        f"No rule refuses it. Where the server does, a hook decides{names}."
        f" To see it alone, on a copy: {export}{opened}, then {matrix}"
    )
