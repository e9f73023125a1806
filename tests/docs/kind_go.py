"""`go` blocks: all compiled as packages of one module against the real PocketBase; hooks and migrations are also run.

A block with a `package` clause is a file as it stands. Any other is wrapped: its functions, types and variables go to
the top of a file, the rest into a function that has `app`; the imports are found by the names it uses. One program is
linked for all blocks that are run; an environment variable chooses the block that it registers.
"""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

from pb_common.processes import waiting_for_lock
from places import CACHE
from tools import tool

from .kind_jsvm import expect, restarted
from .pages import Block, pages
from .stage import Stage

FOLDER = CACHE / "docs-go"
MODULE = Path(__file__).parent / "go"
NAME = "example.com/docs"
CHOICE = "DOC_BLOCK"
_POCKETBASE = "github.com/pocketbase/pocketbase"
_IMPORTS = {
    **{name: f"{_POCKETBASE}/{name}" for name in ("apis", "core", "forms", "mails")},
    **{name: f"{_POCKETBASE}/plugins/{name}" for name in ("ghupdate", "jsvm", "migratecmd")},
    **{
        name: f"{_POCKETBASE}/tools/{name}"
        for name in ("cron", "filesystem", "hook", "mailer", "router", "routine", "security", "store", "subscriptions")
    },
    **{name: f"{_POCKETBASE}/tools/{name}" for name in ("template", "types")},
    **{name: name for name in ("context", "errors", "fmt", "io", "log", "os", "strconv", "strings", "sync", "time")},
    "cobra": "github.com/spf13/cobra",
    "dbx": "github.com/pocketbase/dbx",
    "http": "net/http",
    "json": "encoding/json",
    "mail": "net/mail",
    "validation": "github.com/pocketbase/ozzo-validation/v4",
}
_DECLARATION = re.compile(r"(?:func|type|var|const)\b")
_COMPLAINT = re.compile(r"(\w+/\d+_block\.go):\d")
_INIT = re.compile(r"^func init\(\)", re.MULTILINE)
_SELECTOR = """package main

import (
	"log"
	"os"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/plugins/migratecmd"

%(imports)s
)

func main() {
	app := pocketbase.New()
	migratecmd.MustRegister(app, app.RootCmd, migratecmd.Config{})
	switch os.Getenv("%(choice)s") {
%(cases)s
	}
	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
"""


class Built(NamedTuple):
    """The compiled blocks: the folder, the compiler's complaints by file."""

    folder: Path
    complaints: dict[str, str]


def compiled(stage: Stage, block: Block) -> None:
    """Compile the block; `fails="fragment"`: the compiler must refuse it and say so."""
    complaint = _built().complaints.get(_file(block), "")
    if "fails" in block.marks:
        assert complaint, "it compiles"
        assert block.marks["fails"] in complaint, complaint
    else:
        assert not complaint, complaint


def hook(stage: Stage, block: Block) -> None:
    """Serve the page's project with a Go program that has this hook; the next block shows its effect.

    With `fails="fragment"` it compiles, and the program must say so instead of starting.
    """
    complaint = _built().complaints.get(_file(block), "")
    assert not complaint, complaint
    serve_with(stage, block)
    expect(block, restarted(stage, lambda: stage.server.program.clear()))


def migration(stage: Stage, block: Block) -> None:
    """Apply the migration with a Go program, revert it (not with `keep`), and serve with it, which applies it again."""
    compiled(stage, block)
    chosen = serve_with(stage, block)
    stage.server.stop()
    try:
        for words in (["up"], *([] if "keep" in block.marks else [["down", "1"]])):
            command = [*chosen, "migrate", *words, "--dir", str(stage.project.folder / "pb_data")]
            output = stage.project.run(command, stdin="y\n").stdout
            word = "Applied" if words == ["up"] else "Reverted"
            assert re.search(rf"{word} \S+\.go", output), output
    finally:
        stage.server.start()


def serve_with(stage: Stage, block: Block) -> list[str]:
    """Have the stage served by the linked program that registers this block; return the program's command."""
    stage.server.program = ["env", f"{CHOICE}={_choice(block)}", str(linked())]
    return list(stage.server.program)


def program(stage: Stage, block: Block) -> None:
    """Build the program of this block and the page's `go file=` blocks, and serve the page's project with it."""
    folder = stage.scratch / f"program_{block.line}"
    folder.mkdir()
    _write_module(folder)
    files = {"main.go": block.text}
    others = (other for other in stage.page.blocks if other.language == "go" and other.marks.get("file"))
    files.update({other.marks["file"]: other.text for other in others})
    for name, text in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text.replace('"myapp/', f'"{NAME}/'), "utf-8")
    done = _go(folder, "build", "-o", "app", ".")
    assert done.returncode == 0, done.stdout
    stage.server.program = [str(folder / "app")]
    stage.restart()


def _write_module(folder: Path) -> None:
    for name in ("go.mod", "go.sum"):
        shutil.copy(MODULE / name, folder)


def prepare(folder: Path, blocks: list[Block]) -> Built:
    """Write the blocks as packages of one module, a page each, and compile them all."""
    _write_module(folder)
    for block in blocks:
        file = folder / _file(block)
        file.parent.mkdir(exist_ok=True)
        file.write_text(source(block), "utf-8")
    done = _go(folder, "build", "-gcflags=-e", "./...")
    complaints: dict[str, str] = {}
    file_name = ""
    for line in done.stdout.splitlines():
        found = _COMPLAINT.match(line)
        file_name = found[1] if found else file_name
        if file_name and not line.startswith("# "):
            complaints[file_name] = complaints.get(file_name, "") + line + "\n"
    assert done.returncode == 0 or complaints, done.stdout
    return Built(folder, complaints)


