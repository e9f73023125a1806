"""What everybody gets from the custom routes of a project, and of whose records: tried for real, reading ones first."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from _pb.access.laws.finding import HIGH, QUESTION, Finding
from _pb.access.playing import Playing
from _pb.access.route_inputs import Inputs, inputs_of
from _pb.access.rows import Row, Unbuildable
from _pb.access.scene import Scene
from _pb.access.stage import Seen, Stage, who_is
from _pb.access.store import Unplayable
from _pb.access.ties import asks_for_account, mentions
from _pb.access.witnesses import Way, base_of, ways_of
from _pb.languages.routes import Route
from pb_common import PBConnectionError, segment, with_query
from pb_common.paths import records_path
from pb_common.schema_types import Collection

# The name under which routes stand in the matrix, in the place of a collection.
ROUTES = "(routes)"
GUEST, SUPERUSER = "guest", "superuser"
_READING = ("GET", "HEAD")
_REFUSED, _NOT_FOUND = (401, 403), 404
_FIX = "Compare the record's owner with e.auth in the handler."
_TEXTS = ("text", "email", "editor")
# Who fulfils one of these rules belongs to the record.
_OWN = ("view", "list", "update", "delete")


class RouteLine(NamedTuple):
    """What somebody got from a route: passes (no 401, 403, 404), and answers where it was no error either.

    `before` and `after` are the record before and afterwards; `kept` are the records, it and those that lead to it,
    that the rules keep from who called.
    """

    route: str
    who: str
    seen: Seen
    before: dict[str, Any]
    after: dict[str, Any]
    scene: Scene | None = None
    kept: tuple[Row, ...] = ()

    @property
    def said(self) -> str:
        """What came of it in words."""
        if self.seen.status in (*_REFUSED, _NOT_FOUND):
            return f"refused, {self.seen.status}"
        return "passes, answers" if self.seen.status < 400 else f"passes, {self.seen.status}"

    def as_data(self) -> dict[str, Any]:
        """Return the line as it is printed: what was sent, and what came."""
        return {"collection": ROUTES, "action": self.route, "who": self.who, "said": self.said, **self.seen.as_data()}


class Routes(NamedTuple):
    """What came of trying the routes; `not_tested` are sentences on those of which nothing was learnt."""

    lines: list[RouteLine]
    findings: list[Finding]
    not_tested: list[str]


class Caller(NamedTuple):
    """Who calls a route: a label, and the way of a rule that ties the account to the record (None: to none).

    `is_plain` calls it for a record in which nothing optional is stored.
    """

    who: str
    users: Collection | None
    way: Way | None = None
    is_plain: bool = False

    @property
    def is_stranger(self) -> bool:
        """Whether nothing ties who calls to the record."""
        return self.way is None and self.who != SUPERUSER


def try_routes(playing: Playing, routes: list[Route], folder: Path) -> Routes:
    """Return what everybody gets from each route; where it takes the id of a record, that is one of somebody else's.

    Those who belong to the record get it, too. The routes run for real, so this comes after everything else.
    """
    found = Routes([], [], [])
    names = [item["name"] for item in playing.stage.collections if item["type"] != "view"]
    for route in sorted(routes, key=lambda route: route.method not in _READING):
        inputs = inputs_of(route, folder, names)
        lines: list[RouteLine] = []
        try:
            for caller in _callers(playing, inputs):
                came = list(_called(playing, route, inputs, caller))
                lines += came
                has_key = bool(inputs.body or inputs.query) and bool(inputs.collection)
                if has_key and caller.is_stranger and any(one.seen.status >= 400 for one in came):
                    who = f"{caller.who}, where nothing optional is stored"
                    again = _called(playing, route, inputs, caller._replace(who=who, is_plain=True))
                    lines += [one for one in again if one.seen.status < 400]
        except PBConnectionError as error:
            found.not_tested.append(
                f"{route.method} {route.pattern}: it did not answer ({error}), so it is not tested."
            )
            continue
        untested = why_untested([one.seen.status for one in lines])
        if untested:
            found.not_tested.append(f"{route.method} {route.pattern}: {untested}.")
            continue
        found.lines.extend(lines)
        found.findings.extend(_suspicious(playing, inputs, lines))
    return found


def why_untested(statuses: list[int]) -> str:
    """Return why the answers of a route tell nothing of those who are let through, "" if they do.

    With a 404 alone it is not there, or only with ids that we do not know.
    """
    if _NOT_FOUND not in statuses or set(statuses) - {*_REFUSED, _NOT_FOUND}:
        return ""
    who = "everybody" if set(statuses) == {_NOT_FOUND} else "everybody who is not refused"
    return f"{who} gets 404, so it is not tested"


def _callers(playing: Playing, inputs: Inputs) -> Iterator[Caller]:
    """Yield a guest, of each auth collection somebody without a tie and who belongs to the record, the superuser."""
    yield Caller(GUEST, None)
    collection = playing.schema.get(inputs.collection) if inputs.collection else None
    tied: dict[str, Way] = {}
    for action in _OWN if collection else ():
        for way in ways_of(playing.schema, collection, action) if collection else ():
            if way.users is not None and asks_for_account(way):
                tied.setdefault(way.users["name"], way)
    for users in playing.schema.auth_collections():
        if not users["name"].startswith("_"):
            yield Caller(f"{users['name']}: {'no tie to the record' if inputs.collection else 'anybody'}", users)
            if users["name"] in tied:
                way = tied[users["name"]]
                yield Caller(base_of(way).label, users, way)
    yield Caller(SUPERUSER, None)


def _called(playing: Playing, route: Route, inputs: Inputs, caller: Caller) -> Iterator[RouteLine]:
    """Yield what a caller gets; whose account or record cannot be made calls nothing."""
    stage = playing.stage
    try:
        scene = _scene(playing, inputs, caller)
        if scene is not None:
            stage.store(scene)
        record = scene.record.find() if scene is not None and inputs.collection else None
        actor = scene.actor if scene is not None else None
        kept = _kept_from(stage, scene) if scene is not None and record and caller.is_stranger else ()
        seen, before, after = _sent(playing, route, inputs, record, actor, caller.who)
    except (Unbuildable, Unplayable):
        return
    finally:
        stage.sweep()
    yield RouteLine(f"{route.method} {route.pattern}", caller.who, seen, before, after, scene, kept)


def _kept_from(stage: Stage, scene: Scene) -> tuple[Row, ...]:
    """Return the records of a call that the rules do not let its account view."""

    def is_kept(row: Row) -> bool:
        path = records_path(row.collection["name"], row.id)
        return not stage.seen(scene, "GET", path, None, lambda answer: answer.status == 200).allowed

    return tuple(row for row in (scene.record.find(), *scene.back.values()) if is_kept(row))


def _scene(playing: Playing, inputs: Inputs, caller: Caller) -> Scene | None:
    """Return the record and the account of a call; None where there is neither."""
    if caller.way is not None:
        return base_of(caller.way).scene(playing.schema)
    about = playing.schema.get(inputs.collection) if inputs.collection else caller.users
    if about is None:
        return None
    scene = Scene(playing.schema, about, "view", caller.users)
    if not inputs.collection and scene.actor is not None:
        scene.merge(scene.record, scene.actor)
    leading = [
        f"{one['name']}_via_{field['name']}"
        for one in (playing.stage.collections if inputs.collection and not caller.is_plain else ())
        for field in one["fields"]
        if field["type"] == "relation" and one["type"] == "base" and scene.target(field) is about
    ]
    rows = [scene.record.find(), *(scene.walk(scene.record, [name], "").row for name in leading)]
    for row in rows if not caller.is_plain else ():
        for field in row.collection["fields"] if row else ():
            if row and field["type"] == "text" and not field.get("system") and not field.get("pattern"):
                mark = f"of somebody else {row.collection['name']} {field['name']}"
                row.values[field["name"]] = mark[: field.get("max") or 60]
    return scene


def _sent(
    playing: Playing, route: Route, inputs: Inputs, record: Row | None, actor: Row | None, who: str
) -> tuple[Seen, dict[str, Any], dict[str, Any]]:
    stage, id = playing.stage, record.id if record else ""
    path = route.filled(dict.fromkeys(inputs.path, segment(id)) if id else {})
    path = with_query(path, **dict.fromkeys(inputs.query, id)) if id else path
    body = None if route.method in _READING else dict.fromkeys(inputs.body, id)
    token = stage.token if who == SUPERUSER else stage.token_of(actor)
    before = _stored(playing, record)
    named = SUPERUSER if who == SUPERUSER else who_is(actor)
    seen = requested(stage, named, token, route.method, path, body)
    return seen, before, _stored(playing, record)


def requested(stage: Stage, who: str, token: str, method: str, path: str, body: Any) -> Seen:
    """Return what comes of a request to any route, whatever kind of answer that is."""
    headers = {"Content-Type": "application/json", **({"Authorization": token} if token else {})}
    content = None if body is None else json.dumps(body).encode()
    answer = stage.client.transport.send(method, path, content, headers)
    came: Any = answer.body.decode("utf-8", "replace")
    try:
        came = json.loads(came)
    except ValueError:
        came = came or None
    return Seen(answer.status < 400, method, path, body, who, answer.status, came)


def _stored(playing: Playing, record: Row | None) -> dict[str, Any]:
    if record is None:
        return {}
    path = records_path(record.collection["name"], record.id)
    answer = playing.stage.client.exchange("GET", path, token=playing.stage.token)
    return answer.data if answer.status == 200 else {}


def _suspicious(playing: Playing, inputs: Inputs, lines: list[RouteLine]) -> Iterator[Finding]:
    """Yield what is suspicious in what a guest or a stranger got, each once for all who got it."""
    told: dict[tuple[str, str], list[RouteLine]] = {}
    for line in lines:
        if not (line.kept or line.who == GUEST) or line.seen.status >= 400:
            continue
        found = _about(playing, inputs, line)
        if found:
            told.setdefault(found, []).append(line)
        elif line.who == GUEST:
            told.setdefault((QUESTION, "answers without sign-in."), []).append(line)
    for (severity, message), several in told.items():
        who = ", ".join(line.who for line in several)
        proof = (several[0].seen,)
        yield Finding(severity, "stranger", ROUTES, several[0].route, who, message, proof, None, _FIX, several[0].scene)


def _about(playing: Playing, inputs: Inputs, line: RouteLine) -> tuple[str, str] | None:
    name = inputs.collection
    if not line.before:
        return None
    is_public = any(trial.base.allowed and _is_for_all(trial.way) for trial in playing.of(name, "view", "list"))
    if not line.after:
        return HIGH, f"strangers delete somebody else's {name}."
    if line.after != line.before:
        return (QUESTION if is_public else HIGH), f"strangers change somebody else's {name}."
    record = line.scene.record.find() if line.scene else None
    if record and record in line.kept and _shows(line, record.collection, line.before):
        return (QUESTION if is_public else HIGH), f"strangers are shown somebody else's {name}."
    for row in line.kept:
        if row is not record and _shows(line, row.collection, row.values):
            severity = HIGH if record in line.kept and not is_public else QUESTION
            return severity, f"strangers are shown the {row.collection['name']} of somebody else's {name}."
    return None


def _is_for_all(way: Way) -> bool:
    """Tell whether a way asks neither for the account nor for a key."""
    return not any(mentions(one, "auth", "query", "headers") for one in way.comparisons)


def _shows(line: RouteLine, collection: Collection, values: Mapping[str, Any]) -> bool:
    """Tell whether an answer holds a text of a record beside the id, which the request itself named."""
    text = json.dumps(line.seen.answer, ensure_ascii=False)
    fields = [one["name"] for one in collection["fields"] if one["type"] in _TEXTS and one["name"] != "id"]
    kept = [str(values.get(name) or "") for name in fields]
    return any(len(value) > 3 and json.dumps(value, ensure_ascii=False)[1:-1] in text for value in kept)
