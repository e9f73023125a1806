"""Access tests in `unittest`, which pytest runs as well: a base class with a session, and a plain runner."""

from __future__ import annotations

import atexit
import sys
import traceback
import unittest
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar

from _pb.testing.session import Session, open_session

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


class _Lines(unittest.TestResult):
    """Prints a line a test on stderr: `ok` or `FAIL`, the class and the test's name in words, and what went wrong."""

    def __init__(self) -> None:
        super().__init__()
        self.passed = 0

    def addSuccess(self, test: unittest.TestCase) -> None:
        self.passed += 1
        self._line("ok  ", test)

    def addFailure(self, test: unittest.TestCase, error: Any) -> None:
        self._line("FAIL", test, f"{error[1]}{_place(error[2])}")
        super().addFailure(test, error)

    def addError(self, test: unittest.TestCase, error: Any) -> None:
        self._line("FAIL", test, f"{error[0].__name__}: {error[1]}{_place(error[2])}")
        super().addError(test, error)

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        self._line("skip", test, reason)
        super().addSkip(test, reason)

    def summary(self) -> int:
        """Print the totals and return the exit code."""
        failed = len(self.failures) + len(self.errors)
        skipped = f", {len(self.skipped)} skipped" if self.skipped else ""
        print(f"{self.passed} passed, {failed} failed{skipped}", file=sys.stderr)
        return 0 if self.passed and not failed else 1

    def _line(self, outcome: str, test: unittest.TestCase, details: str = "") -> None:
        method = getattr(test, "_testMethodName", "")  # a failed setUpClass has none
        title = f"{type(test).__name__}: {method.removeprefix('test_').replace('_', ' ')}" if method else str(test)
        indented = "".join(f"\n     {line}" for line in details.splitlines())
        print(f"{outcome} {title}{indented}", file=sys.stderr)


def _place(trace: TracebackType | None) -> str:
    """Return the last line of the test file that was running, as a line of its own; "" if none was."""
    file = Path(getattr(sys.modules["__main__"], "__file__", "")).resolve()
    frames = [frame for frame in traceback.extract_tb(trace) if Path(frame.filename).resolve() == file]
    return f"\n{file.name}:{frames[-1].lineno}: {frames[-1].line}" if frames else ""


def run_tests() -> int:
    """Run the tests of the file that was started, a line each on stderr, and return the exit code.

    0 if all passed, 1 if one failed or none ran. A word on the command line runs the tests whose name has it.
    """
    loader = unittest.TestLoader()
    if sys.argv[1:]:
        loader.testNamePatterns = [f"*{word}*" for word in sys.argv[1:]]
    result = _Lines()
    loader.loadTestsFromModule(sys.modules["__main__"]).run(result)
    return result.summary()
