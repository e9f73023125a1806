"""Stop the server of the working directory and start it again, as it ran or with other options."""

from __future__ import annotations

import argparse
from typing import Any
from urllib.parse import urlsplit

from _pb.server.address import parse_listen
from _pb.server.binary import parse_version
from _pb.server.last_run import as_before
from _pb.server.layout import project_here, reported_file_errors
from _pb.server.process import forget_state, running_state, stop
from _pb.server.restart_foreign import restart_by_command, restart_process
from _pb.server.trials import refuse_trial
from _pb.server.up import Start, described, fetched, planned, start
from pb_common import Client, Outcome, PBUsageError


def restart(client: Client, args: argparse.Namespace) -> Outcome:
    """Stop the server that was started from this folder, and start one with the same executable and address.

    Other ones that are asked for are checked before the server is stopped; if none runs, one is started. A server that
    was started otherwise is restarted where the command line names its process, or the command that does it.
    """
    refuse_trial("restart")
    if args.pid is not None or args.command is not None:
        return Outcome(_of_others(client, args))
    version = parse_version(args.version) if args.version else None
    asked = Start(args.binary, version, args.http, args.dry_run)
    project = project_here()
    state = running_state(project)
    if state is None:
        return start(client, asked, project)
    if not (asked.binary or version or project.is_go):
        binary, version = as_before(project)
        asked = asked._replace(binary=binary if binary or version else state.binary, version=version)
    asked = asked._replace(listen=asked.listen or state.listen or urlsplit(state.url).netloc)
    with reported_file_errors():
        target = parse_listen(asked.listen or "")
        plan = planned(project, client.settings_of(project.folder), target, asked)
        if asked.dry_run:
            return Outcome({"stop": state.pid, **described(project, plan, asked)})
        if plan.program is None:
            asked = asked._replace(binary=str(fetched(project, version).path))
        stop(state)
        forget_state(project)
    return start(client, asked, project)


def _of_others(client: Client, args: argparse.Namespace) -> dict[str, Any]:
    given = [name for name in ("pid", "command", "binary", "version", "http") if getattr(args, name) is not None]
    if len(given) > 1:
        raise PBUsageError(
            f"--{given[0]} does not go with --{given[1]}: such a server starts again as it was.",
            hint="Leave one of them out.",
            code="wrong_command_line",
        )
    if args.pid is not None:
        return restart_process(client, args.pid, dry_run=args.dry_run)
    return restart_by_command(client, args.command, dry_run=args.dry_run)
