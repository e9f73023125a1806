"""The runner itself: a block or a row that is wrong on purpose turns it red."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import servers
from tools import tool

from .compare import difference
from .kind_go import prepare
from .kinds import problem_of, run_block
from .pages import Page, read_page
from .stage import Stage
from .tables import Facts, problems_of

RIGHT_AND_WRONG = [
    ("sh", "python3 scripts/pb_health.py\n# => true", "python3 scripts/pb_health.py\n# => no such word"),
    ("sh", "true", "false\ntrue"),
    ("sh fails=2", "python3 scripts/pb_records.py list", "python3 scripts/pb_health.py"),
    ("py", "import pb_common; print('a')\n# => a", "import no_such_module"),
    ("console", '$ echo \'{"pid":7}\'\n{"pid":8}', "$ echo a\nb"),
    ("http", 'GET /api/health\n=> 200 {"code": 200}', 'GET /api/health\n=> 200 {"code": 201}'),
    ("http", "GET /api/collections\n=> 401", "GET /api/collections\n=> 200"),
    ("http", "GET /api/collections as superuser\n=> 200", "GET /api/collections as nobody\n=> 200"),
    ("json schema", '{"name": "a1", "fields": [{"name": "a", "type": "text"}]}', '{"name": "a2", "schema": []}'),
    ("json schema fails", '{"name": "a3", "schema": []}', '{"name": "a4", "fields": []}'),
    (
        "json schema wrong=lost",
        '{"name": "a5", "type": "base", "schema": []}',
        '{"name": "a6", "type": "base", "fields": []}',
    ),
    ("json field", '{"name": "n", "type": "number", "min": 1}', '{"name": "n", "type": "number", "mim": 1}'),
    ("json field wrong=lost", '{"name": "n", "type": "number", "mim": 1}', '{"name": "n", "type": "number", "min": 1}'),
    ("json field wrong=400", '{"name": "s", "type": "select"}', '{"name": "n", "type": "number"}'),
    (
        "json record-of=users",
        '{"email": "a@example.com", "password": "12345678", "passwordConfirm": "12345678"}',
        '{"email": "b@example.com", "password": "1234567", "passwordConfirm": "1234567"}',
    ),
    ("json settings", '{"batch": {"enabled": true}}', '{"batch": {"on": true}}'),
    ("rule on=users", 'name = "x"\n// why\n@request.auth.id != ""', 'nmae = "x"'),
    ("rule on=users fails", 'nmae = "x"', 'name = "x"'),
    ("sql view", "SELECT id, email FROM users", "SELECT email FROM users"),
    ("sql", "SELECT 1 FROM users", "SELECT 1 FROM no_such_table"),
    ("env", "PB_URL=http://127.0.0.1:8090", "PB_ULR=http://127.0.0.1:8090"),
    (
        "js hook",
        'routerAdd("GET", "/right", (e) => e.json(200, {}))',
        'routerAdd("GET", "/wrong", (e) => e.json(200, {})',
    ),
    (
        "js migration",
        'migrate((app) => { app.db().newQuery("SELECT 1").execute() }, (app) => {})',
        'migrate((app) => { app.db().newQuery("SELEKT 1").execute() }, (app) => {})',
    ),
]


def page_of(folder: Path, text: str) -> Page:
    path = folder / "page.md"
    path.write_text(text, "utf-8")
    return read_page(path)


def block_page(folder: Path, info: str, text: str) -> Page:
    return page_of(folder, f"# A page\n\n```{info}\n{text}\n```\n")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("runner")
    with Stage(page_of(folder, "# Nothing\n"), servers.DEFAULT_VERSION, folder) as opened:
        yield opened


@pytest.mark.parametrize(("info", "right", "wrong"), RIGHT_AND_WRONG)
def test_a_wrong_block_fails(stage: Stage, tmp_path: Path, info: str, right: str, wrong: str) -> None:
    run_block(stage, block_page(tmp_path, info, right).blocks[0])
    with pytest.raises(AssertionError):
        run_block(stage, block_page(tmp_path, info, wrong).blocks[0])


def test_sdk_blocks_fail_when_wrong(stage: Stage, tmp_path: Path) -> None:
    right = "console.log((await pb.health.check()).code);\n// => 200"
    run_block(stage, block_page(tmp_path, "js sdk", right).blocks[0])
    for wrong in (right.replace("// => 200", "// => 404"), "await pb.collection('nope').getList();"):
        with pytest.raises(AssertionError):
            run_block(stage, block_page(tmp_path, "js sdk", wrong).blocks[0])
    with pytest.raises(AssertionError, match="TS2551"):
        run_block(stage, block_page(tmp_path, "ts sdk", "await pb.health.chek();").blocks[0])


SERVICE = "[Service]\nExecStart=/opt/pocketbase/pocketbase serve\n"
NGINX = """server {{
    listen 443 ssl;
    server_name example.com;
    ssl_certificate a;
    ssl_certificate_key b;
    {0}
}}"""
PROXY = "location / {{ proxy_pass http://127.0.0.1:8090; proxy_set_header X-Real-IP {0}; }}"


@pytest.mark.parametrize(
    ("program", "info", "right", "wrong"),
    [
        ("systemd-analyze", "ini systemd", SERVICE, SERVICE.replace("ExecStart", "ExecStrat")),
        ("bash", "dockerfile", "FROM alpine:3.22\nUSER 1000", "FROM alpine\nUSER 1000"),
        (
            "bash",
            "yaml compose",
            "services:\n  pb:\n    image: a\n    volumes: [data:/data]\nvolumes:\n  data:",
            "services:\n  pb:\n    image: a\n    volumes: [data:/data]",
        ),
        (
            "nginx",
            "nginx",
            NGINX.format("client_max_body_size 30m;" + PROXY.format("$remote_addr")),
            NGINX.format(PROXY.format("$remote_addr")),
        ),
        (
            "caddy",
            "caddy",
            "example.com {\n\treverse_proxy 127.0.0.1:8090 {\n\t\theader_up X-Real-IP {remote_host}\n\t}\n}",
            "example.com {\n\treverse_proxy 127.0.0.1:8090\n}",
        ),
    ],
)
def test_wrong_configurations_fail(
    stage: Stage, tmp_path: Path, program: str, info: str, right: str, wrong: str
) -> None:
    tool(program)
    run_block(stage, block_page(tmp_path, info, right).blocks[0])
    with pytest.raises(AssertionError):
        run_block(stage, page_of(tmp_path, f"\n```{info}\n{wrong}\n```\n").blocks[0])


def test_go_blocks_that_do_not_compile_are_found(tmp_path: Path) -> None:
    tool("go")
    right = "```go\nfmt.Println(app.DataDir())\n```\n"
    page = page_of(tmp_path, right + "```go\napp.Dao()\n```\n```go fails=Dao\napp.Dao()\n```\n")
    (tmp_path / "module").mkdir()
    complaints = prepare(tmp_path / "module", page.blocks).complaints
    assert sorted(complaints) == ["page/1700000004_block.go", "page_7/1700000007_block.go"]
    assert all("app.Dao undefined" in complaint for complaint in complaints.values())


@pytest.mark.parametrize(
    ("info", "text"),
    [("", "x"), ("json", "{}"), ("js", "1"), ("sh skip", "x"), ("js hook", "1"), ("klingon", "x"), ("sh skip=", "x")],
)
def test_a_block_must_say_what_it_is(tmp_path: Path, info: str, text: str) -> None:
    page = block_page(tmp_path, info, text)
    assert problem_of(page.blocks[0], page)


def test_a_block_that_is_not_closed_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not closed"):
        page_of(tmp_path, "```sh\ntrue\n")


def test_blocks_share_their_page(stage: Stage, tmp_path: Path) -> None:
    text = (
        "```json file=notes.json\n{}\n```\n"
        "```sh\ntest -s notes.json\n```\n"
        '```http\nGET /api/collections/users as superuser\n=> 200 {"id": "<ID>", "tokenKey": "<absent>"}\n'
        'GET /api/collections/<ID> as superuser\n=> 200 {"name": "u...s"}\n```\n'
    )
    page = page_of(tmp_path, text)
    stage.write_file(page.blocks[0])
    for block in page.blocks[1:]:
        run_block(stage, block)
    with pytest.raises(AssertionError, match="uses the file"):
        run_block(stage, page.blocks[0])


@pytest.mark.parametrize(
    ("said", "seen"),
    [
        ({"a": 1}, {"a": 2}),
        ({"a": 1}, {}),
        ({"a": "<absent>"}, {"a": 1}),
        ([1], [1, 2]),
        ([1, 2, "..."], [1]),
        (1, True),
        ("a...c", "abd"),
        (["<A>", "<A>"], ["x", "y"]),
        (None, ""),
    ],
)
def test_differences_are_seen(said: object, seen: object) -> None:
    assert difference(said, seen, {})


@pytest.mark.parametrize(
    ("said", "seen"),
    [
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": "..."}, {"a": None}),
        ([1, "..."], [1, 2, 3]),
        ("a...c", "abbc"),
        (["<A>", "<A>"], ["x", "x"]),
        ({"a": "<absent>"}, {}),
    ],
)
def test_what_a_page_may_leave_out(said: object, seen: object) -> None:
    assert not difference(said, seen, {})


def test_tables_are_checked_row_by_row(stage: Stage, tmp_path: Path) -> None:
    page = page_of(tmp_path, "## Limits\n\n| what | limit |\n|---|---|\n| `perPage` | 1000 |\n| other | 1 |\n")
    facts = Facts()
    assert problems_of(page, facts) == ["nothing says what the table under 'Limits' is"]
    limits = facts.table("Limits")

    @limits.row("perPage")
    def _(stage: Stage, cells: list[str]) -> None:
        answer = stage.request("GET", "/api/collections/users/records?perPage=5000")
        assert str(answer["perPage"]) == cells[0]

    assert problems_of(page, facts) == ["Limits: row 'other' has no check"]
    limits.check(stage, ["`perPage`", "1000"])
    with pytest.raises(AssertionError):
        limits.check(stage, ["`perPage`", "500"])


def test_access_tables_are_tried(stage: Stage, tmp_path: Path) -> None:
    collection = {"name": "notes", "type": "base", "fields": [{"name": "t", "type": "text"}], "viewRule": ""}
    stage.request("POST", "/api/collections", collection)
    stage.fixture["access"] = {"notes": {"record": {"id": "note00000000001"}, "update": {"t": "x"}}}
    page = page_of(tmp_path, "# Who\n\n| | guest | superuser |\n|---|---|---|\n| view | 200 | 200 |\n")
    facts = Facts()
    facts.access("Who", "notes")
    assert problems_of(page, facts) == []
    who = facts.tables["Who"]
    who.check(stage, ["view", "200", "200"])
    who.check(stage, ["list", "403", "1"])
    who.check(stage, ["delete", "403", "204"])
    with pytest.raises(AssertionError):
        who.check(stage, ["update", "200", "200"])
