"""Schemas in which records belong to users, teams, tenants, or to whoever has a role."""

from __future__ import annotations

from .build import ME, SIGNED_IN, Case, Leak, base, date, keep, many, maybe, mine, number, select, spoofless, text, to
from .build import users as accounts

NOTES = Case(
    "owner",
    [
        accounts(),
        base(
            "notes",
            [text("title", required=True), maybe("owner", "users")],
            list=mine("owner"),
            view=mine("owner"),
            create=spoofless("owner"),
            update=mine("owner") + keep("owner"),
            delete=mine("owner"),
        ),
        base(
            "reminders",
            [to("note", "notes"), to("owner", "users"), date("due")],
            list=mine("owner"),
            view=mine("owner"),
            create=spoofless("owner") + f" && note.owner = {ME}",
            update=mine("owner") + keep("owner") + keep("note"),
            delete=mine("owner"),
        ),
    ],
    [
        Leak("guests match notes without an owner", "notes", {"list": f"owner = {ME}", "view": f"owner = {ME}"}),
        Leak("guests delete notes without an owner", "notes", {"delete": f"owner = {ME}"}),
        Leak("every user lists all notes", "notes", {"list": SIGNED_IN}),
        Leak("every user views all notes", "notes", {"view": SIGNED_IN}),
        Leak("notes are created in another's name", "notes", {"create": SIGNED_IN}),
        Leak("guests create notes without an owner", "notes", {"create": f"@request.body.owner = {ME}"}),
        Leak("the owner gives a note away", "notes", {"update": mine("owner")}),
        Leak("a note is taken over through the body", "notes", {"update": spoofless("owner")}),
        Leak("reminders on another's notes", "reminders", {"create": spoofless("owner")}),
        Leak("a reminder is moved to another's note", "reminders", {"update": mine("owner") + keep("owner")}),
    ],
)

_MEMBER = f"{SIGNED_IN} && (team.owner = {ME} || team.members.id ?= {ME})"
_TASK_MEMBER = f"{SIGNED_IN} && (project.team.owner = {ME} || project.team.members.id ?= {ME})"
_TEAM_MEMBER = f"{SIGNED_IN} && (owner = {ME} || members.id ?= {ME})"

TEAMS = Case(
    "teams",
    [
        accounts(),
        base(
            "teams",
            [text("name", required=True), to("owner", "users"), many("members", "users")],
            list=_TEAM_MEMBER,
            view=_TEAM_MEMBER,
            create=spoofless("owner"),
            update=mine("owner") + keep("owner"),
            delete=mine("owner"),
        ),
        base(
            "projects",
            [text("title", required=True), to("team", "teams")],
            list=_MEMBER,
            view=_MEMBER,
            create=_MEMBER,
            update=_MEMBER + keep("team"),
            delete=mine("team.owner"),
        ),
        base(
            "tasks",
            [text("title"), to("project", "projects"), maybe("assignee", "users"), select("state", "open", "done")],
            list=_TASK_MEMBER,
            view=_TASK_MEMBER,
            create=_TASK_MEMBER,
            update=_TASK_MEMBER + keep("project"),
            delete=_TASK_MEMBER,
        ),
    ],
    [
        Leak("members delete the team", "teams", {"delete": _TEAM_MEMBER}),
        Leak("members make themselves the owner", "teams", {"update": _TEAM_MEMBER}),
        Leak("every user sees all teams", "teams", {"list": SIGNED_IN, "view": SIGNED_IN}),
        Leak("projects are created in another team", "projects", {"create": SIGNED_IN}),
        Leak("projects are moved to another team", "projects", {"update": _MEMBER}),
        Leak("members delete projects", "projects", {"delete": _MEMBER}),
        Leak("tasks are open to every user", "tasks", {"list": SIGNED_IN}),
        Leak("assignees of other teams see tasks", "tasks", {"view": f"{_TASK_MEMBER} || assignee = {ME}"}),
        Leak("tasks are created in another's project", "tasks", {"create": SIGNED_IN}),
    ],
)

