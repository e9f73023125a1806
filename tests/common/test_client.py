"""The superuser's token: kept, proved, renewed, never lost on the way and never sent astray."""

from __future__ import annotations

import functools
import json
import os
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import broken_servers
import servers
from _pb.explain import explain
from conftest import Runner, credentials
from pb_common import Client, PBRequestError, PBUsageError, Settings
from pb_common.tokens import _sum

pytestmark = pytest.mark.both_ends


def kept_tokens(runner: Runner) -> list[Path]:
    """Return the token files of a runner's user."""
    return sorted((Path(runner.env["XDG_CACHE_HOME"]) / "pocketbase-skill" / "tokens").glob("*.json"))


def allow_one_login(server: servers.Server) -> None:
    """Let the server refuse every login after the next one for a minute."""
    rules = [{"label": "*:auth", "maxRequests": 1, "duration": 60}]
    assert server.request("PATCH", "/api/settings", {"rateLimits": {"enabled": True, "rules": rules}})[0] == 200


def settings_of(server: servers.Server, **changes: object) -> Settings:
    """Return settings with the server's superuser and no cache."""
    return Settings(server.url, servers.EMAIL, servers.PASSWORD, token_cache=False)._replace(**changes)  # type: ignore[arg-type]


def test_one_login_serves_many_commands(own_pb: Runner, own_server: servers.Server) -> None:
    allow_one_login(own_server)
    for _ in range(3):
        own_pb.ok("pb_records.py", "list", "users")
    (file,) = kept_tokens(own_pb)
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert servers.PASSWORD not in file.read_text("utf-8")

    without = own_pb("pb_records.py", "list", "users", env={"PB_TOKEN_CACHE": "0", "PB_TIMEOUT": "1"})
    assert without.document["status"] == 429


def test_a_stale_kept_token_is_renewed_unnoticed(own_pb: Runner, own_server: servers.Server) -> None:
    """PocketBase would treat it as a guest's: 200 without items, 404, 403."""
    own_server.request("POST", "/api/collections", {"name": "locked", "type": "base"})
    record = own_server.request("POST", "/api/collections/locked/records", {})[1]["id"]
    own_pb.ok("pb_health.py")
    (file,) = kept_tokens(own_pb)
    good = json.loads(file.read_text("utf-8"))["token"]
    header, payload, signature = good.split(".")
    stale = f"{header}.{payload}.{signature[:-4]}AAAA"
    for command in (["list", "locked"], ["get", "locked", record], ["update", "locked", record, "{}"]):
        file.write_text(json.dumps({"token": stale, "sum": _sum(stale, servers.PASSWORD)}), "utf-8")
        shown = own_pb.ok("pb_records.py", *command)
        assert record in json.dumps(shown)
        assert json.loads(file.read_text("utf-8"))["token"] != stale


@pytest.mark.skipif(os.name == "nt", reason="POSIX modes")
def test_a_kept_token_that_others_can_read_is_not_used(own_pb: Runner) -> None:
    own_pb.ok("pb_health.py")
    (file,) = kept_tokens(own_pb)
    file.chmod(0o644)
    own_pb.ok("pb_health.py")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_cache_that_cannot_be_written_is_no_error(own_pb: Runner) -> None:
    Path(own_pb.env["HOME"]).mkdir(exist_ok=True)
    Path(own_pb.env["XDG_CACHE_HOME"]).write_text("a file", "utf-8")
    own_pb.ok("pb_records.py", "list", "users")


def test_tokens_are_kept_apart_by_server_and_account(own_pb: Runner, server: servers.Server) -> None:
    own_pb.ok("pb_health.py")
    own_pb.ok("pb_health.py", env={"PB_URL": server.url})
    other = {"email": "second@example.com", "password": "secret-123", "passwordConfirm": "secret-123"}
    server.request("POST", "/api/collections/_superusers/records", other)
    env: dict[str, str | None] = {"PB_SUPERUSER_EMAIL": other["email"], "PB_SUPERUSER_PASSWORD": other["password"]}
    own_pb.ok("pb_health.py", env={"PB_URL": server.url, **env})
    assert len(kept_tokens(own_pb)) == 3


