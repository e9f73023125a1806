"""What leaves a script: one JSON document on stdout, and files that are written whole or not at all."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, NamedTuple

from .errors import PBError, PBUsageError

# What stands on one line of a terminal.
_LINE = 120


class Outcome(NamedTuple):
    """A verb's result where plain data is not enough: findings (`success` False, exit 1), or a hint beside the data.

    A comparison says in `differs` what it found, so that a difference is not taken for a failure.
    """

    data: Any
    success: bool = True
    hint: str | None = None
    differs: bool | None = None


def dry_run(method: str, path: str, **details: Any) -> dict[str, Any]:
    """Return the result of a command that was asked only what it would do."""
    return {"dryRun": True, "request": f"{method} {path}", **details}


def envelope(
    success: bool,
    status: int,
    data: Any,
    *,
    differs: bool | None = None,
    hint: str | None = None,
    warnings: list[str] | None = None,
) -> dict[str, Any]:
    """Return the document that every command prints; `differs`, `hint` and `warnings` are left out when empty."""
    document: dict[str, Any] = {"success": success, "status": status, "data": data}
    if differs is not None:
        document["differs"] = differs
    if hint:
        document["hint"] = hint
    if warnings:
        document["warnings"] = warnings
    return document


def render(document: dict[str, Any], *, indented: bool) -> str:
    """Return the document as JSON text: indented for people, else compact with one element of data a line."""
    if indented:
        return _indented(document)
    data = document.get("data")
    rows = data.get("items") if isinstance(data, dict) else data
    if not isinstance(rows, list) or not rows:
        return _compact(document)
    marker = "\x00rows\x00"
    framed = {**document, "data": {**data, "items": marker} if isinstance(data, dict) else marker}
    lines = ",\n".join(_compact(row) for row in rows)
    return _compact(framed).replace(_compact(marker), f"[\n{lines}\n]", 1)


def _indented(value: Any, margin: str = "") -> str:
    """Return a value as JSON for a terminal: over several lines, but what fits into one stays there."""
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, (dict, list)) or len(margin) + len(line) <= _LINE:
        return line
    deeper = margin + "  "
    if isinstance(value, dict):
        opening, closing = "{}"
        rows = [f"{deeper}{json.dumps(key, ensure_ascii=False)}: {_indented(value[key], deeper)}" for key in value]
    else:
        opening, closing = "[]"
        rows = [deeper + _indented(item, deeper) for item in value]
    return "\n".join([opening, ",\n".join(rows), margin + closing])


def note(sentence: str) -> None:
    """Tell what takes a while, on stderr."""
    print(sentence, file=sys.stderr, flush=True)


def write(text: str) -> None:
    """Write one line of text to stdout as UTF-8, whatever the terminal's encoding; raise PBError if it is full."""
    data = (text + "\n").encode("utf-8", "backslashreplace")
    stream = getattr(sys.stdout, "buffer", None)
    try:
        if stream is None:
            sys.stdout.write(data.decode("utf-8"))
        else:
            stream.write(data)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise unwritable_stdout(error) from error


def give_up_stdout() -> None:
    """Let what is still to be written to stdout go nowhere: Python would complain once more when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def unwritable_stdout(error: OSError) -> PBError:
    """Return the error for a stdout that takes no more, and give it up."""
    give_up_stdout()
    return PBError(f"Standard output cannot be written: {error.strerror}.", hint="Make room.")


def write_row(value: Any) -> None:
    """Write one value of a stream to stdout, as JSON on a line of its own."""
    write(_compact(value))


def print_document(document: dict[str, Any]) -> None:
    """Print a result document to stdout, indented on a terminal."""
    write(render(document, indented=sys.stdout.isatty()))


def print_result(success: bool, status: int, data: Any) -> None:
    """Print the result envelope `{"success", "status", "data"}` as one JSON document to stdout."""
    print_document(envelope(success, status, data))


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def write_file(name: str, content: str | bytes) -> str:
    """Write a file, a text as UTF-8, whole or not at all, and return its path; raise PBUsageError if it cannot be."""
    from .files import replacing

    path = Path(name)
    require_no_folder(path)
    try:
        with replacing(path) as stream:
            stream.write(content.encode() if isinstance(content, str) else content)
    except OSError as error:
        raise PBUsageError(f"{name!r} cannot be written: {error.strerror}.", hint="Give another path.") from error
    return str(path)


def require_no_folder(path: Path) -> None:
    """Raise PBUsageError if a file that is to be written is the path of a folder."""
    if path.is_dir():
        raise PBUsageError(f"{str(path)!r} is a folder.", hint="Give the path of a file.")
