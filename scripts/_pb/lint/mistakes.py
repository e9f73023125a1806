"""Mistakes that hooks and migrations have alike: code, rules and shapes of v0.22."""

from __future__ import annotations

import re
from collections.abc import Iterator

from _pb.languages.javascript import Source
from _pb.languages.javascript_literals import written_collections
from _pb.languages.javascript_scopes import Scopes
from _pb.lint.mistake import Mistake
from _pb.lint.old_code import old_code
from _pb.lint.old_fields import FOUND, old_fields
from pb_common.schema_types import Collection


def script_mistakes(source: Source, scopes: Scopes) -> Iterator[Mistake]:
    """Yield what is wrong with a hook or a migration alike: code and rules from v0.22."""
    declared = {one.name for one in scopes.declared}
    for path in source.paths():
        for old in old_code(path, declared):
            yield Mistake(old.kind, old.position, old.message, old.fix)
    for token in source.texts():
        if "@request.data" in token.text:
            yield Mistake(
                "request-data",
                token.start,
                "@request.data is called @request.body since v0.23.",
                "Write @request.body.",
            )
    yield from old_fields(source)
    for position, collections in written_collections(source):
        yield from _shape_mistakes(collections, position)


def _shape_mistakes(collections: list[Collection], position: int) -> Iterator[Mistake]:
    """Yield what the schema check finds in collections that are written out."""
    from _pb.schema.legacy import legacy_places
    from _pb.schema.shapes import shape_findings

    for collection in collections:
        for place in legacy_places(collection):
            if "@request.data" not in place and not place.endswith(FOUND):  # found in the text already
                yield Mistake("old-shape", position, f"{place}: it is ignored.", "Write it as v0.23+ reads it.")
        for field in collection.get("fields") or []:
            if isinstance(field, dict) and field.get("collectionId") in {
                "users",
                *(item.get("name") for item in collections),
            }:
                message = (
                    f"{field.get('name')}: a relation needs the id of {field['collectionId']!r}; its name is refused."
                )
                fix = "Write the id, such as _pb_users_auth_ for users, or app.findCollectionByNameOrId(NAME).id."
                yield Mistake("relation-name", position, message, fix)
        if re.match(r"\s*select\s+(distinct\s+)?\*", str(collection.get("viewQuery") or ""), re.IGNORECASE):
            message = f"{collection.get('name')}.viewQuery: a view names its columns, * is refused."
            yield Mistake("view-star", position, message, "Write SELECT id, and the other columns.")
        if "name" in collection:
            for finding in shape_findings([collection], []):
                yield Mistake(finding.kind, position, f"{finding.place}: {finding.message}", finding.fix)
