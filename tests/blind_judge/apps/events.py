"""Event tickets: organisers and their helpers, tickets that change hands, door lists, promotion codes, drafts."""

from __future__ import annotations

from blind_judge.app import App
from blind_judge.schema import auth, base
from blind_judge.world import FUTURE, World

ORG = "@request.auth.collectionName = 'organizers'"
FAN = "@request.auth.collectionName = 'users'"
OWNS = f"{ORG} && organizer = @request.auth.id"
PREVIEW = "@request.query.preview != '' && preview = @request.query.preview"

APP = App(
    "events",
    "Organisers sell tickets for their events; fans hold them and hand them on while valid; helpers check them in.",
    [
        auth(
            "organizers",
            "name:text company:text",
            read="",
            update=f"{ORG} && id = @request.auth.id && @request.body.company:changed = false",
        ),
        auth(
            "users",
            "name:text company:text",
            read=f"{FAN} && id = @request.auth.id",
            create="",
            update=f"{FAN} && id = @request.auth.id",
        ),
        base(
            "events",
            "organizer:organizers! title:text! status:select(draft|published|cancelled)! starts:date! "
            "preview:text/hidden helpers:users/many address:text",
            read=f"status = 'published' || ({OWNS}) || ({PREVIEW})",
            create=f"{OWNS} && status = 'draft'",
            update=f"{OWNS} && @request.body.organizer:isset = false && status != 'cancelled'",
        ),
        base(
            "tickets",
            "event:events! holder:users! code:text! state:select(valid|used|void)! qr:file/protected",
            read=f"({FAN} && holder = @request.auth.id) || ({ORG} && event.organizer = @request.auth.id)"
            f" || ({ORG} && @request.auth.company != '' && event.organizer.company = @request.auth.company)",
            create=f"{ORG} && event.organizer = @request.auth.id && state = 'valid'",
            update=f"({FAN} && holder = @request.auth.id && state = 'valid' && event.starts > @now"
            " && @request.body.state:isset = false && @request.body.code:isset = false"
            " && @request.body.event:isset = false)"
            f" || ({ORG} && event.organizer = @request.auth.id && @request.body.event:isset = false"
            " && @request.body.code:isset = false && @request.body.holder:isset = false)",
            unique="code",
        ),
        base(
            "checkins",
            "ticket:tickets! helper:users! at:autodate",
            read=f"({FAN} && ticket.event.helpers.id ?= @request.auth.id)"
            f" || ({ORG} && ticket.event.organizer = @request.auth.id)",
            create=f"{FAN} && helper = @request.auth.id && ticket.event.helpers.id ?= @request.auth.id"
            " && ticket.state = 'valid'",
            unique="ticket",
        ),
        base(
            "promos",
            "event:events! code:text! until:date!",
            read=f"{ORG} && event.organizer = @request.auth.id",
            create=f"{ORG} && event.organizer = @request.auth.id",
            update=f"{ORG} && event.organizer = @request.auth.id && @request.body.event:isset = false",
        ),
        base(
            "wishes",
            "event:events! user:users! promo:text contact:email/hidden",
            read=f"({FAN} && user = @request.auth.id) || ({ORG} && event.organizer = @request.auth.id)",
            create=f"{FAN} && user = @request.auth.id && event.status = 'published' && (promo = ''"
            " || (@collection.promos.event ?= event && @collection.promos.code ?= promo"
            " && @collection.promos.until ?> @now))",
            delete=f"{FAN} && user = @request.auth.id",
            unique="event,user",
        ),
    ],
)


def _event(w: World, **more: object) -> str:
    fields = {"organizer": w.user("organizers"), "title": "t", "status": "published", "starts": FUTURE, **more}
    return w.add("events", **fields)


def _ticket(w: World, holder: str, state: str = "valid", **more: object) -> str:
    code = w.credentials()["email"]
    return w.add("tickets", event=_event(w, **more), holder=holder, code=code, state=state, qr=b"x")


@APP.use
def ticket_is_sold_handed_on_and_checked(w: World) -> bool:
    organizer, fan, friend, helper = w.user("organizers"), w.user("users"), w.user("users"), w.user("users")
    event = organizer.create("events", organizer=organizer, title="t", status="draft", starts=FUTURE, helpers=[helper])
    ticket = organizer.create("tickets", event=event, holder=fan, code=w.credentials()["email"], state="valid")
    w.add("promos", event=event, code="early", until=FUTURE)
    published = organizer.update("events", event, status="published")
    wish = friend.create("wishes", event=event, user=friend, promo="early")
    handed = fan.update("tickets", ticket, holder=friend) and friend.sees("tickets", ticket)
    return published and handed and wish != "" and helper.create("checkins", ticket=ticket, helper=helper) != ""


