"""`js lint` blocks: what lint says of them, `wrong=KIND` that kind and no other, `right` nothing."""

from __future__ import annotations

from _pb.languages.javascript import Source
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
    kinds = {item["kind"] for item in shown_mistakes(script, judge(source))}
    assert kinds == ({block.marks["wrong"]} if "wrong" in block.marks else set()), kinds
