"""Schemas whose leaks lie further off: behind a second relation, in a time, an empty secret, a role held elsewhere."""

from __future__ import annotations

from .build import (
    ME,
    SIGNED_IN,
    Case,
    Leak,
    auth,
    base,
    date,
    flag,
    keep,
    many,
    maybe,
    mine,
    number,
    select,
    spoofless,
    text,
    to,
)
from .build import users as accounts

_STUDENT_OR_TEACHER = f"{SIGNED_IN} && (student = {ME} || course.teacher = {ME})"
_IN_COURSE = f"{SIGNED_IN} && (teacher = {ME} || students.id ?= {ME})"

SCHOOL = Case(
    "school",
    [
        accounts(),
        base(
            "courses",
            [text("title"), to("teacher", "users"), many("students", "users")],
            list=_IN_COURSE,
            view=_IN_COURSE,
        ),
        base(
            "grades",
            [to("student", "users"), to("course", "courses"), number("value")],
            list=_STUDENT_OR_TEACHER,
            view=_STUDENT_OR_TEACHER,
            create=mine("course.teacher"),
            update=mine("course.teacher") + keep("student") + keep("course"),
        ),
    ],
    [
        Leak("classmates see each other's grades", "grades", {"list": f"{SIGNED_IN} && course.students.id ?= {ME}"}),
        Leak(
            "students change their grades", "grades", {"update": _STUDENT_OR_TEACHER + keep("student") + keep("course")}
        ),
        Leak("students write grades", "grades", {"create": f"{SIGNED_IN} && student = {ME}"}),
    ],
)

_ENDS = f"{SIGNED_IN} && (source.owner = {ME} || target.owner = {ME})"

WALLETS = Case(
    "wallets",
    [
        accounts(),
        base(
            "wallets",
            [to("owner", "users"), text("label"), number("balance")],
            list=mine("owner"),
            view=mine("owner"),
            create=spoofless("owner") + keep("balance"),
            update=mine("owner") + keep("owner") + keep("balance"),
        ),
        base(
            "transfers",
            [to("source", "wallets"), to("target", "wallets"), number("amount")],
            list=_ENDS,
            view=_ENDS,
            create=mine("source.owner"),
        ),
    ],
    [
        Leak("money is drawn from another's wallet", "transfers", {"create": mine("target.owner")}),
        Leak("either end may send", "transfers", {"create": _ENDS}),
        Leak("owners fill their wallets", "wallets", {"update": mine("owner") + keep("owner")}),
        Leak("wallets begin full", "wallets", {"create": spoofless("owner")}),
    ],
)

_OPEN = "poll.closes > @now"

POLLS = Case(
    "polls",
    [
        accounts(),
        base(
            "polls",
            [text("question"), to("author", "users"), date("closes")],
            list=SIGNED_IN,
            view=SIGNED_IN,
            create=spoofless("author"),
            update=mine("author") + keep("author"),
        ),
        {
            **base(
                "votes",
                [to("poll", "polls"), to("voter", "users"), select("choice", "yes", "no")],
                list=mine("voter"),
                view=mine("voter"),
                create=f"{spoofless('voter')} && {_OPEN}",
                update=f"{mine('voter')} && {_OPEN}" + keep("voter") + keep("poll"),
            ),
            "indexes": ["CREATE UNIQUE INDEX idx_votes ON votes (poll, voter)"],
        },
    ],
    [
        Leak("votes come in after the end", "votes", {"create": spoofless("voter")}),
        Leak("votes change after the end", "votes", {"update": mine("voter") + keep("voter") + keep("poll")}),
        Leak("votes for others", "votes", {"create": f"{SIGNED_IN} && {_OPEN}"}),
        Leak("votes are taken to another poll", "votes", {"update": f"{mine('voter')} && {_OPEN}" + keep("voter")}),
    ],
)

_BY_LINK = "(share_key != '' && share_key = @request.query.key)"

LINKS = Case(
    "links",
    [
        accounts(),
        base(
            "albums",
            [text("title"), to("owner", "users"), text("share_key", hidden=True)],
            list=mine("owner"),
            view=f"({mine('owner')}) || {_BY_LINK}",
            create=spoofless("owner"),
            update=mine("owner") + keep("owner"),
        ),
    ],
    [
        Leak(
            "albums without a link open to all",
            "albums",
            {"view": f"({mine('owner')}) || share_key = @request.query.key"},
        ),
        Leak("keys show", "albums", fields={"share_key": {"hidden": False}}),
        Leak("links list all albums", "albums", {"list": f"({mine('owner')}) || share_key = @request.query.key"}),
    ],
)

