"""What PocketBase ignores in silence where a record is written, noticed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pb_common import PBRequestError, PBUsageError
from pb_common.client import Client
from pb_common.collections import field_names, get_collection, known_collection
from pb_common.suggest import suggest

if TYPE_CHECKING:  # a listing does not pay for it
    from pb_common.schema_types import Collection

# Keys of a record's body that never come back, whatever the collection.
_WRITE_ONLY = {"password", "passwordConfirm", "oldPassword"}
_RECORD_KEYS = {"id", "collectionId", "collectionName", "expand"}


def unknown_keys(client: Client, body: dict[str, Any], collection: Collection) -> None:
    """Warn of each key of a record's body that is no field of the collection: PocketBase ignores it."""
    for name in _unknown(body, collection):
        client.warn(
            f"{collection['name']} has no field {name!r}: the value was ignored."
            f" {suggest(name, field_names(collection))}"
        )


def _unknown(body: dict[str, Any], collection: Collection) -> list[str]:
    known = {*field_names(collection), *_RECORD_KEYS, *_WRITE_ONLY}
    names = (key.partition(":")[0].strip("+-") for key in body)
    return [name for name in names if name not in known]


def refuse_unknown(body: dict[str, Any], collection: Collection) -> None:
    """Raise PBUsageError before a body is sent that has a key which is no field: PocketBase would drop its value."""
    unknown = _unknown(body, collection)
    if unknown:
        near = " ".join(f"{name!r}: {suggest(name, field_names(collection))}" for name in unknown[1:])
        raise PBUsageError(
            f"{collection['name']} has no field {', '.join(map(repr, unknown))}: PocketBase would drop the value.",
            hint=f"{suggest(unknown[0], field_names(collection))} {near}".rstrip()
            + " For a rule or a hook that reads it, --allow-unknown sends it all the same.",
            code="unknown_field",
            unknown=unknown,
        )


def readable_collection(client: Client, name: str) -> Collection | None:
    """Return a collection, None where nobody may read it with the credentials at hand, or there is none."""
    try:
        with client.as_superuser():
            return get_collection(client, name)
    except (PBRequestError, PBUsageError):
        return None


def warn_of_changes(
    client: Client,
    body: dict[str, Any],
    collection: Collection,
    record: dict[str, Any] | None = None,
    *,
    verb: str = "is",
) -> None:
    """Warn of each value of a body that is stored as another one; of a saved `record` as far as it shows that.

    `verb` is "would be" where the server has stored nothing.
    """
    from _pb.schema.stored_values import changes

    for change in changes(body, collection):
        if record is None or change.is_seen_in(record):
            client.warn(change.told(verb))


def warn_of_losses(client: Client, collection: str, body: dict[str, Any], record: dict[str, Any]) -> None:
    """Warn of each key that was sent with a record and did not come back, and of each value that came back as another.

    The schema is asked for only where there is such a thing.
    """
    sent = {key: value for key, value in body.items() if key not in _WRITE_ONLY}
    if all(key in record and _is_same(record[key], value) for key, value in sent.items()):
        return
    found = known_collection(client, collection)
    lost = [key for key in sent if key.partition(":")[0].strip("+-") not in record]
    unknown_keys(client, {key: body[key] for key in lost}, found)
    if client.acting_as:
        _hidden_keys(client, lost, found)
    warn_of_changes(client, sent, found, record)


def _hidden_keys(client: Client, lost: list[str], collection: Collection) -> None:
    hidden = [field["name"] for field in collection["fields"] if field.get("hidden")]
    for name in dict.fromkeys(key.partition(":")[0].strip("+-") for key in lost):
        if name in hidden:
            client.warn(f"{name} is hidden: PocketBase ignores what others than superusers send for it.")


def _is_same(stored: Any, sent: Any) -> bool:
    """Tell whether a value came back as it was sent: 1 is not true."""
    return bool(stored == sent) and isinstance(stored, bool) == isinstance(sent, bool)


def missing_values(problems: Any, body: dict[str, Any], collection: Collection) -> list[str]:
    """Return for each value that the server found missing, though it was sent, that it counts as none.

    `problems` are the server's errors by field.
    """
    from _pb.schema.stored_values import counts_as_empty, shown

    fields = {field["name"]: field for field in collection["fields"]}
    return [
        f"{name}: {shown(body[name])} counts as empty, and the field is required."
        for name, problem in (problems.items() if isinstance(problems, dict) else ())
        if isinstance(problem, dict) and problem.get("code") == "validation_required"
        if name in body and name in fields and counts_as_empty(fields[name], body[name])
    ]
