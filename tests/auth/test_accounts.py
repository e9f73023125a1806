"""pb_auth.py on accounts: tokens, codes and links that came by mail, two factors, sessions."""

from __future__ import annotations

import json
import sqlite3
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import mails
import servers
from conftest import Runner, credentials

PASSWORD = "secret-1234"
OTP = {"otp": {"enabled": True}}


class Office(servers.Server):
    """A server whose mails arrive."""

    postbox: mails.Mails

    def person(self, name: str, collection: str = "users") -> str:
        """Make an account and return its id."""
        body = {"email": f"{name}@example.com", "password": PASSWORD, "passwordConfirm": PASSWORD}
        status, answer = self.request("POST", f"/api/collections/{collection}/records", body)
        assert status == 200, answer
        return str(answer["id"])

    def log_in(self, name: str, password: str = PASSWORD) -> tuple[int, Any]:
        """Return the status and the answer of a login."""
        body = {"identity": f"{name}@example.com", "password": password}
        return self.request("POST", "/api/collections/users/auth-with-password", body)


@pytest.fixture(scope="module")
def office(version: str) -> Iterator[Office]:
    """That server; `locked` is an auth collection with neither codes nor OAuth2."""
    server = Office(version)
    with mails.Mails() as server.postbox, server:
        mails.use(server, server.postbox)
        assert server.request("PATCH", "/api/collections/users", {**OTP, "authAlert": {"enabled": False}})[0] == 200
        assert server.request("POST", "/api/collections", {"name": "locked", "type": "auth"})[0] == 200
        yield server


@pytest.fixture
def run(office: Office, tmp_path: Path, home: Path) -> Runner:
    """A runner of the scripts against that server."""
    return Runner(tmp_path, home, credentials(office.url))


def auth(run: Runner, *words: str, stdin: str = "", env: dict[str, str | None] | None = None) -> Any:
    """Run pb_auth.py, which must succeed, and return its data."""
    return run.ok("pb_auth.py", *words, stdin=stdin.encode(), env=env)


def test_the_methods_of_a_collection(run: Runner) -> None:
    found = auth(run, "methods", "users")
    assert (found["otp"]["enabled"], found["password"]["identityFields"]) == (True, ["email"])
    missing = run("pb_auth.py", "methods", "nothing")
    assert (missing.code, "no auth collection" in missing.hint) == (1, True)


def test_a_token_is_checked_and_renewed(run: Runner, office: Office) -> None:
    office.person("anna")
    token = office.log_in("anna")[1]["token"]
    checked = auth(run, "check", "-", stdin=f"{token}\n")
    assert (checked["good"], checked["email"], checked["collectionName"]) == (True, "anna@example.com", "users")
    assert checked["expiresIn"] > 86400
    assert auth(run, "check", token)["good"] is True
    assert auth(run, "refresh", "-", stdin=token)["record"]["email"] == "anna@example.com"
    auth(run, "logout-everywhere", "users", "anna@example.com", "--dry-run")
    assert auth(run, "check", token)["good"] is True
    auth(run, "logout-everywhere", "users", "anna@example.com")
    stale = run("pb_auth.py", "check", "-", stdin=token.encode())
    assert (stale.code, stale.data["good"], "token key" in stale.message) == (1, False, True)
    assert "--password-stdin" in stale.hint
    assert "token key" in run("pb_auth.py", "refresh", token).hint


def test_tokens_that_are_none_or_of_elsewhere(run: Runner, office: Office) -> None:
    for wrong in ("nonsense", "a.b.c", "eyJhbGciOiJIUzI1NiJ9.W10.x", ""):
        assert run("pb_auth.py", "check", "-", stdin=wrong.encode()).code == 2
    other = Office(office.version)
    with other:
        other.person("foreign")
        token = other.log_in("foreign")[1]["token"]
        foreign = run("pb_auth.py", "check", token)
        assert (foreign.code, "another server" in foreign.message.lower()) == (1, True)
        assert run("pb_auth.py", "refresh", token).document["status"] == 401
        assert run("pb_auth.py", "check", token, env={"PB_SUPERUSER_EMAIL": None}).data["good"] is False


