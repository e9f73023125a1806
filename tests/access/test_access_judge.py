"""The first judge of the access matrix, a few of its leaks: tests/access_judge/judge.py looks at all of them."""

from __future__ import annotations

import pytest

from access_judge.build import Case
from access_judge.judge import CASES, WITH_HOOKS, judge


@pytest.mark.parametrize("name", ["owner", "custom routes"])
def test_leaks_are_found_and_correct_rules_raise_no_alarm(name: str) -> None:
    case: Case = next(one for one in [*CASES, *WITH_HOOKS] if one.name == name)
    result = judge(case, case.leaks[:2])
    assert result.alarms == []
    assert [verdict.leak for verdict in result.verdicts if not verdict.found] == []


def test_there_are_enough_leaks_to_judge_by() -> None:
    assert sum(len(case.leaks) for case in CASES) >= 150
