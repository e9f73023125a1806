"""Where the server is and who we are: PB_ variables of the environment, then of the nearest .env file.

An environment that PB_ENV or --env names has a file of its own, .env.NAME, which is read instead of .env; that of a
trial (`pb_server.py trial NAME`), which is named trial:NAME, lies in the trial's folder.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from .errors import PBRefused, PBUsageError
from .paths import is_loopback

DEFAULT_URL = "http://127.0.0.1:8090"
DEFAULT_TIMEOUT = 30.0

# What one place has switched on, a file that --env names does not switch off.
_GUARDS = ("PB_READONLY", "PB_PROTECTED", "PB_AUDIT")
_SECRETS = ("PB_SUPERUSER_PASSWORD", "PB_SUPERUSER_TOKEN")
_ASSIGNMENT = r"\s*(?:export\s+)?(PB_[A-Za-z0-9_]*)\s*=\s*((?s:.*))"
_DOUBLE_QUOTED = r'"((?:[^"\\]|\\.)*)"'
_SWITCH = {**dict.fromkeys(("1", "true", "yes", "on"), True), **dict.fromkeys(("0", "false", "no", "off"), False)}
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
# What an environment may be called, so that its file is one beside the others.
_NAME = r"[A-Za-z0-9][A-Za-z0-9_.-]*"
TRIAL = "trial:"
# Where the trials of a project are, and what one may be called.
TRIALS = ".pocketbase/trials"
TRIAL_NAME = r"[a-z0-9][a-z0-9_-]{0,39}"
# The environment that --env names, for as long as the command runs.
_option = ""


class Settings(NamedTuple):
    """The resolved settings; `env_file` is the .env file that was read, if any. `timeout` is in seconds.

    `ignored` are .env files of parent folders that others made or may change. `protected` wants --yes for all that
    destroys or changes the schema, and a backup before it. `readonly` lets no change through. `audit` is the file that
    each change leaves a line in, None for no such file. `environment` is the name of the environment, "" without one.
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
    readonly: bool = False
    audit: Path | None = None
    environment: str = ""


class Found(NamedTuple):
    """The PB_ variables in effect in a folder, by name, and the .env file that some of them may be from.

    `in_file` are the file's own values, and `from_file` the names of those that count. `ignored` are files that do not.
    """

    values: dict[str, str]
    env_file: Path | None
    in_file: dict[str, str]
    from_file: frozenset[str]
    ignored: tuple[Path, ...]


@contextlib.contextmanager
def named_environment(name: str | None) -> Iterator[None]:
    """Let the environment that --env names count while the block runs; raise PBUsageError for what is no name.

    What its file says goes before the variables of the process: the command line says more than they do. Only a guard
    that they switch on (PB_READONLY, PB_PROTECTED, PB_AUDIT) stays.
    """
    global _option
    if name is not None:
        _require_name(name, "--env")
    before, _option = _option, name or ""
    try:
        yield
    finally:
        _option = before


def option() -> str:
    """Return the environment that --env names, "" without one."""
    return _option


def environment(environ: Mapping[str, str] | None = None) -> str:
    """Return the environment that --env or PB_ENV names, "" without one."""
    return _environment(os.environ if environ is None else environ)


def env_file_name(environ: Mapping[str, str] | None = None) -> str:
    """Return the name of the file that settings are read from: .env, or .env.NAME in an environment.

    For a trial it is a path below the project's folder.
    """
    name = _environment(os.environ if environ is None else environ)
    if name.startswith(TRIAL):
        return f"{TRIALS}/{name[len(TRIAL) :]}/.env"
    return f".env.{name}" if name else ".env"


def trial_name(environ: Mapping[str, str] | None = None) -> str:
    """Return the name of the trial that --env or PB_ENV names, "" where they name none."""
    name = _environment(os.environ if environ is None else environ)
    return name[len(TRIAL) :] if name.startswith(TRIAL) else ""


def _environment(environ: Mapping[str, str]) -> str:
    if not _option and environ.get("PB_ENV"):
        _require_name(environ["PB_ENV"], "PB_ENV")
    return _option or environ.get("PB_ENV", "")


def _require_name(name: str, source: str) -> None:
    if not re.fullmatch(f"{_NAME}|{TRIAL}{TRIAL_NAME}", name):
        raise PBUsageError(
            f"{source} is {name!r}, which is no name of an environment: letters, digits, dots, - and _.",
            hint=f"{source} {'staging' if source == '--env' else '= staging'} reads the file .env.staging.",
            code="wrong_settings",
        )