def source(block: Block) -> str:
    """Return the Go file that a block is compiled as."""
    package, function = _package(block), f"Register{block.line}"
    if re.search(r"^package \w+", block.text, re.MULTILINE):
        text = re.sub(r"^package \w+", f"package {package}", block.text, count=1, flags=re.MULTILINE)
        return _INIT.sub(f"func {function}()", text)
    top, body = _split(block.text)
    lines = [f'\t"{_POCKETBASE}"']
    lines += [f'\t"{path}"' for used, path in _IMPORTS.items() if re.search(rf"(?<![\w.]){used}\.[A-Z]", block.text)]
    imports = "\n".join(lines)
    return (
        f"package {package}\n\nimport (\n{imports}\n)\n\n{top}\n"
        f"func {function}(app *pocketbase.PocketBase) error {{\n{body}\n\treturn nil\n}}\n"
    )


def _split(text: str) -> tuple[str, str]:
    """Return the declarations that begin a line, and the other lines."""
    top: list[str] = []
    body: list[str] = []
    inside = False
    for line in text.splitlines():
        begins = bool(_DECLARATION.match(line)) and not inside
        (top if begins or inside else body).append(line)
        inside = line.rstrip().endswith(("{", "(")) if begins else inside and line[:1] not in ("}", ")")
    return "\n".join(top), "\n".join(body)


@functools.cache
def _built() -> Built:
    """Compile all Go blocks, always in the same folder, so that Go compiles again only what has changed."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with _lock():
        return _all_compiled()


def _lock() -> AbstractContextManager[None]:
    """Keep other test processes out of the folder of the blocks."""
    return waiting_for_lock(FOLDER / "lock", "Waiting for another process that compiles the Go blocks.")


def _all_compiled() -> Built:
    for old in FOLDER.glob("*/*_block.go"):
        old.unlink()
    blocks = [block for page in pages() for block in page.blocks if block.language == "go" and _is_package(block)]
    return prepare(FOLDER, blocks)


@functools.cache
def linked() -> Path:
    """Link the one program of all blocks that are run, and return its path."""
    built = _built()
    run = [block for page in pages() for block in page.blocks if block.kind in ("go hook", "go migration")]
    broken = {file.partition("/")[0] for file in built.complaints}
    run = [block for block in run if _package(block) not in broken]
    imports = "\n".join(f'\t"{NAME}/{package}"' for package in sorted(set(map(_package, run))))
    cases = "\n".join(f'\tcase "{_choice(block)}":\n\t\t{_call(block)}' for block in run)
    main = built.folder / "selector"
    main.mkdir(exist_ok=True)
    with _lock():
        (main / "main.go").write_text(_SELECTOR % {"imports": imports, "cases": cases, "choice": CHOICE}, "utf-8")
        done = _go(built.folder, "build", "-o", "selected", "./selector")
    assert done.returncode == 0, done.stdout
    return built.folder / "selected"


def _call(block: Block) -> str:
    function = f"{_package(block)}.Register{block.line}"
    if block.kind == "go migration":
        return f"{function}()"
    return f"if err := {function}(app); err != nil {{\n\t\t\tlog.Fatal(err)\n\t\t}}"


def _is_package(block: Block) -> bool:
    return block.kind not in ("go program", "go lint") and not block.marks.get("file") and "skip" not in block.marks


def _choice(block: Block) -> str:
    return f"{block.page}_{block.line}"


def _package(block: Block) -> str:
    """Return the package of a page's blocks; one that must not compile has its own."""
    name = _choice(block) if "fails" in block.marks else block.page
    return re.sub(r"\W", "_", name)


def _file(block: Block) -> str:
    # A migration is known by the name of its file.
    return f"{_package(block)}/{1700000000 + block.line}_block.go"


@functools.cache
def _sources() -> str:
    """Return the sources of PocketBase that name what an app may use."""
    found = _go(MODULE, "list", "-m", "-f", "{{.Dir}}", _POCKETBASE).stdout.strip()
    folders = (Path(found) / name for name in ("core", "apis", "tools/router"))
    files = [file for folder in folders for file in folder.glob("*.go") if not file.name.endswith("_test.go")]
    return "\n".join(file.read_text("utf-8") for file in files)


def names_missing_in_go(text: str) -> list[str]:
    """Return the functions and types that a text names and PocketBase does not have."""
    names = re.findall(r"\b(?:On|New|Find)[A-Z]\w+|\b\w+Field\b|\b(?:Save|RequestInfo|RequestEvent)\b", text)
    pattern = r"(?:\b(?:func|type) (?:\([^)]*\) )?|^\t){name}\b"
    return [name for name in names if not re.search(pattern.replace("{name}", name), _sources(), re.MULTILINE)]


def _go(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [tool("go"), *words]
    env = {**os.environ, "GOFLAGS": "-mod=mod"}
    return subprocess.run(
        command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=1800
    )


def go_version() -> str:
    """Return the version of PocketBase that Go blocks are compiled against."""
    found = re.search(rf"{re.escape(_POCKETBASE)} v(\S+)", (MODULE / "go.mod").read_text("utf-8"))
    assert found
    return found[1]
