"""A rule that is empty by accident opens nothing, and what lint says of a rule is said where it is set."""

from __future__ import annotations

import json
from typing import Any

import pytest
from test_collections import create, import_document

import servers
from conftest import Runner

pytestmark = pytest.mark.both_ends
OWNED = [{"name": "owner", "type": "relation", "collectionId": "users"}]
LEAKY = "owner = @request.auth.id"


def rules_of(server: servers.Server, name: str) -> dict[str, Any]:
    found = next(item for item in server.collections() if item["name"] == name)
    return {key: value for key, value in found.items() if key.endswith("Rule")}


@pytest.mark.parametrize(("empty", "flag"), [("", "--public"), (" \t\n", "--public"), ("null", "--locked")])
def test_an_empty_rule_is_asked_for_by_name(pb: Runner, server: servers.Server, empty: str, flag: str) -> None:
    if not any(item["name"] == "rb_priv" for item in server.collections()):
        create(pb, {"name": "rb_priv", "fields": OWNED, "listRule": 'id = "a"'})
    before = rules_of(server, "rb_priv")
    refused = pb("pb_collections.py", "set-rule", "rb_priv", "list", empty)
    assert (refused.code, flag in refused.hint) == (2, True), refused
    assert rules_of(server, "rb_priv") == before


@pytest.mark.parametrize(
    "words",
    [
        ["list", "--filter", ""],
        ["list", "--filter", "  "],
        ["get", ""],
        ["delete", ""],
        ["export", ""],
        ["describe", ""],
        ["diagram", ""],
        ["plan", ""],
        ["import", ""],
        ["update", "users", ""],
        ["add-field", "users", ""],
        ["drop-field", "users", "", "--yes"],
        ["rename-field", "users", "name", ""],
        ["add-index", "users", ""],
        ["drop-index", "users", ""],
        ["export", "--file", ""],
    ],
    ids=" ".join,
)
def test_an_empty_argument_is_never_everything(pb: Runner, server: servers.Server, words: list[str]) -> None:
    before = server.collections()
    refused = pb("pb_collections.py", *words)
    assert (refused.code, "Unexpected" in refused.message) == (2, False), refused
    assert server.collections() == before


def test_a_rule_is_set_with_what_lint_says_of_it(pb: Runner, server: servers.Server) -> None:
    def told(result: Any) -> list[str]:
        return [text for text in result.document.get("warnings", []) if text.startswith("rb_")]

    made = pb("pb_collections.py", "create", json.dumps({"name": "rb_a", "fields": OWNED, "updateRule": LEAKY}))
    assert any("A guest passes" in warning for warning in told(made))
    set_ = pb("pb_collections.py", "set-rule", "rb_a", "delete", LEAKY)
    assert [warning.partition(":")[0] for warning in told(set_)] == ["rb_a.deleteRule"], set_
    linted = pb("pb_lint.py", "rule", "rb_a", LEAKY, "--action", "delete").data[0]
    assert told(set_)[0] == f"{linted['place']}: {linted['message']} {linted['fix']}"
    public = pb("pb_collections.py", "set-rule", "rb_a", "update", "--public", "--dry-run")
    assert any("Anyone, guests included, can change" in warning for warning in told(public))
    updated = pb("pb_collections.py", "update", "rb_a", json.dumps({"viewRule": LEAKY}))
    assert {warning.partition(":")[0] for warning in told(updated)} == {"rb_a.viewRule"}
    for verb in ("plan", "import"):
        wanted = [{"name": "rb_a", "listRule": LEAKY}, {"name": "rb_b", "fields": OWNED, "listRule": LEAKY}]
        result = pb("pb_collections.py", verb, json.dumps(wanted))
        assert {warning.partition(":")[0] for warning in told(result)} == {"rb_a.listRule, rb_b.listRule"}
    assert told(import_document(pb, [{"name": "rb_a", "listRule": LEAKY}])) == []
    assert told(pb("pb_collections.py", "add-field", "rb_a", '{"name":"t","type":"text"}')) == []


def test_the_hint_of_a_plan_is_the_command_that_applies_it(pb: Runner) -> None:
    wanted = json.dumps([{"name": "rb_planned", "fields": [{"name": "a", "type": "text"}]}])
    (pb.folder / "my schema.json").write_text(wanted, "utf-8")
    planned = pb("pb_collections.py", "plan", "--file", "my schema.json", "--no-check")
    assert (planned.code, planned.document["differs"]) == (1, True)
    before, _, after = planned.hint.partition("pb_collections.py")
    assert (before.startswith("Apply it with: python"), after.replace('"', "")) == (
        True,
        " import --file 'my schema.json' --no-check",
    )
    assert "import -, with the same input" in pb("pb_collections.py", "plan", "-", stdin=wanted.encode()).hint
    failed = pb("pb_collections.py", "plan", "--file", "none.json")
    assert (failed.code, "differs" in failed.document) == (2, False)


def test_many_leaks_are_summed_up(pb: Runner) -> None:
    wanted = [{"name": f"rb_many_{number}", "deleteRule": ""} for number in range(25)]
    said, more = pb("pb_collections.py", "plan", json.dumps(wanted)).document["warnings"]
    assert (said.count("rb_many_"), more.startswith("And 5 more")) == (20, True)
