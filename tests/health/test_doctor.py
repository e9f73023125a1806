"""The doctor: each check speaks where something is wrong, is silent where it is not, and names what mends it."""

from __future__ import annotations

import os
import shlex
import shutil
import ssl
import subprocess
import sys
import time
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, Callable

import pytest

import broken_servers
import buckets
import servers
import tools
from _pb.health.doctor import CHECKS
from _pb.health.patient import Finding, NotChecked, Patient
from _pb.health.releases import known_releases
from broken_servers import Behaviour, Handler
from conftest import SCRIPTS, Result, Runner, credentials
from pb_common import Client, Settings

SCRIPT = "pb_health.py"
RULES = ("listRule", "viewRule", "createRule", "updateRule", "deleteRule")
pytestmark = pytest.mark.both_ends


def doctor(pb: Runner, *options: str, env: dict[str, str | None] | None = None) -> Result:
    """Return what the doctor says; each finding is whole."""
    result = pb(SCRIPT, "--doctor", *options, env=env)
    for finding in result.data.get("findings", []):
        assert finding["check"] in CHECKS
        assert finding["severity"] in ("info", "warning", "error")
        assert all(finding[key] for key in ("message", "why", "command"))
    return result


def said(result: Result, check: str) -> list[tuple[str, str]]:
    """Return severity and message of what a check found."""
    return [(item["severity"], item["message"]) for item in result.data["findings"] if item["check"] == check]


def command(result: Result, words: str) -> str:
    """Return the one command that has some words."""
    (found,) = [item["command"] for item in result.data["findings"] if words in item["command"]]
    return str(found)


def mend(pb: Runner, line: str) -> None:
    """Run a command that the doctor named."""
    program, script, *rest = shlex.split(line)
    assert program == "python3"
    # The path is as it is typed in the folder that the doctor was asked from.
    done = subprocess.run(
        [sys.executable, str(SCRIPTS / Path(script).name), *rest], capture_output=True, env=pb.env, cwd=pb.folder
    )
    assert done.returncode == 0, done


@pytest.fixture
def patient(own_server: servers.Server, tmp_path: Path) -> Runner:
    """A runner in the project folder of a new server."""
    return Runner(own_server.project, tmp_path / "home", credentials(own_server.url))


class Consulting:
    """Asks single checks about a server, from the working directory, as a command does after its start."""

    def __init__(self, server: servers.Server, url: str = "", *, readonly: bool = False) -> None:
        account = (servers.EMAIL, servers.PASSWORD)
        self.settings = Settings(url or server.url, *account, token_cache=False, readonly=readonly)

    def __call__(self, check: str) -> list[tuple[str, str]]:
        """Return severity and message of what a check finds."""
        return [(finding.severity, finding.message) for finding in self.found(check)]

    def found(self, check: str) -> list[Finding]:
        """Return what a check finds."""
        with Client(self.settings) as client:
            return CHECKS[check](Patient(client))


def change(server: servers.Server, settings: dict[str, Any]) -> None:
    """Change settings without the code under test."""
    status, body = server.request("PATCH", "/api/settings", settings)
    assert status == 200, body


def test_a_new_server_and_the_commands_that_mend_it(patient: Runner, own_server: servers.Server) -> None:
    new = doctor(patient)
    assert new.code == 1
    assert (new.document["code"], new.document["status"]) == ("findings", 200)
    is_newest = own_server.version == servers.DEFAULT_VERSION
    expected = {"sign-up", "rate-limits", "mail", "backups", *([] if is_newest else ["version"])}
    assert {item["check"] for item in new.data["findings"]} == expected
    assert said(new, "backups")[0] == ("error", "There is no backup.")
    assert new.data["findings"][0]["severity"] == "error", "the worst first"
    assert set(new.data["passed"]) | expected | {"hooks", "migrations"} == set(CHECKS)
    assert [item["check"] for item in new.data["notChecked"]] == ["migrations", "hooks"]
    if own_server.version == servers.OLDEST_VERSION:
        assert new.data["version"] == {"atLeast": "v0.23.0", "below": "v0.24.0", "exact": None}
        why = next(item["why"] for item in new.data["findings"] if item["check"] == "version")
        closed = [release.version for release in known_releases() if release.closes and release.version >= (0, 24, 0)]
        certain, _, perhaps = why.partition("If the server is older")
        assert all(f"v{'.'.join(map(str, version))}: " in certain for version in closed)
        assert "v0.23.11" in perhaps, "the server may have it"
    elif is_newest:
        assert new.data["version"]["atLeast"] == f"v{own_server.version.rpartition('.')[0]}.0"

    for words in ("pb_backups.py create", "users create --locked", "rateLimits.enabled", "backups.cron="):
        mend(patient, command(new, words))
    mended = doctor(patient, "--fail-on", "error", env={"PB_READONLY": "1"})
    assert mended.code == 0, "warnings are left, no errors; and to look is no change"
    assert {item["check"] for item in mended.data["findings"]} == expected - {"sign-up", "rate-limits"}
    assert [severity for severity, _ in said(mended, "backups")] == ["info"], "they lie beside the database"
    assert doctor(patient, "--fail-on", "warning").code == 1
    assert doctor(patient, "--fail-on", "never").code == 0


