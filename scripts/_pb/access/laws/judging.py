"""All laws, judged on the plays of a schema."""

from __future__ import annotations

from collections.abc import Iterable

from _pb.access.laws import accidents, own_write, records, rounds, rows, shown, siblings, states, strangers
from _pb.access.laws.finding import HIGH, Finding
from _pb.access.laws.suspicion import found
from _pb.access.playing import Playing

LAWS = (
    own_write.suspicions,
    records.suspicions,
    states.doors,
    states.self_states,
    rounds.suspicions,
    rounds.files,
    rows.suspicions,
    accidents.suspicions,
    accidents.no_fields,
    accidents.unbracketed,
    strangers.suspicions,
    siblings.suspicions,
    shown.suspicions,
    rounds.views,
    accidents.other_kinds,
)


# Questions are asked in this order: first where somebody gets what was kept from him, last what is often meant.
_MOST_TELLING = (
    "two-rows",
    "any-row",
    "no-field",
    "own-write",
    "other-name",
    "other-place",
    "third-person",
    "own-key",
    "no-brackets",
    "shown-key",
    "wrong-kind",
    "shown-address",
    "shown-state",
    "empty",
    "part",
    "lists",
    "no-effect",
    "view-shows",
    "list-and-view",
    "ends",
    "missing-condition",
    "give-away",
    "other-door",
    "parent-state",
    "open-sign-up",
    "stranger",
    "self-state",
    "any-date",
    "sign-in",
    "way-round",
    "twice",
    "any-state",
    "shown-fields",
)


def judge(playing: Playing) -> list[Finding]:
    """Return what breaks a law, the worst first, and the questions, the most telling first."""
    return ordered(finding for law in LAWS for finding in found(playing, law(playing)))


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings, each once, those of list and view as one where they say the same."""
    once = {finding.key: finding for finding in findings}
    for key, finding in list(once.items()):
        other = (*key[:3], "view", key[4])
        if finding.action == "list" and other in once:
            del once[other]
            once[key] = finding._replace(message=f"{finding.message} So with view.")
    return sorted(once.values(), key=_order)


def _order(finding: Finding) -> tuple[bool, int]:
    known = finding.code in _MOST_TELLING
    return finding.severity != HIGH, _MOST_TELLING.index(finding.code) if known else len(_MOST_TELLING)
