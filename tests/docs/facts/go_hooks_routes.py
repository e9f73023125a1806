"""What the tables of references/go-hooks-routes.md are."""

from __future__ import annotations

import re

from docs.kind_go import names_missing_in_go
from docs.stage import Stage
from docs.tables import Facts

facts = Facts()
facts.prose("Guards", "the block below tries each")


def _exist(stage: Stage, hooks: str, cells: list[str]) -> None:
    assert not names_missing_in_go(hooks)


facts.table("Which hook", each=_exist)


def _exist_too(stage: Stage, kind: str, cells: list[str]) -> None:
    assert not names_missing_in_go(re.sub(r"\bon(?=[A-Z])", "On", cells[0]))


facts.table("The other events", each=_exist_too)
