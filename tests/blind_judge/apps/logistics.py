"""A parcel service, with French names: agencies, drivers, clients, dispatchers, rounds, proofs, public tracking."""

from __future__ import annotations

from blind_judge.app import App
from blind_judge.schema import auth, base
from blind_judge.world import FUTURE, PAST, World

CHAUFFEUR = "@request.auth.collectionName = 'chauffeurs'"
CLIENT = "@request.auth.collectionName = 'clients'"
REGIE = "@request.auth.collectionName = 'regulateurs'"
AGENCE = f"{REGIE} && @request.auth.agence != '' && agence = @request.auth.agence"
HIER = "strftime('%Y-%m-%d 00:00:00.000Z', 'now', '-1 days')"

HOOKS = """
routerAdd("GET", "/api/suivi/{code}", (e) => {
  const colis = $app.findFirstRecordByData("colis", "code", e.request.pathValue("code"));
  const options = JSON.parse(colis.getString("options") || "null");
  if (!options || !options.public) throw new NotFoundError("Pas de suivi.");
  return e.json(200, {code: colis.get("code"), statut: colis.get("statut")});
});

routerAdd("POST", "/api/livrer/{id}", (e) => {
  const colis = $app.findRecordById("colis", e.request.pathValue("id"));
  if (colis.get("chauffeur") !== e.auth.id) throw new ForbiddenError("Ce colis n'est pas le vôtre.");
  if (colis.get("statut") !== "route") throw new ForbiddenError("Ce colis n'est pas en route.");
  colis.set("statut", "livre");
  $app.save(colis);
  return e.json(200, {statut: "livre"});
}, $apis.requireAuth("chauffeurs"));

routerAdd("GET", "/api/etiquette/{id}", (e) => {
  const colis = $app.findRecordById("colis", e.request.pathValue("id"));
  if (colis.get("client") !== e.auth.id) throw new ForbiddenError("Ce colis n'est pas le vôtre.");
  return e.json(200, {adresse: colis.get("adresse"), code: colis.get("code")});
}, $apis.requireAuth("clients"));
"""

APP = App(
    "logistics",
    "Clients send parcels and follow them; dispatchers give them to the drivers of their agency; drivers deliver.",
    [
        base("agences", "ville:text! lieu:geoPoint", read=""),
        auth(
            "regulateurs",
            "nom:text agence:agences",
            read=REGIE,
            update=f"{REGIE} && id = @request.auth.id && @request.body.agence:changed = false",
        ),
        auth(
            "chauffeurs",
            "nom:text agence:agences! permis:file/protected actif:bool",
            read=f"({CHAUFFEUR} && id = @request.auth.id) || ({AGENCE})",
            create=AGENCE,
            update=f"({CHAUFFEUR} && id = @request.auth.id && @request.body.agence:changed = false"
            f" && @request.body.actif:changed = false) || ({AGENCE} && @request.body.agence:changed = false)",
            auth="actif = true",
        ),
        auth(
            "clients",
            "nom:text credit:number",
            read=f"({CLIENT} && id = @request.auth.id) || ({REGIE})",
            create="credit = 0",
            update=f"{CLIENT} && id = @request.auth.id && @request.body.credit:changed = false",
        ),
        base(
            "colis",
            "client:clients! agence:agences! chauffeur:chauffeurs adresse:text! code:text! options:json"
            " position:geoPoint statut:select(pret|route|livre|perdu)! preuve:file/protected",
            read=f"({CLIENT} && client = @request.auth.id) || ({CHAUFFEUR} && chauffeur = @request.auth.id)"
            f" || ({AGENCE})",
            create=f"{CLIENT} && client = @request.auth.id && statut = 'pret' && chauffeur = ''",
            update=f"({CHAUFFEUR} && chauffeur = @request.auth.id && statut = 'route'"
            " && @request.body.client:isset = false && @request.body.chauffeur:isset = false"
            " && @request.body.agence:isset = false && @request.body.code:isset = false"
            " && @request.body.adresse:isset = false && @request.body.options:isset = false)"
            f" || ({AGENCE} && @request.body.client:isset = false && @request.body.agence:isset = false"
            " && @request.body.code:isset = false && (@request.body.chauffeur:isset = false"
            " || @request.body.chauffeur.agence = agence))",
            delete=f"{CLIENT} && client = @request.auth.id && statut = 'pret'",
            unique="code",
        ),
        base(
            "etapes",
            "colis:colis!/cascade lieu:text! le:date!",
            read=f"({CLIENT} && colis.client = @request.auth.id) || ({CHAUFFEUR} && colis.chauffeur = @request.auth.id)"
            " || (@request.query.suivi != '' && colis.code = @request.query.suivi && colis.options.public = true)",
            create=f"{CHAUFFEUR} && colis.chauffeur = @request.auth.id && colis.statut = 'route'",
        ),
        base(
            "tournees",
            "chauffeur:chauffeurs! agence:agences! jour:date! colis:colis/many close:bool",
            read=f"({CHAUFFEUR} && chauffeur = @request.auth.id && jour >= {HIER}) || ({AGENCE})",
            create=f"{AGENCE} && chauffeur.agence = agence"
            " && (@request.body.colis:length = 0 || @request.body.colis.agence = agence) && close = false",
            update=f"({AGENCE} && close = false && @request.body.agence:isset = false"
            " && @request.body.chauffeur:isset = false && @request.body.colis:isset = false)",
        ),
        base(
            "incidents",
            "colis:colis! auteur:chauffeurs! gravite:select(faible|grave)! note:text",
            read=f"({CHAUFFEUR} && auteur = @request.auth.id) || ({REGIE} && @request.auth.agence != ''"
            " && colis.agence = @request.auth.agence)",
            create=f"{CHAUFFEUR} && auteur = @request.auth.id && colis.chauffeur = @request.auth.id",
        ),
    ],
    HOOKS,
)


