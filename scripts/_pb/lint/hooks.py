"""What is wrong with the hooks of a folder."""

from __future__ import annotations

import argparse

from _pb.lint.output import outcome
from _pb.lint.scripts import folder_of, script_findings
from pb_common import Client, Outcome


def lint_hooks(client: Client, args: argparse.Namespace) -> Outcome:
    """Return what is wrong with the JavaScript hooks of a folder."""
    from _pb.lint.mistakes import hook_mistakes, not_loaded_mistakes

    folder = folder_of(args.dir, "pb_hooks")
    findings = []
    for path in sorted(folder.rglob("*.[jt]s")):
        if "node_modules" in path.parts or path.name.endswith(".d.ts"):
            continue
        loaded = path.parent == folder and path.name.endswith((".pb.js", ".pb.ts"))
        findings += script_findings(path, hook_mistakes if loaded else not_loaded_mistakes)
    return outcome(client, args, findings)