_FOLLOWS = f"@collection.follows.followed ?= author && @collection.follows.follower ?= {ME}"
_FOLLOWERS = f"{SIGNED_IN} && (author = {ME} || ({_FOLLOWS} && @collection.follows.accepted ?= true))"

FOLLOWERS = Case(
    "follow requests",
    [
        accounts(),
        base(
            "follows",
            [to("followed", "users"), to("follower", "users"), flag("accepted")],
            list=f"{SIGNED_IN} && (follower = {ME} || followed = {ME})",
            view=f"{SIGNED_IN} && (follower = {ME} || followed = {ME})",
            create=spoofless("follower") + " && accepted = false",
            update=mine("followed") + keep("followed") + keep("follower"),
        ),
        base(
            "stories",
            [text("body"), to("author", "users")],
            list=_FOLLOWERS,
            view=_FOLLOWERS,
            create=spoofless("author"),
        ),
    ],
    [
        Leak("who only asked sees stories", "stories", {"list": f"{SIGNED_IN} && (author = {ME} || ({_FOLLOWS}))"}),
        Leak(
            "who follows anybody sees all", "stories", {"view": f"{SIGNED_IN} && @collection.follows.follower ?= {ME}"}
        ),
        Leak("followers accept themselves", "follows", {"create": spoofless("follower")}),
        Leak(
            "askers accept their own request",
            "follows",
            {"update": mine("follower") + keep("followed") + keep("follower")},
        ),
    ],
)

_BOSS = f"{SIGNED_IN} && (employee = {ME} || employee.boss = {ME})"

STAFF = Case(
    "bosses",
    [
        accounts(maybe("boss", "users"), create=None, update=f"id = {ME}" + keep("boss")),
        base(
            "leaves",
            [to("employee", "users"), text("reason"), select("state", "asked", "granted", "refused")],
            list=_BOSS,
            view=_BOSS,
            create=spoofless("employee") + " && @request.body.state = 'asked'",
            update=mine("employee.boss") + keep("employee"),
            delete=mine("employee") + " && state = 'asked'",
        ),
    ],
    [
        Leak("employees grant their own leave", "leaves", {"update": _BOSS + keep("employee")}),
        Leak("leave begins granted", "leaves", {"create": spoofless("employee")}),
        Leak(
            "all with a boss are open", "leaves", {"view": f"{SIGNED_IN} && (employee = {ME} || employee.boss != '')"}
        ),
        Leak("employees choose their boss", "users", {"update": f"id = {ME}"}),
    ],
)

_WRITER = f"{SIGNED_IN} && author_id = {ME}"

PLAIN = Case(
    "plain ids",
    [
        accounts(),
        base(
            "snippets",
            [text("body"), text("author_id", required=True), date("deleted")],
            list=f"{_WRITER} && deleted = ''",
            view=f"{_WRITER} && deleted = ''",
            create=f"{SIGNED_IN} && @request.body.author_id = {ME}",
            update=_WRITER + " && deleted = ''" + keep("author_id"),
        ),
    ],
    [
        Leak("deleted snippets show", "snippets", {"list": _WRITER}),
        Leak("everybody reads snippets", "snippets", {"view": f"{SIGNED_IN} && deleted = ''"}),
        Leak("snippets in another's name", "snippets", {"create": SIGNED_IN}),
        Leak("snippets are given away", "snippets", {"update": f"{_WRITER} && deleted = ''"}),
    ],
)

_IN_ORG = f"{{0}}seats_via_org.user ?= {ME}"
_LIVE = f"{SIGNED_IN} && {_IN_ORG.format('channel.org.')} && channel.org.suspended = false"
_OWNER_OF = f"@collection.seats.org ?= id && @collection.seats.user ?= {ME} && @collection.seats.level ?= 'owner'"

