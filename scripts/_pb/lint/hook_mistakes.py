"""Mistakes in JavaScript hooks that PocketBase keeps silent about, or reports only when they run."""

from __future__ import annotations

import re
from collections.abc import Iterator

from _pb.languages import cron
from _pb.languages.javascript import Call, Path, Source, Span
from _pb.languages.javascript_scopes import Scopes
from _pb.lint.api import Api
from _pb.lint.destructive import destructive_queries
from _pb.lint.dropped import dropped
from _pb.lint.found import found_mistakes
from _pb.lint.handlers import Handler, Registration, registrations
from _pb.lint.hook_names import HOOKS, replacement
from _pb.lint.hook_order import order_mistakes
from _pb.lint.hook_values import early_values, late_values, lost_async
from _pb.lint.literals import literal_mistakes
from _pb.lint.mistake import Mistake
from _pb.lint.mistakes import script_mistakes
from _pb.lint.module_calls import Modules
from _pb.lint.next_calls import Handing
from _pb.lint.null_values import json_mistakes, nobody_asked
from _pb.lint.old_code import OLD_NAMES
from _pb.lint.syntax import syntax_mistakes
from _pb.lint.transactions import beside_transactions
from _pb.lint.typed_mistakes import Ground, typed_mistakes, unknown_names
from _pb.lint.types import Typed, Types
from _pb.schema.findings import nearest

# Those of every release that have no parameters.
_OWN_ROUTES = frozenset(
    f"{method} /api/{path}"
    for path, methods in {
        **{"health": "GET", "logs": "GET", "logs/stats": "GET", "batch": "POST", "files/token": "POST"},
        **{"settings": "GET PATCH", "backups": "GET POST", "collections": "GET POST", "collections/import": "PUT"},
        "realtime": "GET POST",
    }.items()
    for method in methods.split()
)
_ANSWERS = ("json", "string", "html", "xml", "redirect", "blob", "stream")
# These may well keep something from happening: a mail, a message.
_MAY_STOP = re.compile(r"onMailer\w*|onRealtimeMessageSend|onTerminate")


def hook_mistakes(source: Source, ground: Ground | None = None, *, is_module: bool = False) -> Iterator[Mistake]:
    """Yield what is wrong with a file of hooks (*.pb.js), or with a module that such a file requires."""
    ground = ground or Ground(Api())
    scopes = Scopes(source)
    yield from syntax_mistakes(source, scopes)
    old = list(script_mistakes(source, scopes))
    yield from old
    told = {source.line(mistake.position) for mistake in old}
    found = list(registrations(source, scopes))
    handlers = [handler for one in found for handler in one.handlers]
    for one in found:
        yield from _registration_mistakes(source, ground, one)
        yield from _uncalled_middleware(source, ground.api, one)
    seen: set[int] = set()
    for handler in handlers:
        # A function that two hooks share is judged once, but for what the hook's own name decides.
        if handler.function.body.first not in seen:
            seen.add(handler.function.body.first)
            yield from _handler_mistakes(source, scopes, ground, handler)
    events = [(handler.function, _event(ground.api, handler)) for handler in handlers]
    types = Types(source, scopes, ground.api, events, ground.kinds)
    yield from dropped(source, scopes, types)
    yield from found_mistakes(source, scopes)
    yield from beside_transactions(source)
    yield from literal_mistakes(source, scopes, types)
    for step in destructive_queries(source):
        yield Mistake("destroys", step.position, f"It deletes {step.what}: {step.line}", "Write WHERE.", "warning")
    yield from json_mistakes(source, scopes, types, ground)
    for mistake in typed_mistakes(source, scopes, types, ground, source.whole):
        if source.line(mistake.position) not in told:
            yield mistake
    spans = [Span(one.function.parameters.first, one.function.body.last) for one in handlers]
    yield from _names_elsewhere(source, scopes, ground.api, spans)
    if not is_module:
        yield from _module_mistakes(source, scopes)


