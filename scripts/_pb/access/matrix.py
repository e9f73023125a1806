"""The access matrix: observed, printed, saved for review, and compared with the reviewed one."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from _pb.access import questions
from _pb.access.formats import FORMATS
from _pb.access.laws.finding import Finding
from _pb.access.laws.judging import judge
from _pb.access.page import as_page
from _pb.access.playing import Playing
from _pb.access.policy import (
    MAY,
    MAY_NOT,
    Line,
    Reviewed,
    changed,
    lines_of,
    observed_again,
    play_reviewed,
    reviewed,
    rule_observed_again,
    rules_by_action,
    sentences,
    unproven,
)
from _pb.access.policy_file import as_file
from _pb.access.routes import ROUTES, RouteLine, try_routes
from _pb.access.setting import command, copied, existing, second_copy, source_of
from _pb.access.stage import Stage
from _pb.access.table import Shown, as_text
from _pb.server.custom_routes import custom_routes
from pb_common import Client, Outcome, PBUsageError
from pb_common.collections import get_collections
from pb_common.output import write, write_file

if TYPE_CHECKING:
    from _pb.server.throwaway import Throwaway

_MOST_SERVERS = 4
_READING = ("list", "view")


class Observed(NamedTuple):
    """What was observed of the named collections, and of the custom routes of a project."""

    names: list[str]
    lines: list[Line]
    routes: list[RouteLine]
    findings: list[Finding]
    unproven: list[dict[str, str]]
    rules: dict[str, dict[str, str]]
    sentences: dict[str, str]


def access_matrix(client: Client, args: argparse.Namespace) -> Outcome:
    """Return who may do what, observed on a throwaway copy; with `expect`, only what differs from that file.

    It is no success if something differs, or, without a file to compare with, if a law is broken, nor if a collection
    that was named could not be observed.
    """
    if args.output is not None and (args.expect or not args.format):
        hint = f"Add --format {'|'.join(FORMATS)} without --expect, or write JSON with --save."
        raise PBUsageError("--output is for the table of --format.", hint=hint, code="wrong_command_line")
    expected = _reviewed(args)
    if args.mutants:
        return _mutants(client, args)
    with copied(client, source_of(args)) as server:
        observed = _observed(client, server, args, expected)
        version = server.version
    unseen = _unseen(client, observed) if args.names else []
    answers = questions.answers_in(_findings_in(args.save) if args.save else expected.findings if expected else ())
    asked, later = questions.asked(observed.findings, len(observed.names), answers)
    if later:
        client.warn(f'{later} more questions are asked when these are answered ("meant": true in the file of --save).')
    if args.save:
        kept = [one for one in observed.findings if one.is_alarm or one in asked or questions.is_answered(one, answers)]
        write_file(args.save, as_file(observed.rules, observed.sentences, kept, answers))
    if expected is not None:
        outcome = _compared(expected, observed, asked, args)
    else:
        outcome = _shown(client, observed, asked, args)
    return outcome._replace(data={"version": version, **outcome.data}, success=outcome.success and not unseen)


def _observed(client: Client, server: Throwaway, args: argparse.Namespace, expected: Reviewed | None) -> Observed:
    playing = Playing(Stage(server.client))
    collections = playing.stage.collections
    names = [existing([item["name"] for item in collections], name) for name in args.names]
    names = names or [item["name"] for item in collections]
    playing.play_all()
    findings = [one for one in judge(playing) if one.collection in names]
    lines = lines_of(trial for trial in playing.trials if trial.name in names)
    missing = [{"condition": key, "why": why} for key, why in unproven(playing, names).items()]
    rules = rules_by_action(playing)
    if expected is not None:
        play_reviewed(playing, expected.rules)
    said = sentences(playing, names)
    routes: list[RouteLine] = []
    if args.project and not args.names:
        project = Path(args.project)
        custom = custom_routes(server, project)
        tried = try_routes(playing, custom.routes, project)
        routes, findings = tried.lines, [*tried.findings, *findings]
        said.update({f"{ROUTES} {one.route}: {one.who}": one.said for one in routes})
        for sentence in (*custom.not_tested, *tried.not_tested):
            client.warn(sentence)
    for problem in playing.stage.problems:
        client.warn(problem)
    return Observed(names, lines, routes, sorted(findings, key=lambda one: not one.is_alarm), missing, rules, said)


def _mutants(client: Client, args: argparse.Namespace) -> Outcome:
    """Return how many mutants of the schema are noticed, and which are not; it is no success if any is not."""
    from contextlib import ExitStack
    from os import cpu_count

    from _pb.access.mutants import Stage as Bench
    from _pb.access.mutants import try_mutants

    source = source_of(args)
    with copied(client, source) as first, ExitStack() as stack:
        names = [existing([item["name"] for item in get_collections(first.client)], name) for name in args.names]
        benches = []
        for server in [second_copy(first, source) for _ in range(min(cpu_count() or 1, _MOST_SERVERS))]:
            stack.enter_context(server)
            playing = Playing(Stage(server.client))
            playing.play_all()
            one_rule = partial(rule_observed_again, playing)
            benches.append(Bench(server.client, partial(observed_again, playing), playing.stage.secrets, one_rule))
        tried = try_mutants(benches, names)
    share = 100 * tried.killed / tried.total if tried.total else 100.0
    return Outcome(
        {"version": first.version, "percent": round(share, 1), **tried.as_data()}, success=not tried.survivors
    )


# What is printed


def _shown(client: Client, observed: Observed, asked: list[Finding], args: argparse.Namespace) -> Outcome:
    alarms = [one for one in observed.findings if one.is_alarm]
    if args.format:
        return _as_text(client, observed, Shown(alarms, asked, observed.unproven), args)
    data = {
        "findings": [one.as_data() for one in alarms],
        "questions": [one.as_data() for one in asked],
        "unproven": observed.unproven,
        "items": [*_items(observed), *(one.as_data() for one in observed.routes)],
    }
    return Outcome(data, success=not alarms, hint=_explaining(alarms, args))


def _items(observed: Observed) -> list[dict[str, Any]]:
    """Return what each action comes to: who fulfils the rule and may, who may all the same, and how many may not."""
    places = dict.fromkeys((line.collection, line.action) for line in observed.lines)
    return [_item(place, [one for one in observed.lines if (one.collection, one.action) == place]) for place in places]


def _item(place: tuple[str, str], lines: list[Line]) -> dict[str, Any]:
    item: dict[str, Any] = {"collection": place[0], "action": place[1]}
    rule = lines[0].play.witness.way.rule
    if rule or lines[0].said == MAY:
        item["rule"] = rule
    item["may"] = [one.who for one in lines if one.said == MAY and one.play.witness.broken is None]
    also = [one for one in lines if one.said == MAY and one.play.witness.broken and not one.play.witness.broken.keeps]
    item["mayAlso"] = [one.who for one in also]
    item["mayNot"] = sum(one.said == MAY_NOT for one in lines)
    return {key: value for key, value in item.items() if value not in ([], 0)}


def _as_text(client: Client, observed: Observed, shown: Shown, args: argparse.Namespace) -> Outcome:
    """Return the table's file, or write the table to stdout, which leaves stderr for the result."""
    if args.format == "html":
        text = as_page(observed.lines, observed.routes, shown)
    else:
        text = as_text(args.format, observed.lines, observed.routes, shown)
    rows = len(observed.lines) + len(observed.routes)
    if args.output is not None:
        return Outcome({"file": write_file(args.output, text + "\n"), "rows": rows}, success=not shown.findings)
    client.streamed = True
    write(text)
    return Outcome({"rows": rows, "findings": len(shown.findings)}, success=not shown.findings)


