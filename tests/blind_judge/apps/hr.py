"""A personnel office, with German names: employees and their superiors, salaries, leave, reviews, applicants."""

from __future__ import annotations

from blind_judge.app import App
from blind_judge.schema import auth, base
from blind_judge.world import FUTURE, Person, World

INTERN = "@request.auth.collectionName = 'mitarbeiter' && @request.auth.aktiv = true"
PERSONAL = f"{INTERN} && @request.auth.rolle = 'personal'"
BEWERBER = "@request.auth.collectionName = 'bewerber'"
SELBST = "@request.auth.collectionName = 'mitarbeiter' && mitarbeiter = @request.auth.id"
CHEF = f"{INTERN} && mitarbeiter.vorgesetzter = @request.auth.id"

APP = App(
    "hr",
    "Employees see their own papers, superiors those of their people, the personnel office all; applicants apply.",
    [
        base("abteilungen", "name:text!", read=INTERN),
        auth(
            "mitarbeiter",
            "name:text rolle:select(angestellt|leitung|personal) aktiv:bool abteilung:abteilungen"
            " vorgesetzter:mitarbeiter telefon:text",
            read=INTERN,
            create=f"{PERSONAL} && rolle != 'personal'",
            update=f"({PERSONAL} && id != @request.auth.id && @request.body.rolle != 'personal')"
            f" || ({INTERN} && id = @request.auth.id"
            " && @request.body.rolle:changed = false && @request.body.aktiv:changed = false"
            " && @request.body.abteilung:changed = false && @request.body.vorgesetzter:changed = false)",
            auth="aktiv = true",
        ),
        auth(
            "bewerber",
            "name:text rolle:text aktiv:bool",
            read=f"({BEWERBER} && id = @request.auth.id) || ({PERSONAL})",
            create="",
            update=f"{BEWERBER} && id = @request.auth.id",
        ),
        base(
            "gehaelter",
            "mitarbeiter:mitarbeiter! betrag:number! ab:date!",
            read=f"({SELBST}) || ({PERSONAL})",
            create=f"{PERSONAL} && mitarbeiter != @request.auth.id",
        ),
        base(
            "urlaube",
            "mitarbeiter:mitarbeiter! von:date! bis:date! stand:select(beantragt|genehmigt|abgelehnt)! grund:text",
            read=f"({SELBST}) || ({CHEF}) || ({PERSONAL})",
            create=f"{INTERN} && mitarbeiter = @request.auth.id && stand = 'beantragt'",
            update=f"({CHEF} && stand = 'beantragt' && mitarbeiter != @request.auth.id"
            " && @request.body.mitarbeiter:changed = false && @request.body.von:changed = false"
            " && @request.body.bis:changed = false)",
            delete=f"{SELBST} && stand = 'beantragt'",
        ),
        base(
            "beurteilungen",
            "mitarbeiter:mitarbeiter! verfasser:mitarbeiter! text:text frei:bool",
            read=f"({SELBST} && frei = true) || ({INTERN} && verfasser = @request.auth.id)"
            f" || ({INTERN} && @request.auth.rolle = 'leitung' && @request.auth.abteilung != ''"
            " && mitarbeiter.abteilung = @request.auth.abteilung && mitarbeiter != @request.auth.id)",
            create=f"{CHEF} && verfasser = @request.auth.id && mitarbeiter != @request.auth.id",
            update=f"{INTERN} && verfasser = @request.auth.id && @request.body.verfasser:changed = false"
            " && @request.body.mitarbeiter:changed = false",
        ),
        base(
            "stellen",
            "titel:text! offen:bool bis:date!",
            read=f"(offen = true && bis > @now) || ({PERSONAL})",
            create=PERSONAL,
            update=PERSONAL,
        ),
        base(
            "bewerbungen",
            "stelle:stellen! bewerber:bewerber! lebenslauf:file/protected vermerk:text/hidden",
            read=f"({BEWERBER} && bewerber = @request.auth.id) || ({PERSONAL})",
            create=f"{BEWERBER} && bewerber = @request.auth.id && stelle.offen = true && stelle.bis > @now",
            delete=f"{BEWERBER} && bewerber = @request.auth.id",
            unique="stelle,bewerber",
        ),
    ],
)


def _employee(w: World, **more: object) -> Person:
    return w.user("mitarbeiter", **{"rolle": "angestellt", "aktiv": True, **more})


def _application(w: World, bewerber: str) -> str:
    stelle = w.add("stellen", titel="t", offen=True, bis=FUTURE)
    return w.add("bewerbungen", stelle=stelle, bewerber=bewerber, lebenslauf=b"x", vermerk="no")


@APP.use
def leave_is_asked_and_granted(w: World) -> bool:
    chef = _employee(w, rolle="leitung")
    person = _employee(w, vorgesetzter=chef)
    urlaub = person.create("urlaube", mitarbeiter=person, von=FUTURE, bis=FUTURE, stand="beantragt")
    beurteilung = chef.create("beurteilungen", mitarbeiter=person, verfasser=chef, text="x", frei=True)
    granted = chef.update("urlaube", urlaub, stand="genehmigt") and person.sees("beurteilungen", beurteilung)
    office = _employee(w, rolle="personal")
    bewerber = w.user("bewerber")
    stelle = office.create("stellen", titel="t", offen=True, bis=FUTURE)
    bewerbung = bewerber.create("bewerbungen", stelle=stelle, bewerber=bewerber)
    return granted and office.sees("bewerbungen", bewerbung)


