"""The parts of import that need no server: rows read as they were written, JSON kept as it is, dates, progress."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from _pb.bulk.identity import id_maker
from _pb.bulk.rawjson import members
from _pb.bulk.readers import read_table
from _pb.bulk.sources import Lines
from _pb.languages.dates import to_utc
from pb_common.schema_types import Collection

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
QUICK = settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read(path: Path, data: bytes, kind: str | None = None) -> list[Any]:
    path.write_bytes(data)
    lines = Lines(str(path))
    try:
        return list(read_table(lines, kind, None).rows)
    finally:
        lines.close()


@QUICK
@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=8), st.sampled_from(["\n", "\r\n"]), st.sampled_from(",;\t|"))
def test_a_csv_is_read_as_it_was_written(tmp_path: Path, rows: list[tuple[str, str]], end: str, delimiter: str) -> None:
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator=end, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    table.writerows([("first", "second"), *rows])
    read_rows = read(tmp_path / "rows.csv", text.getvalue().encode())
    assert [tuple(row.values) for row in read_rows] == rows
    assert b"".join(row.raw for row in read_rows).decode() == text.getvalue().split(end, 1)[1]


@QUICK
@given(st.lists(st.dictionaries(TEXTS, JSON, max_size=4), max_size=5), st.sampled_from([None, 1]))
def test_json_is_read_as_it_was_written(tmp_path: Path, rows: list[dict[str, Any]], indent: int | None) -> None:
    array = json.dumps(rows, indent=indent, ensure_ascii=False).encode()
    lines = "".join(json.dumps(row) + "\n" for row in rows).encode()
    for kind, data in (("json", array), ("ndjson", lines or b"\n")):
        found = read(tmp_path / "rows", data, kind)
        assert [{name: value for name, (value, _) in row.values.items()} for row in found] == rows
        assert [json.loads(row.raw) for row in found] == rows


@QUICK
@given(st.dictionaries(TEXTS, JSON, max_size=5))
def test_the_texts_of_json_members_are_kept(record: dict[str, Any]) -> None:
    texts = {name: json.dumps(value) for name, value in record.items()}
    whole = "{ " + " ,\n".join(f"{json.dumps(name)} : {text}" for name, text in texts.items()) + " }"
    assert {name: text for name, (_, text) in members(whole).items()} == texts


@pytest.mark.parametrize(
    "text", ['{"a":1}x', '{"a":1', '{"a" 1}', '{"a":1 "b":2}', "{1:2}", "[1]", '{"a":NaN}', "", "{"]
)
def test_what_is_no_json_object_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        members(text)


@QUICK
@given(st.binary(max_size=200))
def test_any_bytes_give_rows_or_a_clear_refusal(tmp_path: Path, data: bytes) -> None:
    from pb_common import PBUsageError

    with contextlib.suppress(PBUsageError):
        assert all(row.problem or row.values is not None for row in read(tmp_path / "rows", data))


@pytest.mark.parametrize(
    ("text", "order", "stored"),
    [
        ("2024-01-02", None, "2024-01-02 00:00:00.000Z"),
        ("20240102", None, "2024-01-02 00:00:00.000Z"),
        ("2024/1/2 3:04", None, "2024-01-02 03:04:00.000Z"),
        ("2024-01-02T03:04:05.6789+02:00", None, "2024-01-02 01:04:05.678Z"),
        ("2024-01-02T03:04:05-0130", None, "2024-01-02 04:34:05.000Z"),
        ("31.12.2024", None, "2024-12-31 00:00:00.000Z"),
        ("12/31/2024 10:00", "mdy", "2024-12-31 10:00:00.000Z"),
        ("31/12/2024", "dmy", "2024-12-31 00:00:00.000Z"),
        ("1704067200", None, "2024-01-01 00:00:00.000Z"),
        ("1704067200123", None, "2024-01-01 00:00:00.123Z"),
        ("Mon, 01 Jan 2024 10:00:00 +0200", None, "2024-01-01 08:00:00.000Z"),
    ],
)
def test_dates_in_usual_forms(text: str, order: str | None, stored: str) -> None:
    assert to_utc(text, order) == stored


@pytest.mark.parametrize("text", ["", "soon", "2024", "2024-02-30", "12/31/2024", "24:00", "9999-12-31T23:00:00-05:00"])
def test_what_is_no_sure_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="date"):
        to_utc(text)


def test_ids_fit_the_collection_and_tell_rows_and_runs_apart() -> None:
    def collection(**id_field: Any) -> Collection:
        field: Any = {"name": "id", "min": 15, "max": 15, "pattern": "^[a-z0-9]+$", **id_field}
        return {"fields": [field]}

    usual = id_maker(collection(), "run")
    assert usual
    assert usual(1) == usual(1)
    assert len({usual(number) for number in range(1000)}) == 1000
    other = id_maker(collection(), "other")
    assert other
    assert other(1) != usual(1)
    digits = id_maker(collection(pattern="^[0-9]+$", min=20, max=30), "run")
    assert digits
    assert digits(1).isdigit()
    assert len(digits(1)) == 20
    assert id_maker(collection(pattern="^ABC-[0-9]+$"), "run") is None
    assert id_maker(collection(min=1, max=5), "run") is None


def test_progress_shows_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from pb_common import progress

    monkeypatch.setattr(progress, "_INTERVAL", 0)
    with progress.Progress("read") as quiet:
        quiet.show(5)
    assert capsys.readouterr().err == ""
    if os.name != "posix":
        pytest.skip("no pseudo-terminals here")
    import pty

    reader, writer = pty.openpty()
    with os.fdopen(writer, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        with progress.Progress("read") as shown:
            shown.show(1234, lambda: 0.5)
        text = os.read(reader, 10000).decode()
    os.close(reader)
    assert "1,234 rows" in text
    assert "/s" in text
    assert "0:00 left" in text
    assert "############............" in text


@pytest.mark.skipif(os.name != "posix", reason="no pseudo-terminals here")
def test_progress_of_a_run_that_goes_on_counts_what_it_did_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    import pty

    from pb_common import progress

    reader, writer = pty.openpty()
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    with os.fdopen(writer, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        with progress.Progress("read") as shown:
            shown.begin(100_000, 0.5)
            now[0] += 10
            shown.show(100_500, lambda: 0.75)
        text = os.read(reader, 10000).decode()
    os.close(reader)
    assert "100,500 rows, 50/s, 0:10 left" in text


@pytest.mark.parametrize("name", ["rows.csv", "rows.csv.gz"])
def test_the_share_of_a_small_file_is_that_of_the_rows_done(tmp_path: Path, name: str) -> None:
    import gzip

    text = b"".join(b"row %03d\n" % number for number in range(100))
    path = tmp_path / name
    path.write_bytes(gzip.compress(text) if name.endswith("gz") else text)
    lines = Lines(str(path))
    for _ in range(50):
        next(lines)
    assert lines.share(0) == 0
    for _ in range(50):
        next(lines)
    assert lines.share(200) == 0.25
    lines.close()
