"""What to mend in a query that SQLite does not take."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Callable

from _pb.languages.sql import names
from pb_common.suggest import suggest

_COLUMN = re.compile(r"(?:no such column: |has no column named )(?:\S+\.)?(\S+)")
_TABLE = re.compile(r"no such table: (?:main\.)?(\S+)")


def next_step(said: str, statement: str, tables: Iterable[str], columns: Callable[[str], list[str]]) -> str | None:
    """Return what to mend by what SQLite `said` of a statement: the names that there are; None if that is not known.

    `columns` gives the columns of one of the `tables`, which are in lower case.
    """
    if "binding" in said:
        return "No ? and no :name is taken: write the values into the query."
    if found := _TABLE.search(said):
        return suggest(found[1], tables)
    if found := _COLUMN.search(said):
        used = sorted({name.lower() for name in names(statement)} & set(tables))
        there = {name: columns(name) for name in used}
        nearest = suggest(found[1], {name for listed in there.values() for name in listed})
        if not nearest.startswith("There are"):
            return nearest
        return " ".join(f"{name} has {', '.join(listed)}." for name, listed in there.items()) or None
    return None
