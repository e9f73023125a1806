"""Accidents: what is empty equals what is empty, a part stands for the whole, the request brings its own key."""

from __future__ import annotations

from collections.abc import Iterator

from _pb.access.laws.finding import HIGH, QUESTION
from _pb.access.laws.suspicion import Suspicion, both
from _pb.access.playing import Play, Playing, Trial
from _pb.access.stage import Seen
from _pb.access.ties import asks_for_account, mentions, sides
from _pb.access.witnesses import RULES
from _pb.languages.spans import replaced
from _pb.schema.lookup import rule_of

_ACTIONS = ("list", "view", "create", "update", "delete", "manage")


def suspicions(playing: Playing) -> Iterator[Suspicion]:
    """Yield what the plays themselves show: witnesses that ought to be refused and were let in."""
    for trial in playing.allowed(*_ACTIONS):
        for play in trial.others:
            if play.allowed and play.witness.comparison is not None:
                yield from _accident(playing, trial, play)
        yield from _own_key(playing, trial)


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
        fixes = [f'@request.auth.id != "" && {_bracketed(rule)}', both(rule, f'{comparison.left.text} != ""')]
        fixes.append(both(rule, f'{path} != ""'))
        yield _seen(playing, "empty", trial, play, message, tuple(fixes))
    elif kind == "part":
        is_identity = any(mentions(comparison, source) for source in ("auth", "query", "headers", "body"))
        message = f"`{words}` holds for a part of the text as for the whole."
        equal = replaced(
            rule, [(comparison.sign_start, comparison.sign_start + len(comparison.sign), _equal(comparison.sign))]
        )
        yield _seen(playing, "part", trial, play, message, (equal,), HIGH if is_identity else QUESTION)


def _equal(sign: str) -> str:
    return sign.replace("~", "=")


def _bracketed(rule: str) -> str:
    return f"({rule})" if "||" in rule else rule


def _seen(
    playing: Playing,
    code: str,
    trial: Trial,
    play: Play,
    message: str,
    rules: tuple[str | None, ...],
    severity: str = HIGH,
) -> Suspicion:
    def attempt() -> tuple[Seen, ...] | None:
        again = playing.play(play.witness)
        return (again.seen,) if again.allowed and again.seen else None

    return Suspicion(
        code, trial.way.collection, trial.way.action, play.witness.label, message, attempt, rules, severity
    )


def _own_key(playing: Playing, trial: Trial) -> Iterator[Suspicion]:
    """Yield ways that ask nothing of the account, and let in by what the request itself says."""
    way = trial.way
    keys = [one for one in way.comparisons if mentions(one, "query", "headers")]
    if way.action != "create":
        keys += [one for one in way.comparisons if mentions(one, "body") and _is_value(one)]
    if asks_for_account(way) and not all(one for one in keys):
        return
    if not keys or (asks_for_account(way) and not _is_only_sign_in(trial)):
        return
    fixed = [one for one in keys if not mentions(one, "record", "collection")]
    words = way.words((fixed or keys)[0])

    def attempt() -> tuple[Seen, ...] | None:
        again = playing.play(trial.base.witness)
        return (again.seen,) if again.allowed and again.seen else None

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


def _is_value(comparison) -> bool:  # type: ignore[no-untyped-def]
    return all(path.modifier not in ("isset", "changed") for path in sides(comparison))


def _is_only_sign_in(trial: Trial) -> bool:
    from _pb.access.ties import is_mere_sign_in

    return all(is_mere_sign_in(one) for one in trial.way.comparisons if mentions(one, "auth"))
