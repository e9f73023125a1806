"""A customer register for many companies: memberships with roles, contacts, deals, notes."""

from __future__ import annotations

from blind_judge.app import App
from blind_judge.schema import auth, base, view
from blind_judge.world import World

ME = "@request.auth.id != ''"
MEMBER = (
    f"{ME} && company.memberships_via_company.user ?= @request.auth.id"
    " && company.memberships_via_company.active ?= true"
)
MANAGER = f"{MEMBER} && company.memberships_via_company.role ?= 'manager'"
OF_A_MANAGER = (
    f"{ME} && @collection.memberships.user ?= @request.auth.id && @collection.memberships.company ?= company"
    " && @collection.memberships.role ?= 'manager' && @collection.memberships.active ?= true"
)
SAME = "@request.body.company:changed = false"

APP = App(
    "crm",
    "Each company sees its own contacts and deals; its managers say who is a member and close deals.",
    [
        auth("users", "name:text", read=ME, create="", update=f"{ME} && id = @request.auth.id"),
        base(
            "companies",
            "name:text! plan:select(free|paid)",
            read=f"{ME} && memberships_via_company.user ?= @request.auth.id && memberships_via_company.active ?= true",
        ),
        base(
            "memberships",
            "company:companies!/cascade user:users!/cascade role:select(member|manager) active:bool nick:text",
            read=f"({ME} && user = @request.auth.id) || ({MEMBER})",
            create=f"{MANAGER} && user != @request.auth.id",
            update=f"({MANAGER} && user != @request.auth.id && {SAME} && @request.body.user:changed = false)"
            f" || ({ME} && user = @request.auth.id && {SAME} && @request.body.user:changed = false"
            " && @request.body.role:changed = false && @request.body.active:changed = false)",
            delete=f"{ME} && user = @request.auth.id",
            unique="company,user",
        ),
        base(
            "contacts",
            "company:companies!/cascade name:text! mail:email facts:json",
            read=MEMBER,
            create=MEMBER,
            update=f"{MEMBER} && {SAME}",
            delete=OF_A_MANAGER,
        ),
        base(
            "deals",
            "company:companies!/cascade contact:contacts owner:users! amount:number"
            " stage:select(open|won|lost)! excluded:users/many",
            read=f"{MEMBER} && excluded.id != @request.auth.id",
            create=f"{MEMBER} && owner = @request.auth.id && stage = 'open' "
            " && (contact = '' || contact.company = company)",
            update=f"{MEMBER} && excluded.id != @request.auth.id && {SAME} && stage = 'open'"
            " && @request.body.owner:changed = false && @request.body.excluded:changed = false"
            " && (@request.body.stage:changed = false || company.memberships_via_company.role ?= 'manager')"
            " && (@request.body.contact:changed = false || @request.body.contact.company = company)",
        ),
        base(
            "notes",
            "deal:deals!/cascade author:users! text:text private:bool",
            read=f"{ME} && deal.company.memberships_via_company.user ?= @request.auth.id"
            " && deal.company.memberships_via_company.active ?= true && (private = false || author = @request.auth.id)"
            " && deal.excluded.id != @request.auth.id",
            create=f"{ME} && author = @request.auth.id && deal.excluded.id != @request.auth.id"
            " && deal.company.memberships_via_company.user ?= @request.auth.id"
            " && deal.company.memberships_via_company.active ?= true",
            update=f"{ME} && author = @request.auth.id && @request.body.author:changed = false"
            " && @request.body.deal:changed = false && deal.excluded.id != @request.auth.id"
            " && deal.company.memberships_via_company.user ?= @request.auth.id"
            " && deal.company.memberships_via_company.active ?= true",
            delete=f"{ME} && author = @request.auth.id && deal.excluded.id != @request.auth.id"
            " && deal.company.memberships_via_company.user ?= @request.auth.id"
            " && deal.company.memberships_via_company.active ?= true",
        ),
        view(
            "pipeline",
            "SELECT c.id, c.id AS company, COUNT(d.id) AS deals, SUM(d.amount) AS amount FROM companies c"
            " LEFT JOIN deals d ON d.company = c.id AND d.stage = 'open' GROUP BY c.id",
            read=f"{ME} && @collection.memberships.user ?= @request.auth.id && @collection.memberships.company ?= id"
            " && @collection.memberships.active ?= true",
        ),
    ],
)


def _company(w: World) -> str:
    return w.add("companies", name="c", plan="free")


@APP.use
def manager_invites_and_member_sells(w: World) -> bool:
    company = _company(w)
    manager, member = w.user("users"), w.user("users")
    w.add("memberships", company=company, user=manager, role="manager", active=True)
    joined = manager.create("memberships", company=company, user=member, role="member", active=True)
    contact = member.create("contacts", company=company, name="x")
    deal = member.create("deals", company=company, contact=contact, owner=member, stage="open", amount=3)
    note = manager.create("notes", deal=deal, author=manager, text="x")
    seen = member.sees("notes", note) and member.sees("pipeline", company) and member.update("deals", deal, amount=4)
    return seen and manager.update("deals", deal, stage="won") and joined != "" and manager.delete("contacts", contact)


