"""What a condition says, in words of relation: "its owner", "in memberships of its team", "where its status is 'new'".

The words come from the paths alone, so that they are the same sentences in every language of names.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from _pb.access.readings import Path, is_constant, path_of
from _pb.languages.rules import Comparison, Name, Operand
from _pb.schema.rule_paths import back_relation

_SIGNS = {"=": "is", "!=": "is not", "~": "contains", "!~": "does not contain"}
_SIGNS.update({"<": "is below", "<=": "is at most", ">": "is above", ">=": "is at least"})
_SOURCES = ("collection", "record", "body", "query", "headers", "auth", "other")
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


class Broken(NamedTuple):
    """How a condition is broken: the words for it, and whether the condition itself holds nevertheless."""

    comparison: Comparison
    words: str
    holds: bool


def in_words(comparisons: Iterable[Comparison], broken: Broken | None = None) -> str:
    """Return what holds, each condition once, in the order of the rule, and at the end what does not."""
    joined: list[tuple[str, ...]] = []
    held = [said(one, joined) for one in comparisons if broken is None or one is not broken.comparison]
    found = [words for words in dict.fromkeys(held) if words]
    if broken is not None:
        found.append(_broken(broken, said(broken.comparison, joined) or "signed in"))
    return ", ".join(found)


def _broken(broken: Broken, words: str) -> str:
    """Return what is otherwise, which says itself what stands there instead where it can."""
    if broken.holds:
        return f"{words} ({broken.words})"
    subject = words.rpartition(" is ")[0]
    is_sent = any(side.names()[1].text in ("isset", "changed") for side in _paths(broken.comparison))
    if subject and (is_sent or broken.comparison.sign.lstrip("?") == "=") and broken.words.startswith("is "):
        return f"but {subject.replace('where ', '', 1)} {broken.words}"
    return f"but not {words} ({broken.words})"


def _paths(comparison: Comparison) -> list[Operand]:
    return [side for side in (comparison.left, comparison.right) if side.kind == "path"]


def said(comparison: Comparison, joined: list[tuple[str, ...]] | None = None) -> str:
    """Return a condition in words, "" for one that asks only for some account.

    `joined` are the joined rows of which something was said before; this one's is added.
    """
    left, sign, right = comparison.left, comparison.sign, comparison.right
    one, other = path_of(left), path_of(right)
    if one is None or (other is not None and _rank(other) < _rank(one)):
        left, right, one, other = right, left, other, one
        sign = ("?" if sign[0] == "?" else "") + _TURNED.get(sign.lstrip("?"), sign.lstrip("?"))
    if one is None:
        return f"{_constant(left)} {_verb(sign)} {_constant(right)}"
    if _is_of_sign_in(one, sign, right):
        return ""
    if one.modifier in ("isset", "changed"):
        return _sent(one, (right.text.lower() == "true") == (sign.lstrip("?") == "="))
    rows = _row_of(one)
    if rows:
        return _of_row(one, rows, sign, right, other, joined if joined is not None else [])
    if _is_account(other) and sign.lstrip("?") in ("=", "~"):
        return "the account itself" if one.names == ("id",) else _noun(one)
    if one.source == "auth":
        return f"whose {_chain(one.names)} {_verb(sign)} {_value(right, other)}"
    return f"where {_noun(one)} {_verb(sign)} {_value(right, other)}"


def _rank(path: Path) -> tuple[int, tuple[str, ...]]:
    """Return which of two paths is spoken of first, whichever is written first: the record before who asks for it."""
    return _SOURCES.index(path.source), path.names


def _is_of_sign_in(path: Path, sign: str, right: Operand) -> bool:
    """Tell whether a condition says no more than who asks is called anyway: an account, of this collection."""
    if path.source != "auth":
        return False
    if path.names[0] in ("collectionName", "collectionId"):
        return sign.lstrip("?") == "="
    return path.names == ("id",) and sign.lstrip("?") == "!=" and _is_empty(right)


def _of_row(
    path: Path,
    rows: tuple[str, ...],
    sign: str,
    right: Operand,
    other: Path | None,
    joined: list[tuple[str, ...]],
) -> str:
    """Return what is said of a row in which a rule looks for somebody or something."""
    known = rows in joined
    joined.append(rows)
    place = f"{rows[-1]} of {rows[0]}" if len(rows) > 1 and rows[0] else rows[-1]
    inner = _chain(path.names[_joins_at(path) :]) or "id"
    if _is_account(other) and sign.lstrip("?") in ("=", "~"):
        return f"as {inner} in {place}"
    words = f"{inner}{_modified(path)} {_verb(sign)} {_value(right, other)}"
    return f"there {words}" if known else f"with {place} where {words}"


def _row_of(path: Path) -> tuple[str, ...]:
    """Return the row that a path looks in: whose, and of which collection; () for a path that looks in none."""
    if path.source == "collection":
        return ("", path.collection)
    at = _joins_at(path)
    if not at:
        return ()
    owner = "the account" if path.source == "auth" else "the record"
    before = _chain(path.names[: at - 1])
    whose = owner if not before else f"its {before}" if path.source != "auth" else f"the account's {before}"
    return (whose, back_relation(Name(path.names[at - 1], 0))[0].text)


def _joins_at(path: Path) -> int:
    """Return behind which name the last back relation of a path ends, 0 if it has none."""
    ends = [at + 1 for at, name in enumerate(path.names) if back_relation(Name(name, 0))[1].text]
    return ends[-1] if ends else 0


def _noun(path: Path) -> str:
    names = path.names[:-1] if len(path.names) > 1 and path.names[-1] == "id" else path.names
    before = {"record": "its ", "body": "the sent ", "auth": "the account's ", "query": "the query's "}
    return (
        f"{before.get(path.source, 'the header ' if path.source == 'headers' else '')}{_chain(names)}{_modified(path)}"
    )


def _modified(path: Path) -> str:
    return f":{path.modifier}" if path.modifier else ""


def _chain(names: Iterable[str]) -> str:
    words = []
    for name in names:
        origin, key = back_relation(Name(name, 0))
        words.append(origin.text if key.text else name)
    return "'s ".join(words)


def _sent(path: Path, wanted: bool) -> str:
    if path.source in ("query", "headers"):
        return f"{'' if wanted else 'no '}{_noun(path._replace(modifier=''))} is sent"
    name = _chain(path.names)
    if path.modifier == "changed":
        return f"{name} is {'changed' if wanted else 'not changed'}"
    return f"{name} is {'sent' if wanted else 'not sent'}"


def _verb(sign: str) -> str:
    return _SIGNS.get(sign.lstrip("?"), sign)


def _value(operand: Operand, path: Path | None) -> str:
    if path is None or path.source == "other":
        return _constant(operand)
    rows = _row_of(path)
    if not rows:
        return "the account" if _is_account(path) else _noun(path)
    inner = _chain(path.names[_joins_at(path) :])
    place = f"{rows[-1]} of {rows[0]}" if rows[0] else rows[-1]
    return f"{inner} in {place}" if inner else place


def _constant(operand: Operand) -> str:
    if operand.kind == "call":
        return f"{operand.text}({', '.join(_constant(one) for one in operand.arguments)})"
    if _is_empty(operand):
        return "empty"
    return repr(operand.text) if operand.kind == "text" else operand.text


def _is_empty(operand: Operand) -> bool:
    return is_constant(operand) and operand.text in ("", "null")


def _is_account(path: Path | None) -> bool:
    return path is not None and path.source == "auth" and path.names == ("id",)
