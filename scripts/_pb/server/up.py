"""Start the PocketBase of the working directory, unless it runs already; the demo on it, if it is asked for."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any, Callable, NamedTuple

from _pb.server.address import (
    Target,
    is_taken,
    next_free,
    other_port_command,
    parse_listen,
    pocketbase_answers,
    target_of,
)
from _pb.server.binary import Binary, parse_version
from _pb.server.complaints import load_errors
from _pb.server.go_program import build_program, data_folder
from _pb.server.last_run import as_before, not_fetched, upgrade
from _pb.server.launch import Plan, make_plan, run_plan
from _pb.server.layout import Project, is_the_skill, project_here, project_lock, reported_file_errors
from _pb.server.process import State, running_state, stop
from _pb.server.program import standalone
from _pb.server.set_aside import settle
from _pb.server.superuser import has_superuser
from _pb.server.trials import refuse_trial
from _pb.server.unchanged import require_unchanged
from pb_common import (
    Client,
    Outcome,
    PBError,
    PBRefused,
    PBRequestError,
    PBUsageError,
    Settings,
    script_command,
)
from pb_common.project import quoted
from pb_common.settings import effective_values

Demo = Callable[[Client], dict[str, Any]]


class Start(NamedTuple):
    """What is asked of a start; `demo` fills the server once it runs."""

    binary: str | None
    version: str | None
    listen: str | None
    dry_run: bool
    demo: Demo | None = None


def start(client: Client, asked: Start, project: Project | None = None) -> Outcome:
    """Make sure that a PocketBase answers at PB_URL and lets the superuser in; start one if nothing answers.

    `project` is by default the one of the working directory.
    """
    refuse_trial("up")
    project = project or project_here()
    if not asked.dry_run:
        settle(client, [project.folder])
    version = parse_version(asked.version) if asked.version else None
    asked = asked._replace(version=version)
    with reported_file_errors(), contextlib.nullcontext() if asked.dry_run else project_lock(project):
        settings = client.settings_of(project.folder)
        state = running_state(project)
        target = parse_listen(asked.listen) if asked.listen else _place(client, settings, project, running=bool(state))
        if state:
            _require_same(state, target if asked.listen else None, version)
            may_build = project.is_go and not (asked.dry_run or settings.readonly)
            if may_build and build_program(project) != state.build:
                stop(state)
                return _started(client, settings, project, target_of(state.url), asked)
            outcome = _joined(client, settings._replace(url=state.url), project, state, asked)
        elif pocketbase_answers(settings, target):
            outcome = _foreign(client, settings._replace(url=target.url), asked)
        else:
            return _started(client, settings, project, target, asked)
        _warn_of_other_url(client, project, target.url if not state else state.url)
        return outcome


def _place(client: Client, settings: Settings, project: Project, *, running: bool) -> Target:
    """Return where PB_URL leads; where nobody has named a place, and the usual one is taken, the next one after it."""
    target = target_of(settings.url)
    named = effective_values(folder=project.folder)[1]
    if running or named.get("PB_URL") or settings.email or settings.token or not is_taken(target.url):
        return target
    free = next_free(target)
    client.warn(f"Something that was not started from this folder answers at {target.url}, so this starts beside it.")
    return free


def _started(client: Client, settings: Settings, project: Project, target: Target, asked: Start) -> Outcome:
    given, asked = asked.version, _as_before(project, asked)
    plan = planned(project, settings, target, asked)
    if is_the_skill(project.folder):
        client.warn(
            "This is the skill's own folder: whoever installs the skill from it copies .env and pb_data as well."
            " Start it from a project's folder instead."
        )
    if asked.dry_run:
        if "PB_URL" not in plan.env or os.environ.get("PB_URL"):  # the environment wins over .env
            _warn_of_other_url(client, project, target.url)
        return Outcome(described(project, plan, asked))
    program = plan.program or standalone(project, _fetched_again(project, asked.version, given))
    others = upgrade(project, program.version)
    is_another = has_superuser(program.data)
    was_open = project.others_read_env
    started = run_plan(project, plan, program)
    for complaint in [*others, *started.complaints]:
        client.warn(complaint)
    if plan.env and settings.env_file not in (None, project.env):
        client.warn(f"The new {project.env} is now read instead of {settings.env_file}.")
    if "PB_SUPERUSER_PASSWORD" in plan.env and project.others_read_env:
        client.warn(f"{project.env} holds a password, others may read it, and only its owner can change that.")
    elif "PB_SUPERUSER_PASSWORD" in plan.env and was_open:
        client.warn(f"{project.env} holds a password now, so others than its owner may no longer read it.")
    _warn_of_other_url(client, project, target.url)
    fresh = client.settings_of(project.folder)._replace(url=target.url)
    outcome = _joined(client, fresh, project, started.state, asked, started=True)
    hints = [outcome.hint] if outcome.hint else []
    if plan.account and started.created:
        place = project.env if "PB_SUPERUSER_PASSWORD" in plan.env else "the settings"
        beside = " beside those that the data has, as none of them is configured" if is_another else ""
        hints = [f"The superuser {plan.account.email} was created{beside}; its password is in {place}.", *hints]
    return outcome._replace(hint=" ".join(hints) or None)


def planned(project: Project, settings: Settings, target: Target, asked: Start) -> Plan:
    """Return what a start will do, with a Go project's program built; raises PBUsageError if it cannot be done.

    Raises PBRefused where it would change the data, and PB_READONLY is on.
    """
    if project.is_go:
        if asked.binary or asked.version:
            raise PBUsageError(
                "--binary and --version do not apply: go.mod names PocketBase, so the project's own program is built.",
                hint="Change the version with: go get github.com/pocketbase/pocketbase@vX.Y.Z",
                code="wrong_command_line",
            )
        if not asked.dry_run:
            require_unchanged(project, settings, None, None)
            build_program(project)
    plan = make_plan(project, settings, target, asked.binary, asked.version)
    if not asked.dry_run:
        require_unchanged(project, settings, plan, asked.version)
    return plan


def _as_before(project: Project, asked: Start) -> Start:
    if asked.binary or asked.version:
        return asked
    binary, version = as_before(project)
    return asked._replace(binary=binary, version=version)


def _fetched_again(project: Project, version: str | None, given: str | None) -> Binary:
    try:
        return fetched(project, version)
    except PBError as error:
        raise error if given else not_fetched(project, version, error) from None


def fetched(project: Project, version: str | None) -> Binary:
    """Return the executable of a release, the newest by default, after it was fetched."""
    from _pb.server.download import fetch_binary, release_url

    return fetch_binary(version, release_url(effective_values(folder=project.folder)[1]))


def described(project: Project, plan: Plan, asked: Start) -> dict[str, Any]:
    """Return what a start would do."""
    program = plan.program
    return {
        "dryRun": True,
        "url": plan.target.url,
        "binary": str(program.path) if program else None,
        "fetch": None if program else asked.version or "the newest release",
        "build": project.is_go,
        "superuser": plan.account.email if plan.account else None,
        "env": sorted(plan.env),
        "gitignore": project.missing_ignores(),
        "command": program.serve(plan.target.listen) if program else None,
        "demo": asked.demo is not None,
    }


def _joined(
    client: Client, settings: Settings, project: Project, state: State, asked: Start, *, started: bool = False
) -> Outcome:
    """Return the result for the project's own running server, after the superuser's login and the demo."""
    process = {"version": state.version, "pid": state.pid, "binary": state.binary, "log": str(project.log)}
    data = {**process, "started": started}
    place = {"url": state.url, "dashboard": f"{state.url}/_/", **_account(settings)}
    if asked.dry_run:
        return Outcome({"dryRun": True, **data, **place})
    for complaint in [] if started else load_errors(project):
        client.warn(complaint)
    shown = None
    with Client(settings) as fresh:
        try:
            fresh.superuser_token()
            shown = asked.demo(fresh) if asked.demo else None
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
    if project.folder != Path.cwd():
        place = {"folder": str(project.folder), **place}
    # What a person looks for comes last, where a terminal shows it.
    return Outcome(
        {**data, **({} if shown is None else {"demo": shown}), **place},
        success=shown is None or not shown["failed"],
        hint=None if project.folder == Path.cwd() else f"Work on it from its folder: cd {quoted(project.folder)}",
    )


def _account(settings: Settings) -> dict[str, str | None]:
    """Return who the superuser is, and where the password is found."""
    if not settings.password:
        return {"account": settings.email or None, "passwordIn": None}
    in_environment = os.environ.get("PB_SUPERUSER_PASSWORD") is not None
    return {"account": settings.email, "passwordIn": "the environment" if in_environment else str(settings.env_file)}


def _foreign(client: Client, settings: Settings, asked: Start) -> Outcome:
    """Return the result for a PocketBase that was not started from this folder; its login must be configured."""
    url = settings.url
    if asked.demo:
        raise PBRefused(
            f"The PocketBase at {url} was not started from this folder, so the demo is not put into it.",
            hint=f"Give the demo a server of its own: {other_port_command()} --demo",
        )
    with Client(settings) as fresh:
        try:
            fresh.superuser_token()
        except (PBUsageError, PBRequestError) as error:
            error.hint = (
                f"A PocketBase that was not started from this folder answers at {url}. Start this folder's own beside"
                f" it: {other_port_command()} - or, to use that one: {error.hint}"
            )
            raise
        client.status = fresh.status
    unknown = {"version": None, "pid": None, "binary": None, "log": None}
    data = {**unknown, "started": False, "url": url, "dashboard": f"{url}/_/", **_account(settings)}
    return Outcome({"dryRun": True, **data} if asked.dry_run else data)


def _require_same(state: State, target: Target | None, version: str | None) -> None:
    """Raise PBUsageError if the running server is not the one that was asked for."""
    other = target is not None and target.url != state.url
    if other or (version and version != state.version):
        raise PBUsageError(
            f"This folder's PocketBase {state.version} runs at {state.url} already (pid {state.pid}).",
            hint=f"Stop it first: {script_command('pb_server.py down')}",
        )


def _warn_of_other_url(client: Client, project: Project, url: str) -> None:
    """Warn if the other scripts would go to another server."""
    configured = client.settings_of(project.folder).url
    if configured != url:
        client.warn(f"PB_URL is {configured}, so the other scripts go there. Set PB_URL={url} to use this server.")
