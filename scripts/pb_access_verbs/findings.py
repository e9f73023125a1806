"""What is suspicious in a matrix by itself, without a reviewed file to compare it with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from .names import is_author, is_draft, is_for_others, is_owner, is_privilege, is_sensitive
from .observe import Row
from .people import GUEST, OTHER, OWNER
from .population import Population

_HIGH, _REVIEW = "high", "review"
_SIGNED_IN = 'Begin the rule with `@request.auth.id != "" &&`.'


class Finding(NamedTuple):
    """Something suspicious: severity (high, or review), where, for whom, what was observed, and the usual remedy."""

    severity: str
    collection: str
    action: str
    actors: list[str]
    message: str
    fix: str

    @property
    def is_alarm(self) -> bool:
        """Whether it is a leak unless somebody who knows the application says otherwise."""
        return self.severity == _HIGH


def find(rows: list[Row], population: Population) -> list[Finding]:
    """Return what is suspicious in a matrix, the worst first."""
    found: list[Finding] = []
    readers = {row.collection: row for row in rows if row.action == "view"}
    for name in dict.fromkeys(row.collection for row in rows):
        subject = _Subject(name, {row.action: row for row in rows if row.collection == name}, population, readers)
        for judge in (_guests, _strangers, _ownership, _foreign, _privileges, _drafts, _details, _lists, _views):
            found += list(judge(subject))
    return sorted(_merged(found), key=lambda finding: finding.severity)


def _merged(found: list[Finding]) -> list[Finding]:
    """Return the findings, each once with all actors for whom it was made."""
    merged: dict[tuple[str, ...], Finding] = {}
    for one in found:
        same = merged.setdefault((one.severity, one.collection, one.action, one.message), one._replace(actors=[]))
        same.actors.extend(actor for actor in one.actors if actor not in same.actors)
    return list(merged.values())


class _Subject:
    """One collection's observations, with the questions that the judgements ask."""

    def __init__(self, name: str, rows: dict[str, Row], population: Population, views: dict[str, Row]) -> None:
        self.name = name
        self.rows = rows
        self.population = population
        self._views = views
        self.collection = population.collections[name]
        self.is_auth = self.collection["type"] == "auth"
        self.is_view = self.collection["type"] == "view"
        single = [field for field in self.user_fields() if (field.get("maxSelect") or 1) == 1]
        self.owner_fields = [field for field in single if is_owner(field["name"], len(single))]

    def user_fields(self) -> list[dict[str, Any]]:
        """Return the relation fields that lead to auth collections."""
        population = self.population
        fields = population.relations(self.name)
        return [field for field in fields if population.collections[population.target_of(field)]["type"] == "auth"]

    def owners(self) -> list[str]:
        """Return the auth collections whose users can own a record of this collection."""
        if self.is_auth:
            return [self.name]
        return list(dict.fromkeys(self.population.target_of(field) for field in self.owner_fields))

    def allowed(self, action: str, actor: str) -> list[str]:
        """Return what an actor was allowed of an action."""
        row = self.rows.get(action)
        return row.allowed.get(actor, []) if row else []

    def can_view(self, actor: str, collection: str) -> bool:
        """Tell whether an actor sees the owner's record of any collection."""
        return collection not in self._views or "own" in self._views[collection].allowed.get(actor, [])

    def sees(self, actor: str, field: str) -> bool:
        """Tell whether an actor sees a field of the owner's record, or of a record that a relation leads to."""
        relation, _, inner = field.partition(".")
        if not inner:
            return field in self.allowed("fields", actor)
        links = {one["name"]: self.population.target_of(one) for one in self.population.relations(self.name)}
        hidden = [one["name"] for one in self.population.collections[links[relation]]["fields"] if one.get("hidden")]
        return inner not in hidden and self.can_view(actor, links[relation])

    def belongs_to_somebody(self, collection: str) -> bool:
        """Tell whether a collection's records lead to others, or users to them, so that they can be foreign."""
        population = self.population
        users = [field for name in population.kinds("auth") for field in population.relations(name)]
        return bool(population.relations(collection)) or any(
            population.target_of(field) == collection for field in users
        )

    def has_keeper(self) -> bool:
        """Tell whether records lie in a parent that others cannot put theirs into, such as memberships in a team."""
        fields = [field for field in self.population.relations(self.name) if field not in self.user_fields()]
        users = [f"{name}:{OWNER}" for name in self.population.kinds("auth")]
        return any(
            "own" in self.allowed("create", who) and f"{field['name']}=another's" not in self.allowed("create", who)
            for field in fields
            for who in users
        )

    def finding(self, action: str, actor: str, message: str, fix: str, severity: str = _HIGH) -> Finding:
        """Return a finding about this collection; the remedy of what may well be meant says so."""
        if severity == _REVIEW:
            fix = f"If that is not meant: {fix[0].lower()}{fix[1:]}"
        return Finding(severity, self.name, action, [actor], message, fix)