def test_an_impersonation_for_a_ci(run: Runner, office: Office) -> None:
    office.person("clara")
    made = auth(run, "impersonate", "users", "clara@example.com", "--duration", "600")
    checked = auth(run, "check", made["token"])
    assert (checked["good"], 500 < checked["expiresIn"] <= 600) == (True, True)

    file = run.folder / ".env.ci"
    file.write_text("OTHER=1\nexport PB_SUPERUSER_TOKEN=old\n", "utf-8")
    words = ("impersonate", "_superusers", servers.EMAIL, "--duration", "86400", "--write-env", str(file))
    assert auth(run, *words, "--dry-run")["dryRun"] is True
    shown = run("pb_auth.py", *words)
    assert "eyJ" not in json.dumps(shown.document)
    lines = file.read_text("utf-8").splitlines()
    assert lines[:2] == ["OTHER=1", f"PB_URL={office.url}"]
    assert [line.partition("=")[0] for line in lines[2:]] == ["PB_SUPERUSER_TOKEN"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    token = lines[2].partition("=")[2]
    ci = {"PB_SUPERUSER_EMAIL": None, "PB_SUPERUSER_PASSWORD": None, "PB_SUPERUSER_TOKEN": token}
    assert run("pb_collections.py", "list", env=ci).code == 0
    refused = run("pb_auth.py", "logout-everywhere", "_superusers", servers.EMAIL, env=ci)
    assert (refused.code, "PB_SUPERUSER_PASSWORD" in refused.hint) == (4, True)


def test_env_chooses_the_environment_for_an_impersonation_too(run: Runner, office: Office) -> None:
    (run.folder / ".env.b").write_text(f"PB_URL={office.url}\nPB_SUPERUSER_PASSWORD={servers.PASSWORD}\n", "utf-8")
    words = ("impersonate", "_superusers", servers.EMAIL, "--duration", "600")
    lost: dict[str, str | None] = {"PB_URL": "http://127.0.0.1:1"}
    assert run.ok("pb_auth.py", *words, "--env", "b", env=lost)["token"]
    assert not (run.folder / "b").exists()
    unknown = run("pb_auth.py", *words, "--env", "c.txt")
    assert (unknown.code, "--write-env" in unknown.hint) == (2, True), unknown

    subprocess.run(["git", "init", "-q"], cwd=run.folder, check=True)
    for option in ("--env", "--write-env"):
        written = run("pb_auth.py", *words, option, ".env.ci", "--env", "b", env=lost)
        assert (written.code, written.data["file"]) == (0, ".env.ci"), written
        assert "add /.env.ci to .gitignore" in written.document["warnings"][-1]
    subprocess.run(["git", "add", ".env.ci"], cwd=run.folder, check=True)
    assert "git rm --cached .env.ci" in run("pb_auth.py", *words, "--write-env", ".env.ci").document["warnings"][-1]


def test_a_token_goes_into_no_other_file(run: Runner) -> None:
    (run.folder / "notes.txt").write_text("some words\n", "utf-8")
    (run.folder / ".env.other").write_text("PB_URL=https://example.com\n", "utf-8")
    for name, code in (("notes.txt", 4), (".env.other", 4), ("no/folder/.env", 2), (".", 2)):
        before = (run.folder / name).read_bytes() if code == 4 else b""
        assert run("pb_auth.py", "impersonate", "_superusers", servers.EMAIL, "--write-env", name).code == code
        assert code != 4 or (run.folder / name).read_bytes() == before
    assert run("pb_auth.py", "impersonate", "users", "nobody@example.com").code == 2
    assert run("pb_auth.py", "impersonate", "users", "x", "--duration", "0").code == 2


def test_a_code_logs_in_once(run: Runner, office: Office) -> None:
    office.person("dora")
    assert auth(run, "otp", "request", "users", "dora@example.com", "--dry-run")["dryRun"] is True
    asked = run("pb_auth.py", "otp", "request", "users", "dora@example.com")
    assert "otp login users" in asked.hint
    code = office.postbox.wait("dora@example.com", mails.CODE)
    words = ("otp", "login", "users", asked.data["otpId"])
    wrong = run("pb_auth.py", *words, env={"PB_CODE": "00000000"})
    assert (wrong.code, wrong.document["status"], "has expired" in wrong.hint) == (1, 400, True)
    assert auth(run, *words, "--code-stdin", stdin=code)["record"]["email"] == "dora@example.com"
    assert run("pb_auth.py", *words, "--code-stdin", stdin=code.encode()).code == 1
    assert run("pb_auth.py", *words).code == 2


def make_old(office: Office, id: str) -> None:
    """Make a code one of long ago, once the server has noted that it was sent and will not save it again."""
    old = "UPDATE _otps SET created = '2020-01-01 00:00:00.000Z' WHERE id = ? AND sentTo != ''"
    with closing(sqlite3.connect(office.project / "pb_data" / "data.db")) as database:
        for _ in range(200):
            with database:
                if database.execute(old, [id]).rowcount:
                    return
            time.sleep(0.05)
    raise AssertionError("the code was never sent")


def test_an_expired_code_is_told(run: Runner, office: Office) -> None:
    office.person("detlef")
    asked = run("pb_auth.py", "otp", "request", "users", "detlef@example.com")
    code = office.postbox.wait("detlef@example.com", mails.CODE)
    make_old(office, asked.data["otpId"])
    late = run("pb_auth.py", "otp", "login", "users", asked.data["otpId"], env={"PB_CODE": code})
    assert (late.code, "has expired" in late.hint) == (1, True)


def test_a_code_where_there_is_none(run: Runner) -> None:
    nobody = run("pb_auth.py", "otp", "request", "users", "nobody@example.com")
    assert (nobody.code, "no record" in nobody.message) == (2, True)
    office = {"PB_SUPERUSER_EMAIL": None, "PB_SUPERUSER_PASSWORD": None}
    off = run("pb_auth.py", "otp", "request", "locked", "x@example.com", env={**office})
    assert (off.document["status"], '{"otp":{"enabled":true}}' in off.hint) == (403, True)


def test_two_factors_in_one_call(run: Runner, office: Office) -> None:
    assert office.request("POST", "/api/collections", {"name": "staff", "type": "auth", **OTP})[0] == 200
    office.person("emil", "staff")
    assert office.request("PATCH", "/api/collections/staff", {"mfa": {"enabled": True}})[0] == 200
    words = ("--collection", "staff", "--identity", "emil@example.com")
    first = run("pb_auth.py", *words, env={"PB_PASSWORD": PASSWORD})
    assert (first.document["status"], "otp login" in first.hint) == (401, True)
    id = auth(run, "otp", "request", "staff", "emil@example.com")["otpId"]
    code = office.postbox.wait("emil@example.com", mails.CODE)
    both = ("otp", "login", "staff", id, "--identity", "emil@example.com", "--password-stdin", "--code-stdin")
    assert run("pb_auth.py", *both, stdin=f"wrong\n{code}\n".encode()).document["status"] == 400
    assert auth(run, *both, stdin=f"{PASSWORD}\n{code}\n")["token"]
    id = auth(run, "otp", "request", "staff", "emil@example.com")["otpId"]
    code = office.postbox.wait("emil@example.com", mails.CODE)
    alone = run("pb_auth.py", "otp", "login", "staff", id, env={"PB_CODE": code})
    assert (alone.document["status"], "--identity" in alone.hint) == (401, True)


def test_a_code_beside_a_password_that_is_enough(run: Runner, office: Office) -> None:
    office.person("olaf")
    words = ("otp", "login", "users", "x" * 15, "--identity", "olaf@example.com", "--password-stdin", "--code-stdin")
    enough = run("pb_auth.py", *words, stdin=f"{PASSWORD}\n123456\n".encode())
    assert (enough.code, enough.data["record"]["email"]) == (0, "olaf@example.com")
    assert "No second factor was asked for" in enough.document["warnings"][0]
    wrong = run("pb_auth.py", *words, stdin=b"wrong-password\n123456\n")
    assert (wrong.code, wrong.document["status"]) == (1, 400)


def test_a_collection_that_is_none_is_told_to_whoever_asks(run: Runner) -> None:
    nobody: dict[str, str | None] = {"PB_SUPERUSER_EMAIL": None, "PB_SUPERUSER_PASSWORD": None}
    for words in (("otp", "request", "nothing", "a@example.com"), ("verify", "request", "nothing", "a@example.com")):
        refused = run("pb_auth.py", *words, env=nobody)
        assert (refused.code, "no auth collection 'nothing'" in refused.hint) == (1, True)


def test_an_address_is_verified(run: Runner, office: Office) -> None:
    id = office.person("frida")
    auth(run, "verify", "request", "users", "frida@example.com")
    link = office.postbox.wait("frida@example.com", mails.LINK)
    other = run("pb_auth.py", "reset", "confirm", "-", "--password-stdin", stdin=f"{link}\nnew-password\n".encode())
    assert (other.code, "verify confirm" in other.hint) == (2, True)
    assert auth(run, "verify", "confirm", "-", stdin=link)["id"] == id
    assert office.request("GET", f"/api/collections/users/records/{id}")[1]["verified"] is True
    assert auth(run, "verify", "confirm", "-", stdin=link)["id"] == id  # what is verified stays so
    assert run("pb_auth.py", "verify", "request", "users", "nobody@example.com").code == 2


def test_a_password_is_set_anew_and_the_link_works_once(run: Runner, office: Office) -> None:
    office.person("gerd")
    auth(run, "reset", "request", "users", "gerd@example.com")
    token = office.postbox.wait("gerd@example.com", mails.LINK).rpartition("/")[2]
    words = ("reset", "confirm", token)
    assert run("pb_auth.py", *words).code == 2
    tried = run("pb_auth.py", *words, "--dry-run", env={"PB_PASSWORD": "a-new-password"})
    assert (tried.data["dryRun"], "a-new-password" in str(tried.document)) == (True, False)
    assert office.log_in("gerd")[0] == 200
    assert auth(run, "reset", "request", "users", "gerd@example.com", "--dry-run")["dryRun"] is True
    short = run("pb_auth.py", *words, env={"PB_PASSWORD": "short"})
    assert (short.document["status"], "password" in short.data["data"]) == (400, True)
    auth(run, *words, "--password-stdin", stdin="a-new-password\n")
    assert office.log_in("gerd", "a-new-password")[0] == 200
    again = run("pb_auth.py", *words, env={"PB_PASSWORD": "another-password"})
    assert (again.code, "was used" in again.hint) == (1, True)


def test_an_address_is_changed_by_its_owner(run: Runner, office: Office) -> None:
    id = office.person("hilde")
    auth(run, "email-change", "request", "users", "hilde@example.com", "h@example.org")
    link = office.postbox.wait("h@example.org", mails.LINK)
    wrong = run("pb_auth.py", "email-change", "confirm", "-", env={"PB_PASSWORD": "wrong-one"}, stdin=link.encode())
    assert (wrong.code, "password" in wrong.data["data"]) == (1, True)
    changed = auth(run, "email-change", "confirm", "-", "--password-stdin", stdin=f"{link}\n{PASSWORD}\n")
    assert changed["email"] == "h@example.org"
    again = run("pb_auth.py", "email-change", "confirm", link, env={"PB_PASSWORD": PASSWORD})
    assert (again.code, "was used" in again.hint) == (1, True)
    assert office.request("GET", f"/api/collections/users/records/{id}")[1]["email"] == "h@example.org"


def test_an_expired_link_is_told(run: Runner, office: Office) -> None:
    office.person("ida")
    path = "/api/collections/users"
    assert office.request("PATCH", path, {"verificationToken": {"duration": 10}})[0] == 200
    old = expired(office, "ida")
    refused = run("pb_auth.py", "verify", "confirm", "-", stdin=old.encode())
    assert (refused.code, refused.document["status"], "has expired" in refused.hint) == (1, 400, True)
    gone = run("pb_auth.py", "check", old)
    assert (gone.code, "expired" in gone.message, "verify request" in gone.hint) == (1, True, True)
    renewed = run("pb_auth.py", "refresh", old)
    assert (renewed.code, "verify request" in renewed.hint) == (2, True)


def test_a_check_says_what_can_be_known_of_any_token(run: Runner, office: Office) -> None:
    office.person("karl")
    auth(run, "verify", "request", "users", "karl@example.com")
    link = office.postbox.wait("karl@example.com", mails.LINK)
    fresh = auth(run, "check", "-", stdin=link)
    assert (fresh["type"], fresh["good"], "only when it is used" in fresh["message"]) == ("verification", None, True)
    file_token = office.request("POST", "/api/files/token")[1]["token"]
    assert auth(run, "check", file_token)["good"] is None
    renewed = run("pb_auth.py", "refresh", file_token)
    assert (renewed.code, "POST /api/files/token" in renewed.hint) == (2, True)

    there = {"type": "auth", "id": "x" * 15, "collectionId": "_pb_users_auth_", "exp": time.time() + 900}
    for said, message in [
        (there, "Another server than"),
        ({**there, "collectionId": "pbc_0"}, "there is no collection like that of the token"),
        ({**there, "exp": "soon"}, "It has expired"),
        ({**there, "exp": 1}, "It has expired"),
    ]:
        stale = run("pb_auth.py", "check", "-", stdin=unsigned(said).encode())
        assert (stale.code, stale.data["good"], message in stale.message) == (1, False, True), stale
    nobody: dict[str, str | None] = {"PB_SUPERUSER_PASSWORD": None}
    stale = run("pb_auth.py", "check", "-", stdin=unsigned(there).encode(), env=nobody)
    assert "it was ended: by a new password" in stale.message
    stale = run("pb_auth.py", "check", "-", stdin=unsigned(there).encode(), env={"PB_SUPERUSER_PASSWORD": "wrong"})
    assert "it was ended: by a new password" in stale.message


def unsigned(said: dict[str, Any]) -> str:
    """Return a token that says so, with a signature that is none."""
    import base64

    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({}, said)]
    return ".".join([*parts, "signature"])


