"""Strangers and guests get what a plain public rule gives them, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from _pb.access.laws.finding import HIGH, QUESTION
from _pb.access.laws.suspicion import Suspicion
from _pb.access.playing import Playing, Trial
from _pb.access.ties import asks_for_account, connected, is_mere_sign_in, mentions
from _pb.schema.lookup import rule_of

_ACTIONS = ("list", "view", "update", "delete", "manage")
_READING = ("list", "view")
_SAID = {"list": "see", "view": "see", "update": "change", "delete": "delete", "manage": "take over"}


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
    who = "anybody, signed in or not," if way.users is None else "any account"
    if way.action == "update" and way.users is None and any(mentions(one, "body") for one in way.comparisons):
        severity = HIGH
    fields = [
        field["name"] for field in way.collection["fields"] if not field.get("hidden") and not field.get("system")
    ]
    shown = f" ({', '.join(fields)})" if way.action in _READING else ""
    state = ", ".join(way.words(one) for one in way.comparisons if not mentions(one, "auth"))
    message = f"{who} may {_SAID[way.action]} the records of others{f', where {state}' if state else ''}{shown}."
    tied = next((one for one in (*others, *reading) if one.way.rule), None)
    rules: tuple[str | None, ...] = (tied.way.rule if tied else None,)
    yield Suspicion("stranger", way.collection, way.action, trial.base.witness.label, message, attempt, rules, severity)
