"""Names of migration files: PocketBase applies them in the order of their names."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from pb_common import PBUsageError

_LONGEST = 60
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


def next_path(folder: Path, name: str, now: int, besides: Collection[str] = ()) -> Path:
    """Return the path of a new migration that sorts after every migration in the folder, but for those in `besides`.

    `now` is in seconds since the epoch.
    """
    names = [path.name for path in folder.glob("*_*") if path.name not in besides]
    stamps = [int(match[1]) for name in names if (match := re.match(r"(\d+)_", name))]
    return folder / f"{max([now, *(stamp + 1 for stamp in stamps)])}_{name}"


def go_package(folder: Path) -> str:
    """Return the package of the Go files in a folder, or the one that its name stands for."""
    for path in folder.glob("*.go"):
        if match := re.search(r"^package\s+(\w+)", path.read_text("utf-8", "replace"), re.MULTILINE):
            return match[1].removesuffix("_test")
    return re.sub(r"\W", "_", folder.absolute().name)


def write_new(path: Path, text: str) -> Path:
    """Write a file that does not exist yet, under the next free stamp, and return its path."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except FileExistsError:
        stamp, _, name = path.name.partition("_")
        return write_new(path.with_name(f"{int(stamp) + 1}_{name}"), text)
    except OSError as error:
        raise PBUsageError(
            f"{str(path)!r} cannot be written: {error.strerror}.", hint="Give a folder you can write to with --dir."
        ) from error
    return path
