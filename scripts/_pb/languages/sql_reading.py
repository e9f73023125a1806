"""Whether SQL only reads, proved by more than its first word."""

from __future__ import annotations

from _pb.languages.sql import Token, tokens

_BEGINNINGS = ("select", "with", "values")
# One of these is in every statement that begins as one that reads and writes all the same; all are reserved, but for
# `replace`, which is a function too. What `load_extension` runs may do anything.
_WRITING = ("insert", "update", "delete", "replace", "load_extension")
# Many a PRAGMA is a table as well, which does what the PRAGMA does when it is read. These only tell.
TELLING_PRAGMAS = {
    *("table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo", "foreign_key_list"),
    *("foreign_key_check", "compile_options", "function_list", "module_list", "collation_list", "page_count"),
    *("page_size", "freelist_count", "user_version", "encoding"),
}
_PRAGMA = "pragma_"
# A second statement, a quote that is not closed, and what ends the text for SQLite: they hide what follows.
_HIDING = (";", "'", '"', "`", "[", "\0")


def only_reads(statement: str) -> bool:
    """Tell whether SQL is one statement that reads: a SELECT, VALUES, or a WITH that ends in one of them.

    An EXPLAIN of one is, too. What cannot be told apart from a write is none: a PRAGMA, also as a table, unless it only
    tells; several statements.
    """
    parts = [token for token in tokens(statement) if token.kind != "comment"]
    for word in ("explain", "query", "plan"):
        if parts and parts[0].written.lower() == word:
            parts.pop(0)
    while parts and parts[-1].written == ";":
        parts.pop()
    if not parts or parts[0].written.lower() not in _BEGINNINGS or any(part.written in _HIDING for part in parts):
        return False
    if any(_is_acting_pragma(part) for part in parts):
        return False
    return not any(_writes(part, after) for part, after in zip(parts, [*parts[1:], None]))


def _writes(part: Token, after: Token | None) -> bool:
    word = part.written.lower() if part.kind == "word" else ""
    is_function = word == "replace" and after is not None and after.written == "("
    return word in _WRITING and not is_function


def _is_acting_pragma(part: Token) -> bool:
    # SQLite takes a text for a table's name as well, where one is expected.
    name = part.name.lower()
    return name.startswith(_PRAGMA) and name[len(_PRAGMA) :] not in TELLING_PRAGMAS
