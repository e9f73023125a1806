"""pb_records.py delete: what goes is said before and after, with what goes with it and the way back."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import time
from typing import Any

import pytest

import servers
from conftest import SCRIPTS, Runner


@pytest.fixture(scope="session")
def teams(server: servers.Server) -> str:
    """Teams, members that go with them, notes that go with the members, and tags that go with the last of two teams."""
    teams = _collection(server, "rd_teams", [{"name": "name", "type": "text"}, {"name": "n", "type": "number"}])
    parent = {"name": "parent", "type": "relation", "collectionId": teams, "cascadeDelete": True}
    body = server.request("GET", "/api/collections/rd_teams")[1]
    server.request("PATCH", "/api/collections/rd_teams", {"fields": [*body["fields"], parent]})
    members = _collection(server, "rd_members", [_relation("team", teams)])
    _collection(server, "rd_notes", [_relation("member", members)])
    _collection(server, "rd_tags", [{**_relation("teams", teams), "maxSelect": 3}])
    _collection(server, "rd_guests", [{**_relation("team", teams), "cascadeDelete": False}])
    return "rd_teams"


def _relation(name: str, target: str) -> dict[str, Any]:
    return {"name": name, "type": "relation", "collectionId": target, "cascadeDelete": True}


def _collection(server: servers.Server, name: str, fields: list[dict[str, Any]]) -> str:
    status, body = server.request("POST", "/api/collections", {"name": name, "type": "base", "fields": fields})
    assert status == 200, body
    return str(body["id"])


def _record(server: servers.Server, collection: str, body: dict[str, Any]) -> str:
    status, answer = server.request("POST", f"/api/collections/{collection}/records", body)
    assert status == 200, answer
    return str(answer["id"])


def _team(server: servers.Server) -> str:
    """Make a team with all that goes with it, and return its id."""
    team, other = (_record(server, "rd_teams", {"name": 'It\'s "one"', "n": 5}) for _ in range(2))
    child = _record(server, "rd_teams", {"parent": team})
    _record(server, "rd_teams", {"parent": child})
    for _ in range(2):
        member = _record(server, "rd_members", {"team": team})
        _record(server, "rd_notes", {"member": member})
    _record(server, "rd_tags", {"teams": [team]})
    _record(server, "rd_tags", {"teams": [team, other]})
    _record(server, "rd_guests", {"team": team})
    return team


def test_one_deletion_names_and_counts_what_goes_with_the_record(
    pb: Runner, server: servers.Server, teams: str
) -> None:
    team = _team(server)
    also = {"rd_teams.parent": 2, "rd_members.team": 2, "rd_notes.member": 2, "rd_tags.teams": 1}

    def everything() -> int:
        names = ("rd_teams", "rd_members", "rd_notes", "rd_tags", "rd_guests")
        return sum(pb.ok("pb_records.py", "count", name)["count"] for name in names)

    before = everything()
    planned = pb.ok("pb_records.py", "delete", teams, team, "--dry-run")
    assert planned["alsoDeletes"] == also
    assert everything() == before
    result = pb("pb_records.py", "delete", teams, team)
    assert result.data["alsoDeleted"] == also
    assert result.data["record"]["name"] == 'It\'s "one"'
    assert "backup" in result.hint
    assert before - everything() == 1 + sum(also.values())


@pytest.mark.both_ends
def test_a_deletion_by_filter_names_also_what_goes_at_second_hand(pb: Runner, teams: str) -> None:
    planned = pb.ok("pb_records.py", "delete", teams, "--filter", "n = 5", "--dry-run")
    assert set(planned["alsoDeletes"]) == {"rd_teams.parent", "rd_members.team", "rd_tags.teams", "rd_notes.member"}


@pytest.mark.skipif(os.name == "nt", reason="the hint is for a POSIX shell")
@pytest.mark.both_ends
def test_a_deleted_record_is_made_again_by_the_command_in_the_hint(
    pb: Runner, server: servers.Server, teams: str
) -> None:
    alone = _record(server, teams, {"name": 'It\'s "one"\n$HOME', "n": 7})
    deleted = pb("pb_records.py", "delete", teams, alone)
    assert deleted.code == 0
    words = shlex.split(deleted.hint.partition(": ")[2])
    again = pb.ok("pb_records.py", *words[2:])
    assert again == deleted.data["record"]


@pytest.mark.both_ends
def test_where_the_project_is_protected_one_record_needs_a_word_and_leaves_a_backup(
    own_pb: Runner, own_server: servers.Server
) -> None:
    fields = [{"name": "n", "type": "number"}]
    own_server.request("POST", "/api/collections", {"name": "rows", "type": "base", "fields": fields})
    ids = [_record(own_server, "rows", {"n": number}) for number in range(3)]
    protected: dict[str, str | None] = {"PB_PROTECTED": "1"}
    batch = json.dumps([{"action": "delete", "collection": "rows", "id": ids[1]}])
    for words in (["delete", "rows", ids[0]], ["batch", batch, "--enable-batch"]):
        refused = own_pb("pb_records.py", *words, env=protected)
        assert (refused.code, "--yes" in refused.hint) == (4, True)
    assert own_pb.ok("pb_records.py", "count", "rows")["count"] == 3
    done = own_pb("pb_records.py", "delete", "rows", ids[0], "--yes", env=protected)
    assert done.data["safetyCopy"] in done.hint
    own_pb.ok("pb_records.py", "batch", batch, "--enable-batch", "--yes", env=protected)
    assert own_pb.ok("pb_records.py", "count", "rows")["count"] == 1


@pytest.mark.both_ends
def test_an_update_by_filter_is_counted_before_and_after(pb: Runner, server: servers.Server) -> None:
    fields = [{"name": "n", "type": "number", "max": 50}, {"name": "name", "type": "text"}]
    server.request("POST", "/api/collections", {"name": "rd_many", "type": "base", "fields": fields})
    for number in range(6):
        _record(server, "rd_many", {"n": number})
    update = ("pb_records.py", "update", "rd_many")

    def named() -> int:
        return int(pb.ok("pb_records.py", "count", "rd_many", "name = 'x'")["count"])

    for words in (
        ['{"name":"x"}'],
        ["--filter", "", '{"name":"x"}'],
        ["--filter", "n > 3"],
        ["--filter", "n > 3", "{}"],
    ):
        assert pb(*update, *words).code == 2, words
    refused = pb(*update, '{"name":"x"}', "--filter", "n > 3")
    assert (refused.code, refused.data["matching"], refused.data["of"]) == (4, 2, 6)
    assert pb.ok(*update, "--filter", "n > 3", '{"name":"x"}', "--dry-run")["matching"] == 2
    wrong = pb(*update, "--filter", "n > {:n}", "--bind", "n=3", '{"name":"x"}', "--yes", "--expect-count", "3")
    assert wrong.hint.endswith("list rd_many --filter 'n > {:n}' --bind n=3")
    assert (wrong.code, wrong.data["matching"]) == (4, 2)
    assert pb("pb_records.py", "delete", "rd_many", "--filter", "n > 3", "--yes", "--expect-count", "1").code == 4
    assert named() == 0

    done = pb.ok(*update, "--filter", "n > {:n}", "--bind", "n=3", '{"name":"x"}', "--yes", "--expect-count", "2")
    assert (done, named()) == ({"updated": 2}, 2)
    assert pb.ok(*update, "--filter", "n > 99", '{"name":"x"}', "--yes") == {"updated": 0}

    partly = pb(*update, "--filter", "n >= 0", '{"n+":46}', "--yes")
    assert (partly.code, partly.data["updated"], partly.data["failedCount"]) == (1, 5, 1)
    assert "n" in partly.data["failed"][0]["data"]
    assert pb("pb_records.py", "delete", "rd_many", "--expect-count", "1", partly.data["failed"][0]["id"]).code == 2


@pytest.mark.skipif(os.name == "nt", reason="a pseudo-terminal")
@pytest.mark.both_ends
def test_a_long_deletion_shows_how_far_it_is(pb: Runner, server: servers.Server, teams: str) -> None:
    import pty

    for _ in range(120):
        _record(server, "rd_guests", {})
    reader, writer = pty.openpty()
    command = [sys.executable, str(SCRIPTS / "pb_records.py"), "delete", "rd_guests", "--filter", 'id != ""', "--yes"]
    subprocess.run(command, env=pb.env, stderr=writer, stdout=subprocess.DEVNULL, check=True, timeout=60)
    time.sleep(0.1)
    os.close(writer)
    shown = os.read(reader, 100_000).decode()
    os.close(reader)
    assert re.search(r"deleted \d+ rows?", shown)
