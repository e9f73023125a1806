"""A real SMTP server that keeps each mail it takes, and the words of a mail."""

from __future__ import annotations

import email
import email.policy
import re
import time
from types import TracebackType
from typing import Any

from aiosmtpd.controller import Controller

import servers

_SECONDS = 15.0


class Mails:
    """A running SMTP server; use it as a context manager."""

    def __init__(self) -> None:
        self._mails: list[tuple[str, str]] = []
        self.port = servers.free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Keep a mail; aiosmtpd calls it."""
        body = email.message_from_bytes(envelope.content, policy=email.policy.default).get_body(("html", "plain"))
        self._mails += [(address, str(body.get_content()) if body else "") for address in envelope.rcpt_tos]
        return "250 kept"

    def __enter__(self) -> Mails:
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()

    def wait(self, address: str, pattern: str) -> str:
        """Return what a pattern finds in the oldest unread mail to an address that has it; wait for one."""
        deadline = time.monotonic() + _SECONDS
        while time.monotonic() < deadline:
            for mail in self._mails:
                found = re.search(pattern, mail[1]) if mail[0] == address else None
                if found:
                    self._mails.remove(mail)
                    return found[1]
            time.sleep(0.02)
        raise AssertionError(f"no mail for {address} has {pattern}; there are: {self._mails}")


LINK = r'href="(\S+/auth/confirm-[^"]+)"'
CODE = r"<strong>(\d+)</strong>"


def use(server: servers.Server, mails: Mails) -> None:
    """Let a server send its mails to ours."""
    smtp = {"enabled": True, "host": "127.0.0.1", "port": mails.port}
    status, answer = server.request("PATCH", "/api/settings", {"smtp": smtp})
    assert status == 200, answer
