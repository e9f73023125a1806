"""A schema with all its names changed: those of collections, fields, columns of views, and values of selects.

A word is changed everywhere alike, so that what was equal stays equal. The names that PocketBase gives stay,
`users` and its own fields among them, and so do the keys of queries and headers, which are no part of a schema.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from typing import Any

from _pb.languages import rules, sql
from _pb.languages.spans import replaced

SYSTEM = {
    *("id", "email", "emailVisibility", "verified", "password", "tokenKey", "expand", "collectionId", "collectionName"),
    *("users", "name", "avatar", "created", "updated", "body", "auth", "query", "headers", "method", "context"),
    *("lon", "lat"),
}
_QUERY_KEYS = {"query", "headers", "context", "method"}

Schema = list[dict[str, Any]]
Names = dict[str, str]


def names_of(schema: Schema) -> list[str]:
    """Return the words of a schema that can be changed, in the order of the schema."""
    found: dict[str, None] = {}
    for collection in schema:
        found[collection["name"]] = None
        for field in collection.get("fields", []):
            found.update(dict.fromkeys([field["name"], *field.get("values", [])]))
        tokens = list(sql.tokens(collection.get("viewQuery") or ""))
        aliases = [after.name for before, after in zip(tokens, tokens[1:]) if before.written.upper() == "AS"]
        found.update(dict.fromkeys(aliases))
    return [word for word in found if word not in SYSTEM]


def meaningless(words: Iterable[str]) -> Names:
    """Return a name that says nothing for each word."""
    return {word: f"x{number * 37 % 997:03d}q" for number, word in enumerate(words, 1)}


def translated(known: Names) -> Callable[[Iterable[str]], Names]:
    """Return what gives each word its name in another language, or one that sounds like it."""

    def names(words: Iterable[str]) -> Names:
        found: Names = {}
        for number, word in enumerate(words):
            new = known.get(word, "")
            taken = not new or new in found.values()
            found[word] = f"{_syllables(number)}nen" if taken else new
        return found

    return names


def renamed(schema: Schema, names: Names) -> Schema:
    """Return the schema with new names."""
    made = copy.deepcopy(schema)
    for collection in made:
        collection["name"] = names.get(collection["name"], collection["name"])
        for field in collection.get("fields", []):
            field["name"] = names.get(field["name"], field["name"])
            if "values" in field:
                field["values"] = [names.get(value, value) for value in field["values"]]
            if "collectionId" in field:
                field["collectionId"] = names.get(field["collectionId"], field["collectionId"])
        for key, value in collection.items():
            if key.endswith("Rule") and value:
                collection[key] = rule_renamed(value, names)
        if collection.get("viewQuery"):
            collection["viewQuery"] = sql_renamed(collection["viewQuery"], names)
        if collection.get("indexes"):
            collection["indexes"] = [sql_renamed(statement, names) for statement in collection["indexes"]]
    return made


def rule_renamed(rule: str, names: Names) -> str:
    """Return a rule with new names and values."""
    changes = []
    for token in rules.tokens(rule):
        if token.kind == "path":
            changes.append((token.start, token.end, _path_renamed(token.text, names)))
        elif token.kind == "text" and token.text[1:-1] in names:
            changes.append((token.start + 1, token.end - 1, names[token.text[1:-1]]))
    return replaced(rule, changes)


def _path_renamed(path: str, names: Names) -> str:
    parts = path.split(".")
    if parts[0] == "@request" and len(parts) > 1 and parts[1] in _QUERY_KEYS:
        return path
    return ".".join(_part_renamed(part, names) for part in parts)


def _part_renamed(part: str, names: Names) -> str:
    name, colon, modifier = part.partition(":")
    if name in names:
        return f"{names[name]}{colon}{modifier}"
    origin, via, field = name.partition("_via_")
    if via:
        return f"{names.get(origin, origin)}_via_{names.get(field, field)}{colon}{modifier}"
    return part


def sql_renamed(statement: str, names: Names) -> str:
    """Return a statement with new names of tables and columns, and new values."""
    changes = []
    for token in sql.tokens(statement):
        quoted = token.kind in ("quoted", "text")
        if token.kind != "comment" and token.name in names:
            changes.append((token.start + quoted, token.end - quoted, names[token.name]))
    return replaced(statement, changes)


def _syllables(number: int) -> str:
    sounds = [first + second for first in "klmnprstvh" for second in ("a", "e", "i", "o", "u", "aa", "ii")]
    return sounds[number % len(sounds)] + sounds[(number * 13 + 7) % len(sounds)] + sounds[number // len(sounds)]
