"""`scaffold`: write a test file that covers the access rules of a schema, each expectation tried on a real server."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any, NamedTuple

from _pb.access.readings import RULES
from _pb.access.roles import plain_attributes
from _pb.collections.at_hand import copy_below
from _pb.migrations.folder import scripts_of
from _pb.samples.maker import Unsatisfiable
from _pb.server.custom_routes import custom_routes
from _pb.server.throwaway import Throwaway
from _pb.testing.scaffold.outline import outlines
from _pb.testing.scaffold.render import relative_scripts, render, render_class, render_routes
from _pb.testing.scaffold.route_tests import questions, route_setup, route_tests
from _pb.testing.scaffold.subject import GUEST, STRANGER, Subject
from _pb.testing.scaffold.trial import Test, try_out
from _pb.testing.session import Session
from pb_common import Client, Outcome, PBRefused, PBUsageError, script_command
from pb_common.go_project import is_go_project
from pb_common.output import write_file
from pb_common.project import quoted
from pb_common.schema_types import Collection
from pb_common.suggest import suggest

_UNPROVEN = "nobody was seen to pass it, so nothing is proved about it: test it by hand (references/e2e-testing.md)"


class Written(NamedTuple):
    """The text of test classes, and what is to be known of them: leaks, questions, and what is not tested."""

    classes: list[str]
    leaks: list[str]
    review: list[str]
    not_tested: list[str]


def scaffold(client: Client, args: argparse.Namespace) -> Any:
    """Write the test file for the live schema or for a schema file, and say which leaks it shows."""
    target = Path(args.file)
    if target.exists() and not args.force and not args.dry_run:
        raise PBRefused(
            f"{args.file} exists already.",
            hint="Add --force to write it anew, or --file OTHER.py.",
            code="would_overwrite",
        )
    folder = target.resolve().parent
    server, settings, source = _source(client, folder, args)
    with Session(server=server) as session:
        written = write_classes(session, args.collections)
        classes = written.classes
        routes, not_tested = custom_routes(server, folder)
        written.not_tested.extend(not_tested)
        if routes:
            setup = route_setup(session, routes)
            tests = route_tests(session, setup, routes)
            classes.append(render_routes(setup, tests))
            written.review.extend(questions(routes, tests))
            written.not_tested.extend(f"{test.name}: {gap}" for test in tests for gap in test.gaps())
    text = render(target.name, classes, settings, source, relative_scripts(target))
    data = {
        "file": args.file if args.dry_run else write_file(args.file, text, over_any=args.force),
        "tests": text.count("    def test_"),
        "version": server.version,
        "collections": len(classes) - bool(routes),
        "routes": [f"{route.method} {route.pattern}" for route in routes],
        "leaks": written.leaks,
        "review": written.review,
        "notTested": written.not_tested,
    }
    if args.dry_run:
        return {"dryRun": True, **data}
    return Outcome(data, hint=f"Run it: {_command(target)}")


def _source(client: Client, folder: Path, args: argparse.Namespace) -> tuple[Throwaway, list[str], str]:
    """Return the server to try things on, and how the test file gets the same: lines, and words."""
    scripts = scripts_of(folder)
    is_project = is_go_project(folder) or any((folder / "pb_migrations").glob("*.js"))
    if args.schema:
        way = Path(args.schema).resolve()
        inside = way.is_relative_to(folder)
        code = f'project / "{way.relative_to(folder).as_posix()}"' if inside else repr(str(way))
        below = None if is_project else copy_below(client, args.schema)
        settings = [f"schema = {code}", *(["live_schema = True"] if below else [])]
        server = Throwaway(folder, copy_of=below, schema=way, version=args.version, folders=scripts)
        return server, settings, f"the schema of {way.name}"
    if is_project:
        return Throwaway(folder, version=args.version, folders=scripts), [], "made by the project's migrations"
    server = Throwaway(folder, copy_of=client, version=args.version, folders=scripts)
    return server, ["live_schema = True"], "a copy of the schema of the server in .env"


def write_classes(session: Session, names: list[str]) -> Written:
    """Return the test classes for the named collections, all for none."""
    known = [item["name"] for item in session.collections()]
    for name in names:
        if name not in known:
            raise PBUsageError(
                f"There is no collection {name!r}.", hint=suggest(name, known), code="unknown_collection"
            )
    plain = plain_attributes(session.collections())
    written = Written([], [], [], [])
    for item in session.collections():
        if names and item["name"] not in names:
            continue
        print(f"Trying {item['name']} ...", file=sys.stderr)
        try:
            _write_class(Subject(session, item, plain), written)
        except Unsatisfiable as problem:
            written.not_tested.append(f"{item['name']}: {problem}")
        finally:
            session.clean_up()  # each class begins as it will when the file runs
    return written


def _write_class(subject: Subject, written: Written) -> None:
    """Try a collection out and add what came of it."""
    tests = try_out(subject, outlines)
    unproven = _unproven(subject.item, tests)
    written.classes.append(render_class(subject.item, subject.setup(), tests, unproven))
    leaks = dict.fromkeys(leak for test in tests for leak in test.leaks)
    written.leaks.extend(leaks)
    written.review.extend(_questions(subject, tests))
    gaps = [f"{test.name}: {gap}" for test in tests for gap in test.gaps()]
    written.not_tested.extend(f"{subject.name}, {gap}" for gap in gaps)
    written.not_tested.extend(f"{subject.name}.{rule}: {_UNPROVEN}" for rule in unproven)


def _questions(subject: Subject, tests: list[Test]) -> list[str]:
    """Return what somebody who knows the application has to decide: whether what strangers may do is meant."""
    doubts = dict.fromkeys(doubt for test in tests for doubt in test.doubts)
    # What a guest may, users may as well.
    by_guests = {doubt._replace(who=STRANGER) for doubt in doubts if doubt.who == GUEST}
    shown = [doubt.words for doubt in doubts if doubt not in by_guests]
    return [f"{subject.name}: {'; '.join(shown)}. Is that meant?"] if shown else []


def _unproven(item: Collection, tests: list[Test]) -> list[str]:
    """Return the rules that could let users pass and let none: being denied by them proves nothing."""
    passed = {rule for test in tests for rule in test.passed}
    return [rule for rule in RULES if item.get(rule) and rule not in passed]


def _command(target: Path) -> str:
    command = script_command("").split()[0]
    scripts = "" if relative_scripts(target) else f"PYTHONPATH={quoted(Path(__file__).resolve().parents[3])} "
    return f"{scripts}{command} {quoted(target)}"
