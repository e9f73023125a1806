"""What the tables of the page on tests are."""

from __future__ import annotations

from typing import Any

from docs.stage import Stage
from docs.tables import Facts

facts = Facts()
facts.prose("Three tools", "the block below it runs each")
facts.prose("Actors", "the blocks of the page and the tests of pb_e2e use each")
facts.prose("Assertions", "the blocks of the page and the tests of pb_e2e use each")

RULES = {"list": "listRule", "view": "viewRule", "create": "createRule", "update": "updateRule", "delete": "deleteRule"}


def _answer(stage: Stage, action: str, rule: str | None) -> str:
    """Return how the server denies a guest an action on a collection with this rule."""
    stage.server.request("DELETE", "/api/collections/faces")
    stage.request("POST", "/api/collections", {"name": "faces", "type": "base", RULES[action]: rule})
    record = stage.request("POST", "/api/collections/faces/records", {})["id"]
    path = "/api/collections/faces/records"
    requests: dict[str, tuple[str, str, Any]] = {
        "list": ("GET", path, None),
        "view": ("GET", f"{path}/{record}", None),
        "create": ("POST", path, {}),
        "update": ("PATCH", f"{path}/{record}", {}),
        "delete": ("DELETE", f"{path}/{record}", None),
    }
    status, body = stage.server.request(*requests[action], authed=False)
    return f"{status}, no items" if status == 200 and body["items"] == [] else str(status)


def _face(stage: Stage, action: str, cells: list[str]) -> None:
    assert [_answer(stage, action, None), _answer(stage, action, "id = 'nothing'")] == cells


facts.table("The faces of denial", each=_face)

facts.prose("The laws", "tests/access/test_laws.py plants a leak against each")
