#!/usr/bin/env python3
"""How the check and the plan of a schema grow with its size.

PYTHONPATH=scripts python3 tests/bench/bench_plan.py

Each size is compared with itself, with one change, a rule and a relation in each collection. The time for one
collection must stay the same; the answer is the ratio of the largest to the smallest.
"""

from __future__ import annotations

import time
from typing import Any

from _pb.schema.check import check
from _pb.schema.names import collection_id, field_id
from _pb.schema.plan import plan
from _pb.schema.resolve import resolve
from pb_common.schema_types import Collection

SIZES = (50, 500, 5000)


def live_collections(size: int) -> list[Collection]:
    """Return collections as a server shows them, each related to the next one."""
    made: list[Collection] = []
    for number in range(size):
        name, target = f"c{number}", collection_id("base", f"c{(number + 1) % size}")
        shown: list[Any] = [
            {"name": "id", "type": "text", "system": True, "required": True, "primaryKey": True},
            *(
                {"name": f"f{column}", "type": "text", "system": False, "required": False, "max": 0}
                for column in range(8)
            ),
            {"name": "next", "type": "relation", "system": False, "collectionId": target, "maxSelect": 1},
        ]
        fields: list[Any] = [{"id": field_id(field["type"], field["name"]), **field} for field in shown]
        rules: Collection = {
            "listRule": 'next.f1 = "x" && f2 != f3',
            "viewRule": "@collection.c0.f1 ?= f1",
            "createRule": None,
        }
        indexes = [f"CREATE INDEX `idx_{name}` ON `{name}` (`f1`, `f2`)"]
        base: Collection = {"id": collection_id("base", name), "name": name, "type": "base", "system": False}
        made.append({**base, "fields": fields, "indexes": indexes, **rules})
    return made


def wanted_collections(size: int) -> list[Collection]:
    """Return the same collections as people write them, with one field more."""
    return [
        {
            "name": f"c{number}",
            "fields": [
                {"name": "new", "type": "text"},
                {"name": "next", "type": "relation", "collectionId": f"c{(number + 1) % size}", "maxSelect": 1},
            ],
            "listRule": 'next.new = "x"',
        }
        for number in range(size)
    ]


def seconds(size: int) -> tuple[float, float]:
    """Return the processor time of the check and of the plan."""
    live, wanted = live_collections(size), wanted_collections(size)
    start = time.process_time()
    errors, _ = check(wanted, live)
    middle = time.process_time()
    changes = plan(resolve(wanted, live), live)
    assert not errors
    assert len(changes) == 2 * size
    return middle - start, time.process_time() - middle


def main() -> None:
    """Print the times, and how much more one collection costs in the largest schema than in the smallest."""
    each = {}
    for size in SIZES:
        checking, planning = min(seconds(size) for _ in range(3))
        each[size] = (checking + planning) / size
        print(f"{size:5} collections: check {checking * 1000:7.1f} ms, plan {planning * 1000:7.1f} ms")
    print(f"one collection, {SIZES[-1]} to {SIZES[0]}: ratio {each[SIZES[-1]] / each[SIZES[0]]:.2f}")


if __name__ == "__main__":
    main()