_TENANT = f"{SIGNED_IN} && @request.auth.tenant != '' && tenant = @request.auth.tenant"
_BILLING = f"{_TENANT} && @request.auth.role = 'admin'"

TENANTS = Case(
    "tenants",
    [
        accounts(
            maybe("tenant", "tenants"),
            select("role", "clerk", "admin"),
            create=None,
            update=f"id = {ME}" + keep("tenant") + keep("role"),
        ),
        base("tenants", [text("name")], view=f"{SIGNED_IN} && id = @request.auth.tenant"),
        base(
            "contacts",
            [text("name", required=True), to("tenant", "tenants")],
            list=_TENANT,
            view=_TENANT,
            create=_TENANT,
            update=_TENANT + keep("tenant"),
            delete=_BILLING,
        ),
        base(
            "invoices",
            [number("amount"), maybe("tenant", "tenants")],
            list=_TENANT,
            view=_TENANT,
            create=_BILLING,
            update=_BILLING + keep("tenant"),
        ),
    ],
    [
        Leak("users choose their tenant", "users", {"update": f"id = {ME}" + keep("role")}),
        Leak("users choose their role", "users", {"update": f"id = {ME}" + keep("tenant")}),
        Leak("contacts of all tenants", "contacts", {"list": SIGNED_IN}),
        Leak("contacts are created for another tenant", "contacts", {"create": SIGNED_IN}),
        Leak("contacts are moved to another tenant", "contacts", {"update": _TENANT}),
        Leak("clerks delete contacts", "contacts", {"delete": _TENANT}),
        Leak("admins of other tenants delete contacts", "contacts", {"delete": "@request.auth.role = 'admin'"}),
        Leak(
            "guests match invoices without a tenant",
            "invoices",
            {"list": "tenant = @request.auth.tenant", "view": "tenant = @request.auth.tenant"},
        ),
        Leak("every tenant's admin writes invoices", "invoices", {"create": "@request.auth.role = 'admin'"}),
    ],
)

_STAFF = "@request.auth.role = 'editor' || @request.auth.role = 'admin'"
_ADMIN = "@request.auth.role = 'admin'"

ROLES = Case(
    "roles",
    [
        accounts(
            select("role", "member", "editor", "admin", required=False),
            list=f"id = {ME} || {_ADMIN}",
            view=f"id = {ME} || {_ADMIN}",
            create="@request.body.role:isset = false",
            update=f"id = {ME}" + keep("role"),
        ),
        base(
            "pages",
            [text("body"), to("author", "users"), text("title")],
            list="",
            view="",
            create=f"@request.body.author = {ME} && ({_STAFF})",
            update=f"(author = {ME} && @request.auth.role = 'editor' || {_ADMIN})" + keep("author"),
            delete=_ADMIN,
        ),
        base("settings", [text("theme")], list=SIGNED_IN, view=SIGNED_IN, update=_ADMIN),
        base("audit", [text("entry"), to("actor", "users")], list=_ADMIN, view=_ADMIN),
    ],
    [
        Leak("a guest registers as an admin", "users", {"create": ""}),
        Leak("users make themselves admins", "users", {"update": f"id = {ME}"}),
        Leak("editors list all accounts", "users", {"list": f"id = {ME} || {_STAFF}"}),
        Leak("members write pages", "pages", {"create": spoofless("author")}),
        Leak("editors change all pages", "pages", {"update": f"({_STAFF})" + keep("author")}),
        Leak("editors delete pages", "pages", {"delete": _STAFF}),
        Leak("every user changes the settings", "settings", {"update": SIGNED_IN}),
        Leak("actors read the audit log", "audit", {"view": f"actor = {ME} || {_ADMIN}"}),
        Leak("everybody but members reads the audit log", "audit", {"list": "@request.auth.role != 'member'"}),
    ],
)

CASES = [NOTES, TEAMS, TENANTS, ROLES]
