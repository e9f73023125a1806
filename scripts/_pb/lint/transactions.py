"""Writes beside the transaction in whose function they stand."""

from __future__ import annotations

from collections.abc import Iterator

from _pb.languages.javascript import Source
from _pb.lint.mistake import Mistake

_WRITES = frozenset(
    "save saveNoValidate saveWithContext delete deleteWithContext runInTransaction importCollections"  # noqa: SIM905
    " truncateCollection".split()
)


def beside_transactions(source: Source) -> Iterator[Mistake]:
    """Yield what the function of a transaction writes through the app around it, which waits for that very function."""
    for path in source.paths():
        for _, name, call in path.calls():
            function = (
                source.function(call.arguments[0]) if name.name == "runInTransaction" and call.arguments else None
            )
            if function is None or not function.parameter:
                continue
            outside = {path.root, "$app"} - {function.parameter}
            for used in source.paths(function.body):
                names = used.names[1:] if used.root in outside else ()
                names = names[1:] if names[:1] == ("app",) else names
                if names[1:2] == ("()",) and names[0] in _WRITES:
                    message = "This writes beside the transaction, and waits for it without end."
                    fix = f"Write {function.parameter}.{names[0]}(...), the app that the function gets."
                    yield Mistake("transaction-app", used.position, message, fix)
