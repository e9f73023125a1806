"""Let the matrix look at schemas under other names: it has to find the same.

PYTHONPATH=scripts:tests python3 tests/blind_judge/renamed.py [--only TEXT] [--part N]

Each schema of this judge and of `access_judge`, correct and with each leak, is looked at three times: as it is, with
names that mean nothing, and in another language. Findings and questions are compared by severity, code, collection and
action. Hooks are left out: a route has no names of the schema. Exit code 1 if anything differs.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from access_judge.judge import CASES, leaky
from blind_judge.apps import APPS
from blind_judge.judge import look
from blind_judge.rename import Names, Schema, meaningless, names_of, renamed, translated

# Names that schemas often have, in Finnish; others get one that sounds like it.
FINNISH = dict(pair.split("=") for pair in Path(__file__).with_name("finnish.txt").read_text("utf-8").split())
TONGUES = {"meaningless": meaningless, "another language": translated(FINNISH)}


def schemas() -> dict[str, Schema]:
    """Return all schemas of both judges by name, the correct ones first."""
    found: dict[str, Schema] = {f"blind {app.name}": app.schema for app in APPS}
    found.update({f"first {case.name}": case.collections for case in CASES})
    for app in APPS:
        leaks = [leak for leak in app.leaks if leak.change.collection]
        found.update({f"blind {app.name}: {leak.name}": app.changed(leak.change)[0] for leak in leaks})
    for case in CASES:
        found.update({f"first {case.name}: {leak.name}": leaky(case, leak) for leak in case.leaks})
    return found


def found_in(schema: Schema, back: Names) -> Counter[tuple[str, ...]]:
    """Return the findings of a schema with the names of its collections put back."""
    seen = look(schema)
    if seen.error:
        return Counter({("no matrix", seen.error): 1})
    # What has no code is an older judgement that goes by names, and no more than a question.
    return Counter(_told(finding, back) for finding in seen.findings.values() if finding.get("code"))


def _told(finding: dict[str, Any], back: Names) -> tuple[str, ...]:
    collection = str(finding.get("collection", ""))
    words = [str(finding.get(name, "")) for name in ("severity", "code")]
    return (*words, back.get(collection, collection), str(finding.get("action", "")))


def differences(name: str, schema: Schema) -> list[str]:
    """Return what is found under one set of names only."""
    usual = found_in(schema, {})
    told = []
    for tongue, choose in TONGUES.items():
        names = choose(names_of(schema))
        others = found_in(renamed(schema, names), {new: old for old, new in names.items()})
        told += [f"{name}: lost, {tongue}: {' '.join(one)}" for one in (usual - others).elements()]
        told += [f"{name}: only {tongue}: {' '.join(one)}" for one in (others - usual).elements()]
    print(f"{name}: {sum(usual.values())} findings, {len(told)} differences", file=sys.stderr, flush=True)
    return told


def main() -> int:
    """Compare the schemas that are asked for, print what differs, and return 1 if anything does."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", metavar="TEXT", help="only the schemas with this in their name")
    parser.add_argument("--part", type=int, default=1, metavar="N", help="only each Nth schema (default: %(default)s)")
    args = parser.parse_args()
    chosen = [(name, schema) for name, schema in schemas().items() if args.only in name][:: args.part]
    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(lambda one: differences(*one), chosen))
    same = sum(not one for one in told)
    document = {"schemas": len(chosen), "same": same, "differences": [line for one in told for line in one]}
    print(json.dumps(document, indent=1, ensure_ascii=False))
    return 0 if same == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
