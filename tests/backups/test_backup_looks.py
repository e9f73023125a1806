"""pb_backups.py inspect, diff, extract and salvage: of whole backups, and of what is left of damaged ones."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

import servers
from _pb.backups.scanning import scan
from conftest import Runner

SCRIPT = "pb_backups.py"
FIELDS = [
    {"name": "title", "type": "text"},
    {"name": "tags", "type": "select", "maxSelect": 2, "values": ["a", "b"]},
    {"name": "file", "type": "file", "maxSelect": 1},
]


@pytest.fixture(scope="session")
def looks(server: servers.Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A zip of a server with forty records of the collection looks, ten of which have a file, and an account."""
    made = {"name": "looks", "type": "base", "fields": FIELDS, "listRule": ""}
    assert server.request("POST", "/api/collections", made)[0] == 200
    for number in range(40):
        body = {"id": f"looks{number:010}", "title": f"t{number} " + "x" * 300, "tags": ["b", "a"]}
        assert server.request("POST", "/api/collections/looks/records", body)[0] == 200
    account = {"id": "looker000000000", "email": "looker@example.com", "password": "of-looker-1"}
    server.request("POST", "/api/collections/users/records", {**account, "passwordConfirm": "of-looker-1"})
    collection = next(item for item in server.collections() if item["name"] == "looks")["id"]
    for number in range(10):
        place = server.project / "pb_data" / "storage" / collection / f"looks{number:010}" / "f.txt"
        place.parent.mkdir(parents=True)
        place.write_text(f"file {number}" * 2000)
    server.request("POST", "/api/backups", {"name": "looks_kept.zip"})
    copy = tmp_path_factory.mktemp("looks") / "whole.zip"
    copy.write_bytes((server.project / "pb_data" / "backups" / "looks_kept.zip").read_bytes())
    return copy


def cut(path: Path, target: Path, share: float) -> Path:
    """Return a zip of which only the beginning is left."""
    whole = path.read_bytes()
    target.write_bytes(whole[: int(len(whole) * share)])
    return target


def test_inspect_says_what_is_in_it(pb: Runner, looks: Path, tmp_path: Path) -> None:
    told = pb.ok(SCRIPT, "inspect", "looks_kept.zip")
    about = next(item for item in told["collections"] if item["name"] == "looks")
    assert (about["records"], about["fields"], about["fileBytes"]) == (40, 4, 10 * 2000 * 6)
    assert told["problem"] == ""
    assert told["newest"]
    assert "0." in told["version"]
    assert told["settings"] == {}
    assert {**pb.ok(SCRIPT, "inspect", str(looks)), "source": ""} == {**told, "source": ""}
    damaged = pb(SCRIPT, "inspect", str(cut(looks, tmp_path / "cut.zip", 0.99)))
    assert damaged.code == 1
    assert damaged.data["problem"]
    assert any(item.get("records") == 40 for item in damaged.data["collections"])
    assert pb(SCRIPT, "inspect", "nope.zip").code == 1


def test_diff_names_rows_fields_rules_and_files(
    pb: Runner, server: servers.Server, looks: Path, tmp_path: Path
) -> None:
    same = pb(SCRIPT, "diff", "looks_kept.zip", str(looks))
    assert (same.code, same.data["collections"]) == (0, [])
    records = "/api/collections/looks/records"
    server.request("PATCH", f"{records}/looks0000000001", {"title": "spoilt"})
    server.request("DELETE", f"{records}/looks0000000030")
    server.request("POST", records, {"id": "looks0000000099"})
    server.request("PATCH", "/api/collections/looks", {"listRule": None})
    found = pb(SCRIPT, "diff", "looks_kept.zip")
    assert found.code == 1
    item = next(item for item in found.data["collections"] if item["collection"] == "looks")
    assert (item["added"], item["changed"], item["deleted"], item["fields"]) == (1, 1, 1, {"title": 1})
    assert item["examples"]["deleted"] == ["looks0000000030"]
    rule = {"collection": "looks", "property": "listRule", "first": "", "second": None}
    assert rule in found.data["schema"]
    damaged = pb(SCRIPT, "diff", str(cut(looks, tmp_path / "cut.zip", 0.99)), "--against", "now")
    assert damaged.code == 1
    assert "as far as it can be read" in damaged.document["warnings"][0]
    assert any(item["collection"] == "looks" for item in damaged.data["collections"])


