"""What the tables of the page on relations are."""

from __future__ import annotations

from typing import Any

from docs.answer_tables import facts_of_answers
from docs.stage import Stage

# Rows of the same tables that are proved, and that a reader does not need.
FURTHER = {
    "Team membership": [
        ["`GET documents/d1`", "404", "200", "200", "404"],
        ['`PATCH documents/d1 {"title": "x"}`', "404", "200", "200", "404"],
    ],
    "Members with roles": [
        ["`GET projects`", "0", "1", "1", "0"],
        ["`DELETE memberships/m1`", "404", "204", "404", "404"],
    ],
    "Two members in one rule": [
        ['`PATCH tickets/k1 {"project": "j1"}`', "404", "404", "404", "404"],
        ['`PATCH tickets/k1 {"assignee": ""}`', "404", "404", "404", "404"],
    ],
    "Multi-tenant": [
        ["`GET orgs/org1`", "404", "200", "200", "404"],
        ["`GET users/alice`", "404", "200", "200", "404"],
        ["`GET invoices/i1`", "404", "200", "200", "404"],
        ["`DELETE invoices/i1`", "404", "204", "204", "404"],
    ],
}
facts = facts_of_answers("relation-patterns", FURTHER)
facts.prose("Which pattern", "advice")

PARENT = "parents"


def _parents(stage: Stage) -> str:
    """Return the id of a collection with the records one and two, made anew."""
    for name in ("children", PARENT):
        stage.server.request("DELETE", f"/api/collections/{name}")
    made = stage.request("POST", "/api/collections", {"name": PARENT, "fields": [{"name": "name", "type": "text"}]})
    for name in ("one", "two"):
        record = {"id": name.ljust(15, "0"), "name": name}
        stage.request("POST", f"/api/collections/{PARENT}/records", record)
    return str(made["id"])


def _children(stage: Stage, value: Any, **options: Any) -> str:
    """Make a collection with a relation to the parents and a record of this value; return the record's path."""
    relation = {"name": "to", "type": "relation", "collectionId": _parents(stage), **options}
    stage.request("POST", "/api/collections", {"name": "children", "fields": [relation], "listRule": ""})
    records = "/api/collections/children/records"
    return f"{records}/{stage.request('POST', records, {'to': value})['id']}"


def _through_filter(stage: Stage, rule: str | None) -> str:
    """Filter as a guest through a relation to a record of a collection with this list rule."""
    _children(stage, "one".ljust(15, "0"))
    stage.request("PATCH", f"/api/collections/{PARENT}", {"listRule": rule})
    path = "/api/collections/children/records?filter=to.name='one'"
    status, answer = stage.server.request("GET", path, authed=False)
    if status != 200:
        return str(status)
    return "found" if answer["totalItems"] else "as if the relation were not there"


filters = facts.table("Filter and sort through relations")
RULES = {"true for the row": "name = 'one'", "false for the row": "name = 'two'", "null": None}


def _filter_row(stage: Stage, first: str, cells: list[str]) -> None:
    seen = _through_filter(stage, RULES[first])
    assert seen == cells[stage.at_least("0.31") + stage.at_least("0.32")], seen


filters.each = _filter_row

deletions = facts.table("What a deletion does")


def _delete(stage: Stage, path: str, *names: str) -> str:
    """Delete these parents one after the other; return what became of the child, joined by '; '."""
    outcomes = []
    for name in names:
        status, _ = stage.server.request("DELETE", f"/api/collections/{PARENT}/records/{name.ljust(15, '0')}")
        found, child = stage.server.request("GET", path)
        outcomes.append(f"{status} {child['to'] if found == 200 else 'gone'}")
    return "; ".join(outcomes)


ONE, TWO = "one".ljust(15, "0"), "two".ljust(15, "0")


def _deleted(stage: Stage, required: bool, many: bool, cascade: bool) -> str:
    options = {"required": required, "cascadeDelete": cascade, "maxSelect": 2 if many else 1}
    path = _children(stage, [ONE, TWO] if many else ONE, **options)
    return _delete(stage, path, *(("one", "two") if many else ("one",)))


OUTCOMES = {
    'set to ""': "204 ",
    "the record is deleted": "204 gone",
    "deletion refused, 400": f"400 {ONE}",
    "the id is removed from the list": f"204 {[TWO]}; 204 []",
    "id removed; deleted when the list is empty": f"204 {[TWO]}; 204 gone",
    "id removed; refused, 400, when it was the last": f"204 {[TWO]}; 400 {[TWO]}",
}


def _deletion_row(stage: Stage, first: str, cells: list[str]) -> None:
    for cell, cascade in zip(cells, (False, True)):
        seen = _deleted(stage, "required" in first, "multiple" in first, cascade)
        assert seen == OUTCOMES[cell], seen


deletions.each = _deletion_row
