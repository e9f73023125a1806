"""Accidents: what is empty equals what is empty, a part stands for the whole, the request brings its own key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from difflib import get_close_matches
from functools import partial

from _pb.access.cast import lacks
from _pb.access.laws.finding import HIGH, QUESTION
from _pb.access.laws.suspicion import Suspicion, both, bracketed, lets_in
from _pb.access.playing import Play, Playing, Trial
from _pb.access.stage import Seen
from _pb.access.ties import asks_for_account, mentions, sides
from _pb.access.witnesses import RULES
from _pb.languages.rules import Comparison, mixed_joins, tidy
from _pb.languages.spans import replaced
from _pb.schema.lookup import rule_of

_BREAKING = ("another", "same", "sent", "value")
_OF_ALL = ("id", "collectionName", "collectionId", "verified", "email")
_ACTIONS = ("list", "view", "create", "update", "delete", "manage")


def suspicions(playing: Playing) -> Iterator[Suspicion]:
    """Yield what the plays themselves show: witnesses that ought to be refused and were let in."""
    for trial in playing.allowed(*_ACTIONS):
        for play in trial.others:
            if play.allowed and play.witness.comparison is not None:
                yield from _accident(playing, trial, play)
        for comparison in trial.way.comparisons:
            yield from _without_effect(playing, trial, comparison)
        yield from _own_key(playing, trial)


def unbracketed(playing: Playing) -> Iterator[Suspicion]:
    """Yield what stands behind `||` beside a chain of `&&` without brackets, and so lets in without that chain."""
    for trial in playing.allowed(*_ACTIONS):
        rule, own = trial.way.rule, [trial.way.words(one) for one in trial.way.comparisons]
        for chain, alone in mixed_joins(rule):
            if own == [tidy(alone, rule)]:
                start, end = chain.items[-1].start, alone.end
                mend = replaced(rule, [(start, start, "("), (end, end, ")")])
                message = f"`{own[0]}` lets in alone: `||` stands beside `&&` without brackets."
                yield lets_in(playing, trial, "no-brackets", message, (mend,), QUESTION)


def other_kinds(playing: Playing) -> Iterator[Suspicion]:
    """Yield the accounts that are let in though they have no such field, or one that is meant of another collection."""
    by_kind = _asked_with_kind(playing)
    several = Counter((trial.name, trial.way.action, trial.way.comparisons) for trial in playing.allowed(*_ACTIONS))
    for trial in playing.allowed(*_ACTIONS):
        users = trial.way.users
        asked = [path.names[0] for one in trial.way.comparisons for path in sides(one) if path.source == "auth"]
        if users is None or trial.way.collection is users or {"collectionName", "collectionId"} & set(asked):
            continue
        is_shared = several[(trial.name, trial.way.action, trial.way.comparisons)] > 1
        for name in dict.fromkeys(asked):
            meant = by_kind.get(name, set()) - {users["name"]}
            if lacks(playing.schema, users, name):
                why = "have no such field"
            elif meant:
                why = f"are no accounts of {', '.join(sorted(meant))}"
            elif is_shared and name not in _OF_ALL:
                why = "are one of several kinds that have such a field"
            else:
                continue
            message = f"Accounts of {users['name']}, which {why}, are let in where `@request.auth.{name}` is asked for."
            yield lets_in(playing, trial, "wrong-kind", message, severity=QUESTION)


def _asked_with_kind(playing: Playing) -> dict[str, set[str]]:
    """Return the fields of accounts that rules ask for together with the collection of the account, with those."""
    found: dict[str, set[str]] = {}
    for trial in playing.trials:
        asked = {path.names[0] for one in trial.way.comparisons for path in sides(one) if path.source == "auth"}
        if trial.way.users is not None and "collectionName" in asked and trial.base.allowed:
            for name in asked - set(_OF_ALL):
                found.setdefault(name, set()).add(trial.way.users["name"])
    return found


def _without_effect(playing: Playing, trial: Trial, comparison: Comparison) -> Iterator[Suspicion]:
    """Yield a condition that was broken in the record or the request, and kept nobody out."""
    plays = [play for play in trial.others if play.witness.comparison is comparison and play.witness.kind in _BREAKING]
    asked = [play for play in plays if play.seen is not None]
    keeps_out = comparison.sign.lstrip("?") in ("!=", "!~")
    if not keeps_out or not asked or any(play.denied for play in asked):
        return
    way, words = trial.way, trial.way.words(comparison)
    key, before = RULES[way.action], rule_of(way.collection, RULES[way.action])

    def attempt() -> tuple[Seen, ...] | None:
        alone = " && ".join(way.words(one) for one in way.comparisons)
        playing.stage.set_rule(way.collection, key, alone)  # no other way is open
        try:
            return playing.shown(asked[0].witness)
        finally:
            playing.stage.set_rule(way.collection, key, before)

    severity = HIGH if mentions(comparison, "auth") else QUESTION
    message = f"`{words}` keeps nobody out: it holds whatever stands there."
    who = asked[0].witness.label
    if way.action != "manage":
        yield Suspicion("no-effect", way.collection, way.action, who, message, attempt, (), severity)


def no_fields(playing: Playing) -> Iterator[Suspicion]:
    """Yield names of the body in rules that are no fields, so that what they are to keep out comes in."""
    for trial in playing.allowed("create", "update"):
        fields = playing.schema.fields(trial.way.collection)
        for comparison in trial.way.comparisons:
            for path in sides(comparison):
                is_open = path.source == "body" and path.modifier in ("isset", "changed")
                if is_open and path.names[0] not in fields and len(path.names) == 1:
                    yield _no_field(playing, trial, path.names[0], list(fields))


def _no_field(playing: Playing, trial: Trial, name: str, fields: list[str]) -> Suspicion:
    attempt = partial(playing.shown, trial.base.witness)
    way = trial.way
    near = get_close_matches(name, fields, 1)
    mends = tuple(way.rule.replace(f"@request.body.{name}:", f"@request.body.{one}:") for one in near)
    message = f"`@request.body.{name}` is no field of {trial.name}: what is not sent under this name is not kept out."
    severity = HIGH if near else QUESTION
    return Suspicion(
        "no-field", way.collection, way.action, trial.base.witness.label, message, attempt, mends, severity
    )


def _accident(playing: Playing, trial: Trial, play: Play) -> Iterator[Suspicion]:
    kind, comparison = play.witness.kind, play.witness.comparison
    assert comparison is not None
    rule = rule_of(trial.way.collection, RULES[trial.way.action]) or ""
    words = trial.way.words(comparison)
    if kind in ("guest and empty", "both empty"):
        if kind == "both empty" and not mentions(comparison, "auth", "query", "headers"):
            return
        guest = next((other for other in trial.others if other.witness.kind == "guest"), None)
        if guest is not None and guest.allowed:
            return
        who = "a guest" if kind == "guest and empty" else "whoever has none"
        message = f"`{words}` holds for {who} where it is empty on both sides."
        own = [path for path in sides(comparison) if path.source in ("record", "collection")]
        path = comparison.left.text if mentions(comparison, "record") and own else comparison.right.text
        fixes = [f'@request.auth.id != "" && {bracketed(rule)}', both(rule, f'{comparison.left.text} != ""')]
        fixes.append(both(rule, f'{path} != ""'))
        yield _seen(playing, "empty", trial, play, message, tuple(fixes))
    elif kind == "among":
        alone = [other for other in trial.others if other.witness.kind == "same"]
        if any(other.denied and other.witness.comparison is comparison for other in alone):
            message = f"`{words}` holds as soon as one of several differs."
            every = replaced(rule, [(comparison.sign_start, comparison.sign_start + 1, "")])
            yield _seen(playing, "lists", trial, play, message, (every,) if comparison.sign[0] == "?" else ())
    elif kind == "further" and comparison.sign[0] == "?" and _is_of_sent(trial, comparison):
        message = f"`{words}` holds as soon as one of several does, whatever else is sent beside it."
        every = replaced(rule, [(comparison.sign_start, comparison.sign_start + 1, "")])
        yield _seen(playing, "lists", trial, play, message, (every,), QUESTION)
    elif kind == "part":
        is_identity = any(mentions(comparison, source) for source in ("auth", "query", "headers", "body"))
        message = f"`{words}` holds for a part of the text as for the whole."
        equal = replaced(
            rule, [(comparison.sign_start, comparison.sign_start + len(comparison.sign), _equal(comparison.sign))]
        )
        yield _seen(playing, "part", trial, play, message, (equal,), HIGH if is_identity else QUESTION)


def _is_of_sent(trial: Trial, comparison: Comparison) -> bool:
    """Tell whether a condition looks at a list that the request itself sends, and at no rows beside it."""
    source = "record" if trial.way.action == "create" else "body"
    paths = sides(comparison)
    return any(path.source in (source, "body") for path in paths) and not any(path.joined for path in paths)


def _equal(sign: str) -> str:
    return sign.replace("~", "=")


def _seen(
    playing: Playing,
    code: str,
    trial: Trial,
    play: Play,
    message: str,
    rules: tuple[str | None, ...],
    severity: str = HIGH,
) -> Suspicion:
    attempt = partial(playing.shown, play.witness)
    return Suspicion(
        code, trial.way.collection, trial.way.action, play.witness.label, message, attempt, rules, severity
    )


def _own_key(playing: Playing, trial: Trial) -> Iterator[Suspicion]:
    """Yield ways that ask nothing of the account, and let in by what the request itself says."""
    way = trial.way
    keys = [one for one in way.comparisons if mentions(one, "query", "headers")]
    yield from _anything(playing, trial, keys)
    if way.action != "create":
        keys += [one for one in way.comparisons if mentions(one, "body") and _is_value(one)]
    if not keys or (asks_for_account(way) and not _is_only_sign_in(trial)):
        return
    stored = any(mentions(one, "record", "collection") for one in keys)
    fixed = [] if stored else keys
    words = way.words((fixed or keys)[0])

    attempt = partial(playing.shown, trial.base.witness)
    message = f"`{words}` decides alone: whoever sends it is let in, whoever he is."
    yield Suspicion(
        "own-key",
        way.collection,
        way.action,
        trial.base.witness.label,
        message,
        attempt,
        (),
        HIGH if fixed else QUESTION,
        "Ask for the account (`@request.auth`), or compare with a secret of the record that is shown to nobody.",
    )


def _anything(playing: Playing, trial: Trial, keys: list[Comparison]) -> Iterator[Suspicion]:
    """Yield what a request has to send and nothing is compared with, beside keys that are."""
    way = trial.way
    compared = {path.names for one in keys if len(sides(one)) > 1 for path in sides(one)}
    for one in keys:
        sent = sides(one)[0]
        if len(keys) > 1 and sent.names not in compared and one.sign in ("!=", "?!="):
            message = f"`{way.words(one)}` holds for anything that is sent: it is compared with nothing."
            yield lets_in(playing, trial, "own-key", message)


def _is_value(comparison: Comparison) -> bool:
    return all(path.modifier not in ("isset", "changed") for path in sides(comparison))


def _is_only_sign_in(trial: Trial) -> bool:
    from _pb.access.ties import is_mere_sign_in

    return all(is_mere_sign_in(one) for one in trial.way.comparisons if mentions(one, "auth"))
