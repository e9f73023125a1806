"""Start a running copy of the live server, list the copies that run, and end them."""

from __future__ import annotations

import argparse
import time
from datetime import datetime, timezone
from pathlib import Path
from secrets import token_hex
from typing import Any

from _pb.server.layout import Project, append_lines, reported_file_errors
from _pb.server.process import is_running, running_state, start_time
from _pb.server.superuser import Account, create_superuser
from _pb.server.trials import (
    Trial,
    end,
    make_trials_folder,
    note_trial,
    require_trial_name,
    trials_folder,
    trials_of,
)
from _pb.trials.anonymizing import anonymize, parse_fields
from _pb.trials.copying import check_source, project_for_copies, source_of
from _pb.trials.database import applied_migrations, cut_off
from _pb.trials.fresh_backup import settle_backups
from _pb.trials.holding import Keeper, free_port, is_port_taken
from _pb.trials.preparing import Chosen, choose, fill
from _pb.trials.project import copy_project, cut_off_scripts
from pb_common import Client, Outcome, PBConnectionError, PBUsageError, Settings, script_command
from pb_common.files import PRIVATE
from pb_common.project import shown

_NAME = "trial"
_ATTEMPTS = 3


def trial(client: Client, args: argparse.Namespace) -> Any:
    """Return a running copy of the live server with its data, or what `list` and `stop` say of those that run.

    Follows POST /api/backups and the download of that backup, which is deleted again. Raises PBUsageError for a name
    that is in use, PBRefused where the copy does not fit on the disk, PBConnectionError if it does not start.
    """
    home = project_for_copies()
    word = args.words[0] if args.words else _NAME
    if word == "list" and len(args.words) == 1:
        return [_described(found) for found in trials_of(home)]
    if word == "stop" and len(args.words) <= 2:
        return _stop(home, args.words[1:], dry_run=args.dry_run)
    if len(args.words) > 1:
        raise PBUsageError(
            f"{' '.join(args.words)!r} is more than a name.",
            hint=f"One word: {script_command('pb_server.py trial NAME')} - those that run:"
            f" {script_command('pb_server.py trial list')} - end one: {script_command('pb_server.py trial stop NAME')}",
            code="wrong_command_line",
        )
    with reported_file_errors():
        return _start(client, args, home, require_trial_name(word))


def _start(client: Client, args: argparse.Namespace, home: Path, name: str) -> Outcome:
    source = source_of(args.source)
    fields = parse_fields(args.anonymize)
    if any(found.name == name for found in trials_of(home)):
        raise _in_use(name)
    free_port(args.port)
    if not args.dry_run:
        settle_backups(client, trials_folder(home))
    known = check_source(client, source, home)
    if args.dry_run:
        folder = trials_folder(home) / name
        return Outcome({"dryRun": True, "name": name, "from": source.name, "folder": shown(folder), **known})
    chosen = choose(client, home, source, args.project, args.revision, version=args.version)
    folder = make_trials_folder(home) / name
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        raise _in_use(name) from None
    with Keeper(folder) as keeper:
        until = time.time() + args.seconds
        note_trial(Trial(folder, keeper.pid, start_time(keeper.pid), until, {}))
        live = fill(client, source, folder)
        if fields:
            anonymize(folder / "pb_data", fields)
        facts = _run(client, keeper, chosen, live, port=args.port, crons=args.crons)
        facts.update({"from": source.name, "anonymized": sorted(fields)} if fields else {"from": source.name})
        done = Trial(folder, keeper.pid, start_time(keeper.pid), until, facts)
        note_trial(done)
        keeper.go_on(until)
    return Outcome(
        _described(done),
        hint=f"Every script works on it with --env trial:{name}, for example:"
        f" {script_command(f'pb_collections.py --env trial:{name} describe')} - it ends by itself, or with:"
        f" {script_command(f'pb_server.py trial stop {name}')}",
    )


def _run(
    client: Client, keeper: Keeper, chosen: Chosen, live: dict[str, Any] | None, *, port: int, crons: bool
) -> dict[str, Any]:
    """Start a trial's server on its data, with an account of its own; return what is said of it."""
    folder, data = keeper.folder, keeper.folder / "pb_data"
    program = chosen.program(folder)
    account = Account(f"trial-{token_hex(4)}@example.com", token_hex(16), configured=False)
    before = applied_migrations(data)
    cut_off(data, client.settings.url, keeper.smtp, live)  # settings that are encrypted would end it
    # Before its migrations are there: one that does not load would end this command as well.
    create_superuser(program, account)
    copy_project(chosen.source, chosen.revision, folder)
    cut_off_scripts(folder, keeper.http, before, crons=crons)
    for attempt in range(1, _ATTEMPTS + 1):
        cut_off(data, keeper.choose_port(port), keeper.smtp, live)
        try:
            keeper.start(program, crons=crons)
            break
        except PBConnectionError as error:
            if not is_port_taken(error) or attempt == _ATTEMPTS:
                raise
    values = {"PB_URL": keeper.url, "PB_SUPERUSER_EMAIL": account.email, "PB_SUPERUSER_PASSWORD": account.password}
    lines = [f"{key}={value}" for key, value in {**values, "PB_SUPERUSER_TOKEN": ""}.items()]
    append_lines(folder / ".env", lines, PRIVATE)
    with Client(Settings(keeper.url, account.email, account.password)) as fresh:
        fresh.superuser_token()
        client.status = fresh.status
    applied = sorted(applied_migrations(data) - before)
    return {"url": keeper.url, "version": program.version, "account": account.email, "crons": crons, "applied": applied}


def _described(found: Trial) -> dict[str, Any]:
    """Return what is said of a trial."""
    folder = found.folder
    if not found.facts:
        return {"name": found.name, "running": False, "folder": shown(folder), "preparing": True}
    state = running_state(Project(folder))
    until = datetime.fromtimestamp(found.until, timezone.utc).strftime("%Y-%m-%d %H:%M:%SZ")
    return {
        "name": found.name,
        "running": bool(state and is_running(state)),
        **found.facts,
        "dashboard": f"{found.facts['url']}/_/",
        "passwordIn": shown(folder / ".env"),
        "folder": shown(folder),
        "mails": _count(folder / "mails", "eml"),
        "requests": _count(folder / "requests", "http"),
        "until": until,
    }


def _count(folder: Path, suffix: str) -> int:
    return sum(1 for _ in folder.glob(f"*.{suffix}"))


def _stop(home: Path, names: list[str], *, dry_run: bool) -> dict[str, Any]:
    running = {found.name: found for found in trials_of(home)}
    if not names:
        if len(running) != 1:
            raise PBUsageError(
                f"There are {len(running)} trials: {', '.join(running) or 'none'}.",
                hint=f"Name the one to end: {script_command(f'pb_server.py trial stop {min(running)}')}"
                if running
                else script_command("pb_server.py trial"),
                code="wrong_command_line",
            )
        names = list(running)
    found = running.get(names[0])
    if found is None:
        return {"stopped": False, "name": names[0], "running": sorted(running)}
    if dry_run:
        return {"dryRun": True, "stop": found.name, "folder": shown(found.folder)}
    end(found)
    return {"stopped": True, "name": found.name, "folder": shown(found.folder)}


def _in_use(name: str) -> PBUsageError:
    return PBUsageError(
        f"There is a trial {name!r} already.",
        hint=f"End it: {script_command(f'pb_server.py trial stop {name}')} - or give another name.",
        code="exists_already",
    )
