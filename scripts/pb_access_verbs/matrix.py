"""The access matrix: observed, printed, saved for review, and compared with the reviewed one."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from pb_common import Client, Outcome
from pb_common.output import write, write_file

from .compare import as_data, differences, in_few_words
from .findings import Finding, find
from .observe import Row, observe, unproven
from .routes import route_rows
from .setting import existing, populated_copy
from .table import as_table


def access_matrix(client: Client, args: argparse.Namespace) -> Outcome:
    """Return who may do what, observed on a throwaway copy; with `expect`, only what differs from that file.

    It is no success if something differs, or, without a file to compare with, if something is suspicious.
    """
    expected = _read(args.expect)
    with populated_copy(client, args) as population:
        names = [existing(population, name) for name in args.names] or list(population.collections)
        rows = observe(population, names)
        findings = find(rows, population)
        _admit(client, unproven(population, names, rows))
        if args.project and not args.names:
            rows += route_rows(population, Path(args.project))
    document = {
        "actors": list(rows[0].allowed) if rows else [],
        "findings": [finding._asdict() for finding in findings],
        "items": in_few_words(rows),
    }
    if args.save:
        write_file(args.save, _as_file({**document, "items": as_data(rows)}))
    if expected is not None:
        return _compared(expected, rows, findings, args)
    if args.format:
        return _as_text(client, rows, findings, args)
    alarms = [finding for finding in findings if finding.is_alarm]
    hint = "explain COLLECTION ACTION --as ACTOR says which part of a rule decides." if alarms else None
    return Outcome(document, success=not alarms or bool(args.save), hint=hint)


def _admit(client: Client, rules: list[str]) -> None:
    """Warn of the rules about which the matrix proves nothing, since whoever may pass them was not among the actors."""
    if rules:
        them = "it: test it" if len(rules) == 1 else "them: test them"
        client.warn(
            f"Nobody was seen to pass {', '.join(rules)}, so nothing is proved about {them} by hand"
            " (references/e2e-testing.md)."
        )


def _read(file: str | None) -> Any:
    from pb_common.cli import read_json

    return None if file is None else read_json(argparse.Namespace(file=file))


def _as_file(document: dict[str, Any]) -> str:
    """Return a matrix as JSON with a line for each row, so that a review shows what changed."""
    lists = {
        key: ",\n".join(json.dumps(item, ensure_ascii=False) for item in document[key]) for key in ("findings", "items")
    }
    actors = json.dumps(document["actors"], ensure_ascii=False)
    return f'{{"actors": {actors},\n"findings": [\n{lists["findings"]}\n],\n"items": [\n{lists["items"]}\n]}}\n'


def _compared(expected: Any, rows: list[Row], findings: list[Finding], args: argparse.Namespace) -> Outcome:
    named = {row.collection for row in rows}
    if args.names and isinstance(expected, dict):
        expected = {**expected, "items": [item for item in expected["items"] if item["collection"] in named]}
    changed = differences(expected, rows)
    known = expected.get("findings") or []
    new = [finding for finding in findings if finding._asdict() not in known]
    alarms = [finding for finding in new if finding.is_alarm]
    hint = f"If this is what you want, review and keep it: matrix --save {args.expect}" if changed or alarms else None
    return Outcome(
        {"findings": [one._asdict() for one in new], "items": changed}, success=not changed and not alarms, hint=hint
    )


def _as_text(client: Client, rows: list[Row], findings: list[Finding], args: argparse.Namespace) -> Outcome:
    """Return the table's file, or write the table to stdout, which leaves stderr for the result."""
    notes = [
        f"{item.severity}: {item.collection} {item.action} by {', '.join(item.actors)}: {item.message}"
        for item in findings
    ]
    text = as_table(rows, args.format, notes)
    alarms = any(item.is_alarm for item in findings)
    if args.output:
        return Outcome({"file": write_file(args.output, text + "\n"), "rows": len(rows)}, success=not alarms)
    client.streamed = True
    write(text)
    return Outcome({"rows": len(rows), "findings": len(findings)}, success=not alarms)
