"""Conditions of rules that say the same in other words."""

from __future__ import annotations

import pytest

from _pb.access.witnesses import Way
from _pb.languages.rules import comparisons, parse
from pb_common.schema_types import Collection


def known_as(rule: str) -> str:
    posts: Collection = {"name": "posts", "type": "base", "fields": []}
    found = tuple(comparisons(parse(rule)))
    return Way(posts, "view", rule, found, None).known_as(found[0])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("author = @request.auth.id", "@request.auth.id   =  author"),
        ("status = 'open'", '"open" = status'),
        ("due >= @now", "@now <= due"),
        ("author != owner", "owner != author"),
        ("@request.auth.id = @request.body.by", "@request.body.by = @request.auth.id"),
    ],
)
def test_the_order_of_the_sides_does_not_matter(one: str, other: str) -> None:
    assert known_as(one) == known_as(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("due > @now", "@now > due"), ("title ~ 'a'", "'a' ~ title"), ("tags ?= 'a'", "tags = 'a'")],
)
def test_what_means_something_else_stays_so(one: str, other: str) -> None:
    assert known_as(one) != known_as(other)
