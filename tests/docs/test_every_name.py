"""No page is silent about a name of PocketBase: its commands, flags, events, globals, field options, settings."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

import servers
from docs.pages import pages

# What no author of hooks meets: the forms of the dashboard's own requests, and a type that only Go can use.
UNTOLD = {"AppleClientSecretCreateForm", "FieldsList", "RecordUpsertForm", "TestEmailSendForm", "TestS3FilesystemForm"}
TYPES = (
    *("text", "number", "bool", "email", "url", "editor", "date", "autodate"),
    *("select", "file", "relation", "json", "password", "geoPoint"),
)
NEEDED: dict[str, dict[str, Any]] = {
    "select": {"values": ["a"]},
    "relation": {"collectionId": "_pb_users_auth_"},
    "autodate": {"onCreate": True},
}


@pytest.fixture(scope="module")
def text() -> str:
    """All pages as one text."""
    return "\n".join(page.path.read_text("utf-8") for page in pages())


@pytest.fixture(scope="module")
def newest() -> Iterator[servers.Server]:
    """A server of the newest release, which has the most names."""
    with servers.Server() as server:
        yield server


def _unnamed(text: str, names: set[str]) -> list[str]:
    return sorted(name for name in names if not re.search(rf"(?<![\w$]){re.escape(name)}(?!\w)", text))


def _help(*words: str) -> str:
    command = [str(servers.binary(servers.DEFAULT_VERSION)), *words, "--help"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def _commands(*words: str) -> Iterator[tuple[str, ...]]:
    yield words
    listed = re.search(r"Available Commands:\n(.*?)\n\n", _help(*words), re.DOTALL)
    for line in listed[1].splitlines() if listed else ():
        name = line.split()[0]
        if name not in ("completion", "help"):
            yield from _commands(*words, name)


def test_every_command_and_flag_of_the_executable_is_on_a_page(text: str) -> None:
    commands = list(_commands())
    assert ("superuser", "upsert") in commands
    assert not _unnamed(text, {words[-1] for words in commands if words})
    flags = {flag for words in commands for flag in re.findall(r"--[\w-]+", _help(*words))}
    assert not _unnamed(text, flags - {"--help", "--version"})


def test_every_event_and_global_of_hooks_is_on_a_page(text: str, newest: servers.Server) -> None:
    types = (newest.project / "pb_data" / "types.d.ts").read_text("utf-8")
    names = set(re.findall(r"declare (?:function|var|let|const|class|namespace) ([\w$]+)", types))
    assert {"onRecordCreate", "$app", "BadRequestError"} < names
    assert not _unnamed(text, names - UNTOLD)


def test_every_option_of_a_field_is_on_a_page(text: str, newest: servers.Server) -> None:
    options = set()
    for kind in TYPES:
        field = {"name": "f", "type": kind, **NEEDED.get(kind, {})}
        status, made = newest.request("POST", "/api/collections", {"name": f"of_{kind}", "fields": [field]})
        assert status == 200, made
        options.update(next(one for one in made["fields"] if one["name"] == "f"))
    assert not _unnamed(text, options)


def test_every_setting_and_option_of_accounts_is_on_a_page(text: str, newest: servers.Server) -> None:
    settings = newest.request("GET", "/api/settings")[1]
    accounts = newest.request("GET", "/api/collections/users")[1]
    assert not _unnamed(text, {*_leaves(settings), *_leaves(accounts)})


def _leaves(value: dict[str, Any]) -> Iterator[str]:
    for name, part in value.items():
        if isinstance(part, dict):
            yield from _leaves(part)
        else:
            yield name
