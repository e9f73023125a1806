"""What a scaffolded test file tries on a collection: for each test its setup, and steps as lines of code."""

from __future__ import annotations

import re

from _pb.access import owning, roles
from _pb.access.readings import asked
from _pb.schema.fields import is_multiple
from _pb.testing.scaffold.attacks import changes, claims
from _pb.testing.scaffold.situations import Situation, code_keywords, keywords, literal, literals, told_apart
from _pb.testing.scaffold.strangers import NEVER
from _pb.testing.scaffold.subject import CLAIM, GET, GUEST, LIST, OWNER, WRITE, Outline, Step, Subject, Who
from _pb.testing.scaffold.ties import ties


def outlines(subject: Subject, main: Situation, others: list[Situation]) -> list[Outline]:
    """Return the tests of a collection; `main` is the situation in which a record is private, `others` differ."""
    found = [_actor(subject, main, who) for who in subject.cast()]
    found += _creating(subject)
    found += [_other(subject, situation) for situation in others if not subject.is_view]
    if not subject.is_view:
        found += [*ties(subject, main), *claims(subject), changes(subject, main), *_nobodys(subject)]
        found += [*_files(subject), _cascades(subject)]
    found += [_left_out(subject, others)] if subject.is_view else []
    found += [_hidden(subject, main), _locked(subject, main), *_logins(subject)]
    return [outline for outline in found if outline.steps]


def _actor(subject: Subject, main: Situation, who: Who) -> Outline:
    steps = subject.reading(who)
    if not subject.is_view:
        if not subject.honest.parents:
            steps += _creates(subject, who, subject.honest)
        steps += subject.writing(who)
    return Outline(who.words, [*filter(None, [who.setup]), *subject.record(main)], _decided(subject, steps))


def _creates(subject: Subject, who: Who, situation: Situation) -> list[Step]:
    """Return the steps in which somebody creates a record: one of their own, and for a guest one of nobody's."""
    own = subject.own_links(who.code) if who.setup else {}
    given = {**own, **subject.honest.values, **situation.codes()}
    steps = [subject.creating(who, subject.body(who.world, given))]
    if who.words == GUEST and not subject.is_auth and not situation.parents and owning.ties_of(subject.item):
        values = code_keywords({**literals(subject.values), **subject.honest.values})
        body = f"self.pb.body({literal(subject.name)}{values})"
        steps.append(subject.creating(who, body, named=False))
    return steps


def _creating(subject: Subject) -> list[Outline]:
    """Create records where that depends on what they belong to, such as a post that has to be public."""
    if not subject.honest.parents:
        return []
    holders = [who for who in subject.role_holders() if who.world == "self.alices"]
    found = []
    for several in (subject.everybody(), *([who] for who in holders)):
        words = f"{several[0].words} creates" if several[0].setup else "who creates"
        steps = [step for who in several for step in _creates(subject, who, subject.honest)]
        lines = [line for who in several for line in [who.setup] if line]
        outline = Outline(f"{words} when {subject.honest.label}", [*lines, *subject.honest.lines("self.alices")], steps)
        found.append(outline)
    return found


def _decided(subject: Subject, steps: list[Step]) -> list[Step]:
    """Return the steps that a rule decides, not only whether somebody is a superuser."""
    return [step for step in steps if subject.item.get(step.rule) is not None]


def _other(subject: Subject, situation: Situation) -> Outline:
    """Try everything in another situation, the owner last: whoever deletes the record ends the test."""
    steps = []
    for who in subject.everybody():
        steps += [*subject.reading(who), *subject.writing(who)]
        if situation.parents and not subject.is_view:
            steps += _creates(subject, who, situation)
    steps = [step._replace(hole="", doubt=None) for step in _decided(subject, steps)]
    steps.sort(key=lambda step: 2 if step.who == OWNER else step.rule == "deleteRule")
    steps.sort(key=lambda step: step.rule == "deleteRule" and step.who == OWNER)
    return Outline(f"when {situation.label}", subject.record(situation), steps)


def _nobodys(subject: Subject) -> list[Outline]:
    """Look for a record whose owner is empty, or which nobody has joined: nobody's id is empty as well."""
    strangers = [who for who in subject.everybody() if who.words != OWNER]
    steps = [step for who in strangers for step in (*subject.reading(who), *subject.writing(who))]
    steps = sorted(_decided(subject, steps), key=lambda step: step.rule == "deleteRule")
    steps = [step._replace(doubt=None) for step in steps]
    optional = {field["name"] for field in subject.item["fields"] if not field.get("required")}
    found = []
    for name in owning.ties_of(subject.item):
        if name in optional and name != "id" and not subject.is_auth:
            found.append(Outline(f"a record without {name}", subject.record(Situation("", {name: "None"})), steps))
    joins = roles.leading_joins(subject.name, subject.session.collections())
    if any(name in roles.joined_collections(subject.item) for name, _ in joins) and not subject.is_auth:
        alone = [f"record = self.pb.make({literal(subject.name)}{keywords(subject.values)})"]
        found.append(Outline("a record that nobody has joined", alone, steps))
    return found


