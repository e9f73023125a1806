"""What one way hides, no other way shows: list and view, writing and reading, views and their sources, files."""

from __future__ import annotations

from collections.abc import Iterator

from _pb.access.laws.finding import HIGH, QUESTION
from _pb.access.laws.strangers import is_open, is_tied
from _pb.access.laws.suspicion import Suspicion, both, bracketed
from _pb.access.playing import Play, Playing, Trial, reads_alike
from _pb.access.readings import EQUAL, conditions
from _pb.access.scene import Scene
from _pb.access.stage import Seen, Stage
from _pb.access.ties import mentions
from _pb.access.witnesses import RULES
from _pb.languages.view_conditions import constants, where_parts
from _pb.languages.views import tables
from _pb.schema.lookup import rule_of
from pb_common import Answer, with_query
from pb_common.paths import records_path
from pb_common.schema_types import Collection

_SAID = {"list": "listed", "view": "viewed", "update": "changed", "delete": "deleted"}


def suspicions(playing: Playing) -> Iterator[Suspicion]:
    """Yield each way of reaching a record that the way beside it refuses."""
    for trial in playing.allowed("list", "view", "update", "delete"):
        if trial.way.action in ("list", "view") and reads_alike(trial.way.collection):
            continue
        if trial.way.action == "list":
            yield _beside(
                playing, trial, "view", QUESTION if rule_of(trial.way.collection, "viewRule") is None else HIGH
            )
        elif trial.way.action == "view":
            tied = [is_tied(playing, one) for one in playing.of(trial.name, "list")]
            plain = is_open(playing, trial) and not any(mentions(one, "record") for one in trial.way.comparisons)
            yield _beside(playing, trial, "list", HIGH if plain and tied and all(tied) else QUESTION)
        else:
            is_shut = rule_of(trial.way.collection, "viewRule") is None
            if not is_tied(playing, trial):
                yield _beside(playing, trial, "view", QUESTION if is_shut else HIGH)
    yield from _hidden_from_list(playing)
    for trial in playing.allowed("list", "view"):
        if trial.way.collection["type"] == "view":
            yield from _through_view(playing, trial)


def _beside(playing: Playing, trial: Trial, other: str, severity: str) -> Suspicion:
    way = trial.way
    ask = Stage.view if other == "view" else Stage.list

    def attempt() -> tuple[Seen, ...] | None:
        scene = trial.base.witness.scene(playing.schema)
        playing.stage.store(scene)
        refused = ask(playing.stage, scene)
        done = playing.stage.ask(scene)
        return (done, refused) if done.allowed and not refused.allowed else None

    rule, shown = rule_of(way.collection, RULES[way.action]), rule_of(way.collection, RULES[other])
    if rule_of(way.collection, RULES[other]) is None and other == "list":
        severity = QUESTION
    rules = (both(rule or "", bracketed(shown)) if rule else shown,) if shown else ()
    message = f"May be {_SAID[way.action]} by who may not {other} it."
    code = "list-and-view" if {way.action, other} == {"list", "view"} else "way-round"
    return Suspicion(code, way.collection, way.action, trial.base.witness.label, message, attempt, rules, severity)


def _hidden_from_list(playing: Playing) -> Iterator[Suspicion]:
    """Yield the witnesses whom the list refuses and the view lets in, or the reverse."""
    for trial in playing.allowed("list", "view"):
        other = "view" if trial.way.action == "list" else "list"
        if rule_of(trial.way.collection, RULES[other]) in (None, "") or reads_alike(trial.way.collection):
            continue
        for play in trial.others:
            if play.denied and play.witness.kind in ("another", "value", "beyond", "empty", "same"):
                yield _let_in_beside(playing, trial, play, other)


def _let_in_beside(playing: Playing, trial: Trial, play: Play, other: str) -> Suspicion:
    way, comparison = trial.way, play.witness.comparison
    assert comparison is not None

    def attempt() -> tuple[Seen, ...] | None:
        scene = play.witness.scene(playing.schema)
        playing.stage.store(scene)
        refused = playing.stage.ask(scene)
        done = (Stage.view if other == "view" else Stage.list)(playing.stage, scene)
        return (done, refused) if done.allowed and not refused.allowed else None

    rule = rule_of(way.collection, RULES[other])
    words = way.words(comparison)
    message = f"The {way.action} rule asks for `{words}`, this one lets in without it."
    severity = QUESTION if is_tied(playing, trial) and other == "view" else HIGH
    return Suspicion(
        "list-and-view", way.collection, other, play.witness.label, message, attempt, (both(rule, words),), severity
    )


def _through_view(playing: Playing, trial: Trial) -> Iterator[Suspicion]:
    """Yield the sources of a view that the one who reads it may not view."""
    scene = trial.base.witness.scene(playing.schema)
    for name, row in scene.frames.items():
        shown = [column for column, origin in scene.columns.items() if origin[0] == name and origin[1] != "id"]
        if shown:
            yield _behind(playing, trial, name, row.find().collection, shown)


