"""Which part of a rule decides: a witness is stored on a copy, and explained there as people of a live server are."""

from __future__ import annotations

import argparse
import json
import re
from typing import Any

from _pb.access.explain_live import explain_live
from _pb.access.rows import Unbuildable
from _pb.access.scene import Scene
from _pb.access.setting import copied, existing, source_of
from _pb.access.stage import Stage, who_is
from _pb.access.store import Unplayable
from _pb.access.witnesses import RULES, Witness, base_of, variants, ways_of
from _pb.samples.maker import SampleFile
from _pb.schema.fields import is_multiple
from pb_common import Client, Outcome, PBUsageError
from pb_common.schema_types import Collection

GUEST = "guest"
_OF_A_PERSON = re.compile(r"\w+/")
_ELSE_DECIDED = "Something besides the rule decided, such as a hook."


def is_live(args: argparse.Namespace) -> bool:
    """Tell whether a command line means people or records of the server, and not those that the matrix makes up."""
    given = args.record is not None or args.body is not None or bool(args.query or args.header)
    return given or bool(_OF_A_PERSON.match(args.actor))


def explain_rule(client: Client, args: argparse.Namespace) -> Outcome:
    """Return whether somebody may do something, and which part of the rule decided."""
    if is_live(args):
        return explain_live(client, args)
    with copied(client, source_of(args)) as server:
        stage = Stage(server.client)
        name = existing([item["name"] for item in stage.collections], args.collection)
        collection = next(item for item in stage.collections if item["name"] == name)
        witness = _witness(stage, collection, args)
        try:
            scene = _scene(stage, witness, args)
            stage.store(scene)
            found = explain_live(server.client, _as_live(stage, scene, args)).data
            if args.action in RULES:
                found = _as_answered(stage, scene, found)
        except (Unbuildable, Unplayable) as problem:
            raise PBUsageError(f"There can be no such witness: {problem}.", code="unknown_name") from problem
    who = GUEST if args.actor == GUEST else witness.label
    return Outcome({key: value for key, value in {**found, "actor": who}.items() if key != "record"})


def _witness(stage: Stage, collection: Collection, args: argparse.Namespace) -> Witness:
    """Return the witness that --as names by its label or the beginning of it; for a guest the first of all."""
    action = args.action if args.action in RULES else "list" if args.action == "filter" else "view"
    ways = ways_of(stage.schema, collection, action)
    if args.actor == GUEST:
        return base_of(ways[0])
    found = [one for way in ways for one in (base_of(way), *variants(stage.schema, way))]
    by_label: dict[str, Witness] = {one.label: one for one in reversed(found)}
    begun = [label for label in by_label if label.startswith(args.actor) and args.actor]
    if args.actor not in by_label and not begun:
        raise PBUsageError(
            f"There is no witness {args.actor!r} of {collection['name']} {action}.",
            hint=f"There is: {'; '.join(dict.fromkeys(base_of(way).label for way in ways))}",
            code="unknown_name",
        )
    return by_label[args.actor if args.actor in by_label else begun[-1]]


def _scene(stage: Stage, witness: Witness, args: argparse.Namespace) -> Scene:
    scene = witness.scene(stage.schema)
    if args.actor == GUEST:
        scene.sign_out()
    first = (args.tried or "").partition(".")[0]
    row = scene.record.find()
    field = stage.schema.fields(row.collection).get(first)
    if field is not None and row.values.get(first) in (None, "", []):
        if field["type"] == "relation":
            target = scene.another(scene.target(field))
            row.values[first] = [target] if is_multiple(field) else target
        elif field["type"] == "file":
            row.values[first] = stage.sample_file(row.collection, first)
    return scene


def _as_live(stage: Stage, scene: Scene, args: argparse.Namespace) -> argparse.Namespace:
    """Return the command line that asks the copy about the people and records of a scene."""
    row = scene.record.find()
    body: dict[str, Any] = {}
    if args.action == "create":
        body = stage.body_of(row, scene.withheld)
    elif args.action == "update":
        body = stage.sent(scene)
    sent = {key: value for key, value in body.items() if not isinstance(value, SampleFile)}
    return argparse.Namespace(
        collection=scene.collection["name"],
        action=args.action,
        actor=who_is(scene.actor),
        record=None if args.action == "create" else row.id,
        body=json.dumps(sent) if args.action in ("create", "update") else None,
        query=[f"{key}={stage.sendable(value)}" for key, value in scene.query.items()],
        header=[f"{key}:{stage.sendable(value)}" for key, value in scene.headers.items()],
        tried=args.tried,
        **dict.fromkeys(("file", "project", "version", "binary")),
    )


def _as_answered(stage: Stage, scene: Scene, found: dict[str, Any]) -> dict[str, Any]:
    """Return what was found with what the server really answers."""
    seen = stage.ask(scene)
    if seen.allowed == found["allowed"]:
        return {**found, "answer": str(seen.status)}
    return {**found, "allowed": seen.allowed, "decided": _ELSE_DECIDED, "answer": str(seen.status)}
