"""Runs the matrix on each correct schema and on each leak planted in it, and tells what was found.

    python3 tests/access_judge/judge.py [CASE ...]            each leak with what found it; exit 1 if too few were
    python3 tests/access_judge/judge.py --command [CASE ...]  the same by the command line, a server for each leak

The leaks of a case share one server: a leak is put in, observed, and taken out again. With --command the matrix of the
correct schema is saved, and each leaky schema is compared with that file. Needs `scripts` and `tests` on the Python
path.
"""

from __future__ import annotations

import copy
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import servers
from _pb.access.compare import as_data, differences
from _pb.access.findings import find
from _pb.access.observe import Observer, Row, in_turn, observe, unproven
from _pb.access.population import Population
from _pb.access.routes import observe_routes
from _pb.access.setting import populated
from _pb.access.subject import Finding
from _pb.server.custom_routes import custom_routes
from _pb.server.throwaway import Throwaway
from access_judge import cases_accounts, cases_further, cases_owners, cases_roles, cases_routes, cases_sharing
from access_judge.build import KEYS, Case, Leak

# The cases whose leaks are in the schema, and those whose leaks are in the hooks.
CASES = [
    *cases_owners.CASES,
    *cases_sharing.CASES,
    *cases_accounts.CASES,
    *cases_roles.CASES,
    *cases_further.CASES,
]
WITH_HOOKS = [cases_routes.ROUTES]


class Verdict(NamedTuple):
    """What became of a leak: what widened against the correct schema's matrix, and what is suspicious by itself."""

    case: str
    leak: str
    widened: list[str]
    findings: list[str]

    @property
    def found(self) -> bool:
        """Whether the matrix shows the leak."""
        return bool(self.widened or self.findings)


class Result(NamedTuple):
    """The judgement of a case: alarms on the correct schema, differences after all leaks are out, and each leak."""

    alarms: list[str]
    drift: list[dict[str, Any]]
    problems: list[str]
    verdicts: list[Verdict]


def judge(case: Case, version: str = servers.DEFAULT_VERSION) -> Result:
    """Return what the matrix makes of a correct schema and of its leaks."""
    if case.hooks:
        return _judge_hooks(case, version)
    with Throwaway(schema=case.collections, binary=str(servers.binary(version))) as server:
        population = populated(server.client)
        names = list(population.collections)
        correct = observe(population, names)
        known = find(correct, population)
        verdicts = [_verdict(case, leak, population, correct, known) for leak in case.leaks]
        drift = differences({"items": as_data(correct)}, observe(population, names))
        alarms = [f"{item.collection} {item.action} {item.actors}: {item.message}" for item in known if item.is_alarm]
        problems = [*population.problems, *(f"nobody passes {rule}" for rule in unproven(population, names, correct))]
        return Result(alarms, drift, problems, verdicts)


def _judge_hooks(case: Case, version: str) -> Result:
    """Judge a case whose leaks are in its hooks: each needs a server of its own."""
    correct, problems = _routes(case, case.hooks, version)
    verdicts = []
    for leak in case.leaks:
        assert leak.hooks[0] in case.hooks, leak.name
        observed, _ = _routes(case, case.hooks.replace(*leak.hooks), version)
        changed = [item for item in differences({"items": as_data(correct)}, observed) if "widened" in item]
        widened = [f"{item['action']} {item['actor']}: {', '.join(item['widened'])}" for item in changed]
        verdicts.append(Verdict(case.name, leak.name, widened, []))
    return Result([], [], problems, verdicts)


def _routes(case: Case, hooks: str, version: str) -> tuple[list[Row], list[str]]:
    with tempfile.TemporaryDirectory() as scratch:
        project = Path(scratch)
        (project / "pb_hooks").mkdir()
        (project / "pb_hooks" / "main.pb.js").write_text(hooks, "utf-8")
        with Throwaway(project, schema=case.collections, binary=str(servers.binary(version))) as server:
            population = populated(server.client)
            routes = custom_routes(server, project).routes
            return observe_routes(population, routes, project, []).rows, population.problems


