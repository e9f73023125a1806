"""The policy: what the server answered to every witness, one sentence each, as a file keeps it for review."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from _pb.access.facts import facts
from _pb.access.playing import Play, Playing, Trial
from _pb.access.witnesses import RULES
from _pb.languages.rules import Comparison
from _pb.schema.lookup import rule_of
from pb_common import PBUsageError, script_command

MAY, MAY_NOT, NOT_SHOWN = "may", "may not", "not shown"
_SHOWN = ("list", "view")


class Line(NamedTuple):
    """A line of the matrix: an action, who asks for it, and what came of it, with the play that shows it."""

    collection: str
    action: str
    who: str
    play: Play

    @property
    def said(self) -> str:
        """What came of it in a word: may, may not, not shown."""
        return NOT_SHOWN if self.play.seen is None else MAY if self.play.allowed else MAY_NOT


def lines_of(trials: Iterable[Trial]) -> list[Line]:
    """Return a line for each witness; who differ in what came of them have labels of their own."""
    found: dict[tuple[str, str, str], Line] = {}
    for trial in trials:
        for play in (trial.base, *trial.others):
            line = Line(trial.name, trial.way.action, play.witness.label, play)
            number = 1
            while (line.collection, line.action, line.who) in found:
                known = found[line.collection, line.action, line.who]
                if known.said == line.said or line.said == NOT_SHOWN:
                    break
                number += 1
                line = line._replace(who=f"{play.witness.label} ({number})")
            found.setdefault((line.collection, line.action, line.who), line)
    return list(found.values())


def sentences(playing: Playing, names: Iterable[str]) -> dict[str, str]:
    """Return what came of each witness of the named collections, by its sentence, and what is stored unasked."""
    wanted = set(names)
    found = _of_trials(trial for trial in playing.trials if trial.name in wanted)
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
    trials = []
    for trial in list(playing.of(name, *actions)):
        others = [playing.play(play.witness) for play in trial.others]
        trials.append(Trial(trial.way, playing.play(trial.base.witness), others))
    return _of_trials(trials)


def _of_trials(trials: Iterable[Trial]) -> dict[str, str]:
    known = list(trials)
    found = {f"{line.collection} {line.action}: {line.who}": line.said for line in lines_of(known)}
    for trial in known:
        seen = trial.base.seen
        if trial.way.action in _SHOWN and seen and seen.allowed and isinstance(seen.answer, dict):
            items = seen.answer.get("items")
            record = (items[0] if items else {}) if isinstance(items, list) else seen.answer
            place = f"{trial.name} {trial.way.action}: {trial.base.witness.label} sees"
            found[place] = ", ".join(sorted(record))
    return found


def unproven(playing: Playing, names: Iterable[str] | None = None) -> dict[str, str]:
    """Return the conditions for which no pair of witnesses was answered differently, each with the reason.

    A rule without conditions stands for itself where nothing could be asked. `names` are the collections, all by
    default.
    """
    wanted = None if names is None else set(names)
    found: dict[str, str] = {}
    for trial in playing.trials:
        if wanted is not None and trial.name not in wanted:
            continue
        place = f"{trial.name} {trial.way.action}"
        if not trial.way.comparisons and trial.base.seen is None:
            found[place] = trial.base.problem
        for comparison in trial.way.comparisons:
            key = f"{place}: {trial.way.words(comparison)}"
            reason = _unproven(trial, comparison)
            if reason:
                found.setdefault(key, reason)
            else:
                found[key] = ""
    return {key: reason for key, reason in found.items() if reason}


def _unproven(trial: Trial, comparison: Comparison) -> str:
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


class Reviewed(NamedTuple):
    """A reviewed file: the rules and the sentences of its policy, its findings and questions with their answers."""

    rules: dict[str, dict[str, str]]
    sentences: dict[str, str]
    findings: list[dict[str, Any]]


def reviewed(document: Any) -> Reviewed:
    """Return what a file of --save holds; raise PBUsageError if it holds no policy."""
    try:
        policy = document["policy"]
        rules = {name: dict(known) for name, known in policy["rules"].items()}
        said = {str(sentence): str(said) for sentence, said in policy["sentences"].items()}
        findings = [dict(one) for key in ("findings", "questions") for one in document[key]]
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        hint = f"Write one with: {script_command('pb_access.py matrix --save access.json')}"
        raise PBUsageError("The file of --expect holds no access matrix.", hint=hint) from error
    return Reviewed(rules, said, findings)


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the sentences that came, went, or are answered otherwise, those that allow more first."""
    found = []
    for key in dict.fromkeys([*before, *after]):
        was, now = before.get(key, ""), after.get(key, "")
        if was != now:
            found.append({"sentence": key, "was": was or "not there", "is": now or "not there"})
    return sorted(found, key=lambda item: item["is"] != MAY)
