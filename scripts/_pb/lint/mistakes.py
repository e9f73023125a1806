"""Mistakes that hooks and migrations have alike: code, rules and shapes of v0.22."""

from __future__ import annotations

from collections.abc import Iterator

from _pb.languages.javascript import Source
from _pb.languages.javascript_scopes import Scopes
from _pb.lint.mistake import Mistake
from _pb.lint.old_code import old_code
from _pb.lint.old_fields import old_fields
from _pb.lint.shapes import shape_mistakes


def script_mistakes(source: Source, scopes: Scopes) -> Iterator[Mistake]:
    """Yield what is wrong with a hook or a migration alike: code and rules from v0.22."""
    declared = {one.name for one in scopes.declared}
    for path in source.paths():
        for old in old_code(path, declared, scopes.asked_for):
            yield Mistake(old.kind, old.position, old.message, old.fix)
    for token in source.texts():
        if "@request.data" in token.text:
            yield Mistake(
                "request-data",
                token.start,
                "@request.data is called @request.body since v0.23.",
                "Write @request.body.",
            )
    yield from old_fields(source)
    yield from shape_mistakes(source)