def _colis(w: World, **more: object) -> dict[str, str]:
    agence, client = w.add("agences", ville="v"), w.user("clients")
    chauffeur = w.user("chauffeurs", agence=agence, actif=True)
    fields = {"client": client, "agence": agence, "chauffeur": chauffeur, "adresse": "12 rue Secrète", **more}
    fields = {"code": f"FR-{w.credentials()['email']}", "statut": "route", "preuve": b"x", **fields}
    return {"agence": agence, "client": client, "chauffeur": chauffeur, "colis": w.add("colis", **fields)}


@APP.use
def parcel_is_sent_and_delivered(w: World) -> bool:
    agence, client = w.add("agences", ville="v"), w.user("clients")
    chauffeur, regie = w.user("chauffeurs", agence=agence, actif=True), w.user("regulateurs", agence=agence)
    code = w.credentials()["email"]
    fields = {"client": client, "agence": agence, "adresse": "a", "code": code, "statut": "pret"}
    colis = client.create("colis", None, options={"public": True}, **fields)
    given = regie.update("colis", colis, chauffeur=chauffeur, statut="route")
    tour = regie.create("tournees", chauffeur=chauffeur, agence=agence, jour=FUTURE, colis=[colis])
    etape = chauffeur.create("etapes", colis=colis, lieu="l", le=PAST)
    followed = w.guest.sees("etapes", etape, suivi=code) and w.guest.get(f"/api/suivi/{code}")[0] == 200
    delivered = chauffeur.send("POST", f"/api/livrer/{colis}")[0] == 200
    return given and followed and delivered and chauffeur.sees("tournees", tour)


@APP.leak(
    "route",
    "hooks",
    '{code: colis.get("code"), statut: colis.get("statut")}',
    "colis",
    "Whoever follows a parcel reads the whole record with the address.",
    also="/api/suivi/{code} colis",
)
def guest_reads_address(w: World) -> bool:
    code = w.value("colis", _colis(w, options={"public": True})["colis"], "code")
    return "Secr" in str(w.guest.get(f"/api/suivi/{code}")[1])


@APP.leak(
    "route",
    "hooks",
    '  if (colis.get("chauffeur") !== e.auth.id) throw new ForbiddenError("Ce colis n\'est pas le vôtre.");\n',
    "",
    "Any driver marks the parcels of others as delivered.",
    also="/api/livrer/{id} colis",
)
def driver_delivers_foreign_parcel(w: World) -> bool:
    made, other = _colis(w), w.user("chauffeurs", agence=w.add("agences", ville="x"), actif=True)
    return other.send("POST", f"/api/livrer/{made['colis']}")[0] == 200


@APP.leak(
    "route",
    "hooks",
    'if (colis.get("client") !== e.auth.id)',
    "if (!e.auth.id)",
    "Any client prints the label of any parcel, with its address.",
    also="/api/etiquette/{id} colis",
)
def client_prints_foreign_label(w: World) -> bool:
    return "Secr" in str(w.user("clients").get(f"/api/etiquette/{_colis(w)['colis']}")[1])


