"""Somebody whom only one thing ties to a record, where several could: a member, an assignee, a boss."""

from __future__ import annotations

from typing import Any, NamedTuple

from _pb.access import owning, roles
from _pb.access.readings import is_asked_for
from _pb.schema.fields import is_multiple
from _pb.testing.scaffold.situations import Parent, Situation, chains, code_keywords, code_link, literal, literals
from _pb.testing.scaffold.subject import STRANGER, Outline, Subject, Who
from pb_common.schema_types import Collection, Field

_MAX, _MAX_ROLES = 12, 6


class _Tie(NamedTuple):
    """What ties carol to a record: in words, what the record belongs to, and the lines that let her join that.

    `joins` are lines to run after the record was made if `late`, else before; `rival` those that make dave, who has
    joined the same elsewhere. `world` is whose tenant or department carol shares.
    """

    words: str
    situation: Situation = Situation()
    joins: tuple[str, ...] = ()
    late: bool = False
    rival: tuple[str, ...] = ()
    world: str = "self.alices"


def ties(subject: Subject, main: Situation) -> list[Outline]:
    """Try what somebody may do whom only one thing ties to the record, where several things could."""
    if subject.is_auth or not subject.auth:
        return []
    found = [*_direct(subject), *_joined(subject, (), "it"), *_by_parents(subject), *_listed(subject)]
    if len(found) == 1 and found[0].situation.values and owning.ties_of(subject.item):
        return []  # the owner is tied by nothing else
    return [_outline(subject, main, tie) for tie in found[:_MAX]]


def _outline(subject: Subject, main: Situation, tie: _Tie) -> Outline:
    carol = Who(tie.words, "carol", "self.alices")
    steps = subject.reading(carol)
    if not tie.late:
        own = {**subject.own_links("carol"), **subject.honest.values, **tie.situation.codes()}
        steps.append(subject.creating(carol, subject.body("self.alices", own)))
    if tie.situation.parents:
        steps += [step._replace(doubt=None) for step in subject.reading(Who(STRANGER, "self.bob", "self.bobs"))]
    if tie.rival:
        dave = Who(f"{tie.words} elsewhere", "dave", "self.bobs")
        steps += [*subject.reading(dave), *subject.writing(dave)]
    steps += subject.writing(carol)
    *parents, record = subject.record(main.within(tie.situation))
    made = [*parents, record, *tie.joins] if tie.late else [*parents, *tie.joins, record]
    setup = [f"carol = {tie.world}.colleague({literal(subject.auth)})", *made, *tie.rival]
    return Outline(tie.words, setup, [step for step in steps if subject.item.get(step.rule) is not None])


def _direct(subject: Subject) -> list[_Tie]:
    """Return the ties by the record's own relations to users, and by what it has in common with them."""
    common = owning.common_fields(subject.item)
    world = "self.bobs" if common else "self.alices"
    found = [_Tie(f"somebody with the same {name}") for name in common]
    for field in subject.user_fields(subject.item):
        given = Situation("", {field["name"]: code_link(field, "carol.id")})
        found.append(_Tie(f"somebody who is only its {field['name']}", given, world=world))
    return found


def _by_parents(subject: Subject) -> list[_Tie]:
    """Return the ties by what the record belongs to: its relations to users, and who has joined it."""
    found = []
    for chain in chains(subject.session, subject.item):
        outer, way = chain[0].collection, " of its ".join(str(parent.relation["name"]) for parent in chain)
        for field in subject.user_fields(outer):
            if outer["type"] == "auth" and not _asks(subject, chain, field):
                continue
            first = chain[0]._replace(values={field["name"]: code_link(field, "carol.id")})
            words = f"somebody who is only {field['name']} of its {way}"
            found.append(_Tie(words, Situation("", {}, (first, *chain[1:]))))
        if outer["type"] == "base":
            found += _joined(subject, chain, f"its {way}")
    return found


def _asks(subject: Subject, chain: tuple[Parent, ...], field: Field) -> bool:
    """Tell whether a rule asks for a relation of what the record belongs to, such as employee.boss."""
    way = [str(parent.relation["name"]) for parent in reversed(chain)]
    return is_asked_for(roles.rules_of_requests(subject.item), *way, field["name"])


def _joined(subject: Subject, chain: tuple[Parent, ...], words: str) -> list[_Tie]:
    """Return the ties by a record elsewhere, such as a membership in each of its roles, that leads to what is meant.

    That is what the record belongs to, at the end of a chain, or without one the record itself.
    """
    collections = subject.session.collections()
    target = chain[0].collection if chain else subject.item
    asking = [subject.item, *(parent.collection for parent in chain)]
    found = []
    for name, lead in roles.leading_joins(target["name"], collections):
        other = subject.session.collection(name)
        users = [field["name"] for field in subject.user_fields(other) if not is_multiple(field)]
        if not users or name == subject.name or not any(name in roles.joined_collections(item) for item in asking):
            continue
        link = next(field for field in owning.relations(other) if field["name"] == lead)
        there = chain[0].id if chain else 'record["id"]'
        elsewhere = f"self.bobs.record({literal(target['name'])})"
        for role in _roles_in(name, collections):
            given = literals(role)
            made = [
                f"self.pb.make({literal(name)}{code_keywords({lead: code_link(link, id), users[0]: user, **given})})"
                for id, user in ((there, "carol.id"), (elsewhere, "dave.id"))
            ]
            rival = (f"dave = self.bobs.colleague({literal(subject.auth)})", made[1]) if role else ()
            shown = "".join(f" as {value}" for value in role.values())
            late = not chain
            found.append(
                _Tie(f"somebody in {name} of {words}{shown}", Situation("", {}, chain), (made[0],), late, rival)
            )
    return found


def _listed(subject: Subject) -> list[_Tie]:
    """Return what makes carol one of a list of people, such as the staff, in each of its roles."""
    collections, found = subject.session.collections(), []
    for name in roles.joined_collections(subject.item):
        known = name in [item["name"] for item in collections]
        if not known or not roles.is_list_of_people(name, *collections):
            continue
        users = [field["name"] for field in subject.user_fields(subject.session.collection(name))]
        for role in _roles_in(name, collections) if users else []:
            made = f"self.pb.make({literal(name)}{code_keywords({users[0]: 'carol.id', **literals(role)})})"
            shown = "".join(f" as {value}" for value in role.values())
            found.append(_Tie(f"somebody in {name}{shown}", Situation(), (made,)))
    return found


def _roles_in(name: str, collections: list[Collection]) -> list[dict[str, Any]]:
    """Return the values that give each of the roles of a joined collection; one without values if there are none."""
    known = roles.joined_roles(name, collections)
    found = [{field: value} for field, values in known.items() for value in values]
    return found[:_MAX_ROLES] or [{}]
