"""`scaffold`: the witnesses of a schema as a test file, which has agreed with itself twice before it is written."""

from __future__ import annotations

import argparse
import io
import re
import textwrap
import types
import unittest
from collections.abc import Iterable, Iterator
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any, NamedTuple

from _pb.access.laws.finding import Finding
from _pb.access.laws.judging import judge
from _pb.access.playing import Play, Playing, Trial
from _pb.access.policy import unproven
from _pb.access.questions import asked
from _pb.access.routes import RouteLine, try_routes
from _pb.access.rows import Unbuildable
from _pb.access.setting import existing
from _pb.access.stage import Stage
from _pb.access.table import said
from _pb.access.witnesses import RULES
from _pb.collections.at_hand import copy_below
from _pb.migrations.folder import scripts_of
from _pb.schema.lookup import rule_of
from _pb.server.custom_routes import custom_routes
from _pb.server.throwaway import Throwaway
from _pb.testing.scene_code import WIDTH, SceneCode, Unwritable, call
from _pb.testing.session import Session
from _pb.testing.testcase import AccessTest
from pb_common import Client, Outcome, PBRefused, script_command
from pb_common.go_project import is_go_project
from pb_common.output import note, write_file
from pb_common.project import quoted
from pb_common.schema_types import Collection

_TRIALS = 2
_HEAD = '''"""Access tests: who may do what, on a real PocketBase.

    python3 {name}                  on a throwaway server; a word runs the tests whose name has it
    PB_URL=URL python3 {name}       on that server, cleaned up afterwards

Each line is a scene: rows by name ("record" is what the request is about, "me" who asks), and whether the server lets
it through. That is what it did when this file was made; only what a law calls a leak is red until it is mended.
"""

from __future__ import annotations

import sys
from pathlib import Path
{path}
from pb_e2e_helpers import AccessTest, {days}run_tests


class Project(AccessTest):
    """The project's server: {server}."""

    project = Path(__file__).parent
{settings}'''


class Line(NamedTuple):
    """An assertion as the lines of its code, with what it is about; a leak's is to fail."""

    about: str
    code: list[str]
    is_leak: bool = False


class Test(NamedTuple):
    """A test of a class: its name, what it says of itself, what it needs first, and its assertions."""

    name: str
    doc: str
    setup: str
    lines: list[Line]

    def text(self) -> list[str]:
        """Return the test as it is written."""
        body = [self.setup] * bool(self.setup) + [part for line in self.lines for part in line.code]
        return [f"def {self.name}(self):", *_quoted(self.doc), *(f"    {part}" for part in body)]


class Class(NamedTuple):
    """The tests of a collection: the name of their class, what it says of itself, and they."""

    name: str
    doc: str
    tests: list[Test]

    def text(self) -> str:
        """Return the class as it is written."""
        parts = ["\n".join(f"    {line}" for line in test.text()) for test in self.tests]
        doc = "\n".join(_quoted(self.doc))
        return f"class {self.name}(Project):\n" + "\n\n".join([doc] * bool(doc) + parts)


def _quoted(doc: str) -> list[str]:
    """Return the lines of a docstring, none for no text."""
    lines = textwrap.wrap(doc, WIDTH - 10, break_long_words=False, break_on_hyphens=False)
    return [f"    {part}" for part in ('"""' + "\n".join(lines) + '"""').splitlines()] if lines else []


class Written(NamedTuple):
    """Test classes, the leaks that make them red, the questions, and what is not tested."""

    classes: list[Class]
    leaks: list[str]
    questions: list[str]
    not_tested: list[str]
    routes: list[str]


