"""What the rules of a live server say of one person's requests."""

from __future__ import annotations

from typing import Any, NamedTuple

from _pb.access.live_paths import LivePaths, Place
from _pb.access.live_request import Person
from _pb.access.live_rules import Asked, Broken, LiveRules
from _pb.schema.lookup import rule_of
from pb_common import Client
from pb_common.schema_types import Collection


class Verdict(NamedTuple):
    """Whether a rule lets a request pass, the sentence that says why, and what came of its parts."""

    allowed: bool
    rule: str | None
    decided: str
    parts: list[dict[str, Any]]

    def as_data(self) -> dict[str, Any]:
        """Return it as it is printed."""
        return self._asdict()


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
