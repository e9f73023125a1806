"""What the doctor knows of a server, read once; and what it says of it."""

from __future__ import annotations

import time
from functools import cached_property
from pathlib import Path
from typing import Any, Callable, NamedTuple
from urllib.parse import urlsplit

from _pb.migrations.home import Home, find_home
from _pb.server.layout import Project
from _pb.server.process import State, running_state
from pb_common import Client, PBError, script_command
from pb_common.collections import get_collections
from pb_common.paths import HEALTH, SETTINGS, is_loopback
from pb_common.schema_types import Collection
from pb_common.wire import Response

LEVELS = ("info", "warning", "error")


class Finding(NamedTuple):
    """Something wrong: how bad, what it is, why it matters, and the command that mends it."""

    severity: str
    message: str
    why: str
    command: str


class NotChecked(PBError):
    """A check cannot be made here; the message says why."""


class Patient:
    """A server, as the superuser of a client sees it."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.asked_at = 0.0
        self.is_here = is_loopback(client.transport.host)

    @cached_property
    def settings(self) -> dict[str, Any]:
        """The settings (GET /api/settings)."""
        found: dict[str, Any] = self.client.call("GET", SETTINGS)
        return found

    @cached_property
    def collections(self) -> list[Collection]:
        """The collections."""
        return get_collections(self.client)

    @cached_property
    def health(self) -> Response:
        """What GET /api/health answers the superuser; `asked_at` is when, in seconds since the epoch."""
        began = time.time()
        response = self.ask_health({})
        self.asked_at = (began + time.time()) / 2
        return response

    def ask_health(self, headers: dict[str, str]) -> Response:
        """Return what GET /api/health answers the superuser who sends further headers."""
        token = self.client.superuser_token()
        return self.client.respond("GET", HEALTH, None, {"Authorization": token, **headers})

    @cached_property
    def home(self) -> Home | None:
        """The project folder whose server this is, None where it is not at hand."""
        return find_home(self.client, self.collections)

    @cached_property
    def started(self) -> tuple[Project, State] | None:
        """The project here whose server pb_server.py has started, if it is this one."""
        for folder in (Path.cwd(), *([self.home.folder] if self.home else [])):
            state = running_state(Project(folder.absolute()))
            if state and self.is_here and urlsplit(state.url).port == self.client.transport.port:
                return Project(folder.absolute()), state
        return None


Check = Callable[[Patient], "list[Finding]"]


def set_command(*words: str) -> str:
    """Return the command that changes settings."""
    return script_command(f"pb_settings.py set {' '.join(words)}")
