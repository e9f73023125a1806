"""Fixtures: shared real servers, and a runner for the scripts in a clean environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import settings

import places
import servers

# How long an example takes says more about the machine than about the code.
settings.register_profile("project", deadline=None)
settings.load_profile("project")

SCRIPTS = Path(__file__).resolve().parent.parent / "scripts"


class Result(NamedTuple):
    """How a script ended: exit code, the one JSON document of its stdout, and its stderr."""

    code: int
    document: dict[str, Any]
    stderr: str

    @property
    def data(self) -> Any:
        """The document's data."""
        return self.document["data"]

    @property
    def hint(self) -> str:
        """The document's hint, empty if there is none."""
        return str(self.document.get("hint", ""))

    @property
    def unquoted(self) -> str:
        """The hint without double quotes, which stand around a script's path only where that has a space."""
        return self.hint.replace('"', "")

    @property
    def message(self) -> str:
        """The message of a failure."""
        return str(self.document["data"]["message"])


class Runner:
    """Runs scripts as a user would: a process of their own, a home folder of its own, no inherited PB_ variables.

    `env` holds the variables of every run; a call may add to them (None removes one).
    """

    def __init__(self, folder: Path, home: Path, env: dict[str, str]) -> None:
        self.folder = folder
        self.home = home
        self.scripts = SCRIPTS
        own = {"PATH": os.environ["PATH"], "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}
        self.env = {**own, **places.coverage_settings(), **env}

    def raw(
        self, script: str, *arguments: str, stdin: bytes = b"", env: dict[str, str | None] | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        """Run a script and return the finished process."""
        merged = {key: value for key, value in {**self.env, **(env or {})}.items() if value is not None}
        command = [sys.executable, str(self.scripts / script), *arguments]
        return subprocess.run(command, input=stdin, capture_output=True, env=merged, cwd=self.folder, timeout=120)

    def __call__(
        self, script: str, *arguments: str, stdin: bytes = b"", env: dict[str, str | None] | None = None
    ) -> Result:
        """Run a script; its stdout must be exactly one JSON document, and its stderr no traceback."""
        done = self.raw(script, *arguments, stdin=stdin, env=env)
        stderr = done.stderr.decode("utf-8", "replace")
        assert "Traceback" not in stderr, stderr
        document = json.loads(done.stdout.decode("utf-8"))
        assert document["success"] is (done.returncode == 0), document
        assert ("code" in document) is not document["success"], document
        return Result(done.returncode, document, stderr)

    def ok(self, script: str, *arguments: str, stdin: bytes = b"", env: dict[str, str | None] | None = None) -> Any:
        """Run a script that must succeed and return its data."""
        result = self(script, *arguments, stdin=stdin, env=env)
        assert result.code == 0, result
        return result.data


# What starts many servers, compiles Go, needs npm, or runs whole pages: a folder, or a file of tests/.
LONG = (
    *("access", "backups", "bulk/test_import_gateway.py", "bulk/test_import_resume.py"),
    *(
        "collections/test_documents.py",
        "collections/test_export_defaults.py",
        "collections/test_upgrade.py",
        "docs/test_answer_tables.py",
    ),
    *(
        "docs/test_blocks.py",
        "docs/test_runner.py",
        "docs/test_tables.py",
        "generators",
        "lint/test_lint_scripts.py",
        "migrations",
    ),
    *("samples", "schema/test_leaks.py", "server", "test_github_workflow.py", "test_seed_commands.py", "testing"),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --quick."""
    parser.addoption(
        "--quick", action="store_true", help="leave out what takes long: servers of a test's own, pages, Go"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With --quick, leave out the tests that have a server to themselves, and what `LONG` names."""
    if not config.getoption("--quick"):
        return
    quick = [item for item in items if _is_quick(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(quick)])
    items[:] = quick


def _is_quick(item: pytest.Item) -> bool:
    place = item.path.relative_to(Path(__file__).parent)
    named = {place.as_posix(), place.parts[0]}
    return not named.intersection(LONG) and "own_server" not in getattr(item, "fixturenames", ())


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark of tests that need not run on each version."""
    config.addinivalue_line("markers", "both_ends: tests what is ours; the first and last of PB_TEST_VERSIONS do")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test that uses a real server on every version that is asked for, or on the first and last of them."""
    if "version" in metafunc.fixturenames:
        versions = servers.versions()
        if metafunc.definition.get_closest_marker("both_ends"):
            versions = sorted({versions[0], versions[-1]}, key=versions.index)
        metafunc.parametrize("version", versions, scope="session")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark the tests that run on a real server of each version, so that they can be chosen alone."""
    if "version" in getattr(item, "fixturenames", ()):
        item.add_marker("real_server")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show with a failed test what its server complained of last."""
    report = yield
    for name, value in getattr(item, "funcargs", {}).items() if report.failed else ():
        if isinstance(value, servers.Server):
            report.sections.append((f"{name} at {value.url}", value.complaints()))
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how many blocks of the documentation ran, which are never run, and what --quick left out."""
    if terminalreporter.config.getoption("--quick"):
        terminalreporter.write_line(f"quick: without tests that have a server to themselves, and {', '.join(LONG)}")
    marker = "docs/test_blocks.py::test_block["
    counts = []
    for outcome in ("passed", "failed", "skipped"):
        reports = terminalreporter.stats.get(outcome, [])
        counts.append(sum(marker in report.nodeid and report.when != "teardown" for report in reports))
    if sum(counts):
        from docs.pages import pages

        never = [block for page in pages() for block in page.blocks if "skip" in block.marks]
        terminalreporter.write_line("blocks of the documentation: {} passed, {} failed, {} skipped".format(*counts))
        for block in never:
            terminalreporter.write_line(f"never run: {block.name}: {block.marks['skip']}")


@pytest.fixture(scope="session")
def server(version: str) -> Iterator[servers.Server]:
    """A server of the session; tests on it use names of their own and change no settings."""
    with servers.Server(version) as shared:
        yield shared


@pytest.fixture
def own_server(version: str) -> Iterator[servers.Server]:
    """A server that a test has to itself, for settings and data that others would notice."""
    with servers.Server(version) as own:
        yield own


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder for the session, so that the token is kept between commands as it is for users."""
    return tmp_path_factory.mktemp("home")


def credentials(url: str) -> dict[str, str]:
    """Return the environment that names a test server and its superuser."""
    return {"PB_URL": url, "PB_SUPERUSER_EMAIL": servers.EMAIL, "PB_SUPERUSER_PASSWORD": servers.PASSWORD}


@pytest.fixture
def pb(server: servers.Server, tmp_path: Path, home: Path) -> Runner:
    """A runner of the scripts against the session's server, in an empty working directory."""
    return Runner(tmp_path, home, credentials(server.url))


@pytest.fixture
def own_pb(own_server: servers.Server, tmp_path: Path) -> Runner:
    """A runner of the scripts against the test's own server, with a home folder of its own."""
    return Runner(tmp_path, tmp_path / "home", credentials(own_server.url))


@pytest.fixture
def offline(tmp_path: Path) -> Runner:
    """A runner of the scripts where no server listens."""
    return Runner(tmp_path, tmp_path / "home", credentials(f"http://127.0.0.1:{servers.free_port()}"))
