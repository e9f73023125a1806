#!/usr/bin/env python3
# /// script
# requires-python = ">=3.9"
# dependencies = []
# ///
"""List the server's jobs and run one now; each verb is a file of _pb/crons."""

import pb_common  # noqa: F401 # isort: skip - it names a Python that is too old, and answers Ctrl-C from here on

import sys
from typing import Any  # noqa: F401 - the type comments name it

from pb_common import Parser, add_dry_run, add_verb, add_verbs, run
from pb_common.parser import add_listing


def build_parser():  # type: () -> Parser
    """Return the parser of the command line."""
    parser = Parser(prog="pb_crons.py", description="Work on the jobs that the server runs by the clock (v0.24+).")
    verbs = add_verbs(parser, {"start": "run", "trigger": "run"})
    add_listing(_verb(verbs, "list", "list:list_crons", "list the jobs and their schedules (UTC)", "list"))
    verb = _verb(verbs, "run", "run:run_cron", "run a job now", "run __pbLogsCleanup__")
    verb.add_argument("id", metavar="ID", help="the job's id, as list shows it")
    add_dry_run(verb)
    return parser


def _verb(verbs, name, function, help, *examples):  # type: (Any, str, str, str, *str) -> Any
    shown = ["python3 scripts/pb_crons.py " + example for example in examples]
    return add_verb(verbs, name, "_pb.crons." + function, help, shown)


def main(argv=None):  # type: (list[str] | None) -> int
    """Run the command line and return the exit code."""
    return run(build_parser(), argv)


if __name__ == "__main__":
    sys.exit(main())
