"""What code uses that its PocketBase does not have: members, names, arguments, collections and fields."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path as Folder
from typing import NamedTuple

from _pb.languages.javascript import Call, Path, Source, Span
from _pb.languages.javascript_scopes import Scopes
from _pb.languages.rules import RuleError, tokens
from _pb.lint.api import Api
from _pb.lint.mistake import Mistake
from _pb.lint.types import Types, Use, wrong_argument
from _pb.schema.findings import nearest

# What members of v0.22 are called now.
_RENAMED = {
    ("core.RequestInfo", "authRecord"): "auth",
    ("core.RequestInfo", "admin"): "hasSuperuserAuth()",
    ("core.RequestInfo", "data"): "body",
    ("core.Record", "getId"): "id",
    ("core.Record", "originalCopy"): "original()",
    ("core.Record", "cleanCopy"): "fresh()",
    ("core.Record", "getStringDataValue"): "getString()",
    ("core.MetaConfig", "appUrl"): "appURL",
    ("core.RequestEvent", "bind"): "bindBody()",
    ("core.RequestEvent", "httpContext"): "request",
    ("core.Collection", "schema"): "fields",
    ("core.App", "dao"): "its own methods",
}
# What the program has beside the app.
_OF_THE_PROGRAM = frozenset(["rootCmd", "start", "execute"])
# Names of browsers and of Node that PocketBase's engine does not have, and what does their work.
_ELSEWHERE = {
    "fetch": "$http.send({url})",
    "XMLHttpRequest": "$http.send({url})",
    "setTimeout": "sleep(ms), or cronAdd",
    "setInterval": "cronAdd",
    "clearTimeout": "sleep(ms), or cronAdd",
    "clearInterval": "cronRemove",
    "setImmediate": "a plain call",
    "queueMicrotask": "a plain call",
    "btoa": 'Buffer.from(text).toString("base64")',
    "atob": 'Buffer.from(text, "base64").toString()',
    "URL": "e.request.url in a route, or a plain text",
    "URLSearchParams": "e.requestInfo().query, or encodeURIComponent()",
    "TextEncoder": "toBytes(text)",
    "TextDecoder": "toString(bytes)",
    "Intl": "new DateTime().format(...), or plain code",
    "crypto": "$security.randomString() and its sisters",
    "structuredClone": "JSON.parse(JSON.stringify(value))",
    "localStorage": "$app.store()",
    "window": "globalThis",
    "global": "globalThis",
    "document": "code that needs no browser",
    "AbortController": "the timeout of $http.send()",
    "Headers": "a plain object",
    "Request": "$http.send({url})",
    "Response": "e.json() and its sisters",
    "Blob": "$filesystem.fileFromBytes()",
    "File": "$filesystem.fileFromBytes()",
    "performance": "Date.now()",
    "navigator": "code that needs no browser",
    "alert": "console.log()",
    "__dirname": "__hooks",
    "__filename": "__hooks",
    "Admin": 'new Record(app.findCollectionByNameOrId("_superusers"))',
    "PocketBase": "$app, as this code runs in the server",
    "Dao": "the app itself",
    "SchemaField": "a field's own constructor, such as new TextField({name})",
    "$tokens": "record.newAuthToken() and its sisters",
}


class Ground(NamedTuple):
    """What code is judged against: a release, and the fields of the collections by name, None where none are known."""

    api: Api
    fields: dict[str, frozenset[str]] | None = None
    # The names of collections by their ids.
    ids: dict[str, str] = {}  # noqa: RUF012 - nobody changes it
    # The JSON fields, each with its collection.
    json: frozenset[tuple[str, str]] = frozenset()
    # The collections with the actions that their rules let guests do.
    guests: frozenset[tuple[str, str]] = frozenset()
    # The folder of the hooks, whose modules are read.
    hooks: Folder | None = None

    def besides(self, names: frozenset[str]) -> Ground:
        """Return the ground of files that come and go with these collections and fields, of which more may be known."""
        if self.fields is None:
            return self
        fields = {collection: known | names for collection, known in self.fields.items()}
        return self._replace(fields=fields, ids={**{name: name for name in names - set(fields)}, **self.ids})

    def has(self, collection: str) -> bool:
        """Tell whether there may be a collection of a name or an id; those of the system are not asked for."""
        return self.fields is None or collection in self.fields or collection in self.ids or collection[:1] == "_"


def unknown_names(
    source: Source, scopes: Scopes, api: Api, span: Span, place: str, known: frozenset[str]
) -> Iterator[Mistake]:
    """Yield the names in a span that neither the file declares nor the engine has at that place."""
    told: set[str] = set()
    for path, declared in scopes.from_outside(span):
        name = path.root
        if declared or name in told or name in scopes.guarded or name in known or name.startswith("#"):
            continue
        if api.is_global(name, place):
            continue
        told.add(name)
        yield _unknown_name(name, path, api, place)


def _unknown_name(name: str, path: Path, api: Api, place: str) -> Mistake:
    if name in _ELSEWHERE:
        message = f"PocketBase's engine has no {name}."
        return Mistake("not-there", path.position, message, f"Use {_ELSEWHERE[name]}.")
    if place == "handlers" and api.is_global(name, "hooks"):
        message = f"{name} is not there in a handler: it throws a ReferenceError when it runs."
        return Mistake("not-there", path.position, message, "Call it at the top of the file.")
    if place == "migrations" and (name == "$app" or api.is_global(name, "hooks")):
        message = f"Migrations have no {name}: the server stops with a ReferenceError."
        fix = "Use the app that the function gets." if name == "$app" else "Use what migrations have, or new Error()."
        return Mistake("app-in-migration" if name == "$app" else "not-there", path.position, message, fix)
    near = nearest(name, api.handler_names())
    fix = f"Did you mean {near}?" if near else "Declare it, or require the module that has it."
    return Mistake("unknown-name", path.position, f"{name} is declared nowhere: it throws a ReferenceError.", fix)


def typed_mistakes(source: Source, scopes: Scopes, types: Types, ground: Ground, span: Span) -> Iterator[Mistake]:
    """Yield the members, arguments, collections and fields in a span that there are not."""
    for path in source.paths(span):
        if path.root in scopes.guarded or source.word(path.first - 1) == "typeof":
            continue
        for use in types.uses(path):
            if path.names[: path.parts.index(use.part) + 1] in scopes.asked_for:
                continue
            found = _member_mistake(source, ground.api, path, use)
            if found:
                yield found
                break
            yield from _argument_mistakes(source, use)
            yield from _schema_mistakes(source, ground, use)


def _member_mistake(source: Source, api: Api, path: Path, use: Use) -> Mistake | None:
    of, name = use.of.name, use.part.name
    if of.endswith("[]") or of.startswith("new ") or not api.is_known(of):
        return None
    if path.root == "$app" and name in _OF_THE_PROGRAM:
        return None
    found = api.member(of, name)
    if found and found.there:
        return _use_mistake(source, api, path, use)
    if use.is_last and _is_alternative(source, path):
        return None
    shown = _shown(of)
    if found:
        message = f"{shown} has {name} {found.when}; this is {api.version}."
        return Mistake("no-member", use.part.position, message, "Use what this release has, or another release.")
    if name in ("request", "response") and api.member(of, "requestEvent"):
        message = f"This event has no {name}: it is undefined."
        fix = f"Use e.requestInfo(), or e.requestEvent.{name}."
        return Mistake("event-request", use.part.position, message, fix)
    if of == "core.Record" and use.call is None:
        return _record_property(source, path, use)
    effect = "calling it throws" if use.call else "it is undefined"
    renamed = _RENAMED.get((of, name)) or nearest(name, api.members(of))
    fix = f"Use {renamed}." if renamed else f"See {shown} in pb_data/types.d.ts."
    return Mistake("no-member", use.part.position, f"{shown} has no {name}: {effect}.", fix)


def _use_mistake(source: Source, api: Api, path: Path, use: Use) -> Mistake | None:
    """Return what is wrong with how a member is used that there is: a value that is called, or a method that is not."""
    name = use.part.name
    type = api.member(use.of.name, name)
    given = type.type if type else ""
    if use.call is not None and given and not given.startswith(("(", "new ")) and not api.member(given, "()"):
        message = f"{_shown(use.of.name)}.{name} is a value: calling it throws."
        return Mistake("not-callable", use.part.position, message, f"Write .{name} without the brackets.")
    called = (*path.names, "()")
    is_asked = use.is_last and given.startswith("(") and _is_asked(source, path)
    if is_asked and not any(other.names[: len(called)] == called for other in source.paths()):
        message = f"{name} is a method: without brackets this is always true."
        return Mistake("not-called", use.part.position, message, f"Write .{name}().")
    if name == "get" and use.of.name.endswith("Event") and use.call and use.call.arguments:
        key = source.literal(use.call.arguments[0])
        if key in ("authRecord", "admin") and f'set("{key}"' not in source.text:
            fix = "Write .auth." if key == "authRecord" else "Write .hasSuperuserAuth()."
            return Mistake(
                "no-member", use.part.position, f"Nothing stores {key!r} since v0.23: it is always null.", fix
            )
    return None


def _is_asked(source: Source, path: Path) -> bool:
    """Tell whether only the truth of a path is asked for."""
    before, after = source.word(path.first - 1), source.word(path.last)
    return (
        source.is_whole_condition(path)
        or before == "!"
        or (after in ("&&", "||", "?") and before in ("(", "&&", "||", "=", "return", "!"))
    )


def _record_property(source: Source, path: Path, use: Use) -> Mistake:
    name = use.part.name
    if use.is_last and source.word(path.last) == "=":
        message = f"A field is no property of a record: assigning {name} throws or sets nothing."
        return Mistake("record-property", use.part.position, message, f'Write .set("{name}", ...).')
    message = f"A field is no property of a record: {name} is undefined."
    return Mistake("record-property", use.part.position, message, f'Write .get("{name}").')


def _is_alternative(source: Source, path: Path) -> bool:
    """Tell whether a member is only tried, beside another of the same object: info.body || info.data."""
    words = ("||", "??")
    beside = (path.last + 1 if source.word(path.last) in words else -1, path.first)
    own = path.names[:-1]
    for other in source.paths(Span(max(0, path.first - 12), path.last + 12)):
        after = other.first == beside[0]
        before = other.last == path.first - 1 and source.word(other.last) in words
        if other != path and (after or before) and other.names[: len(own)] == own:
            return True
    return False


def _shown(type: str) -> str:
    return type.rpartition(".")[2] or type


def _argument_mistakes(source: Source, use: Use) -> Iterator[Mistake]:
    place = wrong_argument(source, use)
    if place is None or use.call is None:
        return
    if _shown(use.of.name) in ("RequestEvent", "Event") and place == 0 and len(use.call.arguments) == 1:
        return  # the status is missing, which has its own message
    span = use.call.arguments[place]
    written = source.written(span)
    written = written if len(written) < 40 else f"{written[:40]}..."
    message = f"Argument {place + 1} of {use.part.name}() is of another kind than {written}: it is silently converted."
    yield Mistake("wrong-argument", source.position(span.first), message, _order(use.part.name))


def _order(name: str) -> str:
    orders = {
        "findRecordsByFilter": "Its order: collection, filter, sort, limit, offset, {parameters}.",
        "findFirstRecordByFilter": "Its order: collection, filter, {parameters}.",
        "findFirstRecordByData": "Its order: collection, field, value.",
    }
    return orders.get(name, f"See {name} in pb_data/types.d.ts.")


# Which argument of these methods is the name of a field.
_KEYED = frozenset(
    "get getString getInt getFloat getBool getDateTime getStringSlice getGeoPoint getRaw getUploadedFiles"  # noqa: SIM905
    " getUnsavedFiles expandedOne expandedAll set unmarshalJSONField".split()
)


def _schema_mistakes(source: Source, ground: Ground, use: Use) -> Iterator[Mistake]:
    text = source.literal(use.call.arguments[0]) if use.call and use.call.arguments else None
    if text is None or use.call is None:
        return
    position = source.position(use.call.arguments[0].first)
    name = use.part.name
    if use.of.name == "core.Record" and name == "set" and "." in text and "withCustomData" not in source.text:
        message = f"set() knows no paths: {text!r} is no field, and nothing is stored."
        yield Mistake("unknown-field", position, message, "Set the whole value of the JSON field.")
    if ground.fields is None:
        return
    gives = use.type.partition(")")[2].rstrip("[]")
    if name.startswith("find") and gives in ("core.Record", "core.Collection", "core.baseCollection"):
        if not ground.has(text):
            near = nearest(text, ground.fields)
            fix = f"Did you mean {near!r}?" if near else "Create it, or name another."
            yield Mistake("unknown-collection", position, f"There is no collection {text!r}.", fix)
        elif name in ("findRecordsByFilter", "findFirstRecordByFilter"):
            yield from _filter_mistakes(source, ground, use.call, ground.ids.get(text, text))
    elif use.of.name == "core.Record" and name in _KEYED and use.of.collection:
        yield from _field_mistake(source, ground, use, text, position)


def _filter_mistakes(source: Source, ground: Ground, call: Call, collection: str) -> Iterator[Mistake]:
    """Yield the fields of a filter that the collection does not have; what leads further is not looked at."""
    fields = (ground.fields or {}).get(collection)
    text = source.literal(call.arguments[1]) if len(call.arguments) > 1 else None
    if not fields or not text:
        return
    try:
        paths = [token.text for token in tokens(text) if token.kind == "path"]
    except RuleError:
        return
    for name in dict.fromkeys(paths):
        if re.fullmatch(r"\w+", name) and name not in fields and name not in ("true", "false", "null"):
            near = nearest(name, fields)
            fix = f"Did you mean {near!r}?" if near else f"{collection} has {', '.join(sorted(fields))}."
            position = source.position(call.arguments[1].first)
            yield Mistake("unknown-field", position, f"{collection} has no field {name!r}: the filter is refused.", fix)


def _field_mistake(source: Source, ground: Ground, use: Use, text: str, position: int) -> Iterator[Mistake]:
    collection = ground.ids.get(use.of.collection, use.of.collection)
    fields = (ground.fields or {}).get(collection)
    plain = text.strip("+-")
    if fields is None or plain in fields or ":" in text or "." in text or not plain:
        return
    if "withCustomData" in source.text and use.part.name == "set":
        return
    near = nearest(plain, fields)
    fix = f"Did you mean {near!r}?" if near else f"{collection} has {', '.join(sorted(fields))}."
    effect = "nothing is stored" if use.part.name == "set" else "it is null"
    yield Mistake("unknown-field", position, f"{collection} has no field {plain!r}: {effect}.", fix)
