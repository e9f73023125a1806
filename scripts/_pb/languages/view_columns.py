"""Which names in the query of a view are a column of a table, so that the column can be called by a new name.

Each SELECT is read with what it reads from; a bare name belongs to the innermost SELECT that has such a column.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from _pb.languages.spans import replaced
from _pb.languages.sql import Token, tokens

_COMPOUND = {"union", "except", "intersect"}
_CLAUSES = {"select", "from", "join", "where", "group", "having", "order", "limit", "on", "using", "window"}
_SOURCES = ("from", "join")
_SUBQUERY = ("select", "with", "values")
# After these words stands a name of its own; after any other word, a name is the alias of what that word ends.
_BEFORE_A_NAME = {
    *_CLAUSES,
    *("by", "and", "or", "not", "in", "is", "like", "glob", "regexp", "match", "between", "escape", "distinct", "all"),
    *("case", "when", "then", "else", "collate", "over", "filter", "partition", "offset", "null", "cross", "left"),
}
# Words that follow a table and are no alias of it.
_AFTER_A_TABLE = {
    *_CLAUSES,
    *_COMPOUND,
    *("left", "right", "full", "inner", "outer", "cross", "natural", "as", "indexed", "not", "offset"),
}

# Words of SQLite that are no name unless they are in quotes.
_RESERVED = {
    *("select", "from", "join", "where", "group", "having", "order", "limit", "on", "using", "and", "or", "not", "in"),
    *("is", "between", "escape", "distinct", "all", "case", "when", "then", "else", "collate", "null", "as", "values"),
    *_COMPOUND,
}


class _Select:
    """One SELECT: what it reads from (tables by alias, in lower case), and the SELECT around it."""

    def __init__(self, around: _Select | None) -> None:
        self.around = around
        self.clause = ""
        self.tables: dict[str, str] = {}
        self.reads_derived = False


class _Place(NamedTuple):
    """A part of a query, the SELECT that it stands in, and the clause of that."""

    token: Token
    select: _Select
    clause: str

    @property
    def word(self) -> str:
        return self.token.written.lower()

    @property
    def is_name(self) -> bool:
        return self.token.kind == "quoted" or (self.token.kind == "word" and self.word not in _RESERVED)


_END = _Place(Token("end", "", 0, 0), _Select(None), "")


def with_renamed_column(query: str, table: str, old: str, new: str, columns: Mapping[str, set[str]]) -> str:
    """Return the query of a view with a column of a table called by its new name.

    `columns` are those of all tables and views, in lower case. A column that the query makes keeps its name: where it
    only stood under that of the table's, the query says `new AS old`.
    """
    places = _read([token for token in tokens(query) if token.kind != "comment"])
    sources = _note_sources(places, set(columns))
    table, name = table.lower(), old.lower()
    changes = []
    for position, place in enumerate(places):
        if not place.is_name or place.token.name.lower() != name or position in sources:
            continue
        owner = _owner(places, position, table, columns) if _is_column(places, position) else None
        if owner is None:
            continue
        alias = f" AS `{place.token.name}`" if _is_whole_item(places, position) else ""
        qualifier = f"{owner}." if _needs_qualifier(places, position, table, columns, new.lower()) else ""
        changes.append((place.token.start, place.token.end, f"{qualifier}`{new}`{alias}"))
    return replaced(query, changes)


def _read(found: list[Token]) -> list[_Place]:
    stack: list[tuple[_Select, str]] = [(_Select(None), "")]
    places: list[_Place] = []
    for position, token in enumerate(found):
        word = token.written.lower()
        before = found[position - 1].written.lower() if position else ""
        if word == ")" and len(stack) > 1:
            left, clause = stack.pop()
            if left is stack[-1][0]:
                left.clause = clause
        now = stack[-1][0]
        if word in _COMPOUND:
            now = _Select(now.around)
            stack[-1] = (now, "")
        if token.kind == "word" and word in _CLAUSES and not (word == "from" and before == "distinct"):
            now.clause = word
        places.append(_Place(token, now, now.clause))
        if word == "(":
            following = found[position + 1].written.lower() if position + 1 < len(found) else ""
            inner = _Select(now) if following in _SUBQUERY else now
            stack.append((inner, now.clause))
            if inner is now and now.clause in _SOURCES and before not in (*_SOURCES, ",", "("):
                now.clause = "call"
    return places


def _note_sources(places: list[_Place], known: set[str]) -> set[int]:
    """Tell each SELECT what it reads from; return the positions of the tables and of their aliases."""
    taken: set[int] = set()
    for position, place in enumerate(places):
        before = _at(places, position - 1).word
        if place.clause not in _SOURCES or before not in (*_SOURCES, ",", "("):
            continue
        if place.word == "(":
            place.select.reads_derived |= _at(places, position + 1).word in _SUBQUERY
            continue
        if not place.is_name or place.word in (*_SUBQUERY, *_SOURCES):
            continue
        if _at(places, position + 1).word == ".":
            position += 2
        table = _at(places, position).token.name.lower()
        alias = position + 1 + (_at(places, position + 1).word == "as")
        taken.add(position)
        place.select.tables[table] = table
        if _at(places, alias).is_name and _at(places, alias).word not in _AFTER_A_TABLE:
            taken.add(alias)
            del place.select.tables[table]
            place.select.tables[_at(places, alias).token.name.lower()] = table
        place.select.reads_derived |= table not in known
    return taken


def _is_column(places: list[_Place], position: int) -> bool:
    """Tell whether a name can be a column where it stands: no function, no qualifier and no alias."""
    before, after = _at(places, position - 1), _at(places, position + 1)
    if after.word in ("(", ".") or before.word == "as":
        return False
    ends_something = before.word in (")", "end") or before.token.kind in ("text", "quoted")
    return not ends_something and not (before.token.kind == "word" and before.word not in _BEFORE_A_NAME)


def _owner(places: list[_Place], position: int, table: str, columns: Mapping[str, set[str]]) -> str | None:
    """Return how the query calls the table that the column at a position is of; None if it is of another one."""
    place = places[position]
    name = place.token.name.lower()
    qualifier = _at(places, position - 2).token.name.lower() if _at(places, position - 1).word == "." else None
    if qualifier is None and place.clause == "order" and _is_alias(places, name, place.select):
        return None
    for select in _outwards(place.select):
        called = next((alias for alias, known in select.tables.items() if known == table), None)
        if qualifier is not None:
            if qualifier in select.tables:
                return qualifier if select.tables[qualifier] == table else None
        elif called is not None:
            return called
        elif select.reads_derived or any(name in columns[known] for known in select.tables.values()):
            return None
    return None


def _is_alias(places: list[_Place], name: str, select: _Select) -> bool:
    """Tell whether a SELECT gives a name to one of its items: its ORDER BY means that one."""
    return any(
        place.select is select and place.token.name.lower() == name and before.word == "as"
        for before, place in zip(places, places[1:])
    )


def _needs_qualifier(
    places: list[_Place], position: int, table: str, columns: Mapping[str, set[str]], new: str
) -> bool:
    """Tell whether the bare new name could be read as a column of another table than the one it is of."""
    if _at(places, position - 1).word == ".":
        return False
    for select in _outwards(places[position].select):
        others = [known for known in select.tables.values() if known != table]
        if select.reads_derived or any(new in columns.get(known, ()) for known in others):
            return True
        if table in select.tables.values():
            return False
    return False


def _outwards(select: _Select | None) -> Iterator[_Select]:
    while select is not None:
        yield select
        select = select.around


def _is_whole_item(places: list[_Place], position: int) -> bool:
    """Tell whether a column is all that an item of a SELECT list says, so that the result bears its name."""
    start = position - 2 if _at(places, position - 1).word == "." else position
    begins = _at(places, start - 1).word in ("select", ",", "distinct", "all")
    ends = _at(places, position + 1).word in (",", "from", ")", "", *_COMPOUND)
    return places[position].clause == "select" and begins and ends


def _at(places: list[_Place], position: int) -> _Place:
    return places[position] if 0 <= position < len(places) else _END
