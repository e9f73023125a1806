"""The formats beside JSON: a table, CSV, a JSON value a line, or plain text; and what a person at a terminal sees."""

from __future__ import annotations

import csv
import importlib
import itertools
import json
import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any, Callable

from .formats import Look
from .output import harmless, tell, write
from .tables import NOTHING, OF_RECORDS, cell, keys_of, table, tree
from .terminal import Screen, screen

# So many lines are written at once.
_LINES = 2000
# What tells changes of a schema; like a verb it stands above this, and is loaded when needed.
_REVIEW = "_pb.schema.review"
# What a page says of itself.
_PAGE = ("page", "perPage", "totalItems", "totalPages")
# What `Screen.paint` writes.
_PAINT = r"(\x1b\[(?:[12]|3[123]|0)(?:;(?:[12]|3[123]))*m)"


def show(document: dict[str, Any], look: Look, *, failed: bool, streamed: bool) -> None:
    """Print a document in a format: its data on stdout, and beside it on stderr what else there is to say.

    What failed has nothing for stdout, and what follows a stream goes to stderr. Raises PBError if stdout is full.
    """
    if failed:
        complain(document)
        return
    if streamed:
        for line in tree(document["data"], screen(sys.stderr)) if document["data"] else ():
            tell(line)
    else:
        shown_on = screen(sys.stdout, full=look.full or not _is_cut(look))
        lines = lines_of(document["data"], look, shown_on, of_users=bool(document.get("untrusted")))
        while chunk := list(itertools.islice(lines, _LINES)):
            write("\n".join(chunk))
    _say_more(document)


def _is_cut(look: Look) -> bool:
    return look.format in ("", "table")


def lines_of(data: Any, look: Look, shown_on: Screen, *, of_users: bool = False) -> Iterator[str]:
    """Return the lines of data in a format other than JSON; texts `of_users` are cut where they do not fit."""
    if look.format in ("", "plain") and (as_text := _own(look.verb, "as_text")):
        plain = shown_on if look.format == "" else shown_on._replace(coloured=False)
        return _harmless(as_text(data, plain), coloured=plain.coloured)
    if look.format in ("", "plain") and (changes := _schema_changes(data)):
        plain = shown_on if look.format == "" else shown_on._replace(coloured=False)
        rest = {key: value for key, value in data.items() if key != "changes"} if isinstance(data, dict) else {}
        told = itertools.chain(_review(changes, plain, done=not look.dry_run), tree(rest, plain))
        return _harmless(told, coloured=plain.coloured)
    if look.format in ("", "table") and (for_people := _own(look.verb, "for_people")):
        data = for_people(data)
    rows = rows_of(data, look.verb)
    if rows is not None and look.format != "ndjson":
        rows = [_picked(row, look.first) for row in rows]
    if look.format == "csv":
        return _csv(rows if rows is not None else [data], look.first)
    if look.format == "ndjson":
        return (json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in _each(rows, data))
    if look.format == "plain":
        return _plain(data, rows, look.first)
    uncut = not of_users and not _own(look.verb, "as_rows")
    return _for_people(data, rows, shown_on, look.first, uncut=uncut, nothing=_nothing(look.verb))


def _nothing(verb: str) -> str:
    """Return how an empty list of a verb's reads: as its module says, else as everywhere."""
    module = verb.partition(":")[0]
    return str(getattr(importlib.import_module(module), "NOTHING", NOTHING)) if module else NOTHING


def _picked(row: Any, names: tuple[str, ...]) -> Any:
    """Return a row with what `names` name by dots, such as expand.author.email, under these names."""
    deep = {name: name.split(".") for name in names if "." in name and name not in row} if isinstance(row, dict) else {}
    found = {name: value for name, path in deep.items() if (value := _at(row, path)) is not None}
    taken = {deep[name][0] for name in found}
    return {**{key: value for key, value in row.items() if key not in taken}, **found} if found else row


def _at(value: Any, path: list[str]) -> Any:
    """Return what a path leads to, in a list what it leads to in each item; None for nothing."""
    if not path or value is None:
        return value
    if isinstance(value, list):
        found = [_at(item, path) for item in value]
        return None if all(item is None for item in found) else found
    return _at(value.get(path[0]), path[1:]) if isinstance(value, dict) else None


def _unfolded(row: dict[str, Any]) -> dict[str, Any]:
    """Return a record with the fields of those that it expands beside its own, named as --fields names them."""
    expanded = row.get("expand")
    if not isinstance(expanded, dict):
        return row
    found = {key: value for key, value in row.items() if key != "expand"}
    for name, related in expanded.items():
        records = related if isinstance(related, list) else [related]
        inner = [_unfolded(record) for record in records if isinstance(record, dict)]
        for key in keys_of(inner):
            if key not in OF_RECORDS and key != "id":
                told = [record[key] for record in inner if key in record]
                found[f"expand.{name}.{key}"] = told if isinstance(related, list) else told[0]
    return found


def _schema_changes(data: Any) -> list[Any]:
    """Return the changes of a schema that data consists of, or tells beside others; [] where there are none."""
    changes = data.get("changes") if isinstance(data, dict) else data
    kinds = ("action", "collection")
    is_so = isinstance(changes, list) and all(isinstance(one, dict) and set(kinds) <= set(one) for one in changes)
    return list(changes) if is_so and changes else []


