"""All laws, judged on the plays of a schema."""

from __future__ import annotations

from _pb.access.laws import accidents, own_write, records, rounds, rows, states, strangers
from _pb.access.laws.finding import HIGH, Finding
from _pb.access.laws.suspicion import found
from _pb.access.playing import Playing

LAWS = (
    own_write.suspicions,
    records.suspicions,
    states.doors,
    states.chosen_once,
    states.self_states,
    rounds.suspicions,
    rounds.files,
    rows.suspicions,
    accidents.suspicions,
    accidents.no_fields,
    strangers.suspicions,
)


def judge(playing: Playing) -> list[Finding]:
    """Return what breaks a law, the worst first."""
    findings = [finding for law in LAWS for finding in found(playing, law(playing))]
    once = {finding.key: finding for finding in findings}
    return sorted(once.values(), key=lambda one: one.severity != HIGH)
