"""The formats beside JSON, and what a person at a terminal sees of a result."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import servers
from conftest import SCRIPTS, Runner
from pb_common.formats import Look
from pb_common.showing import lines_of, show
from pb_common.tables import cell, table
from pb_common.terminal import Screen, columns
from terminals import seen_on_a_terminal

pytestmark = pytest.mark.both_ends
LONG = "漢字" + " a rather long title" * 8


@pytest.fixture
def shown(pb: Runner, server: servers.Server) -> Runner:
    """A runner on a server that has a collection `shown` with two records."""
    fields = [{"name": "title", "type": "text"}, {"name": "views", "type": "number"}]
    rule = {"listRule": "", "viewRule": ""}
    if server.request("GET", "/api/collections/shown")[0] == 404:
        server.request("POST", "/api/collections", {"name": "shown", "type": "base", "fields": fields, **rule})
        for number, title in enumerate(["a\nb,\tc", LONG]):
            record = {"id": f"shown000000000{number}", "title": title, "views": 10**number}
            server.request("POST", "/api/collections/shown/records", record)
    return pb


def lines(runner: Runner, *words: str, env: dict[str, str | None] | None = None) -> list[str]:
    done = runner.raw(*words, env=env)
    assert done.returncode == 0, done
    return done.stdout.decode("utf-8").splitlines()


def test_each_format_has_the_same_rows(shown: Runner) -> None:
    words = ["pb_records.py", "list", "shown", "--fields", "title,id,views", "--sort", "id", "--format"]
    found = shown.ok(*words, "json")["items"]
    rows = [json.loads(line) for line in lines(shown, *words, "ndjson")]
    assert rows == found
    text = shown.raw(*words, "csv").stdout.decode("utf-8")
    table_ = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["title"] for row in table_] == ["a\nb,\tc", LONG]
    assert list(table_[0]) == ["title", "id", "views"]
    assert lines(shown, *words, "plain")[0] == "a\\nb,\\u0009c\tshown0000000000\t1"
    assert lines(shown, "pb_records.py", "count", "shown", "--format", "plain") == ["2"]


def test_a_table_fits_and_cuts_with_a_mark_unless_it_shall_be_full(shown: Runner) -> None:
    words = ["pb_records.py", "list", "shown", "--format", "table", "--sort", "id"]
    for width in ("20", "60"):
        found = lines(shown, *words, env={"COLUMNS": width, "PYTHONIOENCODING": "utf-8"})
        assert max(map(columns, found)) <= int(width)
        assert "…" in found[3] or "more with --full" in found[-1]
        assert found[2].startswith("shown0000000000")
    assert LONG in "\n".join(lines(shown, *words, "--full", env={"COLUMNS": "60"}))


def test_numbers_stand_to_the_right_and_wide_characters_take_two_columns() -> None:
    rows = [{"name": "漢字", "n": 1}, {"name": "e\u0301", "n": 1000}]
    assert list(table(rows, Screen(40))) == ["name     n", "----  ----", "漢字     1", "e\u0301     1000"]


def test_a_sentence_of_the_scripts_own_is_never_cut_and_stands_below_its_row() -> None:
    said = "A guest reads what belongs to others: " + "nothing in the rule asks who is there, " * 3
    rows = [
        {"file": "collections.json", "line": 17, "message": said, "proof": [{"request": "GET " * 9}], "fix": "a" * 30}
    ]
    found = list(table(rows, Screen(60), whole=True))
    assert found[2] == "collections.json    17"
    assert " ".join(line.strip() for line in found[3:-2]) == said.strip()
    assert found[-2:] == ["  fix: " + "a" * 30, "(1 more with --full: proof)"]
    assert max(map(columns, found)) <= 60


def test_what_does_not_fit_is_left_out_from_the_least_telling_on() -> None:
    ids = {"id": "0123456789abcde", "author": "abcde0123456789", "category": "abcde0123456780"}
    rows = [{**ids, "title": "A title", "status": "draft", "created": "2026-11-30 22:33:06.694Z"}]
    found = list(table(rows, Screen(60)))
    # What a record is called comes right behind its id.
    assert found[0].split() == ["id", "title", "author", "status"], found
    assert found[2] == "0123456789abcde  A title  abcde0123456789  draft"


def test_fields_named_by_dots_are_columns_of_their_own() -> None:
    data = {"items": [{"id": "a", "expand": {"author": {"email": "u1@example.com"}}}]}
    look = Look("table", first=("id", "expand.author.email"))
    assert list(lines_of(data, look, Screen(60)))[2] == "a   u1@example.com"


def test_what_is_expanded_stands_in_columns_of_its_own() -> None:
    ann = {"id": "b", "collectionId": "x", "name": "Ann", "expand": {"team": {"id": "c", "name": "Red"}}}
    data = {
        "items": [{"id": "a", "expand": {"author": ann, "editors": [ann, {"id": "d", "name": "Bob"}]}}, {"id": "e"}]
    }
    lines = list(lines_of(data, Look("table"), Screen(120)))
    assert lines[0].split() == [
        "id",
        "expand.author.name",
        "expand.author.expand.team.name",
        "expand.editors.name",
        "expand.editors.expand.team.name",
    ]
    assert lines[2].split() == ["a", "Ann", "Red", "Ann,", "Bob", "Red"]
    assert lines[3].split() == ["e"]


def test_a_hint_names_the_script_as_it_is_called_here(offline: Runner) -> None:
    refused = offline("pb_records.py", "list", "posts", env={"PB_ENV": "trial:nosuch"})
    assert f"{offline.scripts / 'pb_server.py'} trial nosuch" in refused.hint.replace('"', "")


def test_the_environment_sets_the_format_and_an_option_goes_before_it(shown: Runner) -> None:
    words = ["pb_records.py", "list", "shown", "--fields", "id", "--sort", "id"]
    assert lines(shown, *words, env={"PB_FORMAT": "plain"}) == ["shown0000000000", "shown0000000001"]
    assert shown.ok(*words, "--format", "json", env={"PB_FORMAT": "plain"})["items"]
    wrong = shown(*words, env={"PB_FORMAT": "yaml"})
    assert (wrong.code, wrong.document["code"]) == (2, "wrong_settings")


def test_a_failure_is_text_on_stderr_and_keeps_its_exit_code(shown: Runner) -> None:
    done = shown.raw("pb_records.py", "list", "shown", "--sort", "nosuch", "--format", "table")
    assert (done.returncode, done.stdout) == (1, b"")
    said = done.stderr.decode("utf-8")
    assert said.startswith("error: ")
    assert "hint: shown has no field 'nosuch'" in said


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pty")
def test_a_person_sees_a_table_in_colour_and_a_program_json(shown: Runner) -> None:
    words = ["pb_records.py", "list", "shown", "--sort", "id"]
    text = seen_on_a_terminal(shown, 60, *words)
    assert "\x1b[" in text
    assert max(columns(line) for line in text.splitlines() if "\x1b" not in line) <= 60
    assert "\x1b[" not in seen_on_a_terminal(shown, 20, *words, env={"NO_COLOR": "1"})
    assert "hint: shown has" in seen_on_a_terminal(shown, 60, *words, "--sort", "nosuch", env={"NO_COLOR": "1"})
    assert shown.ok(*words)["totalItems"] == 2


def test_without_a_locale_or_a_reader_nothing_breaks(shown: Runner) -> None:
    words = ["pb_records.py", "list", "shown", "--format", "table"]
    bare = {"LC_ALL": "C", "LANG": None, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = shown.raw(*words, env=bare)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "漢字" in done.stdout.decode("utf-8")


MANY = """
import sys
from pb_common.formats import Look
from pb_common.showing import show
rows = [{"id": str(n), "title": "漢字 " * 9, "n": n} for n in range(100_000)]
show({"data": {"items": rows}}, Look("table"), failed=False, streamed=False)
"""


def test_a_hundred_thousand_rows_and_a_pipe_that_closes(tmp_path: Path) -> None:
    env = {**os.environ, "PYTHONPATH": str(SCRIPTS)}
    command = [sys.executable, "-c", MANY]
    done = subprocess.run(command, capture_output=True, env=env, timeout=120)
    assert done.stdout.count(b"\n") == 100_002
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env) as process:
        assert process.stdout
        process.stdout.readline()
        process.stdout.close()
        process.wait(60)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pty")
def test_what_takes_a_while_says_so_and_ends_with_what_was_done(shown: Runner) -> None:
    script = shown.folder / "pb_slow.py"
    script.write_text(SLOW, "utf-8")
    shown.scripts = shown.folder
    shown.env["PYTHONPATH"] = str(SCRIPTS)
    seen = seen_on_a_terminal(shown, 80, "pb_slow.py")
    assert "\r\x1b[Kthe server works: 2 s" in seen
    assert seen.replace("\x1b[1m", "").replace("\x1b[0m", "").endswith("rows: 3\nslow: 3 rows, in 3 s.\n")
    assert seen_on_a_terminal(shown, 80, "pb_slow.py", "--quiet") == "\x1b[1mrows:\x1b[0m 3\n"


SLOW = """
import sys, time
from pb_common import Parser, run
from pb_common.status_line import doing
sys.modules["pb_slow"] = sys.modules["__main__"]
def work(client, args):
    doing("the server works")
    time.sleep(2.7)
    return {"rows": 3}