@APP.leak(
    "join",
    "memberships.create",
    " && company.memberships_via_company.role ?= 'manager' && user != @request.auth.id",
    " || (@request.auth.id != '' && user = @request.auth.id && role = 'member')",
    "Any user makes himself a member of any company.",
)
def stranger_joins_company(w: World) -> bool:
    company, user = _company(w), w.user("users")
    user.create("memberships", company=company, user=user, role="member", active=True)
    return user.sees("companies", company)


@APP.leak(
    "self-promotion",
    "memberships.update",
    " && @request.body.role:changed = false",
    "",
    "A member makes himself manager, then deletes contacts.",
)
def member_becomes_manager(w: World) -> bool:
    company, user = _company(w), w.user("users")
    membership = w.add("memberships", company=company, user=user, role="member", active=True)
    user.update("memberships", membership, role="manager")
    return user.delete("contacts", w.add("contacts", company=company, name="x"))


@APP.leak(
    "self-promotion",
    "memberships.update",
    " && @request.body.active:changed = false",
    "",
    "A member who was put out of a company lets himself in again.",
)
def former_member_returns(w: World) -> bool:
    company, user = _company(w), w.user("users")
    membership = w.add("memberships", company=company, user=user, role="member", active=False)
    user.update("memberships", membership, active=True)
    return user.sees("companies", company)


@APP.leak(
    "any-row",
    "pipeline.read",
    " && @collection.memberships.company ?= id",
    "",
    "A member of any company reads the turnover of all others.",
)
def foreign_member_reads_pipeline(w: World) -> bool:
    user = w.user("users")
    w.add("memberships", company=_company(w), user=user, role="member", active=True)
    return user.sees("pipeline", _company(w))


@APP.leak(
    "two-rows",
    "contacts.delete",
    "@collection.memberships.role ?= 'manager' && @collection.memberships.active ?= true",
    "@collection.memberships:m.user ?= @request.auth.id && @collection.memberships:m.role ?= 'manager'"
    " && @collection.memberships:m.active ?= true",
    "A member who is manager of another company deletes contacts.",
)
def manager_elsewhere_deletes_contact(w: World) -> bool:
    company, user = _company(w), w.user("users")
    w.add("memberships", company=company, user=user, role="member", active=True)
    w.add("memberships", company=_company(w), user=user, role="manager", active=True)
    return user.delete("contacts", w.add("contacts", company=company, name="x"))


@APP.leak(
    "tenant-hop",
    "contacts.update",
    " && @request.body.company:changed = false",
    "",
    "A member moves contacts into a company of others.",
)
def member_moves_contact(w: World) -> bool:
    company, user = _company(w), w.user("users")
    w.add("memberships", company=company, user=user, role="member", active=True)
    return user.update("contacts", w.add("contacts", company=company, name="x"), company=_company(w))


@APP.leak(
    "any-vs-all",
    "deals.read",
    "excluded.id != @request.auth.id",
    "excluded.id ?!= @request.auth.id",
    "An excluded member reads the deal as soon as somebody else is excluded too.",
)
def excluded_member_reads_deal(w: World) -> bool:
    company, user, other = _company(w), w.user("users"), w.user("users")
    w.add("memberships", company=company, user=user, role="member", active=True)
    fields = {"company": company, "owner": other, "stage": "open", "excluded": [user, other]}
    return user.sees("deals", w.add("deals", **fields))


@APP.leak(
    "sibling-lacks",
    "notes.read",
    " && deal.excluded.id != @request.auth.id",
    "",
    "A member reads the notes of a deal from which he is excluded.",
)
def excluded_member_reads_notes(w: World) -> bool:
    company, user, other = _company(w), w.user("users"), w.user("users")
    w.add("memberships", company=company, user=user, role="member", active=True)
    deal = w.add("deals", company=company, owner=other, stage="open", excluded=[user])
    return user.sees("notes", w.add("notes", deal=deal, author=other, text="x"))


@APP.leak(
    "create-or-update",
    "deals.update",
    " && (@request.body.contact:changed = false || @request.body.contact.company = company)",
    "",
    "A member ties a deal to a contact of another company, which he may not when creating it.",
)
def member_ties_foreign_contact(w: World) -> bool:
    company, user = _company(w), w.user("users")
    w.add("memberships", company=company, user=user, role="member", active=True)
    deal = w.add("deals", company=company, owner=user, stage="open")
    return user.update("deals", deal, contact=w.add("contacts", company=_company(w), name="x"))


@APP.leak(
    "give-away",
    "deals.update",
    " && @request.body.owner:changed = false",
    "",
    "A member puts his deal into the name of a colleague, or takes that of another.",
)
def member_takes_deal(w: World) -> bool:
    company, user, other = _company(w), w.user("users"), w.user("users")
    w.add("memberships", company=company, user=user, role="member", active=True)
    deal = w.add("deals", company=company, owner=other, stage="open")
    return user.update("deals", deal, owner=user)


APP.twin(
    "memberships.delete",
    "user = @request.auth.id",
    "(user = @request.auth.id || (company.memberships_via_company.user ?= @request.auth.id"
    " && company.memberships_via_company.role ?= 'manager' && company.memberships_via_company.active ?= true))",
    "A manager puts members out of his company.",
)
