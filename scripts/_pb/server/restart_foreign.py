"""Restart a server that was not started from this folder: the very process, or by the command, that is named."""

from __future__ import annotations

import os
import shlex
import stat
import time
from pathlib import Path
from typing import IO, Any

from _pb.server.address import is_healthy, is_taken
from _pb.server.foreign import Foreign, describe, find_server
from _pb.server.process import State, start_time, stop
from pb_common import Client, PBConnectionError, PBError, PBRefused, PBUsageError, Settings, script_command, system

_COMMAND_SECONDS = 300
# Within these seconds whatever looks after a process has started it again.
_SUPERVISOR_SECONDS = 2.0
_PAUSE = 0.05


def restart_by_command(client: Client, line: str, *, dry_run: bool) -> dict[str, Any]:
    """Run a command that restarts the server at PB_URL, and return what runs there then.

    No shell reads it. Raises PBUsageError for what cannot be run, PBError if it fails, PBConnectionError if no server
    answers afterwards.
    """
    import subprocess

    try:
        words = shlex.split(line)
    except ValueError as error:
        raise PBUsageError(f"--command is {line!r}: {error}.", hint="Close the quote.") from error
    before = find_server(client.settings.url)
    if dry_run:
        return {"dryRun": True, "run": words, "pid": before.pid if before else None}
    try:
        done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, timeout=_COMMAND_SECONDS)
    except (OSError, subprocess.SubprocessError) as error:
        reason = error.strerror if isinstance(error, OSError) else f"it took more than {_COMMAND_SECONDS} s"
        raise PBUsageError(
            f"--command {line!r} cannot be run: {reason}.",
            hint="For example: --command 'systemctl restart pocketbase', or 'docker restart pocketbase'",
            code="missing_program",
        ) from error
    if done.returncode != 0:
        said = (done.stdout + done.stderr).decode("utf-8", "replace").strip().splitlines()
        raise PBError(
            f"{line!r} ended with {done.returncode}{': ' + said[-1] if said else ''}.",
            hint="Nothing else was done; run it by hand to see why.",
            log=said[-20:],
        )
    _wait_until_healthy(client.settings)
    after = find_server(client.settings.url)
    if before and after and start_time(after.pid) and before == after:
        client.warn(f"The same process ({after.pid}) answers as before: has the command restarted this server?")
    return _described(client.settings, after)


def restart_process(client: Client, pid: int, *, dry_run: bool) -> dict[str, Any]:
    """End a process that is named, start it again with its own command, folder and environment, and return it.

    Raises PBRefused where something else looks after it, or it does not serve PB_URL; nothing was done then.
    """
    found = _required(client.settings, pid)
    if dry_run:
        return {"dryRun": True, "stop": pid, "start": shlex.join(found.command)}
    folder, env, log = _circumstances(pid)
    stop(State(pid, start_time(pid), client.settings.url, found.version, found.binary))
    deadline = time.monotonic() + _SUPERVISOR_SECONDS
    while not is_taken(client.settings.url) and time.monotonic() < deadline:
        time.sleep(_PAUSE)
    if not is_taken(client.settings.url):  # else whatever looks after it was faster
        _start(found, folder, env, log)
    _wait_until_healthy(client.settings)
    return _described(client.settings, find_server(client.settings.url))


def _required(settings: Settings, pid: int) -> Foreign:
    if not system.is_linux():
        raise PBRefused(
            "--pid needs Linux, which tells how a process was started.",
            hint="Say how it is restarted: --command 'COMMAND'",
            code="unsupported",
        )
    found = describe(pid)
    if found is None:
        raise PBUsageError(f"There is no process {pid}, or it is not yours to see.", hint=_command("status"))
    serving = find_server(settings.url)
    if serving is None or serving.pid != pid:
        raise PBRefused(
            f"Process {pid} ({shlex.join(found.command)[:120]}) does not serve {settings.url}: it was left alone.",
            hint=f"{_command('status')} names the process that does.",
        )
    if found.unit or found.container:
        how = f"systemctl restart {found.unit}" if found.unit else "docker restart NAME"
        raise PBRefused(
            f"Process {pid} is looked after by {found.unit or 'a container'}: it was left alone.",
            hint=_command(f"restart --command '{how}'"),
        )
    if not found.version:
        raise PBRefused(
            f"Process {pid} ({found.binary}) is no PocketBase, but what stands before it: it was left alone.",
            hint="Say how the server is restarted: --command 'COMMAND'",
        )
    if (Path("/proc") / str(pid)).stat().st_uid != os.geteuid():
        raise PBRefused(
            f"Process {pid} runs as another user, as whom it would not be started again: it was left alone.",
            hint="Run it as that user, or say how it is restarted: --command 'COMMAND'",
        )
    return found


def _circumstances(pid: int) -> tuple[Path, dict[bytes, bytes], Path | None]:
    """Return the working directory and environment of a process, and the file that it writes to, if that is one."""
    place = Path("/proc") / str(pid)
    pairs = [pair.partition(b"=") for pair in (place / "environ").read_bytes().split(b"\0") if pair]
    log = Path(os.readlink(place / "fd/1"))  # noqa: PTH115 - what is no path is told apart below
    try:
        is_file = stat.S_ISREG(log.stat().st_mode)
    except OSError:
        is_file = False
    folder = (place / "cwd").resolve()
    if not folder.is_dir():
        raise PBRefused(
            f"Process {pid} runs in {folder}, in which it could not be started again: it was left alone.",
            hint="Say how the server is restarted: --command 'COMMAND'",
        )
    return folder, {name: value for name, _, value in pairs}, log if is_file else None


def _start(found: Foreign, folder: Path, env: dict[bytes, bytes], log: Path | None) -> None:
    from subprocess import DEVNULL, STDOUT, Popen

    def started(output: IO[bytes] | int) -> None:
        Popen(
            found.command,
            executable=found.binary,
            stdin=DEVNULL,
            stdout=output,
            stderr=STDOUT,
            cwd=folder,
            env=env,
            start_new_session=True,
        )

    try:
        if log is None:
            started(DEVNULL)
        else:
            with log.open("ab") as stream:
                started(stream)
    except OSError as error:
        raise PBError(
            f"The process was ended, and {shlex.join(found.command)} cannot be run again: {error.strerror}.",
            hint=f"Start it in {folder}.",
            code="not_started",
        ) from error


def _wait_until_healthy(settings: Settings) -> None:
    deadline = time.monotonic() + settings.timeout
    while not is_healthy(settings):
        if time.monotonic() > deadline:
            raise PBConnectionError(
                f"No PocketBase answers at {settings.url} {settings.timeout:g} s after the restart.",
                hint="Look at its log; raise PB_TIMEOUT if it takes longer.",
                code="not_started",
            )
        time.sleep(_PAUSE)


def _described(settings: Settings, found: Foreign | None) -> dict[str, Any]:
    seen = {"pid": found.pid, "version": found.version or None, "binary": found.binary} if found else {"pid": None}
    return {"restarted": True, "url": settings.url, **seen}


def _command(verb: str) -> str:
    return script_command(f"pb_server.py {verb}")
