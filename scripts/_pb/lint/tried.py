"""What the real PocketBase says of hooks and migrations: they are loaded in a throwaway server."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from _pb.lint.output import Shown
from _pb.server.load_problems import LoadProblem
from _pb.server.observing import Observed
from _pb.server.throwaway import Throwaway
from pb_common import PBConnectionError, PBError
from pb_common.collections import get_collections
from pb_common.schema_types import Collection

if TYPE_CHECKING:
    from _pb.lint.typed_mistakes import Ground

_MOST_FILES = 25
_MOST_SHOWN = 12
# What the code of a handler shows, wherever it stands.
_OF_HANDLERS = frozenset(
    "no-next no-status early-value late-value async-handler unknown-name not-there no-member event-request"  # noqa: SIM905
    " record-property wrong-argument error-dropped query-not-run not-saved find-throws".split()
)


class Tried(NamedTuple):
    """What a server said of the files: findings, the calls that registered something, and its release.

    `collections` are those that the migrations make there, where all of them were applied.
    """

    findings: list[Shown]
    calls: list[Observed]
    version: str
    collections: list[Collection] | None = None

    def over(self, ground: Ground) -> Ground:
        """Return a ground with these collections, where it has none."""
        from _pb.lint.ground import of_collections

        is_open = ground.fields is None and self.collections is not None
        return of_collections(ground.api, self.collections or []) if is_open else ground

    def registered(self) -> str:
        """Return a sentence on what the files registered, "" for nothing."""
        calls = [call for call in self.calls if call.name != "migrate"]
        shown = [f"{_called(call)} ({call.file}:{call.line})" for call in calls[:_MOST_SHOWN]]
        more = f" and {len(calls) - _MOST_SHOWN} more" if len(calls) > _MOST_SHOWN else ""
        return f"PocketBase {self.version} registered {', '.join(shown)}{more}." if calls else ""


def tried(folder: Path, kind: str, version: str | None) -> Tried:
    """Return what a server says that loads the files of a folder; `kind` is pb_hooks or pb_migrations.

    A file that it does not take is taken out and the rest tried again, so that each is told.
    """
    from tempfile import TemporaryDirectory

    findings: list[Shown] = []
    with TemporaryDirectory(prefix="pb-lint-") as scratch:
        project = _copied(folder, kind, Path(scratch))
        server, all_applied = Throwaway(), True
        files = list((project / "pb_migrations").glob("*.[jt]s"))
        for _ in range(_MOST_FILES):
            server = Throwaway(project, version=version, program=folder.absolute().parent)
            try:
                with server:
                    made = get_collections(server.client) if all_applied and any(files) else None
                    return Tried(findings, server.calls, server.version, made)
            except PBConnectionError as error:
                problem = server.problem or _unknown(error)
            lost = project / problem.file
            after = any(one["kind"] == "not-applied" for one in findings)
            findings.append(_finding(folder, kind, problem, after=after))
            if not problem.file or not lost.is_file():
                break
            if kind == "pb_hooks" and lost.parent.name == "pb_migrations":  # the hooks are asked about, not these
                shutil.rmtree(lost.parent)
            else:
                lost.unlink()
            all_applied = all_applied and lost.parent.name != "pb_migrations"
        return Tried(findings, server.calls, server.version)


def handlers_elsewhere(calls: list[Observed], folder: Path, ground: Ground, said: list[Shown]) -> Iterator[Shown]:
    """Yield what is wrong with the handlers that PocketBase got and whose function no text shows, as it is made there.

    `said` is what is known already.
    """
    from _pb.languages.javascript import Source
    from _pb.lint.handlers import functions_at
    from _pb.lint.hook_mistakes import hook_mistakes

    known: dict[str, set[int]] = {}
    told = {(one["file"], one["line"], one["kind"]) for one in said}
    for call in calls:
        if call.name == "migrate":
            continue
        file = folder / call.file.partition("/")[2]
        if call.file not in known:
            known[call.file] = functions_at(Source(file.read_text("utf-8", "replace"))) if file.is_file() else set()
        if call.line in known[call.file]:
            continue
        source = Source(f"{call.name}({', '.join(word if _is_code(word) else repr(word) for word in call.words)})")
        for mistake in hook_mistakes(source, ground, is_module=True):
            if mistake.kind in _OF_HANDLERS and (str(file), call.line, mistake.kind) not in told:
                told.add((str(file), call.line, mistake.kind))
                yield {
                    "file": str(file),
                    "line": call.line,
                    "kind": mistake.kind,
                    "severity": mistake.severity,
                    "message": f"In the handler that is registered here: {mistake.message}",
                    "fix": mistake.fix,
                }


def _is_code(word: str) -> bool:
    is_function = "=>" in word or word.startswith(("function", "async"))
    return is_function and "[native code]" not in word  # what PocketBase makes itself


def _called(call: Observed) -> str:
    if call.name == "routerAdd":
        return " ".join(call.words[:2])
    words = " ".join(word for word in call.words if word and not _is_code(word))
    return f"{call.name} {words}".strip()


def _copied(folder: Path, kind: str, scratch: Path) -> Path:
    """Return a project with a copy of the folder, and with what its files may need beside it."""
    project = scratch / "project"
    shutil.copytree(folder, project / kind, symlinks=True, ignore_dangling_symlinks=True)
    beside = folder.absolute().parent
    for name in {"pb_migrations", "pb_hooks"} - {kind}:
        if (beside / name).is_dir():
            shutil.copytree(beside / name, project / name, symlinks=True, ignore_dangling_symlinks=True)
            for file in project.glob("pb_hooks/*.pb.[jt]s") if name == "pb_hooks" else ():
                file.unlink()  # migrations may require its modules
    if (beside / "node_modules").is_dir():
        (project / "node_modules").symlink_to(beside / "node_modules", target_is_directory=True)
    return project


def _finding(folder: Path, kind: str, problem: LoadProblem, *, after: bool) -> Shown:
    place, _, name = problem.file.partition("/")
    of_hooks = place == "pb_hooks" or not problem.file
    beside = folder if place in (kind, "") else folder.absolute().with_name(place)
    left_out = " This may come of the file above, which was left out." if after and not of_hooks else ""
    return {
        "file": str(beside / name) if problem.file else str(folder),
        "line": problem.line,
        "kind": "not-loaded" if of_hooks else "not-applied",
        "severity": "error",
        "message": f"PocketBase says: {problem.message.rstrip('.')}.{left_out}",
        "fix": problem.fix,
    }


def _unknown(error: PBError) -> LoadProblem:
    """Return a problem in the server's own last words."""
    log, problem = error.data.get("log") or [], str(error).partition(" Its log:")[0]
    last = log[-1] if log and "ended" in problem else problem
    said = next((line for line in log if "rror" in line or "panic" in line), last)
    words = re.sub(r"^\d{4}/\d\d/\d\d \S+ ", "", said.strip())
    return LoadProblem("", 1, words, "Run pb_server.py up and read its log: the server does not start.")
