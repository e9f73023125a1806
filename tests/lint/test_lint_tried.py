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
        "cron.pb.js": 2,
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


def test_what_was_registered_is_read_from_the_server(offline: Runner, tmp_path: Path, version: str) -> None:
    (tmp_path / "pb_hooks" / "lib").mkdir(parents=True)
    (tmp_path / "pocketbase").symlink_to(servers.binary(version))
    (tmp_path / "pb_hooks" / "lib" / "more.js").write_text(
        'exports.register = () => {\n  cronAdd("night", "0 3 * * *", () => {})\n}', "utf-8"
    )
    (tmp_path / "pb_hooks" / "made.pb.js").write_text(
        'for (const name of ["a", "b"]) routerAdd("get", "/" + name, (e) => e.noContent(204))\n'
        "require(`${__hooks}/lib/more.js`).register()\n"
        'onRecordCreate(eval("(e) => { e.record }"), "users")\n',
        "utf-8",
    )
    found = offline("pb_lint.py", "hooks", "--try", "--version", version)
    hint = found.document["hint"]
    for place in ("get /a (pb_hooks/made.pb.js:1)", "night 0 3 * * * (pb_hooks/lib/more.js:2)", "users (pb_hooks/made"):
        assert place in hint
    assert [(one["line"], one["kind"]) for one in found.data if "In the handler" in one["message"]] == [(3, "no-next")]


def test_the_line_of_a_failing_step_is_told(offline: Runner, tmp_path: Path, version: str) -> None:
    """PocketBase itself only says that there are no rows."""
    (tmp_path / "pb_migrations").mkdir()
    (tmp_path / "pocketbase").symlink_to(servers.binary(version))
    text = 'migrate((app) => {\n  app.settings()\n  app.findRecordById("users", "nobody000000000")\n}, (app) => {})'
    (tmp_path / "pb_migrations" / "1_seed.js").write_text(text, "utf-8")
    (tmp_path / "pb_migrations" / "2_next.js").write_text(text, "utf-8")
    first, second = offline("pb_lint.py", "migrations", "--try", "--version", version).data
    assert (Path(first["file"]).name, first["line"]) == ("1_seed.js", 3)
    assert "no rows" in first["message"]
    assert "file above" not in first["message"]
    assert "file above" in second["message"]
    checked = offline("pb_collections.py", "migrations", "check", "--version", version).data["problems"]
    assert [(one["file"], one["line"]) for one in checked] == [("1_seed.js", 3)]
