"""pb_lint.py --fix: exact edits of what throws as it stands, and of nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from _pb.languages.javascript import Source
from _pb.languages.spans import replaced
from _pb.lint.fixes import safe_edits
from conftest import Runner


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("$app.dao().findRecordById(a, b)", "$app.findRecordById(a, b)"),
        ("$app\n  .dao()\n  .saveRecord(r)", "$app\n  .save(r)"),
        (
            "const dao = $app.dao(); dao.saveRecord(r); dao.deleteRecord(r)",
            "const dao = $app; dao.save(r); dao.delete(r)",
        ),
        ("$app.dao(); // $app.dao() is gone\n'$app.dao()'", "$app; // $app.dao() is gone\n'$app.dao()'"),
        ("helpers.saveRecord(r); const $app = x; $app.dao()", "helpers.saveRecord(r); const $app = x; $app.dao()"),
        ("$app.dao(other).x(); $app.x.dao()", "$app.dao(other).x(); $app.x.dao()"),
        ("f($apis.requireAdminAuth())", "f($apis.requireSuperuserAuth())"),
        ("f($apis.requireRecordAuth('a'))", "f($apis.requireAuth('a'))"),
        ("a = '@request.data.x = 1 && @request.data.y = 2'", "a = '@request.body.x = 1 && @request.body.y = 2'"),
        ("a = '@request.database'", "a = '@request.database'"),
        ("`${$app.dao().find(`${x}`)}`", "`${$app.find(`${x}`)}`"),
    ],
)
def test_an_edit_is_exact(before: str, after: str) -> None:
    assert replaced(before, [edit[:3] for edit in safe_edits(Source(before))]) == after


def test_files_are_mended_and_what_is_left_is_told(offline: Runner, tmp_path: Path) -> None:
    folder = tmp_path / "pb_hooks"
    folder.mkdir()
    text = '\ufeffcronAdd("x", "@daily", () => {\r\n  $app.dao().saveRecord(later)\r\n})\r\n'
    (folder / "a.pb.js").write_bytes(text.encode("utf-8"))
    silenced = 'cronAdd("x", "@daily", () => {\n  // pb-lint-ignore dao: of our own\n  $app.dao().x()\n})\n'
    (folder / "b.pb.js").write_text(silenced, "utf-8")
    outside = tmp_path / "outside.js"
    outside.write_text("$app.dao()\n", "utf-8")
    (folder / "c.pb.js").symlink_to(outside)
    tried = offline("pb_lint.py", "hooks", "--fix", "--dry-run")
    assert "a.pb.js:2: '.dao()' would become ''" in str(tried.document["warnings"])
    assert (folder / "a.pb.js").read_bytes() == text.encode("utf-8")
    left = offline("pb_lint.py", "hooks", "--fix")
    assert left.code == 1
    assert "a.pb.js:2: 'saveRecord' became 'save' (old-method)." in str(left.document["warnings"])
    expected = text.replace(".dao()", "").replace("saveRecord", "save")
    assert (folder / "a.pb.js").read_bytes() == expected.encode("utf-8")
    assert (folder / "b.pb.js").read_text("utf-8") == silenced
    assert outside.read_text("utf-8") == "$app.dao()\n"
    assert {one["kind"] for one in left.data if one["file"].endswith("a.pb.js")} == {"unknown-name"}


def test_a_dry_run_of_nothing_is_refused(offline: Runner, tmp_path: Path) -> None:
    (tmp_path / "pb_migrations").mkdir()
    refused = offline("pb_lint.py", "migrations", "--dry-run")
    assert (refused.code, refused.hint) == (2, "Add --fix, or leave --dry-run out.")
