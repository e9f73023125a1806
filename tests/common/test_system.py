"""What differs by system, through its seam, so that one machine proves it for three."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from _pb.migrations.lent_locks import is_locked
from conftest import SCRIPTS
from pb_common import system
from pb_common.project import quoted, script_command
from pb_common.terminal import screen

HOME = Path("home")


@pytest.mark.parametrize(
    ("platform", "environ", "caches", "program", "quoted_"),
    [
        ("linux", {}, HOME / ".cache", "pocketbase", "'a b'"),
        ("linux", {"XDG_CACHE_HOME": "c"}, Path("c"), "pocketbase", "'a b'"),
        ("darwin", {"XDG_CACHE_HOME": "c"}, HOME / "Library" / "Caches", "pocketbase", "'a b'"),
        ("win32", {"LOCALAPPDATA": "local"}, Path("local"), "pocketbase.exe", '"a b"'),
        ("win32", {}, HOME / "AppData" / "Local", "pocketbase.exe", '"a b"'),
    ],
)
def test_names_and_places(
    monkeypatch: pytest.MonkeyPatch, platform: str, environ: dict[str, str], caches: Path, program: str, quoted_: str
) -> None:
    monkeypatch.setattr(system, "PLATFORM", platform)
    assert system.caches(environ, HOME) == caches
    assert system.executable("pocketbase") == program
    assert quoted(Path("a b")) == quoted_
    assert script_command("pb_server.py up").startswith("python " if platform == "win32" else "python3 ")


@pytest.mark.skipif(sys.platform == "win32", reason="has no modes")
def test_owners_and_modes_count_but_on_windows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("x", "utf-8")
    file.chmod(0o644)
    assert system.others_may_read(file.stat())
    assert system.is_own(file.stat())
    assert system.own_session()["start_new_session"] is True
    monkeypatch.setattr(os, "geteuid", lambda: file.stat().st_uid + 1)
    assert not system.is_own(file.stat())
    monkeypatch.setattr(system, "PLATFORM", "win32")
    assert system.is_own(file.stat())
    assert not system.others_may_read(file.stat())
    assert system.own_session()["start_new_session"] is False


def test_a_console_that_takes_no_colours_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal:
        encoding = "cp1252"

        def isatty(self) -> bool:
            return True

    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(system, "console_takes_colours", lambda: False)
    shown = screen(Terminal())  # type: ignore[arg-type]
    assert (shown.coloured, shown.mark) == (False, "...")
    monkeypatch.setattr(system, "console_takes_colours", lambda: True)
    assert screen(Terminal()).coloured  # type: ignore[arg-type]


def test_a_lock_is_held_once(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with path.open("wb") as first, path.open("wb") as second:
        system.lock(first)
        with pytest.raises((BlockingIOError, PermissionError)):
            system.lock(second)


def test_signals_processes_and_accounts_have_a_way_on_each_system(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "locked"
    path.write_bytes(b"0123456789")
    posix = [system.ended_with(), system.temporary_variable(), system.loses_locks(), len(system.ending_signals())]
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    system.kill(child.pid)
    child.communicate()
    monkeypatch.setattr(system, "PLATFORM", "win32")
    windows = [system.ended_with(), system.temporary_variable(), system.loses_locks(), len(system.ending_signals())]
    if sys.platform != "win32":
        assert posix == ["group", "TMPDIR", True, 2]
        assert child.returncode == -signal.SIGKILL
    assert windows == ["process", "TEMP", False, 1]
    assert system.account_number() == "unknown"
    with path.open("r+b") as file:
        system.lock_bytes(file, 0, 4)  # locks nothing there
    system.kill(os.getpid())  # and kills nobody
    assert system.name() == "windows"
    assert not is_locked(path)


# What asks for the system, or is of one of them alone.
OF_A_SYSTEM = r"sys\.platform|os\.name\b|platform\.system|[sg]etattr\((?:os|signal)\b|hasattr\((?:os|signal)\b"
OF_ONE_SYSTEM = r"\bimport (?:msvcrt|winreg|ctypes)\b"


def test_no_other_module_asks_for_the_system() -> None:
    asking = {
        path.relative_to(SCRIPTS).as_posix(): line.strip()
        for path in SCRIPTS.rglob("*.py")
        for line in path.read_text("utf-8").splitlines()
        if re.search(f"{OF_A_SYSTEM}|{OF_ONE_SYSTEM}", line) and path != SCRIPTS / "pb_common" / "system.py"
    }
    assert asking == {}