def expired(office: Office, name: str) -> str:
    """Return a verification token that ended long ago; its signature does not matter any more."""
    found = office.request("GET", f"/api/collections/users/records?filter=email='{name}@example.com'")[1]["items"][0]
    said = {"type": "verification", "id": found["id"], "collectionId": found["collectionId"], "exp": 1_600_000_000}
    return unsigned(said)


def test_superusers_come_change_and_go(run: Runner) -> None:
    made = auth(run, "superusers", "create", "second@example.com", "--password-stdin", stdin="second-password\n")
    assert made["email"] == "second@example.com"
    second: dict[str, str | None] = {
        "PB_SUPERUSER_EMAIL": "second@example.com",
        "PB_SUPERUSER_PASSWORD": "second-password",
    }
    listed = auth(run, "superusers", "list", env=second)["items"]
    assert [item["email"] for item in listed if item["inUse"]] == ["second@example.com"]
    own = run("pb_auth.py", "superusers", "delete", "second@example.com", env=second)
    assert (own.code, "in use" in own.message) == (4, True)
    assert "***" in json.dumps(
        auth(run, "superusers", "create", "x@example.com", "--dry-run", env={"PB_PASSWORD": "12345678"})
    )
    assert run("pb_auth.py", "superusers", "update", "second@example.com").code == 2
    changed = ("superusers", "update", "second@example.com", "--email", "third@example.com")
    assert auth(run, *changed, "--dry-run")["dryRun"] is True
    assert auth(run, *changed)["email"] == "third@example.com"
    gone = ("pb_auth.py", "superusers", "delete", "third@example.com")
    assert run(*gone, env={"PB_PROTECTED": "1"}).code == 4
    assert run(*gone, "--dry-run").code == 0
    assert run(*gone).data["deleted"] == made["id"]
    assert len(auth(run, "superusers", "list")["items"]) == 1


def test_the_addresses_of_superusers(run: Runner, office: Office) -> None:
    words = ("pb_auth.py", "superusers", "addresses")
    found = run(*words)
    if tuple(map(int, office.version.split("."))) < (0, 38):
        assert (found.code, "0.38" in found.message) == (1, True)
        return
    assert (found.data["addresses"], found.data["own"]) == ([], "127.0.0.1")
    assert run(*words, "203.0.113.7").code == 4
    assert run(*words, "nonsense").code == 2
    assert run(*words, "").code == 2
    assert run(*words, "203.0.113.7", "--clear").code == 2
    assert run(*words, "127.0.0.0/8", "--dry-run").data["dryRun"] is True
    assert run(*words, "203.0.113.7", "127.0.0.0/8").data["addresses"] == ["203.0.113.7", "127.0.0.0/8"]
    assert run(*words, "--clear").data["addresses"] == []


@pytest.mark.both_ends
def test_no_server_and_no_verb(offline: Runner) -> None:
    assert offline("pb_auth.py", "methods", "users").code == 3
    assert offline("pb_auth.py", "otp").code == 2
    assert "'methods'" in offline("pb_auth.py", "method", "users").hint
