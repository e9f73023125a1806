"""The settings as one document: its values by their dotted names, the values of a new server, and what is secret."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pb_common import Client
from pb_common.paths import SETTINGS

_NO_S3 = {
    "enabled": False,
    "bucket": "",
    "region": "",
    "endpoint": "",
    "accessKey": "",
    "forcePathStyle": False,
}
# What a new server has.
DEFAULTS: dict[str, Any] = {
    "superuserIPs": [],
    "smtp": {
        "enabled": False,
        "port": 587,
        "host": "smtp.example.com",
        "username": "",
        "authMethod": "",
        "tls": False,
        "localName": "",
    },
    "backups": {"cron": "", "cronMaxKeep": 3, "s3": _NO_S3},
    "s3": _NO_S3,
    "meta": {
        "accentColor": "#1055c9",
        "appName": "Acme",
        "appURL": "http://localhost:8090",
        "senderName": "Support",
        "senderAddress": "support@example.com",
        "hideControls": False,
    },
    "rateLimits": {
        "rules": [
            {"label": "*:auth", "audience": "", "duration": 3, "maxRequests": 2},
            {"label": "*:create", "audience": "", "duration": 5, "maxRequests": 20},
            {"label": "/api/batch", "audience": "", "duration": 1, "maxRequests": 3},
            {"label": "/api/", "audience": "", "duration": 10, "maxRequests": 300},
        ],
        "excludedIPs": [],
        "enabled": False,
    },
    "trustedProxy": {"headers": [], "useLeftmostIP": False},
    "batch": {"enabled": False, "maxRequests": 50, "timeout": 3, "maxBodySize": 0},
    "logs": {"maxDataSize": 0, "maxDays": 5, "minLevel": 0, "logIP": True, "logAuthId": False},
}
# What v0.23.0 did not have yet, and the version that brought it.
SINCE = {
    "meta.accentColor": "0.37",
    "superuserIPs": "0.38",
    "rateLimits.excludedIPs": "0.38",
    "logs.maxDataSize": "0.40",
}
# What the server takes and never tells, each with the variable that an export names for it.
SECRETS = {
    "smtp.password": "PB_SMTP_PASSWORD",
    "s3.secret": "PB_S3_SECRET",
    "backups.s3.secret": "PB_BACKUPS_S3_SECRET",
}


def read(client: Client) -> dict[str, Any]:
    """Return the settings of the server by their dotted names (GET /api/settings)."""
    return leaves(client.call("GET", SETTINGS))


def leaves(document: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """Return the values of a document by their dotted names; a list is one value."""
    found: dict[str, Any] = {}
    for key, value in document.items():
        name = f"{above}{key}"
        found.update(leaves(value, f"{name}.") if isinstance(value, dict) and value else {name: value})
    return found


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document of values by their dotted names."""
    document: dict[str, Any] = {}
    for name, value in values.items():
        *above, last = name.split(".")
        place = document
        for key in above:
            place = place.setdefault(key, {})
        place[last] = value
    return document


def without_secret_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values by their dotted names with *** for the secrets among them, an empty one excepted."""
    return {name: "***" if name in SECRETS and value else value for name, value in values.items()}
