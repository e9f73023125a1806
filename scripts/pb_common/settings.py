"""Where the server is and who we are: PB_ variables of the environment, then of the nearest .env file."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from .errors import PBRefused, PBUsageError
from .paths import is_loopback

DEFAULT_URL = "http://127.0.0.1:8090"
DEFAULT_TIMEOUT = 30.0

_SECRETS = ("PB_SUPERUSER_PASSWORD", "PB_SUPERUSER_TOKEN")
_ASSIGNMENT = r"\s*(?:export\s+)?(PB_[A-Za-z0-9_]*)\s*=\s*((?s:.*))"
_DOUBLE_QUOTED = r'"((?:[^"\\]|\\.)*)"'
_SWITCH = {**dict.fromkeys(("1", "true", "yes", "on"), True), **dict.fromkeys(("0", "false", "no", "off"), False)}
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


class Settings(NamedTuple):
    """The resolved settings; `env_file` is the .env file that was read, if any. `timeout` is in seconds.

    `ignored` are .env files of parent folders that others made or may change. `protected` wants --yes for all that
    destroys, and a backup before it.
    """

    url: str = DEFAULT_URL
    email: str = ""
    password: str = ""
    token: str = ""
    timeout: float = DEFAULT_TIMEOUT
    token_cache: bool = True
    protected: bool = False
    env_file: Path | None = None
    ignored: tuple[Path, ...] = ()


def find_env_file(folder: Path, ignored: list[Path] | None = None) -> Path | None:
    """Return the .env file of `folder`, else of its nearest parent that has one which can be trusted.

    Whoever may write above a folder must not name its server: a parent's file that others made or may change is passed
    by, and added to `ignored`.
    """
    for candidate in (folder, *folder.parents):
        path = candidate / ".env"
        if not path.is_file():
            continue
        if candidate == folder or not _of_others(path):
            return path
        if ignored is not None:
            ignored.append(path)
    return None


def _of_others(path: Path) -> bool:
    from .files import is_of_others

    return is_of_others(path)


def parse_env(text: str) -> dict[str, str]:
    """Return the PB_ variables of a .env file's text; other keys are ignored and nothing is expanded or run.

    Understands `export`, single and double quotes, inline comments, CRLF, a byte-order mark and empty values.
    Raises PBUsageError for a quote that is not closed.
    """
    values = {}
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text.lstrip("\ufeff")), 1):
        match = re.match(_ASSIGNMENT, line)
        if match:
            values[match[1]] = _parse_value(match[2].strip(), f"line {number} ({match[1]})")
    return values


def _parse_value(raw: str, place: str) -> str:
    if raw.startswith("'"):
        value, closed, _ = raw[1:].partition("'")
    elif raw.startswith('"'):
        quoted = re.match(_DOUBLE_QUOTED, raw)
        closed = quoted[0] if quoted else ""
        value = re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), quoted[1]) if quoted else ""
    else:
        return "" if raw.startswith("#") else re.split(r"\s+#", raw, maxsplit=1)[0]
    if not closed:
        raise PBUsageError(
            f"The .env file has a quote that is not closed in {place}.", hint="Close the quote.", code="wrong_settings"
        )
    return value


def load_settings(environ: Mapping[str, str] | None = None, folder: Path | None = None) -> Settings:
    """Return the settings for a working directory; real environment variables win over the .env file.

    Raises PBUsageError for an unreadable .env file, a PB_URL that is no base URL, a PB_TIMEOUT that is no number, or a
    switch (PB_TOKEN_CACHE, PB_PROTECTED) that is neither on nor off; PBRefused where the URL of one of them would be
    sent the secrets of the other.
    """
    environ = os.environ if environ is None else environ
    ignored: list[Path] = []
    env_file = find_env_file(folder or Path.cwd(), ignored)
    in_file = read_env_file(env_file) if env_file else {}
    values = _over(in_file, environ)
    if env_file:
        _require_one_place(env_file, in_file, environ, values)
    return Settings(
        url=_base_url(values.get("PB_URL") or DEFAULT_URL),
        email=values.get("PB_SUPERUSER_EMAIL", ""),
        password=values.get("PB_SUPERUSER_PASSWORD", ""),
        token=values.get("PB_SUPERUSER_TOKEN", ""),
        timeout=_seconds(values.get("PB_TIMEOUT") or str(DEFAULT_TIMEOUT)),
        token_cache=_switch(values, "PB_TOKEN_CACHE", default=True),
        protected=_switch(values, "PB_PROTECTED", default=False),
        env_file=env_file,
        ignored=tuple(ignored),
    )


def effective_values(
    environ: Mapping[str, str] | None = None, folder: Path | None = None
) -> tuple[Path | None, dict[str, str]]:
    """Return the .env file of a working directory, if any, and the PB_ variables in effect there.

    Raises PBUsageError for an unreadable .env file.
    """
    env_file = find_env_file(folder or Path.cwd())
    in_file = read_env_file(env_file) if env_file else {}
    return env_file, _over(in_file, os.environ if environ is None else environ)


def _over(in_file: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    return {**in_file, **{key: value for key, value in environ.items() if key.startswith("PB_")}}


def _require_one_place(
    env_file: Path, in_file: Mapping[str, str], environ: Mapping[str, str], values: Mapping[str, str]
) -> None:
    """Raise PBRefused if the URL comes from .env and a secret from the environment, or the other way round.

    Fine are this machine's own servers, and a place that both name: whoever can change only one of the two must not get
    at the secrets of the other.
    """
    host = _host(values.get("PB_URL", ""))
    from_environment = bool(environ.get("PB_URL"))
    there = in_file if from_environment else environ
    strange = [name for name in _SECRETS if values.get(name) and (name in environ) is not from_environment]
    if not strange or not host or is_loopback(host) or host == _host(there.get("PB_URL", "")):
        return
    here, away = ("the environment", str(env_file)) if from_environment else (str(env_file), "the environment")
    raise PBRefused(
        f"PB_URL comes from {here} and {strange[0]} from {away}: the secret of one would be sent to the server of the"
        f" other ({host}).",
        hint=f"Set PB_URL and {strange[0]} in the same place, both in the environment or both in .env. To go there as a"
        f" guest, set it to nothing: {strange[0]}=",
        code="unverified",
    )


def _host(url: str) -> str:
    try:
        return urlsplit(url.strip()).hostname or ""
    except ValueError:
        return ""


def read_env_file(path: Path) -> dict[str, str]:
    """Return the PB_ variables of a .env file; raise PBUsageError if it or one of them is no UTF-8 text."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PBUsageError(
            f"{path} cannot be read: {error.strerror}.", hint="Fix its permissions.", code="unreadable_file"
        ) from error
    # Lines of others may be in any encoding that leaves the line ends alone, which UTF-16 does not.
    values = parse_env(data.decode("utf-8", "surrogateescape"))
    for key, value in values.items():
        wrong = re.search("[\udc80-\udcff]", value)  # a byte that is no UTF-8, kept as half of a surrogate pair
        if wrong:
            place = data.index(bytes([ord(wrong[0]) & 0xFF]), data.index(key.encode()))
            raise _no_text(path, place)
    if b"\0" in data:
        raise _no_text(path, data.index(b"\0"))
    return values


