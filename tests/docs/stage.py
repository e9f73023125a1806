"""The stage of a page: a project folder, a server of its own, the page's fixture, and what its blocks leave behind."""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import servers
from conftest import SCRIPTS, credentials
from places import coverage_settings
from tools import python_command

from .mailbox import Mailbox
from .pages import Block, Page

DOCUMENTED_URL = "http://127.0.0.1:8090"
FIXTURES = Path(__file__).parent / "fixtures"
PASSWORD = "secret-password"
_SECONDS = 120


class Project:
    """A folder in which a page's command lines work as they stand: `scripts/`, `./pocketbase`, `.env`."""

    def __init__(self, folder: Path, version: str, url: str) -> None:
        self.folder = folder
        self.url = url
        commands = folder.parent / f"{folder.name}-bin"
        commands.mkdir(parents=True)
        folder.mkdir()
        (folder / "scripts").symlink_to(SCRIPTS)
        (folder / "pocketbase").symlink_to(servers.binary(version))
        for name in ("python", "python3"):
            python_command(commands / name)
        path = os.pathsep.join([str(commands), os.environ["PATH"]])
        home = folder.parent / f"{folder.name}-home"
        self.env = {"PATH": path, "HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
        self.env.update(_go_caches(), **coverage_settings())

    def text(self, block: Block) -> str:
        """Return a block's text with the project's own address in place of the documented one."""
        return self.placed(block.text)

    def placed(self, text: str) -> str:
        """Return a text with the project's own address in place of the documented one."""
        return text.replace(urlsplit(DOCUMENTED_URL).netloc, urlsplit(self.url).netloc)

    def write(self, name: str, text: str) -> None:
        """Write a file of the project."""
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")

    def run(self, command: list[str], stdin: str = "", **env: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the project and return it with its output, stdout and stderr together."""
        return subprocess.run(
            command,
            input=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            env={**self.env, **env},
            cwd=self.folder,
            timeout=_SECONDS,
        )


class PageServer(servers.Server):
    """The server of a page: the real binary, or the `program` (a command) that a Go block made."""

    program: list[str]

    def command(self) -> list[str]:
        """Return the command line that serves the project; a Go program has no flags for hooks and migrations."""
        if not self.program:
            return super().command()
        return [*self.program, "serve", f"--http=127.0.0.1:{self.port}", f"--dir={self.project / 'pb_data'}"]


class Stage:
    """A page's project with its running server. Use it as a context manager."""

    def __init__(self, page: Page, version: str, folder: Path) -> None:
        self.page = page
        self.version = version
        self.scratch = folder
        self.server = PageServer(version, folder / "project", "--hooksWatch=false")
        self.server.program = []
        self.project = Project(folder / "project", version, self.server.url)
        self.known: dict[str, str] = {}
        self.last: Any = None
        self.output = ""
        self.outcomes: dict[int, BaseException | None] = {}
        self.processes: list[subprocess.Popen[bytes]] = []
        self._tokens: dict[str, str] = {}
        self.mailbox: Mailbox | None = None
        self._fresh = 0
        file = FIXTURES / f"{page.name}.json"
        self.fixture: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.exists() else {}

    def __enter__(self) -> Stage:
        self.server.__enter__()
        try:
            self.project.env["PB_URL"] = self.server.url
            lines = [f"{key}={value}\n" for key, value in credentials(self.server.url).items() if key != "PB_URL"]
            self.project.write(".env", "".join(lines))
            self._load_fixture()
            if any(block.language == "http" and re.search("^MAIL ", block.text, re.M) for block in self.page.blocks):
                self.use_mailbox()
            for block in reversed(self.page.blocks):
                self.write_file(block)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End everything that the page's blocks started."""
        for process in self.processes:
            process.kill()
            process.wait()
        if self.mailbox:
            self.mailbox.close()
        self.server.stop()

    def at_least(self, version: str) -> bool:
        """Tell whether the server is of this version or newer."""
        return self.number(self.version) >= self.number(version)

    @staticmethod
    def number(version: str) -> tuple[int, ...]:
        """Return a version's numbers, for comparing."""
        return tuple(map(int, version.split(".")))

    def write_file(self, block: Block) -> None:
        """Write a block that names a `file` to that place in the project; hooks and migrations are loaded instead."""
        if block.marks.get("file") and block.kind not in ("js hook", "js migration"):
            self.project.write(block.marks["file"], self.project.text(block))

    # The server

    def request(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request as the superuser that must succeed, and return its answer."""
        status, answer = self.server.request(method, path, body)
        assert status < 300, f"{method} {path}: {status} {answer}"
        return answer

    def token(self, actor: str) -> str:
        """Return the token of a user of the fixture, of the `superuser`, or none for a `guest`."""
        if actor == "guest":
            return ""
        if actor == "superuser":
            return self.server.token()
        if actor not in self._tokens:
            user = self.fixture.get("users", {}).get(actor)
            assert user is not None, f"the fixture of {self.page.name} has no user {actor!r}"
            path = f"/api/collections/{user.get('collection', 'users')}/impersonate/{user_id(actor, user)}"
            self._tokens[actor] = self.request("POST", path, {"duration": 86400})["token"]
        return self._tokens[actor]

    def restart(self) -> None:
        """Start the server again on the project's hooks and migrations."""
        self.server.stop()
        self.server.start()

    def use_mailbox(self) -> None:
        """Have all mails of the server sent to a mailbox."""
        if self.mailbox is None:
            self.mailbox = Mailbox()
        account = {"username": "", "password": "", "tls": False}
        smtp = {"enabled": True, "host": "127.0.0.1", "port": self.mailbox.port, **account}
        self.request("PATCH", "/api/settings", {"smtp": smtp})

    def fresh_project(self) -> Project:
        """Return an empty project without a server, its address on a free port."""
        self._fresh += 1
        folder = self.scratch / f"fresh-{self._fresh}"
        project = Project(folder, self.version, f"http://127.0.0.1:{servers.free_port()}")
        project.env["PB_URL"] = project.url
        return project

    def _load_fixture(self) -> None:
        fixture = self.fixture
        if "collections" in fixture:
            command = ["python3", "scripts/pb_collections.py", "import", "--file", "-"]
            done = self.project.run(command, json.dumps(fixture["collections"]))
            assert done.returncode == 0, f"fixture of {self.page.name}: {done.stdout}"
        if "settings" in fixture:
            self.request("PATCH", "/api/settings", fixture["settings"])
        for name, user in fixture.get("users", {}).items():
            fields = {key: value for key, value in user.items() if key != "collection"}
            account = {"email": f"{name}@example.com", "password": PASSWORD, "passwordConfirm": PASSWORD}
            body = {"id": user_id(name, user), "verified": True, **account, **fields}
            self.request("POST", f"/api/collections/{user.get('collection', 'users')}/records", body)
        for collection, records in fixture.get("records", {}).items():
            for record in records:
                self.request("POST", f"/api/collections/{collection}/records", record)


@functools.cache
def _go_caches() -> dict[str, str]:
    """Return where Go keeps modules and what it compiled, so that a project's own home folder does not begin anew."""
    go = shutil.which("go")
    names = ["GOMODCACHE", "GOCACHE"]
    if not go:
        return {}
    done = subprocess.run([go, "env", *names], capture_output=True, text=True, check=True)
    return dict(zip(names, done.stdout.split("\n")))


def user_id(name: str, user: dict[str, Any]) -> str:
    """Return the id of a fixture's user: its own, or the name filled up with zeros."""
    return str(user.get("id") or name.ljust(15, "0"))


def copy_of_data(stage: Stage) -> Path:
    """Return a copy of the server's database file, for looking into it."""
    target = stage.scratch / "copy.db"
    for suffix in ("", "-wal"):
        source = stage.project.folder / "pb_data" / f"data.db{suffix}"
        if source.exists():
            shutil.copy(source, f"{target}{suffix}")
    return target
