"""Strangers and guests get what a plain public rule gives them, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from _pb.access.laws.finding import HIGH, QUESTION
from _pb.access.laws.suspicion import Suspicion, both
from _pb.access.playing import Playing, Trial
from _pb.access.readings import kept_from_sending
from _pb.access.stage import Seen
from _pb.access.ties import asks_for_account, connected, is_mere_sign_in, mentions, sides
from _pb.access.witnesses import RULES
from _pb.languages.rules import Comparison
from _pb.schema.lookup import rule_of
from pb_common.schema_types import Collection

_ACTIONS = ("list", "view", "update", "delete", "manage")
_READING, _WRITING = ("list", "view"), ("create", "update", "delete")
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
    attempt = partial(playing.shown, trial.base.witness)
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

    attempt = partial(playing.shown, trial.base.witness)
    who = "anybody, signed in or not," if way.users is None else f"any account of {way.who}"
    if way.action == "update" and way.users is None and any(mentions(one, "body") for one in way.comparisons):
        severity = HIGH
    state = ", ".join(way.words(one) for one in way.comparisons if not mentions(one, "auth"))
    message = f"{who} may {_SAID[way.action]} the records of others{f', where {state}' if state else ''}."
    tied = next((one for one in (*others, *reading) if one.way.rule), None)
    rules: tuple[str | None, ...] = (tied.way.rule if tied else None,)
    yield Suspicion("stranger", way.collection, way.action, trial.base.witness.label, message, attempt, rules, severity)


def _missing(playing: Playing) -> Iterator[Suspicion]:
    """Yield the state conditions that a way of writing lacks, and that a way beside it carries and nothing more."""
    for collection in playing.stage.collections:
        allowed = [one for one in playing.allowed(*_READING, *_WRITING) if one.way.collection is collection]
        for trial in allowed:
            if trial.way.action in _WRITING:
                others = [one for one in allowed if one.way.action not in (trial.way.action, "delete")]
                yield from _missing_in(playing, trial, others)


def _missing_in(playing: Playing, trial: Trial, others: list[Trial]) -> Iterator[Suspicion]:
    own = _conditions(trial)
    beside: dict[str, list[Trial]] = {}
    for other in others:
        further = {key: one for key, one in _conditions(other).items() if key not in own}
        for key, one in further.items():
            is_state = not mentions(one, "auth")
            if (
                is_state
                and len(further) == 1
                and not _is_kept(trial, one)
                and (trial.way.action != "create" or "." in key)
            ):
                beside.setdefault(key, []).append(other)
    met = {other.way.action for other in others if not set(_conditions(other)) - set(own)}
    for key, found in beside.items():
        if all(one.way.action in met for one in found):
            continue  # who fulfils this way fulfils another one of theirs
        actions = {one.way.action for one in found}
        is_sure = trial.way.action != "delete" and len(actions) > 1
        yield _without(playing, trial, key, found[0], HIGH if is_sure else QUESTION)


def _is_kept(trial: Trial, comparison: Comparison) -> bool:
    """Tell whether a way lets none of the fields change that a condition starts from, so that it goes on to hold."""
    kept = kept_from_sending([trial.way.rule]) if trial.way.action == "update" else []
    names = {path.names[0] for path in sides(comparison) if path.source == "record"}
    return len(names) > 1 and names <= set(kept)


def _conditions(trial: Trial) -> dict[str, Comparison]:
    """Return the conditions of a way on what is stored, by how they are written."""
    return {
        trial.way.words(one): one
        for one in trial.way.comparisons
        if not mentions(one, "body", "query", "headers") and not is_mere_sign_in(one)
    }


def _without(playing: Playing, trial: Trial, key: str, beside: Trial, severity: str) -> Suspicion:
    collection: Collection = trial.way.collection
    comparison = _conditions(beside)[key]
    broken = [
        play.witness.broken
        for play in beside.others
        if play.witness.comparison is comparison and play.witness.broken and play.denied
    ]

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
    message = f"The {beside.way.action} rule asks for `{key}`, this one does not."
    mend = (both(rule_of(collection, RULES[action]), key),)
    who = trial.base.witness.label
    return Suspicion("missing-condition", collection, action, who, message, attempt, mend, severity)
