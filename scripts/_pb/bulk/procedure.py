"""How an import is carried out, decided before the first row is read."""

from __future__ import annotations

from pathlib import Path
from typing import Callable, NamedTuple

from pb_common.schema_types import Collection


class Procedure(NamedTuple):
    """How rows are sent: at most `rows` rows and `body` bytes at once, over so many connections.

    `keys` are the fields of an upsert's key, `duplicates` says which of the input's rows with one key count,
    `own_lookups` are the relations that name other rows of the collection, each with the field by whose value.
    `make_id` gives a row its id (None: the server does).
    """

    collection: Collection
    keys: list[str]
    on_match: str
    duplicates: str
    own_lookups: dict[str, str]
    make_id: Callable[[int], str] | None
    connections: int
    rows: int
    body: int
    checkpoint: Path | None
    dry_run: bool

    @property
    def knows_its_rows(self) -> bool:
        """Tell whether a row that was sent is found again: by the id that it was given, or by its key."""
        return bool(self.make_id or self.keys)

    @property
    def window(self) -> int:
        """How many chunks may be on their way."""
        return 2 * self.connections

    @property
    def most_unsure(self) -> int:
        """How many rows may have been sent of which the checkpoint does not know yet."""
        return (self.window + 2) * 4 * self.rows
