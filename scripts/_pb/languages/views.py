"""SELECT statements of views: the columns that they make, the tables they read, and every column that they name.

    query  = [WITH name [(columns)] AS (query) {, ...}] select {(UNION [ALL] | EXCEPT | INTERSECT) select}
    select = SELECT [DISTINCT] item {, item} [FROM source {(, | JOIN) source}] [WHERE ...] [GROUP BY ...] [ORDER BY ...]
    item   = expression [[AS] name]
    source = table [[AS] name] | (query) [[AS] name] | function(...) [[AS] name]

A name is looked up as SQLite does: among the sources of its own SELECT, then of those around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Union

from _pb.languages.spans import replaced
from _pb.languages.sql import Token, tokens

_NAME = re.compile(r"[A-Za-z_]\w*")
_VALUES = {"true", "false", "null"}
_SET_OPERATORS = {"union", "except", "intersect"}
_JOINS = {"join", "left", "right", "full", "inner", "outer", "cross", "natural"}
_CLAUSES = {"where", "group", "having", "window", "order", "limit"}
# Words that end an item or a source without naming it, or that join two operands.
_NO_ALIAS = {
    *("and", "or", "not", "in", "is", "like", "glob", "regexp", "match", "between", "escape", "collate", "end", "else"),
    *(
        "then",
        "when",
        "case",
        "asc",
        "desc",
        "null",
        "notnull",
        "isnull",
        "on",
        "using",
        "as",
        "from",
        "over",
        "filter",
    ),
    *_JOINS,
}
# Words that name no column, wherever they stand.
_WORDS = (
    _NO_ALIAS | _VALUES | _SET_OPERATORS | _CLAUSES | {"by", "distinct", "select", "exists", "all", "offset", "cast"}
)
Known = Mapping[str, "set[str]"]


class Group(NamedTuple):
    """What stands between two brackets."""

    start: int
    inside: list[Node]
    end: int


Node = Union[Token, Group]


class Made(NamedTuple):
    """A column that a query makes: its name ("" where it cannot be told), and the expression that it shows.

    `origin` is the table (in lower case, "" for one that is a query) and the column that it stands for, None for what
    is computed. `aliased` says that the name is written beside the expression, `through_star` that * brought it.
    """

    name: str
    expression: str
    origin: tuple[str, str] | None
    aliased: bool
    through_star: bool = False


class Reference(NamedTuple):
    """A column of a table that a query names, both in lower case, at `start` to `end`.

    `made` is the name under which the query passes it on if it stands there alone, without another name beside it.
    """

    start: int
    end: int
    table: str
    column: str
    made: str = ""


class Source(NamedTuple):
    """What a SELECT reads: under which name, which table (as written, "" for a query), and a query's columns."""

    alias: str
    table: str
    columns: Sequence[Made] | None


class Query(NamedTuple):
    """What a statement says; `is_single` where it is one SELECT. `sources` are those of its first SELECT."""

    columns: tuple[Made, ...]
    sources: tuple[Source, ...]
    references: tuple[Reference, ...]
    tables: frozenset[str]
    is_single: bool


def read_query(query: str, known: Known | None = None) -> Query:
    """Return what a SELECT statement says; `known` are the columns of tables, all in lower case."""
    found = [token for token in tokens(query) if token.kind != "comment"]
    reader = _Reader(query, known or {})
    nodes, _ = _nested(found, 0)
    columns, sources = reader.query(nodes, [])
    words = [_word(node) for node in nodes]
    return Query(
        tuple(columns),
        tuple(sources),
        tuple(sorted(set(reader.references))),
        frozenset(reader.tables),
        not _SET_OPERATORS.intersection(words),
    )


def tables(query: str) -> set[str]:
    """Return the tables and views that a SELECT statement reads, in lower case."""
    return set(read_query(query).tables)


def columns(query: str) -> list[str] | None:
    """Return the names of the columns that a SELECT statement makes, None where they cannot be told.

    PocketBase takes a column only under its own name or with an alias.
    """
    names = [made.name for made in read_query(query).columns]
    return names if names and all(map(_NAME.fullmatch, names)) else None


