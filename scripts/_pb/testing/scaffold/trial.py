"""The steps of a scaffolded test, carried out before they are written: what the server does is what the test expects.

Where it does what can only be a leak, the test expects the opposite, and so it fails until the rule is mended.
"""

from __future__ import annotations

import contextlib
import itertools
from typing import Any, Callable, NamedTuple

from _pb.access.attempts import REQUIRED
from _pb.access.readings import asked_by_query
from _pb.access.roles import sources_of
from _pb.samples.maker import Unsatisfiable
from _pb.testing import helpers, verdict
from _pb.testing.actors import Reply
from _pb.testing.scaffold.situations import Situation, situations, told_apart
from _pb.testing.scaffold.subject import CLAIM, FIND, OWNER, Outline, Step, Subject
from _pb.testing.session import Session
from _pb.testing.testcase import AccessTest

_MOST_STATES = 4
_ANOTHER = "Another one cannot exist"
_NEEDED = "Other records require this one"
# How a line begins that shows somebody to have passed the rule.
_PROOFS = ("assert_allowed", "assert_spoof_rejected", f"# {_ANOTHER}", f"# {_NEEDED}")
_VERBS = {
    "listRule": "list",
    "viewRule": "view",
    "createRule": "create",
    "updateRule": "update",
    "deleteRule": "delete",
    "authRule": "log in",
}


class Test(NamedTuple):
    """A test as it is written: its name, the setup, lines of assertions and comments, and the leaks they show.

    `passed` are the keys of the rules that let somebody pass, `doubts` what to ask about somebody who passed.
    """

    name: str
    setup: list[str]
    lines: list[str]
    leaks: list[str]
    passed: set[str]
    doubts: list[str]

    def gaps(self) -> list[str]:
        """Return what it says of itself that it does not try."""
        return [line[2:] for line in self.lines if line.startswith("# not tried")]


class Stage:
    """Runs lines of code as the methods of a scaffolded test class would."""

    def __init__(self, session: Session, setup: list[str]) -> None:
        self._self = type("Stage", (AccessTest,), {"pb": session, "runTest": None})()
        self._names: dict[str, Any] = {name: getattr(helpers, name) for name in helpers.__all__}
        self._names["self"] = self._self
        self.run(setup)

    def run(self, lines: list[str]) -> None:
        """Run statements."""
        for line in lines:
            exec(line, self._names)

    def value(self, expression: str) -> Any:
        """Return the value of an expression."""
        return eval(expression, self._names)


def try_out(subject: Subject, outlines: Callable[[Subject, Situation, list[Situation]], list[Outline]]) -> list[Test]:
    """Return the tests of a collection, with what the server does now as what they expect.

    Raises Unsatisfiable if no record of the collection can be made.
    """
    _find_standing(subject)
    stage = Stage(subject.session, subject.setup())
    main, others = _situations(stage, subject)
    tests = []
    for outline in outlines(subject, main, others):
        if subject.is_auth:  # each test has accounts of its own
            stage.run(subject.setup())
        test = _tried(stage, subject, outline)
        if subject.is_auth:
            stage.run(subject.setup())
        tests.append(_as_written(stage, test))
    return tests


def _find_standing(subject: Subject) -> None:
    """Give owner and stranger the least role in which the owner can create records, where memberships give roles."""
    every = [Situation(), *situations(subject.session, subject.item)]
    best: tuple[bool, int] | None = None
    standings = subject.standings()
    for standing in standings if len(standings) > 1 else ():
        subject.standing, before = standing, subject.standing
        with contextlib.suppress(Unsatisfiable):
            stage = Stage(subject.session, subject.setup())
            subject.honest = next((one for one in every if _can_create(stage, subject, one)), every[0])
            found = (not _can_create(stage, subject, subject.honest), _passed(stage, subject, every))
            if best is None or found < best:
                best, before = found, standing
        subject.standing = before
    subject.honest = Situation()


def _passed(stage: Stage, subject: Subject, every: list[Situation]) -> int:
    """Return how much everybody may do in all situations together."""
    total = 0
    for situation in every:
        with contextlib.suppress(Unsatisfiable):
            total += sum(_access(stage, subject, situation))
    return total


def _tried(stage: Stage, subject: Subject, outline: Outline) -> Test:
    try:
        stage.run(outline.setup)
    except Unsatisfiable as problem:
        return Test(outline.name, [], [f"# not tried: {problem}"], [], set(), [])
    lines, leaks, allowed, passed, doubts = [], [], [], [], []
    for step in outline.steps:
        if step.kind == CLAIM:
            stage.run(outline.setup)
            line, is_leak = _claim(stage, step)
        else:
            line, is_leak = _request(stage, subject, step)
        if is_leak:
            lines.append(f"# A leak: {step.hole}. If that is meant, expect it instead.")
            leaks.append(f"{subject.name}.{step.rule}: {step.hole}")
        if is_leak or line.startswith(_PROOFS):
            passed.append(step.rule)
        is_allowed = line.startswith("assert_allowed")
        if is_allowed and _VERBS[step.rule] not in allowed:
            allowed.append(_VERBS[step.rule])
        if step.doubt and (is_allowed or (step.kind == CLAIM and not line)):
            doubts.append(step.doubt)
        lines += [line] if line else []
    tried = {_VERBS[step.rule] for step in outline.steps}
    return Test(_name(outline, allowed, tried), outline.setup, lines, leaks, set(passed), doubts)


