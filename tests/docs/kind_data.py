"""JSON, rules, SQL and settings: given to the page's server."""

from __future__ import annotations

import json
import re
import sqlite3
from typing import Any
from urllib.parse import quote

from .compare import difference, fill
from .pages import Block
from .stage import Stage, copy_of_data

_SETTING = re.compile(r"([A-Z][A-Z0-9_]*)=(.*)")


def schema(stage: Stage, block: Block) -> None:
    """Import collections with the project's script: one, an array, or an object with `collections`.

    `fails` (or `fails="fragment of the message"`): the script must refuse it. `wrong=lost`: sent as it is, the server
    must take it and drop part of it; `wrong=400`: the server must refuse it.
    """
    value = json.loads(block.text)
    collections = value if isinstance(value, list) else value.get("collections", [value])
    if "wrong" in block.marks:
        for collection in collections:
            _expect_wrong(stage, collection, block.marks["wrong"])
        return
    payload = {"collections": collections} if "collections" not in value else value
    done = stage.project.run(["python3", "scripts/pb_collections.py", "import", "--file", "-"], json.dumps(payload))
    stage.output = done.stdout
    if "fails" in block.marks:
        assert done.returncode, f"it was imported: {done.stdout}"
        assert block.marks["fails"] in done.stdout, done.stdout
        return
    assert done.returncode == 0, done.stdout
    assert not _losses(done.stdout), done.stdout


def _losses(answer: str) -> list[str]:
    """Return the warnings of an answer but those of lint, which judges rules by all that the page has made before."""
    lint = re.compile(r"(\w+\.\w+, )*\w+\.(\w+Rule: |\w+: Whoever knows its address can read the file)")
    return [warning for warning in json.loads(answer).get("warnings", []) if not lint.match(warning)]


def field(stage: Stage, block: Block) -> None:
    """Make a collection of the field, or of the fields one a line; the server must give back everything that was sent.

    `wrong=lost` and `wrong=400` as for a schema, for each field alone.
    """
    try:
        value = json.loads(block.text)
        fields = value if isinstance(value, list) else [value]
    except ValueError:
        fields = [json.loads(line) for line in block.text.splitlines() if line.strip()]
    name = f"doc_field_{block.line}"
    if "wrong" in block.marks:
        for number, one in enumerate(fields):
            _expect_wrong(stage, {"name": f"{name}_{number}", "type": "base", "fields": [one]}, block.marks["wrong"])
        return
    collection = {"name": name, "type": "base", "fields": fields}
    done = stage.project.run(["python3", "scripts/pb_collections.py", "create", "-"], json.dumps(collection))
    stage.output = done.stdout
    assert done.returncode == 0, done.stdout
    assert not _losses(done.stdout), done.stdout
    made = {one["name"]: one for one in stage.request("GET", f"/api/collections/{name}")["fields"]}
    for one in fields:
        sent = {key: value for key, value in one.items() if key != "collectionId"}
        problem = difference(sent, made[one["name"]], {}, one["name"])
        assert not problem, problem


def _expect_wrong(stage: Stage, collection: Any, how: str) -> None:
    status, seen = stage.server.request("POST", "/api/collections", collection)
    if status == 200:
        stage.request("DELETE", f"/api/collections/{seen['name']}")
    if how == "lost":
        assert status == 200, f"the server did not take it: {status} {seen}"
        assert _lost(collection, seen), "the server kept all of it"
        return
    assert str(status) == how, f"the server answered {status} {seen}, not {how}"


def _lost(sent: dict[str, Any], seen: dict[str, Any]) -> bool:
    made = {one["name"]: one for one in seen["fields"]}
    if any(key not in seen for key in sent):
        return True
    return any(one["name"] not in made or difference(one, made[one["name"]], {}) for one in sent.get("fields", []))


