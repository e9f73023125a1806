"""Hold a trial until it is over: run its server, take its mails and its calls to elsewhere; then delete its folder.

    python keeper.py group|process FOLDER PREFIX

It is a process of its own, which knows nothing of the scripts. A line of JSON on its standard input says what to do:
{"start": [command], "env": {...}} runs the server, {"stop": true} kills it, {"keep": seconds since the epoch} lets the
trial go on without whoever started it. Until then the end of that input, however it comes about, ends the trial; then
it goes on to that moment, or until FOLDER/stop is there. Each line is answered by one of JSON on standard output.

In the end the folder is moved out of the way at once, to a name that begins with PREFIX: its deletion may take minutes.

Mails are files of FOLDER/mails, what hooks send to other servers files of FOLDER/requests: nothing of it goes out.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socketserver
import subprocess
import sys
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

_TICK = 0.25
_LONGEST_LINE = 1 << 16
# A mail or a call of more bytes is cut there.
_LONGEST = 50_000_000
_ADDRESS = ("127.0.0.1", 0)
_STOP = "stop"
# What is ended of a server: all that its hooks have started, too, where the system knows groups of processes.
_GROUP = "group"


class _Files:
    """Numbered files of a folder, one for each thing that came."""

    def __init__(self, folder: Path, suffix: str) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        self._folder, self._suffix = folder, suffix
        self._lock = threading.Lock()
        self._number = 0

    def write(self, content: bytes) -> None:
        """Write the next file, whole."""
        with self._lock:
            self._number += 1
            part = self._folder / f".{self._number:04}.part"
            part.write_bytes(content)
            part.replace(self._folder / f"{self._number:04}.{self._suffix}")


class _Sink(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, handler: Any, files: _Files) -> None:
        super().__init__(_ADDRESS, handler)
        self.files = files
        threading.Thread(target=self.serve_forever, args=(_TICK,), daemon=True).start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: whoever called has gone."""


class _Mail(socketserver.StreamRequestHandler):
    """Takes mails as an SMTP server does (RFC 5321), and sends none."""

    timeout = 60

    def handle(self) -> None:
        self._say("220 trial")
        envelope: list[bytes] = []
        while line := self.rfile.readline(_LONGEST_LINE):
            verb, _, rest = line.strip().partition(b" ")
            verb = verb.upper()
            if verb in (b"MAIL", b"RCPT"):
                envelope = ([] if verb == b"MAIL" else envelope) + [b"X-Trial-" + rest.replace(b":", b": ", 1)]
                self._say("250 ok")
            elif verb == b"DATA":
                self._say("354 go on")
                self.server.files.write(b"".join(b"%b\r\n" % part for part in envelope) + self._content())  # type: ignore[attr-defined]
                self._say("250 kept")
            elif verb == b"QUIT":
                self._say("221 bye")
                return
            elif verb == b"EHLO":
                self._say("250-trial", "250-8BITMIME", "250 SMTPUTF8")
            else:
                self._say("235 ok" if verb == b"AUTH" else "250 ok")

    def _content(self) -> bytes:
        lines: list[bytes] = []
        size = 0
        while (line := self.rfile.readline(_LONGEST_LINE)) and line.rstrip(b"\r\n") != b".":
            size += len(line)
            if size < _LONGEST:
                lines.append(line[1:] if line.startswith(b"..") else line)
        return b"".join(lines)

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())


