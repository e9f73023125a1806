"""What belongs to the server and is in its project: migrations, hooks."""

from __future__ import annotations

import argparse

from _pb.health.patient import Finding, NotChecked, Patient
from pb_common import PBUsageError, script_command

_SEVERITY = {"pending": "warning", "missing": "warning", "edited": "error", "drift": "warning"}
_MESSAGES = {
    "pending": "Migrations wait for the server's next start: {names}.",
    "missing": "Applied migrations have no file any more: {names}.",
    "edited": "Applied migrations were edited since: {names}.",
    "drift": "The live schema is not what the migration files make: {names}.",
}
_WHY = {
    "pending": "The schema is not yet what the code expects.",
    "missing": "An empty server gets another schema than this one.",
    "edited": "An edit is never applied here, and another server gets it.",
    "drift": "A new server, or a colleague's, will have another schema.",
}


def check_migrations(patient: Patient) -> list[Finding]:
    """Migrations that are pending, missing or edited, and a schema that they do not make."""
    from _pb.migrations.status import status

    warned = len(patient.client.warnings)
    try:
        found = status(patient.client, argparse.Namespace(dir=None, version=None, binary=None)).data
    except PBUsageError as error:
        raise NotChecked(f"{error} {error.hint or ''}".strip()) from error
    finally:
        del patient.client.warnings[warned:]
    commands = {
        "pending": script_command("pb_server.py restart"),
        "drift": script_command("pb_collections.py migrations record"),
    }
    return [
        Finding(
            severity,
            _MESSAGES[key].format(names=", ".join(dict.fromkeys(_name(item) for item in found[key][:5]))),
            _WHY[key],
            commands.get(key, script_command("pb_collections.py migrations status")),
        )
        for key, severity in _SEVERITY.items()
        if found[key]
    ]


def _name(item: object) -> str:
    return str(item["collection"]) if isinstance(item, dict) else str(item)


def check_hooks(patient: Patient) -> list[Finding]:
    """Hook files that the server could not load at its start, and runs without."""
    from _pb.server.complaints import load_errors

    if patient.started is None:
        raise NotChecked("What the server said at its start is not at hand: pb_server.py did not start it here.")
    return [
        Finding(
            "error",
            f"The server runs without a hook file: {complaint}",
            "What the file guards or does is not guarded and not done.",
            script_command("pb_lint.py hooks"),
        )
        for complaint in load_errors(patient.started[0])
    ]