def _explaining(alarms: list[Finding], args: argparse.Namespace) -> str | None:
    """Return a hint that explains the first of the alarms that can be explained."""
    for one in alarms:
        if one.action in ("list", "view", "create", "update", "delete"):
            words = command("explain", one.collection, one.action, "--as", one.who, source=source_of(args))
            return f"This says which part of the rule decides: {words}"
    return None


def _unseen(client: Client, observed: Observed) -> list[str]:
    """Return the named collections of which no record could be observed; warn of them."""
    seen = {line.collection for line in observed.lines if line.play.seen is not None and line.action in _READING}
    unseen = [name for name in observed.names if name not in seen]
    for name in unseen:
        why = next((line.play.problem for line in observed.lines if line.collection == name), "")
        client.warn(f"Nothing was observed of {name}: {why}.")
    return unseen


# The reviewed file


def _reviewed(args: argparse.Namespace) -> Reviewed | None:
    """Return the content of the file of --expect, None without one; raise PBUsageError if it holds no matrix."""
    from pb_common.reading import read_json

    if args.expect is None:
        return None
    if not Path(args.expect).is_file():
        hint = f"Check the path given to --expect, or write the file: {_saving(args)}"
        raise PBUsageError(f"{args.expect!r} cannot be read: there is no such file.", hint=hint, code="unreadable_file")
    return reviewed(read_json(argparse.Namespace(file=args.expect)))


def _findings_in(path: str) -> Iterable[Mapping[str, Any]]:
    """Return the findings of a file from an earlier time, none where there is no such file."""
    from pb_common.reading import read_json

    if not Path(path).is_file():
        return []
    try:
        return reviewed(read_json(argparse.Namespace(file=path))).findings
    except PBUsageError:
        return []


def _saving(args: argparse.Namespace) -> str:
    """Return the command that writes the matrix of all collections to the file of --expect."""
    return command("matrix --save", args.expect, source=source_of(args))


def _compared(expected: Reviewed, observed: Observed, asked: list[Finding], args: argparse.Namespace) -> Outcome:
    """Return what differs from a reviewed file; what was answered there is silent, and what it knows no difference."""
    before = expected.sentences
    if args.names:
        before = {key: said for key, said in before.items() if _speaks_of(key) in observed.names}
    differing = changed(before, observed.sentences)
    known = {questions.told(one) for one in expected.findings}
    alarms, asked = (
        [one for one in several if questions.told(one.as_saved()) not in known]
        for several in ([one for one in observed.findings if one.is_alarm], asked)
    )
    differs = bool(differing or alarms)
    hint = f"If this is what you want, review and keep it: {_saving(args)}" if differs else None
    found = {"findings": [one.as_data() for one in alarms], "questions": [one.as_data() for one in asked]}
    return Outcome({**found, "sentences": differing}, success=not differs, hint=hint)


def _speaks_of(sentence: str) -> str:
    """Return the collection of which a sentence speaks."""
    return sentence.partition(" ")[0].partition(".")[0].rstrip(":")
