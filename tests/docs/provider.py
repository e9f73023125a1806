"""An OpenID Connect provider on a free port, which lets in whoever the test says."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any


class Provider:
    """Answers the token and the userinfo request of a login; `user` is who logs in. Use it as a context manager."""

    def __init__(self) -> None:
        self.user: dict[str, Any] = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.answer({"access_token": "access", "token_type": "Bearer", "expires_in": 3600})

            def do_GET(self) -> None:
                self.answer(provider.user)

            def answer(self, value: dict[str, Any]) -> None:
                body = json.dumps(value).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Provider:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def settings(self) -> dict[str, str]:
        """Return the provider as an entry of a collection's `oauth2.providers`."""
        urls = {"authURL": f"{self.url}/auth", "tokenURL": f"{self.url}/token", "userInfoURL": f"{self.url}/userinfo"}
        return {"name": "oidc", "clientId": "id", "clientSecret": "secret", **urls}