def scaffold(client: Client, args: argparse.Namespace) -> Any:
    """Write the test file for the live schema or for a schema file, and say which leaks it shows."""
    target = Path(args.file)
    if target.exists() and not args.force and not args.dry_run:
        hint = "Add --force to write it anew, or --file OTHER.py."
        raise PBRefused(f"{args.file} exists already.", hint=hint, code="would_overwrite")
    folder = target.resolve().parent
    first, settings, source = _source(client, folder, args)
    with first:
        written = write_classes(first, folder, args.collections)
    with Session(server=_source(client, folder, args)[0]) as session:
        agreed = agreeing(session, written)
    text = _file_text(target, agreed.classes, settings, source)
    data = {
        "file": args.file if args.dry_run else write_file(args.file, text, over_any=args.force),
        "tests": text.count("    def test_"),
        "version": first.version,
        "collections": sum(one.name != "CustomRoutes" for one in agreed.classes),
        "routes": agreed.routes,
        "leaks": agreed.leaks,
        "review": agreed.questions,
        "notTested": agreed.not_tested,
    }
    return {"dryRun": True, **data} if args.dry_run else Outcome(data, hint=f"Run it: {_command(target)}")


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


def write_classes(server: Throwaway, folder: Path, wanted: Iterable[str] = ()) -> Written:
    """Return the test classes for the named collections, all by default, from the witnesses that a server answers."""
    playing = Playing(Stage(server.client))
    known = [item["name"] for item in playing.stage.collections]
    names = [existing(known, name) for name in wanted] or known
    playing.play_all()
    findings = [one for one in judge(playing) if one.collection in names]
    written = Written([], [], [], [], [])
    missing = unproven(playing, names)
    written.not_tested.extend(f"{condition}: {why}" for condition, why in missing.items())
    for collection in playing.stage.collections:
        if collection["name"] in names:
            note(f"Writing {collection['name']} ...")
            own = [one for one in findings if one.collection == collection["name"]]
            tests = [*_rule_tests(playing, collection, own), *_leak_test(own, written), *_cascade_test(collection)]
            written.classes.append(Class(class_name(collection["name"]), _rules(playing, collection), tests))
    custom = custom_routes(server, folder)
    tried = try_routes(playing, custom.routes, folder)
    written.routes.extend(f"{route.method} {route.pattern}" for route in custom.routes)
    written.not_tested.extend([*custom.not_tested, *(one.rstrip(".") for one in tried.not_tested)])
    if tried.lines:
        written.classes.append(
            Class("CustomRoutes", "", [*_route_tests(tried.lines), *_leak_test(tried.findings, written)])
        )
    questions, _ = asked([*findings, *tried.findings], len(names), {})
    written.questions.extend(said(one) for one in questions)
    return written


def _rule_tests(playing: Playing, collection: Collection, findings: list[Finding]) -> Iterator[Test]:
    """Yield a test for each rule; actions whose scenes come to the same share one."""
    leaks = {(one.action, one.who) for one in findings if one.is_alarm}
    places: dict[tuple[str, ...], list[str]] = {}
    shown: set[tuple[str, str]] = set()
    for trial in playing.of(collection["name"], *RULES):
        for play in _chosen(trial, shown):
            label = play.witness.label
            if (trial.way.action, label) in leaks:
                continue
            try:
                code = SceneCode(play.witness.scene(playing.schema))
                verb = "may" if play.allowed else "may_not"
                written = call(verb, play.witness.short, code.told(), *code.request())
            except (Unbuildable, Unwritable):
                continue
            actions = places.setdefault((label, *written), [])
            if trial.way.action not in actions:
                actions.append(trial.way.action)
    by_actions: dict[tuple[str, ...], list[Line]] = {}
    for (label, *lines), actions in places.items():
        by_actions.setdefault(tuple(actions), []).append(Line(f"{collection['name']}: {label}", lines))
    for several, asserted in by_actions.items():
        words = ", ".join(f'"{action}"' for action in several)
        setup = f'may, may_not = self.pb.scenes("{collection["name"]}", {words})'
        yield Test(f"test_{'_'.join(several)}", "", setup, asserted)


def _chosen(trial: Trial, shown: set[tuple[str, str]]) -> Iterator[Play]:
    """Yield who fulfils a way, and for each condition the first who breaks it and is refused, once in all ways."""
    if trial.base.seen is not None:
        yield trial.base
    for comparison in trial.way.comparisons:
        key = (trial.way.action, trial.way.words(comparison))
        refused = [play for play in trial.others if play.witness.comparison is comparison and play.denied]
        if refused and key not in shown:
            shown.add(key)
            yield refused[0]


