"""A matrix as a table that people read: plain text, Markdown, or one HTML page."""

from __future__ import annotations

from html import escape

from _pb.access.observe import Row
from _pb.access.personas import SUPERUSER

_YES, _NO = "all", "-"


def as_table(rows: list[Row], format: str, notes: list[str]) -> str:
    """Return a table with a line for each collection and action and a column for each actor, then the notes."""
    actors = [who for who in (rows[0].allowed if rows else {}) if who != SUPERUSER]
    head = ["collection", "action", *actors]
    lines = [[row.collection, row.action, *(_cell(row, who) for who in actors)] for row in rows]
    make = {"table": _plain, "markdown": _markdown, "html": _html}[format]
    return make(head, lines, notes)


def _cell(row: Row, actor: str) -> str:
    allowed = row.allowed.get(actor, [])
    if len(allowed) == len(row.tried):
        return _YES
    return ", ".join(allowed) or _NO


def _plain(head: list[str], lines: list[list[str]], notes: list[str]) -> str:
    rows = [line[:2] + [_shortened(cell) for cell in line[2:]] for line in [head, *lines]]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    shown = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
    return "\n".join([shown[0], "-" * len(shown[0]), *shown[1:], *([""] if notes else []), *notes])


def _shortened(cell: str) -> str:
    return cell if len(cell) <= 28 else f"{cell[:25]}..."


def _markdown(head: list[str], lines: list[list[str]], notes: list[str]) -> str:
    rows = [head, ["---"] * len(head), *lines]
    table = "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)
    return "\n".join([table, *([""] if notes else []), *(f"- {note}" for note in notes)])


def _html(head: list[str], lines: list[list[str]], notes: list[str]) -> str:
    titles = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "\n".join(
        "<tr>"
        + "".join(f"<th>{escape(cell)}</th>" for cell in line[:2])
        + "".join(f'<td class="{_kind(cell)}">{escape(cell)}</td>' for cell in line[2:])
        + "</tr>"
        for line in lines
    )
    listed = "".join(f"<li>{escape(note)}</li>" for note in notes)
    return _PAGE.format(titles=titles, body=body, notes=f"<ul>{listed}</ul>" if notes else "")


def _kind(cell: str) -> str:
    return {_YES: "all", _NO: "none"}.get(cell, "some")


_PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Access matrix</title>
<style>
body {{ font: 14px system-ui, sans-serif }}
table {{ border-collapse: collapse }}
th, td {{ border: 1px solid #ccc; padding: 2px 8px; text-align: left; vertical-align: top }}
thead th {{ position: sticky; top: 0; background: #fff }}
.all {{ background: #fdd }} .some {{ background: #ffd }} .none {{ color: #888 }}
</style></head>
<body>
{notes}
<table>
<thead><tr>{titles}</tr></thead>
<tbody>
{body}
</tbody>
</table>
</body>
</html>"""
