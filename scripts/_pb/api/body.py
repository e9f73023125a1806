"""What a request carries: words of the command line made into a JSON body or a form, a query and headers."""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from pb_common import PBUsageError, read_json
from pb_common.answers import encoded
from pb_common.multipart import Multipart, file_part
from pb_common.output import require_file_name
from pb_common.project import typed
from pb_common.reading import read_bytes

_JSON = re.compile(r"[/+]json\b")
_URLENCODED = "x-www-form-urlencoded"


class Carried(NamedTuple):
    """A request's body, None for none, and how it reads in a dry run; `values` is what the server reads in it."""

    content: bytes | Multipart | None
    shown: Any
    values: Any


def body_of(args: argparse.Namespace, content_type: str | None = None) -> Carried:
    """Return the body that the command line names, once: as words or JSON, as a file, or as a form.

    With a content type that is not JSON's, a file, standard input or the one word is sent as it is.
    """
    given = [bool(args.body), args.file is not None, bool(args.form)]
    if sum(given) > 1:
        raise PBUsageError(
            "The body is given more than once.",
            hint="Give it as words, with --file, or as fields with --form.",
            code="wrong_command_line",
        )
    if args.form:
        return _form(args.form)
    if not any(given):
        return Carried(None, None, None)
    if content_type and not _JSON.search(content_type):
        return _as_it_is(args, content_type)
    value = read_json(argparse.Namespace(json=args.body, file=args.file))
    return Carried(encoded(value), value, value)


def _as_it_is(args: argparse.Namespace, content_type: str) -> Carried:
    if len(args.body) > 1:
        raise PBUsageError("A body that is not JSON is one word.", hint="Put it in quotes, or: --file PATH")
    name = args.file if args.file is not None else "-" if args.body == ["-"] else None
    content = read_bytes(name) if name is not None else args.body[0].encode("utf-8", "surrogateescape")
    pairs = parse_qsl(content.decode("utf-8", "replace")) if _URLENCODED in content_type.lower() else []
    return Carried(content, f"{len(content)} bytes", _values_of(pairs))


def no_body(method: str, words: list[str]) -> PBUsageError:
    """Return the error for a body with a request that has none; words of it may be meant for the query."""
    pairs = [(key.rstrip(":"), value) for key, equals, value in (word.partition("=") for word in words) if equals]
    meant = " ".join(f"--query {typed(f'{key}={value}')}" for key, value in pairs)
    is_query = bool(pairs) and len(pairs) == len(words) and words[0].lstrip()[:1] not in ("{", "[")
    return PBUsageError(
        f"{method} carries no body: the server would pass over it.",
        hint=f"For parameters of the query: {meant}" if is_query else "Leave the body out, or use POST or PATCH.",
        code="wrong_command_line",
    )


def _form(words: list[str]) -> Carried:
    fields, files = [], []
    for name, value in split_pairs(words, "--form", "="):
        if value.startswith("@"):
            files.append(file_part(name, value[1:]))
        else:
            fields.append((name, value))
    shown = [*map(list, fields), *([part.field, f"@{part.path}"] for part in files)]
    return Carried(Multipart(None, files, fields), shown, _values_of(fields))


def _values_of(fields: list[tuple[str, str]]) -> dict[str, Any]:
    """Return what the server makes of a form: dots lead into an object, `@jsonPayload` is a whole one."""
    values: dict[str, Any] = {}
    for name, text in fields:
        value = _guessed(text)
        if name == "@jsonPayload":
            values.update(value if isinstance(value, dict) else {})
            continue
        *above, last = name.split(".")
        inner = values
        for key in above:
            inner = inner.setdefault(key, {}) if isinstance(inner.get(key, {}), dict) else {}
        inner[last] = value if last not in inner else [*_listed(inner[last]), value]
    return values


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _guessed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def split_pairs(words: list[str], option: str, between: str) -> list[tuple[str, str]]:
    """Return the names and values of an option's words; raise PBUsageError for a word without a name."""
    pairs = []
    for word in words:
        name, found, value = word.partition(between)
        if not found or not name.strip():
            raise PBUsageError(f"{option} {word!r} has no name.", hint=f"Write {option} NAME{between}VALUE")
        pairs.append((name.strip(), value.strip() if between == ":" else value))
    return pairs


def require_parent(path: str) -> None:
    """Raise PBUsageError if a file cannot be written because it has no name, or its folder is not there."""
    require_file_name(path)
    if not Path(path).absolute().parent.is_dir():
        raise PBUsageError(
            f"{path!r} is in a folder that does not exist.", hint="Make the folder first.", code="unwritable_file"
        )
