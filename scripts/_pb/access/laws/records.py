"""Nobody writes in another's name or place, or gives away: who writes a record keeps his rights over it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from _pb.access.laws.finding import HIGH, QUESTION
from _pb.access.laws.strangers import is_open, is_tied
from _pb.access.laws.suspicion import Suspicion, below, both
from _pb.access.playing import Playing, Trial
from _pb.access.readings import kept_from_sending
from _pb.access.rows import Row, Unbuildable
from _pb.access.scene import Scene
from _pb.access.stage import Seen
from _pb.access.ties import connected, is_by_rank, mentions, sides, tie_fields
from _pb.access.witnesses import RULES
from _pb.languages.indexes import read_indexes
from _pb.schema.fields import is_multiple
from _pb.schema.lookup import rule_of
from pb_common.paths import records_path
from pb_common.schema_types import Collection, Field

_READING = ("view", "list")
_WRITING = ("update", "delete")


def suspicions(playing: Playing) -> Iterator[Suspicion]:
    """Yield, for each allowed create and update, each tie that may be written so that it leads to somebody else."""
    for trial in playing.allowed("create", "update"):
        for field in _ties(playing, trial.way.collection):
            target = playing.schema.get(str(field.get("collectionId"))) or trial.way.users
            if target and target["type"] == "auth" and target is not trial.way.users:
                continue  # accounts of another kind are addressed, or sign by it
            if trial.way.action == "create":
                yield _written_for_another(playing, trial, field)
            else:
                yield _given_away(playing, trial, field)
        if trial.way.action == "create":
            yield from _twice(playing, trial)
            for field in trial.way.collection["fields"]:
                users = playing.schema.get(str(field.get("collectionId"))) if field["type"] == "relation" else None
                if users and users is not trial.way.users and field["name"] in _signed_by(playing, trial, users):
                    yield _signed(playing, trial, field)
        for field in _places(playing, trial.way.collection):
            yield _into_hidden_place(playing, trial, field)


def _ties(playing: Playing, collection: Collection) -> list[Field]:
    """Return the relations by which rules of the collection tie its records to those who may read or change them."""
    names: dict[str, None] = {}
    for trial in playing.of(collection["name"], "list", *_READING, *_WRITING):
        if trial.way.users is not None and connected(playing.schema, trial.way):
            names.update(dict.fromkeys(tie_fields(trial.way)))
    fields = playing.schema.fields(collection)
    return [fields[name] for name in names if name in fields and fields[name]["type"] in ("relation", "text")]


def _places(playing: Playing, collection: Collection) -> list[Field]:
    """Return the relations to records that are not for everybody, besides those that tie the record itself."""
    known = [field["name"] for field in _ties(playing, collection)]
    found = []
    for field in collection["fields"]:
        target = playing.schema.get(str(field.get("collectionId"))) if field["type"] == "relation" else None
        if target is None or target["type"] != "base" or field["name"] in known or target is collection:
            continue
        ways = list(playing.of(target["name"], "view"))
        if any(trial.way.users is not None and connected(playing.schema, trial.way) for trial in ways):
            found.append(field)
    return found


def _into_hidden_place(playing: Playing, trial: Trial, field: Field) -> Suspicion:
    """Return the suspicion that a record may be put where its author may not even look."""
    name, collection, action = field["name"], trial.way.collection, trial.way.action

    def attempt() -> tuple[Seen, ...] | None:
        scene = _sending(playing, trial, name)
        place = scene.another(scene.target(field))
        value: Any = [place] if is_multiple(field) else place
        if action == "create":
            scene.record.find().values[name] = value
        elif name in scene.sent.values:
            return None
        playing.stage.store(scene)
        scene.sent.values[name] = value
        path = records_path(scene.target(field)["name"], place.find().id)
        refused = playing.stage.seen(scene, "GET", path, None, lambda answer: answer.status == 200)
        step = playing.stage.ask(scene)
        return (refused, step) if step.allowed and not refused.allowed else None

    rule = rule_of(collection, RULES[action])
    target = playing.schema.get(str(field.get("collectionId")))
    inner = rule_of(target, "viewRule") if target else None
    rules: tuple[str | None, ...] = (both(rule, f"@request.body.{name}:isset = false"),)
    if inner and action == "create":
        rules = (both(rule, below(inner, name)),)
    message = f"{name} may lead to a record that the writer may not even view."
    return Suspicion("other-place", collection, action, trial.base.witness.label, message, attempt, rules)


def _sending(playing: Playing, trial: Trial, name: str) -> Scene:
    """Return the scene of who fulfils a way; raise Unbuildable if the way wants a field not to be sent."""
    scene = trial.base.witness.scene(playing.schema)
    if name in scene.withheld:
        raise Unbuildable("the rule wants it not to be sent")
    return scene


def _another(scene: Scene, field: Field) -> Any:
    if field["type"] == "text":  # it holds an id
        if scene.actor is None:
            raise Unbuildable("nobody else can be meant")
        return scene.another(scene.actor.collection)
    row = scene.another(scene.target(field))
    return [row] if is_multiple(field) else row


def _rights(playing: Playing, scene: Scene, name: str, field: Field) -> bool | None:
    """Tell whether the account may still do with the record what its ties are for; None where nothing can be asked.

    A tie to an account is for the actions whose rules ask for it, one to a place is for looking.
    """
    is_place = field["type"] == "relation" and scene.target(field)["type"] != "auth"
    asked = [action for action in ("update", "delete", "view", "list") if _is_for_few(playing, name, action)]
    if is_place:
        wanted = [action for action in asked if action in ("view", "list")] or asked
    elif scene.actor in _accounts_of(playing, scene, field):
        return True  # another tie leads to who writes it
    else:
        wanted = [action for action in asked if field["name"] in _tied_by(playing, name, action)]
    return any(_still_may(playing, scene, action) for action in wanted) if wanted else None


def _accounts_of(playing: Playing, scene: Scene, field: Field) -> list[Row]:
    """Return the accounts to whom the record's other ties lead."""
    values = scene.record.find().values
    others = [one["name"] for one in _ties(playing, scene.collection) if one["name"] != field["name"]]
    return [value.find() for value in map(values.get, others) if isinstance(value, Row)]


