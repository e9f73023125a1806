"""What is suspicious in what actors may read."""

from __future__ import annotations

from collections.abc import Iterator

from _pb.access.names import (
    is_for_others,
    is_often_public,
    is_picture,
    is_private_collection,
    is_sensitive,
    is_writer,
)
from _pb.access.personas import GUEST, OTHER
from _pb.access.subject import HIGH, REVIEW, Finding, Subject
from _pb.access.variants import Variant, is_unpublished
from pb_common.schema_types import Field


def others(subject: Subject) -> Iterator[Finding]:
    """Whether somebody reads what belongs to another; what its author shows to everybody is meant to be read."""
    if subject.is_auth or not subject.owners():
        return
    private = is_private_collection(subject.name)
    written = all(is_writer(field["name"]) for field in subject.owner_fields)
    for actor in (GUEST, *(f"{users}:{OTHER}" for users in subject.owners())):
        reads = [action for action in ("list", "view") if subject.reads_all(action, actor)]
        public = written and subject.reads_all("list", GUEST)
        if reads and (private or not public):
            message, fix = "others read what belongs to a user", "Compare the owner with @request.auth.id."
            yield subject.finding(reads[0], actor, message, fix, HIGH if private else REVIEW)


def drafts(subject: Subject) -> Iterator[Finding]:
    """Whether unpublished or private records show."""
    fields = subject.collection["fields"]
    usual = _usual(fields)
    found = {"own": usual} if usual else {}
    listed = subject.rows["list"].tried if "list" in subject.rows else []
    found.update({label: one for label, one in subject.variants().items() if is_unpublished(one, fields)})
    for actor in (GUEST, *subject.strangers()):
        for action in ("list", "view"):
            allowed = subject.allowed(action, actor)
            shown = [one for label, one in found.items() if label in allowed and label in ("own", *listed)]
            meant = all(is_often_public(one.name, one.value) and not subject.asks(one.name) for one in shown)
            if shown:
                message = f"records that are not public show: {', '.join(one.label for one in shown)}"
                fix = "Ask for the published state in the rule."
                tried = next(label for label, one in found.items() if one is shown[0])
                yield subject.finding(action, actor, message, fix, REVIEW if meant else HIGH, tried)


def _usual(fields: list[Field]) -> Variant | None:
    """Return what makes the usual record an unpublished one, None if nothing does."""
    for field in fields:
        name, first = field["name"], (field.get("values") or [""])[0]
        usual = None
        if field["type"] == "select" and first:
            usual = Variant(f"{name}={first}", {name: first})
        elif field["type"] == "bool" and not field.get("required"):
            usual = Variant(f"{name}=false", {name: False})
        if usual and is_unpublished(usual, fields):
            return usual
    return None


def details(subject: Subject) -> Iterator[Finding]:
    """Fields, addresses and files that others should not see, and accounts that others may change."""
    for actor in (GUEST, *subject.strangers()):
        seen = subject.allowed("fields", actor)
        secret = [name for name in seen if is_sensitive(name) or (name == "email" and (subject.is_auth))]
        if secret:
            message = f"others see {', '.join(secret)}"
            yield subject.finding("fields", actor, message, "Hide the field, or tighten the rule.", tried=secret[0])
        allowed = subject.allowed("update", actor)
        changed = [name for name in ("password", "email") if f"-> {name}" in allowed]
        if changed:
            message = f"somebody else may change {', '.join(changed)} of an account"
            yield subject.finding("update", actor, message, "Tighten the manageRule.", tried=f"-> {changed[0]}")
        guessed = [name for name in subject.allowed("filter", actor) if not subject.sees(actor, name)]
        if guessed:
            message = f"values that are hidden can be guessed by filtering: {', '.join(guessed)}"
            fix = "Use PocketBase 0.32 or newer, or tighten the rules."
            yield subject.finding("filter", actor, message, fix, tried=guessed[0])
        files = [name for name in subject.allowed("files", actor) if not is_picture(name)]
        if files and "own" not in subject.allowed("view", actor):
            severity = HIGH if any(is_sensitive(name) for name in files) else REVIEW
            message = f"files of hidden records are public to whoever has the address: {', '.join(files)}"
            fix = "Set protected: true on the file field."
            yield subject.finding("files", actor, message, fix, severity, files[0])


def lists(subject: Subject) -> Iterator[Finding]:
    """Whether the list shows what the view hides."""
    if "view" not in subject.rows or "list" not in subject.rows:
        return
    for actor, listed in subject.rows["list"].allowed.items():
        more = [name for name in listed if name not in subject.allowed("view", actor)]
        if more:
            message = f"the list shows records that cannot be viewed: {', '.join(more)}"
            fix = "Give listRule and viewRule the same conditions."
            yield subject.finding("list", actor, message, fix, tried=more[0])


def views(subject: Subject) -> Iterator[Finding]:
    """Whether an SQL view shows records that are hidden where they come from."""
    if not subject.is_view:
        return
    population = subject.population
    fields = [field["name"] for field in subject.collection["fields"]]
    for actor in (GUEST, *subject.strangers()):
        for label in subject.allowed("list", actor):
            source = population.sources[subject.name].get(label)
            if source and not subject.can_view(actor, source):
                shown = [name for name in fields if name == "email" or is_sensitive(name) or is_for_others(name)]
                severity = HIGH if shown else REVIEW
                message = f"shows records of {source} that are hidden there"
                fix = "Give the view the rules of its source."
                yield subject.finding("list", actor, message, fix, severity, label)
                break


JUDGES = (others, drafts, details, lists, views)
