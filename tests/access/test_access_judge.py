"""The judge of the access matrix: every planted leak is found, and a correct schema raises no alarm.

python3 tests/access_judge/judge.py prints what found each leak.
"""

from __future__ import annotations

import pytest

from access_judge.build import Case
from access_judge.judge import CASES, WITH_HOOKS, judge


@pytest.mark.parametrize("case", [*CASES, *WITH_HOOKS], ids=lambda case: case.name.replace(" ", "-"))
def test_leaks_are_found_and_correct_rules_raise_no_alarm(case: Case) -> None:
    result = judge(case)
    assert result.alarms == []
    assert result.problems == []
    assert result.drift == []
    assert [verdict.leak for verdict in result.verdicts if not verdict.found] == []


def test_there_are_enough_leaks_to_judge_by() -> None:
    assert len(CASES) >= 12
    assert sum(len(case.leaks) for case in CASES) >= 60