def _hidden(subject: Subject, main: Situation) -> Outline:
    """Look for hidden fields, and in a view for the addresses and hidden fields of what it selects from."""
    fields = owning.secret_fields(subject.item)
    who = "self.alice" if subject.auth else "self.pb.guest"
    seen = f'{who}.get({literal(subject.name)}, record["id"])'
    codes = [f"assert_field_hidden({seen}, {', '.join(map(literal, fields))})"] if fields else []
    if subject.is_view:
        shown = {field["name"] for field in subject.item["fields"]}
        sources = roles.sources_of(subject.item, subject.session.collections())
        secrets = dict.fromkeys(name for source in sources for name in (*owning.secret_fields(source), "email"))
        codes += [f"self.assertNotIn({literal(name)}, {seen}.data)" for name in secrets if name not in shown]
    steps = [Step(CLAIM, "viewRule", code) for code in codes]
    return Outline("hidden fields", subject.record(main), _decided(subject, steps))


def _left_out(subject: Subject, others: list[Situation]) -> Outline:
    """Look in a view for records in a state in which its query leaves them out."""
    steps = []
    for source in roles.sources_of(subject.item, subject.session.collections()):
        names = {field["name"] for field in source["fields"]}
        for state in others:
            if set(state.values) <= names:
                made = f"self.alices.make({literal(source['name'])}{code_keywords(state.codes())})"
                code = f"assert_hidden(self.pb.superuser.find({literal(subject.name)}, {made}))"
                steps.append(Step(CLAIM, "listRule", code))
    return Outline("what the view leaves out", [], steps)


def _files(subject: Subject) -> list[Outline]:
    """Download files as a guest and as a stranger."""
    found = []
    for field in subject.item["fields"]:
        if field["type"] == "file" and (field.get("required") or not subject.is_auth):
            name = field["name"]
            file = f"record[{literal(name)}][0]" if is_multiple(field) else f"record[{literal(name)}]"
            steps = []
            for who in subject.everybody():
                private = subject.meant("viewRule", who) == NEVER and owning.is_about_user(subject.item.get("viewRule"))
                hole = f"{name} is not protected, so its URL is enough" if private and who.words != OWNER else ""
                code = f'{who.code}.download({literal(subject.name)}, record["id"], {file})'
                steps.append(Step(GET, "viewRule", code, "" if subject.is_auth else hole))
            found.append(Outline(f"files of {name}", subject.record(Situation()), steps))
    return found


def _cascades(subject: Subject) -> Outline:
    """Delete a record on which others depend."""
    setup, children = subject.record(Situation()), []
    for other in subject.session.collections():
        for field in owning.relations(other):
            if field["collectionId"] == subject.item["id"] and field.get("cascadeDelete") and other is not subject.item:
                link = '[record["id"]]' if is_multiple(field) else 'record["id"]'
                variable = f"in_{re.sub(r'[^A-Za-z0-9_]', '_', other['name'])}"
                setup.append(
                    f"{variable} = self.alices.make({literal(other['name'])}{code_keywords({field['name']: link})})"
                )
                children.append(f"({literal(other['name'])}, {variable})")
    children = list(dict.fromkeys(children))
    code = f"assert_cascades(self.pb.superuser, ({literal(subject.name)}, record), [{', '.join(children)}])"
    steps = [Step(CLAIM, "deleteRule", code)] if children else []
    return Outline("what depends on it goes with it", setup, steps)


def _logins(subject: Subject) -> list[Outline]:
    """Log in as users in each state that the authRule tells apart, such as a banned one."""
    rule = subject.item.get("authRule")
    if not rule or not (subject.item.get("passwordAuth") or {}).get("enabled", True):
        return []
    states = [Situation(), *told_apart(subject.item, asked([rule]))]
    password = '"Sample-password-1"'
    steps = []
    for state in states:
        made = f"self.alices.colleague({literal(subject.name)}, password={password}{code_keywords(state.codes())})"
        code = f'self.pb.guest.login({literal(subject.name)}, {made}.record["email"], {password})'
        steps += [Step(CLAIM, "authRule", f"assert_status({code}, 200)", "", f"assert_status({code}, 403)")]
    return [Outline("who may log in", [], steps)]


def _locked(subject: Subject, main: Situation) -> Outline:
    """Try what is for superusers only."""
    who = Who("", "self.alice" if subject.auth else "self.pb.guest", "self.alices")
    id = '"none"' if subject.is_view else 'record["id"]'
    steps = [
        Step(LIST, "listRule", f"{who.code}.list({literal(subject.name)})"),
        Step(GET, "viewRule", f"{who.code}.get({literal(subject.name)}, {id})"),
    ]
    if not subject.is_view:
        steps.append(Step(WRITE, "createRule", f"{who.code}.create({literal(subject.name)}, {{}})"))
        steps += subject.writing(who)
    steps = [step for step in steps if subject.item.get(step.rule) is None]
    return Outline("only superusers", [] if subject.is_view else subject.record(main), steps)
