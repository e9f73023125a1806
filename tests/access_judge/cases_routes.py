"""Custom routes whose middleware or own checks decide who gets through."""

from __future__ import annotations

from .build import Case, Leak, base, mine, number, spoofless, text, to
from .build import users as accounts

_HOOKS = """
routerAdd("GET", "/api/reports/mine", (e) => {
  const found = $app.findRecordsByFilter("reports", "owner = {:id}", "", 10, 0, {id: e.auth.id});
  return e.json(200, found.map((record) => record.get("title")));
}, $apis.requireAuth("users"));

routerAdd("POST", "/api/reports/purge", (e) => {
  return e.json(200, {purged: 0});
}, $apis.requireSuperuserAuth());

routerAdd("GET", "/api/reports/{id}/export", (e) => {
  if (!e.auth) {
    throw new ForbiddenError("Sign in first.");
  }
  return e.json(200, {id: e.request.pathValue("id")});
});

routerAdd("GET", "/api/status", (e) => e.json(200, {up: true}));
"""

_SIGN_IN = """  if (!e.auth) {
    throw new ForbiddenError("Sign in first.");
  }
"""

_STATUS = 'routerAdd("GET", "/api/status"'
_DEBUG = 'routerAdd("GET", "/api/debug", (e) => e.json(200, $app.countRecords("users")));\n'

ROUTES = Case(
    "custom routes",
    [
        accounts(),
        base(
            "reports",
            [text("title"), to("owner", "users"), number("views")],
            list=mine("owner"),
            view=mine("owner"),
            create=spoofless("owner"),
        ),
    ],
    [
        Leak("the purge is open", "reports", hooks=(", $apis.requireSuperuserAuth()", "")),
        Leak("users may purge", "reports", hooks=("$apis.requireSuperuserAuth()", "$apis.requireAuth()")),
        Leak("guests export", "reports", hooks=(_SIGN_IN, "")),
        Leak("guests reach what needs a user", "reports", hooks=(', $apis.requireAuth("users")', "")),
        Leak("a forgotten route counts users", "reports", hooks=(_STATUS, _DEBUG + _STATUS)),
    ],
    hooks=_HOOKS,
)
