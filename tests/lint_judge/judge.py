"""Let lint look at each case as a user does, and count which faults it sees and which alarms are false.

PYTHONPATH=scripts:tests python3 tests/lint_judge/judge.py [--kind KIND] [--part N] [--door FILE] [options of lint]

A faulty case counts as seen if a finding is at one of its marked lines, or says one of the words that its header gives.
A correct case must have no finding but notes. What this does not know, such as `--try`, is passed on to lint.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from lint_judge import go_proof
from lint_judge.case import HERE, KINDS, Case, cases
from lint_judge.world import START, first_migration

DOOR = HERE.parents[1] / "scripts" / "pb_lint.py"
_FOLDERS = {"hooks": "pb_hooks", "migrations": "pb_migrations", "go": "."}
_NOTES = ("info", "note", "hint")


class Verdict(NamedTuple):
    """What lint said of a case."""

    case: Case
    findings: list[dict[str, Any]]
    error: str

    @property
    def good(self) -> bool:
        """Whether a fault was seen, or nothing said of what is right."""
        if self.error:
            return False
        if self.case.faulty:
            return any(self._meant(finding) for finding in self.findings)
        return not self.alarms

    @property
    def alarms(self) -> list[dict[str, Any]]:
        """Return the findings that are no mere notes."""
        return [finding for finding in self.findings if finding.get("severity", finding.get("level")) not in _NOTES]

    def _meant(self, finding: dict[str, Any]) -> bool:
        text = json.dumps(finding, ensure_ascii=False).lower()
        if any(word.strip().lower() in text for word in self.case.one("says").split(",") if word.strip()):
            return True
        file = Path(str(finding.get("file", "")))
        return any(file.name == Path(place).name and line == finding.get("line") for place, line in self.case.marks)

    def __str__(self) -> str:
        said = [f"{Path(str(f.get('file', ''))).name}:{f.get('line')} {f.get('message')}" for f in self.findings]
        return f"{self.case.title}: " + (self.error or " | ".join(said) or "nothing said")


def look(case: Case, door: Path, options: list[str]) -> Verdict:
    """Return what lint says of a case, in a folder that holds nothing else but what such a project has."""
    with tempfile.TemporaryDirectory(prefix="pb-lint-judge-") as scratch:
        project = Path(scratch)
        if case.kind != "go":
            (project / "pb_migrations").mkdir()
            (project / "pb_migrations" / START).write_text(first_migration(), "utf-8")
            (project / "schema.json").write_text((HERE / "schema.json").read_text("utf-8"), "utf-8")
        case.write(project)
        if case.kind == "go":
            go_proof.module(project, case.one("version", go_proof.VERSION))
        command = [sys.executable, str(door), case.kind, _FOLDERS[case.kind], *options]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=project)
            document = json.loads(done.stdout)
        except (subprocess.TimeoutExpired, ValueError) as error:
            return Verdict(case, [], f"no answer: {error}")
        found = findings(document)
        if found is None:
            return Verdict(case, [], json.dumps(document, ensure_ascii=False)[:300])
        return Verdict(case, [one for one in found if Path(str(one.get("file", ""))).name != START], "")


def findings(document: dict[str, Any]) -> list[dict[str, Any]] | None:
    """Return the findings of a document of lint; None where it could not look."""
    data = document.get("data")
    if isinstance(data, dict):
        data = data.get("findings", data.get("items"))
    return [item for item in data if isinstance(item, dict)] if isinstance(data, list) else None


def main() -> int:
    """Judge lint, print the figures by kind with what was missed and what was a false alarm, and return 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kind", choices=KINDS, help="only this kind (default: all)")
    parser.add_argument("--only", default="", metavar="TEXT", help="only the cases with this in side/name")
    parser.add_argument("--part", type=int, default=1, metavar="N", help="only each Nth case (default: %(default)s)")
    parser.add_argument("--door", type=Path, default=DOOR, metavar="FILE", help="the pb_lint.py (default: this one's)")
    args, options = parser.parse_known_args()
    report: dict[str, Any] = {}
    for kind in [args.kind] if args.kind else KINDS:
        with ThreadPoolExecutor(2) as pool:
            chosen = cases(kind, args.only, args.part)
            verdicts = list(pool.map(lambda case: look(case, args.door.resolve(), options), chosen))
        faulty = [verdict for verdict in verdicts if verdict.case.faulty]
        correct = [verdict for verdict in verdicts if not verdict.case.faulty]
        report[kind] = {
            "faulty": len(faulty),
            "seen": sum(verdict.good for verdict in faulty),
            "silent": sum(not verdict.findings for verdict in faulty),
            "refused": sum(bool(verdict.error) for verdict in verdicts),
            "correct": len(correct),
            "false_alarms": sum(bool(verdict.alarms) for verdict in correct),
            "missed": [str(verdict) for verdict in faulty if not verdict.good],
            "alarms": [str(verdict) for verdict in correct if not verdict.good],
        }
    print(json.dumps(report, indent=1, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
