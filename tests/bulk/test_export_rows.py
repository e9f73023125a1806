"""pb_records.py export: every format, files beside it, and a round trip that changes no byte."""

from __future__ import annotations

import csv
import gzip
import json
import os
import random
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Callable

import pytest

import record_files
import servers
from conftest import SCRIPTS, Runner, credentials
from unreliable import CuttingProxy

pytestmark = pytest.mark.both_ends

AWKWARD = [
    "",
    " ",
    'q"uote',
    "new\nline\r\n",
    "lone\rreturn",
    "return\r",
    "\r",
    "nul\0inside",
    "tab\t",
    "ünïcödé 漢 🎉",
    "\u2028",
    "back\\slash",
    "<b>&amp;</b>",
    "=1+1",
    "null",
]
JSON_VALUES: list[Any] = [
    None,
    "",
    "123",
    123,
    1.5,
    True,
    "true",
    [],
    {},
    [1, [2]],
    {"b": 1, "a": "ü<"},
    '{"a":1}',
    "x",
]


def fill(server: servers.Server, name: str, rows: int) -> list[str]:
    """Create records with awkward values of every type and return their ids."""
    mine = record_files.user(server, "export@example.com")
    chance = random.Random(7)
    ids = []
    for number in range(rows):
        body = {
            "text": AWKWARD[number % len(AWKWARD)],
            "number": chance.choice([0, -1.5, 1e21, 1e-7, 123456789.125, number]),
            "whole": number,
            "bool": number % 2 == 0,
            "date": "2024-02-29 23:59:59.999Z" if number % 3 else "",
            "email": f"e{number}@example.com" if number % 2 else "",
            "url": "https://example.com/?a=1&b=%20" if number % 2 else "",
            "editor": "<p>a\n\"b\" 'c'</p>" if number % 2 else "",
            "json": json.dumps(JSON_VALUES[number % len(JSON_VALUES)], separators=(",", ":")),
            "a_json": '{"collectionId":"x","collectionName":"y","n":[1.0,1e5,12345678901234567890]}',
            "one": ["", "red", "green, dark"][number % 3],
            "many": [[], ["b"], ["c", "a"]][number % 3],
            "owner": mine if number % 2 else "",
            "friends": [mine] if number % 3 == 0 else [],
            "place": {"lon": number / 7, "lat": -number / 9},
        }
        status, answer = server.request("POST", f"/api/collections/{name}/records", body)
        assert status == 200, answer
        ids.append(answer["id"])
    return ids


@pytest.mark.parametrize("ending", ["ndjson", "json", "csv", "tsv", "ndjson.gz", "csv.gz"])
def test_a_round_trip_changes_no_byte(pb: Runner, server: servers.Server, ending: str) -> None:
    name = record_files.make(server, "ex_trip")
    fill(server, name, 30)
    first, second = pb.folder / f"first.{ending}", pb.folder / f"second.{ending}"
    assert pb.ok("pb_records.py", "export", name, "--file", str(first))["exported"] == 30
    before = record_files.stored(server, name, "id")
    record_files.make(server, name)
    assert pb.ok("pb_records.py", "import", name, "--file", str(first))["created"] == 30
    pb.ok("pb_records.py", "export", name, "--file", str(second))
    assert second.read_bytes() == first.read_bytes()
    assert record_files.stored(server, name, "id") == before


