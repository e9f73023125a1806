"""Which rules let more through than before, observed: the matrix of both schemas, of the collections that changed."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from _pb.access.compare import as_data, differences
from _pb.access.observe import Row, observe
from _pb.access.readings import rules_of
from _pb.access.setting import Source, populated_copy
from _pb.server.program import Program
from pb_common import Client, PBError
from pb_common.schema_types import Collection

_RULES = ("listRule", "viewRule", "createRule", "updateRule", "deleteRule", "authRule", "manageRule")


def widened(
    client: Client, before: list[Collection], after: list[Collection], program: Program
) -> list[dict[str, Any]]:
    """Return where somebody may do what they might not before: `collection`, `action`, `actor` and what is `widened`.

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
        expected = as_data(_rows(before, after, names, program))
        rows = _rows(after, before, names, program)
        return [item for item in differences({"items": expected}, rows) if "widened" in item]
    except PBError as error:
        client.warn(f"Who may do what before and after could not be observed: {error}")
        return _by_rules(changed)


def _rows(schema: list[Collection], other: list[Collection], names: list[str], program: Program) -> list[Row]:
    """Return what everybody may do with the collections of a schema, with the records that tell both apart."""
    reviewed = {item["name"]: rules_of(item) for item in other if not item["system"]}
    with TemporaryDirectory(prefix="pb-rules-") as scratch:
        file = Path(scratch) / "schema.json"
        own = [{**item, "oauth2": {}} for item in schema if not item["system"]]
        file.write_text(json.dumps(own), "utf-8")
        source = Source(None, str(file), None, str(program.path))
        with Client() as nobody, populated_copy(nobody, source, reviewed) as copy:
            return observe(copy.population, names)


def _by_rules(changed: list[tuple[Collection, Collection]]) -> list[dict[str, Any]]:
    found = []
    for old, new in changed:
        for rule in _RULES:
            was, now = old.get(rule), new.get(rule)
            if was != now and was != "" and now is not None:
                found.append({"collection": new["name"], "action": rule, "before": was, "after": now})
    return found
