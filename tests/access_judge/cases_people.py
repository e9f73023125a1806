"""Schemas in which other records say who may: followers, the staff, a boss, a department, an invitation, a sale."""

from __future__ import annotations

from .build import ME, SIGNED_IN, Case, Leak, base, flag, keep, many, maybe, mine, number, select, spoofless, text, to
from .build import users as accounts

_FOLLOWED = f"(audience = 'followers' && author.follows_via_followed.follower ?= {ME})"
_READER = f"audience = 'everybody' || ({SIGNED_IN} && (author = {ME} || {_FOLLOWED}))"

FOLLOWERS = Case(
    "stories",
    [
        accounts(text("name"), list=SIGNED_IN, view=SIGNED_IN),
        {
            **base(
                "follows",
                [to("follower", "users"), to("followed", "users")],
                list=f"{SIGNED_IN} && (follower = {ME} || followed = {ME})",
                view=f"{SIGNED_IN} && (follower = {ME} || followed = {ME})",
                create=spoofless("follower"),
                delete=mine("follower"),
            ),
            "indexes": ["CREATE UNIQUE INDEX idx_follows ON follows (follower, followed)"],
        },
        base(
            "stories",
            [to("author", "users"), text("body"), select("audience", "followers", "everybody", "nobody")],
            list=_READER,
            view=_READER,
            create=spoofless("author"),
            update=mine("author") + keep("author"),
            delete=mine("author"),
        ),
    ],
    [
        Leak("everybody reads what is for followers", "stories", {"list": f"{SIGNED_IN}", "view": f"{SIGNED_IN}"}),
        Leak("others are made to follow", "follows", {"create": SIGNED_IN}),
    ],
)

_STAFF = f"{SIGNED_IN} && @collection.staff.user ?= {ME}"
_MANAGER = f"{SIGNED_IN} && @collection.staff:m.user ?= {ME} && @collection.staff:m.position ?= 'manager'"

STAFF = Case(
    "claims",
    [
        accounts(),
        base("staff", [to("user", "users"), select("position", "clerk", "manager")], list=_STAFF, view=_STAFF),
        base(
            "claims",
            [to("claimant", "users"), text("what"), select("state", "open", "granted", "refused")],
            list=f"({mine('claimant')}) || ({_STAFF})",
            view=f"({mine('claimant')}) || ({_STAFF})",
            create=spoofless("claimant") + " && @request.body.state = 'open'",
            update=f"({_STAFF}){keep('claimant')}",
            delete=_MANAGER,
        ),
    ],
    [
        Leak("claims of all claimants show", "claims", {"view": SIGNED_IN}),
        Leak("claimants decide themselves", "claims", {"update": f"{SIGNED_IN}{keep('claimant')}"}),
        Leak("clerks delete claims", "claims", {"delete": _STAFF}),
        Leak("everybody knows the staff", "staff", {"list": SIGNED_IN}),
    ],
)

_EXPENSE = f"{SIGNED_IN} && (employee = {ME} || employee.boss = {ME})"

APPROVAL = Case(
    "approval",
    [
        accounts(maybe("boss", "users"), create=None, update=f"id = {ME}" + keep("boss")),
        base(
            "expenses",
            [to("employee", "users"), number("amount"), select("state", "draft", "submitted", "approved")],
            list=_EXPENSE,
            view=_EXPENSE,
            create=spoofless("employee") + " && @request.body.state = 'draft'",
            update=f"{SIGNED_IN} && ((employee = {ME} && state = 'draft' && @request.body.state != 'approved')"
            f" || (employee.boss = {ME} && state = 'submitted')){keep('employee')}",
            delete=mine("employee") + " && state = 'draft'",
        ),
    ],
    [
        Leak("bosses see what is not their people's", "expenses", {"list": f"employee = {ME} || employee.boss != ''"}),
        Leak("expenses are born approved", "expenses", {"create": spoofless("employee")}),
        Leak("employees approve", "expenses", {"update": f"{_EXPENSE}{keep('employee')}"}),
        Leak("users choose their boss", "users", {"update": f"id = {ME}"}),
    ],
)

_DEPARTMENT = "@request.auth.department != '' && department = @request.auth.department"
_QUEUE = f"{SIGNED_IN} && (customer = {ME} || ({_DEPARTMENT}))"

QUEUE = Case(
    "queue",
    [
        base("departments", [text("name")], list=SIGNED_IN, view=SIGNED_IN),
        accounts(
            maybe("department", "departments"),
            create="@request.body.department:isset = false",
            update=f"id = {ME}" + keep("department"),
        ),
        base(
            "calls",
            [to("customer", "users"), to("department", "departments"), maybe("assignee", "users"), text("subject")],
            list=_QUEUE,
            view=_QUEUE,
            create=spoofless("customer") + keep("assignee"),
            update=f"{SIGNED_IN} && {_DEPARTMENT}" + keep("customer"),
        ),
    ],
    [
        Leak("calls of all departments show", "calls", {"list": SIGNED_IN}),
        Leak("users choose their department", "users", {"update": f"id = {ME}"}),
        Leak("customers change calls", "calls", {"update": _QUEUE + keep("customer")}),
        Leak("calls for other customers", "calls", {"create": SIGNED_IN + keep("assignee")}),
    ],
)

