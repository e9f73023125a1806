"""Which kind of block is run by which function."""

from __future__ import annotations

from typing import Callable

from . import kind_config, kind_data, kind_go, kind_http, kind_jsvm, kind_lint, kind_proxy, kind_sdk, kind_shell
from .pages import Block, Page
from .stage import Stage

Run = Callable[[Stage, Block], None]

KINDS: dict[str, Run] = {
    "sh": kind_shell.shell,
    "py": kind_shell.python,
    "console": kind_shell.console,
    "text output": kind_shell.output,
    "http": kind_http.http_pairs,
    "json schema": kind_data.schema,
    "json field": kind_data.field,
    "json record-of": kind_data.record,
    "json data": kind_data.data,
    "json settings": kind_data.settings,
    "json answer": kind_data.answer,
    "rule": kind_data.rules,
    "sql view": kind_data.view,
    "sql": kind_data.sql,
    "env": kind_data.env,
    "js hook": kind_jsvm.hook,
    "js migration": kind_jsvm.migration,
    "js lint": kind_lint.lint,
    "go lint": kind_lint.go_lint,
    "js sdk": kind_sdk.sdk,
    "go": kind_go.compiled,
    "go hook": kind_go.hook,
    "go migration": kind_go.migration,
    "go program": kind_go.program,
    "ini systemd": kind_config.systemd,
    "dockerfile": kind_config.dockerfile,
    "yaml compose": kind_config.compose,
    "yaml litestream": kind_config.litestream,
    "nginx": kind_proxy.nginx,
    "caddy": kind_proxy.caddy,
    "ts sdk": kind_sdk.sdk,
}


OBSERVED = ("js hook", "js migration", "go hook", "go migration", "go program")


def run_block(stage: Stage, block: Block) -> None:
    """Run a block as its kind is run; raise AssertionError or ValueError with what is wrong."""
    if block.marks.get("file") and block.kind not in KINDS:
        _require_use(stage.page, block)
        stage.write_file(block)
        return
    KINDS[_key(block)](stage, block)


def _key(block: Block) -> str:
    return f"{block.language} record-of" if "record-of" in block.marks else block.kind


def problem_of(block: Block, page: Page) -> str:
    """Return what is wrong with a block's marks, or nothing."""
    if "skip" in block.marks:
        return "" if block.marks["skip"] else "skip needs a reason"
    if _key(block) not in KINDS and not block.marks.get("file"):
        return f"no kind {block.kind!r}; known are {', '.join(KINDS)}, and any language with file=NAME"
    shown = block.kind in OBSERVED and "fails" not in block.marks and "file" not in block.marks
    return f"no block after this {block.kind} shows its effect" if shown and not _is_observed(block, page) else ""


def _is_observed(block: Block, page: Page) -> bool:
    later = [other for other in page.blocks if other.line > block.line]
    return bool(later) and later[0].language in ("http", "sh", "py", "console", "js", "ts", "json", "sql")


def _require_use(page: Page, block: Block) -> None:
    name = block.marks["file"].rpartition("/")[2]
    others = [other.text for other in page.blocks if other is not block]
    assert any(name in text for text in others), f"no block of the page uses the file {name}"
