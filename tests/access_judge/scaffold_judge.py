"""Scaffolds a test file for each correct schema, and runs it on every leak planted in that schema.

    python3 tests/access_judge/scaffold_judge.py [CASE ...]    each leak with the tests that fail; exit 1 if too few do

The leaks of a case share one server. Needs `scripts` and `tests` on the Python path.
"""

from __future__ import annotations

import contextlib
import io
import sys
import types
import unittest
from typing import NamedTuple

import servers
from _pb.server.throwaway import Throwaway
from _pb.testing.scaffold.write import write_classes
from _pb.testing.session import Session
from _pb.testing.testcase import AccessTest
from access_judge import judge as matrix_judge
from access_judge.build import Case
from access_judge.judge import _changes

CASES = matrix_judge.CASES


class Result(NamedTuple):
    """What the scaffold says of a correct schema, the tests that fail on it, and those that fail for each leak."""

    leaks: list[str]
    notes: list[str]
    failed: list[str]
    found: dict[str, list[str]]


def judge(case: Case, version: str = servers.DEFAULT_VERSION) -> Result:
    """Return what a scaffolded file makes of a correct schema and of its leaks."""
    with Session(server=Throwaway(schema=case.collections, binary=str(servers.binary(version)))) as session:
        with contextlib.redirect_stderr(io.StringIO()):
            written = write_classes(session, [])
        failed = _failures(session, written.classes)
        found = {}
        for leak in case.leaks:
            path = f"/api/collections/{leak.collection}"
            before = session.client.call("GET", path)
            changes = _changes(leak, before)
            session.client.call("PATCH", path, changes)
            found[leak.name] = _failures(session, written.classes)
            session.client.call("PATCH", path, {key: before[key] for key in changes})
        return Result(written.leaks, [*written.review, *written.not_tested], failed, found)


def _failures(session: Session, classes: list[str]) -> list[str]:
    """Run the classes of a scaffolded file on the session's server and return the names of the tests that fail."""
    module = types.ModuleType("scaffolded")
    import pb_e2e_helpers

    vars(module).update({name: getattr(pb_e2e_helpers, name) for name in pb_e2e_helpers.__all__})
    module.__dict__["Project"] = type(
        "Project", (AccessTest,), {"setUpClass": classmethod(lambda cls: None), "pb": session}
    )
    session.refresh()
    exec("\n\n\n".join(classes), vars(module))
    del module.__dict__["AccessTest"], module.__dict__["Project"]
    result = unittest.TestResult()
    unittest.TestLoader().loadTestsFromModule(module).run(result)
    return [str(test) for test, _ in (*result.failures, *result.errors)]


def main(names: list[str]) -> int:
    """Judge the named cases, or all, and print the verdicts."""
    total = hits = alarms = 0
    for case in CASES:
        if names and case.name not in names:
            continue
        result = judge(case)
        alarms += len(result.leaks) + len(result.failed)
        for line in (*result.leaks, *result.failed):
            print(f"ALARM {case.name}: {line}")
        for line in result.notes:
            print(f"note  {case.name}: {line}")
        for leak, failed in result.found.items():
            total += 1
            hits += bool(failed)
            print(f"{'found ' if failed else 'MISSED'} {case.name}: {leak} {failed[:2]}", flush=True)
    print(f"{hits} of {total} leaks found; {alarms} false alarms")
    return 0 if not alarms and hits * 100 >= total * 95 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