@APP.leak(
    "tilde",
    "etapes.read",
    "colis.code = @request.query.suivi",
    "colis.code ~ @request.query.suivi",
    "A guest lists the stops of all parcels with two letters of their codes.",
)
def guest_guesses_code(w: World) -> bool:
    etape = w.add("etapes", colis=_colis(w, options={"public": True})["colis"], lieu="l", le=PAST)
    return w.guest.lists("etapes", etape, suivi="FR")


@APP.leak(
    "guests",
    "etapes.read",
    " && colis.options.public = true",
    "",
    "A guest follows a parcel that its sender did not make public.",
)
def guest_follows_private_parcel(w: World) -> bool:
    made = _colis(w, options={"public": False})
    etape = w.add("etapes", colis=made["colis"], lieu="l", le=PAST)
    return w.guest.sees("etapes", etape, suivi=w.value("colis", made["colis"], "code"))


@APP.leak(
    "tenant-hop",
    "chauffeurs.update",
    "(@request.auth.collectionName = 'regulateurs' && @request.auth.agence != '' && agence = @request.auth.agence"
    " && @request.body.agence:changed = false)",
    "(@request.auth.collectionName = 'regulateurs' && @request.auth.agence != '' && agence = @request.auth.agence)",
    "A dispatcher moves a driver into an agency that has nothing to do with him.",
)
def dispatcher_moves_driver(w: World) -> bool:
    made = _colis(w)
    return w.user("regulateurs", agence=made["agence"]).update(
        "chauffeurs", made["chauffeur"], agence=w.add("agences", ville="x")
    )


@APP.leak(
    "any-vs-all",
    "tournees.create",
    "@request.body.colis.agence = agence",
    "@request.body.colis.agence ?= agence",
    "A dispatcher puts a parcel of another agency on a round, next to one of his own.",
)
def dispatcher_takes_foreign_parcel(w: World) -> bool:
    mine, foreign = _colis(w), _colis(w)
    fields = {"chauffeur": mine["chauffeur"], "agence": mine["agence"], "jour": FUTURE}
    regie = w.user("regulateurs", agence=mine["agence"])
    return regie.create("tournees", None, colis=[mine["colis"], foreign["colis"]], **fields) != ""


@APP.leak(
    "sibling-lacks",
    "etapes.create",
    " && colis.statut = 'route'",
    "",
    "A driver adds stops to a parcel that has been delivered.",
)
def driver_adds_late_stop(w: World) -> bool:
    made = _colis(w, statut="livre")
    driver = w.user("chauffeurs", agence=made["agence"], actif=True)
    w.change("colis", made["colis"], chauffeur=driver)
    return driver.create("etapes", colis=made["colis"], lieu="l", le=PAST) != ""


@APP.leak(
    "guests",
    "colis.read",
    "(@request.auth.collectionName = 'chauffeurs' && chauffeur = @request.auth.id)",
    "(chauffeur = @request.auth.id)",
    "Guests read the addresses of parcels that have no driver yet.",
)
def guest_reads_waiting_parcel(w: World) -> bool:
    return w.guest.sees("colis", _colis(w, chauffeur="", statut="pret")["colis"])


@APP.leak(
    "file", "colis.preuve.protected", None, False, "Photographs of the doors of clients can be had by their address."
)
def guest_fetches_proof(w: World) -> bool:
    return w.guest.downloads("colis", _colis(w)["colis"], "preuve")


@APP.leak(
    "realtime",
    "colis.view",
    "(@request.auth.collectionName = 'clients' && client = @request.auth.id)",
    "(@request.auth.collectionName = 'clients')",
    "A client who knows the id of a parcel hears each of its changes.",
)
def client_follows_foreign_parcel(w: World) -> bool:
    colis = _colis(w)["colis"]
    return w.user("clients").hears(f"colis/{colis}", lambda: w.change("colis", colis, statut="perdu"))


@APP.leak(
    "misspelt",
    "colis.update",
    "@request.body.adresse:isset",
    "@request.body.addresse:isset",
    "A driver sends a parcel to another address: the rule asks for a field that does not exist.",
)
def driver_diverts_parcel(w: World) -> bool:
    made, driver = _colis(w), w.user("chauffeurs", agence=w.add("agences", ville="x"), actif=True)
    w.change("colis", made["colis"], chauffeur=driver)
    return driver.update("colis", made["colis"], adresse="chez moi")


APP.twin(
    "chauffeurs.manage",
    None,
    AGENCE,
    "The dispatcher of an agency gives its drivers new passwords.",
)
