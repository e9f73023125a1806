"""The pages name only what exists, leave nothing out, and keep the numbers of the skill format."""

from __future__ import annotations

import importlib
import inspect
import json
import re

import pytest

from .pages import ROOT, Page, pages
from .surface import SCRIPTS, Mention, anchor, anchors, commands, mentions, wrong

PAGES = {page.name: page for page in pages()}
SKILL = PAGES["SKILL"]
REFERENCES = [page for page in PAGES.values() if page.path.parent.name == "references"]
QUESTIONS = ROOT / "tests" / "knowledge" / "questions.md"
NAMES = [
    *("gotchas", "api-rules-guide", "relation-patterns", "field-types", "records-api", "collections-api", "auth-api"),
    *("backups-api", "file-handling", "migrations", "jsvm-hooks", "js-sdk", "e2e-testing", "go-framework"),
    *("go-migrations", "go-hooks-routes", "deployment", "command-line", "lint"),
]
SKILL_LINES, SKILL_TOKENS, PAGE_LINES, LINES_WITHOUT_CONTENTS = 500, 3000, 600, 100
CHARACTERS_A_TOKEN = 4

by_page = pytest.mark.parametrize("page", list(PAGES.values()), ids=list(PAGES))
by_reference = pytest.mark.parametrize("page", REFERENCES, ids=[page.name for page in REFERENCES])


def without_code(text: str) -> str:
    """Return a page's prose: no fenced blocks, no inline code."""
    return re.sub(r"`[^`\n]+`", "", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE))


@by_page
def test_every_command_line_exists(page: Page) -> None:
    assert [problem for mention in mentions(page.text) if (problem := wrong(mention))] == []


def test_wrong_command_lines_are_found() -> None:
    lines = ["pb_record.py list", "pb_records.py lst posts", "pb_records.py list posts --fliter x", "pb_health.py --x"]
    for line in lines:
        (mention,) = mentions(f"`python3 scripts/{line}`")
        assert wrong(mention), line


def test_every_script_verb_and_flag_is_documented() -> None:
    text = "\n".join(page.text for page in PAGES.values())
    missing = []
    for command in commands():
        if f"{command.script}.py" not in SKILL.text:
            missing.append(command.script)
        if command.verb and not re.search(rf"(?<![\w-]){re.escape(command.verb.split()[-1])}(?![\w-])", text):
            missing.append(f"{command.script} {command.verb}")
        missing += [f"{command.script} {command.verb} {flag}" for flag in command.undocumented(text)]
    assert sorted(set(missing)) == []


def test_the_page_of_the_collections_shows_each_of_their_commands() -> None:
    text = PAGES["collections-api"].text
    shown = {mention.verb for mention in mentions(text) if mention.script == "pb_collections"}
    assert {command.verb for command in commands() if command.script == "pb_collections"} - shown == {""}
    assert [what for what in ("status", "check") if f"migrations {what} " not in text] == []


@by_page
def test_every_file_exists(page: Page) -> None:
    named = set(re.findall(r"\b(?:references|assets|scripts|tests)/[\w./-]*\w\.\w+", page.text))
    named = {name for name in named if not name.startswith("tests/") or page.name == "README"}
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


@by_page
def test_every_link_leads_somewhere(page: Page) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", without_code(page.text)):
        file, _, anchor = target.partition("#")
        if "://" in target:
            continue
        other = page.path if not file else page.path.parent / file
        if not other.exists() or (anchor and anchor not in anchors(other)):
            broken.append(target)
    assert broken == []


def test_the_named_exports_exist() -> None:
    line = next(line for line in SKILL.text.splitlines() if "from pb_common import" in line)
    module = importlib.import_module("pb_common")
    for name, parameters in re.findall(r"`(\w+)(?:\(([\w, ]+)\))?`", line):
        assert name in module.__all__, name
        if parameters:
            assert list(inspect.signature(getattr(module, name)).parameters) == parameters.split(", ")


