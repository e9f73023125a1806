"""A school's courses, with Spanish names: teachers, pupils, enrolments, hand-ins with a date, marks."""

from __future__ import annotations

from blind_judge.app import App
from blind_judge.schema import auth, base, view
from blind_judge.world import FUTURE, PAST, World

PROFE = "@request.auth.collectionName = 'profesores'"
ALUMNO = "@request.auth.collectionName = 'alumnos'"
INSCRITO = (
    "curso.inscripciones_via_curso.alumno ?= @request.auth.id && curso.inscripciones_via_curso.estado ?= 'activa'"
)
ABIERTA = "tarea.abre <= @now && tarea.cierra > @now"

APP = App(
    "courses",
    "Teachers run their courses; pupils enrol by asking, hand in while a task is open, and see their own marks.",
    [
        auth(
            "profesores",
            "nombre:text jefe:bool",
            read="@request.auth.id != ''",
            update=f"{PROFE} && id = @request.auth.id && @request.body.jefe:isset = false",
            create=f"{PROFE} && @request.auth.jefe = true && jefe = false",
        ),
        auth(
            "alumnos",
            "nombre:text tutor:email/hidden",
            read=f"({ALUMNO} && id = @request.auth.id) || {PROFE}",
            create="nombre != ''",
            update=f"{ALUMNO} && id = @request.auth.id",
        ),
        base(
            "cursos",
            "titulo:text! profesor:profesores! publicado:bool archivado:bool ayudantes:alumnos/many",
            read=f"(publicado = true && archivado = false) || ({PROFE} && profesor = @request.auth.id)",
            create=f"{PROFE} && profesor = @request.auth.id",
            update=f"{PROFE} && profesor = @request.auth.id && @request.body.profesor:changed = false",
        ),
        base(
            "inscripciones",
            "curso:cursos!/cascade alumno:alumnos! estado:select(pedida|activa|baja)!",
            read=f"({ALUMNO} && alumno = @request.auth.id) || ({PROFE} && curso.profesor = @request.auth.id)",
            create=f"{ALUMNO} && alumno = @request.auth.id && estado = 'pedida' && curso.publicado = true"
            " && curso.archivado = false",
            update=f"{PROFE} && curso.profesor = @request.auth.id && @request.body.curso:changed = false"
            " && @request.body.alumno:changed = false",
            delete=f"{ALUMNO} && alumno = @request.auth.id && estado = 'pedida'",
            unique="curso,alumno",
        ),
        base(
            "tareas",
            "curso:cursos!/cascade titulo:text! abre:date! cierra:date! solucion:file/protected",
            read=f"({ALUMNO} && {INSCRITO}) || ({PROFE} && curso.profesor = @request.auth.id)",
            create=f"{PROFE} && curso.profesor = @request.auth.id",
            update=f"{PROFE} && curso.profesor = @request.auth.id && @request.body.curso:changed = false",
        ),
        base(
            "entregas",
            "tarea:tareas!/cascade alumno:alumnos! texto:text nota:number",
            read=f"({ALUMNO} && alumno = @request.auth.id) || ({PROFE} && tarea.curso.profesor = @request.auth.id)"
            f" || ({ALUMNO} && tarea.curso.ayudantes.id ?= @request.auth.id)",
            create=f"{ALUMNO} && alumno = @request.auth.id && nota = 0 && {ABIERTA}"
            " && tarea.curso.inscripciones_via_curso.alumno ?= @request.auth.id"
            " && tarea.curso.inscripciones_via_curso.estado ?= 'activa'",
            update=f"({ALUMNO} && alumno = @request.auth.id && {ABIERTA} && @request.body.nota:isset = false"
            " && @request.body.alumno:changed = false && @request.body.tarea:changed = false"
            " && tarea.curso.inscripciones_via_curso.alumno ?= @request.auth.id"
            " && tarea.curso.inscripciones_via_curso.estado ?= 'activa')"
            f" || ({PROFE} && tarea.curso.profesor = @request.auth.id && @request.body.alumno:changed = false"
            " && @request.body.tarea:changed = false && @request.body.texto:changed = false)",
            unique="tarea,alumno",
        ),
        view(
            "catalogo",
            "SELECT c.id, c.titulo, p.nombre AS profesor FROM cursos c JOIN profesores p ON p.id = c.profesor"
            " WHERE c.publicado = TRUE AND c.archivado = FALSE",
            read="",
        ),
    ],
)


def _tarea(w: World, abre: str = PAST, cierra: str = FUTURE) -> dict[str, str]:
    profesor = w.user("profesores", nombre="p")
    curso = w.add("cursos", titulo="c", profesor=profesor, publicado=True)
    tarea = w.add("tareas", curso=curso, titulo="t", abre=abre, cierra=cierra, solucion=b"x")
    return {"profesor": profesor, "curso": curso, "tarea": tarea}


@APP.use
def a_pupil_enrols_and_hands_in(w: World) -> bool:
    profesor = w.user("profesores", nombre="p")
    curso = profesor.create("cursos", titulo="c", profesor=profesor, publicado=True)
    tarea = profesor.create("tareas", curso=curso, titulo="t", abre=PAST, cierra=FUTURE)
    alumno = w.user("alumnos", nombre="a")
    pedida = alumno.create("inscripciones", curso=curso, alumno=alumno, estado="pedida")
    accepted = profesor.update("inscripciones", pedida, estado="activa")
    entrega = alumno.create("entregas", tarea=tarea, alumno=alumno, texto="x")
    return accepted and profesor.update("entregas", entrega, nota=7) and alumno.sees("tareas", tarea)


