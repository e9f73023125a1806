"""Which rules let more through than before, observed: the witnesses of both schemas, where these changed."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from _pb.access.playing import Playing
from _pb.access.policy import MAY, lines_of, play_reviewed
from _pb.access.setting import Source, copied
from _pb.access.stage import Stage
from _pb.access.witnesses import RULES as ACTIONS
from _pb.schema.lookup import rule_of
from _pb.server.program import Program
from pb_common import Client, PBError
from pb_common.schema_types import Collection

_RULES = ("listRule", "viewRule", "createRule", "updateRule", "deleteRule", "authRule", "manageRule")


def widened(
    client: Client, before: list[Collection], after: list[Collection], program: Program
) -> list[dict[str, Any]]:
    """Return where somebody may do what they might not before: `collection`, `action`, and who, in words (`actor`).

    Only collections of both sides whose rules or fields differ are looked at. What cannot be observed is a warning,
    and then the rules themselves are named.
    """
    known = {item["id"]: item for item in before}
    pairs = [(known[item["id"]], item) for item in after if item["id"] in known and not item["system"]]
    changed = [(old, new) for old, new in pairs if any(old.get(rule) != new.get(rule) for rule in _RULES)]
    if not changed:
        return []
    names = [new["name"] for _, new in changed]
    if any(old["name"] != new["name"] for old, new in changed):
        return _by_rules(changed)
    try:
        was, now = _said(before, after, names, program), _said(after, before, names, program)
        keys = ("collection", "action", "actor")
        return [dict(zip(keys, place)) for place, said in now.items() if said == MAY and was.get(place) != MAY]
    except PBError as error:
        client.warn(f"Who may do what before and after could not be observed: {error}")
        return _by_rules(changed)


def _said(
    schema: list[Collection], other: list[Collection], names: list[str], program: Program
) -> dict[tuple[str, str, str], str]:
    """Return what comes of each witness of a schema's collections, and of those that the other schema's rules have."""
    rules = {
        item["name"]: {action: str(rule_of(item, key)) for action, key in ACTIONS.items() if rule_of(item, key)}
        for item in other
        if item["name"] in names
    }
    with TemporaryDirectory(prefix="pb-rules-") as scratch:
        file = Path(scratch) / "schema.json"
        own = [{**item, "oauth2": {}} for item in schema if not item["system"]]
        file.write_text(json.dumps(own), "utf-8")
        source = Source(None, str(file), None, str(program.path))
        with Client() as nobody, copied(nobody, source) as server:
            playing = Playing(Stage(server.client))
            for collection in playing.stage.collections:
                for action in ACTIONS if collection["name"] in names else ():
                    playing.trials += playing.trials_of(collection, action)
            play_reviewed(playing, rules)
            return {(line.collection, line.action, line.who): line.said for line in lines_of(playing.trials)}


def _by_rules(changed: list[tuple[Collection, Collection]]) -> list[dict[str, Any]]:
    found = []
    for old, new in changed:
        for rule in _RULES:
            was, now = old.get(rule), new.get(rule)
            if was != now and was != "" and now is not None:
                found.append({"collection": new["name"], "action": rule, "before": was, "after": now})
    return found
