"""pb_server.py in a Go project: the project's own main is built and run."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import go_projects
import servers
from conftest import Runner

SCRIPT = "pb_server.py"


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Runner]:
    (tmp_path / "app").mkdir()
    go_projects.write(tmp_path / "app")
    url = f"http://127.0.0.1:{servers.free_port()}"
    runner = Runner(tmp_path / "app", tmp_path / "home", {**go_projects.environment(), "PB_URL": url})
    yield runner
    runner(SCRIPT, "down")


def test_up_builds_and_runs_the_projects_own_main(project: Runner) -> None:
    account = {"PB_SUPERUSER_EMAIL": "own@example.com", "PB_SUPERUSER_PASSWORD": "a password of my own"}
    project.env.update(account, COMMANDS=str(project.home / "commands"))
    project.home.mkdir()
    started = project.ok(SCRIPT, "up")
    assert started["version"] == go_projects.VERSION
    assert project.ok("pb_health.py")["authenticated"] is True
    commands = Path(project.env["COMMANDS"]).read_text("utf-8")
    assert "superuser create" in commands
    assert "own@example.com" in commands
    assert "a password of my own" not in commands
    connection = http.client.HTTPConnection(started["url"].partition("//")[2], timeout=10)
    connection.request("GET", "/api/hello")
    assert connection.getresponse().read().strip() == b'{"hello":"world"}'
    connection.close()
    names = {path.name for path in project.folder.iterdir()}
    assert "pb_data" in names
    assert not {"pb_hooks", "pb_migrations"} & names
    assert project.ok(SCRIPT, "up")["pid"] == started["pid"]

    refused = project(SCRIPT, "up", "--version", go_projects.VERSION)
    assert refused.code == 0  # it runs in that version already
    project.ok(SCRIPT, "down")
    refused = project(SCRIPT, "up", "--version", "0.36.9")
    assert refused.code == 2
    assert "go get" in refused.hint

    (project.folder / "main.go").write_text("package main\n\nfunc main() { nonsense }\n", "utf-8")
    broken = project(SCRIPT, "up")
    assert broken.code == 2
    assert "main.go:3" in broken.message
    assert "nonsense" in " ".join(broken.data["output"])


DATA_AND_FLAWS = """package main

import (
	"log"
	"os"
	"strings"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.NewWithConfig(pocketbase.Config{DefaultDataDir: strings.ToLower("./DATA")})
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		if _, err := os.Stat("flaw"); err == nil {
			panic("there is a flaw")
		}
		e.Router.GET("/api/hello", func(e *core.RequestEvent) error {
			return e.String(200, "first")
		})
		return e.Next()
	})
	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
"""


@pytest.fixture
def deep(tmp_path: Path) -> Iterator[Runner]:
    """A project with its program in cmd/server, which keeps its data elsewhere than usual."""
    go_projects.write(tmp_path, DATA_AND_FLAWS, place="cmd/server/main.go")
    (tmp_path / "cmd" / "tool").mkdir()
    (tmp_path / "cmd" / "tool" / "main.go").write_text("package main\n\nfunc main() {}\n", "utf-8")
    env = {**go_projects.environment(), "PB_URL": f"http://127.0.0.1:{servers.free_port()}"}
    runner = Runner(tmp_path, tmp_path / "home", env)
    yield runner
    runner(SCRIPT, "down")


def hello(url: str) -> str:
    connection = http.client.HTTPConnection(url.partition("//")[2], timeout=10)
    connection.request("GET", "/api/hello")
    text = connection.getresponse().read().decode()
    connection.close()
    return text


def test_up_serves_the_code_as_it_is_now_on_the_programs_own_data(deep: Runner) -> None:
    started = deep.ok(SCRIPT, "up")
    assert (deep.folder / "data" / "data.db").is_file()
    assert not (deep.folder / "pb_data").exists()
    assert hello(started["url"]) == "first"
    assert deep.ok(SCRIPT, "up")["pid"] == started["pid"]
    code = deep.folder / "cmd" / "server" / "main.go"
    code.write_text(code.read_text("utf-8").replace('"first"', '"second"'), "utf-8")
    again = deep.ok(SCRIPT, "up")
    assert again["pid"] != started["pid"]
    assert hello(again["url"]) == "second"

    deep.ok(SCRIPT, "down")
    (deep.folder / "flaw").touch()
    failed = deep(SCRIPT, "up")
    assert failed.code == 3
    assert failed.message.endswith(": panic: there is a flaw"), failed.message


def test_one_of_several_programs_has_to_be_named(deep: Runner) -> None:
    (deep.folder / "cmd" / "worker").mkdir()
    (deep.folder / "cmd" / "worker" / "main.go").write_text(DATA_AND_FLAWS, "utf-8")
    refused = deep(SCRIPT, "up", "--dry-run")
    assert refused.code == 2
    assert "./cmd/server, ./cmd/worker" in refused.message
    assert refused.hint.endswith("PB_GO_MAIN=./cmd/server")
    for named in ("./cmd/worker", "cmd/worker"):
        assert deep.ok(SCRIPT, "up", "--dry-run", env={"PB_GO_MAIN": named})["build"] is True
    wrong = deep(SCRIPT, "up", "--dry-run", env={"PB_GO_MAIN": "./cmd/none"})
    assert (wrong.code, "./cmd/none" in wrong.message) == (2, True)
    below = Runner(deep.folder / "cmd" / "server", deep.home, deep.env)
    assert below.ok(SCRIPT, "up", "--dry-run")["build"] is True


def test_without_go_it_says_what_is_missing(tmp_path: Path, offline: Runner) -> None:
    (tmp_path / "go.mod").write_text("module app\n\nrequire github.com/pocketbase/pocketbase v0.40.6\n", "utf-8")
    result = offline(SCRIPT, "up", env={"PATH": "/nonexistent"})
    assert result.code == 2
    assert "no `go` on PATH" in result.message


def test_a_go_project_on_an_old_version_is_refused(tmp_path: Path, offline: Runner) -> None:
    (tmp_path / "go.mod").write_text("module app\n\nrequire github.com/pocketbase/pocketbase v0.22.27\n", "utf-8")
    result = offline(SCRIPT, "up")
    assert result.code == 2
    assert "v0.23" in result.message


# The clock of the jobs ticks each second.
TICKING = go_projects.MAIN.replace(
    "app := pocketbase.New()",
    """app := pocketbase.New()
	app.Cron().SetInterval(time.Second)
	app.Cron().MustAdd("tick", "* * * * *", func() { os.WriteFile(app.DataDir()+"/ticked", nil, 0o600) })""",
).replace('"os"', '"os"\n\t"time"')


def appears(path: Path) -> bool:
    deadline = time.monotonic() + 30
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    return path.exists()


def test_a_trial_of_a_go_project_runs_its_own_program_without_its_jobs(project: Runner) -> None:
    (project.folder / "main.go").write_text(TICKING, "utf-8")
    project.ok(SCRIPT, "up")
    ticked = project.folder / "pb_data/ticked"
    assert appears(ticked)
    ticked.unlink()
    made = project.ok(SCRIPT, "trial")
    assert made["version"] == go_projects.VERSION
    assert project.ok("pb_api.py", "GET", "/api/hello", "--env", "trial:trial") == {"hello": "world"}
    copied = project.folder / made["folder"] / "pb_data/ticked"
    copied.unlink(missing_ok=True)
    ticked.unlink(missing_ok=True)
    assert appears(ticked)
    assert not copied.exists()
    project.ok(SCRIPT, "trial", "stop")
