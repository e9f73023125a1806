"""Access in Go package mode: the project's own program is tried, in its own version, with the routes that it has."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import go_projects
import servers
from conftest import Runner

VERSION = "0.23.12"
MAIN = """package main

import (
	"log"
	"os"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/plugins/jsvm"
	"github.com/pocketbase/pocketbase/tools/router"
)

const prefix = "/api" + "/ops"

func show(e *core.RequestEvent) error {
	record, err := e.App.FindRecordById("invoices", e.Request.PathValue("id"))
	if err != nil {
		return e.NotFoundError("", err)
	}
	return e.JSON(200, record)
}

func bind(g *router.RouterGroup[*core.RequestEvent]) {
	inner := g.Group("/deep")
	inner.GET("/invoices/{id}", show).Bind(apis.RequireAuth())
	inner.Any("/any", func(e *core.RequestEvent) error { return e.String(200, "any") })
	inner.HEAD("/head", func(e *core.RequestEvent) error { return e.NoContent(204) })
	inner.Route("PUT", "/put", func(e *core.RequestEvent) error { return e.NoContent(204) })
	inner.GET("/gone/{what}", func(e *core.RequestEvent) error { return e.NotFoundError("", nil) })
}

func main() {
	app := pocketbase.New()
	jsvm.MustRegister(app, jsvm.Config{})
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		bind(e.Router.Group(prefix))
		e.Router.GET("example.com/host", func(e *core.RequestEvent) error { return e.NoContent(204) })
		e.Router.GET("/site/{path...}", apis.Static(os.DirFS("."), true))
		return e.Next()
	})
	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
"""
HOOK = 'routerAdd("GET", "/api/hook", (e) => e.json(200, {}))\n'
INVOICES = {
    "name": "invoices",
    "fields": [
        {"name": "owner", "type": "relation", "collectionId": "users", "maxSelect": 1},
        {"name": "label", "type": "text", "required": True},
    ],
    "listRule": "owner = @request.auth.id",
    "viewRule": "owner = @request.auth.id",
}
ROUTES = {
    "GET /api/ops/deep/invoices/{id}",
    "GET /api/ops/deep/any",
    "POST /api/ops/deep/any",
    "HEAD /api/ops/deep/head",
    "PUT /api/ops/deep/put",
    "GET /api/hook",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Runner:
    """A project whose program makes the collections itself, from a hook in JavaScript."""
    folder = tmp_path_factory.mktemp("go")
    go_projects.write(folder, MAIN, VERSION, place="cmd/server/main.go")
    (folder / "pb_hooks").mkdir()
    (folder / "pb_hooks" / "main.pb.js").write_text(HOOK, "utf-8")
    (folder / "pb_migrations").mkdir()
    migration = f"migrate((app) => app.importCollections({json.dumps([INVOICES])}, false), null)\n"
    migration = migration.replace('"users"', 'app.findCollectionByNameOrId("users").id')
    (folder / "pb_migrations" / "1700000000_invoices.js").write_text(migration, "utf-8")
    env = {**go_projects.environment(), "PB_URL": f"http://127.0.0.1:{servers.free_port()}"}
    return Runner(folder, folder / "home", env)


def test_the_matrix_tries_the_routes_that_the_program_says_it_has(project: Runner) -> None:
    result = project("pb_access.py", "matrix", "--project", ".")
    assert result.data["version"] == VERSION
    said = {(one["action"], one["who"]): one["said"] for one in result.data["items"] if one["collection"] == "(routes)"}
    assert {route for route, _ in said} == ROUTES
    assert said["GET /api/ops/deep/invoices/{id}", "users: no tie to the record"] == "passes, answers"
    leak = next(item for item in result.data["findings"] if item["collection"] == "(routes)")
    assert (leak["action"], leak["severity"]) == ("GET /api/ops/deep/invoices/{id}", "high")
    assert {
        "GET example.com/host: such a request is not sent, so it is not tested.",
        "GET /api/ops/deep/gone/{what}: everybody gets 404, so it is not tested.",
    } <= set(result.document["warnings"])


def test_a_schema_is_tried_with_the_program_and_not_with_a_released_version(project: Runner) -> None:
    (project.folder / "schema.json").write_text(json.dumps([INVOICES]), "utf-8")
    result = project("pb_access.py", "matrix", "--file", "schema.json")
    assert result.data["version"] == VERSION
    below = Runner(project.folder / "cmd", project.home, project.env)
    assert below("pb_access.py", "matrix", "--file", "../schema.json").data["version"] == VERSION


def test_the_scaffold_tests_the_routes_and_leaves_out_what_nobody_reaches(project: Runner) -> None:
    written: dict[str, Any] = project.ok("pb_e2e_helpers.py", "scaffold")
    assert written["version"] == VERSION
    assert "GET /api/ops/deep/gone/{what}: everybody gets 404, so it is not tested" in written["notTested"]
    text = Path(project.folder / "test_e2e.py").read_text("utf-8")
    assert "gone" not in text
    assert "/api/ops/deep/any" in text
