"""pb_records.py import: every type converted, keys, lookups, files and formats, and bad rows that stop nothing."""

from __future__ import annotations

import csv
import gzip
import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest

import record_files
import servers
from conftest import Runner
from record_files import stored

pytestmark = pytest.mark.both_ends

# A file of which all but its middle is whole once it is compressed, and then damaged.
LONG = b"text,whole\n" + b"".join(b"%d,%d\n" % (number * 7919 % 99991, number) for number in range(1, 25001))
DAMAGED = bytes(byte ^ (0x55 if 60000 < place < 60021 else 0) for place, byte in enumerate(gzip.compress(LONG)))


def imported(pb: Runner, name: str, text: str | bytes, *options: str, ending: str = "csv", code: int = 0) -> Any:
    """Import a text from a file and return the result's data; the command must end with the exit code."""
    path = pb.folder / f"rows.{ending}"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    result = pb("pb_records.py", "import", name, "--file", str(path), *options)
    assert result.code == code, result
    return result.data


def test_every_type_is_converted_from_a_csv(pb: Runner, server: servers.Server) -> None:
    name = record_files.make(server, "im_types")
    mine = record_files.user(server, "im@example.com")
    text = (
        "text,number,whole,bool,date,email,url,editor,json,one,many,owner,friends\n"
        f'"It\'s ""so""\nön 漢",-1.5e2,12,yes,31.12.2024 10:00,a@b.de,https://b.de/?q=1,<b>x</b>,"{{""b"":1,""a"":[1e5]}}",'
        f'"green, dark","a,c",{mine},"[""{mine}""]"\n'
        ",,,,,,,,,,,,\n"
        " x ,+.5,-5,0,2024-06-01T12:00:00.25+02:00,,,,[12345678901234567890123],red,b,,\n"
    )
    assert imported(pb, name, text) | {"read": 3, "created": 3} == {
        "read": 3, "created": 3, "updated": 0, "skipped": 0, "rejected": 0
    }  # fmt: skip
    full, empty, third = stored(server, name)
    assert full["text"] == 'It\'s "so"\nön 漢'
    assert (full["number"], full["whole"], full["bool"]) == (-150, 12, True)
    assert (full["date"], full["email"], full["url"]) == ("2024-12-31 10:00:00.000Z", "a@b.de", "https://b.de/?q=1")
    assert (full["editor"], full["one"], full["many"]) == ("<b>x</b>", "green, dark", ["a", "c"])
    assert (full["owner"], full["friends"]) == (mine, [mine])
    assert (empty["text"], empty["number"], empty["bool"], empty["json"], empty["many"]) == ("", 0, False, None, [])
    assert (third["text"], third["number"], third["bool"]) == (" x ", 0.5, False)
    assert third["date"] == "2024-06-01 10:00:00.250Z"
    kept = record_files.query(server, f"SELECT json FROM {name} ORDER BY rowid")
    assert [row[0] for row in kept] == ['{"b":1,"a":[1e5]}', None, "[12345678901234567890123]"]


def test_geo_points(pb: Runner, server: servers.Server) -> None:
    name = record_files.make(server, "im_geo")
    if not any(field["name"] == "place" for field in record_files.fields(server.version)):
        pytest.skip("this version has no geo points")
    data = imported(pb, name, 'text,place\na,"52.5,13.4"\nb,"{""lon"":1,""lat"":2}"\nc,"91,0"\nd,here\n', code=1)
    assert [row["reason"].split(":")[0] for row in data["firstRejects"]] == ["place", "place"]
    assert [row["place"] for row in stored(server, name)] == [{"lat": 52.5, "lon": 13.4}, {"lat": 2, "lon": 1}]


