"""pb_records.py import: the file of rejected rows is never lost, doubled or written over, and can be imported again."""

from __future__ import annotations

import csv
import json
import os
import shlex
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import record_files
import servers
from conftest import SCRIPTS, Runner, credentials


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Server]:
    """A server of the default version for this file's tests, whose hook refuses some titles in two lines."""
    folder = tmp_path_factory.mktemp("rejects")
    (folder / "pb_hooks").mkdir()
    hook = """onRecordCreate((e) => {
        if (e.record.get("title") == "refused") throw new BadRequestError("first line\\nsecond line")
        e.next()
    })"""
    (folder / "pb_hooks" / "main.pb.js").write_text(hook, "utf-8")
    with servers.Server(project=folder) as server:
        yield server


@pytest.fixture
def run(shared: servers.Server, tmp_path: Path) -> Runner:
    """A runner of the scripts against the shared server."""
    return Runner(tmp_path, shared.project / "home", credentials(shared.url))


@pytest.fixture
def posts(shared: servers.Server) -> str:
    """An empty collection of titles and numbers."""
    shared.request("DELETE", "/api/collections/posts")
    fields = [{"name": "title", "type": "text"}, {"name": "n", "type": "number"}]
    assert shared.request("POST", "/api/collections", {"name": "posts", "fields": fields})[0] == 200
    return "posts"


def write(run: Runner, text: str, name: str = "rows.csv") -> Path:
    path = run.folder / name
    path.write_bytes(text.encode())
    return path


def numbers(server: servers.Server) -> list[int]:
    return [int(row["n"]) for row in record_files.stored(server, "posts")]


def hinted(run: Runner, hint: str) -> Any:
    """Run the command that a hint names, and return its result."""
    words = shlex.split(hint[hint.index("python3 ") :])
    assert Path(words[1]).name == "pb_records.py"
    assert (SCRIPTS / Path(words[1]).name).is_file()
    return run("pb_records.py", *words[2:])


@pytest.mark.parametrize("options", [[], ["--dry-run"], ["--checkpoint", "state"]])
def test_rejects_never_replace_the_input(run: Runner, posts: str, shared: servers.Server, options: list[str]) -> None:
    path = write(run, "title,n\na,1\nb,x\n")
    command = ["import", posts, "--file", "rows.csv", "--rejects", "./rows.csv", *options]
    result = run("pb_records.py", *command)
    assert (result.code, "is the input itself" in result.message) == (4, True)
    assert path.read_text("utf-8") == "title,n\na,1\nb,x\n"
    assert numbers(shared) == []


def test_rejects_of_an_earlier_import_are_kept(run: Runner, posts: str, shared: servers.Server) -> None:
    write(run, "title,n\na,x\n", "a.csv")
    write(run, "title,n\nb,1\nc,y\n", "b.csv")
    assert run("pb_records.py", "import", posts, "--file", "a.csv", "--rejects", "bad.csv").code == 1
    kept = (run.folder / "bad.csv").read_bytes()
    second = run("pb_records.py", "import", posts, "--file", "b.csv", "--rejects", "bad.csv")
    assert (second.code, "was not made by this import" in second.message) == (4, True)
    assert (run.folder / "bad.csv").read_bytes() == kept
    assert numbers(shared) == []
    gone = run("pb_records.py", "import", posts, "--file", "b.csv", "--rejects", "nowhere/bad.csv")
    assert (gone.code, "no folder" in gone.message) == (2, True)


@pytest.mark.skipif(os.name == "nt", reason="a device file")
def test_rejects_go_nowhere_that_does_not_keep_them(run: Runner, posts: str, shared: servers.Server) -> None:
    write(run, "title,n\na,1\nb,x\n")
    result = run("pb_records.py", "import", posts, "--file", "rows.csv", "--rejects", os.devnull)
    assert (result.code, "keeps the rejected rows" in result.message) == (2, True)
    assert numbers(shared) == []


def test_a_dry_run_writes_no_rejects(run: Runner, posts: str) -> None:
    write(run, "title,n\na,x\n")
    result = run("pb_records.py", "import", posts, "--file", "rows.csv", "--rejects", "bad.csv", "--dry-run")
    assert (result.code, result.data["rejected"], "rejects" in result.data) == (1, 1, False)
    assert not (run.folder / "bad.csv").exists()


def interrupted(run: Runner, server: servers.Server, *command: str) -> Path:
    """Import rows of which every tenth is rejected, end that half way, and return the file of rejects."""
    lines = [f"a,{'x' if number % 10 == 0 else number}" for number in range(3000)]
    write(run, "title,n\n" + "\n".join(lines) + "\n")
    process = record_files.started(run, *command)
    while len(numbers(server)) < 300:
        assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=60)[0]
    return run.folder / "rows.rejects.csv"


