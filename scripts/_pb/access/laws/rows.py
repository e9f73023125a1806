"""One person's conditions are met by one row of this record's own: not by two rows, and not by any row."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from _pb.access.laws.finding import HIGH, QUESTION
from _pb.access.laws.suspicion import Suspicion, both, lets_in
from _pb.access.playing import Playing, Trial
from _pb.access.readings import read
from _pb.access.rows import Row, referred
from _pb.access.scene import Scene
from _pb.access.ties import mentions, reachable
from _pb.access.witnesses import RULES
from _pb.languages.rules import Comparison, paths
from _pb.languages.spans import replaced
from _pb.schema.lookup import rule_of
from pb_common.schema_types import Collection, Field

_ACTIONS = ("list", "view", "create", "update", "delete", "manage")


def suspicions(playing: Playing) -> Iterator[Suspicion]:
    """Yield each joined row that is the account's, but not tied to the record although it could be."""
    for trial in playing.allowed(*_ACTIONS):
        scene = trial.base.witness.scene(playing.schema)
        actor = scene.actor
        for (name, alias), row in scene.joined.items():
            yield from _untied(playing, trial, scene, row.find(), f"@collection.{name}{':' + alias if alias else ''}")
        if actor is None:
            continue
        for row in scene.back.values():
            if row.find().part == "joined" and _belongs(row.find(), actor):
                yield from _untied(playing, trial, scene, row.find(), "")
        yield from _of_somebody(playing, trial, scene, actor)


def _of_somebody(playing: Playing, trial: Trial, scene: Scene, actor: Row) -> Iterator[Suspicion]:
    """Yield each row of anybody that is asked for more beside one of the same collection that is the account's."""
    rows = {
        row.find(): f"@collection.{name}{':' + alias if alias else ''}" for (name, alias), row in scene.joined.items()
    }
    own = {row.collection["name"]: path for row, path in rows.items() if _belongs(row, actor)}
    for (_, name), row in scene.back.items():
        if _belongs(row.find(), actor):
            own.setdefault(row.find().collection["name"], _back_path(trial, name))
    for row, path in rows.items():
        name = row.collection["name"]
        leads_on = any(
            field["type"] == "relation" and scene.target(field) is actor.collection
            for field in row.collection["fields"]
        )
        asked = [one for one in trial.way.comparisons if _is_asked_of(one, path)]
        if name not in own or path == own[name] or not leads_on or _belongs(row, actor):
            continue
        states = [one for one in asked if not mentions(one, "record", "body", "query", "headers")]
        if not states or any(mentions(one, "auth") for one in asked):
            continue
        rule = rule_of(trial.way.collection, RULES[trial.way.action]) or ""
        message = f"Two rows of {name} together let somebody in whom neither lets in."
        mends = (_moved(rule, path, own[name]),) if own[name] else ()
        yield lets_in(playing, trial, "two-rows", message, mends)


def _is_asked_of(comparison: Comparison, path: str) -> bool:
    return any(side.text.startswith(f"{path}.") for side in (comparison.left, comparison.right))


def _back_path(trial: Trial, name: str) -> str:
    """Return the path by which a rule reaches the rows that lead back to a record."""
    for one in trial.way.comparisons:
        for side in (one.left, one.right):
            before, found, _ = side.text.partition(name)
            if side.kind == "path" and found:
                return f"{before}{name}"
    return ""


def _moved(rule: str, path: str, other: str) -> str:
    """Return a rule that asks another row for what it asks of one."""
    tree = read(rule)
    spots = [one for one in (paths(tree) if tree else ()) if one.text.startswith(f"{path}.")]
    return replaced(rule, [(one.start, one.start + len(path), other) for one in spots])


def _belongs(row: Row, actor: Row | None) -> bool:
    return actor is not None and actor in referred(row)


