"""A veterinary practice in Finland: clinics, vets, animals with several owners, visits, prescriptions, bills."""

from __future__ import annotations

from blind_judge.app import App
from blind_judge.schema import auth, base
from blind_judge.world import FUTURE, Person, World

VET = "@request.auth.collectionName = 'laakarit'"
OWNER = "@request.auth.collectionName = 'asiakkaat'"
ON_DUTY = (
    f"{VET} && klinikka.vuorot_via_klinikka.laakari ?= @request.auth.id"
    " && klinikka.vuorot_via_klinikka.voimassa ?= true"
)
CHIP = "@request.query.siru != '' && siru = @request.query.siru"

HOOKS = """
routerAdd("GET", "/api/rokotukset/{id}", (e) => {
  const elain = $app.findRecordById("elaimet", e.request.pathValue("id"));
  const oma = elain.get("omistajat").includes(e.auth.id);
  if (!oma && e.auth.collection().name !== "laakarit") throw new ForbiddenError("Ei oikeutta.");
  const kaynnit = $app.findRecordsByFilter("kaynnit", "elain = {:id} && rokotus != ''", "", 100, 0, {id: elain.id});
  return e.json(200, kaynnit.map((kaynti) => ({rokotus: kaynti.get("rokotus"), hinta: kaynti.get("hinta")})));
}, $apis.requireAuth("laakarit", "asiakkaat"));
"""

APP = App(
    "elainklinikka",
    "Vets on duty in a clinic note visits and prescribe; owners read about their animals; a finder asks by the chip.",
    [
        base("klinikat", "nimi:text!", read=""),
        auth(
            "laakarit",
            "nimi:text",
            read=f"{VET} || {OWNER}",
            update=f"{VET} && id = @request.auth.id",
        ),
        auth(
            "asiakkaat",
            "nimi:text osoite:text",
            read=f"({OWNER} && id = @request.auth.id) || {VET}",
            create="",
            update=f"{OWNER} && id = @request.auth.id",
        ),
        base(
            "vuorot",
            "klinikka:klinikat! laakari:laakarit! taso:select(harjoittelija|vastaava) voimassa:bool",
            read=f"{VET}",
            create=f"{VET} && klinikka.vuorot_via_klinikka.laakari ?= @request.auth.id"
            " && klinikka.vuorot_via_klinikka.taso ?= 'vastaava' && taso = 'harjoittelija'",
            delete=f"{VET} && taso = 'harjoittelija' && klinikka.vuorot_via_klinikka.laakari ?= @request.auth.id"
            " && klinikka.vuorot_via_klinikka.taso ?= 'vastaava'",
            unique="klinikka,laakari",
        ),
        base(
            "elaimet",
            "nimi:text! siru:text laji:select(kissa|koira|muu) omistajat:asiakkaat/many! kadonnut:bool",
            read=f"({OWNER} && omistajat.id ?= @request.auth.id) || {VET} || (kadonnut = true && {CHIP})",
            create=f"{OWNER} && omistajat.id = @request.auth.id",
            update=f"{OWNER} && omistajat.id ?= @request.auth.id && @request.body.omistajat:changed = false",
        ),
        base(
            "kaynnit",
            "klinikka:klinikat! elain:elaimet! laakari:laakarit! aika:date! loyto:text rokotus:text hinta:number"
            " suljettu:bool",
            read=f"({ON_DUTY}) || ({OWNER} && elain.omistajat.id ?= @request.auth.id && suljettu = true)",
            create=f"{ON_DUTY} && laakari = @request.auth.id && suljettu = false",
            update=f"{ON_DUTY} && laakari = @request.auth.id && suljettu = false && @request.body.elain:changed = false"
            " && @request.body.klinikka:changed = false && @request.body.laakari:changed = false",
        ),
        base(
            "reseptit",
            "kaynti:kaynnit! laakari:laakarit! laake:text! paattyy:date! kaytetty:bool",
            read=f"({VET} && laakari = @request.auth.id)"
            f" || ({OWNER} && kaynti.elain.omistajat.id ?= @request.auth.id && paattyy > @now && kaytetty = false)",
            create=f"{VET} && laakari = @request.auth.id && kaynti.laakari = @request.auth.id && kaytetty = false",
            update=f"{VET} && laakari = @request.auth.id && @request.body.laakari:changed = false"
            " && @request.body.kaynti:changed = false",
        ),
        base(
            "laskut",
            "asiakas:asiakkaat! kaynti:kaynnit! summa:number! maksettu:bool viesti:text",
            read=f"({OWNER} && asiakas = @request.auth.id) || {VET}",
            create=f"{VET} && kaynti.laakari = @request.auth.id && maksettu = false",
            update=f"({OWNER} && asiakas = @request.auth.id && @request.body.summa:isset = false"
            " && @request.body.maksettu:isset = false && @request.body.asiakas:isset = false"
            f" && @request.body.kaynti:isset = false) || ({VET} && kaynti.laakari = @request.auth.id"
            " && @request.body.asiakas:changed = false && @request.body.kaynti:changed = false)",
        ),
    ],
    HOOKS,
)


def _duty(w: World, clinic: str, taso: str = "", voimassa: bool = True) -> Person:
    vet = w.user("laakarit")
    w.add("vuorot", klinikka=clinic, laakari=vet, taso=taso, voimassa=voimassa)
    return vet


