"""Nobody gains by his own write: who was refused must not be able to make true himself what was missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from _pb.access.laws.finding import HIGH, QUESTION
from _pb.access.laws.suspicion import Suspicion, below, both
from _pb.access.playing import Play, Playing, Trial, reads_alike
from _pb.access.readings import Path, conditions
from _pb.access.rows import Cell, Row, Unbuildable
from _pb.access.scene import Scene
from _pb.access.stage import Seen
from _pb.access.ties import is_by_rank, sides
from _pb.access.witnesses import RULES
from _pb.languages.rules import Comparison
from _pb.schema.fields import is_multiple
from _pb.schema.lookup import rule_of
from pb_common.paths import records_path
from pb_common.schema_types import Collection

# By these a rule asks only which auth collection an account is of.
_KIND = ("id", "collectionId", "collectionName")
_ACTIONS = ("list", "view", "update", "delete", "manage", "create")
_DOING = {
    "create": "create",
    "list": "see",
    "view": "see",
    "update": "change",
    "delete": "delete",
    "manage": "take over",
}


def suspicions(playing: Playing) -> Iterator[Suspicion]:
    """Yield, for each refused witness, each write of the refused account that would make it a fulfilled one."""
    for one in _possible(playing):
        if rule_of(one.collection, RULES[one.action]) is not None:
            yield one


def _possible(playing: Playing) -> Iterator[Suspicion]:
    for trial in playing.allowed(*_ACTIONS):
        if trial.way.action == "view" and reads_alike(trial.way.collection):
            continue  # what is gained there is gained by listing
        for play in trial.others:
            if play.denied and play.witness.broken and not play.witness.broken.keeps:
                yield from _steps(playing, trial, play)
        yield from _sign_up(playing, trial)


def _steps(playing: Playing, trial: Trial, play: Play) -> Iterator[Suspicion]:
    comparison = play.witness.comparison
    if comparison is None:
        return
    try:
        scene = play.witness.scene(playing.schema)
        cells = scene.cell(comparison.left), scene.cell(comparison.right)
    except Unbuildable:
        return
    for side in (0, 1):
        cell, other = _holding(cells[side]), cells[1 - side]
        row = cell.row.find() if cell.row else None
        if row is None or cell.kind not in ("field", "id"):
            continue
        if play.witness.kind == "no row":
            if row.part == "joined" and id(row) in scene.gone:
                yield _joining(playing, trial, play, side)
        elif cell.kind == "field" and not _is_own_state(trial, scene, row, other):
            yield from _writing(playing, trial, play, side, row, cell.name)


def _is_own_state(trial: Trial, scene: Scene, row: Row, other: Cell) -> bool:
    """Tell whether a condition is on the state of a thing and not of a person, which is asked about elsewhere."""
    is_state = other.kind in ("constant", "moment") and row is not scene.actor
    if row is scene.record.find():
        return is_state or trial.way.action == "manage"
    return is_state and row.part != "joined"  # the state of a place, for those who may change it


def _writing(playing: Playing, trial: Trial, play: Play, side: int, row: Row, name: str) -> Iterator[Suspicion]:
    sign = play.witness.comparison.sign.lstrip("?") if play.witness.comparison else ""
    if sign in ("=", "~", "!="):
        yield _changing(playing, trial, play, side, row.collection, name)
        if row.collection["type"] == "auth" and row.part == "linked" and sign == "=":
            yield _for_another(playing, trial, play, side, row.collection, name)
    if sign in ("!=", "!~") and row.part == "joined":
        yield _leaving(playing, trial, play, side, row.collection)


def _holding(cell: Cell) -> Cell:
    """Return the relation that leads to an id, where it is the end of a path."""
    if cell.kind == "id" and cell.via is not None:
        row, field = cell.via
        return Cell("field", row, field["name"], "", field)
    return cell


def _again(playing: Playing, scene: Scene, step: Seen) -> tuple[Seen, ...] | None:
    """Return the proof if, after a step that was allowed, the request passes that was refused before."""
    if not step.allowed:
        return None
    after = playing.stage.ask(scene)
    return (step, after) if after.allowed else None


def _played(playing: Playing, play: Play) -> Scene:
    scene = play.witness.scene(playing.schema)
    playing.stage.store(scene)
    return scene


def _said(trial: Trial) -> str:
    before = "" if trial.way.action == "create" else " that were there before"
    return f"{_DOING[trial.way.action]} records of {trial.name}{before}"


def _changing(playing: Playing, trial: Trial, play: Play, side: int, collection: Collection, name: str) -> Suspicion:
    comparison = play.witness.comparison
    assert comparison is not None

    def attempt() -> tuple[Seen, ...] | None:
        scene = _played(playing, play)
        cells = scene.cell(comparison.left), scene.cell(comparison.right)
        cell, other = _holding(cells[side]), cells[1 - side]
        good = scene.value_at(other)
        if comparison.sign.lstrip("?") == "!=":
            good = scene.besides(cell._replace(value=None), good) if not isinstance(good, Row) else ""
        row = cell.row.find() if cell.row else None
        if row is None or not row.made or good is None or isinstance(good, list):
            raise Unbuildable("nothing to write")
        if isinstance(good, Row) and not good.made:
            raise Unbuildable("nothing to lead to")
        if _is_named(playing, collection, "update", name, good):
            return None
        body = {name: _written(cell, good)}
        path = records_path(collection["name"], row.id)
        step = playing.stage.seen(scene, "PATCH", path, body, lambda answer: answer.status == 200)
        return _again(playing, scene, step)

    rule = rule_of(collection, "updateRule")
    message = f"A write of one's own to {name} is enough to {_said(trial)}."
    mends = (both(rule, f"@request.body.{name}:isset = false"),)
    is_managed = any(is_by_rank(one.way, name) for one in playing.of(collection["name"], "update"))
    severity = QUESTION if is_managed else HIGH
    return Suspicion("own-write", collection, "update", play.witness.label, message, attempt, mends, severity)


def _for_another(playing: Playing, trial: Trial, play: Play, side: int, collection: Collection, name: str) -> Suspicion:
    """Return the suspicion that an account lets somebody else in by a write to itself."""
    comparison = play.witness.comparison
    assert comparison is not None

    def attempt() -> tuple[Seen, ...] | None:
        scene = _played(playing, play)
        cells = scene.cell(comparison.left), scene.cell(comparison.right)
        cell = _holding(cells[side])
        good, row = scene.value_at(cells[1 - side]), cell.row.find() if cell.row else None
        if good in (None, "", []) or isinstance(good, list) or row is None or row is scene.actor:
            return None
        body = {cell.name: _written(cell, good)}
        path = records_path(collection["name"], row.id)
        step = playing.stage.seen(scene, "PATCH", path, body, lambda answer: answer.status == 200, actor=row)
        return _again(playing, scene, step)

    message = f"Whom an account puts into its own {name}, may then {_said(trial)}."
    mends = (both(rule_of(collection, "updateRule"), f"@request.body.{name}:isset = false"),)
    return Suspicion("third-person", collection, "update", play.witness.label, message, attempt, mends, QUESTION)


def _written(cell: Cell, good: Any) -> Any:
    value = good.find().id if isinstance(good, Row) else good
    return [value] if cell.field and cell.field["type"] == "relation" and is_multiple(cell.field) else value


def _is_named(playing: Playing, collection: Collection, action: str, name: str, value: Any) -> bool:
    """Tell whether the rule of a write names the very value as what may be written."""
    rule = rule_of(collection, RULES[action])
    return any(
        one.path.own == name and one.sign in ("=", "?=") and one.has_constant and one.constant == value
        for one in conditions([rule])
    )


def _joining(playing: Playing, trial: Trial, play: Play, side: int) -> Suspicion:
    """Return the suspicion that one may store oneself the record in which the rule looks."""
    comparison = play.witness.comparison
    assert comparison is not None
    scene = play.witness.scene(playing.schema)
    cells = scene.cell(comparison.left), scene.cell(comparison.right)
    row = cells[side].row
    assert row is not None
    collection = row.find().collection

    def attempt() -> tuple[Seen, ...] | None:
        scene = play.witness.scene(playing.schema)
        cells = scene.cell(comparison.left), scene.cell(comparison.right)
        gone = cells[side].row
        assert gone is not None
        scene.hold_one(comparison)
        row = gone.find()
        scene.gone.add(id(row))
        playing.stage.store(scene)
        playing.stage.store_linked(row)
        body = playing.stage.body_of(row, set())
        path = records_path(collection["name"])
        step = playing.stage.seen(scene, "POST", path, body, lambda answer: answer.status == 200)
        return _again(playing, scene, step)

    message = f"Whoever creates this record is let in by it, to {_said(trial)}."
    return Suspicion(
        "own-write", collection, "create", play.witness.label, message, attempt, _keepers(playing, collection)
    )


def _keepers(playing: Playing, collection: Collection) -> tuple[str | None, ...]:
    """Return rules for who may create records that let others in: who may change what they belong to."""
    found: list[str | None] = []
    rule = rule_of(collection, "createRule")
    for field in collection["fields"]:
        target = playing.schema.get(str(field.get("collectionId"))) if field["type"] == "relation" else None
        inner = rule_of(target, "updateRule") if target and target["type"] == "base" else None
        if inner:
            found.append(both(rule, below(inner, field["name"])))
            found.append(below(inner, field["name"]))
    return (*found, None)


def _leaving(playing: Playing, trial: Trial, play: Play, side: int, collection: Collection) -> Suspicion:
    comparison = play.witness.comparison
    assert comparison is not None

    def attempt() -> tuple[Seen, ...] | None:
        scene = _played(playing, play)
        row = (scene.cell(comparison.left), scene.cell(comparison.right))[side].row
        if row is None or not row.find().made:
            raise Unbuildable("nothing to delete")
        path = records_path(collection["name"], row.find().id)
        step = playing.stage.seen(scene, "DELETE", path, None, lambda answer: answer.status == 204)
        return _again(playing, scene, step)

    message = f"Whoever deletes this record is no longer kept out by it, to {_said(trial)}."
    return Suspicion("own-write", collection, "delete", play.witness.label, message, attempt, (None,))


def _sign_up(playing: Playing, trial: Trial) -> Iterator[Suspicion]:
    """Yield that a guest may sign up as somebody with the rights of this way."""
    users = trial.way.users
    special = [one for one in trial.way.comparisons if any(path.names[0] != "id" for path in _auth_paths(one))]
    if users is None or not special or rule_of(users, "createRule") is None:
        return

    def attempt() -> tuple[Seen, ...] | None:
        scene = playing.stored(trial.base.witness)
        if scene is None or scene.actor is None:
            return None
        actor = scene.actor
        named = [_is_named(playing, users, "create", name, value) for name, value in actor.values.items()]
        if named and all(named):
            return None
        copy = Row(users, "actor")
        copy.values = {**_as_asked(playing, users), **{key: it for key, it in actor.values.items() if key != "email"}}
        body = playing.stage.body_of(copy, set())
        scene.sign_out()
        if trial.way.action in ("list", "view") and playing.stage.ask(scene).allowed:
            return None
        path = records_path(users["name"])
        step = playing.stage.seen(scene, "POST", path, body, lambda answer: answer.status == 200)
        if not step.allowed:
            return None
        copy.id, copy.made = str(step.answer["id"]), True
        scene.rows.append(copy)
        scene.sign_in(copy)
        return _again(playing, scene, step)

    rule = rule_of(users, "createRule")
    names = [path.names[0] for one in special for path in _auth_paths(one)]
    fields = [name for name in dict.fromkeys(names) if name in playing.schema.fields(users) and name != "id"]
    condition = " && ".join(f"@request.body.{name}:isset = false" for name in fields)
    message = f"A guest may sign up as somebody who may {_said(trial)}."
    rules: tuple[str | None, ...] = (both(rule, condition),) if condition else (None,)
    by_fields = any(path.names[0] not in _KIND for one in special for path in _auth_paths(one))
    severity = HIGH if by_fields or trial.way.action not in ("list", "view") else QUESTION
    yield Suspicion("open-sign-up", users, "create", "guest", message, attempt, rules, severity)


def _as_asked(playing: Playing, users: Collection) -> dict[str, Any]:
    """Return the plain values that a guest has to sign up with."""
    for trial in playing.allowed("create"):
        if trial.way.collection is users and trial.way.users is None:
            values = trial.base.witness.scene(playing.schema).record.find().values
            return {name: value for name, value in values.items() if not isinstance(value, (Row, list))}
    return {}


def _auth_paths(comparison: Comparison) -> Iterator[Path]:
    yield from (path for path in sides(comparison) if path.source == "auth")
