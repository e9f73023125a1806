"""Rules that PocketBase takes and that let in, or keep out, others than they seem to.

What these functions report is shown to be true by the tests, on a real server.
"""

from __future__ import annotations

from collections.abc import Iterator

from _pb.languages.rules import Group, Rule, comparisons, parse, paths, split_modifier
from _pb.schema.export import RULES
from _pb.schema.fields import is_multiple
from _pb.schema.findings import Finding
from _pb.schema.guests import (
    EQUAL,
    GUARD,
    UNEQUAL,
    Guest,
    auth_path,
    is_auth,
    is_empty,
    is_list,
    of_collection,
    quoted,
    sides,
)
from _pb.schema.lookup import Schema, rule_of
from _pb.schema.misread import misread
from _pb.schema.rule_paths import find, rule_problem
from pb_common.schema_types import Collection

# What a user cannot change by an update, or may.
_NOT_A_PRIVILEGE = {
    "id",
    "collectionId",
    "collectionName",
    "email",
    "emailVisibility",
    "verified",
    "created",
    "updated",
}


def schema_leaks(collections: list[Collection]) -> tuple[list[Finding], list[Finding]]:
    """Return the findings and the warnings about the rules of all collections but the system's."""
    schema = Schema(collections)
    findings: list[Finding] = []
    warnings: list[Finding] = []
    for position, collection in enumerate(collections):
        if collection.get("system"):
            continue
        for key in RULES:
            rule = collection.get(key)
            if rule is not None and (not rule or rule_problem(rule, collection, schema) is None):
                found = rule_leaks(rule, key[:-4], collection, schema)
                findings += [item._replace(path=(position, key)) for item in found if item.kind != "public-create"]
                warnings += [item._replace(path=(position, key)) for item in found if item.kind == "public-create"]
        warnings += _open_files(collection, position)
    findings += _self_promotion(schema)
    return findings, warnings


def broken_rules(collections: list[Collection]) -> list[Finding]:
    """Return the rules that name what is not there, for example since another collection changed."""
    schema = Schema(collections)
    findings = []
    for position, collection in enumerate(collections):
        for key in RULES:
            rule = collection.get(key)
            problem = rule_problem(rule, collection, schema) if rule else None
            if problem:
                message = f"{problem.message}. The rule is: {rule}"
                fix = f"set-rule {collection['name']} {key[:-4]} RULE"
                findings.append(Finding("bad-rule", f"{collection['name']}.{key}", message, fix, (position, key)))
    return findings


def rule_leaks(rule: str, action: str, collection: Collection, schema: Schema) -> list[Finding]:
    """Return what is wrong with one valid rule; `action` is list, view, create, update, delete, manage or auth."""
    place = f"{collection['name']}.{action}Rule"
    if not rule:
        return list(_public(action, place, collection))
    parsed = parse(rule)
    reader = Guest(collection, schema, action)
    findings = [] if action == "auth" else list(reader.leaks(parsed, place))
    findings += lists_as_values(parsed, place, collection, schema)
    findings += _all_rows(parsed, place)
    for problem in misread(rule, collection, schema):
        findings.append(Finding("misread-literal", place, problem.message))
    if action == "update":
        findings += _given_away(parsed, place, collection, schema)
    return list(dict.fromkeys(findings))


def _public(action: str, place: str, collection: Collection) -> Iterator[Finding]:
    verbs = {"update": "change", "delete": "delete", "manage": "take over"}
    if action in verbs:
        message = f"Anyone, guests included, can {verbs[action]} every record."
        yield Finding(f"public-{action}", place, message, f"Write a rule such as {GUARD}, or null for superusers only.")
    elif action == "create" and collection.get("type") != "auth":
        message = "Anyone, guests included, can create records."
        yield Finding("public-create", place, message, f"Unless that is meant, write {GUARD}.")


def lists_as_values(rule: Rule, place: str, collection: Collection, schema: Schema) -> Iterator[Finding]:
    """Yield the comparisons of a rule or a filter with a list of values as if it were one value."""
    for comparison in comparisons(rule):
        if comparison.sign not in EQUAL + UNEQUAL:
            continue
        for operand, other in ((comparison.left, comparison.right), (comparison.right, comparison.left)):
            if operand.kind != "path" or (other.kind == "text" and other.text.startswith("[")):
                continue
            found = find(operand.text, collection, schema)
            if not is_list(found) or (other.kind == "path" and is_list(find(other.text, collection, schema))):
                continue
            effect = "never" if comparison.sign in EQUAL else "always"
            message = f"`{operand.text} {comparison.sign} {quoted(other)}` is {effect} true: the field is a list."
            sign = comparison.sign if comparison.sign.startswith("?") else f"?{comparison.sign}"
            if is_empty(other):
                fix = f"Write {operand.text}:length {comparison.sign.lstrip('?')} 0."
            elif comparison.sign in EQUAL:
                fix = f"Write {operand.text}:each {sign} {quoted(other)}."
            else:
                fix = f"Write {operand.text}:each != {quoted(other)}, which all of its values have to pass."
            yield Finding("list-as-value", place, message, fix)


