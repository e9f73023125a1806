"""Strangers and guests get what a plain public rule gives them, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from _pb.access.laws.finding import HIGH, QUESTION
from _pb.access.laws.suspicion import Suspicion, both
from _pb.access.playing import Playing, Trial
from _pb.access.stage import Seen
from _pb.access.ties import asks_for_account, connected, is_mere_sign_in, mentions
from _pb.access.witnesses import RULES
from _pb.languages.rules import Comparison
from _pb.schema.lookup import rule_of
from pb_common.schema_types import Collection

_ACTIONS = ("list", "view", "update", "delete", "manage")
_SAID = {"list": "list", "view": "view", "update": "change", "delete": "delete", "manage": "take over"}


def suspicions(playing: Playing) -> Iterator[Suspicion]:
    """Yield the ways that are open to everybody beside ways that are tied to the record."""
    for trial in playing.allowed(*_ACTIONS):
        if is_open(playing, trial):
            yield from _open_way(playing, trial)
    for trial in playing.allowed("create"):
        writing = [one for one in playing.of(trial.name, "update", "delete") if one.base.allowed]
        asked = writing and all(one.way.users is not None for one in writing)
        if asked and trial.way.users is None and trial.way.collection["type"] == "base":
            yield _anybody_creates(playing, trial)
    yield from _missing(playing)


def _anybody_creates(playing: Playing, trial: Trial) -> Suspicion:
    def attempt() -> tuple[Seen, ...] | None:
        again = playing.play(trial.base.witness)
        return (again.seen,) if again.allowed and again.seen else None

    rule = rule_of(trial.way.collection, "createRule")
    mend = f'@request.auth.id != ""{f" && ({rule})" if rule else ""}'
    message = "anybody, signed in or not, may create records, which not everybody may change."
    return Suspicion(
        "stranger", trial.way.collection, "create", trial.way.who, message, attempt, (mend,), severity=QUESTION
    )


def is_open(playing: Playing, trial: Trial) -> bool:
    """Tell whether a way asks of the account nothing but to be one."""
    asked = [one for one in trial.way.comparisons if mentions(one, "auth", "query", "headers")]
    return all(is_mere_sign_in(one) for one in asked) and not any(mentions(one, "collection") for one in asked)


def is_tied(playing: Playing, trial: Trial) -> bool:
    return trial.way.users is not None and asks_for_account(trial.way) and connected(playing.schema, trial.way)


def _open_way(playing: Playing, trial: Trial) -> Iterator[Suspicion]:
    way = trial.way
    name = way.collection["name"]
    others = [one for one in playing.of(name, way.action) if one is not trial and is_tied(playing, one)]
    reading = [one for one in playing.of(name, "view", "list") if is_tied(playing, one)]
    writes = way.action in ("update", "delete", "manage")
    if way.action == "manage" or (writes and (others or reading or way.collection["type"] == "auth")):
        severity = HIGH
    elif others or (
        way.action == "view" and any(is_tied(playing, one) for one in playing.of(name, "update", "delete"))
    ):
        severity = QUESTION
    elif writes and way.users is None:
        severity = HIGH
    elif writes:
        severity = QUESTION
    else:
        return

    def attempt() -> tuple[Seen, ...] | None:
        again = playing.play(trial.base.witness)
        return (again.seen,) if again.allowed and again.seen else None

    who = "anybody, signed in or not," if way.users is None else f"any account of {way.who}"
    if way.action == "update" and way.users is None and any(mentions(one, "body") for one in way.comparisons):
        severity = HIGH
    state = ", ".join(way.words(one) for one in way.comparisons if not mentions(one, "auth"))
    message = f"{who} may {_SAID[way.action]} the records of others{f', where {state}' if state else ''}."
    tied = next((one for one in (*others, *reading) if one.way.rule), None)
    rules: tuple[str | None, ...] = (tied.way.rule if tied else None,)
    yield Suspicion("stranger", way.collection, way.action, trial.base.witness.label, message, attempt, rules, severity)


def _missing(playing: Playing) -> Iterator[Suspicion]:
    """Yield the conditions on a record's state, or its parent's, that the rules beside one carry."""
    for collection in playing.stage.collections:
        for actions, least in ((("list", "view", "update", "delete"), 2), (("create", "update", "delete"), 1)):
            trials = {
                action: [one for one in playing.of(collection["name"], action) if one.base.allowed]
                for action in actions
            }
            known = {action: found for action, found in trials.items() if found}
            yield from _missing_in(playing, known, least)


def _missing_in(playing: Playing, known: dict[str, list[Trial]], least: int) -> Iterator[Suspicion]:
    everywhere = {action: set.intersection(*(set(_states(one)) for one in found)) for action, found in known.items()}
    for action, found in known.items():
        beside = [keys for other, keys in everywhere.items() if other != action]
        if len(beside) < least:
            continue
        for key in sorted(set.intersection(*beside) - everywhere[action]):
            for trial in found:
                if key not in _states(trial) and (action != "create" or "." in key):
                    yield from _without(playing, trial, key, known, HIGH if len(beside) > 1 else QUESTION)


def _states(trial: Trial) -> dict[str, Comparison]:
    """Return the conditions of a way on the state of the record, by how they are written."""
    return {
        trial.way.words(one): one
        for one in trial.way.comparisons
        if not mentions(one, "auth", "body", "query", "headers") and mentions(one, "record")
    }


def _without(
    playing: Playing, trial: Trial, key: str, known: dict[str, list[Trial]], severity: str
) -> Iterator[Suspicion]:
    collection: Collection = trial.way.collection
    beside = next(
        one for action, found in known.items() if action != trial.way.action for one in found if key in _states(one)
    )
    broken = [
        play.witness.broken
        for play in beside.others
        if play.witness.comparison is _states(beside)[key] and play.witness.broken and play.denied
    ]
    comparison = _states(beside)[key]

    def attempt() -> tuple[Seen, ...] | None:
        for one in broken:
            scene = trial.base.witness.scene(playing.schema)
            one.change(scene, scene.cell(comparison.left), scene.cell(comparison.right))
            playing.stage.store(scene)
            seen = playing.stage.ask(scene)
            if seen.allowed:
                return (seen,)
        return None

    action = trial.way.action
    message = f"The other rules ask for `{key}`, this one does not."
    rule = rule_of(collection, RULES[action])
    yield Suspicion(
        "missing-condition",
        collection,
        action,
        trial.base.witness.label,
        message,
        attempt,
        (both(rule, key),),
        severity,
    )