BAD_CELLS = [
    ("number", "12abc", "no number"),
    ("number", "1,5", "no number"),
    ("number", "nan", "no number"),
    ("number", "1e999", "cannot be kept exactly"),
    ("number", "9007199254740993", "cannot be kept exactly"),
    ("number", "9007199254740993.0", "cannot be kept exactly"),
    ("number", "12345678901234567.89", "cannot be kept exactly"),
    ("number", "1e-400", "cannot be kept exactly"),
    ("whole", "1.5", "no whole number"),
    ("whole", "-6", "less than -5"),
    ("whole", "1000001", "more than 1000000"),
    ("bool", "perhaps", "neither true nor false"),
    ("date", "2024-02-30", "no date"),
    ("date", "03/04/2024", "--date-order"),
    ("date", "soon", "no date"),
    ("date", "Mon, 1 Jan 2024 10:00:00 CET", "CET is no known time zone"),
    ("date", "2024-01-01 10:00:00+25:99", "no place is +25:99"),
    ("date", "2024123110", "may be seconds since 1970"),
    ("email", "nobody", "no e-mail address"),
    ("email", "a@", "no e-mail address"),
    ("url", "no url", "no URL"),
    ("json", "{broken", "no JSON"),
    ("json", "NaN", "no JSON"),
    ("json", "12345678901234567890", "cannot be kept exactly"),
    ("json", "123456789012345.678901", "cannot be kept exactly"),
    ("one", "blue", "none of"),
    ("many", "a,x", "none of"),
    ("many", "[1]", "expected texts"),
    ("owner", "nosuchuser00000", "owner:"),
    ("text", "x" * 5001, "at most 5000"),
]


def test_bad_cells_are_rejected_with_the_reason_and_can_be_mended(pb: Runner, server: servers.Server) -> None:
    name = record_files.make(server, "im_bad")
    columns = sorted({field for field, _, _ in BAD_CELLS} | {"text"})
    path = pb.folder / "bad.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.DictWriter(stream, columns)
        table.writeheader()
        table.writerow({"text": "good"})
        for field, cell, _ in BAD_CELLS:
            table.writerow({"text": "bad", field: cell})
    result = pb("pb_records.py", "import", name, "--file", "bad.csv")
    assert result.code == 1
    assert (result.data["created"], result.data["rejected"]) == (1, len(BAD_CELLS))
    with (pb.folder / "bad.rejects.csv").open(encoding="utf-8", newline="") as stream:
        rejects = list(csv.DictReader(stream))
    for number, ((field, cell, reason), row) in enumerate(zip(BAD_CELLS, rejects), 3):
        assert (row["_line"], row[field]) == (str(number), cell)
        assert reason in row["_reason"]
    mended = pb.folder / "bad.rejects.csv"
    with mended.open("w", encoding="utf-8", newline="") as stream:
        table = csv.DictWriter(stream, ["_line", "_reason", *columns])
        table.writeheader()
        table.writerows({**row, "text": "mended", field: ""} for (field, _, _), row in zip(BAD_CELLS[:-1], rejects))
    assert f"--file {mended.name}" in result.hint
    assert pb.ok("pb_records.py", "import", name, "--file", mended.name)["created"] == len(BAD_CELLS) - 1
    assert [row["text"] for row in stored(server, name)] == ["good"] + ["mended"] * (len(BAD_CELLS) - 1)


def test_what_the_server_refuses_stops_nothing_in_a_batch(own_pb: Runner, own_server: servers.Server) -> None:
    index = "CREATE UNIQUE INDEX im_once ON im_unique (whole)"
    name = record_files.make(own_server, "im_unique", indexes=[index])
    record_files.batch(own_server, enabled=True, maxRequests=20)
    rows = [1 if number % 7 == 0 else number + 2 for number in range(90)]
    data = imported(own_pb, name, "whole\n" + "".join(f"{value}\n" for value in rows), code=1)
    assert (data["created"], data["rejected"]) == (len(set(rows)), len(rows) - len(set(rows)))
    assert sorted(row["whole"] for row in stored(own_server, name)) == sorted(set(rows))
    assert "unique" in data["firstRejects"][0]["reason"]
    # The first row with the value is the one that is kept, so the lines of the rejects are known.
    assert [row["line"] for row in data["firstRejects"][:3]] == [9, 16, 23]


