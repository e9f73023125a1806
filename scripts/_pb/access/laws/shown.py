"""What is shown that was kept back: keys, addresses, fields of others, states that only others may set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from _pb.access.laws.finding import QUESTION
from _pb.access.laws.strangers import is_open
from _pb.access.laws.suspicion import Suspicion
from _pb.access.playing import Play, Playing, Trial
from _pb.access.readings import all_paths, rules_of
from _pb.access.stage import Seen
from _pb.access.ties import mentions, sides
from _pb.schema.lookup import rule_of
from pb_common.schema_types import Collection, Field

_READING = ("list", "view")
# Types of fields in which people write what they like.
_FREE = ("text", "editor", "json", "number", "email", "url")


def suspicions(playing: Playing) -> Iterator[Suspicion]:
    """Yield what readers get to see that may not be meant for them."""
    for collection in playing.stage.collections:
        yield from _keys(playing, collection)
        if collection["type"] != "view":
            yield from _fields(playing, collection)
        if collection["type"] == "auth" and rule_of(collection, "authRule") == "":
            yield from _sign_in(playing, collection)
    for trial in playing.allowed("create"):
        for play in trial.others:
            if play.denied and play.witness.comparison is not None:
                yield from _kept_from_setting(playing, trial, play)


def _keys(playing: Playing, collection: Collection) -> Iterator[Suspicion]:
    """Yield the keys that let a request in, where everybody may look at them."""
    for name in dict.fromkeys(_key_fields(playing, collection)):
        field = playing.schema.fields(collection).get(name)
        for trial in playing.allowed("view"):
            if trial.way.collection is collection and field and is_open(playing, trial) and not _has_key(trial):
                yield _shown(
                    playing,
                    trial,
                    [field],
                    f"The key {name}, which lets a request in, is shown to everybody.",
                    "shown-key",
                )


def _key_fields(playing: Playing, collection: Collection) -> Iterator[str]:
    for trial in playing.trials:
        for one in trial.way.comparisons:
            paths = sides(one)
            if len(paths) == 2 and mentions(one, "query", "headers") and one.sign.lstrip("?") in ("=", "~"):
                for path in paths:
                    own = trial.way.collection is collection and len(path.names) == 1 and path.source == "record"
                    if own or path.asked_of(collection["name"])[-1:] == [path.names[-1]]:
                        yield path.names[-1]


def _has_key(trial: Trial) -> bool:
    return any(mentions(one, "query", "headers") for one in trial.way.comparisons)


def _fields(playing: Playing, collection: Collection) -> Iterator[Suspicion]:
    """Yield the fields that people see who have no hand in the records, or that several kinds of people see alike."""
    asked = {name for path in all_paths(rules_of(collection)) for name in path.names}
    free = [
        field
        for field in collection["fields"]
        if field["type"] in _FREE and not field.get("hidden") and not field.get("system") and field["name"] not in asked
    ]
    kinds: dict[str, Trial] = {}
    for trial in playing.allowed("view"):
        if trial.way.collection is collection and not _has_key(trial):
            kinds.setdefault(trial.way.who, trial)
    writers = {trial.way.who for trial in playing.allowed("create", "update") if trial.way.collection is collection}
    for who, trial in kinds.items():
        addresses = [field for field in free if field["type"] == "email"]
        if addresses and who not in writers:
            names = ", ".join(field["name"] for field in addresses)
            message = f"The address {names} is shown to accounts of {who}, who have no hand in it."
            yield _shown(playing, trial, addresses, message, "shown-address")
    is_person = collection["type"] == "auth"  # of whom also what is required is his own
    optional = [field for field in free if (is_person or not field.get("required")) and field["type"] != "email"]
    if len(kinds) > 1 and optional and set(kinds) - writers:
        names = ", ".join(field["name"] for field in optional)
        message = f"{', '.join(sorted(kinds))} all see the same of it, also {names}."
        yield _shown(playing, list(kinds.values())[-1], optional, message, "shown-fields")


def _shown(playing: Playing, trial: Trial, fields: list[Field], message: str, code: str) -> Suspicion:
    collection = trial.way.collection
    names = [field["name"] for field in fields]

    def attempt() -> tuple[Seen, ...] | None:
        scene = playing.stored(trial.base.witness)
        seen = playing.stage.view(scene) if scene else None
        return (seen,) if seen and seen.allowed and set(names) & set(seen.answer) else None

    fix = f"{collection['name']}.{names[0]}: hidden = true"
    who = trial.base.witness.label
    return Suspicion(code, collection, "view", who, message, attempt, (), QUESTION, fix)


def _kept_from_setting(playing: Playing, trial: Trial, play: Play) -> Iterator[Suspicion]:
    """Yield the switch that an account may not set, neither at first nor later, and that it sees set by others."""
    comparison = play.witness.comparison
    assert comparison is not None
    names = [path.names[0] for path in sides(comparison) if path.source in ("record", "body") and len(path.names) == 1]
    field = playing.schema.fields(trial.way.collection).get(names[0]) if names else None
    if field is None or field["type"] != "bool" or field.get("hidden") or trial.way.users is None:
        return
    for reading in playing.allowed("view"):
        way = reading.way
        asks = any(field["name"] in path.names for one in way.comparisons for path in sides(one))
        if way.collection is trial.way.collection and way.users is trial.way.users and not asks:
            yield _seen_set(playing, trial, reading, field)


def _seen_set(playing: Playing, trial: Trial, reading: Trial, field: Field) -> Suspicion:
    name, stage = field["name"], playing.stage

    def attempt() -> tuple[Seen, ...] | None:
        scene = playing.stored(trial.base.witness)
        step = stage.create(scene) if scene else None
        if scene is None or step is None or not step.allowed:
            return None
        scene.record.find().id = str(step.answer["id"])
        value: Any = not step.answer.get(name)
        refused = stage.seen(scene, "PATCH", stage.path(scene), {name: value}, lambda answer: answer.status == 200)
        if refused.allowed:
            return None
        stage.client.call("PATCH", stage.path(scene), {name: value})
        seen = stage.view(scene)
        return (refused, seen) if seen.allowed else None

    message = f"Accounts of {trial.way.who} may not set {name} themselves, and see what others set it for."
    collection, who = reading.way.collection, reading.base.witness.label
    return Suspicion("shown-state", collection, "view", who, message, attempt, (), QUESTION)


def _sign_in(playing: Playing, collection: Collection) -> Iterator[Suspicion]:
    """Yield that accounts may sign in whose address nobody has confirmed."""
    for trial in playing.allowed("auth"):
        if trial.way.collection is collection:

            def attempt(trial: Trial = trial) -> tuple[Seen, ...] | None:
                return playing.shown(trial.base.witness)

            message = (
                "Whoever has an account may sign in, whatever is stored of it, and also if its address is not verified."
            )
            yield Suspicion("sign-in", collection, "auth", "anybody", message, attempt, ("verified = true",), QUESTION)
