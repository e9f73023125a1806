"""One door shut, the other open: what a create forbids an update forbids, too, and nobody sets himself a state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from _pb.access.laws.finding import HIGH, QUESTION
from _pb.access.laws.strangers import is_tied
from _pb.access.laws.suspicion import Suspicion, both
from _pb.access.playing import Play, Playing, Trial
from _pb.access.readings import all_paths, conditions, kept_from_sending
from _pb.access.rows import Row, Unbuildable
from _pb.access.scene import Scene
from _pb.access.stage import Seen
from _pb.access.ties import ends_in, sides, tie_fields
from _pb.schema.lookup import rule_of
from pb_common.schema_types import Collection, Field

_READING = ("view", "list")
_WRITING = ("update", "delete")

# Fields in which a value says what somebody is or has.
_CHOSEN = ("select", "bool", "number")


def doors(playing: Playing) -> Iterator[Suspicion]:
    """Yield what one door forbids to who creates a record, and the other allows to the same person at once."""
    for trial in playing.allowed("create"):
        for play in trial.others:
            if play.denied and play.witness.comparison and play.witness.kind in ("value", "another", "sent", "same"):
                yield from _later(playing, trial, play)
        collection = trial.way.collection
        fields = playing.schema.fields(collection)
        if rule_of(collection, "updateRule") is None:
            continue  # there is no other door
        named = {path.names[0] for path in all_paths([trial.way.rule]) if path.own}
        kept = kept_from_sending([rule_of(collection, "updateRule")])
        for name in dict.fromkeys([*kept, *_states(playing, collection)]):
            field = fields.get(name)
            if field and name not in named and field["type"] in _CHOSEN and not field.get("hidden"):
                yield _at_first(playing, trial, field)


def _created(playing: Playing, trial: Trial, values: dict[str, Any], *others: Collection) -> tuple[Scene, Seen]:
    """Have a way's record created with these values, and who did so go on as its owner; also store `others`."""
    scene = trial.base.witness.scene(playing.schema)
    scene.spare = [scene.another(item) for item in others]
    scene.record.find().values.update(values)
    playing.stage.store(scene)
    step = playing.stage.create(scene)
    if step.allowed:
        scene.record.find().id = str(step.answer["id"])
        if scene.actor is None and scene.collection["type"] == "auth":
            scene.sign_in(scene.record)
    return scene, step


def _changed(playing: Playing, scene: Scene, name: str, value: Any) -> Seen:
    path = playing.stage.path(scene)
    return playing.stage.seen(scene, "PATCH", path, {name: value}, lambda answer: answer.status == 200)


def _later(playing: Playing, trial: Trial, play: Play) -> Iterator[Suspicion]:
    comparison = play.witness.comparison
    assert comparison is not None
    try:
        refused = play.witness.scene(playing.schema)
        cells = refused.cell(comparison.left), refused.cell(comparison.right)
    except Unbuildable:
        return
    for cell in cells:
        if cell.row is None or cell.row.find() is not refused.record.find() or cell.field is None or cell.inner:
            continue
        value = refused.value_at(cell._replace(modifier=""))
        if value not in (None, "") and not isinstance(value, list) and not cell.field.get("system"):
            for and_back in (True, False):
                yield _sent_later(playing, trial, trial.way.words(comparison), cell.name, value, and_back)


def _sent_later(playing: Playing, trial: Trial, words: str, name: str, value: Any, and_back: bool) -> Suspicion:
    def attempt() -> tuple[Seen, ...] | None:
        scene, step = _created(playing, trial, {}, *([value.collection] if isinstance(value, Row) else []))
        if not step.allowed:
            return None
        after = _changed(playing, scene, name, scene.spare[0].id if scene.spare else value)
        if not after.allowed:
            return None
        back = _changed(playing, scene, name, step.answer.get(name))
        return ((step, after, back) if and_back else (step, after)) if back.allowed == and_back else None

    collection = trial.way.collection
    mends = (both(rule_of(collection, "updateRule"), f"@request.body.{name}:isset = false"),)
    when = "at once, and back again" if and_back else "at once"
    message = f"A record may be created only where `{words}`, and who created it may change {name} {when}."
    who = trial.base.witness.label
    return Suspicion("other-door", collection, "update", who, message, attempt, mends, QUESTION)