def _all_rows(rule: Rule, place: str) -> Iterator[Finding]:
    for comparison in comparisons(rule):
        for operand in (comparison.left, comparison.right):
            if comparison.sign == "=" and of_collection(operand):
                message = f"`{operand.text} =` holds only if all rows of that collection match."
                yield Finding("all-rows", place, message, "Write ?= for any row.")


def _given_away(rule: Rule, place: str, collection: Collection, schema: Schema) -> Iterator[Finding]:
    """Yield the owners that an update may replace: the rule looks at the record as it is before."""
    sent = {path.names()[0][2].text for path in paths(rule) if path.begins("@request", "body")}
    for comparison in comparisons(rule):
        if auth_path(comparison) != "@request.auth.id" or comparison.sign not in (*EQUAL, "~", "?~"):
            continue
        names, _ = split_modifier(sides(comparison)[1].text)
        field = schema.fields(collection).get(names[0])
        if field is None or field.get("type") != "relation" or field.get("hidden") or names[0] in sent:
            continue
        name = names[0]
        if names[1:] not in ([], ["id"]):
            message = f"Who passes can move the record to a {name!r} of others: the rule looks at the present one."
            fix = f"Add: && @request.body.{name}:isset = false"
            yield Finding("parent-changes", place, message, fix)
        elif not is_multiple(field):
            message = f"Who passes by {name!r} can give the record away: nothing keeps {name!r} from being changed."
            yield Finding("owner-changes", place, message, f"Add: && @request.body.{name}:isset = false")


def _self_promotion(schema: Schema) -> Iterator[Finding]:
    """Yield the fields of users that rules trust, and that users can set themselves."""
    trusted = _trusted_fields(schema)
    for position, collection in enumerate(schema.collections):
        if collection.get("type") != "auth" or collection.get("system"):
            continue
        for name, where in trusted.items():
            field = schema.fields(collection).get(name)
            if field is None or field.get("hidden") or field.get("type") == "autodate":
                continue
            for action in ("create", "update"):
                rule = rule_of(collection, f"{action}Rule")
                if rule is not None and _is_open(rule, name, trusted):
                    message = f"{where} trusts @request.auth.{name}, and whoever passes this rule can set {name!r}."
                    fix = f"{'Add: && ' if rule else 'Write: '}@request.body.{name}:isset = false"
                    place = f"{collection['name']}.{action}Rule"
                    yield Finding("self-promotion", place, message, fix, (position, f"{action}Rule"))


def _is_open(rule: str, name: str, trusted: dict[str, str]) -> bool:
    """Tell whether a rule can be passed without a comparison about the sent field or about a trusted one."""
    closed = [["@request", "body", name], *(["@request", "auth", field] for field in trusted)]

    def is_open(part: Rule) -> bool:
        if isinstance(part, Group):
            return (all if part.join == "&&" else any)(is_open(item) for item in part.items)
        return not any([name.text for name in path.names()[0][:3]] in closed for path in paths(part))

    return not rule or is_open(parse(rule))


def _trusted_fields(schema: Schema) -> dict[str, str]:
    """Return the fields of `@request.auth` that rules compare, each with the first rule that does."""
    trusted: dict[str, str] = {}
    for collection in schema.collections:
        for key in RULES:
            rule = collection.get(key)
            if rule and rule_problem(rule, collection, schema) is None:
                for name in (path.names()[0][2].text for path in paths(parse(rule)) if is_auth(path)):
                    if name not in _NOT_A_PRIVILEGE:
                        trusted.setdefault(name, f"{collection['name']}.{key}")
    return trusted


def _open_files(collection: Collection, position: int) -> Iterator[Finding]:
    if collection.get("type") != "base" or collection.get("viewRule") == "":
        return
    for number, field in enumerate(collection.get("fields") or []):
        if field.get("type") == "file" and not field.get("protected"):
            place = f"{collection['name']}.{field['name']}"
            message = "Whoever knows its address can read the file, whatever viewRule says."
            yield Finding("open-file", place, message, 'Add "protected": true.', (position, "fields", number))
