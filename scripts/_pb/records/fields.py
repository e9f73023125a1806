"""What `--fields` names, checked: PocketBase leaves out what no record has."""

from __future__ import annotations

import re
from typing import Any

from pb_common.client import Client
from pb_common.collections import field_names, known_collection
from pb_common.suggest import suggest


def check_fields(client: Client, collection: str, fields: str | None, records: list[dict[str, Any]]) -> None:
    """Warn of each name in `fields` that no record has: PocketBase leaves it out without an error."""
    wanted = {part.strip().split(".")[0].split(":")[0] for part in re.sub(r"\([^)]*\)", "", fields or "").split(",")}
    missing = {name for name in wanted - {"", "*", "expand"} if not any(name in record for record in records)}
    if not missing:
        return
    known = [*field_names(known_collection(client, collection)), "collectionId", "collectionName"]
    for name in sorted(missing.difference(known)):
        client.warn(f"{collection} has no field {name!r}. {suggest(name, known)}")
