"""Who gets in that nobody knows: rules open to guests, and sign-up."""

from __future__ import annotations

from _pb.health.patient import Finding, Patient
from _pb.schema.leaks import schema_leaks
from pb_common import script_command
from pb_common.project import typed
from pb_common.schema_types import Collection

_SIGNED_IN = '@request.auth.id != ""'
# What a guest may do by a rule, as the finding's kind names it.
_OPEN = {"public-update": "error", "public-delete": "error", "public-manage": "error", "public-create": "warning"}


def check_rules(patient: Patient) -> list[Finding]:
    """Rules that let guests in: to change or delete, to create, or to read."""
    found = []
    for leak in (item for kind in schema_leaks(patient.collections) for item in kind):
        name, _, rule = leak.place.partition(".")
        if leak.kind in _OPEN or leak.kind == "guest-passes":
            fix = _set_rule(name, rule[:-4])
            why = "Whoever finds the address can do it, without an account."
            found.append(Finding(_OPEN.get(leak.kind, "error"), f"{leak.place}: {leak.message}", why, fix))
    return found + [finding for item in patient.collections for finding in _readable(item)]


def _readable(collection: Collection) -> list[Finding]:
    open_to_all = [action for action in ("list", "view") if collection.get(f"{action}Rule") == ""]
    if not open_to_all or collection.get("system"):
        return []
    name = collection["name"]
    what = "accounts" if collection["type"] == "auth" else "records"
    return [
        Finding(
            "warning",
            f"{name}: anyone, guests included, can {' and '.join(open_to_all)} all {what}.",
            "Fine for what is published; else it is all there for whoever asks.",
            " && ".join(_set_rule(name, action) for action in open_to_all),
        )
    ]


def check_sign_up(patient: Patient) -> list[Finding]:
    """Auth collections in which anybody can make an account."""
    return [
        Finding(
            "warning",
            f"{item['name']}: anybody can make an account (createRule is empty).",
            "Rules that ask only for a signed-in user let in everybody who signs up.",
            script_command(f"pb_collections.py set-rule {typed(item['name'])} create --locked"),
        )
        for item in patient.collections
        if item["type"] == "auth" and not item.get("system") and item.get("createRule") == ""
    ]


def _set_rule(name: str, action: str) -> str:
    return script_command(f"pb_collections.py set-rule {typed(name)} {action} {typed(_SIGNED_IN)}")
