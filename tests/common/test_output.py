"""What commands print: nothing secret in a dry run, nothing that acts on a terminal."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

import servers
from conftest import SCRIPTS, Runner
from pb_common.output import render, without_secrets

pytestmark = pytest.mark.both_ends
SECRET = "hunter2-hunter2"


def test_a_dry_run_prints_no_password(own_pb: Runner, own_server: servers.Server) -> None:
    fields = [{"name": "pin", "type": "password"}, {"name": "title", "type": "text"}]
    own_server.request("POST", "/api/collections", {"name": "locked", "type": "base", "fields": fields})
    user = own_pb.ok(
        "pb_records.py",
        *("create", "users", json.dumps({"email": "a@example.com", "password": SECRET, "passwordConfirm": SECRET})),
    )
    operation = {"action": "create", "collection": "locked", "body": {"pin": SECRET, "title": "shown"}}
    provider = {"name": "google", "clientId": "shown", "clientSecret": SECRET}
    account = {"name": "members", "type": "auth", "oauth2": {"enabled": True, "providers": [provider]}}
    for command in (
        ["pb_records.py", "create", "users", json.dumps({"email": "b@example.com", "password": SECRET})],
        ["pb_records.py", "update", "users", user["id"], json.dumps({"password": SECRET, "oldPassword": SECRET})],
        ["pb_records.py", "create", "locked", json.dumps(operation["body"])],
        ["pb_records.py", "batch", json.dumps([operation]), "--enable-batch"],
        ["pb_collections.py", "create", json.dumps(account)],
        ["pb_collections.py", "import", json.dumps([account])],
        ["pb_api.py", "POST", "/api/collections/users/records", f"password={SECRET}"],
    ):
        result = own_pb(*command, "--dry-run")
        assert "dryRun" in str(result.document) or command[1] == "import", result
        assert SECRET not in str(result.document) + result.stderr, command


def test_what_is_no_secret_is_shown() -> None:
    value = {"password": "", "passwordAuth": {"enabled": True}, "secret": {"rows": 3}, "items": [{"clientSecret": "x"}]}
    assert without_secrets(value) == {**value, "items": [{"clientSecret": "***"}]}


MISLEADING = "a\x9b2Jb\u202ec\u2066d\x7fe\u200ff"


def test_controls_and_marks_of_direction_are_escaped_for_people_and_the_json_is_the_same() -> None:
    document = {"success": True, "status": 200, "data": {"title": MISLEADING, "fine": "äöü – 漢字 👍"}}
    shown = render(document, indented=True)
    assert not set("\x9b\u202e\u2066\x7f\u200f") & set(shown)
    assert "äöü – 漢字 👍" in shown
    assert json.loads(shown) == document
    assert json.loads(render(document, indented=False)) == document


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pty")
def test_a_terminal_gets_no_control_character_of_the_server(pb: Runner, server: servers.Server) -> None:
    import pty

    fields = [{"name": "title", "type": "text"}]
    server.request("POST", "/api/collections", {"name": "misleading", "type": "base", "fields": fields})
    server.request("POST", "/api/collections/misleading/records", {"title": MISLEADING})
    parent, child = pty.openpty()
    command = [sys.executable, str(SCRIPTS / "pb_records.py"), "list", "misleading", "--format", "json"]
    with subprocess.Popen(command, stdout=child, stderr=subprocess.PIPE, env=pb.env, cwd=pb.folder) as process:
        os.close(child)
        shown = b""
        while True:
            try:
                piece = os.read(parent, 65536)
            except OSError:  # the terminal of a process that has ended
                break
            if not piece:
                break
            shown += piece
    os.close(parent)
    assert process.returncode == 0
    text = shown.decode("utf-8")
    assert "\\u009b" in text
    assert not {"\x9b", "\u202e", "\u2066", "\x7f"} & set(text)
    assert json.loads(text)["data"]["items"][0]["title"] == MISLEADING
