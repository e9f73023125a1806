"""What stands as it is written where PocketBase reads it otherwise: filters, keys, addresses, bodies, lists."""

from __future__ import annotations

import re
from collections.abc import Iterator

from _pb.languages.javascript import Call, Index, Path, Source, Span
from _pb.languages.javascript_scopes import Declared, Scopes
from _pb.lint.mistake import Mistake
from _pb.lint.typed_mistakes import is_plain
from _pb.lint.types import Types

_FINDS = re.compile(r"find(RecordsBy|FirstRecordBy)Filter")
_OPEN_VALUE = re.compile(r"[=~<>]\s*\$\{$")
_QUOTED_VALUE = re.compile(r"""[=~<>]\s*['"](\$\{|["'`])$""")
_KEY = 32
_CIPHERS = ("encrypt", "decrypt")
_CHANGES_LIST = frozenset("push pop shift unshift splice sort reverse fill".split())  # noqa: SIM905
_ADDRESSES = frozenset(["from", "to", "cc", "bcc"])


def literal_mistakes(source: Source, scopes: Scopes, types: Types) -> Iterator[Mistake]:
    """Yield what is written out and is read otherwise."""
    for path in source.paths():
        yield from _filter(source, path)
        yield from _key(source, path)
        yield from _header(source, path, types)
        yield from _plain_list(source, scopes, path)
        yield from _properties(source, path)
        if path.names[-2:] == ("constructor", "name") and source.word(path.last) in ("==", "===", "!=", "!=="):
            message = "PocketBase's errors have no name of their own here: this never holds."
            fix = f"Write {path.root} instanceof ForbiddenError, or look at its status."
            yield Mistake("no-member", path.position, message, fix)
    for one in scopes.declared:
        if one.kind in ("const", "let", "var") and not one.key:
            yield from _copied_list(source, scopes, one)


def _filter(source: Source, path: Path) -> Iterator[Mistake]:
    """Yield where a value is put into a filter as if it were a part of it."""
    for _, name, call in path.calls():
        if not _FINDS.fullmatch(name.name) or len(call.arguments) < 2:
            continue
        first = call.arguments[1].first
        for at in range(*call.arguments[1]):
            piece = source.word(at)
            open_value, quoted = _OPEN_VALUE.search(piece), _QUOTED_VALUE.search(piece)
            if open_value or (quoted and (piece[-2:] == "${" or source.word(at + 1) == "+") and not _is_id(source, at)):
                message = "A value without quotes is read as the name of a field: the filter is refused."
                if not open_value:
                    message = "A value that is put into the filter can end its quotes, and ask for anything."
                fix = 'Write "field = {:value}", and give {value} as the last argument.'
                severity = "error" if open_value else "warning"
                yield Mistake("filter-value", source.position(first), message, fix, severity)
                break


def _is_id(source: Source, piece: int) -> bool:
    """Tell whether what is put in behind a piece is an id, a number or a hash, in which no quote can be."""
    first = piece + 1 + (source.word(piece + 1) == "+")
    path = next((one for one in source.paths(Span(first, first + 1))), None)
    return path is not None and (
        path.names[-1] == "id" or path.root in ("parseInt", "parseFloat", "Number", "$security")
    )


def _key(source: Source, path: Path) -> Iterator[Mistake]:
    call = path.parts[2] if path.root == "$security" and path.names[1:3] in {(n, "()") for n in _CIPHERS} else None
    key = source.literal(call.arguments[1]) if isinstance(call, Call) and len(call.arguments) > 1 else None
    if key is not None and isinstance(call, Call) and len(key.encode()) != _KEY:
        message = f"A key of {len(key.encode())} bytes is refused: it has {_KEY}."
        fix = f"Keep {_KEY} random characters in the environment: $os.getenv(NAME)."
        yield Mistake("wrong-argument", source.position(call.arguments[1].first), message, fix)


def _header(source: Source, path: Path, types: Types) -> Iterator[Mistake]:
    for place, part in enumerate(path.parts[:-1]):
        if place == 0 or path.names[place] != "headers":
            continue
        following = path.parts[place + 1]
        key = source.literal(following.inside) if isinstance(following, Index) else path.names[place + 1]
        before = types.of_path(path._replace(parts=path.parts[:place])).name
        is_tried = {source.word(path.first - 1), source.word(path.last)} & {"||", "??"}
        if key and not is_tried and before == "core.RequestInfo" and (plain := key.lower().replace("-", "_")) != key:
            message = f"requestInfo() has its headers by names such as {plain!r}: {key!r} is undefined."
            fix = f'Write headers["{plain}"], or in a route e.request.header.get("{key}").'
            yield Mistake("no-member", getattr(part, "position", path.position), message, fix)


def _plain_list(source: Source, scopes: Scopes, path: Path) -> Iterator[Mistake]:
    call = path.parts[1] if path.names[:2] == ("arrayOf", "()") else None
    if isinstance(call, Call) and call.arguments and is_plain(source, scopes, call.arguments[0]):
        message = "arrayOf() takes a model: rows cannot be filled into plain objects."
        fix = "Write arrayOf(new DynamicModel({...}))."
        yield Mistake("wrong-argument", source.position(call.arguments[0].first), message, fix)


def _properties(source: Source, path: Path) -> Iterator[Mistake]:
    """Yield properties of mails and requests that are of another kind than these take."""
    is_mail = path.is_new and path.root == "MailerMessage"
    call = path.parts[1] if is_mail and len(path.parts) > 1 else None
    if path.names[:3] == ("$http", "send", "()"):
        call = path.parts[2]
    if not isinstance(call, Call) or not call.arguments or source.word(call.arguments[0].first) != "{":
        return
    for part in source.arguments(call.arguments[0].first):
        name, value = source.word(part.first), Span(part.first + 2, part.last)
        if source.word(part.first + 1) != ":" or value.first >= value.last:
            continue
        given = value if source.word(value.first) != "[" else Span(value.first + 1, value.first + 2)
        if is_mail and name in _ADDRESSES and source.literal(given) is not None:
            message = f"{name} takes addresses as objects: a text is lost."
            yield Mistake(
                "wrong-argument", source.position(part.first), message, f'Write {{ address: "..." }} in {name}.'
            )
        if not is_mail and name == "body" and source.word(value.first) == "{":
            message = "body takes a text or a FormData: an object is not sent as JSON."
            yield Mistake("wrong-argument", source.position(part.first), message, "Write body: JSON.stringify({...}).")


def _copied_list(source: Source, scopes: Scopes, one: Declared) -> Iterator[Mistake]:
    """Yield where the list that get() gives is changed, and never set again."""
    given = re.search(r"""\.get\(\s*["'](\w+)["']\s*\)$""", source.written(one.value))
    if given is None or re.search(rf"""\.(set|load)\(\s*(["'`]{given[1]}[+-]?["'`]|[^"'`\s])""", source.text):
        return
    for path in source.paths(one.seen):
        is_change = path.root == one.name and path.names[2:3] == ("()",) and path.names[1] in _CHANGES_LIST
        if is_change and scopes.find(path.root, path.first) is one:
            message = f"get({given[1]!r}) gives a copy of the list: this change is lost."
            yield Mistake("not-saved", path.position, message, f'Write record.set("{given[1]}", {one.name}) behind it.')
            return
