"""How a record can differ from the usual one so that rules tell it apart: by selects, flags, dates, and constants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from _pb.access.names import is_draft
from _pb.access.readings import EQUAL, Asked, Condition, always, conditions, conditions_in
from _pb.schema.fields import is_multiple
from pb_common.schema_types import Collection, Field

PAST = "2024-01-01 00:00:00.000Z"
_FUTURE = "2099-01-01 00:00:00.000Z"
# What a date can be: what it usually is, is said for each field; the others are its variants.
_DATES = {"past": PAST, "future": _FUTURE, "empty": ""}
_MAX = 12
_MAX_ASKED = 4
_FIXED = {"id", "email", "tokenKey", "password"}
_OF_REQUESTS = ("query", "headers", "auth")


class Variant(NamedTuple):
    """A way in which a record differs from the usual one; `label` reads like status=draft."""

    label: str
    values: dict[str, Any]

    @property
    def name(self) -> str:
        """The first field that differs, "" if none does."""
        return next(iter(self.values), "")

    @property
    def value(self) -> Any:
        """The value of the first field that differs; of a list with one value that value."""
        value = self.values.get(self.name)
        return value[0] if isinstance(value, list) and len(value) == 1 else value


def variants(fields: list[Field], looked_at: Asked, usual_dates: Mapping[str, str] | None = None) -> list[Variant]:
    """Return the variants of records with these fields other than the usual one, at most twelve.

    Where there are more, those count first that rules ask for (`looked_at`) or that are usually not public. The usual
    record has the first value of each select, flags off (but `verified` on), and dates in 2024, unless `usual_dates`
    say for a field that it is in the future or empty.
    """
    dates = usual_dates or {}
    found = [variant for field in fields for variant in _of_field(field, dates.get(field["name"], "past"))]
    found += _pairs(fields, found)[:4]
    found += _of_rules(fields, looked_at)
    unique: dict[str, Variant] = {}
    for variant in found:
        unique.setdefault(variant.label, variant)
    compared = [pair for rule in looked_at.compared for pair in rule]
    first = sorted(unique.values(), key=lambda one: not is_unpublished(one, fields) and not _is_asked(one, compared))
    return [variant for variant in unique.values() if variant in first[:_MAX]]


def _is_asked(variant: Variant, compared: list[tuple[str, Any]]) -> bool:
    return any((name, value) in compared for name, value in variant.values.items())


def is_unpublished(variant: Variant, fields: list[Field]) -> bool:
    """Tell whether a variant such as status=draft or published=false means that a record is not public."""
    field = next((field for field in fields if field["name"] in variant.values), None)
    return field is not None and len(variant.values) == 1 and is_draft(field, variant.value)


def role_variants(fields: list[Field], found: list[Variant]) -> list[Variant]:
    """Return those of the variants of an auth collection's records that make another kind of user, as role=admin."""
    kinds = {field["name"]: field["type"] for field in fields if field["name"] != "emailVisibility"}
    plain = {name for name, kind in kinds.items() if kind in ("select", "bool", "text", "number")}
    dated = [one for one in found if len(one.values) == 1 and kinds.get(next(iter(one.values))) == "date"]
    return [one for one in found if set(one.values) <= plain or one in dated]


def asked_variants(fields: list[Field], rules: Iterable[str]) -> list[Variant]:
    """Return the variants that rules, of any collection, ask for in values reached through a relation or a user.

    Those of numbers, texts and JSON, such as @request.auth.level >= 5 or @request.auth.permissions.write = true.
    """
    seen = [one for one in conditions(rules) if one.has_constant]
    found: dict[tuple[str, str, str], Variant] = {}
    for field in fields:
        if field["type"] in ("number", "text", "json") and not field.get("system"):
            for one in seen:
                for inner in _inner_names(one, field):
                    name = ".".join((field["name"], *inner))
                    value = _asked_value(field["type"], one)
                    if value is not None:
                        for key in reversed(inner):
                            value = {key: value}
                        made = Variant(f"{name}={one.other.text}", {field["name"]: value})
                        found.setdefault((name, one.sign.lstrip("?"), one.other.text), made)
    return list(found.values())[:_MAX_ASKED]


def _inner_names(condition: Condition, field: Field) -> list[tuple[str, ...]]:
    """Return the keys of JSON by which a path goes on behind a field; none for a field of another type."""
    names = condition.path.reached
    behind = [names[at + 1 :] for at, name in enumerate(names) if name == field["name"]]
    return [inner for inner in behind if bool(inner) == (field["type"] == "json")]


def _asked_value(kind: str, condition: Condition) -> Any:
    """Return a value for which a condition holds, None where the constant does not fit or is to be avoided."""
    constant, sign = condition.constant, condition.sign.lstrip("?")
    if sign in ("!=", "!~") or condition.asks_for_empty:
        return None
    if isinstance(constant, bool):
        return constant if kind == "json" else None
    if isinstance(constant, str):
        return None if kind == "number" else constant
    return None if kind == "text" else float(constant) + {">": 1, "<": -1}.get(sign, 0)


