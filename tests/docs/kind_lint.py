"""`js lint` and `go lint` blocks: what lint says of them, `wrong=KIND` that kind and no other, `right` nothing."""

from __future__ import annotations

from _pb.languages.go import tokens_of
from _pb.languages.javascript import Source
from _pb.lint.go_mistakes import go_mistakes, handlers_by_name
from _pb.lint.go_statements import route_mistakes, statement_mistakes
from _pb.lint.go_steps import step_mistakes
from _pb.lint.hook_mistakes import hook_mistakes
from _pb.lint.migration_mistakes import migration_mistakes
from _pb.lint.scripts import Script, shown_mistakes

from .pages import Block
from .stage import Stage


def lint(stage: Stage, block: Block) -> None:
    """Let lint judge a block as a file of hooks (`in=migrations`: as a migration)."""
    source = Source(block.text)
    judge = migration_mistakes if block.marks.get("in") == "migrations" else hook_mistakes
    script = Script(stage.project.folder / "block.pb.js", source)
    _require({item["kind"] for item in shown_mistakes(script, judge(source))}, block)


def go_lint(stage: Stage, block: Block) -> None:
    """Let lint judge a block as a part of a Go program, by its text."""
    tokens = list(tokens_of(block.text))
    found = [*go_mistakes(tokens, set(handlers_by_name(tokens))), *statement_mistakes(tokens), *step_mistakes(tokens)]
    _require({one.kind for one in (*found, *(one for _, one in route_mistakes([tokens])))}, block)


def _require(kinds: set[str], block: Block) -> None:
    assert kinds == ({block.marks["wrong"]} if "wrong" in block.marks else set()), kinds
