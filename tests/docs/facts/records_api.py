"""What the tables of the page on records are."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

from docs.stage import Stage
from docs.tables import Facts

facts = Facts()
facts.prose("List", "the blocks below it and the page on API rules run the operators")

RECORDS = "/api/collections/posts/records"


def _route(stage: Stage, first: str, cells: list[str]) -> None:
    special = {
        "an id that does not exist": ("GET", f"{RECORDS}/nosuch000000000"),
        "a collection that does not exist": ("GET", "/api/collections/nosuch/records"),
    }
    method, path = special.get(first) or _request(first)
    stage.server.request("DELETE", f"{RECORDS}/routed000000000")
    if method != "POST":
        stage.request("POST", RECORDS, {"id": "routed000000000", "title": "x"})
    body: Any = {"title": "x"} if method in ("POST", "PATCH", "PUT") else None
    status, answer = stage.server.request(method, path, body)
    assert str(status) == cells[0], answer


def _request(first: str) -> tuple[str, str]:
    method, _, record = first.partition(" ")
    return method, RECORDS + record.replace("ID", "routed000000000")


facts.table("Routes", each=_route)


def _hears(stage: Stage, path: str, rule: str) -> bool:
    """Tell whether a guest gets an event of this topic when only this rule is open."""
    from pb_common import Client, Settings
    from pb_common.realtime import subscribe

    stage.request("PATCH", "/api/collections/posts", {"listRule": None, "viewRule": None, rule: ""})
    with Client(Settings(stage.server.url)) as client, subscribe(client, [path]) as subscription:
        stage.request("PATCH", f"{RECORDS}/post00000000001", {"votes": 5})
        return subscription.receive(0.7) is not None


def _topic(stage: Stage, first: str, cells: list[str]) -> None:
    path = "posts/post00000000001" if first.endswith("ID") else "posts/*"
    assert {rule for rule in ("listRule", "viewRule") if _hears(stage, path, rule)} == {cells[0]}


facts.table("Realtime", each=_topic)

limits = facts.table("Limits")


def _answers(stage: Stage, query: str) -> int:
    return stage.server.request("GET", f"{RECORDS}?{query}")[0]


@limits.row("records of a page")
def _(stage: Stage, cells: list[str]) -> None:
    assert stage.request("GET", f"{RECORDS}?perPage=5000")["perPage"] == int(cells[0])


@limits.row("expressions in a filter")
def _(stage: Stage, cells: list[str]) -> None:
    most = int(cells[0])
    assert _answers(stage, "filter=" + "%26%26".join(["votes=1"] * most)) == 200
    assert _answers(stage, "filter=" + "%26%26".join(["votes=1"] * (most + 1))) == 400


@limits.row("sort fields")
def _(stage: Stage, cells: list[str]) -> None:
    assert _answers(stage, "sort=" + ",".join(["votes"] * int(cells[0]))) == 200
    assert _answers(stage, "sort=" + ",".join(["votes"] * (int(cells[0]) + 1))) == 400


@limits.row("requests in a batch")
def _(stage: Stage, cells: list[str]) -> None:
    one = {"method": "PATCH", "url": f"{RECORDS}/post00000000001", "body": {"votes": 5}}
    assert stage.server.request("POST", "/api/batch", {"requests": [one] * int(cells[0])})[0] == 200
    assert stage.server.request("POST", "/api/batch", {"requests": [one] * (int(cells[0]) + 1)})[0] == 400


@limits.row("characters of a filter")
def _(stage: Stage, cells: list[str]) -> None:
    empty = len("title=''")
    assert _answers(stage, f"filter=title='{'x' * (int(cells[0]) - empty)}'") == 200
    assert _answers(stage, f"filter=title='{'x' * (int(cells[0]) - empty + 1)}'") == 400


@limits.row("topics of a realtime client")
def _(stage: Stage, cells: list[str]) -> None:
    most = int(cells[0])
    with urllib.request.urlopen(f"{stage.server.url}/api/realtime", timeout=10) as stream:
        data = next(line for line in stream if line.startswith(b"data:"))
        client = json.loads(data[len(b"data:") :])["clientId"]
        for count, status in ((most, 204), (most + 1, 400)):
            sent = {"clientId": client, "subscriptions": [f"posts/{number}" for number in range(count)]}
            assert stage.server.request("POST", "/api/realtime", sent)[0] == status
