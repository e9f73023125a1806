"""What the tables of references/go-framework.md are."""

from __future__ import annotations

from docs.kind_go import names_missing_in_go
from docs.stage import Stage
from docs.tables import Facts

facts = Facts()
facts.prose("A project", "what belongs where")
facts.prose("Plugins", "the program above and the block below use them")


def _is_renamed(stage: Stage, before: str, cells: list[str]) -> None:
    assert not names_missing_in_go(cells[0]), f"PocketBase has no {names_missing_in_go(cells[0])}"


facts.table("Old code", each=_is_renamed)