def record(stage: Stage, block: Block) -> None:
    """Create the record (or each of an array) in the collection of `record-of` as the superuser."""
    value = json.loads(fill(block.text, stage.known))
    path = f"/api/collections/{block.marks['record-of']}/records"
    for one in value if isinstance(value, list) else [value]:
        status, stage.last = stage.server.request("POST", path, one)
        wanted = int(block.marks.get("fails", 200))
        assert status == wanted, f"{status} {stage.last}, not {wanted}"


def data(stage: Stage, block: Block) -> None:
    """Compare the records of each collection with the server's; ids are written without their zeros at the end."""
    for name, said in json.loads(block.text).items():
        seen = stage.request("GET", f"/api/collections/{name}/records?sort=id")["items"]
        problem = difference(said, _short(seen), {}, name)
        assert not problem, problem


def _short(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _short(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_short(item) for item in value]
    return re.sub(r"0{4,}$", "", value) if isinstance(value, str) and len(value) == 15 else value


def settings(stage: Stage, block: Block) -> None:
    """Change the server's settings; it must give back everything that was sent, but for passwords and secrets."""
    sent = json.loads(block.text)
    seen = stage.request("PATCH", "/api/settings", sent)
    problem = difference(_without_secrets(sent), seen, {}, "settings")
    assert not problem, problem
    if stage.mailbox:
        stage.use_mailbox()


def _without_secrets(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {key: _without_secrets(part) for key, part in value.items() if key not in ("password", "secret")}


def answer(stage: Stage, block: Block) -> None:
    """Compare the block with what the block before got or printed."""
    said = json.loads(stage.project.text(block))
    seen = stage.last if stage.output == json.dumps(stage.last, ensure_ascii=False) else json.loads(stage.output)
    problem = difference(said, seen, stage.known)
    assert not problem, problem


def rules(stage: Stage, block: Block) -> None:
    """Save each line as a rule of the collection `on`, and use it as a filter where it does not speak of a request.

    Lines that begin with // are comments. `fails`: the server must refuse each line.
    """
    collection = block.marks["on"]
    path = f"/api/collections/{collection}"
    before = stage.request("GET", path)["updateRule"]
    for line in block.text.splitlines():
        rule = line.split("  //")[0].strip()
        if not rule or rule.startswith("//"):
            continue
        status, seen = stage.server.request("PATCH", path, {"updateRule": rule})
        if "@request" not in rule and status == 200:
            status, seen = stage.server.request("GET", f"{path}/records?filter={quote(rule)}")
        wanted = 400 if "fails" in block.marks else 200
        assert status == wanted, f"{rule}: {status} {seen}, not {wanted}"
    stage.request("PATCH", path, {"updateRule": before})


def view(stage: Stage, block: Block) -> None:
    """Make a view collection of the query and read from it; `fails`: the server must refuse it."""
    name = f"doc_view_{block.line}"
    query = block.text.strip().rstrip(";")
    body = {"name": name, "type": "view", "viewQuery": query}
    status, seen = stage.server.request("POST", "/api/collections", body)
    wanted = 400 if "fails" in block.marks else 200
    assert status == wanted, f"{status} {seen}, not {wanted}"
    if wanted == 200:
        stage.request("GET", f"/api/collections/{name}/records")


def sql(stage: Stage, block: Block) -> None:
    """Run the statements on a copy of the server's database."""
    connection = sqlite3.connect(copy_of_data(stage))
    try:
        connection.executescript(block.text)
    except sqlite3.Error as error:
        raise AssertionError(f"SQLite: {error}") from error
    finally:
        connection.close()


def env(stage: Stage, block: Block) -> None:
    """Check that each line sets a variable that the project's settings example names."""
    from .pages import ROOT

    named = set(re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE))
    for line in block.text.splitlines():
        found = _SETTING.fullmatch(line)
        assert found or not line or line.startswith("#"), line
        assert not found or found[1] in named, f"{found and found[1]} is not in .env.example"
