"""The steps of a scaffolded test, carried out before they are written: what the server does is what the test expects.

Where it does what can only be a leak, the test expects the opposite, and so it fails until the rule is mended.
"""

from __future__ import annotations

import contextlib
from typing import Callable, NamedTuple

from _pb.access.attempts import REQUIRED
from _pb.samples.maker import Unsatisfiable
from _pb.testing import verdict
from _pb.testing.actors import Reply
from _pb.testing.scaffold.choosing import choose_situations, find_memberships
from _pb.testing.scaffold.lines import Doubt, Line
from _pb.testing.scaffold.situations import Situation
from _pb.testing.scaffold.stage import Stage
from _pb.testing.scaffold.subject import CLAIM, FIND, Outline, Step, Subject

_ANOTHER = "Another one cannot exist"
_NEEDED = "Other records require this one"
_NOTHING = Line()
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
    lines: list[Line]
    leaks: list[str]
    passed: set[str]
    doubts: list[Doubt]

    def gaps(self) -> list[str]:
        """Return what it says of itself that it does not try."""
        return [f"not tried: {line.not_tried}" for line in self.lines if line.not_tried]


def try_out(subject: Subject, outlines: Callable[[Subject, Situation, list[Situation]], list[Outline]]) -> list[Test]:
    """Return the tests of a collection, with what the server does now as what they expect.

    Raises Unsatisfiable if no record of the collection can be made.
    """
    find_memberships(subject)
    stage = Stage(subject.session, subject.setup())
    main, others = choose_situations(stage, subject)
    tests = []
    for outline in outlines(subject, main, others):
        if subject.is_auth:  # each test has accounts of its own
            stage.run(subject.setup())
        test = _tried(stage, subject, outline)
        if subject.is_auth:
            stage.run(subject.setup())
        tests.append(_as_written(stage, test))
    return tests


def _tried(stage: Stage, subject: Subject, outline: Outline) -> Test:
    try:
        stage.run(outline.setup)
    except Unsatisfiable as problem:
        return Test(outline.name, [], [Line(not_tried=str(problem))], [], set(), [])
    lines, leaks, allowed, passed, doubts = [], [], [], [], []
    for step in outline.steps:
        if step.kind == CLAIM:
            stage.run(outline.setup)
            line = _claim(stage, step)
        else:
            line = _request(stage, subject, step)
        if line.leak:
            leaks.append(f"{subject.name}.{step.rule}: {step.hole}")
        if line.leak or line.is_proof:
            passed.append(step.rule)
        if line.is_allowed and _VERBS[step.rule] not in allowed:
            allowed.append(_VERBS[step.rule])
        if step.doubt and (line.is_allowed or line == _NOTHING):
            doubts.append(step.doubt)
        lines += [line] if line != _NOTHING else []
    tried = {_VERBS[step.rule] for step in outline.steps}
    return Test(_name(outline, allowed, tried), outline.setup, lines, leaks, set(passed), doubts)


def _as_written(stage: Stage, test: Test) -> Test:
    """Return a test without the lines that hold by themselves but not where the test runs as a whole."""
    with contextlib.suppress(Unsatisfiable):
        stage.run(test.setup)
    lines: list[Line] = []
    for line in test.lines:
        try:
            stage.run([line.code] if line.code else [])
        except (AssertionError, Unsatisfiable):
            problem = f"after the lines above this does not hold: {line.code}"
            line = line if line.leak else Line(not_tried=problem)
        lines.append(line)
    return test._replace(lines=lines)


def _claim(stage: Stage, step: Step) -> Line:
    """Return the assertion that passes, or that shows a leak; an empty line if neither does."""
    for code in filter(None, (step.code, step.fallback)):
        try:
            stage.value(code)
            return Line(code, is_proof=step.proves and code == step.code)
        except AssertionError:
            continue
        except Unsatisfiable:
            return _NOTHING
    return Line(step.code, leak=step.hole) if step.hole else _NOTHING


def _request(stage: Stage, subject: Subject, step: Step) -> Line:
    """Return the assertion for what a request came to, or a comment if it says nothing."""
    try:
        answer = stage.value(step.code)
        id = stage.value('record["id"]') if step.kind == FIND else ""
    except Unsatisfiable as problem:
        return Line(not_tried=str(problem))
    shown = f"{step.code}, record" if step.kind == FIND else step.code
    if verdict.problem_if_not_allowed(answer, id) is None:
        denial = "assert_denied" if step.rule in ("createRule", "updateRule", "deleteRule") else "assert_hidden"
        if step.hole:
            return Line(f"{denial}({shown})", leak=step.hole)
        return Line(f"assert_allowed({shown})", is_proof=True, is_allowed=True)
    if answer.status == 403 and subject.item.get(step.rule) is None:
        return Line(f"assert_superuser_only({step.code})")
    if step.rule in ("listRule", "viewRule"):
        return Line(f"assert_hidden({shown})")
    return _refused(answer, step)


def _refused(answer: Reply, step: Step) -> Line:
    """Return the assertion for a write that was refused; what fails for another reason has passed the rule."""
    if REQUIRED in str(answer.data):
        return Line(note=f"{_NEEDED}, so deleting it is not tried.", is_proof=True)
    if verdict.problem_if_not_denied(answer) is None:
        return Line(f"assert_denied({step.code})")
    if "validation_not_unique" in str(answer.data):
        return Line(note=f"{_ANOTHER}, so creating it is not tried.", is_proof=True)
    return Line(not_tried=_one_line(answer))


def _one_line(answer: Reply) -> str:
    return f"{answer.status} {' '.join(str(answer.data).split())[:90]}"


def _name(outline: Outline, allowed: list[str], tried: set[str]) -> str:
    words = outline.name
    if "when" not in words and words in ("a guest", "the owner", "another user"):
        if not allowed:
            words += " is kept out"
        else:
            words += f" may {' and '.join(allowed)}" + (" only" if set(allowed) != tried else "")
    return words
