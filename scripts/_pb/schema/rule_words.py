"""API rules in plain words, for readers who do not know their notation."""

from __future__ import annotations

from _pb.languages.rules import Comparison, Operand, Rule, RuleError, parse, split_modifier

_SIGNS = {
    "=": "is",
    "!=": "is not",
    ">": "is more than",
    ">=": "is at least",
    "<": "is less than",
    "<=": "is at most",
    "~": "contains",
    "!~": "does not contain",
}
# What belongs to the request, by the second name of the path.
_REQUEST = {"auth": "the caller's {}", "body": "the sent {}", "query": "the query's {}", "headers": "the header {}"}
_OTHERS = {"context": "the way of the request", "method": "the method of the request"}
_MODIFIERS = {
    "length": "the number of {}",
    "lower": "{} in lower case",
    "each": "each of {}",
    "changed": "a change of {}",
}


def in_words(rule: str | None) -> str:
    """Return who a rule lets in, as a sentence; the rule itself where it cannot be read."""
    if rule is None:
        return "Superusers only."
    if not rule.strip():
        return "Anyone, guests too."
    try:
        said = _said(parse(rule))
    except RuleError:
        return f"Where the rule holds: {rule}"
    return f"Where {said}."


def _said(rule: Rule) -> str:
    if isinstance(rule, Comparison):
        return _compared(rule)
    parts = [_said(item) if isinstance(item, Comparison) else f"({_said(item)})" for item in rule.items]
    return (" and " if rule.join == "&&" else " or ").join(parts)


def _compared(item: Comparison) -> str:
    left, right, sign = item.left, item.right, item.sign
    if left.kind != "path" and right.kind == "path" and sign.lstrip("?") in ("=", "!="):
        left, right = right, left
    bare, is_empty = sign.lstrip("?"), right.kind == "text" and not right.text
    if left.text == "@request.auth.id" and is_empty and bare in ("=", "!="):
        return "the caller is signed in" if bare == "!=" else "the caller is a guest"
    if left.kind == "path" and right.text in ("true", "false") and bare in ("=", "!="):
        is_so = (right.text == "true") is (bare == "=")
        if left.text.endswith((":isset", ":changed")):
            names, modifier = split_modifier(left.text)
            return f"`{names[-1]}` is {'' if is_so else 'not '}{'sent' if modifier == 'isset' else 'changed'}"
    if sign.startswith("?"):  # of several values one is enough, be they rows or, with `:each`, those of a field
        left = left._replace(text=left.text[: -len(":each")] if left.text.endswith(":each") else left.text)
        return f"any of {_operand(left)} {_SIGNS.get(bare, bare)} {_operand(right)}"
    return f"{_operand(left)} {_SIGNS.get(bare, bare)} {_operand(right)}"


def _operand(operand: Operand) -> str:
    if operand.kind == "call":
        return f"{operand.text}({', '.join(map(_operand, operand.arguments))})"
    if operand.kind == "text":
        return f'"{operand.text}"' if operand.text else "empty"
    if operand.kind == "number" or operand.text in ("true", "false"):
        return operand.text
    if operand.text == "null":
        return "empty"
    names, modifier = split_modifier(operand.text)
    return _MODIFIERS.get(modifier, "{}").format(_path(names))


def _path(names: list[str]) -> str:
    if names[0] == "@request" and len(names) > 2:
        return _REQUEST.get(names[1], "the request's {}").format(f"`{'.'.join(names[2:])}`")
    if names[0] == "@request" and len(names) == 2:
        return _OTHERS.get(names[1], f"`{'.'.join(names)}`")
    if names[0] == "@collection" and len(names) > 2:
        return f"`{'.'.join(names[2:])}` of a record of `{names[1].partition(':')[0]}`"
    return f"`{'.'.join(names)}`"