def _event(api: Api, handler: Handler) -> Typed:
    if handler.kind == "job":
        return Typed("")
    if handler.kind != "hook":
        return Typed("core.RequestEvent")
    return Typed(api.event(handler.name), handler.tags[0] if len(handler.tags) == 1 else "")


def _names_elsewhere(source: Source, scopes: Scopes, api: Api, spans: list[Span]) -> Iterator[Mistake]:
    """Yield unknown names outside of handlers, where the code of a module may run at any place."""
    for mistake in unknown_names(source, scopes, api, source.whole, "hooks", OLD_NAMES | {"module", "exports"}):
        token = next((path.first for path in source.paths() if path.position == mistake.position), -1)
        is_hook = mistake.kind == "unknown-name" and re.fullmatch(r"on[A-Z]\w*", source.word(token))
        if not any(span.first <= token < span.last for span in spans) and not is_hook:
            yield mistake


def _module_mistakes(source: Source, scopes: Scopes) -> Iterator[Mistake]:
    for path in source.paths():
        names = path.names[:2] if path.root == "module" else path.names[:1]
        is_set = names in (("module", "exports"), ("exports",)) and source.word(path.last) == "="
        if is_set and path.root not in scopes.guarded and not scopes.find(path.root, path.first):
            message = f"{path.root} is not defined in a file of hooks: what stands below is not reached."
            fix = "Keep what is exported in a file of its own (NAME.js), and require it here."
            yield Mistake("module-in-hooks", path.position, message, fix)
            return


# One registration


def _registration_mistakes(source: Source, ground: Ground, one: Registration) -> Iterator[Mistake]:
    path, call = one.path, one.call
    if re.fullmatch(r"on[A-Z]\w*", path.root) and path.root not in HOOKS:
        new = replacement(path.root)
        fix = f"Use {new}." if new else "Hooks are listed in references/jsvm-hooks.md."
        message = f"There is no hook {path.root}: the whole file is not loaded."
        yield Mistake("unknown-hook", path.position, message, fix)
    place = {"routerAdd": 2, "cronAdd": 2, "routerUse": -1}.get(path.root, 0)
    yield from _misplaced(source, path, call, place)
    if place == 0:
        yield from _tag_mistakes(source, ground, path, call)
    if path.root == "routerAdd":
        yield from _route_mistakes(source, path, call)
    if path.root == "cronAdd":
        yield from _cron_mistakes(source, path, call)


def _misplaced(source: Source, path: Path, call: Call, place: int) -> Iterator[Mistake]:
    functions = [bool(source.function(span)) for span in call.arguments]
    if place == 0 and functions and not functions[0] and any(functions[1:]):
        message = f"{path.root} takes the function first: this one is never called."
        yield Mistake("handler-first", path.position, message, f'Write {path.root}((e) => {{ ... }}, "collection").')
    elif place == 2 and any(functions[:2]):
        order = '"METHOD", "/path"' if path.root == "routerAdd" else '"id", "0 3 * * *"'
        message = f"{path.root} takes the function third: the whole file is not loaded."
        yield Mistake("handler-first", path.position, message, f"Write {path.root}({order}, (e) => {{ ... }}).")


def _uncalled_middleware(source: Source, api: Api, one: Registration) -> Iterator[Mistake]:
    """Yield what makes a middleware and stands where the made one should."""
    places = {"routerAdd": one.call.arguments[3:], "routerUse": one.call.arguments}.get(one.path.root, ())
    for span in places:
        given = next((path for path in source.paths(span) if path.first == span.first and path.last == span.last), None)
        member = (
            api.member("$apis", given.names[1]) if given and given.root == "$apis" and len(given.parts) == 2 else None
        )
        if given and member and api.member(member.type, "()"):
            message = (
                f"{given.names[1]} makes a middleware; by itself it is none: the file is not loaded or the route fails."
            )
            yield Mistake("not-called", given.position, message, f"Write {source.written(span)}().")


