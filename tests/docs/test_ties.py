"""Sentences are held like blocks: each is tied to a check, and those that are not may not become more."""

from __future__ import annotations

import re

import pytest

from docs.pages import ROOT
from docs.sides import CLAIMS
from docs.surface import anchors
from docs.ties import Tie, sentences, ties, untied

# How many sentences nothing is tied to, and how many claim to leave nothing out and name no limit: count them down.
UNTIED = 345
WHOLE = 112


def _missing(tie: Tie) -> str:
    """Return why the check of a tie is none."""
    if tie.check.startswith("tests/"):
        file, _, name = tie.check.partition("::")
        text = (ROOT / file).read_text("utf-8") if (ROOT / file).exists() else ""
        return "" if f"def {name}(" in text else "there is no such test"
    if tie.check.startswith("references/"):
        file, _, section = tie.check.partition("#")
        return "" if section in anchors(ROOT / file) else "there is no such section"
    if tie.check.startswith("sides: "):
        part = tie.check[len("sides: ") :]
        return "" if any(part in claim.text for claim in CLAIMS) else "sides.py makes no such claim"
    return "" if tie.check == "no claim" or re.match(r"once(, | )(0\.\d+\.\d+[ :])+", tie.check) else "it is no check"


@pytest.mark.parametrize("page", sorted({tie.page for tie in ties()}))
def test_each_tie_has_its_sentence_and_its_check(page: str) -> None:
    said = [sentence.text for sentence in sentences() if sentence.page == page]
    wrong = [
        (tie.part, _missing(tie) or "no sentence has this part")
        for tie in ties()
        if tie.page == page and (_missing(tie) or not any(tie.part in text for text in said))
    ]
    assert not wrong


def test_sentences_without_a_tie_do_not_become_more() -> None:
    left = untied()
    assert len(left) <= UNTIED, [f"{each.page}:{each.line} {each.text}" for each in left]
    whole = [f"{each.page}:{each.line} {each.text}" for each in sentences() if each.whole]
    assert len(whole) <= WHOLE, whole
