"""Open the file of a database so that nothing in it can be changed."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3


def read_only_uri(database: Path) -> str:
    """Return the address by which SQLite opens or attaches a file for reading alone."""
    return f"{database.absolute().as_uri()}?mode=ro"


def open_read_only(database: Path) -> closing[sqlite3.Connection]:
    """Open a file for reading alone, until the block ends; raise sqlite3.Error if it cannot be, ImportError without."""
    import sqlite3  # not every Python has it

    return closing(sqlite3.connect(read_only_uri(database), uri=True))
