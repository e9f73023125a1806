"""A food bank: donors offer food, depots pack it into parcels, families fetch them with a code."""

from __future__ import annotations

from blind_judge.app import App
from blind_judge.schema import auth, base, view
from blind_judge.world import Person, World

WORKER = "@request.auth.collectionName = 'workers'"
FAMILY = "@request.auth.collectionName = 'families'"
DONOR = "@request.auth.collectionName = 'donors'"
LEAD = f"{WORKER} && @request.auth.rank = 'lead'"

HOOKS = """
routerAdd("POST", "/api/counter/{id}/collect", (e) => {
  const parcel = $app.findRecordById("parcels", e.request.pathValue("id"));
  const sent = e.requestInfo().body["code"] || "";
  if (!sent || parcel.get("code") !== sent) throw new ForbiddenError("That code is wrong.");
  parcel.set("fetched", true);
  $app.save(parcel);
  return e.json(200, {contents: parcel.get("contents")});
}, $apis.requireAuth("workers"));
"""

APP = App(
    "foodbank",
    "Donors offer food to a depot; its workers pack parcels for families that were approved; a code opens a parcel.",
    [
        base("depots", "place:text! closed:bool", read="", update=f"{LEAD} && id = @request.auth.depot"),
        auth(
            "workers",
            "name:text depot:depots! rank:select(driver|packer|lead)",
            read=f"{WORKER} && depot = @request.auth.depot",
            create=f"{LEAD} && depot = @request.auth.depot && rank != 'lead'",
            update=f"({WORKER} && id = @request.auth.id && @request.body.rank:changed = false"
            f" && @request.body.depot:changed = false) || ({LEAD} && id != @request.auth.id"
            " && depot = @request.auth.depot && rank != 'lead' && @request.body.rank != 'lead'"
            " && @request.body.depot:changed = false)",
        ),
        auth(
            "families",
            "name:text heads:number allergies:text approved:bool income:number/hidden",
            read=f"({FAMILY} && id = @request.auth.id) || ({WORKER})",
            create="approved = false",
            update=f"({FAMILY} && id = @request.auth.id && @request.body.approved:changed = false) || ({LEAD})",
        ),
        auth(
            "donors",
            "name:text phone:text",
            read=f"({DONOR} && id = @request.auth.id) || ({WORKER})",
            create="",
            update=f"{DONOR} && id = @request.auth.id",
        ),
        base(
            "donations",
            "donor:donors! depot:depots! good:text! kilos:number state:select(offered|taken|thrown)!",
            read=f"({DONOR} && donor = @request.auth.id) || ({WORKER} && depot = @request.auth.depot)",
            create=f"{DONOR} && donor = @request.auth.id && state = 'offered' && depot.closed = false",
            update=f"({DONOR} && donor = @request.auth.id && state = 'offered' && @request.body.state:changed = false"
            " && @request.body.donor:changed = false && @request.body.depot:changed = false)"
            f" || ({WORKER} && depot = @request.auth.depot && @request.body.donor:changed = false"
            " && @request.body.depot:changed = false)",
            delete=f"{DONOR} && donor = @request.auth.id && state = 'offered'",
        ),
        base(
            "parcels",
            "family:families! depot:depots! packer:workers! contents:text! ready:bool fetched:bool code:text/hidden",
            read=f"({FAMILY} && family = @request.auth.id && ready = true)"
            f" || ({WORKER} && depot = @request.auth.depot)",
            create=f"{WORKER} && depot = @request.auth.depot && packer = @request.auth.id"
            " && family.approved = true && fetched = false",
            update=f"{WORKER} && depot = @request.auth.depot && fetched = false && @request.body.family:changed = false"
            " && @request.body.depot:changed = false && @request.body.packer:changed = false",
        ),
        base(
            "remarks",
            "parcel:parcels!/cascade author:workers! text:text! private:bool",
            read=f"{WORKER} && parcel.depot = @request.auth.depot && (private = false || author = @request.auth.id)",
            create=f"{WORKER} && author = @request.auth.id && parcel.depot = @request.auth.depot"
            " && parcel.fetched = false",
            update=f"{WORKER} && author = @request.auth.id && parcel.fetched = false"
            " && @request.body.parcel:changed = false && @request.body.author:changed = false",
            delete=f"{WORKER} && author = @request.auth.id && parcel.fetched = false",
        ),
        base(
            "papers",
            "family:families!/cascade scan:file!/protected",
            read=f"({FAMILY} && family = @request.auth.id) || ({LEAD})",
            create=f"{FAMILY} && family = @request.auth.id",
            delete=f"{FAMILY} && family = @request.auth.id",
        ),
        view(
            "stock",
            "SELECT d.id, d.good, d.kilos, d.depot FROM donations d WHERE d.state = 'taken'",
            read=f"({FAMILY} && @request.auth.approved = true) || ({WORKER})",
        ),
    ],
    HOOKS,
)