def uses(query: str, table: str, column: str, known: Known) -> bool:
    """Tell whether a SELECT statement uses a column of a table; `known` are the columns of tables, in lower case."""
    wanted = (table.lower(), column.lower())
    return any((reference.table, reference.column) == wanted for reference in read_query(query, known).references)


def with_renamed_column(query: str, table: str, old: str, new: str, known: Known) -> str:
    """Return a SELECT statement that reads a column of a table under its new name and makes the same columns as before.

    `known` are the columns of tables before the change, in lower case.
    """
    changes = []
    for reference in read_query(query, known).references:
        if (reference.table, reference.column) == (table.lower(), old.lower()):
            name = f"{new} AS {reference.made}" if reference.made else new
            changes.append((reference.start, reference.end, name))
    return replaced(query, changes)


def _nested(found: list[Token], position: int) -> tuple[list[Node], int]:
    """Return the tokens from a position up to a closing bracket, those in brackets as groups, and where it ends."""
    nodes: list[Node] = []
    while position < len(found) and found[position].written != ")":
        token = found[position]
        position += 1
        if token.written == "(":
            inside, position = _nested(found, position)
            end = found[position].end if position < len(found) else token.end
            nodes.append(Group(token.start, inside, end))
            position += 1
        else:
            nodes.append(token)
    return nodes, position


def _word(node: Node | None) -> str:
    """Return a word or a sign in lower case, "" for anything else."""
    return node.written.lower() if isinstance(node, Token) and node.kind in ("word", "sign") else ""


def _is_name(node: Node) -> bool:
    if isinstance(node, Group) or node.kind not in ("word", "quoted"):
        return False
    return node.kind == "quoted" or (_word(node) not in _WORDS and not node.written[0].isdigit())


def _split(nodes: Sequence[Node], words: set[str]) -> list[list[Node]]:
    """Return the parts between the given words."""
    parts: list[list[Node]] = [[]]
    for node in nodes:
        if _word(node) in words:
            parts.append([])
        else:
            parts[-1].append(node)
    return parts


