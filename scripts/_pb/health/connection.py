"""The way between here and the server: clock, TLS, proxies."""

from __future__ import annotations

import json
import socket
import time
from email.utils import parsedate_to_datetime

from _pb.health.patient import Finding, NotChecked, Patient, set_command
from pb_common.paths import is_loopback

_CLOCK_SECONDS, _FAR_SECONDS = 10, 60
_DAY = 86_400
_SOON_DAYS, _NOW_DAYS = 21, 3
# An address of no machine, for examples: nobody sends from it.
_NOBODY = "203.0.113.7"


def check_clock(patient: Patient) -> list[Finding]:
    """A clock of the server that differs from this machine's."""
    date = patient.health.headers.get("date")
    if not date:
        raise NotChecked("The answers have no Date.")
    # The header has whole seconds.
    away = parsedate_to_datetime(date).timestamp() + 0.5 - patient.asked_at
    if abs(away) <= _CLOCK_SECONDS:
        return []
    return [
        Finding(
            "error" if abs(away) > _FAR_SECONDS else "warning",
            f"The server's clock is {abs(away):.0f} s {'ahead of' if away > 0 else 'behind'} this machine's.",
            "Tokens and codes end too early or too late, S3 and OAuth2 refuse its requests, crons run at other times.",
            "timedatectl set-ntp true (on whichever of the two is wrong)",
        )
    ]


def check_tls(patient: Patient) -> list[Finding]:
    """Passwords over plain http to another machine, and a certificate that ends soon."""
    transport = patient.client.transport
    if not transport.secure:
        if patient.is_here:
            return []
        return [
            Finding(
                "error",
                f"PB_URL is plain http to {transport.host}.",
                "Passwords, tokens and records can be read and changed on the way.",
                f"./pocketbase serve {transport.host}, or a proxy with a certificate (references/deployment.md)",
            )
        ]
    left = (_certificate_end(patient) - time.time()) / _DAY
    if left > _SOON_DAYS:
        return []
    return [
        Finding(
            "error" if left < _NOW_DAYS else "warning",
            f"The certificate of {transport.host} ends in {left:.0f} days.",
            "From then on no client connects.",
            "Renew it, and see why that did not happen by itself: certbot renew, or the log of Caddy or PocketBase",
        )
    ]


def _certificate_end(patient: Patient) -> float:
    """Return when the certificate ends, in seconds since the epoch."""
    import ssl

    settings, transport = patient.client.settings, patient.client.transport
    try:
        with socket.create_connection((transport.host, transport.port), settings.timeout) as plain:
            context = ssl.create_default_context()
            with context.wrap_socket(plain, server_hostname=transport.host) as stream:
                found = stream.getpeercert() or {}
    except OSError as error:
        raise NotChecked(f"The certificate cannot be read: {error}.") from error
    return float(ssl.cert_time_to_seconds(str(found["notAfter"])))


def check_proxy(patient: Patient) -> list[Finding]:
    """A proxy whose clients all look like one, and a header that anybody can send."""
    trusted = patient.settings["trustedProxy"]
    found = []
    if not trusted["headers"]:
        proxy = _proxy(patient)
        if proxy:
            found.append(
                Finding(
                    "warning",
                    f"The server is behind a proxy ({proxy}), and trusts no header of it.",
                    "To rate limits, logs and superuserIPs all clients have the proxy's address.",
                    set_command("trustedProxy.headers=X-Real-IP"),
                )
            )
        return found
    for name in trusted["headers"]:
        answer = patient.ask_health({name: _NOBODY})
        if answer.status == 403 or _details(answer.body).get("realIP") == _NOBODY:
            found.append(_forged(patient, name))
    return found


def _forged(patient: Patient, name: str) -> Finding:
    """Return the finding for a header that a client can set: past the proxy, on the server's machine, it always can."""
    if patient.is_here:
        severity, where = "info", " on this machine, past the proxy"
    else:
        severity, where = "error", ""
    return Finding(
        severity,
        f"Whoever reaches {patient.client.settings.url}{where} is who their {name} says.",
        "Rate limits, logs and superuserIPs can be deceived: the proxy has to overwrite the header, and nobody else may"
        " reach the port.",
        "Have the proxy set the header itself (references/deployment.md), or: "
        + set_command("trustedProxy.headers:=[]"),
    )


def _proxy(patient: Patient) -> str:
    """Return what tells that a proxy stands before the server, "" if nothing does.

    PocketBase names neither itself nor a way in its answers, and who comes from another machine has no loopback
    address.
    """
    headers = patient.health.headers
    named = headers.get("via") or headers.get("server")
    if named:
        return str(named)[:60]
    details = _details(patient.health.body)
    if details.get("possibleProxyHeader"):
        return str(details["possibleProxyHeader"])
    address = str(details.get("realIP", ""))
    return f"it sees {address}" if is_loopback(address) and not patient.is_here else ""


def _details(body: bytes) -> dict[str, str]:
    try:
        return dict(json.loads(body)["data"])
    except (ValueError, KeyError, TypeError):
        return {}
