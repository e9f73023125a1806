"""What --lookup says: relations that are named by a value of their records, as an author is by an address."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from _pb.schema.fields import is_multiple
from pb_common import Client, PBUsageError
from pb_common.collections import known_collections, named
from pb_common.schema_types import Collection, Field
from pb_common.suggest import suggest


class Lookup(NamedTuple):
    """The collection that a relation leads to, and the field by whose value it names its records."""

    collection: Collection
    key: Field
    multiple: bool


def read_lookups(client: Client, collection: Collection, given: Iterable[str]) -> dict[str, Lookup]:
    """Return the lookups by the name of their relation; raise PBUsageError for one that leads nowhere."""
    relations = {field["name"]: field for field in collection["fields"] if field["type"] == "relation"}
    found = {}
    for lookup in given:
        name, _, rest = lookup.partition("=")
        target, _, key = rest.partition(".")
        if not (name and target and key):
            raise PBUsageError(
                f"--lookup {lookup!r} is not FIELD=COLLECTION.KEY.",
                hint="For example --lookup author=users.email",
                code="wrong_command_line",
            )
        if name not in relations:
            raise PBUsageError(
                f"{collection['name']} has no relation {name!r}.", hint=suggest(name, relations), code="unknown_field"
            )
        collections = known_collections(client)
        related = named(collections, str(relations[name]["collectionId"]))
        if related is not named(collections, target):
            raise PBUsageError(
                f"--lookup {lookup}: the relation {name!r} leads to {related['name']}.",
                hint=f"--lookup {name}={related['name']}.{key}",
            )
        fields = {field["name"]: field for field in related["fields"]}
        if key not in fields:
            raise PBUsageError(
                f"{related['name']} has no field {key!r}.", hint=suggest(key, fields), code="unknown_field"
            )
        found[name] = Lookup(related, fields[key], is_multiple(relations[name]))
    return found
