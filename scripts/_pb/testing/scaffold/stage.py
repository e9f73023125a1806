"""Where lines of code run as they would in a scaffolded test."""

from __future__ import annotations

from typing import Any

from _pb.testing import helpers
from _pb.testing.session import Session
from _pb.testing.testcase import AccessTest


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
