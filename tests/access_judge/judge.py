"""Lets the matrix look at each correct schema and at each leak planted in it, and tells what was found.

    python3 tests/access_judge/judge.py [--part N] [CASE ...]    each leak with what found it; exit 1 if too few were

A leak is found by a finding or a question that the correct schema has not, or by a changed sentence of the policy. With
--part only each Nth leak is looked at. Needs `scripts` and `tests` on the Python path.
"""

from __future__ import annotations

import argparse
import copy
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import servers
from _pb.access.laws.judging import judge as broken_laws
from _pb.access.playing import Playing
from _pb.access.policy import changed, sentences
from _pb.access.routes import try_routes
from _pb.access.stage import Stage
from _pb.server.custom_routes import custom_routes
from _pb.server.throwaway import Throwaway
from access_judge import (
    cases_accounts,
    cases_further,
    cases_owners,
    cases_people,
    cases_roles,
    cases_routes,
    cases_sharing,
    cases_sociable,
    cases_states,
)
from access_judge.build import KEYS, Case, Leak

# The cases whose leaks are in the schema, and those whose leaks are in the hooks.
CASES = [
    *cases_owners.CASES,
    *cases_sharing.CASES,
    *cases_accounts.CASES,
    *cases_roles.CASES,
    *cases_further.CASES,
    *cases_states.CASES,
    *cases_people.CASES,
    *cases_sociable.CASES,
]
WITH_HOOKS = [cases_routes.ROUTES]


class Seen(NamedTuple):
    """What the matrix says of a schema: the alarms and the questions, by their places, and the policy."""

    alarms: set[str]
    questions: set[str]
    policy: dict[str, str]


class Verdict(NamedTuple):
    """What became of a leak: new alarms, new questions, and sentences of the policy that changed."""

    case: str
    leak: str
    alarms: list[str]
    questions: list[str]
    changed: list[str]

    @property
    def found(self) -> bool:
        """Whether the matrix shows the leak."""
        return bool(self.alarms or self.questions or self.changed)


class Result(NamedTuple):
    """The judgement of a case: the alarms on the correct schema, and what became of each leak."""

    alarms: list[str]
    verdicts: list[Verdict]


def look(collections: list[dict[str, Any]], hooks: str = "", version: str = servers.DEFAULT_VERSION) -> Seen:
    """Return what the matrix says of a schema with hooks."""
    with ExitStack() as stack:
        project = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (project / "pb_hooks").mkdir()
        (project / "pb_hooks" / "main.pb.js").write_text(hooks, "utf-8")
        binary = str(servers.binary(version))
        server = stack.enter_context(Throwaway(project if hooks else None, schema=collections, binary=binary))
        playing = Playing(Stage(server.client))
        playing.play_all()
        found = broken_laws(playing)
        policy = sentences(playing, [item["name"] for item in playing.stage.collections])
        if hooks:
            tried = try_routes(playing, custom_routes(server, project).routes, project)
            found += tried.findings
            policy.update({f"{one.route}: {one.who}": one.said for one in tried.lines})
    told = {True: set[str](), False: set[str]()}
    for one in found:
        told[one.is_alarm].add(f"{one.collection} {one.action}: {one.message}")
    return Seen(told[True], told[False], policy)


def judge(case: Case, leaks: list[Leak] | None = None, version: str = servers.DEFAULT_VERSION) -> Result:
    """Return what the matrix makes of a correct schema and of its leaks, or of these."""
    correct = look(case.collections, case.hooks, version)
    verdicts = []
    for leak in case.leaks if leaks is None else leaks:
        assert not case.hooks or leak.hooks[0] in case.hooks, leak.name
        hooks = case.hooks.replace(*leak.hooks) if case.hooks else ""
        seen = look(leaky(case, leak), hooks, version)
        alarms, questions = seen.alarms - correct.alarms, seen.questions - correct.questions
        sentences = [one["sentence"] for one in changed(correct.policy, seen.policy)]
        verdicts.append(Verdict(case.name, leak.name, sorted(alarms), sorted(questions), sentences))
    return Result(sorted(correct.alarms), verdicts)


def leaky(case: Case, leak: Leak) -> list[dict[str, Any]]:
    """Return a case's collections with a leak in them."""
    collections = copy.deepcopy(case.collections)
    for collection in collections:
        if collection["name"] == leak.collection:
            collection.update(_changes(leak, collection))
    return collections


def _changes(leak: Leak, collection: Any) -> dict[str, Any]:
    changes: dict[str, Any] = {KEYS[action]: rule for action, rule in leak.rules.items()}
    if leak.query:
        changes["viewQuery"] = leak.query
    if leak.fields:
        fields = copy.deepcopy(collection["fields"])
        for field in fields:
            field.update(leak.fields.get(field["name"], {}))
        changes["fields"] = fields
    return changes


def main() -> int:
    """Judge the named cases, or all, print the verdicts, and return 0 if at least 95 of 100 leaks are found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", type=int, default=1, metavar="N", help="only each Nth leak (default: %(default)s)")
    parser.add_argument("cases", nargs="*", metavar="CASE")
    args = parser.parse_args()
    chosen = [case for case in [*CASES, *WITH_HOOKS] if not args.cases or case.name in args.cases]
    numbered = [(case, leak) for case in chosen for leak in case.leaks][:: args.part]
    work = [(case, leaks) for case in chosen if (leaks := [leak for owner, leak in numbered if owner is case])]
    verdicts: list[Verdict] = []
    alarms = 0
    with ThreadPoolExecutor(2) as pool:
        for (case, _), result in zip(work, pool.map(lambda one: judge(*one), work)):
            alarms += len(result.alarms)
            verdicts += result.verdicts
            for line in result.alarms:
                print(f"ALARM {case.name}: {line}")
            for one in result.verdicts:
                how = "alarm" if one.alarms else "question" if one.questions else "policy" if one.found else "MISSED"
                reason = "; ".join((one.alarms or one.questions or one.changed)[:1])
                print(f"{how:8} {one.case}: {one.leak} [{reason}]", flush=True)
    found, named = sum(one.found for one in verdicts), sum(bool(one.alarms or one.questions) for one in verdicts)
    high = sum(bool(one.alarms) for one in verdicts)
    print(f"{found} of {len(verdicts)} leaks found, {named} named, {high} of them as a leak; {alarms} false alarms")
    return 0 if found * 100 >= len(verdicts) * 95 else 1


if __name__ == "__main__":
    sys.exit(main())
