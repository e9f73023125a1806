"""The states of a record that rules may depend on: selects, flags, dates, and the constants that rules compare with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from _pb.access.names import is_draft
from _pb.access.rule_parts import Part, all_rules, parse
from _pb.schema.fields import is_multiple

_PAST = "2024-01-01 00:00:00.000Z"
_FUTURE = "2099-01-01 00:00:00.000Z"
_MOST = 12
_COMPARISON = re.compile(r"""\b(\w+)(?::\w+)?\s*\??(?:=|!=|~|!~|>=?|<=?)\s*("[^"]*"|'[^']*'|-?\d+(?:\.\d+)?)""")
# @request.body.field:isset = false, or field = constant, or field:length = 0
_DEMAND = re.compile(
    r"@request\.body\.(\w+):isset\s*=\s*false|(?:@request\.body\.)?(\w+)(?::length)?\s*=\s*"
    r"""("[^"]*"|'[^']*'|true|false|-?\d+(?:\.\d+)?)"""
)
_COMPARED = r"""(?::\w+)?\s*\??(!=|!~|>=|<=|=|~|>|<)\s*("[^"]*"|'[^']*'|true|false|-?\d+(?:\.\d+)?)"""
# Compared with what the request sends, from either side.
_SENT = r"\b{0}\s*\??=\s*@request\.(?:query|headers|auth)\.|@request\.(?:query|headers|auth)\.\w+\s*\??=\s*{0}\b"
_QUOTES = "\"'"
_MOST_ASKED = 4
# Where a date field keeps whether its usual value is past, future or empty.
USUAL = "usualDate"
_FIXED = {"id", "email", "tokenKey", "password"}


class State(NamedTuple):
    """A way in which a record differs from the usual one; `label` reads like status=draft."""

    label: str
    values: dict[str, Any]


def states(collection: dict[str, Any]) -> list[State]:
    """Return the states of a collection's records other than the usual one, at most twelve.

    Where there are more, those count first that rules ask for or that are usually not public. The usual record has the
    first value of each select, flags off (but `verified` on), and dates in 2024.
    """
    found = [state for field in collection["fields"] for state in _field_states(field)]
    found += _pairs(collection, found)[:4]
    found += _rule_states(collection)
    unique: dict[str, State] = {}
    for state in found:
        unique.setdefault(state.label, state)
    fields = {field["name"]: field for field in collection["fields"]}
    rules = " ".join(all_rules(collection))
    first = sorted(unique, key=lambda label: not is_draft(label, fields) and not _is_asked(unique[label], rules))[
        :_MOST
    ]
    return [state for label, state in unique.items() if label in first]


def _is_asked(state: State, rules: str) -> bool:
    return any(re.search(rf"\b{name}\b", rules) and str(value) in rules for name, value in state.values.items())


def role_states(collection: dict[str, Any]) -> list[State]:
    """Return the states of an auth collection's records that make another kind of user, such as role=admin."""
    kinds = {field["name"]: field["type"] for field in collection["fields"] if field["name"] != "emailVisibility"}
    plain = {name for name, kind in kinds.items() if kind in ("select", "bool", "text", "number")}
    found = states(collection)
    dated = [state for state in found if len(state.values) == 1 and kinds.get(next(iter(state.values))) == "date"]
    return [state for state in found if set(state.values) <= plain or state in dated]


def asked_states(collection: dict[str, Any], rules: str) -> list[State]:
    """Return the states that rules, of any collection, ask for in values that are reached through a relation or a user.

    Those of numbers, texts and JSON, such as @request.auth.level >= 5 or @request.auth.permissions.write = true.
    """
    found = []
    for field in collection["fields"]:
        name, kind = field["name"], field["type"]
        if kind in ("number", "text", "json") and not field.get("system"):
            asked = re.findall(rf"(?<!body)\.{name}((?:\.\w+)*){_COMPARED}", rules)
            for path, sign, constant in dict.fromkeys(asked):
                value = _asked_value(kind, sign, constant)
                if value is not None and bool(path) == (kind == "json"):
                    for key in reversed(path.split(".")[1:]):
                        value = {key: value}
                    found.append(State(f"{name}{path}={constant.strip(_QUOTES)}", {name: value}))
    return found[:_MOST_ASKED]


def _asked_value(kind: str, sign: str, constant: str) -> Any:
    """Return a value for which a comparison holds, None where the constant does not fit or is to be avoided."""
    if sign in ("!=", "!~") or constant in ('""', "''"):
        return None
    if constant in ("true", "false"):
        return constant == "true" if kind == "json" else None
    if constant[0] in _QUOTES:
        return None if kind == "number" else constant.strip(_QUOTES)
    return None if kind == "text" else float(constant) + {">": 1, "<": -1}.get(sign, 0)


