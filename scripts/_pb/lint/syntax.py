"""What makes the engine refuse a whole file, as far as brackets and single words tell."""

from __future__ import annotations

from collections.abc import Iterator

from _pb.languages.javascript import Source
from _pb.languages.javascript_scopes import Scopes
from _pb.languages.javascript_tokens import MARK, NAME, TEMPLATE
from _pb.lint.mistake import Mistake

_WORDS = ("await", "import", "export")
_BRACKETS = ("(", ")", "[", "]", "{", "}")


def syntax_mistakes(source: Source, scopes: Scopes) -> Iterator[Mistake]:
    """Yield where a file is no program of this engine: the file is not loaded, or the migration stops the server."""
    yield from _brackets(source)
    for index, token in enumerate(source.tokens):
        if token.kind != NAME or token.text not in _WORDS or source.word(index - 1) in (".", "?."):
            continue
        if source.is_key(index) or source.word(index + 1) in ("", ":", "=", ";", ")", ","):
            continue
        if token.text == "await":
            if not _is_async(source, scopes, index):
                message = "await stands in a function that is not async: the file is not loaded."
                yield Mistake("syntax", token.start, message, "Leave it out: nothing here has to be waited for.")
        elif source.begins_statement(index) or source.word(index - 1) in (";", "}"):
            message = f"The engine has no {token.text}: the file is not loaded."
            fix = "Use module.exports in the module, and require(`${__hooks}/NAME.js`) where it is needed."
            yield Mistake("syntax", token.start, message, fix)


def _brackets(source: Source) -> Iterator[Mistake]:
    for index, token in enumerate(source.tokens):
        is_bracket = token.kind == MARK and token.text in _BRACKETS
        if is_bracket and source.opening(index) < 0 and not source.is_opening(index):
            way = "opened" if token.text in ")]}" else "closed"
            message = f"This {token.text} is never {way}: the file is not loaded."
            yield Mistake("syntax", token.start, message, "Mend the brackets.")
            return
        if token.kind == TEMPLATE and token.text.endswith("${") and not source.is_opening(index):
            yield Mistake(
                "syntax", token.start, "This template is never closed: the file is not loaded.", "Close it with `."
            )
            return


def _is_async(source: Source, scopes: Scopes, index: int) -> bool:
    around = scopes.function_at(index)
    return around is not None and "async" in (source.word(around.first), source.word(around.first - 1))
