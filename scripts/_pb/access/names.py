"""What the names of fields and values usually mean: an owner, a privilege, a secret, something unpublished."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from pb_common.schema_types import Field

_OWNER = re.compile(
    r"owner|user|author|creator|created_?by|sender|from|account|customer|client|uploader|uploaded_?by|submitted_?by"
    r"|student|patient|buyer|seller|reporter|reported_?by|poster|posted_?by|by|profile|host|organi[sz]er|requester|voter"
    r"|candidate|reader|employee|applicant|subscriber|holder|payer|borrower|lender|renter|driver|actor"
)
_AUTHOR = re.compile(
    r"owner|author|creator|created_?by|sender|from|uploader|uploaded_?by|submitted_?by|poster|posted_?by|by|host"
)
_FOR_OTHERS = re.compile(
    r"assign|recipient|receiver|^to$|to_?user|member|participant|invit|review|approve|follow|target|friend|contact"
    r"|shared|editor|viewer|manager|mention|moderator|collaborator|attendee|^(reported|blocked|rated|subject|about)$"
    r"|(edit|modifi|updat|chang)ed_?by"
)
_PICTURE = re.compile(r"(^|_)(avatar|logo|icon|cover|banner|thumbnail)s?$")
_RECIPIENT = re.compile(r"(to|target|recipient|receiver|destination|payee|beneficiary)(_|$)")
_PRIVILEGE = re.compile(
    r"^(is_?)?(role|roles|admin|staff|moderator|verified|approved|permissions?|premium|featured|banned)$"
)
# What a record is worth, or how it stands: the owner's own business in a private list, the staff's in a shop.
_WORTH = re.compile(
    r"^(is_?)?(paid|blocked|plan|tier)$|(^|_)(price|total|amount|balance|credits?|discount|fee|points|score|level|rank)$"
)
_RANK = re.compile(
    r"admin|staff|owner|moderator|manager|root|super|editor|chief|agent|employee|support|internal|premium"
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
# Collections whose records concern nobody but their owner and the staff.
_PRIVATE_RECORDS = re.compile(
    r"(?<![a-z])(payments?|payouts?|invoices?|orders?|purchases?|transactions?|refunds?|diar(y|ies)|journals?|payslips?"
    r"|payrolls?|salar(y|ies)|prescriptions?|diagnos[ie]s|medical|bank_accounts?|(credit_)?cards|wallets?|receipts?"
    r"|direct_messages?|private|inbox(es)?|notifications?|credentials?|secrets?|tokens|addresses|expenses?|loans?"
    r"|subscriptions?|passports?)(?![a-z])"
)
_UNPUBLISHED = {"draft", "private", "hidden", "unpublished", "secret", "internal", "deleted", "archived", "removed"}
# States that are public in many an application: a rule has to ask for them before they count.
_OFTEN_PUBLIC = {"deleted", "archived", "removed", "live"}
_PUBLIC_FLAG = re.compile(r"^(is_?)?(public|published|visible|approved|live)$")
_PRIVATE_FLAG = re.compile(r"^(is_?)?(private|hidden|deleted|draft|archived|internal|secret)$")


def is_owner(name: str) -> bool:
    """Tell whether a relation to a user names the record's owner."""
    return not is_for_others(name) and bool(_OWNER.fullmatch(_plain(name)))


def is_author(name: str) -> bool:
    """Tell whether a relation to a user says who made the record, whatever it lies in."""
    return bool(_AUTHOR.fullmatch(_plain(name)))


def is_writer(name: str) -> bool:
    """Tell whether a relation to a user says who wrote a record, which is usually there to be read."""
    return is_author(name) and _plain(name) not in ("owner", "host", "sender", "from")


def is_for_others(name: str) -> bool:
    """Tell whether a relation to a user usually names somebody other than the record's owner."""
    return bool(_FOR_OTHERS.search(_plain(name)))


def is_picture(name: str) -> bool:
    """Tell whether a file is usually there to be seen by everybody, such as an avatar."""
    return bool(_PICTURE.search(_plain(name)))


def is_recipient(name: str) -> bool:
    """Tell whether a relation says where something goes, which is meant to be somebody else's."""
    return bool(_RECIPIENT.match(_plain(name)))


def is_privilege(name: str) -> bool:
    """Tell whether a field usually gives its user more rights."""
    return bool(_PRIVILEGE.match(_plain(name)))


def is_worth(name: str) -> bool:
    """Tell whether a field usually says what something is worth or whether it is paid, which often others decide."""
    return bool(_WORTH.search(_plain(name)))


def is_rank(values: Iterable[str]) -> bool:
    """Tell whether one of these values of a field sounds like more rights than everybody has."""
    return any(_RANK.search(value.lower()) for value in values)


def is_private_collection(name: str) -> bool:
    """Tell whether a collection's records usually concern nobody but their owner and the staff, such as payments."""
    return bool(_PRIVATE_RECORDS.search(_words(name)))


def is_sensitive(name: str) -> bool:
    """Tell whether a field usually holds what only its owner or the staff may see."""
    words = _words(name)
    return bool(_SENSITIVE.search(words)) and not _ABOUT.search(words)


def is_draft(field: Field, value: Any) -> bool:
    """Tell whether a value, such as "draft" of a status or False of `published`, means that a record is not public."""
    if field["type"] == "bool":
        return bool((_PRIVATE_FLAG if value else _PUBLIC_FLAG).match(_plain(field["name"])))
    return field["type"] in ("select", "text") and str(value).lower() in _UNPUBLISHED


def is_often_public(name: str, value: Any) -> bool:
    """Tell whether an unpublished record, such as one with status=archived, is public in many an application."""
    return bool({_plain(name).replace("is_", ""), str(value).lower()} & _OFTEN_PUBLIC)


def _plain(name: str) -> str:
    """Return a name in lower case with underscores, without a trailing id."""
    return re.sub(r"_id$", "", _words(name))


def _words(name: str) -> str:
    """Return a name in lower case with underscores between its words."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