def _tag_mistakes(source: Source, ground: Ground, path: Path, call: Call) -> Iterator[Mistake]:
    """Yield what stands for a collection behind a hook's function and is none."""
    for span in call.arguments[1:]:
        position, text = source.position(span.first), source.literal(span)
        if source.word(span.first) == "[":
            message = "A list is not the names of collections: the hook is never called."
            yield Mistake("tag-list", position, message, 'Write them one by one: (e) => { ... }, "a", "b".')
        elif text and path.root.startswith(("onRecord", "onCollection")) and not ground.has(text):
            near = nearest(text, ground.fields or ())
            message = f"There is no collection {text!r}: the hook is never called."
            fix = f"Did you mean {near!r}?" if near else "Create it, or name another."
            yield Mistake("unknown-collection", position, message, fix)


def _route_mistakes(source: Source, path: Path, call: Call) -> Iterator[Mistake]:
    pattern = source.literal(call.arguments[1]) if len(call.arguments) > 1 else None
    if pattern is None:
        return
    method = source.literal(call.arguments[0]) or ""
    if source.literal(call.arguments[0]) == "":
        message = "A route for any method clashes with PocketBase's own GET /{path...}: the server does not start."
        yield Mistake("route-built-in", path.position, message, "Name the method, a route for each.")
    if f"{method.upper()} {pattern}" in _OWN_ROUTES:
        message = f"PocketBase has {method.upper()} {pattern} itself: the server does not start."
        yield Mistake("route-built-in", path.position, message, "Use a prefix of your own, such as /api/app/...")
    if re.search(r"/:\w|\*$", pattern):
        fixed = re.sub(r"\*$", "{path...}", re.sub(r":(\w+)", r"{\1}", pattern))
        message = f"The path {pattern!r} matches only itself."
        yield Mistake("route-parameter", path.position, message, f"Write {fixed!r}.")
    elif not pattern.startswith("/") and "." not in pattern.partition("/")[0]:  # else it begins with the name of a host
        message = f"The path {pattern!r} has no slash at its beginning."
        yield Mistake("route-slash", path.position, message, f"Write '/{pattern}'.")
    else:
        yield from _wildcard_mistakes(path, pattern)


def _wildcard_mistakes(path: Path, pattern: str) -> Iterator[Mistake]:
    names = re.findall(r"\{([^}]*)\}", pattern)
    plain = [name[:-3] if name.endswith("...") else name for name in names if name != "$"]
    wrong = [name for name in plain if not re.fullmatch(r"[^\W\d]\w*", name)]
    twice = sorted({name for name in plain if plain.count(name) > 1})
    partial = [part for part in pattern.split("/") if "{" in part and not re.fullmatch(r"\{[^{}]*\}", part)]
    open_ends = [name for name in names if name.endswith("...") or name == "$"]
    early = open_ends if (open_ends and not pattern.endswith(f"{{{names[-1]}}}")) or len(open_ends) > 1 else []
    if wrong or twice or partial or early:
        shown = (wrong or twice or partial or early)[0]
        message = f"The path {pattern!r} stops the server at its start: {shown!r} cannot stand there."
        fix = "A parameter is a whole part, {name} of letters, digits and _, each name once; {name...} comes last."
        yield Mistake("route-wildcard", path.position, message, fix)


def _cron_mistakes(source: Source, path: Path, call: Call) -> Iterator[Mistake]:
    schedule = source.literal(call.arguments[1]) if len(call.arguments) > 1 else None
    problem = cron.problem_of(schedule) if schedule else ""
    if problem:
        kind = "cron-parts" if problem.endswith(" parts") else "cron-value"
        message = f"The schedule {schedule!r} {problem}: the whole file is not loaded."
        yield Mistake(kind, path.position, message, cron.HOW)


# One handler


