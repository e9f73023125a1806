"""The verb `up`: start the PocketBase of the working directory, with the demo on it if that is asked for."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from _pb.demo.folder import demo_project
from _pb.server.up import Start, start
from pb_common import Client, load_settings, script_command
from pb_common.front import SCRIPTS, front
from pb_common.project import quoted
from pb_common.tables import tree
from pb_common.terminal import Screen

_NEXT_IN_DEMO = ("pb_records.py list tasks", "pb_access.py matrix", "pb_collections.py diagram --html schema.html")
_NEXT = ("pb_collections.py describe", "pb_collections.py import --file collections.json", "pb_health.py --doctor")


def up(client: Client, args: argparse.Namespace) -> Any:
    """Make sure that a PocketBase runs for the working directory; with --demo, that the demo is on it."""
    asked = Start(args.binary, args.version, args.http, args.dry_run)
    if not args.demo:
        outcome = start(client, asked)
        if not args.dry_run:
            _settle(client, outcome.data["url"])
        return outcome
    return start(client, asked._replace(demo=_installed), demo_project())


def as_text(data: dict[str, Any], screen: Screen) -> Iterator[str]:
    """Yield what is there, what can be tried next, and where to click and how to sign in, which comes last."""
    if data.get("dryRun"):
        yield from tree(data, screen)
        return
    version = f"PocketBase {data['version']}" if data["version"] else "PocketBase"
    pid = f" (pid {data['pid']})" if data["pid"] else ""
    yield screen.paint(f"{version} {'started' if data['started'] else 'runs'} at {data['url']}{pid}.", "bold")
    demo = data.get("demo")
    if demo:
        yield f"The demo: {', '.join(demo['collections'])}; {demo['records']} records made now."
        total = demo["passed"] + demo["failed"]
        colour = "red" if demo["failed"] else "green"
        yield screen.paint(f"{demo['passed']} of {total} access checks passed.", colour)
        yield from tree([check for check in demo["checks"] if not check["passed"]], screen)
    yield ""
    yield "Try next:"
    if data.get("folder"):
        yield f"  cd {quoted(Path(data['folder']))}"
    tried = _NEXT_IN_DEMO if demo else _NEXT
    yield from (f"  {_typed(command, elsewhere=bool(data.get('folder')))}" for command in tried)
    yield ""
    for title, key in (("Dashboard", "dashboard"), ("Account", "account"), ("Password in", "passwordIn")):
        if data.get(key):
            yield f"{title + ':':<13}{data[key]}"


def _typed(command: str, *, elsewhere: bool) -> str:
    """Return a command as it is typed here or, after a `cd`, elsewhere."""
    if front() or not elsewhere:
        return script_command(command)
    script, _, rest = command.partition(" ")
    return f"python3 {quoted(SCRIPTS / script)} {rest}"


def _settle(client: Client, url: str) -> None:
    """Finish a change of the schema that was cut off."""
    from _pb.migrations.settle import settle_if_cut_off

    with Client(load_settings()._replace(url=url)) as fresh:
        settle_if_cut_off(fresh)
        for sentence in fresh.warnings:
            client.warn(sentence)


def _installed(client: Client) -> dict[str, Any]:
    from _pb.demo.install import install

    done = install(client)
    if sys.stdout.isatty():  # a person has no use for a screen full of checks that passed
        done["checks"] = [check for check in done["checks"] if not check["passed"]]
    return done
