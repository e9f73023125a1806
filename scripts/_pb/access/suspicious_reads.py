"""What is suspicious in what actors may read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from _pb.access.names import (
    is_draft,
    is_for_others,
    is_often_public,
    is_picture,
    is_private_collection,
    is_sensitive,
    is_writer,
)
from _pb.access.personas import GUEST, OTHER
from _pb.access.subject import HIGH, REVIEW, Finding, Subject


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
    fields = {field["name"]: field for field in subject.collection["fields"]}
    usual = _usual_state(fields)
    labels = {"own": usual} if usual else {}
    for label in subject.rows["list"].tried if "list" in subject.rows else []:
        if is_draft(label, fields):
            labels[label] = label
    for actor in (GUEST, *subject.strangers()):
        for action in ("list", "view"):
            shown = [words for label, words in labels.items() if label in subject.allowed(action, actor)]
            meant = all(is_often_public(label) and not subject.asks(label.partition("=")[0]) for label in shown)
            if shown:
                message = f"records that are not public show: {', '.join(shown)}"
                fix = "Ask for the published state in the rule."
                yield subject.finding(action, actor, message, fix, REVIEW if meant else HIGH)


def _usual_state(fields: dict[str, Any]) -> str:
    """Return what makes the usual record an unpublished one, "" if nothing does."""
    for name, field in fields.items():
        if field["type"] == "select" and field.get("values"):
            if is_draft(f"{name}={field['values'][0]}", fields):
                return f"{name}={field['values'][0]}"
        elif field["type"] == "bool" and not field.get("required") and is_draft(f"{name}=false", fields):
            return f"{name}=false"
    return ""


def details(subject: Subject) -> Iterator[Finding]:
    """Fields, addresses and files that others should not see, and accounts that others may change."""
    for actor in (GUEST, *subject.strangers()):
        seen = subject.allowed("fields", actor)
        secret = [name for name in seen if is_sensitive(name) or (name == "email" and (subject.is_auth))]
        if secret:
            message = f"others see {', '.join(secret)}"
            yield subject.finding("fields", actor, message, "Hide the field, or tighten the rule.")
        changed = [name for name in ("-> password", "-> email") if name in subject.allowed("update", actor)]
        if changed:
            message = f"somebody else may change {', '.join(name[3:] for name in changed)} of an account"
            yield subject.finding("update", actor, message, "Tighten the manageRule.")
        guessed = [name for name in subject.allowed("filter", actor) if not subject.sees(actor, name)]
        if guessed:
            message = f"values that are hidden can be guessed by filtering: {', '.join(guessed)}"
            yield subject.finding("filter", actor, message, "Use PocketBase 0.32 or newer, or tighten the rules.")
        files = [name for name in subject.allowed("files", actor) if not is_picture(name)]
        if files and "own" not in subject.allowed("view", actor):
            severity = HIGH if any(is_sensitive(name) for name in files) else REVIEW
            message = f"files of hidden records are public to whoever has the address: {', '.join(files)}"
            yield subject.finding("files", actor, message, "Set protected: true on the file field.", severity)


def lists(subject: Subject) -> Iterator[Finding]:
    """Whether the list shows what the view hides."""
    if "view" not in subject.rows or "list" not in subject.rows:
        return
    for actor, listed in subject.rows["list"].allowed.items():
        more = [name for name in listed if name not in subject.allowed("view", actor)]
        if more:
            message = f"the list shows records that cannot be viewed: {', '.join(more)}"
            yield subject.finding("list", actor, message, "Give listRule and viewRule the same conditions.")


def views(subject: Subject) -> Iterator[Finding]:
    """Whether an SQL view shows records that are hidden where they come from."""
    if not subject.is_view:
        return
    population = subject.population
    fields = [field["name"] for field in subject.collection["fields"]]
    for actor in (GUEST, *subject.strangers()):
        for label in subject.allowed("list", actor):
            source = label.split(" ")[0]
            if source in population.collections and not subject.can_view(actor, source):
                shown = [name for name in fields if name == "email" or is_sensitive(name) or is_for_others(name)]
                severity = HIGH if shown else REVIEW
                message = f"shows records of {source} that are hidden there"
                yield subject.finding("list", actor, message, "Give the view the rules of its source.", severity)
                break


JUDGES = (others, drafts, details, lists, views)
