"""The matrix as one HTML page that needs nothing else: each cell unfolds to what was sent and what came."""

from __future__ import annotations

import json
from collections.abc import Iterable
from html import escape

from _pb.access.laws.finding import Finding
from _pb.access.policy import Line
from _pb.access.routes import ROUTES, RouteLine
from _pb.access.stage import Seen
from _pb.access.table import LEGEND, Block, Shown, blocks

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
    counts = "".join(
        f'<b class="{kind}">{len(several)} {kind if len(several) == 1 else f"{kind}s"}</b>'
        for kind, several in (("finding", shown.findings), ("question", shown.questions))
        if several
    )
    counts += f"<small>{sum(line.said == 'may' for line in lines)} may, {len(lines)} asked</small>"
    return _PAGE.replace("<!--counts-->", counts).replace("<!--parts-->", "\n".join(filter(None, parts)))


def _findings(title: str, kind: str, several: list[Finding]) -> str:
    items = []
    for one in several:
        proof = "".join(_exchange(seen) for seen in one.proof)
        unfolded = f"<details><summary>proof</summary>{proof}</details>" if proof else ""
        mended = f"<p>Mended: <code>{escape(one.fix)}</code></p>" if one.fix else ""
        head = f'<b>{escape(f"{one.collection} {one.action}")}</b> <span class="code">{escape(one.code)}</span>'
        told = f"<p>{escape(f'{one.who}: {one.message}')}</p>"
        items.append(f'<li class="{kind}">{head}{told}{mended}{unfolded}</li>')
    return f'<h2>{title}</h2>\n<ul class="told">{"".join(items)}</ul>' if items else ""


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
        return '<td class="no">-</td>'
    mark = shown.mark(line)
    kind = f' class="{_KINDS[mark]}"' if mark else "" if line.said == "may" else ' class="no"'
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
:root { color-scheme: light dark; --page: #fbfbfa; --back: #fff; --text: #1d2126; --soft: #5b636d; --line: #d5d9de;
  --may: #1d2126; --finding: #ffe1dd; --finding-line: #c0392b; --question: #fff3c4; --question-line: #b08800 }
@media (prefers-color-scheme: dark) {
  :root { --page: #15181c; --back: #1e2227; --text: #e4e7eb; --soft: #a5afba; --line: #3a414a; --may: #e4e7eb;
    --finding: #4a201d; --finding-line: #e57368; --question: #423813; --question-line: #d8b441 }
}
* { box-sizing: border-box }
body { font: 15px/1.45 system-ui, sans-serif; background: var(--page); color: var(--text); margin: 0 }
header { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; align-items: baseline; padding: .8rem 1.5rem;
  background: var(--back); border-bottom: 1px solid var(--line) }
main { padding: .5rem 1.5rem 4rem }
h1 { font-size: 1.2rem; margin: 0 } h2 { font-size: 1.05rem; margin: 1.8rem 0 .5rem }
small, .code { color: var(--soft) }
header b { padding: 0 .6rem; border-radius: 1rem; border: 1px solid transparent; font-weight: 600 }
header .finding { border-color: var(--finding-line) } header .question { border-color: var(--question-line) }
ul.told { list-style: none; padding: 0; margin: 0; display: grid; gap: .5rem; max-width: 100ch }
ul.told li { border-left: 4px solid; border-radius: 4px; padding: .45rem .8rem }
ul.told .finding { border-color: var(--finding-line) } ul.told .question { border-color: var(--question-line) }
li p { margin: .15rem 0 } li code { overflow-wrap: anywhere }
table { border-collapse: separate; border-spacing: 0; border-top: 1px solid var(--line); background: var(--back) }
th, td { border: solid var(--line); border-width: 0 1px 1px 0; padding: .2rem .7rem; text-align: left;
  vertical-align: top }
th:first-child { border-left-width: 1px }
thead th { position: sticky; top: 0; background: var(--back); z-index: 1; font-weight: 600 }
tbody th { font-weight: normal; position: sticky; left: 0; background: var(--back) }
td { color: var(--may) } td.no { color: var(--soft) }
code, pre { font: .87em ui-monospace, Consolas, monospace }
pre { margin: .3rem 0; white-space: pre-wrap; overflow-wrap: anywhere; max-width: 60ch }
summary { cursor: pointer }
.finding { background: var(--finding) } .question { background: var(--question) }
@media print {
  thead { display: table-header-group } thead th, tbody th { position: static }
  tr, li { break-inside: avoid } h2 { break-after: avoid } * { print-color-adjust: exact }
}
</style></head>
<body>
<header><h1>Access matrix</h1><!--counts--></header>
<main>
<!--parts-->
</main>
</body>
</html>"""