class _Reader:
    """Reads queries, and gathers what they name."""

    def __init__(self, text: str, known: Known) -> None:
        self._text = text
        self._known = known
        self._inner: dict[str, list[Made]] = {}
        self.references: list[Reference] = []
        self.tables: set[str] = set()

    def query(self, nodes: list[Node], around: list[list[Source]]) -> tuple[list[Made], list[Source]]:
        """Read a query within the sources around it; return its columns and the sources of its first SELECT."""
        kept = dict(self._inner)
        nodes = self._with_tables(nodes, around)
        parts = _split([node for node in nodes if _word(node) != ";"], _SET_OPERATORS)
        made = [self._select(part[1:] if _word(part[0]) == "all" else part, around) for part in parts if part]
        self._inner = kept
        return made[0] if made else ([], [])

    def _with_tables(self, nodes: list[Node], around: list[list[Source]]) -> list[Node]:
        """Read the tables that WITH defines, and return what follows them."""
        if _word(nodes[0] if nodes else None) != "with":
            return nodes
        start = next((i for i, node in enumerate(nodes) if _word(node) in ("select", "values")), len(nodes))
        for definition in _split(nodes[1:start], {","}):
            groups = [node for node in definition if isinstance(node, Group)]
            words = [node for node in definition if isinstance(node, Token) and _word(node) != "recursive"]
            name = words[0].name.lower() if words else ""
            if not groups or not name:
                continue
            self._inner[name] = []
            made, _ = self.query(groups[-1].inside, around)
            if len(groups) > 1:
                names = [node.name for node in groups[0].inside if isinstance(node, Token) and _is_name(node)]
                made = [column._replace(name=name, aliased=True) for column, name in zip(made, names)]
            self._inner[name] = made
        return nodes[start:]

    def _select(self, nodes: list[Node], around: list[list[Source]]) -> tuple[list[Made], list[Source]]:
        if _word(nodes[0] if nodes else None) != "select":
            self._expressions(nodes, around)
            return [], []
        start = next((i for i, node in enumerate(nodes) if _word(node) == "from"), len(nodes))
        end = next((i for i, node in enumerate(nodes) if i > start and _word(node) in _CLAUSES), len(nodes))
        if start == len(nodes):
            start = end = next((i for i, node in enumerate(nodes) if _word(node) in _CLAUSES), len(nodes))
        items = nodes[2:start] if _word(nodes[1] if len(nodes) > 1 else None) in ("distinct", "all") else nodes[1:start]
        conditions: list[Node] = []
        sources = self._sources(nodes[start + 1 : end], around, conditions)
        scopes = [sources, *around]
        made = [column for item in _split(items, {","}) if item for column in self._item(item, scopes)]
        self._expressions(conditions, scopes)
        names = {column.name.lower() for column in made if column.aliased}
        self._expressions(nodes[end:], scopes, names)
        return made, sources

    def _sources(self, nodes: list[Node], around: list[list[Source]], conditions: list[Node]) -> list[Source]:
        """Return what stands after FROM; what follows ON and USING is added to the conditions."""
        sources: list[Source] = []
        for part in _split(nodes, {",", *_JOINS}):
            end = next((i for i, node in enumerate(part) if _word(node) in ("on", "using")), len(part))
            conditions += part[end + 1 :]
            if end:
                sources += self._source(part[:end], around, conditions)
        return sources

    def _source(self, part: list[Node], around: list[list[Source]], conditions: list[Node]) -> list[Source]:
        path = [part[0]]
        while len(part) > len(path) + 1 and _word(part[len(path)]) == ".":
            path += part[len(path) : len(path) + 2]
        alias = part[-1].name if len(part) > len(path) and isinstance(part[-1], Token) else ""
        last = path[-1]
        if isinstance(last, Group):
            if _word(last.inside[0] if last.inside else None) in ("select", "with", "values"):
                return [Source(alias.lower(), "", self.query(last.inside, around)[0])]
            return self._sources(last.inside, around, conditions)
        arguments = [node for node in part[len(path) :] if isinstance(node, Group)]
        if arguments:
            self._expressions([node for group in arguments for node in group.inside], around)
            return [Source((alias or last.name).lower(), "", None)]
        name = last.name.lower()
        if len(path) == 1 and name in self._inner:
            return [Source((alias or name).lower(), "", self._inner[name])]
        self.tables.add(name)
        return [Source(alias.lower() or name, self._text[path[0].start : last.end], None)]

    def _item(self, item: list[Node], scopes: list[list[Source]]) -> Iterator[Made]:
        if _word(item[-1]) == "*" and (len(item) == 1 or _word(item[-2]) == "."):
            yield from self._star(item, scopes[0])
            return
        expression, alias = _without_alias(item)
        written = self._text[expression[0].start : expression[-1].end]
        name = alias or _last_name(expression)
        path = _path(expression)
        origin = None
        if path:
            reference = self._resolved(path, scopes)
            made = "" if alias else path[-1].written
            self.references += [found._replace(made=made) for found in [reference] if found]
            origin = (reference.table, reference.column) if reference else ("", path[-1].name.lower())
        else:
            self._expressions(expression, scopes)
        yield Made(name, written, origin, bool(alias))

    def _star(self, item: list[Node], sources: list[Source]) -> Iterator[Made]:
        """Yield the columns that * stands for, as far as the tables are known."""
        of = item[0].name.lower() if len(item) > 1 and isinstance(item[0], Token) else ""
        for source in sources:
            if of and source.alias != of:
                continue
            table = _bare(source.table)
            yield from source.columns or ()
            if not source.columns and table not in self._known:
                yield Made("", "*", None, False, True)
            elif not source.columns:
                for name in sorted(self._known[table]):
                    yield Made(name, name, (table, name), False, True)

    def _expressions(self, nodes: Sequence[Node], scopes: list[list[Source]], made: set[str] | None = None) -> None:
        """Gather the columns that expressions name; `made` are names of the query's own, which ORDER BY means first."""
        position, in_order = 0, False
        while position < len(nodes):
            node, before = nodes[position], nodes[position - 1] if position else None
            following = nodes[position + 1] if position + 1 < len(nodes) else None
            in_order = in_order or (_word(node) == "by" and _word(before) == "order")
            if isinstance(node, Group):
                self._group(node, scopes, is_cast=_word(before) == "cast")
            elif _is_name(node) and not isinstance(following, Group) and _word(before) not in ("as", "collate"):
                path = [node]
                while position + 2 < len(nodes) and _word(nodes[position + 1]) == ".":
                    position += 2
                    path += [step for step in [nodes[position]] if isinstance(step, Token)]
                own = in_order and len(path) == 1 and node.name.lower() in (made or ())
                self.references += [found for found in [self._resolved(path, scopes)] if found and not own]
            position += 1

    def _group(self, group: Group, scopes: list[list[Source]], is_cast: bool) -> None:
        if _word(group.inside[0] if group.inside else None) in ("select", "with", "values"):
            self.query(group.inside, scopes)
        else:
            self._expressions(_split(group.inside, {"as"})[0] if is_cast else group.inside, scopes)

    def _resolved(self, path: list[Token], scopes: list[list[Source]]) -> Reference | None:
        """Return the table's column that a path leads to, None for none that can be told."""
        name, of = path[-1].name.lower(), path[-2].name.lower() if len(path) > 1 else ""
        for sources in scopes:
            for sure in (True, False):
                for source in sources:
                    found = self._column(source, name, sure or (not of and len(sources) > 1))
                    if found and (not of or of in (source.alias, _bare(source.table))):
                        table, column = found
                        return Reference(path[-1].start, path[-1].end, table, column) if table else None
        return None

    def _column(self, source: Source, name: str, sure: bool) -> tuple[str, str] | None:
        """Return the table's column of a name in a source, ("", "") for one that the query around has told already."""
        if not source.table:
            for made in source.columns or ():
                if made.name.lower() == name:
                    return made.origin or ("", "") if made.through_star else ("", "")
            return None if sure or (source.columns and all(made.name for made in source.columns)) else ("", "")
        table = _bare(source.table)
        if name in self._known.get(table, ()) or (not sure and table not in self._known):
            return table, name
        return None


