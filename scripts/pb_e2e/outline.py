"""What a scaffolded test file tries on a collection: for each test its setup, and steps as lines of code."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from pb_access_verbs.states import State

from . import rule_facts as facts
from .session import Session
from .world import RULES, joined_collections, main_auth, sources_of, tied_fields

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
        given = "".join(f", {key}={_py(value)}" for key, value in self._plain.items())
        lines = [f'self.alices, self.bobs = self.pb.world("alice"{given}), self.pb.world("bob"{given})']
        if self.auth:
            account = f"account({_py(self.auth)})"
            lines.append(f"self.alice, self.bob = self.alices.{account}, self.bobs.{account}")
        if not self.is_auth and not self.is_view:
            lines.append(f"self.bobs.make({_py(self.name)})")
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
                    cast.append(Who(words, f"self.{whose}s.account({_py(other)})", f"self.{whose}s"))
        names = {field["name"] for field in self.session.collection(self.auth)["fields"]}
        everywhere = facts.roles(self.session.collections())
        for key in facts.roles([self.item]):
            for value in everywhere[key] if key in names else ():
                role = f"{key} {value}" if value not in (True, False) else key if value else f"no {key}"
                code = f"colleague({_py(self.auth)}, {key}={_py(value)})"
                cast.append(Who(role, "colleague", "self.alices", f"colleague = self.alices.{code}"))
                cast.append(Who(f"{role} elsewhere", "stranger", "self.bobs", f"stranger = self.bobs.{code}"))
        return cast

    # Code

    def record(self, **given: Any) -> str:
        """Return the line that makes the record which is tried on."""
        if self.is_auth:
            return "record = self.alice.record"
        if self.is_view:
            return f"record = self.alices.row({_py(self.name)})"
        return f"record = {self.made('self.alices', **given)}"

    def made(self, world: str, **given: Any) -> str:
        """Return the code that saves a record of a world."""
        return f"{world}.make({_py(self.name)}{_keywords({**self.values, **given})})"

    def body(self, world: str, codes: dict[str, str] | None = None) -> str:
        """Return the code of a new record's body, without what an honest request leaves out; `codes` count most."""
        values = {name: _py(value) for name, value in {**self.values, **_unset(self)}.items()}
        return f"{world}.body({_py(self.name)}{_code_keywords({**values, **(codes or {})})})"

    def reading(self, who: Who) -> list[Step]:
        """Return the steps in which somebody looks for the record."""
        stranger = who.words in ("a guest", "another user") and not self.is_view
        hole = f"the rule is about the user, and still {who.words} reads it" if stranger else ""
        steps = [
            Step(FIND, "listRule", f"{who.code}.find({_py(self.name)}, record)", hole),
            Step(GET, "viewRule", f'{who.code}.get({_py(self.name)}, record["id"])', hole),
        ]
        return [step if facts.is_tied(self.item.get(step.rule)) else step._replace(hole="") for step in steps]

    def writing(self, who: Who) -> list[Step]:
        """Return the steps in which somebody changes and deletes the record."""
        stranger = who.words == "another user" and self.owned
        hole = f"{who.words} changes what is not theirs" if who.words == "a guest" or stranger else ""
        change = _py(self._change())
        return [
            Step(WRITE, "updateRule", f'{who.code}.update({_py(self.name)}, record["id"], {change})', hole),
            Step(WRITE, "deleteRule", f'{who.code}.delete({_py(self.name)}, record["id"])', hole),
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


def outlines(subject: Subject, main: State, others: list[State]) -> list[Outline]:
    """Return the tests of a collection; `main` is the state in which a record is private, `others` differ from it."""
    found = [_actor(subject, main, who) for who in subject.cast()]
    found += [_state(subject, state) for state in others]
    if not subject.is_view:
        found += [*_ties(subject, main), _claims(subject), _changes(subject, main), *_nobodys(subject)]
        found += [*_files(subject), _cascades(subject)]
    found += [_hidden(subject), _locked(subject)]
    return [outline for outline in found if outline.steps]


def _actor(subject: Subject, state: State, who: Who) -> Outline:
    steps = subject.reading(who)
    if not subject.is_view:
        hole = "a guest creates what should have an owner" if who.words == "a guest" and not subject.is_auth else ""
        hole = hole if subject.owned else ""
        body = subject.body(who.world)
        steps.append(Step(WRITE, "createRule", f"{who.code}.create({_py(subject.name)}, {body})", hole))
        if who.words == "a guest" and not subject.is_auth and facts.ties_of(subject.item, *RULES):
            body = f"self.pb.body({_py(subject.name)}{_keywords(subject.values)})"
            steps.append(Step(WRITE, "createRule", f"{who.code}.create({_py(subject.name)}, {body})", hole))
        steps += subject.writing(who)
    steps = [step for step in steps if subject.item.get(step.rule) is not None]
    return Outline(who.words, [subject.record(**state.values), *filter(None, [who.setup])], steps)


def _state(subject: Subject, state: State) -> Outline:
    steps = []
    for who in subject.cast()[:3]:
        steps += [step._replace(hole="") for step in subject.reading(who)]
        steps += subject.writing(who)
    steps = [step for step in steps if subject.item.get(step.rule) is not None]
    # The owner last: whoever deletes the record ends the test.
    steps.sort(key=lambda step: 2 if step.code.startswith("self.alice.") else step.rule == "deleteRule")
    return Outline(f"when {state.label}", [subject.record(**state.values)], steps)


def _ties(subject: Subject, main: State) -> list[Outline]:
    """Try what somebody may do whom only one thing ties to the record, where several things could."""
    if subject.is_auth or not subject.auth:
        return []
    found: list[Outline] = []
    given: dict[str, str] = {}
    for words, lines, given in _single_ties(subject):
        carol = Who(words, "carol", "self.alices")
        own = {field["name"]: "carol.id" for field in _user_fields(subject, subject.item) if facts.is_single(field)}
        body = subject.body("self.alices", {**own, **given})
        steps = [
            *subject.reading(carol),
            Step(WRITE, "createRule", f"carol.create({_py(subject.name)}, {body})"),
            *subject.writing(carol),
        ]
        steps = [step._replace(hole="") for step in steps if subject.item.get(step.rule) is not None]
        record = f"{subject.record(**main.values)[:-1]}{_code_keywords(given)})"
        setup = [f"carol = self.alices.colleague({_py(subject.auth)})", *lines, record]
        found.append(Outline(words, [line for line in setup if line], steps))
    direct = [name for name in facts.ties_of(subject.item, *RULES) if name in given]
    return [] if len(found) == 1 and direct else found


def _single_ties(subject: Subject) -> list[tuple[str, list[str], dict[str, str]]]:
    """Return the single things that can tie carol to a record: in words, lines to run before, values as code."""
    found: list[tuple[str, list[str], dict[str, str]]] = []
    for field in _user_fields(subject, subject.item):
        found.append((f"somebody who is only its {field['name']}", [], {field["name"]: _code_link(field, "carol.id")}))
    for relation in facts.relations(subject.item):
        parent = subject.session.collection(relation["collectionId"])
        if parent["system"] or parent["type"] != "base" or parent["name"] == subject.name:
            continue
        given = {relation["name"]: _code_link(relation, 'parent["id"]')}
        for field in _user_fields(subject, parent):
            made = f"parent = self.alices.make({_py(parent['name'])}, {field['name']}={_code_link(field, 'carol.id')})"
            found.append((f"somebody who is only {field['name']} of its {relation['name']}", [made], given))
        for other, lead, user in _memberships(subject, parent):
            made = f"parent = self.alices.make({_py(parent['name'])})"
            link = _code_link(lead, 'parent["id"]')
            joined = f"self.pb.make({_py(other)}, {lead['name']}={link}, {user}=carol.id)"
            found.append((f"somebody in {other} of its {relation['name']}", [made, joined], given))
    return found


def _memberships(subject: Subject, parent: dict[str, Any]) -> list[tuple[str, dict[str, Any], str]]:
    """Return the collections that rules look into for a tie of a user and a parent: name, relation, user's field."""
    rules = {rule: " ".join([subject.item.get(rule) or "", parent.get(rule) or ""]) for rule in RULES}
    found = []
    for name in joined_collections(rules):
        other = next((item for item in subject.session.collections() if item["name"] == name), None)
        leads = [field for field in facts.relations(other or {"fields": []}) if field["collectionId"] == parent["id"]]
        users = [field for field in _user_fields(subject, other or {"fields": []}) if facts.is_single(field)]
        if other and leads and users and other["name"] != subject.name:
            found.append((name, leads[0], users[0]["name"]))
    return found


def _user_fields(subject: Subject, item: dict[str, Any]) -> list[dict[str, Any]]:
    auth = subject.session.collection(subject.auth)
    return [field for field in facts.relations(item) if field["collectionId"] == auth["id"]]


def _code_link(field: dict[str, Any], code: str) -> str:
    return code if facts.is_single(field) else f"[{code}]"


def _code_keywords(values: dict[str, str]) -> str:
    return "".join(f", {key}={code}" for key, code in values.items())


def _claims(subject: Subject) -> Outline:
    """Create records that name somebody else, or that belong to what is somebody else's."""
    steps = []
    claimable = facts.claimable_fields(subject.item)
    attacker = "self.pb.guest" if subject.is_auth else "self.bob"
    honest = subject.body("self.bobs")
    special = [who for who in subject.cast() if who.setup and who.world == "self.bobs"]
    for name, value in _links(subject, "alice").items():
        hole = f"{name} can be somebody else's name" if name in claimable else ""
        forged = subject.body("self.bobs", {name: value})
        for code in [attacker, *(who.code for who in special)]:
            claim = f"assert_spoof_rejected({code}, {_py(subject.name)}, {honest}, {name}={value})"
            fallback = f"assert_denied({code}.create({_py(subject.name)}, {forged}))"
            steps.append(Step(CLAIM, "createRule", claim, hole if code == attacker else "", fallback))
    for state in _settable(subject, "createRule"):
        hole = "whoever signs up can have this role" if subject.is_auth and "=" in state.label else ""
        code = f"assert_spoof_rejected({attacker}, {_py(subject.name)}, {honest}{_keywords(state.values)})"
        steps.append(Step(CLAIM, "createRule", code, hole))
    steps = steps if subject.auth and subject.item.get("createRule") is not None else []
    return Outline("nobody claims what is not theirs", [who.setup for who in special], steps)


def _changes(subject: Subject, main: State) -> Outline:
    """Update a record so that it is somebody else's, or in a state that its owner may not choose."""
    steps = []
    special = [who for who in subject.cast() if who.setup and who.world == "self.alices"]
    tied = facts.ties_of(subject.item, "updateRule") + facts.owner_fields(subject.item)
    for name, value in _links(subject, "bob").items():
        hole = f"{name} can be changed to somebody else" if name in tied else ""
        for who in ["self.alice", "self.bob", *(who.code for who in special)]:
            code = f"assert_cannot_change({who}, {_py(subject.name)}, record, {name}={value})"
            steps.append(Step(CLAIM, "updateRule", code, hole if who in ("self.alice", "self.bob") else ""))
    for state in _settable(subject, "updateRule"):
        hole = "users can give themselves this role" if subject.is_auth and "=" in state.label else ""
        code = f"assert_cannot_change(self.alice, {_py(subject.name)}, record{_keywords(state.values)})"
        steps.append(Step(CLAIM, "updateRule", code, hole))
    if subject.is_auth:
        for values in ({"email": "taken-over@example.com"}, {"verified": False}):
            code = f"assert_cannot_change(self.bob, {_py(subject.name)}, record{_keywords(values)})"
            steps.append(Step(CLAIM, "updateRule", code, "another user changes the account"))
    steps = steps if subject.auth and subject.item.get("updateRule") is not None else []
    setup = [subject.record(**main.values), *(who.setup for who in special)]
    return Outline("what nobody may change", setup, steps)


def _nobodys(subject: Subject) -> list[Outline]:
    """Look for a record whose owner is empty: nobody's id is empty as well."""
    found = []
    optional = {field["name"] for field in subject.item["fields"] if not field.get("required")}
    for name in facts.ties_of(subject.item, *RULES):
        if name in optional and name != "id" and not subject.is_auth:
            others = [who for who in subject.cast()[:3] if who.code != "self.alice"]
            steps = [step for who in others for step in (*subject.reading(who), *subject.writing(who))]
            steps = [step for step in steps if subject.item.get(step.rule) is not None]
            steps.sort(key=lambda step: step.rule == "deleteRule")
            found.append(Outline(f"a record without {name}", [subject.record(**{name: None})], steps))
    return found


def _hidden(subject: Subject) -> Outline:
    """Look for hidden fields, and in a view for the addresses and hidden fields of what it selects from."""
    fields = facts.secret_fields(subject.item)
    if subject.is_view:
        shown = {field["name"] for field in subject.item["fields"]}
        sources = sources_of(subject.item, subject.session.collections())
        secrets = [name for source in sources for name in (*facts.secret_fields(source), "email")]
        fields = [name for name in dict.fromkeys(secrets) if name not in shown]
    who = "self.alice" if subject.auth else "self.pb.guest"
    code = f'assert_field_hidden({who}.get({_py(subject.name)}, record["id"]), {", ".join(map(_py, fields))})'
    steps = [Step(CLAIM, "viewRule", code)] if fields and subject.item.get("viewRule") is not None else []
    return Outline("hidden fields", [subject.record()], steps)


def _files(subject: Subject) -> list[Outline]:
    """Download files as a guest and as a stranger."""
    found = []
    private = facts.is_tied(subject.item.get("viewRule")) and not subject.is_auth
    for field in subject.item["fields"]:
        if field["type"] == "file" and (field.get("required") or not subject.is_auth):
            name = field["name"]
            hole = f"{name} is not protected, so its URL is enough" if private else ""
            file = f"record[{_py(name)}]" if facts.is_single(field) else f"record[{_py(name)}][0]"
            steps = []
            for who in subject.cast()[:3]:
                code = f'{who.code}.download({_py(subject.name)}, record["id"], {file})'
                steps.append(Step(GET, "viewRule", code, hole if who.code != "self.alice" else ""))
            found.append(Outline(f"files of {name}", [subject.record()], steps))
    return found


def _cascades(subject: Subject) -> Outline:
    """Delete a record on which others depend."""
    setup, children = [subject.record()], []
    for other in subject.session.collections():
        for field in facts.relations(other):
            if field["collectionId"] == subject.item["id"] and field.get("cascadeDelete") and other is not subject.item:
                link = 'record["id"]' if facts.is_single(field) else '[record["id"]]'
                variable = f"in_{re.sub(r'[^A-Za-z0-9_]', '_', other['name'])}"
                setup.append(f"{variable} = self.alices.make({_py(other['name'])}, {field['name']}={link})")
                children.append(f"({_py(other['name'])}, {variable})")
    children = list(dict.fromkeys(children))
    code = f"assert_cascades(self.pb.superuser, ({_py(subject.name)}, record), [{', '.join(children)}])"
    steps = [Step(CLAIM, "deleteRule", code)] if children else []
    return Outline("what depends on it goes with it", setup, steps)


def _locked(subject: Subject) -> Outline:
    """Try what is for superusers only."""
    who = Who("", "self.alice" if subject.auth else "self.pb.guest", "self.alices")
    id = '"none"' if subject.is_view else 'record["id"]'
    steps = [
        Step(FIND, "listRule", f"{who.code}.list({_py(subject.name)})"),
        Step(GET, "viewRule", f"{who.code}.get({_py(subject.name)}, {id})"),
    ]
    if not subject.is_view:
        steps.append(Step(WRITE, "createRule", f"{who.code}.create({_py(subject.name)}, {{}})"))
        steps += subject.writing(who)
    steps = [step._replace(hole="") for step in steps if subject.item.get(step.rule) is None]
    return Outline("only superusers", [] if subject.is_view else [subject.record()], steps)


def _links(subject: Subject, whose: str) -> dict[str, str]:
    """Return the code of a person's value for each field that ties a record to somebody."""
    links = {}
    for field in facts.relations(subject.item):
        target = subject.session.collection(field["collectionId"])
        if target["system"] or target["type"] == "view" or target["name"] == subject.name:
            continue
        id = f"self.{whose}.id" if target["name"] == subject.auth else f"self.{whose}s.record({_py(target['name'])})"
        links[field["name"]] = id if facts.is_single(field) else f"[{id}]"
    relations = set(links)
    for name, key in tied_fields(subject.item):
        plain = {field["name"] for field in subject.item["fields"] if field["type"] in ("text", "email")}
        if name in plain - relations - {"id"} and not subject.is_auth:
            links[name] = f"self.{whose}.record[{_py(key)}]"
    return links


def _settable(subject: Subject, rule: str) -> list[State]:
    """Return the states that a user might set although only others may: roles, and what the rules look at."""
    fields = {field["name"]: field for field in subject.item["fields"]}
    found = [] if subject.is_auth else facts.ruled_states(subject.item)
    for key, values in (facts.roles(subject.session.collections()) if subject.is_auth else {}).items():
        for value in values:
            if key in fields and value is not False:
                found.append(State(f"{key}={value}", {key: value if facts.is_single(fields[key]) else [value]}))
    known = {key for state in found for key in state.values}
    for name in facts.forbidden_fields(subject.item, rule):
        samples = {"number": 7, "bool": True, "text": "set by the user", "editor": "set by the user"}
        kind = fields[name]["type"] if name in fields else ""
        if kind in samples and name not in known:
            found.append(State(name, {name: samples[kind]}))
    return found


def _unset(subject: Subject) -> dict[str, Any]:
    """Return the fields that an honest request leaves out: those that the rule forbids to send, and roles."""
    optional = {field["name"] for field in subject.item["fields"] if not field.get("required")}
    names = facts.forbidden_fields(subject.item, "createRule")
    names += facts.roles(subject.session.collections()) if subject.is_auth else []
    return {name: None for name in names if name in optional}


def _keywords(values: dict[str, Any]) -> str:
    if all(re.fullmatch(r"[A-Za-z_]\w*", key) for key in values):
        return "".join(f", {key}={_py(value)}" for key, value in values.items())
    return f", **{_py(values)}"


def _py(value: Any) -> str:
    """Return the Python literal of a JSON value, with double quotes."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_py(key)}: {_py(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_py, value)) + "]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
