"""A collection as the tests see it: who tries what on it, and each request as a line of code."""

from __future__ import annotations

import json
import keyword
from typing import Any, NamedTuple

from . import rule_facts as facts
from .session import Session
from .world import RULES, main_auth

FIND, GET, WRITE, CLAIM = "find", "get", "write", "claim"


class Step(NamedTuple):
    """One request as code. `rule` is the key of the rule that decides, `hole` says why success would be a leak.

    Of kind CLAIM it is a whole assertion, with another that says less for where the first cannot be made to pass.
    """

    kind: str
    rule: str
    code: str
    hole: str = ""
    fallback: str = ""


class Outline(NamedTuple):
    """A test to be: its name, the lines before the first request, and the requests."""

    name: str
    setup: list[str]
    steps: list[Step]


class Who(NamedTuple):
    """Somebody in the tests of a collection: in words, as code, whose records are theirs, the line that makes them."""

    words: str
    code: str
    world: str
    setup: str = ""


class Subject:
    """A collection and who tries what on it. `setup` are the lines that make everybody."""

    def __init__(self, session: Session, item: dict[str, Any], plain: dict[str, Any]) -> None:
        self.session = session
        self.item = item
        self.name = str(item["name"])
        self.is_auth = item["type"] == "auth"
        self.is_view = item["type"] == "view"
        self.auth = main_auth(session, self.name) if session.auth_collections() else ""
        self.values = {} if self.is_auth or self.is_view else facts.usual_values(item)
        self.owned = facts.is_owned(item) or self.is_auth
        self._plain = plain

    @property
    def is_locked(self) -> bool:
        """Whether only superusers reach the collection."""
        return all(self.item.get(rule) is None for rule in RULES)

    def setup(self) -> list[str]:
        """Return the lines that make everybody, for setUp or setUpClass."""
        given = "".join(f", {key}={literal(value)}" for key, value in self._plain.items())
        lines = [f'self.alices, self.bobs = self.pb.world("alice"{given}), self.pb.world("bob"{given})']
        if self.auth:
            account = f"account({literal(self.auth)})"
            lines.append(f"self.alice, self.bob = self.alices.{account}, self.bobs.{account}")
        if not self.is_auth and not self.is_view:
            lines.append(f"self.bobs.make({literal(self.name)})")
        return lines

    def cast(self) -> list[Who]:
        """Return who tries everything: a guest, the owner, a stranger, users of other collections, special roles."""
        cast = [Who("a guest", "self.pb.guest", "self.alices")]
        if not self.auth:
            return cast
        cast += [Who("the owner", "self.alice", "self.alices"), Who("another user", "self.bob", "self.bobs")]
        for other in self.session.auth_collections():
            if other != self.auth and not self.is_auth:
                for whose in ("alice", "bob"):
                    words = f"{whose} of {other}"
                    cast.append(Who(words, f"self.{whose}s.account({literal(other)})", f"self.{whose}s"))
        names = {field["name"] for field in self.session.collection(self.auth)["fields"]}
        everywhere = facts.roles(self.session.collections())
        for key in facts.roles([self.item]):
            for value in everywhere[key] if key in names else ():
                role = f"{key} {value}" if value not in (True, False) else key if value else f"no {key}"
                code = f"colleague({literal(self.auth)}, {key}={literal(value)})"
                cast.append(Who(role, "colleague", "self.alices", f"colleague = self.alices.{code}"))
                cast.append(Who(f"{role} elsewhere", "stranger", "self.bobs", f"stranger = self.bobs.{code}"))
        return cast

    # Code

    def record(self, **given: Any) -> str:
        """Return the line that makes the record which is tried on."""
        if self.is_auth:
            return "record = self.alice.record"
        if self.is_view:
            return f"record = self.alices.row({literal(self.name)})"
        return f"record = {self.made('self.alices', **given)}"

    def made(self, world: str, **given: Any) -> str:
        """Return the code that saves a record of a world."""
        return f"{world}.make({literal(self.name)}{keywords({**self.values, **given})})"

    def body(self, world: str, codes: dict[str, str] | None = None) -> str:
        """Return the code of a new record's body, without what an honest request leaves out; `codes` count most."""
        values = {name: literal(value) for name, value in {**self.values, **left_out(self)}.items()}
        return f"{world}.body({literal(self.name)}{code_keywords({**values, **(codes or {})})})"

    def reading(self, who: Who) -> list[Step]:
        """Return the steps in which somebody looks for the record."""
        stranger = who.words in ("a guest", "another user") and not self.is_view
        hole = f"the rule is about the user, and still {who.words} reads it" if stranger else ""
        steps = [
            Step(FIND, "listRule", f"{who.code}.find({literal(self.name)}, record)", hole),
            Step(GET, "viewRule", f'{who.code}.get({literal(self.name)}, record["id"])', hole),
        ]
        return [step if facts.is_tied(self.item.get(step.rule)) else step._replace(hole="") for step in steps]

    def writing(self, who: Who) -> list[Step]:
        """Return the steps in which somebody changes and deletes the record."""
        stranger = who.words == "another user" and self.owned
        hole = f"{who.words} changes what is not theirs" if who.words == "a guest" or stranger else ""
        change = literal(self._change())
        return [
            Step(WRITE, "updateRule", f'{who.code}.update({literal(self.name)}, record["id"], {change})', hole),
            Step(WRITE, "deleteRule", f'{who.code}.delete({literal(self.name)}, record["id"])', hole),
        ]

    def _change(self) -> dict[str, Any]:
        """Return a harmless change of one plain field, if there is one."""
        text = " ".join([*(self.item.get(rule) or "" for rule in RULES), *self.item.get("indexes", [])])
        values = self.session.maker.values(self.name)
        for field in self.item["fields"]:
            plain = field["type"] in ("text", "editor", "number") and not field.get("system")
            if plain and field["name"] in values and not field.get("hidden") and field["name"] not in text:
                return {field["name"]: values[field["name"]]}
        return {}


def left_out(subject: Subject) -> dict[str, Any]:
    """Return the fields that an honest request leaves out: those that the rule forbids to send, and roles."""
    optional = {field["name"] for field in subject.item["fields"] if not field.get("required")}
    names = facts.forbidden_fields(subject.item, "createRule")
    names += facts.roles(subject.session.collections()) if subject.is_auth else []
    return {name: None for name in names if name in optional}


def keywords(values: dict[str, Any]) -> str:
    """Return values as the further keyword arguments of a call."""
    return code_keywords({key: literal(value) for key, value in values.items()})


def code_keywords(values: dict[str, str]) -> str:
    """Return values that are code already as the further keyword arguments of a call."""
    plain = "".join(f", {key}={code}" for key, code in values.items() if not keyword.iskeyword(key))
    odd = ", ".join(f"{literal(key)}: {code}" for key, code in values.items() if keyword.iskeyword(key))
    return plain + (f", **{{{odd}}}" if odd else "")


def literal(value: Any) -> str:
    """Return the Python literal of a JSON value, with double quotes."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{literal(key)}: {literal(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