def _rules(playing: Playing, collection: Collection) -> str:
    """Return the rules that a class tests."""
    actions = dict.fromkeys(trial.way.action for trial in playing.of(collection["name"], *RULES))
    rules = {RULES[action]: rule_of(collection, RULES[action]) for action in actions}
    told = {key: "null (superusers only)" if rule is None else rule or '"" (anyone)' for key, rule in rules.items()}
    texts = dict.fromkeys(told.values())
    parts = [f"{', '.join(key for key in told if told[key] == text)}: {text}" for text in texts]
    text = " ".join("; ".join(parts).split()).replace("\\", "\\\\").replace('"""', "'''")
    return text + (" " if text.endswith('"') else "")


def _leak_test(findings: Iterable[Finding], written: Written) -> Iterator[Test]:
    """Yield the test of what laws call leaks: what ought to be, red until it is mended."""
    lines = []
    for one in findings:
        if not one.is_alarm:
            continue
        written.leaks.append(said(one))
        shown = [seen for seen in one.proof if seen.allowed]
        try:
            if one.scene is None or not shown:
                raise Unwritable("nothing was stored for it")
            code = SceneCode(one.scene, [row for row in one.scene.all_rows() if row.made])
            requests = [code.sent(seen) for seen in shown]
            comment = f"A leak ({one.code}).{f' Mended: {one.fix}' if one.fix else ''}"
            wrapped = textwrap.wrap(comment, WIDTH - 12, break_long_words=False, break_on_hyphens=False)
            asserted = call(
                "self.pb.mended", f"{one.action} by {one.who}: {one.message}", code.told(alone=True), *requests
            )
            about = f"{one.collection}: {one.message}"
            lines.append(Line(about, [*(f"# {part}" for part in wrapped), *asserted], is_leak=True))
        except Unwritable as problem:
            written.not_tested.append(f"{one.collection} {one.action}, a leak: {one.message} ({problem})")
    if lines:
        yield Test("test_leaks", "What a law calls a leak: red until it is mended.", "", lines)


def _cascade_test(collection: Collection) -> Iterator[Test]:
    """Yield the test that records go with what they cannot be without."""
    for field in collection["fields"]:
        if field["type"] == "relation" and field.get("cascadeDelete"):
            about = f"{collection['name']} goes with its {field['name']}"
            code = [f'self.pb.goes_with("{collection["name"]}", "{field["name"]}")']
            yield Test(f"test_it_goes_with_its_{field['name']}", "", "", [Line(about, code)])


def _route_tests(lines: list[RouteLine]) -> Iterator[Test]:
    """Yield a test for each route: what came of it for each caller."""
    by_route: dict[str, list[Line]] = {}
    for one in lines:
        rows = [row for row in one.scene.all_rows() if row.made] if one.scene else []
        try:
            code = SceneCode(one.scene, rows) if one.scene else None
            request = code.sent(one.seen) if code else _request_alone(one)
            written = call(
                "self.pb.answers", one.who, code.told(alone=True) if code else [], request, str(one.seen.status)
            )
        except Unwritable:
            continue
        by_route.setdefault(one.route, []).append(Line(f"{one.route}: {one.who}", written))
    for route, several in by_route.items():
        yield Test("test_" + re.sub(r"\W+", "_", route.lower()).strip("_"), "", "", several)


def _request_alone(line: RouteLine) -> str:
    body = f", {line.seen.body!r}" if line.seen.body is not None else ""
    return f'("{line.seen.who}", "{line.seen.method}", "{line.seen.path}"{body})'


# Agreeing with itself


def agreeing(session: Session, written: Written) -> Written:
    """Return the classes without the lines that do not hold on a server of their own, each told with its reason.

    The file is run as a whole until it agrees, so that what is handed over has run twice.
    """
    classes = _with_tests(_held(session, one, written) for one in written.classes)
    for _ in range(_TRIALS):
        failed = failures(session, classes)
        if not failed:
            break
        classes = _with_tests(
            one._replace(tests=[test for test in one.tests if (one.name, test.name) not in failed]) for one in classes
        )
        written.not_tested.extend(f"{name}, {test}: it does not agree with itself" for name, test in failed)
    return written._replace(classes=classes)


