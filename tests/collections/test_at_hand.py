"""A file that names only what changes is observed and tested over the collections of the server at hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import servers
from conftest import Runner

pytestmark = pytest.mark.both_ends


@pytest.fixture
def partial(server: servers.Server, tmp_path: Path) -> Iterator[Path]:
    """Make a collection on the server, and return a file that only opens its list to the world."""
    fields = [{"name": "title", "type": "text", "required": True}]
    body = {"name": "below", "type": "base", "fields": fields, "listRule": "@request.auth.id != ''"}
    assert server.request("POST", "/api/collections", body)[0] == 200
    file = tmp_path / "partial.json"
    file.write_text(json.dumps([{"name": "below", "listRule": ""}]))
    yield file
    assert server.request("DELETE", "/api/collections/below")[0] == 204


def test_the_matrix_of_a_partial_file_is_that_of_the_server_with_its_changes(
    pb: Runner, offline: Runner, server: servers.Server, partial: Path
) -> None:
    words = ["pb_access.py", "matrix", "below", "--file", str(partial), "--binary", str(servers.binary(server.version))]
    result = pb(*words)
    assert (
        f"{partial} is laid over the collections of {server.url}, as an import into it."
        in (result.document["warnings"])
    )
    listed = next(row for row in result.data["items"] if row["collection"] == "below" and row["action"] == "list")
    assert "guest" in json.dumps(listed["may"])
    assert server.request("GET", "/api/collections/below")[1]["listRule"] == "@request.auth.id != ''"
    assert not any("laid over" in warning for warning in offline(*words).document.get("warnings", []))


def test_the_scaffold_of_a_partial_file_is_written_for_the_server_with_its_changes(
    pb: Runner, server: servers.Server, partial: Path
) -> None:
    target = partial.parent / "test_partial.py"
    words = ["below", "--schema", str(partial), "--file", str(target), "--version", server.version]
    assert pb.ok("pb_e2e_helpers.py", "scaffold", *words)["collections"] == 1
    written = target.read_text()
    assert 'schema = project / "partial.json"' in written
    assert "live_schema = True" in written
    assert 'may("guest: anybody"' in written
