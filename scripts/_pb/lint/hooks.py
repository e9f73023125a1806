"""What is wrong with the hooks of a folder."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from _pb.lint.output import outcome
from _pb.lint.scripts import folder_of, script_findings
from pb_common import Client, Outcome


def lint_hooks(client: Client, args: argparse.Namespace) -> Outcome:
    """Return what is wrong with the JavaScript hooks of a folder."""
    from _pb.lint.mistakes import hook_mistakes

    folder = folder_of(args.dir, "pb_hooks")
    findings = []
    for path in sorted(folder.rglob("*.[jt]s")):
        if "node_modules" in path.parts or path.name.endswith(".d.ts"):
            continue
        loaded = path.parent == folder and path.name.endswith((".pb.js", ".pb.ts"))
        findings += script_findings(path, hook_mistakes if loaded else _not_loaded)
    return outcome(client, findings, [])


def _not_loaded(source: Any) -> Iterator[Any]:
    from _pb.lint.mistakes import Mistake, script_mistakes

    yield from script_mistakes(source)
    for call in source.calls(r"on[A-Z]\w*Request|onRecord\w+|onBootstrap|routerAdd|routerUse|cronAdd"):
        message = f"{call.name} is never called: PocketBase loads only *.pb.js at the top of the folder."
        yield Mistake("not-loaded", call.start, message, "Name the file NAME.pb.js and put it there.")