def test_files_go_beside_the_rows_and_come_back(pb: Runner, server: servers.Server) -> None:
    name = record_files.make(server, "ex_files")
    for kept in ("a.png", "My Picture (1).png", "note.txt"):
        content = record_files.PIXEL if kept.endswith("png") else b"hello"
        (pb.folder / kept).write_bytes(content)
    (pb.folder / "rows.csv").write_text(
        'text,file,files\na,My Picture (1).png,"a.png,note.txt,a.png"\nb,,note.txt\nc,,\n', "utf-8"
    )
    pb.ok("pb_records.py", "import", name, "--file", "rows.csv", "--files", ".")
    result = pb.ok("pb_records.py", "export", name, "--file", "first.ndjson", "--with-files", "out")
    assert (result["exported"], result["files"]) == (3, 5)
    rows = [json.loads(line) for line in (pb.folder / "first.ndjson").read_text("utf-8").splitlines()]
    full = next(row for row in rows if row["text"] == "a")
    assert full["file"] == f"{full['id']}/my_picture_1.png"
    assert len(set(full["files"])) == 3
    for path in [full["file"], *full["files"]]:
        expected = b"hello" if path.endswith("txt") else record_files.PIXEL
        assert (pb.folder / "out" / path).read_bytes() == expected
    record_files.make(server, name)
    pb.ok("pb_records.py", "import", name, "--file", "first.ndjson", "--files", "out")
    pb.ok("pb_records.py", "export", name, "--file", "second.ndjson", "--with-files", "out2")
    assert (pb.folder / "second.ndjson").read_bytes() == (pb.folder / "first.ndjson").read_bytes()
    contents = [
        {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
        for folder in (pb.folder / "out", pb.folder / "out2")
    ]
    assert contents[0] == contents[1]
    refused = pb("pb_records.py", "export", "_superusers", "--with-files", "out")
    assert (refused.code, "no file field" in refused.message) == (2, True)


def test_filter_fields_expand_and_stdout(pb: Runner, server: servers.Server) -> None:
    name = record_files.make(server, "ex_some")
    fill(server, name, 8)
    done = pb.raw(
        "pb_records.py", "export", name, "--filter", "whole < {:n}", "--bind", "n=3", "--fields", "whole,text"
    )
    lines = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert sorted(line["whole"] for line in lines) == [0, 1, 2]
    assert all(list(line) == ["text", "whole"] for line in lines)
    assert json.loads(done.stderr)["data"] == {"exported": 3, "file": "-", "format": "ndjson"}
    done = pb.raw("pb_records.py", "export", name, "--format", "csv", "--fields", "whole,owner", "--expand", "owner")
    table = list(csv.DictReader(done.stdout.decode().splitlines()))
    assert sorted(row["whole"] for row in table) == [str(number) for number in range(8)]
    done = pb.raw("pb_records.py", "export", name, "--expand", "owner", "--filter", "whole=1")
    assert json.loads(done.stdout)["expand"]["owner"]["email"] == "export@example.com"
    empty = pb.raw("pb_records.py", "export", name, "--filter", "whole=99", "--format", "json")
    assert json.loads(empty.stdout) == []


def test_accounts_without_their_passwords_are_said_to_be_so(pb: Runner) -> None:
    assert "no passwords" in pb("pb_records.py", "export", "users", "--file", "u.csv").document["warnings"][0]
    chosen = pb("pb_records.py", "export", "users", "--file", "names.csv", "--fields", "email,name")
    assert "warnings" not in chosen.document


def test_a_wrong_filter_field_or_name_is_explained(pb: Runner, server: servers.Server) -> None:
    name = record_files.make(server, "ex_wrong")
    wrong = pb.raw("pb_records.py", "export", name, "--filter", "txet = 1", "--file", "x.csv")
    assert (wrong.returncode, b"Did you mean 'text'?" in wrong.stdout) == (1, True)
    assert pb("pb_records.py", "export", name, "--file", "x.doc").code == 2
    assert pb("pb_records.py", "export", "ex_wrogn", "--file", "x.csv").code == 1
    assert list(pb.folder.iterdir()) == []


def test_a_full_disk_leaves_no_part_of_a_file(pb: Runner, server: servers.Server) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    name = record_files.make(server, "ex_full")
    fill(server, name, 2)
    (pb.folder / "gone").mkdir(mode=0o700)
    wrong = pb("pb_records.py", "export", name, "--file", "gone/deep/x.csv")
    assert (wrong.code, "cannot be written" in wrong.message) == (1, True)
    command = f"python3 '{SCRIPTS / 'pb_records.py'}' export {name}"
    done = subprocess.run(["sh", "-c", f"{command} > /dev/full"], env=pb.env, cwd=pb.folder, capture_output=True)
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert b"No space left" in done.stderr


def test_what_others_insert_meanwhile_hides_and_doubles_nothing(own_pb: Runner, own_server: servers.Server) -> None:
    fields = [{"name": "text", "type": "text"}, {"name": "whole", "type": "number"}]
    own_server.request("POST", "/api/collections", {"name": "busy", "fields": fields})
    record_files.batch(own_server, enabled=True, maxRequests=1000)
    requests = [
        {"method": "POST", "url": "/api/collections/busy/records", "body": {"whole": number}} for number in range(3000)
    ]
    for start in range(0, 3000, 500):
        assert own_server.request("POST", "/api/batch", {"requests": requests[start : start + 500]})[0] == 200
    stop = threading.Event()

    def insert() -> None:
        while not stop.is_set():
            own_server.request("POST", "/api/collections/busy/records", {"whole": -1})

    writer = threading.Thread(target=insert)
    writer.start()
    try:
        own_pb.ok("pb_records.py", "export", "busy", "--file", "busy.ndjson.gz")
    finally:
        stop.set()
        writer.join()
    with gzip.open(own_pb.folder / "busy.ndjson.gz", "rt", encoding="utf-8") as stream:
        rows = [json.loads(line) for line in stream]
    assert sorted(row["whole"] for row in rows if row["whole"] >= 0) == list(range(3000))
    assert len({row["id"] for row in rows}) == len(rows)


EXACT = '{"id":12345678901234567890,"a":[1.10,0.30000000000000001]}'


def make_exact(server: servers.Server, name: str) -> None:
    """Create a record whose JSON holds numbers that no float holds, and one that refers to it."""
    fields = [{"name": "text", "type": "text"}, {"name": "json", "type": "json"}]
    made = server.request("POST", "/api/collections", {"name": name, "fields": fields})[1]
    relation = {"name": "of", "type": "relation", "collectionId": made["id"]}
    assert server.request("PATCH", f"/api/collections/{name}", {"fields": [*made["fields"], relation]})[0] == 200
    path = f"/api/collections/{name}/records"
    first = {"id": "first0000000000", "text": "first", "json": EXACT}
    second = {"id": "second000000000", "text": "second", "json": EXACT, "of": first["id"]}
    assert [server.request("POST", path, body)[0] for body in (first, second)] == [200, 200]


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ("json", f'{{"json":{EXACT}}}'),
        ("text, json.a", '{"json":{"a":[1.10,0.30000000000000001]},"text":"second"}'),
        ("expand.of.json.id,text,", '{"expand":{"of":{"json":{"id":12345678901234567890}}},"text":"second"}'),
        ("expand.of.*,text", None),
        ("*", None),
    ],
)
def test_chosen_fields_keep_the_numbers_in_json(
    pb: Runner, server: servers.Server, fields: str, line: str | None
) -> None:
    if server.request("GET", "/api/collections/ex_exact")[0] != 200:
        make_exact(server, "ex_exact")
    options = ["--filter", "text = 'second'", "--expand", "of", "--fields", fields]
    done = pb.raw("pb_records.py", "export", "ex_exact", *options)
    text = done.stdout.decode().strip()
    assert "warnings" not in json.loads(done.stderr)
    if line:
        assert text == line
    else:
        assert EXACT in text
    # Beside the numbers it is what PocketBase itself picks.
    (record,) = pb.ok("pb_records.py", "list", "ex_exact", *options)["items"]
    assert json.loads(text, parse_int=float) == json.loads(json.dumps(record), parse_int=float)