def _with_tests(classes: Iterable[Class]) -> list[Class]:
    """Return the classes that have a test: one without is no Python."""
    return [one for one in classes if one.tests]


def _held(session: Session, one: Class, written: Written) -> Class:
    """Return a class with the lines that hold by themselves; those of leaks are to fail."""
    tests = []
    for test in one.tests:
        lines = []
        for line in test.lines:
            failed = _run(session, [one._replace(tests=[test._replace(lines=[line])])])
            if bool(failed) == line.is_leak:
                lines.append(line)
            else:
                why = failed[0][1].partition("\n")[0] if failed else "the leak does not show in a single scene"
                written.not_tested.append(f"{line.about}: {why}")
        if lines:
            tests.append(test._replace(lines=lines))
    return one._replace(tests=tests)


def failures(session: Session, classes: list[Class]) -> list[tuple[str, str]]:
    """Return the tests that fail though they show no leak, by class."""
    expected = {(one.name, test.name) for one in classes for test in one.tests if any(x.is_leak for x in test.lines)}
    found = [tuple(title.split(".")[-2:]) for title, _ in _run(session, classes)]
    return [(name, test) for name, test in found if (name, test) not in expected]


def _run(session: Session, classes: list[Class]) -> list[tuple[str, str]]:
    """Run classes on the session's server and return the tests that fail, each with what was said."""
    from _pb.testing import helpers

    module = types.ModuleType("scaffolded")
    vars(module).update({name: getattr(helpers, name) for name in helpers.__all__})
    nothing = classmethod(lambda cls: None)
    attributes = {"setUpClass": nothing, "tearDownClass": nothing, "pb": session}
    vars(module)["Project"] = type("Project", (AccessTest,), attributes)
    exec("\n\n\n".join(one.text() for one in classes), vars(module))
    del vars(module)["AccessTest"], vars(module)["Project"]
    result = _Result()
    with redirect_stderr(io.StringIO()):
        unittest.TestLoader().loadTestsFromModule(module).run(result)
    return result.said


class _Result(unittest.TestResult):
    """Keeps of each test that fails what was said, in place of the way there."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[tuple[str, str]] = []

    def addError(self, test: unittest.TestCase, error: Any) -> None:
        super().addError(test, error)
        self.said.append((test.id(), str(error[1]).strip()))

    def addFailure(self, test: unittest.TestCase, error: Any) -> None:
        super().addFailure(test, error)
        self.said.append((test.id(), str(error[1]).strip()))


# The file


def class_name(text: str) -> str:
    """Return a name in words as the name of a class."""
    name = "".join(part[:1].upper() + part[1:] for part in re.split(r"\W|_", text))
    return f"Collection{name}" if not name[:1].isalpha() or name == "Project" else name


def _file_text(target: Path, classes: list[Class], settings: list[str], source: str) -> str:
    body = "\n\n\n".join(one.text() for one in classes)
    scripts = relative_scripts(target)
    head = _HEAD.format(
        name=target.name,
        path=f"\nsys.path.append(str(Path(__file__).parent / {scripts!r}))\n" if scripts else "",
        days="days, " if "days(" in body else "",
        server=source,
        settings="".join(f"    {line}\n" for line in settings),
    )
    return f'{head}\n\n{body}\n\n\nif __name__ == "__main__":\n    sys.exit(run_tests())\n'


def relative_scripts(target: Path) -> str:
    """Return the way from a test file to the helpers if they are in the same project, else ""."""
    scripts = Path(__file__).resolve().parents[2]
    try:
        return scripts.relative_to(target.resolve().parent).as_posix()
    except ValueError:
        return ""


def _command(target: Path) -> str:
    command = script_command("").split()[0]
    scripts = "" if relative_scripts(target) else f"PYTHONPATH={quoted(Path(__file__).resolve().parents[2])} "
    return f"{scripts}{command} {quoted(target)}"
