"""pb_auth.py: where the password of a login comes from, and what is said of the way that it takes."""

from __future__ import annotations

import pytest

import servers
from conftest import Runner

pytestmark = pytest.mark.both_ends
WORDS = ("pb_auth.py", "--collection", "users", "--identity", "reader@example.com")
PASSWORD = " a päss word "


@pytest.fixture(autouse=True)
def reader(server: servers.Server) -> None:
    server.request(
        "POST",
        "/api/collections/users/records",
        {"email": "reader@example.com", "password": PASSWORD, "passwordConfirm": PASSWORD},
    )


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\nmore"])
@pytest.mark.parametrize("option", [("--password", "-"), ("--password-stdin",)])
def test_the_password_comes_from_standard_input(pb: Runner, option: tuple[str, ...], end: str) -> None:
    assert pb.ok(*WORDS, *option, stdin=(PASSWORD + end).encode())["token"]


def test_the_password_comes_from_the_environment(pb: Runner) -> None:
    assert pb.ok(*WORDS, env={"PB_PASSWORD": PASSWORD})["token"]
    assert pb(*WORDS, "--password", "another one", env={"PB_PASSWORD": PASSWORD}).code == 1


def test_a_password_that_is_nowhere_or_twice_is_refused(pb: Runner) -> None:
    missing = pb(*WORDS)
    assert missing.code == 2
    assert "PB_PASSWORD" in missing.hint
    assert pb(*WORDS, "--password-stdin").code == 2
    assert pb(*WORDS, "--password", PASSWORD, "--password-stdin").code == 2
    assert pb("pb_auth.py", "--password-stdin", stdin=b"x\n").code == 2


def test_passwords_and_tokens_over_plain_http_are_warned_of_but_not_on_this_machine(
    pb: Runner, server: servers.Server
) -> None:
    proxy: dict[str, str | None] = {"PB_URL": "http://pb.invalid", "HTTP_PROXY": server.url, "http_proxy": server.url}
    for command in ([*WORDS, "--password", PASSWORD], ["pb_collections.py", "list"]):
        warnings = pb(*command, env=proxy).document.get("warnings", [])
        assert [warning for warning in warnings if "plain http to pb.invalid" in warning], (command, warnings)
        assert "warnings" not in pb(*command).document
