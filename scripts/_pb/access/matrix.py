"""The access matrix: observed, printed, saved for review, and compared with the reviewed one."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from _pb.access.compare import as_data, differences, in_few_words, reviewed, reviewed_rules
from _pb.access.findings import find
from _pb.access.formats import FORMATS
from _pb.access.laws.finding import Finding as Broken
from _pb.access.laws.judging import judge
from _pb.access.observe import DETAILS, RULES, Row, observe, unproven
from _pb.access.playing import Playing
from _pb.access.policy import changed as changed_sentences
from _pb.access.policy import (
    observed_again,
    play_reviewed,
    reviewed_policy,
    rule_observed_again,
    rules_by_action,
    sentences,
)
from _pb.access.policy import unproven as unproven_conditions
from _pb.access.proving import proved
from _pb.access.readings import rules_of
from _pb.access.routes import observe_routes
from _pb.access.setting import command, copied, existing, populated_copy, second_copy, source_of
from _pb.access.stage import Stage as BareStage
from _pb.access.subject import REVIEW, Finding
from _pb.access.table import as_table
from _pb.server.custom_routes import custom_routes
from pb_common import Client, Outcome, PBUsageError
from pb_common.collections import get_collections
from pb_common.output import write, write_file

if TYPE_CHECKING:
    from _pb.server.throwaway import Throwaway

_MOST_SERVERS = 4


def access_matrix(client: Client, args: argparse.Namespace) -> Outcome:
    """Return who may do what, observed on a throwaway copy; with `expect`, only what differs from that file.

    It is no success if something differs, or, without a file to compare with, if something is suspicious, nor if a
    collection that was named could not be observed.
    """
    if args.output is not None and (args.expect or not args.format):
        hint = f"Add --format {'|'.join(FORMATS)} without --expect, or write JSON with --save."
        raise PBUsageError("--output is for the table of --format.", hint=hint, code="wrong_command_line")
    expected = _reviewed(args)
    if args.mutants:
        return _mutants(client, args)
    with populated_copy(client, source_of(args), reviewed_rules(expected)) as (server, population):
        names = [existing(population.collections, name) for name in args.names] or list(population.collections)
        proof = _proved(second_copy(server, source_of(args)), args.names and names, reviewed_policy(expected))
        rows = observe(population, names)
        suspicious = find(rows, population)
        findings = _together(proof.findings, suspicious)
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
        "unproven": proof.unproven,
        "items": in_few_words(rows),
    }
    if args.save:
        rules = {name: rules_of(item) for name, item in population.collections.items()}
        policy = {"rules": proof.rules, "sentences": proof.sentences}
        kept = _answered(args.save, [finding.as_saved() for finding in findings])
        saved = {**document, "findings": kept, "items": as_data(rows), "rules": rules, "policy": policy}
        write_file(args.save, _as_file(saved))
    if expected is not None:
        outcome = _compared(expected, rows, findings, args, proof)
    else:
        outcome = _outcome(client, document, rows, findings, _explaining(suspicious, rows, args), args)
    data = {"version": server.version, **outcome.data}
    return outcome._replace(data=data, success=outcome.success and not unseen)


class Proof(NamedTuple):
    """What was proved with witnesses: what breaks a law, what could not be shown, and the policy."""

    findings: list[Broken]
    unproven: list[dict[str, str]]
    rules: dict[str, dict[str, str]]
    sentences: dict[str, str]


def _proved(server: Throwaway, names: list[str], reviewed: tuple[dict[str, dict[str, str]], dict[str, str]]) -> Proof:
    with proved(server) as playing:
        wanted = names or [item["name"] for item in playing.stage.collections]
        missing = [{"condition": key, "why": why} for key, why in unproven_conditions(playing).items()]
        findings = [one for one in judge(playing) if not names or one.collection in names]
        play_reviewed(playing, reviewed[0])
        said = sentences(playing, wanted)
        return Proof(findings, missing, rules_by_action(playing), said)


def _mutants(client: Client, args: argparse.Namespace) -> Outcome:
    """Return how many mutants of the schema are noticed, and which are not; it is no success if any is not."""
    from contextlib import ExitStack
    from os import cpu_count

    from _pb.access.mutants import Stage as Bench
    from _pb.access.mutants import pinned_secrets, try_mutants

    source = source_of(args)
    with copied(client, source) as first, ExitStack() as stack:
        names = [existing([item["name"] for item in get_collections(first.client)], name) for name in args.names]
        benches = []
        for server in [second_copy(first, source) for _ in range(min(cpu_count() or 1, _MOST_SERVERS))]:
            stack.enter_context(server)
            secrets = pinned_secrets(server.client)
            playing = Playing(BareStage(server.client))
            playing.play_all()
            one_rule = partial(rule_observed_again, playing)
            benches.append(Bench(server.client, partial(observed_again, playing), secrets, one_rule))
        tried = try_mutants(benches, names)
    share = 100 * tried.killed / tried.total if tried.total else 100.0
    return Outcome(
        {"version": first.version, "percent": round(share, 1), **tried.as_data()}, success=not tried.survivors
    )


def _together(broken: list[Broken], suspicious: list[Finding]) -> list[Broken | Finding]:
    """Return the findings of the laws, and as questions what is suspicious of an action of which no law speaks."""
    known = {(one.collection, one.action) for one in broken if one.is_alarm}
    further = [one._replace(severity=REVIEW) for one in suspicious if (one.collection, one.action) not in known]
    together: list[Broken | Finding] = [*broken, *further]
    return sorted(together, key=lambda one: not one.is_alarm)


def _outcome(
    client: Client,
    document: dict[str, Any],
    rows: list[Row],
    findings: list[Broken | Finding],
    hint: str | None,
    args: argparse.Namespace,
) -> Outcome:
    if args.format:
        return _as_text(client, rows, findings, args)
    return Outcome(document, success=not any(one.is_alarm for one in findings), hint=hint)


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


def _explaining(suspicious: list[Finding], rows: list[Row], args: argparse.Namespace) -> str | None:
    """Return a hint that explains the first of the alarms that can be explained."""
    known = {(row.collection, row.action): row.allowed for row in rows}
    alarms = [one for one in suspicious if one.is_alarm]
    for alarm in alarms:
        for actor in alarm.actors:
            names = known.get((alarm.collection, alarm.action), {}).get(actor)
            if names and alarm.action in (*RULES, *DETAILS):
                named = alarm.tried if alarm.tried in names else ""
                tried = ["--try", named or names[0]] if named or "own" not in names else []
                words = (alarm.collection, alarm.action, "--as", actor, *tried)
                return f"This says which part of the rule decides: {command('explain', *words, source=source_of(args))}"
    return None


def _question(finding: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what makes a finding the same in another run."""
    return tuple(finding.get(key) for key in ("severity", "collection", "action", "message"))