def _review(changes: list[Any], shown_on: Screen, *, done: bool) -> Iterator[str]:
    lines: Iterator[str] = importlib.import_module(_REVIEW).review(changes, shown_on, done=done)
    return lines


def _own(verb: str, name: str) -> Callable[..., Any] | None:
    """Return what the verb's module itself says of how its data reads, None where it says nothing."""
    module = verb.partition(":")[0]
    found: Callable[..., Any] | None = getattr(importlib.import_module(module), name, None) if module else None
    return found if found is not None and found.__module__ == module else None


def _harmless(lines: Iterable[str], *, coloured: bool) -> Iterator[str]:
    """Yield lines with what would act on a terminal escaped, but for colours where there may be any."""
    for line in lines:
        parts = re.split(_PAINT, line) if coloured else [line]
        yield "".join(part if number % 2 else harmless(part) for number, part in enumerate(parts))


def rows_of(data: Any, verb: str = "") -> list[Any] | None:
    """Return the rows that data consists of: a list, its `items`, or the one list of objects in it; None for none."""
    if as_rows := _own(verb, "as_rows"):
        data = as_rows(data)
    if isinstance(data, list):
        return data
    if not isinstance(data, dict):
        return None
    if isinstance(data.get("items"), list):
        return list(data["items"])
    lists = [value for value in data.values() if isinstance(value, list) and value and isinstance(value[0], dict)]
    return lists[0] if len(lists) == 1 else None


def _each(rows: list[Any] | None, data: Any) -> list[Any]:
    return [data] if rows is None else rows


def _csv(rows: list[Any], first: tuple[str, ...]) -> Iterator[str]:
    if not all(isinstance(row, dict) for row in rows):
        rows = [{"value": row} for row in rows]
    keys = keys_of(rows, first)
    if not keys:
        return
    lines: list[str] = []
    writer = csv.writer(_Lines(lines), lineterminator="\r\n")
    for row in itertools.chain([dict(zip(keys, keys))], rows):
        writer.writerow([_csv_value(row.get(key)) for key in keys])
        yield lines.pop()


class _Lines:
    """Takes the lines that a csv.writer writes, each without its end."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines

    def write(self, line: str) -> None:
        self._lines.append(line[:-2])


def _csv_value(value: Any) -> str:
    if isinstance(value, str):
        return harmless(value) if sys.stdout.isatty() else value
    return "" if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _plain(data: Any, rows: list[Any] | None, first: tuple[str, ...]) -> Iterator[str]:
    """Yield a line a row, its values between tabs; of one thing a line a key, or its one value alone."""
    if rows is None and isinstance(data, dict) and len(data) > 1:
        yield from tree(data, Screen(full=True))
        return
    if rows is None and isinstance(data, dict):
        yield from (line for value in data.values() for line in tree(value, Screen(full=True)))
        return
    found = _each(rows, data)
    keys = keys_of([row for row in found if isinstance(row, dict)], first)
    for row in found:
        if isinstance(row, dict):
            yield "\t".join(cell(row.get(key)) for key in keys)
        else:
            yield harmless(row) if isinstance(row, str) else cell(row)


def _for_people(
    data: Any, rows: list[Any] | None, shown_on: Screen, first: tuple[str, ...], *, uncut: bool, nothing: str
) -> Iterator[str]:
    whole = isinstance(data, list) or (isinstance(data, dict) and isinstance(data.get("items"), list))
    if rows is None or not whole:
        yield from tree(data, shown_on) if data not in ({}, [], None) else ()
    elif rows and all(isinstance(row, dict) for row in rows):
        yield from table([_unfolded(row) for row in rows], shown_on, first, whole=uncut)
    elif rows:
        yield from tree(rows, shown_on)
    else:
        yield shown_on.paint(nothing, "dim")
    if rows is not None and whole and isinstance(data, dict):
        yield from _around(data, shown_on)


def _around(data: dict[str, Any], shown_on: Screen) -> Iterator[str]:
    """Yield what stands beside the items: where a page is among the others, and further keys."""
    pages = data.get("totalPages") or 0
    if pages > 1:
        text = f"(page {data.get('page')} of {pages}, {data.get('totalItems')} in all)"
        yield shown_on.paint(text, "dim")
    rest = {key: value for key, value in data.items() if key not in (*_PAGE, "items") and value not in (None, [], {})}
    yield from tree(rest, shown_on)


def complain(document: dict[str, Any]) -> None:
    """Print a failure as text on stderr: what is wrong, its details, and the next step."""
    on = screen(sys.stderr)
    data = document["data"] if isinstance(document["data"], dict) else {"message": cell(document["data"])}
    tell(f"{on.paint('error:', 'red', 'bold')} {harmless(str(data.get('message', '')))}")
    details = data.get("data")  # of the server: each field's own message
    fields = details if isinstance(details, dict) else {}
    for name, problem in fields.items():
        said = problem.get("message") or problem.get("code") if isinstance(problem, dict) else None
        tell(f"  {cell(name)}: {cell(said or problem)}")
    rest = {key: value for key, value in data.items() if key not in ("message", "status", "data") and value}
    for line in tree(rest, on, "  "):
        tell(line)
    _say_more(document)


def _say_more(document: dict[str, Any]) -> None:
    on = screen(sys.stderr)
    for sentence in document.get("warnings", ()):
        tell(f"{on.paint('warning:', 'yellow')} {harmless(sentence)}")
    if document.get("hint"):
        tell(f"{on.paint('hint:', 'green')} {harmless(document['hint'])}")
