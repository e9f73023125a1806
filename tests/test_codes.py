"""Every failure has a code: those of the sources are those of the page, and each is given somewhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import get_args

import pytest

from conftest import SCRIPTS, Runner
from pb_common import PBConnectionError, PBError, PBRefused, PBRequestError, PBUsageError
from pb_common.errors import Code

CODES = set(get_args(Code))
PAGE = (SCRIPTS.parent / "references" / "command-line.md").read_text("utf-8")
CLASSES = (PBError, PBUsageError, PBConnectionError, PBRefused)


def named() -> Iterator[str]:
    """Yield each code that the sources name, but for the list of codes itself."""
    for path in SCRIPTS.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        lists = [
            node for node in ast.walk(tree) if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "Literal"
        ]
        listed = {id(inner) for node in lists for inner in ast.walk(node)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and id(node) not in listed and node.value in CODES:
                yield str(node.value)


def test_the_page_lists_the_codes_and_each_is_given_somewhere() -> None:
    rows = re.findall(r"^\| (`[a-z_]+`(?:, `[a-z_]+`)*) \| [\d, ]+ \|", PAGE.partition("\n## Codes")[2], re.MULTILINE)
    assert sorted(code for row in rows for code in re.findall(r"`(\w+)`", row)) == sorted(CODES)
    assert CODES - set(named()) == set()


def test_no_raise_gives_a_code_that_is_not_listed() -> None:
    """A class has one for what is raised without; PBRequestError has that of the status, whatever it is."""
    assert {kind("x").code for kind in CLASSES} <= CODES
    assert {PBRequestError(status, None).code for status in range(400, 600)} <= CODES
    calls = [
        (path.name, node.lineno, ast.literal_eval(keyword.value))
        for path in SCRIPTS.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and re.fullmatch(r"PB\w+|Outcome|envelope", ast.unparse(node.func))
        for keyword in node.keywords
        if keyword.arg == "code" and isinstance(keyword.value, ast.Constant)
    ]
    assert len(calls) > 100
    assert [call for call in calls if call[2] not in CODES] == []


def test_what_went_wrong_is_told_by_a_code(pb: Runner) -> None:
    made = '{"name":"codes","fields":[{"name":"title","type":"text","required":true}]}'
    pb.ok("pb_collections.py", "create", made)
    lines = {
        "wrong_command_line": ("pb_records.py", "lst"),
        "invalid_json": ("pb_records.py", "create", "codes", "{"),
        "unknown_collection": ("pb_records.py", "list", "codex"),
        "unknown_field": ("pb_records.py", "list", "codes", "--sort", "nosuch"),
        "unknown_record": ("pb_records.py", "get", "codes", "nosuch"),
        "validation_failed": ("pb_records.py", "create", "codes", "{}"),
        "not_found": ("pb_api.py", "GET", "/api/nosuch"),
        "would_destroy": ("pb_records.py", "delete", "codes", "--filter", "id != ''"),
        "differs": ("pb_collections.py", "plan", '[{"name":"codes","listRule":""}]'),
        "findings": ("pb_lint.py", "rule", "codes", "nosuch = 1"),
    }
    pb.ok("pb_records.py", "create", "codes", '{"title":"a"}')
    assert {code: pb(*line).document["code"] for code, line in lines.items()} == {code: code for code in lines}
    refused = pb("pb_records.py", "create", "codes", "{}")
    assert refused.data["data"]["title"]["code"] == "validation_required"
    away = pb("pb_records.py", "list", "codes", env={"PB_URL": "http://127.0.0.1:9"})
    assert (away.code, away.document["code"]) == (3, "unreachable")


@pytest.mark.both_ends
def test_what_a_server_is_too_old_for_ends_alike(pb: Runner, version: str) -> None:
    if tuple(map(int, version.split("."))) >= (0, 37, 0):
        pytest.skip("it has all of that")
    (pb.folder / "pb_migrations").mkdir()
    for words in (
        ("pb_sql.py", "SELECT 1"),
        ("pb_collections.py", "oauth2-providers"),
        ("pb_collections.py", "migrations", "status"),
        ("pb_logs.py", "delete"),
        ("pb_auth.py", "superusers", "addresses"),
    ):
        result = pb(*words)
        assert (result.code, result.document["code"]) == (1, "unsupported"), words
    assert pb("pb_health.py", "--doctor").document["status"] == 200, "not that of what it could not look at"