def _worker(w: World, depot: str, rank: str = "packer") -> Person:
    return w.user("workers", depot=depot, rank=rank)


def _parcel(w: World, depot: str, **more: object) -> str:
    family = w.user("families", approved=True)
    packer = _worker(w, depot)
    made = {"family": family, "depot": depot, "packer": packer, "contents": "rice", "code": "1234", **more}
    return w.add("parcels", **made)


@APP.use
def food_reaches_a_family(w: World) -> bool:
    depot = w.add("depots", place="d")
    donor, family, worker = w.user("donors"), w.user("families", approved=True), _worker(w, depot)
    gift = donor.create("donations", donor=donor, depot=depot, good="rice", kilos=3, state="offered")
    taken = worker.update("donations", gift, state="taken")
    parcel = worker.create("parcels", family=family, depot=depot, packer=worker, contents="rice")
    said = worker.create("remarks", parcel=parcel, author=worker, text="heavy")
    w.change("parcels", parcel, ready=True, code="1234")
    fetched = worker.send("POST", f"/api/counter/{parcel}/collect", {"code": "1234"})[0] == 200
    return taken and said != "" and fetched and family.sees("parcels", parcel) and family.sees("stock", gift)


@APP.leak(
    "sibling-lacks",
    "remarks.create",
    " && parcel.fetched = false",
    "",
    "A remark is added to a parcel that was fetched, where none can be changed or deleted any more.",
)
def worker_remarks_after_fetching(w: World) -> bool:
    depot = w.add("depots", place="d")
    worker, parcel = _worker(w, depot), _parcel(w, depot, fetched=True)
    return worker.create("remarks", parcel=parcel, author=worker, text="late") != ""


@APP.leak(
    "create-or-update",
    "families.update",
    " && @request.body.approved:changed = false",
    "",
    "A family approves itself, which it could not when it signed up.",
)
def family_approves_itself(w: World) -> bool:
    family = w.user("families")
    return family.update("families", family, approved=True)


@APP.leak(
    "tenant-hop",
    "parcels.update",
    " && @request.body.depot:changed = false",
    "",
    "A worker hands a parcel to another depot, whose workers then read it.",
)
def worker_moves_parcel(w: World) -> bool:
    depot, other = (w.add("depots", place="d") for _ in range(2))
    parcel, there = _parcel(w, depot), _worker(w, other)
    return _worker(w, depot).update("parcels", parcel, depot=other) and there.sees("parcels", parcel)


@APP.leak(
    "republish",
    "donations.update",
    " && @request.body.state:changed = false",
    "",
    "A donor says himself that the depot has taken his food.",
)
def donor_says_taken(w: World) -> bool:
    donor, depot = w.user("donors"), w.add("depots", place="d")
    gift = w.add("donations", donor=donor, depot=depot, good="rice", state="offered")
    return donor.update("donations", gift, state="taken")


@APP.leak(
    "precedence",
    "remarks.read",
    "(private = false || author = @request.auth.id)",
    "private = false || author = @request.auth.id",
    "Who has left for another depot goes on reading what he wrote in the old one.",
)
def worker_reads_where_he_was(w: World) -> bool:
    depot, other = (w.add("depots", place="d") for _ in range(2))
    worker = _worker(w, other)
    return worker.sees("remarks", w.add("remarks", parcel=_parcel(w, depot), author=worker, text="t", private=True))


@APP.leak(
    "route",
    "hooks",
    'if (!sent || parcel.get("code") !== sent)',
    'if (parcel.get("code") && parcel.get("code") !== sent)',
    "A parcel that has no code yet is handed out for any.",
    also="/api/counter/{id}/collect",
)
def worker_collects_without_code(w: World) -> bool:
    depot = w.add("depots", place="d")
    parcel, there = _parcel(w, depot, code=""), _worker(w, w.add("depots", place="e"))
    return there.send("POST", f"/api/counter/{parcel}/collect", {"code": ""})[0] == 200


APP.twin("papers.read", LEAD, WORKER, "All who work here check the papers of families: there are few of them.")
APP.twin("depots.update", f"{LEAD} && id = @request.auth.depot", LEAD, "Leads stand in for each other.")
