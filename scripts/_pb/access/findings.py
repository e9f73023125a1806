"""What is suspicious in a matrix by itself, without a reviewed file to compare it with."""

from __future__ import annotations

from _pb.access import suspicious_reads, suspicious_writes
from _pb.access.observe import Row
from _pb.access.population import Population
from _pb.access.subject import Finding, Subject
from _pb.access.writes import Writes

_JUDGES = (*suspicious_writes.JUDGES, *suspicious_reads.JUDGES)


def find(rows: list[Row], population: Population) -> list[Finding]:
    """Return what is suspicious in a matrix, the worst first."""
    found: list[Finding] = []
    writes = Writes(population)
    readers = {row.collection: row for row in rows if row.action == "view"}
    for name in dict.fromkeys(row.collection for row in rows):
        subject = Subject(
            name, {row.action: row for row in rows if row.collection == name}, population, readers, writes
        )
        for judge in _JUDGES:
            found += list(judge(subject))
    return sorted(merged(found), key=lambda finding: finding.severity)


def merged(found: list[Finding]) -> list[Finding]:
    """Return the findings, each once with all actors for whom it was made."""
    together: dict[tuple[str, ...], Finding] = {}
    for one in found:
        same = together.setdefault((one.severity, one.collection, one.action, one.message), one._replace(actors=[]))
        same.actors.extend(actor for actor in one.actors if actor not in same.actors)
    return list(together.values())
