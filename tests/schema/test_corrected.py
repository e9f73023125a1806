"""The JSON that a refusal calls corrected is taken."""

from __future__ import annotations

import json
from typing import Any

import pytest

import servers
from conftest import Runner

TITLE = {"name": "title", "type": "text"}
STAMPED = {"fields": [TITLE], "indexes": ["CREATE INDEX idx_cor ON cor (created DESC, updated)"]}
WRONG: list[dict[str, Any]] = [
    STAMPED,
    {"schema": [{"name": "title", "type": "text", "options": {"max": None}}], "indexes": STAMPED["indexes"]},
    {"fields": [{"name": "title", "type": "string", "unique": True}], "indexes": ["CREATE INDEX i ON cor (titel)"]},
    {"fields": [{"name": "kind", "type": "enum", "choices": ["a"], "mandatory": True}]},
    {"type": "auth", "fields": [TITLE], "options": {"allowUsernameAuth": True, "onlyVerified": True}},
]


@pytest.mark.parametrize("verb", ["create", "import"])
@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_called_corrected_is_taken(
    pb: Runner, server: servers.Server, wrong: dict[str, Any], verb: str
) -> None:
    refused = pb("pb_collections.py", verb, json.dumps({"name": "cor", **wrong}))
    assert refused.code == 2, refused
    made = pb("pb_collections.py", verb, refused.hint.partition("Corrected: ")[2])
    assert made.code == 0, (refused.hint, made)
    assert server.request("DELETE", "/api/collections/cor")[0] == 204


def test_what_cannot_be_corrected_whole_is_not_called_corrected(pb: Runner) -> None:
    wrong = {
        "name": "cor",
        "fields": [{"name": "title", "type": "string"}],
        "indexes": ["CREATE INDEX i ON cor (nope)"],
    }
    refused = pb("pb_collections.py", "create", json.dumps(wrong))
    assert refused.hint.startswith("Corrected but for the rest: ")
