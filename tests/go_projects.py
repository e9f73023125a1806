"""Go programs that embed PocketBase, for tests of Go package mode."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import tools
from places import CACHE

# The newest that builds with Go 1.26.
VERSION = "0.39.11"

MAIN = """package main

import (
	"fmt"
	"log"
	"os"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	if list := os.Getenv("COMMANDS"); list != "" { // what others see in the list of processes
		if file, err := os.OpenFile(list, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600); err == nil {
			fmt.Fprintln(file, os.Args)
		}
	}
	app := pocketbase.New()
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.GET("/api/hello", func(e *core.RequestEvent) error {
			return e.JSON(200, map[string]string{"hello": "world"})
		})
		return e.Next()
	})
	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
"""

# What a go.mod must have for any of the tests' programs.
_EVERYTHING = """package main

import (
	_ "github.com/pocketbase/pocketbase"
	_ "github.com/pocketbase/pocketbase/plugins/jsvm"
	_ "github.com/pocketbase/pocketbase/plugins/migratecmd"
)

func main() {}
"""


def write(folder: Path, main: str = MAIN, version: str = VERSION, place: str = "main.go", module: str = ".") -> None:
    """Write a Go project with resolved modules into a folder; skip the test where Go is missing.

    `place` is the file of the main package, `module` the folder of go.mod, both below `folder`.
    """
    go = tools.tool("go")
    (folder / place).parent.mkdir(parents=True, exist_ok=True)
    (folder / place).write_text(main, "utf-8")
    resolved = CACHE / f"go-{version}-jsvm"
    if not (resolved / "go.sum").exists():
        resolved.mkdir(parents=True, exist_ok=True)
        (resolved / "main.go").write_text(_EVERYTHING, "utf-8")
        wanted = f"github.com/pocketbase/pocketbase@v{version}"
        for command in (["mod", "init", "app"], ["get", wanted], ["mod", "tidy"]):
            done = subprocess.run([go, *command], cwd=resolved, capture_output=True, text=True)
            if done.returncode:
                (resolved / "go.mod").unlink(missing_ok=True)
                tools.unavailable(f"go {' '.join(command)} failed: {done.stderr}")
    for name in ("go.mod", "go.sum"):
        (folder / module / name).write_bytes((resolved / name).read_bytes())


def environment() -> dict[str, str]:
    """Return what Go needs of this process's environment where a test gives a program one of its own."""
    paths = subprocess.run(
        [tools.tool("go"), "env", "GOMODCACHE", "GOCACHE", "GOPROXY"], capture_output=True, text=True
    )
    modules, cache, proxy = paths.stdout.split()
    return {"GOMODCACHE": modules, "GOCACHE": cache, "GOPROXY": proxy, "PATH": os.environ["PATH"]}