def _untied(playing: Playing, trial: Trial, scene: Scene, row: Row, path: str) -> Iterator[Suspicion]:
    actor = scene.actor
    if row in reachable(scene, scene.record.find(), without=actor, by_value=False):
        return
    is_matched = row in reachable(scene, scene.record.find(), without=actor)
    place = _possible_tie(playing, scene, row)
    if place is None:
        return
    field, way = place
    asked = _asked(trial, scene, row)
    beside = [
        other.find()
        for other in (*scene.joined.values(), *scene.back.values())
        if other.find() is not row and other.find().collection is row.collection and _belongs(other.find(), actor)
    ]
    if any(asked <= _asked(trial, scene, other) for other in beside):
        return  # the other row meets all of it, too
    is_split = bool(beside)

    attempt = partial(playing.shown, trial.base.witness)
    rule = rule_of(trial.way.collection, RULES[trial.way.action])
    name = row.collection["name"]
    if is_split:
        message = f"Two rows of {name} together let somebody in whom neither lets in."
        code = "two-rows"
    else:
        message = f"Any row of {name} lets somebody in, whatever {field} it belongs to."
        code = "any-row"
    rules: tuple[str | None, ...] = ()
    if path:
        rules = (*_one_alias(rule or "", path), both(rule, f"{path}.{field} ?= {way}"))
    is_unsure = is_matched or (not is_split and asked in _counting_anywhere(playing, row.collection))
    severity = QUESTION if is_unsure else HIGH
    who = trial.base.witness.label
    yield Suspicion(code, trial.way.collection, trial.way.action, who, message, attempt, rules, severity)


def _asked(trial: Trial, scene: Scene, row: Row) -> frozenset[str]:
    """Return what a way asks of a joined row, without the alias under which it does."""
    aliases = [
        f"@collection.{name}:{alias}" for (name, alias), one in scene.joined.items() if alias and one.find() is row
    ]
    plain = [f"@collection.{name}" for (name, alias), one in scene.joined.items() if one.find() is row]
    found = set()
    for comparison in trial.way.comparisons:
        text = trial.way.words(comparison)
        for alias in aliases:
            text = text.replace(alias, alias.partition(":")[0])
        names = [f"{side.text.partition(':')[0]}." for side in (comparison.left, comparison.right)]
        if any(f"{name}." in f"{text}." for name in plain) and any(name.startswith("@collection") for name in names):
            found.add(text)
    return frozenset(found)


def _counting_anywhere(playing: Playing, collection: Collection) -> set[frozenset[str]]:
    """Return what is asked of rows of a collection in rules whose records could not be tied to them."""
    found = set()
    for trial in playing.allowed(*_ACTIONS):
        if trial.way.users is None:
            continue
        scene = trial.base.witness.scene(playing.schema)
        for row in map(Row.find, scene.joined.values()):
            if row.collection is collection and _possible_tie(playing, scene, row) is None:
                found.add(_asked(trial, scene, row))
    return found


def _one_alias(rule: str, path: str) -> list[str]:
    """Return the rule with all aliases of the collection dropped, if it has several."""
    name = path.split(".")[1].partition(":")[0]
    tree = read(rule)
    changes = []
    for operand in paths(tree) if tree else ():
        parts, _ = operand.names()
        if parts[0].text == "@collection" and len(parts) > 1 and parts[1].text.partition(":")[0] == name:
            changes.append((parts[1].start, parts[1].end, name))
    text = replaced(rule, changes)
    return [text] if text != rule else []


def _possible_tie(playing: Playing, scene: Scene, row: Row) -> tuple[str, str] | None:
    """Return a relation of the joined row to what the record belongs to, too, and the record's path to it."""
    actor = scene.actor
    for field in row.collection["fields"]:
        if field["type"] != "relation" or (actor is not None and scene.target(field) is actor.collection):
            continue
        way = _way_to(playing, scene.collection if not scene.frames else scene.record.find().collection, field)
        if way:
            return field["name"], way
    return None


def _way_to(playing: Playing, start: Collection, field: Field, depth: int = 3) -> str:
    """Return the path of relations from a collection to the target of a field, "" if there is none."""
    goal = playing.schema.get(str(field.get("collectionId")))
    waiting: list[tuple[Collection, str]] = [(start, "")]
    if goal is start:
        return "id"
    for _ in range(depth):
        following = []
        for collection, path in waiting:
            for one in collection["fields"]:
                target = playing.schema.get(str(one.get("collectionId"))) if one["type"] == "relation" else None
                if target is None:
                    continue
                if target is goal:
                    return f"{path}{one['name']}"
                if target["type"] == "base":
                    following.append((target, f"{path}{one['name']}."))
        waiting = following
    return ""
