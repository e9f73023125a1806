"""A trial's keeper as the command sees that starts it: it is told what to run, and to go on without the command."""

from __future__ import annotations

import contextlib
import json
import socket
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from _pb.server.address import is_healthy
from _pb.server.layout import Project
from _pb.server.log_file import last_words, size
from _pb.server.process import State, save_state, start_time
from _pb.server.program import Program
from _pb.server.trials import DELETION_SECONDS, ENDED
from pb_common import PBConnectionError, PBError, PBUsageError, Settings, system

if TYPE_CHECKING:
    from subprocess import Popen

START_SECONDS = 300.0
_PAUSE = 0.02
_PROBE_SECONDS = 1.0
_LOG_LINES = 20
_PORT_ATTEMPTS = 3
_PORT_TAKEN = ("address already in use", "only one usage of each socket address")


class Keeper:
    """The keeper of a folder that was made for a trial; use it as a context manager.

    Leaving it ends the trial and deletes the folder, unless it was told to go on. So does the end of this process.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.project = Project(folder)
        self.smtp = self.http = 0
        self.url = ""
        self._process: Popen[bytes] | None = None
        self._is_kept = False

    def __enter__(self) -> Keeper:
        from subprocess import DEVNULL, PIPE, Popen

        self.project.private.mkdir(mode=0o700)
        keeper = [sys.executable, "-I", "-S", str(Path(__file__).with_name("keeper.py"))]
        command = [*keeper, system.ended_with(), str(self.folder), ENDED]
        # Ctrl-C reaches this process only, not the session of the keeper.
        self._process = Popen(command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, start_new_session=True)
        ports = self._read()
        self.smtp, self.http = ports["smtp"], ports["http"]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process and self._process.stdin and not self._is_kept:
            from subprocess import TimeoutExpired

            with contextlib.suppress(TimeoutExpired, OSError):  # it goes on deleting many files
                self._process.stdin.close()
                self._process.wait(DELETION_SECONDS)
        if self._process and self._process.stdout:
            self._process.stdout.close()

    @property
    def pid(self) -> int:
        """The keeper's process."""
        return self._process.pid if self._process else 0

    def _tell(self, document: dict[str, Any]) -> dict[str, Any]:
        assert self._process
        assert self._process.stdin
        try:
            self._process.stdin.write(json.dumps(document).encode() + b"\n")
            self._process.stdin.flush()
        except OSError as error:
            raise _gone() from error
        return self._read()

    def _read(self) -> dict[str, Any]:
        assert self._process
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise _gone()
        answer: dict[str, Any] = json.loads(line)
        return answer

    def choose_port(self, port: int = 0) -> str:
        """Choose a port of this machine for the server, a free one if none is named, and return its URL.

        Raises PBUsageError for a port that cannot be had.
        """
        self.url = f"http://127.0.0.1:{free_port(port)}"
        return self.url

    def start(self, program: Program, crons: bool) -> float:
        """Start a program on the chosen port, wait until it is healthy, and return how many seconds that took.

        Raises PBConnectionError with its log if it ends, or takes too long.
        """
        log_start = size(self.project.log)
        began = time.monotonic()
        listen = self.url.partition("//")[2]
        env = {**_proxies(self.http), **({} if crons else {"POCKETBASE_PROBE_CRONS": "off"})}
        told = {"start": program.serve(listen), "env": env, "log": str(self.project.log)}
        answer = self._tell(told)
        if "error" in answer:
            raise PBConnectionError(
                f"{program.path} cannot be run: {answer['error']}.", hint=program.hint, code="not_started"
            )
        pid = answer["pid"]
        save_state(self.project, State(pid, start_time(pid), self.url, program.version, str(program.path), "", listen))
        settings = Settings(self.url, timeout=_PROBE_SECONDS, token_cache=False)
        while not is_healthy(settings):
            code = self._tell({})["code"]
            late = time.monotonic() - began > START_SECONDS
            if code is not None or late:
                what = f"was not ready after {START_SECONDS:g} s" if late else "ended right after its start"
                raise self._failure(what, program, log_start)
            time.sleep(_PAUSE)
        return time.monotonic() - began

    def _failure(self, what: str, program: Program, log_start: int) -> PBConnectionError:
        reason, lines = last_words(self.project.log, _LOG_LINES, log_start)
        return PBConnectionError(
            f"The PocketBase {program.version} of the trial {what}" + (f": {reason}" if reason else "."),
            hint=program.hint,
            log=lines,
            code="not_started",
        )

    def stop(self) -> None:
        """Stop the server, which can be started again."""
        self._tell({"stop": True})

    def go_on(self, until: float) -> None:
        """Let the trial go on to a moment, in seconds since the epoch, without this process."""
        self._tell({"keep": until})
        self._is_kept = True


def free_port(port: int) -> int:
    """Return a port if it can be listened on, any free one for 0; raise PBUsageError if it cannot."""
    with socket.socket() as probe:
        if not system.is_windows():
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # what has just ended counts as free
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise PBUsageError(
                f"The port {port} cannot be had: {error.strerror}.",
                hint="Name another, or leave --port out: a free one is chosen.",
                code="wrong_input",
            ) from error
        return int(probe.getsockname()[1])


def is_port_taken(error: PBError) -> bool:
    """Tell whether a server did not start because another program was faster to take its port."""
    text = "\n".join(error.data.get("log", [])).lower()
    return any(words in text for words in _PORT_TAKEN)


def _proxies(port: int) -> dict[str, str]:
    names = ("http_proxy", "https_proxy", "all_proxy")
    proxy = f"http://127.0.0.1:{port}"
    everywhere = {name: proxy for lower in names for name in (lower, lower.upper())}
    # What the environment of this command says of passing by a proxy would be a way out.
    return {**everywhere, "no_proxy": "", "NO_PROXY": ""}


def _gone() -> PBError:
    return PBError("The process that keeps the trial has ended.", hint="Run it again.", code="not_started")
