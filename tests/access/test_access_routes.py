"""Custom routes that take the id of a record: whose records they give away, change or delete."""

from __future__ import annotations

import pytest

import servers
from _pb.access.observe import observe
from _pb.access.routes import observe_routes
from _pb.access.setting import populated
from _pb.access.subject import Finding
from _pb.server.custom_routes import custom_routes
from _pb.server.throwaway import Throwaway
from access_judge.build import base, mine, number, text, to, users

HOOKS = """
routerAdd("POST", "/api/x/invoices/{id}/send", (e) => {
  return e.json(200, {label: $app.findRecordById("invoices", e.request.pathValue("id")).get("label")});
}, $apis.requireAuth());
routerAdd("GET", "/api/x/report", (e) => {
  const id = e.request.url.query().get("invoice");
  return e.json(200, $app.findRecordById("invoices", id));
}, $apis.requireAuth());
routerAdd("POST", "/api/x/drop", (e) => {
  const data = new DynamicModel({id: ""});
  e.bindBody(data);
  $app.delete($app.findRecordById("invoices", data.id));
  return e.json(200, {});
}, $apis.requireAuth());
routerAdd("POST", "/api/x/mark", (e) => {
  const body = e.requestInfo().body;
  const record = $app.findRecordById("invoices", body.invoice);
  record.set("label", "marked");
  $app.save(record);
  return e.json(200, {});
});
routerAdd("POST", "/api/x/like", (e) => {
  const {post} = e.requestInfo().body;
  const record = $app.findRecordById("posts", post);
  record.set("likes", record.getInt("likes") + 1);
  $app.save(record);
  return e.json(200, {});
}, $apis.requireAuth());
routerAdd("GET", "/api/x/mine/{id}", (e) => {
  const record = $app.findRecordById("invoices", e.request.pathValue("id"));
  if (record.get("owner") !== e.auth.id) {
    throw new ForbiddenError("Not yours.");
  }
  return e.json(200, record);
}, $apis.requireAuth());
routerAdd("GET", "/api/x/echo/{invoice}", (e) => e.json(200, {id: e.request.pathValue("invoice")}));
routerAdd("GET", "/api/none/{thing}", (e) => { throw e.notFoundError("", null); });
routerAdd("GET", "/api/none/for/{thing}", (e) => { throw e.notFoundError("", null); }, $apis.requireAuth());
routerAdd("GET", "/api/x/hidden/{invoice}", (e) => {
  if (!e.hasSuperuserAuth()) {
    throw e.notFoundError("", null);
  }
  return e.json(200, {});
});
routerAdd("GET", "/api/x/plain", (e) => e.json(200, {up: true}));
"""
SCHEMA = [
    users(),
    base("invoices", [to("owner", "users"), text("label", required=True)], list=mine("owner"), view=mine("owner")),
    base("posts", [text("body"), number("likes")], list="", view=""),
]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Finding]:
    """What is found in the routes, by method and pattern."""
    project = tmp_path_factory.mktemp("routes")
    (project / "pb_hooks").mkdir()
    (project / "pb_hooks" / "main.pb.js").write_text(HOOKS, "utf-8")
    binary = str(servers.binary(servers.DEFAULT_VERSION))
    with Throwaway(project, schema=SCHEMA, binary=binary) as server:
        population = populated(server.client)
        routes = custom_routes(server, project).routes
        found = observe_routes(population, routes, project, observe(population, ["invoices", "posts"]))
        assert len(found.rows) == 9
        assert sorted(found.not_tested) == [
            "GET /api/none/for/{thing}: everybody who is not refused gets 404, so it is not tested.",
            "GET /api/none/{thing}: everybody gets 404, so it is not tested.",
        ]
        [hidden] = [row.allowed for row in found.rows if row.action == "GET /api/x/hidden/{invoice}"]
        assert {who: names for who, names in hidden.items() if names} == {"superuser": ["passes", "answers"]}
        return {finding.action: finding for finding in found.findings}


@pytest.mark.parametrize(
    ("route", "actors", "message"),
    [
        ("POST /api/x/invoices/{id}/send", ["users:other"], "others are shown somebody else's invoices"),
        ("GET /api/x/report", ["users:other"], "others are shown somebody else's invoices"),
        ("POST /api/x/drop", ["users:other"], "others delete somebody else's invoices"),
        ("POST /api/x/mark", ["guest", "users:other"], "others change somebody else's invoices"),
    ],
)
def test_routes_that_do_not_ask_whose_a_record_is_are_found(
    found: dict[str, Finding], route: str, actors: list[str], message: str
) -> None:
    assert found[route].is_alarm
    assert (found[route].actors, found[route].message) == (actors, message)


def test_routes_that_ask_or_show_nothing_raise_no_alarm(found: dict[str, Finding]) -> None:
    assert {action for action, finding in found.items() if finding.is_alarm} == {
        "POST /api/x/invoices/{id}/send",
        "GET /api/x/report",
        "POST /api/x/drop",
        "POST /api/x/mark",
    }
    assert found["POST /api/x/like"].severity == "review"
