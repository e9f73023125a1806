"""What destroys part of the schema says what goes and what brings it back, and asks where PB_PROTECTED is on."""

from __future__ import annotations

import json

import pytest
from test_collections import create

import servers
from conftest import Runner

pytestmark = pytest.mark.both_ends
PROTECTED: dict[str, str | None] = {"PB_PROTECTED": "1"}


def fill(pb: Runner, server: servers.Server, name: str, rows: int) -> None:
    create(pb, {"name": name, "fields": [{"name": "a", "type": "text"}]})
    for _ in range(rows):
        assert server.request("POST", f"/api/collections/{name}/records", {"a": "x"})[0] == 200


def test_a_deleted_collection_is_told_with_its_records_and_the_way_back(
    own_pb: Runner, own_server: servers.Server
) -> None:
    fill(own_pb, own_server, "dl_posts", 2)
    planned = own_pb("pb_collections.py", "delete", "dl_posts", "--dry-run")
    assert (planned.data["collection"], planned.data["records"], planned.hint) == ("dl_posts", 2, "")
    deleted = own_pb("pb_collections.py", "delete", "dl_posts")
    assert deleted.data == {"deleted": "dl_posts", "records": 2}
    assert "There is no backup to bring it back from" in deleted.hint
    fill(own_pb, own_server, "dl_empty", 0)
    own_pb.ok("pb_collections.py", "delete", "dl_empty", "--yes")


def test_what_destroys_wants_yes_where_the_server_is_protected(own_pb: Runner, own_server: servers.Server) -> None:
    fill(own_pb, own_server, "dl_kept", 1)
    no_field = json.dumps({"fields": []})
    empty = json.dumps({"collections": [{"name": "dl_kept", "fields": []}], "deleteMissing": True})
    for words in (
        ["delete", "dl_kept"],
        ["drop-field", "dl_kept", "a"],
        ["update", "dl_kept", no_field, "--allow-drop"],
        ["import", empty, "--allow-delete"],
    ):
        refused = own_pb("pb_collections.py", *words, env=PROTECTED)
        assert (refused.code, "--yes" in refused.hint) == (4, True), refused
        assert "--yes" in own_pb("pb_collections.py", *words, "--dry-run", env=PROTECTED).hint
    assert any(item["name"] == "dl_kept" for item in own_server.collections())
    dropped = own_pb("pb_collections.py", "update", "dl_kept", no_field, "--allow-drop", "--yes", env=PROTECTED)
    assert dropped.code == 0, dropped
    deleted = own_pb("pb_collections.py", "delete", "dl_kept", "--yes", env=PROTECTED)
    assert deleted.data["safetyCopy"].startswith("before_delete_"), deleted
    assert f"restore {deleted.data['safetyCopy']}" in deleted.hint
