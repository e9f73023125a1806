"""`js sdk` and `ts sdk` blocks: run in Node on the real `pocketbase` package; TypeScript is checked first."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tools import node_modules, tool

from .kind_shell import check_fragments
from .pages import Block
from .stage import Stage, user_id

PACKAGE = Path(__file__).parent / "sdk" / "package.json"
_IMPORT = 'import PocketBase, { ClientResponseError, getTokenPayload, isTokenExpired } from "pocketbase";\n'
_CLIENT = "const pb = new PocketBase({url});\n"
# Node has neither EventSource nor localStorage, which a browser gives the SDK.
_BROWSER = 'import { EventSource } from "eventsource";\nglobalThis.EventSource = EventSource;\n'


def sdk(stage: Stage, block: Block) -> None:
    """Run the block as a module; `pb` is a client of the page's server unless the block makes its own.

    What its `// =>` comments say must be printed, in this order. `fails="fragment"`: it must end with that error.
    `as=NAME` signs `pb` in as a user of the fixture or as the superuser.
    """
    node, modules = tool("node"), node_modules(PACKAGE)
    text = stage.project.text(block)
    folder = stage.scratch / f"sdk_{block.line}"
    folder.mkdir(exist_ok=True)
    (folder / "node_modules").unlink(missing_ok=True)
    (folder / "node_modules").symlink_to(modules / "node_modules")
    if block.language == "ts":
        text = _compiled(stage, block, folder, node)
    source = _prelude(stage, block, text) + text + "\n"
    (folder / "block.mjs").write_text(source, "utf-8")
    done = stage.project.run([node, str(folder / "block.mjs")])
    stage.output = done.stdout
    if "fails" in block.marks:
        assert done.returncode, f"it did not fail: {done.stdout}"
        assert block.marks["fails"] in done.stdout, done.stdout
    else:
        assert done.returncode == 0, done.stdout
    check_fragments(stage, text, done.stdout)


def _prelude(stage: Stage, block: Block, text: str) -> str:
    lines = _BROWSER
    if "import PocketBase" not in text:
        lines += _IMPORT
    if not re.search(r"\bpb\s*=\s*new PocketBase", text):
        lines += _CLIENT.replace("{url}", json.dumps(stage.server.url))
        if "as" in block.marks:
            lines += f"pb.authStore.save({json.dumps(stage.token(block.marks['as']))}, {_record(stage, block)});\n"
    return lines


def _record(stage: Stage, block: Block) -> str:
    actor = block.marks["as"]
    user = stage.fixture.get("users", {}).get(actor, {})
    collection = "_superusers" if actor == "superuser" else user.get("collection", "users")
    path = f"/api/collections/{collection}/records"
    if actor == "superuser":
        return json.dumps(stage.request("GET", path)["items"][0])
    return json.dumps(stage.request("GET", f"{path}/{user_id(actor, user)}"))


def _compiled(stage: Stage, block: Block, folder: Path, node: str) -> str:
    source = stage.project.text(block)
    prelude = "" if "import PocketBase" in source else _IMPORT
    if not re.search(r"\bpb\s*=\s*new PocketBase", source):
        prelude += _CLIENT.replace("{url}", json.dumps(stage.server.url))
    (folder / "block.mts").write_text(prelude + source, "utf-8")
    for file in stage.project.folder.glob("*.ts"):  # what the page's commands have written
        (folder / file.name).write_bytes(file.read_bytes())
        (folder / "package.json").write_text('{"type": "module"}', "utf-8")
    options = ["--strict", "--target", "es2022", "--module", "nodenext", "--lib", "es2022,dom", "--skipLibCheck"]
    compiler = folder / "node_modules" / "typescript" / "bin" / "tsc"
    done = stage.project.run([node, str(compiler), *options, str(folder / "block.mts")])
    assert done.returncode == 0, done.stdout
    text = (folder / "block.mjs").read_text("utf-8")
    return re.sub(r"^import \{ EventSource.*$", "", text, flags=re.MULTILINE)
