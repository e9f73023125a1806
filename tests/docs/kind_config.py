"""Configuration blocks: systemd units, Dockerfiles, Compose and Litestream files, each checked by its own program."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from tools import read_yaml, tool

from .pages import Block
from .stage import Stage

_SECONDS = 20.0
_COMPOSE_KEYS = {
    *("build", "command", "environment", "env_file", "healthcheck", "image", "init", "ports", "restart", "user"),
    *("depends_on", "expose", "stop_grace_period", "volumes"),
}


def installed(name: str) -> str:
    """Return the path of a program that a Python package brings, or that is on PATH."""
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else tool(name)


def systemd(stage: Stage, block: Block) -> None:
    """Verify the unit with systemd-analyze, its program replaced by one that exists here."""
    text = re.sub(r"^(Exec\w+=)(\S*/)?pocketbase\b", rf"\g<1>{stage.project.folder}/pocketbase", block.text, flags=re.M)
    text = re.sub(r"^(Exec\w+=)/(\S+)", lambda found: f"{found[1]}{_existing('/' + found[2])}", text, flags=re.M)
    suffix = "timer" if "[Timer]" in text else "service"
    unit = stage.scratch / f"unit{block.line}.{suffix}"
    unit.write_text(text, "utf-8")
    if suffix == "timer":
        service = "[Service]\nType=oneshot\nExecStart=/bin/true\n"
        (stage.scratch / f"unit{block.line}.service").write_text(service, "utf-8")
    done = stage.project.run([tool("systemd-analyze"), "verify", "--man=no", str(unit)])
    complaints = [line for line in done.stdout.splitlines() if unit.name in line]
    assert not complaints, complaints
    assert done.returncode == 0, done.stdout


def _existing(path: str) -> str:
    return path if Path(path).exists() else shutil.which(Path(path).name) or "/bin/true"


def dockerfile(stage: Stage, block: Block) -> None:
    """Lint the Dockerfile with hadolint."""
    file = stage.scratch / "Dockerfile"
    file.write_text(block.text, "utf-8")
    done = stage.project.run([installed("hadolint"), "--failure-threshold", "info", str(file)])
    assert done.returncode == 0, done.stdout


def compose(stage: Stage, block: Block) -> None:
    """Check that the Compose file has services, and only keys that Compose knows; volumes they name must exist."""
    document = read_yaml(block.text)
    assert document["services"], block.text
    for service in document["services"].values():
        assert set(service) <= _COMPOSE_KEYS, sorted(set(service) - _COMPOSE_KEYS)
        named = [volume.partition(":")[0] for volume in service.get("volumes", [])]
        missing = [name for name in named if name[:1] not in "./" and name not in document.get("volumes", {})]
        assert not missing, missing


def litestream(stage: Stage, block: Block) -> None:
    """Replicate the server's database with the configuration (to a folder instead of S3), restore it and compare."""
    replica = stage.scratch / "replica"
    database = stage.project.folder / "pb_data" / "data.db"
    text = re.sub(r"\S*pb_data/data\.db", str(database), block.text)
    text = re.sub(r"url: s3://\S+", f"url: file://{replica}", text)
    text = "\n".join(line for line in text.splitlines() if "auxiliary" not in line and "s3://" not in line)
    config = stage.scratch / "litestream.yml"
    config.write_text(text, "utf-8")
    program = installed("litestream")
    account = {"email": "copied@example.com", "password": "secret-password", "passwordConfirm": "secret-password"}
    with (stage.scratch / "litestream.log").open("wb") as log:
        running = subprocess.Popen([program, "replicate", "-config", str(config)], stdout=log, stderr=log)
    stage.processes.append(running)
    stage.request("POST", "/api/collections/users/records", account)
    restored = stage.scratch / "restored.db"
    deadline = time.monotonic() + _SECONDS
    while not _has_account(restored, account["email"]):
        said = (stage.scratch / "litestream.log").read_text("utf-8", "replace")
        assert running.poll() is None, said
        assert time.monotonic() < deadline, said
        time.sleep(0.5)
        restored.unlink(missing_ok=True)
        stage.project.run([program, "restore", "-config", str(config), "-o", str(restored), str(database)])
    running.terminate()
    running.wait(10)


def _has_account(database: Path, address: str) -> bool:
    if not database.exists():
        return False
    connection = sqlite3.connect(database)
    try:
        return bool(connection.execute("SELECT 1 FROM users WHERE email = ?", [address]).fetchone())
    except sqlite3.Error:
        return False
    finally:
        connection.close()
