"""The command line: what a hint names when a word of it is wrong."""

from __future__ import annotations

import json
import shlex
import subprocess

import pytest

import servers
from conftest import Runner

pytestmark = pytest.mark.both_ends


@pytest.mark.parametrize(
    ("command", "hint"),
    [
        ("pb_records.py list posts --page-size 3", "Did you mean '--perPage'?"),
        ("pb_records.py list posts --fitler x", "Did you mean '--filter'?"),
        ("pb_records.py list posts --order-by x", "Did you mean '--sort'?"),
        ("pb_records.py delete posts --force", "Did you mean '--yes'?"),
        ("pb_records.py get posts x --filter x", "That is an option of list, update, delete, watch, export."),
        ("pb_records.py count posts --zzz", "It takes COLLECTION FILTER; its options: --bind, --as."),
        ("pb_records.py ls posts", "Did you mean 'list'?"),
        ("pb_records.py rm posts", "Did you mean 'delete'?"),
        ("pb_server.py start", "Did you mean 'up'?"),
        ("pb_server.py stop", "Did you mean 'down'?"),
        ("pb_server.py statsu", "Did you mean 'status'?"),
        ("pb_records.py export posts --format yaml", ""),
        ("pb_server.py up --port 8091", "Did you mean '--http'?"),
        ("pb_collections.py set-rule posts read x", "Did you mean 'view'?"),
        ("pb_collections.py migrations up", "Did you mean 'apply'?"),
        ("pb_collections.py migrations down", "Did you mean 'revert'?"),
        ("pb_auth.py --email a@example.com", "Did you mean '--identity'?"),
    ],
)
def test_a_hint_names_only_what_the_verb_takes(offline: Runner, command: str, hint: str) -> None:
    result = offline(*command.split())
    assert result.code == 2
    assert result.hint.partition("See: ")[0].strip() == hint
    words = command.split()
    assert result.hint.endswith("--help")
    if words[1] in ("list", "get", "export"):
        assert f"{words[0]} {words[1]} --help" in result.hint.replace('"', "")


@pytest.mark.parametrize("length", [255, 256, 700, 999, 5000])
def test_a_mistake_in_long_inline_json_is_told_shortly(offline: Runner, length: int) -> None:
    result = offline("pb_records.py", "create", "posts", '{"title": "' + "x" * length + '",}')
    assert result.code == 2
    assert "Invalid JSON in the inline JSON" in result.message
    assert len(result.message + result.hint) < 300


def test_words_for_a_body_are_told_where_they_are_taken(offline: Runner) -> None:
    hint = offline("pb_collections.py", "create", "title=x").hint
    assert """'{"title":...}'""" in hint
    assert "record" in hint


def test_a_word_too_many_is_told_with_what_the_command_takes(offline: Runner) -> None:
    refused = offline("pb_settings.py", "get", "smtp")
    assert refused.code == 2
    assert refused.hint.startswith("It takes no words; its options: --all.")
    assert offline("pb_backups.py", "delete", "a.zip", "b.zip").hint.startswith("It takes KEY; its options: ")


def test_a_word_too_few_is_told_with_an_example_that_can_be_typed(offline: Runner) -> None:
    refused = offline("pb_backups.py", "check")
    assert refused.code == 2
    assert f"{offline.scripts / 'pb_backups.py'} check " in refused.hint.partition(" - for example: ")[2].replace(
        '"', ""
    )


def test_a_path_that_is_not_there(offline: Runner) -> None:
    assert offline("pb_backups.py", "check", "nonexistent.zip").hint == "Check the path."


def test_an_option_of_another_verb_comes_with_the_command_that_takes_it(offline: Runner) -> None:
    hint = offline("pb_records.py", "count", "my posts", "--sort", "-title").hint
    assert hint.startswith("That is an option of list, first: ")
    assert hint.replace('"', "").partition(" - ")[0].endswith("pb_records.py list 'my posts' --sort -title")
    # What changes something is named, and not put into somebody's hands.
    assert "delete" not in offline("pb_records.py", "list", "posts", "--yes").hint.partition("See: ")[0].replace(
        "update, delete", ""
    )


