"""A condition that all siblings carry and one lacks: of the record, of the rows in which rules look, of the account."""

from __future__ import annotations

from collections.abc import Iterator

from _pb.access.laws.finding import HIGH, QUESTION
from _pb.access.laws.suspicion import Suspicion, both, lets_in
from _pb.access.playing import Play, Playing, Trial
from _pb.access.readings import Path, conditions_in, is_constant, kept_from_sending
from _pb.access.rows import Unbuildable
from _pb.access.stage import Seen
from _pb.access.ties import ends_in, is_mere_sign_in, is_of_person, mentions, sides
from _pb.access.witnesses import RULES
from _pb.languages.rules import Comparison
from _pb.schema.lookup import rule_of
from pb_common.schema_types import Collection

_READING, _WRITING = ("list", "view"), ("create", "update", "delete")
_ALL = (*_READING, *_WRITING)
# Types of fields by which a row counts, or no longer.
_COUNTING = ("bool", "date")
_DOING = {"view": "view", "update": "change"}


def suspicions(playing: Playing) -> Iterator[Suspicion]:
    """Yield what other ways ask for and one does not."""
    for collection in playing.stage.collections:
        allowed = [one for one in playing.allowed(*_ALL) if one.way.collection is collection]
        for trial in allowed:
            others = [one for one in allowed if one.way.action not in (trial.way.action, "delete")]
            yield from _missing_in(playing, trial, others)
    for trial in playing.allowed(*_ALL):
        yield from _rows_that_ended(playing, trial)
    for trial in playing.allowed("create", *_READING):
        yield from _parent_of_any_state(playing, trial)
    for trial in playing.allowed("update"):
        yield from _own_date(playing, trial)
        yield from _any_state(playing, trial)
    for trial in playing.allowed(*_ALL):
        yield from _half_a_time(playing, trial)
    for trial in playing.allowed(*_WRITING):
        yield from _account_of_any_state(playing, trial)


# Of the record


def _missing_in(playing: Playing, trial: Trial, others: list[Trial]) -> Iterator[Suspicion]:
    own = _conditions(trial)
    beside: dict[tuple[str, ...], list[Trial]] = {}
    for other in others:
        further = {key: one for key, one in _conditions(other).items() if key not in own}
        asked = {key: one for key, one in further.items() if not _is_first_state(other, one)}
        if asked and all(_is_asked_for(trial, other, one) for one in asked.values()):
            beside.setdefault(tuple(asked), []).append(other)
    met = {other.way.action for other in others if not set(_conditions(other)) - set(own)}
    for keys, found in beside.items():
        if all(one.way.action in met for one in found):
            continue  # who fulfils this way fulfils another one of theirs
        actions = {one.way.action for one in found}
        if trial.way.action == "delete" and actions == {"create"}:
            continue
        keeps_out = any(mentions(_conditions(found[0])[key], "auth") for key in keys)
        # What is merely hidden for a while may be created all the same.
        is_near = trial.way.action == "update" or (trial.way.action == "create" and actions - set(_READING))
        is_sure = is_near and len(actions) > 1 and len(keys) == 1 and not keeps_out
        if trial.way.action in _WRITING or len(actions - set(_READING)) > 1:
            yield _without(playing, trial, keys, found[0], HIGH if is_sure else QUESTION)


def _is_first_state(other: Trial, comparison: Comparison) -> bool:
    """Tell whether a create only says how a record begins."""
    own = [path for path in sides(comparison) if path.source == "record"]
    return other.way.action == "create" and bool(own) and len(own[0].names) == 1 and not mentions(comparison, "auth")


def _is_asked_for(trial: Trial, other: Trial, comparison: Comparison) -> bool:
    """Tell whether a condition is one that could be asked for here as well: on a state, or to keep somebody out."""
    if _is_kept(trial, comparison):
        return False
    keeps_out = comparison.sign in ("!=", "!~")
    if mentions(comparison, "auth") or is_of_person(other.way, comparison):
        return keeps_out and mentions(comparison, "record", "collection") and trial.way.action != "create"
    if trial.way.action in _READING:
        return False
    return trial.way.action != "create" or any("." in side.text for side in (comparison.left, comparison.right))