def test_fields_that_only_the_server_can_pick_are_said_to_change_numbers(pb: Runner, server: servers.Server) -> None:
    if server.request("GET", "/api/collections/ex_exact")[0] != 200:
        make_exact(server, "ex_exact")
    export = ["pb_records.py", "export", "ex_exact", "--file", "x.ndjson", "--fields"]
    (warning,) = pb(*export, "text:excerpt(2),json").document["warnings"]
    assert "may round numbers" in warning
    assert "warnings" not in pb(*export, "text:excerpt(2)").document
    assert (pb.folder / "x.ndjson").read_text("utf-8").splitlines() == ['{"text":"fi"}', '{"text":"se"}']


def test_all_fields_by_a_star_are_columns_of_a_table(pb: Runner, server: servers.Server) -> None:
    if server.request("GET", "/api/collections/ex_exact")[0] != 200:
        make_exact(server, "ex_exact")
    done = pb.raw("pb_records.py", "export", "ex_exact", "--format", "csv", "--fields", "*")
    rows = list(csv.DictReader(done.stdout.decode().splitlines()))
    assert [(row["text"], row["json"]) for row in rows] == [("first", EXACT), ("second", EXACT)]


@pytest.fixture(scope="module")
def wide() -> Iterator[servers.Server]:
    """A server with a collection `wide` of 12 MB."""
    with servers.Server() as server:
        server.request("POST", "/api/collections", {"name": "wide", "fields": [{"name": "text", "type": "text"}]})
        record_files.batch(server, enabled=True, maxRequests=1000, timeout=60)
        request = {"method": "POST", "url": "/api/collections/wide/records", "body": {"text": "x" * 4000}}
        assert [server.request("POST", "/api/batch", {"requests": [request] * 1000})[0] for _ in "123"] == [200] * 3
        yield server


