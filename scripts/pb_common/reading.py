"""What a command is given to read: JSON inline, from a file or from standard input, and text as UTF-8."""

from __future__ import annotations

import argparse
import json
import math
import re
import sys
from pathlib import Path
from typing import Any, Callable, TypeVar

from .errors import PBUsageError
from .project import typed

_Value = TypeVar("_Value")
# NAME=TEXT or NAME:=JSON; a field's name may have + or - beside it.
_WORD = re.compile(r"(\+?\w{1,60}[+-]?):?=")
_AS_WORDS = "Write key=TEXT, key:=JSON, or one JSON in single quotes."


def read_json(args: argparse.Namespace) -> Any:
    """Return the JSON that a command got inline, from a file or from standard input; raise PBUsageError if wrong.

    What is given inline may also be words, where the command takes a list of them (see `words_as_json`). The name of a
    file, which no JSON is, counts as --file, here and for whoever reads `args` afterwards.
    """
    inline = getattr(args, "json", None)
    takes_words = isinstance(inline, list)
    words = inline if isinstance(inline, list) else [] if inline is None else [inline]
    if words and not takes_words and args.file is None and _is_file(words[0]):
        args.file, args.json, words = words[0], None, []
    file = args.file
    if bool(words) == (file is not None):
        raise PBUsageError(
            "Give the JSON once: inline, or with --file." if words else "The JSON is missing.",
            hint="Give it inline in single quotes, or with --file PATH (- reads standard input).",
            code="invalid_json",
        )
    if file is not None and file != "-":
        return parse_json(read_text(file), file)
    if file == "-" or words == ["-"]:
        return parse_json(read_text("-"), "standard input")
    return words_as_json(words) if takes_words else parse_json(words[0], "the inline JSON")


def words_as_json(words: list[str]) -> Any:
    """Return what words of the command line say: one JSON, or an object of its key=TEXT and key:=JSON.

    Raises PBUsageError for anything else, which most often is a mistake in quoting.
    """
    first = words[0].lstrip()
    if first[:1] in ("{", "[") and len(words) == 1:
        return parse_json(words[0], "the inline JSON")
    if first[:1] in ("{", "["):
        raise PBUsageError(
            f"The JSON came in {len(words)} words: the shell has split it.",
            hint='Put all of it in single quotes: \'{"key": "a text"}\'. On Windows, or if it holds a single quote:'
            " --file PATH.",
            code="invalid_json",
        )
    return once_each([_pair(words, number) for number in range(len(words))], "The key {}")


def is_body(word: str) -> bool:
    """Tell whether a word of the command line is a JSON object or a part of one, and so not an id."""
    return word.lstrip().startswith("{") or bool(_WORD.match(word))


def _pair(words: list[str], number: int) -> tuple[str, Any]:
    word = words[number]
    key, equals, value = word.partition("=")
    if not equals or not key.rstrip(":"):
        before = words[number - 1] if number else ""
        hint = _AS_WORDS
        if before:
            hint = f"If it belongs to {before!r}, put both in quotes: {typed(f'{before} {word}')}. {_AS_WORDS}"
        if _is_file(word):
            hint = f"That is a file: use --file {typed(word)}"
        raise PBUsageError(f"The word {word!r} is no part of a body.", hint=hint, code="invalid_json")
    if not key.endswith(":"):
        return key, value
    try:
        return key[:-1], parse_json(value, f"the value of {key[:-1]}")
    except PBUsageError as error:
        text = typed(f"{key[:-1]}={value}")
        error.hint = f"As a text: {text}. As JSON in single quotes, which the shell leaves alone: '{key}=[\"a\"]'."
        raise


def once_each(pairs: list[tuple[str, _Value]], what: str, same: Callable[[str], str] = str) -> dict[str, _Value]:
    """Return pairs as a dict; raise PBUsageError for a name given twice, of which the last would win in silence."""
    seen: set[str] = set()
    for name, _ in pairs:
        if same(name) in seen:
            raise PBUsageError(f"{what.format(repr(name))} is given twice.", hint="Give it once.")
        seen.add(same(name))
    return dict(pairs)


def parse_json(text: str, source: str) -> Any:
    """Return the value of a JSON text; raise PBUsageError that names the place of the mistake."""
    try:
        return json.loads(text, object_pairs_hook=_unique_keys, parse_constant=no_constant, parse_float=finite)
    except json.JSONDecodeError as error:
        excerpt = text[max(0, error.pos - 20) : error.pos + 20]
        hint = f"Near {excerpt!r}. JSON needs double quotes around keys and texts, and no trailing comma."
        if _is_file(text):
            hint = f"That is a file: use --file {typed(text)}"
        elif _names_file(text):
            hint = f"There is no file {typed(text)} here; else write the JSON in single quotes."
        elif word := _WORD.match(text):
            hint = f"Write it as JSON in single quotes: '{{\"{word[1]}\":...}}'. Only a record is taken as such words."
        raise PBUsageError(
            f"Invalid JSON in {source}, line {error.lineno} column {error.colno}: {error.msg}.",
            hint=hint,
            code="invalid_json",
        ) from error
    except ValueError as error:
        raise PBUsageError(
            f"Invalid JSON in {source}: {error}.", hint="Correct the JSON; nothing was sent.", code="invalid_json"
        ) from error
    except RecursionError as error:
        raise PBUsageError(
            f"The JSON in {source} is nested too deeply.",
            hint="A value that is nested deeper than some hundred levels can be stored as a text.",
            code="invalid_json",
        ) from error


def _names_file(text: str) -> bool:
    """Tell whether a text reads like the name of a file, and not like JSON."""
    return text.endswith((".json", ".ndjson", ".csv")) and not re.search(r"[{}\[\]\"\s]", text)


def _is_file(name: str) -> bool:
    try:
        return Path(name).is_file()
    except (OSError, ValueError):  # a text that no file can have as its name
        return False


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"the key {twice!r} stands twice in one object, and only the last would count")
    return result


def no_constant(name: str) -> Any:
    """Raise ValueError: Python reads Infinity and NaN, but they are no JSON."""
    raise ValueError(f"{name} is not JSON")


def finite(text: str) -> float:
    """Return the number of a JSON text; raise ValueError for one that is too large for a number such as 1e400."""
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text} is too large for a number")
    return number


def decode_text(data: bytes, source: str) -> str:
    """Return bytes as UTF-8 text, without a byte-order mark; raise PBUsageError that names the wrong byte."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PBUsageError(
            f"{source} is not UTF-8 text: byte {error.start} is 0x{data[error.start]:02x}.",
            hint="Save it as UTF-8.",
            code="unreadable_file",
        ) from error


def read_text(name: str) -> str:
    """Return the UTF-8 text of a file, of standard input for `-`; raise PBUsageError if it cannot be read."""
    return decode_text(read_bytes(name), "standard input" if name == "-" else name)


def read_bytes(name: str) -> bytes:
    """Return the content of a file, of standard input for `-`; raise PBUsageError if it cannot be read."""
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise PBUsageError(
            f"{name!r} cannot be read: {reason}.", hint="Check the path.", code="unreadable_file"
        ) from error


def json_object(value: Any, what: str) -> dict[str, Any]:
    """Return `value` if it is a JSON object; raise PBUsageError that names what was expected."""
    if not isinstance(value, dict):
        kinds = {list: "an array", str: "a text", bool: "a boolean", type(None): "null"}
        kind = kinds.get(type(value), "a number")
        raise PBUsageError(
            f"Expected {what} as one JSON object, got {kind}.",
            hint='For example: {"key": "value"}',
            code="invalid_json",
        )
    return value
