"""A change of `_superusers` that shuts out whoever makes it is refused, and the page's ways back in lead in."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import servers
from conftest import Runner, credentials

Json = dict[str, Any]
pytestmark = pytest.mark.both_ends

BY_NAME: Json = {
    "fields": [{"name": "username", "type": "text"}],
    "indexes": ["CREATE UNIQUE INDEX su_name ON _superusers (username) WHERE username != ''"],
    "passwordAuth": {"identityFields": ["username"]},
}
SHUTTING: dict[str, Json] = {
    "another identity": BY_NAME,
    "a one-time password": {"otp": {"enabled": True}},
    "a second factor": {"otp": {"enabled": True}, "mfa": {"enabled": True}},
}


def login(server: servers.Server) -> tuple[int, Any]:
    path = "/api/collections/_superusers/auth-with-password"
    return server.request("POST", path, {"identity": servers.EMAIL, "password": servers.PASSWORD}, authed=False)


def superusers(server: servers.Server) -> Json:
    return next(item for item in server.collections() if item["name"] == "_superusers")


@pytest.mark.parametrize("change", SHUTTING.values(), ids=SHUTTING)
def test_nobody_shuts_himself_out_unasked(pb: Runner, server: servers.Server, change: Json) -> None:
    before = superusers(server)
    named = json.dumps([{"name": "_superusers", **change}])
    for words in (["update", "_superusers", json.dumps(change)], ["import", named]):
        refused = pb("pb_collections.py", *words)
        assert (refused.code, servers.EMAIL in refused.message, "--force" in refused.hint) == (4, True, True), refused
        shown = pb("pb_collections.py", *words, "--dry-run")
        assert "--force" in shown.hint
    assert "--force, if meant. Nobody could" in pb("pb_collections.py", "plan", named).hint
    assert superusers(server) == before


def test_what_shuts_nobody_out_is_carried_out(own_pb: Runner, own_server: servers.Server) -> None:
    both = {**BY_NAME, "passwordAuth": {"identityFields": ["email", "username"]}}
    own_pb.ok("pb_collections.py", "import", json.dumps([{"name": "_superusers", **both}]))
    assert login(own_server)[0] == 200
    own_pb.ok("pb_collections.py", "update", "_superusers", '{"authToken":{"duration":3600}}')
    users = '{"otp":{"enabled":true},"mfa":{"enabled":true}}'
    own_pb.ok("pb_collections.py", "update", "users", users)
    # Who has only a token is shut out by a new secret, not by a second factor.
    token = {"PB_SUPERUSER_TOKEN": own_server.token(), "PB_SUPERUSER_PASSWORD": None}
    secret = json.dumps({"authToken": {"secret": "x" * 40}})
    refused = own_pb("pb_collections.py", "update", "_superusers", secret, env=token)
    assert (refused.code, "PB_SUPERUSER_TOKEN" in refused.message) == (4, True), refused
    own_pb.ok("pb_collections.py", "update", "_superusers", '{"otp":{"enabled":true}}', env=token)
    # Whoever is out already can change the rest with the token, and come back.
    own_pb.ok("pb_collections.py", "update", "_superusers", '{"authToken":{"duration":7200}}', env=token)


def test_no_change_of_records_settings_or_tables_shuts_out_who_makes_it(
    own_pb: Runner, own_server: servers.Server
) -> None:
    (own,) = own_pb.ok("pb_auth.py", "superusers", "list")["items"]
    body = {"email": "other@example.com", "password": "secret-1234", "passwordConfirm": "secret-1234"}
    assert own_server.request("POST", "/api/collections/_superusers/records", body)[0] == 200
    batch = json.dumps([{"action": "delete", "collection": "_superusers", "id": own["id"]}])
    commands = [
        ["pb_records.py", "update", "_superusers", '{"email":"x@y.zz"}', "--filter", 'id!=""', "--yes"],
        ["pb_records.py", "update", "_superusers", own["id"], '{"password":"secret-12345"}'],
        ["pb_records.py", "delete", "_superusers", "--filter", 'id!=""', "--yes"],
        ["pb_records.py", "delete", "_superusers", own["id"]],
        ["pb_records.py", "batch", batch, "--enable-batch"],
        ["pb_api.py", "DELETE", f"/api/collections/_superusers/records/{own['id']}"],
    ]
    sent = {"requests": [{"method": "DELETE", "url": commands[-1][-1]}]}
    commands.append(["pb_api.py", "POST", "/api/batch", json.dumps(sent)])
    version = tuple(map(int, own_server.version.split(".")))
    if version >= (0, 38, 0):
        commands.append(["pb_api.py", "PATCH", "/api/settings", 'superuserIPs:=["1.2.3.4"]', "unknown=1"])
    if version >= (0, 39, 0):
        commands += [["pb_sql.py", "--write", f"delete from {table}"] for table in ("_superusers", "_params")]
    for command in commands:
        for more in ([], ["--dry-run"]):
            refused = own_pb(*command, *more)
            assert (refused.code, refused.document.get("code")) == (4, "would_lock_out"), (command, refused)
    assert login(own_server)[0] == 200
    others = ["_superusers", '{"emailVisibility":true}', "--filter", 'id!=""', "--yes"]
    assert own_pb.ok("pb_records.py", "update", *others) == {"updated": 2}
    assert (
        own_pb.ok("pb_records.py", "delete", "_superusers", "--filter", f'id!="{own["id"]}"', "--yes")["deleted"] == 1
    )


def run_in_a_terminal(command: list[str], answer: bytes) -> str:
    """Run a command that asks on a terminal, answer when it is silent, and return what it printed."""
    import pty
    import select

    ours, theirs = pty.openpty()
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    printed = b""
    try:
        for _ in range(100):
            if select.select([ours], [], [], 0.3)[0]:
                printed += (piece := os.read(ours, 1000))
                # It asks where the cursor is.
                os.write(ours, b"\x1b[1;1R" * piece.count(b"\x1b[6n"))
            elif b"(y/N)" in printed:
                os.write(ours, answer)
                answer = b""
    except OSError:  # that is how a terminal ends whose other side is gone
        process.wait(10)
    finally:
        process.kill()
        os.close(ours)
    return printed.decode("utf-8", "replace")


@pytest.mark.skipif(sys.platform == "win32", reason="the command asks on a terminal")
def test_the_way_back_from_another_identity_is_to_undo_the_migration(version: str, tmp_path: Path) -> None:
    (tmp_path / "pb_migrations").mkdir()
    with servers.Server(version, tmp_path) as server:
        pb = Runner(tmp_path, tmp_path / "home", credentials(server.url))
        forced = pb("pb_collections.py", "import", json.dumps([{"name": "_superusers", **BY_NAME}]), "--force")
        assert (forced.code, login(server)[0]) == (0, 400), forced
        program = str(servers.binary(version))
        folders = [f"--dir={tmp_path / 'pb_data'}", f"--migrationsDir={tmp_path / 'pb_migrations'}"]
        account = ["superuser", "upsert", servers.EMAIL, servers.PASSWORD]
        subprocess.run([program, *account, *folders], capture_output=True, check=True)
        assert login(server)[0] == 400
        server.stop()
        printed = run_in_a_terminal([program, "migrate", "down", "1", *folders], b"y\r")
        assert "Reverted" in printed, printed
        (migration,) = re.findall(r"pb_migrations/\S+\.js", forced.hint)
        (tmp_path / migration).unlink()
        server.start()
        assert login(server)[0] == 200


def test_the_way_back_from_a_second_factor_is_a_one_time_password(
    own_pb: Runner, own_server: servers.Server, version: str
) -> None:
    own_pb.ok("pb_collections.py", "update", "_superusers", '{"otp":{"enabled":true}}', "--force")
    status, first = login(own_server)
    assert (status, set(first)) == (401, {"mfaId"})
    command = [str(servers.binary(version)), "superuser", "otp", servers.EMAIL, f"--dir={own_server.project}/pb_data"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = dict(re.findall(r"(Id|Pass): +(\S+)", printed))
    second = {"otpId": found["Id"], "password": found["Pass"], "mfaId": first["mfaId"]}
    path = "/api/collections/_superusers/auth-with-otp"
    status, answer = own_server.request("POST", path, second, authed=False)
    assert status == 200, answer
    off = '{"otp":{"enabled":false},"mfa":{"enabled":false}}'
    token = {"PB_SUPERUSER_TOKEN": answer["token"]}
    own_pb.ok("pb_collections.py", "update", "_superusers", off, env=token)
    assert login(own_server)[0] == 200
