"""A mailbox: an SMTP server on a free port that keeps every mail it gets."""

from __future__ import annotations

import email
import email.policy
import socketserver
import threading
import time
from email.message import EmailMessage
from typing import Any

_SECONDS = 10.0
_ANSWERS = {b"AUTH": b"235 ok\r\n", b"QUIT": b"221 bye\r\n"}


class Mailbox:
    """Keeps mails; `mail` waits for the newest one to an address."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        mails = self.mails

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self.wfile.write(b"220 mailbox\r\n")
                for line in self.rfile:
                    word = line.strip().upper()[:4]
                    if word == b"DATA":
                        self.wfile.write(b"354 go on\r\n")
                        lines = list(iter(self.rfile.readline, b".\r\n"))
                        mails.append(email.message_from_bytes(b"".join(lines), policy=email.policy.default))
                    self.wfile.write(_ANSWERS.get(word, b"250 ok\r\n"))
                    if word == b"QUIT":
                        return

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def mail(self, address: str) -> dict[str, Any]:
        """Return the newest unread mail to an address: its subject and its text; wait up to 10 seconds for one."""
        deadline = time.monotonic() + _SECONDS
        while time.monotonic() < deadline:
            for mail in reversed(self.mails):
                if address in str(mail["to"]):
                    self.mails.remove(mail)
                    body = mail.get_body(("html", "plain"))
                    return {"subject": str(mail["subject"]), "text": body.get_content() if body else ""}
            time.sleep(0.05)
        raise AssertionError(f"no mail came for {address}; others: {[str(mail['to']) for mail in self.mails]}")
