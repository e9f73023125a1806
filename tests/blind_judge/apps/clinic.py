"""A group of medical practices: staff with roles, patients with accounts of their own, charts with scans."""

from __future__ import annotations

from blind_judge.app import App
from blind_judge.schema import auth, base, view
from blind_judge.world import FUTURE, World

STAFF = "@request.auth.collectionName = 'staff' && @request.auth.active = true"
HERE = "@request.auth.practice != '' && practice = @request.auth.practice"
DOCTOR = f"{STAFF} && {HERE} && @request.auth.role = 'doctor'"
PATIENT = "@request.auth.collectionName = 'patients' && patient = @request.auth.id"

APP = App(
    "clinic",
    "Patients see their own appointments and charts; staff work within their practice; doctors alone write charts.",
    [
        base("practices", "name:text! city:text", read=""),
        auth(
            "staff",
            "name:text role:select(doctor|nurse|reception|admin) active:bool practice:practices",
            read="@request.auth.id != ''",
            update="@request.auth.collectionName = 'staff' && id = @request.auth.id"
            " && @request.body.role:changed = false && @request.body.active:changed = false"
            " && @request.body.practice:changed = false",
            auth="active = true",
        ),
        auth(
            "patients",
            "name:text born:date practice:practices!",
            read=f"(@request.auth.collectionName = 'patients' && id = @request.auth.id) || ({STAFF} && {HERE})",
            create=f"{STAFF} && {HERE} && @request.auth.role = 'reception'",
            update="@request.auth.collectionName = 'patients' && id = @request.auth.id"
            " && @request.body.practice:changed = false",
            auth="verified = true",
        ),
        base(
            "appointments",
            "patient:patients!/cascade doctor:staff! practice:practices! at:date! status:select(asked|fixed|done|off)!",
            read=f"({PATIENT}) || ({STAFF} && {HERE})",
            create=f"{PATIENT} && status = 'asked' && practice = @request.auth.practice && doctor.practice = practice",
            update=f"{STAFF} && {HERE} && @request.body.patient:changed = false"
            " && @request.body.practice:changed = false"
            " && (@request.body.doctor:changed = false || @request.body.doctor.practice = practice)",
        ),
        base(
            "charts",
            "patient:patients! author:staff! practice:practices note:text scan:file/protected remark:text/hidden",
            read=f"({PATIENT}) || ({STAFF} && {HERE})",
            create=f"{DOCTOR} && author = @request.auth.id && patient.practice = practice",
            update=f"{DOCTOR} && author = @request.auth.id && @request.body.author:changed = false"
            " && @request.body.patient:changed = false && @request.body.practice:changed = false",
        ),
        view(
            "waiting",
            "SELECT a.id, a.at, a.practice, p.name FROM appointments a JOIN patients p ON p.id = a.patient"
            " WHERE a.status = 'fixed'",
            read=f"{STAFF} && {HERE}",
        ),
    ],
)


def _appointment(w: World, practice: str, **more: object) -> tuple[str, str]:
    patient = w.user("patients", practice=practice, name="Secret Person")
    doctor = w.user("staff", role="doctor", active=True, practice=practice)
    fields = {"patient": patient, "doctor": doctor, "practice": practice, "at": FUTURE, "status": "fixed", **more}
    return w.add("appointments", **fields), doctor


def _chart(w: World, practice: str, **more: object) -> str:
    place = practice or w.add("practices", name="p")
    patient = w.user("patients", practice=place)
    doctor = w.user("staff", role="doctor", active=True, practice=place)
    fields = {"patient": patient, "author": doctor, "practice": practice, "note": "n", "scan": b"x", **more}
    return w.add("charts", **fields)


@APP.use
def doctor_writes_a_chart_and_the_patient_reads_it(w: World) -> bool:
    practice = w.add("practices", name="p")
    patient = w.user("patients", practice=practice)
    doctor = w.user("staff", role="doctor", active=True, practice=practice)
    chart = doctor.create("charts", patient=patient, author=doctor, practice=practice, note="x")
    appointment = patient.create(
        "appointments", patient=patient, doctor=doctor, practice=practice, at=FUTURE, status="asked"
    )
    return patient.sees("charts", chart) and doctor.update("appointments", appointment, status="fixed")


