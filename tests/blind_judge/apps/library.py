"""A public library: branches on a map, copies, loans, reservations, fines, reading lists, a kiosk with card and PIN."""

from __future__ import annotations

from blind_judge.app import App
from blind_judge.schema import auth, base, view
from blind_judge.world import FUTURE, PAST, World

READER = "@request.auth.collectionName = 'readers'"
STAFF = "@request.auth.collectionName = 'librarians'"
CARD = (
    "@request.headers.x_card != '' && reader.card:lower = @request.headers.x_card"
    " && @request.headers.x_pin != '' && reader.pin = @request.headers.x_pin"
)
BERLIN, POTSDAM, LISBON = ({"lon": 13.4, "lat": 52.5}, {"lon": 13.06, "lat": 52.4}, {"lon": -9.1, "lat": 38.7})

APP = App(
    "library",
    "Readers borrow, reserve near their home and keep reading lists; librarians lend and fine; a kiosk shows loans.",
    [
        base("branches", "name:text! place:geoPoint", read=""),
        auth(
            "librarians",
            "name:text branch:branches! head:bool",
            read=STAFF,
            create=f"{STAFF} && @request.auth.head = true && head = false",
            update=f"{STAFF} && id = @request.auth.id && @request.body.head:changed = false"
            " && @request.body.branch:changed = false",
        ),
        auth(
            "readers",
            "name:text card:text! pin:text/hidden home:geoPoint adult:bool",
            read=f"({READER} && id = @request.auth.id) || ({STAFF})",
            create=STAFF,
            update=f"({READER} && id = @request.auth.id && @request.body.card:changed = false"
            f" && @request.body.adult:changed = false) || ({STAFF})",
            unique="card",
        ),
        base("books", "title:text! author:text adults:bool", read="", create=STAFF, update=STAFF),
        base(
            "copies",
            "book:books! branch:branches! state:select(shelf|lent|lost)!",
            read="",
            create=f"{STAFF} && branch = @request.auth.branch",
            update=f"{STAFF} && branch = @request.auth.branch && @request.body.branch:changed = false",
        ),
        base(
            "loans",
            "copy:copies! reader:readers! due:date! returned:date",
            read=f"({READER} && reader = @request.auth.id) || ({STAFF}) || ({CARD})",
            create=f"{STAFF} && copy.branch = @request.auth.branch && returned = ''"
            " && (copy.book.adults = false || reader.adult = true)",
            update=f"({STAFF} && copy.branch = @request.auth.branch && @request.body.copy:changed = false"
            f" && @request.body.reader:changed = false) || ({READER} && reader = @request.auth.id && returned = ''"
            " && due > @now && @request.body.due:isset = true && @request.body.returned:isset = false"
            " && @request.body.reader:isset = false && @request.body.copy:isset = false)",
        ),
        base(
            "reservations",
            "copy:copies! reader:readers! until:date!",
            read=f"({READER} && reader = @request.auth.id) || ({STAFF})",
            create=f"{READER} && reader = @request.auth.id && (copy.book.adults = false || @request.auth.adult = true)"
            " && geoDistance(@request.auth.home.lon, @request.auth.home.lat, copy.branch.place.lon,"
            " copy.branch.place.lat) < 50",
            delete=f"({READER} && reader = @request.auth.id) || ({STAFF})",
            unique="copy",
        ),
        base(
            "fines",
            "reader:readers! amount:number! paid:bool remark:text",
            read=f"({READER} && reader = @request.auth.id) || ({STAFF})",
            create=f"{STAFF} && paid = false",
            update=f"({STAFF} && @request.body.reader:changed = false) || ({READER} && reader = @request.auth.id"
            " && @request.body.reader:isset = false && @request.body.amount:isset = false"
            " && @request.body.paid:isset = false)",
        ),
        base(
            "lists",
            "owner:readers! title:text! public:bool books:books/many blocked:readers/many",
            read=f"({READER} && owner = @request.auth.id) || ({READER} && public = true"
            " && blocked.id != @request.auth.id)",
            create=f"{READER} && owner = @request.auth.id && @request.body.books:length <= 20",
            update=f"{READER} && owner = @request.auth.id && @request.body.owner:changed = false"
            " && @request.body.books:length <= 20",
            delete=f"{READER} && owner = @request.auth.id",
        ),
        view(
            "overdue",
            "SELECT l.id, l.due, b.title, r.name AS reader FROM loans l JOIN copies c ON c.id = l.copy"
            " JOIN books b ON b.id = c.book JOIN readers r ON r.id = l.reader WHERE l.returned = ''",
            read=STAFF,
        ),
    ],
)


def _copy(w: World, place: dict[str, float], adults: bool = False) -> str:
    branch = w.add("branches", name="b", place=place)
    return w.add("copies", book=w.add("books", title="t", adults=adults), branch=branch, state="shelf")


def _card(w: World) -> str:
    return w.credentials()["email"].split("@")[0]


