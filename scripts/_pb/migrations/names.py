"""Names of migration files: PocketBase applies them in the order of their names."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from _pb.languages.go import package_of, registers_migrations
from pb_common import PBUsageError
from pb_common.files import replacing

_LONGEST = 60
# Letters before a stamp help only so far: a name may begin with what sorts after each of them.
_LONGEST_PREFIX = 60
_STAMP = re.compile(r"(?:z+_)?(\d+)_")
# A Go file whose name ends in one of these words is compiled for that system alone, or for tests alone.
_GO_ENDING = re.compile(
    r"(^|_)(test|aix|android|darwin|dragonfly|freebsd|hurd|illumos|ios|js|linux|nacl|netbsd|openbsd|plan9|solaris|wasip1"
    r"|windows|zos|386|amd64|arm|arm64|armbe|arm64be|loong64|mips|mipsle|mips64|mips64le|ppc|ppc64|ppc64le|riscv"
    r"|riscv64|s390|s390x|sparc|sparc64|wasm)$"
)


def file_name(description: str, suffix: str) -> str:
    """Return the name of a migration without its stamp; `suffix` is js or go.

    Raises PBUsageError for a description without a letter or digit.
    """
    name = re.sub(r"[^a-z0-9]+", "_", description.lower()).strip("_")[:_LONGEST].rstrip("_")
    if not name:
        raise PBUsageError(
            f"The description {description!r} has no letter or digit to name the file by.",
            hint='For example: "backfill user slugs"',
        )
    if suffix == "go" and _GO_ENDING.search(name):
        name += "_"
    return f"{name}.{suffix}"


def migration_files(folder: Path) -> list[str]:
    """Return the names of a folder's migrations in the order in which they are applied."""
    if is_go(folder):  # a Go package may have files that are no migrations
        return sorted(path.name for path in folder.glob("*.go") if _is_migration(path))
    return sorted(path.name for path in folder.glob("*") if path.suffix in (".js", ".ts"))


def is_go(folder: Path) -> bool:
    """Tell whether a folder's migrations are a Go package."""
    return any(folder.glob("*.go"))


def _is_migration(path: Path) -> bool:
    if path.name.endswith("_test.go"):
        return False
    return bool(_STAMP.match(path.name)) or registers_migrations(path.read_text("utf-8", "replace"))


def next_path(folder: Path, name: str, stamp: int, besides: Collection[str] = ()) -> Path:
    """Return the path of a new migration that sorts after every migration in the folder, but for those in `besides`.

    `stamp` is the time since the epoch with which the name begins, in seconds or milliseconds; a later one is taken
    where it would not sort last, and letters go before it where none would. Names are compared as texts, as PocketBase
    does: so milliseconds come before what else has their second.
    """
    last = max((known for known in migration_files(folder) if known not in besides), default="")
    begun = str(stamp)
    if f"{begun}_" < last and (digits := re.match(r"\d+", last)):
        later = str(int(digits[0][: len(begun)].ljust(len(begun), "9")) + 1)
        begun = later if f"{later}_" > last else begun
    while f"{begun}_" < last and len(begun) < _LONGEST_PREFIX:
        begun = f"z{begun}" if begun.startswith("z") else f"z_{begun}"
    return folder / f"{begun}_{name}"


def stamp_of(path: Path) -> int:
    """Return the stamp in the name of a migration."""
    return int(_STAMP.match(path.name)[1])  # type: ignore[index]


def go_package(folder: Path) -> str:
    """Return the package of the Go files in a folder, or the one that its name stands for."""
    for path in folder.glob("*.go"):
        if name := package_of(path.read_text("utf-8", "replace")):
            return name.removesuffix("_test")
    return re.sub(r"\W", "_", folder.absolute().name)


def require_writable(folder: Path) -> None:
    """Make the folder of migrations if it is missing; raise PBUsageError if no file can be written there."""
    from tempfile import TemporaryFile

    try:
        folder.mkdir(parents=True, exist_ok=True)
        TemporaryFile(dir=folder).close()
    except OSError as error:
        what = "is no folder" if isinstance(error, FileExistsError) else f"cannot be written: {error.strerror}"
        raise PBUsageError(
            f"{str(folder)!r}, where migrations belong, {what}. Nothing was changed.",
            hint="Make it a folder that you can write to.",
        ) from error


def write_new(path: Path, text: str) -> Path:
    """Write a file that does not exist yet, whole or not at all, under the next free stamp, and return its path."""
    require_writable(path.parent)
    while True:
        try:
            path.open("x").close()
            break
        except FileExistsError:
            stamp = stamp_of(path)
            path = path.with_name(path.name.replace(str(stamp), str(stamp + 1), 1))
    try:
        with replacing(path) as stream:
            stream.write(text.encode("utf-8"))
    except BaseException:
        path.unlink()
        raise
    return path