def find_env_file(folder: Path, ignored: list[Path] | None = None, name: str = ".env") -> Path | None:
    """Return the file `name` of `folder`, else of its nearest parent that has one which can be trusted.

    Whoever may write above a folder must not name its server: a parent's file that others made or may change is passed
    by, and added to `ignored`.
    """
    for candidate in (folder, *folder.parents):
        path = candidate / name
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

    Raises PBUsageError for an unreadable .env file, or a missing one of an environment that is named; for a PB_URL that
    is no base URL, a PB_TIMEOUT that is no number, or a switch (PB_TOKEN_CACHE, PB_PROTECTED, PB_READONLY) that is
    neither on nor off; PBRefused where the URL of one of them would be sent the secrets of the other.
    """
    environ = os.environ if environ is None else environ
    found = find_values(environ, folder)
    values = found.values
    url = base_url(values.get("PB_URL") or DEFAULT_URL)
    if found.env_file:
        _require_one_place(found, environ)
    return Settings(
        url=url,
        email=values.get("PB_SUPERUSER_EMAIL", ""),
        password=values.get("PB_SUPERUSER_PASSWORD", ""),
        token=values.get("PB_SUPERUSER_TOKEN", ""),
        timeout=timeout_of(values),
        token_cache=_switch(values, "PB_TOKEN_CACHE", default=True),
        protected=_switch(values, "PB_PROTECTED", default=False),
        env_file=found.env_file,
        ignored=found.ignored,
        readonly=_switch(values, "PB_READONLY", default=False),
        audit=_audit_file(found, folder),
        environment=_environment(environ),
    )


def find_values(environ: Mapping[str, str] | None = None, folder: Path | None = None) -> Found:
    """Return the PB_ variables in effect in a working directory, and where each is from.

    Raises PBUsageError for an unreadable .env file, or a missing one of an environment that is named.
    """
    environ = os.environ if environ is None else environ
    ignored: list[Path] = []
    name = env_file_name(environ)
    env_file = find_env_file(folder or Path.cwd(), ignored, name)
    if env_file is None and name != ".env":
        raise _no_environment(name, folder or Path.cwd(), ignored)
    in_file = read_env_file(env_file) if env_file else {}
    outside = {key: value for key, value in environ.items() if key.startswith("PB_")}
    # What names a trial must not go to the server that it is a copy of, whatever else names that one.
    chosen = _option or trial_name(environ)
    first = {key for key in outside if not chosen or _is_guarded(key, outside[key])}
    from_file = frozenset(set(in_file) - first)
    values = {**in_file, **outside, **{name: in_file[name] for name in from_file}}
    return Found(values, env_file, in_file, from_file, tuple(ignored))


def _is_guarded(name: str, value: str) -> bool:
    """Tell whether a variable of the environment is a guard that is on."""
    word = value.strip().lower()
    return name in _GUARDS and bool(word) and (name == "PB_AUDIT" or _SWITCH.get(word, True))


def _no_environment(name: str, folder: Path, ignored: list[Path]) -> PBUsageError:
    if name.startswith(TRIALS) and not ignored:
        trial = name.split("/")[-2]
        return PBUsageError(
            f"There is no trial {trial!r} in {folder} or above it.",
            hint=f"It may have ended by itself. To start it: pb_server.py trial {trial} - those that run:"
            " pb_server.py trial list",
            code="wrong_settings",
        )
    if ignored:
        hint = f"{ignored[0]} does not count, as others made it or may change it: its owner must be you, with mode 600."
    else:
        there = sorted(path.name[5:] for place in (folder, *folder.parents) for path in place.glob(".env.*"))
        hint = f"There are: {', '.join(dict.fromkeys(there))}." if there else f"Write {name}, as .env.example shows."
    return PBUsageError(f"There is no {name} in {folder} or above it.", hint=hint, code="wrong_settings")


def _audit_file(found: Found, folder: Path | None) -> Path | None:
    """Return the audit file; a name without a folder is beside the .env file that says it, else in the folder."""
    name = found.values.get("PB_AUDIT", "").strip()
    if not name:
        return None
    beside = found.env_file if "PB_AUDIT" in found.from_file else None
    return (beside.parent if beside else folder or Path.cwd()) / name


def effective_values(
    environ: Mapping[str, str] | None = None, folder: Path | None = None
) -> tuple[Path | None, dict[str, str]]:
    """Return the .env file of a working directory, if any, and the PB_ variables in effect there.

    Raises PBUsageError for an unreadable .env file.
    """
    found = find_values(environ, folder)
    return found.env_file, found.values


def _require_one_place(found: Found, environ: Mapping[str, str]) -> None:
    """Raise PBRefused if the URL comes from .env and a secret from the environment, or the other way round.

    Fine are this machine's own servers, and a place that both name: whoever can change only one of the two must not get
    at the secrets of the other.
    """
    host = _host(found.values.get("PB_URL", ""))
    from_file = "PB_URL" in found.from_file
    there = environ if from_file else found.in_file
    strange = [name for name in _SECRETS if found.values.get(name) and (name in found.from_file) is not from_file]
    if not strange or not host or is_loopback(host) or host == _host(there.get("PB_URL", "")):
        return
    file = str(found.env_file)
    here, away = (file, "the environment") if from_file else ("the environment", file)
    raise PBRefused(
        f"PB_URL comes from {here} and {strange[0]} from {away}: the secret of one would be sent to the server of the"
        f" other ({host}).",
        hint=f"Set PB_URL and {strange[0]} in the same place, both in the environment or both in"
        f" {found.env_file.name if found.env_file else '.env'}. To go there as a guest, set it to nothing:"
        f" {strange[0]}=",
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


def base_url(text: str, what: str = "PB_URL") -> str:
    """Return the base URL of a server as it is used; raise PBUsageError for a text that is none.

    `what` says where the text is from.
    """
    url = text.strip().rstrip("/")
    example = f"Use the base URL, for example PB_URL={DEFAULT_URL}."
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid or re.search(r"[\s\x00-\x1f\x7f]", url):
        raise PBUsageError(
            f"{what} is {without_user(text)!r}, which is no http:// or https:// URL.",
            hint=example,
            code="wrong_settings",
        )
    if parts.username is not None or parts.query or parts.fragment:
        raise PBUsageError(
            f"{what} must not carry a user name, a query or a fragment.", hint=example, code="wrong_settings"
        )
    if parts.path.endswith(("/_", "/api")):
        raise PBUsageError(
            f"{what} is {text!r}, which is the dashboard or the API, not the base URL.",
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


def timeout_of(values: Mapping[str, str]) -> float:
    """Return the time-out in seconds that PB_ variables set; raise PBUsageError for what is no number above 0."""
    text = values.get("PB_TIMEOUT") or str(DEFAULT_TIMEOUT)
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
