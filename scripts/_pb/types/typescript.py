"""Types for TypeScript: records, what is sent to make and change them, and a client that knows them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from _pb.types.model import Property, Shape, Value, shapes
from _pb.types.names import Names, one_line, pascal, quoted
from pb_common.schema_types import Collection

_PLAIN = {
    **{
        "text": "string",
        "html": "HtmlText",
        "number": "number",
        "bool": "boolean",
        "true": "true",
        "record_id": "RecordId",
    },
    **{"date": "DateText", "file_name": "FileName", "upload": "Blob", "geoPoint": "GeoPoint"},
}
_HEAD = """\
// Made by `pb_collections.py types --lang typescript`: change the collections and make it again.
"""
_SDK_IMPORT = """\
import type PocketBase from "pocketbase";
import type { RecordOptions, RecordService } from "pocketbase";
"""
_COMMON = """\

/** The id of a record. */
export type RecordId = string;
/** A date as PocketBase writes it, "2024-12-31 10:00:00.000Z", or "" for none. */
export type DateText = string;
/** HTML as it was sent: PocketBase does not clean it. */
export type HtmlText = string;
/** The name under which a file is stored. */
export type FileName = string;
/** A place on earth in degrees. */
export interface GeoPoint {
  lon: number;
  lat: number;
}
"""
_MAPS = """
/** The name of a collection. */
export type CollectionName = keyof CollectionRecords;
/** A record of a collection. */
export type RecordOf<C extends CollectionName> = CollectionRecords[C];
/** What makes a record of a collection; nothing makes one of a view. */
export type Create<C extends CollectionName> = CollectionCreates[C];
/** What changes a record of a collection; nothing changes one of a view. */
export type Update<C extends CollectionName> = CollectionUpdates[C];
/** A record that was asked for with these expands: what the server may not show is missing all the same. */
export type Expanded<R extends { expand?: object }, K extends keyof NonNullable<R["expand"]>> = Omit<R, "expand"> & {
  expand: Omit<NonNullable<R["expand"]>, K> & Required<Pick<NonNullable<R["expand"]>, K>>;
};
"""
_SDK = """
/** The part of the SDK for the records of one collection, which takes only what the collection has. */
export interface TypedRecordService<C extends CollectionName, M = RecordOf<C>> extends RecordService<M> {
  create<T = M>(body: [Create<C>] extends [never] ? never : Create<C> | FormData, options?: RecordOptions): Promise<T>;
  update<T = M>(
    id: RecordId,
    body: [Update<C>] extends [never] ? never : Update<C> | FormData,
    options?: RecordOptions,
  ): Promise<T>;
}

/** A client that knows the collections: `new PocketBase(url) as TypedPocketBase`. */
export interface TypedPocketBase extends PocketBase {
  collection<C extends CollectionName>(idOrName: C): TypedRecordService<C>;
}
"""
_TAKEN = (
    *(
        "RecordId",
        "DateText",
        "HtmlText",
        "FileName",
        "GeoPoint",
        "CollectionName",
        "CollectionRecords",
        "CollectionCreates",
    ),
    *("CollectionUpdates", "RecordOf", "Create", "Update", "Expanded", "TypedRecordService", "TypedPocketBase"),
    *("PocketBase", "RecordOptions", "RecordService", "Collections", "Blob", "FormData", "Date"),
    *("Omit", "Pick", "Required", "NonNullable", "Promise"),
)


def typescript(collections: list[Collection], chosen: list[str] | None, *, sdk: bool = True) -> str:
    """Return a TypeScript module with the types of collections, without the client's if it is not for the SDK.

    Raises KeyError with a name in `chosen` that no collection has.
    """
    found = shapes(collections, chosen, _TAKEN)
    parts = [_HEAD, *([_SDK_IMPORT] if sdk else []), _COMMON, _constants(found)]
    parts += ["\n".join(_shape(shape)) for shape in found]
    parts += ["\n".join(_map(ending, found)) for ending in ("Record", "Create", "Update")]
    return "".join([*parts, _MAPS, *([_SDK] if sdk else [])])


def _constants(found: list[Shape]) -> str:
    names = "".join(f"  {shape.name}: {quoted(shape.collection['name'])},\n" for shape in found)
    return f"\n/** The names of the collections. */\nexport const Collections = {{\n{names}}} as const;\n"


def _shape(shape: Shape) -> Iterator[str]:
    name = shape.collection["name"]
    for select in shape.selects:
        yield ""
        yield f"export const {select.name}Values = [{', '.join(map(quoted, select.values))}] as const;"
        yield f"export type {select.name} = (typeof {select.name}Values)[number];"
    yield from _interface(f"{shape.name}Record", shape.record, f"A record of `{name}`.", bool(shape.expand))
    if shape.expand:
        yield f"\n/** What can be expanded of a record of `{name}`. */\nexport interface {shape.name}Expand {{"
        for item in shape.expand:
            yield f"  {_key(item.key)}?: {item.target.name}Record{'[]' if item.many else ''};"
        yield "}"
    for ending, properties, text in (("Create", shape.create, "makes"), ("Update", shape.update, "changes")):
        if properties is not None:
            yield from _interface(f"{shape.name}{ending}", properties, f"What {text} a record of `{name}`.")
    yield ""


def _interface(name: str, properties: list[Property], text: str, expands: bool = False) -> Iterator[str]:
    """Yield an interface with a parameter for each json field, whose type nobody but the user knows."""
    taken = Names()
    open_ = {item.key: taken.give(f"T{pascal(item.key)}") for item in properties if item.value.kind == "json"}
    parameters = ", ".join(f"{parameter} = unknown" for parameter in open_.values())
    yield f"\n/** {one_line(text)} */\nexport interface {name}{f'<{parameters}>' if open_ else ''} {{"
    for item in properties:
        if item.told:
            yield f"  /** {item.told} */"
        yield f"  {_key(item.key)}{'' if item.required else '?'}: {_type(item.value, open_.get(item.key, ''), name)};"
    if expands:
        yield f"  expand?: {name[: -len('Record')]}Expand;"
    yield "}"


def _type(value: Value, parameter: str, owner: str) -> str:
    if value.kind == "constant":
        return quoted(value.name)
    if value.kind == "json":
        return parameter + (" | null" if value.clears else "")
    one = value.name if value.kind == "select" else _PLAIN[value.kind]
    if value.kind == "upload" and owner.endswith("Update"):
        one = one if value.either else f"{one} | FileName"  # the name of one that is there keeps it
    if value.kind == "date" and not owner.endswith("Record"):
        one = f"{one} | Date"
    listed = f"({one})[]" if " " in one else f"{one}[]"
    said = listed if value.many else f"{one} | {listed}" if value.either else one
    return said + (' | ""' if value.empty else "") + (" | null" if value.clears else "")


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z_$][\w$]*", key, re.ASCII) else quoted(key)


def _map(ending: str, found: list[Shape]) -> Iterator[str]:
    yield f"\n/** The `{ending}` type of each collection. */\nexport interface Collection{ending}s {{"
    for shape in found:
        there = ending == "Record" or shape.create is not None
        yield f"  {_key(shape.collection['name'])}: {f'{shape.name}{ending}' if there else 'never'};"
    yield "}\n"
