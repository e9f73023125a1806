"""What JavaScript code for PocketBase v0.22 calls and v0.23 has no more."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from _pb.languages.javascript import Call, Name, Path


class _Gone(NamedTuple):
    kind: str
    message: str
    fix: str


class Old(NamedTuple):
    """A place in old code: its kind, the position in the text, what it is and what to write instead."""

    kind: str
    position: int
    message: str
    fix: str


_METHOD = _Gone(
    "old-method", "This method is gone since v0.23.", "Use save(model), delete(model), and find* on the app."
)
_ECHO = _Gone(
    "echo-method",
    "This method is gone since v0.23.",
    "Use e.request.pathValue(name), e.requestInfo().query, e.requestInfo().body.",
)
# Plain functions and constructors.
_FUNCTIONS = {
    "Dao": _Gone("dao", "There is no Dao since v0.23.", "Use the app that the migration gets."),
    "SchemaField": _Gone(
        "schema-field",
        "There is no SchemaField since v0.23.",
        "Use the field's type, such as new TextField({name: ...}).",
    ),
}
# Names whose use is told here.
OLD_NAMES = frozenset({*_FUNCTIONS, "$tokens"})
# Methods of whatever object.
_METHODS = {
    "dao": _Gone("dao", "There is no dao() since v0.23.", "Call its methods on $app (in migrations: app) itself."),
    **dict.fromkeys(
        ("saveRecord", "saveCollection", "deleteRecord", "deleteCollection", "saveAdmin", "findRecordsByExpr"), _METHOD
    ),
    **dict.fromkeys(("findAdminByEmail", "findAdminById", "findAdminByToken"), _METHOD),
    **dict.fromkeys(("pathParam", "queryParam", "queryParams", "formValue"), _ECHO),
}
_OLD_APIS = frozenset(
    "requestInfo activityLogger requireRecordAuth requireAdminAuth requireAdminAuthOnlyIfAny requireAdminOrRecordAuth"  # noqa: SIM905
    " requireAdminOrOwnerAuth requireSameContextRecordAuth loadAuthContext recordAuthHelper".split()
)
_API = _Gone(
    "old-api",
    "$apis has not had this since v0.23.",
    "Use e.requestInfo(), $apis.requireAuth(), requireSuperuserAuth() or requireSuperuserOrOwnerAuth().",
)
_APP_INFO = _Gone(
    "old-api", "$app has no requestInfo().", "Use e.requestInfo(), and e.auth for the record that is signed in."
)
_TOKENS = _Gone("old-api", "There is no $tokens since v0.23.", "Use record.newAuthToken() and its sisters.")
_CONTEXT = _Gone(
    "http-context", "Events have no httpContext since v0.23.", "The event itself has requestInfo(), json(), auth."
)
_SCHEMA = _Gone(
    "collection-schema",
    "Collections have no `schema` since v0.23.",
    "Use .fields: add, getByName, removeByName.",
)


def old_code(path: Path, declared: Collection[str], asked: Collection[tuple[str, ...]] = ()) -> Iterator[Old]:
    """Yield what is old in a path; `declared` are the names that the file gives a meaning of its own.

    `asked` are the paths, as words, that it asks `typeof` about.
    """
    for position, gone in _found(path, declared, asked):
        yield Old(gone.kind, position, gone.message, gone.fix)


def _found(path: Path, declared: Collection[str], asked: Collection[tuple[str, ...]]) -> Iterator[tuple[int, _Gone]]:
    root, names = path.root, path.names
    if root in _FUNCTIONS and root not in declared and names[1:2] == ("()",):
        yield path.position, _FUNCTIONS[root]
    if root == "$tokens" and len(names) > 1 and root not in declared:
        yield path.position, _TOKENS
    if names[:3] == ("$app", "requestInfo", "()"):
        yield path.position, _APP_INFO
    if root == "$apis" and names[1:2] and names[1] in _OLD_APIS:
        yield path.position, _API
    for place, part in enumerate(path.parts[1:], 1):
        if not isinstance(part, Name) or names[: place + 1] in asked:
            continue
        following = path.parts[place + 1] if place + 1 < len(path.parts) else None
        of_go = part.name == "formValue" and names[place - 1] == "request"
        if isinstance(following, Call) and part.name in _METHODS and not of_go:
            yield part.position, _METHODS[part.name]
        if part.name == "httpContext":
            yield part.position, _CONTEXT
        if part.name == "schema" and isinstance(following, Name):
            yield part.position, _SCHEMA
