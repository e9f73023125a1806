"""Types for Python: typed dictionaries of records, and of what is sent to make and change them."""

from __future__ import annotations

import builtins
import keyword
import typing
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from _pb.types.model import ENDINGS, Property, Shape, Value, shapes
from _pb.types.names import one_line, quoted
from pb_common.schema_types import Collection

_PLAIN = {
    **{"text": "str", "html": "str", "number": "float", "bool": "bool", "true": "Literal[True]", "record_id": "str"},
    **{"date": "str", "file_name": "str", "geoPoint": "GeoPoint", "json": "Any"},
}
_HEAD = '''\
"""Made by `pb_collections.py types --lang python`: change the collections and make it again.

Dates are texts such as "2024-12-31 10:00:00.000Z", "" for none. Files are sent as parts of a form, so that what makes
or changes a record has their keys only where JSON can say something: which files stay, and which go.
"""

from __future__ import annotations

from typing import Any, Literal, TypedDict


class GeoPoint(TypedDict):
    """A place on earth in degrees."""

    lon: float
    lat: float
'''
# The names by which the module's annotations say something.
_USED = {"str", "float", "bool", "list", "Any", "Literal", "GeoPoint", "TypedDict"}


class _Key(NamedTuple):
    """A key of a dictionary, the annotation of its value, whether it is always there, and a comment."""

    name: str
    kind: str
    always: bool = False
    note: str = ""


def python(collections: list[Collection], chosen: list[str] | None) -> str:
    """Return a Python module with the types of collections.

    Raises KeyError with a name in `chosen` that no collection has.
    """
    found = shapes(collections, chosen, (*_USED, *typing.__all__, *dir(builtins)))
    # A class that has an attribute of the name of a type could not name the type any more.
    used = {*_USED, *(select.name for shape in found for select in shape.selects)}
    used.update(shape.name + ending for shape in found for ending in ENDINGS)
    return "".join([_HEAD, *(f"{line}\n" for shape in found for line in _shape(shape, used))])


def _shape(shape: Shape, used: set[str]) -> Iterator[str]:
    name = shape.collection["name"]
    if shape.selects:
        yield "\n"
    for select in shape.selects:
        yield f"{select.name} = Literal[{', '.join(map(quoted, select.values))}]"
    record = list(map(_key, shape.record))
    if shape.expand:
        expand = [_Key(item.key, _listed(f"{item.target.name}Record", item.many)) for item in shape.expand]
        yield from _class(f"{shape.name}Expand", f"What can be expanded of a record of `{name}`.", expand, used)
        record.append(_Key("expand", f"{shape.name}Expand"))
    yield from _class(f"{shape.name}Record", f"A record of `{name}`.", record, used)
    for ending, properties, verb in (("Create", shape.create, "makes"), ("Update", shape.update, "changes")):
        if properties is not None:
            sent = [_key(item) for item in properties if _can_be_sent(item, ending)]
            yield from _class(f"{shape.name}{ending}", f"What {verb} a record of `{name}`.", sent, used)


def _key(item: Property) -> _Key:
    return _Key(item.key, _type(item.value), item.required, f"  # {item.told}" if item.told else "")


def _can_be_sent(item: Property, ending: str) -> bool:
    return item.value.kind != "upload" or (ending == "Update" and not item.value.either)


def _class(name: str, text: str, keys: list[_Key], used: set[str]) -> Iterator[str]:
    """Yield a dictionary that must have some keys and may have more."""
    always, more = ([key for key in keys if key.always is wanted] for wanted in (True, False))
    base = "TypedDict"
    if always and more:
        yield from _dictionary(f"_{name}", f"What is always there: {text}", always, base, used)
        base, always = f"_{name}", []
    yield from _dictionary(name, text, always or more, base, used)


def _dictionary(name: str, text: str, keys: list[_Key], base: str, used: set[str]) -> Iterator[str]:
    """Yield a class and, before it, one for the keys that cannot be written as attributes."""
    total = all(key.always for key in keys)
    odd = [key for key in keys if not _is_attribute(key.name, used)]
    if odd:
        other = f"_{name.lstrip('_')}{'Always' if total else 'More'}"
        yield f"\n\n{other} = TypedDict(\n    {quoted(other)},\n    {{"
        yield from (f"        {quoted(key.name)}: {quoted(key.kind)},{key.note}" for key in odd)
        yield "    },\n)" if total else "    },\n    total=False,\n)"
        base = other if base == "TypedDict" else f"{base}, {other}"
    yield f'\n\nclass {name}({base}{"" if total else ", total=False"}):\n    """{one_line(text)}"""'
    if len(odd) < len(keys):
        yield ""
    yield from (f"    {key.name}: {key.kind}{key.note}" for key in keys if key not in odd)


def _is_attribute(key: str, used: set[str]) -> bool:
    """Tell whether a key is a name of Python that stays what it is within a class."""
    private = key.startswith("__") and not key.endswith("__")
    same = unicodedata.normalize("NFKC", key) == key
    return key.isidentifier() and same and not (keyword.iskeyword(key) or private or key in used)


def _type(value: Value) -> str:
    if value.kind == "constant":
        return f"Literal[{quoted(value.name)}]"
    if value.kind == "upload":
        return "list[str] | None" if value.many else "str | None" if value.clears else "str"
    one = value.name if value.kind == "select" else _PLAIN[value.kind]
    if value.empty:
        return f'{one} | Literal[""]'
    return f"{one} | list[{one}]" if value.either else _listed(one, value.many)


def _listed(one: str, many: bool) -> str:
    return f"list[{one}]" if many else one
