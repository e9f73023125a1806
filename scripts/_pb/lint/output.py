"""How findings are printed, and which of them make the command fail."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import Any

from _pb.lint.formats import FORMATS, SEVERITIES
from pb_common import Client, Outcome

Shown = dict[str, Any]
# How it reads that nothing is wrong: each verb's module hands it on.
NOTHING = "Nothing found."


def shown(finding: Any, file: str | None = None, line: Any = None) -> Shown:
    where = {"file": file, "line": line(finding.path)} if file and line else {}
    return {**where, "kind": finding.kind, "place": finding.place, "message": finding.message, "fix": finding.fix}


def outcome(
    client: Client, args: argparse.Namespace, findings: list[Shown], warnings: Iterable[Shown] = (), hint: str = ""
) -> Outcome:
    """Return the outcome of a verb: findings are data; what is not certain to be wrong is a warning beside it."""
    warnings = [{**item, "severity": "warning"} for item in warnings]
    success = not any(_fails(item, args.fail_on) for item in [*findings, *warnings])
    if args.format != "json":
        return Outcome(findings, success=success, printed=FORMATS[args.format]([*findings, *warnings]))
    for warning in warnings:
        client.warn(f"{warning['place']}: {warning['message']} {warning['fix']}")
    return Outcome(findings, success=success, hint=hint or None)


def _fails(finding: Shown, fail_on: str) -> bool:
    severity = finding.get("severity", "error")
    return fail_on != "never" and SEVERITIES.index(severity) <= SEVERITIES.index(fail_on)