def _behind(playing: Playing, trial: Trial, table: str, source: Collection, shown: list[str]) -> Suspicion:
    way = trial.way

    def attempt() -> tuple[Seen, ...] | None:
        scene = trial.base.witness.scene(playing.schema)
        playing.stage.store(scene)
        done = playing.stage.ask(scene)
        path = records_path(source["name"], scene.frames[table].find().id)
        refused = playing.stage.seen(scene, "GET", path, None, lambda answer: answer.status == 200)
        return (done, refused) if done.allowed and not refused.allowed else None

    scene = trial.base.witness.scene(playing.schema)
    secret = [column for column in shown if _is_secret(playing, scene, column)]
    lets_in = any(one.base.allowed and one.way.users is way.users for one in playing.of(source["name"], "view"))
    query = str(way.collection.get("viewQuery") or "")
    is_sure = lets_in and way.users is None and not _asks_alike(playing, query, source["name"])
    severity = HIGH if secret or is_sure else QUESTION
    what = ", ".join(secret or shown)
    parts = [" ".join(query[part.start : part.end].split()) for part in where_parts(query)]
    state = f"where `{' and '.join(parts)}`" if parts else "whatever its state"
    message = f"Shows {what} of {source['name']} to who may not view that record, {state}."
    fix = f"Leave {what} out of the view, ask in its WHERE or its rules for what {source['name']}.viewRule asks for."
    return Suspicion(
        "way-round", way.collection, way.action, trial.base.witness.label, message, attempt, (), severity, fix
    )


def _asks_alike(playing: Playing, query: str, source: str) -> bool:
    """Tell whether a view's query asks for a state by which a way of the source's own rule lets in."""
    wanted = {(name, value) for name, sign, value in constants(query) if sign in ("=", "==")}
    asked = {
        (one.path.own, one.constant)
        for trial in playing.of(source, "view")
        for one in conditions([trial.way.rule])
        if one.has_constant and one.sign in EQUAL
    }
    return bool(wanted & asked)


def _is_secret(playing: Playing, scene: Scene, column: str) -> bool:
    table, name = scene.columns[column]
    row = scene.frames[table].find()
    fields = {key.lower(): field for key, field in playing.schema.fields(row.collection).items()}
    field = fields.get(name.lower())
    return bool(field and (field.get("hidden") or (row.collection["type"] == "auth" and field["name"] == "email")))


def views(playing: Playing) -> Iterator[Suspicion]:
    """Yield the records that their own rules keep back in some state, and a view shows to the same account."""
    for trial in playing.of_all("view"):
        view = trial.way.collection
        if view["type"] != "view":
            continue
        for name in tables(str(view.get("viewQuery") or "")):
            for source in playing.of(str((playing.schema.get(name) or view)["name"]), "view"):
                if source.way.collection is view or source.way.users is not trial.way.users:
                    continue
                for play in source.others:
                    comparison = play.witness.comparison
                    if play.denied and comparison is not None and not mentions(comparison, "auth", "query", "headers"):
                        yield _in_view(playing, view, source, play)


def _in_view(playing: Playing, view: Collection, source: Trial, play: Play) -> Suspicion:
    path = with_query(records_path(view["name"]), perPage=500, skipTotal="1")

    def attempt() -> tuple[Seen, ...] | None:
        before = playing.stage.ids(view)
        scene = playing.stored(play.witness)
        if scene is None:
            return None
        refused = playing.stage.view(scene)
        new = playing.stage.ids(view) - before
        done = playing.stage.seen(
            scene, "GET", path, None, lambda answer: answer.status == 200 and bool(_ids(answer) & new)
        )
        return (done, refused) if done.allowed and not refused.allowed else None

    comparison = play.witness.comparison
    assert comparison is not None
    words = source.way.words(comparison)
    message = f"Shows records of {source.name} for which `{words}` does not hold, which that one's own rule asks for."
    fix = f"Ask for it in the WHERE of {view['name']}, too."
    return Suspicion("view-shows", view, "list", play.witness.label, message, attempt, (), QUESTION, fix)


def _ids(answer: Answer) -> set[str]:
    return {str(item.get("id")) for item in answer.data["items"]}


def files(playing: Playing) -> Iterator[Suspicion]:
    """Yield the file fields whose files anybody gets by their address, of records that not everybody may view."""
    for collection in playing.stage.collections:
        if collection["type"] == "view" or rule_of(collection, "viewRule") == "":
            continue
        for field in collection["fields"]:
            if field["type"] == "file" and not field.get("protected"):
                yield _by_address(playing, collection, field["name"])


def _by_address(playing: Playing, collection: Collection, name: str) -> Suspicion:
    def attempt() -> tuple[Seen, ...] | None:
        scene = Scene(playing.schema, collection, "view", None)
        scene.record.values[name] = playing.stage.sample_file(collection, name)
        playing.stage.store(scene)
        refused = playing.stage.view(scene)
        done = playing.stage.open_file(scene, name)
        return (done, refused) if done.allowed and not refused.allowed else None

    message = f"Files of {name} reach everybody who has their address, also of records that he may not view."
    return Suspicion(
        "way-round",
        collection,
        "files",
        "guest",
        message,
        attempt,
        (),
        QUESTION,
        f"{collection['name']}.{name}: protected = true",
    )
