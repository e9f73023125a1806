"""The names that imports choose for the files of their rejected rows."""

from __future__ import annotations

import contextlib
from pathlib import Path

from _pb.bulk.checkpoint import Checkpoint
from _pb.bulk.readers import read_table
from _pb.bulk.rejects import Rejects
from _pb.bulk.sources import Lines


def test_two_imports_at_once_take_two_names_for_their_rejected_rows(tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text("a\n1\n")
    with contextlib.closing(Lines(str(rows))) as lines:
        table = read_table(lines, "csv", None)
        states = [Checkpoint("one", {}), Checkpoint("two", {})]
        for rejects in [Rejects(tmp_path / "rows.rejects.csv", table, state, named=False) for state in states]:
            with contextlib.closing(rejects):
                assert rejects.begin()
    assert [Path(str(state.rejects)).name for state in states] == ["rows.rejects.csv", "rows.rejects-2.csv"]
