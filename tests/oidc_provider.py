"""A real OpenID Connect provider (oidc-provider of npm), and a browser that signs in at it."""

from __future__ import annotations

import os
import re
import ssl
import subprocess
import urllib.error
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlencode, urljoin

import servers
import tools

HERE = Path(__file__).parent / "auth" / "oidc"
# Nobody listens there: the browser only reads where it is sent to.
REDIRECT = "http://127.0.0.1:9/callback"


class IdentityProvider:
    """A running provider, over TLS with a certificate and its key; use it as a context manager."""

    def __init__(self, certificate: Path | None = None, key: Path | None = None) -> None:
        self.port = servers.free_port()
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self.port}"
        self._certificate, self._key = certificate, key
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> IdentityProvider:
        modules = tools.node_modules(HERE / "package.json") / "node_modules"
        given = {"PORT": str(self.port), "REDIRECT": REDIRECT, "MODULES": str(modules)}
        if self._certificate:
            given.update(CERT=str(self._certificate), KEY=str(self._key))
        command = [tools.tool("node"), str(HERE / "provider.mjs")]
        self._process = subprocess.Popen(
            command, env={**os.environ, **given}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._process.stdout
        assert self._process.stdout.readline() == "ready\n"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process
        self._process.kill()
        self._process.communicate()

    def settings(self, name: str) -> dict[str, str]:
        """Return the provider as an entry of a collection's `oauth2.providers`."""
        urls = {"authURL": f"{self.url}/auth", "tokenURL": f"{self.url}/token", "userInfoURL": f"{self.url}/me"}
        account = {"clientId": "skill", "clientSecret": "a-secret-of-the-client"}
        return {"name": name, "displayName": "OIDC", **account, **urls}

    def sign_in(self, url: str, who: str) -> str:
        """Sign in as a browser does, with the provider's own forms, and return where it is sent back to."""
        browser = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(CookieJar()),
            urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=self._certificate)),
            _Still(),
        )
        place, form = url, None
        for _ in range(20):
            status, location, page = _asked(browser, place, form)
            form = None
            if location.startswith(REDIRECT):
                return location
            if 300 <= status < 400:
                place = urljoin(place, location)
                continue
            action = re.search(r'action="([^"]+)"', page)
            prompt = re.search(r'name="prompt" value="(\w+)"', page)
            assert action, page
            assert prompt, page
            place = urljoin(place, action[1])
            form = {"prompt": prompt[1], **({"login": who, "password": "any"} if prompt[1] == "login" else {})}
        raise AssertionError(f"the sign-in of {who} did not end")


class _Still(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *given: Any) -> None:
        return None


def _asked(browser: Any, place: str, form: dict[str, str] | None) -> tuple[int, str, str]:
    try:
        answer = browser.open(place, urlencode(form).encode() if form else None, timeout=30)
    except urllib.error.HTTPError as error:
        answer = error
    return answer.status, answer.headers.get("Location") or "", answer.read().decode()


def certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for 127.0.0.1 and its key."""
    made = folder / "cert.pem", folder / "key.pem"
    words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    words += ["-addext", "subjectAltName=IP:127.0.0.1", "-out", str(made[0]), "-keyout", str(made[1])]
    subprocess.run([tools.tool("openssl"), *words], check=True, capture_output=True)
    return made