@APP.leak(
    "republish",
    "tickets.update",
    " && @request.body.state:isset = false && @request.body.code:isset = false && @request.body.event:isset = false)",
    " && @request.body.code:isset = false && @request.body.event:isset = false)",
    "A fan marks tickets as used or void himself, which is for the door and the organiser.",
)
def fan_writes_state(w: World) -> bool:
    fan = w.user("users")
    return fan.update("tickets", _ticket(w, fan), state="used")


@APP.leak(
    "give-away",
    "tickets.update",
    " && state = 'valid' && event.starts > @now",
    " && event.starts > @now",
    "A fan hands on a ticket that is used already.",
)
def fan_sells_used_ticket(w: World) -> bool:
    fan, victim = w.user("users"), w.user("users")
    return fan.update("tickets", _ticket(w, fan, "used"), holder=victim)


@APP.leak(
    "misspelt",
    "events.update",
    "@request.body.organizer:isset",
    "@request.body.organiser:isset",
    "An organiser foists his event on another: the rule asks for a field that does not exist.",
)
def organizer_gives_event_away(w: World) -> bool:
    organizer, victim = w.user("organizers"), w.user("organizers")
    return organizer.update("events", _event(w, organizer=organizer), organizer=victim)


@APP.leak(
    "request-key",
    "events.read",
    " && preview = @request.query.preview",
    "",
    "Anybody reads drafts by asking for any preview.",
)
def guest_previews_draft(w: World) -> bool:
    return w.guest.sees("events", _event(w, status="draft", preview="k3y"), preview="1")


@APP.leak(
    "wrong-collection",
    "tickets.read",
    "(@request.auth.collectionName = 'organizers' && @request.auth.company != '' && event",
    "(@request.auth.company != '' && event",
    "A fan who writes the name of a company into his profile reads its tickets with their codes.",
)
def fan_reads_tickets_of_company(w: World) -> bool:
    ticket = _ticket(w, w.user("users"), organizer=w.user("organizers", company="Stage Ltd"))
    fan = w.user("users")
    fan.update("users", fan, company="Stage Ltd")
    return fan.sees("tickets", ticket)


@APP.leak(
    "any-row",
    "wishes.create",
    "@collection.promos.event ?= event && ",
    "",
    "The code of one event counts for all others.",
)
def fan_uses_code_of_other_event(w: World) -> bool:
    fan = w.user("users")
    w.add("promos", event=_event(w), code="early", until=FUTURE)
    return fan.create("wishes", event=_event(w), user=fan, promo="early") != ""


@APP.leak(
    "any-vs-all",
    "checkins.create",
    "ticket.event.helpers.id ?= @request.auth.id",
    "ticket.event.helpers.id ?!= @request.auth.id",
    "Any fan checks in at an event that has some other helper.",
)
def fan_checks_in(w: World) -> bool:
    fan = w.user("users")
    ticket = _ticket(w, w.user("users"), helpers=[w.user("users")])
    return fan.create("checkins", ticket=ticket, helper=fan) != ""


@APP.leak("hidden", "wishes.contact.hidden", None, False, "Organisers read the private addresses of those who wait.")
def organizer_reads_contact(w: World) -> bool:
    organizer = w.user("organizers")
    wish = w.add("wishes", event=_event(w, organizer=organizer), user=w.user("users"), contact="me@example.com")
    return "contact" in organizer.view("wishes", wish)


@APP.leak(
    "filter",
    "events.preview.hidden",
    None,
    False,
    "Guests find out the key of a draft letter by letter, with filters on what is published.",
)
def guest_filters_by_key(w: World) -> bool:
    return w.guest.lists("events", _event(w, preview="k3y"), filter="preview ~ 'k3%'")


@APP.leak(
    "sibling-lacks",
    "checkins.create",
    " && ticket.state = 'valid'",
    "",
    "A helper lets in a ticket that is void.",
)
def helper_admits_void_ticket(w: World) -> bool:
    helper = w.user("users")
    ticket = _ticket(w, w.user("users"), "void", helpers=[helper])
    return helper.create("checkins", ticket=ticket, helper=helper) != ""


APP.twin(
    "checkins.delete", None, f"{FAN} && helper = @request.auth.id", "A helper takes back what he checked in by mistake."
)
