"""What the tables of references/js-sdk.md are."""

from __future__ import annotations

import re

from docs.kind_sdk import PACKAGE
from docs.stage import Stage
from docs.tables import Facts
from tools import node_modules

facts = Facts()


def _exist(stage: Stage, methods: str, cells: list[str]) -> None:
    types = (node_modules(PACKAGE) / "node_modules/pocketbase/dist/pocketbase.es.d.ts").read_text("utf-8")
    missing = [name for name in re.findall(r"(\w+)\(", methods) if f"{name}(" not in types and f"{name}<" not in types]
    assert not missing, missing


facts.table("Other sign-ins", each=_exist)
