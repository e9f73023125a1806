"""pb_settings.py on real servers, with a real SMTP server and a real S3 server."""

from __future__ import annotations

import base64
import calendar
import json
import re
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

import buckets
import servers
from _pb.settings.document import DEFAULTS, SINCE, leaves
from conftest import Runner, credentials
from oidc_provider import certificate

SCRIPT = "pb_settings.py"


@pytest.fixture(scope="module")
def changed(version: str) -> Iterator[servers.Server]:
    """A server whose settings the tests of this file may change."""
    with servers.Server(version) as server:
        yield server


@pytest.fixture
def run(changed: servers.Server, tmp_path: Path) -> Iterator[Runner]:
    """A runner against that server; afterwards its settings are a new server's again."""
    yield Runner(tmp_path, tmp_path / "home", credentials(changed.url))
    status, _ = changed.request("PATCH", "/api/settings", {**DEFAULTS, "smtp": {**DEFAULTS["smtp"], "password": ""}})
    assert status == 200


def setting(server: servers.Server, name: str) -> Any:
    """Return what a server has for a setting."""
    return leaves(server.request("GET", "/api/settings")[1])[name]


def is_since(version: str, name: str) -> bool:
    """Tell whether a version has a setting."""
    return name not in SINCE or number(version) >= number(SINCE[name])


def number(version: str) -> tuple[int, ...]:
    """Return a version as it is compared."""
    return tuple(int(part) for part in version.split(".")[:2])


def test_a_new_server_differs_in_nothing(run: Runner, version: str) -> None:
    result = run(SCRIPT, "get")
    assert (result.data, result.hint) == ({}, "Everything is as a new server has it; --all shows it.")
    everything = leaves(run.ok(SCRIPT, "get", "--all"))
    assert set(everything) == {name for name in leaves(DEFAULTS) if is_since(version, name)}


def test_words_set_what_they_name_and_the_way_back_undoes_it(run: Runner, changed: servers.Server) -> None:
    words = ("meta.appName=A=B", "batch.enabled=true", "logs.maxDays=7", "trustedProxy.headers=X-Real-IP, Fly-IP")
    dry = run(SCRIPT, "set", *words, "--dry-run")
    assert dry.document["differs"] is True
    assert dry.data["body"]["trustedProxy"] == {"headers": ["X-Real-IP", "Fly-IP"]}
    assert run.ok(SCRIPT, "get") == {}
    result = run(SCRIPT, "set", *words)
    assert result.data["changes"][0] == {"setting": "meta.appName", "from": "Acme", "to": "A=B"}
    assert 'meta.appName: "Acme" -> "A=B"' in result.stderr
    assert "way back" in result.hint
    assert "way back" not in result.stderr
    assert run.ok(SCRIPT, "get") == dry.data["body"]
    way_back = re.split(r'pb_settings\.py"? set ', result.hint, maxsplit=1)[1]
    done = subprocess.run(["sh", "-c", f"printf %s {way_back}"], capture_output=True, text=True, check=True)
    assert len(run.ok(SCRIPT, "set", "-", stdin=done.stdout.encode())["changes"]) == 4
    assert run.ok(SCRIPT, "get") == {}
    again = run(SCRIPT, "set", "meta.appName=Acme")
    assert (again.data["changes"], again.document["differs"]) == ([], False)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["meta.apName=x"], "There is no setting 'meta.apName'. Did you mean 'meta.appName'?"),
        (["batch.enabled=maybe"], "batch.enabled is 'maybe'; expected true or false."),
        (["batch.timeout=1.5"], "batch.timeout is '1.5'; expected a whole number."),
        (["meta.appName:=null"], "meta.appName is None; expected a text."),
        (["logs.maxDays:=true"], "logs.maxDays is True; expected a whole number."),
        (["smtp=x"], "smtp is a group of settings, not one."),
        (
            ['rateLimits.rules:=[{"label":"x","max":1}]'],
            "a rule has label, audience, duration, maxRequests, and no max.",
        ),
        (["trustedProxy.headers:=[1]"], "expected a list of texts"),
        (["smtp.password=geheim"], "smtp.password stands in the command line"),
        (["smtp.password=${NOT_THERE}"], "Not set, or empty: NOT_THERE (smtp.password)."),
        (['rateLimits.rules:=[{"label":"x","duration":"1"}]'], "duration is '1'; expected a whole number."),
        (["superuserIPs="], "The value of superuserIPs is empty"),
        (["smtp.password="], "The value of smtp.password is empty"),
        (["smtp:={}"], "No setting is named"),
        (["nothing"], "The word 'nothing' sets nothing."),
        (["meta.appName=a", "meta.appName=b"], "meta.appName is given twice."),
        ([], "Nothing is to be set."),
        (["[]"], "sets nothing"),
        (['{"meta":{"appName":"x"}}', "batch.enabled=true"], "One JSON"),
    ],
)
def test_wrong_input_is_named_and_nothing_is_sent(run: Runner, words: list[str], said: str) -> None:
    result = run(SCRIPT, "set", *words)
    assert result.code == 2
    assert said in result.message
    assert "geheim" not in json.dumps(result.document)
    assert run.ok(SCRIPT, "get") == {}


