"""The doctor: every check in turn, and what it found."""

from __future__ import annotations

import argparse
from typing import Any

from _pb.health.connection import check_clock, check_proxy, check_tls
from _pb.health.copies import check_backups, check_disk
from _pb.health.limits import check_batch, check_mail, check_rate_limits, check_s3
from _pb.health.patient import LEVELS, Check, Patient
from _pb.health.project import check_hooks, check_migrations
from _pb.health.strangers import check_rules, check_sign_up
from _pb.health.version import check_version, version_of
from pb_common import Client, Outcome, PBConnectionError, PBError

CHECKS: dict[str, Check] = {
    "version": check_version,
    "rules": check_rules,
    "sign-up": check_sign_up,
    "batch": check_batch,
    "rate-limits": check_rate_limits,
    "mail": check_mail,
    "backups": check_backups,
    "migrations": check_migrations,
    "hooks": check_hooks,
    "disk": check_disk,
    "clock": check_clock,
    "tls": check_tls,
    "proxy": check_proxy,
    "s3": check_s3,
}


def examine(client: Client, args: argparse.Namespace, known: dict[str, Any]) -> Outcome:
    """Return what is wrong with the server, the worst first, and what could not be checked.

    It is no success from the level on that --fail-on says.
    """
    client.superuser_token()
    patient = Patient(client)
    findings: list[dict[str, str]] = []
    passed, not_checked = [], []
    for name, check in CHECKS.items():
        try:
            found = check(patient)
        except PBConnectionError:
            raise
        except PBError as error:
            not_checked.append({"check": name, "why": str(error)})
            continue
        findings += [{"check": name, **finding._asdict()} for finding in found]
        passed += [] if found else [name]
    findings.sort(key=lambda finding: -LEVELS.index(finding["severity"]))
    level = args.fail_on or "error"
    fails = LEVELS[LEVELS.index(level) :] if level in LEVELS else ()
    data = {
        **known,
        "version": version_of(patient).shown(),
        "findings": findings,
        "passed": passed,
        "notChecked": not_checked,
    }
    return Outcome(data, success=not any(finding["severity"] in fails for finding in findings))
