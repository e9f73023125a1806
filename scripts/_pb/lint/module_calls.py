"""Functions of modules that a handler calls: `require(`${__hooks}/posts.js`).beforeCreate(e)`."""

from __future__ import annotations

import re
from pathlib import Path

from _pb.languages.javascript import Call, Function, Name, Source, Span
from _pb.languages.javascript import Path as Used
from _pb.languages.javascript_scopes import Scopes

_OF_HOOKS = re.compile(r"`\$\{__hooks\}/([\w./@-]+)`")
_LARGEST = 200_000


class Modules:
    """The modules below a folder of hooks, and the functions that they export under a name."""

    def __init__(self, hooks: Path | None) -> None:
        self._hooks = hooks

    def function(self, source: Source, scopes: Scopes, path: Used) -> tuple[Source, Function] | None:
        """Return the function that a path calls: `require(`${__hooks}/x.js`).name(e)`, or by a constant of that."""
        parts = path.parts
        if path.root != "require":
            declared = scopes.find(path.root, path.first)
            value = next(source.paths(declared.value), None) if declared and declared.value.first else None
            if value is None or value.root != "require" or declared is None or declared.value.last != value.last:
                return None
            parts = (*value.parts, *((Name(declared.key, 0),) if declared.key else ()), *parts[1:])
        call = parts[1] if len(parts) > 3 else None
        if not isinstance(call, Call) or not call.arguments or self._hooks is None:
            return None
        inside = _OF_HOOKS.fullmatch(source.written(call.arguments[0]))
        is_called = len(parts) == 4 and isinstance(parts[2], Name) and isinstance(parts[3], Call)
        file = self._hooks / inside[1] if inside else None
        if file is None or not is_called or not file.is_file() or file.stat().st_size > _LARGEST:
            return None
        module = Source(file.read_text("utf-8", "replace"))
        function = _exported(module, parts[2].name if isinstance(parts[2], Name) else "")
        return (module, function) if function and function.parameter else None


def _exported(module: Source, name: str) -> Function | None:
    """Return the function that a module exports by a name."""
    for path in module.paths():
        value = Span(path.last + 1, module.end_of_expression(path.last + 1, len(module.tokens)))
        if module.word(path.last) != "=":
            continue
        if path.names in (("exports", name), ("module", "exports", name)):
            return _function_of(module, value)
        if path.names == ("module", "exports") and module.word(value.first) == "{":
            for part in module.arguments(value.first):
                key = module.word(part.first)
                if key == name and module.word(part.first + 1) == ":":
                    return _function_of(module, Span(part.first + 2, part.last))
                if key == name:
                    is_method = module.word(part.first + 1) == "("
                    return None if is_method else module.named_functions().get(name)
    return None


def _function_of(module: Source, span: Span) -> Function | None:
    return module.function(span) or module.named_functions().get(module.written(span))


def gives_away(module: Source, function: Function) -> bool:
    """Tell whether a function gives its event away, to where it may be handed on."""
    names = {function.parameter}
    paths = list(module.paths(function.body))
    return any(len(path.parts) == 1 and path.root in names for path in paths)