def test_broken_csv_rows_do_not_hide_the_rows_after_them(pb: Runner, server: servers.Server) -> None:
    name = record_files.make(server, "im_quotes")
    text = 'text,whole\n"a",1\n"never closed,2\nfine,3\n"x"y,4\nshort\nlong,5,6\n"last\nof all",7\n'
    data = imported(pb, name, text, code=1)
    assert [row["text"] for row in stored(server, name)] == ["a", "fine", "last\nof all"]
    assert [row["line"] for row in data["firstRejects"]] == [3, 5, 6, 7]
    rejects = (pb.folder / "rows.rejects.csv").read_text("utf-8").splitlines()
    for line, row in zip(rejects[1:], ['"never closed,2', '"x"y,4', "short", "long,5,6"]):
        assert line.endswith(f",{row}")


def test_upsert_and_skip_existing(pb: Runner, server: servers.Server) -> None:
    name = record_files.make(server, "im_upsert")
    assert imported(pb, name, "text,whole,url\na,1,http://a.de\nb,2,\n", "--upsert", "text,whole")["created"] == 2
    data = imported(pb, name, "text,whole,url\na,1,\nb,3,\n", "--upsert", "text,whole")
    assert (data["created"], data["updated"]) == (1, 1)
    assert [(row["text"], row["whole"], row["url"]) for row in stored(server, name)] == [
        ("a", 1, ""), ("b", 2, ""), ("b", 3, "")
    ]  # fmt: skip
    data = imported(pb, name, "text,whole\na,9\nc,4\n", "--skip-existing", "text")
    assert (data["created"], data["skipped"]) == (1, 1)
    data = imported(pb, name, "text,whole\nb,9\n,1\n", "--upsert", "text", code=1)
    assert [row["reason"] for row in data["firstRejects"]] == [
        "several records have the key ('b',)", "text: the key is empty"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("duplicates", "kept", "counts"),
    [("last", 30, (10, 20, 0, 0)), ("first", 1, (10, 0, 20, 0)), ("reject", 1, (10, 0, 0, 20))],
)
def test_duplicates_inside_the_file(
    pb: Runner, server: servers.Server, duplicates: str, kept: int, counts: tuple[int, ...]
) -> None:
    name = record_files.make(server, "im_twice")
    text = "text,whole\n" + "".join(f"key \\ {number % 10},{number // 10 * 29 // 2 + 1}\n" for number in range(30))
    options = ["--upsert", "text", "--duplicates", duplicates]
    for _ in range(2):  # a dry run says the same
        dry = imported(pb, name, text, *options, "--dry-run", code=1 if duplicates == "reject" else 0)
        assert stored(server, name) == []
    data = imported(pb, name, text, *options, code=1 if duplicates == "reject" else 0)
    names = ("created", "updated", "skipped", "rejected")
    assert tuple(data[key] for key in names) == tuple(dry[key] for key in names) == counts
    assert [row["whole"] for row in stored(server, name)] == [kept] * 10


def test_relations_by_a_natural_key(pb: Runner, server: servers.Server) -> None:
    name = record_files.make(server, "im_lookup")
    one, two = record_files.user(server, "one@example.com"), record_files.user(server, "two@example.com")
    text = "text,owner,friends\na,one@example.com,one@example.com|two@example.com\nb,,\nc,nobody@example.com,\n"
    options = ["--lookup", "owner=users.email", "--lookup", "friends=users.email", "--separator", "|"]
    data = imported(pb, name, text, *options, code=1)
    assert [(row["owner"], row["friends"]) for row in stored(server, name)] == [(one, [one, two]), ("", [])]
    assert data["firstRejects"] == [{"line": 4, "reason": "owner: there is no 'nobody@example.com'"}]
    keyed = imported(pb, name, "owner,text\none@example.com,changed\n", *options[:2], "--upsert", "owner")
    assert keyed["updated"] == 1
    wrong = pb("pb_records.py", "import", name, "--file", "rows.csv", "--lookup", "owner=posts.email")
    assert (wrong.code, wrong.hint) == (2, "--lookup owner=users.email")