def empty_secrets(fields: list[Field], rules: Iterable[str]) -> list[Variant]:
    """Return the variants in which a text is empty that rules, of any collection, compare with what a request sends."""
    sent = {
        one.path.names[-1]
        for one in conditions(rules)
        if one.sign in EQUAL and one.path.source not in ("body", "other") and one.other_path
        if one.other_path.source in _OF_REQUESTS
    }
    return [
        Variant(f"{field['name']}=empty", {field["name"]: ""})
        for field in fields
        if field["type"] == "text"
        and field["name"] not in _FIXED
        and not field.get("required")
        and not field.get("autogeneratePattern")
        and field["name"] in sent
    ]


def demanded(collection: Collection) -> dict[str, Any]:
    """Return the values that the createRule demands of every new record; None for a field that has to stay empty.

    Asked are only the comparisons that all have to hold; of them, those with a constant.
    """
    fields = {field["name"]: field for field in collection["fields"]}
    values: dict[str, Any] = {}
    for one in (seen for item in always(collection.get("createRule")) for seen in conditions_in(item)):
        path, field = one.path, fields.get(one.path.names[0])
        if one.sign != "=" or not one.has_constant or path.source not in ("record", "body") or len(path.names) > 1:
            continue
        if field is None or field["name"] in _FIXED or path.modifier not in ("", "isset", "length"):
            continue
        if path.modifier == "isset":
            if one.constant is False:
                values[field["name"]] = None
        elif not field.get("required") and (one.asks_for_empty or one.other.text == "0"):
            values[field["name"]] = None
        elif isinstance(one.constant, bool):
            values.update({field["name"]: one.constant} if field["type"] == "bool" else {})
        elif _fitting(field["type"], one.constant) is not None:
            values[field["name"]] = _fitting(field["type"], one.constant)
    return values


def _of_field(field: Field, usual_date: str) -> list[Variant]:
    name, kind = field["name"], field["type"]
    if kind == "select":
        many = is_multiple(field)
        return [Variant(f"{name}={value}", {name: [value] if many else value}) for value in field["values"][1:]]
    if kind == "bool" and not field.get("required"):
        value = name != "verified"
        return [Variant(f"{name}={str(value).lower()}", {name: value})]
    if kind == "date":
        barred = ["future"] * bool(field.get("max")) + ["past"] * bool(field.get("min"))
        barred += ["empty"] * bool(field.get("required"))
        return [Variant(f"{name}={one}", {name: _DATES[one]}) for one in _DATES if one not in (usual_date, *barred)]
    return []


def usual_date(field: Field, rules: Iterable[str]) -> str:
    """Return whether a date is usually past, future or empty, so that most rules that look at it hold."""
    name = field["name"]
    seen = [one for one in conditions(rules) if one.path.names[-1] == name and not one.path.modifier]
    seen = [one for one in seen if not (one.path.source == "body" and len(one.path.names) == 1)]
    signs = {one.sign.lstrip("?") for one in seen if one.other.kind == "path" and one.other.text.startswith("@")}
    sooner = signs & {"<", "<="}
    if not field.get("required") and not sooner and any(one.sign == "=" and one.asks_for_empty for one in seen):
        return "empty"
    return "future" if not field.get("max") and not sooner and signs & {">", ">="} else "past"


def date_of(word: str) -> str:
    """Return a date that is past, future or empty."""
    return _DATES[word]


def _pairs(fields: list[Field], found: list[Variant]) -> list[Variant]:
    """Return variants that are public but for a date that has not come yet, such as status=published,embargo=future."""
    plain = {field["name"] for field in fields if field["type"] in ("select", "bool") and not field.get("system")}
    public = [one for one in found if set(one.values) <= plain and not is_unpublished(one, fields)]
    future = [one for one in found if _FUTURE in one.values.values()]
    return [Variant(f"{one.label},{other.label}", {**one.values, **other.values}) for one in public for other in future]


def _of_rules(fields: list[Field], looked_at: Asked) -> list[Variant]:
    """Return variants that give text and number fields the constants of the collection's own rules."""
    types = {field["name"]: field["type"] for field in fields}
    found = []
    for rule in looked_at.compared:
        together: dict[str, Any] = {}
        for name, constant in rule:
            kind = types.get(name, "")
            value = _fitting(kind, constant) if name not in _FIXED else None
            if value is None:
                continue
            together[name] = value
            if kind in ("text", "number"):
                found.append(Variant(f"{name}={constant}", {name: value}))
        if len(together) > 1:
            label = ",".join(f"{name}={value}" for name, value in sorted(together.items()))
            found.append(Variant(label, dict(sorted(together.items()))))
    return found


def _fitting(kind: str, constant: Any) -> Any:
    """Return a constant as the value of a number, text or select, None where it is none."""
    if kind == "number":
        return float(constant) if isinstance(constant, (int, float)) and not isinstance(constant, bool) else None
    return constant if kind in ("text", "select") and isinstance(constant, str) and constant else None
