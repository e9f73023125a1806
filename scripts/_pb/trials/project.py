"""The hooks and migrations of a trial: copies of a folder's, or of what a folder held at a git revision.

Hooks and migrations may call other servers. What they would send with `$http.send` goes to the trial's keeper, also
where it is meant for this machine: each copied file begins, on its first line, with what leads it there. Other ways
out of a hook (a program that it starts) find a proxy in their environment, which the keeper is as well.
"""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import tarfile
from pathlib import Path, PurePosixPath

from _pb.server.layout import Project
from pb_common import PBUsageError

HOOKS, MIGRATIONS, PUBLIC = "pb_hooks", "pb_migrations", "pb_public"
_FOLDERS = (HOOKS, MIGRATIONS, PUBLIC)
_ENTRY = (".pb.js", ".pb.ts")
_SCRIPTS = (".js", ".ts")
_GIT_SECONDS = 60

# One line each, so that the lines of the file keep their numbers. `String` is another in these scripts.
_SEND = (
    "if(!$http.isCutOff){const send=$http.send;$http.send=(asked)=>send({...asked,url:%s,"
    'headers:{...(asked.headers||{}),"X-Trial-Url":""+asked.url}});$http.isCutOff=true}'
)
# The handlers run in other engines than the one that loads the files, as texts: each of them gets the line as well.
_LOADER = (
    "if(!globalThis.__trial){globalThis.__trial=true;%(send)s;%(crons)s;(()=>{"
    "const line=%(text)s;"
    'const led=(given)=>{const text=typeof given==="string"?given:typeof given==="function"?given.toString():"";'
    'if(!text||text.includes("[native code]"))return given;'
    "return `function(...given){${line};return (${text}).apply(this,given)}`};"
    "for(const name of Object.getOwnPropertyNames(globalThis)){const bind=globalThis[name];"
    'if(/^on[A-Z]/.test(name)&&typeof bind==="function")globalThis[name]=(handler,...tags)=>bind(led(handler),...tags)}'
    "const add=routerAdd,use=routerUse,cron=cronAdd;"
    "globalThis.routerAdd=(method,path,...rest)=>add(method,path,...rest.map(led));"
    "globalThis.routerUse=(...rest)=>use(...rest.map(led));"
    "globalThis.cronAdd=(id,time,handler)=>cron(id,time,led(handler));"
    "})()}"
)
# The jobs are there, and can be run one by one, but the clock that asks which are due stands still.
_NO_CRONS = "$app.onServe().bindFunc((started)=>{started.next();$app.cron().stop()})"
_CRONS_FILE = "trial_crons.pb.js"


def copy_project(source: Path, revision: str | None, target: Path) -> None:
    """Copy the hooks, the migrations and the public files of a folder to a new one; packages of hooks are linked.

    With a `revision` they are those that git has of it. Raises PBUsageError where git does not have it.
    """
    if revision is None:
        for name in _FOLDERS:
            if (source / name).is_dir():
                shutil.copytree(source / name, target / name)
    else:
        _extract(_archive(source, revision), target)
    for name in (HOOKS, MIGRATIONS):
        (target / name).mkdir(exist_ok=True)
    packages = source / "node_modules"
    if packages.is_dir():
        try:
            (target / packages.name).symlink_to(packages.absolute(), target_is_directory=True)
        except OSError:  # Windows without the right to make links
            shutil.copytree(packages, target / packages.name)


def cut_off_scripts(target: Path, port: int, applied: set[str], *, crons: bool) -> None:
    """Lead the calls of the hooks and the pending migrations of a copied project to the port, and stop its crons.

    Migrations that are `applied` stay as they are: they do not run again, and are known by what they hold.
    """
    send = _SEND % json.dumps(f"http://127.0.0.1:{port}/")
    told = {"send": send, "text": json.dumps(send), "crons": "" if crons else _NO_CRONS}
    hooks = target / HOOKS
    if not crons:
        (hooks / _CRONS_FILE).write_text("", "utf-8")
    for path in sorted(hooks.iterdir()):
        if path.name.endswith(_ENTRY) and path.is_file():
            _begin(path, _LOADER % told)
    for path in sorted((target / MIGRATIONS).iterdir()):
        if path.suffix in _SCRIPTS and path.is_file() and path.name not in applied:
            _begin(path, send)


def _begin(path: Path, line: str) -> None:
    path.write_bytes(line.encode() + b";" + path.read_bytes())


def has_project(folder: Path) -> bool:
    """Tell whether a folder has anything that a trial could run."""
    return Project(folder).is_go or any((folder / name).is_dir() for name in _FOLDERS)


def require_project(folder: Path, given: str | None) -> None:
    """Raise PBUsageError for a folder that was named and has neither hooks nor migrations."""
    if given is None:
        return
    if not folder.is_dir() or not has_project(folder):
        raise PBUsageError(
            f"--project is {given!r}, which has no {HOOKS}, {MIGRATIONS} or {PUBLIC}.",
            hint="Name the folder that they are in.",
            code="unreadable_file",
        )


def _archive(source: Path, revision: str) -> bytes:
    """Return what git has of a folder at a revision, as a tar; raise PBUsageError if it has not."""
    if revision.startswith("-") or not revision.strip():
        raise _no_revision(source, revision, "that is no name of one")
    top = _git(["rev-parse", "--show-toplevel", "--show-prefix"], source)
    if top.returncode != 0:
        raise _no_revision(source, revision, _last_words(top.stderr))
    root, prefix = [*top.stdout.decode("utf-8", "surrogateescape").split("\n"), ""][:2]
    # From the top: in a folder that git has no file of now, it archives nothing.
    done = _git(["archive", "--format=tar", f"{revision}:{prefix.rstrip('/')}"], Path(root))
    if done.returncode != 0:
        raise _no_revision(source, revision, _last_words(done.stderr))
    return done.stdout


def _git(words: list[str], folder: Path) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            ["git", *words], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=_GIT_SECONDS
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise PBUsageError(
            f"--revision needs git, which cannot be run: {error}.", hint="Install it, or name a folder: --project DIR"
        ) from error


def _last_words(said: bytes) -> str:
    return "".join(said.decode("utf-8", "replace").strip().splitlines()[-1:])


def _no_revision(source: Path, revision: str, reason: str) -> PBUsageError:
    return PBUsageError(
        f"--revision is {revision!r}, which git does not have of {source}: {reason}.",
        hint="Name a commit, a branch or a tag of the repository that the project is in.",
        code="unreadable_file",
    )


def _extract(archive: bytes, target: Path) -> None:
    """Write the project's folders of a tar; nothing but plain files, and none outside of the target."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as bundle:
        for entry in bundle:
            parts = PurePosixPath(entry.name).parts
            if not entry.isfile() or not parts or parts[0] not in _FOLDERS or ".." in parts:
                continue
            path = target.joinpath(*parts)
            path.parent.mkdir(parents=True, exist_ok=True)
            stream = bundle.extractfile(entry)
            if stream:
                path.write_bytes(stream.read())
