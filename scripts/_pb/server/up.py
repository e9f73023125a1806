"""Start the PocketBase of the working directory, unless it runs already; the demo on it, if it is asked for."""

from __future__ import annotations

import argparse
import contextlib
import os
from pathlib import Path
from typing import Any, Callable

from _pb.server.address import Target, other_port_command, parse_listen, pocketbase_answers, target_of
from _pb.server.binary import parse_version
from _pb.server.go_program import build_program, data_folder
from _pb.server.launch import Plan, make_plan, run_plan
from _pb.server.layout import Project, project_lock, reported_file_errors
from _pb.server.process import State, running_state, stop
from _pb.server.program import standalone
from pb_common import (
    Client,
    Outcome,
    PBError,
    PBRefused,
    PBRequestError,
    PBUsageError,
    Settings,
    load_settings,
    script_command,
)
from pb_common.settings import effective_values

Demo = Callable[[Client], dict[str, Any]]


def up(client: Client, args: argparse.Namespace, demo: Demo) -> Any:
    """Make sure that a PocketBase answers at PB_URL and lets the superuser in; start one if nothing answers.

    `demo` fills it where --demo asks for that.
    """
    project = Project(Path.cwd())
    version = parse_version(args.version) if args.version else None
    with reported_file_errors(), contextlib.nullcontext() if args.dry_run else project_lock(project):
        settings = load_settings()
        target = parse_listen(args.http) if args.http else target_of(settings.url)
        state = running_state(project)
        if state:
            _require_same(state, target if args.http else None, version)
            if project.is_go and not args.dry_run and build_program(project) != state.build:
                stop(state)
                return _start(client, settings, project, target_of(state.url), None, args, demo)
            outcome = _joined(client, settings._replace(url=state.url), project, state, args, demo)
        elif pocketbase_answers(settings, target):
            outcome = _foreign(client, settings._replace(url=target.url), args)
        else:
            return _start(client, settings, project, target, version, args, demo)
        _warn_of_other_url(client, target.url if not state else state.url)
        return outcome


def _start(
    client: Client,
    settings: Settings,
    project: Project,
    target: Target,
    version: str | None,
    args: argparse.Namespace,
    demo: Demo,
) -> Any:
    if project.is_go:
        _refuse_release(args.binary or version)
        if not args.dry_run:
            build_program(project)
    plan = make_plan(project, settings, target, args.binary, version)
    if args.dry_run:
        if "PB_URL" not in plan.env or os.environ.get("PB_URL"):  # the environment wins over .env
            _warn_of_other_url(client, target.url)
        return _described(project, plan, version, args.demo)
    program = plan.program or standalone(project, _fetched(version))
    was_open = project.others_read_env
    started = run_plan(project, plan, program)
    for complaint in started.complaints:
        client.warn(complaint)
    if plan.env and settings.env_file not in (None, project.env):
        client.warn(f"The new {project.env} is now read instead of {settings.env_file}.")
    if "PB_SUPERUSER_PASSWORD" in plan.env and project.others_read_env:
        client.warn(f"{project.env} holds a password, others may read it, and only its owner can change that.")
    elif "PB_SUPERUSER_PASSWORD" in plan.env and was_open:
        client.warn(f"{project.env} holds a password now, so others than its owner may no longer read it.")
    hint = None
    if plan.account and started.created:
        place = project.env if "PB_SUPERUSER_PASSWORD" in plan.env else "the settings"
        hint = f"The superuser {plan.account.email} was created; its password is in {place}."
    _warn_of_other_url(client, target.url)
    fresh = load_settings()._replace(url=target.url)
    outcome = _joined(client, fresh, project, started.state, args, demo, started=True)
    return outcome._replace(hint=hint)


def _refuse_release(named: str | None) -> None:
    """Raise PBUsageError if a Go project is to be served by a released executable."""
    if named:
        raise PBUsageError(
            "--binary and --version do not apply: go.mod names PocketBase, so the project's own program is built.",
            hint="Change the version with: go get github.com/pocketbase/pocketbase@vX.Y.Z",
        )