def _tied_by(playing: Playing, name: str, action: str) -> set[str]:
    return {field for trial in playing.of(name, action) for field in tie_fields(trial.way)}


def _is_for_few(playing: Playing, name: str, action: str) -> bool:
    trials = list(playing.of(name, action))
    return any(is_tied(playing, trial) for trial in trials) and not any(is_open(playing, trial) for trial in trials)


def _still_may(playing: Playing, scene: Scene, action: str) -> bool:
    stage = playing.stage
    path = stage.path(scene)
    if action == "update":
        return stage.seen(scene, "PATCH", path, {}, lambda answer: answer.status == 200).allowed
    return {"delete": stage.delete, "view": stage.view, "list": stage.list}[action](scene).allowed


def _twice(playing: Playing, trial: Trial) -> Iterator[Suspicion]:
    """Yield that somebody may say the same as often as he likes, where nothing but relations and choices is said."""
    collection = trial.way.collection
    own = set(tie_fields(trial.way))
    columns = [set(index.key_columns) for index in read_indexes(collection.get("indexes")) if index.unique]
    relations = [field for field in collection["fields"] if field["type"] == "relation" and field.get("required")]
    free = [one for one in collection["fields"] if one["type"] not in ("relation", "select", "autodate")]
    is_plain = all(field.get("system") for field in free)
    if not is_plain or len(relations) < 2 or not own or any(own & known for known in columns):
        return

    def attempt() -> tuple[Seen, ...] | None:
        scene = playing.stored(trial.base.witness)
        first = playing.stage.create(scene) if scene else None
        second = playing.stage.create(scene) if scene and first and first.allowed else None
        return (first, second) if first and second and second.allowed else None

    names = ", ".join(field["name"] for field in relations)
    message = f"The same may be created twice: no unique index is on {names}."
    fix = f"CREATE UNIQUE INDEX ... ON {collection['name']} ({names})"
    who = trial.base.witness.label
    yield Suspicion("twice", collection, "create", who, message, attempt, (), QUESTION, fix)


def _signed_by(playing: Playing, trial: Trial, users: Collection) -> set[str]:
    """Return the fields by which accounts of another kind say that a record is theirs when they create it."""
    others = [one for one in playing.of(trial.name, "create") if one.way.users is users]
    return {name for one in others for name in tie_fields(one.way)}


