"""Values that are not what they look like: the account where a guest may ask, the bytes of a JSON field."""

from __future__ import annotations

import re
from collections.abc import Iterator

from _pb.languages.javascript import Name, Path, Source
from _pb.languages.javascript_scopes import Scopes
from _pb.lint.handlers import Handler
from _pb.lint.mistake import Mistake
from _pb.lint.typed_mistakes import Ground
from _pb.lint.types import Types

_REQUEST = re.compile(r"onRecord(Create|Update|Delete|View)Request")
_GUARDS = re.compile(r"requireAuth|requireSuperuser|requireGuestOnly|routerUse\s*\(")
# What bytes have, too.
_OF_LISTS = frozenset(
    "length map filter forEach find findIndex some every reduce join slice indexOf includes concat toString keys"  # noqa: SIM905
    " values entries at sort reverse".split()
)


def nobody_asked(source: Source, scopes: Scopes, ground: Ground, handler: Handler) -> Iterator[Mistake]:
    """Yield where a handler reads the account of a request that a guest may send, and never asks for it."""
    event = handler.function.parameter
    if not event or not _lets_guests_in(source, ground, handler):
        return
    used = [path for path in source.paths(handler.function.body) if path.names[:2] == (event, "auth")]
    asked = any(len(path.parts) == 2 or _is_optional(source, path) for path in used)
    asked = asked or "hasSuperuserAuth" in source.written(handler.function.body)
    for path in used[:1] if not asked else ():
        if not scopes.is_tried(path.first):
            message = f"{event}.auth is null for a guest: this throws, and the answer is a 400 that says nothing."
            fix = f"Ask first: if (!{event}.auth) throw new UnauthorizedError(), or $apis.requireAuth() behind a route."
            yield Mistake("auth-null", path.position, message, fix, "warning")


def _lets_guests_in(source: Source, ground: Ground, handler: Handler) -> bool:
    if handler.kind == "route":
        return len(handler.call.arguments) == 3 and not _GUARDS.search(source.text)
    hook = _REQUEST.fullmatch(handler.name) if handler.kind == "hook" else None
    return bool(hook) and len(handler.tags) == 1 and (handler.tags[0], hook[1].lower() if hook else "") in ground.guests


def _is_optional(source: Source, path: Path) -> bool:
    part = path.parts[2]
    return isinstance(part, Name) and source.text[: part.position].rstrip().endswith("?.")


def json_mistakes(source: Source, scopes: Scopes, types: Types, ground: Ground) -> Iterator[Mistake]:
    """Yield where the bytes of a JSON field are read as the object that they say."""
    for path in source.paths() if ground.kinds else ():
        for use in types.uses(path):
            text = source.literal(use.call.arguments[0]) if use.call and use.call.arguments else None
            if use.of.name != "core.Record" or use.part.name != "get" or text is None:
                continue
            if ground.kinds.get((ground.ids.get(use.of.collection, use.of.collection), text)) == "json":
                yield from _read_as_object(source, scopes, path, path.parts.index(use.part), text)


def _read_as_object(source: Source, scopes: Scopes, path: Path, place: int, field: str) -> Iterator[Mistake]:
    found = [path.parts[place + 2]] if len(path.parts) > place + 2 else []
    if not found:
        one = next((one for one in scopes.declared if one.value == (path.first, path.last) and not one.key), None)
        for used in source.paths(one.seen) if one else ():
            if used.root == path.root or one is None or scopes.find(used.root, used.first) is not one:
                continue
            found += used.parts[1:2]
    for part in found[:1]:
        if isinstance(part, Name) and part.name not in _OF_LISTS:
            message = f"get({field!r}) gives the bytes of a JSON field: {part.name} of them is undefined."
            fix = f'Write JSON.parse(record.getString("{field}")), or record.unmarshalJSONField("{field}", model).'
            yield Mistake("json-bytes", part.position, message, fix)
