"""The judge's own data and law, and a few of its applications; `prove.py` and `judge.py` are the long way round."""

from __future__ import annotations

from typing import Any

import pytest

from blind_judge.app import App
from blind_judge.apps import APPS
from blind_judge.judge import Seen, findings_of, look, named
from blind_judge.rename import meaningless, names_of, renamed, rule_renamed


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.name)
def test_each_leak_and_twin_changes_the_application(app: App) -> None:
    correct = (app.schema, app.hooks)
    assert len(app.leaks) >= 6
    assert len(app.twins) >= 1
    assert len(app.uses) >= 1
    for change in [leak.change for leak in app.leaks] + [change for _, change in app.twins]:
        assert app.changed(change) != correct


def test_a_leak_is_named_by_what_the_correct_schema_does_not_have() -> None:
    (leak,) = (leak for app in APPS for leak in app.leaks if leak.name == "doctor_writes_as_colleague")

    def seen(*findings: dict[str, Any]) -> Seen:
        return Seen(findings_of({"findings": list(findings)}), None)

    high = {"severity": "high", "collection": "charts", "action": "create", "message": "in the name of another"}
    assert named(leak, seen(), seen(high)) == "high"
    assert named(leak, seen(), seen({**high, "severity": "question"})) == "question"
    assert named(leak, seen(high), seen(high)) == "nothing"
    assert named(leak, seen(), seen({**high, "action": "delete"})) == "nothing"
    assert named(leak, seen(), seen({**high, "collection": "staff"})) == "nothing"


def test_names_are_changed_everywhere_alike() -> None:
    names = {"rooms": "x1", "members": "x2", "room": "x3", "user": "x4", "boss": "x5"}
    rule = "members_via_room.user ?= @request.auth.id && @collection.rooms:a.user = 'boss' && @request.query.room = 'b'"
    assert rule_renamed(rule, names) == (
        "x2_via_x3.x4 ?= @request.auth.id && @collection.x1:a.x4 = 'x5' && @request.query.room = 'b'"
    )
    for app in APPS:
        chosen = meaningless(names_of(app.schema))
        back = {new: old for old, new in chosen.items()}
        assert renamed(renamed(app.schema, chosen), back) == app.schema


@pytest.mark.parametrize("name", ["documents", "hr"])
def test_a_correct_application_raises_no_alarm(name: str) -> None:
    (app,) = (app for app in APPS if app.name == name)
    seen = look(app.schema, app.hooks)
    assert not seen.error
    assert [finding for finding in seen.findings.values() if finding["severity"] == "high"] == []
    assert seen.policy


@pytest.mark.parametrize("name", ["teacher_becomes_head", "guest_uses_any_pin"])
def test_a_leak_is_named_and_changes_the_policy(name: str) -> None:
    app, leak = next((app, leak) for app in APPS for leak in app.leaks if leak.name == name)
    correct, leaky = look(app.schema, app.hooks), look(*app.changed(leak.change))
    assert named(leak, correct, leaky) == "high"
    assert leaky.policy != correct.policy
