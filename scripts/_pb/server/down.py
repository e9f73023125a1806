"""Stop the server of the working directory."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.server.address import is_taken, target_of
from _pb.server.layout import project_here, reported_file_errors
from _pb.server.process import forget_state, running_state, stop
from _pb.server.trials import refuse_trial
from pb_common import Client


def down(client: Client, args: argparse.Namespace) -> Any:
    """Stop the server that was started from this folder, and no other process."""
    refuse_trial("down")
    project = project_here()
    state = running_state(project)
    if args.dry_run:
        return {"dryRun": True, "stop": state.pid if state else None}
    with reported_file_errors():
        if state:
            stop(state)
        forget_state(project)
    if state:
        return {"stopped": True, "pid": state.pid, "url": state.url}
    url = client.settings_of(project.folder).url
    if target_of(url).listen and is_taken(url):
        client.warn(f"Something answers at {url}, but it was not started from this folder and was left alone.")
    return {"stopped": False, "pid": None, "url": None}
