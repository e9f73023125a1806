"""What a law suspects: an attempt that can be repeated, what it would mean, and the rules that could mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple, Optional

from _pb.access.laws.finding import HIGH, Finding, Mend
from _pb.access.playing import Playing, Trial
from _pb.access.rows import Unbuildable
from _pb.access.stage import Seen
from _pb.access.store import Unplayable
from _pb.access.witnesses import RULES, base_of, ways_of
from _pb.schema.lookup import rule_of
from pb_common.schema_types import Collection

# Plays it on a server, and returns the requests that show it, None if it does not succeed.
Attempt = Callable[[], Optional["tuple[Seen, ...]"]]


class Suspicion(NamedTuple):
    """What a law suspects of an action; `rules` are those that could mend it, the best first."""

    code: str
    collection: Collection
    action: str
    who: str
    message: str
    attempt: Attempt
    rules: tuple[str | None, ...] = ()
    severity: str = HIGH
    fix: str = ""


def lets_in(
    playing: Playing,
    trial: Trial,
    code: str,
    message: str,
    rules: tuple[str | None, ...] = (),
    severity: str = HIGH,
) -> Suspicion:
    """Return what a law suspects of a way as it stands: that it lets in who fulfils it."""
    witness = trial.base.witness
    attempt = partial(playing.shown, witness)
    return Suspicion(code, trial.way.collection, trial.way.action, witness.label, message, attempt, rules, severity)


def attempted(playing: Playing, attempt: Attempt) -> tuple[Seen, ...] | None:
    """Return what an attempt shows, None if it does not succeed or cannot be made."""
    try:
        return attempt()
    except (Unbuildable, Unplayable):
        return None
    finally:
        playing.stage.sweep()


def found(playing: Playing, suspicions: Iterator[Suspicion]) -> Iterator[Finding]:
    """Yield a finding for each suspicion whose attempt succeeds, each once, with a rule that was tried."""
    known: set[tuple[str, ...]] = set()
    for one in suspicions:
        key = (one.code, one.collection["name"], one.action, one.message)
        if key in known:
            continue
        proof = attempted(playing, one.attempt)
        if proof is None:
            continue
        known.add(key)
        scene = playing.stage.last
        mend = _mended(playing, one)
        fix = one.fix
        if mend is not None:
            rule = "null, for superusers alone" if mend.rule is None else mend.rule
            fix = f"{mend.collection}.{RULES[mend.action]} = {rule}"
        yield Finding(
            one.severity, one.code, one.collection["name"], one.action, one.who, one.message, proof, mend, fix, scene
        )


def _mended(playing: Playing, one: Suspicion) -> Mend | None:
    """Return the first rule with which the attempt fails while others pass whom the old rule let through."""
    if not one.rules:
        return None
    key = RULES[one.action]
    before = rule_of(one.collection, key)
    for rule in one.rules:
        try:
            playing.stage.set_rule(one.collection, key, rule)
        except ValueError:
            continue
        try:
            if attempted(playing, one.attempt) is None and _lets_in(playing, one, rule):
                return Mend(one.collection["name"], one.action, rule)
        finally:
            playing.stage.set_rule(one.collection, key, before)
    return None


def _lets_in(playing: Playing, one: Suspicion, rule: str | None) -> bool:
    """Tell whether a rule still lets in who fulfils it, on every way that is left."""
    bases = [playing.play(base_of(way)) for way in ways_of(playing.schema, one.collection, one.action, rule)]
    shown = [play for play in bases if play.seen is not None]
    return rule is None or (bool(shown) and all(play.allowed for play in shown))


def both(rule: str | None, condition: str) -> str:
    """Return a rule with a further condition."""
    if not rule:
        return condition
    return f"{bracketed(rule)} && {condition}"


def bracketed(rule: str) -> str:
    """Return a rule as it stands beside others that all have to hold."""
    return f"({rule})" if "||" in rule else rule


def below(rule: str, name: str) -> str:
    """Return a rule of a relation's target as it reads from the record that has the relation."""
    from _pb.access.readings import path_of, read
    from _pb.languages.rules import paths
    from _pb.languages.spans import replaced

    tree = read(rule)
    changes = []
    for operand in paths(tree) if tree else ():
        path = path_of(operand)
        if path is not None and path.source == "record":
            changes.append((operand.start, operand.start, f"{name}."))
    text = replaced(rule, changes)
    return bracketed(text)
