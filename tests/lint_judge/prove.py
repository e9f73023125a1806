"""Prove each case by the real thing: what is called faulty goes wrong as its header says, what is called correct works.

PYTHONPATH=scripts:tests python3 tests/lint_judge/prove.py [--kind KIND] [--only TEXT] [--part N]
"""

from __future__ import annotations

import argparse
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from lint_judge import go_proof
from lint_judge.case import KINDS, Case, Step, cases, expected, holds, values
from lint_judge.world import START, World, made
from servers import DEFAULT_VERSION, Server

# What a correct case must never leave in a log.
_BROKEN = re.compile(
    r"Failed to (?:execute|load)[^\n]*|(?:Reference|Type|Syntax)Error[^\n]*|GoError[^\n]*|panic: [^\n]*"
)


class Wrong(Exception):
    """What a header says did not happen."""


class Run:
    """A case on a server of its own, and what it has answered so far."""

    def __init__(self, case: Case, world: World, project: Path, server: Server) -> None:
        self.case, self.world, self.project, self.server = case, world, project, server
        self.answer: tuple[int, Any] = (0, None)

    def prove(self) -> None:
        """Go through the header's steps; raise Wrong at the first that does not hold."""
        refused = self.case.one("starts")
        try:
            self.server.__enter__()
        except RuntimeError as error:
            if not refused:
                raise Wrong(f"does not start: {str(error)[-400:]}") from None
            for wanted, value in values(refused.partition(" ")[2]):
                if (value in str(error)) != wanted:
                    raise Wrong(f"starts: {value!r} in {str(error)[-400:]}") from None
            return
        try:
            if refused:
                raise Wrong("starts")
            for step in self.case.steps:
                getattr(self, f"do_{_DOES.get(step.word, 'nothing')}")(step)
        finally:
            self.server.stop()
        self.check_log()

    def do_nothing(self, step: Step) -> None:
        """Pass over what is no step of a run."""

    def do_send(self, step: Step) -> None:
        """Send a request as somebody, by default the superuser."""
        who, _, request = step.text.partition(": ") if re.match(r"\w+: ", step.text) else ("root", "", step.text)
        method, path, *body = request.split(" ", 2)
        if not path.startswith("/"):  # a collection, and what follows
            path = re.sub(r"^(\w+)", r"/api/collections/\1/records", path)
        token = self.world.tokens.get(who, "")
        payload = values(body[0])[0][1] if body else None
        try:
            self.answer = self.server.request(method, quote(path, _PATH), payload, authed=bool(token), token=token)
        except OSError as error:
            self.answer = (0, str(error))

    def do_expect(self, step: Step) -> None:
        """Compare the last answer with what has to come."""
        status, wanted = expected(step.text)
        if status != self.answer[0] or any(holds(value, self.answer[1]) != yes for yes, value in wanted):
            raise Wrong(f"wanted {step.text}, got {self.answer[0]} {str(self.answer[1])[:600]}")

    def do_wait(self, step: Step) -> None:
        """Wait for what a server does on its own."""
        time.sleep(float(step.text))

    def do_down(self, step: Step) -> None:
        """Revert migrations and start without the file, as one who goes back a release."""
        self.server.stop()
        command = [self.server.command()[0], "migrate", "down", step.text, *self.server.command()[3:6]]
        subprocess.run(command, input=b"y\n", capture_output=True, cwd=self.project, timeout=60)
        for place in self.case.files:
            (self.project / place).unlink()
        self.server.start()

    def do_exists(self, step: Step) -> None:
        """Look for files of the project."""
        if not list(self.project.glob(step.text)):
            raise Wrong(f"no {step.text}")

    def do_missing(self, step: Step) -> None:
        """Look for files that must not be there."""
        if found := list(self.project.glob(step.text)):
            raise Wrong(f"there is {found}")

    def check_log(self) -> None:
        """Compare what the server has logged with what the header says of it."""
        log = self.server.log + _logged(self.project / "pb_data" / "auxiliary.db")
        for step in self.case.steps:
            for wanted, value in values(step.text) if step.word == "log" else ():
                if (value in log) != wanted:
                    raise Wrong(f"log: {value!r} in {log[-600:]}")
        broken = _BROKEN.search(log)
        if broken and not self.case.faulty:
            raise Wrong(f"log: {broken[0]}")


_PATH = "/?&=%()'~!@:,.*$+"
_DOES = {">": "send", "<": "expect", **{word: word for word in ("wait", "down", "exists", "missing")}}


def _logged(database: Path) -> str:
    with suppress(sqlite3.Error), closing(sqlite3.connect(database)) as opened:
        return "\n".join(f"{message} {data}" for message, data in opened.execute("SELECT message, data FROM _logs"))
    return ""


def _version(case: Case) -> str:
    return case.one("version", go_proof.VERSION if case.kind == "go" else DEFAULT_VERSION)


def on_server(case: Case, world: World, executable: Path | None = None) -> str:
    """Prove a case on a server, its own program or PocketBase's; return what is wrong with it, or nothing."""
    with tempfile.TemporaryDirectory(prefix="pb-lint-judge-") as scratch:
        project = Path(scratch)
        world.settle(project)
        case.write(project)
        if case.kind != "migrations":  # it is applied already
            (project / "pb_migrations" / START).unlink()
        server = Server(world.version, project)
        if executable:
            server = go_proof.Program(executable, case.title, world.version, project)
        return attempt(Run(case, world, project, server))


def attempt(run: Run) -> str:
    """Return what is wrong with a case, or nothing."""
    try:
        run.prove()
    except (Wrong, OSError, RuntimeError) as error:
        return f"{run.case.title}: {error}"
    return ""


def proved(kind: str, chosen: list[Case], folder: Path) -> Iterator[str]:
    """Yield for each case of a kind what is wrong with it."""
    versions = sorted({_version(case) for case in chosen if not case.one("build")})
    worlds = {version: made(version, folder) for version in versions}
    if kind == "go":
        yield from go_proof.proved(chosen, lambda case, file: on_server(case, worlds[_version(case)], file), folder)
        return
    with ThreadPoolExecutor(2) as pool:
        yield from pool.map(lambda case: on_server(case, worlds[_version(case)]), chosen)


def main() -> int:
    """Prove the cases, print what does not hold, and return 1 if there is any."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kind", choices=KINDS, help="only this kind (default: all)")
    parser.add_argument("--only", default="", metavar="TEXT", help="only the cases with this in side/name")
    parser.add_argument("--part", type=int, default=1, metavar="N", help="only each Nth case (default: %(default)s)")
    args = parser.parse_args()
    failed = 0
    for kind in [args.kind] if args.kind else KINDS:
        chosen = cases(kind, args.only, args.part)
        with tempfile.TemporaryDirectory(prefix="pb-lint-judge-") as scratch:
            wrong = [line for line in proved(kind, chosen, Path(scratch)) if line] if chosen else []
        failed += len(wrong)
        faulty = sum(case.faulty for case in chosen)
        print("\n".join([*wrong, f"{kind}: {len(chosen) - faulty} correct, {faulty} faulty, {len(wrong)} not as said"]))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
