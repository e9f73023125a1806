"""Outputs take the place of earlier outputs only: neither of what a server runs from nor of files of another kind."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

import servers
from conftest import Runner

pytestmark = pytest.mark.both_ends


@pytest.mark.parametrize(
    "name",
    [
        *("pb_data/data.db", "pb_data/storage/new.csv", "pb_hooks/new.csv", "pb_migrations/new.csv", ".env"),
        *(".env.production", "link.csv", "data/data.db", ".git/config"),
    ],
)
def test_nothing_is_written_into_what_a_server_runs_from(pb: Runner, tmp_path: Path, name: str) -> None:
    for folder in ("pb_data/storage", "pb_hooks", "pb_migrations", "data", ".git"):
        (tmp_path / folder).mkdir(parents=True)
    for file in ("pb_data/data.db", "data/data.db", "data/auxiliary.db", ".git/config"):
        (tmp_path / file).write_bytes(b"id,kept\n")
    (tmp_path / "link.csv").symlink_to(tmp_path / "pb_data/data.db")
    before = (tmp_path / name).read_bytes() if (tmp_path / name).exists() else None
    for command in (
        ("pb_records.py", "export", "users", "--file", str(tmp_path / name), "--format", "csv"),
        ("pb_collections.py", "export", "--file", str(tmp_path / name)),
        ("pb_api.py", "GET", "/api/health", "--output", str(tmp_path / name)),
    ):
        run = pb(*command)
        assert run.code == 4, run.document
        assert "nothing was written" in run.data["message"]
        assert ((tmp_path / name).read_bytes() if (tmp_path / name).exists() else None) == before


OTHERS = {
    "a database": b"SQLite format 3\0....",
    "an archive": b"PK\x03\x04....",
    "a program": b"package main\n\nfunc main() {}\n",
    "a page": b"# Notes\n\nid,name\n",
    "a manifest": b'{\n  "name": "shop"\n}\n',
    "a key": b"-----BEGIN " + b"PRIVATE KEY-----\n",
}


@pytest.mark.parametrize("content", OTHERS.values(), ids=OTHERS)
def test_an_export_leaves_a_file_of_another_kind_alone(pb: Runner, tmp_path: Path, content: bytes) -> None:
    for name in ("rows.csv", "rows.tsv", "rows.json", "rows.ndjson", "rows.ndjson.gz"):
        (tmp_path / name).write_bytes(content)
        run = pb("pb_records.py", "export", "users", "--file", str(tmp_path / name))
        assert run.code == 4, run.document
        assert "it was not overwritten" in run.data["message"]
        assert (tmp_path / name).read_bytes() == content
    run = pb("pb_collections.py", "export", "--file", str(tmp_path / "rows.csv"))
    assert run.code == 4
    assert (tmp_path / "rows.csv").read_bytes() == content


def test_an_export_takes_the_place_of_an_earlier_one_also_of_an_empty_one(
    pb: Runner, server: servers.Server, tmp_path: Path
) -> None:
    names = ("rows.csv", "rows.tsv", "rows.json", "rows.ndjson", "rows.ndjson.gz")
    rows: tuple[list[dict[str, str]], ...] = (
        [],
        [{"email": "again@example.com", "password": "12345678", "passwordConfirm": "12345678"}],
    )
    for new in rows:
        for row in new:
            assert server.request("POST", "/api/collections/users/records", row)[0] == 200
        for name in (*names, *names):
            run = pb("pb_records.py", "export", "users", "--file", str(tmp_path / name))
            assert run.code == 0, run.document
            run = pb("pb_records.py", "export", "users", "--file", str(tmp_path / name), "--fields", "id")
            assert run.code == 0, run.document
    assert b'"id"' in gzip.decompress((tmp_path / "rows.ndjson.gz").read_bytes())
    for _ in range(2):
        assert pb("pb_collections.py", "export", "--file", str(tmp_path / "schema.json")).code == 0
        assert pb("pb_collections.py", "diagram", "--file", str(tmp_path / "diagram.md")).code == 0
