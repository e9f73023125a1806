"""pb_lint.py on hooks and migrations: each mistake it reports is one on a real server, and the right code is quiet."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Callable, NamedTuple

import pytest

import servers
from _pb.languages.javascript import Source
from _pb.languages.javascript_literals import literal_value
from _pb.languages.route_patterns import clash
from _pb.lint.hook_mistakes import hook_mistakes
from _pb.lint.migration_mistakes import migration_mistakes
from _pb.lint.shapes import shape_mistakes
from conftest import Runner


class Case(NamedTuple):
    """A mistake in a hook and the right code; NAME is the collection and the route of the case.

    `request` is what is sent; `works` tells from its status and answer whether the code did what it is there for.
    """

    wrong: str
    right: str
    request: tuple[str, str, Any]
    works: Callable[[int, Any], bool]


CREATE = ("POST", "/api/collections/NAME/records", {"title": "x"})
GET = ("GET", "/NAME", None)


def saved(title: str) -> Callable[[int, Any], bool]:
    return lambda status, body: status == 200 and (body or {}).get("title") == title


def answered(status: int, body: Any) -> bool:
    return status == 200 and body == {"a": 1}


CASES: dict[str, Case] = {
    "no-next": Case(
        'onRecordCreateRequest((e) => { e.record.set("title", "y") }, "NAME")',
        'onRecordCreateRequest((e) => { e.record.set("title", "y"); e.next() }, "NAME")',
        CREATE,
        saved("y"),
    ),
    "unknown-hook": Case(
        'onRecordBeforeCreateRequest((e) => { e.record.set("title", "y"); e.next() }, "NAME")',
        'onRecordCreateRequest((e) => { e.record.set("title", "y"); e.next() }, "NAME")',
        CREATE,
        saved("y"),
    ),
    "handler-first": Case(
        'onRecordCreateRequest("NAME", (e) => { e.record.set("title", "y"); e.next() })',
        'onRecordCreateRequest((e) => { e.record.set("title", "y"); e.next() }, "NAME")',
        CREATE,
        saved("y"),
    ),
    "outside-name": Case(
        'const title = "y"\nonRecordCreateRequest((e) => { e.record.set("title", title); e.next() }, "NAME")',
        'onRecordCreateRequest((e) => { const title = "y"; e.record.set("title", title); e.next() }, "NAME")',
        CREATE,
        saved("y"),
    ),
    "event-request": Case(
        'onRecordCreateRequest((e) => { e.record.set("title", e.request.header.get("x") || "y"); e.next() }, "NAME")',
        'onRecordCreateRequest((e) => { e.record.set("title", e.requestInfo().headers.x || "y"); e.next() }, "NAME")',
        CREATE,
        saved("y"),
    ),
    "http-context": Case(
        'onRecordCreateRequest((e) => { e.record.set("title", e.httpContext.path); e.next() }, "NAME")',
        'onRecordCreateRequest((e) => { e.record.set("title", "y"); e.next() }, "NAME")',
        CREATE,
        saved("y"),
    ),
    "dao": Case(
        'routerAdd("GET", "/NAME", (e) => { $app.dao().findCollectionByNameOrId("NAME"); return e.json(200, {a: 1}) })',
        'routerAdd("GET", "/NAME", (e) => { $app.findCollectionByNameOrId("NAME"); return e.json(200, {a: 1}) })',
        GET,
        answered,
    ),
    "old-method": Case(
        'routerAdd("GET", "/NAME", (e) => { const r = new Record($app.findCollectionByNameOrId("NAME"));'
        " $app.saveRecord(r); return e.json(200, {a: 1}) })",
        'routerAdd("GET", "/NAME", (e) => { const r = new Record($app.findCollectionByNameOrId("NAME"));'
        " $app.save(r); return e.json(200, {a: 1}) })",
        GET,
        answered,
    ),
    "no-status": Case(
        'routerAdd("GET", "/NAME", (e) => e.json({a: 1}))',
        'routerAdd("GET", "/NAME", (e) => e.json(200, {a: 1}))',
        GET,
        answered,
    ),
    "route-parameter": Case(
        'routerAdd("GET", "/NAME/:id", (e) => e.json(200, {a: 1}))',
        'routerAdd("GET", "/NAME/{id}", (e) => e.json(200, {a: 1}))',
        ("GET", "/NAME/7", None),
        answered,
    ),
    "echo-method": Case(
        'routerAdd("GET", "/NAME", (e) => e.json(200, {a: Number(e.queryParam("a"))}))',
        'routerAdd("GET", "/NAME", (e) => e.json(200, {a: Number(e.requestInfo().query.a)}))',
        ("GET", "/NAME?a=1", None),
        answered,
    ),
    "old-api": Case(
        'routerAdd("GET", "/NAME", (e) => e.json(200, {a: 1}), $apis.requireRecordAuth())',
        'routerAdd("GET", "/NAME", (e) => e.json(200, {a: 1}), $apis.requireAuth())',
        GET,
        answered,
    ),
    "not-there": Case(
        'routerAdd("GET", "/NAME", (e) => { setTimeout(() => {}, 1); return e.json(200, {a: 1}) })',
        'routerAdd("GET", "/NAME", (e) => { sleep(1); return e.json(200, {a: 1}) })',
        GET,
        answered,
    ),
    "cron-parts": Case(
        'cronAdd("NAME", "0 0 * * * *", () => {})\nrouterAdd("GET", "/NAME", (e) => e.json(200, {a: 1}))',
        'cronAdd("NAME", "0 0 * * *", () => {})\nrouterAdd("GET", "/NAME", (e) => e.json(200, {a: 1}))',
        GET,
        answered,
    ),
    "collection-schema": Case(
        'routerAdd("GET", "/NAME", (e) => { const c = $app.findCollectionByNameOrId("NAME");'
        ' return e.json(200, {a: c.schema.getFieldByName("title") ? 1 : 0}) })',
        'routerAdd("GET", "/NAME", (e) => { const c = $app.findCollectionByNameOrId("NAME");'
        ' return e.json(200, {a: c.fields.getByName("title") ? 1 : 0}) })',
        GET,
        answered,
    ),
    "request-data": Case(
        'routerAdd("GET", "/NAME", (e) => { const c = $app.findCollectionByNameOrId("NAME");'
        ' c.listRule = "@request.data.a = 1"; $app.save(c); return e.json(200, {a: 1}) })',
        'routerAdd("GET", "/NAME", (e) => { const c = $app.findCollectionByNameOrId("NAME");'
        ' c.listRule = "@request.body.a = 1"; $app.save(c); return e.json(200, {a: 1}) })',
        GET,
        answered,
    ),
}


def name_of(kind: str) -> str:
    return kind.replace("-", "_")


def kinds(code: str) -> list[str]:
    return [mistake.kind for mistake in hook_mistakes(Source(code))]


def hooked(version: str, project: Path, files: dict[str, str]) -> Iterator[servers.Server]:
    (project / "pb_hooks").mkdir(parents=True)
    for name, code in files.items():
        (project / "pb_hooks" / name).write_text(code, "utf-8")
    with servers.Server(version, project) as server:
        for kind in CASES:
            fields = [{"name": "title", "type": "text"}]
            body = {"name": name_of(kind), "type": "base", "fields": fields, "createRule": "", "viewRule": ""}
            assert server.request("POST", "/api/collections", body)[0] == 200
        yield server


@pytest.fixture(scope="module")
def wrong(version: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Server]:
    files = {f"{kind}.pb.js": case.wrong.replace("NAME", name_of(kind)) for kind, case in CASES.items()}
    yield from hooked(version, tmp_path_factory.mktemp("wrong"), files)


@pytest.fixture(scope="module")
def right(version: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Server]:
    files = {f"{kind}.pb.js": case.right.replace("NAME", name_of(kind)) for kind, case in CASES.items()}
    yield from hooked(version, tmp_path_factory.mktemp("right"), files)


def works(server: servers.Server, kind: str) -> bool:
    """Send the case's request as the superuser, and tell whether the code did its work."""
    method, path, body = CASES[kind].request
    status, answer = server.request(method, path.replace("NAME", name_of(kind)), body)
    if not CASES[kind].works(status, answer):
        return False
    if method == "POST":  # a record that is not saved is answered as if it were
        return server.request("GET", f"/api/collections/{name_of(kind)}/records/{answer['id']}")[0] == 200
    return True