parser = Parser(prog="slow")
parser.set_defaults(verb="pb_slow:work", command_name="slow")
sys.exit(run(parser))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pty")
def test_the_summary_beside_a_stream_into_a_file_is_text_for_who_sits_at_the_terminal(shown: Runner) -> None:
    script = f"import subprocess, sys\nwords = [sys.executable, {str(SCRIPTS / 'pb_records.py')!r}, *sys.argv[1:]]\n"
    (shown.folder / "pb_into_a_file.py").write_text(f"{script}subprocess.run(words, stdout=open('rows', 'w'))", "utf-8")
    shown.scripts = shown.folder
    words = ["export", "shown", "--file", "-"]
    seen = seen_on_a_terminal(shown, 80, "pb_into_a_file.py", *words, env={"NO_COLOR": "1"})
    assert "exported: 2\n" in seen
    seen = seen_on_a_terminal(shown, 80, "pb_into_a_file.py", *words, env={"PB_FORMAT": "json"})
    assert '"exported":2' in seen


def test_a_name_that_a_verb_merely_imports_is_not_how_its_data_reads(tmp_path: Path) -> None:
    code = "import sys; from pb_common.showing import _own; print(_own('_pb.access.matrix:access_matrix', 'as_text'))"
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(SCRIPTS)}, capture_output=True, text=True, cwd=tmp_path
    )
    assert done.stdout.strip() == "None", done.stderr


