"""Find a PocketBase executable: named, in the folder, on PATH, or fetched before."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from pb_common import PBUsageError, system
from pb_common.files import is_of_others
from pb_common.tokens import cache_folder

EXECUTABLE = system.executable("pocketbase")
_VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?")
# What --version prints: the name of the program and its version, nothing else on the line.
_REPORT = re.compile(r"^\S+ version v?(\S+)\s*$", re.MULTILINE)
_VERSION_SECONDS = 30


class Binary(NamedTuple):
    """A PocketBase executable and the version it reports ("unknown" for a build without one)."""

    path: Path
    version: str


def parse_version(text: str) -> str:
    """Return a version as in 0.40.6 (a leading v is dropped); raise PBUsageError for anything else or before 0.23."""
    version = text.strip()[1:] if text.strip().startswith("v") else text.strip()
    if not _VERSION.fullmatch(version):
        raise PBUsageError(f"--version is {text!r}; expected a release such as 0.40.6.", hint="--version 0.40.6")
    if is_too_old(version):
        raise PBUsageError(
            f"--version is {text!r}; this skill needs PocketBase v0.23 or newer.",
            hint="Leave it out.",
            code="unsupported",
        )
    return version


def is_too_old(version: str) -> bool:
    """Tell whether a version is before 0.23; an unknown one is not."""
    return bool(_VERSION.fullmatch(version)) and version_key(version)[:2] < (0, 23)


def version_key(version: str) -> tuple[int, ...]:
    """Return a version's numbers, for comparing."""
    return tuple(int(part) for part in re.findall(r"[0-9]+", version)[:3])


def fetched_folder() -> Path:
    """Return the folder with one sub-folder for each fetched version; it need not exist."""
    return cache_folder() / "bin"


def find_binary(folder: Path, named: str | None, version: str | None) -> Binary | None:
    """Return the executable to use, or None if one must be fetched.

    `named` is the path given by --binary. Otherwise tried are, in this order: pocketbase in `folder`, on PATH, and the
    newest fetched before; with `version`, the first that reports it. Raises PBUsageError for an executable that
    cannot be run or is older than 0.23.
    """
    if named is not None:
        binary = inspect_binary(Path(named).expanduser().absolute())
        if version and binary.version != version:
            raise PBUsageError(
                f"{binary.path} is version {binary.version}, not {version}.",
                hint="Leave --binary or --version out.",
                code="missing_program",
            )
        return _recent(binary)
    for path in _candidates(folder, version):
        binary = inspect_binary(path)
        if not version or binary.version == version:
            return _recent(binary)
    return None


def _candidates(folder: Path, version: str | None) -> list[Path]:
    from shutil import which

    on_path = which(EXECUTABLE)
    paths = [folder / EXECUTABLE, Path(on_path) if on_path else None, _fetched(version)]
    return [path.absolute() for path in paths if path and path.is_file()]


def _fetched(version: str | None) -> Path | None:
    root = fetched_folder()
    found = [path for path in root.glob(f"*/{EXECUTABLE}") if _VERSION.fullmatch(path.parent.name)]
    # What others put there, or may change, is not run.
    versions = [path for path in found if not any(map(is_of_others, (path, path.parent, root)))]
    if version:
        return next((path for path in versions if path.parent.name == version), None)
    return max(versions, key=lambda path: version_key(path.parent.name), default=None)


def inspect_binary(path: Path) -> Binary:
    """Return an executable with the version it reports; raise PBUsageError if it cannot be run or reports none."""
    import subprocess

    if not path.is_file():
        raise PBUsageError(
            f"There is no PocketBase executable {str(path)!r}.",
            hint="Check the path of --binary.",
            code="missing_program",
        )
    command = [str(path), "--version"]
    try:
        # Not in the project's folder: PocketBase loads the migrations of its folder first, and ends if one is broken.
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_VERSION_SECONDS, cwd=path.anchor
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise PBUsageError(
            f"{path} cannot be run: {getattr(error, 'strerror', None) or error}.",
            hint="It must be executable and built for this machine; name another with --binary PATH.",
            code="missing_program",
        ) from error
    text = done.stdout.decode("utf-8", "replace")
    found = _REPORT.search(text)
    if not found:
        raise PBUsageError(
            f"{path} is no PocketBase: --version printed {text.strip()[:80]!r}.",
            hint="Name one with --binary PATH.",
            code="missing_program",
        )
    return Binary(path, found[1] if _VERSION.fullmatch(found[1]) else "unknown")


def _recent(binary: Binary) -> Binary:
    if is_too_old(binary.version):
        raise PBUsageError(
            f"{binary.path} is version {binary.version}; this skill needs PocketBase v0.23 or newer.",
            hint="Name a newer one with --binary PATH, or have one fetched with --version X, for example 0.40.6.",
            code="unsupported",
        )
    return binary
