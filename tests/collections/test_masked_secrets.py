"""A mask that stands for a secret is never stored in its place, whichever command carries it."""

from __future__ import annotations

import json
from typing import Any

import pytest

import servers
from conftest import Runner


def stored(server: servers.Server) -> Any:
    """Return the sign-in options that a server keeps for its users, secrets included."""
    with server.reading() as database:
        return json.loads(database.execute("SELECT options FROM _collections WHERE name = 'users'").fetchone()[0])


@pytest.mark.both_ends
def test_no_mask_overwrites_a_secret_of_a_collection(own_pb: Runner, own_server: servers.Server) -> None:
    provider = {"name": "google", "clientId": "cid", "clientSecret": "real-secret"}
    own_pb.ok("pb_collections.py", "update", "users", json.dumps({"oauth2": {"providers": [provider]}}))
    before = stored(own_server)
    assert before["oauth2"]["providers"][0]["clientSecret"] == "real-secret"
    oauth2 = json.dumps({"oauth2": {"providers": [{**provider, "clientId": "cid2", "clientSecret": "******"}]}})
    token = {"name": "users", "authToken": {"secret": "***"}}
    (own_pb.folder / "masked.json").write_text(json.dumps([token]), "utf-8")
    commands = [
        ("pb_collections.py", "update", "users", oauth2),
        ("pb_collections.py", "import", "--file", "masked.json"),
        ("pb_api.py", "PATCH", "/api/collections/users", oauth2),
        ("pb_api.py", "PUT", "/api/collections/import", json.dumps({"collections": [token]})),
    ]
    for command in commands:
        for more in ([], ["--dry-run"]):
            refused = own_pb(*command, *more)
            assert (refused.code, "is masked" in refused.message) == (2, True), (command, refused)
    assert stored(own_server) == before
