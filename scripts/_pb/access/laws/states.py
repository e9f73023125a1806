"""One door shut, the other open: what a create forbids an update forbids, too, and nobody sets himself a state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from _pb.access.laws.finding import HIGH, QUESTION
from _pb.access.laws.strangers import is_tied
from _pb.access.laws.suspicion import Suspicion, both
from _pb.access.playing import Playing, Trial
from _pb.access.readings import Path, all_paths, conditions, kept_from_sending
from _pb.access.rows import Row, Unbuildable
from _pb.access.stage import Seen
from _pb.access.witnesses import RULES
from _pb.languages.rules import Name
from _pb.schema.lookup import rule_of
from _pb.schema.rule_paths import back_relation
from pb_common.schema_types import Collection, Field

_READING = ("view", "list")
_WRITING = ("update", "delete")

# Fields in which a value says what somebody is or has.
_CHOSEN = ("select", "bool", "number")


def doors(playing: Playing) -> Iterator[Suspicion]:
    """Yield what a create forbids in a field and an update allows."""
    for trial in playing.allowed("create"):
        name = trial.name
        for play in trial.others:
            comparison = play.witness.comparison
            if not play.denied or comparison is None or play.witness.kind not in ("value", "another", "sent", "same"):
                continue
            for update in playing.allowed("update"):
                if update.name == name:
                    yield from _other_door(playing, play, update)


def _other_door(playing: Playing, play: Any, update: Trial) -> Iterator[Suspicion]:
    comparison = play.witness.comparison
    try:
        refused = play.witness.scene(playing.schema)
        cells = refused.cell(comparison.left), refused.cell(comparison.right)
    except Unbuildable:
        return
    for cell in cells:
        if cell.row is None or cell.row.find() is not refused.record.find() or cell.field is None or cell.inner:
            continue
        value = refused.value_at(cell._replace(modifier=""))
        if value in (None, "") or isinstance(value, (Row, list)) or cell.field.get("system"):
            continue
        yield _sent_later(playing, update, cell.name, value)


def _sent_later(playing: Playing, update: Trial, name: str, value: Any) -> Suspicion:
    collection = update.way.collection

    def attempt() -> tuple[Seen, ...] | None:
        scene = update.base.witness.scene(playing.schema)
        if name in scene.sent.values or scene.record.find().values.get(name) == value:
            return None
        playing.stage.store(scene)
        body = {**playing.stage.sent(scene), name: value}
        path = playing.stage.path(scene)
        step = playing.stage.seen(scene, "PATCH", path, body, lambda answer: answer.status == 200)
        return (step,) if step.allowed else None

    rule = rule_of(collection, RULES["update"])
    kind = playing.schema.fields(collection)[name]["type"]
    what = repr(value) if kind in ("select", "bool") else "that"
    message = f"{name} may not be {what} when a record is created, and may be changed to it at once."
    return Suspicion(
        "other-door",
        collection,
        "update",
        update.base.witness.label,
        message,
        attempt,
        (both(rule, f"@request.body.{name}:isset = false"),),
        severity=QUESTION,
    )


def chosen_once(playing: Playing) -> Iterator[Suspicion]:
    """Yield what may not be changed later, and may be chosen freely when a record is created."""
    for collection in playing.stage.collections:
        kept = kept_from_sending([rule_of(collection, "updateRule")])
        named = {path.names[0] for path in all_paths([rule_of(collection, "createRule")]) if path.own}
        fields = playing.schema.fields(collection)
        for name in dict.fromkeys([*kept, *_states(playing, collection)]):
            field = fields.get(name)
            if (
                field is None
                or name in named
                or field["type"] not in ("select", "bool", "number")
                or field.get("hidden")
            ):
                continue
            for trial in playing.allowed("create"):
                if trial.way.collection is collection:
                    yield _chosen(playing, trial, field)


def _states(playing: Playing, collection: Collection) -> list[str]:
    """Return the fields by whose values rules of any collection let in."""
    names: dict[str, None] = {}
    for trial in playing.trials:
        if trial.base.seen is None:
            continue
        for one in conditions([trial.way.rule]) if trial.way.rule else ():
            if one.has_constant and one.path.names[-1:] and _leads_to(playing, trial, one.path, collection):
                names[one.path.names[-1]] = None
    return list(names)


def _leads_to(playing: Playing, trial: Trial, path: Path, collection: Collection) -> bool:
    if path.source == "record" and len(path.names) == 1:
        return trial.way.collection is collection
    start = {"record": trial.way.collection, "auth": trial.way.users}.get(path.source)
    if path.source == "collection":
        start = playing.schema.get(path.collection)
    for name in path.names[:-1]:
        origin, key = back_relation(Name(name, 0))
        field = playing.schema.fields(start).get(name) if start else None
        start = playing.schema.get(str(field.get("collectionId")) if field else origin.text if key.text else "")
    return start is collection


def self_states(playing: Playing) -> Iterator[Suspicion]:
    """Yield the fields by which rules let in, and which those may set whose record it is."""
    for trial in playing.allowed("update"):
        collection = trial.way.collection
        for name in _states(playing, collection):
            field = playing.schema.fields(collection).get(name)
            if field and field["type"] in ("select", "bool") and not field.get("hidden") and is_tied(playing, trial):
                yield _set_oneself(playing, trial, field)


def _set_oneself(playing: Playing, trial: Trial, field: Field) -> Suspicion:
    name, collection = field["name"], trial.way.collection
    values: list[Any] = [True] if field["type"] == "bool" else list(field.get("values") or [])

    def attempt() -> tuple[Seen, ...] | None:
        scene = trial.base.witness.scene(playing.schema)
        playing.stage.store(scene)
        before = scene.record.find().values.get(name)
        if name in scene.sent.values:
            return None
        for value in values:
            body = {**playing.stage.sent(scene), name: value}
            path = playing.stage.path(scene)
            if value != before:
                step = playing.stage.seen(scene, "PATCH", path, body, lambda answer: answer.status == 200)
                if step.allowed:
                    return (step,)
        return None

    rule = rule_of(collection, "updateRule")
    message = f"{name}, by which rules let in, may be set by whoever may change the record."
    mends = (both(rule, f"@request.body.{name}:isset = false"),)
    who = trial.base.witness.label
    return Suspicion("self-state", collection, "update", who, message, attempt, mends, QUESTION)


def _chosen(playing: Playing, trial: Trial, field: Field) -> Suspicion:
    name, collection = field["name"], trial.way.collection
    values: list[Any] = {"select": (field.get("values") or [])[1:] or field.get("values"), "bool": [True]}.get(
        field["type"], [field.get("max") or 1000]
    ) or [1000]

    def attempt() -> tuple[Seen, ...] | None:
        scene = trial.base.witness.scene(playing.schema)
        scene.record.find().values[name] = values[-1]
        playing.stage.store(scene)
        step = playing.stage.create(scene)
        return (step,) if step.allowed and step.answer.get(name) == values[-1] else None

    rule = rule_of(collection, "createRule")
    severity = HIGH if collection["type"] == "auth" and trial.way.users is None else QUESTION
    message = (
        f"{name} may be chosen freely when a record is created, though rules let in by it or keep it from changes."
    )
    mends = (both(rule, f"@request.body.{name}:isset = false"),)
    return Suspicion("other-door", collection, "create", trial.way.who, message, attempt, mends, severity)
