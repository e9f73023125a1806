"""pb_auth.py oauth2: signing in with a real OpenID Connect provider, over http and over TLS."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import servers
from conftest import Runner, credentials
from oidc_provider import REDIRECT, IdentityProvider, certificate

pytestmark = [
    pytest.mark.both_ends,
    pytest.mark.skipif(sys.platform != "linux", reason="elsewhere Go reads no certificates from SSL_CERT_FILE"),
]


class Place(NamedTuple):
    """A server, and the two providers of its users: oidc over http, oidc2 over TLS."""

    server: servers.Server
    providers: dict[str, IdentityProvider]


@pytest.fixture(scope="module")
def place(version: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """That server, which trusts the certificate of the second one."""
    cert, key = certificate(tmp_path_factory.mktemp("tls"))
    with IdentityProvider() as plain, IdentityProvider(cert, key) as secure, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(cert))
        with servers.Server(version) as server:
            providers = {"oidc": plain, "oidc2": secure}
            entries = [provider.settings(name) for name, provider in providers.items()]
            oauth2 = {"enabled": True, "mappedFields": {"name": "name"}, "providers": entries}
            status, answer = server.request("PATCH", "/api/collections/users", {"oauth2": oauth2})
            assert status == 200, answer
            yield Place(server, providers)


@pytest.fixture
def run(place: Place, tmp_path: Path) -> Runner:
    """A runner of the scripts against that server."""
    return Runner(tmp_path, tmp_path / "home", credentials(place.server.url))


def begin(run: Runner, name: str) -> str:
    """Begin a sign-in and return the address for the browser."""
    return str(run.ok("pb_auth.py", "oauth2", "url", "users", name, "--redirect", REDIRECT)["url"])


EXCHANGE = ("pb_auth.py", "oauth2", "exchange")


@pytest.mark.parametrize("name", ["oidc", "oidc2"])
def test_a_sign_in_from_the_address_to_the_token(run: Runner, place: Place, name: str) -> None:
    who = f"anna-{name}"
    back = place.providers[name].sign_in(begin(run, name), who)
    answer = run.ok(*EXCHANGE, "--code-stdin", stdin=f"{back}\n".encode())
    assert (answer["record"]["email"], answer["record"]["name"]) == (f"{who}@example.com", who)
    assert run.ok("pb_auth.py", "check", "-", stdin=answer["token"].encode())["good"] is True

    again = run(*EXCHANGE, env={"PB_CODE": back})
    assert (again.code, "was used" in again.message) == (2, True)
    links = run.ok("pb_auth.py", "oauth2", "list", "users", f"{who}@example.com")["items"]
    assert [(link["provider"], link["providerId"]) for link in links] == [(name, who)]
    words = ("pb_auth.py", "oauth2", "unlink", "users", answer["record"]["id"])
    assert run(*words, "github").code == 2
    assert run(*words, name, env={"PB_PROTECTED": "1"}).code == 4
    assert run.ok(*words, name, "--dry-run")["link"]["provider"] == name
    assert run.ok(*words, name)["unlinked"]["provider"] == name
    assert run.ok("pb_auth.py", "oauth2", "list", "users", answer["record"]["id"])["items"] == []
    assert "linked with none" in run(*words, name).hint


def test_codes_that_are_no_good(run: Runner, place: Place) -> None:
    back = place.providers["oidc"].sign_in(begin(run, "oidc"), "bert")
    wrong = run(*EXCHANGE, env={"PB_CODE": back.replace("code=", "code=x")})
    assert (wrong.code, wrong.document["status"], "The code was used" in wrong.hint) == (1, 400, True)
    unproved = place.providers["oidc"].sign_in(begin(run, "oidc"), "unproved")
    assert run(*EXCHANGE, env={"PB_CODE": unproved}).document["status"] == 400
    for given, said in [
        ("", "missing"),
        ("https://app.example.com/callback", "no code and state"),
        (f"{REDIRECT}?code=a&state=b", "No sign-in with this state"),
    ]:
        refused = run(*EXCHANGE, env={"PB_CODE": given})
        assert (refused.code, said in refused.message) == (2, True)
    denied = run(*EXCHANGE, env={"PB_CODE": f"{REDIRECT}?error=access_denied&error_description=no+thanks"})
    assert (denied.code, "no thanks" in denied.message) == (1, True)


def test_a_sign_in_belongs_to_the_server_where_it_began(run: Runner, place: Place) -> None:
    back = place.providers["oidc"].sign_in(begin(run, "oidc"), "clara")
    elsewhere = run(*EXCHANGE, env={"PB_CODE": back, "PB_URL": "http://127.0.0.1:1"})
    assert (elsewhere.code, place.server.url in elsewhere.message) == (2, True)
    assert run(*EXCHANGE, env={"PB_CODE": back}).code == 0


def test_providers_that_are_not_there(run: Runner) -> None:
    words = ("pb_auth.py", "oauth2", "url")
    unknown = run(*words, "users", "oidc3")
    assert (unknown.code, "'oidc2'" in unknown.hint or "oidc" in unknown.hint) == (2, True)
    run.ok("pb_collections.py", "create", '{"name":"plain","type":"auth"}')
    off = run(*words, "plain", "oidc")
    assert (off.code, "OAuth2 is off" in off.message) == (2, True)
    assert run(*words, "nothing", "oidc").code == 1
    assert [p["name"] for p in run.ok("pb_auth.py", "methods", "users")["oauth2"]["providers"]] == ["oidc", "oidc2"]


def test_what_the_exchange_needs_is_kept_for_an_hour_and_for_oneself_alone(run: Runner, place: Place) -> None:
    begin(run, "oidc")
    (kept,) = (run.home / "cache").rglob("oauth2/*.json")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    os.utime(kept, (1, 1))
    begin(run, "oidc")
    assert not kept.exists()
    kept.parent.chmod(0o777)
    words = ("pb_auth.py", "oauth2", "url", "users", "oidc")
    refused = run(*words)
    assert (refused.code, "mode 700" in refused.hint) == (1, True)
    shutil.rmtree(kept.parent)
    kept.parent.write_text("", "utf-8")
    refused = run(*words)
    assert (refused.code, "cannot be written" in refused.message) == (1, True)