@pytest.mark.parametrize("batch", [True, False])
def test_rows_may_name_earlier_rows_as_related(own_pb: Runner, own_server: servers.Server, batch: bool) -> None:
    record_files.batch(own_server, enabled=batch, maxRequests=20)
    assert own_server.request("POST", "/api/collections", {"name": "tree", "fields": []})[0] == 200
    made = next(item for item in own_server.collections() if item["name"] == "tree")
    parent = {"name": "parent", "type": "relation", "collectionId": made["id"], "maxSelect": 1, "cascadeDelete": True}
    fields = [*made["fields"], {"name": "name", "type": "text"}, parent]
    assert own_server.request("PATCH", "/api/collections/tree", {"fields": fields})[0] == 200

    def parents() -> dict[str, str]:
        rows = stored(own_server, "tree")
        names = {row["id"]: row["name"] for row in rows}
        return {row["name"]: names.get(row["parent"], "") for row in rows}

    # A chain, and a root with many leaves.
    chain = {f"link {number}": f"link {number - 1}" if number else "" for number in range(70)}
    tree = {**chain, **{f"leaf {number}": "link 0" for number in range(90)}}
    ids = {name: f"node{number:011}" for number, name in enumerate(tree)}
    text = "id,name,parent\n" + "".join(f"{ids[name]},{name},{ids.get(up, '')}\n" for name, up in tree.items())
    assert imported(own_pb, "tree", text)["created"] == len(tree)
    assert parents() == tree
    own_server.request("DELETE", "/api/collections/tree/truncate")
    text = "name,parent\n" + "".join(f"{name},{up}\n" for name, up in tree.items())
    for index in ([], ["CREATE UNIQUE INDEX tree_name ON tree (name)"]):
        assert own_server.request("PATCH", "/api/collections/tree", {"indexes": index})[0] == 200
        options = ["--lookup", "parent=tree.name"]
        assert imported(own_pb, "tree", text, *options, "--dry-run")["created"] == len(tree)
        assert imported(own_pb, "tree", text, *options)["created"] == len(tree)
        assert parents() == tree
        own_server.request("DELETE", "/api/collections/tree/truncate")
    late = imported(own_pb, "tree", "name,parent\nchild,later\nlater,\n", *options, code=1)
    assert late["firstRejects"] == [{"line": 2, "reason": "parent: there is no 'later'"}]


def test_a_natural_key_may_be_a_number(pb: Runner, server: servers.Server) -> None:
    fields = [{"name": "no", "type": "number"}]
    assert server.request("POST", "/api/collections", {"name": "im_numbered", "fields": fields})[0] == 200
    wanted = server.request("POST", "/api/collections/im_numbered/records", {"no": 5})[1]["id"]
    collection = next(item for item in server.collections() if item["name"] == "im_numbered")
    link = {"name": "of", "type": "relation", "collectionId": collection["id"], "maxSelect": 1}
    assert server.request("POST", "/api/collections", {"name": "im_counted", "fields": [link]})[0] == 200
    data = imported(pb, "im_counted", "of\n5\n5.0\n6\nx\n", "--lookup", "of=im_numbered.no", code=1)
    assert [row["of"] for row in stored(server, "im_counted")] == [wanted, wanted]
    assert [row["reason"] for row in data["firstRejects"]] == ["of: there is no 6", "of: 'x' is no number"]


def test_an_empty_cell_clears_a_file_as_it_does_other_fields(pb: Runner, server: servers.Server) -> None:
    name = record_files.make(server, "im_cleared")
    (pb.folder / "a.png").write_bytes(record_files.PIXEL)
    options = ["--upsert", "text", "--files", str(pb.folder)]
    imported(pb, name, "text,file,files\nx,a.png,a.png\ny,a.png,a.png\n", *options)
    assert imported(pb, name, "text,file,files\nx,,\ny,,[]\n", *options)["updated"] == 2
    assert [(row["file"], row["files"]) for row in stored(server, name)] == [("", []), ("", [])]