@pytest.mark.parametrize("kind", CASES)
def test_a_mistake_in_a_hook_is_one_on_a_server(wrong: servers.Server, kind: str) -> None:
    assert kinds(CASES[kind].wrong) == [kind]
    assert not works(wrong, kind)


@pytest.mark.parametrize("kind", CASES)
def test_no_alarm_on_a_hook_that_works(right: servers.Server, kind: str) -> None:
    assert kinds(CASES[kind].right) == []
    assert works(right, kind)


@pytest.mark.parametrize(
    ("kind", "code", "fixed"),
    [
        ("no-next", "routerUse((e) => { })", "routerUse((e) => e.next())"),
        ("no-next", "onBootstrap((e) => { })", "onBootstrap((e) => { e.next() })"),
        ("route-slash", 'routerAdd("GET", "here", (e) => e.next())', 'routerAdd("GET", "/here", (e) => e.next())'),
    ],
)
def test_a_mistake_that_stops_the_whole_server(version: str, tmp_path: Path, kind: str, code: str, fixed: str) -> None:
    for folder, text in (("wrong", code), ("right", fixed)):
        (tmp_path / folder / "pb_hooks").mkdir(parents=True)
        (tmp_path / folder / "pb_hooks" / "a.pb.js").write_text(text, "utf-8")
    assert kinds(code) == [kind]
    assert kinds(fixed) == []
    assert not usable(servers.Server(version, tmp_path / "wrong"))
    assert usable(servers.Server(version, tmp_path / "right"))


