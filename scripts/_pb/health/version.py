"""Which version a server is, by what it can; and what newer ones mend."""

from __future__ import annotations

from functools import lru_cache
from typing import Callable, NamedTuple

from _pb.health.patient import Finding, Patient
from _pb.health.releases import Release, in_words, known_releases, numbers
from _pb.logs.delete import can_delete
from pb_common import script_command
from pb_common.go_project import is_go_project
from pb_common.paths import COLLECTIONS

_OLDEST = (0, 23, 0)
_DRY_RUN = f"{COLLECTIONS}/meta/dry-run-view"


class Version(NamedTuple):
    """What is known of a server's version: it is `least` or newer, and older than `below` if there is one.

    Where the server was started from here, `exact` is its version.
    """

    least: tuple[int, ...]
    below: tuple[int, ...] | None
    exact: tuple[int, ...] | None

    @property
    def newest(self) -> tuple[int, ...] | None:
        """The version below which the server certainly is, or its own."""
        return self.exact or self.below

    def shown(self) -> dict[str, str | None]:
        """Return it for the answer."""
        written = [in_words(item) if item else None for item in self]
        return dict(zip(("atLeast", "below", "exact"), written))


@lru_cache(maxsize=1)
def version_of(patient: Patient) -> Version:
    """Return the version by what the server can.

    Each ability is a route or a setting that came with a version: GET /api/crons, POST
    /api/collections/meta/dry-run-view, superuserIPs in the settings, POST /api/sql, DELETE /api/logs (asked as a guest,
    whom nobody lets delete).
    """
    exact = numbers(patient.started[1].version) if patient.started else None
    client = patient.client
    one = {"query": "SELECT 1 AS id"}
    abilities: tuple[tuple[tuple[int, ...], Callable[[], bool]], ...] = (
        ((0, 24, 0), lambda: _is_there(client.exchange_as_superuser("GET", "/api/crons").status)),
        ((0, 37, 0), lambda: _is_there(client.exchange_as_superuser("POST", _DRY_RUN, one).status)),
        ((0, 38, 0), lambda: "superuserIPs" in patient.settings),
        ((0, 39, 0), lambda: _is_there(client.exchange_as_superuser("POST", "/api/sql", one).status)),
        ((0, 40, 0), lambda: can_delete(client)),
    )
    least: tuple[int, ...] = _OLDEST
    for since, can in abilities:
        if not can():
            return Version(least, since, exact)
        least = since
    return Version(least, None, exact)


def _is_there(status: int) -> bool:
    return status != 404


def check_version(patient: Patient) -> list[Finding]:
    """A newer release that closes a hole, or that there is a newer one at all."""
    version, known = version_of(patient), known_releases()
    newer = [release for release in known if version.newest and version.newest <= release.version != version.exact]
    # Between the two versions that its abilities tell apart, the server may be older than these or not.
    perhaps = [release for release in known if not version.exact and release not in newer]
    perhaps = [release for release in perhaps if release.closes and release.version > version.least]
    closing = [release for release in newer if release.closes]
    if not newer and not perhaps:
        return []
    what = in_words(version.exact) if version.exact else f"{in_words(version.least)} or newer"
    what += f", older than {in_words(version.below)}" if version.below and not version.exact else ""
    newest = in_words(known[-1].version)
    why = [f"Newer releases close holes: {_listed(closing)}." if closing else "A newer release is known."]
    why += [f"If the server is older than these, too: {_listed(perhaps)}."] if perhaps else []
    severity = "warning" if closing else "info"
    return [
        Finding(severity, f"The server is {what}; the pages know {newest}.", " ".join(why), _upgrade(patient, newest))
    ]


def _listed(releases: list[Release]) -> str:
    return "; ".join(f"{in_words(release.version)}: {release.closes}" for release in releases)


def _upgrade(patient: Patient, newest: str) -> str:
    if patient.started and is_go_project(patient.started[0].folder):
        return f"go get github.com/pocketbase/pocketbase@{newest}"
    if patient.started:
        return script_command(f"pb_server.py restart --version {newest[1:]}")
    return "./pocketbase update (on the server's machine; it makes a backup, then restart it)"
