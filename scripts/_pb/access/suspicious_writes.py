"""What is suspicious in what actors may create, change and delete."""

from __future__ import annotations

from collections.abc import Iterator

from _pb.access.names import is_author, is_privilege, is_rank, is_recipient, is_worth
from _pb.access.owning import asks_of_request, may_not_send
from _pb.access.personas import GUEST, OTHER, OWNER
from _pb.access.readings import all_paths
from _pb.access.subject import HIGH, REVIEW, Finding, Subject
from _pb.schema.lookup import rule_of
from pb_common.schema_types import Field

_SIGNED_IN = 'Begin the rule with `@request.auth.id != "" &&`.'
_COMPARE = "Compare the owner with @request.auth.id."


def guests(subject: Subject) -> Iterator[Finding]:
    """What somebody who is not signed in may do."""
    for action in ("update", "delete"):
        if "own" in subject.allowed(action, GUEST):
            yield subject.finding(action, GUEST, f"anybody may {action} records, without signing in", _SIGNED_IN)
    secrets = {field["name"] for field in subject.collection["fields"] if field["type"] == "text"}
    for action in ("list", "view", "update", "delete"):
        allowed = subject.allowed(action, GUEST)
        if "unowned" in allowed and "own" not in allowed:
            message = f"a record whose owner is empty is open to guests for {action}: both sides are empty"
            yield subject.finding(action, GUEST, message, _SIGNED_IN, tried="unowned")
        empty = [one for label, one in subject.variants().items() if label in allowed and one.name in secrets]
        empty = [one for one in empty if one.value == ""]
        if empty and "own" not in allowed:
            labels = ", ".join(one.label for one in empty)
            message = f"a record is open to whoever sends nothing where it has nothing: {labels}"
            fix = f"Ask also for {empty[0].name} != ''."
            yield subject.finding(action, GUEST, message, fix, tried=empty[0].label)
        alone = subject.population.alone.get(subject.name, "")
        if alone in allowed and "own" not in allowed:
            message = f"a record to which nobody is joined is open to guests for {action} ({alone})"
            yield subject.finding(action, GUEST, message, _SIGNED_IN, tried=alone)
    created = subject.allowed("create", GUEST)
    if created and not subject.is_auth:
        # Whoever leaves the owner out on purpose means records of nobody, such as messages to the staff.
        meant = any(
            may_not_send(subject.collection.get("createRule"), field["name"])
            and f"{field['name']}=another's" not in created
            for field in subject.owner_fields
        )
        severity = HIGH if subject.owners() and not meant else REVIEW
        yield subject.finding("create", GUEST, "anybody may create records, without signing in", _SIGNED_IN, severity)


def strangers(subject: Subject) -> Iterator[Finding]:
    """What one user may do with the records of another."""
    for users in subject.population.kinds("auth"):
        actor = f"{users}:{OTHER}"
        owned = users in subject.owners()
        severity = HIGH if owned else REVIEW
        for action in ("update", "delete"):
            if "own" in subject.allowed(action, actor):
                message = f"a user may {action} a record that belongs to somebody else"
                message = message if owned else f"any user may {action} records"
                yield subject.finding(action, actor, message, _COMPARE, severity)
        for field in subject.user_fields():
            name = field["name"]
            taken = subject.population.target_of(field) == users and _gives_rights(subject, name)
            if taken and f"{name} -> me" in subject.allowed("update", actor):
                message = f"a user may take a record over by setting {name}"
                fix = "Compare the stored field, not @request.body, with @request.auth.id."
                yield subject.finding("update", actor, message, fix, tried=f"{name} -> me")


def _gives_rights(subject: Subject, name: str) -> bool:
    """Tell whether being in a field gives rights to the record; whoever was the last to edit it has none."""
    return subject.is_surely_owner(name) or subject.is_tied(name)


def ownership(subject: Subject) -> Iterator[Finding]:
    """Whether a user may pretend to be another, or give a record away."""
    for field in subject.owner_fields:
        actor = f"{subject.population.target_of(field)}:{OWNER}"
        name = field["name"]
        certain = HIGH if subject.is_surely_owner(name) else REVIEW
        if f"{name}=another's" in subject.allowed("create", actor):
            severity = REVIEW if subject.has_keeper() and not is_author(name) else certain
            message = f"a user may create a record in the name of another ({name})"
            fix = f"Add `&& @request.body.{name} = @request.auth.id` to the createRule."
            yield subject.finding("create", actor, message, fix, severity, f"{name}=another's")
        if f"{name} -> another" in subject.allowed("update", actor):
            fix = f"Add `&& @request.body.{name}:isset = false` to the updateRule."
            message = f"a user may make another the {name} of a record"
            yield subject.finding("update", actor, message, fix, certain, f"{name} -> another")


def foreign(subject: Subject) -> Iterator[Finding]:
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
            # What its own users do not see either is no secret from others, such as the departments of a desk.
            severity = HIGH if subject.can_view(actor, target) and not is_recipient(name) else REVIEW
            tried = {"create": f"{name}=another's", "update": f"{name} -> another"}
            for action, what in tried.items():
                if what in subject.allowed(action, actor):
                    message = f"a record may be put into somebody else's {target} ({name})"
                    fix = f"Check {name}'s own owner or members in the {action}Rule."
                    yield subject.finding(action, actor, message, fix, severity, what)


def privileges(subject: Subject) -> Iterator[Finding]:
    """Whether users may raise themselves: roles, flags of approval, balances, prices."""
    asked = {path.names[0] for path in all_paths(subject.population.rules()) if path.source == "auth"}
    asked -= {"id", "collectionName"}
    for field in subject.collection["fields"]:
        name = field["name"]
        if field["type"] == "relation" or not (
            is_privilege(name) or is_worth(name) or (subject.is_auth and name in asked)
        ):
            continue
        for action, actors in (
            ("create", [GUEST, *(f"{users}:{OWNER}" for users in subject.population.kinds("auth"))]),
            ("update", [f"{users}:{OWNER}" for users in subject.owners()]),
        ):
            severity = _severity(subject, field, action)
            for actor in actors if subject.is_auth or name not in asked else []:
                label = subject.chosen(action, actor, field)
                if label:
                    message = f"the user chooses {label.replace('-> ', '')} without being asked"
                    fix = f"Add `&& @request.body.{name}:isset = false` to the {action}Rule."
                    yield subject.finding(action, actor, message, fix, severity, label)


def _severity(subject: Subject, field: Field, action: str) -> str:
    """Return how bad it is that users choose a field's value by themselves.

    Whoever signs up has to choose what is required, such as buyer or seller. What a record is worth may be its owner's
    own business, unless rules make something depend on it. Where the rule itself keeps the field from being sent, some
    part of it lets this user send it, such as the head of a department.
    """
    name = field["name"]
    if subject.is_auth:
        free = field.get("required") and not is_privilege(name) and not is_rank(field.get("values") or [])
        return REVIEW if free else HIGH
    kept = asks_of_request(rule_of(subject.collection, f"{action}Rule"), name)
    elsewhere = any(path.reached[-1:] == (name,) for path in all_paths(subject.population.rules()))
    decides = elsewhere or subject.asks(name)
    return HIGH if not kept and not subject.has_keeper() and (is_privilege(name) or decides) else REVIEW


JUDGES = (guests, strangers, ownership, foreign, privileges)