def usable(server: servers.Server) -> bool:
    """Tell whether a server starts and answers with something."""
    try:
        with server:
            return bool(server.request("GET", "/api/health", authed=False)[1])
    except RuntimeError:
        return False


def test_a_hook_file_with_another_name_is_not_loaded(version: str, tmp_path: Path, offline: Runner) -> None:
    hooks = tmp_path / "pb_hooks"
    hooks.mkdir()
    code = 'routerAdd("GET", "/there", (e) => e.json(200, {}))'
    (hooks / "main.js").write_text(code, "utf-8")
    (hooks / "loaded.pb.js").write_text(code.replace("there", "here"), "utf-8")
    (hooks / "module.js").write_text("module.exports = {go: (e) => e.next()}", "utf-8")
    result = offline("pb_lint.py", "hooks", str(hooks))
    assert [(item["kind"], Path(item["file"]).name, item["line"]) for item in result.data] == [
        ("not-loaded", "main.js", 1)
    ]
    with servers.Server(version, tmp_path) as server:
        assert server.request("GET", "/there")[0] == 404
        assert server.request("GET", "/here")[0] == 200


@pytest.mark.parametrize(
    "code",
    [
        "onRecordCreateRequest((e) => { throw new ForbiddenError('no') })",
        "onRecordCreateRequest((e) => require(`${__hooks}/u.js`).go(e))",
        "onRecordCreateRequest(function (e) { return e.next(); });",
        '// onRecordBeforeCreateRequest((e) => {})\n/* $app.dao() */\nconst x = \'routerAdd("GET", "/a/:b")\'',
        "const x = 1\nonRecordCreateRequest((e) => { const x = 2; e.record.set('a', x); e.next() })",
        "const x = 1\nonRecordCreateRequest((e) => { const y = {x: 2}; e.next() }, x)",
        'routerAdd("GET", "/a", (e) => { if (/[)}]/.test("x")) { return e.redirect(307, "/") } e.noContent(204) })',
        'cronAdd("x", "@hourly", () => { $app.logger().info("x") })',
        "onMailerSend((e) => { e.message.subject = `re: ${e.message.subject}`; e.next() })",
        "function onNothing() {}\nonNothing()",
        'routerAdd("GET", "example.com/a", (e) => e.json(200, {}))',
        'routerAdd("GET", "/a", (e) => { const headers = { A: 1 }; return e.json(200, headers["A"]) })',
        'cronAdd("x", "@hourly", () => { const c = $app.findCollectionByNameOrId("a"); if (1) { var r = new Record(c) }'
        " else { var r = new Record(c); $app.save(r) } })",
        'cronAdd("x", "@hourly", () => { const p = $app.findRecordById("a", "b"); $app.findRecordsByFilter("c",'
        " `a = '${p.id}'`) })",
        'cronAdd("x", "@hourly", () => { const findFirst = () => null; const r = findFirst("a"); if (!r) return })',
        'onRecordUpdateRequest((e) => { const old = e.record.original(); e.record.set("verified", old.get("verified"));'
        " e.next() })",
        'cronAdd("x", "@hourly", () => { $app.findRecordsByFilter("a", "b = NULL") })',
    ],
)
def test_no_alarm_on_code_that_only_looks_wrong(code: str) -> None:
    assert list(hook_mistakes(Source(code))) == []


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ('onRecordCreate((e) => { try { return e.next() } catch (err) { return e.next() } }, "a")', "error-dropped"),
        ('onRecordCreate((e) => { try { e.next() } catch (err) { console.log(err) } }, "a")', "error-dropped"),
        (
            'routerAdd("GET", "/a", (e) => { try { $app.findRecordById("a", "b") } catch (err) {'
            ' if (err.constructor.name === "ApiError") throw err } return e.noContent(204) })',
            "no-member",
        ),
    ],
)
def test_what_an_error_is_asked_in_vain(code: str, kind: str) -> None:
    assert [one.kind for one in hook_mistakes(Source(code))] == [kind]


