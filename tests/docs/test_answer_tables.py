"""A wrong cell in a table of answers is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from .answer_tables import AnswerChecks
from .pages import ROOT, read_page
from .stage import Stage

DEFAULT = "0.40.6"
# The page, the table's first header cell, the row's first cell, the wrong cells.
WRONG = [
    ("api-rules-guide", "rule on `posts`", '`title = "second"`', {"alice": "p1"}),
    ("api-rules-guide", "rule on `posts`", '`nosuch = ""`', {"guest": "-"}),
    ("api-rules-guide", "updateRule of `p1`", "`@request.body.views > views`", {"status": "404"}),
    ("api-rules-guide", "createRule of `posts`", '`status = "draft"`', {"status": "403"}),
    ("api-rules-guide", "request", "`GET notes`", {"bob": "1"}),
    ("api-rules-guide", "request", '`PATCH notes/n1 {"owner": "bob"}`', {"guest": "403"}),
    ("field-types", "option of text", "`min`, `max`", {"default": "`null`"}),
    ("field-types", "sent as `texts.free`", "`1.5`", {"stored": "`1.5`"}),
    ("field-types", "sent as `texts.slug`", '`"a"`', {"stored": "`validation_required`"}),
]


@pytest.mark.real_server
@pytest.mark.parametrize("page", sorted({case[0] for case in WRONG}))
def test_a_wrong_cell_is_found(page: str, tmp_path: Path) -> None:
    read = read_page(ROOT / "references" / f"{page}.md")
    with Stage(read, DEFAULT, tmp_path) as stage:
        for _, kind, first, wrong in [case for case in WRONG if case[0] == page]:
            table = next(one for one in read.tables if one.header[0] == kind and any(first in row for row in one.rows))
            row = next(row for row in table.rows if row[0] == first)
            checks = AnswerChecks(read, table)
            checks.check(stage, row)
            with pytest.raises(AssertionError):
                checks.check(stage, [wrong.get(name, cell) for name, cell in zip(table.header, row)])
