"""What pb_lint.py schema says of values, and that the server does so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from conftest import Runner
from servers import Server

FIELDS: list[dict[str, Any]] = [
    {"name": "agreed", "type": "bool", "required": True},
    {"name": "count", "type": "number", "required": True},
    {"name": "below", "type": "number", "max": 0},
    {"name": "paper", "type": "file"},
    {"name": "owner", "type": "relation", "collectionId": "LN_OWNERS", "maxSelect": 1},
    {"name": "word", "type": "text"},
]
INDEXES = [
    "CREATE UNIQUE INDEX idx_ln_owner ON ln_laws (owner)",
    "CREATE UNIQUE INDEX idx_ln_word ON ln_laws (word COLLATE NOCASE)",
]
KINDS = {"required-bool", "required-number", "max-zero", "open-file", "cleared-relation", "nocase-ascii"}


def _kinds(runner: Runner, tmp_path: Path, fields: list[dict[str, Any]], indexes: list[str]) -> set[str]:
    rules = {"listRule": "@request.auth.id != ''", "viewRule": "@request.auth.id != ''"}
    collection = {"name": "ln_laws", "type": "base", "fields": fields, "indexes": indexes, **rules}
    owners = {"id": "LN_OWNERS", "name": "ln_owners", "type": "base", "fields": []}
    (tmp_path / "a.json").write_text(json.dumps([owners, collection]), "utf-8")
    shown = runner.raw("pb_lint.py", "schema", "--file", "a.json", "--format", "sarif").stdout
    return {one["ruleId"] for one in json.loads(shown)["runs"][0]["results"]}


def test_each_law_is_a_warning(offline: Runner, tmp_path: Path) -> None:
    assert _kinds(offline, tmp_path, FIELDS, INDEXES) == KINDS
    sound = [{**field, "required": False, "max": None, "protected": True, "cascadeDelete": True} for field in FIELDS]
    keys = {"bool": (), "number": ("max",), "file": ("protected",), "relation": ("cascadeDelete",), "text": ()}
    named = ("name", "type", "collectionId", "maxSelect", "required")
    plain = [{key: field[key] for key in (*named, *keys[field["type"]]) if key in field} for field in sound]
    assert _kinds(offline, tmp_path, plain, [INDEXES[0], INDEXES[1].replace(" COLLATE NOCASE", "")]) == set()


def test_the_server_does_so(server: Server) -> None:
    owners = server.request("POST", "/api/collections", {"name": "ln_owners", "type": "base", "fields": []})[1]
    fields = [{**field, "collectionId": owners["id"]} if "collectionId" in field else field for field in FIELDS]
    fields = [field for field in fields if field["name"] != "below"]
    body = {"name": "ln_laws", "type": "base", "fields": fields, "indexes": INDEXES}
    assert server.request("POST", "/api/collections", body)[0] == 200
    records = "/api/collections/ln_laws/records"
    made = [server.request("POST", "/api/collections/ln_owners/records", {})[1]["id"] for _ in range(2)]
    sound = [{"agreed": True, "count": 1, "owner": owner, "word": word} for owner, word in zip(made, ("é", "É"))]
    refused = server.request("POST", records, {**sound[0], "agreed": False, "count": 0})
    assert sorted(refused[1]["data"]) == ["agreed", "count"]
    assert [server.request("POST", records, row)[0] for row in sound] == [200, 200]
    deleted = [server.request("DELETE", f"/api/collections/ln_owners/records/{owner}")[0] for owner in made]
    assert deleted == [204, 400]
    for name in ("ln_laws", "ln_owners"):
        server.request("DELETE", f"/api/collections/{name}")
