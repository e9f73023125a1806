"""What a person at a terminal of a certain width sees."""

from __future__ import annotations

import os
import struct
import subprocess
import sys

from conftest import Runner


def seen_on_a_terminal(runner: Runner, width: int, script: str, *words: str, env: dict[str, str] | None = None) -> str:
    """Run a script on a pseudo-terminal of so many columns and return all that it printed."""
    import fcntl
    import pty
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
    command = [sys.executable, str(runner.scripts / script), *words]
    merged = {**runner.env, "TERM": "xterm", "PYTHONIOENCODING": "utf-8", **(env or {})}
    seen = b""
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=merged, cwd=runner.folder):
        os.close(theirs)
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # the other side is closed
                break
            if not piece:
                break
            seen += piece
    os.close(ours)
    return seen.decode("utf-8", "replace").replace("\r\n", "\n")
