"""What is wrong with the hooks of a folder."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from _pb.lint.output import NOTHING as NOTHING
from _pb.lint.output import Shown, outcome
from _pb.lint.scripts import folder_of, scripts_in, shown_mistakes
from pb_common import Client, Outcome

if TYPE_CHECKING:
    from _pb.languages.javascript import Source
    from _pb.lint.mistake import Mistake
    from _pb.lint.typed_mistakes import Ground


def lint_hooks(client: Client, args: argparse.Namespace) -> Outcome:
    """Return what is wrong with the JavaScript hooks of a folder; raise PBUsageError where there is none to judge."""
    from _pb.lint.fixes import mended
    from _pb.lint.ground import ground_of

    folder = folder_of(args.dir, "pb_hooks")
    mended(client, args, folder, deep=True)
    ground = ground_of(client, args, folder)
    if not args.tried:
        return outcome(client, args, hook_findings(folder, ground))
    from _pb.lint.tried import handlers_elsewhere, tried

    done = tried(folder, "pb_hooks", args.version)
    ground = done.over(ground)
    findings = hook_findings(folder, ground)
    elsewhere = handlers_elsewhere(done.calls, folder, ground, findings)
    return outcome(client, args, [*done.findings, *findings, *elsewhere], hint=done.registered())


def hook_findings(folder: Path, ground: Ground) -> list[Shown]:
    """Return what is wrong with the hooks of a folder."""
    from _pb.lint.hook_mistakes import hook_mistakes
    from _pb.lint.modules import Required, is_loaded, missing_modules
    from _pb.lint.routes_twice import routes_twice
    from _pb.lint.syntax import declared_elsewhere

    ground = ground._replace(hooks=folder)
    scripts = scripts_in(folder, deep=True, of="the hooks (*.pb.js)")
    required = Required(script.source for script in scripts if script.source)
    read_first = {script.path for script in scripts if is_loaded(script.path, folder)}
    at_once = [(one.path, one.source) for one in scripts if one.source and one.path in read_first]
    twice, taken = routes_twice(at_once), declared_elsewhere(at_once)
    findings: list[Shown] = []
    for script in scripts:
        loaded = script.path in read_first
        if script.source is None:
            findings += shown_mistakes(script, ()) if loaded or required.holds(script.path, folder, "") else []
        elif loaded or required.holds(script.path, folder, script.source.text):
            found = [
                *hook_mistakes(script.source, ground, is_module=not loaded),
                *twice.get(script.path, ()),
                *taken.get(script.path, ()),
            ]
            findings += shown_mistakes(
                script, [*found, *missing_modules(script.source, folder.absolute(), is_module=not loaded)]
            )
        else:
            findings += shown_mistakes(script, _not_loaded(script.source))
    return findings


def _not_loaded(source: Source) -> Iterator[Mistake]:
    """Yield what a file registers that nobody loads; others, such as scripts of a browser, are left alone."""
    from _pb.lint.hook_names import HOOKS
    from _pb.lint.mistake import Mistake

    for path, _ in source.calls():
        if path.root in HOOKS or path.root in ("routerAdd", "routerUse", "cronAdd"):
            message = f"{path.root} is never called: PocketBase loads only *.pb.js at the top of the folder."
            fix = "Name the file NAME.pb.js and put it there, or require it in one that is."
            yield Mistake("not-loaded", path.position, message, fix)
