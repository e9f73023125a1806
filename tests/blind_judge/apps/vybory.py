"""An election office: stations and their officials, voters, protocols, complaints; values in Cyrillic letters."""

from __future__ import annotations

from blind_judge.app import App
from blind_judge.schema import auth, base, view
from blind_judge.world import FUTURE, PAST, Person, World

STAFF = "@request.auth.collectionName = 'sluzhaschie'"
CHAIR = f"{STAFF} && @request.auth.dolzhnost = 'председатель'"
VOTER = "@request.auth.collectionName = 'izbirateli'"

APP = App(
    "vybory",
    "Officials of a station write its protocols until they are closed; voters look themselves up and complain.",
    [
        base(
            "uchastki",
            "nazvanie:text! otkryt:date! zakryt:date!",
            read="",
            update=f"{CHAIR} && id = @request.auth.uchastok",
        ),
        auth(
            "sluzhaschie",
            "imya:text uchastok:uchastki! dolzhnost:select(наблюдатель|секретарь|председатель)!",
            read=f"{STAFF} && uchastok = @request.auth.uchastok",
            create=f"{CHAIR} && uchastok = @request.auth.uchastok && dolzhnost != 'председатель'",
            update=f"{STAFF} && id = @request.auth.id && @request.body.uchastok:changed = false"
            " && @request.body.dolzhnost:changed = false",
        ),
        auth(
            "izbirateli",
            "imya:text uchastok:uchastki! pasport:text!/hidden golosoval:bool",
            read=f"({VOTER} && id = @request.auth.id) || ({STAFF} && uchastok = @request.auth.uchastok)",
            update=f"{STAFF} && uchastok = @request.auth.uchastok && @request.auth.dolzhnost != 'наблюдатель'"
            " && golosoval = false && @request.body.uchastok:changed = false && @request.body.imya:changed = false"
            " && uchastok.otkryt <= @now && uchastok.zakryt > @now",
        ),
        base("kandidaty", "imya:text! snyat:bool", read="snyat = false", create=CHAIR),
        base(
            "protokoly",
            "uchastok:uchastki! kandidat:kandidaty! avtor:sluzhaschie! golosa:number"
            " sostoyanie:select(черновик|подписан|закрыт)!",
            read=f"({STAFF} && uchastok = @request.auth.uchastok) || sostoyanie = 'закрыт'",
            create=f"{STAFF} && @request.auth.dolzhnost != 'наблюдатель' && uchastok = @request.auth.uchastok"
            " && avtor = @request.auth.id && sostoyanie = 'черновик' && kandidat.snyat = false",
            update=f"({STAFF} && @request.auth.dolzhnost = 'секретарь' && uchastok = @request.auth.uchastok"
            " && sostoyanie = 'черновик' && @request.body.sostoyanie != 'закрыт'"
            " && @request.body.uchastok:changed = false && @request.body.avtor:changed = false"
            f" && @request.body.kandidat:changed = false) || ({CHAIR} && uchastok = @request.auth.uchastok"
            " && sostoyanie = 'подписан' && @request.body.golosa:changed = false"
            " && @request.body.uchastok:changed = false && @request.body.avtor:changed = false"
            " && @request.body.kandidat:changed = false)",
            delete=f"{STAFF} && avtor = @request.auth.id && sostoyanie = 'черновик'",
            unique="uchastok,kandidat",
        ),
        base(
            "zhaloby",
            "protokol:protokoly! zayavitel:izbirateli! tekst:text! svideteli:izbirateli/many otvet:text",
            read=f"({VOTER} && (zayavitel = @request.auth.id || svideteli.id ?= @request.auth.id))"
            f" || ({STAFF} && protokol.uchastok = @request.auth.uchastok)",
            create=f"{VOTER} && zayavitel = @request.auth.id && protokol.uchastok = @request.auth.uchastok"
            " && protokol.sostoyanie = 'закрыт' && otvet = ''",
            update=f"{CHAIR} && protokol.uchastok = @request.auth.uchastok && @request.body.zayavitel:changed = false"
            " && @request.body.tekst:changed = false && @request.body.protokol:changed = false"
            " && @request.body.svideteli:changed = false",
            delete=f"{VOTER} && zayavitel = @request.auth.id && otvet = ''",
        ),
        base(
            "dokumenty",
            "zhaloba:zhaloby!/cascade skan:file!/protected",
            read=f"({VOTER} && zhaloba.zayavitel = @request.auth.id)"
            f" || ({STAFF} && zhaloba.protokol.uchastok = @request.auth.uchastok)",
            create=f"{VOTER} && zhaloba.zayavitel = @request.auth.id && zhaloba.otvet = ''",
        ),
        view(
            "itogi",
            "SELECT p.id, p.golosa, k.imya FROM protokoly p JOIN kandidaty k ON k.id = p.kandidat"
            " WHERE p.sostoyanie = 'закрыт' AND k.snyat = FALSE",
            read="",
        ),
    ],
)