def _guests(subject: _Subject) -> Iterator[Finding]:
    """What somebody who is not signed in may do."""
    for action in ("update", "delete"):
        if "own" in subject.allowed(action, GUEST):
            yield subject.finding(action, GUEST, f"anybody may {action} records, without signing in", _SIGNED_IN)
    for action in ("list", "view", "update", "delete"):
        allowed = subject.allowed(action, GUEST)
        if "unowned" in allowed and "own" not in allowed:
            message = f"a record whose owner is empty is open to guests for {action}: both sides are empty"
            yield subject.finding(action, GUEST, message, _SIGNED_IN)
    created = subject.allowed("create", GUEST)
    if created and not subject.is_auth:
        severity = _HIGH if subject.owner_fields else _REVIEW
        yield subject.finding("create", GUEST, "anybody may create records, without signing in", _SIGNED_IN, severity)


def _strangers(subject: _Subject) -> Iterator[Finding]:
    """What one user may do with the records of another."""
    for users in subject.population.kinds("auth"):
        actor = f"{users}:{OTHER}"
        owned = users in subject.owners()
        severity = _HIGH if owned else _REVIEW
        for action in ("update", "delete"):
            if "own" in subject.allowed(action, actor):
                message = f"a user may {action} a record that belongs to somebody else"
                message = message if owned else f"any user may {action} records"
                yield subject.finding(action, actor, message, "Compare the owner with @request.auth.id.", severity)
        for field in subject.user_fields():
            taken = subject.population.target_of(field) == users
            if taken and f"{field['name']} -> me" in subject.allowed("update", actor):
                message = f"a user may take a record over by setting {field['name']}"
                fix = "Compare the stored field, not @request.body, with @request.auth.id."
                yield subject.finding("update", actor, message, fix)
        reads = [action for action in ("list", "view") if "own" in subject.allowed(action, actor)]
        if reads and users in subject.owners() and not subject.is_auth:
            message = "a user reads the records of other users"
            yield subject.finding(reads[0], actor, message, "Compare the owner with @request.auth.id.", _REVIEW)


def _ownership(subject: _Subject) -> Iterator[Finding]:
    """Whether a user may pretend to be another, or give a record away."""
    for field in subject.owner_fields:
        actor = f"{subject.population.target_of(field)}:{OWNER}"
        name = field["name"]
        if f"{name}=another's" in subject.allowed("create", actor):
            severity = _REVIEW if subject.has_keeper() and not is_author(name) else _HIGH
            message = f"a user may create a record in the name of another ({name})"
            fix = f"Add `&& @request.body.{name} = @request.auth.id` to the createRule."
            yield subject.finding("create", actor, message, fix, severity)
        if f"{name} -> another" in subject.allowed("update", actor):
            fix = f"Add `&& @request.body.{name}:isset = false` to the updateRule."
            yield subject.finding("update", actor, f"a user may make another the {name} of a record", fix)


def _foreign(subject: _Subject) -> Iterator[Finding]:
    """Whether records can be put under a parent that the actor cannot even see, such as another team."""
    population = subject.population
    for field in population.relations(subject.name):
        target, name = population.target_of(field), field["name"]
        if population.collections[target]["type"] != "base" or not subject.belongs_to_somebody(target):
            continue
        for users in population.kinds("auth"):
            actor = f"{users}:{OWNER}"
            stranger = f"{users}:{OTHER}"
            if subject.can_view(stranger, target):
                continue
            tried = {"create": f"{name}=another's", "update": f"{name} -> another"}
            for action, what in tried.items():
                if what in subject.allowed(action, actor):
                    message = f"a record may be put into somebody else's {target} ({name})"
                    fix = f"Check {name}'s own owner or members in the {action}Rule."
                    yield subject.finding(action, actor, message, fix)