def test_rejects_mended_in_place_are_kept_when_an_import_goes_on(
    run: Runner, posts: str, shared: servers.Server
) -> None:
    command = ["import", posts, "--file", "rows.csv", "--checkpoint", "state"]
    path = interrupted(run, shared, *command)
    mended = path.read_bytes().replace(b",a,x\n", b",a title that is mended and longer,0\n", 1)
    path.write_bytes(mended)
    done = run("pb_records.py", *command)
    assert (done.data["created"], done.data["rejected"]) == (2700, 300)
    assert path.read_bytes() == mended
    assert done.data["rejects"] == "rows.rejects-2.csv"
    with path.open(encoding="utf-8") as first, (run.folder / "rows.rejects-2.csv").open(encoding="utf-8") as second:
        lines = [int(row["_line"]) for stream in (first, second) for row in csv.DictReader(stream)]
    assert lines == list(range(2, 3002, 10))


def test_an_import_that_goes_on_may_get_another_file_for_its_rejects(
    run: Runner, posts: str, shared: servers.Server
) -> None:
    command = ["import", posts, "--file", "rows.csv", "--checkpoint", "state"]
    path = interrupted(run, shared, *command)
    kept = path.read_bytes()
    done = run("pb_records.py", *command, "--rejects", "more.csv")
    assert done.data["rejects"] == "more.csv"
    assert "rows.rejects.csv" in done.document["warnings"][0]
    assert path.read_bytes() == kept
    assert kept.count(b"\n") + (run.folder / "more.csv").read_bytes().count(b"\n") == 2 + 300


def test_a_reason_of_several_lines_stays_in_its_cell(run: Runner, posts: str) -> None:
    write(run, "title,n\nrefused,1\nb,x\n")
    result = run("pb_records.py", "import", posts, "--file", "rows.csv")
    with (run.folder / "rows.rejects.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["_line"], row["title"], row["n"]) for row in rows] == [("2", "refused", "1"), ("3", "b", "x")]
    assert "line\nsecond" in rows[0]["_reason"].lower()
    assert hinted(run, result.hint).data["read"] == 2


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("rows.csv", 'title,n\n"say ""hi"", you",x\na,1\n"never closed,2\n'),
        ("rows.ndjson", '{"title":"b","n":"x"}\n{"title":"a", "n":1}\n{broken\n{"n":{"a":1}}\n'),
    ],
)
def test_rejects_of_rejects_can_be_mended_and_imported(
    run: Runner, posts: str, shared: servers.Server, name: str, text: str
) -> None:
    write(run, text, name)
    result = run("pb_records.py", "import", posts, "--file", name)
    first = result.data["rejected"]
    for _ in range(3):
        result = hinted(run, result.hint)
        assert (result.data["read"], result.data["rejected"]) == (first, first)
    path = run.folder / result.data["rejects"]
    lines = path.read_text("utf-8").splitlines()
    assert all(line.count("_line") < 2 for line in lines)
    if name.endswith(".csv"):
        assert [line.split(",", 2)[2] for line in lines if "never" in line] == ['"never closed,2']
        write(run, path.read_text("utf-8").replace('you",x', 'you",5').replace('"never closed', "mended"), path.name)
    else:
        assert [json.loads(line)["_row"] for line in lines if "broken" in line] == ["{broken"]
        mended = path.read_text("utf-8").replace('"n":"x"', '"n":5').replace("{broken", "{}").replace('{"a":1}', "2")
        write(run, mended, path.name)
    assert hinted(run, result.hint).code == 0
    assert len(numbers(shared)) == first + 1


def test_the_hint_imports_as_the_command_did(run: Runner, posts: str, shared: servers.Server) -> None:
    write(run, '"title, or so"|n\na|1\nb|x\n', "rows.txt")
    options = ["--delimiter", "|", "--map", "title, or so=title", "--rejects", "bad.rejects"]
    upsert = ["--upsert", "title", "--duplicates", "reject"]
    result = run("pb_records.py", "import", posts, "--file", "rows.txt", "--format", "csv", *options, *upsert)
    assert result.data["rejected"] == 1
    assert "--duplicates reject" in result.hint
    path = run.folder / "bad.rejects"
    write(run, path.read_text("utf-8").replace("|x", "|2"), path.name)
    assert hinted(run, result.hint).code == 0
    assert numbers(shared) == [1, 2]


def test_rejects_of_json_are_imported_whatever_their_name(run: Runner, posts: str, shared: servers.Server) -> None:
    write(run, '[{"title":"a","n":1},{"title":"b","n":"x"}]', "rows.json")
    result = run("pb_records.py", "import", posts, "--file", "rows.json", "--rejects", "bad.json")
    path = run.folder / "bad.json"
    write(run, path.read_text("utf-8").replace('"x"', "2"), path.name)
    assert hinted(run, result.hint).code == 0
    assert numbers(shared) == [1, 2]
