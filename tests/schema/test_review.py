"""A plan as a person reads it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from _pb.schema.review import detailed, review
from conftest import Runner
from pb_common.terminal import Screen
from terminals import seen_on_a_terminal

pytestmark = pytest.mark.both_ends


def test_a_plan_reads_like_a_review_with_the_losses_at_the_end() -> None:
    changes: list[dict[str, Any]] = [
        {"action": "change", "collection": "posts", "property": "listRule", "from": "", "to": None},
        {"action": "change", "collection": "posts", "field": "title", "property": "max", "from": 0, "to": 9},
        {"action": "drop", "collection": "posts", "field": "body", "type": "text", "rows": 1200},
        {"action": "create", "collection": "tags", "type": "base", "fields": ["name"]},
        {"action": "drop", "collection": "old\x1b[2J", "rows": 0},
    ]
    lines = list(review(changes, Screen()))
    assert lines[0] == "~ posts"
    assert lines[1:4] == ["  ~ listRule", "    - Anyone, guests too", "    + Superusers only"]
    assert lines[lines.index("+ tags (base)") + 1] == "  + name"
    lost = lines.index("Lost with that:")
    assert [line.split() for line in lines[lost + 1 : lost + 3]] == [
        ["posts.body", "1,200", "rows"],
        ["old\\u001b[2J", "0", "rows"],
    ]
    assert lines[-1] == "1 collection to add, 1 rule and 1 option to change, 1 collection and 1 field to remove."
    done = list(review(changes, Screen(), done=True))
    assert "Went with that:" in done
    assert done[-1] == "1 collection added, 1 rule and 1 option changed, 1 collection and 1 field removed."
    assert "\x1b[31m" in "".join(review(changes, Screen(coloured=True)))
    assert list(review([], Screen())) == ["Nothing would change."]


def test_a_new_collection_is_told_with_its_types_rules_and_indexes() -> None:
    users: Any = {"id": "u1", "name": "users", "fields": []}
    fields = [
        {"name": "title", "type": "text", "required": True},
        {"name": "by", "type": "relation", "collectionId": "u1"},
        {"name": "state", "type": "select", "values": ["new", "old"]},
    ]
    index = "CREATE INDEX idx_by ON notes (by)"
    notes: Any = {"id": "n1", "name": "notes", "fields": fields, "listRule": "", "viewRule": None, "indexes": [index]}
    change = {"action": "create", "collection": "notes", "type": "base", "fields": ["title", "by", "state"]}
    told = list(review(detailed([change], [notes], [users]), Screen()))
    assert told[:7] == [
        "+ notes (base)",
        "  + title text required",
        "  + by relation -> users",
        "  + state select new|old",
        "  + listRule: Anyone, guests too",
        "  + viewRule: Superusers only",
        f"  + {index}",
    ]


def test_a_person_sees_the_types_and_a_program_the_changes_alone(pb: Runner) -> None:
    fields = [{"name": "title", "type": "text"}]
    document = json.dumps({"name": "rv_notes", "type": "base", "fields": fields, "listRule": ""})
    planned = pb("pb_collections.py", "plan", document)
    assert planned.data == [{"action": "create", "collection": "rv_notes", "type": "base", "fields": ["title"]}]
    for verb in ("plan", "import"):
        seen = seen_on_a_terminal(pb, 100, "pb_collections.py", verb, document, env={"NO_COLOR": "1"})
        assert "  + title text\n  + listRule: Anyone, guests too\n" in seen