def test_what_the_server_refuses_is_named_place_by_place(run: Runner) -> None:
    rules = 'rateLimits.rules:=[{"label":"","maxRequests":1,"duration":1}]'
    result = run(SCRIPT, "set", "backups.cron=bogus", rules)
    assert (result.code, result.document["status"]) == (1, 400)
    assert result.hint == "Nothing was changed. Correct backups.cron, rateLimits.rules.0.label."
    assert run.ok(SCRIPT, "get") == {}


def test_settings_that_hurt_are_refused_until_they_are_forced(run: Runner, changed: servers.Server) -> None:
    one_sign_in = [{"label": "*:auth", "duration": 3, "maxRequests": 1}]
    hurting = {
        "smtp.enabled:=true": "SMTP is on without a host of yours (smtp.host is 'smtp.example.com')",
        f'rateLimits:={{"enabled":true,"rules":{json.dumps(one_sign_in)}}}': "a sign-in with a second factor takes 2",
        'rateLimits:={"enabled":true,"rules":[{"label":"/api/","duration":1,"maxRequests":2}]}': "gets 429",
    }
    for word, said in hurting.items():
        result = run(SCRIPT, "set", word)
        assert (result.code, said in result.message, "--force" in result.hint) == (4, True, True), result
        assert run.ok(SCRIPT, "get") == {}
        assert "It would be refused" in run(SCRIPT, "set", word, "--dry-run").hint
    assert run(SCRIPT, "set", list(hurting)[1], "--force").code == 0
    assert setting(changed, "rateLimits.rules") == [{"audience": "", **one_sign_in[0]}]


def test_what_may_surprise_is_warned_of(run: Runner) -> None:
    words = ("batch.enabled=true", "rateLimits.enabled=true", "backups.cron=0 3 * * *", "logs.minLevel=9")
    warnings = " ".join(run(SCRIPT, "set", *words, "logs.maxDays=2", "backups.cronMaxKeep=1").document["warnings"])
    for said in (
        "a batch of 21 to 50 never passes",
        "go to pb_data/backups",
        "deletes all older automatic ones but 1",
        "more than 2 days ago is deleted",
        "errors are not logged",
    ):
        assert said in warnings
    mail = run(SCRIPT, "set", "smtp.enabled=true", "smtp.host=mail.example.org", "smtp.port=465", "smtp.username=me")
    warnings = " ".join(mail.document["warnings"])
    for said in ("wants smtp.tls=true", "meta.appURL is still", "smtp.password does not"):
        assert said in warnings


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["batch.enabled=true"], "With rateLimits off, anybody whom a rule lets write may send 50 writes"),
        (["batch.enabled=true", "batch.timeout=600"], "keep everybody else from writing for 600 s"),
        (["smtp.enabled=true", "smtp.host=mail.example.org", "smtp.tls=true"], "wants smtp.tls=false"),
        (["trustedProxy.headers=X-Forwarded-For", "trustedProxy.useLeftmostIP=true"], "the client wrote there"),
        (["backups.s3.bucket=other"], "stay where they are, and are listed no more"),
        (['rateLimits:={"enabled":true,"rules":[{"label":"/api/","duration":9,"maxRequests":90}]}'], "less than what"),
    ],
)
def test_a_plan_warns_before_anything_is_sent(run: Runner, words: list[str], said: str) -> None:
    planned = run(SCRIPT, "set", *words, "--dry-run")
    assert said in " ".join(planned.document["warnings"])
    assert run.ok(SCRIPT, "get") == {}