@pytest.mark.parametrize(
    ("up", "kind"),
    [
        (
            'app.save(new Collection({ name: "a", type: "base", fields: [new TextField({ name: "b" })] }))',
            "wrong-value",
        ),
        ('const c = app.findCollectionByNameOrId("a"); c.fields.remove("b"); app.save(c)', "no-member"),
        ('const c = app.findCollectionByNameOrId("a"); c.fields.splice(0, 1); app.save(c)', "destroys"),
    ],
)
def test_fields_that_are_lost(up: str, kind: str) -> None:
    found = migration_mistakes(Source(f"migrate((app) => {{ {up} }}, (app) => {{}})"))
    assert kind in [one.kind for one in found]


def test_rows_are_asked_about_only_where_there_may_be_some() -> None:
    found = 'const c = app.findCollectionByNameOrId("a"); c.fields.add(new TextField({ name: "x", required: true }));'
    made = 'app.save(new Collection({ name: "a", type: "base" }));'
    kinds = {
        start: [
            one.kind
            for one in migration_mistakes(Source(f"migrate((app) => {{ {start} {found} app.save(c) }}, (app) => {{}})"))
        ]
        for start in ("", made)
    }
    assert kinds == {"": ["over-rows"], made: []}


@pytest.mark.parametrize(
    "up",
    [
        'const v = app.findCollectionByNameOrId("v"); unmarshal({ viewQuery: "SELECT id FROM a" }, v);'
        ' v.fields.removeById("x"); app.save(v)',
        'app.delete(app.findCollectionByNameOrId("pbc_7"))',
        'const v = app.findCollectionByNameOrId("pbc_7"); app.delete(v)',
        'for (one of [1, 2]) { app.findCollectionByNameOrId("a") }',
        'const c = new Collection({ name: "c", type: "base", listRule: "late = 1" });'
        ' c.fields.add(new NumberField({ name: "late" })); app.save(c)',
    ],
)
def test_no_alarm_on_a_migration_that_only_looks_wrong(up: str) -> None:
    down = 'app.save(new Collection({ id: "pbc_7", name: "v", type: "view", viewQuery: "SELECT id FROM a" }))'
    found = migration_mistakes(Source(f"migrate((app) => {{ {up} }}, (app) => {{ {down} }})"))
    assert [one for one in found if one.severity != "note"] == []