def _answered(path: str, findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return findings with the answers that the file has, from an earlier time, to the same ones."""
    try:
        before = json.loads(Path(path).read_text("utf-8"))["findings"]
        answers = {_question(one): {key: one[key] for key in ("meant", "reason") if key in one} for one in before}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return findings
    return [{**one, **answers.get(_question(one), {})} for one in findings]


def _as_file(document: dict[str, Any]) -> str:
    """Return a matrix as JSON with a line for each row, so that a review shows what changed."""

    def text(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False)

    policy = document["policy"]
    lists = [f'"{key}": [\n' + ",\n".join(map(text, document[key])) + "\n]" for key in ("findings", "items")]
    rules = ",\n".join(f"{text(name)}: {text(rules)}" for name, rules in document["rules"].items())
    said = ",\n".join(f"{text(key)}: {text(value)}" for key, value in policy["sentences"].items())
    policies = f'"policy": {{"rules": {text(policy["rules"])}, "sentences": {{\n{said}\n}}}}'
    return ",\n".join(
        [f'{{"actors": {text(document["actors"])}', *lists, f'"rules": {{\n{rules}\n}}', f"{policies}}}\n"]
    )


def _compared(
    expected: Any, rows: list[Row], findings: list[Broken | Finding], args: argparse.Namespace, proof: Proof
) -> Outcome:
    named = {row.collection for row in rows}
    changed = [item for item in differences(expected, rows) if not args.names or item["collection"] in named]
    said = _sentences_of(named, reviewed_policy(expected)[1]) if args.names else reviewed_policy(expected)[1]
    sentences = changed_sentences(said, proof.sentences) if said else []
    known = {_question(one) for one in expected.get("findings") or []}
    new = [finding for finding in findings if _question(finding.as_saved()) not in known]
    alarms = [finding for finding in new if finding.is_alarm]
    differs = bool(changed or sentences or alarms)
    hint = f"If this is what you want, review and keep it: {_saving(args)}" if differs else None
    data = {"findings": [one.as_data() for one in new], "items": changed, "sentences": sentences}
    return Outcome(data, success=not differs, hint=hint)


def _sentences_of(names: set[str], said: dict[str, str]) -> dict[str, str]:
    """Return the sentences about these collections."""
    return {key: value for key, value in said.items() if key.partition(" ")[0].partition(".")[0] in names}


def _as_text(client: Client, rows: list[Row], findings: list[Broken | Finding], args: argparse.Namespace) -> Outcome:
    """Return the table's file, or write the table to stdout, which leaves stderr for the result."""
    notes = [f"{item.severity}: {item.collection} {item.action} by {item.who}: {item.message}" for item in findings]
    text = as_table(rows, args.format, notes)
    alarms = any(item.is_alarm for item in findings)
    if args.output is not None:
        return Outcome({"file": write_file(args.output, text + "\n"), "rows": len(rows)}, success=not alarms)
    client.streamed = True
    write(text)
    return Outcome({"rows": len(rows), "findings": len(findings)}, success=not alarms)