def test_a_mail_that_cannot_leave_and_one_that_the_server_does_not_know(run: Runner) -> None:
    off = run(SCRIPT, "test-email", "a@example.com")  # which a sendmail of this machine may take
    assert "SMTP is off" in " ".join([off.hint, *off.document.get("warnings", [])])
    plan = run.ok(SCRIPT, "test-email", "a@example.com", "--template", "otp", "--dry-run")
    assert plan["body"] == {"email": "a@example.com", "template": "otp"}
    wrong = run(SCRIPT, "test-email", "nobody")
    assert (wrong.code, "email" in wrong.data["data"]) == (1, True)


def test_a_rule_takes_nothing_over_from_the_rule_that_stood_in_its_place(run: Runner, changed: servers.Server) -> None:
    old = [{"label": "a", "audience": "@guest", "duration": 9, "maxRequests": 9}]
    run.ok(SCRIPT, "set", f"rateLimits.rules:={json.dumps(old)}")
    run.ok(SCRIPT, "set", 'rateLimits.rules:=[{"label":"b","duration":1,"maxRequests":1}]')
    assert setting(changed, "rateLimits.rules") == [{"label": "b", "audience": "", "duration": 1, "maxRequests": 1}]


def test_addresses_without_ones_own_are_refused_or_told_of(own_pb: Runner, version: str) -> None:
    result = own_pb(SCRIPT, "set", "superuserIPs=203.0.113.5")
    if not is_since(version, "superuserIPs"):
        said = "superuserIPs exists since PocketBase 0.38, and this server has no such setting."
        assert (result.code, result.message) == (2, said)
        return
    wrong = own_pb(SCRIPT, "set", "superuserIPs=127.0.0.1,abc")
    assert (wrong.code, "superuserIPs: 'abc' is no address" in wrong.message) == (2, True)
    assert (result.code, "leaves out 127.0.0.1" in result.message) == (4, True)
    assert "./pocketbase superuser ips" in result.hint
    own_pb.ok(SCRIPT, "set", "superuserIPs=127.0.0.0/8,10.1.2.3")
    moved = own_pb(SCRIPT, "set", "trustedProxy.headers=X-Real-IP")
    assert (moved.code, "lets in only 127.0.0.0/8, 10.1.2.3" in moved.message) == (4, True)
    forced = own_pb(SCRIPT, "set", "superuserIPs=203.0.113.5", "--force")
    assert (forced.code, forced.data["changes"][0]["to"]) == (0, ["203.0.113.5"])
    assert "./pocketbase superuser ips" in forced.hint
    assert own_pb(SCRIPT, "get").document["status"] == 403


def test_a_file_carries_the_settings_to_another_server_and_the_secrets_come_from_variables(
    run: Runner, changed: servers.Server, version: str
) -> None:
    mail = {"smtp": {"enabled": True, "host": "mail.example.org", "username": "me", "password": "stored"}}
    run.ok(SCRIPT, "set", "-", stdin=json.dumps(mail).encode())
    exported = run(SCRIPT, "export", "--file", "settings.json")
    assert exported.data["variables"] == ["PB_SMTP_PASSWORD"]
    text = (run.folder / "settings.json").read_text("utf-8")
    assert '"password": "${PB_SMTP_PASSWORD}"' in text
    assert changed.request("PATCH", "/api/settings", DEFAULTS)[0] == 200
    missing = run(SCRIPT, "apply", "--file", "settings.json")
    assert (missing.code, missing.message) == (2, "Not set, or empty: PB_SMTP_PASSWORD (smtp.password).")
    (run.folder / ".env").write_text("PB_SMTP_PASSWORD=from-env\n", "utf-8")
    applied = run(SCRIPT, "apply", "--file", "settings.json")
    assert {item["setting"] for item in applied.data["changes"]} == {
        *("smtp.enabled", "smtp.host", "smtp.username", "smtp.password")
    }
    assert "from-env" not in json.dumps(applied.document) + applied.stderr
    assert stored_password(changed) == "from-env"


