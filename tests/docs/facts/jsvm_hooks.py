"""What the tables of references/jsvm-hooks.md are."""

from __future__ import annotations

import re

from docs.kind_jsvm import restarted
from docs.stage import Stage
from docs.tables import Facts

facts = Facts()
facts.prose("Guards and middleware", "the block below tries each")


def _exist(stage: Stage, hooks: str, cells: list[str]) -> None:
    types = (stage.project.folder / "pb_data" / "types.d.ts").read_text("utf-8")
    missing = [name for name in re.findall(r"\w+[A-Z]\w+", hooks) if f"function {name}(" not in types]
    assert not missing, missing


def _answers(stage: Stage, constructor: str, cells: list[str]) -> None:
    error = constructor if constructor.startswith("new ") else f'new {constructor}("no")'
    stage.project.write("pb_hooks/error.pb.js", f'routerAdd("GET", "/error", (e) => {{ throw {error} }})')
    restarted(stage, lambda: None)
    status, _ = stage.server.request("GET", "/error")
    assert cells[0] in (str(status), "any"), status


def _exist_too(stage: Stage, kind: str, cells: list[str]) -> None:
    _exist(stage, cells[0] if stage.at_least("0.40") else cells[0].replace("onBootstrapClear", ""), [])


_KINDS = "[typeof routerAdd, typeof cronAdd, typeof $app, typeof __hooks, typeof require].join()"
_SCOPES = {
    "pb_hooks/scope_module.js": f"const atLoad = {_KINDS}\nmodule.exports = () => atLoad",
    "pb_hooks/scope.pb.js": f"""
$app.store().set("scopeOfFile", {_KINDS})
$app.store().set("scopeOfModule", require(`${{__hooks}}/scope_module.js`)())
const OF_FILE = 1
routerAdd("GET", "/scopes", (e) => e.json(200, {{
  file: $app.store().get("scopeOfFile"), handler: typeof OF_FILE + " " + {_KINDS},
  migration: $app.store().get("scopeOfMigration"),
  module: $app.store().get("scopeOfModule"), moduleOfHandler: require(`${{__hooks}}/scope_module.js`)(),
}}))""",
    "pb_migrations/1900000000_scope_%d.js": """migrate((app) => {
  const kinds = [typeof app, typeof $app, typeof routerAdd, typeof __hooks]
  kinds.push(typeof $mails, typeof $template, typeof $filesystem)
  app.store().set("scopeOfMigration", kinds.join())
}, () => {})""",
}


def _sees(stage: Stage, code: str, cells: list[str]) -> None:
    for name, text in _SCOPES.items():
        stage.project.write(name.replace("%d", str(len(code))), text)  # a migration runs once
    restarted(stage, lambda: None)
    seen = stage.request("GET", "/scopes")
    jobs = "function" if stage.at_least("0.26") else "undefined"
    migration = "string,object,object,object" if stage.at_least("0.30") else ",".join(4 * ["undefined"])
    handler = f"undefined,{jobs},object,string,function"
    expected = {
        "a file": [("file", "function,function,object,string,function")],
        "a handler": [("handler", f"undefined {handler}")],
        "a required": [("module", "function,function,object,string,function"), ("moduleOfHandler", handler)],
        "a migration": [("migration", f"object,undefined,undefined,{migration}")],
    }
    (pairs,) = (pairs for start, pairs in expected.items() if code.startswith(start))
    for key, kinds in pairs:
        assert seen[key] == kinds, (key, seen[key])


facts.table("What the engine is", each=_sees)
facts.table("Which hook", each=_exist)
facts.table("Which hook 2", each=_exist_too)
facts.table("Errors", each=_answers)
