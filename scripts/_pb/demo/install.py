"""Install the demo: its collections, its records, and the checks of its access rules."""

from __future__ import annotations

import json
import runpy
import secrets
import sys
from pathlib import Path
from typing import Any

from _pb.collections.sending import carry_out, changing_schema
from _pb.schema.resolve import resolve
from _pb.testing.checks import Checks
from _pb.testing.session import Session
from pb_common import Client, PBRefused
from pb_common.collections import field_names, get_collections
from pb_common.output import note
from pb_common.paths import IMPORT, records_path
from pb_common.schema_types import Collection

FOLDER = Path(__file__).resolve().parents[3] / "assets" / "demo"


def install(client: Client) -> dict[str, Any]:
    """Import the demo's collections, seed them once, run its access checks, and return what was done.

    The result has `collections`, `records` (number seeded now), `checks`, `passed` and `failed`.
    Raises PBRefused if a collection of the user's own has the name of one of the demo's.
    """
    document = json.loads((FOLDER / "collections.json").read_text("utf-8"))
    with changing_schema(client):
        _install(client, document["collections"])
    seeded = _seed(client, json.loads((FOLDER / "records.json").read_text("utf-8")))
    checks = Checks(only_failures=True)
    with Session(client.settings) as session:
        _access_checks()(session, checks)
    if not sys.stdout.isatty():  # there it is told with the rest
        note(f"{len(checks.results) - checks.failed} of {len(checks.results)} access checks passed.")
    return {
        "collections": [collection["name"] for collection in document["collections"]],
        "records": seeded,
        "checks": checks.results,
        "passed": len(checks.results) - checks.failed,
        "failed": checks.failed,
    }


def _install(client: Client, wanted: list[Collection]) -> None:
    live = get_collections(client)
    existing = {item["name"].lower(): item for item in live}
    missing = []
    for collection in wanted:
        found = existing.get(collection["name"])
        if found is None:
            missing.append(collection)
        elif not {field["name"] for field in collection["fields"]} <= set(field_names(found)):
            raise PBRefused(
                f"This project has a collection {collection['name']!r} of its own; the demo does not touch it.",
                hint="Run `up --demo` in an empty folder.",
                code="would_overwrite",
            )
    if missing:
        body = {"collections": resolve(missing, live), "deleteMissing": False}
        carry_out(client, live, "demo", "PUT", IMPORT, body)


def _seed(client: Client, records: dict[str, list[dict[str, Any]]]) -> int:
    """Create the demo's records unless they are there already; return how many were created."""
    created = 0
    for collection, rows in records.items():
        path = records_path(collection)
        if client.exchange_as_superuser("GET", f"{path}/{rows[0]['id']}").status == 200:
            continue
        for row in rows:
            password = secrets.token_urlsafe(12)
            login = {"password": password, "passwordConfirm": password} if collection == "users" else {}
            client.call("POST", path, {**row, **login})
            created += 1
    return created


def _access_checks() -> Any:
    """Return the function of assets/demo/test_e2e.py, which also runs by itself as a project's test would."""
    return runpy.run_path(str(FOLDER / "test_e2e.py"))["check_access"]