@pytest.mark.parametrize(
    ("command", "said", "meant"),
    [
        ("pb_records.py 'my posts' list", "The verb comes first: ", ["list", "my posts"]),
        ("pb_records.py --limit 2 list posts", "The verb comes first: ", ["list", "--limit", "2", "posts"]),
        (
            "pb_records.py create posts --title='My day' --views 3",
            "A field has no dashes: ",
            ["create", "posts", "title=My day", "views=3"],
        ),
    ],
)
def test_words_in_another_order_or_dress_are_told_as_the_command_that_works(
    offline: Runner, command: str, said: str, meant: list[str]
) -> None:
    hint = offline(*shlex.split(command)).hint
    assert hint.startswith(said)
    assert shlex.split(hint[len(said) :].partition(" - See")[0])[2:] == meant


def test_what_developers_type_by_habit_is_taken(pb: Runner, server: servers.Server) -> None:
    fields = [{"name": "title", "type": "text"}]
    assert server.request("POST", "/api/collections", {"name": "habits", "fields": fields})[0] == 200
    for title in ("a", "b"):
        pb.ok("pb_records.py", "create", "habits", f"title={title}")
    assert len(pb.ok("pb_records.py", "list", "habits", "-n", "1")["items"]) == 1
    assert len(pb.ok("pb_collections.py", "list", "-n", "1")["items"]) == 1
    pb.ok("pb_records.py", "export", "habits", "my rows.csv", "--json", env={"PB_FORMAT": "plain"})
    pb.ok("pb_records.py", "delete", "habits", "--filter", "title = 'a'", "-y")
    data = pb.ok("pb_records.py", "import", "habits", "my rows.csv", "--upsert", "id")
    assert (data["created"], data["unchanged"]) == (1, 1)
    assert pb("pb_records.py", "import", "habits").hint.startswith("For example: ")
    assert pb("pb_records.py", "export", "habits", "a.csv", "--file", "b.csv").code == 2
    pb.ok("pb_collections.py", "set-rule", "habits", "listRule", "--public")
    assert pb("pb_collections.py", "add-field", "habits", "n", "number").hint.partition("for example: ")[2]


def test_a_record_that_is_named_by_its_address_is_found_by_the_command_of_the_hint(pb: Runner) -> None:
    account = {"email": "habit@example.com", "password": "secret-1234", "passwordConfirm": "secret-1234"}
    made = pb.ok("pb_records.py", "create", "users", json.dumps(account))
    hint = pb("pb_records.py", "get", "users", "habit@example.com").hint
    command = hint.partition("To find it by its email: ")[2]
    found = subprocess.run(command, shell=True, cwd=pb.folder, env=pb.env, check=True, timeout=60, capture_output=True)
    assert json.loads(found.stdout)["data"]["id"] == made["id"]
    assert "To find it" not in pb("pb_records.py", "get", "users", "nothing00000000").hint


def test_the_name_of_a_file_in_the_place_of_json_is_the_file(pb: Runner) -> None:
    (pb.folder / "my schema.json").write_text('{"name": "word_file", "fields": []}')
    planned = pb("pb_collections.py", "plan", "my schema.json")
    assert (planned.code, planned.data[0]["collection"]) == (1, "word_file")
    assert "--file 'my schema.json'" in planned.hint
    pb.ok("pb_collections.py", "import", "my schema.json")
    assert pb("pb_collections.py", "plan", "no such file.json").code == 2
    assert pb("pb_collections.py", "plan", "my schema.json", "--file", "my schema.json").code == 2


@pytest.mark.parametrize(
    "command",
    [
        "pb_records.py create users --password=hunter2 --passwordConfirm hunter2 --name Anna",
        "pb_records.py users create password=hunter2",
        'pb_records.py users create \'{"password":"hunter2"}\'',
        "pb_auth.py --ask --password hunter2 check",
    ],
)
def test_a_hint_repeats_no_password(offline: Runner, command: str) -> None:
    refused = offline(*shlex.split(command))
    assert refused.code == 2
    assert "hunter2" not in refused.hint