def empty_secrets(collection: dict[str, Any], rules: str) -> list[State]:
    """Return the states in which a text is empty that rules, of any collection, compare with what a request sends."""
    return [
        State(f"{field['name']}=empty", {field["name"]: ""})
        for field in collection["fields"]
        if field["type"] == "text"
        and field["name"] not in _FIXED
        and not field.get("required")
        and not field.get("autogeneratePattern")
        and re.search(_SENT.format(field["name"]), rules)
    ]


def demanded(collection: dict[str, Any]) -> dict[str, Any]:
    """Return the values that the createRule demands of every new record; None for a field that has to stay empty.

    Asked are only the comparisons that all have to hold; of them, those with a constant.
    """
    fields = {field["name"]: field for field in collection["fields"]}
    values: dict[str, Any] = {}
    for text in _all_of(parse(collection.get("createRule") or "")):
        match = _DEMAND.fullmatch(text)
        field = fields.get(match[1] or match[2]) if match else None
        if match is None or field is None or field["name"] in _FIXED:
            continue
        constant = match[3]
        if match[1] or (not field.get("required") and constant in ("''", '""', "0")):
            values[field["name"]] = None
        elif constant in ("true", "false") and field["type"] == "bool":
            values[field["name"]] = constant == "true"
        elif _value(field["type"], constant) is not None:
            values[field["name"]] = _value(field["type"], constant)
    return values


def _all_of(part: Part) -> Iterator[str]:
    """Yield the comparisons of a rule that have to hold whatever else does."""
    if part.joint == "&&":
        for inner in part.parts:
            yield from _all_of(inner)
    elif not part.joint:
        yield part.text


def _field_states(field: dict[str, Any]) -> list[State]:
    name, kind = field["name"], field["type"]
    if kind == "select":
        many = is_multiple(field)
        return [State(f"{name}={value}", {name: [value] if many else value}) for value in field["values"][1:]]
    if kind == "bool" and not field.get("required"):
        value = name != "verified"
        return [State(f"{name}={str(value).lower()}", {name: value})]
    if kind == "date":
        dates = {"past": _PAST, "future": _FUTURE, "empty": ""}
        barred = ["future"] * bool(field.get("max")) + ["past"] * bool(field.get("min"))
        barred += ["empty"] * bool(field.get("required"))
        usual = field.get(USUAL, "past")
        return [State(f"{name}={label}", {name: dates[label]}) for label in dates if label not in (usual, *barred)]
    return []


def usual_date(field: dict[str, Any], rules: str) -> str:
    """Return whether a date is usually past, future or empty, so that most rules that look at it hold.

    Remember it in the field, for its states are the others.
    """
    name = field["name"]
    sooner = re.search(rf"(?<!body\.)\b{name}\s*\??<=?\s*@", rules)
    if not field.get("required") and not sooner and re.search(rf"(?<!body\.)\b{name}\s*=\s*(''|\"\")", rules):
        field[USUAL] = "empty"
    elif not field.get("max") and not sooner and re.search(rf"(?<!body\.)\b{name}\s*\??>=?\s*@", rules):
        field[USUAL] = "future"
    return {"past": _PAST, "future": _FUTURE, "empty": ""}[field.get(USUAL, "past")]


def _pairs(collection: dict[str, Any], found: list[State]) -> list[State]:
    """Return states that are public but for a date that has not come yet, such as status=published,embargo=future."""
    fields = {field["name"]: field for field in collection["fields"]}
    plain = {name for name, field in fields.items() if field["type"] in ("select", "bool") and not field.get("system")}
    public = [state for state in found if set(state.values) <= plain and not is_draft(state.label, fields)]
    future = [state for state in found if state.label.endswith("=future")]
    return [State(f"{one.label},{other.label}", {**one.values, **other.values}) for one in public for other in future]


def _rule_states(collection: dict[str, Any]) -> list[State]:
    """Return states that give text and number fields the constants of the collection's own rules."""
    types = {field["name"]: field["type"] for field in collection["fields"]}
    found = []
    for rule in all_rules(collection):
        asked: dict[str, Any] = {}
        for name, constant in _COMPARISON.findall(rule):
            kind = types.get(name)
            if kind is None or name in _FIXED or constant in ('""', "''"):
                continue
            value = _value(kind, constant)
            if value is None:
                continue
            asked[name] = value
            if kind in ("text", "number"):
                found.append(State(f"{name}={constant.strip(chr(34) + chr(39))}", {name: value}))
        if len(asked) > 1:
            label = ",".join(f"{name}={value}" for name, value in sorted(asked.items()))
            found.append(State(label, asked))
    return found


def _value(kind: str, constant: str) -> Any:
    text = constant.strip("\"'")
    if kind == "number":
        return float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else None
    return text if kind in ("text", "select") and constant[0] in "\"'" else None