def _at_first(playing: Playing, trial: Trial, field: Field) -> Suspicion:
    name, collection = field["name"], trial.way.collection
    values = _values_of(field)

    def attempt() -> tuple[Seen, ...] | None:
        _, step = _created(playing, trial, {name: values[-1]})
        if not step.allowed or step.answer.get(name) != values[-1]:
            return None
        scene, plain = _created(playing, trial, {name: values[0]} if len(values) > 1 else {})
        refused = _changed(playing, scene, name, values[-1]) if plain.allowed else None
        return (step, refused) if refused and not refused.allowed else None

    mends = (both(rule_of(collection, "createRule"), f"@request.body.{name}:isset = false"),)
    severity = HIGH if collection["type"] == "auth" and trial.way.users is None else QUESTION
    message = f"{name} may be chosen freely when a record is created, and not be changed to that by who created it."
    return Suspicion("other-door", collection, "create", trial.way.who, message, attempt, mends, severity)


def _values_of(field: Field) -> list[Any]:
    """Return values that tell one state from another."""
    if field["type"] == "select":
        return list(field.get("values") or [""])
    return [False, True] if field["type"] == "bool" else [field.get("max") or 1000]


def _states(playing: Playing, collection: Collection) -> list[str]:
    """Return the fields by whose values rules of any collection let in."""
    names: dict[str, None] = {}
    for trial in playing.trials:
        if trial.base.seen is None:
            continue
        for one in conditions([trial.way.rule]) if trial.way.rule else ():
            if one.has_constant and one.path.names[-1:] and ends_in(playing.schema, trial.way, one.path) is collection:
                names[one.path.names[-1]] = None
    return list(names)


def self_states(playing: Playing) -> Iterator[Suspicion]:
    """Yield the fields by which rules let in, which somebody may set who could not choose them at first."""
    for trial in playing.allowed("update"):
        collection = trial.way.collection
        for name in _states(playing, collection):
            field = playing.schema.fields(collection).get(name)
            if not field or field["type"] not in ("select", "bool") or field.get("hidden"):
                continue
            is_his = _may_choose(playing, trial, name) and not _binds_himself(playing, trial, name)
            if is_tied(playing, trial) and not is_his and not field.get("system"):
                yield _set_oneself(playing, trial, field)


def _may_choose(playing: Playing, trial: Trial, name: str) -> bool:
    """Tell whether such an account may create records with any value of a field, so that it decides of it anyway."""
    for other in playing.allowed("create"):
        named = {path.names[0] for path in all_paths([other.way.rule]) if path.own}
        if (other.name, other.way.who) == (trial.name, trial.way.who) and name not in named:
            return True
    return False


def _binds_himself(playing: Playing, trial: Trial, name: str) -> bool:
    """Tell whether a state decides of what the very account may do that is tied to the record."""
    ties = set(tie_fields(trial.way))
    for other in playing.trials:
        is_his = (other.name, other.way.who) == (trial.name, trial.way.who) and ties & set(tie_fields(other.way))
        if is_his and any(path.own == name for one in other.way.comparisons for path in sides(one)):
            return True
    return False


def _set_oneself(playing: Playing, trial: Trial, field: Field) -> Suspicion:
    name, collection = field["name"], trial.way.collection
    values = _values_of(field)

    def attempt() -> tuple[Seen, ...] | None:
        scene = trial.base.witness.scene(playing.schema)
        playing.stage.store(scene)
        before = playing.stage.stored_value(scene.record, name)
        if name in scene.sent.values:
            return None
        for value in values:
            body = {**playing.stage.sent(scene), name: value}
            path = playing.stage.path(scene)
            if str(value) != before:
                step = playing.stage.seen(scene, "PATCH", path, body, lambda answer: answer.status == 200)
                if step.allowed:
                    return (step,)
        return None

    rule = rule_of(collection, "updateRule")
    message = f"{name}, by which rules let in, may be set by accounts of {trial.way.who} that may change the record."
    mends = (both(rule, f"@request.body.{name}:isset = false"),)
    who = trial.base.witness.label
    return Suspicion("self-state", collection, "update", who, message, attempt, mends, QUESTION)
