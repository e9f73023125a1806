"""Let the matrix look at each leak of the judge, and count what it names.

PYTHONPATH=scripts:tests python3 tests/blind_judge/judge.py [--only TEXT] [--part N]

The law by which a leak counts as named: the leaky schema's document has a finding that the correct one's has not (by
severity, code, collection, action, actors and message, ids left out); it speaks of the collection that was changed, or
of one that the leak names beside it; and if a rule was changed, of that rule's action, where all ways of reading are
one action. Severity `high` is a high; anything else is a question. `policy` means that the file of `--save` changed.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from blind_judge.app import App, Leak
from blind_judge.apps import APPS
from blind_judge.schema import Collection

DOOR = Path(__file__).resolve().parents[2] / "scripts" / "pb_access.py"
WRITES = ("create", "update", "delete")
_ID = re.compile(r"\b[a-z0-9]{15}\b")

Key = tuple[str, ...]


class Seen(NamedTuple):
    """What the matrix says of a schema: its findings, the saved policy, and why it said nothing."""

    findings: dict[Key, dict[str, Any]]
    policy: Any
    error: str = ""


class Verdict(NamedTuple):
    """How a leak was answered: `high`, `question` or `nothing`, and whether the policy changed."""

    app: str
    leak: Leak
    named: str
    policy: bool
    error: str


def look(schema: list[Collection], hooks: str = "") -> Seen:
    """Return what the matrix says of a schema with hooks."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        file, saved = folder / "schema.json", folder / "access.json"
        file.write_text(json.dumps(schema), "utf-8")
        command = [sys.executable, str(DOOR), "matrix", "--file", str(file), "--save", str(saved)]
        if hooks:
            (folder / "project" / "pb_hooks").mkdir(parents=True)
            (folder / "project" / "pb_hooks" / "main.pb.js").write_text(hooks, "utf-8")
            command += ["--project", str(folder / "project")]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=900, cwd=folder)
        except subprocess.TimeoutExpired:
            return Seen({}, None, "no answer within 15 minutes")
        if not saved.exists():
            return Seen({}, None, (done.stdout or done.stderr)[-500:])
        return Seen(findings_of(json.loads(done.stdout)["data"]), json.loads(saved.read_text("utf-8")))


def findings_of(data: dict[str, Any]) -> dict[Key, dict[str, Any]]:
    """Return the findings and the questions of a matrix, by what tells one from another."""
    listed: list[dict[str, Any]] = []
    for name, severity in (("findings", "review"), ("questions", "question"), ("review", "review")):
        listed += [{"severity": severity, **item} for item in data.get(name, []) if isinstance(item, dict)]
    return {_key(finding): finding for finding in listed}


def _key(finding: dict[str, Any]) -> Key:
    words = [json.dumps(finding.get(name, "")) for name in ("severity", "code", "collection", "action", "actors")]
    return (*words, _ID.sub("ID", str(finding.get("message") or finding.get("question") or finding.get("says") or "")))


def named(leak: Leak, correct: Seen, leaky: Seen) -> str:
    """Return whether a leak is named as a high, asked as a question, or not at all."""
    new = [
        finding for key, finding in leaky.findings.items() if key not in correct.findings and _speaks_of(leak, finding)
    ]
    if any(finding["severity"] == "high" for finding in new):
        return "high"
    return "question" if new else "nothing"


def _speaks_of(leak: Leak, finding: dict[str, Any]) -> bool:
    action = str(finding.get("action", ""))
    spoken = (str(finding.get("collection", "")), action, action.partition(" ")[2])
    if any(place in spoken for place in leak.also):
        return True
    property_ = leak.change.where.rpartition(".")[2]
    if not leak.change.collection or leak.change.collection != spoken[0]:
        return False
    if property_ in WRITES:
        return action in (property_, "")
    return property_ not in ("read", "list", "view") or action not in WRITES


def judged(app: App, leaks: Iterable[Leak], pool: ThreadPoolExecutor) -> tuple[list[Verdict], list[str]]:
    """Return how the matrix answers the leaks of an application, and the highs of its schema and its twins."""
    first = pool.submit(look, app.schema, app.hooks)
    twins = [(says, pool.submit(look, *app.changed(change))) for says, change in app.twins]
    running = [(leak, pool.submit(look, *app.changed(leak.change))) for leak in leaks]
    correct, verdicts = first.result(), []
    for leak, running_look in running:
        leaky = running_look.result()
        error = correct.error or leaky.error
        changed = not error and leaky.policy != correct.policy
        verdict = Verdict(app.name, leak, "nothing" if error else named(leak, correct, leaky), changed, error)
        print(f"{app.name}.{leak.name}: {verdict.named}, policy {changed} {error}", file=sys.stderr, flush=True)
        verdicts.append(verdict)
    alarms = [
        word for says, seen in [("correct", first), *twins] for word in _highs(f"{app.name} ({says})", seen.result())
    ]
    return verdicts, alarms


def _highs(title: str, seen: Seen) -> list[str]:
    highs = [finding for finding in seen.findings.values() if finding["severity"] == "high"]
    words = [f"{high.get('collection')} {high.get('action')}: {high.get('message', '')}" for high in highs]
    return [f"{title}: {word}" for word in words + [seen.error] * bool(seen.error)]


def figures(verdicts: list[Verdict]) -> dict[str, Any]:
    """Return how many leaks were named, asked, and changed the policy; all together and by kind."""
    kinds = {
        kind: [one for one in verdicts if one.leak.kind == kind] for kind in sorted({v.leak.kind for v in verdicts})
    }
    return {"all": _count(verdicts), **{kind: _count(group) for kind, group in kinds.items()}}


def _count(verdicts: list[Verdict]) -> dict[str, int]:
    answers = Counter(verdict.named for verdict in verdicts)
    by_answer = {name: answers[name] for name in ("high", "question", "nothing")}
    return {"leaks": len(verdicts), **by_answer, "policy": sum(verdict.policy for verdict in verdicts)}


def main() -> int:
    """Judge the matrix, print the figures, what was missed and the false highs, and return 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", metavar="TEXT", help="only the leaks with this in application.name")
    parser.add_argument("--part", type=int, default=1, metavar="N", help="only each Nth leak (default: %(default)s)")
    args = parser.parse_args()
    chosen = [(app, leak) for app in APPS for leak in app.leaks if args.only in f"{app.name}.{leak.name}"][:: args.part]
    verdicts, wrong = [], []
    with ThreadPoolExecutor(2) as pool:
        for app in APPS:
            leaks = [leak for owner, leak in chosen if owner is app]
            answers, alarms = judged(app, leaks, pool) if leaks else ([], [])
            verdicts += answers
            wrong += alarms
    missed = [v for v in verdicts if v.named == "nothing" or not v.policy]
    lines = [
        f"{v.app}.{v.leak.name} ({v.leak.kind}, {v.leak.change.where}): {v.named}, policy {v.policy}" for v in missed
    ]
    print(
        json.dumps({"figures": figures(verdicts), "missed": lines, "false_highs": wrong}, indent=1, ensure_ascii=False)
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