@by_page
def test_the_imported_names_exist(page: Page) -> None:
    for script, names in re.findall(r"^from (pb_\w+) import ([\w, ]+)$", page.text, re.MULTILINE):
        module = importlib.import_module(script)
        assert [name for name in names.split(", ") if not hasattr(module, name)] == []


def test_the_skill_page_keeps_its_numbers() -> None:
    assert len(SKILL.text.splitlines()) < SKILL_LINES
    assert len(SKILL.text) / CHARACTERS_A_TOKEN <= SKILL_TOKENS
    front = dict(re.findall(r"^(\w+): *(.*)$", SKILL.text.split("---")[1], re.MULTILINE))
    assert set(front) <= {"name", "description", "license", "compatibility", "metadata", "allowed-tools"}
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", front["name"])
    assert 1 <= len(front["description"].strip('"')) <= 1024
    assert "Use when" in front["description"]
    assert not re.search("[<>]", front["description"])
    assert len(front["compatibility"]) <= 500


def test_the_version_is_the_same_everywhere() -> None:
    (version,) = re.findall(r'^  version: "(.*)"$', SKILL.text, re.MULTILINE)
    assert f'\nversion = "{version}"\n' in (ROOT / "pyproject.toml").read_text("utf-8")
    assert f"\n## {version}\n" in (ROOT / "CHANGELOG.md").read_text("utf-8").replace(" - ", "\n")


def test_there_is_a_page_for_each_topic_and_the_skill_page_opens_all() -> None:
    assert sorted(page.name for page in REFERENCES) == sorted(NAMES)
    assert [name for name in NAMES if f"references/{name}.md" not in SKILL.text] == []


@by_reference
def test_a_reference_keeps_its_numbers(page: Page) -> None:
    lines = page.text.splitlines()
    assert len(lines) < PAGE_LINES
    assert re.match("Open this", lines[2]), "the first sentence says when to open the page"
    contents = set(re.findall(r"\]\(#([^)]+)\)", page.text.partition("\n## ")[0]))
    sections = [anchor(title) for level, title in page.headings if level == 2]
    if len(lines) > LINES_WITHOUT_CONTENTS:
        assert [section for section in sections if section not in contents] == []


@by_page
def test_pocketbase_tokens_are_code(page: Page) -> None:
    prose = without_code(page.text)
    assert re.findall(r"(?<![\w/])@\w+", prose) == []
    assert re.findall(r"\b20\d\d-\d\d-\d\d\b", prose) == []


def test_each_question_names_a_section_that_exists() -> None:
    lines = [line for line in QUESTIONS.read_text("utf-8").splitlines() if re.match(r"\d+\. ", line)]
    assert len(lines) == 60
    broken = []
    for line in lines:
        targets = re.findall(r"\]\(([^)]+)\)", line)
        files = [(QUESTIONS.parent / target.partition("#")[0], target.partition("#")[2]) for target in targets]
        if not targets or not all(file.exists() and anchor in anchors(file) for file, anchor in files):
            broken.append(line)
    assert broken == []


def test_a_verb_is_read_from_its_line() -> None:
    (mention,) = mentions("python3 scripts/pb_records.py list posts --sort -created | head")
    assert mention == Mention("pb_records", "list", frozenset({"--sort"}), mention.text)
    assert "pb_records" in SCRIPTS


def test_the_plugin_is_the_skill_itself() -> None:
    manifest = json.loads((ROOT / ".claude-plugin" / "marketplace.json").read_text("utf-8"))
    (plugin,) = manifest["plugins"]
    assert re.search(r"^name: (.+)$", SKILL.text, re.MULTILINE)[1] == plugin["name"]  # type: ignore[index]
    assert (plugin["source"], plugin["skills"], plugin["strict"]) == ("./", ["./"], False)
    assert (ROOT / plugin["skills"][0] / "SKILL.md").is_file()
    assert not (ROOT / ".claude-plugin" / "plugin.json").exists()
