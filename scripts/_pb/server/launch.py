"""Start the project's own server: account, .env, process, and the wait until it is healthy."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from _pb.server.address import Target, is_healthy
from _pb.server.binary import find_binary
from _pb.server.complaints import hook_complaints
from _pb.server.go_program import fingerprint, go_program, probed_program
from _pb.server.last_run import note_run
from _pb.server.layout import Project
from _pb.server.log_file import last_words, size
from _pb.server.process import State, forget_state, save_state, start_detached, start_time, stop
from _pb.server.program import Program, standalone
from _pb.server.superuser import Account, create_superuser, plan_account
from pb_common import PBConnectionError, PBUsageError, Settings, load_settings
from pb_common.settings import effective_values

if TYPE_CHECKING:
    from subprocess import Popen

_LOG_LINES = 20
_PAUSE = 0.05


class Plan(NamedTuple):
    """What a start will do; `program` is None if it must be fetched, `account` if the configured one counts."""

    target: Target
    program: Program | None
    account: Account | None
    env: dict[str, str]


class Started(NamedTuple):
    """A server that was started: its state, whether an account was created, and what the log complains of."""

    state: State
    created: bool
    complaints: list[str]


def make_plan(project: Project, settings: Settings, target: Target, named: str | None, version: str | None) -> Plan:
    """Return what a start will do, after checks that need no change; raises PBUsageError if one fails.

    `named` and `version` are the executable and the release that the user asked for. A Go program is built before.
    """
    if project.is_go:
        program: Program | None = go_program(project)
    else:
        binary = find_binary(project.folder, named, version)
        program = standalone(project, binary) if binary else None
    account = plan_account(settings, program.data if program else project.data)
    env = _missing_keys(project, target, account)
    if env:
        project.require_writable_env()
    return Plan(target, program, account, env)


def _missing_keys(project: Project, target: Target, account: Account | None) -> dict[str, str]:
    """Return the keys that .env lacks, so that the other scripts find the server and may log in."""
    env_file, values = effective_values(folder=project.folder)
    wanted = {} if values.get("PB_URL") else {"PB_URL": target.url}
    if account and not account.configured:
        wanted.update(PB_SUPERUSER_EMAIL=account.email, PB_SUPERUSER_PASSWORD=account.password)
        hidden = [key for key in wanted if key in os.environ and not os.environ[key]]
        if hidden:
            raise PBUsageError(
                f"{hidden[0]} is set in the environment, but empty, which hides the .env file.",
                hint=f"unset {' '.join(hidden)}",
                code="wrong_settings",
            )
        if env_file != project.env:  # the new .env is read instead of the one of a parent folder
            return {"PB_URL": values.get("PB_URL") or target.url, **wanted}
    in_file = {key for key in values if values[key]}
    return {key: value for key, value in wanted.items() if key not in in_file}


def run_plan(project: Project, plan: Plan, program: Program) -> Started:
    """Carry out a plan and return the running server; raises PBConnectionError with the log's last lines if it fails.

    Nothing is left running then.
    """
    project.make_folders()
    project.add_ignores()
    created = plan.account is not None and _create(project, program, plan.account)
    project.add_env(plan.env)
    settings = load_settings(folder=project.folder)._replace(url=plan.target.url)
    log_start = size(project.log)
    try:
        process = start_detached(program.serve(plan.target.listen), project)
    except OSError as error:
        raise PBUsageError(
            f"{program.path} cannot be run: {error.strerror}.", hint=program.hint, code="missing_program"
        ) from error
    began, build = start_time(process.pid), fingerprint(program.path) if project.is_go else ""
    url, listen = plan.target
    state = State(process.pid, began, url, program.version, str(program.path), build, listen)
    try:
        save_state(project, state)
        _wait_until_healthy(project, process, program, settings, log_start)
        if not project.is_go:
            note_run(project, program.version, str(program.path))
    except BaseException:
        if process.poll() is None:
            stop(state)
            process.wait()
        forget_state(project)
        raise
    return Started(state, created, hook_complaints(project.folder, project.log, log_start))


def _create(project: Project, program: Program, account: Account) -> bool:
    return create_superuser(program, account, probed_program(project).path if project.is_go else None)


def _wait_until_healthy(
    project: Project, process: Popen[bytes], program: Program, settings: Settings, log_start: int
) -> None:
    deadline = time.monotonic() + settings.timeout
    while True:
        healthy = is_healthy(settings)
        if process.poll() is not None:
            _fail(f"PocketBase ended right after its start at {settings.url}", project, program, log_start)
        if healthy:
            return
        if time.monotonic() > deadline:
            problem = f"PocketBase was not healthy at {settings.url} after {settings.timeout:g} s and was stopped"
            _fail(problem, project, program, log_start)
        time.sleep(_PAUSE)


def _fail(problem: str, project: Project, program: Program, log_start: int) -> NoReturn:
    from _pb.server.load_problems import load_problem

    reason, lines = last_words(project.log, _LOG_LINES, log_start)
    found = load_problem("\n".join(lines), project.folder)
    raise PBConnectionError(
        problem + (f": {reason}" if reason else "."),
        hint=str(found) if found else program.hint,
        log=lines,
        logFile=str(project.log),
        code="not_started",
    )