def test_old_hook_names_lead_to_the_new_ones() -> None:
    advice = {
        "onRecordBeforeCreateRequest": "Use onRecordCreateRequest.",
        "onRecordAfterUpdateRequest": "Use onRecordUpdateRequest, with the code after e.next().",
        "onModelBeforeDelete": "Use onModelDelete.",
        "onModelAfterCreate": "Use onModelAfterCreateSuccess.",
        "onBeforeServe": "Use routerAdd, routerUse or cronAdd at the top of the file.",
        "onMailerBeforeRecordVerificationSend": "Use onMailerRecordVerificationSend.",
        "onAdminBeforeAuthRefreshRequest": "Use onRecordAuthRefreshRequest.",
        "onRecordCreatRequest": "Use onRecordCreateRequest.",
    }
    for name, fix in advice.items():
        (mistake,) = hook_mistakes(Source(f"{name}((e) => e.next())"))
        assert mistake.fix == fix


def test_the_hooks_are_those_of_the_server(version: str, tmp_path: Path) -> None:
    from _pb.lint.hook_names import HOOKS

    (tmp_path / "pb_hooks").mkdir()
    code = "console.log('HOOKS ' + Object.getOwnPropertyNames(globalThis).filter((n) => /^on[A-Z]/.test(n)).join(','))"
    (tmp_path / "pb_hooks" / "a.pb.js").write_text(code, "utf-8")
    with servers.Server(version, tmp_path) as server:
        there = set(server.log.partition("HOOKS ")[2].split()[0].split(","))
    assert there <= HOOKS
    assert version != servers.DEFAULT_VERSION or there == HOOKS


DOWN = ", (app) => {})"
MIGRATIONS: dict[str, tuple[str, str]] = {
    "dao": ("migrate((db) => { const dao = new Dao(db) }" + DOWN, "migrate((app) => { app.db() }" + DOWN),
    "migrate-db": (
        'migrate((db) => { db.newQuery("SELECT 1").execute() }' + DOWN,
        'migrate((app) => { app.db().newQuery("SELECT 1").execute() }' + DOWN,
    ),
    "app-in-migration": (
        'migrate((app) => { $app.findCollectionByNameOrId("users") }' + DOWN,
        'migrate((app) => { app.findCollectionByNameOrId("users") }' + DOWN,
    ),
    "old-method": (
        'migrate((app) => { app.saveCollection(new Collection({name: "x", type: "base"})) }' + DOWN,
        'migrate((app) => { app.save(new Collection({name: "x", type: "base"})) }' + DOWN,
    ),
    "schema-field": (
        'migrate((app) => { const c = new Collection({name: "x", type: "base"});'
        ' c.fields.add(new SchemaField({name: "a", type: "text"})); app.save(c) }' + DOWN,
        'migrate((app) => { const c = new Collection({name: "x", type: "base"});'
        ' c.fields.add(new TextField({name: "a"})); app.save(c) }' + DOWN,
    ),
    "collection-schema": (
        'migrate((app) => { const c = new Collection({name: "x", type: "base"});'
        ' c.schema.addField(new TextField({name: "a"})); app.save(c) }' + DOWN,
        'migrate((app) => { const c = new Collection({name: "x", type: "base"});'
        ' c.fields.add(new TextField({name: "a"})); app.save(c) }' + DOWN,
    ),
    "request-data": (
        'migrate((app) => { app.save(new Collection({name: "x", type: "base", listRule: "@request.data.a = 1"})) }'
        + DOWN,
        'migrate((app) => { app.save(new Collection({name: "x", type: "base", listRule: "@request.body.a = 1"})) }'
        + DOWN,
    ),
    "relation-name": (
        'migrate((app) => { app.save(new Collection({name: "x", type: "base",'
        ' fields: [{name: "u", type: "relation", collectionId: "users"}]})) }' + DOWN,
        'migrate((app) => { app.save(new Collection({name: "x", type: "base",'
        ' fields: [{name: "u", type: "relation", collectionId: "_pb_users_auth_"}]})) }' + DOWN,
    ),
}
# Migrations that run, and lose a field or what was asked of it.
LOSING: dict[str, str] = {
    "old-shape": "schema: [{name: 'a', type: 'text', required: true}]",
    "unknown-type": "fields: [{name: 'a', type: 'geopoint', required: true}]",
    "unknown-key": "fields: [{name: 'a', type: 'text', require: true},]",
    "unique-key": "fields: [{'name': 'a', \"type\": 'text', unique: true}]",
}


