"""Each code that lint gives in hooks, migrations and Go has its place on a page."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_MADE_BY = ("Mistake", "GoMistake", "_Gone")


def test_each_code_has_a_section_or_a_row() -> None:
    sections = (ROOT / "references" / "lint.md").read_text("utf-8")
    go = (ROOT / "references" / "go-migrations.md").read_text("utf-8")
    known = set(re.findall(r"^### (\S+)$", sections, re.MULTILINE))
    rows = {code for row in re.findall(r"^\| (`.+?) \|", go, re.MULTILINE) for code in re.findall(r"`(.+?)`", row)}
    missing = {f"{file}: {code}" for file, code in _codes() if code not in (rows if file.startswith("go") else known)}
    assert missing == set()


def _codes() -> set[tuple[str, str]]:
    """Return the codes that the modules of lint give their findings, with the module."""
    found = set()
    for path in (ROOT / "scripts" / "_pb" / "lint").glob("*.py"):
        calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
        made = [node for node in calls if isinstance(node.func, ast.Name) and node.func.id in _MADE_BY and node.args]
        for value in (inner for node in made for inner in ast.walk(node.args[0])):
            if isinstance(value, ast.Constant) and re.fullmatch(r"[a-z0-9-]+", str(value.value)):
                found.add((path.name, str(value.value)))
    return found
