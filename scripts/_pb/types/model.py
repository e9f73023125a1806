"""What a record of a collection holds, and what is sent to make or change one: the same for all languages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from _pb.languages.indexes import read_indexes
from _pb.schema.fields import MULTIPLE_TYPES, is_multiple
from _pb.schema.names import pick
from _pb.types.names import Names, one_line, pascal
from pb_common.schema_types import Collection, Field

# A page and a sign-in are in the description of the API only.
ENDINGS = ("Record", "Create", "Update", "Expand", "Page", "Auth")
_PLAIN = {
    **{"number": "number", "bool": "bool", "date": "date", "autodate": "date", "geoPoint": "geoPoint"},
    **{"editor": "html", "text": "text", "email": "text", "url": "text", "password": "text"},
}


class Value(NamedTuple):
    """What stands at a key.

    `kind` is text, html, number, bool, true (a bool that must be), date, geoPoint, json, select, record_id, file_name,
    upload or constant; `name` the type of a select, the collection of a relation or the text of a constant. `many` is
    a list; `either` one value or a list of them. `empty` allows "", `clears` null, which takes files away and empties
    a json.
    """

    kind: str
    name: str = ""
    many: bool = False
    either: bool = False
    empty: bool = False
    clears: bool = False


class Property(NamedTuple):
    """A key of a record or of a body, whether it must be there, and what is worth a comment.

    `field` is the field that it is of, with its limits; None for a key of the API.
    """

    key: str
    value: Value
    required: bool
    note: str = ""
    field: Field | None = None

    @property
    def told(self) -> str:
        """What a comment says of it, on one line: its note, and the help that the field has for users."""
        return one_line(": ".join(filter(None, [self.note, str((self.field or {}).get("help") or "")])))


class Select(NamedTuple):
    """The values of a select field, and the name of their type."""

    name: str
    values: tuple[str, ...]


class Expansion(NamedTuple):
    """A key of `expand`: the shape of the record there, or of the list of them."""

    key: str
    target: Shape
    many: bool


class Shape:
    """The types of one collection: `name` is what their names begin with.

    `create` and `update` are None for a view. `expand` is complete when all shapes are there.
    """

    def __init__(self, collection: Collection, name: str) -> None:
        self.collection = collection
        self.name = name
        self.selects: list[Select] = []
        self.record: list[Property] = []
        self.create: list[Property] | None = None
        self.update: list[Property] | None = None
        self.expand: list[Expansion] = []

    @property
    def is_auth(self) -> bool:
        """Whether its records can sign in."""
        return self.collection.get("type") == "auth"


def shapes(collections: list[Collection], chosen: list[str] | None, taken: tuple[str, ...]) -> list[Shape]:
    """Return the shapes of collections, all or those of the names in `chosen`, with no name of `taken`.

    The collections of the system come last, so that others have the names that they would take. Raises KeyError with a
    name that no collection has.
    """
    picked = collections if chosen is None else pick(collections, chosen)
    ordered = sorted(picked, key=lambda item: (item["name"].startswith("_"), item["name"]))
    names = Names(taken)
    found = [Shape(item, names.give(pascal(item["name"]), ENDINGS)) for item in ordered]
    for shape in found:
        _fill(shape, names)
    _expand(found)
    return found


def _fill(shape: Shape, names: Names) -> None:
    collection = shape.collection
    fields = collection.get("fields") or []
    is_view = collection.get("type") == "view"
    if not is_view:
        shape.create, shape.update = [], []
    for field in fields:
        value = _value(field, shape, names)
        if not _is_secret(field, shape):
            shape.record.append(_shown(field, value, shape))
        if shape.create is not None and shape.update is not None and field.get("type") != "autodate":
            shape.create += _created(field, value, shape)
            shape.update += _updated(field, value, shape)
    constant = Value("constant", collection["name"])
    shape.record += [Property("collectionId", Value("text"), True), Property("collectionName", constant, True)]


def _is_secret(field: Field, shape: Shape) -> bool:
    """Tell whether the API shows a field to nobody, superusers included."""
    return field.get("type") == "password" or (shape.is_auth and field["name"] == "tokenKey")


def _value(field: Field, shape: Shape, names: Names) -> Value:
    kind, many = field.get("type", "json"), is_multiple(field)
    if kind == "select" and field.get("values"):
        values = tuple(dict.fromkeys(_sound(str(value)) for value in field["values"]))
        shape.selects.append(Select(names.give(shape.name + pascal(field["name"]), ("", "Values")), values))
        return Value("select", shape.selects[-1].name, many)
    if kind == "relation":
        return Value("record_id", field.get("collectionId", ""), many)
    if kind == "file":
        return Value("file_name", many=many)
    return Value(_PLAIN[kind]) if kind in _PLAIN else Value("json", clears=True)  # also of a type that is not known


def _sound(text: str) -> str:
    """Return a text as PocketBase stores it: half of a surrogate pair is no character."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _shown(field: Field, value: Value, shape: Shape) -> Property:
    # A view shows "" also for what is required where it comes from: a join may have found no row.
    optional = not field.get("required") or shape.collection.get("type") == "view"
    if value.kind == "select" and not value.many:
        value = value._replace(empty=optional)
    if value.kind == "json":
        value = value._replace(clears=optional)
    hidden, is_email = bool(field.get("hidden")), shape.is_auth and field["name"] == "email"
    note = "superusers only" if hidden else "only for whom it is visible" if is_email else ""
    return Property(field["name"], value, not (hidden or is_email), note, field)


