"""Whether a PocketBase answers, and whether the superuser is let in."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from _pb.health.sources import sources
from _pb.server.complaints import warn_of_load_errors
from pb_common import Client, PBConnectionError, PBError, PBUsageError
from pb_common.tables import cell
from pb_common.terminal import Screen

# Between two attempts to reach a server that is waited for, in seconds: at first, and at most.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 1.0
# An attempt while waiting: a server that is about to come up may take the connection and stay silent.
_ATTEMPT_SECONDS = 5.0


def check(client: Client, args: argparse.Namespace) -> Any:
    """Return what GET /api/health says, whether the configured superuser is let in, and where the settings are from.

    --wait waits until it is there; --doctor looks at what else may be wrong. Where nobody answers, the error carries
    the settings: a wrong one may be why.
    """
    if args.fail_on and not args.doctor:
        raise PBUsageError("--fail-on goes with --doctor.", hint="Add --doctor.", code="wrong_command_line")
    try:
        result = _reached(client, args)
    except PBError as error:
        with suppress(PBError):
            error.data = {**error.data, **sources()} if isinstance(error.data, dict) else error.data
        raise
    if args.doctor:
        from _pb.health.doctor import examine

        status = client.status
        examined = examine(client, args, result)
        client.status = status  # of the answer that says it is healthy, and not of the last thing that was looked at
        return examined
    return result


def as_text(data: dict[str, Any], screen: Screen) -> Iterator[str]:
    """Yield whether the server is healthy, and what the doctor found, the worst first."""
    who = f", signed in as {cell(data['superuser'])}" if data.get("superuser") else ""
    yield screen.paint(f"{cell(data['url'])} is healthy{who}.", "bold")
    if data.get("envFile"):
        yield f"The settings are from {cell(data['envFile'])}."
    for finding in data.get("findings", ()):
        level = finding["severity"]
        colour = {"error": "red", "warning": "yellow"}.get(level, "dim")
        yield ""
        yield f"{screen.paint(level, colour, 'bold')} {cell(finding['check'])}: {cell(finding['message'])}"
        yield f"  {cell(finding['why'])}"
        if finding.get("command"):
            yield f"  {screen.paint(cell(finding['command']), 'green')}"
    if "findings" in data:
        unchecked = ", ".join(cell(one["check"]) for one in data["notChecked"])
        yield ""
        yield f"Fine: {', '.join(data['passed'])}." + (f" Not checked: {unchecked}." if unchecked else "")


def _reached(client: Client, args: argparse.Namespace) -> dict[str, Any]:
    settings = client.settings
    waited = _wait(client, args.wait) if args.wait else {}
    client.require_pocketbase()
    health = client.request("GET", "/api/health")
    warn_of_load_errors(client)
    result = {"url": settings.url, "healthy": True, "message": health["message"], **waited}
    if settings.token or settings.email or settings.password:
        client.superuser_token()
        result["superuser"] = settings.email or "PB_SUPERUSER_TOKEN"
        result["authenticated"] = True
    else:
        result["authenticated"] = False
        client.warn("No superuser credentials are set, so the login was not tried.")
    return {**result, **sources()}


def _wait(client: Client, seconds: int) -> dict[str, float]:
    """Wait until a PocketBase answers, here or elsewhere, and return for how long.

    Raises PBConnectionError if none does in time, PBRequestError at once for one that is too old.
    """
    began = time.monotonic()
    pause = _FIRST_PAUSE
    while True:
        left = began + seconds - time.monotonic()
        attempt = client.settings._replace(timeout=max(0.1, min(_ATTEMPT_SECONDS, left)))
        try:
            with Client(attempt) as fresh:
                fresh.require_pocketbase()
            return {"waited": round(time.monotonic() - began, 1)}
        except PBConnectionError as error:
            left = began + seconds - time.monotonic()
            if left <= 0:
                error.data["message"] = f"{error} It was waited for {seconds} s."
                raise
            time.sleep(min(pause, left))
            pause = min(2 * pause, _LONGEST_PAUSE)