ORGS = Case(
    "suspended",
    [
        accounts(),
        base(
            "orgs",
            [text("title"), flag("suspended")],
            list=f"{SIGNED_IN} && {_IN_ORG.format('')}",
            view=f"{SIGNED_IN} && {_IN_ORG.format('')}",
            update=f"{SIGNED_IN} && {_OWNER_OF}",
        ),
        base(
            "seats",
            [to("org", "orgs"), to("user", "users"), select("level", "member", "owner")],
            list=mine("user"),
            view=mine("user"),
            delete=mine("user"),
        ),
        base(
            "channels",
            [to("org", "orgs"), text("title")],
            list=f"{SIGNED_IN} && {_IN_ORG.format('org.')}",
            view=f"{SIGNED_IN} && {_IN_ORG.format('org.')}",
        ),
        base(
            "lines",
            [to("channel", "channels"), to("author", "users"), maybe("answers", "lines"), text("body")],
            list=_LIVE,
            view=_LIVE,
            create=f"{spoofless('author')} && {_LIVE} && (answers = '' || answers.channel = channel)",
        ),
    ],
    [
        Leak("lines of suspended organizations", "lines", {"view": _LIVE.rpartition(" && ")[0]}),
        Leak(
            "suspended organizations write",
            "lines",
            {"create": f"{spoofless('author')} && {_IN_ORG.format('channel.org.')}"},
        ),
        Leak("answers to lines elsewhere", "lines", {"create": f"{spoofless('author')} && {_LIVE}"}),
        Leak("organizations without seats are open", "orgs", {"list": _IN_ORG.format("")}),
        Leak("owners of any change all", "orgs", {"update": _OWNER_OF.replace("seats.org", "seats:a.org")}),
    ],
)

_HEAD = f"{SIGNED_IN} && employee.department.head = {ME}{keep('employee')}"
_OWN_SHEET = f"{mine('employee')} && approved = false{keep('employee')}"
_SHEETS = f"{SIGNED_IN} && (employee = {ME} || employee.department.head = {ME})"

SHEETS = Case(
    "departments",
    [
        accounts(maybe("department", "departments"), create=None, update=f"id = {ME}" + keep("department")),
        base("departments", [text("title"), maybe("head", "users")], list=SIGNED_IN, view=SIGNED_IN),
        base(
            "timesheets",
            [to("employee", "users"), text("hours"), flag("approved")],
            list=_SHEETS,
            view=_SHEETS,
            create=spoofless("employee") + keep("approved"),
            update=f"({_OWN_SHEET}{keep('approved')}) || ({_HEAD})",
            delete=f"{mine('employee')} && approved = false",
        ),
    ],
    [
        Leak("employees approve their sheets", "timesheets", {"update": f"({_OWN_SHEET}) || ({_HEAD})"}),
        Leak(
            "approved sheets change",
            "timesheets",
            {"update": f"({mine('employee')}{keep('employee')}{keep('approved')}) || ({_HEAD})"},
        ),
        Leak(
            "colleagues see sheets",
            "timesheets",
            {"list": f"{SIGNED_IN} && (employee = {ME} || employee.department = @request.auth.department)"},
        ),
    ],
)

_CONSENT = f"@collection.consents.patient ?= patient && @collection.consents.doctor ?= {ME}"
_CHART = f"{SIGNED_IN} && (patient = {ME} || ({_CONSENT} && @collection.consents.until ?> @now))"
_KEY = "device.api_key = @request.headers.x_device_key"

_READINGS = f"({mine('device.owner')}) || (device.api_key != '' && {_KEY})"

CONSENTS = Case(
    "consents",
    [
        accounts(),
        auth("doctors", [text("name")], list=SIGNED_IN, view=SIGNED_IN, update=f"id = {ME}"),
        base(
            "consents",
            [to("patient", "users"), to("doctor", "doctors"), date("until")],
            list=f"{SIGNED_IN} && (patient = {ME} || doctor = {ME})",
            view=f"{SIGNED_IN} && (patient = {ME} || doctor = {ME})",
            create=spoofless("patient"),
            delete=mine("patient"),
        ),
        base("charts", [to("patient", "users"), text("notes")], list=_CHART, view=_CHART),
        base("devices", [to("owner", "users"), text("api_key", hidden=True)], list=mine("owner"), view=mine("owner")),
        base("readings", [to("device", "devices"), number("value")], create=_READINGS),
    ],
    [
        Leak("consents that ended still count", "charts", {"view": f"{SIGNED_IN} && (patient = {ME} || ({_CONSENT}))"}),
        Leak("consent to one doctor is consent to all", "charts", {"view": "@request.auth.collectionName = 'doctors'"}),
        Leak("readings without a key", "readings", {"create": f"({mine('device.owner')}) || {_KEY}"}),
    ],
)

CASES = [SCHOOL, WALLETS, POLLS, LINKS, FOLLOWERS, STAFF, PLAIN, ORGS, SHEETS, CONSENTS]