@APP.leak(
    "open-signup",
    "mitarbeiter.create",
    None,
    "rolle = 'angestellt'",
    "Anybody makes himself an account of an employee and reads the staff list.",
)
def stranger_becomes_employee(w: World) -> bool:
    colleague = _employee(w)
    stranger = w.guest.sign_up("mitarbeiter", rolle="angestellt", aktiv=True)
    if not stranger:
        return False
    body = {"identity": w.value("mitarbeiter", stranger, "email"), "password": "correct-horse-battery"}
    token = w.send("POST", "/api/collections/mitarbeiter/auth-with-password", body, "")[1]["token"]
    return w.send("GET", f"/api/collections/mitarbeiter/records/{colleague}", None, token)[0] == 200


@APP.leak(
    "self-promotion",
    "mitarbeiter.update",
    " && @request.body.vorgesetzter:changed = false",
    "",
    "An employee makes a friend his superior, who grants his leave and reads his papers.",
    also="urlaube beurteilungen",
)
def employee_chooses_superior(w: World) -> bool:
    friend, person = _employee(w), _employee(w, vorgesetzter=_employee(w))
    urlaub = w.add("urlaube", mitarbeiter=person, von=FUTURE, bis=FUTURE, stand="beantragt")
    person.update("mitarbeiter", person, vorgesetzter=friend)
    return friend.update("urlaube", urlaub, stand="genehmigt")


@APP.leak(
    "wrong-collection",
    "gehaelter.read",
    "(@request.auth.collectionName = 'mitarbeiter' && @request.auth.aktiv = true && @request.auth.rolle = 'personal')",
    "(@request.auth.aktiv = true && @request.auth.rolle = 'personal')",
    "An applicant, who writes what he likes into his role, reads all salaries.",
)
def applicant_reads_salaries(w: World) -> bool:
    gehalt = w.add("gehaelter", mitarbeiter=_employee(w), betrag=1, ab=FUTURE)
    return w.user("bewerber", rolle="personal", aktiv=True).sees("gehaelter", gehalt)


@APP.leak(
    "empty-equals-empty",
    "beurteilungen.read",
    "@request.auth.abteilung != '' && ",
    "",
    "A manager without a department reads the reviews of everybody who has none.",
)
def manager_without_department(w: World) -> bool:
    beurteilung = w.add("beurteilungen", mitarbeiter=_employee(w), verfasser=_employee(w))
    return _employee(w, rolle="leitung").sees("beurteilungen", beurteilung)


@APP.leak(
    "create-or-update",
    "urlaube.create",
    " && stand = 'beantragt'",
    "",
    "An employee enters his leave as granted already.",
)
def employee_grants_himself_leave(w: World) -> bool:
    person = _employee(w)
    return person.create("urlaube", mitarbeiter=person, von=FUTURE, bis=FUTURE, stand="genehmigt") != ""


@APP.leak(
    "anothers-name",
    "beurteilungen.create",
    " && verfasser = @request.auth.id",
    "",
    "A superior writes a review in the name of somebody else.",
)
def superior_reviews_as_another(w: World) -> bool:
    chef, other = _employee(w), _employee(w)
    person = _employee(w, vorgesetzter=chef)
    return chef.create("beurteilungen", mitarbeiter=person, verfasser=other, text="bad") != ""


@APP.leak(
    "file", "bewerbungen.lebenslauf.protected", None, False, "A stranger fetches the CV of an applicant by its address."
)
def stranger_fetches_cv(w: World) -> bool:
    return w.guest.downloads("bewerbungen", _application(w, w.user("bewerber")), "lebenslauf")


@APP.leak(
    "hidden", "bewerbungen.vermerk.hidden", None, False, "An applicant reads what the office has noted about him."
)
def applicant_reads_remark(w: World) -> bool:
    bewerber = w.user("bewerber")
    return "vermerk" in bewerber.view("bewerbungen", _application(w, bewerber))


@APP.leak("unverified", "mitarbeiter.auth", None, "", "Somebody who was dismissed goes on signing in to his papers.")
def dismissed_employee_signs_in(w: World) -> bool:
    return _employee(w, aktiv=False).signs_in()


APP.twin(
    "urlaube.read",
    "(@request.auth.collectionName = 'mitarbeiter' && @request.auth.aktiv = true && @request.auth.rolle = 'personal')",
    "(@request.auth.collectionName = 'mitarbeiter' && @request.auth.aktiv = true && @request.auth.rolle = 'personal')"
    " || (@request.auth.collectionName = 'mitarbeiter' && @request.auth.aktiv = true && stand = 'genehmigt')",
    "Everybody in the house sees who is away.",
)
