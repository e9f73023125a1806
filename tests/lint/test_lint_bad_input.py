"""Files that nobody can judge, or too many of them: bounded, and said at the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conftest import Runner

NEVER = "onRecordCreate((e) => { e.record })\n"


def _said(runner: Runner, *words: str) -> dict[str, tuple[str, int, str]]:
    result = runner("pb_lint.py", *words)
    assert result.code == 1
    return {Path(one["file"]).name: (one["kind"], one["line"], one["message"]) for one in result.data}


def test_what_cannot_be_read_is_a_finding_and_the_rest_is_judged(offline: Runner, tmp_path: Path) -> None:
    folder = tmp_path / "pb_hooks"
    (folder / "lib").mkdir(parents=True)
    (folder / "bundle.pb.js").write_text("var a=[" + "{x:1}," * 850_000 + "];", "utf-8")
    (folder / "binary.pb.js").write_bytes(b"\x7fELF\0\0" * 99)
    (folder / "latin.pb.js").write_bytes("// eins\nconst a = 'Größe'\n".encode("latin-1"))
    (folder / "gone.pb.js").symlink_to("nowhere.js")
    (folder / "lib" / "circle").symlink_to(folder, target_is_directory=True)
    (folder / "lib" / "browser.js").write_bytes(b"\0")  # nobody loads it
    (folder / "short.pb.js").write_text(NEVER, "utf-8")
    said = _said(offline, "hooks")
    assert {name: kind for name, (kind, _, _) in said.items()} == {
        "bundle.pb.js": "not-read",
        "binary.pb.js": "not-read",
        "latin.pb.js": "not-utf8",
        "gone.pb.js": "not-read",
        "short.pb.js": "no-next",
    }
    assert "no file above 1024 KB is judged" in said["bundle.pb.js"][2]
    assert "line 2" in said["latin.pb.js"][2]
    assert "No such file" in said["gone.pb.js"][2]


def test_ten_thousand_files_are_not_all_read_and_that_is_said(offline: Runner, tmp_path: Path) -> None:
    (tmp_path / "pb_migrations").mkdir()
    for number in range(10_000):
        (tmp_path / "pb_migrations" / f"{number + 1_000_000_000}_a.js").touch()
    said = _said(offline, "migrations")
    assert list(said) == ["1000003000_a.js"]
    assert said["1000003000_a.js"][0] == "not-read"
    assert "this file and those after it are not read: 3000 files" in said["1000003000_a.js"][2].lower()


def test_files_of_go_that_cannot_be_read_are_warned_of(offline: Runner, tmp_path: Path) -> None:
    offline.env["PATH"] = str(tmp_path / "nothing")
    imported = 'package main\n\nimport "github.com/pocketbase/pocketbase"\n'
    (tmp_path / "main.go").write_text(imported, "utf-8")
    (tmp_path / "large.go").write_text(imported + "// x\n" * 300_000, "utf-8")
    (tmp_path / "latin.go").write_bytes(b"package main // \xe9\n")
    result = offline("pb_lint.py", "go")
    assert (result.code, result.data) == (0, [])
    warnings = " ".join(result.document["warnings"])
    assert "large.go is larger than 1024 KB" in warnings
    assert "latin.go was not read" in warnings


@pytest.mark.parametrize(
    "text", ["\\", "`${", "({[" * 3000, "a" * 900_000, "=>" * 9000, "function(", "class {", "'\n`\r\0"[:2]]
)
def test_any_text_ends_in_a_document(offline: Runner, tmp_path: Path, text: str) -> None:
    for folder, name in (("pb_hooks", "a.pb.js"), ("pb_migrations", "1_a.js")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_text(text, "utf-8")
        found: list[dict[str, Any]] = offline("pb_lint.py", folder[3:]).data
        assert all(one["line"] >= 1 for one in found)