def _privileges(subject: _Subject) -> Iterator[Finding]:
    """Whether users may raise themselves: roles, flags of approval, balances."""
    rules = subject.population.rules()
    asked = set(re.findall(r"@request\.auth\.(\w+)", rules)) if subject.is_auth else set()
    for field in subject.collection["fields"]:
        name = field["name"]
        if field["type"] == "relation" or not (name in asked - {"id", "collectionName"} or is_privilege(name)):
            continue
        severity = _REVIEW if not subject.is_auth and subject.has_keeper() else _HIGH
        for action, prefix, actors in (
            ("create", "", [GUEST, *(f"{users}:{OWNER}" for users in subject.population.kinds("auth"))]),
            ("update", "-> ", [f"{users}:{OWNER}" for users in subject.owners()]),
        ):
            for actor in actors if subject.is_auth or name not in asked else []:
                label = next((one for one in subject.allowed(action, actor) if one.startswith(f"{prefix}{name}=")), "")
                if label and not label.endswith("=empty"):
                    message = f"the user chooses {label.replace('-> ', '')} without being asked"
                    fix = f"Add `&& @request.body.{name}:isset = false` to the {action}Rule."
                    yield subject.finding(action, actor, message, fix, severity)


def _drafts(subject: _Subject) -> Iterator[Finding]:
    """Whether unpublished or private records show."""
    fields = {field["name"]: field for field in subject.collection["fields"]}
    labels = {"own": _usual_state(fields)} if _usual_state(fields) else {}
    for label in subject.rows["list"].tried if "list" in subject.rows else []:
        if is_draft(label, fields):
            labels[label] = label
    for users in subject.population.kinds("auth"):
        for actor in (GUEST, f"{users}:{OTHER}"):
            for action in ("list", "view"):
                shown = [words for label, words in labels.items() if label in subject.allowed(action, actor)]
                if shown:
                    message = f"records that are not public show: {', '.join(shown)}"
                    yield subject.finding(action, actor, message, "Ask for the published state in the rule.")


def _usual_state(fields: dict[str, Any]) -> str:
    """Return what makes the usual record an unpublished one, "" if nothing does."""
    for name, field in fields.items():
        if field["type"] == "select" and field.get("values"):
            if is_draft(f"{name}={field['values'][0]}", fields):
                return f"{name}={field['values'][0]}"
        elif field["type"] == "bool" and not field.get("required") and is_draft(f"{name}=false", fields):
            return f"{name}=false"
    return ""


def _details(subject: _Subject) -> Iterator[Finding]:
    """Fields, addresses and files that others should not see, and accounts that others may change."""
    strangers = [f"{users}:{OTHER}" for users in subject.population.kinds("auth")]
    for actor in (GUEST, *strangers):
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
        files = subject.allowed("files", actor)
        if files and "own" not in subject.allowed("view", actor):
            severity = _HIGH if any(is_sensitive(name) for name in files) else _REVIEW
            message = f"files of hidden records are public to whoever has the address: {', '.join(files)}"
            yield subject.finding("files", actor, message, "Set protected: true on the file field.", severity)


def _lists(subject: _Subject) -> Iterator[Finding]:
    """Whether the list shows what the view hides."""
    if "view" not in subject.rows or "list" not in subject.rows:
        return
    for actor, listed in subject.rows["list"].allowed.items():
        more = [name for name in listed if name not in subject.allowed("view", actor)]
        if more:
            message = f"the list shows records that cannot be viewed: {', '.join(more)}"
            yield subject.finding("list", actor, message, "Give listRule and viewRule the same conditions.")


def _views(subject: _Subject) -> Iterator[Finding]:
    """Whether an SQL view shows records that are hidden where they come from."""
    if not subject.is_view:
        return
    population = subject.population
    fields = [field["name"] for field in subject.collection["fields"]]
    for users in population.kinds("auth"):
        for actor in (GUEST, f"{users}:{OTHER}"):
            for label in subject.allowed("list", actor):
                source = label.split(" ")[0]
                if source in population.collections and not subject.can_view(actor, source):
                    shown = [name for name in fields if name == "email" or is_sensitive(name) or is_for_others(name)]
                    severity = _HIGH if shown else _REVIEW
                    message = f"shows records of {source} that are hidden there"
                    yield subject.finding("list", actor, message, "Give the view the rules of its source.", severity)
                    break
