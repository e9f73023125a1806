"""The one client: requests as a guest, as any token's owner, or as the superuser."""

from __future__ import annotations

import contextlib
import itertools
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Callable

from .answers import Answer, NestedTooDeeply, a_guest_could_get, encoded, is_healthy, read_answer
from .errors import PBConnectionError, PBRequestError
from .login_errors import SUPERUSERS, address_hint, explain_refusal, no_credentials, no_pocketbase, too_old
from .multipart import Multipart
from .output import note
from .paths import HEALTH, collection_path, is_loopback, is_of_records
from .settings import Settings, load_settings
from .tokens import drop_token, load_token, save_token
from .transport import USER_AGENT, Transport
from .wire import Response

if TYPE_CHECKING:
    from .schema_types import Collection

# Asked to learn who answers; every PocketBase of v0.23 or newer has them.
_AUTH_METHODS = f"{collection_path(SUPERUSERS)}/auth-methods"

# A proof that the token still is a superuser's counts for this many seconds.
_PROOF_SECONDS = 5.0
_FIRST_PAUSE = 0.5
# How fast a slow server stores the files of a request, in bytes.
_STORED_PER_SECOND = 10_000_000


class Client:
    """A client of one PocketBase server.

    `status` is the HTTP status of the last answer to a request of the caller; `warnings` collects sentences that the
    runner prints with the result. `refused` holds, by method and path, the name under which the server's log has the
    last request that failed, `last_change_agent` the name of the last one that changes something. A verb that writes
    its rows to stdout itself sets `streamed`: then the result, which sums them up, goes to stderr. `safety_copy` is the
    entry of the backup that was made before something was destroyed. `collections` are the server's as they were last
    read (pb_common.collections). `acting_as` names who asks for records, where that is not the superuser (`act_as`).
    Threads may use it at the same time. Use it as a context manager, or call `close`.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings
        self._transport: Transport | None = None
        self._guard = threading.RLock()
        self._token = ""
        self._proved_at = float("-inf")
        self._known_pocketbase = False
        self.status = 0
        self.streamed = False
        self.warnings: list[str] = []
        self.refused: dict[tuple[str, str], str] = {}
        self.safety_copy: dict[str, Any] | None = None
        self.last_change = ""
        self.last_change_agent = ""
        self.last_change_answered = False
        self.collections: list[Collection] | None = None
        self._name = os.urandom(4).hex()
        self._numbers = itertools.count(1)
        self.acting_as: str | None = None
        self._actors_token: Callable[[], str] | None = None

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; a later request opens a new one."""
        if self._transport:
            self._transport.close()

    @property
    def settings(self) -> Settings:
        """The settings, loaded when first needed."""
        if self._settings is None:
            self._settings = self.settings_of()
        return self._settings

    def settings_of(self, folder: Path | None = None) -> Settings:
        """Return the settings of a folder, by default of the working directory; warn of files that do not count."""
        settings = load_settings(folder=folder)
        for path in settings.ignored:
            self.warn(f"{path} was ignored: others made it, or may change it. Its owner must be you, with mode 600.")
        return settings

    @property
    def transport(self) -> Transport:
        """The connections to the server of the settings."""
        with self._guard:
            if self._transport is None:
                self._transport = Transport(self.settings)
            return self._transport

    # Requests

    def exchange(
        self, method: str, path: str, data: Any = None, token: str = "", timeout: float | None = None
    ) -> Answer:
        """Send one request as the token's owner (a guest without one) and return the answer, whatever its status.

        `data` is sent as JSON, or as it is if it is a Multipart. `timeout` is in seconds. A 429 is repeated with
        growing pauses until the time-out is over.
        Raises PBConnectionError when there is no answer or it is not JSON.
        """
        body: bytes | Multipart | None = data if data is None or isinstance(data, Multipart) else encoded(data)
        headers = {"Accept": "application/json"}
        if isinstance(body, Multipart):
            headers.update(body.headers)
        elif body is not None:
            headers["Content-Type"] = "application/json"
        if token:
            self._warn_of_plain_http()
            headers["Authorization"] = token
        return read_answer(self.settings.url, path, self.respond(method, path, body, headers, timeout))

    def respond(
        self,
        method: str,
        path: str,
        body: bytes | Multipart | None,
        headers: dict[str, str],
        timeout: float | None = None,
    ) -> Response:
        """Send one request with just these headers and return the answer as it came; otherwise as `exchange`."""
        # The server logs it, so that the entry of this very request can be found.
        agent = f"{USER_AGENT}/{self._name}.{next(self._numbers)}"
        if isinstance(body, Multipart):
            # Before it answers, the server stores the files.
            timeout = (timeout or self.settings.timeout) + body.length / _STORED_PER_SECOND
        changes = self.transport.gate.is_change(method, path, body, headers)
        if changes:
            self.last_change, self.last_change_answered = f"{method} {path.partition('?')[0]}", False
            self.last_change_agent = agent
        response = self._send(method, path, body, {"User-Agent": agent, **headers}, timeout)
        if changes:
            self.last_change_answered = True
        if response.status >= 400:
            self.refused[method, path] = agent
        return response

    def _send(
        self, method: str, path: str, body: bytes | Multipart | None, headers: dict[str, str], timeout: float | None
    ) -> Response:
        """Send a request, again and again while the rate limit refuses it and the time-out is not over."""
        deadline = time.monotonic() + self.settings.timeout
        pause = _FIRST_PAUSE
        while True:
            response = self.transport.send(method, path, body, headers, timeout)
            wait = max(pause, _retry_after(response))
            if response.status != 429 or time.monotonic() + wait > deadline:
                return response
            note(f"Rate limited (429); trying again in {wait:g} s.")
            time.sleep(wait)
            pause *= 2

    def act_as(self, who: str, token: Callable[[], str]) -> None:
        """Ask for records, files and batches as somebody from here on, and for all else as the superuser.

        `token` returns a token that has lately been proved to be that one's, "" for a guest.
        """
        self.acting_as, self._actors_token = who, token

    @contextlib.contextmanager
    def as_superuser(self) -> Iterator[None]:
        """Ask for records as the superuser while the block runs, whoever the command acts as."""
        who, token = self.acting_as, self._actors_token
        self.acting_as = self._actors_token = None
        try:
            yield
        finally:
            self.acting_as, self._actors_token = who, token

    def token_for(self, path: str) -> str:
        """Return a token, lately proved, with which a command asks for a path: the superuser's, or as `act_as` said."""
        if self._actors_token and is_of_records(path):
            return self._actors_token()
        return self.superuser_token()

    def exchange_authed(self, method: str, path: str, data: Any = None, timeout: float | None = None) -> Answer:
        """Send one request as the superuser, or as `act_as` said, and return the answer, whatever its status."""
        if not self._actors_token or not is_of_records(path):
            return self.exchange_as_superuser(method, path, data, timeout)
        token = self._actors_token()
        answer = self.exchange(method, path, data, token, timeout)
        if token and a_guest_could_get(answer):
            fresh = self._actors_token()  # the same one, unless it has ended meanwhile
            answer = answer if fresh == token else self.exchange(method, path, data, fresh, timeout)
        return answer

    def exchange_as_superuser(self, method: str, path: str, data: Any = None, timeout: float | None = None) -> Answer:
        """Send one request as the superuser and return the answer, whatever its status.

        A stale token makes PocketBase treat a request as a guest's without saying so. So the token is proved before,
        and again after any answer that a guest could have got, unless it was proved within the last seconds; if it
        was stale, the request is repeated once with a fresh one.
        """
        token = self.superuser_token()
        answer = self.exchange(method, path, data, token, timeout)
        stale = answer.status == 401
        if not stale and a_guest_could_get(answer) and not self._proved_lately():
            stale = not self._prove(token)
        if stale:
            answer = self.exchange(method, path, data, self.superuser_token(force=True), timeout)
        return answer

    def request(self, method: str, path: str, data: Any = None, token: str = "") -> Any:
        """Send one request as the token's owner (a guest without one) and return the answer's JSON.

        Raises PBRequestError for a status from 400 on, PBConnectionError when there is no answer.
        """
        return self._checked(method, path, self.exchange(method, path, data, token))

    def call(self, method: str, path: str, data: Any = None, timeout: float | None = None) -> Any:
        """Send one request as the superuser, or as `act_as` said, and return the answer's JSON.

        `timeout` is in seconds.

        Raises PBRequestError for a status from 400 on, PBConnectionError when there is no answer.
        """
        return self._checked(method, path, self.exchange_authed(method, path, data, timeout))

    def warn(self, sentence: str) -> None:
        """Add a sentence to the warnings that go with the result."""
        if sentence not in self.warnings:
            self.warnings.append(sentence)

    def _warn_of_plain_http(self) -> None:
        transport = self.transport
        if not transport.secure and not is_loopback(transport.host):
            self.warn(
                f"Passwords and tokens cross plain http to {transport.host}, where others may read them; use https."
            )

    def interrupted(self) -> str:
        """Return what is carried out where a command was ended before its time, and what is not."""
        if not self.last_change:
            return "Nothing was changed on the server."
        if self.last_change_answered:
            return f"Carried out up to {self.last_change}, which was answered; what should follow was not sent."
        return f"{self.last_change} was sent and not answered: it may have been carried out; look before you repeat it."

    def _checked(self, method: str, path: str, answer: Answer) -> Any:
        self.status = answer.status
        if answer.status >= 400:
            raise PBRequestError(answer.status, answer.data, method=method, path=path, hint=_status_hint(answer.status))
        return answer.data

    # The superuser's token

    def superuser_token(self, force: bool = False) -> str:
        """Return a token that has lately been proved to be a superuser's; `force` logs in again.

        PB_SUPERUSER_TOKEN and the token kept by an earlier process are tried first, then the login with
        PB_SUPERUSER_EMAIL and PB_SUPERUSER_PASSWORD (POST /api/collections/_superusers/auth-with-password).
        Raises PBUsageError without credentials, PBRequestError if the server refuses them.
        """
        with self._guard:  # of several threads one signs in
            return self._proved_token(force)

    def _proved_token(self, force: bool) -> str:
        if not force:
            if self._token and self._proved_lately():
                return self._token
            for candidate in (self._token, self.settings.token, self._kept_token()):
                if candidate and self._prove(candidate):
                    self._token = candidate
                    return candidate
                if candidate and candidate == self.settings.token:
                    self._warn_of_password()
        self._token = self._login()
        self._proved_at = time.monotonic()
        return self._token

    def authenticate(self, collection: str, identity: str, password: str) -> Any:
        """Log in with a password and return the server's answer: token and record.

        Follows POST /api/collections/{collection}/auth-with-password. Before the password is sent, the other side
        has proved to be a PocketBase of v0.23 or newer.
        """
        self.require_pocketbase()
        self._warn_of_plain_http()
        path = f"{collection_path(collection)}/auth-with-password"
        try:
            answer = self.request("POST", path, {"identity": identity, "password": password})
        except PBRequestError as error:
            explain_refusal(error, collection, identity)
            raise
        if not isinstance(answer, dict) or not isinstance(answer.get("token"), str):
            raise PBConnectionError(
                f"{self.settings.url} answered the login with HTTP {self.status}, but without a token.",
                hint="Check what stands between here and the PocketBase: a proxy, or a hook of its own.",
                code="not_pocketbase",
            )
        return answer

    def require_pocketbase(self) -> None:
        """Make sure that a PocketBase of v0.23 or newer answers; raise PBConnectionError or PBRequestError if not.

        Follows the auth methods of _superusers, which v0.22 lacks, and then GET /api/health, which it has.
        """
        if self._known_pocketbase:
            return
        answer = self._looked_up(_AUTH_METHODS)
        password = answer.data.get("password") if isinstance(answer.data, dict) else None
        # Whether the method is on does not matter: the login says it better.
        if answer.status == 200 and isinstance(password, dict) and isinstance(password.get("enabled"), bool):
            self._known_pocketbase = True
            return
        if answer.status == 404 and is_healthy(self._looked_up(HEALTH)):
            raise too_old(self.settings.url)
        raise no_pocketbase(self.settings.url, _AUTH_METHODS, *answer)

    def _looked_up(self, path: str, token: str = "") -> Answer:
        """Return the answer that tells who answers; raise PBRequestError or PBConnectionError if it tells nothing."""
        try:
            answer = self.exchange("GET", path, token=token)
        except NestedTooDeeply as error:
            raise no_pocketbase(self.settings.url, path, error.status) from None
        if answer.status == 429:
            self._checked("GET", path, answer)
        if answer.status >= 500:
            raise no_pocketbase(self.settings.url, path, *answer)
        return answer

    def _kept_token(self) -> str:
        settings = self.settings
        if not (settings.token_cache and settings.email):
            return ""
        return load_token(settings.url, settings.email, settings.password)

    def _warn_of_password(self) -> None:
        settings = self.settings
        if settings.email and settings.password:
            self.warn(
                f"PB_SUPERUSER_TOKEN is not, or no longer, a superuser's token on {settings.url}: the password of"
                f" {settings.email} stood in for it. Renew the token, or unset it."
            )

    def _login(self) -> str:
        settings = self.settings
        self.require_pocketbase()
        if not settings.email or not settings.password:
            raise no_credentials(settings)
        if settings.token_cache:
            drop_token(settings.url, settings.email)
        token = str(self.authenticate(SUPERUSERS, settings.email, settings.password)["token"])
        if settings.token_cache:
            save_token(settings.url, settings.email, settings.password, token)
        return token

    def _proved_lately(self) -> bool:
        return time.monotonic() - self._proved_at < _PROOF_SECONDS

    def _prove(self, token: str) -> bool:
        """Tell whether the server takes the token for a superuser's: only they see `realIP` in GET /api/health."""
        answer = self._looked_up(HEALTH, token)
        details = answer.data.get("data") if isinstance(answer.data, dict) else None
        if answer.status == 403:
            raise PBRequestError(403, answer.data, method="GET", path=HEALTH, hint=address_hint())
        proved = answer.status == 200 and isinstance(details, dict) and "realIP" in details
        if proved:
            self._proved_at = time.monotonic()
            self._known_pocketbase = True
        return proved


def _status_hint(status: int) -> str | None:
    if status == 429:
        return "The server's rate limit was still exceeded when the time-out ended: wait, or raise PB_TIMEOUT."
    if status == 413:
        return "The request is larger than the server takes: send less at once, or raise the limit of the file field."
    return None


def _retry_after(response: Response) -> float:
    text = response.headers.get("retry-after") or ""
    return float(text) if text.isdecimal() else 0
