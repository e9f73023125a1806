"""What the tables of command-line.md are."""

from __future__ import annotations

from docs.tables import Facts

facts = Facts()
facts.prose("The document", "tests/test_contract.py and tests/common/test_output.py hold what the scripts print")
facts.prose("Codes", "tests/test_codes.py compares it with the sources")