def test_only_what_is_sent_is_told_and_json_is_not_stored_as_a_text(run: Runner, changed: servers.Server) -> None:
    for text in ('["X-Forwarded-For"]', '"X-Real-IP"'):
        refused = run(SCRIPT, "set", f"trustedProxy.headers={text}")
        assert (refused.code, "trustedProxy.headers:=" in refused.hint) == (2, True), refused
    assert run(SCRIPT, "set", 'rateLimits.rules=[{"label":"x"}]').hint.startswith("For JSON write rateLimits.rules:=")
    assert setting(changed, "trustedProxy.headers") == []
    invalid = run(SCRIPT, "set", "meta.appURL=no-url")
    kept = run(SCRIPT, "set", "meta.appName=Other", env={"PB_READONLY": "1"})
    assert (invalid.code, kept.code, invalid.stderr + kept.stderr) == (1, 4, "")
    assert '-> "Other"' in run(SCRIPT, "set", "meta.appName=Other").stderr


def stored_password(server: servers.Server) -> str:
    """Return the SMTP password that a server keeps."""
    with server.reading() as database:
        (value,) = database.execute("SELECT value FROM _params WHERE id = 'settings'").fetchone()
    return str(json.loads(value)["smtp"].get("password", ""))


def test_a_masked_secret_never_takes_the_place_of_the_stored_one(run: Runner, changed: servers.Server) -> None:
    assert changed.request("PATCH", "/api/settings", {"smtp": {"password": "stored"}})[0] == 200
    for mask in ("******", "***", "•••"):
        body = json.dumps({"smtp": {"username": f"u{len(mask)}", "password": mask}})
        result = run(SCRIPT, "set", "-", stdin=body.encode())
        assert "smtp.password is masked here: the stored one stays." in result.document["warnings"]
        assert stored_password(changed) == "stored"


def test_a_request_as_it_is_stores_no_mask_and_is_warned_of_what_it_hurts(
    run: Runner, changed: servers.Server, version: str
) -> None:
    assert changed.request("PATCH", "/api/settings", {"smtp": {"password": "stored"}})[0] == 200
    refused = run("pb_api.py", "PATCH", "/api/settings", '{"smtp":{"password":"******"}}')
    assert (refused.code, stored_password(changed)) == (2, "stored")
    assert run("pb_api.py", "PATCH", "/api/settings", '{"smtp":{"password":"******"}}', "--dry-run").code == 2
    sent = run("pb_api.py", "PATCH", "/api/settings", '{"logs":{"maxDays":1},"unknown":1}')
    assert sent.code == 0
    sent = run("pb_api.py", "PATCH", "/api/settings", '{"logs":{"maxDays":0}}')
    assert sent.document["warnings"] == ["Nothing is logged any more, and what is there is deleted."]


def test_a_file_of_a_newer_version_is_taken_as_far_as_it_says_nothing_that_is_lost(run: Runner, version: str) -> None:
    newer = {**DEFAULTS, "meta": {**DEFAULTS["meta"], "appName": "Newer"}}
    (run.folder / "newer.json").write_text(json.dumps(newer), "utf-8")
    result = run(SCRIPT, "apply", "--file", "newer.json")
    assert [item["setting"] for item in result.data["changes"]] == ["meta.appName"]
    lost = [name for name in SINCE if not is_since(version, name)]
    assert [name for name in lost if name not in " ".join(result.document.get("warnings", []))] == []
    newer["logs"] = {**newer["logs"], "maxDataSize": 5, "fromTheFuture": 1}
    (run.folder / "newer.json").write_text(json.dumps(newer), "utf-8")
    result = run(SCRIPT, "apply", "--file", "newer.json")
    assert result.code == 2
    assert "There is no setting 'logs.fromTheFuture'." in result.message
    if "logs.maxDataSize" in lost:
        assert "logs.maxDataSize exists since PocketBase 0.40" in result.message


