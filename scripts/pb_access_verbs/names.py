"""What the names of fields and values usually mean: an owner, a privilege, a secret, something unpublished."""

from __future__ import annotations

import re
from typing import Any

_OWNER = re.compile(
    r"owner|user|author|creator|created_?by|sender|from|account|customer|client|uploader|uploaded_?by|submitted_?by"
    r"|student|patient|buyer|seller|reporter|poster|by|profile|host|organi[sz]er|requester|voter|student|candidate"
)
_AUTHOR = re.compile(r"owner|author|creator|created_?by|sender|from|uploader|uploaded_?by|submitted_?by|poster|by|host")
_FOR_OTHERS = re.compile(
    r"assign|recipient|receiver|^to$|to_?user|member|participant|invit|review|approve|follow|target|friend|contact"
    r"|shared|editor|viewer|manager|mention|moderator|collaborator|attendee"
)
_PRIVILEGE = re.compile(
    r"^(is_?)?(role|roles|admin|staff|moderator|verified|approved|permissions?|plan|tier|balance|credits?|paid|premium"
    r"|featured|banned|blocked)$"
)
# Whole words: "hash" is not meant by "hashtags", nor "otp" by "footprint". The first ones may end a longer word.
_SENSITIVE = re.compile(
    r"(password|passwd|secret|token|api_?key)s?(?![a-z])|(?<![a-z])(private|internals?|ssn|iban|salary|salaries"
    r"|passport|credit_?card|card_?number|hash|hashes|otps?|pin_?code|medical|diagnos[ie]s|tax_?id|(admin|staff)_?notes?"
    r"|cost_?price|contracts?|invoices?|receipts?)(?![a-z])"
)
# What is only said about a secret: a flag, a kind, a time, a number.
_ABOUT = re.compile(
    r"^(is|has|had|was|can|may|needs?|show|allow)_"
    r"|_(type|kind|status|state|count|total|at|on|date|required|enabled|sent|signed|paid|expires|expiry)$"
)
_UNPUBLISHED = {"draft", "private", "hidden", "unpublished", "secret", "internal", "deleted", "archived", "removed"}
_PUBLIC_FLAG = re.compile(r"^(is_?)?(public|published|visible|approved|live)$")
_PRIVATE_FLAG = re.compile(r"^(is_?)?(private|hidden|deleted|draft|archived|internal|secret)$")


def is_owner(name: str, among: int) -> bool:
    """Tell whether a relation to a user names the record's owner; `among` is how many such relations there are."""
    plain = _plain(name)
    if _FOR_OTHERS.search(plain):
        return False
    return bool(_OWNER.fullmatch(plain)) or among == 1


def is_author(name: str) -> bool:
    """Tell whether a relation to a user says who made the record, whatever it lies in."""
    return bool(_AUTHOR.fullmatch(_plain(name)))


def is_for_others(name: str) -> bool:
    """Tell whether a relation to a user usually names somebody other than the record's owner."""
    return bool(_FOR_OTHERS.search(_plain(name)))


def is_privilege(name: str) -> bool:
    """Tell whether a field usually gives its user more rights or more value."""
    return bool(_PRIVILEGE.match(_plain(name)))


def is_sensitive(name: str) -> bool:
    """Tell whether a field usually holds what only its owner or the staff may see."""
    words = _words(name)
    return bool(_SENSITIVE.search(words)) and not _ABOUT.search(words)


def is_draft(label: str, fields: dict[str, Any]) -> bool:
    """Tell whether a state such as status=draft or published=false means that a record is not public."""
    name, _, value = label.partition("=")
    kind = fields.get(name, {}).get("type")
    if kind == "bool":
        return bool((_PRIVATE_FLAG if value == "true" else _PUBLIC_FLAG).match(_plain(name)))
    return kind in ("select", "text") and value.lower() in _UNPUBLISHED


def _plain(name: str) -> str:
    """Return a name in lower case with underscores, without a trailing id."""
    return re.sub(r"_?id$", "", _words(name))


def _words(name: str) -> str:
    """Return a name in lower case with underscores between its words."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