def interrupted(
    server: servers.Server, folder: Path, meanwhile: Callable[[subprocess.Popen[bytes]], object], *arguments: str
) -> tuple[int, bytes, bytes]:
    """Run an export, call `meanwhile` once a megabyte has come, and return exit code, stdout and stderr."""
    with CuttingProxy(server.port) as proxy:
        pb = Runner(folder, folder / "home", credentials(proxy.url))
        export = record_files.started(pb, "export", *arguments)
        deadline = time.monotonic() + 30
        while sum(proxy.passed) < 1_000_000 and time.monotonic() < deadline:
            time.sleep(0.001)
        meanwhile(export)
        out, err = export.communicate(timeout=60)
    return export.returncode, out, err


@pytest.mark.parametrize("options", [["--file", "x.ndjson"], []])
def test_a_field_renamed_meanwhile_ends_the_export(wide: servers.Server, tmp_path: Path, options: list[str]) -> None:
    fields = wide.request("GET", "/api/collections/wide")[1]["fields"]
    renamed = [{**field, "name": "other" if field["name"] == "text" else field["name"]} for field in fields]

    def rename(export: object) -> None:
        assert wide.request("PATCH", "/api/collections/wide", {"fields": renamed})[0] == 200

    code, out, err = interrupted(wide, tmp_path, rename, "wide", *options)
    assert wide.request("PATCH", "/api/collections/wide", {"fields": fields})[0] == 200
    assert code == 1
    message = json.loads(out if options else err)["data"]["message"]
    assert "fields of wide were changed while its records were exported" in message
    assert list(tmp_path.glob("*x.ndjson*")) == []


@pytest.mark.skipif(os.name == "nt", reason="a signal")
def test_an_export_that_is_terminated_leaves_nothing(wide: servers.Server, tmp_path: Path) -> None:
    code, out, _ = interrupted(wide, tmp_path, lambda export: export.terminate(), "wide", "--file", "x.ndjson")
    assert (code, json.loads(out)["data"]["message"]) == (130, "Interrupted.")
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_rows_of_a_view_that_share_an_id_are_all_exported(own_pb: Runner, own_server: servers.Server) -> None:
    own_server.request("POST", "/api/collections", {"name": "m", "fields": [{"name": "n", "type": "number"}]})
    own_server.request("POST", "/api/collections", {"name": "c", "type": "base"})
    view = {"name": "pairs", "type": "view", "viewQuery": "SELECT c.id as id, m.n as n FROM m, c"}
    assert own_server.request("POST", "/api/collections", view)[0] == 200
    record_files.batch(own_server, enabled=True, maxRequests=1000, timeout=60)
    requests = [{"method": "POST", "url": "/api/collections/m/records", "body": {"n": n}} for n in range(1234)]
    requests += [{"method": "POST", "url": "/api/collections/c/records", "body": {}} for _ in "12"]
    for start in range(0, len(requests), 500):
        assert own_server.request("POST", "/api/batch", {"requests": requests[start : start + 500]})[0] == 200
    result = own_pb("pb_records.py", "export", "pairs", "--file", "pairs.csv", "--filter", "n >= 4")
    assert (result.data["exported"], "warnings" in result.document) == (2460, False)
    with (own_pb.folder / "pairs.csv").open(encoding="utf-8") as stream:
        assert sorted(int(row["n"]) for row in csv.DictReader(stream)) == sorted([*range(4, 1234)] * 2)


