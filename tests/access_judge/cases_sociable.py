"""Schemas in which users deal with each other: letters, friends, votes, courses, shared documents, tips."""

from __future__ import annotations

from .build import ME, SIGNED_IN, Case, Leak, base, date, flag, keep, many, mine, select, spoofless, text, to
from .build import users as accounts

_CORRESPONDENT = f"{SIGNED_IN} && (sender = {ME} || recipient = {ME})"

LETTERS = Case(
    "letters",
    [
        accounts(),
        base(
            "letters",
            [to("sender", "users"), to("recipient", "users"), text("body"), flag("seen")],
            list=_CORRESPONDENT,
            view=_CORRESPONDENT,
            create=spoofless("sender") + keep("seen"),
            update=mine("recipient") + keep("sender") + keep("recipient") + keep("body"),
            delete=mine("sender"),
        ),
        base(
            "links",
            [to("owner", "users"), text("token", required=True), text("body")],
            list=mine("owner"),
            view=f"({mine('owner')}) || (token != '' && token = @request.query.token)",
            create=spoofless("owner"),
            delete=mine("owner"),
        ),
    ],
    [
        Leak("senders change letters", "letters", {"update": _CORRESPONDENT + keep("sender") + keep("recipient")}),
        Leak("letters in another's name", "letters", {"create": SIGNED_IN + keep("seen")}),
        Leak("links need no token", "links", {"view": ""}),
    ],
)

_EITHER = f"{SIGNED_IN} && (from = {ME} || to = {ME})"
_ASKED = f"{mine('to')} && status = 'pending'{keep('from')}{keep('to')}"

FRIENDS = Case(
    "friends",
    [
        accounts(text("name"), list=SIGNED_IN, view=SIGNED_IN),
        base(
            "requests",
            [to("from", "users"), to("to", "users"), select("status", "pending", "accepted", "refused")],
            list=_EITHER,
            view=_EITHER,
            create=f"{spoofless('from')} && status = 'pending' && to != {ME}",
            update=_ASKED,
            delete=_EITHER,
        ),
    ],
    [
        Leak("requests are born accepted", "requests", {"create": f"{spoofless('from')} && to != {ME}"}),
        Leak("whoever asks answers", "requests", {"update": f"{_EITHER}{keep('from')}{keep('to')}"}),
    ],
)

POLLS = Case(
    "polls",
    [
        accounts(),
        base(
            "polls",
            [to("author", "users"), text("question"), date("closes", required=True)],
            list="",
            view="",
            create=spoofless("author"),
            update=mine("author") + keep("author"),
        ),
        {
            **base(
                "votes",
                [to("poll", "polls"), to("voter", "users"), select("choice", "yes", "no")],
                list=f"({mine('voter')}) || poll.closes < @now",
                view=f"({mine('voter')}) || poll.closes < @now",
                create=spoofless("voter") + " && poll.closes > @now",
                update=mine("voter") + " && poll.closes > @now" + keep("poll") + keep("voter"),
            ),
            "indexes": ["CREATE UNIQUE INDEX idx_votes ON votes (poll, voter)"],
        },
    ],
    [
        Leak("votes show too early", "votes", {"list": ""}),
        Leak("votes come too late", "votes", {"create": spoofless("voter")}),
        Leak("votes in another's name", "votes", {"create": f"{SIGNED_IN} && poll.closes > @now"}),
    ],
)

_ENROLLED = f"{SIGNED_IN} && (course.teacher = {ME} || course.enrollments_via_course.student ?= {ME})"
_PUPIL = f"{SIGNED_IN} && (student = {ME} || course.teacher = {ME})"

COURSES = Case(
    "courses",
    [
        accounts(),
        base(
            "courses",
            [to("teacher", "users"), text("title"), flag("open")],
            list=f"open = true || ({mine('teacher')})",
            view=f"open = true || ({mine('teacher')})",
            create=spoofless("teacher"),
            update=mine("teacher") + keep("teacher"),
        ),
        {
            **base(
                "enrollments",
                [to("course", "courses"), to("student", "users")],
                list=_PUPIL,
                view=_PUPIL,
                create=spoofless("student") + " && course.open = true",
                delete=_PUPIL,
            ),
            "indexes": ["CREATE UNIQUE INDEX idx_enrollments ON enrollments (course, student)"],
        },
        base(
            "lessons",
            [to("course", "courses"), text("body")],
            list=_ENROLLED,
            view=_ENROLLED,
            create=mine("course.teacher"),
            update=mine("course.teacher") + keep("course"),
            delete=mine("course.teacher"),
        ),
    ],
    [
        Leak("closed courses are joined", "enrollments", {"create": spoofless("student")}),
        Leak("lessons of all courses show", "lessons", {"list": SIGNED_IN}),
        Leak("the enrolled change lessons", "lessons", {"update": _ENROLLED + keep("course")}),
    ],
)

_EDITOR = f"({SIGNED_IN} && editors.id ?= {ME}{keep('owner')}{keep('editors')}{keep('viewers')})"
_VIEWER = f"{SIGNED_IN} && (owner = {ME} || editors.id ?= {ME} || viewers.id ?= {ME})"

DOCUMENTS = Case(
    "documents",
    [
        accounts(),
        base(
            "documents",
            [to("owner", "users"), many("editors", "users"), many("viewers", "users"), text("body")],
            list=_VIEWER,
            view=_VIEWER,
            create=spoofless("owner"),
            update=f"({mine('owner')}{keep('owner')}) || {_EDITOR}",
            delete=mine("owner"),
        ),
    ],
    [
        Leak("viewers change documents", "documents", {"update": _VIEWER + keep("owner")}),
        Leak("editors delete documents", "documents", {"delete": f"{SIGNED_IN} && editors.id ?= {ME}"}),
    ],
)

_TENANT = f"{SIGNED_IN} && @request.auth.tenant != '' && tenant = @request.auth.tenant"
_STAFF = "@request.auth.staff = true"

TIPS = Case(
    "tips",
    [
        accounts(
            flag("staff", hidden=True),
            text("tenant"),
            create=keep("tenant")[4:],
            update=f"id = {ME}" + keep("tenant"),
        ),
        base("tips", [text("body", required=True)], list=_STAFF, view=_STAFF, create="", delete=_STAFF),
        base(
            "machines",
            [text("tenant", required=True), text("name")],
            list=_TENANT,
            view=_TENANT,
            create=_TENANT,
            update=_TENANT + keep("tenant"),
        ),
    ],
    [
        Leak("all tips show", "tips", {"list": SIGNED_IN}),
        Leak("machines of all tenants show", "machines", {"view": SIGNED_IN}),
        Leak("users choose their tenant", "users", {"update": f"id = {ME}"}),
    ],
)

CASES = [LETTERS, FRIENDS, POLLS, COURSES, DOCUMENTS, TIPS]
