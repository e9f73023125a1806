"""The secrets that a schema may set: the server never shows them, so that no comparison finds them unchanged."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from _pb.languages.sql import Token, tokens
from _pb.schema.export import AUTH_OPTIONS, SECRETS
from pb_common import PBUsageError
from pb_common.schema_types import Collection

# Columns of PocketBase's own tables: the settings with their passwords, and the keys that tokens are signed with.
SECRET_COLUMNS = {("_params", "value"), ("_collections", "options")}
# What stands for a secret where one is shown.
_MASK = re.compile(r"[*•●]+")


def sets_secrets(collection: Collection) -> bool:
    """Tell whether a collection's sign-in options set a secret: of a token, or of an OAuth2 provider."""
    return any(_holds_one(collection.get(option)) for option in AUTH_OPTIONS)


def _holds_one(value: Any) -> bool:
    if isinstance(value, list):
        return any(map(_holds_one, value))
    if not isinstance(value, dict):
        return False
    return any(
        bool(inner) if key in SECRETS else key != "mappedFields" and _holds_one(inner) for key, inner in value.items()
    )


def masked(value: Any) -> bool:
    """Tell whether a value only stands for a secret."""
    return isinstance(value, str) and bool(_MASK.fullmatch(value))


def refuse_masked(collections: Iterable[Collection]) -> None:
    """Raise PBUsageError for masked secrets in sign-in options: the server would store the mask in their place."""
    hidden = [
        f"{collection.get('name') or 'the collection'}.{place}"
        for collection in collections
        for option in AUTH_OPTIONS
        for place in _masked_places(collection.get(option), option)
    ]
    if hidden:
        raise PBUsageError(
            f"{', '.join(hidden)} is masked: the server would store the mask, and the real secret would be gone.",
            hint="Give the secret itself, or leave out the whole of oauth2, or a token's secret, for the stored one.",
        )


def _masked_places(value: Any, above: str) -> Iterator[str]:
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _masked_places(inner, f"{above}[{index}]")
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key in SECRETS and masked(inner):
                yield f"{above}.{key}"
            elif key != "mappedFields":
                yield from _masked_places(inner, f"{above}.{key}")


def secrets_named(query: str, collections: list[Collection]) -> list[str]:
    """Return the secrets that a query may read, as `table.column`: of tables that it, or a view in it, names."""
    views = {item["name"].lower(): item.get("viewQuery") or "" for item in collections if item["type"] == "view"}
    waiting, read = [query], list(tokens(query))
    while waiting:
        names = {token.name.lower() for token in tokens(waiting.pop())}
        found = [views.pop(name) for name in names & views.keys()]
        waiting += found
        read += [token for text in found for token in tokens(text)]
    # SQLite takes a text for a name where only a name may stand.
    named = {token.name.lower() for token in read if token.kind != "comment"}
    takes_all = any(_is_all(read, index) for index in range(len(read)))
    known = {(table.lower(), column.lower()): f"{table}.{column}" for table, column in _columns(collections)}
    return sorted(
        place for (table, column), place in known.items() if table in named and (takes_all or column in named)
    )


def _columns(collections: list[Collection]) -> Iterator[tuple[str, str]]:
    yield from SECRET_COLUMNS
    for collection in collections:
        for field in collection["fields"]:
            is_key = collection["type"] == "auth" and field["name"] == "tokenKey"
            if field["type"] == "password" or is_key:
                yield collection["name"], field["name"]


def _is_all(read: list[Token], index: int) -> bool:
    """Tell whether a token is the * that stands for all columns, or may be; that of count(*) is not."""
    around = [token.written for token in read[max(index - 1, 0) : index + 2]]
    return read[index].written == "*" and around != ["(", "*", ")"]