def _loan(w: World, **more: object) -> dict[str, str]:
    reader = w.user("readers", card=_card(w), pin="4711", name="Secret Reader")
    loan = w.add("loans", **{"copy": _copy(w, BERLIN), "reader": reader, "due": FUTURE, **more})
    return {"reader": reader, "loan": loan}


def _kiosk(w: World, loan: str, **headers: str) -> bool:
    return w.guest.send("GET", f"/api/collections/loans/records/{loan}", None, None, **headers)[0] == 200


@APP.use
def readers_borrow_and_reserve(w: World) -> bool:
    branch = w.add("branches", name="b", place=BERLIN)
    librarian = w.user("librarians", branch=branch)
    reader = w.user("readers", card=_card(w), pin="4711", home=POTSDAM)
    book = librarian.create("books", title="t")
    copy = librarian.create("copies", book=book, branch=branch, state="shelf")
    loan = librarian.create("loans", copy=copy, reader=reader, due=FUTURE)
    reserved = reader.create("reservations", copy=copy, reader=reader, until=FUTURE)
    seen = _kiosk(w, loan, X_Card=w.value("readers", reader, "card"), X_Pin="4711")
    return reserved != "" and seen and reader.create("lists", owner=reader, title="l", books=[book]) != ""


@APP.leak(
    "request-key",
    "loans.read",
    " && reader.pin = @request.headers.x_pin",
    "",
    "At the kiosk any PIN opens the loans of a card.",
)
def guest_uses_any_pin(w: World) -> bool:
    made = _loan(w)
    return _kiosk(w, made["loan"], X_Card=w.value("readers", made["reader"], "card"), X_Pin="0000")


@APP.leak(
    "list-as-value",
    "lists.read",
    "blocked.id != @request.auth.id",
    "blocked != @request.auth.id",
    "A blocked reader reads the list: the whole list of the blocked is compared with him.",
)
def blocked_reader_reads_list(w: World) -> bool:
    owner, reader, other = (w.user("readers", card=_card(w)) for _ in range(3))
    return reader.sees("lists", w.add("lists", owner=owner, title="l", public=True, blocked=[reader, other]))


@APP.leak(
    "self-promotion",
    "readers.update",
    "&& @request.body.card:changed = false && @request.body.adult:changed = false",
    "&& @request.body.card:changed = false",
    "A child makes itself an adult and reserves what is for adults only.",
)
def child_becomes_adult(w: World) -> bool:
    child, copy = w.user("readers", card=_card(w), home=BERLIN), _copy(w, BERLIN, adults=True)
    child.update("readers", child, adult=True)
    return child.create("reservations", copy=copy, reader=child, until=FUTURE) != ""


@APP.leak(
    "sibling-lacks",
    "loans.create",
    " && (copy.book.adults = false || reader.adult = true)",
    "",
    "A book for adults is lent to a child, which could not reserve it.",
)
def librarian_lends_to_child(w: World) -> bool:
    copy, child = _copy(w, BERLIN, adults=True), w.user("readers", card=_card(w))
    librarian = w.user("librarians", branch=w.value("copies", copy, "branch"))
    return librarian.create("loans", copy=copy, reader=child, due=FUTURE) != ""


@APP.leak("view", "overdue.read", None, "@request.auth.id != ''", "Any reader reads who has borrowed which book.")
def reader_reads_who_borrows(w: World) -> bool:
    made = _loan(w)
    return w.user("readers", card=_card(w)).view("overdue", made["loan"]).get("reader") == "Secret Reader"


@APP.leak(
    "open-signup",
    "librarians.create",
    "@request.auth.collectionName = 'librarians' && @request.auth.head = true && ",
    "",
    "Anybody makes himself a librarian.",
)
def stranger_becomes_librarian(w: World) -> bool:
    return w.guest.sign_up("librarians", branch=w.add("branches", name="b")) != ""


@APP.leak(
    "create-or-update",
    "fines.update",
    " && @request.body.paid:isset = false",
    "",
    "A reader marks his fine as paid.",
)
def reader_marks_fine_paid(w: World) -> bool:
    reader = w.user("readers", card=_card(w))
    return reader.update("fines", w.add("fines", reader=reader, amount=5), paid=True)


@APP.leak(
    "republish",
    "loans.update",
    " && returned = '' && due > @now",
    " && returned = ''",
    "A reader extends a loan that is overdue already.",
)
def reader_extends_overdue(w: World) -> bool:
    made = _loan(w, due=PAST)
    reader = w.user("readers", card=_card(w))
    w.change("loans", made["loan"], reader=reader)
    return reader.update("loans", made["loan"], due=FUTURE)


@APP.leak(
    "list-as-value",
    "lists.create",
    "@request.body.books:length <= 20",
    "@request.body.books != ''",
    "A reader makes a list as long as he likes: the list is compared with a text.",
)
def reader_makes_long_list(w: World) -> bool:
    reader = w.user("readers", card=_card(w))
    books = [w.add("books", title="t") for _ in range(21)]
    return reader.create("lists", owner=reader, title="l", books=books) != ""


APP.twin(
    "copies.update", " && branch = @request.auth.branch", "", "Librarians note the copies of all branches: they travel."
)
