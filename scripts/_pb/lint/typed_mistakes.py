"""What code uses that its PocketBase does not have: members, names, arguments, collections and fields."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path as Folder
from typing import NamedTuple

from _pb.languages.javascript import Call, Name, Path, Source, Span
from _pb.languages.javascript_scopes import Scopes
from _pb.languages.rules import RuleError, tokens
from _pb.lint.api import Api
from _pb.lint.mistake import Mistake
from _pb.lint.types import Types, Use, missing_argument, wrong_argument
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


# Values of any kind, which are no functions.
_VALUES = frozenset([("sendResult", "json")])
_OF_FUNCTIONS = frozenset(["call", "apply", "bind", "name", "length", "toString"])
_COMPARES = frozenset(["===", "!==", "==", "!=", "<", ">", "<=", ">="])


class Ground(NamedTuple):
    """What code is judged against: a release, and the fields of the collections by name, None where none are known."""

    api: Api
    fields: dict[str, frozenset[str]] | None = None
    # The names of collections by their ids.
    ids: dict[str, str] = {}  # noqa: RUF012 - nobody changes it
    # The types of the fields, by collection and name.
    kinds: Mapping[tuple[str, str], str] = {}
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
        made = types.made(path)
        if made:
            yield from _argument_mistakes(source, made)
        for use in types.uses(path):
            if path.names[: path.parts.index(use.part) + 1] in scopes.asked_for:
                continue
            found = _member_mistake(source, ground.api, path, use)
            if found:
                yield found
                break
            yield from _argument_mistakes(source, use)
            yield from _filled_mistakes(source, scopes, use)
            yield from _schema_mistakes(source, ground, use)


def _member_mistake(source: Source, api: Api, path: Path, use: Use) -> Mistake | None:
    of, name = use.of.name, use.part.name
    if of.endswith("[]") or of.startswith("new "):
        return None
    if path.root == "$app" and name in _OF_THE_PROGRAM:
        return None
    found = api.member(of, name)
    if found and found.there:
        return _use_mistake(source, api, path, use)
    if not api.is_known(of):
        return None
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
    is_value = (given and not _is_function(api, given)) or (use.of.name, name) in _VALUES
    if use.call is not None and is_value:
        message = f"{_shown(use.of.name)}.{name} is a value: calling it throws."
        return Mistake("not-callable", use.part.position, message, f"Write .{name} without the brackets.")
    if use.call is None and _is_function(api, given):
        problem = _uncalled(source, path, use)
        if problem:
            return Mistake("not-called", use.part.position, f"{name} is a method: {problem}.", f"Write .{name}().")
    if name == "get" and use.of.name.endswith("Event") and use.call and use.call.arguments:
        key = source.literal(use.call.arguments[0])
        if key in ("authRecord", "admin") and f'set("{key}"' not in source.text:
            fix = "Write .auth." if key == "authRecord" else "Write .hasSuperuserAuth()."
            return Mistake(
                "no-member", use.part.position, f"Nothing stores {key!r} since v0.23: it is always null.", fix
            )
    return None


def _is_function(api: Api, type: str) -> bool:
    return type.startswith("(") or bool(type and api.member(type, "()"))


def _uncalled(source: Source, path: Path, use: Use) -> str:
    """Return what comes of a method that is used as if it were its result, "" where it may be meant."""
    if not use.is_last:
        following = path.parts[path.parts.index(use.part) + 1]
        is_own = isinstance(following, Name) and following.name not in _OF_FUNCTIONS
        return "without brackets it has nothing of what it gives" if is_own else ""
    if source.word(path.first - 1) in _COMPARES or source.word(path.last) in _COMPARES:
        sides = (source.word(path.first - 2), source.word(path.last + 1))
        return "" if any(side in ("undefined", "null") for side in sides) else "without brackets it equals nothing"
    called = (*path.names, "()")
    if _is_asked(source, path) and not any(other.names[: len(called)] == called for other in source.paths()):
        return "without brackets this is always true"
    return ""


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
    missing = missing_argument(source, use) if place is None else None
    name = f"{'new ' if use.of.name.startswith('new ') else ''}{use.part.name}"
    if missing is not None:
        message = f"{name}() needs an object as argument {missing + 1}, and gets none: it throws."
        yield Mistake("wrong-argument", use.part.position, message, _order(use.part.name))
    if place is None or use.call is None:
        return
    if _shown(use.of.name) in ("RequestEvent", "Event") and place == 0 and len(use.call.arguments) == 1:
        return  # the status is missing, which has its own message
    span = use.call.arguments[place]
    written = source.written(span)
    written = written if len(written) < 40 else f"{written[:40]}..."
    message = (
        f"Argument {place + 1} of {name}() is of another kind than {written}: it is refused or silently converted."
    )
    yield Mistake("wrong-argument", source.position(span.first), message, _order(use.part.name))


def _filled_mistakes(source: Source, scopes: Scopes, use: Use) -> Iterator[Mistake]:
    """Yield what a method is to fill and cannot: nothing, or a plain object."""
    is_query = use.of.name in ("dbx.Query", "dbx.SelectQuery") and use.part.name in ("all", "one", "column")
    if use.call is None or not (is_query or (use.part.name == "bindBody" and use.of.name.endswith("Event"))):
        return
    fix = "Give it a new DynamicModel({...}), for rows arrayOf(new DynamicModel({...}))."
    if not use.call.arguments:
        message = f"{use.part.name}() returns nothing: it fills what it is given, and throws without."
        yield Mistake("wrong-argument", use.part.position, message, fix)
    elif is_plain(source, scopes, use.call.arguments[0]):
        message = f"{use.part.name}() cannot fill a plain object: it stays as it is."
        yield Mistake("wrong-argument", source.position(use.call.arguments[0].first), message, fix)


def is_plain(source: Source, scopes: Scopes, span: Span) -> bool:
    """Tell whether a span is a plain object, or the name of one that nothing else is assigned to."""
    if source.word(span.first) == "{":
        return source.closing(span.first) == span.last - 1
    declared = scopes.find(source.word(span.first), span.first) if span.last - span.first == 1 else None
    if declared is None or declared.kind != "const" or declared.key or declared.value.first >= declared.value.last:
        return False
    return source.word(declared.value.first) == "{" and is_plain(source, scopes, declared.value)


def _order(name: str) -> str:
    orders = {
        "findRecordsByFilter": "Its order: collection, filter, sort, limit, offset, {parameters}.",
        "findFirstRecordByFilter": "Its order: collection, filter, {parameters}.",
        "findFirstRecordByData": "Its order: collection, field, value.",
        "Record": "Write new Record($app.findCollectionByNameOrId(NAME), {...}).",
        "redirect": "Its order: status, address.",
        "delete": "Find the record first: app.delete(app.findRecordById(COLLECTION, ID)).",
        "countRecords": 'Its conditions are expressions: $dbx.hashExp({status: "x"}), $dbx.exp(...).',
        "where": 'Its condition is an expression: $dbx.hashExp({status: "x"}), $dbx.exp(...).',
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
        if re.fullmatch(r"\w+", name) and name not in fields and name.lower() not in ("true", "false", "null"):
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