def migrated(version: str, folder: Path, code: str) -> tuple[bool, Path]:
    """Apply a migration to an empty server and tell whether it went well; the project folder is left."""
    (folder / "pb_migrations").mkdir(parents=True)
    (folder / "pb_migrations" / "1700000000_a.js").write_text(code, "utf-8")
    servers.fresh_data(version, folder / "pb_data")
    command = [str(servers.binary(version)), f"--dir={folder / 'pb_data'}"]
    command += [f"--migrationsDir={folder / 'pb_migrations'}", "migrate", "up"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    return "Applied 1700000000_a.js" in done.stdout + done.stderr, folder


@pytest.mark.parametrize("kind", MIGRATIONS)
def test_a_mistake_in_a_migration_is_one_on_a_server(version: str, tmp_path: Path, kind: str) -> None:
    wrong, right = MIGRATIONS[kind]
    assert {mistake.kind for mistake in migration_mistakes(Source(wrong))} == {kind}
    assert list(migration_mistakes(Source(right))) == []
    assert not migrated(version, tmp_path / "wrong", wrong)[0]
    assert migrated(version, tmp_path / "right", right)[0]


@pytest.mark.parametrize("kind", LOSING)
def test_a_migration_that_loses_something_in_silence(version: str, tmp_path: Path, kind: str) -> None:
    code = f"migrate((app) => {{ app.save(new Collection({{name: 'x', type: 'base', {LOSING[kind]}}})) }}{DOWN}"
    assert [mistake.kind for mistake in migration_mistakes(Source(code))] == [kind]
    applied, folder = migrated(version, tmp_path / "project", code)
    assert applied
    with servers.Server(version, folder) as server:
        found = next(item for item in server.collections() if item["name"] == "x")
        fields = {field["name"]: field for field in found["fields"]}
        assert not fields.get("a", {}).get("required")
        assert not found["indexes"]


def test_files_lines_and_exit_codes(offline: Runner, tmp_path: Path) -> None:
    (tmp_path / "pb_hooks").mkdir()
    (tmp_path / "pb_hooks" / "a.pb.js").write_text("// a\n\nroute = 1\nonRecordCreate((e) => {\n})\n", "utf-8")
    result = offline("pb_lint.py", "hooks")
    assert result.code == 1
    (finding,) = result.data
    assert (Path(finding["file"]).name, finding["line"], finding["kind"]) == ("a.pb.js", 4, "no-next")
    assert "e.next()" in finding["fix"]
    (tmp_path / "pb_hooks" / "a.pb.js").write_text("onRecordCreate((e) => e.next())", "utf-8")
    assert offline.ok("pb_lint.py", "hooks") == []
    missing = offline("pb_lint.py", "migrations")
    assert missing.code == 2
    assert "pb_migrations" in missing.message


def test_steps_that_destroy_data_are_told_and_only_those_that_are_applied(offline: Runner, tmp_path: Path) -> None:
    (tmp_path / "pb_migrations").mkdir()
    destroying = [
        'c.fields.removeByName("title");',
        "app.delete(c);",
        "app.truncateCollection(c);",
        "app.importCollections([], true);",
        'app.db().newQuery("-- tidy\\nDELETE FROM posts").execute();',
        "app.db().newQuery(`ALTER TABLE posts DROP COLUMN x`).execute();",
    ]
    harmless = ["app.save(c);", "new Map().delete(c);", "app.importCollections([], false);", "// app.delete(c);"]
    harmless.append('app.db().newQuery("SELECT 1; -- DROP TABLE posts").execute();')
    up = "\n".join(["const c = app.findCollectionByNameOrId('posts');", *destroying, *harmless])
    down = "(app) => { app.delete(app.findCollectionByNameOrId('posts')); }"
    (tmp_path / "pb_migrations" / "2_a.js").write_text(f"migrate((app) => {{\n{up}\n}}, {down});", "utf-8")
    result = offline("pb_lint.py", "migrations")
    assert result.code == 0
    told = [item for item in result.data if item["kind"] == "destroys"]
    assert [item["message"].partition(": ")[2] for item in told] == destroying
    assert {item["severity"] for item in told} == {"warning"}
    assert (told[0]["file"], told[0]["line"]) == ("pb_migrations/2_a.js", 3)
    assert offline("pb_lint.py", "migrations", "--fail-on", "warning").code == 1


@pytest.mark.parametrize(
    "text", ["", "(((", "onRecordCreate(", "'", "`", "/*", "routerAdd()", "migrate(", "new Collection({"]
)
def test_broken_code_is_read_without_a_crash(text: str) -> None:
    list(hook_mistakes(Source(text)))
    list(migration_mistakes(Source(text)))


def test_literals_that_are_nearly_json() -> None:
    for text, value in (
        (
            "{a: 'b', \"c\": [1, 2,], d: true, e: null, f: -1.5,}",
            {"a": "b", "c": [1, 2], "d": True, "e": None, "f": -1.5},
        ),
        ("{a: b}", None),
        ("{a: `x${1}`}", None),
        ("{a: f(1)}", None),
        ("[{a: 'it\"s'}]", [{"a": 'it"s'}]),
    ):
        source = Source(text)
        assert literal_value(source, source.whole) == value


@pytest.mark.parametrize("value", ["null", "1", '"x"', "{}", "[1]", "[{}]", "[[]]", "x", "...y", "[...z]", "{type: 1}"])
def test_any_literal_of_a_collection_is_judged(value: str) -> None:
    for key in ("name", "type", "fields", "indexes", "listRule", "collectionId", "values", "maxSelect", "max"):
        for text in (
            f'new Collection({{name: "a", type: "base", {key}: {value}}})',
            f'new Collection({{name: "a", type: "base", fields: [{{name: "f", type: "select", {key}: {value}}}]}})',
            f"new Field({{{key}: {value}}})",
            f"app.importCollections([{{{key}: {value}}}, {value}])",
        ):
            assert all(mistake.message for mistake in shape_mistakes(Source(text))), text


def test_what_typeof_is_asked_about_is_left_alone() -> None:
    guarded = 'routerAdd("GET", "/x", (e) => { if (typeof e.pathParam === "function") return e.pathParam("x") })'
    assert not list(hook_mistakes(Source(guarded)))
    assert [one.kind for one in hook_mistakes(Source(guarded.replace("typeof ", "")))][:1] == ["echo-method"]


@pytest.mark.parametrize(
    "text",
    [
        "f(a b)",
        "const a = { b: 1\n c: 2 }",
        "f(1 +)",
        "let a = 1 let b = 2",
        "const a = \\`x\\`",
        "'a\nb'",
        "const a = `x",
    ],
)
def test_what_no_program_holds_is_told(text: str) -> None:
    assert "syntax" in {one.kind for one in hook_mistakes(Source(text))}


@pytest.mark.parametrize(
    ("other", "clashes"), [("/{a}/y", True), ("/x/{b}/z", False), ("/x/y", False), ("/{a...}", False)]
)
def test_routes_that_overlap_are_told(other: str, clashes: bool) -> None:
    assert clash("/x/{b}", other) is clashes
    assert clash(other, "/x/{b}") is clashes


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("1796101065426_drop_mood.js", "1796101176_fill.js"), []),
        (("9_a.js", "10_b.js"), ["name-order"]),
        (("1796101176_a.js", "1796101176_b.js"), ["name-order"]),
    ],
)
def test_names_of_migrations_are_in_order(
    names: tuple[str, ...], told: list[str], offline: Runner, tmp_path: Path
) -> None:
    (tmp_path / "pb_migrations").mkdir()
    for name in names:
        (tmp_path / "pb_migrations" / name).write_text("migrate((app) => {}, (app) => {});", "utf-8")
    assert [item["kind"] for item in offline("pb_lint.py", "migrations").data] == told
