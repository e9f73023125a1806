"""What a migration writes that PocketBase refuses or does not see: rules, identity fields, tables by SQL."""

from __future__ import annotations

import re
from collections.abc import Iterator

from _pb.languages.javascript import Function, Path, Source, Span
from _pb.languages.javascript_literals import written_collections
from _pb.languages.javascript_scopes import Scopes
from _pb.languages.rules import RuleError, parse
from _pb.languages.sql import tokens
from _pb.lint.mistake import Mistake
from pb_common.schema_types import Collection


def assigned_values(source: Source) -> Iterator[Mistake]:
    """Yield values that are assigned and that PocketBase refuses when it saves the collection."""
    for path in source.paths():
        if source.word(path.last) != "=":
            continue
        value = Span(path.last + 1, source.end_of_expression(path.last + 1, len(source.tokens)))
        name = path.names[-1]
        if name.endswith("Rule") and (text := source.literal(value)):
            try:
                parse(text)
            except RuleError as error:
                yield Mistake("bad-rule", path.position, f"{name} is refused: {error}", "Write = and !=, && and ||.")
        if name == "mimeTypes":
            yield from _types_of_files(source, path, value)
        if name == "identityFields":
            yield from _identities(source, path, value)


def _types_of_files(source: Source, path: Path, value: Span) -> Iterator[Mistake]:
    given = [text for at in range(*value) if (text := source.literal(Span(at, at + 1)))]
    wrong = next((text for text in given if "/" not in text), "")
    if wrong:
        message = f"{wrong!r} is no MIME type: each upload is refused."
        yield Mistake("wrong-value", path.position, message, 'Write it as "application/pdf".')


def _identities(source: Source, path: Path, value: Span) -> Iterator[Mistake]:
    """Yield a field for signing in that this file adds, and gives no unique index."""
    for name in (text for at in range(*value) if (text := source.literal(Span(at, at + 1)))):
        added = re.search(rf"""fields\.add(At)?\([^;]*?name"?'?:\s*["']{re.escape(name)}["']""", source.text)
        index = re.search(
            rf"(?i)unique index[^;]*\b{re.escape(name)}\b|addIndex\([^;]*\b{re.escape(name)}\b", source.text
        )
        if added and not index:
            message = f"{name} has no unique index of its own: it is refused as an identity field."
            fix = f"Add CREATE UNIQUE INDEX ... ({name}) WHERE {name} != ''."
            yield Mistake("bad-index", path.position, message, fix)


def tables_by_sql(source: Source, body: Span) -> Iterator[Mistake]:
    """Yield tables and columns that are made or renamed by SQL, of which no collection knows."""
    for path in source.paths(body):
        for words, name, call in path.calls():
            query = (
                " ".join(one.text.strip("`\"'") for one in source.texts(call.arguments[0])) if call.arguments else ""
            )
            said = [token.name.lower() for token in tokens(query) if token.kind in ("word", "quoted")]
            alters = said[:2] == ["alter", "table"] and ("add" in said[3:4] or "rename" in said[3:4])
            if words[-1] == "newQuery" and (alters or said[:2] == ["create", "table"]):
                message = "No collection knows of this: the API neither shows nor stores it."
                fix = "Change the collection: fields.add(new TextField({...})), name = ..., new Collection({...})."
                yield Mistake("sql-schema", name.position, message, fix, "warning" if alters else "note")


def saved_too_early(source: Source, scopes: Scopes, up: Function) -> Iterator[Mistake]:
    """Yield a collection that is saved before the one to which its relation leads."""
    made = {written.span.first: written.collections[0] for written in written_collections(source)}
    saved: dict[str, int] = {}
    for path in source.paths(up.body):
        for words, name, call in path.calls():
            if words[-1] == "save" and call.arguments:
                saved.setdefault(source.written(call.arguments[0]), name.position)
    places: dict[str, tuple[int, Collection]] = {}
    for one in scopes.declared_in(*up.body):
        collection = made.get(one.value.first + 3)  # behind new Collection (
        if collection and one.name in saved and collection.get("id"):
            places[str(collection["id"])] = saved[one.name], collection
    for position, collection in places.values():
        for field in collection.get("fields") or ():
            target = places.get(str(field.get("collectionId"))) if isinstance(field, dict) else None
            if target and target[0] > position:
                message = f"{collection['name']} is saved before {target[1]['name']}, to which {field['name']} leads."
                yield Mistake("relation-name", position, message, f"Save {target[1]['name']} first.")


def other_down(source: Source, up: Function, down: Function) -> Iterator[Mistake]:
    """Yield a collection that the second function deletes, and of which the first does not speak."""
    spoken = source.written(up.body)
    if "importCollections" in spoken and not re.search(r"importCollections\(\s*\[", spoken):
        return  # what it makes stands elsewhere
    for path in source.paths(down.body):
        for words, name, call in path.calls():
            text = source.literal(call.arguments[0]) if call.arguments else None
            if (
                words[-1] == "findCollectionByNameOrId"
                and text
                and text not in spoken
                and _is_deleted(source, path, down)
            ):
                message = f"It deletes {text!r} with its records, of which the first function does not speak."
                yield Mistake("destroys", name.position, message, "Delete what the first function makes.", "warning")


def _is_deleted(source: Source, path: Path, down: Function) -> bool:
    """Tell whether what a path finds is deleted: in the same call, or by the name that it is given."""
    if source.word(path.first - 1) == "(" and source.word(path.first - 2) == "delete":
        return True
    given = source.word(path.first - 2) if source.word(path.first - 1) == "=" else ""
    return bool(given) and bool(re.search(rf"\.delete\(\s*{re.escape(given)}\s*\)", source.written(down.body)))
