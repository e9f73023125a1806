"""Each code that lint gives in hooks, migrations and Go has its place on a page."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_MADE_BY = ("Mistake", "GoMistake", "_Gone")


# What shows only in a folder, beside other files, or on a server.
_OF_FOLDERS = frozenset(
    "silence-reason silence-unused not-loaded not-read not-utf8 name-order not-applied unknown-collection no-module"  # noqa: SIM905
    " declared-twice route-overlap route-twice json-bytes".split()
)


def _sections(page: str) -> dict[str, str]:
    """Return the text below each heading of the third order of a page."""
    text = (ROOT / "references" / page).read_text("utf-8")
    parts = re.split(r"^### (\S+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2]))


def test_each_code_has_a_section_or_a_row() -> None:
    go = (ROOT / "references" / "go-migrations.md").read_text("utf-8")
    rows = {code for row in re.findall(r"^\| (`.+?) \|", go, re.MULTILINE) for code in re.findall(r"`(.+?)`", row)}
    known, of_go = set(_sections("lint.md")), rows | set(_sections("go-migrations.md"))
    missing = {f"{file}: {code}" for file, code in _codes() if code not in (of_go if file.startswith("go") else known)}
    assert missing == set()


@pytest.mark.parametrize(("page", "language"), [("lint.md", "js"), ("go-migrations.md", "go")])
def test_each_section_shows_what_is_wrong_and_what_is_right(page: str, language: str) -> None:
    codes = {code for _, code in _codes()}
    sections = {code: text for code, text in _sections(page).items() if code in codes and code not in _OF_FOLDERS}
    assert len(sections) > 15
    for code, text in sections.items():
        assert f"```{language} lint wrong={code}" in text, code
        assert f"```{language} lint right" in text, code


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
