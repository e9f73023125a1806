"""How findings are printed."""

from __future__ import annotations

from typing import Any

from pb_common import Client, Outcome


def shown(finding: Any, file: str | None = None, line: Any = None) -> dict[str, Any]:
    where = {"file": file, "line": line(finding.path)} if file and line else {}
    return {**where, "kind": finding.kind, "place": finding.place, "message": finding.message, "fix": finding.fix}


def outcome(client: Client, findings: list[dict[str, Any]], warnings: list[Any]) -> Outcome:
    for warning in warnings:
        client.warn(f"{warning.place}: {warning.message} {warning.fix}")
    return Outcome(findings, success=not findings)