def test_rules_that_let_strangers_in(patient: Runner, own_server: servers.Server) -> None:
    text = [{"name": "title", "type": "text"}]
    owner = {"name": "owner", "type": "relation", "collectionId": "_pb_users_auth_", "maxSelect": 1}
    guarded = '@request.auth.id != "" && owner = @request.auth.id && @request.body.owner:isset = false'
    for body in (
        {"name": "open", "fields": text, **dict.fromkeys(RULES, "")},
        {"name": "closed", "fields": text, **dict.fromkeys(RULES)},
        {"name": "members", "fields": [*text, owner], **dict.fromkeys(RULES, guarded)},
        {"name": "leaky", "fields": [owner], "listRule": "owner = @request.auth.id"},
    ):
        assert own_server.request("POST", "/api/collections", {"type": "base", **body})[0] == 200
    ask = Consulting(own_server)
    spoken = ask("rules")
    assert [severity for severity, message in spoken if "open.updateRule" in message] == ["error"]
    assert [severity for severity, message in spoken if "open.deleteRule" in message] == ["error"]
    assert [severity for severity, message in spoken if "open.createRule" in message] == ["warning"]
    assert [severity for severity, message in spoken if message.startswith("open: ")] == ["warning"]
    assert [severity for severity, message in spoken if "leaky.listRule" in message] == ["error"]
    assert not [message for _, message in spoken if "closed" in message or "members" in message]
    (fix,) = [item.command for item in ask.found("rules") if "open.deleteRule" in item.message]
    mend(patient, fix)
    assert not [message for _, message in ask("rules") if "open.deleteRule" in message]


def test_settings(patient: Runner, own_server: servers.Server, tmp_path: Path) -> None:
    bucket = {"bucket": "acme", "region": "r", "accessKey": "S3RVER", "secret": "S3RVER", "forcePathStyle": True}
    nowhere = {**bucket, "enabled": True, "endpoint": f"http://127.0.0.1:{servers.free_port()}"}
    label = {"label": "*:auth", "audience": "", "duration": 3, "maxRequests": 20}
    sick = {
        "batch": {"enabled": True},
        "rateLimits": {"enabled": False},
        "smtp": {"enabled": True},
        "s3": nowhere,
        "backups": {"s3": nowhere},
        "trustedProxy": {"headers": ["X-Real-IP"]},
    }
    change(own_server, sick)
    ask = Consulting(own_server)
    assert ask("batch")[0][0] == "warning"
    assert ask("rate-limits")[0][0] == "warning"
    assert [severity for severity, _ in ask("mail")] == ["error", "warning", "warning"]
    (files, backups) = ask("s3")
    assert (files[0], "files of records" in files[1]) == ("error", True)
    assert (backups[0], "backups" in backups[1]) == ("error", True)
    assert ask("proxy")[0][0] == "info", "on the server's own machine one is always past the proxy"
    with pytest.raises(NotChecked, match="PB_READONLY"):
        Consulting(own_server, readonly=True)("s3")

    change(own_server, {"rateLimits": {"enabled": True, "rules": [label, {**label, "label": "/api/batch"}]}})
    (limited,) = ask.found("batch")
    assert limited.severity == "info"
    mend(patient, limited.command)
    mend(patient, ask.found("proxy")[0].command.partition("or: ")[2])
    with buckets.running(tmp_path) as address:
        well = {**bucket, "enabled": True, "endpoint": address}
        meta = {"senderAddress": "no-reply@acme.test", "appURL": "https://acme.test"}
        smtp = {"host": "127.0.0.1", "port": 25}
        change(own_server, {"s3": well, "backups": {"s3": well}, "smtp": smtp, "meta": meta})
        assert not [found for name in ("batch", "rate-limits", "mail", "proxy", "s3") for found in ask(name)]