def _is_kept(trial: Trial, comparison: Comparison) -> bool:
    """Tell whether a way lets none of the fields change that a condition starts from, so that it goes on to hold."""
    kept = kept_from_sending([trial.way.rule]) if trial.way.action == "update" else []
    names = {path.names[0] for path in sides(comparison) if path.source == "record"}
    return len(names) > 1 and names <= set(kept)


def _conditions(trial: Trial) -> dict[str, Comparison]:
    """Return the conditions of a way on what is stored, in the form that equal ones share."""
    return {
        trial.way.known_as(one): one
        for one in trial.way.comparisons
        if not mentions(one, "body", "query", "headers") and not is_mere_sign_in(one)
    }


def _without(playing: Playing, trial: Trial, keys: tuple[str, ...], beside: Trial, severity: str) -> Suspicion:
    collection, action = trial.way.collection, trial.way.action
    comparisons = [_conditions(beside)[key] for key in keys]
    plays = [play for play in beside.others if play.witness.comparison in comparisons and play.denied]

    def attempt() -> tuple[Seen, ...] | None:
        for play in plays:
            seen = _broken_here(playing, trial, play)
            if seen is not None and seen.allowed:
                return (seen,)
        return None

    words = " && ".join(keys)
    message = f"The {beside.way.action} rule asks for `{words}`, this one does not."
    mend = (both(rule_of(collection, RULES[action]), words),)
    who = trial.base.witness.label
    return Suspicion("missing-condition", collection, action, who, message, attempt, mend, severity)


def _broken_here(playing: Playing, trial: Trial, play: Play) -> Seen | None:
    """Ask by one way where what another way's play breaks is broken."""
    broken, comparison = play.witness.broken, play.witness.comparison
    assert broken is not None
    assert comparison is not None
    scene = trial.base.witness.scene(playing.schema)
    try:
        broken.change(scene, scene.cell(comparison.left), scene.cell(comparison.right))
        playing.stage.store(scene)
        return playing.stage.ask(scene)
    except Unbuildable:
        return None


# Of what a record belongs to


def _parent_of_any_state(playing: Playing, trial: Trial) -> Iterator[Suspicion]:
    """Yield the states that others ask for of what a record belongs to, where it is made or seen in any state."""
    ways = [one.way for one in playing.of(trial.name, trial.way.action)]
    own = [side.text for way in ways for one in way.comparisons for side in (one.left, one.right)]
    for field in trial.way.collection["fields"]:
        parent = playing.schema.get(str(field.get("collectionId"))) if field["type"] == "relation" else None
        is_looked_at = any(text.startswith(f"{field['name']}.") for text in own)
        if parent is None or parent is trial.way.collection or not is_looked_at:
            continue
        asked = {one[0]: one for one in _asked_of_parent(playing, parent, trial)}
        for rest, sign, value, where in asked.values():
            if f"{field['name']}.{rest}" not in own:
                yield _for_any(playing, trial, f"{field['name']}.{rest} {sign} {value}", where)


def _asked_of_parent(playing: Playing, parent: Collection, trial: Trial) -> Iterator[tuple[str, str, str, str]]:
    """Yield the constants that others ask for: path from the parent, sign, text, and what they are asked for.

    To view the parent, where only reading is asked about on every way; and where a record is made, to change the parent
    or to make other records for it.
    """
    is_reading = trial.way.action in _READING
    ways = [_conditions(one) for one in playing.of(parent["name"], "view")] if is_reading else []
    for other in playing.allowed("view", *(() if is_reading else ("create", "update"))):
        fields = playing.schema.fields(other.way.collection)
        for one in other.way.comparisons:
            first, _, rest = one.left.text.partition(".")
            field = fields.get(first) if one.left.kind == "path" else None
            if field is None or not is_constant(one.right) or one.sign not in ("=", "!="):
                continue
            words = other.way.known_as(one)
            if not all(words in way for way in ways):
                continue
            value = words.rpartition(" ")[2]
            if other.way.action != "create":
                is_state = field["type"] in (*_COUNTING, "select") or (rest and other.way.action == "view")
                if other.way.collection is parent and is_state:
                    yield one.left.text, one.sign, value, f"to {_DOING[other.way.action]} {other.name}"
                continue
            leads_there = rest and playing.schema.get(str(field.get("collectionId"))) is parent
            if leads_there and other.name != trial.name:
                yield rest, one.sign, value, f"to create {other.name}"