class Mails:
    """What an SMTP server that wants a login has taken."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep a mail."""
        self.taken.append(f"{envelope.rcpt_tos} {envelope.content!r}")
        return "250 kept"

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        """Let in whoever has the password."""
        return AuthResult(success=isinstance(data, LoginPassword) and data.password == b"mail-secret", handled=False)


@pytest.mark.both_ends
@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_a_mail_is_sent_through_a_real_smtp_server(run: Runner) -> None:
    mails, port = Mails(), servers.free_port()
    controller = Controller(
        mails, "127.0.0.1", port, authenticator=mails.authenticate, auth_required=True, auth_require_tls=False
    )
    controller.start()
    try:
        words = ("smtp.enabled=true", "smtp.host=127.0.0.1", f"smtp.port={port}", "smtp.username=me")
        secret = {"MAIL_SECRET": "wrong"}
        run.ok(SCRIPT, "set", *words, "smtp.password=${MAIL_SECRET}", env=dict(secret))
        refused = run(SCRIPT, "test-email", "ops@example.com")
        assert (refused.code, f"through 127.0.0.1:{port}" in refused.hint) == (1, True)
        secret = {"MAIL_SECRET": "mail-secret"}
        run.ok(SCRIPT, "set", "smtp.password=${MAIL_SECRET}", env=dict(secret))
        sent = run.ok(SCRIPT, "test-email", "ops@example.com", "--template", "password-reset", "--collection", "users")
    finally:
        controller.stop()
    assert sent["through"] == f"127.0.0.1:{port}"
    assert "ops@example.com" in mails.taken[0]
    assert "confirm-password-reset" in mails.taken[0]
    assert len(mails.taken) == 1
    wrong = run(SCRIPT, "test-email", "nobody", "--collection", "nothing")
    assert set(wrong.data["data"]) == {"email", "collection"}