def test_long_keys_are_asked_for_in_several_requests(pb: Runner, server: servers.Server) -> None:
    index = "CREATE INDEX im_long_text ON im_long (text)"
    name = record_files.make(server, "im_long", indexes=[index])
    keys = [f"{number}{letter * 3000}" for number, letter in enumerate("漢字ab\\" * 20)]
    text = "text,whole\n" + "".join(f"{key},1\n" for key in keys)
    assert imported(pb, name, text, "--upsert", "text")["created"] == 100
    assert imported(pb, name, text, "--upsert", "text")["unchanged"] == 100


@pytest.mark.parametrize("strange", ["\\u0000", "\\ud800"])
def test_a_key_that_cannot_be_searched_for_is_rejected(pb: Runner, server: servers.Server, strange: str) -> None:
    index = "CREATE UNIQUE INDEX im_odd_text ON im_odd (text)"
    name = record_files.make(server, "im_odd", indexes=[index])
    text = f'{{"text":"fine"}}\n{{"text":"a{strange}b"}}\n{{"text":"good"}}\n'
    data = imported(pb, name, text, "--upsert", "text", ending="ndjson", code=1)
    assert (data["created"], data["rejected"]) == (2, 1)
    assert "cannot be searched for" in data["firstRejects"][0]["reason"]


def test_two_keys_of_a_json_row_for_one_field_are_rejected(pb: Runner, server: servers.Server) -> None:
    name = record_files.make(server, "im_both")
    text = '{"Titel":"first","text":"second"}\n{"Titel":"one"}\n'
    data = imported(pb, name, text, "--map", "Titel=text", ending="ndjson", code=1)
    assert data["firstRejects"] == [{"line": 1, "reason": "text: two values, the second under 'text'"}]
    assert [row["text"] for row in stored(server, name)] == ["one"]


def test_json_numbers_keep_their_value_or_are_rejected(pb: Runner, server: servers.Server) -> None:
    name = record_files.make(server, "im_jnum")
    text = '{"number":9007199254740993.0}\n{"number":1.5e3}\n{"number":true}\n{"number":1e-400}\n'
    data = imported(pb, name, text, ending="ndjson", code=1)
    assert [row["line"] for row in data["firstRejects"]] == [1, 3, 4]
    assert [row["number"] for row in stored(server, name)] == [1500]


def test_files_from_a_folder(pb: Runner, server: servers.Server) -> None:
    name = record_files.make(server, "im_files")
    folder = pb.folder / "pictures"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.png").write_bytes(record_files.PIXEL)
    (folder / "deep" / "note.txt").write_text("hello", "utf-8")
    (pb.folder / "secret.txt").write_text("no", "utf-8")
    text = 'text,file,files\na,a.png,"deep/note.txt,a.png"\nb,,\nc,gone.png,\nd,../secret.txt,\n'
    path = pb.folder / "rows.csv"
    path.write_text(text, "utf-8")
    without = imported(pb, name, text, "--dry-run", code=1)
    assert ["with --files" in row["reason"] for row in without["firstRejects"]] == [True] * 3
    data = imported(pb, name, text, "--files", "pictures", code=1)
    assert ["leads out of" in row["reason"] for row in data["firstRejects"]] == [False, True]
    full, empty = stored(server, name)
    assert full["file"].startswith("a")
    assert full["file"].endswith(".png")
    assert [kept.rsplit(".", 1)[1] for kept in full["files"]] == ["txt", "png"]
    assert empty["files"] == []
    kept = server.project / "pb_data" / "storage" / full["collectionId"] / full["id"] / full["file"]
    assert kept.read_bytes() == record_files.PIXEL