_INVITED = f"{SIGNED_IN} && (host = {ME} || invited.id ?= {ME})"

INVITED = Case(
    "invited",
    [
        accounts(),
        base(
            "parties",
            [to("host", "users"), text("title"), many("invited", "users"), flag("cancelled")],
            list=_INVITED,
            view=_INVITED,
            create=spoofless("host"),
            update=mine("host") + keep("host"),
            delete=mine("host"),
        ),
        {
            **base(
                "answers",
                [to("party", "parties"), to("user", "users"), flag("comes")],
                list=f"{SIGNED_IN} && (user = {ME} || party.host = {ME})",
                view=f"{SIGNED_IN} && (user = {ME} || party.host = {ME})",
                create=f"{spoofless('user')} && party.invited.id ?= {ME} && party.cancelled = false",
                update=mine("user") + keep("user") + keep("party"),
                delete=mine("user"),
            ),
            "indexes": ["CREATE UNIQUE INDEX idx_answers ON answers (party, user)"],
        },
    ],
    [
        Leak("everybody sees parties", "parties", {"list": SIGNED_IN}),
        Leak("the invited invite", "parties", {"update": _INVITED + keep("host")}),
        Leak("answers without an invitation", "answers", {"create": f"{spoofless('user')} && party.cancelled = false"}),
    ],
)

_SELLER = "@request.auth.account_type = 'seller'"
_OFFER = f"{SIGNED_IN} && (buyer = {ME} || listing.seller = {ME})"

MARKET = Case(
    "market",
    [
        accounts(select("account_type", "buyer", "seller"), update=f"id = {ME}" + keep("account_type")),
        base(
            "listings",
            [to("seller", "users"), text("title"), select("status", "active", "sold", "archived")],
            list=f"status != 'archived' || ({mine('seller')})",
            view=f"status != 'archived' || ({mine('seller')})",
            create=f"{spoofless('seller')} && {_SELLER}",
            update=mine("seller") + keep("seller"),
            delete=mine("seller"),
        ),
        base(
            "offers",
            [to("listing", "listings"), to("buyer", "users"), number("price"), flag("accepted")],
            list=_OFFER,
            view=_OFFER,
            create=f"{spoofless('buyer')} && listing.status = 'active' && listing.seller != {ME}{keep('accepted')}",
            update=mine("listing.seller") + keep("buyer") + keep("listing") + keep("price"),
            delete=mine("buyer") + " && accepted = false",
        ),
    ],
    [
        Leak("archived listings show", "listings", {"list": ""}),
        Leak("buyers sell", "listings", {"create": spoofless("seller")}),
        Leak("all offers show", "offers", {"view": SIGNED_IN}),
        Leak("buyers accept their offers", "offers", {"create": spoofless("buyer") + " && listing.status = 'active'"}),
        Leak("buyers change offers", "offers", {"update": _OFFER + keep("buyer") + keep("listing")}),
    ],
)

_IN_ORG = f"{SIGNED_IN} && channel.org.members_via_org.user ?= {ME}"
_OWNS_ORG = (
    f"{SIGNED_IN} && @collection.members.org ?= id && @collection.members.user ?= {ME}"
    " && @collection.members.level ?= 'owner'"
)

CHANNELS = Case(
    "channels",
    [
        accounts(),
        base(
            "orgs",
            [text("title"), flag("suspended")],
            list=f"{SIGNED_IN} && members_via_org.user ?= {ME}",
            view=f"{SIGNED_IN} && members_via_org.user ?= {ME}",
            update=_OWNS_ORG + keep("suspended"),
        ),
        base(
            "members",
            [to("org", "orgs", cascadeDelete=True), to("user", "users"), select("level", "member", "owner")],
            list=mine("user"),
            view=mine("user"),
            delete=mine("user"),
        ),
        base(
            "channels",
            [to("org", "orgs"), text("title")],
            list=f"{SIGNED_IN} && org.members_via_org.user ?= {ME}",
            view=f"{SIGNED_IN} && org.members_via_org.user ?= {ME}",
        ),
        base(
            "posts",
            [to("channel", "channels"), to("author", "users"), text("body")],
            list=f"{_IN_ORG} && channel.org.suspended = false",
            view=f"{_IN_ORG} && channel.org.suspended = false",
            create=f"{spoofless('author')} && channel.org.members_via_org.user ?= {ME}",
            delete=mine("author"),
        ),
    ],
    [
        Leak(
            "owners change the other organizations",
            "orgs",
            {"update": _OWNS_ORG.replace("members.org", "members:o.org") + keep("suspended")},
        ),
        Leak("guests see organizations without members", "orgs", {"list": f"members_via_org.user ?= {ME}"}),
        Leak("members change the organization", "orgs", {"update": f"{SIGNED_IN} && members_via_org.user ?= {ME}"}),
        Leak("members raise their level", "members", {"update": mine("user") + keep("org") + keep("user")}),
        Leak("posts of suspended organizations show", "posts", {"list": _IN_ORG}),
        Leak("posts are written from outside", "posts", {"create": spoofless("author")}),
    ],
)

CASES = [FOLLOWERS, STAFF, APPROVAL, QUEUE, INVITED, MARKET, CHANNELS]
