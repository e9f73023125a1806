"""What the tables of references/jsvm-hooks.md are."""

from __future__ import annotations

import re

from docs.kind_jsvm import restarted
from docs.stage import Stage
from docs.tables import Facts

facts = Facts()
facts.prose("Guards and middleware", "the block below tries each")


def _exist(stage: Stage, hooks: str, cells: list[str]) -> None:
    types = (stage.project.folder / "pb_data" / "types.d.ts").read_text("utf-8")
    missing = [name for name in re.findall(r"\w+[A-Z]\w+", hooks) if f"function {name}(" not in types]
    assert not missing, missing


def _answers(stage: Stage, constructor: str, cells: list[str]) -> None:
    error = constructor if constructor.startswith("new ") else f'new {constructor}("no")'
    stage.project.write("pb_hooks/error.pb.js", f'routerAdd("GET", "/error", (e) => {{ throw {error} }})')
    restarted(stage, lambda: None)
    status, _ = stage.server.request("GET", "/error")
    assert cells[0] in (str(status), "any"), status


def _exist_too(stage: Stage, kind: str, cells: list[str]) -> None:
    _exist(stage, cells[0] if stage.at_least("0.40") else cells[0].replace("onBootstrapClear", ""), [])


facts.table("Which hook", each=_exist)
facts.table("Which hook 2", each=_exist_too)
facts.table("Errors", each=_answers)
