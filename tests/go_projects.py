"""Go programs that embed PocketBase, for tests of Go package mode."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import tools

# The newest that builds with Go 1.26.
VERSION = "0.39.11"

MAIN = """package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
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


def write(folder: Path, main: str = MAIN) -> None:
    """Write a Go project with resolved modules into a folder; skip the test where Go is missing."""
    go = tools.tool("go")
    (folder / "main.go").write_text(main, "utf-8")
    resolved = tools.CACHE / f"go-{VERSION}"
    if (resolved / "go.sum").exists():
        for name in ("go.mod", "go.sum"):
            (folder / name).write_bytes((resolved / name).read_bytes())
        return
    wanted = f"github.com/pocketbase/pocketbase@v{VERSION}"
    for command in (["mod", "init", "app"], ["get", wanted], ["mod", "tidy"]):
        done = subprocess.run([go, *command], cwd=folder, capture_output=True, text=True)
        if done.returncode:
            tools.unavailable(f"go {' '.join(command)} failed: {done.stderr}")
    resolved.mkdir(parents=True, exist_ok=True)
    for name in ("go.mod", "go.sum"):
        (resolved / name).write_bytes((folder / name).read_bytes())


def environment() -> dict[str, str]:
    """Return what Go needs of this process's environment where a test gives a program one of its own."""
    paths = subprocess.run(
        [tools.tool("go"), "env", "GOMODCACHE", "GOCACHE", "GOPROXY"], capture_output=True, text=True
    )
    modules, cache, proxy = paths.stdout.split()
    return {"GOMODCACHE": modules, "GOCACHE": cache, "GOPROXY": proxy, "PATH": os.environ["PATH"]}