def _fetched(version: str | None) -> Any:
    from _pb.server.download import fetch_binary, release_url

    return fetch_binary(version, release_url(effective_values()[1]))


def _described(project: Project, plan: Plan, version: str | None, demo: bool) -> dict[str, Any]:
    """Return what a start would do."""
    program = plan.program
    return {
        "dryRun": True,
        "url": plan.target.url,
        "binary": str(program.path) if program else None,
        "fetch": None if program else version or "the newest release",
        "build": project.is_go,
        "superuser": plan.account.email if plan.account else None,
        "env": sorted(plan.env),
        "gitignore": project.missing_ignores(),
        "command": program.serve(plan.target.listen) if program else None,
        "demo": demo,
    }


def _joined(
    client: Client,
    settings: Settings,
    project: Project,
    state: State,
    args: argparse.Namespace,
    demo: Demo,
    started: bool = False,
) -> Outcome:
    """Return the result for the project's own running server, after the superuser's login and the demo."""
    data = {
        "url": state.url,
        "dashboard": f"{state.url}/_/",
        "version": state.version,
        "pid": state.pid,
        "binary": state.binary,
        "log": str(project.log),
        "started": started,
    }
    if args.dry_run:
        return Outcome({"dryRun": True, **data})
    with Client(settings) as fresh:
        try:
            fresh.superuser_token()
            shown = demo(fresh) if args.demo else None
        except PBError as error:
            if isinstance(error, PBUsageError):  # no credentials, which this command writes only for a new server
                kept = data_folder(project, Path(state.binary)) if project.is_go else project.data
                error.hint = (
                    "Set PB_SUPERUSER_EMAIL and PB_SUPERUSER_PASSWORD in .env to those of a superuser of this server;"
                    f' a new one is made with: "{state.binary}" superuser upsert EMAIL PASSWORD --dir "{kept}"'
                )
            client.warn(
                f"The server runs at {state.url} (pid {state.pid}); stop it with: {script_command('pb_server.py down')}"
            )
            raise error
        client.status = fresh.status
        for sentence in fresh.warnings:
            client.warn(sentence)
    if shown is None:
        return Outcome(data)
    return Outcome({**data, "demo": shown}, success=not shown["failed"])


def _foreign(client: Client, settings: Settings, args: argparse.Namespace) -> Outcome:
    """Return the result for a PocketBase that was not started from this folder; its login must be configured."""
    url = settings.url
    if args.demo:
        raise PBRefused(
            f"The PocketBase at {url} was not started from this folder, so the demo is not put into it.",
            hint=f"Give the demo a server of its own: {other_port_command()} --demo",
        )
    with Client(settings) as fresh:
        try:
            fresh.superuser_token()
        except (PBUsageError, PBRequestError) as error:
            error.hint = (
                f"A PocketBase that was not started from this folder answers at {url}. {error.hint}"
                f" Or start one beside it: {other_port_command()}"
            )
            raise
        client.status = fresh.status
    unknown = {"version": None, "pid": None, "binary": None, "log": None}
    data = {"url": url, "dashboard": f"{url}/_/", **unknown, "started": False}
    return Outcome({"dryRun": True, **data} if args.dry_run else data)


def _require_same(state: State, target: Target | None, version: str | None) -> None:
    """Raise PBUsageError if the running server is not the one that was asked for."""
    other = target is not None and target.url != state.url
    if other or (version and version != state.version):
        raise PBUsageError(
            f"This folder's PocketBase {state.version} runs at {state.url} already (pid {state.pid}).",
            hint=f"Stop it first: {script_command('pb_server.py down')}",
        )


def _warn_of_other_url(client: Client, url: str) -> None:
    """Warn if the other scripts would go to another server."""
    configured = load_settings().url
    if configured != url:
        client.warn(f"PB_URL is {configured}, so the other scripts go there. Set PB_URL={url} to use this server.")
