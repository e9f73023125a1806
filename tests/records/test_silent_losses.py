"""What a write or an export loses in silence is told: files that go, empty dates, names that nothing has."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import servers
from conftest import Runner


@pytest.fixture
def things(server: servers.Server) -> str:
    """A collection with files, a date and a number."""
    fields = [
        {"name": "f", "type": "file"},
        {"name": "fs", "type": "file", "maxSelect": 3},
        {"name": "d", "type": "date"},
        {"name": "n", "type": "number"},
        {"name": "r", "type": "text", "required": True, "max": 5},
    ]
    body = {"name": "sl_things", "type": "base", "fields": fields}
    if server.request("GET", "/api/collections/sl_things")[0] != 200:
        assert server.request("POST", "/api/collections", body)[0] == 200
    return "sl_things"


def _made(pb: Runner, things: str, tmp_path: Path) -> Any:
    (tmp_path / "a.txt").write_text("a")
    upload = f"@{tmp_path / 'a.txt'}"
    uploads = ["--upload", f"f={upload}", "--upload", f"fs={upload}", "--upload", f"fs={upload}"]
    return pb.ok("pb_records.py", "create", things, '{"r": "x"}', *uploads)


@pytest.mark.both_ends
def test_a_value_that_empties_a_file_field_says_which_files_go(pb: Runner, things: str, tmp_path: Path) -> None:
    for value in ({"a": 1}, "", None, [], [{"a": 1}]):
        record = _made(pb, things, tmp_path)
        words = ["update", things, record["id"], json.dumps({"f": value})]
        tried = pb("pb_records.py", *words, "--dry-run")
        assert any(f"{record['f']} would be deleted" in line for line in tried.document["warnings"]), value
        done = pb("pb_records.py", *words)
        assert done.data["f"] == ""
        assert any(f"{record['f']} are deleted" in line for line in done.document["warnings"]), value
    kept, gone = (record := _made(pb, things, tmp_path))["fs"]
    done = pb("pb_records.py", "update", things, record["id"], json.dumps({"fs": [kept]}))
    assert [gone in line and kept not in line for line in done.document["warnings"]] == [True]
    same = pb("pb_records.py", "update", things, record["id"], json.dumps({"fs": [kept]}))
    assert "warnings" not in same.document


@pytest.mark.both_ends
def test_the_first_moment_of_the_year_one_is_told_to_be_no_date(pb: Runner, things: str) -> None:
    done = pb("pb_records.py", "create", things, '{"r": "x", "d": "0001-01-01"}')
    assert done.data["d"] == ""
    assert "no date" in done.document["warnings"][0]
    later = pb("pb_records.py", "create", things, '{"r": "x", "d": "0001-01-02"}')
    assert "warnings" not in later.document


@pytest.mark.both_ends
def test_true_in_a_number_is_told_to_be_one(pb: Runner, things: str) -> None:
    done = pb("pb_records.py", "create", things, '{"r": "x", "n": true}')
    assert "n: true is stored as 1" in done.document["warnings"][0]


@pytest.mark.both_ends
def test_nothing_is_said_to_be_stored_where_the_server_refused(pb: Runner, things: str) -> None:
    for body in ('{"r": "x", "n": "NaN"}', '{"r": "x", "n": "-inf"}'):
        refused = pb("pb_records.py", "create", things, body)
        assert (refused.code, refused.document.get("warnings")) == (1, None), body
    refused = pb("pb_records.py", "create", things, '{"r": "far too long", "n": "x"}')
    assert refused.document["warnings"] == ['n: "x" would be stored as 0.']


@pytest.mark.both_ends
def test_an_export_warns_of_fields_and_relations_that_there_are_not(pb: Runner, things: str) -> None:
    done = pb("pb_records.py", "export", things, "--fields", "id,nosuch", "--expand", "nowhere", "--file", "x.csv")
    assert (done.code, len(done.document["warnings"])) == (0, 2)
    assert "nosuch" in done.document["warnings"][0]
    assert "nowhere" in done.document["warnings"][1]
