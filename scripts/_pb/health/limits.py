"""The settings that keep a server from being used up or unheard: batch, rate limits, mail, S3."""

from __future__ import annotations

from typing import Any

from _pb.health.patient import Finding, NotChecked, Patient, set_command
from pb_common import script_command
from pb_common.paths import SETTINGS, is_loopback

_DEFAULT_HOST, _DEFAULT_SENDER, _DEFAULT_URL = "smtp.example.com", "support@example.com", "http://localhost:8090"


def check_batch(patient: Patient) -> list[Finding]:
    """The batch endpoint, where nothing limits how often it is called."""
    batch, limits = patient.settings["batch"], patient.settings["rateLimits"]
    if not batch["enabled"]:
        return []
    limited = limits["enabled"] and any("/api/batch" in rule["label"] for rule in limits["rules"])
    return [
        Finding(
            "info" if limited else "warning",
            f"Batch is on: one request carries up to {batch['maxRequests']} changes"
            + ("." if limited else ", and no rate limit has /api/batch."),
            "It holds the database for all of them. Nobody needs it but bulk imports and clients that use it.",
            set_command("batch.enabled=false"),
        )
    ]


def check_rate_limits(patient: Patient) -> list[Finding]:
    """Rate limits that are off."""
    if patient.settings["rateLimits"]["enabled"]:
        return []
    return [
        Finding(
            "warning",
            "Rate limits are off.",
            "Passwords and one-time codes can be tried without an end, and one client can use up the server.",
            set_command("rateLimits.enabled=true"),
        )
    ]


def check_mail(patient: Patient) -> list[Finding]:
    """Mail that is not sent, or that leads nowhere."""
    smtp, meta = patient.settings["smtp"], patient.settings["meta"]
    if not smtp["enabled"]:
        return [
            Finding(
                "warning",
                "SMTP is off: mails go to a sendmail of the server's machine, if it has one.",
                "Without it nobody gets a password reset, a verification or a code.",
                set_command("smtp.enabled=true", "smtp.host=HOST", "smtp.port=587", "smtp.username=NAME")
                + " 'smtp.password=${PB_SMTP_PASSWORD}'",
            )
        ]
    found = []
    if smtp["host"] == _DEFAULT_HOST:
        why = "It is the example of a new server: no mail arrives."
        found.append(Finding("error", f"SMTP's host is {_DEFAULT_HOST}.", why, set_command("smtp.host=HOST")))
    if meta["senderAddress"] == _DEFAULT_SENDER:
        why = "Mail servers refuse what comes from a domain that is not yours."
        command = set_command("meta.senderAddress=no-reply@YOUR-DOMAIN")
        found.append(Finding("warning", f"Mails are sent as {_DEFAULT_SENDER}.", why, command))
    if meta["appURL"] == _DEFAULT_URL:
        url = patient.client.settings.url
        why = "Links in mails (reset, verification) begin with it, and lead each reader to their own machine."
        found.append(
            Finding("warning", f"meta.appURL is {_DEFAULT_URL}.", why, set_command(f"meta.appURL={_public(url)}"))
        )
    return found


def _public(url: str) -> str:
    from urllib.parse import urlsplit

    return "https://YOUR-DOMAIN" if is_loopback(urlsplit(url).hostname or "") else url


def check_s3(patient: Patient) -> list[Finding]:
    """A bucket in which nothing can be stored (POST /api/settings/test/s3, which writes a file and deletes it)."""
    used: list[tuple[str, str, dict[str, Any]]] = [
        ("storage", "s3", patient.settings["s3"]),
        ("backups", "backups.s3", patient.settings["backups"]["s3"]),
    ]
    used = [part for part in used if part[2]["enabled"]]
    if used and patient.client.settings.readonly:
        raise NotChecked("To try the bucket is to write into it, and PB_READONLY is on.")
    found = []
    for name, beginning, values in used:
        answer = patient.client.exchange_as_superuser("POST", f"{SETTINGS}/test/s3", {"filesystem": name})
        if answer.status >= 400:
            said = answer.data.get("message", "") if isinstance(answer.data, dict) else ""
            what = "files of records" if name == "storage" else "backups"
            found.append(
                Finding(
                    "error",
                    f"The bucket {values['bucket']!r} at {values['endpoint']} for {what} does not work: {said}",
                    f"No {what} can be stored or read.",
                    script_command(f"pb_settings.py test-s3 {name}")
                    + f", then {set_command(f'{beginning}.endpoint=URL', f'{beginning}.bucket=NAME')}",
                )
            )
    return found
