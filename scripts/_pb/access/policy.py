"""The policy: what the server answered to every witness, one sentence each, as a file keeps it for review."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from _pb.access.facts import facts
from _pb.access.playing import Playing, Trial
from _pb.access.witnesses import RULES
from _pb.schema.lookup import rule_of
from pb_common import PBUsageError

MAY, MAY_NOT, NOT_SHOWN = "may", "may not", "not shown"
_SHOWN = ("list", "view")


def sentences(playing: Playing, names: Iterable[str]) -> dict[str, str]:
    """Return what came of each witness of the named collections, by its sentence, and what is stored unasked."""
    wanted = set(names)
    found: dict[str, str] = {}
    for trial in playing.trials:
        if trial.name in wanted:
            found.update(_of_trial(trial))
    for collection in playing.stage.collections:
        if collection["name"] in wanted:
            found.update(facts(playing.stage, collection))
    return dict(sorted(found.items()))


def observed_again(playing: Playing, name: str) -> dict[str, str]:
    """Play the witnesses of a collection once more, and return their sentences."""
    found = _replayed(playing, name, RULES)
    collection = playing.stage.schema.get(name)
    return {**found, **(facts(playing.stage, collection) if collection else {})}


def rule_observed_again(playing: Playing, name: str, key: str) -> dict[str, str]:
    """Play the witnesses of one rule of a collection once more, and return their sentences."""
    return _replayed(playing, name, [action for action, rule in RULES.items() if rule == key])


def _replayed(playing: Playing, name: str, actions: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for trial in list(playing.of(name, *actions)):
        others = [playing.play(play.witness) for play in trial.others]
        found.update(_of_trial(Trial(trial.way, playing.play(trial.base.witness), others)))
    return found


def _of_trial(trial: Trial) -> dict[str, str]:
    place = f"{trial.name} {trial.way.action}"
    found = {}
    for play in (trial.base, *trial.others):
        said = NOT_SHOWN if play.seen is None else MAY if play.allowed else MAY_NOT
        found[f"{place}: {play.witness.label}"] = said
    seen = trial.base.seen
    if trial.way.action in _SHOWN and seen and seen.allowed and isinstance(seen.answer, dict):
        items = seen.answer.get("items")
        record = (items[0] if items else {}) if isinstance(items, list) else seen.answer
        found[f"{place}: {trial.base.witness.label} sees"] = ", ".join(sorted(record))
    return found


def unproven(playing: Playing) -> dict[str, str]:
    """Return the conditions for which no pair of witnesses was answered differently, each with the reason."""
    found: dict[str, str] = {}
    for trial in playing.trials:
        for comparison in trial.way.comparisons:
            key = f"{trial.name} {trial.way.action}: {trial.way.words(comparison)}"
            reason = _unproven(trial, comparison)
            if reason:
                found.setdefault(key, reason)
            else:
                found[key] = ""
    return {key: reason for key, reason in found.items() if reason}


def _unproven(trial: Trial, comparison: Any) -> str:
    if trial.base.seen is None:
        return f"nothing fulfils the rule: {trial.base.problem}"
    if not trial.base.allowed:
        return "whoever fulfils it is refused all the same (a hook, or values that the rule compares otherwise)"
    plays = [play for play in trial.others if play.witness.comparison is comparison]
    asked = [play for play in plays if play.seen is not None]
    if any(play.denied for play in asked):
        return ""
    if asked:
        return "always decided by another condition"
    return plays[0].problem if plays else "nothing breaks it: it is always true beside the others"


def rules_by_action(playing: Playing) -> dict[str, dict[str, str]]:
    """Return the rules by collection and action, without those that are null."""
    found = {}
    for collection in playing.stage.collections:
        rules = {action: rule_of(collection, key) for action, key in RULES.items()}
        found[collection["name"]] = {action: rule for action, rule in rules.items() if rule is not None}
    return found


def play_reviewed(playing: Playing, rules: Mapping[str, Mapping[str, str]]) -> None:
    """Play also the witnesses of the rules that a reviewed policy was made with, where they were others."""
    for collection in playing.stage.collections:
        for action, rule in (rules.get(collection["name"]) or {}).items():
            if action in RULES and rule != rule_of(collection, RULES[action]):
                playing.trials += playing.trials_of(collection, action, rule)


def reviewed_policy(document: Any) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    """Return the rules and sentences of a reviewed file, both empty for one that has none; raise PBUsageError."""
    policy = document.get("policy") if isinstance(document, dict) else None
    if policy is None:
        return {}, {}
    try:
        rules = {name: dict(known) for name, known in policy["rules"].items()}
        return rules, {str(key): str(said) for key, said in policy["sentences"].items()}
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise PBUsageError(
            "The policy in the file of --expect cannot be read: it has no rules and sentences."
        ) from error


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the sentences that came, went, or are answered otherwise, those that allow more first."""
    found = []
    for key in dict.fromkeys([*before, *after]):
        was, now = before.get(key, ""), after.get(key, "")
        if was != now:
            found.append({"sentence": key, "was": was or "not there", "is": now or "not there"})
    return sorted(found, key=lambda item: item["is"] != MAY)
