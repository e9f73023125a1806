"""The access matrix: observed, printed, saved for review, and compared with the reviewed one."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from _pb.access.compare import as_data, differences, in_few_words, reviewed, reviewed_rules
from _pb.access.findings import find
from _pb.access.formats import FORMATS
from _pb.access.observe import DETAILS, RULES, Row, observe, unproven
from _pb.access.readings import rules_of
from _pb.access.routes import observe_routes
from _pb.access.setting import command, existing, populated_copy, source_of
from _pb.access.subject import Finding
from _pb.access.table import as_table
from _pb.server.custom_routes import custom_routes
from pb_common import Client, Outcome, PBUsageError
from pb_common.output import write, write_file


def access_matrix(client: Client, args: argparse.Namespace) -> Outcome:
    """Return who may do what, observed on a throwaway copy; with `expect`, only what differs from that file.

    It is no success if something differs, or, without a file to compare with, if something is suspicious, nor if a
    collection that was named could not be observed.
    """
    if args.output and (args.expect or not args.format):
        hint = f"Add --format {'|'.join(FORMATS)} without --expect, or write JSON with --save."
        raise PBUsageError("--output is for the table of --format.", hint=hint, code="wrong_command_line")
    expected = _reviewed(args)
    with populated_copy(client, source_of(args), reviewed_rules(expected)) as (server, population):
        names = [existing(population, name) for name in args.names] or list(population.collections)
        rows = observe(population, names)
        findings = find(rows, population)
        _admit(client, unproven(population, names, rows))
        unseen = _unseen(client, names, rows) if args.names else []
        if args.project and not args.names:
            project = Path(args.project)
            custom = custom_routes(server, project)
            tried = observe_routes(population, custom.routes, project, rows)
            rows, findings = rows + tried.rows, [*tried.findings, *findings]
            for sentence in (*custom.not_tested, *tried.not_tested):
                client.warn(sentence)
    document = {
        "actors": list(rows[0].allowed) if rows else [],
        "findings": [finding.as_data() for finding in findings],
        "items": in_few_words(rows),
    }
    if args.save:
        rules = {name: rules_of(item) for name, item in population.collections.items()}
        write_file(args.save, _as_file({**document, "items": as_data(rows), "rules": rules}))
    outcome = _outcome(client, document, expected, rows, findings, args)
    data = {"version": server.version, **outcome.data}
    return outcome._replace(data=data, success=outcome.success and not unseen)


def _outcome(
    client: Client,
    document: dict[str, Any],
    expected: Any,
    rows: list[Row],
    findings: list[Finding],
    args: argparse.Namespace,
) -> Outcome:
    if expected is not None:
        return _compared(expected, rows, findings, args)
    if args.format:
        return _as_text(client, rows, findings, args)
    alarms = [finding for finding in findings if finding.is_alarm]
    return Outcome(document, success=not alarms, hint=_explaining(alarms, rows, args))


def _unseen(client: Client, names: list[str], rows: list[Row]) -> list[str]:
    """Return the collections that have no record to observe; warn of them."""
    tried = {row.collection for row in rows if row.action in ("list", "view")}
    unseen = [name for name in names if name not in tried]
    if unseen:
        client.warn(f"Nothing was observed of {', '.join(unseen)}: no record of it could be made.")
    return unseen


def _admit(client: Client, rules: list[str]) -> None:
    """Warn of the rules about which the matrix proves nothing, since whoever may pass them was not among the actors."""
    if rules:
        them = "it: test it" if len(rules) == 1 else "them: test them"
        client.warn(
            f"Nobody was seen to pass {', '.join(rules)}, so nothing is proved about {them} by hand"
            " (references/e2e-testing.md)."
        )


def _reviewed(args: argparse.Namespace) -> Any:
    """Return the content of the file of --expect, None without one; raise PBUsageError if it holds no matrix."""
    from pb_common.reading import read_json

    if args.expect is None:
        return None
    if not Path(args.expect).is_file():
        hint = f"Check the path given to --expect, or write the file: {_saving(args)}"
        raise PBUsageError(f"{args.expect!r} cannot be read: there is no such file.", hint=hint, code="unreadable_file")
    expected = read_json(argparse.Namespace(file=args.expect))
    return reviewed(expected)


def _saving(args: argparse.Namespace) -> str:
    """Return the command that writes the matrix of all collections to the file of --expect."""
    return command("matrix --save", args.expect, source=source_of(args))


def _explaining(alarms: list[Finding], rows: list[Row], args: argparse.Namespace) -> str | None:
    """Return a hint that explains the first of the alarms that can be explained."""
    known = {(row.collection, row.action): row.allowed for row in rows}
    for alarm in alarms:
        for actor in alarm.actors:
            names = known.get((alarm.collection, alarm.action), {}).get(actor)
            if names and alarm.action in (*RULES, *DETAILS):
                named = alarm.tried if alarm.tried in names else ""
                tried = ["--try", named or names[0]] if named or "own" not in names else []
                words = (alarm.collection, alarm.action, "--as", actor, *tried)
                return f"This says which part of the rule decides: {command('explain', *words, source=source_of(args))}"
    return None


def _as_file(document: dict[str, Any]) -> str:
    """Return a matrix as JSON with a line for each row, so that a review shows what changed."""

    def text(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False)

    lists = [f'"{key}": [\n' + ",\n".join(map(text, document[key])) + "\n]" for key in ("findings", "items")]
    rules = ",\n".join(f"{text(name)}: {text(rules)}" for name, rules in document["rules"].items())
    return ",\n".join([f'{{"actors": {text(document["actors"])}', *lists, f'"rules": {{\n{rules}\n}}}}\n'])


def _compared(expected: Any, rows: list[Row], findings: list[Finding], args: argparse.Namespace) -> Outcome:
    named = {row.collection for row in rows}
    changed = [item for item in differences(expected, rows) if not args.names or item["collection"] in named]
    known = expected.get("findings") or []
    new = [finding for finding in findings if finding.as_data() not in known]
    alarms = [finding for finding in new if finding.is_alarm]
    hint = f"If this is what you want, review and keep it: {_saving(args)}" if changed or alarms else None
    return Outcome(
        {"findings": [one.as_data() for one in new], "items": changed}, success=not changed and not alarms, hint=hint
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