def _no_text(path: Path, place: int) -> PBUsageError:
    return PBUsageError(f"{path} is not UTF-8 text (byte {place}).", hint="Save it as UTF-8.", code="unreadable_file")


def without_user(url: str) -> str:
    """Return a URL, or what was meant to be one, without the user name and password in it."""
    return re.sub(r"\A(.*?//)?.*@", r"\1***@", url, flags=re.DOTALL)


def _base_url(text: str) -> str:
    url = text.strip().rstrip("/")
    example = f"Use the base URL, for example PB_URL={DEFAULT_URL}."
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid or re.search(r"[\s\x00-\x1f\x7f]", url):
        raise PBUsageError(
            f"PB_URL is {without_user(text)!r}, which is no http:// or https:// URL.",
            hint=example,
            code="wrong_settings",
        )
    if parts.username is not None or parts.query or parts.fragment:
        raise PBUsageError(
            "PB_URL must not carry a user name, a query or a fragment.", hint=example, code="wrong_settings"
        )
    if parts.path.endswith(("/_", "/api")):
        raise PBUsageError(
            f"PB_URL is {text!r}, which is the dashboard or the API, not the base URL.",
            hint=example,
            code="wrong_settings",
        )
    return url


def _switch(values: Mapping[str, str], name: str, *, default: bool) -> bool:
    """Return whether a variable is on; an empty one is not set. Raises PBUsageError for a word that says neither."""
    word = values.get(name, "").strip().lower()
    if word and word not in _SWITCH:
        raise PBUsageError(
            f"{name} is {values[name]!r}; expected 1 (on) or 0 (off).",
            hint=f"{name}={int(default)}",
            code="wrong_settings",
        )
    return _SWITCH[word] if word else default


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if not 0 < seconds < 1e6:
        raise PBUsageError(
            f"PB_TIMEOUT is {text!r}; expected a number of seconds above 0.",
            hint="PB_TIMEOUT=30",
            code="wrong_settings",
        )
    return seconds