def test_a_view_that_changes_while_it_is_exported_is_said_to(wide: servers.Server, tmp_path: Path) -> None:
    view = {"name": "shown", "type": "view", "viewQuery": "SELECT id, text FROM wide"}
    assert wide.request("POST", "/api/collections", view)[0] == 200
    gone = wide.request("GET", "/api/collections/wide/records?perPage=1&sort=@rowid")[1]["items"][0]["id"]

    def delete(export: object) -> None:
        assert wide.request("DELETE", f"/api/collections/wide/records/{gone}")[0] == 204

    _, out, _ = interrupted(wide, tmp_path, delete, "shown", "--file", "x.ndjson")
    wide.request("DELETE", "/api/collections/shown")
    (warning,) = json.loads(out)["warnings"]
    assert "from 3000 ids to 2999" in warning


def test_a_file_replaced_after_a_cut_export_is_fetched_from_its_beginning(pb: Runner, server: servers.Server) -> None:
    name = record_files.make(server, "ex_replaced", [{"name": "large", "type": "file", "maxSize": 10_000_000}])
    report = pb.folder / "report.bin"
    report.write_bytes(b"old" * 1_000_000)
    record = pb.ok("pb_records.py", "create", name, "--upload", f"large=@{report}")["id"]
    export = ["pb_records.py", "export", name, "--file", "x.ndjson", "--with-files", "out"]
    with CuttingProxy(server.port, [None, None, 1_000_000, *[0] * 10]) as proxy:
        cut = pb(*export, env={"PB_URL": proxy.url})
    assert (cut.code, "Run it again" in cut.hint) == (3, True)
    assert not (pb.folder / "out" / record / "report.bin").exists()

    report.write_bytes(b"new" * 1_000_000)
    pb.ok("pb_records.py", "update", name, record, "--upload", f"large=@{report}")
    assert pb.ok(*export)["files"] == 1
    assert (pb.folder / "out" / record / "report.bin").read_bytes() == report.read_bytes()


def test_a_folder_is_no_file(pb: Runner) -> None:
    for name in (".", "..", "/"):
        result = pb("pb_records.py", "export", "users", "--file", name, "--format", "csv")
        assert (result.code, "is a folder" in result.message) == (2, True)


def test_an_export_in_another_order_is_told_as_the_listing_that_has_it(pb: Runner, server: servers.Server) -> None:
    fields = [{"name": "n", "type": "number"}]
    server.request("POST", "/api/collections", {"name": "ordered", "type": "base", "fields": fields})
    for number in (2, 3, 1):
        pb.ok("pb_records.py", "create", "ordered", f"n:={number}")
    words = ("export", "ordered", "--sort", "-n", "--filter", "n > 1", "--fields", "n", "--file", "rows of n.csv")
    refused = pb("pb_records.py", *words)
    assert (refused.code, refused.document["code"]) == (2, "wrong_command_line")
    command = refused.hint.partition("In another order: ")[2].partition(" - or ")[0]
    subprocess.run(command, shell=True, cwd=pb.folder, env=pb.env, check=True, timeout=60)
    assert (pb.folder / "rows of n.csv").read_text().split() == ["n", "3", "2"]
