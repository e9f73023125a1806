"""Servers that were not started from this folder: which process of this machine answers at a URL, as far as is seen."""

from __future__ import annotations

import re
import socket
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from _pb.server.binary import inspect_binary
from pb_common import PBUsageError, system
from pb_common.paths import is_loopback

_PROC = Path("/proc")
_LISTENING = "0A"
_UNIT = re.compile(r"/([^/]+\.service)$", re.MULTILINE)
_CONTAINER = re.compile(r"docker|containerd|podman|libpod|kubepods")


class Foreign(NamedTuple):
    """A process that serves a URL; "" and () where the system does not tell.

    `unit` is the service of systemd that it is part of, `container` whether it runs in a container.
    """

    pid: int
    binary: str
    version: str
    command: tuple[str, ...]
    unit: str
    container: bool


def find_server(url: str) -> Foreign | None:
    """Return the process that listens at a URL of this machine; None elsewhere, and where it is not to be seen.

    Linux shows the processes of the same user, and root those of all.
    """
    parts = urlsplit(url)
    if not is_loopback(parts.hostname or "") and not _is_own_address(parts.hostname or ""):
        return None
    port = parts.port or (443 if parts.scheme == "https" else 80)
    pid = _listener(port) if system.is_linux() else _listed(port)
    return describe(pid) if pid else None


def describe(pid: int) -> Foreign | None:
    """Return what the system tells of a process; None where it tells nothing, or there is none."""
    command = command_of(pid)
    if not command:
        return None
    binary = _binary_of(pid, command)
    groups = _text(_PROC / str(pid) / "cgroup")
    unit = _unit_of(pid, groups)
    # What does not serve is a proxy, say, and is not asked for its version.
    version = _version(binary) if "serve" in command[1:] else ""
    return Foreign(pid, binary, version, command, unit, _is_contained(groups))


def _unit_of(pid: int, groups: str) -> str:
    """Return the service whose main process this is: what a session has started is in the group of one, too."""
    found = _UNIT.search(groups)
    main = _output(["systemctl", "show", "-p", "MainPID", "--value", found[1]]) if found else ""
    return found[1] if found and main == str(pid) else ""


def _is_contained(groups: str) -> bool:
    """Tell whether a process runs in a container, unless it is the one that this process is in."""
    return bool(_CONTAINER.search(groups)) and groups != _text(_PROC / "self/cgroup")


def command_of(pid: int) -> tuple[str, ...]:
    """Return the words of a process's command line, () where they are not told."""
    if system.is_linux():
        return tuple(word for word in _text(_PROC / str(pid) / "cmdline").split("\0") if word)
    if system.is_windows():
        return ()
    return tuple(_output(["ps", "-p", str(pid), "-o", "command="]).split())


def _binary_of(pid: int, command: tuple[str, ...]) -> str:
    try:
        return re.sub(r" \(deleted\)$", "", str((_PROC / str(pid) / "exe").readlink()))
    except OSError:
        return command[0]


def _version(binary: str) -> str:
    try:
        return inspect_binary(Path(binary)).version
    except PBUsageError:
        return ""


def _is_own_address(host: str) -> bool:
    """Tell whether an address is one of this machine: only then can a socket be bound to it."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.bind(address)
    except OSError:
        return False
    return True


def _listener(port: int) -> int:
    """Return the process that listens on a port, as Linux tells; 0 where it is not to be seen."""
    inodes = set()
    for name in ("tcp", "tcp6"):
        for line in _text(_PROC / "net" / name).splitlines()[1:]:
            words = line.split()
            if words[3] == _LISTENING and int(words[1].rpartition(":")[2], 16) == port:
                inodes.add(f"socket:[{words[9]}]")
    for folder in _PROC.iterdir() if inodes else ():
        if folder.name.isdigit() and _has_open(folder / "fd", inodes):
            return int(folder.name)
    return 0


def _has_open(folder: Path, wanted: set[str]) -> bool:
    try:
        return any(_link(entry) in wanted for entry in folder.iterdir())
    except OSError:
        return False


def _link(path: Path) -> str:
    try:
        return str(path.readlink())
    except OSError:
        return ""


def _listed(port: int) -> int:
    """Return the process that listens on a port, as lsof or PowerShell tells; 0 where it is not to be seen."""
    if system.is_windows():
        script = f"(Get-NetTCPConnection -State Listen -LocalPort {port} -ErrorAction Stop)[0].OwningProcess"
        told = _output(["powershell", "-NoProfile", "-NonInteractive", "-Command", script])
    else:
        told = _output(["lsof", "-nP", f"-iTCP:{port}", "-sTCP:LISTEN", "-t"])
    first = told.split()[:1]
    return int(first[0]) if first and first[0].isdigit() else 0


def _output(command: list[str]) -> str:
    import subprocess

    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else ""


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""
