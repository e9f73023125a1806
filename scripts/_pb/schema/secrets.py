"""The secrets that a schema may set: the server never shows them, so that no comparison finds them unchanged."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from _pb.schema.export import AUTH_OPTIONS, SECRETS
from pb_common import PBUsageError
from pb_common.schema_types import Collection

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
