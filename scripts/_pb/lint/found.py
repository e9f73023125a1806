"""What code expects of what it finds: null where a finder throws, and relations that nobody expanded."""

from __future__ import annotations

from collections.abc import Iterator

from _pb.languages.javascript import Call, Path, Source
from _pb.languages.javascript_scopes import Declared, Scopes
from _pb.lint.mistake import Mistake

_FINDS = ("findCollectionBy", "findRecordBy", "findFirst", "findAuthRecordBy")
_EMPTY = ("null", "undefined")


def found_mistakes(source: Source, scopes: Scopes) -> Iterator[Mistake]:
    """Yield where code waits for a null that never comes, or reads a relation that nobody expanded."""
    expands = "expandRecord" in source.text
    for one in scopes.declared:
        name = _finder(source, one)
        if not name:
            continue
        used = [path for path in source.paths(one.seen) if path.root == one.name and path.first != one.token]
        used = [path for path in used if scopes.find(path.root, path.first) is one]
        assigned = [path.first for path in used if len(path.parts) == 1 and source.word(path.last) == "="]
        first = min(assigned, default=len(source.tokens))
        asks = any(path.first < first and _asks_for_null(source, path) for path in used)
        if asks and not scopes.is_tried(one.token):
            message = f"{name}() throws where there is none; it never gives null."
            fix = "Put it into try and catch, or ask for a list: findRecordsByFilter(), findAllCollections()."
            yield Mistake("find-throws", source.position(one.token), message, fix)
        for path in used if not expands else ():
            if path.names[1:3] in (("expandedOne", "()"), ("expandedAll", "()")):
                message = "Nobody expanded this relation: there is nothing to read."
                fix = f'Call $app.expandRecord({one.name}, ["FIELD"], null) first.'
                yield Mistake("not-expanded", path.position, message, fix)


def _finder(source: Source, one: Declared) -> str:
    """Return the method that finds what a name is given, "" for anything else."""
    if one.kind not in ("const", "let", "var") or one.key or one.value.first >= one.value.last:
        return ""
    path = next((path for path in source.paths(one.value) if path.first == one.value.first), None)
    if path is None or path.last != one.value.last or not isinstance(path.parts[-1], Call) or len(path.parts) < 3:
        return ""  # a function of one's own may give null
    name = path.names[-2]
    return name if name.startswith(_FINDS) else ""


def _asks_for_null(source: Source, path: Path) -> bool:
    if len(path.parts) != 1:
        return False
    before, after = source.word(path.first - 1), source.word(path.last)
    if before == "!" or (after in ("==", "===", "!=", "!==") and source.word(path.last + 1) in _EMPTY):
        return True
    return before == "(" and after == ")" and source.word(path.first - 2) == "if"