def _handler_mistakes(source: Source, scopes: Scopes, ground: Ground, handler: Handler) -> Iterator[Mistake]:
    is_asked = handler.kind == "middleware" or handler.name in HOOKS
    lost = list(_next_mistakes(source, scopes, ground, handler)) if is_asked else []
    yield from lost
    yield from _outside_names(source, scopes, ground.api, handler)
    yield from _answers(source, handler)
    yield from early_values(source, handler)
    yield from late_values(source, scopes, handler)
    yield from order_mistakes(source, handler, hands_on=not lost)
    yield from lost_async(source, handler)
    yield from nobody_asked(source, scopes, ground, handler)


def _next_mistakes(source: Source, scopes: Scopes, ground: Ground, handler: Handler) -> Iterator[Mistake]:
    handing = Handing(source, scopes, handler.function, Modules(ground.hooks))
    lost = handing.lost()
    if not lost:
        return
    is_middleware = handler.kind == "middleware"
    effect = (
        "every request ends here"
        if is_middleware
        else "nothing more happens, yet the client is told that all went well"
    )
    if handing.never:
        message = f"The handler of {handler.name} never calls e.next(): {effect}."
        place = source.position(handler.function.parameters.first) if is_middleware else handler.path.position
        severity = "warning" if _MAY_STOP.fullmatch(handler.name) else "error"
        yield Mistake("no-next", place, message, "Call e.next() where the work is to go on.", severity)
        return
    if _MAY_STOP.fullmatch(handler.name):
        return
    for end in lost[:3]:
        token = end.statement.first if end.statement else None
        position = handler.path.position if token is None else source.position(token)
        where = "A way to the end" if token is None else "This return"
        message = f"{where} of the handler of {handler.name} leaves e.next() out: {effect}."
        yield Mistake("no-next", position, message, "Call e.next() there too, or throw an error that says why not.")


def _outside_names(source: Source, scopes: Scopes, api: Api, handler: Handler) -> Iterator[Mistake]:
    function = handler.function
    span = Span(function.parameters.first, function.body.last)
    told: set[str] = set()
    for path, declared in scopes.from_outside(span):
        if declared is None or path.root in told or path.root in scopes.guarded:
            continue
        if declared.kind == "function" and _is_itself(declared.value, function.body):
            continue
        told.add(path.root)
        message = f"{path.root} does not exist inside of a handler, which runs in a context of its own."
        fix = "Declare it inside, or keep it in a module: require(`${__hooks}/NAME.js`)."
        yield Mistake("outside-name", path.position, message, fix)
    yield from unknown_names(source, scopes, api, span, "handlers", OLD_NAMES)
    yield from _undeclared(source, scopes, span)


def _undeclared(source: Source, scopes: Scopes, span: Span) -> Iterator[Mistake]:
    """Yield the names that a handler assigns without declaring them: it is strict code, and that throws."""
    told: set[str] = set()
    for one in scopes.declared_in(span.first, span.last):
        if one.kind == "assigned" and one.name not in told and one.name not in scopes.guarded:
            told.add(one.name)
            message = f"{one.name} is assigned and declared nowhere: it throws a ReferenceError."
            yield Mistake("unknown-name", source.position(one.token), message, f"Write const {one.name} = ..., or let.")


def _is_itself(value: Span, body: Span) -> bool:
    return value.first <= body.first and body.last <= value.last


def _answers(source: Source, handler: Handler) -> Iterator[Mistake]:
    event = handler.function.parameter
    for path in source.paths(handler.function.body) if event else ():
        if path.root == event and path.names[1:2] and path.names[1] in _ANSWERS:
            call = path.parts[2] if len(path.parts) > 2 else None
            if isinstance(call, Call) and len(call.arguments) == 1 and not _may_be_status(source, call.arguments[0]):
                name = ".".join(path.names[:2])
                message = f"{name}() takes the status first: this answers an empty 200."
                yield Mistake("no-status", path.position, message, f"Write {name}(200, ...).")


def _may_be_status(source: Source, span: Span) -> bool:
    written = source.written(span)
    return written.startswith("...") or written.isdigit() or bool(re.search(r"(?i)(status|code)$", written))
