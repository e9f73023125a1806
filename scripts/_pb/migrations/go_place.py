"""Where the migrations of a Go project are and in which language, as its program says; and whether they get into it."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import re
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from _pb.server.go_packages import GoProgram
from _pb.server.go_program import as_run_by_go, built_data_folder, main_package, output_of, probed_program
from _pb.server.layout import Project
from _pb.server.program import Program
from pb_common import PBError
from pb_common.go_project import POCKETBASE, find_go_project
from pb_common.project import shown
from pb_common.tokens import cache_folder, write_private

# The plugin migratecmd asks before it writes a file, and names the file.
_QUESTION = re.compile(r'create migration ("(?:\\.|[^"\\])*")')
_JSVM = f"{POCKETBASE}/plugins/jsvm"
_SCRIPT = "0_probe.js"


class Place(NamedTuple):
    """A folder with migrations, and their language: js, go, or "" if neither can be told.

    `problem` is a sentence on why its files do not become part of the program, or why nothing can be told.
    """

    folder: Path
    language: str
    problem: str = ""


def data_of(folder: Path) -> Path:
    """Return where the data of a Go project's program is, without building it where that shows otherwise."""
    project = Project(folder.absolute())  # the program sees its own path as it is called
    built = built_data_folder(project)
    if built or project.data.is_dir():
        return built or project.data
    try:
        return probed_program(project).data
    except PBError:
        return project.data


@functools.cache
def go_place(folder: Path) -> Place:
    """Return where the migrations of a Go project are; the program is built and asked.

    A good answer is kept in the cache folder until a file of the program other than a migration is another.
    """
    kept = cache_folder() / "go" / f"{_key(folder)}.json"
    with contextlib.suppress(OSError, ValueError, TypeError):
        place, language = json.loads(kept.read_text("utf-8"))
        return Place(Path(place), language)
    project = Project(folder)
    try:
        main, program = main_package(project), probed_program(project)
    except PBError as error:
        return Place(folder / "migrations", "", f"The program cannot be asked where its migrations are: {error}")
    found = _asked(project, program, main) or _told_by_packages(program.data, main)
    found = found._replace(problem=found.problem or _problem(found, main))
    if not found.problem:
        with contextlib.suppress(OSError):  # without a cache it takes longer the next time
            write_private(kept, json.dumps([str(found.folder), found.language]))
    return found


def _key(folder: Path) -> str:
    """Return the digest of what an answer depends on: the code but for migrations, and the environment."""
    project = find_go_project(folder)
    root = project.folder if project else folder
    files = [path for path in sorted(root.rglob("*.go")) if not path.name[:1].isdigit()]
    digest = sha256(json.dumps([str(folder), *sorted(os.environ.items())]).encode("utf-8", "surrogateescape"))
    for path in (root / "go.mod", *files):
        with contextlib.suppress(OSError):
            details = path.stat()
            digest.update(f"{path} {details.st_size} {details.st_mtime_ns}".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()[:32]


def _asked(project: Project, program: Program, main: GoProgram) -> Place | None:
    """Return what the command `migrate` says, None where the program has none."""
    with tempfile.TemporaryDirectory(prefix="pb-asked-") as scratch:
        data = Path(scratch) / "pb_data"
        words = ["migrate", "create", "probe", f"--dir={data}"]
        found = _QUESTION.search(output_of(program.path, words, project.folder, answer="n\n"))
        if not found:
            return None
        file = Path(json.loads(found[1]))
    if file.is_absolute() and file.is_relative_to(scratch):  # it lies beside the data
        below = os.path.relpath(file.parent, scratch)
        place = Place(Path(os.path.normpath(program.data.parent / below)), file.suffix[1:])
    else:
        below = str(file.parent)
        place = Place(project.folder / as_run_by_go(program.path, below), file.suffix[1:])
    if place.language == "js" and _JSVM in main.packages and not _is_run(program.path, below):
        return place._replace(problem=_unread(place, main))
    return place


def _is_run(program: Path, below: str) -> bool:
    """Tell whether a program runs the JavaScript migrations of a folder, tried below an empty working directory.

    What cannot be tried, as for a folder with an absolute path, is taken to be so.
    """
    if Path(below).is_absolute():
        return True
    with tempfile.TemporaryDirectory(prefix="pb-asked-") as scratch:
        folder, names = Path(scratch) / below, Path(scratch) / "names.json"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _SCRIPT).write_text("migrate((app) => {}, (app) => {})\n", "utf-8")
        words = ["migrate", "create", "probe", f"--dir={Path(scratch) / 'pb_data'}"]
        output_of(program, words, Path(scratch), answer="n\n", env={"POCKETBASE_PROBE_MIGRATIONS": str(names)})
        try:
            return _SCRIPT in json.loads(names.read_text("utf-8"))
        except (OSError, ValueError):
            return True


def _unread(place: Place, main: GoProgram) -> str:
    return (
        f"The program {main.name} writes JavaScript migrations to {shown(place.folder)} but runs those of another"
        f" folder: give MigrationsDir of jsvm.Config and Dir of migratecmd.Config the same value."
    )


def _told_by_packages(data: Path, main: GoProgram) -> Place:
    """Return where migrations are that a program without the command `migrate` still applies."""
    if _is_compiled(data.parent / "migrations", main):
        return Place(data.parent / "migrations", "go")
    if _JSVM in main.packages:
        return Place(data.parent / "pb_migrations", "js")
    problem = f"The program {main.name} has no migrations that we know of: register the plugin migratecmd in it."
    return Place(data.parent / "migrations", "", problem)


def _problem(place: Place, main: GoProgram) -> str:
    """Return why the files of a folder do not become part of the program; "" if they do."""
    if place.language == "js":
        return "" if _JSVM in main.packages else _without_jsvm(place, main)
    if not place.language or _is_compiled(place.folder, main):
        return ""
    name, root = main.module
    path = os.path.relpath(place.folder.resolve(), root.resolve()).replace(os.sep, "/")
    if path.startswith(".."):
        return f"{shown(place.folder)} is outside of the module {name}, so the program {main.name} cannot contain it."
    return (
        f"Nothing compiles {shown(place.folder)} into the program, so what is in there is never applied elsewhere:"
        f' add `import _ "{name}/{path}"` to the main package ({main.name}).'
    )


def _without_jsvm(place: Place, main: GoProgram) -> str:
    return (
        f"The program {main.name} writes JavaScript migrations but does not run them:"
        f" add `jsvm.MustRegister(app, jsvm.Config{{}})` before app.Start(), or leave TemplateLang out for Go."
        f" Until then what is in {shown(place.folder)} is never applied elsewhere."
    )


def _is_compiled(folder: Path, main: GoProgram) -> bool:
    return folder.resolve() in {path.resolve() for path in main.packages.values()}
