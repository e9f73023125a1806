"""What is wrong with the migrations of a folder."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from _pb.languages.javascript import Span
from _pb.languages.javascript_tokens import TEMPLATE, TEXT
from _pb.lint.output import NOTHING as NOTHING
from _pb.lint.output import Shown, outcome
from _pb.lint.scripts import (
    Script,
    folder_of,
    read_scripts,
    script_paths,
    scripts_in,
    shown_mistakes,
)
from pb_common import Client, Outcome

if TYPE_CHECKING:
    from _pb.languages.javascript import Source
    from _pb.lint.mistake import Mistake
    from _pb.lint.typed_mistakes import Ground

_FINDERS = ("getByName", "getById", "removeByName", "findCollectionByNameOrId")


def lint_migrations(client: Client, args: argparse.Namespace) -> Outcome:
    """Return what is wrong with the JavaScript migrations of a folder, what destroys data among it.

    Raises PBUsageError where there is no file to judge.
    """
    from _pb.lint.api import Api
    from _pb.lint.fixes import mended
    from _pb.lint.ground import release_of
    from _pb.lint.typed_mistakes import Ground

    folder = folder_of(args.dir, "pb_migrations")
    mended(client, args, folder, deep=False)
    ground = Ground(Api(args.version or release_of(folder)))
    if not args.tried:
        return outcome(client, args, migration_findings(folder, ground))
    from _pb.lint.tried import tried

    done = tried(folder, "pb_migrations", args.version)
    return outcome(client, args, [*done.findings, *migration_findings(folder, done.over(ground))])


def migration_findings(folder: Path, ground: Ground) -> list[Shown]:
    """Return what is wrong with the migrations of a folder."""
    elsewhere = list(_never_applied(folder))
    if elsewhere and not script_paths(folder, deep=False):
        return elsewhere
    scripts = scripts_in(folder, deep=False, of="the migrations")
    hooks = folder.absolute().parent / "pb_hooks"
    findings: list[Shown] = []
    names = (text for script in scripts if script.source for text in _names_in(script.source))
    ground = ground.besides(frozenset(names) if ground.fields is not None else frozenset())
    wrong = dict(_names_in_disorder([script.path.name for script in scripts]))
    for script in scripts:
        if script.path.name in wrong:
            findings += shown_mistakes(script._replace(source=None, mistake=wrong[script.path.name]), ())
        findings += shown_mistakes(script, _mistakes(script.source, ground, hooks) if script.source else ())
    return [*findings, *elsewhere]


def _names_in(source: Source) -> Iterator[str]:
    """Yield the names that a migration gives to collections and fields, or finds, renames and removes them by."""
    for index, token in enumerate(source.tokens):
        text = source.literal(Span(index, index + 1)) if token.kind in (TEXT, TEMPLATE) else None
        before = (source.word(index - 2), source.word(index - 1))
        key = before[0].strip("\"'")
        if text is not None and ((key == "name" and before[1] in (":", "=")) or key in _FINDERS):
            yield text


def _never_applied(folder: Path) -> Iterator[Shown]:
    """Yield the migrations that PocketBase does not read: those in folders below, and those with other endings."""
    from _pb.lint.mistake import Mistake

    fix = "Give it the ending .js, and put it into the folder of migrations itself."
    for path in script_paths(folder, deep=True, endings=(".js", ".ts", ".mjs", ".cjs")):
        is_read = path.parent == folder and path.name.endswith((".js", ".ts"))
        source = None if is_read else next(iter(read_scripts([path]))).source
        call = next((path for path, _ in source.calls() if path.root == "migrate"), None) if source else None
        if source and call:
            why = "a folder below" if path.parent != folder else f"a file that ends in {path.suffix}"
            message = f"It is never applied: PocketBase reads no migration in {why}."
            script = Script(path, source)
            yield from shown_mistakes(script, [Mistake("not-loaded", call.position, message, fix)])


def _mistakes(source: Source, ground: Ground, hooks: Path) -> Iterator[Mistake]:
    from _pb.lint.migration_mistakes import migration_mistakes
    from _pb.lint.modules import missing_modules

    yield from migration_mistakes(source, ground)
    yield from missing_modules(source, hooks, is_module=False)


# From so many digits on numbers are moments, in seconds or parts of them, whose order as texts is that in time.
_SECONDS = 10


def _names_in_disorder(names: list[str]) -> Iterator[tuple[str, Mistake]]:
    """Yield the names whose order as texts, in which PocketBase applies them, is not that of their numbers."""
    from _pb.lint.mistake import Mistake

    fix = "Rename it before it is applied anywhere, so that the numbers have the same length and say the order."
    numbered = [(match[0], name) for name in names if (match := re.match(r"\d+", name))]
    for (before, other), (number, name) in zip(numbered, numbered[1:]):
        if int(number) == int(before):
            message = f"{other} has the same number: which of them comes first, their names decide."
            yield name, Mistake("name-order", 0, message, fix, "warning")
        elif int(number) < int(before) and min(len(number), len(before)) < _SECONDS:
            message = f"It is applied after {other}, as names are compared as texts."
            yield name, Mistake("name-order", 0, message, fix)
