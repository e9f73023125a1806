"""What a scaffolded test file tries on a collection: for each test its setup, and steps as lines of code."""

from __future__ import annotations

import re

from pb_access_verbs.states import State

from . import rule_facts as facts
from .attacks import changes, claims, ties
from .subject import CLAIM, FIND, GET, WRITE, Outline, Step, Subject, Who, code_keywords, keywords, literal
from .world import RULES, sources_of


def outlines(subject: Subject, main: State, others: list[State]) -> list[Outline]:
    """Return the tests of a collection; `main` is the state in which a record is private, `others` differ from it."""
    found = [_actor(subject, main, who) for who in subject.cast()]
    found += [_state(subject, state) for state in others]
    if not subject.is_view:
        found += [*ties(subject, main), claims(subject), changes(subject, main), *_nobodys(subject)]
        found += [*_files(subject), _cascades(subject)]
    found += [_hidden(subject), _locked(subject)]
    return [outline for outline in found if outline.steps]


def _actor(subject: Subject, state: State, who: Who) -> Outline:
    steps = subject.reading(who)
    if not subject.is_view:
        hole = "a guest creates what should have an owner" if who.words == "a guest" and not subject.is_auth else ""
        hole = hole if subject.owned else ""
        body = subject.body(who.world)
        steps.append(Step(WRITE, "createRule", f"{who.code}.create({literal(subject.name)}, {body})", hole))
        if who.words == "a guest" and not subject.is_auth and facts.ties_of(subject.item, *RULES):
            body = f"self.pb.body({literal(subject.name)}{keywords(subject.values)})"
            steps.append(Step(WRITE, "createRule", f"{who.code}.create({literal(subject.name)}, {body})", hole))
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
    code = f'assert_field_hidden({who}.get({literal(subject.name)}, record["id"]), {", ".join(map(literal, fields))})'
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
            file = f"record[{literal(name)}]" if facts.is_single(field) else f"record[{literal(name)}][0]"
            steps = []
            for who in subject.cast()[:3]:
                code = f'{who.code}.download({literal(subject.name)}, record["id"], {file})'
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
                setup.append(
                    f"{variable} = self.alices.make({literal(other['name'])}{code_keywords({field['name']: link})})"
                )
                children.append(f"({literal(other['name'])}, {variable})")
    children = list(dict.fromkeys(children))
    code = f"assert_cascades(self.pb.superuser, ({literal(subject.name)}, record), [{', '.join(children)}])"
    steps = [Step(CLAIM, "deleteRule", code)] if children else []
    return Outline("what depends on it goes with it", setup, steps)


def _locked(subject: Subject) -> Outline:
    """Try what is for superusers only."""
    who = Who("", "self.alice" if subject.auth else "self.pb.guest", "self.alices")
    id = '"none"' if subject.is_view else 'record["id"]'
    steps = [
        Step(FIND, "listRule", f"{who.code}.list({literal(subject.name)})"),
        Step(GET, "viewRule", f"{who.code}.get({literal(subject.name)}, {id})"),
    ]
    if not subject.is_view:
        steps.append(Step(WRITE, "createRule", f"{who.code}.create({literal(subject.name)}, {{}})"))
        steps += subject.writing(who)
    steps = [step._replace(hole="") for step in steps if subject.item.get(step.rule) is None]
    return Outline("only superusers", [] if subject.is_view else [subject.record()], steps)
