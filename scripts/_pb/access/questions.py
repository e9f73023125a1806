"""What no law can decide is asked: few questions, the most telling first, each answered once in the policy file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from _pb.access.laws.finding import Finding

# So many are asked of a schema of ten collections; a smaller one is asked no fewer.
_MOST, _COLLECTIONS = 15, 10
_AT_ONCE = 2
Answers = Mapping["tuple[Any, ...]", Mapping[str, Any]]


def told(finding: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what makes a finding of a file the same in another run."""
    return tuple(finding.get(key) for key in ("severity", "collection", "action", "message"))


def answers_in(findings: Iterable[Mapping[str, Any]]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Return the answers that findings of a file carry, as `"meant": true` and a reason."""
    return {
        told(one): {key: one[key] for key in ("meant", "reason") if key in one} for one in findings if one.get("meant")
    }


def is_answered(finding: Finding, answers: Answers) -> bool:
    """Tell whether somebody said that it is meant."""
    return told(finding.as_saved()) in answers


def asked(findings: Iterable[Finding], collections: int, answers: Answers) -> tuple[list[Finding], int]:
    """Return the questions to ask of so many collections, in their order, and how many are left for later.

    Each action is asked about twice at most before one is asked about again; what is answered is silent.
    """
    open_ones = [one for one in findings if not one.is_alarm and not is_answered(one, answers)]
    by_place: dict[tuple[str, str], list[Finding]] = {}
    for one in open_ones:
        by_place.setdefault((one.collection, one.action), []).append(one)
    turns = {id(one): turn for several in by_place.values() for turn, one in enumerate(several)}
    ranked = sorted(open_ones, key=lambda one: turns[id(one)] // _AT_ONCE)
    most = max(_MOST, _MOST * collections // _COLLECTIONS)
    return ranked[:most], max(0, len(ranked) - most)
