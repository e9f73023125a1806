"""JavaScript literals that are nearly JSON: the collections that a file writes out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from _pb.languages.javascript import Source


def written_collections(source: Source) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """Yield the collections of each `new Collection({...})` and `importCollections([...])`, with their position."""
    for call in source.calls(r"Collection|app\.importCollections|\$app\.importCollections"):
        if not call.arguments:
            continue
        start, end = call.arguments[0]
        value = literal_value(source.bare[start:end], source.code[start:end])
        collections = value if isinstance(value, list) else [value]
        if value and all(isinstance(item, dict) for item in collections):
            written = source.text[start:end]
            yield start + len(written) - len(written.lstrip()), collections


def literal_value(text: str, code: str) -> Any:
    """Return the value of a JavaScript literal that is nearly JSON, None of another; `code` has its texts blank."""
    import json

    parts = []
    for match in re.finditer(
        r"(?P<text>([\"'`]) *\2)|(?P<key>[A-Za-z_$][\w$]*)(?=\s*:)|(?P<comma>,(?=\s*[}\]]))|[^\"'`,\w$]+|[\w$.-]+|.",
        code,
    ):
        inside = text[match.start() + 1 : match.end() - 1]
        if match["text"]:
            if "${" in inside and match[0][0] == "`":
                return None
            parts.append(text[match.start() : match.end()] if match[0][0] == '"' else json.dumps(inside))
        elif match["key"]:
            parts.append(json.dumps(match["key"]))
        elif not match["comma"]:
            parts.append(match[0])
    try:
        return json.loads("".join(parts))
    except ValueError:
        return None