SHAPES = [
    ({"a": 1}, "csv", ["a", "1"]),
    (["x", "y"], "csv", ["value", "x", "y"]),
    ([], "csv", []),
    ({"items": [{"a": None, "b": [1, {"c": "ü"}]}]}, "csv", ["a,b", ',"[1,{""c"":""ü""}]"']),
    ({"found": [{"a": 1}, {"a": 2}]}, "csv", ["a", "1", "2"]),
    ({"a": 1, "b": {"c": 2}}, "ndjson", ['{"a":1,"b":{"c":2}}']),
    (["x", 1], "plain", ["x", "1"]),
    ({"text": "one\ntwo"}, "plain", ["one", "two"]),
    ({"a": 1, "b": {"c": [1, 2]}}, "plain", ["a: 1", "b:", "  c: 1, 2"]),
    ([{"action": "create", "collection": "x", "type": "base", "fields": []}], "plain", None),
    ([], "table", ["(none)"]),
    ({"items": []}, "table", ["(none)"]),
    (["x", "y"], "table", ["x", "y"]),
    ({"a": "one\ntwo"}, "table", ["a:", "  one", "  two"]),
    ({"a": [], "b": None, "c": {}}, "table", ["a: (none)", "b:", "c: (none)"]),
    ({"items": [{"id": "x"}], "page": 2, "totalPages": 3, "totalItems": 5, "more": "y"}, "table", None),
]


@pytest.mark.parametrize(("data", "format", "shown"), SHAPES)
def test_data_of_any_shape_reads_well(data: object, format: str, shown: list[str] | None) -> None:
    found = list(lines_of(data, Look(format), Screen(60)))
    if shown is not None:
        assert found == shown
    elif format == "table":
        assert found == ["id", "--", "x", "(page 2 of 3, 5 in all)", "more: y"]
    else:
        assert "x" in found[0]
        assert "{" not in "".join(found)


def test_a_table_that_does_not_fit_names_what_it_leaves_out() -> None:
    rows = [{name * 3: f"{name}" * 12 for name in "abcdef"} for _ in range(2)]
    found = list(table(rows, Screen(30)))
    assert max(map(columns, found)) <= 30
    assert found[-1].startswith("(4 more with --full: ccc, ")
    assert "fff" in next(table(rows, Screen(30, full=True)))


def test_a_failure_shows_the_fields_that_the_server_names(capsys: pytest.CaptureFixture[str]) -> None:
    fields = {"title": {"code": "validation_required", "message": "Cannot be blank."}, "n": "odd\x1b[2J"}
    data = {"message": "Failed.", "status": 400, "data": fields, "unknown": ["x"]}
    document = {"success": False, "data": data, "hint": "Go on.", "warnings": ["Look."]}
    show(document, Look("table"), failed=True, streamed=False)
    seen = capsys.readouterr()
    assert seen.out == ""
    assert "error: Failed.\n  title: Cannot be blank.\n  n: odd\\u001b[2J\n" in seen.err
    assert seen.err.endswith("  unknown: x\nwarning: Look.\nhint: Go on.\n")
    show({"data": {"events": 2}}, Look("table"), failed=False, streamed=True)
    assert capsys.readouterr() == ("", "events: 2\n")


def test_collections_as_a_table_show_rules_and_the_names_of_fields(pb: Runner) -> None:
    words = ["pb_collections.py", "list", "--filter", "name = 'users'", "--format", "csv"]
    (row,) = csv.DictReader(io.StringIO(pb.raw(*words).stdout.decode("utf-8")))
    assert (row["name"], row["type"], row["createRule"]) == ("users", "auth", '""')
    assert '"email"' in row["fields"]
    assert "emailTemplate" not in str(row)
    empty = pb("pb_collections.py", "list", "--filter", " ")
    assert (empty.code, empty.document["code"]) == (2, "invalid_expression")


def test_an_object_of_lists_is_told_in_words() -> None:
    assert cell({"added": ["a", "b"], "deleted": ["c"]}) == "added: a, b; deleted: c"
    assert cell({"lat": 1, "lon": 2}) == "lat: 1, lon: 2"
    assert cell({"deep": [{"a": 1}]}) == '{"deep":[{"a":1}]}'
