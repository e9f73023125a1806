"""pb_lint.py hooks|migrations --try: what the real server does not take, with file and line in its own words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import servers
from conftest import Runner

HOOKS = {
    "import.pb.js": '\nimport x from "y"',
    "cron.pb.js": 'cronAdd("x", "0 0 * * *", () => {})\ncronAdd("y", "61 * * * *", () => {})',
    "name.pb.js": "const a = 1\nnosuch(a)",
    "health.pb.js": '// mine\nrouterAdd("GET", "/api/health", (e) => e.json(200, {}))',
    "fine.pb.js": 'routerAdd("GET", "/fine", (e) => e.json(200, {}))',
}


def tried(runner: Runner, version: str, *words: str) -> dict[str, tuple[int, str]]:
    found: list[dict[str, Any]] = runner("pb_lint.py", *words, "--try", "--version", version).data
    said = [item for item in found if item["message"].startswith("PocketBase says: ")]
    return {Path(item["file"]).name: (item["line"], item["message"]) for item in said}


def test_each_hook_file_that_does_not_load_is_told(offline: Runner, tmp_path: Path, version: str) -> None:
    (tmp_path / "pb_hooks").mkdir()
    (tmp_path / "pocketbase").symlink_to(servers.binary(version))
    for name, text in HOOKS.items():
        (tmp_path / "pb_hooks" / name).write_text(text, "utf-8")
    said = tried(offline, version, "hooks")
    assert {name: line for name, (line, _) in said.items()} == {
        "import.pb.js": 2,
        "cron.pb.js": 1,
        "name.pb.js": 2,
        "health.pb.js": 2,
    }
    assert "nosuch is not defined" in said["name.pb.js"][1]
    assert sorted(path.name for path in (tmp_path / "pb_hooks").iterdir()) == sorted(HOOKS)


def test_a_migration_that_stops_the_server_is_told(offline: Runner, tmp_path: Path, version: str) -> None:
    (tmp_path / "pb_migrations").mkdir()
    (tmp_path / "pocketbase").symlink_to(servers.binary(version))
    down = "}, (app) => {})"
    (tmp_path / "pb_migrations" / "1_fine.js").write_text(f"migrate((app) => {{ app.settings(); {down}", "utf-8")
    wrong = f"migrate((app) => {{\n  nosuch()\n{down}"
    (tmp_path / "pb_migrations" / "2_wrong.js").write_text(wrong, "utf-8")
    assert {name: line for name, (line, _) in tried(offline, version, "migrations").items()} == {"2_wrong.js": 2}
