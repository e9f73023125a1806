"""The hint of a refused login names the database: followed in another folder, it must not make a second one."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest

import servers
from conftest import Runner, credentials

pytestmark = pytest.mark.both_ends


def test_the_hint_works_in_a_folder_below_the_project(version: str, tmp_path: Path) -> None:
    below = tmp_path / "my project" / "web"
    below.mkdir(parents=True)
    project = below.parent
    with servers.Server(version, project) as server:
        pb = Runner(below, tmp_path / "home", {**credentials(server.url), "PB_SUPERUSER_PASSWORD": "wrong-password"})
        refused = pb("pb_auth.py")
        assert refused.code == 1
        found = re.search(r"pocketbase (superuser upsert EMAIL PASSWORD --dir .*?)\. If", refused.hint)
        assert found, refused.hint
        command = found[1].replace("EMAIL", servers.EMAIL).replace("PASSWORD", "a-new-password")
        subprocess.run(
            [str(servers.binary(version)), *shlex.split(command)], cwd=below, check=True, capture_output=True
        )
        pb.ok("pb_auth.py", env={"PB_SUPERUSER_PASSWORD": "a-new-password"})
    assert not (below / "pb_data").exists()
