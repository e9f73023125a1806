"""What a trial does not take, and what it makes of a source that is damaged: nothing of it is left then."""

from __future__ import annotations

import json
import os
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

import servers
from conftest import Runner

SCRIPT = "pb_server.py"


def damaged_sources(folder: Path) -> None:
    """Make backups of which each is broken in another way, and a folder without a database."""
    (folder / "empty").mkdir()
    for name, content in (("foreign", b"no database"), ("other", None)):
        (folder / name).mkdir()
        database = folder / name / "data.db"
        if content is None:
            with closing(sqlite3.connect(database)) as made:
                made.execute("CREATE TABLE x (y)")
        else:
            database.write_bytes(content)
        with zipfile.ZipFile(folder / f"{name}.zip", "w") as bundle:
            bundle.write(database, "data.db")
    whole = (folder / "other.zip").read_bytes()
    (folder / "cut.zip").write_bytes(whole[:-10])
    # Its list at the end is whole, and what is in it is not.
    (folder / "flipped.zip").write_bytes(whole[:200] + bytes([whole[200] ^ 255]) + whole[201:])


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["one", "two"], 2, "more than a name"),
        (["../up"], 2, "'../up'"),
        (["list", "--env", "trial:none"], 2, "no trials of its own"),
        (["stop"], 2, "0 trials: none"),
        (["--anonymize", "users"], 2, "COLLECTION.field"),
        (["--from", "empty"], 2, "without data.db"),
        (["--from", "cut.zip"], 1, "no whole backup"),
        (["--from", "flipped.zip"], 1, "no whole backup"),
        (["--from", "foreign"], 1, "cannot be copied"),
        (["--from", "foreign.zip"], 1, "no PocketBase database"),
        (["--from", "other"], 1, "v0.23 or newer"),
        (["--from", "other", "--project", "empty"], 2, "no pb_hooks"),
        (["--from", "other", "--for", "1 week"], 2, "--for"),
    ],
)
def test_a_trial_that_cannot_be_leaves_nothing(offline: Runner, words: list[str], code: int, said: str) -> None:
    damaged_sources(offline.folder)
    (offline.folder / servers.EXECUTABLE).symlink_to(servers.binary(servers.DEFAULT_VERSION))
    version = [] if {"stop", "list"} & set(words) else ["--version", servers.DEFAULT_VERSION]
    result = offline(SCRIPT, "trial", *words, *version)
    assert (result.code, said in result.message + result.hint) == (code, True), result.document
    trials = offline.folder / ".pocketbase/trials"
    assert not trials.exists() or [path.name for path in trials.iterdir()] == [".gitignore"]


@pytest.mark.both_ends
def test_a_trial_of_a_backup_on_a_server_with_encrypted_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, version: str
) -> None:
    monkeypatch.setenv("PB_TEST_KEY", "0123456789abcdef0123456789abcdef")
    with servers.Server(version, None, "--encryptionEnv=PB_TEST_KEY") as server:
        server.request("PATCH", "/api/settings", {"meta": {"appName": "Secretive"}})
        credentials = {"PB_URL": server.url, "PB_SUPERUSER_EMAIL": servers.EMAIL}
        pb = Runner(tmp_path, tmp_path / "home", {**credentials, "PB_SUPERUSER_PASSWORD": servers.PASSWORD})
        (tmp_path / servers.EXECUTABLE).symlink_to(servers.binary(version))
        pb.ok("pb_backups.py", "create", "kept.zip")
        pb.ok("pb_backups.py", "download", "kept.zip", "--to", str(tmp_path))
        planned = pb.ok(SCRIPT, "trial", "keyed", "--from", "kept.zip", "--dry-run")
        assert planned["bytes"] == (tmp_path / "kept.zip").stat().st_size or planned["bytes"] > 0
        (tmp_path / "kept.zip").rename(tmp_path / "here.zip")
        looked = pb("pb_backups.py", "inspect", "here.zip")
        assert looked.data["settings"] is None
        assert "are encrypted" in json.dumps(looked.document["warnings"])

        # Of a backup the live server tells the settings, of a zip nobody does.
        keyed = pb.ok(SCRIPT, "trial", "keyed", "--from", "kept.zip", "--anonymize", "users.email")
        assert keyed["from"] == "kept.zip"
        assert pb.ok("pb_settings.py", "get", "--env", "trial:keyed")["meta"]["appName"] == "Secretive"
        zipped = pb(SCRIPT, "trial", "zipped", "--from", "here.zip")
        assert "are encrypted" in json.dumps(zipped.document["warnings"])
        assert pb.ok("pb_settings.py", "get", "--env", "trial:zipped")["smtp"]["enabled"] is True
        # A trial has none of its own; which one to end is to be said; and one that is not there is said to be so.
        assert "no trials of its own" in pb(SCRIPT, "trial", "deeper", "--env", "trial:keyed").message
        assert "2 trials: keyed, zipped" in pb(SCRIPT, "trial", "stop").message
        assert pb.ok(SCRIPT, "trial", "stop", "other") == {
            "stopped": False,
            "name": "other",
            "running": ["keyed", "zipped"],
        }
        assert pb.ok(SCRIPT, "trial", "stop", "keyed", "--dry-run")["stop"] == "keyed"
        for name in ("keyed", "zipped"):
            pb.ok(SCRIPT, "trial", "stop", name)


@pytest.mark.both_ends
def test_a_backup_that_a_killed_trial_left_is_deleted_by_the_next(
    own_pb: Runner, own_server: servers.Server, version: str
) -> None:
    own_server.request("POST", "/api/backups", {"name": "trial_copy_left.zip"})
    trials = own_pb.folder / ".pocketbase/trials"
    trials.mkdir(parents=True)
    gone = {"url": own_server.url, "pid": os.getpid(), "started": "another time"}
    (trials / "trial_copy_left.zip.made.json").write_text(json.dumps(gone))
    (trials / "trial_copy_broken.zip.made.json").write_text("{")
    (trials / "trial_copy_elsewhere.zip.made.json").write_text(json.dumps({**gone, "url": "http://127.0.0.1:1"}))
    (own_pb.folder / servers.EXECUTABLE).symlink_to(servers.binary(version))
    # A folder that nobody keeps any more goes as well.
    (trials / "lost/.pocketbase").mkdir(parents=True)
    (trials / "lost/.pocketbase/trial.json").write_text("")
    wrong = own_pb(SCRIPT, "trial", "--anonymize", "users.password")
    assert (wrong.code, "stay as they are" in wrong.message) == (2, True)
    assert own_pb("pb_server.py", "trial", "--anonymize", "people.name").code == 2
    left = sorted(path.name for path in trials.iterdir())
    assert "trial_copy_left.zip.made.json" not in left
    assert "trial_copy_elsewhere.zip.made.json" in left
    assert own_server.request("GET", "/api/backups")[1] == []
