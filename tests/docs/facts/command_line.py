"""What the tables of command-line.md are."""

from __future__ import annotations

import re
import subprocess

from docs.stage import Stage
from docs.tables import Facts

facts = Facts()
facts.prose("The document", "tests/test_contract.py and tests/common/test_output.py hold what the scripts print")
facts.prose("For people: tables and other formats", "tests/common/test_showing.py holds what each prints")
facts.prose("Codes", "tests/test_codes.py compares it with the sources")


def _offered(stage: Stage, flags: str, cells: list[str]) -> None:
    """Compare flags and defaults with the help of the executable."""
    command = [str(stage.project.folder / "pocketbase"), "serve", "--help"]
    offered = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for flag in flags.split(", "):
        assert re.search(rf"{flag} ", offered), flag
    if re.fullmatch(r"true|\d+", cells[0]):
        assert re.search(rf"{flags} .*\(default {cells[0]}\)", offered), offered


facts.table("PocketBase's own executable", each=_offered)