class _Call(BaseHTTPRequestHandler):
    """Takes what hooks would send elsewhere, as a proxy does, and answers {} to all of it."""

    timeout = 60
    protocol_version = "HTTP/1.1"

    def handle_one_request(self) -> None:
        self.raw_requestline = self.rfile.readline(_LONGEST_LINE)
        self.close_connection = True
        if not self.raw_requestline or not self.parse_request():
            return
        target = self.headers.get("X-Trial-Url") or self.path
        headers = [f"{name}: {value}" for name, value in self.headers.items() if name.lower() != "x-trial-url"]
        body = self._body() if self.command != "CONNECT" else b""
        head = "\n".join([f"{self.command} {target}", *headers, "", ""])
        self.server.files.write(head.encode("utf-8", "replace") + body)  # type: ignore[attr-defined]
        status = "403 Forbidden" if self.command == "CONNECT" else "200 OK"
        answer = b"" if self.command == "HEAD" else b"{}"
        fields = f"Content-Type: application/json\r\nContent-Length: {len(answer)}\r\nConnection: close"
        self.wfile.write(f"HTTP/1.1 {status}\r\n{fields}\r\n\r\n".encode() + answer)

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", "").lower():
            length = self.headers.get("Content-Length", "0")
            return self.rfile.read(min(int(length), _LONGEST) if length.isdigit() else 0)
        pieces = b""
        while (size := int(self.rfile.readline(_LONGEST_LINE).split(b";")[0] or b"0", 16)) and len(pieces) < _LONGEST:
            pieces += self.rfile.read(size)
            self.rfile.readline(_LONGEST_LINE)
        return pieces

    def log_message(self, *words: Any) -> None:
        """Say nothing."""


class _Server:
    """The trial's PocketBase, which may be started more than once."""

    def __init__(self, folder: Path, *, with_group: bool) -> None:
        self._folder = folder
        self._with_group = with_group
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, command: list[str], env: dict[str, str], log: str) -> dict[str, Any]:
        with Path(log).open("ab") as output:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self._folder,
                env={**os.environ, **env},
                start_new_session=True,  # a group of its own, so that what its hooks started ends with it
            )
        return {"pid": self._process.pid}

    def code(self) -> int | None:
        """Return the exit code of a server that has ended, None of one that runs."""
        return self._process.poll() if self._process else None

    def stop(self, *, kindly: bool = True) -> None:
        if self._process is None:
            return
        if kindly and self._with_group:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(10)
        with suppress(OSError):
            if self._with_group:
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()
        self._process.wait()
        self._process = None


def keep(folder: Path, prefix: str, *, with_group: bool) -> None:
    """Do what standard input says; then hold the trial until it is over."""
    server = _Server(folder, with_group=with_group)
    try:
        mails = _Sink(_Mail, _Files(folder / "mails", "eml"))
        calls = _Sink(_Call, _Files(folder / "requests", "http"))
        _answer({"smtp": mails.server_address[1], "http": calls.server_address[1]})
        until = _obey(server)
        if until:
            _hold(folder, server, until)
    finally:
        server.stop(kindly=False)
        _delete(folder, folder.with_name(f"{prefix}{os.getpid()}"))


def _delete(folder: Path, ended: Path) -> None:
    with suppress(OSError):  # Windows keeps what somebody has open
        folder.rename(ended)
    for _ in range(20):  # a file that is being written keeps its folder alive
        for place in (folder, ended):
            shutil.rmtree(place, ignore_errors=True)
        if not folder.exists() and not ended.exists():
            break
        time.sleep(_TICK)


def _obey(server: _Server) -> float:
    """Carry out the lines of standard input; return the moment to keep the trial to, 0 if it ends at once."""
    for line in iter(sys.stdin.buffer.readline, b""):
        asked = json.loads(line)
        if "keep" in asked:
            _answer({})
            return float(asked["keep"])
        try:
            if "start" in asked:
                _answer(server.start(asked["start"], asked["env"], asked["log"]))
            elif "stop" in asked:
                server.stop()
                _answer({})
            else:
                _answer({"code": server.code()})
        except OSError as error:
            _answer({"error": error.strerror or str(error)})
    return 0


def _hold(folder: Path, server: _Server, until: float) -> None:
    # Whoever started it is not to wait for the end of these streams.
    with Path(os.devnull).open("r+b") as nothing:
        for stream in (0, 1, 2):
            os.dup2(nothing.fileno(), stream)
    while time.time() < until and folder.exists() and not (folder / _STOP).exists():
        server.code()  # so that one that has ended is no zombie
        time.sleep(_TICK)


def _answer(document: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(document) + "\n")
    sys.stdout.flush()


def _end(number: int, frame: object) -> None:
    sys.exit(0)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _end)
    keep(Path(sys.argv[2]), sys.argv[3], with_group=sys.argv[1] == _GROUP)
