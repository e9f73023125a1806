"""Schemas in which a state, a date or what a record belongs to decides: moderation, deadlines, locks, long selects."""

from __future__ import annotations

from .build import (
    ME,
    SIGNED_IN,
    Case,
    Leak,
    base,
    date,
    flag,
    keep,
    maybe,
    mine,
    select,
    spoofless,
    text,
    to,
    view,
)
from .build import users as accounts

_PUBLIC = 'visibility = "public"'
_OF_PUBLIC = f'post.visibility = "public" || ({mine("post.author")})'

BLOG = Case(
    "blog",
    [
        accounts(text("name")),
        base(
            "posts",
            [to("author", "users"), text("title"), select("visibility", "public", "private")],
            list=f"{_PUBLIC} || ({mine('author')})",
            view=f"{_PUBLIC} || ({mine('author')})",
            create=spoofless("author"),
            update=mine("author") + keep("author"),
            delete=mine("author"),
        ),
        base(
            "comments",
            [to("post", "posts", cascadeDelete=True), to("author", "users"), text("body", required=True)],
            list=_OF_PUBLIC,
            view=_OF_PUBLIC,
            create=spoofless("author") + ' && post.visibility = "public"',
            update=mine("author") + keep("author") + keep("post"),
            delete=mine("author"),
        ),
        view(
            "public_posts",
            "SELECT id, title FROM posts WHERE visibility = 'public'",
            list="",
            view="",
        ),
    ],
    [
        Leak("comments of private posts show", "comments", {"list": "", "view": ""}),
        Leak("private posts are commented", "comments", {"create": spoofless("author")}),
        Leak("the view shows private posts", "public_posts", query="SELECT id, title FROM posts"),
    ],
)

_CUISINES = [f"cuisine {number}" for number in range(15)]
_COOK = f"{_PUBLIC} || ({mine('cook')})"

RECIPES = Case(
    "recipes",
    [
        accounts(),
        base(
            "recipes",
            [
                to("cook", "users"),
                text("title"),
                select("cuisine", *_CUISINES),
                select("visibility", "public", "private"),
            ],
            list=_COOK,
            view=_COOK,
            create=spoofless("cook"),
            update=mine("cook") + keep("cook"),
            delete=mine("cook"),
        ),
    ],
    [Leak("private recipes show", "recipes", {"list": "", "view": ""})],
)

_MODERATOR = "@request.auth.role = 'moderator'"
_SHOWN = f"status = 'approved' || ({mine('author')}) || {_MODERATOR}"

MODERATION = Case(
    "moderation",
    [
        accounts(
            select("role", "member", "moderator"),
            create="@request.body.role = 'member'",
            update=f"id = {ME}" + keep("role"),
        ),
        base(
            "remarks",
            [to("author", "users"), text("body", required=True), select("status", "pending", "approved", "rejected")],
            list=_SHOWN,
            view=_SHOWN,
            create=spoofless("author") + " && @request.body.status = 'pending'",
            update=f"{_MODERATOR}{keep('author')} || ({mine('author')} && status = 'pending'"
            f"{keep('author')}{keep('status')})",
            delete=f"{_MODERATOR} || ({mine('author')})",
        ),
    ],
    [
        Leak("remarks show before they are approved", "remarks", {"list": "", "view": ""}),
        Leak("rejected remarks show", "remarks", {"list": _SHOWN + " || status = 'rejected'"}),
        Leak("remarks are born approved", "remarks", {"create": spoofless("author")}),
        Leak("authors approve their remarks", "remarks", {"update": mine("author") + keep("author")}),
        Leak("whoever signs up is a moderator", "users", {"create": ""}),
    ],
)

_BOOKED = f"{SIGNED_IN} && (guest = {ME} || room.owner = {ME})"

BOOKING = Case(
    "booking",
    [
        accounts(),
        base(
            "rooms",
            [to("owner", "users"), text("title"), flag("closed")],
            list="",
            view="",
            create=spoofless("owner"),
            update=mine("owner") + keep("owner"),
            delete=mine("owner"),
        ),
        base(
            "bookings",
            [
                to("guest", "users"),
                to("room", "rooms"),
                date("begins", required=True),
                select("status", "asked", "granted"),
            ],
            list=_BOOKED,
            view=_BOOKED,
            create=spoofless("guest") + " && begins > @now && room.closed = false && status = 'asked'",
            update=mine("room.owner") + keep("guest") + keep("room"),
            delete=mine("guest") + " && begins > @now",
        ),
    ],
    [
        Leak("bookings of all guests show", "bookings", {"list": SIGNED_IN}),
        Leak(
            "closed rooms are booked",
            "bookings",
            {"create": spoofless("guest") + " && begins > @now && status = 'asked'"},
        ),
        Leak("past bookings are deleted", "bookings", {"delete": mine("guest")}),
        Leak("guests grant their bookings", "bookings", {"update": _BOOKED + keep("guest") + keep("room")}),
    ],
)

_SUBMITTED = f"{SIGNED_IN} && (student = {ME} || exam.teacher = {ME})"
_OPEN = "exam.opens < @now && exam.closes > @now"

