"""What is wrong with the migrations of a folder."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from _pb.lint.output import Shown, outcome
from _pb.lint.scripts import (
    Script,
    folder_of,
    read_scripts,
    script_paths,
    scripts_in,
    shown_mistakes,
    with_tried,
)
from pb_common import Client, Outcome

if TYPE_CHECKING:
    from _pb.languages.javascript import Source
    from _pb.lint.api import Api
    from _pb.lint.mistake import Mistake


def lint_migrations(client: Client, args: argparse.Namespace) -> Outcome:
    """Return what is wrong with the JavaScript migrations of a folder, what destroys data among it.

    Raises PBUsageError where there is no file to judge.
    """
    from _pb.lint.api import Api
    from _pb.lint.fixes import mended
    from _pb.lint.ground import release_of

    folder = folder_of(args.dir, "pb_migrations")
    mended(client, args, folder, deep=False)
    findings = migration_findings(folder, Api(args.version or release_of(folder)))
    return outcome(client, args, with_tried(findings, folder, "pb_migrations", args))


def migration_findings(folder: Path, api: Api) -> list[Shown]:
    """Return what is wrong with the migrations of a folder."""
    elsewhere = list(_never_applied(folder))
    if elsewhere and not script_paths(folder, deep=False):
        return elsewhere
    scripts = scripts_in(folder, deep=False, of="the migrations")
    hooks = folder.absolute().parent / "pb_hooks"
    findings: list[Shown] = []
    wrong = dict(_names_in_disorder([script.path.name for script in scripts]))
    for script in scripts:
        if script.path.name in wrong:
            findings += shown_mistakes(script._replace(source=None, mistake=wrong[script.path.name]), ())
        findings += shown_mistakes(script, _mistakes(script.source, api, hooks) if script.source else ())
    return [*findings, *elsewhere]


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


def _mistakes(source: Source, api: Api, hooks: Path) -> Iterator[Mistake]:
    from _pb.lint.migration_mistakes import migration_mistakes
    from _pb.lint.modules import missing_modules
    from _pb.lint.typed_mistakes import Ground

    yield from migration_mistakes(source, Ground(api))
    yield from missing_modules(source, hooks)


def _names_in_disorder(names: list[str]) -> Iterator[tuple[str, Mistake]]:
    """Yield the names whose order as texts, in which PocketBase applies them, is not that of their numbers."""
    from _pb.lint.mistake import Mistake

    fix = "Rename it before it is applied anywhere, so that the numbers have the same length and say the order."
    numbered = [(int(match[0]), name) for name in names if (match := re.match(r"\d+", name))]
    for (before, other), (number, name) in zip(numbered, numbered[1:]):
        if number == before:
            message = f"{other} has the same number: which of them comes first, their names decide."
            yield name, Mistake("name-order", 0, message, fix, "warning")
        elif number < before:
            message = f"It is applied after {other}, as names are compared as texts."
            yield name, Mistake("name-order", 0, message, fix)
