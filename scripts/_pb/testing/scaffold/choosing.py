"""In which situations a scaffolded test looks at records, and in which role: those that somebody's rights depend on."""

from __future__ import annotations

import contextlib
import itertools
from typing import NamedTuple

from _pb.access.readings import asked_by_query
from _pb.access.roles import sources_of
from _pb.samples.maker import Unsatisfiable
from _pb.testing import verdict
from _pb.testing.scaffold.situations import Situation, situations, told_apart
from _pb.testing.scaffold.stage import Stage
from _pb.testing.scaffold.subject import OWNER, Step, Subject

_MAX_STATES = 4


class Passed(NamedTuple):
    """Which of the requests about a record somebody's passed."""

    create: bool
    list: bool
    view: bool
    update: bool
    delete: bool


class Access(NamedTuple):
    """What may be done with a record in a situation: by each of the others, and by the owner (the guest if alone)."""

    others: tuple[Passed, ...]
    owner: Passed

    @property
    def of_others(self) -> int:
        """How much all others may do together."""
        return sum(map(sum, self.others))


def find_memberships(subject: Subject) -> None:
    """Give owner and stranger the least role in which the owner can create records, where memberships give roles."""
    every = [Situation(), *situations(subject.session, subject.item)]
    best: tuple[bool, int] | None = None
    possible = subject.possible_memberships()
    for memberships in possible if len(possible) > 1 else ():
        subject.memberships, before = memberships, subject.memberships
        with contextlib.suppress(Unsatisfiable):
            stage = Stage(subject.session, subject.setup())
            subject.honest = next((one for one in every if _can_create(stage, subject, one)), every[0])
            found = (not _can_create(stage, subject, subject.honest), _passed(stage, subject, every))
            if best is None or found < best:
                best, before = found, memberships
        subject.memberships = before
    subject.honest = Situation()


def _passed(stage: Stage, subject: Subject, every: list[Situation]) -> int:
    """Return how much everybody may do in all situations together."""
    total = 0
    for situation in every:
        with contextlib.suppress(Unsatisfiable):
            found = _access(stage, subject, situation)
            total += found.of_others + sum(found.owner)
    return total


def choose_situations(stage: Stage, subject: Subject) -> tuple[Situation, list[Situation]]:
    """Return the situation in which a record is most private, and those in which somebody may do something else.

    The subject's `honest` situation becomes the first in which the owner can create a record.
    """
    if subject.is_auth:
        return Situation(), []
    usual = Situation(", ".join(f"{name}={value}" for name, value in subject.values.items()))
    if subject.is_view:
        return _shown(stage, subject)
    every = [usual, *situations(subject.session, subject.item)]
    subject.honest = next((one for one in every if _can_create(stage, subject, one)), usual)
    seen = []
    for situation in every:
        try:
            seen.append((situation, _access(stage, subject, situation)))
        except Unsatisfiable:
            if situation is usual:
                raise
    # Private is what others see least of, among what the owner sees.
    main, access = min(seen, key=lambda pair: (not any(pair[1].owner), pair[1].of_others))
    if not access.owner.update:
        subject.changeable = next((situation for situation, found in seen if found.owner.update), None)
    others: dict[Access, Situation] = {}
    for situation, found in seen:
        if found != access:
            others.setdefault(found, situation)
    narrowed = _narrowed(stage, subject, seen)
    return main, [*itertools.islice(others.values(), _MAX_STATES), *narrowed][: _MAX_STATES + 1]


def _shown(stage: Stage, subject: Subject) -> tuple[Situation, list[Situation]]:
    """Return the first state of the records that a view selects from in which it shows them, and those in which not."""
    sources = sources_of(subject.item, subject.session.collections())
    looked_at = asked_by_query(str(subject.item.get("viewQuery")))
    shown, left_out = [], []
    for situation in [Situation(), *(state for source in sources for state in told_apart(source, looked_at))]:
        try:
            stage.run(subject.record(situation))
            shown.append(situation)
        except Unsatisfiable:
            left_out.append(situation)
    return (shown or left_out)[0], left_out if shown else []


def _can_create(stage: Stage, subject: Subject, situation: Situation) -> bool:
    """Tell whether the owner can create a record in a situation."""
    owner = next((who for who in subject.everybody() if who.words == OWNER), None)
    if not owner or not subject.item.get("createRule"):
        return False
    try:
        stage.run(situation.lines("self.alices"))
        answer = stage.value(subject.creating(owner, subject.body("self.alices", situation.codes())).code)
    except Unsatisfiable:
        return False
    return answer.status < 300 or "not_unique" in str(answer.data)


def _narrowed(stage: Stage, subject: Subject, seen: list[tuple[Situation, Access]]) -> list[Situation]:
    """Return what makes the most public situation less so, such as published but not before tomorrow."""
    public, access = max(seen, key=lambda pair: pair[1].of_others)
    found = []
    for situation, _ in seen:
        both = public.within(situation)
        if public.values and situation.values and not set(public.values) & set(situation.values):
            with contextlib.suppress(Unsatisfiable):
                if _access(stage, subject, both).of_others < access.of_others:
                    found.append(both)
    return found


def _access(stage: Stage, subject: Subject, situation: Situation) -> Access:
    """Return what a guest, another user and the owner may do with a record in a situation."""
    stage.run(subject.record(situation))
    new = {**subject.honest.values, **(situation.codes() if situation.parents else {})}
    found = []
    for who in sorted(subject.everybody(), key=lambda who: who.words == OWNER):
        creating = subject.creating(who, subject.body(who.world, new))
        steps = (creating, *subject.reading(who), *subject.writing(who))
        found.append(Passed(*(_passes(stage, step) for step in steps)))
        if found[-1].delete:
            stage.run(subject.record(situation))
    *others, owner = found
    return Access(tuple(others), owner)


def _passes(stage: Stage, step: Step) -> bool:
    return verdict.problem_if_not_allowed(stage.value(step.code)) is None
