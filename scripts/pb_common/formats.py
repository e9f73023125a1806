"""Which format a result is shown in."""

from __future__ import annotations

import os
import sys
from typing import NamedTuple

FORMATS = ("json", "table", "csv", "ndjson", "plain")


class Look(NamedTuple):
    """How a result is shown: its format ("" for what suits a person at a terminal), and whether nothing is cut.

    `verb` is the verb's name as "module:function". Its module may say how its data reads: `as_text(data, screen)`
    yields lines, `as_rows(data)` returns the rows of a table, a CSV and the like, and `for_people(data)` what a
    terminal and a table show. `first` are the columns that come first.
    `command` is what the command is called, `is_asked` whether the format was asked for, `dry_run` whether nothing
    was to be changed.
    """

    format: str = "json"
    full: bool = False
    verb: str = ""
    first: tuple[str, ...] = ()
    command: str = ""
    is_asked: bool = False
    dry_run: bool = False

    @property
    def is_json(self) -> bool:
        """Whether the result is the one JSON document."""
        return self.format == "json"


def look_of(asked: str | None, *, full: bool = False, verb: str = "", fields: str | None = None) -> Look:
    """Return how a result is to be shown: as --format says, else PB_FORMAT, else for people on a terminal only.

    `fields` are those that --fields names: they are shown in this order.

    Raises PBUsageError for a PB_FORMAT that is none.
    """
    wanted = asked or _default()
    if wanted and wanted not in FORMATS:
        from .errors import PBUsageError

        raise PBUsageError(
            f"PB_FORMAT is {wanted!r}; expected one of {', '.join(FORMATS)}.",
            hint="PB_FORMAT=json",
            code="wrong_settings",
        )
    first = tuple(name.partition(":")[0].strip() for name in (fields or "").split(","))
    return Look(wanted or ("" if sys.stdout.isatty() else "json"), full, verb, first, is_asked=bool(wanted))


def _default() -> str:
    from .errors import PBError
    from .settings import find_values

    try:
        return find_values().values.get("PB_FORMAT", "").strip()
    except (PBError, OSError):  # whoever needs the settings says what is wrong with them
        return os.environ.get("PB_FORMAT", "").strip()
