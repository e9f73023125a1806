"""Single laws of lint that no file of the judge needs: releases, modules, silencing comments, old names."""

from __future__ import annotations

from pathlib import Path

import pytest

from _pb.languages.javascript import Source
from _pb.lint.api import Api
from _pb.lint.ground import of_collections
from _pb.lint.hook_mistakes import hook_mistakes
from _pb.lint.typed_mistakes import Ground
from conftest import Runner


def kinds(code: str, version: str = "") -> list[str]:
    return sorted(one.kind for one in hook_mistakes(Source(code), Ground(Api(version))))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('routerAdd("GET", "/a", (e) => { routerUse((e) => e.next()); return e.json(200) })', ["not-there"]),
        ('routerAdd("GET", "/a", (e) => e.json(200, $app.requestInfo().auth))', ["old-api"]),
        ('routerAdd("GET", "/a", (e) => e.json(200, $app.findRecord("a", "b")))', ["no-member"]),
        ('routerAdd("GET", "/a", (e) => { const a = b, b = a; return e.json(200, a.c) })', []),
        ('routerAdd("GET", "/a", (e, next) => e.json(200, next))', []),
        ('routerAdd("GET", "/a", function self(e) { return e.json(200, typeof self, later) })', ["unknown-name"]),
        ('function self(e) { return e.json(200, typeof self) }\nrouterAdd("GET", "/a", self)', []),
        ('cronAdd("x", "*/99 * * * *", () => {})', ["cron-value"]),
        ('cronAdd("x", "5-1 * * * *", () => {})', ["cron-value"]),
        ('cronAdd("x", "@hourly", () => {})', []),
        ('cronAdd("x", "@hourly", () => { JSON.parse("no json"); return { import: 1, await: 2 } })', []),
        ('routerAdd("GET", "/a", (e) => { throw new BadRequestError(400, "x") })', ["wrong-argument"]),
        ('routerAdd("GET", "/a", (e) => { throw new ApiError(402, "x") })', []),
        ('routerAdd("GET", "/a", (e) => { if (e.auth) e.auth.isSuperuser; return e.json(200, {}) })', []),
        ('routerAdd("GET", "/a", (e) => { if (!e.auth.isSuperuser) throw 1 })', ["auth-null", "not-called"]),
    ],
)
def test_names_and_members(code: str, expected: list[str]) -> None:
    assert kinds(code) == expected


def test_a_member_is_judged_by_the_release() -> None:
    code = 'routerAdd("GET", "/a", (e) => e.json(200, $app.txInfo()))'
    assert kinds(code) == []
    (found,) = hook_mistakes(Source(code), Ground(Api("0.23.1")))
    assert "since 0.28.0" in found.message
    assert "this is 0.23.1" in found.message


def test_a_schema_gives_the_fields_that_a_collection_has_unwritten() -> None:
    ground = of_collections(Api(), [{"id": "a", "name": "people", "type": "auth", "fields": []}])
    code = 'onRecordCreate((e) => { e.record.set("verified", true); e.record.set("nick", "x"); e.next() }, "people")'
    assert [one.message for one in hook_mistakes(Source(code), ground)] == [
        "people has no field 'nick': nothing is stored."
    ]


@pytest.mark.parametrize(
    ("required", "loaded"),
    [
        ("`${__hooks}/lib/posts.js`", True),
        ("`${__hooks}/lib/posts`", True),
        ('__hooks + "/lib/posts.js"', True),
        ("`${__hooks}/lib/${name}`", True),
        ("name", True),
        ("`${__hooks}/lib/other.js`", False),
    ],
)
def test_a_module_is_judged_as_one_where_it_may_be_required(
    offline: Runner, tmp_path: Path, required: str, loaded: bool
) -> None:
    (tmp_path / "pb_hooks" / "lib").mkdir(parents=True)
    (tmp_path / "pb_hooks" / "main.pb.js").write_text(f'const name = "x"\nrequire({required})\nrequire()\n', "utf-8")
    (tmp_path / "pb_hooks" / "lib" / "posts.js").write_text("onRecordCreate((e) => { e.next() })\n", "utf-8")
    found = [one["kind"] for one in offline("pb_lint.py", "hooks").data]
    assert found == ([] if loaded else ["no-module", "not-loaded"])


def test_a_comment_that_silences_nothing_is_a_finding(offline: Runner, tmp_path: Path) -> None:
    (tmp_path / "pb_hooks").mkdir()
    text = "// pb-lint-ignore no-next: stored elsewhere\nonRecordCreate((e) => e.next())\n/* pb-lint-ignore */\n"
    (tmp_path / "pb_hooks" / "a.pb.js").write_text(text, "utf-8")
    found = offline("pb_lint.py", "hooks").data
    assert [(one["line"], one["kind"], one["severity"]) for one in found] == [
        (1, "silence-unused", "warning"),
        (3, "silence-reason", "error"),
    ]