def _animal(w: World, *owners: str, **more: object) -> str:
    return w.add("elaimet", nimi="Musti", omistajat=list(owners) or [w.user("asiakkaat")], **more)


def _visit(w: World, clinic: str, vet: str, animal: str, **more: object) -> str:
    return w.add("kaynnit", klinikka=clinic, elain=animal, laakari=vet, aika=FUTURE, rokotus="Nobivac", **more)


@APP.use
def vet_treats_an_animal(w: World) -> bool:
    clinic = w.add("klinikat", nimi="k")
    vet, owner = _duty(w, clinic), w.user("asiakkaat")
    animal = owner.create("elaimet", nimi="Musti", omistajat=[owner], siru="246")
    visit = vet.create("kaynnit", klinikka=clinic, elain=animal, laakari=vet, aika=FUTURE)
    recipe = vet.create("reseptit", kaynti=visit, laakari=vet, laake="x", paattyy=FUTURE)
    bill = vet.create("laskut", asiakas=owner, kaynti=visit, summa=5)
    closed = vet.update("kaynnit", visit, suljettu=True)
    seen = owner.sees("kaynnit", visit) and owner.sees("reseptit", recipe) and owner.sees("laskut", bill)
    return closed and seen and owner.get(f"/api/rokotukset/{animal}")[0] == 200


@APP.use
def finder_asks_by_chip(w: World) -> bool:
    return w.guest.sees("elaimet", _animal(w, siru="246", kadonnut=True), siru="246")


@APP.leak(
    "empty-equals-empty",
    "elaimet.read",
    CHIP,
    "siru = @request.query.siru",
    "A lost animal without a chip is read by everybody, with who owns it.",
)
def guest_reads_animal_without_chip(w: World) -> bool:
    return w.guest.sees("elaimet", _animal(w, kadonnut=True))


@APP.leak(
    "two-rows",
    "vuorot.create",
    "klinikka.vuorot_via_klinikka.laakari ?= @request.auth.id && klinikka.vuorot_via_klinikka.taso ?= 'vastaava'",
    "@collection.vuorot:me.laakari ?= @request.auth.id && @collection.vuorot:me.klinikka ?= klinikka"
    " && @collection.vuorot:boss.klinikka ?= klinikka && @collection.vuorot:boss.taso ?= 'vastaava'",
    "A trainee takes others on, since somebody else of the clinic is in charge of it.",
)
def trainee_takes_others_on(w: World) -> bool:
    clinic, friend = w.add("klinikat", nimi="k"), w.user("laakarit")
    _duty(w, clinic, "vastaava")
    trainee = _duty(w, clinic, "harjoittelija")
    return trainee.create("vuorot", klinikka=clinic, laakari=friend, taso="harjoittelija") != ""


@APP.leak(
    "any-vs-all",
    "elaimet.create",
    "omistajat.id = @request.auth.id",
    "omistajat.id ?= @request.auth.id",
    "An owner registers an animal in the name of others beside his own, and they are charged for it.",
)
def owner_registers_for_others(w: World) -> bool:
    owner, other = w.user("asiakkaat"), w.user("asiakkaat")
    return owner.create("elaimet", nimi="Musti", omistajat=[owner, other]) != ""


@APP.leak(
    "create-or-update",
    "laskut.update",
    " && @request.body.maksettu:isset = false",
    " && @request.body.maksetu:isset = false",
    "An owner marks a bill as paid: the field is misspelt.",
)
def owner_marks_bill_paid(w: World) -> bool:
    clinic, owner, vet = w.add("klinikat", nimi="k"), w.user("asiakkaat"), w.user("laakarit")
    visit = _visit(w, clinic, vet, _animal(w, owner))
    return owner.update("laskut", w.add("laskut", asiakas=owner, kaynti=visit, summa=5), maksettu=True)


@APP.leak(
    "sibling-lacks",
    "kaynnit.update",
    "laakari = @request.auth.id && suljettu = false",
    "laakari = @request.auth.id",
    "A vet changes a visit that is closed, which its owner has read.",
)
def vet_changes_closed_visit(w: World) -> bool:
    clinic = w.add("klinikat", nimi="k")
    vet = _duty(w, clinic)
    return vet.update("kaynnit", _visit(w, clinic, vet, _animal(w), suljettu=True), loyto="terve")


@APP.leak(
    "route",
    "hooks",
    'if (!oma && e.auth.collection().name !== "laakarit")',
    'if (e.auth.collection().name !== "laakarit" && e.auth.collection().name !== "asiakkaat")',
    "Any owner reads what was done to the animals of others.",
    also="/api/rokotukset/{id}",
)
def owner_reads_foreign_vaccinations(w: World) -> bool:
    animal = _animal(w)
    _visit(w, w.add("klinikat", nimi="k"), w.user("laakarit"), animal)
    status, rows = w.user("asiakkaat").get(f"/api/rokotukset/{animal}")
    return status == 200 and rows != []


APP.twin(
    "reseptit.read",
    " && paattyy > @now && kaytetty = false",
    " && kaytetty = false",
    "Owners see prescriptions that have run out, to ask for new ones.",
)
APP.twin("kaynnit.read", " && suljettu = true", "", "Owners read the visits of their animals before they are closed.")
