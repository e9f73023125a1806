"""What the tables of the page on traps are."""

from __future__ import annotations

from typing import Any

from docs.stage import Stage
from docs.tables import Facts

facts = Facts()
facts.prose("Releases", "what PocketBase's changelog says of old releases")
RECORDS = "/api/collections/posts/records"
REQUESTS: dict[str, tuple[str, str, Any]] = {
    "list": ("GET", RECORDS, None),
    "view": ("GET", f"{RECORDS}/post00000000001", None),
    "create": ("POST", RECORDS, {}),
    "update": ("PATCH", f"{RECORDS}/post00000000001", {}),
    "delete": ("DELETE", f"{RECORDS}/post00000000001", None),
}


def _denied(stage: Stage, first: str, cells: list[str]) -> None:
    said = cells[0]
    if first.startswith("a guest"):
        assert str(stage.server.request("GET", "/api/collections", authed=False)[0]) == said
        return
    if first.startswith("a client"):
        for query in ("filter=@request.method='GET'", "sort=@request.auth.id", "filter=@collection.posts.id!=''"):
            assert str(stage.server.request("GET", f"{RECORDS}?{query}", authed=False)[0]) == said, query
        return
    rule = None if "null" in first else "id = 'nobody'"
    for action, (method, path, body) in REQUESTS.items():
        if action not in first and not first.startswith("anything"):
            continue
        before = stage.request("GET", "/api/collections/posts")[f"{action}Rule"]
        stage.request("PATCH", "/api/collections/posts", {f"{action}Rule": rule})
        status, answer = stage.server.request(method, path, body, authed=False)
        stage.request("PATCH", "/api/collections/posts", {f"{action}Rule": before})
        seen = {200: "200, no items", 400: "400, data is {}"}.get(status, str(status))
        assert seen == said, (action, answer)
        assert status != 200 or answer["items"] == []


facts.table("Answers", each=_denied)
