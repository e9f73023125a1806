"""Values bound into a filter: each {:key} becomes a literal that PocketBase reads as exactly that value."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from pb_common import Client, PBUsageError
from pb_common.collections import known_collection, known_collections

if TYPE_CHECKING:
    from _pb.languages.rules import Operand
from pb_common.reading import finite, no_constant, parse_json

_BINDING = r"(\w+)(:?=)((?s:.*))"
_QUOTED_OR_PLACEHOLDER = r"(?s:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|\{:(\w+)\})"
_FREE_TEXT = ("text", "editor", "email", "url")


def filter_query(
    client: Client, collection: str, filter: str | None, bindings: list[str], *, strict: bool = False
) -> dict[str, str]:
    """Return the query parameters of a command's filter with its --bind values; empty without a filter.

    Warns of comparisons that do not say what they seem to; a `strict` command refuses them. Raises PBUsageError for an
    empty filter.
    """
    if filter is None and not bindings:
        return {}
    from _pb.records.filter_checks import checked, refuse, warn

    require_words("filter", filter)
    query = bound_query(client, collection, filter or "", bindings)
    found = checked(client, collection, query["filter"])
    if strict:
        refuse(found)
    warn(client, [found])
    return query


def bound_query(client: Client, collection: str, expression: str, bindings: list[str]) -> dict[str, str]:
    """Return the query parameters that filter a collection by an expression; see `bound`."""
    (made,), parameters = bound(client, collection, [expression], bindings)
    return {"filter": made, **parameters}


def require_words(what: str, expression: str | None) -> None:
    """Raise PBUsageError for an expression that is given and empty, as an unset variable of the shell is."""
    if expression is not None and not expression.strip():
        raise PBUsageError(
            f"The {what} is empty, which would match every record.",
            hint="For all: --filter 'id != \"\"'",
            code="invalid_expression",
        )


def bound(
    client: Client, collection: str, expressions: list[str], bindings: list[str]
) -> tuple[list[str], dict[str, str]]:
    """Return filter expressions with their {:key} placeholders filled in, and the query parameters that they need.

    A binding is `key=value`, read by the type of the field that it is compared with, or `key:=json`, whose JSON gives
    the type. Raises PBUsageError for a value that cannot be meant, and for keys and placeholders without a partner.
    """
    values: dict[str, tuple[bool, Any]] = {}
    for key, value in map(_parsed, bindings):
        if key in values:
            raise PBUsageError(
                f"--bind {key} is given twice.", hint="Give each value a key of its own.", code="invalid_expression"
            )
        values[key] = value
    _check_partners(expressions, set(values))
    kinds = _Kinds(client, collection, expressions) if values else None
    parameters: dict[str, str] = {}

    def replaced(match: re.Match[str]) -> str:
        key = match[1]
        if key is None:
            return match[0]
        typed, value = values[key]
        kind = None if typed or kinds is None else kinds.compared_with(match)
        try:
            made = value if typed else _converted(value, kind)
        except ValueError as error:
            raise PBUsageError(
                f"--bind {key}={value}: {error}.",
                hint=f"For another type: --bind {key}:=JSON",
                code="invalid_expression",
            ) from None
        if isinstance(made, str) and "\\" in made:
            # Versions differ in what a backslash in a literal means; a parameter of the request is taken as it is.
            parameters[f"bind_{key}"] = made
            return f"@request.query.bind_{key}"
        return literal(made)

    return [re.sub(_QUOTED_OR_PLACEHOLDER, replaced, expression) for expression in expressions], parameters


def both(*expressions: str | None) -> str | None:
    """Return the filter that holds where all expressions hold, None without any."""
    given = [f"({expression})" for expression in expressions if expression]
    return " && ".join(given) or None


def quoted(text: str) -> str:
    """Return a text without a backslash as a literal of a filter."""
    return '"' + text.replace('"', '\\"') + '"'


def _parsed(binding: str) -> tuple[str, tuple[bool, Any]]:
    match = re.fullmatch(_BINDING, binding)
    if not match:
        raise PBUsageError(
            f"--bind {binding!r} is not KEY=VALUE.",
            hint="--filter 'title = {:t}' --bind t='It is'",
            code="invalid_expression",
        )
    typed = match[2] == ":="
    return match[1], (typed, parse_json(match[3], f"--bind {match[1]}") if typed else match[3])


def _check_partners(expressions: list[str], keys: set[str]) -> None:
    matches = [match for text in expressions for match in re.finditer(_QUOTED_OR_PLACEHOLDER, text)]
    used = {match[1] for match in matches if match[1]}
    for key in sorted(used - keys):
        raise PBUsageError(
            f"The filter has {{:{key}}}, but there is no value for it.",
            hint=f"Add --bind {key}=VALUE",
            code="invalid_expression",
        )
    for key in sorted(keys - used):
        if any(f"{{:{key}}}" in expression for expression in expressions):
            raise PBUsageError(
                f"{{:{key}}} stands between quotes, where it is only text.",
                hint=f"Write {{:{key}}} without quotes.",
                code="invalid_expression",
            )
        raise PBUsageError(
            f"--bind {key} has no {{:{key}}} in the filter.",
            hint=f"--filter 'title = {{:{key}}}'",
            code="invalid_expression",
        )


class _Kinds:
    """Finds the types of the fields that placeholders are compared with, in all expressions of a command."""

    def __init__(self, client: Client, collection: str, expressions: list[str]) -> None:
        from _pb.languages.rules import RuleError, comparisons, parse
        from _pb.schema.lookup import Schema

        self._base = known_collection(client, collection)
        self._schema = Schema(known_collections(client))
        self._kinds: dict[tuple[str, int], str | None] = {}
        for expression in expressions:
            # A name in the placeholder's place, as long as it is, so that the rest stands where it stood.
            marked = re.sub(_QUOTED_OR_PLACEHOLDER, _as_name, expression)
            try:
                found = list(comparisons(parse(marked)))
            except RuleError:
                continue  # the server says what is wrong
            for item in found:
                for side, other in ((item.left, item.right), (item.right, item.left)):
                    kind = "text" if item.sign.lstrip("?") in ("~", "!~") else self._kind(other)
                    self._kinds[expression, side.start] = kind

    def compared_with(self, match: re.Match[str]) -> str | None:
        """Return the type, "text" for a comparison by ~, None where it is unknown."""
        return self._kinds.get((match.string, match.start()))

    def _kind(self, operand: Operand) -> str | None:
        from _pb.schema.rule_paths import find

        if operand.kind != "path":
            return None
        found = find(operand.text, self._base, self._schema)
        if found.modifier == "length":
            return "number"
        return str(found.field["type"]) if found.field and not found.problem else None


def _as_name(match: re.Match[str]) -> str:
    return match[0] if match[1] is None else "_" * len(match[0])


def _converted(text: str, kind: str | None) -> Any:
    """Return the value that a text means for a type of field; raise ValueError if it cannot be one."""
    if kind in _FREE_TEXT:
        return text
    if text == "null":
        return None
    if kind == "number":
        return _number(text)
    if kind == "bool":
        if text not in ("true", "false"):
            raise ValueError("expected true or false")
        return text == "true"
    if kind in ("date", "autodate"):
        return _date(text)
    if kind in ("select", "relation", "file", "password"):
        return text
    try:
        value = _loaded(text)
    except ValueError:
        return text
    return text if isinstance(value, (list, dict)) else value


def _number(text: str) -> float | int:
    try:
        value = _loaded(text)
    except ValueError:
        value = None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError("expected a number")
    return value


def _loaded(text: str) -> Any:
    return json.loads(text, parse_constant=no_constant, parse_float=finite)


def _date(text: str) -> str:
    """Return a date in the form that PocketBase stores; an empty text means no date."""
    from _pb.languages.dates import to_utc

    try:
        return to_utc(text) if text else text
    except ValueError:
        raise ValueError("expected a date such as 2024-12-31 or 2024-12-31T23:59:59Z") from None


def literal(value: Any) -> str:
    """Return a JSON value, whose texts have no backslash, as a literal of a filter."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, (int, float)):
        from decimal import Decimal

        return format(Decimal(repr(value)), "f")  # a filter knows no 1e+21
    if isinstance(value, str):
        return quoted(value)
    return quoted(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
