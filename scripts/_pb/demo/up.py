"""The verb `up`: start the PocketBase of the working directory, with the demo on it if that is asked for."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from _pb.demo.folder import demo_project
from _pb.server.up import Start, start
from pb_common import Client, load_settings


def up(client: Client, args: argparse.Namespace) -> Any:
    """Make sure that a PocketBase runs for the working directory; with --demo, that the demo is on it."""
    asked = Start(args.binary, args.version, args.http, args.dry_run)
    if not args.demo:
        outcome = start(client, asked)
        if not args.dry_run:
            _settle(client, outcome.data["url"])
        return outcome
    return start(client, asked._replace(demo=_installed), demo_project())


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