@pytest.mark.parametrize(
    "ending", ["json", "ndjson", "tsv", "csv.gz", "ndjson.gz", "semicolon.csv", "stdin", "bom.csv"]
)
def test_formats(pb: Runner, server: servers.Server, ending: str) -> None:
    name = record_files.make(server, "im_formats")
    rows: list[dict[str, Any]] = [{"text": "a;b\tc", "whole": 1}, {"text": 'q"ü', "whole": 2}]
    sign = {"tsv": "\t", "semicolon.csv": ";"}.get(ending, ",")
    table = f'text{sign}whole\n"a;b\tc"{sign}1\n"q""ü"{sign}2\n'
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    text = {"json": json.dumps(rows, indent=1), "ndjson": lines, "ndjson.gz": lines}.get(ending, table).encode()
    text = b"\xef\xbb\xbf" + text if ending == "bom.csv" else text
    text = gzip.compress(text) if ending.endswith(".gz") else text
    if ending == "stdin":
        pb.ok("pb_records.py", "import", name, "--file", "-", stdin=text)
    else:
        imported(pb, name, text, ending=ending)
    assert [(row["text"], row["whole"]) for row in stored(server, name)] == [("a;b\tc", 1), ('q"ü', 2)]


def test_json_rows_that_are_wrong_are_rejected_and_can_be_mended(pb: Runner, server: servers.Server) -> None:
    name = record_files.make(server, "im_ndjson")
    bad = ['{"text":"a","text":"b"}', "{broken", "[1]", '{"txt":"c"}', '{"whole":true}', '{"text":"\\ud800"}']
    data = imported(pb, name, '{"text":"good"}\n' + "\n".join(bad) + "\n", ending="ndjson", code=1)
    assert (data["created"], data["rejected"]) == (1, len(bad))
    path = pb.folder / "rows.rejects.ndjson"
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert [line["_line"] for line in lines] == [2, 3, 4, 5, 6, 7]
    assert [line.get("_row") for line in lines[:3]] == bad[:3]
    lines[1]["_row"] = '{"text":"mended"}'
    record_files.write_ndjson(path, [lines[1], {**lines[4], "whole": 7}])
    assert pb.ok("pb_records.py", "import", name, "--file", path.name)["created"] == 2
    assert [(row["text"], row["whole"]) for row in stored(server, name)] == [("good", 0), ("mended", 0), ("", 7)]


def test_columns_are_mapped_and_unknown_ones_refused(pb: Runner, server: servers.Server) -> None:
    name = record_files.make(server, "im_map", [{"name": "made", "type": "autodate", "onCreate": True}])
    path = pb.folder / "rows.csv"
    path.write_text("Titel,whol,made\na,1,2020-01-01\n", "utf-8")
    command = ["pb_records.py", "import", name, "--file", "rows.csv"]
    unknown = pb(*command, "--map", "Titel=text")
    assert (unknown.code, "--map whol=whole" in unknown.hint) == (2, True)
    assert "Did you mean 'whole'?" in unknown.hint or "Did you mean 'whole'?" in unknown.message
    assert pb(*command, "--map", "Titel=txt", "--map", "whol=").code == 2
    assert pb(*command, "--map", "Titles=text").code == 2
    assert pb(*command, "--map", "Titel").code == 2
    assert pb(*command, "--map", "Titel=text", "--map", "whol=text").code == 2
    assert stored(server, name) == []
    done = pb(*command, "--map", "Titel=text", "--map", "whol=")
    assert done.code == 0
    assert any("made is set by the server" in warning for warning in done.document["warnings"])
    assert [(row["text"], row["whole"], row["made"][:4] > "2020") for row in stored(server, name)] == [("a", 0, True)]


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("größe\n1\n".encode("latin-1"), [], "byte 2 is 0xf6"),
        (b"text\n" + b"x\n" * 70000 + b"\xff\n", [], "byte 140005 is 0xff"),
        ("text\na\n".encode("utf-16"), [], "UTF-16"),
        (b"", [], "is empty"),
        (b"foo,bar\n1,2\n", [], "None of the 2 columns"),
        (b",".join(b"c%d" % n for n in range(200000)) + b"\n", [], "None of the 200000 columns"),
        (b"text,text\n1,2\n", [], "2 columns 'text'"),
        (b"\n\n", [], "names no column"),
        (b'"text\n', [], "header"),
        (b"text\na\n", ["--upsert", "whole"], "has no column"),
        (b"text\na\n", ["--upsert", ""], "names nothing"),
        (b"text\na\n", ["--skip-existing", " ,"], "names nothing"),
        (b"text\na\n", ["--checkpoint", ""], "names nothing"),
        (b"text\na\n", ["--upsert", "txt"], "no column"),
        (b"text,many\na,b\n", ["--upsert", "many"], "cannot be a key"),
        (b"text\na\n", ["--upsert", "text", "--skip-existing", "text"], "exclude"),
        (b"text\na\n", ["--duplicates", "first"], "needs a key"),
        (b"text\na\n", ["--lookup", "text=users.email"], "no relation"),
        (b"text\na\n", ["--lookup", "owner"], "is not FIELD="),
        (b"text\na\n", ["--format", "json"], "no array of JSON"),
        (b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03broken", [], "cannot be read"),
        (DAMAGED, [], "cannot be read"),
        (gzip.compress(LONG)[:-9], [], "cannot be read"),
        (gzip.compress(LONG + b"\xff\n"), [], "byte 286127 is 0xff"),
    ],
)
def test_input_that_cannot_be_meant_is_refused_before_anything_is_sent(
    pb: Runner, server: servers.Server, text: bytes, options: list[str], said: str
) -> None:
    name = record_files.make(server, "im_refused")
    (pb.folder / "rows.csv").write_bytes(text)
    result = pb("pb_records.py", "import", name, "--file", "rows.csv", *options)
    assert result.code == 2, result
    assert said in result.message
    assert len(json.dumps(result.document)) < 3000
    assert stored(server, name) == []


