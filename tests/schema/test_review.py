"""A plan as a person reads it."""

from __future__ import annotations

from typing import Any

from _pb.schema.review import review
from pb_common.terminal import Screen


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
