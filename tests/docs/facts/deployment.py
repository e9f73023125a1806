"""What the tables of references/deployment.md are."""

from __future__ import annotations

import functools
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import servers
from docs.stage import Stage
from docs.tables import Facts

facts = Facts()
facts.prose("Files on the server", "what belongs where")
facts.prose("Beyond one machine", "advice")


def _default(stage: Stage, setting: str, cells: list[str]) -> None:
    with servers.Server(stage.version) as fresh:
        value = fresh.request("GET", "/api/settings")[1]
    for key in setting.split("."):
        value = value[key]
    shown = str(value).lower() if isinstance(value, bool) else str(value)
    assert (shown or "(empty)") == cells[0], value


facts.table("Monitoring", each=_default)

upgrade = facts.table("Upgrades")


@functools.cache
def _upgraded(version: str) -> dict[str, Any]:
    """Fill a server of v0.22, start the newer one on its data, and return what it shows."""
    with tempfile.TemporaryDirectory(prefix="pb-upgrade-") as folder:
        project = Path(folder)
        with servers.Server(servers.LEGACY_VERSION, project) as old:
            schema = [
                {"name": "title", "type": "text", "options": {"max": 7}},
                {"name": "kind", "type": "select", "options": {"values": ["a", "b"], "maxSelect": 1}},
            ]
            body = {"name": "posts", "type": "base", "schema": schema, "createRule": "@request.data.title != 'x'"}
            assert old.request("POST", "/api/collections", body)[0] == 200
            record = old.request("POST", "/api/collections/posts/records", {"title": "old", "kind": "a"})[1]
            user = {"username": "ann", "password": "secret-password", "passwordConfirm": "secret-password"}
            assert old.request("POST", "/api/collections/users/records", user)[0] == 200
            applied = old.log
        with servers.Server(version, project) as new:
            new.token()
            shown = {item["name"]: item for item in new.collections()}
            found = new.request("GET", f"/api/collections/posts/records/{record['id']}")[1]
        written = sorted(file.name for file in (project / "pb_migrations").glob("*.js"))
        command = [str(servers.binary(version)), "migrate", "up", "--dir", str(project / "fresh")]
        replay = subprocess.run(
            [*command, "--migrationsDir", str(project / "pb_migrations")], capture_output=True, text=True
        )
        return {"shown": shown, "record": found, "log": applied, "written": written, "replay": str(replay)}


def _field(seen: dict[str, Any], collection: str, name: str) -> dict[str, Any]:
    return next(field for field in seen["shown"][collection]["fields"] if field["name"] == name)


@upgrade.row("admins")
def _(stage: Stage, cells: list[str]) -> None:
    # The superuser of the newer server logged in with the old admin's address and password.
    assert "_superusers" in _upgraded(stage.version)["shown"]


@upgrade.row("collections and records")
def _(stage: Stage, cells: list[str]) -> None:
    assert _upgraded(stage.version)["record"]["title"] == "old"


@upgrade.row("field options")
def _(stage: Stage, cells: list[str]) -> None:
    seen = _upgraded(stage.version)
    assert _field(seen, "posts", "title")["max"] == 7
    assert _field(seen, "posts", "kind")["values"] == ["a", "b"]


@upgrade.row("rules with @request.data")
def _(stage: Stage, cells: list[str]) -> None:
    assert _upgraded(stage.version)["shown"]["posts"]["createRule"] == "@request.body.title != 'x'"


@upgrade.row("username of auth collections")
def _(stage: Stage, cells: list[str]) -> None:
    seen = _upgraded(stage.version)
    assert _field(seen, "users", "username")["type"] == "text"
    assert "username" in seen["shown"]["users"]["passwordAuth"]["identityFields"]


@upgrade.row("old pb_migrations files")
def _(stage: Stage, cells: list[str]) -> None:
    seen = _upgraded(stage.version)
    assert seen["written"]
    assert "ailed to apply migration" in seen["replay"], seen["replay"]
