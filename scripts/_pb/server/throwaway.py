"""A PocketBase for one test: made in a temporary folder within a second, and gone when it is no longer needed.

with Throwaway(".", schema="collections.json") as server:
    server.client.call("GET", "/api/collections")
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from _pb.server.address import is_healthy
from _pb.server.binary import Binary, find_binary, parse_version
from _pb.server.go_program import probed_program
from _pb.server.keeper import ENDED, LOG
from _pb.server.layout import Project
from _pb.server.load_problems import LoadProblem, load_problem
from _pb.server.log_file import last_words
from _pb.server.observing import Observed, observe, observed
from _pb.server.process import running_binary
from _pb.server.program import Program, standalone
from _pb.server.superuser import Account, create_superuser
from _pb.server.throwaway_content import (
    SchemaSource,
    Seed,
    cut_off,
    read_schema,
    read_seed,
    schema_of,
    seed_records,
    send_schema,
    take_database,
)
from pb_common import Client, PBConnectionError, PBError, PBRequestError, PBUsageError, Settings, system
from pb_common.settings import effective_values
from pb_common.status_line import doing

if TYPE_CHECKING:
    from subprocess import Popen

START_SECONDS = 60.0
_STOP_SECONDS = 10.0
_PROBE_SECONDS = 1.0
_PAUSE = 0.01
_LOG_LINES = 20
_ROUTES = "routes.json"
_OBSERVED = "observed"
_FOLDERS = ("pb_migrations", "pb_hooks")
_PORT_ATTEMPTS = 3
_PORT_TAKEN = ("address already in use", "only one usage of each socket address")


class Throwaway:
    """A PocketBase of its own on a free port of this machine, with a superuser; use it as a context manager.

    It has the migrations, hooks and public files, or the Go program, of the folder `project` (none by default), which
    is never written to; then the collections of `copy_of`, a client of a live server, whose records are never read;
    then those of `schema`; then the records of `seed` (lists by collection name). `schema` and `seed` are files or the
    content itself. `version` is a release, fetched if need be, `binary` the path of an executable;
    by default it is the one that runs in the folder `program`, or the Go program of it; that is the project, or the
    working directory. The server gets the environment variables `env` beside those of this process, and copies of
    `folders` by the path below its own folder, beside those of the project that PocketBase has by default.
    It begins on a copy of the file `database`, with new settings; without, on an empty one.
    `url`, `client` (the superuser's) and `log` (what it wrote) are for use inside `with`; `log` also after it, as
    `version`, the release that ran, `calls`, and `problem`: the hook or migration that kept it from starting, if any.
    """

    def __init__(
        self,
        project: str | Path | None = None,
        *,
        copy_of: Client | None = None,
        schema: SchemaSource | None = None,
        seed: Seed | None = None,
        version: str | None = None,
        binary: str | None = None,
        port: int = 0,
        program: str | Path | None = None,
        env: dict[str, str] | None = None,
        folders: Mapping[str, Path] | None = None,
        database: Path | None = None,
    ) -> None:
        self.project = None if project is None else Project(Path(project).absolute())
        self.port = port
        self._wanted = [] if schema is None else [read_schema(schema)]
        self._seed = {} if seed is None else read_seed(seed)
        self._copy_of = copy_of
        self._version = parse_version(version) if version else None
        self._binary = binary
        self.version = self._version or ""
        self._home = Project(Path(program or project or Path.cwd()).absolute())
        self._go = self._home if self._home.is_go and not binary and not version else None
        self._env = env or {}
        self._folders = folders or {}
        self._database = database
        self._fixed_port = bool(port)
        self._folder: Path | None = None
        self._keeper: Popen[bytes] | None = None
        self._client: Client | None = None
        self._log = ""
        self._calls: list[Observed] = []
        self.problem: LoadProblem | None = None

    def __enter__(self) -> Throwaway:
        copied = [] if self._copy_of is None else [schema_of(self._copy_of)]
        doing("starting a throwaway server")
        program = self._program()
        self.version = program.version
        try:
            self._start(program)
            cut_off(self.client)
            for wanted in (*copied, *self._wanted):
                send_schema(self.client, wanted)
            seed_records(self.client, self._seed)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def client(self) -> Client:
        """The superuser's client; raise PBUsageError outside `with`."""
        if self._client is None:
            raise PBUsageError("The throwaway server does not run.", hint="Use it in `with Throwaway() as server:`.")
        return self._client

    @property
    def log(self) -> str:
        """What the server wrote to stdout and stderr, and what its hooks printed."""
        if self._folder:
            with suppress(OSError):
                self._log = (self._folder / LOG).read_text("utf-8", "replace")
        return self._log

    @property
    def calls(self) -> list[Observed]:
        """The calls by which the project's hooks registered something, in their order."""
        if self._folder:
            self._calls = observed(self._folder, self._folder / _OBSERVED)
        return self._calls

    def stop(self) -> None:
        """Kill the server and delete its folder; harmless if that is done already."""
        self._log, self._calls = self.log, self.calls
        if self._client:
            self._client.close()
            self._client = None
        if self._keeper:
            self._keeper.communicate(b".", timeout=_STOP_SECONDS)
            self._keeper = None
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def printed_routes(self) -> list[dict[str, Any]] | None:
        """Return the routes that a Go program has: method, pattern, and function, file and line of the handler.

        None for any other program, and for one that did not get as far as printing them.
        """
        try:
            found: list[dict[str, Any]] = json.loads((self._folder or Path()).joinpath(_ROUTES).read_text("utf-8"))
        except FileNotFoundError:
            return None
        return found

    @property
    def runs_go(self) -> bool:
        """Whether it is a Go project's own program."""
        return self._go is not None

    def _program(self) -> Program:
        """Return what to run, its flags still to come: a PocketBase, or the project's own Go program, built."""
        if self._go:
            return probed_program(self._go)
        folder = self._home.folder
        named = self._binary or (None if self._version else running_binary(folder))
        binary = find_binary(folder, named, self._version)
        if binary is None:
            from _pb.server.download import fetch_binary, release_url

            binary = fetch_binary(self._version, release_url(effective_values()[1]))
        return standalone(Project(folder), binary)

    def _start(self, program: Program) -> None:
        for attempt in range(1, _PORT_ATTEMPTS + 1):
            try:
                self._launch(program)
                self._wait_until_ready(program)
                return
            except PBError:
                taken = any(words in self.log.lower() for words in _PORT_TAKEN)
                if self._fixed_port or not taken or attempt == _PORT_ATTEMPTS:
                    raise
                self.stop()

    def _launch(self, program: Program) -> None:
        from secrets import token_hex
        from subprocess import PIPE, Popen
        from tempfile import mkdtemp

        self._folder = Path(mkdtemp(prefix="pb-throwaway-"))
        if self._database:
            take_database(self._database, Project(self._folder).data)
        program = self._with_flags(program, self._folder)
        # An address that no other server knows: the login proves that it is this one that answers.
        account = Account(f"throwaway-{token_hex(8)}@example.com", token_hex(16), configured=False)
        try:
            create_superuser(program, account)
        except PBConnectionError as error:
            raise self._failure(str(error), program, error.data["log"]) from error
        if self.project:
            _copy_project(self.project.folder, self._folder, self._folders)
            observe(self._folder, self._folder / _OBSERVED)
        if not self._fixed_port:
            self.port = _free_port()
        self._client = Client(Settings(self.url, account.email, account.password, token_cache=False))
        keeper = [sys.executable, "-I", "-S", str(Path(__file__).with_name("keeper.py")), system.ended_with()]
        command = [*keeper, str(self._folder), *program.serve(f"127.0.0.1:{self.port}")]
        env = {**os.environ, **self._env, "POCKETBASE_PROBE_ROUTES": str(self._folder / _ROUTES)}
        # Ctrl-C reaches this process only, not the session of the keeper.
        self._keeper = Popen(command, stdin=PIPE, env=env, start_new_session=True)

    def _with_flags(self, program: Program, folder: Path) -> Program:
        if self._go:
            return program._replace(flags=(f"--dir={Project(folder).data}",))
        own = standalone(Project(folder), Binary(program.path, program.version))
        public = f"--publicDir={(self.project or Project(folder)).folder / 'pb_public'}"
        return own._replace(flags=(*own.flags, public, "--automigrate=false", "--hooksWatch=false"))

    def _wait_until_ready(self, program: Program) -> None:
        deadline = time.monotonic() + START_SECONDS
        probe = self.client.settings._replace(timeout=_PROBE_SECONDS)
        while not (is_healthy(probe) and self._lets_in()):
            if self._folder and (self._folder / ENDED).exists():
                raise self._failure(f"PocketBase ended right after its start at {self.url}.", program)
            if time.monotonic() > deadline:
                raise self._failure(f"PocketBase was not ready at {self.url} after {START_SECONDS:g} s.", program)
            time.sleep(_PAUSE)
        if "failed to execute" in self.log.lower():
            raise self._failure("PocketBase started without a hook.", program)

    def _lets_in(self) -> bool:
        try:
            self.client.superuser_token()
        except PBRequestError as error:
            if error.status == 400:  # another server was faster to take the port; this one is about to end
                return False
            raise
        return True

    def _failure(self, problem: str, program: Program, lines: list[str] | None = None) -> PBConnectionError:
        lines = last_words(self._log_file, _LOG_LINES)[1] if lines is None else lines
        shown = "\n".join(lines) or "(it wrote nothing)"
        self.problem = load_problem(self.log, self._folder or Path(), self.calls)
        hint = str(self.problem) if self.problem else program.hint
        return PBConnectionError(f"{problem} Its log:\n{shown}", hint=hint, log=lines, code="not_started")

    @property
    def _log_file(self) -> Path:
        return (self._folder or Path()) / LOG


def _copy_project(source: Path, target: Path, folders: Mapping[str, Path]) -> None:
    """Copy the migrations and the hooks, which may write beside themselves; the packages that hooks load are linked."""
    for name, folder in {**{name: source / name for name in _FOLDERS}, **folders}.items():
        if folder.is_dir():
            shutil.copytree(folder, target / name)
    packages = source / "node_modules"
    if packages.is_dir():
        try:
            (target / packages.name).symlink_to(packages, target_is_directory=True)
        except OSError:  # Windows without the right to make links
            shutil.copytree(packages, target / packages.name)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