def _verdict(case: Case, leak: Leak, population: Population, correct: list[Row], known: list[Finding]) -> Verdict:
    before: Any = population.collections[leak.collection]
    client, path = population.client, f"/api/collections/{leak.collection}"
    _patch(population, path, _changes(leak, before))
    try:
        token = client.superuser_token()
        observed = in_turn(population, lambda people: _observed(leak, Observer(population, client, token, people)))
        seen = {(row.collection, row.action) for row in observed}
        others = [row for row in correct if (row.collection, row.action) not in seen]
        new = [item for item in find([*others, *observed], population) if item not in known and item.is_alarm]
    finally:
        restored = {key: before[key] for key in _changes(leak, before)}
        _patch(population, path, restored)
    reviewed = {"items": [row for row in as_data(correct) if (row["collection"], row["action"]) in seen]}
    changed = [item for item in differences(reviewed, observed) if "widened" in item]
    widened = [f"{item['action']} {item['actor']}: {', '.join(item['widened'])}" for item in changed]
    return Verdict(case.name, leak.name, widened, [f"{item.action} {item.actors}: {item.message}" for item in new])


def _patch(population: Population, path: str, changes: dict[str, Any]) -> None:
    """Change a collection on the server and in the population."""
    changed = population.client.call("PATCH", path, changes)
    population.collections[changed["name"]] = changed


def _observed(leak: Leak, observer: Observer) -> list[Row]:
    """Return the rows that a leak can have changed: those of the rules, or all of its collection."""
    if leak.fields or leak.query or set(leak.rules) - {"view", "create", "update", "delete"}:
        return observer.rows([leak.collection])
    return [row for row in (observer.action_row(leak.collection, action) for action in leak.rules) if row.tried]


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


def judge_command(case: Case) -> Result:
    """Judge a case through the command line, as a CI job does: save, then expect, with a server for each leak."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        saved = _matrix(folder, case.collections, case.hooks, "--save", "access.json")
        same = _matrix(folder, case.collections, case.hooks, "--expect", "access.json")
        alarms = [str(item) for item in saved["findings"] if item["severity"] == "high"]
        verdicts = []
        for leak in case.leaks:
            hooks = case.hooks.replace(*leak.hooks) if case.hooks else ""
            found = _matrix(folder, leaky(case, leak), hooks, "--expect", "access.json")
            widened = [f"{item['action']} {item['actor']}" for item in found["items"] if "widened" in item]
            findings = [item["message"] for item in found["findings"] if item["severity"] == "high"]
            verdicts.append(Verdict(case.name, leak.name, widened, findings))
        return Result(alarms, same["items"], [], verdicts)


def leaky(case: Case, leak: Leak) -> list[dict[str, Any]]:
    """Return a case's collections with a leak in them."""
    collections = copy.deepcopy(case.collections)
    for collection in collections:
        if collection["name"] == leak.collection:
            collection.update(_changes(leak, collection))
    return collections


def _matrix(folder: Path, collections: list[dict[str, Any]], hooks: str, *words: str) -> Any:
    (folder / "schema.json").write_text(json.dumps(collections), "utf-8")
    (folder / "pb_hooks").mkdir(exist_ok=True)
    (folder / "pb_hooks" / "main.pb.js").write_text(hooks, "utf-8")
    script = Path(__file__).resolve().parents[2] / "scripts" / "pb_access.py"
    binary = str(servers.binary(servers.DEFAULT_VERSION))
    command = [sys.executable, str(script), "matrix", "--file", "schema.json", "--project", ".", "--binary", binary]
    done = subprocess.run([*command, *words], capture_output=True, cwd=folder)
    data = json.loads(done.stdout)["data"]
    assert "items" in data, data
    return data


def main(words: list[str]) -> int:
    """Judge the named cases, or all, print the verdicts, and return 0 if at least 95 of 100 leaks are found."""
    found = total = alone = alarms = 0
    names = [word for word in words if word != "--command"]
    for case in [*CASES, *WITH_HOOKS]:
        if names and case.name not in names:
            continue
        result = judge_command(case) if "--command" in words else judge(case)
        alarms += len(result.alarms) + len(result.drift)
        for line in [*result.alarms, *map(str, result.drift), *result.problems]:
            print(f"ALARM {case.name}: {line}")
        for verdict in result.verdicts:
            total += 1
            found += verdict.found
            alone += bool(verdict.findings)
            reason = "; ".join((verdict.findings or verdict.widened)[:2])
            print(f"{'found ' if verdict.found else 'MISSED'} {case.name}: {verdict.leak} [{reason}]", flush=True)
    print(f"{found} of {total} leaks found, {alone} of them without a reviewed matrix; {alarms} false alarms")
    return 0 if not alarms and found * 100 >= total * 95 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
