"""What is wrong with the Go code of a project that embeds PocketBase: by its text, and by what the compiler says."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from _pb.languages.go import NAME, TEXT, Token, package_of, registers_migrations, tokens_of
from _pb.languages.go_ways import has_call
from _pb.lint.output import NOTHING as NOTHING
from _pb.lint.output import Shown, outcome
from _pb.lint.scripts import folder_of
from _pb.lint.silence import Silences, of_lines
from pb_common import Client, Outcome, PBUsageError
from pb_common.go_project import POCKETBASE, find_go_project

if TYPE_CHECKING:
    from _pb.lint.go_mistakes import GoMistake

_SAID = re.compile(r"(?:vet: )?(?P<file>[^\s:]+\.go):(?P<line>\d+):(?:\d+:)? (?P<message>.+)")
# Vet calls the compiler, and the first time it compiles all of PocketBase.
_SECONDS = 600
_LARGEST = 1 << 20


class _File(NamedTuple):
    path: Path
    text: str
    tokens: list[Token]


def lint_go(client: Client, args: argparse.Namespace) -> Outcome:
    """Return what is wrong with the Go files of a folder that import PocketBase, and what `go vet` says of them.

    Raises PBUsageError where no such file is.
    """
    folder = folder_of(args.dir, ".")
    return outcome(client, args, go_findings(client, folder))


def go_findings(client: Client, folder: Path) -> list[Shown]:
    """Return what is wrong with the Go code of a folder."""
    from _pb.lint.go_mistakes import go_mistakes, handlers_by_name
    from _pb.lint.go_statements import route_mistakes, statement_mistakes
    from _pb.lint.go_steps import step_mistakes

    files = list(_read(client, folder))
    if not any(_uses_pocketbase(file) for file in files):
        raise PBUsageError(
            f"No Go file in {str(folder)!r} imports PocketBase, so that nothing is judged.",
            hint="Name the folder of the Go module as the last word.",
            code="unreadable_file",
        )
    handlers = {name for file in files for name in handlers_by_name(file.tokens)}
    found = [(file, one) for file in files for one in go_mistakes(file.tokens, handlers)]
    found += [(file, one) for file in files for one in statement_mistakes(file.tokens)]
    found += [(file, one) for file in files for one in step_mistakes(file.tokens)]
    found += [(files[number], one) for number, one in route_mistakes(file.tokens for file in files)]
    found += list(_of_migrations(folder, files))
    known = {(file.path.resolve(), one.line) for file, one in found}
    found += [
        (file, one) for file, one in _compiled(client, folder, files) if (file.path.resolve(), one.line) not in known
    ]
    return [shown for file in files for shown in _shown(file, [one for of, one in found if of is file])]


def _read(client: Client, folder: Path) -> Iterator[_File]:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(
            name for name in folders if name not in ("vendor", "node_modules", "testdata") and name[0] != "."
        )
        for name in sorted(names):
            path = Path(root, name)
            if not name.endswith(".go"):
                continue
            try:
                if path.stat().st_size > _LARGEST:
                    client.warn(f"{path} is larger than {_LARGEST >> 10} KB, and was not read.")
                    continue
                text = path.read_text("utf-8")
            except (OSError, UnicodeDecodeError) as error:
                client.warn(f"{path} was not read: {error}.")
                continue
            yield _File(path, text, list(tokens_of(text)))


def _uses_pocketbase(file: _File) -> bool:
    return any(token.kind == TEXT and token.text.startswith(POCKETBASE) for token in file.tokens)


def _of_migrations(folder: Path, files: list[_File]) -> Iterator[tuple[_File, GoMistake]]:
    """Yield the migrations that never run: those that are not registered, and those that nothing compiles."""
    from _pb.lint.go_mistakes import GoMistake

    places = {file.path.parent for file in files if registers_migrations(file.text)}
    for file in files:
        package = package_of(file.text)
        if package == "main" or not (file.path.parent in places or package == "migrations"):
            continue
        if not registers_migrations(file.text) and has_call(file.tokens, ("core", ".", "App")):
            message = "This migration is not registered: it never runs."
            fix = "Register it in func init(): m.Register(up, down)."
            yield file, GoMistake("migration-not-registered", _line_of(file, "core", ".", "App"), message, fix)
    hooks = folder / "pb_hooks"
    scripts = any(token.text == f"{POCKETBASE}/plugins/jsvm" for file in files for token in file.tokens)
    main = next((file for file in files if package_of(file.text) == "main"), None)
    if main and hooks.is_dir() and any(hooks.glob("*.pb.js")) and not scripts:
        message = "There are hooks in pb_hooks, and the program has no plugin that reads them."
        fix = f'Import "{POCKETBASE}/plugins/jsvm" and call jsvm.MustRegister(app, jsvm.Config{{}}).'
        yield main, GoMistake("hooks-not-loaded", 1, message, fix, "warning")
    project = find_go_project(folder)
    module = _module(project.folder) if project else ""
    imported = {token.text for file in files for token in file.tokens if token.kind == TEXT}
    for place in sorted(places) if project and module else ():
        below = place.resolve().relative_to(project.folder.resolve()).as_posix() if project else ""
        path = module if below == "." else f"{module}/{below}"
        own = [file for file in files if file.path.parent == place]
        if package_of(own[0].text) != "main" and path not in imported:
            message = "No package imports these migrations: they are not compiled into the program, and never run."
            first = next(file for file in own if registers_migrations(file.text))
            line = _line_of(first, ".", "Register", "(")
            yield first, GoMistake("migrations-not-imported", line, message, f'Write import _ "{path}" beside main.')
    yield from _automigrate(folder, files, places)


def _line_of(file: _File, *words: str) -> int:
    """Return the line on which these tokens follow each other first."""
    texts = [token.text for token in file.tokens]
    return next((file.tokens[at].line for at in range(len(texts)) if tuple(texts[at : at + len(words)]) == words), 1)


def _automigrate(folder: Path, files: list[_File], places: set[Path]) -> Iterator[tuple[_File, GoMistake]]:
    """Yield where Automigrate writes files that the program does not hold, or beside those that it holds."""
    from _pb.lint.go_mistakes import GoMistake

    elsewhere = {place for place in places if place.name != "migrations" or place.parent.resolve() != folder.resolve()}
    for file in files:
        if "TemplateLangJS" in file.text or re.search(r"\bDir:", file.text):
            continue
        for name, sign, value in zip(file.tokens, file.tokens[1:], file.tokens[2:]):
            if (name.kind, name.text, sign.text) != (NAME, "Automigrate", ":") or value.text == "false":
                continue
            if not places:
                message = "Automigrate writes Go files, and no package of migrations is there that would run them."
                fix = 'Once the first file is there, write import _ "MODULE/migrations" beside main.'
                yield file, GoMistake("migrations-not-imported", name.line, message, fix, "note")
            elif elsewhere == places:
                message = (
                    "Automigrate writes to `migrations` beside pb_data, and the program's migrations are elsewhere."
                )
                fix = f'Write Dir: "{sorted(elsewhere)[0].name}" with its path, as seen from the working directory.'
                yield file, GoMistake("automigrate-folder", name.line, message, fix, "warning")


def _module(folder: Path) -> str:
    try:
        named = re.search(r"^\s*module\s+(\S+)", (folder / "go.mod").read_text("utf-8"), re.MULTILINE)
    except OSError:
        return ""
    return named[1].strip('"`') if named else ""


def _compiled(client: Client, folder: Path, files: list[_File]) -> Iterator[tuple[_File, GoMistake]]:
    """Yield what `go vet` says of the files; warn where it cannot be asked."""
    from _pb.lint.go_mistakes import GoMistake

    project, go = find_go_project(folder), shutil.which("go")
    if not project or not go:
        why = "there is no `go` on PATH" if project else "no go.mod names PocketBase"
        client.warn(f"The compiler was not asked, as {why}: only the text of the files is judged.")
        return
    command = [go, "vet", "./..."]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, encoding="utf-8", errors="replace", timeout=_SECONDS
        )
    except subprocess.TimeoutExpired:
        client.warn(f"`go vet ./...` was given up after {_SECONDS} s: only the text of the files is judged.")
        return
    by_path = {file.path.resolve(): file for file in files}
    said = 0
    for match in _SAID.finditer(done.stderr):
        file = by_path.get((folder / match["file"]).resolve())
        if file:
            said += 1
            fix = "Mend it: `go build ./...` has to pass."
            yield file, GoMistake("go-vet", int(match["line"]), f"{match['message']} (go vet)", fix)
    if done.returncode and not said:
        client.warn(f"`go vet ./...` could not judge the module: {done.stderr.strip()[-300:]}")


def _shown(file: _File, mistakes: Iterable[GoMistake]) -> list[Shown]:
    silences = Silences(of_lines(file.text))
    unique = sorted(set(mistakes), key=lambda one: (one.line, one.kind))
    kept = [one for one in unique if not silences.covers(one.line, one.kind)]
    shown = [
        {
            "file": str(file.path),
            "line": one.line,
            "kind": one.kind,
            "severity": one.severity,
            "message": one.message,
            "fix": one.fix,
        }
        for one in kept
    ]
    for own in silences.mistakes():
        line = file.text.count("\n", 0, own.position) + 1
        shown.append({"file": str(file.path), "line": line, **own._asdict()})
        del shown[-1]["position"]
    return sorted(shown, key=lambda one: one["line"])
