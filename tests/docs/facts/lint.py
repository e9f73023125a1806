"""What the tables of the page on lint are."""

from __future__ import annotations

from docs.tables import Facts

facts = Facts()
facts.prose("What lint finds", "the verbs of pb_lint.py, which the test of the surface knows")
