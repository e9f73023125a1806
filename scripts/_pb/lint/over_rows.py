"""What a migration does to rows and people that are there: constraints that they may not keep, tokens that end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from _pb.languages.indexes import read_indexes
from _pb.languages.javascript import Call, Function, Name, Path, Source, Span
from _pb.languages.javascript_literals import written_collections
from _pb.languages.javascript_scopes import Scopes
from _pb.languages.sql import names, tokens
from _pb.lint.destructive import found_collections
from _pb.lint.mistake import Mistake
from _pb.lint.types import Types

_TRY = "See what it does to them on a copy: pb_collections.py migrations try."
_NARROWS = frozenset(["min", "max", "pattern", "values", "mimeTypes", "maxSelect", "onlyInt", "required"])
# What asks for nothing more than before.
_FREE = ("null", "undefined", "0", '""', "''", "[]", "false")
_SIGNS_OUT = frozenset(["setEmail", "setPassword", "setRandomPassword", "refreshTokenKey", "setTokenKey"])
_KEYS = frozenset(["email", "password", "tokenKey"])
_WRITES_ROWS = re.compile(
    r"(?i)\bupdate\s+\S+\s+set\b|\bupdate\(|\.find(All)?Records|\.findFirstRecord|\bdelete\s+from\b"
)


def over_rows(source: Source, scopes: Scopes, types: Types, up: Function) -> Iterator[Mistake]:
    """Yield what the first function of a migration asks of the rows and the people that are there already."""
    mended = bool(_WRITES_ROWS.search(source.written(up.body)))
    found = _that_are_there(source, up)
    for path in source.paths(up.body):
        yield from _signed_out(source, scopes, types, path)
        if mended:
            continue
        if path.root in found or (len(path.parts) == 2 and _is_field_of(source, path, found)):
            yield from _narrowed(source, path, up)
        if path.root in found:
            yield from _unique(source, path)


def _that_are_there(source: Source, up: Function) -> frozenset[str]:
    """Return the names of the collections that are found and that the file does not make."""
    made = {
        str(one.get(key)) for each in written_collections(source) for one in each.collections for key in ("name", "id")
    }
    values = (value for index in range(*up.body) for value in source.values(index))
    return found_collections(source, up.body) & {
        name for name, value in values if not any(source.literal(Span(at, at + 1)) in made for at in range(*value))
    }


def _narrowed(source: Source, path: Path, up: Function) -> Iterator[Mistake]:
    """Yield a constraint on a field of a collection that is there."""
    message = ""
    last = path.parts[-1]
    is_setting = len(path.parts) == 2 or "getByName" in path.names or "getById" in path.names
    if isinstance(last, Name) and last.name in _NARROWS and source.word(path.last) == "=" and is_setting:
        value = Span(path.last + 1, source.end_of_expression(path.last + 1, len(source.tokens)))
        if source.written(value) not in _FREE and not _widens(source, last.name, value, up):
            message = (
                f"Rows that are there may not keep to the new {last.name}: whoever changes one of them is refused."
            )
    for words, name, call in path.calls():
        if words[-2:] == ("fields", "add") and any(_asks_for_a_value(source, span) for span in call.arguments):
            message = "The rows that are there have no value for a required field: whoever changes one is refused."
            yield Mistake("over-rows", name.position, message, f"Fill it in the same migration. {_TRY}", "note")
            return
    if message:
        yield Mistake("over-rows", path.position, message, _TRY, "note")


def _is_field_of(source: Source, path: Path, found: frozenset[str]) -> bool:
    """Tell whether a name was given a field of a collection that was found."""
    given = re.search(rf"\b{re.escape(path.root)}\s*=\s*(\w+)\.fields\.getBy(Name|Id)\(", source.text)
    return given is not None and given[1] in found


def _widens(source: Source, name: str, value: Span, up: Function) -> bool:
    """Tell whether a list has all that the second function of the migration puts in its place again."""
    now = {source.literal(Span(at, at + 1)) for at in range(*value)}
    before = [
        {source.literal(Span(at, at + 1)) for at in range(path.last + 1, end)}
        for path in source.paths()
        if path.names[-1] == name and source.word(path.last) == "=" and not up.body.first <= path.first < up.body.last
        for end in [source.end_of_expression(path.last + 1, len(source.tokens))]
    ]
    return name == "values" and bool(before) and all(texts <= now for texts in before)


def _asks_for_a_value(source: Source, span: Span) -> bool:
    return source.word(span.first) == "new" and bool(re.search(r"\brequired\"?'?\s*:\s*true\b", source.written(span)))


def _unique(source: Source, path: Path) -> Iterator[Mistake]:
    """Yield a unique index on a collection that is there."""
    found: list[tuple[int, list[str], str]] = []
    for words, name, call in path.calls():
        if words[-1] == "addIndex" and len(call.arguments) > 2 and source.written(call.arguments[1]) == "true":
            columns = re.findall(r"\w+", source.literal(call.arguments[2]) or "")
            where = source.literal(call.arguments[3]) if len(call.arguments) > 3 else ""
            found.append((name.position, columns, where or ""))
    is_list = path.names[-1:] == ("indexes",) and source.word(path.last) == "="
    pushed = path.parts[-1] if path.names[-3:] == ("indexes", "push", "()") else None
    end = source.end_of_expression(path.last, len(source.tokens))
    span = Span(path.last, end) if is_list else Span(path.first, path.last) if isinstance(pushed, Call) else None
    texts = [source.literal(Span(at, at + 1)) for at in range(*span)] if span else []
    for index in read_indexes([text for text in texts if text and "index" in text.lower()]):
        if index.unique:
            found.append((path.position, list(index.key_columns), index.condition or ""))
    for position, columns, where in found:
        is_new = any(
            re.search(rf"""fields\.add(At)?\([^;]*?name:\s*["']{column}["']""", source.text) for column in columns
        )
        if where:
            continue
        if is_new and len(columns) == 1:
            message = f"{columns[0]} is new and the same in each row: the index fails where there are two."
            fix = f"Write WHERE {columns[0]} != '' behind it, or fill the rows first."
            yield Mistake("over-rows", position, message, fix)
        else:
            message = f"Two rows that are there may have the same {', '.join(columns)}: the server then does not start."
            yield Mistake("over-rows", position, message, f"Make them differ first. {_TRY}", "note")


def _signed_out(source: Source, scopes: Scopes, types: Types, path: Path) -> Iterator[Mistake]:
    """Yield what makes the tokens invalid that people hold, or lets nobody sign in."""
    fix = "Say so where it is meant: // pb-lint-ignore signs-out: REASON."
    everybody = "Everybody who is signed in has to sign in again"
    if source.word(path.last) == "=" and path.names[-2:] == ("authToken", "secret"):
        yield Mistake("signs-out", path.position, f"{everybody}: the tokens have another secret.", fix, "warning")
    if source.word(path.last) == "=" and path.names[-1] == "authRule" and source.word(path.last + 1) == "null":
        message = 'authRule null lets nobody sign in; "" is no condition.'
        yield Mistake("signs-out", path.position, message, 'Write authRule = "".', "warning")
    for words, name, call in path.calls():
        text = source.literal(call.arguments[0]) if call.arguments else None
        if words[-1] == "newQuery" and _sets_token_keys(_query(source, call)):
            yield Mistake("signs-out", name.position, f"{everybody}: tokens end with their tokenKey.", fix, "warning")
        changes = words[-1] in _SIGNS_OUT or (words[-1] == "set" and text in _KEYS)
        if changes and len(words) == 2 and not _is_made(source, scopes, path) and _is_record(types, path):
            message = (
                f"{everybody} whose {words[-1].replace('set', '') or text} changes here: a new tokenKey comes with it."
            )
            yield Mistake("signs-out", name.position, message, fix, "warning")


def _is_record(types: Types, path: Path) -> bool:
    return types.of_root(path) in ("core.Record", "")


def _is_made(source: Source, scopes: Scopes, path: Path) -> bool:
    """Tell whether a record is a new one, whom nobody signed in as."""
    declared = scopes.find(path.root, path.first)
    return (
        declared is not None
        and declared.value.first < declared.value.last
        and (source.word(declared.value.first) == "new")
    )


def _query(source: Source, call: Call) -> str:
    return " ".join(token.text.strip("`\"'") for token in source.texts(call.arguments[0])) if call.arguments else ""


def _sets_token_keys(query: str) -> bool:
    words = [token.name.lower() for token in tokens(query) if token.kind in ("word", "quoted")]
    if words[:1] != ["update"] or "tokenkey" not in words:
        return False
    before = words[: words.index("where")] if "where" in words else words
    return "tokenkey" in before and "tokenkey" in {name.lower() for name in names(query)}