EXAM = Case(
    "exam",
    [
        accounts(),
        base(
            "exams",
            [to("teacher", "users"), text("title"), date("opens", required=True), date("closes", required=True)],
            list=f"({mine('teacher')}) || ({SIGNED_IN} && opens < @now)",
            view=f"({mine('teacher')}) || ({SIGNED_IN} && opens < @now)",
            create=spoofless("teacher"),
            update=mine("teacher") + keep("teacher"),
        ),
        base(
            "submissions",
            [to("student", "users"), to("exam", "exams"), text("answer")],
            list=_SUBMITTED,
            view=_SUBMITTED,
            create=f"{spoofless('student')} && {_OPEN}",
            update=f"{mine('student')} && {_OPEN}" + keep("student") + keep("exam"),
        ),
    ],
    [
        Leak("exams show before they open", "exams", {"view": SIGNED_IN}),
        Leak("submissions of others show", "submissions", {"list": SIGNED_IN}),
        Leak("answers come too late", "submissions", {"create": spoofless("student")}),
        Leak("answers are changed too late", "submissions", {"update": mine("student") + keep("student")}),
    ],
)

_KEPT = f"{mine('owner')} && deleted = false"

SOFT_DELETE = Case(
    "soft delete",
    [
        accounts(),
        base(
            "papers",
            [to("owner", "users"), text("title"), flag("deleted")],
            list=_KEPT,
            view=_KEPT,
            create=spoofless("owner") + " && @request.body.deleted = false",
            update=_KEPT + keep("owner"),
        ),
    ],
    [
        Leak("deleted papers are listed", "papers", {"list": mine("owner")}),
        Leak("deleted papers are restored", "papers", {"update": mine("owner") + keep("owner")}),
        Leak("papers are really deleted", "papers", {"delete": mine("owner")}),
    ],
)

_WORKER = f"{SIGNED_IN} && (project.owner = {ME} || project.workers.id ?= {ME})"

ARCHIVED = Case(
    "archived",
    [
        accounts(),
        base(
            "projects",
            [to("owner", "users"), to("workers", "users", required=False, maxSelect=20), flag("archived")],
            list=f"{SIGNED_IN} && (owner = {ME} || workers.id ?= {ME})",
            view=f"{SIGNED_IN} && (owner = {ME} || workers.id ?= {ME})",
            create=spoofless("owner"),
            update=mine("owner") + keep("owner"),
        ),
        base(
            "jobs",
            [to("project", "projects"), text("title")],
            list=_WORKER,
            view=_WORKER,
            create=f"{_WORKER} && project.archived = false",
            update=f"{_WORKER} && project.archived = false" + keep("project"),
            delete=mine("project.owner") + " && project.archived = false",
        ),
        base(
            "hours",
            [to("job", "jobs"), to("worker", "users"), text("note")],
            list=f"{SIGNED_IN} && (worker = {ME} || job.project.owner = {ME})",
            view=f"{SIGNED_IN} && (worker = {ME} || job.project.owner = {ME})",
            create=f"{spoofless('worker')} && job.project.workers.id ?= {ME} && job.project.archived = false",
        ),
    ],
    [
        Leak("jobs are added to archived projects", "jobs", {"create": _WORKER}),
        Leak("jobs of archived projects are changed", "jobs", {"update": _WORKER + keep("project")}),
        Leak(
            "hours in archived projects",
            "hours",
            {"create": f"{spoofless('worker')} && job.project.workers.id ?= {ME}"},
        ),
        Leak("hours in any project", "hours", {"create": f"{spoofless('worker')} && job.project.archived = false"}),
    ],
)

_NOT_BLOCKED = f"{SIGNED_IN} && blocked:each != {ME}"

FEED = Case(
    "feed",
    [
        accounts(),
        base("complaints", [to("reported", "users"), text("reason", required=True)], create=SIGNED_IN),
        base(
            "entries",
            [to("author", "users"), text("body"), to("blocked", "users", required=False, maxSelect=20)],
            list=_NOT_BLOCKED,
            view=_NOT_BLOCKED,
            create=spoofless("author"),
            update=mine("author") + keep("author"),
            delete=mine("author"),
        ),
        base(
            "pages",
            [text("title"), to("last_editor", "users")],
            list=SIGNED_IN,
            view=SIGNED_IN,
            create=spoofless("last_editor"),
            update=spoofless("last_editor"),
        ),
        base(
            "messages",
            [text("body"), text("address"), maybe("user", "users")],
            list=mine("user"),
            view=mine("user"),
            create=f"(@request.body.user:isset = false) || ({spoofless('user')})",
        ),
    ],
    [
        Leak("complaints show", "complaints", {"list": SIGNED_IN}),
        Leak("the blocked read on", "entries", {"view": SIGNED_IN}),
        Leak("pages are changed in another's name", "pages", {"update": SIGNED_IN}),
        Leak("messages in another's name", "messages", {"create": ""}),
    ],
)

CASES = [BLOG, RECIPES, MODERATION, BOOKING, EXAM, SOFT_DELETE, ARCHIVED, FEED]
