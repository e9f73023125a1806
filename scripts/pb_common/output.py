"""What leaves a script: one JSON document on stdout, and files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any, NamedTuple

from . import status_line
from .errors import Code, PBError, PBUsageError

# Whether --quiet was given.
_quiet = False
# What stands on one line of a terminal.
_LINE = 120


# The keys under which PocketBase takes passwords and secrets: of records, OAuth2 providers, tokens, SMTP and S3.
_SECRET = {"password", "passwordConfirm", "oldPassword", "clientSecret", "secret", "tokenKey"}
# Control characters but for the line feed, and those that change the order in which a terminal shows a line.
_MISLEADING = "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"


class Outcome(NamedTuple):
    """A verb's result where plain data is not enough: findings (`success` False, exit 1), or a hint beside the data.

    A comparison says in `differs` what it found, so that a difference is not taken for a failure. `code` is for what is
    no success, and neither a difference nor findings. `printed` is what goes to stdout in the place of the document,
    `told` what a person at a terminal is shown in the place of the data.
    """

    data: Any
    success: bool = True
    hint: str | None = None
    differs: bool | None = None
    code: Code | None = None
    printed: str | None = None
    told: Any = None

    def failure(self) -> Code | None:
        """Return the code of what is no success, None for a success."""
        if self.success:
            return None
        return self.code or ("differs" if self.differs else "findings")


def dry_run(method: str, path: str, **details: Any) -> dict[str, Any]:
    """Return the result of a command that was asked only what it would do, without the passwords that it would send."""
    return {"dryRun": True, "request": f"{method} {path}", **without_secrets(details)}


def without_secrets(value: Any, names: Collection[str] = ()) -> Any:
    """Return a value with *** in the place of the passwords and secrets in it, however deep.

    They are known by the keys that PocketBase has for them, and by further `names`.
    """
    if isinstance(value, list):
        return [without_secrets(item, names) for item in value]
    if not isinstance(value, dict):
        return value
    hidden = {key for key, inner in value.items() if inner and isinstance(inner, str) and key in {*_SECRET, *names}}
    return {key: "***" if key in hidden else without_secrets(inner, names) for key, inner in value.items()}


def envelope(
    success: bool,
    status: int,
    data: Any,
    *,
    code: Code | None = None,
    untrusted: bool = False,
    differs: bool | None = None,
    hint: str | None = None,
    warnings: list[str] | None = None,
) -> dict[str, Any]:
    """Return the document that every command prints; what is named here by keyword is left out when empty.

    `code` names what went wrong, for programs. `untrusted` says that `data` holds what users of the server wrote.
    """
    document: dict[str, Any] = {"success": success, "status": status, "data": data}
    if code:
        document["code"] = code
    if untrusted:
        document["untrusted"] = True
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
        return harmless(_indented(document))
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


def harmless(text: str) -> str:
    """Return a text for a terminal, with what would act on it or reorder a line escaped as in JSON."""
    return re.sub(_MISLEADING, lambda found: f"\\u{ord(found[0]):04x}", text)


def be_quiet(quiet: bool) -> None:
    """Let `note` and the progress of what takes a while be silent, or not."""
    global _quiet
    _quiet = quiet


def is_quiet() -> bool:
    """Return whether only the result is wanted."""
    return _quiet


def note(sentence: str) -> None:
    """Tell what takes a while, on stderr, unless it shall be quiet."""
    if not _quiet:
        tell(harmless(sentence))


def tell(text: str) -> None:
    """Write a text to stderr, whatever the terminal's encoding."""
    status_line.clear()
    with contextlib.suppress(BrokenPipeError):  # nobody reads it
        print(text, file=sys.stderr, flush=True)


def write(text: str) -> None:
    """Write one line of text to stdout as UTF-8, whatever the terminal's encoding; raise PBError if it is full."""
    data = (text + "\n").encode("utf-8", "backslashreplace")
    status_line.clear()
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


def without_closed_streams() -> PBUsageError | None:
    """Return the error for a stdout that is closed, None if there is one; a stderr that is closed goes nowhere.

    What a command does could not be told, and its first connection would take the number of stdout.
    """
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - stderr stays open, too
    if sys.stdout is not None:
        return None
    return PBUsageError(
        "Standard output is closed. Nothing was sent.",
        hint=f"Send it to a file, or nowhere: > {os.devnull}",
        code="unwritable_file",
    )


def give_up_stdout() -> None:
    """Let what is still to be written to stdout go nowhere: Python would complain once more when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def unwritable_stdout(error: OSError) -> PBError:
    """Return the error for a stdout that takes no more, and give it up."""
    give_up_stdout()
    return PBError(f"Standard output cannot be written: {error.strerror}.", hint="Make room.", code="unwritable_file")


def write_row(value: Any) -> None:
    """Write one value of a stream to stdout, as JSON on a line of its own."""
    text = _compact(value)
    write(harmless(text) if sys.stdout.isatty() else text)


def print_document(document: dict[str, Any]) -> None:
    """Print a result document to stdout, indented on a terminal."""
    write(render(document, indented=sys.stdout.isatty()))


def print_result(success: bool, status: int, data: Any) -> None:
    """Print the result envelope `{"success", "status", "data"}` as one JSON document to stdout."""
    print_document(envelope(success, status, data))


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def require_file_name(name: str) -> None:
    """Raise PBUsageError for a name that is empty, or that means stdout elsewhere: here a file is to be written."""
    if name in ("", "-"):
        raise PBUsageError(f"{name!r} names no file to write.", hint="Give a path, or leave the option out.")


def write_file(name: str, content: str | bytes, *, over_any: bool = False) -> str:
    """Write a file, a text as UTF-8, whole or not at all, and return its path.

    Raises PBUsageError if it cannot be written, PBRefused where it would replace what is of another kind, unless it is
    to be written `over_any` file, or where it would be one of the files that a server runs from.
    """
    from . import overwriting
    from .files import replacing

    require_file_name(name)
    path = Path(name)
    data = content.encode() if isinstance(content, str) else content
    overwriting.require_no_folder(path)
    overwriting.require_outside_project(path)
    if not over_any:
        overwriting.require_alike(path, data)
    try:
        with replacing(path) as stream:
            stream.write(data)
    except OSError as error:
        raise PBUsageError(
            f"{name!r} cannot be written: {error.strerror}.", hint="Give another path.", code="unwritable_file"
        ) from error
    return str(path)
