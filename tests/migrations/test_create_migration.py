"""pb_create_migration.py: files that PocketBase really loads, in an order that holds."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

import servers
from _pb.migrations.names import next_path
from conftest import Runner


def test_the_template_is_loaded_by_the_server(offline: Runner, version: str) -> None:
    made = offline("pb_create_migration.py", "seed the news category")
    assert made.unquoted.endswith("pb_server.py restart")
    path = made.data["file"]
    text = (offline.folder / path).read_text("utf-8")
    assert "// seed the news category" in text
    body = """
    const notes = new Collection({type: "base", name: "notes", fields: [{type: "text", name: "text"}]});
    app.save(notes);
    const record = new Record(notes);
    record.set("text", "seeded");
    app.save(record);
    """
    (offline.folder / path).write_text(text.replace("migrate((app) => {", "migrate((app) => {" + body), "utf-8")
    with servers.Server(version, offline.folder) as server:
        records = server.request("GET", "/api/collections/notes/records")[1]["items"]
    assert [record["text"] for record in records] == ["seeded"]


def test_files_sort_after_those_that_are_there(offline: Runner) -> None:
    names = [Path(offline.ok("pb_create_migration.py", name)["file"]).name for name in ("zebra", "apple", "zebra")]
    assert names == sorted(names)
    assert len(set(names)) == 3


@pytest.mark.parametrize(
    ("there", "stamp", "expected"),
    [
        ((), 1_700_000_000, "1700000000_a.js"),
        (("2000000000_created_x.js",), 1_700_000_000, "2000000001_a.js"),
        (("1700000000_updated_x.js",), 1_700_000_000_123, "1700000001000_a.js"),
        (("1700000000123_b.js",), 1_700_000_000_123, "1700000000124_a.js"),
        (("1700000000123_b.js",), 1_700_000_000, "1700000000_a.js"),
        (("2_init.js", "1700000000_b.js"), 1_700_000_000_123, "3000000000000_a.js"),
        (("9_init.js",), 1_700_000_000, "z_1700000000_a.js"),
        (("init_things.js",), 1_700_000_000, "z_1700000000_a.js"),
        (("z_1700000000_b.js",), 1_700_000_001, "z_1700000001_a.js"),
        (("zebra.js",), 1_700_000_000, "zz_1700000000_a.js"),
    ],
)
def test_a_new_file_sorts_last_with_the_next_time_that_allows_it(
    tmp_path: Path, there: tuple[str, ...], stamp: int, expected: str
) -> None:
    for name in (*there, "notes.txt"):
        (tmp_path / name).touch()
    path = next_path(tmp_path, "a.js", stamp)
    assert path.name == expected == max([*there, path.name])


def test_go_mode_by_go_mod(offline: Runner) -> None:
    (offline.folder / "go.mod").write_text("module app\n\nrequire github.com/pocketbase/pocketbase v0.30.0\n", "utf-8")
    done = offline.ok("pb_create_migration.py", "Backfill slugs")
    assert done["mode"] == "go"
    assert Path(done["file"]).parts[0] == "migrations"
    assert done["file"].endswith("_backfill_slugs.go")
    assert "func init() {" in (offline.folder / done["file"]).read_text("utf-8")


def test_a_dry_run_writes_nothing(offline: Runner) -> None:
    assert offline.ok("pb_create_migration.py", "x", "--dry-run")["dryRun"] is True
    assert not (offline.folder / "pb_migrations").exists()


@pytest.mark.parametrize("description", ["", "  ", "!?", "日本語"])
def test_a_description_without_a_name_in_it(offline: Runner, description: str) -> None:
    result = offline("pb_create_migration.py", description)
    assert result.code == 2
    assert repr(description) in result.message


def test_a_folder_that_cannot_be_made(offline: Runner) -> None:
    (offline.folder / "file").touch()
    result = offline("pb_create_migration.py", "x", "--dir", "file/inside")
    assert result.code == 2
    assert "file" in result.message


def test_stamps_are_seconds_of_now(offline: Runner) -> None:
    name = Path(offline.ok("pb_create_migration.py", "now")["file"]).name
    assert abs(int(name.split("_")[0]) - time.time()) < 60


def test_a_folder_that_is_a_dangling_link(offline: Runner) -> None:
    (offline.folder / "pb_migrations").symlink_to("nowhere")
    result = offline("pb_create_migration.py", "x")
    assert result.code == 2
    assert "'pb_migrations'" in result.message