def _signed(playing: Playing, trial: Trial, field: Field) -> Suspicion:
    name, collection = field["name"], trial.way.collection

    def attempt() -> tuple[Seen, ...] | None:
        scene = _sending(playing, trial, name)
        if scene.record.find().values.get(name) is not None:
            return None
        scene.record.find().values[name] = _another(scene, field)
        playing.stage.store(scene)
        step = playing.stage.create(scene)
        return (step,) if step.allowed else None

    message = f"Accounts of {trial.way.who} may create a record with {name} leading to one of those who sign by it."
    rule = rule_of(collection, "createRule")
    mends = (both(rule, f"@request.body.{name}:isset = false"),)
    return Suspicion("other-name", collection, "create", trial.base.witness.label, message, attempt, mends)


def _written_for_another(playing: Playing, trial: Trial, field: Field) -> Suspicion:
    name = field["name"]
    collection = trial.way.collection

    def attempt() -> tuple[Seen, ...] | None:
        scene = _sending(playing, trial, name)
        scene.record.find().values[name] = _another(scene, field)
        playing.stage.store(scene)
        step = playing.stage.create(scene)
        if not step.allowed:
            return None
        scene.record.find().id = str(step.answer["id"])
        kept = _rights(playing, scene, collection["name"], field)
        return None if kept in (True, None) else (step,)

    target = playing.schema.get(str(field.get("collectionId")))
    is_account = target is None or target["type"] == "auth"
    rule = rule_of(collection, "createRule")
    if is_account:
        message = f"A record may be created with {name} leading to somebody else, who then has the author's rights."
        rules = (both(rule, f"{name} = @request.auth.id"), both(rule, f"@request.body.{name} = @request.auth.id"))
        severity = QUESTION if is_by_rank(trial.way) or _is_granted(playing, trial, name) else HIGH
        return Suspicion("other-name", collection, "create", trial.way.who, message, attempt, rules, severity)
    message = f"A record may be created with {name} leading where its author has no rights."
    ties = tuple(both(rule, one) for one in _tie_conditions(playing, collection, name))
    return Suspicion("other-place", collection, "create", trial.base.witness.label, message, attempt, ties)


def _is_granted(playing: Playing, trial: Trial, name: str) -> bool:
    """Tell whether rules look in such records for an account by this field, and who makes one has charge of its place.

    So speak rules by which the founder of a team takes others in.
    """
    collection = trial.name
    looked_at = [path for one in playing.trials for comparison in one.way.comparisons for path in sides(comparison)]
    in_charge = [path for one in trial.way.comparisons for path in sides(one)]
    is_membership = any(path.joined and name in path.asked_of(collection) for path in looked_at)
    by_membership = any(path.asked_of(collection) for path in in_charge)
    return is_membership and not by_membership and connected(playing.schema, trial.way)


def _tie_conditions(playing: Playing, collection: Collection, name: str) -> list[str]:
    """Return the conditions by which the collection's other rules tie a field to the account."""
    found: dict[str, None] = {}
    for trial in playing.of(collection["name"], *_WRITING, *_READING):
        if trial.way.users is not None and name in tie_fields(trial.way):
            parts = [trial.way.words(one) for one in trial.way.comparisons if name in trial.way.words(one)]
            found[" && ".join(dict.fromkeys(['@request.auth.id != ""', *parts]))] = None
    return list(found)


def _given_away(playing: Playing, trial: Trial, field: Field) -> Suspicion:
    name = field["name"]
    collection = trial.way.collection

    def attempt() -> tuple[Seen, ...] | None:
        scene = trial.base.witness.scene(playing.schema)
        if name in scene.sent.values:
            raise Unbuildable("the rule asks for a value of its own")
        other = _another(scene, field)
        playing.stage.store(scene)
        body = {**playing.stage.sent(scene), name: playing.stage.sendable(other)}
        step = playing.stage.seen(scene, "PATCH", playing.stage.path(scene), body, lambda answer: answer.status == 200)
        if not step.allowed:
            return None
        return (step,) if _rights(playing, scene, collection["name"], field) is False else None

    rule = rule_of(collection, "updateRule")
    keep = both(rule, f"@request.body.{name}:isset = false")
    target = playing.schema.get(str(field.get("collectionId")))
    what = "to somebody else" if target is None or target["type"] == "auth" else "where its author has no rights"
    states = ", ".join(trial.way.words(one) for one in trial.way.comparisons if not mentions(one, "auth", "body"))
    message = f"{name} may be changed so that the record goes {what}{f', where {states}' if states else ''}."
    kept = kept_from_sending([" && ".join(trial.way.words(one) for one in trial.way.comparisons)])
    severity = QUESTION if kept else HIGH  # other fields are kept from changes, this one is not
    who = trial.base.witness.label
    return Suspicion("give-away", collection, "update", who, message, attempt, (keep,), severity)
