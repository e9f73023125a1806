"""A help desk of several organizations, whose members have a role in each: owner, agent or customer."""

from __future__ import annotations

from .build import ME, SIGNED_IN, Case, Leak, base, flag, keep, many, maybe, mine, select, text, to
from .build import users as accounts

_IN = f"{{0}}memberships_via_organization.user ?= {ME}"
_ROLE = "{0}memberships_via_organization.role ?= '{1}'"
_ORGANIZATION, _OF_TICKET = "organization.", "ticket.organization."


def _member(path: str) -> str:
    return _IN.format(path)


def _staff(path: str) -> str:
    return f"{_member(path)} && ({_ROLE.format(path, 'owner')} || {_ROLE.format(path, 'agent')})"


def _owner(path: str) -> str:
    return f"{SIGNED_IN} && {_member(path)} && {_ROLE.format(path, 'owner')}"


_OPENED = f"opened_by = {ME} && {_member(_ORGANIZATION)}"
_TICKETS = f"{SIGNED_IN} && (({_OPENED}) || ({_staff(_ORGANIZATION)}))"
_NEW = "status = 'new' && assigned_to = '' && tags:length = 0"
_CUSTOMER = f"{_member(_ORGANIZATION)} && {_ROLE.format(_ORGANIZATION, 'customer')}"
_TICKET_KEPT = keep("organization") + keep("opened_by") + keep("tags")
_CUSTOMERS_TICKET = f"{_OPENED} && status != 'solved' && @request.body.status:changed = false"
_STAFF_OF_TICKET = _staff(_OF_TICKET)
_OPENED_TICKET = f"ticket.opened_by = {ME} && {_member(_OF_TICKET)}"
_COMMENTS = f"{SIGNED_IN} && ((internal = false && {_OPENED_TICKET}) || ({_STAFF_OF_TICKET}))"
_COMMENT = (
    f"{mine('author')} && ((internal = false && {_OPENED_TICKET} && ticket.status != 'solved') || ({_STAFF_OF_TICKET}))"
)

HELP_DESK = Case(
    "help desk",
    [
        accounts(),
        base(
            "organizations",
            [text("name", required=True)],
            list=f"{SIGNED_IN} && {_member('')}",
            view=f"{SIGNED_IN} && {_member('')}",
            update=_owner(""),
        ),
        {
            **base(
                "memberships",
                [
                    to("organization", "organizations"),
                    to("user", "users"),
                    select("role", "owner", "agent", "customer"),
                ],
                list=mine("user"),
                view=mine("user"),
                create=_owner(_ORGANIZATION),
                update=_owner(_ORGANIZATION) + keep("organization") + keep("user"),
                delete=_owner(_ORGANIZATION),
            ),
            "indexes": ["CREATE UNIQUE INDEX idx_memberships ON memberships (organization, user)"],
        },
        base(
            "tags",
            [to("organization", "organizations"), text("name", required=True)],
            list=f"{SIGNED_IN} && {_member(_ORGANIZATION)}",
            view=f"{SIGNED_IN} && {_member(_ORGANIZATION)}",
            create=f"{SIGNED_IN} && {_staff(_ORGANIZATION)}",
        ),
        base(
            "tickets",
            [
                to("organization", "organizations"),
                to("opened_by", "users"),
                maybe("assigned_to", "users"),
                text("subject", required=True),
                select("status", "new", "open", "solved"),
                many("tags", "tags"),
            ],
            list=_TICKETS,
            view=_TICKETS,
            create=f"{mine('opened_by')} && {_CUSTOMER} && {_NEW}",
            update=f"{SIGNED_IN} && (({_staff(_ORGANIZATION)}) || ({_CUSTOMERS_TICKET})){_TICKET_KEPT}",
            delete=_owner(_ORGANIZATION),
        ),
        base(
            "comments",
            [to("ticket", "tickets"), to("author", "users"), text("body", required=True), flag("internal")],
            list=_COMMENTS,
            view=_COMMENTS,
            create=_COMMENT,
            delete=_owner(_OF_TICKET),
        ),
    ],
    [
        Leak("customers read internal comments", "comments", {"view": _COMMENTS.replace("internal = false && ", "")}),
        Leak("customers write internal comments", "comments", {"create": _COMMENT.replace("internal = false && ", "")}),
        Leak(
            "solved tickets are commented by customers",
            "comments",
            {"create": _COMMENT.replace(" && ticket.status != 'solved'", "")},
        ),
        Leak("tickets are opened in another's name", "tickets", {"create": f"{SIGNED_IN} && {_CUSTOMER} && {_NEW}"}),
        Leak("tickets are born solved", "tickets", {"create": f"{mine('opened_by')} && {_CUSTOMER}"}),
        Leak("tickets are opened elsewhere", "tickets", {"create": f"{mine('opened_by')} && {_NEW}"}),
        Leak("customers see all tickets", "tickets", {"view": f"{SIGNED_IN} && {_member(_ORGANIZATION)}"}),
        Leak(
            "customers solve their tickets",
            "tickets",
            {"update": f"{SIGNED_IN} && (({_staff(_ORGANIZATION)}) || ({_OPENED})){_TICKET_KEPT}"},
        ),
        Leak("agents delete tickets", "tickets", {"delete": f"{SIGNED_IN} && {_staff(_ORGANIZATION)}"}),
    ],
)

CASES = [HELP_DESK]
