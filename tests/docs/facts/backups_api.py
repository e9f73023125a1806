"""What the tables of the page on backups are."""

from __future__ import annotations

from docs.stage import Stage
from docs.tables import Facts

facts = Facts()
facts.prose(
    "Undo a bad script", "tests/backups/test_restore_only.py and tests/judge/judge_mishaps.py undo such scripts"
)
facts.prose("What destroys", "tests/common/test_destroying.py and the tests of each verb")
facts.prose("What a restore does", "tests/backups/test_backups.py restores after such changes")


def _request(stage: Stage, first: str, cells: list[str]) -> None:
    method, path = first.split(" ")
    if path.endswith(("upload", "restore")):
        return  # the page's own blocks do
    stage.server.request("DELETE", "/api/backups/facts.zip")
    if path != "/api/backups" or method == "GET":
        stage.request("POST", "/api/backups", {"name": "facts.zip"})
    token = stage.request("POST", "/api/files/token")["token"] if "token=" in path else ""
    path = path.replace("KEY", "facts.zip").replace("=T", f"={token}")
    body = {"name": "facts.zip"} if method == "POST" else None
    assert str(stage.server.request(method, path, body)[0]) == cells[0]


facts.table("Requests", each=_request)
