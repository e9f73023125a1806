"""Prove the judge's leaks on a real server: each attack succeeds on its leak, and on nothing else.

PYTHONPATH=scripts:tests python3 tests/blind_judge/prove.py [APP ...] [--only LEAK]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from blind_judge.app import App, Change
from blind_judge.apps import APPS
from blind_judge.schema import Collection
from blind_judge.world import World
from servers import Server


class Bench:
    """Servers that stand with the schema and the hooks of one application, one for each text of its hooks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.servers: dict[str, Server] = {}

    def __enter__(self) -> Bench:
        return self

    def __exit__(self, *raised: object) -> None:
        for server in self.servers.values():
            server.stop()

    def world(self, schema: list[Collection], hooks: str) -> World:
        """Return an empty server with this schema and these hooks."""
        server = self.servers.get(hooks) or self._started(hooks)
        names = [item["name"] for item in schema if item["type"] != "view"]
        for item in server.collections():
            if item["name"] in names:
                # Relations that are required hold rows back until the others are gone.
                server.request("DELETE", f"/api/collections/{item['id']}/truncate")
        for _ in names:
            left = [
                server.request("DELETE", f"/api/collections/{item['id']}/truncate")[0]
                for item in server.collections()
                if item["name"] in names
            ]
            if all(status == 204 for status in left):
                break
        status, body = server.request("PUT", "/api/collections/import", {"collections": schema})
        assert status == 204, body
        return World(server)

    def _started(self, hooks: str) -> Server:
        project = self.folder / str(len(self.servers))
        (project / "pb_hooks").mkdir(parents=True)
        if hooks:
            (project / "pb_hooks" / "main.pb.js").write_text(hooks, "utf-8")
        server = Server("0.40.6", project)
        server.__enter__()
        self.servers[hooks] = server
        return server


def proved(app: App, only: str = "") -> list[str]:
    """Return what does not hold: an attack that fails on its leak or succeeds elsewhere, a use that is refused."""
    wrong = []
    with tempfile.TemporaryDirectory() as scratch, Bench(Path(scratch)) as bench:
        for leak in app.leaks:
            if only in leak.name:
                wrong += [f"{app.name}.{leak.name}: no leak"] * (not leak.attack(_with(bench, app, leak.change)))
                wrong += [f"{app.name}.{leak.name}: leaks unchanged"] * leak.attack(bench.world(app.schema, app.hooks))
        for use in () if only else app.uses:
            for change in (None, *(change for _, change in app.twins)):
                if not use(_with(bench, app, change)):
                    wrong.append(f"{app.name}: refused to {getattr(use, '__name__', use)} {change or ''}")
        for says, change in () if only else app.twins:
            for leak in app.leaks:
                if leak.attack(_with(bench, app, change)):
                    wrong.append(f"{app.name}: {leak.name} succeeds on the twin: {says}")
    return wrong


def _with(bench: Bench, app: App, change: Change | None) -> World:
    return bench.world(*(app.changed(change) if change else (app.schema, app.hooks)))


def main() -> int:
    """Prove the applications that are named, print what does not hold, and return 1 if there is any."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("apps", nargs="*", metavar="APP", help="only these applications (default: all)")
    parser.add_argument("--only", default="", metavar="LEAK", help="only the leaks whose name has this in it")
    args = parser.parse_args()
    wrong = []
    for app in APPS:
        if not args.apps or app.name in args.apps:
            found = proved(app, args.only)
            wrong += found
            print(f"{app.name}: {len(app.leaks)} leaks, {len(app.twins)} twins, {len(found)} wrong", flush=True)
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
