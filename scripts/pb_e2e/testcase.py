"""Access tests in `unittest`, which pytest runs as well: a base class with a session, and a plain runner."""

from __future__ import annotations

import atexit
import sys
import unittest
from pathlib import Path
from typing import Any, ClassVar

from .session import Session, open_session

_sessions: dict[tuple[object, ...], Session] = {}


class AccessTest(unittest.TestCase):
    """A test case with a session `pb`; test classes with the same settings share one server.

    The settings are those of `open_session`; where PB_URL is set in the environment, the tests run on that server.
    What a class created is deleted after it.
    """

    project: ClassVar[str | Path | None] = None
    schema: ClassVar[Any] = None
    seed: ClassVar[Any] = None
    live_schema: ClassVar[bool] = False
    version: ClassVar[str | None] = None
    pb: ClassVar[Session]

    @classmethod
    def setUpClass(cls) -> None:
        """Start the session, or join the one that another class with the same settings started."""
        key = (cls.project, repr(cls.schema), repr(cls.seed), cls.live_schema, cls.version)
        if key not in _sessions:
            session = open_session(
                cls.project, schema=cls.schema, seed=cls.seed, live_schema=cls.live_schema, version=cls.version
            )
            _sessions[key] = session.__enter__()
            atexit.register(session.__exit__, None, None, None)
        cls.pb = _sessions[key]

    @classmethod
    def tearDownClass(cls) -> None:
        """Delete what the tests of the class created."""
        cls.pb.clean_up()


class _Lines(unittest.TextTestResult):
    """Prints a line a test: `ok` or `FAIL`, the class and the test's name in words."""

    def startTest(self, test: unittest.TestCase) -> None:
        unittest.TestResult.startTest(self, test)

    def addSuccess(self, test: unittest.TestCase) -> None:
        self._line("ok  ", test)

    def addFailure(self, test: unittest.TestCase, error: Any) -> None:
        self._line("FAIL", test, str(error[1]))
        unittest.TestResult.addFailure(self, test, error)

    def addError(self, test: unittest.TestCase, error: Any) -> None:
        self._line("ERR ", test, f"{error[0].__name__}: {error[1]}")
        unittest.TestResult.addError(self, test, error)

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        self._line("skip", test, reason)
        unittest.TestResult.addSkip(self, test, reason)

    def printErrors(self) -> None:
        """Nothing: each failure was shown where it happened."""

    def _line(self, outcome: str, test: unittest.TestCase, details: str = "") -> None:
        method = getattr(test, "_testMethodName", str(test))
        title = f"{type(test).__name__}: {method.removeprefix('test_').replace('_', ' ')}"
        indented = "".join(f"\n     {line}" for line in details.splitlines())
        self.stream.write(f"{outcome} {title}{indented}\n")
        self.stream.flush()


def run_tests() -> int:
    """Run the tests of the file that was started, a line each on stderr, and return the exit code.

    0 if all passed, 1 if one failed or none was found. A word on the command line runs the tests whose name has it.
    """
    loader = unittest.TestLoader()
    if sys.argv[1:]:
        loader.testNamePatterns = [f"*{word}*" for word in sys.argv[1:]]
    suite = loader.loadTestsFromModule(sys.modules["__main__"])
    result = unittest.TextTestRunner(resultclass=_Lines, verbosity=0).run(suite)
    return 0 if result.wasSuccessful() and result.testsRun else 1
