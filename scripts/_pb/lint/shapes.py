"""Collections and fields that hooks and migrations write out: what PocketBase refuses, ignores or loses of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from _pb.languages.javascript import Source, Span
from _pb.languages.javascript_literals import Written, place_in, written_collections, written_fields
from _pb.lint.mistake import Mistake
from _pb.lint.old_fields import FOUND
from _pb.lint.schema_laws import value_warnings
from _pb.schema.findings import Finding
from _pb.schema.shapes import FIELD_TYPES
from pb_common.schema_types import Collection

# What a collection by itself shows; what it leads to may be made elsewhere.
_BY_ITSELF = frozenset(["limit", "bad-index", "duplicate-field", "bad-rule", "view-query"])
# Names are words, and ids are of 15 letters or begin with pbc_ or _.
_NAME = re.compile(r"(?!pbc_)(?!_)(?!\w{15}$)[a-z][a-z_]*")
_ALL_COLUMNS = re.compile(r"\s*select\s+(distinct\s+)?\*", re.IGNORECASE)
_MAY_BE_MEANT = frozenset(["max-zero", "required-bool"])
_OF_FIELDS = frozenset(["limit"])
# What is said of a field only where all that it has is written out.
_NEEDS_ALL = frozenset(["limit", "no-values"])


def shape_mistakes(source: Source) -> Iterator[Mistake]:
    """Yield what is wrong with the collections and fields that a file writes out."""
    for written in written_collections(source):
        yield from _made_fields(source, written.span)
        for number, collection in enumerate(written.collections):
            is_list = source.word(written.span.first) == "["
            grows = ".fields." in source.text
            for kind, path, message, fix in _of_a_collection(collection, written, number, grows):
                place = place_in(source, written.span, path if is_list else path[1:])
                severity = "warning" if kind in _MAY_BE_MEANT else "error"
                yield Mistake(kind, place, message, fix, severity)
    for written in written_fields(source):
        field = (written.collections[0].get("fields") or [{}])[0]
        if field.get("type") in list(FIELD_TYPES):
            for kind, path, message, fix in _found(written.collections[0], _OF_FIELDS, written.open, 0):
                told = message[2:] if message.startswith("x.") else message
                severity = "warning" if kind in _MAY_BE_MEANT else "error"
                yield Mistake(kind, place_in(source, written.span, path[3:]), told, fix, severity)


def _made_fields(source: Source, span: Span) -> Iterator[Mistake]:
    """Yield fields that are made by constructors in a literal, which takes plain objects."""
    for at in range(*span):
        is_list = source.word(at).strip("\"'") == "fields" and (source.word(at + 1), source.word(at + 2)) == (":", "[")
        made = (part for part in source.arguments(at + 2) if source.word(part.first) == "new") if is_list else ()
        for part in made:
            message = "A field that is made by new is lost here, with all others of the list, without an error."
            fix = 'Write plain objects: { type: "text", name: "a" }; or save the collection and use fields.add().'
            yield Mistake("wrong-value", source.position(part.first), message, fix)
            break


_Found = tuple[str, "tuple[Any, ...]", str, str]


def _of_a_collection(collection: Collection, written: Written, number: int, grows: bool) -> Iterator[_Found]:
    """Yield what is wrong with a collection; `grows` says whether fields are added to one by calls, too."""
    from _pb.schema.legacy import legacy_places

    name = collection.get("name")
    for place in legacy_places(collection):
        if "@request.data" not in place and not place.endswith(FOUND):  # found in the text already
            yield "old-shape", (number,), f"{place}: it is ignored.", "Write it as v0.23+ reads it."
    fields = collection.get("fields")
    for at, field in enumerate(fields if isinstance(fields, list) else ()):
        names = ["users", *(item.get("name") for item in written.collections)]
        target = field.get("collectionId") if isinstance(field, dict) else None
        if isinstance(target, str) and (target in names or _NAME.fullmatch(target)):
            message = f"{field.get('name')}: a relation needs the id of {target!r}; its name is refused."
            fix = "Write the id, such as _pb_users_auth_ for users, or app.findCollectionByNameOrId(NAME).id."
            yield "relation-name", (number, "fields", at), message, fix
    if _ALL_COLUMNS.match(str(collection.get("viewQuery") or "")):
        message = f"{name}.viewQuery: a view names its columns, * is refused."
        yield "view-star", (number, "viewQuery"), message, "Write SELECT id, and the other columns."
    known = [one for one in fields if one is not None] if isinstance(fields, list) else fields or []
    if not isinstance(known, list) or not all(isinstance(one, dict) for one in known):
        message = "fields is no list of objects: PocketBase drops it, and what else the literal says, without an error."
        yield "wrong-value", (number, "fields"), message, "Write [{...}, {...}]."
    elif isinstance(name, str) and collection.get("type"):
        is_old = "schema" in collection
        is_open = is_old or grows or any(path[0] == number and _opens(path[1:]) for path in written.open)
        for kind, path, message, fix in _found(
            collection, frozenset() if is_open else _BY_ITSELF, written.open, number
        ):
            yield kind, path, message, fix


def _opens(path: tuple[Any, ...]) -> bool:
    """Tell whether a collection's names of fields are not all known, as what is at a path comes from elsewhere."""
    return not path or path in (("name",), ("type",), ("fields",)) or (path[0] == "fields" and _names(path[1:]))


def _names(path: tuple[Any, ...]) -> bool:
    return len(path) == 1 or path[1] in ("name", "type")


def _is_told_elsewhere(finding: Finding, collection: Any) -> bool:
    """Tell whether a finding on a view is about what the file does not make, or of what is told already."""
    of_a_query = finding.path[-1:] == ("viewQuery",) and not _ALL_COLUMNS.match(str(collection.get("viewQuery")))
    return finding.message.startswith("There is no collection") or (finding.kind == "view-query" and not of_a_query)


def _found(collection: Any, kinds: frozenset[str], open: frozenset[tuple[Any, ...]], number: int) -> Iterator[_Found]:
    """Yield what is wrong with a collection of which the paths that are open are not known."""
    from _pb.schema.check import check
    from _pb.schema.fresh import fresh_collections
    from _pb.schema.shapes import shape_findings

    name = collection["name"]
    plain: Any = {
        key: [one for one in value if one is not None] if isinstance(value, list) else value
        for key, value in collection.items()
    }
    shapes = [item for item in shape_findings([plain], []) if item.kind not in _BY_ITSELF]
    is_read = not any(item.kind in ("bad-name", "wrong-value") for item in shapes)
    more = check([plain], fresh_collections())[0] if kinds and is_read else []
    zero = [item for item in value_warnings([plain]) if item.kind in _MAY_BE_MEANT] if is_read else []
    made = {path[1:] for path in open if path[0] == number}
    told = set()
    for finding in [*shapes, *zero, *(item for item in more if item.kind in kinds)]:
        path = (number, *finding.path[1:])
        is_far = _is_told_elsewhere(finding, collection) or (
            finding.kind == "bad-rule" and not re.search(rf": `[^@`]*`: {name} has no field", f": {finding.message}")
        )
        of_open = path[1:2] == ("fields",) and any(
            one[:2] == path[1:3] and one[2:3] not in (("collectionId",), ("id",), ("name",)) for one in made
        )
        if not is_far and not (of_open and finding.kind in _NEEDS_ALL) and (finding.kind, path) not in told:
            told.add((finding.kind, path))
            lost = " What else the literal says is lost, without an error." if finding.kind == "wrong-value" else ""
            yield finding.kind, path, f"{finding.place}: {finding.message}{lost}", finding.fix
