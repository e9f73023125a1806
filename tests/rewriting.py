"""API rules in other words that mean the same, for tests that hold what is read from a rule against what it says."""

from __future__ import annotations

from typing import Any, Callable, cast

from _pb.languages.rules import Comparison, Operand, Rule, parse, tokens
from _pb.schema.lookup import rule_of
from pb_common.schema_types import Collection

KEYS = ("listRule", "viewRule", "createRule", "updateRule", "deleteRule", "manageRule", "authRule")
_TURNED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_OLD = '// before: @request.auth.role = "admin" || owner = @request.auth.id && @collection.old.user ?= x && n > 41\n'


def _words(rule: str, between: str, write: Callable[[str, str], str]) -> str:
    """Return a rule with each token written anew and this text between them; a call keeps its bracket."""
    found, end = "", None
    for token in tokens(rule):
        tight = token.text == "(" and token.start == end and found[-1:].isalnum()
        found += ("" if tight or not found else between) + write(token.kind, token.text)
        end = token.end
    return found


def _same(kind: str, text: str) -> str:
    return text


def _quoted(kind: str, text: str) -> str:
    """Return a text in the other quotes, if it has none of them inside."""
    other = "'" if text[0] == '"' else '"'
    return f"{other}{text[1:-1]}{other}" if kind == "text" and not set(text[1:-1]) & set("\"'\\") else text


def _built(part: Rule, rule: str, compare: Callable[[str, str, str], str], wrap: str) -> str:
    if isinstance(part, Comparison):
        return compare(_written(part.left, rule), part.sign, _written(part.right, rule))
    return f" {part.join} ".join(wrap.format(_built(item, rule, compare, wrap)) for item in part.items)


def _written(operand: Operand, rule: str) -> str:
    return rule[operand.start : operand.end]


def _turned(left: str, sign: str, right: str) -> str:
    any_of, plain = ("?", sign[1:]) if sign.startswith("?") else ("", sign)
    return f"{right} {any_of}{_TURNED[plain]} {left}" if plain in _TURNED else f"{left} {sign} {right}"


def swapped(rule: str) -> str:
    """Return a rule with the sides of each comparison changed where that means the same."""
    return _built(parse(rule), rule, _turned, "({})")


def tight(rule: str) -> str:
    """Return a rule without the spaces that it can do without."""
    return _words(rule, "", _same)


def loose(rule: str) -> str:
    """Return a rule with spaces, tabs and line breaks between all its parts."""
    return f" \n{_words(rule, chr(10) + chr(9) + '  ', _same)}\n"


def requoted(rule: str) -> str:
    """Return a rule with its texts in the other quotes."""
    return _words(rule, " ", _quoted)


def bracketed(rule: str) -> str:
    """Return a rule with brackets around each part, and around the whole."""
    return f"(({_built(parse(rule), rule, lambda left, sign, right: f'({left} {sign} {right})', '({})')}))"


def commented(rule: str) -> str:
    """Return a rule with an older one left in comments before, within and behind it."""
    return f"{_OLD}{_words(rule, f' {_OLD}', _same)} {_OLD}"


def everything(rule: str) -> str:
    """Return a rule rewritten in all of these ways."""
    return commented(requoted(bracketed(swapped(rule))))


REWRITINGS = (swapped, tight, loose, requoted, bracketed, commented, everything)


def rewritten(collections: list[Collection], rewrite: Callable[[str], str]) -> list[Collection]:
    """Return collections with their rules rewritten."""
    found = []
    for item in collections:
        renewed: Any = {key: rewrite(rule) for key in KEYS if (rule := rule_of(item, key))}
        found.append(cast("Collection", {**item, **renewed}))
    return found