def _bare(table: str) -> str:
    """Return a table's name, in lower case, without quotes and schema."""
    return list(tokens(table))[-1].name.lower() if table else ""


def _without_alias(item: list[Node]) -> tuple[list[Node], str]:
    """Return the expression of an item and the name that is written beside it, "" without one."""
    last = item[-1]
    if len(item) < 2 or isinstance(last, Group):
        return item, ""
    if _word(item[-2]) == "as":
        return item[:-2] or item, last.name
    before = item[-2]
    ends = isinstance(before, Group) or before.kind in ("quoted", "text") or _word(before) in {"end", *_VALUES}
    ends = ends or (isinstance(before, Token) and before.kind == "word" and _word(before) not in _WORDS)
    return (item[:-1], last.name) if ends and _is_name(last) else (item, "")


def _path(nodes: list[Node]) -> list[Token] | None:
    """Return the names of an expression that is nothing but a column, None for another."""
    while len(nodes) == 1 and isinstance(nodes[0], Group):
        nodes = nodes[0].inside
    names = [node for node in nodes[::2] if isinstance(node, Token)]
    dots = all(_word(node) == "." for node in nodes[1::2])
    is_path = bool(names) and len(names) == (len(nodes) + 1) // 2 and len(nodes) % 2 == 1 and dots
    return names if is_path and all(map(_is_name, names)) else None


def _last_name(nodes: list[Node]) -> str:
    """Return the name at the end of an expression, "" where there is none."""
    last: Node | None = nodes[-1]
    while isinstance(last, Group):
        last = last.inside[-1] if last.inside else None
    if last is None or last.kind not in ("word", "quoted", "text"):
        return ""
    return last.name if _NAME.fullmatch(last.name) and last.name.lower() not in _VALUES else ""