def _station(w: World, zakryt: str = FUTURE) -> str:
    return w.add("uchastki", nazvanie="u", otkryt=PAST, zakryt=zakryt)


def _official(w: World, station: str, dolzhnost: str) -> Person:
    return w.user("sluzhaschie", uchastok=station, dolzhnost=dolzhnost)


def _voter(w: World, station: str) -> Person:
    return w.user("izbirateli", uchastok=station, pasport="4509", imya="i")


def _protocol(w: World, station: str, author: str, sostoyanie: str) -> str:
    made = {"uchastok": station, "avtor": author, "golosa": 7, "sostoyanie": sostoyanie}
    return w.add("protokoly", kandidat=w.add("kandidaty", imya="k"), **made)


@APP.use
def election_is_held(w: World) -> bool:
    station = _station(w)
    chair, secretary, voter = (
        _official(w, station, "председатель"),
        _official(w, station, "секретарь"),
        _voter(w, station),
    )
    candidate = chair.create("kandidaty", imya="k")
    voted = secretary.update("izbirateli", voter, golosoval=True)
    made = {"uchastok": station, "kandidat": candidate, "avtor": secretary, "golosa": 7, "sostoyanie": "черновик"}
    protocol = secretary.create("protokoly", None, **made)
    signed = secretary.update("protokoly", protocol, sostoyanie="подписан")
    closed = chair.update("protokoly", protocol, sostoyanie="закрыт")
    complaint = voter.create("zhaloby", protokol=protocol, zayavitel=voter, tekst="t")
    answered = chair.update("zhaloby", complaint, otvet="o")
    return voted and signed and closed and complaint != "" and answered and w.guest.sees("itogi", protocol)


@APP.leak(
    "republish",
    "protokoly.update",
    " && sostoyanie = 'подписан'",
    "",
    "The chairman opens a protocol again that was closed and published.",
)
def chairman_opens_closed_protocol(w: World) -> bool:
    station = _station(w)
    chair = _official(w, station, "председатель")
    return chair.update("protokoly", _protocol(w, station, chair, "закрыт"), sostoyanie="черновик")


@APP.leak(
    "self-promotion",
    "sluzhaschie.update",
    " && @request.body.dolzhnost:changed = false",
    "",
    "An observer makes himself the chairman.",
)
def observer_becomes_chairman(w: World) -> bool:
    observer = _official(w, _station(w), "наблюдатель")
    return observer.update("sluzhaschie", observer, dolzhnost="председатель")


@APP.leak(
    "sibling-lacks",
    "izbirateli.update",
    " && uchastok.zakryt > @now",
    "",
    "Votes are noted after the station has closed.",
)
def secretary_notes_late_vote(w: World) -> bool:
    station = _station(w, zakryt=PAST)
    return _official(w, station, "секретарь").update("izbirateli", _voter(w, station), golosoval=True)


@APP.leak("hidden", "izbirateli.pasport.hidden", None, False, "Observers read the passport numbers of all voters.")
def observer_reads_passports(w: World) -> bool:
    station = _station(w)
    voter = _voter(w, station)
    return _official(w, station, "наблюдатель").view("izbirateli", voter).get("pasport") == "4509"


@APP.leak(
    "precedence",
    "protokoly.read",
    f"({STAFF} && uchastok = @request.auth.uchastok) || sostoyanie = 'закрыт'",
    f"{STAFF} && (uchastok = @request.auth.uchastok || sostoyanie != '')",
    "Officials read drafts of other stations.",
)
def official_reads_foreign_draft(w: World) -> bool:
    station = _station(w)
    draft = _protocol(w, station, _official(w, station, "секретарь"), "черновик")
    return _official(w, _station(w), "наблюдатель").sees("protokoly", draft)


@APP.leak(
    "file",
    "dokumenty.skan.protected",
    None,
    False,
    "What voters have handed in can be fetched by its address alone.",
)
def guest_fetches_document(w: World) -> bool:
    station = _station(w)
    voter = _voter(w, station)
    protocol = _protocol(w, station, _official(w, station, "секретарь"), "закрыт")
    complaint = w.add("zhaloby", protokol=protocol, zayavitel=voter, tekst="t")
    document = w.add("dokumenty", zhaloba=complaint, skan=b"x")
    return w.guest.downloads("dokumenty", document, "skan")


APP.twin(
    "protokoly.read", "sostoyanie = 'закрыт'", "sostoyanie != 'черновик'", "Protocols are public once they are signed."
)
APP.twin("kandidaty.read", "snyat = false", "", "Candidates who withdrew are listed too.")
