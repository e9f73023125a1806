"""What the tables of the page on field types are."""

from __future__ import annotations

from typing import Any

from docs.answer_tables import facts_of_answers
from docs.stage import Stage

facts = facts_of_answers("field-types")
facts.prose("Modifiers", "the block below it carries each out")

changes = facts.table("Changing a field")
NAME = "changing"


def _start(stage: Stage, field: dict[str, Any], value: Any) -> dict[str, Any]:
    """Make a collection of two fields and a record; return the first field as the server knows it."""
    stage.server.request("DELETE", f"/api/collections/{NAME}")
    fields = [{"name": "f", "type": "text", **field}, {"name": "other", "type": "text"}]
    made = stage.request("POST", "/api/collections", {"name": NAME, "fields": fields})
    stage.request("POST", f"/api/collections/{NAME}/records", {"id": "r00000000000000", "f": value})
    known: dict[str, Any] = made["fields"][1]
    return known


def _change(stage: Stage, field: dict[str, Any], **changes: Any) -> tuple[int, Any]:
    """Change the first field; return status and answer."""
    fields = [{"name": "id", "type": "text"}, {**field, **changes}, {"name": "other", "type": "text"}]
    return stage.server.request("PATCH", f"/api/collections/{NAME}", {"fields": fields})


def _value(stage: Stage, name: str = "f") -> Any:
    return stage.request("GET", f"/api/collections/{NAME}/records/r00000000000000")[name]


def _save(stage: Stage) -> int:
    """Change another field of the record; return the status."""
    return stage.server.request("PATCH", f"/api/collections/{NAME}/records/r00000000000000", {"other": "x"})[0]


@changes.row("new name with the same id")
def _(stage: Stage, cells: list[str]) -> None:
    field = _start(stage, {}, "kept")
    assert _change(stage, field, name="g")[0] == 200
    assert _value(stage, "g") == "kept"


@changes.row("new name without the id")
def _(stage: Stage, cells: list[str]) -> None:
    _start(stage, {}, "lost")
    assert _change(stage, {"name": "g", "type": "text"})[0] == 200
    assert _value(stage, "g") == ""


@changes.row("new type with the same id")
def _(stage: Stage, cells: list[str]) -> None:
    status, answer = _change(stage, _start(stage, {}, "x"), type="number")
    message = answer["data"]["fields"]["1"]["message"]
    assert cells[0] == f'{status} "{message}"'


@changes.row("new type, same name, no id")
def _(stage: Stage, cells: list[str]) -> None:
    _start(stage, {}, "12")
    assert _change(stage, {"name": "f", "type": "number"})[0] == 200
    assert _value(stage) == 0


@changes.row("maxSelect from 1 to more, or back")
def _(stage: Stage, cells: list[str]) -> None:
    field = _start(stage, {"type": "select", "values": ["a", "b"]}, "a")
    assert _change(stage, field, maxSelect=2)[0] == 200
    assert _value(stage) == ["a"]
    stage.request("PATCH", f"/api/collections/{NAME}/records/r00000000000000", {"f": ["a", "b"]})
    assert _change(stage, field, maxSelect=1)[0] == 200
    assert _value(stage) == "b"


@changes.row("required added")
def _(stage: Stage, cells: list[str]) -> None:
    assert _change(stage, _start(stage, {}, ""), required=True)[0] == 200
    assert (_value(stage), _save(stage)) == ("", 400)


@changes.row("shorter max, new pattern, value removed from values")
def _(stage: Stage, cells: list[str]) -> None:
    assert _change(stage, _start(stage, {}, "long"), max=2)[0] == 200
    assert (_value(stage), _save(stage)) == ("long", 400)
    assert _change(stage, _start(stage, {}, "long"), pattern="^[0-9]+$")[0] == 200
    assert (_value(stage), _save(stage)) == ("long", 400)
    assert _change(stage, _start(stage, {"type": "select", "values": ["a", "b"]}, "b"), values=["a"])[0] == 200
    assert (_value(stage), _save(stage)) == ("b", 400)
