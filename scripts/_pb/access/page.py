"""The matrix as one HTML page that needs nothing else: each cell unfolds to what was sent and what came."""

from __future__ import annotations

import json
from collections.abc import Iterable
from html import escape

from _pb.access.laws.finding import Finding
from _pb.access.policy import Line
from _pb.access.routes import ROUTES, RouteLine
from _pb.access.stage import Seen
from _pb.access.table import LEGEND, Block, Shown, blocks, said

_LONGEST = 1500
_KINDS = {"!!": "finding", "?": "question"}


def as_page(lines: list[Line], routes: list[RouteLine], shown: Shown) -> str:
    """Return the page: findings, questions, a table for each collection, the routes, what is not proved, a legend."""
    parts = [
        _findings("Findings", "finding", shown.findings),
        _findings("Questions", "question", shown.questions),
        *(_table(block, shown) for block in blocks(lines)),
        _routes(routes) if routes else "",
        _listed("Not proved", [f"{one['condition']}: {one['why']}" for one in shown.unproven]),
        _listed("Legend", [f"{word}: {meaning}" for word, meaning in LEGEND.items()]),
    ]
    return _PAGE.replace("<!--parts-->", "\n".join(filter(None, parts)))


def _findings(title: str, kind: str, several: list[Finding]) -> str:
    items = []
    for one in several:
        proof = "".join(_exchange(seen) for seen in one.proof)
        unfolded = f"<details><summary>proof</summary>{proof}</details>" if proof else ""
        items.append(f'<li class="{kind}">{escape(said(one))}{unfolded}</li>')
    return f"<h2>{title}</h2>\n<ul>{''.join(items)}</ul>" if items else ""


def _table(block: Block, shown: Shown) -> str:
    heads = "".join(f'<th scope="col">{escape(action)}</th>' for action in block.actions)
    rows = []
    for who, by_action in block.people.items():
        cells = "".join(_cell(by_action.get(action), shown) for action in block.actions)
        rows.append(f'<tr><th scope="row">{escape(who)}</th>{cells}</tr>')
    return _as_table(block.name, f'<th scope="col">who</th>{heads}', rows)


def _as_table(title: str, heads: str, rows: list[str]) -> str:
    body = "\n".join(rows)
    return f"<h2>{escape(title)}</h2>\n<table><thead><tr>{heads}</tr></thead>\n<tbody>\n{body}\n</tbody></table>"


def _cell(line: Line | None, shown: Shown) -> str:
    if line is None:
        return "<td>-</td>"
    mark = shown.mark(line)
    kind = f' class="{_KINDS[mark]}"' if mark else ""
    seen = line.play.seen
    inner = _exchange(seen) if seen else f"<p>{escape(line.play.problem)}</p>"
    return f"<td{kind}><details><summary>{escape(f'{line.said} {mark}'.strip())}</summary>{inner}</details></td>"


def _routes(routes: list[RouteLine]) -> str:
    heads = "".join(f'<th scope="col">{head}</th>' for head in ("route", "who", "came"))
    rows = [
        f'<tr><th scope="row">{escape(one.route)}</th><td>{escape(one.who)}</td>'
        f"<td><details><summary>{escape(one.said)}</summary>{_exchange(one.seen)}</details></td></tr>"
        for one in routes
    ]
    return _as_table(ROUTES, heads, rows)


def _exchange(seen: Seen) -> str:
    """Return a request and the answer to it."""
    known = seen.as_data()
    request = known["request"]
    body = f"\n{_json(request['body'])}" if "body" in request else ""
    asked = f"{request['method']} {request['path']} as {request['as']}{body}"
    came = f"{seen.status} {_json(known['answer'])}" if known["answer"] is not None else str(seen.status)
    return f"<pre>{escape(asked)}</pre><pre>{escape(came)}</pre>"


def _json(value: object) -> str:
    text = json.dumps(value, indent=1, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ... ({len(text)} characters)"


def _listed(title: str, sentences: Iterable[str]) -> str:
    items = "".join(f"<li>{escape(one)}</li>" for one in sentences)
    return f"<h2>{title}</h2>\n<ul>{items}</ul>" if items else ""


_PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Access matrix</title>
<style>
:root { color-scheme: light dark; --line: #bbb; --back: #fff; --finding: #ffd0cc; --question: #fff1b8 }
@media (prefers-color-scheme: dark) {
  :root { --line: #555; --back: #1b1b1b; --finding: #6b1f1a; --question: #574700 }
}
body { font: 14px system-ui, sans-serif; background: var(--back); margin: 1rem }
table { border-collapse: separate; border-spacing: 0; border-top: 1px solid var(--line) }
th, td { border: solid var(--line); border-width: 0 1px 1px 0; padding: 2px 8px; text-align: left; vertical-align: top }
th:first-child { border-left-width: 1px }
thead th { position: sticky; top: 0; background: var(--back); z-index: 1 }
tbody th { font-weight: normal; position: sticky; left: 0; background: var(--back) }
pre { margin: 2px 0; white-space: pre-wrap; overflow-wrap: anywhere; max-width: 60ch }
summary { cursor: pointer }
.finding { background: var(--finding) } .question { background: var(--question) }
@media print {
  thead { display: table-header-group } thead th, tbody th { position: static }
  tr, li { break-inside: avoid } * { print-color-adjust: exact }
}
</style></head>
<body>
<h1>Access matrix</h1>
<!--parts-->
</body>
</html>"""
