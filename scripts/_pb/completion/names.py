"""The collections and fields of the live server, kept for some seconds: a shell asks at each press of the key."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import time

from pb_common import Client, PBError
from pb_common.collections import get_collections
from pb_common.files import replacing
from pb_common.tokens import cache_folder

# For so many seconds the names count, and so long a server may take to answer.
_FRESH = 10.0
_PATIENCE = 2.0
# What a shell takes as one word, whatever a server says.
_NAME = r"\w+"

Names = dict[str, list[str]]


def live_names(client: Client) -> Names:
    """Return the fields of each collection by its name (GET /api/collections), {} where nobody answers in time."""
    try:
        key = hashlib.sha256(f"{client.settings.url}\n{client.settings.email}".encode()).hexdigest()[:16]
        kept = cache_folder() / f"names-{key}.json"
        with contextlib.suppress(OSError, ValueError):
            if 0 <= time.time() - kept.stat().st_mtime < _FRESH:
                return _checked(json.loads(kept.read_text("utf-8")))
        names = _asked(client)
        with contextlib.suppress(OSError):
            kept.parent.mkdir(parents=True, exist_ok=True)
            with replacing(kept) as stream:
                stream.write(json.dumps(names).encode())
    except (PBError, OSError):
        return {}
    return names


def _asked(client: Client) -> Names:
    with Client(client.settings._replace(timeout=min(client.settings.timeout, _PATIENCE))) as asking:
        found = {item["name"]: [field["name"] for field in item["fields"]] for item in get_collections(asking)}
    return _checked(found)


def _checked(names: Names) -> Names:
    return {name: fields for name, fields in names.items() if re.fullmatch(_NAME, name)}
