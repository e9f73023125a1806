"""Processes of this machine: which one serves, seen in the ways of each system, and when one is left alone."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import servers
from _pb.server import foreign, process
from _pb.server.restart_foreign import restart_process
from conftest import Runner
from pb_common import Client, PBError, PBRefused, Settings, system

pytestmark = [
    pytest.mark.both_ends,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="it looks at Linux in the ways of others, too"),
]


def test_a_process_is_seen_in_the_way_of_macos(
    server: servers.Server, version: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if not shutil.which("lsof"):
        pytest.skip("lsof is not installed")
    assert server.process
    monkeypatch.setattr(system, "PLATFORM", "darwin")
    monkeypatch.setattr(foreign, "_PROC", tmp_path)
    found = foreign.find_server(server.url)
    assert found
    assert (found.pid, found.version, found.command[1]) == (server.process.pid, version, "serve")
    assert process.start_time(found.pid) == process.start_time(found.pid) != ""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    assert process.start_time(child.pid) == ""
    assert foreign.find_server(f"http://127.0.0.1:{servers.free_port()}") is None
    monkeypatch.setenv("PATH", str(tmp_path))
    assert foreign.find_server(server.url) is None
    with Client(Settings(server.url)) as client, pytest.raises(PBRefused, match="needs Linux"):
        restart_process(client, found.pid, dry_run=False)


def test_a_server_is_sought_on_this_machine_alone(server: servers.Server) -> None:
    assert server.process
    own = foreign.find_server(f"http://0.0.0.0:{server.port}")
    assert own
    assert own.pid == server.process.pid
    assert foreign.find_server(f"http://192.0.2.1:{server.port}") is None


class Played:
    """A folder in the form of /proc, in which a process serves the port of a real server."""

    def __init__(self, root: Path, server: servers.Server) -> None:
        self.own = root / "4242"
        (self.own / "fd").mkdir(parents=True)
        (self.own / "fd/3").symlink_to("socket:[777]")
        (self.own / "exe").symlink_to(servers.binary(server.version))
        (root / "net").mkdir()
        listening = f"head\n 0: 0100007F:{server.port:04X} 00000000:0000 0A 0:0 0:0 0 0 0 777 1\n"
        (root / "net/tcp").write_text(listening)

    def is_(self, command: str, group: str) -> None:
        """Give the process a command line and a group."""
        (self.own / "cmdline").write_text(command.replace(" ", "\0"))
        (self.own / "cgroup").write_text(f"0::{group}\n")


def test_what_something_else_looks_after_is_left_alone(
    server: servers.Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    played = Played(tmp_path / "proc", server)
    monkeypatch.setattr(foreign, "_PROC", tmp_path / "proc")
    (tmp_path / "systemctl").write_text("#!/bin/sh\necho 4242\n")
    (tmp_path / "systemctl").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with Client(Settings(server.url)) as client:
        for command, group, said in (
            ("pocketbase serve", "/system.slice/pocketbase.service", "looked after by pocketbase.service"),
            ("pocketbase serve", "/docker/0123456789ab", "looked after by a container"),
            ("nginx -g", "/", "is no PocketBase"),
        ):
            played.is_(command, group)
            with pytest.raises(PBRefused, match=said):
                restart_process(client, 4242, dry_run=False)
        monkeypatch.undo()
        assert server.process
        with monkeypatch.context() as other:
            other.setattr(os, "geteuid", lambda: os.getuid() + 1)
            with pytest.raises(PBRefused, match="as another user"):
                restart_process(client, server.process.pid, dry_run=False)
        with pytest.raises(PBError, match="no process"):
            restart_process(client, 2**22 + 1, dry_run=False)
    assert server.process.poll() is None


def test_a_command_that_does_not_restart_is_told(own_pb: Runner, own_server: servers.Server) -> None:
    assert own_server.process

    def restarted(command: str, **env: str) -> tuple[int, str]:
        result = own_pb("pb_server.py", "restart", "--command", command, env=dict(env))
        return result.code, result.message

    assert restarted("docker 'restart") == (2, '--command is "docker \'restart": No closing quotation.')
    assert restarted("/nowhere/systemctl restart pocketbase")[0] == 2
    assert own_pb.ok("pb_server.py", "restart", "--command", "/nowhere/systemctl x", "--dry-run")["pid"]
    assert own_server.process.poll() is None
    end = f"import os; os.kill({own_server.process.pid}, {int(signal.SIGKILL)})"
    code, message = restarted(f'{sys.executable} -c "{end}"', PB_TIMEOUT="1")
    assert (code, "after the restart" in message) == (3, True)


def test_a_process_without_a_log_is_restarted_and_one_whose_folder_is_gone_is_not(
    own_pb: Runner, own_server: servers.Server, tmp_path: Path
) -> None:
    own_server.stop()
    gone = tmp_path / "gone"
    gone.mkdir()
    quiet = subprocess.DEVNULL
    own_server.process = subprocess.Popen(own_server.command(), cwd=gone, stdout=quiet, stderr=quiet, stdin=quiet)
    own_pb("pb_health.py", "--wait", "20")
    pid = str(own_server.process.pid)
    gone.rmdir()
    refused = own_pb("pb_server.py", "restart", "--pid", pid)
    assert (refused.code, "could not be started again" in refused.message) == (4, True)
    gone.mkdir()
    refused = own_pb("pb_server.py", "restart", "--pid", pid)  # another folder of the name
    assert refused.code == 4
    assert own_server.process.poll() is None
    own_server.stop()
    own_server.process = subprocess.Popen(own_server.command(), cwd=gone, stdout=quiet, stderr=quiet, stdin=quiet)
    own_pb("pb_health.py", "--wait", "20")
    again = own_pb.ok("pb_server.py", "restart", "--pid", str(own_server.process.pid))
    os.kill(again["pid"], signal.SIGKILL)


def test_a_process_that_does_not_end_when_asked_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE) as child:
        assert child.stdout
        child.stdout.readline()
        state = process.State(child.pid, process.start_time(child.pid), "", "", "")
        with monkeypatch.context() as other:

            def refuse(pid: int, number: int) -> None:
                raise PermissionError(1, "Operation not permitted")

            other.setattr(os, "kill", refuse)
            with pytest.raises(PBError, match="cannot be stopped: Operation not permitted"):
                process.stop(state)
        monkeypatch.setattr(process, "STOP_SECONDS", 0.2)
        process.stop(state)
        assert not process.is_running(state)
