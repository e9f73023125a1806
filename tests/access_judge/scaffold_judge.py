"""Scaffolds a test file for each correct schema, and runs it on every leak planted in that schema.

    python3 tests/access_judge/scaffold_judge.py [CASE ...]    each leak with the tests that fail; exit 1 if too few do

The leaks of a case share one server. Needs `scripts` and `tests` on the Python path.
"""

from __future__ import annotations

import contextlib
import io
import sys
from pathlib import Path
from typing import NamedTuple

import servers
from _pb.server.throwaway import Throwaway
from _pb.testing import scaffold
from _pb.testing.session import Session
from access_judge.build import Case
from access_judge.judge import CASES, _changes


class Result(NamedTuple):
    """What the scaffold says of a correct schema, the tests that fail on it, and those that fail for each leak."""

    leaks: list[str]
    notes: list[str]
    failed: list[str]
    found: dict[str, list[str]]


def judge(case: Case, version: str = servers.DEFAULT_VERSION) -> Result:
    """Return what a scaffolded file makes of a correct schema and of its leaks."""

    def server() -> Throwaway:
        return Throwaway(schema=case.collections, binary=str(servers.binary(version)))

    with contextlib.redirect_stderr(io.StringIO()), server() as first:
        written = scaffold.write_classes(first, Path("/nonexistent"))
    with Session(server=server()) as session:
        written = scaffold.agreeing(session, written)
        found = {}
        for leak in case.leaks:
            path = f"/api/collections/{leak.collection}"
            before = session.client.call("GET", path)
            changes = _changes(leak, before)
            session.client.call("PATCH", path, changes)
            found[leak.name] = [test for _, test in scaffold.failures(session, written.classes)]
            session.client.call("PATCH", path, {key: before[key] for key in changes})
        failed = [test for _, test in scaffold.failures(session, written.classes)]
    return Result(written.leaks, [*written.questions, *written.not_tested], failed, found)


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