def test_compressed_standard_input_that_is_damaged_ends_with_what_is_done(pb: Runner, server: servers.Server) -> None:
    name = record_files.make(server, "im_damaged")
    lines = b"text,whole\n" + b"".join(b"%s,%d\n" % (b"long" * 250, number) for number in range(600))
    result = pb("pb_records.py", "import", name, "--file", "-", "--rejects", "bad.csv", stdin=gzip.compress(lines)[:-9])
    assert (result.code, "cannot be read to its end" in result.message) == (1, True)
    assert "is compressed and no file" in result.document["warnings"][0]
    done = record_files.query(server, f"SELECT COUNT(*) FROM {name}")[0][0]
    assert 0 < result.data["created"] == done
    assert "--checkpoint import.checkpoint" in result.hint


@pytest.mark.skipif(os.name != "posix", reason="no named pipes here")
@pytest.mark.parametrize("way", ["fifo", "/dev/stdin"])
def test_a_pipe_is_read_once(pb: Runner, server: servers.Server, way: str) -> None:
    name = record_files.make(server, "im_pipe")
    text = b"text,whole\na,1\nb,x\n"
    path = way
    if way == "fifo":
        path = str(pb.folder / "pipe.csv")
        os.mkfifo(path)
        threading.Thread(target=Path(path).write_bytes, args=(text,), daemon=True).start()
    result = pb("pb_records.py", "import", name, "--file", path, stdin=text)
    assert (result.data["created"], result.data["rejected"]) == (1, 1)
    assert result.data["rejects"] == "import.rejects.csv"
    assert [row["text"] for row in stored(server, name)] == ["a"]


def test_a_missing_file_a_view_and_an_unknown_collection(pb: Runner, server: servers.Server, tmp_path: Path) -> None:
    body = {"name": "im_view", "type": "view", "viewQuery": "SELECT id, name FROM users"}
    server.request("POST", "/api/collections", body)
    (tmp_path / "rows.csv").write_text("name\na\n", "utf-8")
    assert "takes no records" in pb("pb_records.py", "import", "im_view", "--file", "rows.csv").message
    assert pb("pb_records.py", "import", "users", "--file", "gone.csv").code == 2
    assert "Did you mean 'users'?" in pb("pb_records.py", "import", "user", "--file", "rows.csv").hint


