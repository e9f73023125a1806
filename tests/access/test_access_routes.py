"""Custom routes that take the id of a record: whose records they give away, change or delete."""

from __future__ import annotations

import pytest

import servers
from _pb.access.laws.finding import Finding
from _pb.access.playing import Playing
from _pb.access.routes import Routes, try_routes
from _pb.access.stage import Stage
from _pb.server.custom_routes import custom_routes
from _pb.server.throwaway import Throwaway
from access_judge.build import auth, base, mine, number, text, to, users

pytestmark = pytest.mark.both_ends

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
routerAdd("GET", "/api/x/office/{invoice}", (e) => {
  return e.json(200, $app.findRecordById("invoices", e.request.pathValue("invoice")));
}, $apis.requireAuth("clerks"));
"""
SCHEMA = [
    users(),
    auth("clerks", [text("desk")]),
    base("invoices", [to("owner", "users"), text("label", required=True)], list=mine("owner"), view=mine("owner")),
    base("posts", [text("body"), number("likes")], list="", view=""),
]


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Routes:
    """What comes of the routes."""
    project = tmp_path_factory.mktemp("routes")
    (project / "pb_hooks").mkdir()
    (project / "pb_hooks" / "main.pb.js").write_text(HOOKS, "utf-8")
    with Throwaway(project, schema=SCHEMA, binary=str(servers.binary(servers.DEFAULT_VERSION))) as server:
        playing = Playing(Stage(server.client))
        playing.play_all()
        return try_routes(playing, custom_routes(server, project).routes, project)


def alarms(tried: Routes) -> dict[str, Finding]:
    return {one.action: one for one in tried.findings if one.is_alarm}


def test_routes_that_nobody_reaches_are_named(tried: Routes) -> None:
    assert sorted(tried.not_tested) == [
        "GET /api/none/for/{thing}: everybody who is not refused gets 404, so it is not tested.",
        "GET /api/none/{thing}: everybody gets 404, so it is not tested.",
    ]
    assert len({line.route for line in tried.lines}) == 10
    hidden = {line.who: line.said for line in tried.lines if line.route == "GET /api/x/hidden/{invoice}"}
    assert {who for who, said in hidden.items() if said != "refused, 404"} == {"superuser"}


@pytest.mark.parametrize(
    ("route", "who", "message"),
    [
        ("POST /api/x/invoices/{id}/send", "users", "strangers are shown somebody else's invoices."),
        ("GET /api/x/report", "users", "strangers are shown somebody else's invoices."),
        ("POST /api/x/drop", "users", "strangers delete somebody else's invoices."),
        ("POST /api/x/mark", "guest", "strangers change somebody else's invoices."),
    ],
)
def test_routes_that_do_not_ask_whose_a_record_is_are_found(tried: Routes, route: str, who: str, message: str) -> None:
    found = alarms(tried)[route]
    assert (found.message, who in found.who) == (message, True)
    assert found.proof[0].status == 200


def test_routes_that_ask_or_show_nothing_raise_no_alarm(tried: Routes) -> None:
    assert {route for route in alarms(tried) if route.rpartition("/")[2] in ("{id}", "plain", "{invoice}", "like")} == {
        "GET /api/x/office/{invoice}"
    }


def test_accounts_of_the_right_collection_reach_a_route(tried: Routes) -> None:
    said = {line.who: line.said for line in tried.lines if line.route == "GET /api/x/office/{invoice}"}
    assert said["users: its owner"] == "refused, 403"
    assert said["clerks: no tie to the record"] == "passes, answers"
    sent = next(
        line.seen for line in tried.lines if line.route == "GET /api/x/report" and line.who == "users: its owner"
    )
    assert sent.path.startswith("/api/x/report?invoice=")
    assert "label" in sent.answer
