"""What of a listing is printed: --fields and --limit, which keep a list small where the server itself has neither."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .client import Client


def shortened(client: Client, data: Any, fields: str | None, limit: int | None) -> Any:
    """Return a listing with at most `limit` of its items, and of each only what `fields` names.

    `data` is a list, an object whose `items` is one, an object of items by their names, or one item. Names are
    comma-separated and lead deeper by dots, through lists too. Warns of a name that no item has, and of items that are
    left out.
    """
    if isinstance(data, dict) and isinstance(data.get("items"), list):
        return {**data, "items": shortened(client, data["items"], fields, limit)}
    if isinstance(data, dict) and data and all(isinstance(item, dict) for item in data.values()):
        return dict(zip(data, shortened(client, list(data.values()), fields, limit)))
    items = data if isinstance(data, list) else [data]
    if limit is not None and len(items) > limit:
        client.warn(f"These are the first {limit} of {len(items)}.")
        items = items[:limit]
    if fields:
        paths = [name.strip().split(".") for name in fields.split(",") if name.strip()]
        _warn_of_unknown(client, items, sorted({path[0] for path in paths}))
        items = [_picked(item, paths) for item in items]
    return items if isinstance(data, list) else items[0]


def _warn_of_unknown(client: Client, items: list[Any], names: list[str]) -> None:
    known = {key for item in items if isinstance(item, dict) for key in item}
    for name in names:
        if known and name not in known:
            from .suggest import suggest

            client.warn(f"No item has a field {name!r}. {suggest(name, known)}")


def _picked(value: Any, paths: list[list[str]]) -> Any:
    """Return what the paths lead to, in the place where it stands."""
    if isinstance(value, list):
        return [_picked(item, paths) for item in value]
    if not isinstance(value, dict):
        return value
    below: dict[str, list[list[str]]] = {}
    for path in paths:
        below.setdefault(path[0], []).append(path[1:])
    return {
        key: value[key] if [] in deeper else _picked(value[key], deeper)
        for key, deeper in below.items()
        if key in value
    }