def _as_written(stage: Stage, test: Test) -> Test:
    """Return a test without the lines that hold by themselves but not where the test runs as a whole."""
    with contextlib.suppress(Unsatisfiable):
        stage.run(test.setup)
    lines: list[str] = []
    for line in test.lines:
        is_leak = bool(lines) and lines[-1].startswith("# A leak")
        try:
            stage.run([line])
        except (AssertionError, Unsatisfiable):
            line = line if is_leak else f"# not tried: after the lines above this does not hold: {line}"
        lines.append(line)
    return test._replace(lines=lines)


def _claim(stage: Stage, step: Step) -> tuple[str, bool]:
    """Return the assertion that passes, or that shows a leak; "" if neither does."""
    for code in filter(None, (step.code, step.fallback)):
        try:
            stage.value(code)
            return code, False
        except AssertionError:
            continue
        except Unsatisfiable:
            return "", False
    return (step.code, True) if step.hole else ("", False)


def _request(stage: Stage, subject: Subject, step: Step) -> tuple[str, bool]:
    """Return the assertion for what a request came to, a comment if it says nothing, and whether that is a leak."""
    try:
        answer = stage.value(step.code)
        id = stage.value('record["id"]') if ".find(" in step.code else ""
    except Unsatisfiable as problem:
        return f"# not tried: {problem}", False
    shown = f"{step.code}, record" if step.kind == FIND and ".find(" in step.code else step.code
    if verdict.problem_if_not_allowed(answer, id) is None:
        denial = "assert_denied" if step.rule in ("createRule", "updateRule", "deleteRule") else "assert_hidden"
        return (f"{denial}({shown})", True) if step.hole else (f"assert_allowed({shown})", False)
    if answer.status == 403 and subject.item.get(step.rule) is None:
        return f"assert_superuser_only({step.code})", False
    if step.rule in ("listRule", "viewRule"):
        return f"assert_hidden({shown})", False
    if REQUIRED in str(answer.data):
        return f"# {_NEEDED}, so deleting it is not tried.", False
    if verdict.problem_if_not_denied(answer) is None:
        return f"assert_denied({step.code})", False
    if "validation_not_unique" in str(answer.data):
        return f"# {_ANOTHER}, so creating it is not tried.", False
    return f"# not tried: {_one_line(answer)}", False


def _one_line(answer: Reply) -> str:
    return f"{answer.status} {' '.join(str(answer.data).split())[:90]}"


def _situations(stage: Stage, subject: Subject) -> tuple[Situation, list[Situation]]:
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
    main, access = min(seen, key=lambda pair: (not any(pair[1][-5:]), sum(pair[1][:-5])))
    if not access[-2]:
        subject.changeable = next((situation for situation, found in seen if found[-2]), None)
    others: dict[tuple[bool, ...], Situation] = {}
    for situation, found in seen:
        if found != access:
            others.setdefault(found, situation)
    narrowed = _narrowed(stage, subject, seen)
    return main, [*itertools.islice(others.values(), _MOST_STATES), *narrowed][: _MOST_STATES + 1]


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


def _narrowed(stage: Stage, subject: Subject, seen: list[tuple[Situation, tuple[bool, ...]]]) -> list[Situation]:
    """Return what makes the most public situation less so, such as published but not before tomorrow."""
    public, access = max(seen, key=lambda pair: sum(pair[1][:-5]))
    found = []
    for situation, _ in seen:
        both = public.within(situation)
        if public.values and situation.values and not set(public.values) & set(situation.values):
            with contextlib.suppress(Unsatisfiable):
                if sum(_access(stage, subject, both)[:-5]) < sum(access[:-5]):
                    found.append(both)
    return found


def _access(stage: Stage, subject: Subject, situation: Situation) -> tuple[bool, ...]:
    """Return what a guest, another user and the owner may do with a record in a situation, the owner last."""
    stage.run(subject.record(situation))
    new = {**subject.honest.values, **(situation.codes() if situation.parents else {})}
    found = []
    for who in sorted(subject.everybody(), key=lambda who: who.words == OWNER):
        creating = subject.creating(who, subject.body(who.world, new))
        for step in (creating, *subject.reading(who), *subject.writing(who)):
            found.append(_passes(stage, step))
        if found[-1]:  # it was deleted
            stage.run(subject.record(situation))
    return tuple(found)


def _passes(stage: Stage, step: Step) -> bool:
    return verdict.problem_if_not_allowed(stage.value(step.code)) is None


def _name(outline: Outline, allowed: list[str], tried: set[str]) -> str:
    words = outline.name
    if "when" not in words and words in ("a guest", "the owner", "another user"):
        if not allowed:
            words += " is kept out"
        else:
            words += f" may {' and '.join(allowed)}" + (" only" if set(allowed) != tried else "")
    return words
