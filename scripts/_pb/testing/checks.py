"""The results of a test run without a framework: a line a check, a summary, an exit code."""

from __future__ import annotations

import sys
from typing import Any

from _pb.testing import verdict
from _pb.testing.actors import Record, id_of
from _pb.testing.report import report
from pb_common import Answer


class Checks:
    """The results of a test run; each check prints a line to stderr as it is made, with `only_failures` if it fails."""

    def __init__(self, *, only_failures: bool = False) -> None:
        self._only_failures = only_failures
        self.results: list[dict[str, Any]] = []

    def expect(self, title: str, passed: bool, answer: Answer | None = None) -> bool:
        """Record whether what `title` claims is so; `answer` is shown when it is not."""
        result: dict[str, Any] = {"check": title, "passed": passed}
        if not passed and answer is not None:
            result["answer"] = {"status": answer.status, "data": answer.data}
        self.results.append(result)
        if passed and self._only_failures:
            return True
        shown = f"\n{report('  unexpectedly:', answer)}" if not passed and answer is not None else ""
        print(f"{'ok  ' if passed else 'FAIL'} {title}{shown}", file=sys.stderr)
        return passed

    def allowed(self, title: str, answer: Answer, record: Record = "") -> bool:
        """Expect a success; a list must have items (or `record`), because an empty one is how PocketBase denies it."""
        return self._judge(title, verdict.problem_if_not_allowed(answer, id_of(record)), answer)

    def hidden(self, title: str, answer: Answer, record: Record = "") -> bool:
        """Expect that a list or a record shows nothing (or not `record`): 403 (rule is null), 404, or no items."""
        return self._judge(title, verdict.problem_if_not_hidden(answer, id_of(record)), answer)

    def denied(self, title: str, answer: Answer) -> bool:
        """Expect that a rule denies a write: 401, 403, 404, or 400 without errors of single fields.

        A 400 that names fields is a validation error: the request was let through to the validation.
        """
        return self._judge(title, verdict.problem_if_not_denied(answer), answer)

    def field_hidden(self, title: str, answer: Answer, *fields: str) -> bool:
        """Expect records without these fields."""
        return self._judge(title, verdict.problem_if_field_shown(answer, *fields), answer)

    @property
    def failed(self) -> int:
        """How many checks did not pass."""
        return sum(not result["passed"] for result in self.results)

    def summary(self) -> int:
        """Print the totals to stderr and return the exit code: 0 if all passed, else 1."""
        print(f"{len(self.results) - self.failed} passed, {self.failed} failed", file=sys.stderr)
        return 1 if self.failed or not self.results else 0

    def _judge(self, title: str, problem: str | None, answer: Answer) -> bool:
        return self.expect(title, problem is None, answer)
