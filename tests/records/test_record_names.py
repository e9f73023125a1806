"""pb_records.py: what a server names never becomes a path that leads out of the folder that was given."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

import broken_servers
import servers
from conftest import Runner
from pb_common import PBError
from pb_common.paths import local_name

HOSTILE = [
    *("../pb_hooks", "..", ".", "/etc/cron.d/x", "a/b", "..\\pb_hooks", "C:\\x", ".env", "a\nb", "a\0b", "", "x" * 300),
    *("a\x1b]0;x\x07", "\udc80"),
]


@pytest.mark.parametrize("name", [*HOSTILE, None, 5, ["a"]])
def test_a_name_that_leads_elsewhere_is_none(name: Any) -> None:
    with pytest.raises(PBError, match="cannot be the name of a file"):
        local_name(name, "a file", windows=False)


@pytest.mark.parametrize(
    "name", ["C:x", "con", "NUL.txt", "a.", "a ", "a|b", "a:stream", "what?", "com²", "CONIN$", "nul .txt"]
)
def test_windows_reads_more_names_otherwise(name: str) -> None:
    assert local_name(name, "a file", windows=False) == name
    with pytest.raises(PBError):
        local_name(name, "a file", windows=True)


@pytest.mark.parametrize("name", ["a.png", "note_1a2b3c4d5e.txt", "ä 🙂.pdf", "a..b", "-x", "console.log"])
def test_a_usual_name_is_taken_as_it_is(name: str) -> None:
    assert local_name(name, "a file", windows=True) == name


def _files_outside(folder: Path, inside: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file() and inside not in path.parents}


def test_no_view_lets_a_guest_write_beside_the_folder_of_an_export(
    own_pb: Runner, own_server: servers.Server, tmp_path: Path
) -> None:
    fields = [
        {"name": "slug", "type": "text"},
        {"name": "doc", "type": "file", "maxSelect": 1},
    ]
    rules = {"createRule": "", "listRule": "", "viewRule": ""}
    made = {"name": "docs", "type": "base", "fields": fields, **rules}
    assert own_server.request("POST", "/api/collections", made)[0] == 200
    (tmp_path / "evil.pb.js").write_text("// a hook", "utf-8")
    own_pb.ok("pb_records.py", "create", "docs", '{"slug":"../pb_hooks"}', "--upload", "doc=@evil.pb.js")
    view = {"name": "by_slug", "type": "view", "viewQuery": "SELECT slug AS id, doc FROM docs", "listRule": ""}
    assert own_server.request("POST", "/api/collections", view)[0] == 200
    before = _files_outside(tmp_path, tmp_path / "out")
    result = own_pb("pb_records.py", "export", "by_slug", "--file", "rows.ndjson", "--with-files", "out")
    assert result.code == 1
    assert "'../pb_hooks'" in result.message
    new = _files_outside(tmp_path, tmp_path / "out") - before
    assert {path for path in new if tmp_path / "home" not in path.parents} == set()


def test_an_export_writes_only_into_folders_that_an_export_made(
    own_pb: Runner, own_server: servers.Server, tmp_path: Path
) -> None:
    fields = [{"name": "doc", "type": "file", "maxSelect": 1}]
    assert own_server.request("POST", "/api/collections", {"name": "docs", "type": "base", "fields": fields})[0] == 200
    (tmp_path / "evil.pb.js").write_text("// a hook", "utf-8")
    own_pb.ok("pb_records.py", "create", "docs", "{}", "--upload", "doc=@evil.pb.js")
    query = "SELECT 'pb_hooks' AS id, doc FROM docs"
    assert (
        own_server.request("POST", "/api/collections", {"name": "named", "type": "view", "viewQuery": query})[0] == 200
    )
    (tmp_path / "pb_hooks").mkdir()
    export = ["pb_records.py", "export", "named", "--file", "rows.ndjson", "--with-files"]
    refused = own_pb(*export, ".")
    assert (refused.code, "holds other things" in refused.message, "empty" in refused.hint) == (4, True, True)
    assert not list((tmp_path / "pb_hooks").iterdir())
    assert not (tmp_path / "rows.ndjson").exists()

    for _ in range(2):  # an earlier export's folder is taken again
        assert own_pb.ok(*export, "out/files")["files"] == 1
    assert (tmp_path / "out" / "files" / "pb_hooks" / "evil.pb.js").is_file()

    # Not even there is a folder taken that something else has put in: another collection's of the same id, or a link.
    other = own_pb("pb_records.py", "export", "docs", "--file", "rows.ndjson", "--with-files", "out/files")
    assert other.code == 0
    shutil.rmtree(tmp_path / "out" / "files" / "pb_hooks")
    (tmp_path / "out" / "files" / "pb_hooks").symlink_to(tmp_path / "pb_hooks")
    refused = own_pb(*export, "out/files")
    assert (refused.code, "pb_hooks" in refused.message) == (4, True)
    assert not list((tmp_path / "pb_hooks").iterdir())


def test_a_download_takes_no_folder_for_a_file(own_pb: Runner, own_server: servers.Server, tmp_path: Path) -> None:
    fields = [{"name": "doc", "type": "file", "maxSelect": 1}]
    assert own_server.request("POST", "/api/collections", {"name": "docs", "type": "base", "fields": fields})[0] == 200
    (tmp_path / "a.txt").write_text("a" * 4096, "utf-8")
    record = own_pb.ok("pb_records.py", "create", "docs", "{}", "--upload", "doc=@a.txt")
    (tmp_path / "out" / record["doc"]).mkdir(parents=True)
    refused = own_pb("pb_records.py", "download", "docs", record["id"], "--to", "out")
    assert (refused.code, "is no file" in refused.message) == (4, True)
    assert [path.name for path in (tmp_path / "out").iterdir()] == [record["doc"]]


@pytest.mark.parametrize("verb", ["download", "export"])
@pytest.mark.parametrize("where", ["id", "file"])
@pytest.mark.parametrize("name", ["../pb_hooks", "..\\x", ".env", "a\nb"])
def test_what_a_hostile_server_names_is_written_nowhere(offline: Runner, verb: str, where: str, name: str) -> None:
    fields = [{"name": "id", "type": "text"}, {"name": "doc", "type": "file", "maxSelect": 1}]
    collection = {"id": "pbc_1", "name": "docs", "type": "base", "system": False, "fields": fields, "indexes": []}
    record = {"id": "r" * 15, "collectionId": "pbc_1", "collectionName": "docs", "doc": "doc_1234567890.txt"}
    record[{"id": "id", "file": "doc"}[where]] = name
    page = {"page": 1, "perPage": 1000, "totalItems": 1, "totalPages": 1, "items": [record]}
    answers: dict[str, object] = {
        "/files/": b"content",
        "/records/": record,
        "/records": page,
        "/api/collections?": {"items": [collection]},
        "/api/collections/docs": collection,
        "/api/collections/pbc_1": collection,
    }
    with broken_servers.running(broken_servers.saying(answers)) as server:
        words = {
            "download": ["docs", "r" * 15, "--to", "out"],
            "export": ["docs", "--with-files", "out", "--file", "rows.ndjson"],
        }[verb]
        result = offline("pb_records.py", verb, *words, env={"PB_URL": server.url})
    written = _files_outside(offline.folder, offline.folder / "out")
    assert {path.name for path in written if offline.home not in path.parents} == set()
    if verb == "export" or where == "file":
        assert result.code == 1
        assert "The server names" in result.message