def _created(field: Field, value: Value, shape: Shape) -> Iterator[Property]:
    """Yield the keys that a new record may have of a field."""
    name, required = field["name"], bool(field.get("required") and not field.get("hidden"))
    if shape.is_auth and name == "password":
        yield Property(name, Value("text"), True, "", field)
        yield Property("passwordConfirm", Value("text"), True, "the same again")
        return
    generated = bool(field.get("autogeneratePattern"))
    if field.get("primaryKey"):
        required = True
    yield Property(name, _sent(field, value, required), required and not generated, _note(field), field)
    if generated and not field.get("system"):
        yield Property(f"{name}:autogenerate", Value("text"), False, "what a generated value begins with")


def _sent(field: Field, value: Value, required: bool) -> Value:
    if value.kind == "bool" and required:
        return Value("true")
    if value.kind == "select" and not value.many:
        return value._replace(empty=not required)
    if value.kind == "file_name":
        return value._replace(kind="upload")
    return value._replace(clears=not required) if value.kind == "json" else value


def _note(field: Field) -> str:
    return "only superusers can set it" if field.get("hidden") else ""


def _updated(field: Field, value: Value, shape: Shape) -> Iterator[Property]:
    """Yield the keys by which a field can be changed: a value, and what to add to or take from the present one."""
    name = field["name"]
    if field.get("primaryKey"):
        return
    required = bool(field.get("required") and not field.get("hidden"))
    if shape.is_auth and name == "password":
        yield Property(name, Value("text"), False, "with passwordConfirm; users send oldPassword too", field)
        yield Property("passwordConfirm", Value("text"), False, "the same again")
        yield Property("oldPassword", Value("text"), False, "the present one; superusers need none")
        return
    sent = _sent(field, value, required)
    if sent.kind == "upload":
        sent = sent._replace(clears=not required)
    yield Property(name, sent, False, _note(field), field)
    if value.kind == "number":
        yield Property(f"{name}+", value, False, "adds to it")
        yield Property(f"{name}-", value, False, "subtracts from it")
    if value.many and field.get("type") in MULTIPLE_TYPES:
        some = value._replace(many=False, either=True)
        added = some._replace(kind="upload") if value.kind == "file_name" else some
        yield Property(f"{name}+", added, False, "adds at the end")
        yield Property(f"+{name}", added, False, "adds at the beginning")
        yield Property(f"{name}-", some, False, "takes out")


def _expand(found: list[Shape]) -> None:
    """Set what the relations of each record lead to, and which records lead to it (`comments_via_post`)."""
    by_id = {shape.collection.get("id", ""): shape for shape in found}
    for shape in found:
        indexes = read_indexes(shape.collection.get("indexes"))
        # The server looks at the columns only: an index that holds some of the rows makes a single record, too.
        unique = {index.keys[0].column.lower() for index in indexes if index.unique and len(index.keys) == 1}
        for field in shape.collection.get("fields") or []:
            target = by_id.get(field.get("collectionId", "")) if field.get("type") == "relation" else None
            if target is None:
                continue
            many, name = is_multiple(field), field["name"]
            shape.expand.append(Expansion(name, target, many))
            alone = not many and name.lower() in unique
            target.expand.append(Expansion(f"{shape.collection['name']}_via_{name}", shape, not alone))
