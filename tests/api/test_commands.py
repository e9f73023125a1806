"""Every script, verb and option as data."""

from __future__ import annotations

from conftest import Runner
from docs.surface import commands


def test_all_commands_are_told_and_no_server_is_asked(offline: Runner) -> None:
    told = offline.ok("pb_api.py", "--commands")
    every = [f"{command.script}.py {command.verb}".strip() for command in commands()]
    leaves = [name for name in every if not any(other.startswith(f"{name} ") for other in every)]
    names = [item["command"] for item in told]
    assert [leaf for leaf in leaves if sum(f"{name} ".startswith(f"{leaf} ") for name in names) != 1] == []
    assert len(names) == len(leaves)
    restore = next(item for item in told if item["command"] == "pb_backups.py restore KEY")
    assert {"--set-aside-migrations", "--yes", "--dry-run"} <= set(restore["options"])


def test_one_script_is_told_with_help_and_choices(offline: Runner) -> None:
    told = {item["command"]: item for item in offline.ok("pb_api.py", "--commands", "pb_collections.py")}
    rule = told["pb_collections.py set-rule"]
    assert [word["value"] for word in rule["words"][:1]] == ["COLLECTION"]
    assert "list" in rule["words"][1]["choices"]
    assert {"names": ["--public"], "help": 'anyone, guests included ("")'} in rule["options"]
    assert all(argument["help"] for item in told.values() for argument in item["words"] + item["options"])
    wrong = offline("pb_api.py", "--commands", "pb_record")
    assert (wrong.code, wrong.hint) == (2, "Did you mean 'pb_records'?")


def test_without_it_the_route_is_still_needed(offline: Runner) -> None:
    wrong = offline("pb_api.py")
    assert wrong.code == 2
    assert "METHOD, PATH" in wrong.message


def test_each_listing_takes_fields_and_a_limit() -> None:
    lists = [command for command in commands() if command.verb.split()[-1:] == ["list"]]
    assert len(lists) >= 3
    assert [(one.script, one.verb) for one in lists if not {"--fields", "--limit"} <= one.options] == []