@APP.leak("join", "inscripciones.create", " && estado = 'pedida'", "", "A pupil enrols himself without being accepted.")
def pupil_enrols_as_active(w: World) -> bool:
    made, alumno = _tarea(w), w.user("alumnos", nombre="a")
    alumno.create("inscripciones", curso=made["curso"], alumno=alumno, estado="activa")
    return alumno.sees("tareas", made["tarea"])


@APP.leak(
    "create-or-update",
    "entregas.update",
    " && @request.body.nota:isset = false",
    "",
    "A pupil gives himself a mark by changing his hand-in, which he may not when handing in.",
)
def pupil_marks_himself(w: World) -> bool:
    made, alumno = _tarea(w), w.user("alumnos", nombre="a")
    w.add("inscripciones", curso=made["curso"], alumno=alumno, estado="activa")
    entrega = w.add("entregas", tarea=made["tarea"], alumno=alumno)
    return alumno.update("entregas", entrega, nota=10)


@APP.leak(
    "misspelt",
    "profesores.update",
    "@request.body.jefe:isset",
    "@request.body.jefa:isset",
    "A teacher makes himself head: the rule asks for a field that does not exist.",
)
def teacher_becomes_head(w: World) -> bool:
    profesor = w.user("profesores", nombre="p")
    profesor.update("profesores", profesor, jefe=True)
    return profesor.sign_up("profesores", nombre="q") != ""


@APP.leak(
    "two-rows",
    "tareas.read",
    "curso.inscripciones_via_curso.alumno ?= @request.auth.id && curso.inscripciones_via_curso.estado ?= 'activa'",
    "@collection.inscripciones:yo.alumno ?= @request.auth.id && @collection.inscripciones:yo.curso ?= curso"
    " && @collection.inscripciones:ok.curso ?= curso && @collection.inscripciones:ok.estado ?= 'activa'",
    "A pupil who only asked reads the tasks, because another one is enrolled.",
)
def asking_pupil_reads_tasks(w: World) -> bool:
    made, alumno, other = _tarea(w), w.user("alumnos", nombre="a"), w.user("alumnos", nombre="b")
    w.add("inscripciones", curso=made["curso"], alumno=other, estado="activa")
    w.add("inscripciones", curso=made["curso"], alumno=alumno, estado="pedida")
    return alumno.sees("tareas", made["tarea"])


@APP.leak(
    "sibling-lacks",
    "entregas.update",
    "tarea.abre <= @now && tarea.cierra > @now && ",
    "",
    "A pupil changes his hand-in after the task was closed.",
)
def pupil_changes_late(w: World) -> bool:
    made, alumno = _tarea(w, cierra=PAST), w.user("alumnos", nombre="a")
    w.add("inscripciones", curso=made["curso"], alumno=alumno, estado="activa")
    entrega = w.add("entregas", tarea=made["tarea"], alumno=alumno, texto="early")
    return alumno.update("entregas", entrega, texto="late")


@APP.leak(
    "view",
    "catalogo.viewQuery",
    " AND c.archivado = FALSE",
    "",
    "Guests read the titles of archived courses in the catalogue.",
)
def guest_reads_archived_course(w: World) -> bool:
    profesor = w.user("profesores", nombre="p")
    curso = w.add("cursos", titulo="c", profesor=profesor, publicado=True, archivado=True)
    return w.guest.lists("catalogo", curso)


@APP.leak(
    "hidden", "alumnos.tutor.hidden", None, False, "Every teacher reads the private address of a pupil's parents."
)
def teacher_reads_tutor(w: World) -> bool:
    alumno = w.user("alumnos", nombre="a", tutor="parent@example.com")
    return "tutor" in w.user("profesores", nombre="p").view("alumnos", alumno)


@APP.leak(
    "anothers-name",
    "entregas.create",
    " && alumno = @request.auth.id",
    "",
    "A pupil hands in a blank sheet for a classmate, who then has no other try.",
)
def pupil_hands_in_for_another(w: World) -> bool:
    made, alumno, other = _tarea(w), w.user("alumnos", nombre="a"), w.user("alumnos", nombre="b")
    for person in (alumno, other):
        w.add("inscripciones", curso=made["curso"], alumno=person, estado="activa")
    return alumno.create("entregas", tarea=made["tarea"], alumno=other, texto="") != ""


@APP.leak(
    "expand",
    "alumnos.view",
    "@request.auth.collectionName = 'alumnos' && id = @request.auth.id",
    "@request.auth.collectionName = 'alumnos'",
    "A pupil reads the names of other pupils by expanding the helpers of a course.",
)
def pupil_expands_helpers(w: World) -> bool:
    helper, profesor = w.user("alumnos", nombre="Secreta"), w.user("profesores", nombre="p")
    curso = w.add("cursos", titulo="c", profesor=profesor, publicado=True, ayudantes=[helper])
    return "Secreta" in str(w.user("alumnos", nombre="a").view("cursos", curso, expand="ayudantes"))


APP.twin(
    "cursos.read",
    "(publicado = true && archivado = false)",
    "publicado = true",
    "Old courses stay in public sight; nobody can enrol in them.",
)
