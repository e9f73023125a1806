"""Run a server until a byte, or the end, of this process's standard input; then kill it and delete its folder.

    python keeper.py group|process FOLDER COMMAND...

Started by throwaway.py as a process of its own. However the process that asked for the server ends, even when it is
killed, the system ends that input: so the server and its folder never outlive it. If the server ends by itself, its
exit code is written to FOLDER/ended and the folder stays until then, so that its log can be read. The first word says
what is killed: with its `group` goes what its hooks have started, where the system knows groups.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

LOG = "server.log"
ENDED = "ended"
GROUP = "group"


def keep(folder: Path, command: list[str], *, with_group: bool) -> None:
    """Run the command in the folder, with its output in the log, until standard input says so; then clean up."""
    server = watcher = None
    try:
        with (folder / LOG).open("ab") as log:
            # A group of its own, so that what its hooks started ends with it.
            server = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder, start_new_session=True
            )
        watcher = threading.Thread(target=_note_the_end, args=(server, folder / ENDED), daemon=True)
        watcher.start()
        sys.stdin.buffer.read(1)
    finally:
        if server:
            _kill(server, with_group=with_group)
        if watcher:
            watcher.join()  # its note, written while the folder is emptied, would keep the folder alive
        shutil.rmtree(folder, ignore_errors=True)


def _note_the_end(server: subprocess.Popen[bytes], file: Path) -> None:
    code = server.wait()
    with suppress(FileNotFoundError):  # someone else deleted the folder
        file.write_text(str(code), "utf-8")


def _kill(server: subprocess.Popen[bytes], *, with_group: bool) -> None:
    try:
        if with_group:
            os.killpg(server.pid, signal.SIGKILL)
        else:
            server.kill()
    except OSError:
        pass  # it has ended already
    server.wait()


def _stop(number: int, frame: object) -> None:
    sys.exit(0)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _stop)
    keep(Path(sys.argv[2]), sys.argv[3:], with_group=sys.argv[1] == GROUP)