def test_users_with_passwords(pb: Runner, server: servers.Server) -> None:
    text = "email,password,name\nimport1@example.com,secret123,One\nimport2@example.com,short,Two\n"
    data = imported(pb, "users", text, code=1)
    assert (data["created"], data["rejected"]) == (1, 1)
    login = {"identity": "import1@example.com", "password": "secret123"}
    assert server.request("POST", "/api/collections/users/auth-with-password", login, authed=False)[0] == 200


def test_atomic_means_all_or_nothing(own_pb: Runner, own_server: servers.Server) -> None:
    name = record_files.make(own_server, "im_atomic", indexes=["CREATE UNIQUE INDEX im_at ON im_atomic (whole)"])
    rows = "whole,text\n" + "".join(f"{number},a\n" for number in range(1, 121))
    refused = imported(own_pb, name, rows, "--atomic", code=4)
    assert "is off" in refused["message"]
    data = imported(own_pb, name, rows + "5,b\n", "--atomic", "--enable-batch", code=1)
    assert (data["created"], data["rejected"]) == (0, 1)
    assert data["firstRejects"][0]["line"] == 122
    assert stored(own_server, name) == []
    assert not (own_pb.folder / "rows.rejects.csv").exists()
    assert imported(own_pb, name, rows + "x,b\n", "--atomic", "--enable-batch", code=1)["created"] == 0
    before = record_files.batch(own_server)
    assert imported(own_pb, name, rows, "--atomic", "--enable-batch")["created"] == 120
    assert len(stored(own_server, name)) == 120
    assert record_files.batch(own_server) == before
    assert before["enabled"] is False


def test_a_dry_run_sends_no_write(pb: Runner, server: servers.Server) -> None:
    name = record_files.make(server, "im_dry")
    data = imported(pb, name, "text,whole\na,1\nb,x\n", "--dry-run", "--enable-batch", "--checkpoint", "c", code=1)
    assert (data["dryRun"], data["created"], data["rejected"]) == (True, 1, 1)
    assert stored(server, name) == []
    assert sorted(path.name for path in pb.folder.iterdir() if path.is_file()) == ["rows.csv"]
    assert record_files.batch(server)["enabled"] is False


def test_rows_that_change_nothing_are_told_apart_and_not_sent(pb: Runner, server: servers.Server) -> None:
    kinds = ("text", "number", "bool", "date", "json")
    fields: list[dict[str, Any]] = [{"name": f"a_{kind}", "type": kind} for kind in kinds]
    fields += [
        {"name": "key", "type": "text"},
        {"name": "pick", "type": "select", "values": ["x", "y"], "maxSelect": 2},
    ]
    fields += [{"name": "updated", "type": "autodate", "onCreate": True, "onUpdate": True}]
    assert server.request("POST", "/api/collections", {"name": "im_same", "fields": fields})[0] == 200
    row = 'one,"a",5.0,true,2024-01-01,"[1, true]",x|y'
    text = f"key,a_text,a_number,a_bool,a_date,a_json,pick\n{row}\ntwo,,,,,,\n"
    options = ["--upsert", "key", "--separator", "|"]
    assert imported(pb, "im_same", text, *options)["created"] == 2
    before = [row["updated"] for row in stored(server, "im_same")]
    for more in ([], ["--dry-run"]):
        data = imported(pb, "im_same", text, *options, *more)
        assert (data["updated"], data["unchanged"]) == (0, 2)
    assert [row["updated"] for row in stored(server, "im_same")] == before
    # Each of these is another value, however near.
    for old, new in (("true", "false"), ("5.0", "1"), ("[1, true]", "[1, 1]"), ("x|y", "y|x"), ('"a"', "A")):
        data = imported(pb, "im_same", text.replace(old, new, 1), *options)
        assert (data["updated"], data["unchanged"]) == (1, 1), (old, new)
        assert imported(pb, "im_same", text, *options)["updated"] == 1
    assert "unchanged" not in imported(pb, "im_same", text, *options[2:], "--skip-existing", "key")
