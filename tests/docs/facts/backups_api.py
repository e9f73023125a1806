"""What the tables of the page on backups are."""

from __future__ import annotations

from docs.tables import Facts

facts = Facts()
facts.prose("With the scripts", "the blocks around it show each key")
