"""What PocketBase ignores in silence where a collection is written, noticed."""

from __future__ import annotations

from pb_common.client import Client
from pb_common.schema_types import Collection
from pb_common.suggest import suggest

# Keys of a collection that are never shown.
_SECRETS = {"secret", "clientSecret"}


def warn_of_lost_properties(client: Client, sent: Collection, saved: Collection) -> None:
    """Warn of each property of a collection or of its fields that was sent and did not come back."""
    name = saved["name"]
    for key in sent:
        if key not in saved and key not in _SECRETS and key != "deleteMissing":
            client.warn(f"Collection {name}: PocketBase ignored the key {key!r}. {suggest(key, saved)}")
    _warn_of_lost_keys_of_fields(client, sent, saved)
    for key, value in sent.items():
        back = saved.get(key)
        if isinstance(value, dict) and isinstance(back, dict):
            for inner in value:
                if inner not in back and inner not in _SECRETS:
                    client.warn(f"Collection {name}: PocketBase ignored the key {key}.{inner}.")


def _warn_of_lost_keys_of_fields(client: Client, sent: Collection, saved: Collection) -> None:
    name = saved["name"]
    saved_fields = {field["name"]: field for field in saved["fields"]}
    for field in sent.get("fields") or []:
        back = saved_fields.get(field.get("name", ""))
        if back is None:
            client.warn(f"{name}.{field.get('name')}: the field was not saved.")
            continue
        for key in field:
            if key not in back:
                advice = "A unique field needs a UNIQUE index." if key == "unique" else suggest(key, back)
                client.warn(f"{name}.{field['name']}: PocketBase ignored the key {key!r}. {advice}")