@pytest.mark.both_ends
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere Go reads no certificates from SSL_CERT_FILE")
@pytest.mark.parametrize("at_once", [True, False], ids=["TLS from the first byte", "STARTTLS"])
def test_a_mail_is_sent_over_tls(version: str, at_once: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cert, key = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    mails, port = Mails(), servers.free_port()
    secured: dict[str, Any] = {"ssl_context": context} if at_once else {"tls_context": context}
    with servers.Server(version) as untrusting, monkeypatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(cert))
        with servers.Server(version) as trusting:
            controller = Controller(mails, "127.0.0.1", port, require_starttls=not at_once, **secured)
            controller.start()
            try:
                codes = []
                for server in (trusting, untrusting):
                    run = Runner(tmp_path, tmp_path / "home", credentials(server.url))
                    words = ("smtp.enabled=true", "smtp.host=127.0.0.1", f"smtp.port={port}")
                    run.ok(SCRIPT, "set", *words, f"smtp.tls={str(at_once).lower()}")
                    codes.append(run(SCRIPT, "test-email", "ops@example.com"))
            finally:
                controller.stop()
    assert [result.code for result in codes] == [0, 1], codes
    assert "certificate" in str(codes[1].document), codes[1]
    assert len(mails.taken) == 1


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real S3 server with the bucket `acme`."""
    with buckets.running(tmp_path_factory.mktemp("s3")) as address:
        yield address


@pytest.mark.both_ends
def test_files_are_stored_in_a_real_s3_server(run: Runner, changed: servers.Server, bucket: str) -> None:
    off = run(SCRIPT, "test-s3")
    assert (off.code, "It is off. Switch it on" in off.hint) == (1, True)
    words = ["enabled=true", "bucket=acme", "region=us-east-1", f"endpoint={bucket}", "accessKey=S3RVER"]
    secrets: dict[str, str | None] = {"S3": "S3RVER"}
    for beginning, filesystem in (("s3", "storage"), ("backups.s3", "backups")):
        given = [f"{beginning}.{word}" for word in [*words, "forcePathStyle=true", "secret=${S3}"]]
        run.ok(SCRIPT, "set", *given, env=secrets)
        works = run.ok(SCRIPT, "test-s3", filesystem)
        assert (works["works"], works["bucket"]) == (filesystem, "acme")
    run.ok(SCRIPT, "set", "s3.bucket=other")
    failed = run(SCRIPT, "test-s3")
    assert (failed.code, "Tried with bucket other" in failed.hint) == (1, True)
    exported = run.ok(SCRIPT, "export")
    assert exported["s3"]["secret"] == "${PB_S3_SECRET}"


@pytest.mark.both_ends
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere Go reads no certificates from SSL_CERT_FILE")
def test_files_are_stored_over_tls(version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = certificate(tmp_path)
    with buckets.running(tmp_path / "s3", made) as address, servers.Server(version) as untrusting:
        for name in ("SSL_CERT_FILE", "AWS_CA_BUNDLE"):  # the latter is what PocketBase before 0.26 reads first
            monkeypatch.setenv(name, str(made[0]))
        with servers.Server(version) as trusting:
            asked = []
            for server in (trusting, untrusting):
                run = Runner(tmp_path, tmp_path / "home", credentials(server.url))
                words = ["enabled=true", "bucket=acme", "region=us-east-1", f"endpoint={address}", "accessKey=S3RVER"]
                given = [f"s3.{word}" for word in [*words, "forcePathStyle=true", "secret=${S3}"]]
                run.ok(SCRIPT, "set", *given, env={"S3": "S3RVER"})
                asked.append(run(SCRIPT, "test-s3"))
    assert [result.code for result in asked] == [0, 1], asked
    assert "certificate" in str(asked[1].document), asked[1]


def test_a_move_of_files_that_are_there_is_refused(own_pb: Runner, own_server: servers.Server) -> None:
    off = {"s3.enabled": True, "s3.bucket": "x", "s3.region": "r", "s3.endpoint": "http://127.0.0.1:1"}
    body = json.dumps({"s3": {**{k[3:]: v for k, v in off.items()}, "accessKey": "a", "secret": "b"}}).encode()
    assert run_dry(own_pb, body) == ""
    fields = [{"name": "doc", "type": "file", "maxSelect": 3}]
    own_server.request("POST", "/api/collections", {"name": "papers", "type": "base", "fields": fields})
    own_server.request("POST", "/api/collections/papers/records", {})
    assert run_dry(own_pb, body) == ""
    (own_pb.folder / "a.txt").write_text("a", "utf-8")
    own_pb.ok("pb_records.py", "create", "papers", "{}", "--upload", "doc=@a.txt")
    refused = own_pb(SCRIPT, "set", "-", stdin=body)
    assert (refused.code, "those of papers, say, would be missing" in refused.message) == (4, True)


def run_dry(runner: Runner, body: bytes) -> str:
    """Return why a change would be refused, "" if it would not."""
    hint = runner(SCRIPT, "set", "-", "--dry-run", stdin=body).hint
    return hint if "It would be refused" in hint else ""


def test_the_client_secret_for_apple_names_the_account_and_the_end(pb: Runner) -> None:
    openssl = ["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
    key = subprocess.run(openssl, capture_output=True, check=True).stdout
    account = ("--client-id", "com.example.web", "--team-id", "ABCDE12345", "--key-id", "FGHIJ67890")
    command = ("apple-client-secret", *account, "--key-file", "-", "--duration", "60")
    answer = pb.ok(SCRIPT, *command, stdin=key)
    header, claims = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in answer["secret"].split(".")[:2])
    assert (header["kid"], claims["sub"], claims["iss"]) == ("FGHIJ67890", "com.example.web", "ABCDE12345")
    assert claims["exp"] - claims["iat"] == 60
    assert abs(calendar.timegm(time.strptime(answer["until"], "%Y-%m-%d %H:%M:%SZ")) - claims["exp"]) < 10
    short = pb(SCRIPT, *[word.replace("ABCDE12345", "ABC") for word in command], stdin=key)
    assert (short.code, short.hint) == (1, "Correct --team-id.")
    wrong = pb(SCRIPT, *command, stdin=b"nothing")
    assert (wrong.code, "Standard input holds no private key" in wrong.message) == (2, True)