def test_a_token_that_becomes_stale_is_renewed_within_the_process(own_server: servers.Server) -> None:
    own_server.request("POST", "/api/collections", {"name": "locked", "type": "base"})
    own_server.request("POST", "/api/collections/locked/records", {})
    with Client(settings_of(own_server)) as client:
        first = client.superuser_token()
        token_options = {"authToken": {"secret": "x" * 50, "duration": 3600}}
        assert own_server.request("PATCH", "/api/collections/_superusers", token_options)[0] == 200
        own_server._token = ""
        client._proved_at = time.monotonic() - 60
        assert len(client.call("GET", "/api/collections/locked/records")["items"]) == 1
        assert client.superuser_token() != first


def test_a_token_that_becomes_stale_during_a_request_is_renewed(
    own_server: servers.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rule makes of a guest's request an empty list and no error."""
    collection = {"name": "guarded", "type": "base", "listRule": "@request.auth.collectionName = '_superusers'"}
    own_server.request("POST", "/api/collections", collection)
    own_server.request("POST", "/api/collections/guarded/records", {})
    with Client(settings_of(own_server)) as client:
        client.superuser_token()
        token_options = {"authToken": {"secret": "x" * 50, "duration": 3600}}
        assert own_server.request("PATCH", "/api/collections/_superusers", token_options)[0] == 200
        exchange = client.exchange

        def slowly(*request: Any, **options: Any) -> Any:
            client._proved_at = time.monotonic() - 60
            return exchange(*request, **options)

        monkeypatch.setattr(client, "exchange", slowly)
        assert len(client.call("GET", "/api/collections/guarded/records")["items"]) == 1


def test_raw_answers_are_renewed_too(own_server: servers.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    import pb_common
    from pb_common import shared

    own_server.request("POST", "/api/collections", {"name": "locked", "type": "base"})
    for name, value in {**credentials(own_server.url), "PB_TOKEN_CACHE": "0"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(shared, "shared_client", functools.cache(Client))
    assert own_server.url == pb_common.PB_URL
    first = pb_common.get_superuser_token()
    assert pb_common.get_superuser_token() == first
    token_options = {"authToken": {"secret": "x" * 50, "duration": 3600}}
    pb_common.pb_authed_request("PATCH", "/api/collections/_superusers", token_options)
    # The stale token's answer here is a 401, for a record endpoint a 403.
    assert pb_common.pb_authed_request("GET", "/api/collections", raw_response=True)[0] == 200
    assert pb_common.pb_authed_request("GET", "/api/collections/locked/records", raw_response=True)[0] == 200
    assert pb_common.pb_request("GET", "/api/collections", raw_response=True)[0] == 401
    with pytest.raises(PBRequestError) as caught:
        pb_common.pb_request("GET", "/api/collections")
    assert (caught.value.status, caught.value.data["status"]) == (401, 401)


def test_threads_share_a_client(own_server: servers.Server) -> None:
    """Many threads on one client: each gets the answer to its own request, and only one signs in."""
    allow_one_login(own_server)
    with Client(settings_of(own_server)) as client, ThreadPoolExecutor(8) as pool:
        names = ["users", "_superusers", "_otps", "_mfas"] * 20
        answers = pool.map(lambda name: client.call("GET", f"/api/collections/{name}"), names)
        assert [answer["name"] for answer in answers] == names


def test_a_denial_that_is_meant_is_not_repeated_for_ever(server: servers.Server) -> None:
    with Client(settings_of(server)) as client, pytest.raises(PBRequestError) as caught:
        client.call("GET", "/api/collections/users/records/nosuchrecord123")
    assert caught.value.status == 404


def test_an_impersonation_token_stands_in(pb: Runner, server: servers.Server) -> None:
    superuser = server.request("GET", "/api/collections/_superusers/records")[1]["items"][0]["id"]
    path = f"/api/collections/_superusers/impersonate/{superuser}"
    token = server.request("POST", path, {"duration": 3600})[1]["token"]
    env: dict[str, str | None] = {
        "PB_SUPERUSER_TOKEN": token,
        "PB_SUPERUSER_EMAIL": None,
        "PB_SUPERUSER_PASSWORD": None,
    }
    assert pb.ok("pb_collections.py", "list", env=env)["items"]
    result = pb("pb_collections.py", "list", env={**env, "PB_SUPERUSER_TOKEN": token[:-4] + "AAAA"})
    assert result.code == 2
    assert "PB_SUPERUSER_TOKEN" in result.message
    assert token not in json.dumps(result.document)


def test_a_kept_token_does_not_make_a_wrong_password_right(pb: Runner) -> None:
    assert pb.ok("pb_health.py")["authenticated"]
    for wrong in ("wrongwrong", servers.PASSWORD + "x", ""):
        refused = pb("pb_health.py", env={"PB_SUPERUSER_PASSWORD": wrong})
        assert refused.code in (1, 2), refused
        assert "PB_SUPERUSER_PASSWORD" in refused.message + refused.hint or "password" in refused.hint
    assert pb.ok("pb_health.py")["authenticated"]


def test_a_password_stands_in_for_a_token_and_says_so(pb: Runner) -> None:
    for _ in range(2):  # by login, and with the token that it kept
        result = pb("pb_health.py", env={"PB_SUPERUSER_TOKEN": "garbage"})
        assert (result.code, result.data["authenticated"]) == (0, True)
        assert "PB_SUPERUSER_TOKEN is not" in result.document["warnings"][0]


def test_a_users_token_is_no_superusers(pb: Runner, server: servers.Server) -> None:
    user = {"email": "no-admin@example.com", "password": "secret-123", "passwordConfirm": "secret-123"}
    server.request("POST", "/api/collections/users/records", user)
    login = pb.ok("pb_auth.py", "--collection", "users", "--identity", user["email"], "--password", user["password"])
    env = {"PB_SUPERUSER_TOKEN": login["token"], "PB_SUPERUSER_EMAIL": None, "PB_SUPERUSER_PASSWORD": None}
    result = pb("pb_records.py", "list", "users", env=env)
    assert result.code == 2


def test_a_login_that_needs_a_second_factor(own_pb: Runner, own_server: servers.Server) -> None:
    methods = {
        "mfa": {"enabled": True, "duration": 600, "rule": ""},
        "otp": {"enabled": True, "duration": 180, "length": 8},
    }
    assert own_server.request("PATCH", "/api/collections/_superusers", methods)[0] == 200
    result = own_pb("pb_records.py", "list", "users")
    assert (result.code, result.document["status"]) == (1, 401)
    assert "second factor" in result.hint
    assert "second factor" in result.message
    assert result.data["mfaId"]
    assert "PB_SUPERUSER_TOKEN" in result.hint


def test_whether_the_password_method_is_on_is_left_to_the_login(offline: Runner) -> None:
    """A server that a hook made so may still let the superuser in, and says best why it does not."""

    def behave(handler: broken_servers.Handler) -> None:
        if handler.path.endswith("/auth-with-password"):
            handler.answer(403, b'{"status":403,"message":"Not here.","data":{}}')
        else:
            handler.answer(200, broken_servers.AUTH_METHODS.replace(b"true", b"false"))

    with broken_servers.running(behave) as server:
        result = offline("pb_auth.py", env={"PB_URL": server.url})
    assert (result.code, result.document["status"], result.message) == (1, 403, "Not here.")
    assert "password login is off" in " ".join(result.hint.split())


def test_a_token_is_not_blamed_for_a_gateway_that_fails(offline: Runner) -> None:
    with broken_servers.running(broken_servers.says(503, "upstream down")) as server:
        result = offline("pb_records.py", "list", "users", env={"PB_URL": server.url, "PB_SUPERUSER_TOKEN": "a.b.c"})
    assert result.code == 3
    assert "HTTP 503 (upstream down)" in result.message
    assert "PB_SUPERUSER_TOKEN" not in result.message


def test_a_dead_proxy_is_named(offline: Runner) -> None:
    nowhere = f"127.0.0.1:{servers.free_port()}"
    for scheme in ("http", "https"):
        env: dict[str, str | None] = {f"{scheme}_proxy": nowhere, "PB_URL": f"{scheme}://db.example.com"}
        result = offline("pb_health.py", env=env)
        assert result.code == 3
        assert f"the proxy {nowhere}" in result.message
        assert "NO_PROXY=db.example.com" in result.hint
    env = {"http_proxy": "http://me:secret@proxy.invalid:3128", "PB_URL": "http://db.example.com"}
    result = offline("pb_health.py", env=env)
    assert "the proxy proxy.invalid:3128" in result.message
    assert "secret" not in json.dumps(result.document)


def test_an_address_that_is_not_on_the_list(version: str, own_pb: Runner, own_server: servers.Server) -> None:
    if tuple(map(int, version.split("."))) < (0, 38):
        pytest.skip("superuserIPs came with 0.38")
    own_pb.ok("pb_health.py")
    assert own_server.request("PATCH", "/api/settings", {"superuserIPs": ["10.1.2.3"]})[0] == 200
    for command in (["pb_records.py", "list", "users"], ["pb_auth.py"]):
        result = own_pb(*command)
        assert (result.code, result.document["status"]) == (1, 403)
        assert "superuser ips" in result.hint


def test_the_real_rate_limit_is_waited_out(own_pb: Runner, own_server: servers.Server) -> None:
    rules = [{"label": "*:auth", "maxRequests": 1, "duration": 2}]
    assert own_server.request("PATCH", "/api/settings", {"rateLimits": {"enabled": True, "rules": rules}})[0] == 200
    env: dict[str, str | None] = {"PB_TOKEN_CACHE": "0"}
    results = [own_pb("pb_auth.py", env=env) for _ in range(2)]
    assert [result.code for result in results] == [0, 0]


def test_a_password_over_plain_http_to_another_machine_is_warned_of(offline: Runner) -> None:
    behaviour = broken_servers.healthy_until("nothing", broken_servers.html)
    with broken_servers.running(behaviour) as server:
        env: dict[str, str | None] = {"PB_URL": server.url, "PB_TOKEN_CACHE": "0"}
        assert "warnings" not in offline("pb_health.py", env=env).document
        env = {**env, "PB_URL": "http://db.example.com", "HTTP_PROXY": server.url}
        warning = str(offline("pb_health.py", env=env).document["warnings"])
        assert "plain http to db.example.com" in warning
        assert servers.PASSWORD not in warning


def test_proxies(offline: Runner, pb: Runner) -> None:
    """A loopback address never goes through one; another does, with the whole URL in the request line."""
    with broken_servers.running(broken_servers.html) as proxy:
        env: dict[str, str | None] = {"HTTP_PROXY": proxy.url, "http_proxy": proxy.url, "ALL_PROXY": proxy.url}
        pb.ok("pb_health.py", env=env)
        assert proxy.received == []
        other = offline("pb_health.py", env={**env, "PB_URL": "http://pocketbase.invalid"})
        assert other.code == 3
        assert proxy.received[0].path.startswith("http://pocketbase.invalid/api/")
        secure = offline("pb_health.py", env={"HTTPS_PROXY": proxy.url, "PB_URL": "https://pocketbase.invalid"})
        assert secure.code == 3
        assert proxy.received[-1].method == "CONNECT"
        bypassed = offline("pb_health.py", env={**env, "NO_PROXY": "*", "PB_URL": "http://pocketbase.invalid"})
        assert "pocketbase.invalid" in bypassed.message


def test_a_wrong_certificate_is_refused(offline: Runner, server: servers.Server) -> None:
    result = offline("pb_health.py", env={"PB_URL": server.url.replace("http://", "https://")})
    assert result.code == 3
    assert "TLS" in result.message
    assert "http://" in result.hint


def test_the_logs_reason_is_that_of_the_very_request(tmp_path: Path) -> None:
    """An entry is written seconds after its request, when older ones of the same URL are there already."""
    hooks = tmp_path / "pb_hooks"
    hooks.mkdir()
    (hooks / "main.pb.js").write_text(
        'routerAdd("POST", "/api/fails", (e) => { throw new Error(e.requestInfo().body.why) })', "utf-8"
    )
    with servers.Server(project=tmp_path) as server:
        server.request("POST", "/api/fails", {"why": "older"})
        deadline = time.monotonic() + 20
        while "older" not in json.dumps(server.request("GET", "/api/logs?perPage=500")[1]):
            assert time.monotonic() < deadline
            time.sleep(0.3)
        with Client(settings_of(server)) as client:
            for why in ("first", "second"):
                with pytest.raises(PBRequestError) as caught:
                    client.call("POST", "/api/fails", {"why": why})
            reason = explain(client, caught.value)
    assert reason
    assert "second" in reason


def test_no_credentials_is_said_before_anything_is_sent(server: servers.Server) -> None:
    with Client(Settings(server.url)) as client, pytest.raises(PBUsageError, match="are not set"):
        client.superuser_token()
