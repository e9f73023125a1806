"""Reverse proxy blocks: checked by the proxy itself, then run in front of the page's server and driven."""

from __future__ import annotations

import http.client
import json
import os
import re
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import servers
from tools import tool

from .pages import Block
from .stage import Stage

HOST = "example.com"
_SECONDS = 15.0
_MEGABYTES = 20
_NGINX = """
daemon off;
{user}
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{block}
}}
"""


def nginx(stage: Stage, block: Block) -> None:
    """Test the server blocks with `nginx -t`, then run them and drive them."""
    program = tool("nginx", "/usr/sbin/nginx")
    folder = stage.scratch / f"nginx_{block.line}"
    folder.mkdir()
    certificate, key = _certificate(folder)
    port, plain_port = servers.free_port(), servers.free_port()
    text = stage.project.text(block)
    text = re.sub(r"ssl_certificate\s+\S+;", f"ssl_certificate {certificate};", text)
    text = re.sub(r"ssl_certificate_key\s+\S+;", f"ssl_certificate_key {key};", text)
    text = re.sub(r"listen \[::\]:\d+[^;]*;", "", text)
    text = re.sub(r"listen 443\b", f"listen 127.0.0.1:{port}", text)
    text = re.sub(r"listen 80\b", f"listen 127.0.0.1:{plain_port}", text)
    config = folder / "nginx.conf"
    config.write_text(_NGINX.format(folder=folder, block=text, user="user root;" if os.geteuid() == 0 else ""), "utf-8")
    done = stage.project.run([program, "-t", "-c", str(config)])
    assert done.returncode == 0, done.stdout
    assert "warn" not in done.stdout, done.stdout
    _drive(stage, [program, "-c", str(config)], port, folder)
    if "return 301" in text:
        with (
            _running(stage, [program, "-c", str(config)], folder),
            closing(http.client.HTTPConnection("127.0.0.1", plain_port, timeout=_SECONDS)) as connection,
        ):
            _until_connected(connection)
            connection.request("GET", "/api/health", headers={"Host": HOST})
            assert connection.getresponse().getheader("Location") == f"https://{HOST}/api/health"


def caddy(stage: Stage, block: Block) -> None:
    """Validate the Caddyfile as it stands, then run its site on this machine with a certificate of its own."""
    program = tool("caddy")
    folder = stage.scratch / f"caddy_{block.line}"
    folder.mkdir()
    written = folder / "Caddyfile"
    written.write_text(stage.project.text(block), "utf-8")
    home = {"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    done = stage.project.run([program, "validate", "--adapter", "caddyfile", "--config", str(written)], **home)
    assert done.returncode == 0, done.stdout
    port = servers.free_port()
    options = "{\n\tadmin off\n\tlocal_certs\n\tskip_install_trust\n\tauto_https disable_redirects\n}\n"
    local = folder / "Caddyfile.local"
    site = stage.project.text(block).replace(f"{HOST} {{", f"https://{HOST}:{port} {{")
    local.write_text(options + site, "utf-8")
    command = ["env", *(f"{key}={value}" for key, value in home.items())]
    _drive(stage, [*command, program, "run", "--adapter", "caddyfile", "--config", str(local)], port, folder)


def _drive(stage: Stage, command: list[str], port: int, folder: Path) -> None:
    """Check through the proxy: health, the client's address, a large request, and events as they happen."""
    with _running(stage, command, folder), closing(_connection(port)) as connection:
        _until_connected(connection)
        status, health = _exchange(connection, "GET", "/api/health", token=stage.server.token())
        assert status == 200, health
        # A client cannot give itself another address: the header that the page tells to trust is the proxy's own.
        proxy = {"trustedProxy": {"headers": ["X-Real-IP"], "useLeftmostIP": False}}
        stage.request("PATCH", "/api/settings", proxy)
        forged = {"X-Real-IP": "203.0.113.9", "X-Forwarded-For": "203.0.113.9"}
        _, health = _exchange(connection, "GET", "/api/health", token=stage.server.token(), **forged)
        assert health["data"]["realIP"] == "127.0.0.1", health
        stage.request("PATCH", "/api/settings", {"trustedProxy": {"headers": [], "useLeftmostIP": False}})
        large = {"email": "large@example.com", "name": "x" * _MEGABYTES * 2**20}
        status, answer = _exchange(connection, "POST", "/api/collections/users/records", large)
        assert status == 400, (status, answer)
        with closing(_connection(port)) as stream:
            _check_realtime(stage, connection, stream)


def _check_realtime(stage: Stage, connection: http.client.HTTPConnection, stream: http.client.HTTPConnection) -> None:
    stream.request("GET", "/api/realtime", headers={"Host": HOST, "Accept": "text/event-stream"})
    answer = stream.getresponse()
    assert answer.status == 200, answer.status
    client = _event(answer)["clientId"]
    body = {"clientId": client, "subscriptions": ["users/*"]}
    status, seen = _exchange(connection, "POST", "/api/realtime", body, token=stage.server.token())
    assert status == 204, seen
    account = {"password": "secret-password", "passwordConfirm": "secret-password"}
    made = stage.request("POST", "/api/collections/users/records", {"email": f"{client[:9]}@example.com", **account})
    assert _event(answer)["record"]["id"] == made["id"]


def _event(answer: http.client.HTTPResponse) -> Any:
    for line in answer:
        if line.startswith(b"data:"):
            return json.loads(line[5:])
    raise AssertionError("the proxy closed the stream")


@contextmanager
def _running(stage: Stage, command: list[str], folder: Path) -> Iterator[None]:
    with (folder / "proxy.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    stage.processes.append(process)
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)


def _connection(port: int) -> http.client.HTTPSConnection:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return _NamedConnection("127.0.0.1", port, timeout=_SECONDS, context=context)


class _NamedConnection(http.client.HTTPSConnection):
    """A connection to this machine that asks for the certificate of the documented host."""

    def connect(self) -> None:
        """Connect, naming the documented host."""
        http.client.HTTPConnection.connect(self)
        context: ssl.SSLContext = self._context  # type: ignore[attr-defined]
        self.sock = context.wrap_socket(self.sock, server_hostname=HOST)


def _until_connected(connection: http.client.HTTPConnection) -> None:
    deadline = time.monotonic() + _SECONDS
    while True:
        try:
            connection.connect()
            return
        except (OSError, ssl.SSLError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _exchange(
    connection: http.client.HTTPConnection, method: str, path: str, body: Any = None, token: str = "", **headers: str
) -> tuple[int, Any]:
    sent = {"Host": HOST, **headers, **({"Authorization": token} if token else {})}
    payload = None
    if body is not None:
        payload = json.dumps(body).encode()
        sent["Content-Type"] = "application/json"
    connection.request(method, path, payload, sent)
    answer = connection.getresponse()
    raw = answer.read()
    try:
        return answer.status, json.loads(raw) if raw else None
    except ValueError:
        return answer.status, raw.decode("utf-8", "replace")


def _certificate(folder: Path) -> tuple[Path, Path]:
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    command = [tool("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}"]
    subprocess.run([*command, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    return certificate, key