def _for_any(playing: Playing, trial: Trial, condition: str, where: str) -> Suspicion:
    message = f"`{condition}` is not asked for, which is {where}."
    mends = (both(rule_of(trial.way.collection, RULES[trial.way.action]), condition),)
    return lets_in(playing, trial, "parent-state", message, mends, QUESTION)


# Of the rows in which rules look


def _rows_that_ended(playing: Playing, trial: Trial) -> Iterator[Suspicion]:
    """Yield the rows that let in whatever their date is, or their state that is asked for elsewhere."""
    scene = trial.base.witness.scene(playing.schema)
    rows = list(dict.fromkeys(row.find() for row in (*scene.joined.values(), *scene.back.values())))
    if any(mentions(one, "query", "headers") for one in trial.way.comparisons) and trial.way.action != "create":
        rows.append(scene.record.find())
    for row in rows:
        if row is scene.actor or row.collection["type"] == "view":
            continue
        asked = _asked_of(playing, row.collection, trial)
        elsewhere = _asked_elsewhere(playing, row.collection, trial)
        for field in row.collection["fields"]:
            name = field["name"]
            if field["type"] not in _COUNTING or name in asked or name in row.values or field.get("hidden"):
                continue
            if name in elsewhere or (field["type"] == "date" and not elsewhere and row.find() is not scene.sent):
                yield _whatever(playing, trial, row.collection, name)


def _asked_of(playing: Playing, collection: Collection, trial: Trial) -> set[str]:
    """Return the fields that a way asks for of a collection's rows, here or there."""
    found = set()
    for one in trial.way.comparisons:
        for path in sides(one):
            if (
                path.names
                and path.names[-1] in playing.schema.fields(collection)
                and _ends_in(playing, trial, path, collection)
            ):
                found.add(path.names[-1])
    return found


def _ends_in(playing: Playing, trial: Trial, path: Path, collection: Collection) -> bool:
    name = collection["name"]
    if len(path.names) == 1:
        return path.collection == name or (path.source == "record" and trial.way.collection is collection)
    return path.names[-1] in path.asked_of(name)


def _asked_elsewhere(playing: Playing, collection: Collection, trial: Trial) -> set[str]:
    """Return the fields of rows that most other rules ask for which look at them."""
    seen: dict[tuple[str, str], set[str]] = {}
    for other in playing.allowed(*_ALL):
        place = (other.name, "read" if other.way.action in _READING else other.way.action)
        asked = _asked_of(playing, collection, other) if other.way.collection is not collection else set()
        if asked and place != (trial.name, "read" if trial.way.action in _READING else trial.way.action):
            seen[place] = seen.get(place, asked) & asked
    names = [name for asked in seen.values() for name in asked]
    return {name for name in names if names.count(name) > 1 and names.count(name) * 2 > len(seen)}


def _whatever(playing: Playing, trial: Trial, collection: Collection, name: str) -> Suspicion:
    message = f"A row of {collection['name']} lets in whatever its {name} is."
    return lets_in(playing, trial, "ends", message, severity=QUESTION)


