"""What users might do to what is not theirs: claim it, take it, give it away, or put it into a forbidden state."""

from __future__ import annotations

from _pb.access import owning, roles
from _pb.access.names import is_privilege
from _pb.access.variants import Variant
from _pb.schema.fields import is_multiple
from _pb.testing.scaffold.lines import Doubt
from _pb.testing.scaffold.situations import Situation, code_keywords, code_link, keywords, literal, ruled_variants
from _pb.testing.scaffold.strangers import SOMETIMES
from _pb.testing.scaffold.subject import CLAIM, GUEST, STRANGER, Outline, Step, Subject, Who


def claims(subject: Subject) -> list[Outline]:
    """Create records that name somebody else, or that belong to what is somebody else's.

    Each claim is a test of its own where a record belongs to something that is made for it: there may be only one.
    """
    if not subject.auth or subject.item.get("createRule") is None:
        return []
    attacker = "self.pb.guest" if subject.is_auth else "self.bob"
    honest = subject.body("self.bobs", subject.honest.codes())
    special = [who for who in subject.role_holders() if who.world == "self.bobs"]
    meant = subject.meant("createRule", Who(GUEST if subject.is_auth else STRANGER, attacker, "self.bobs"))
    claimable = owning.claimable_fields(subject.item) if meant != SOMETIMES else []
    steps = []
    for name, value in _links(subject, "alice").items():
        hole = f"{name} can be somebody else's name" if name in claimable else ""
        doubt = Doubt(f"its {name} can be somebody else's from the start")
        for who in [None, *special]:
            code = who.code if who else attacker
            own = subject.body("self.bobs", {**subject.own_links(code), **subject.honest.codes()}) if who else honest
            forged = subject.body("self.bobs", {**subject.honest.codes(), name: value})
            claim = f"assert_spoof_rejected({code}, {literal(subject.name)}, {own}{code_keywords({name: value})})"
            fallback = f"assert_denied({code}.create({literal(subject.name)}, {forged}))"
            steps.append(Step(CLAIM, "createRule", claim, "" if who else hole, fallback, doubt, proves=True))
    for variant in _settable(subject, "createRule"):
        code = f"assert_spoof_rejected({attacker}, {literal(subject.name)}, {honest}{keywords(variant.values)})"
        step = Step(CLAIM, "createRule", code, proves=True)
        steps.append(_of_role(subject, step, variant, "whoever signs up can choose"))
    setup = [*(who.setup for who in special), *subject.honest.lines("self.bobs")]
    together = [[step] for step in steps] if subject.honest.parents else [steps]
    return [Outline("nobody claims what is not theirs", setup, several) for several in together]


def changes(subject: Subject, main: Situation) -> Outline:
    """Update a record so that it is somebody else's, or in a state that its owner may not choose."""
    if not subject.auth or subject.item.get("updateRule") is None:
        return Outline("what nobody may change", [], [])
    steps = []
    special = [who for who in subject.role_holders() if who.world == "self.alices"]
    kept = owning.kept_fields(subject.item)
    for name, value in _links(subject, "bob").items():
        hole = f"{name} can be changed to somebody else" if name in kept else ""
        doubt = Doubt(f"its {name} can be changed to somebody else's")
        for who in ["self.alice", "self.bob", *(who.code for who in special)]:
            code = f"assert_cannot_change({who}, {literal(subject.name)}, record{code_keywords({name: value})})"
            plain = who in ("self.alice", "self.bob")
            steps.append(Step(CLAIM, "updateRule", code, hole if plain else "", doubt=doubt))
    for variant in _settable(subject, "updateRule"):
        code = f"assert_cannot_change(self.alice, {literal(subject.name)}, record{keywords(variant.values)})"
        steps.append(_of_role(subject, Step(CLAIM, "updateRule", code), variant, "users can give themselves"))
    if subject.is_auth:
        for values in ({"email": "taken-over@example.com"}, {"verified": False}):
            code = f"assert_cannot_change(self.bob, {literal(subject.name)}, record{keywords(values)})"
            steps.append(Step(CLAIM, "updateRule", code, "another user changes the account"))
    setup = [*subject.record(subject.changeable or main), *(who.setup for who in special)]
    return Outline("what nobody may change", setup, steps)


def _of_role(subject: Subject, step: Step, variant: Variant, words: str) -> Step:
    """Return a step with what it means if users can have a role: a leak for an admin, a question for a seller."""
    if not subject.is_auth or variant.name == variant.label:
        return step
    is_more = is_privilege(variant.name) or is_privilege(str(variant.value))
    meaning = f"{words} {variant.label}"
    return step._replace(hole=meaning) if is_more else step._replace(doubt=Doubt(meaning))


def _links(subject: Subject, whose: str) -> dict[str, str]:
    """Return the code of a person's value for each field that ties a record to somebody."""
    links = {}
    for field in owning.relations(subject.item):
        target = subject.session.collection(field["collectionId"])
        if target["system"] or target["type"] == "view":
            continue
        if target["name"] == subject.auth:
            id = f"self.{whose}.id"
        elif target["name"] == subject.name:
            id = f'{subject.made(f"self.{whose}s", {})}["id"]'
        else:
            id = f"self.{whose}s.record({literal(target['name'])})"
        links[field["name"]] = code_link(field, id)
    relations = set(links)
    for name, key in owning.tied_fields(subject.item):
        plain = {field["name"] for field in subject.item["fields"] if field["type"] in ("text", "email")}
        if name in plain - relations - {"id"} and not subject.is_auth:
            links[name] = f"self.{whose}.record[{literal(key)}]"
    return links


def _settable(subject: Subject, rule: str) -> list[Variant]:
    """Return the variants that a user might set although only others may: roles, and what the rules look at."""
    fields = {field["name"]: field for field in subject.item["fields"]}
    found = [] if subject.is_auth else ruled_variants(subject.item)
    for key, values in (roles.roles(subject.session.collections()) if subject.is_auth else {}).items():
        for value in values:
            if key in fields and value is not False:
                found.append(Variant(f"{key}={value}", {key: [value] if is_multiple(fields[key]) else value}))
    known = {key for variant in found for key in variant.values}
    for name in owning.forbidden_fields(subject.item, rule):
        samples = {
            "number": 7,
            "bool": True,
            "text": "set by the user",
            "editor": "set by the user",
            "json": {"set": 1},
        }
        kind = fields[name]["type"] if name in fields else ""
        if kind in samples and name not in known:
            found.append(Variant(name, {name: samples[kind]}))
    return found
