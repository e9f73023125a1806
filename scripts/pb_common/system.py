"""What differs between Linux, macOS and Windows: names, quotes, owners, locks, the console."""

from __future__ import annotations

import contextlib
import os
import signal
import stat
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

# As sys.platform has it; a test sets another.
PLATFORM: str = sys.platform
_UTF8 = 65001
# Of os.open, where the system has them: bytes as they are, and no way through a link.
BINARY: int = getattr(os, "O_BINARY", 0)
NO_LINK: int = getattr(os, "O_NOFOLLOW", 0)


def is_windows() -> bool:
    """Return whether this is Windows, which knows no owners, modes and groups of processes as POSIX has them."""
    return PLATFORM == "win32"


def is_linux() -> bool:
    """Return whether this is Linux, whose /proc tells of processes."""
    return PLATFORM.startswith("linux")


def name() -> str:
    """Return the system as PocketBase's releases are named: linux, darwin, windows, or another one's own name."""
    return "windows" if is_windows() else "linux" if is_linux() else PLATFORM


def caches(environ: Mapping[str, str], home: Path) -> Path:
    """Return the folder of a user's caches."""
    if is_windows():
        return Path(environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    if PLATFORM == "darwin":
        return home / "Library" / "Caches"
    return Path(environ.get("XDG_CACHE_HOME") or home / ".cache")


def executable(name: str) -> str:
    """Return the file name of a program."""
    return f"{name}.exe" if is_windows() else name


def python() -> str:
    """Return how Python is called."""
    return "python" if is_windows() else "python3"


def typed(argument: str) -> str:
    """Return an argument as it is typed at a prompt, in quotes where it needs them."""
    if is_windows():
        return f'"{argument}"' if " " in argument else argument
    from shlex import quote

    return quote(argument)


def is_own(found: os.stat_result) -> bool:
    """Return whether a file is this user's; on Windows each is, whose home folders are their owners' alone."""
    return is_windows() or found.st_uid == os.geteuid()


def others_may_read(found: os.stat_result) -> bool:
    """Return whether a file's mode lets anybody but its owner at it."""
    return not is_windows() and bool(stat.S_IMODE(found.st_mode) & 0o077)


def own_session() -> dict[str, Any]:
    """Return the options of subprocess.Popen for a process that goes on when the terminal is closed."""
    import subprocess

    # Both exist on Windows only.
    flags = getattr(subprocess, "DETACHED_PROCESS", 0) | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
    return {"creationflags": flags, "start_new_session": not is_windows()}


def lock(file: IO[bytes]) -> None:
    """Lock a file for this process; raise BlockingIOError or PermissionError where another one has the lock."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def lock_bytes(file: IO[bytes], start: int, size: int) -> None:
    """Lock some bytes of a file for this process; raise BlockingIOError or PermissionError where another one has them.

    On Windows, where no process loses what it has locked, nobody has.
    """
    if sys.platform != "win32" and not is_windows():
        import fcntl

        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, size, start)


def loses_locks() -> bool:
    """Return whether a process that closes a file loses its locks on it, however often it has it open (POSIX)."""
    return not is_windows()


def ending_signals() -> list[signal.Signals]:
    """Return the signals that ask a process to end; Windows knows none for a terminal that is closed."""
    names = ("SIGTERM",) if is_windows() else ("SIGTERM", "SIGHUP")
    return [signal.Signals[name] for name in names]


def ended_with() -> str:
    """Return what a keeper, which knows no other modules, ends: a server's "group", or the "process" alone."""
    return "process" if is_windows() else "group"


def kill(pid: int) -> None:
    """End a process at once, if there is one; on Windows only whoever has started it does that."""
    if sys.platform != "win32" and not is_windows():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def account_number() -> str:
    """Return the number of the account that this process runs under, where accounts have one."""
    return "unknown" if is_windows() else str(os.getuid())


def temporary_variable() -> str:
    """Return the variable that names the folder of temporary files."""
    return "TEMP" if is_windows() else "TMPDIR"


def console_takes_colours() -> bool:
    """Let the console read UTF-8 and colours, and return whether it does; a terminal elsewhere does anyway."""
    if sys.platform != "win32":
        return not is_windows()
    import ctypes

    kernel = ctypes.windll.kernel32
    kernel.SetConsoleOutputCP(_UTF8)
    handle, mode = kernel.GetStdHandle(-11), ctypes.c_uint32()
    return bool(kernel.GetConsoleMode(handle, ctypes.byref(mode)) and kernel.SetConsoleMode(handle, mode.value | 4))
