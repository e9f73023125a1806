"""What users might do to what is not theirs: claim it, take it, give it away, or use one tie as if it were another."""

from __future__ import annotations

from typing import Any

from pb_access_verbs.states import State

from . import rule_facts as facts
from .subject import CLAIM, WRITE, Outline, Step, Subject, Who, code_keywords, keywords, literal
from .world import RULES, joined_collections, tied_fields


def ties(subject: Subject, main: State) -> list[Outline]:
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
            Step(WRITE, "createRule", f"carol.create({literal(subject.name)}, {body})"),
            *subject.writing(carol),
        ]
        steps = [step._replace(hole="") for step in steps if subject.item.get(step.rule) is not None]
        record = f"{subject.record(**main.values)[:-1]}{code_keywords(given)})"
        setup = [f"carol = self.alices.colleague({literal(subject.auth)})", *lines, record]
        found.append(Outline(words, [line for line in setup if line], steps))
    direct = [name for name in facts.ties_of(subject.item, *RULES) if name in given]
    return [] if len(found) == 1 and direct else found


def _single_ties(subject: Subject) -> list[tuple[str, list[str], dict[str, str]]]:
    """Return the single things that can tie carol to a record: in words, lines to run before, values as code."""
    found: list[tuple[str, list[str], dict[str, str]]] = []
    for field in _user_fields(subject, subject.item):
        found.append((f"somebody who is only its {field['name']}", [], {field["name"]: code_link(field, "carol.id")}))
    for relation in facts.relations(subject.item):
        parent = subject.session.collection(relation["collectionId"])
        if parent["system"] or parent["type"] != "base" or parent["name"] == subject.name:
            continue
        given = {relation["name"]: code_link(relation, 'parent["id"]')}
        for field in _user_fields(subject, parent):
            link = code_link(field, "carol.id")
            made = f"parent = self.alices.make({literal(parent['name'])}{code_keywords({field['name']: link})})"
            found.append((f"somebody who is only {field['name']} of its {relation['name']}", [made], given))
        for other, lead, user in _memberships(subject, parent):
            made = f"parent = self.alices.make({literal(parent['name'])})"
            link = code_link(lead, 'parent["id"]')
            joined = f"self.pb.make({literal(other)}{code_keywords({lead['name']: link, user: 'carol.id'})})"
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


def code_link(field: dict[str, Any], code: str) -> str:
    """Return the code of a relation field's value: the id that `code` gives, in a list if there may be several."""
    return code if facts.is_single(field) else f"[{code}]"


def claims(subject: Subject) -> Outline:
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
            claim = f"assert_spoof_rejected({code}, {literal(subject.name)}, {honest}{code_keywords({name: value})})"
            fallback = f"assert_denied({code}.create({literal(subject.name)}, {forged}))"
            steps.append(Step(CLAIM, "createRule", claim, hole if code == attacker else "", fallback))
    for state in _settable(subject, "createRule"):
        hole = "whoever signs up can have this role" if subject.is_auth and "=" in state.label else ""
        code = f"assert_spoof_rejected({attacker}, {literal(subject.name)}, {honest}{keywords(state.values)})"
        steps.append(Step(CLAIM, "createRule", code, hole))
    steps = steps if subject.auth and subject.item.get("createRule") is not None else []
    return Outline("nobody claims what is not theirs", [who.setup for who in special], steps)


def changes(subject: Subject, main: State) -> Outline:
    """Update a record so that it is somebody else's, or in a state that its owner may not choose."""
    steps = []
    special = [who for who in subject.cast() if who.setup and who.world == "self.alices"]
    tied = facts.ties_of(subject.item, "updateRule") + facts.owner_fields(subject.item)
    for name, value in _links(subject, "bob").items():
        hole = f"{name} can be changed to somebody else" if name in tied else ""
        for who in ["self.alice", "self.bob", *(who.code for who in special)]:
            code = f"assert_cannot_change({who}, {literal(subject.name)}, record{code_keywords({name: value})})"
            steps.append(Step(CLAIM, "updateRule", code, hole if who in ("self.alice", "self.bob") else ""))
    for state in _settable(subject, "updateRule"):
        hole = "users can give themselves this role" if subject.is_auth and "=" in state.label else ""
        code = f"assert_cannot_change(self.alice, {literal(subject.name)}, record{keywords(state.values)})"
        steps.append(Step(CLAIM, "updateRule", code, hole))
    if subject.is_auth:
        for values in ({"email": "taken-over@example.com"}, {"verified": False}):
            code = f"assert_cannot_change(self.bob, {literal(subject.name)}, record{keywords(values)})"
            steps.append(Step(CLAIM, "updateRule", code, "another user changes the account"))
    steps = steps if subject.auth and subject.item.get("updateRule") is not None else []
    setup = [subject.record(**main.values), *(who.setup for who in special)]
    return Outline("what nobody may change", setup, steps)


def _links(subject: Subject, whose: str) -> dict[str, str]:
    """Return the code of a person's value for each field that ties a record to somebody."""
    links = {}
    for field in facts.relations(subject.item):
        target = subject.session.collection(field["collectionId"])
        if target["system"] or target["type"] == "view" or target["name"] == subject.name:
            continue
        id = (
            f"self.{whose}.id" if target["name"] == subject.auth else f"self.{whose}s.record({literal(target['name'])})"
        )
        links[field["name"]] = id if facts.is_single(field) else f"[{id}]"
    relations = set(links)
    for name, key in tied_fields(subject.item):
        plain = {field["name"] for field in subject.item["fields"] if field["type"] in ("text", "email")}
        if name in plain - relations - {"id"} and not subject.is_auth:
            links[name] = f"self.{whose}.record[{literal(key)}]"
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
