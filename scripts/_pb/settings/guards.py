"""What a change of the settings would hurt: who is locked out, what stops to work, what nobody would notice."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from _pb.settings.document import DEFAULTS, leaves
from pb_common import Client
from pb_common.collections import count_records, get_collections
from pb_common.paths import HEALTH, is_loopback

# A sign-in with a second factor sends two requests, one after the other.
_SIGN_IN = 2
# What the smallest page of an app asks for at once: auth-refresh, a list, a file, realtime's connection and topics.
_PAGE = 5
_SINGLE_WRITES = ("create", "update", "delete")
# A transaction of so many seconds keeps everybody else from writing.
_LONG_BATCH = 30
# Above it the server does not log what fails.
_ERRORS = 8
_TLS_PORT = 465
_STARTTLS_PORTS = (25, 587)


class Situation(NamedTuple):
    """A change that is about to be made: the settings before and after by their dotted names, and what changes."""

    client: Client
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    changed: set[str]

    def touches(self, *beginnings: str) -> bool:
        """Tell whether a setting changes whose name begins so."""
        return any(name.startswith(beginnings) for name in self.changed)


class Finding(NamedTuple):
    """What a change does beside what it says; `hurts` if it is refused until it is forced."""

    sentence: str
    hurts: bool = False
    way_back: str = ""


def findings(change: Situation) -> Iterator[Finding]:
    """Return what a change would hurt, and what one should know of it (GET /api/health, and the collections)."""
    for look in (_addresses, _rate_limits, _batch, _mail, _backups, _files, _logs):
        yield from look(change)


def _addresses(change: Situation) -> Iterator[Finding]:
    names = [name.lower() for name in change.after["trustedProxy.headers"]]
    if change.touches("trustedProxy.") and change.after["trustedProxy.useLeftmostIP"] and "x-forwarded-for" in names:
        yield Finding(
            "The leftmost address of X-Forwarded-For is what the client wrote there, unless the proxy replaces it: rate"
            " limits and superuserIPs would believe it."
        )
    allowed = change.after.get("superuserIPs")
    if not allowed or not change.touches("superuserIPs", "trustedProxy."):
        return
    way_back = "If it locks you out, `./pocketbase superuser ips` on the server's machine clears the list."
    own = own_address(change.client)
    if change.touches("superuserIPs") and not is_allowed(own, allowed):
        yield Finding(
            f"superuserIPs leaves out {own}, under which the server sees you: no superuser gets in from there.",
            True,
            way_back,
        )
    if change.touches("trustedProxy."):
        yield Finding(
            f"trustedProxy decides under which address the server sees you (now {own}), and superuserIPs lets in only"
            f" {', '.join(allowed)}.",
            True,
            way_back,
        )


def own_address(client: Client) -> str:
    """Return the address under which the server sees the superuser (GET /api/health)."""
    return str(client.call("GET", HEALTH)["data"].get("realIP", ""))


def is_allowed(own: str, allowed: list[str]) -> bool:
    """Tell whether one of the addresses and networks is, or holds, an address."""
    for item in allowed:
        try:
            if ipaddress.ip_address(own) in ipaddress.ip_network(item.strip(), strict=False):
                return True
        except ValueError:
            continue
    return False


def _rate_limits(change: Situation) -> Iterator[Finding]:
    if not change.after["rateLimits.enabled"] or not change.touches("rateLimits.", "batch."):
        return
    for rule in change.after["rateLimits.rules"]:
        yield from _rule(change, rule)
    if change.touches("rateLimits.") and not change.after["trustedProxy.headers"]:
        own = own_address(change.client)
        if is_loopback(own) and not is_loopback(change.client.transport.host):
            yield Finding(
                f"The server sees you as {own}: without trustedProxy.headers all who come through that proxy share one"
                " limit."
            )


def _rule(change: Situation, rule: Mapping[str, Any]) -> Iterator[Finding]:
    label, most = rule["label"], rule["maxRequests"]
    said = f"The rate limit {label!r} lets {most} requests through in {rule['duration']} s"
    action = label.rpartition(":")[2] if ":" in label else ""
    if change.touches("rateLimits."):
        if action.startswith("auth") and action != "authRefresh" and most < _SIGN_IN:
            yield Finding(f"{said}: a sign-in with a second factor takes {_SIGN_IN}, so nobody gets in with one.", True)
        if label in ("/", "/api/", "/api") and most < _PAGE:
            yield Finding(f"{said}: an app's page asks for {_PAGE} or more at once, and gets 429.", True)
        if _is_below_default(rule):
            yield Finding(f"{said}, less than what a new server comes with.")
    largest = change.after["batch.maxRequests"]
    if change.after["batch.enabled"] and action in _SINGLE_WRITES and most < largest:
        yield Finding(
            f"{said}, and each request of a batch counts by itself, for each collection and address: a batch of"
            f" {most + 1} to {largest} never passes, though batch.maxRequests allows it."
        )


def _is_below_default(rule: Mapping[str, Any]) -> bool:
    """Tell whether a rule lets less through a second than the rule of that label on a new server."""
    for default in DEFAULTS["rateLimits"]["rules"]:
        if default["label"] == rule["label"] and rule["duration"] > 0:
            usual = default["maxRequests"] / default["duration"]
            return bool(rule["maxRequests"] / rule["duration"] < usual)
    return False


def _batch(change: Situation) -> Iterator[Finding]:
    if not change.after["batch.enabled"]:
        return
    if change.touches("batch.enabled") and not change.after["rateLimits.enabled"]:
        most = change.after["batch.maxRequests"]
        yield Finding(f"With rateLimits off, anybody whom a rule lets write may send {most} writes in one request.")
    seconds = change.after["batch.timeout"]
    if change.touches("batch.timeout") and seconds > _LONG_BATCH:
        yield Finding(f"A batch may now keep everybody else from writing for {seconds} s.")


def _mail(change: Situation) -> Iterator[Finding]:
    if not change.touches("smtp.", "meta.sender", "meta.appURL"):
        return
    if not change.after["smtp.enabled"]:
        if change.touches("smtp.enabled"):
            yield Finding("With SMTP off the server calls the `sendmail` of its machine, which a container has not.")
        return
    if change.touches("smtp."):
        yield from _mail_server(change)
    defaults = leaves(DEFAULTS)
    for name, why in (("meta.senderAddress", "mails come from there"), ("meta.appURL", "links in mails lead there")):
        if change.after[name] == defaults[name]:
            yield Finding(f"{name} is still {defaults[name]}: {why}.")


def _mail_server(change: Situation) -> Iterator[Finding]:
    host, port, tls = (change.after[f"smtp.{name}"] for name in ("host", "port", "tls"))
    if host.strip() in ("", DEFAULTS["smtp"]["host"]):
        yield Finding(f"SMTP is on without a host of yours (smtp.host is {host!r}): no mail would leave.", True)
    if port == _TLS_PORT and not tls:
        yield Finding(f"Port {port} speaks TLS from the first byte, which wants smtp.tls=true: mails may hang.")
    if port in _STARTTLS_PORTS and tls:
        yield Finding(f"Port {port} begins in plain text (STARTTLS), which wants smtp.tls=false: mails may fail.")
    if change.touches("smtp.username") and change.after["smtp.username"] and "smtp.password" not in change.changed:
        yield Finding("smtp.username changes and smtp.password does not: they belong together.")


def _backups(change: Situation) -> Iterator[Finding]:
    if change.touches("backups.cron", "backups.s3.enabled") and change.after["backups.cron"]:
        if not change.after["backups.s3.enabled"]:
            yield Finding(
                "Automatic backups go to pb_data/backups, which is lost with the disk: set backups.s3, or fetch them."
            )
        kept = change.after["backups.cronMaxKeep"]
        if "backups.cronMaxKeep" in change.changed and kept < change.before["backups.cronMaxKeep"]:
            yield Finding(f"The next automatic backup deletes all older automatic ones but {kept}.")
    if change.touches("backups.s3.enabled", "backups.s3.bucket", "backups.s3.endpoint"):
        yield Finding("The backups that are there stay where they are, and are listed no more.")


def _files(change: Situation) -> Iterator[Finding]:
    if not change.touches("s3.enabled", "s3.bucket", "s3.endpoint"):
        return
    if not (change.before["s3.enabled"] or change.after["s3.enabled"]):
        return
    for collection in get_collections(change.client):
        files = [field["name"] for field in collection["fields"] if field["type"] == "file"]
        given = " || ".join(f"({name} != '' && {name} != '[]')" for name in files)
        if files and collection["type"] != "view" and count_records(change.client, collection["name"], filter=given):
            yield Finding(
                f"Files do not move with the setting: those of {collection['name']}, say, would be missing until they"
                " are copied to the new place.",
                True,
            )
            return


def _logs(change: Situation) -> Iterator[Finding]:
    days = change.after["logs.maxDays"]
    if "logs.maxDays" in change.changed and not days:
        yield Finding("Nothing is logged any more, and what is there is deleted.")
    elif "logs.maxDays" in change.changed and days < change.before["logs.maxDays"]:
        yield Finding(f"What was logged more than {days} days ago is deleted.")
    if "logs.minLevel" in change.changed and change.after["logs.minLevel"] > 0:
        what = "errors are" if change.after["logs.minLevel"] > _ERRORS else "requests that succeed are"
        yield Finding(f"From now on {what} not logged.")