def test_backups_that_are_old_and_a_disk_that_is_full(own_server: servers.Server, monkeypatch: Any) -> None:
    monkeypatch.chdir(own_server.project)
    ask = Consulting(own_server)
    data = own_server.project / "pb_data"
    free = shutil.disk_usage(data).free
    (data / "storage").mkdir(exist_ok=True)
    sparse = data / "storage" / "large"
    assert ask("disk") == []
    for size, severity in ((free * 2 // 3, "warning"), (free * 2, "error")):
        with sparse.open("wb") as stream:
            stream.truncate(size)
        assert [level for level, _ in ask("disk")] == [severity]
    sparse.unlink()
    assert own_server.request("POST", "/api/backups", {"name": "kept.zip"})[0] == 204
    change(own_server, {"backups": {"cron": "0 3 * * *"}})
    assert [severity for severity, _ in ask("backups")] == ["info"]
    ago = time.time() - 30 * 86_400
    os.utime(data / "backups" / "kept.zip", (ago, ago))
    assert ask("backups")[0] == ("error", "The newest backup is 30 days old.")


def test_migrations(patient: Runner, own_server: servers.Server, monkeypatch: Any) -> None:
    (patient.folder / "pocketbase").symlink_to(servers.binary(own_server.version))
    folder = patient.folder / "pb_migrations"
    folder.mkdir(exist_ok=True)
    patient.ok("pb_collections.py", "create", '{"name": "posts", "type": "base", "fields": []}')
    monkeypatch.chdir(patient.folder)
    ask = Consulting(own_server)
    assert ask("migrations") == []
    (written,) = folder.glob("*.js")
    written.write_text(written.read_text("utf-8") + "\n// edited\n", "utf-8")
    (folder / "1999999999_later.js").write_text("migrate((app) => {}, (app) => {})\n", "utf-8")
    found = ask("migrations")
    assert ("warning", "Migrations wait for the server's next start: 1999999999_later.js.") in found
    assert ("error", f"Applied migrations were edited since: {written.name}.") in found
    written.unlink()
    found = ask("migrations")
    assert ("warning", f"Applied migrations have no file any more: {written.name}.") in found
    assert ("warning", "The live schema is not what the migration files make: posts.") in found
    monkeypatch.chdir(patient.home.parent)
    for check in ("migrations", "disk"):
        with pytest.raises(NotChecked, match="folder"):
            ask(check)


def test_hooks_and_the_exact_version_of_a_server_that_was_started_here(tmp_path: Path, version: str) -> None:
    project = Runner(tmp_path / "project", tmp_path / "home", {})
    hook = project.folder / "pb_hooks" / "main.pb.js"
    hook.parent.mkdir(parents=True)
    hook.write_text("onNoSuchHook(() => {})", "utf-8")
    listen = f"127.0.0.1:{servers.free_port()}"
    start = ["up", "--binary", str(servers.binary(version)), "--http", listen]
    try:
        project.ok("pb_server.py", *start)
        found = doctor(project)
        assert found.data["version"]["exact"] == f"v{version}"
        if version == servers.OLDEST_VERSION:
            assert said(found, "version")[0][1].startswith(f"The server is v{version};")
            assert "pb_server.py restart --version" in command(found, "restart --version")
        ((severity, message),) = said(found, "hooks")
        assert severity == "error"
        assert "main.pb.js" in message
        project.ok("pb_server.py", "down")
        hook.write_text("onBootstrap((e) => e.next())", "utf-8")
        project.ok("pb_server.py", *start)
        assert "hooks" in doctor(project).data["passed"]
    finally:
        project("pb_server.py", "down")


def through(server: servers.Server, *, away: float = 0, header: str = "") -> Behaviour:
    """Return the behaviour of a proxy before a server: its clock is `away` seconds off, it sets `header` itself."""
    pass_on = broken_servers.relay(server.port, broken_servers.never, broken_servers.never)

    def behave(handler: Handler) -> None:
        request = handler.request_read
        headers = {name: value for name, value in request.headers.items() if name != header}
        path = "/" + request.path.split("/", 3)[3] if "://" in request.path else request.path
        own = {header: "198.51.100.1"} if header else {}
        handler.request_read = request._replace(path=path, headers={**headers, **own})
        handler.date_time_string = lambda timestamp=None: formatdate(time.time() + away, usegmt=True)  # type: ignore[method-assign]
        pass_on(handler)

    return behave


@pytest.mark.parametrize(("away", "expected"), [(0, []), (-30, ["warning"]), (300, ["error"])])
def test_clock(server: servers.Server, away: float, expected: list[str]) -> None:
    with broken_servers.running(through(server, away=away)) as proxy:
        found = Consulting(server, proxy.url)("clock")
    assert [severity for severity, _ in found] == expected


def test_a_server_without_a_clock_is_not_judged_by_it(server: servers.Server) -> None:
    def behave(handler: Handler) -> None:
        handler.send_header = (  # type: ignore[method-assign]
            lambda keyword, value: (
                None if keyword == "Date" else BaseHTTPRequestHandler.send_header(handler, keyword, value)
            )
        )
        through(server)(handler)

    with broken_servers.running(behave) as proxy, pytest.raises(NotChecked, match="no Date"):
        Consulting(server, proxy.url)("clock")


def test_a_certificate_that_cannot_be_read_is_not_judged(
    server: servers.Server, certificates: Any, monkeypatch: Any
) -> None:
    with Client(Consulting(server).settings) as client:
        patient = Patient(client)
        assert patient.health.status == 200
        monkeypatch.setattr(client.transport, "secure", True)
        with pytest.raises(NotChecked, match="certificate cannot be read"):
            CHECKS["tls"](patient)


def test_a_proxy_that_nobody_trusts_and_a_header_that_everybody_can_set(
    patient: Runner, own_server: servers.Server, monkeypatch: Any
) -> None:
    ask = Consulting(own_server, "http://pocketbase.invalid")
    with broken_servers.running(through(own_server)) as proxy:
        for name in ("HTTP_PROXY", "http_proxy"):
            monkeypatch.setenv(name, proxy.url)
        (found,) = ask.found("proxy")
        assert found.severity == "warning"
        assert [severity for severity, _ in ask("tls")] == ["error"], "plain http to another machine"
        mend(patient, found.command)
        assert [severity for severity, _ in ask("proxy")] == ["error"]
    with broken_servers.running(through(own_server, header="X-Real-IP")) as proxy:
        for name in ("HTTP_PROXY", "http_proxy"):
            monkeypatch.setenv(name, proxy.url)
        assert ask("proxy") == []


@pytest.fixture
def certificates(tmp_path: Path) -> Callable[[int], tuple[Path, Path]]:
    """Make a certificate for 127.0.0.1 that lasts some days, and return its files."""

    def make(days: int) -> tuple[Path, Path]:
        certificate, key = tmp_path / f"{days}.pem", tmp_path / f"{days}.key"
        options = ["-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1", "-days", str(days)]
        options += ["-addext", "subjectAltName=IP:127.0.0.1", "-out", str(certificate), "-keyout", str(key)]
        subprocess.run([tools.tool("openssl"), "req", *options], check=True, capture_output=True)
        return certificate, key

    return make


@pytest.mark.parametrize(("days", "expected"), [(90, []), (10, ["warning"]), (1, ["error"])])
def test_a_certificate_that_ends(
    server: servers.Server, certificates: Any, days: int, expected: list[str], monkeypatch: Any
) -> None:
    certificate, key = certificates(days)
    with broken_servers.running(through(server)) as proxy:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        proxy.socket = context.wrap_socket(proxy.socket, server_side=True)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        found = Consulting(server, proxy.url.replace("http:", "https:"))("tls")
    assert [severity for severity, _ in found] == expected


def test_it_needs_the_superuser_and_a_level_needs_it(pb: Runner) -> None:
    nobody = pb(SCRIPT, "--doctor", env={"PB_SUPERUSER_PASSWORD": None})
    assert nobody.code == 2
    assert "PB_SUPERUSER_PASSWORD" in nobody.message
    alone = pb(SCRIPT, "--fail-on", "error")
    assert (alone.code, alone.hint) == (2, "Add --doctor.")
