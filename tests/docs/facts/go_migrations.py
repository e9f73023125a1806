"""What the tables of references/go-migrations.md are."""

from __future__ import annotations

from docs.kind_go import linked
from docs.stage import Stage
from docs.tables import Facts

facts = Facts()
facts.prose("Change a collection", "the block above does most of it")
facts.prose("What lint finds in Go", "kinds of findings, each of which a test of lint has")


def _is_command(stage: Stage, command: str, cells: list[str]) -> None:
    word = command.split()[1]
    assert f"- {word} " in stage.project.run([str(linked()), "migrate", "--help"]).stdout


facts.table("Commands", each=_is_command)