def _own_date(playing: Playing, trial: Trial) -> Iterator[Suspicion]:
    """Yield the dates of a record that may be changed in some state only, whatever the date is."""
    collection = trial.way.collection
    plain = [one for one in trial.way.comparisons if not mentions(one, "auth", "body")]
    states = {path.names[0] for one in plain for path in sides(one) if path.own}
    kept = kept_from_sending([trial.way.rule])
    types = {name: field["type"] for name, field in playing.schema.fields(collection).items()}
    asked = {name for name in states if types.get(name) in (*_COUNTING, "select")}
    for name, kind in types.items():
        if kind == "date" and name not in states and (asked if name not in kept else asked - set(kept)):
            message = f"It may be changed by accounts of {trial.way.who} whatever its {name} is."
            yield lets_in(playing, trial, "any-date", message, severity=QUESTION)


def _any_state(playing: Playing, trial: Trial) -> Iterator[Suspicion]:
    """Yield the states of a record on which other rules depend, where it may be changed in any of them."""
    collection = trial.way.collection
    fields = playing.schema.fields(collection)
    own = {path.own for one in trial.way.comparisons for path in sides(one) if path.source == "record"}
    asked = {
        one.path.own: None
        for other in playing.allowed(*_ALL)
        if other.way.collection is collection and other is not trial
        for comparison in other.way.comparisons
        for one in conditions_in(comparison)
        if one.has_constant and one.path.source == "record"
    }
    names = [name for name in asked if name not in own and fields.get(name, {}).get("type") in ("bool", "select")]
    if names:
        words = " and its ".join(sorted(names))
        message = f"It may be changed by accounts of {trial.way.who} whatever its {words} is."
        yield lets_in(playing, trial, "any-state", message, severity=QUESTION)


def _half_a_time(playing: Playing, trial: Trial) -> Iterator[Suspicion]:
    """Yield that a way asks for one end of a time, and not for the other."""
    asked: dict[tuple[str, ...], set[str]] = {}
    for one in trial.way.comparisons:
        for path in sides(one):
            place = (path.source, path.collection, *path.names[:-1])
            asked.setdefault(place, set()).add(path.names[-1])
    for one in trial.way.comparisons:
        moments = [side for side in (one.left, one.right) if side.text.startswith("@now")]
        for path in sides(one) if moments else ():
            place = (path.source, path.collection, *path.names[:-1])
            holder = ends_in(playing.schema, trial.way, path)
            for field in holder["fields"] if holder else ():
                if field["type"] == "date" and field["name"] not in asked[place]:
                    message = f"`{trial.way.words(one)}` is asked for, and {field['name']} may be anything."
                    yield lets_in(playing, trial, "any-date", message, severity=QUESTION)


# Of the account


def _account_of_any_state(playing: Playing, trial: Trial) -> Iterator[Suspicion]:
    """Yield what most rules that such accounts pass to write ask of the account, and this one does not."""
    if trial.way.users is None or trial.way.collection is trial.way.users:
        return
    own, asked = _of_account(playing, trial), []
    for other in playing.allowed(*_ALL):
        is_other = (other.name, other.way.action) != (trial.name, trial.way.action)
        if is_other and other.way.users is trial.way.users and other.way.collection is not trial.way.users:
            asked.append(_of_account(playing, other))
    for words in {words for one in asked for words in one} - own:
        if sum(words in one for one in asked) * 2 > len(asked) > 2:
            yield _any_account(playing, trial, words)


def _of_account(playing: Playing, trial: Trial) -> set[str]:
    fields = playing.schema.fields(trial.way.users) if trial.way.users else {}
    found = set()
    for one in trial.way.comparisons:
        auth = [path for path in sides(one) if path.source == "auth"]
        if len(sides(one)) == len(auth) == 1 and fields.get(auth[0].names[0], {}).get("type") in _COUNTING:
            found.add(trial.way.known_as(one))
    return found


def _any_account(playing: Playing, trial: Trial, words: str) -> Suspicion:
    message = f"Most rules that let accounts of {trial.way.who} in ask for `{words}`, this one does not."
    mends = (both(rule_of(trial.way.collection, RULES[trial.way.action]), words),)
    return lets_in(playing, trial, "missing-condition", message, mends, QUESTION)
