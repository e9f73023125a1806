"""Ask the database a question, or with --write change it behind a backup."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING, Any

from _pb.languages.sql import names
from _pb.sql.statements import first_word, require_short, split
from pb_common import Client, Outcome, PBRefused, PBRequestError, PBUsageError
from pb_common.destroying import Destruction, permit, refusal, way_back
from pb_common.output import dry_run
from pb_common.reading import read_text

if TYPE_CHECKING:
    from _pb.sql.twin import Effects, Twin

# The server gives no more, and does not say that there are more.
_MOST_ROWS = 1000
# What does the same as something that nobody may send.
_INSTEAD = {
    "PRAGMA": "Many a PRAGMA can be asked as a table: SELECT * FROM pragma_table_info('users')",
    "ATTACH": "The server has this one database; `pb_backups.py diff` compares two.",
    "a transaction of its own": "Leave it out: several statements with --write are one transaction.",
    "SAVEPOINT": "Leave it out: several statements with --write are one transaction.",
}
_EXPLAIN = re.compile(r"explain(\s+query\s+plan)?\b", re.IGNORECASE)
# The server carries out several statements in one transaction where the first one begins so.
_IN_A_TRANSACTION = ("INSERT", "CREATE", "UPDATE", "DELETE", "DROP")

# The tables that decide whether a superuser gets in, and what changes them with a look at that.
_WAYS_IN = {
    "_superusers": "pb_auth.py superusers",
    "_params": "pb_settings.py set",
    "_collections": "pb_collections.py update",
}


def run_sql(client: Client, args: argparse.Namespace) -> Any:
    """Return the rows of a query, with *** for secrets; with --write carry statements out (POST /api/sql).

    Raises PBRefused for what does more than reading, unless --write allows it, PBUsageError for what SQLite refuses,
    PBRequestError where the server has no SQL.
    """
    text = _text(args)
    try:
        from _pb.sql.twin import Twin

        statements = split(text)
    except ImportError:
        raise PBUsageError(
            "This Python has no sqlite3 module, which has to say what a query does before it is sent.",
            hint="Use a Python with sqlite3.",
            code="unsupported",
        ) from None
    explained = _EXPLAIN.match(statements[0])
    query = statements[0][explained.end() :].strip() if explained else statements[0]
    twin = Twin(client)
    steps = [query] if explained and len(statements) == 1 else statements
    effects = [_effects(twin, step, last=step is steps[-1]) for step in steps]
    if any(effect.changes for effect in effects) or (args.write and not explained):
        return _write(client, twin, args, steps, effects)
    if len(statements) > 1:
        raise PBUsageError(f"{len(statements)} queries are given.", hint="The server answers one: give them in turn.")
    return _read(client, twin, query, explained[0] + " " if explained else "", is_dry_run=args.dry_run)


def _text(args: argparse.Namespace) -> str:
    if (args.query is None) == (args.file is None):
        raise PBUsageError("Give one query: inline, or with --file PATH.", hint='"SELECT count(*) FROM users"')
    return read_text(args.file or "-") if args.query in (None, "-") else str(args.query)


def _effects(twin: Twin, statement: str, *, last: bool) -> Effects:
    """Return what a statement does, with the tables there that those before it make; refuse what nobody may send."""
    found = twin.effects(statement)
    if found.forbidden:
        raise PBRefused(
            f"The query uses {', '.join(found.forbidden)}: more than reading or writing rows is not sent.",
            hint=_INSTEAD.get(found.forbidden[0], "Leave it out; the database itself is for who runs the server."),
        )
    if not last and any(change.startswith(("create", "drop", "alter")) for change in found.changes):
        twin.carry_out(statement)
    return found


# Reading


def _read(client: Client, twin: Twin, query: str, explain: str, *, is_dry_run: bool) -> Any:
    masked = sorted(twin.effects(query).reads & twin.secrets)
    sent = _wrapped(twin, query, [table for table, _ in masked])
    _require_only_reading(twin, sent)
    sent = explain + sent
    require_short(sent, " with what keeps secrets on the server" if masked else "")
    names = [f"{table}.{column}" for table, column in masked]
    if is_dry_run:
        return dry_run("POST", _path(), query=sent, masked=names)
    try:
        answer = client.call("POST", _path(), {"query": sent})
    except PBRequestError as error:
        if names and not error.hint:
            error.hint = f"Instead of {', '.join(names)} the query sees '***', which may be why: leave that out."
        raise
    columns = [column["name"] for column in answer["columns"]]
    items = [dict(zip(columns, row)) for row in answer["rows"]]
    if len(items) == _MOST_ROWS:
        client.warn(f"The server gives at most {_MOST_ROWS} rows: there may be more. Add LIMIT and OFFSET.")
    return {"columns": columns, "items": items, **({"masked": names} if names else {})}


def _wrapped(twin: Twin, query: str, secret_tables: list[str]) -> str:
    """Return a query as a part of one that can only read, with tables in the place of those that hold secrets."""
    from _pb.sql.twin import quoted

    tables = []
    for table in dict.fromkeys(secret_tables):
        shown = [
            f"'***' AS {quoted(name)}" if (table, name.lower()) in twin.secrets else quoted(name)
            for name in twin.columns(table)
        ]
        tables.append(f"{quoted(table)} AS (SELECT {', '.join(shown)} FROM main.{quoted(table)})")
    shadows = f"WITH {', '.join(tables)}\n" if tables else ""
    return f"{shadows}SELECT * FROM (\n{query}\n)"


def _require_only_reading(twin: Twin, sent: str) -> None:
    """Raise PBRefused if the text that is to be sent does anything but read, or reads a secret still."""
    found = twin.effects(sent)
    left = sorted(found.reads & twin.secrets)
    if left:
        table, column = left[0]
        raise PBRefused(
            f"The query reads {table}.{column}, a secret, through a view or another name of its table.",
            hint=f"Name the table as {table}, without main: then *** stands in the place of the secret.",
        )
    if found.changes or found.forbidden:
        raise PBRefused(
            f"The query does more than reading: {', '.join(found.changes + found.forbidden)}.",
            hint="Ask for rows alone; what writes goes with --write.",
        )


def _path() -> str:
    from pb_common.sql_route import SQL

    return SQL


# Writing


def _require_way_in(changes: list[str]) -> None:
    """Raise PBRefused for a change of a table that decides whether a superuser gets in."""
    for change in changes:
        table = change.rpartition(" ")[2].lower()
        if table in _WAYS_IN:
            raise PBRefused(
                f"A statement changes {table} past all checks, and nobody may get in to take it back ({change}).",
                hint=f"{_WAYS_IN[table]} changes it, and looks at that first.",
                code="would_lock_out",
                changes=changes,
            )


def _write(
    client: Client, twin: Twin, args: argparse.Namespace, statements: list[str], effects: list[Effects]
) -> Outcome:
    if not args.write and len(statements) > 1 and not all(effect.changes for effect in effects):
        changed = next(text for text, effect in zip(statements, effects) if effect.changes)
        raise PBUsageError(
            f"{len(statements)} statements are given, and {changed[:60]!r} writes.",
            hint="One query is taken to read. What writes goes alone, with --write.",
        )
    idle = next((text for text, effect in zip(statements, effects) if not effect.changes), None)
    if args.write and idle is not None:
        raise PBUsageError(f"{idle[:60]!r} changes no row and no table.", hint="Leave out --write to read.")
    secrets = sorted({pair for effect in effects for pair in effect.reads & twin.secrets})
    if secrets:
        raise PBRefused(
            f"The statement reads {'.'.join(secrets[0])}, a secret, which would come into another place.",
            hint="A secret may be set, and not be read.",
        )
    if len(statements) > 1 and first_word(statements[0]) not in _IN_A_TRANSACTION:
        begin = ", ".join(_IN_A_TRANSACTION)
        raise PBUsageError(
            f"Several statements of which the first begins with {first_word(statements[0])} would not be one change.",
            hint=f"Give them in turn, or first one that begins with {begin}.",
        )
    query = ";\n".join(statements)
    require_short(query)
    changes = list(dict.fromkeys(change for effect in effects for change in effect.changes))
    _require_way_in(changes)
    sentence = f"This changes the database past rules, hooks and checks: {', '.join(changes)}."
    what = Destruction(sentence, {"changes": changes}, args.yes, option="--write", allowed=args.write)
    if args.dry_run:
        refused = refusal(client, what)
        return Outcome(dry_run("POST", _path(), query=query, changes=changes), hint=refused.hint if refused else None)
    permit(client, what, "sql", copy=True)
    answer = client.call("POST", _path(), {"query": query})
    columns = [column["name"] for column in answer["columns"]]
    rows = [dict(zip(columns, row)) for row in answer["rows"]]
    if not columns and any("returning" in map(str.lower, names(text)) for text in statements):
        client.warn("No rows of RETURNING come: of a change the server tells only how many rows it concerned.")
    client.warn("No rule, hook, check or watcher saw this, and no file was deleted with its record.")
    data = {"changes": changes, "affectedRows": answer["affectedRows"], **({"items": rows} if rows else {})}
    return Outcome(data, hint=way_back(client))