def test_what_is_no_backup_of_pocketbase_is_said(pb: Runner, looks: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other/data.db").write_text("no database" * 500)
    commands: list[list[str]] = [["inspect", "other"], ["diff", "other", str(looks)], ["extract", "other", "looks"]]
    for words in commands:
        told = pb(SCRIPT, *words)
        assert (told.code, "not a database" in told.message) == (1, True), told.document
        assert "another backup" in told.hint
    (tmp_path / "file").write_text("")
    for words, said in (
        (["diff", str(looks), "other", "--against", "now"], "Two to compare with"),
        (["inspect", "file"], "no whole backup"),
        (["extract", str(looks), "looks", "--file", "file/rows.ndjson"], "file/rows.ndjson"),
        (["download", "looks_kept.zip", "--to", "file"], "file"),
    ):
        told = pb(SCRIPT, *words)
        assert (told.code in (1, 2), said in told.message) == (True, True), told.document
    planned = pb.ok(SCRIPT, "extract", str(looks), "looks", "--dry-run")
    assert (planned["rows"], Path(tmp_path, planned["path"]).exists()) == (40, False)


def test_extract_writes_rows_as_they_were(pb: Runner, looks: Path, tmp_path: Path) -> None:
    done = pb.ok(SCRIPT, "extract", str(looks), "looks", "--filter", "title ~ 't1' && tags:each ?= 'a'")
    rows = [json.loads(line) for line in (tmp_path / done["path"]).read_text("utf-8").splitlines()]
    assert len(rows) == done["rows"] == 11
    assert rows[0]["tags"] == ["b", "a"]
    pb.ok(SCRIPT, "extract", str(looks), "users", "--file", "users.ndjson")
    users = [json.loads(line) for line in (tmp_path / "users.ndjson").read_text("utf-8").splitlines()]
    looker = next(user for user in users if user["id"] == "looker000000000")
    assert looker["password"].startswith("$2")
    assert looker["tokenKey"]
    assert (tmp_path / "users.ndjson").stat().st_mode & 0o077 == 0
    assert pb(SCRIPT, "extract", str(looks), "look").code == 2
    assert pb(SCRIPT, "extract", str(looks), "looks", "--filter", "nope = 1").code == 2


def test_salvage_takes_out_what_is_whole(pb: Runner, looks: Path, tmp_path: Path) -> None:
    whole = pb.ok(SCRIPT, "salvage", str(looks), "--to", "whole")
    assert whole["lostCount"] == 0
    with zipfile.ZipFile(looks) as bundle:
        for name in bundle.namelist():
            if name.startswith("storage/"):
                assert (tmp_path / "whole" / name).read_bytes() == bundle.read(name)
    assert pb(SCRIPT, "diff", str(looks), "whole").data["collections"] == []
    broken = pb(SCRIPT, "salvage", str(cut(looks, tmp_path / "cut.zip", 0.97)), "--to", "some")
    assert broken.code == 1
    assert broken.document["code"] == "partly_done"
    assert broken.data["database"]["problem"] == ""
    assert 0 < broken.data["files"] < whole["files"] + 1
    early = pb(SCRIPT, "salvage", str(cut(looks, tmp_path / "early.zip", 0.02)), "--to", "less")
    assert early.code == 1
    assert early.data["database"]["problem"]
    assert pb(SCRIPT, "salvage", str(looks), "--to", "whole").code == 2


@pytest.mark.both_ends
def test_a_zip_is_not_believed(pb: Runner, looks: Path, tmp_path: Path) -> None:
    evil = tmp_path / "evil.zip"
    with zipfile.ZipFile(looks) as source, zipfile.ZipFile(evil, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("data.db", source.read("data.db"))
        for name in (
            "../out.txt",
            "/tmp/out.txt",
            "storage/a/b/../../../out",
            "storage/a/b/c:d",
            "storage/x/y/\x1b[2J",
        ):
            target.writestr(name, "evil")
    told = pb(SCRIPT, "salvage", str(evil), "--to", "safe")
    assert told.code == 1
    assert len(told.data["foreign"]) == 5
    assert not list((tmp_path / "safe").rglob("*out*"))
    assert pb(SCRIPT, "restore", str(evil), "--only", "looks", "--dry-run").code == 1
    flipped = bytearray(looks.read_bytes())
    with zipfile.ZipFile(looks) as bundle:
        entry = next(item for item in bundle.infolist() if item.filename.startswith("storage/"))
    place = entry.header_offset + 30 + len(entry.filename) + entry.compress_size // 2
    flipped[place] ^= 0xFF
    (tmp_path / "flipped.zip").write_bytes(flipped)
    damaged = pb(SCRIPT, "salvage", "flipped.zip", "--to", "rest")
    assert [item["name"] for item in damaged.data["lost"]] == [entry.filename]
    assert damaged.data["database"]["problem"] == ""


def test_content_of_any_size_is_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "cut.zip"
    for size in (1, 2**18 - 1, 2**18, 2**18 + 1, 2**19):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
            bundle.writestr("first", b"a" * size)
            bundle.writestr("second", b"b")
        path.write_bytes(path.read_bytes()[:-30])
        assert [(entry.size, entry.problem) for entry in scan(path)] == [(size, ""), (1, "")], size