@APP.leak(
    "self-promotion",
    "staff.update",
    "&& @request.body.role:changed = false ",
    "",
    "A nurse makes herself a doctor and writes charts.",
)
def nurse_becomes_doctor(w: World) -> bool:
    practice = w.add("practices", name="p")
    nurse = w.user("staff", role="nurse", active=True, practice=practice)
    nurse.update("staff", nurse, role="doctor")
    patient = w.user("patients", practice=practice)
    return nurse.create("charts", patient=patient, author=nurse, practice=practice) != ""


@APP.leak(
    "tenant-hop",
    "patients.update",
    " && @request.body.practice:changed = false",
    "",
    "A patient moves into another practice and books its doctors.",
)
def patient_moves_practice(w: World) -> bool:
    here, there = w.add("practices", name="a"), w.add("practices", name="b")
    patient = w.user("patients", practice=here)
    doctor = w.user("staff", role="doctor", active=True, practice=there)
    patient.update("patients", patient, practice=there)
    booked = {"patient": patient, "doctor": doctor, "practice": there, "at": FUTURE, "status": "asked"}
    return patient.create("appointments", None, **booked) != ""


@APP.leak(
    "wrong-collection",
    "charts.read",
    "@request.auth.collectionName = 'staff' && @request.auth.active = true",
    "@request.auth.active != false",
    "A patient, who has a practice too, reads the charts of all its patients.",
)
def patient_reads_all_charts(w: World) -> bool:
    practice = w.add("practices", name="p")
    return w.user("patients", practice=practice).sees("charts", _chart(w, practice))


@APP.leak(
    "file", "charts.scan.protected", None, False, "Whoever has the address of a scan fetches it without signing in."
)
def stranger_fetches_scan(w: World) -> bool:
    return w.guest.downloads("charts", _chart(w, w.add("practices", name="p")), "scan")


@APP.leak(
    "view",
    "waiting.read",
    " && @request.auth.practice != '' && practice = @request.auth.practice",
    "",
    "Staff of another practice read the names of waiting patients.",
)
def foreign_nurse_reads_waiting(w: World) -> bool:
    appointment, _ = _appointment(w, w.add("practices", name="a"))
    nurse = w.user("staff", role="nurse", active=True, practice=w.add("practices", name="b"))
    return nurse.lists("waiting", appointment)


@APP.leak(
    "expand",
    "appointments.view",
    "(@request.auth.collectionName = 'patients' && patient = @request.auth.id)",
    "@request.auth.collectionName = 'patients'",
    "A patient expands the appointments of a doctor, which the list keeps from him.",
)
def patient_expands_appointments(w: World) -> bool:
    appointment, doctor = _appointment(w, w.add("practices", name="a"))
    patient = w.user("patients", practice=w.add("practices", name="b"))
    expanded = patient.view("staff", doctor, expand="appointments_via_doctor").get("expand") or {}
    return any(row["id"] == appointment for row in expanded.get("appointments_via_doctor", []))


@APP.leak(
    "anothers-name",
    "charts.create",
    " && author = @request.auth.id",
    "",
    "A doctor writes a chart in the name of a colleague.",
)
def doctor_writes_as_colleague(w: World) -> bool:
    practice = w.add("practices", name="p")
    doctor = w.user("staff", role="doctor", active=True, practice=practice)
    colleague = w.user("staff", role="doctor", active=True, practice=practice)
    patient = w.user("patients", practice=practice)
    return doctor.create("charts", patient=patient, author=colleague, practice=practice) != ""


@APP.leak(
    "empty-equals-empty",
    "charts.read",
    "@request.auth.practice != '' && ",
    "",
    "Staff without a practice read the charts that have none.",
)
def roaming_nurse_reads_stray_chart(w: World) -> bool:
    return w.user("staff", role="nurse", active=True).sees("charts", _chart(w, ""))


@APP.leak("unverified", "patients.auth", None, "", "Somebody who never confirmed his address signs in as a patient.")
def unverified_patient_signs_in(w: World) -> bool:
    return w.user("patients", practice=w.add("practices", name="p"), verified=False).signs_in()


APP.twin(
    "patients.manage",
    None,
    f"{STAFF} && {HERE} && @request.auth.role = 'admin'",
    "The admin of a practice resets the passwords of its patients.",
)
