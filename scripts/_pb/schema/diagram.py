"""The collections and their relations as a Mermaid entity relationship diagram."""

from __future__ import annotations

import re

from _pb.languages.indexes import read_indexes
from _pb.schema.fields import is_multiple
from _pb.schema.names import names_by_id, pick
from pb_common.schema_types import Collection, Field

# Mermaid draws nothing of a longer text; then the boxes do without their fields.
MAX_TEXT = 50_000
# Mermaid reads these as marks of an attribute, whatever their case, and not as its name.
ATTRIBUTE_MARKS = {"pk", "fk", "uk"}


def diagram(collections: list[Collection], names: list[str] | None = None) -> str:
    """Return the text of a Mermaid `erDiagram` with a box for each collection and a line for each relation field.

    `collections` are all items of GET /api/collections, since relations name their targets. `names` picks some of
    them; by default all but the system collections are drawn. A target that is not picked is drawn as an empty box.
    A text that would be too long for Mermaid has no fields in the boxes.
    Raises KeyError with a name that no collection has.
    """
    targets = names_by_id(collections)
    if names is None:
        chosen = [collection for collection in collections if not collection.get("system")]
    else:
        chosen = pick(collections, names)
    chosen = sorted(chosen, key=lambda collection: str(collection["name"]))
    relations = [line for collection in chosen for line in _relations(collection, targets)]
    text = _text([line for collection in chosen for line in _box(collection)] + relations)
    if len(text) > MAX_TEXT:
        text = _text([_name(collection) for collection in chosen] + relations)
    return text


def _text(lines: list[str]) -> str:
    return "\n".join(["erDiagram", *(f"  {line}" for line in lines)]) + "\n"


def _name(collection: Collection) -> str:
    name = _quoted(collection["name"])
    return f"{name}[{_quoted(collection['name'], ' (view)')}]" if collection["type"] == "view" else name


def _box(collection: Collection) -> list[str]:
    unique = _unique_columns(collection)
    # Nobody reads or writes these through the API as they stand.
    shown = [f for f in collection.get("fields") or () if not (f.get("system") and f.get("hidden"))]
    return [f"{_name(collection)} {{", *(f"  {_attribute(field, unique)}" for field in shown), "}"]


def _attribute(field: Field, unique: set[str]) -> str:
    name = field["name"]
    words = [_type(field), name]
    marks = [("PK", name == "id"), ("FK", field["type"] == "relation"), ("UK", name.lower() in unique)]
    if any(applies for _, applies in marks):
        words.append(", ".join(mark for mark, applies in marks if applies))
    if name.lower() in ATTRIBUTE_MARKS or name[0].isdigit():
        # Not a legal attribute name: drawn with an underscore, and as it is beside it.
        words[1] = f"_{name}"
        words.append(_quoted(name))
    elif _is_emphasis(name):
        words.append(_quoted(name))
    return " ".join(words)


def _type(field: Field) -> str:
    legal = re.sub(r"\W", "_", field["type"], flags=re.ASCII)
    return f"{legal}[]" if is_multiple(field) else legal


def _is_emphasis(name: str) -> bool:
    """Say whether Markdown, which Mermaid reads in texts, takes the underscores around a name away."""
    return name.startswith("_") and name.endswith("_")


def _quoted(name: str, suffix: str = "") -> str:
    shown = name.replace("_", "#95;") if _is_emphasis(name) else name
    return f'"{shown}{suffix}"'


def _unique_columns(collection: Collection) -> set[str]:
    """Return the columns, in lower case, in which no value stands twice."""
    unique = [index.unique_columns for index in read_indexes(collection.get("indexes"))]
    return {columns[0] for columns in unique if len(columns) == 1}


def _relations(collection: Collection, targets: dict[str, str]) -> list[str]:
    unique = _unique_columns(collection)
    link = ".." if collection["type"] == "view" else "--"
    return [
        f"{_quoted(collection['name'])} {_cardinality(field, unique, link)} "
        f"{_quoted(targets.get(field['collectionId'], field['collectionId']))} : {_quoted(field['name'])}"
        for field in collection.get("fields") or ()
        if field["type"] == "relation"
    ]


def _cardinality(field: Field, unique: set[str], link: str) -> str:
    """Write how many records of the collection belong to how many of the target."""
    multiple, required = is_multiple(field), field.get("required")
    owners = "|o" if field["name"].lower() in unique and not multiple else "}o"
    owned = ("|{" if required else "o{") if multiple else ("||" if required else "o|")
    return f"{owners}{link}{owned}"
