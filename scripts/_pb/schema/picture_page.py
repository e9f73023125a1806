"""The schema as one HTML page that loads nothing: the drawing, and each collection's fields and rules in words."""

from __future__ import annotations

import re
from html import escape
from typing import Any

from _pb.languages.indexes import in_short
from _pb.schema.describe import CONSTRAINTS, RULES
from _pb.schema.lookup import rule_of
from _pb.schema.names import names_by_id, pick
from _pb.schema.picture import drawing, type_of
from _pb.schema.rule_words import in_words
from pb_common.schema_types import Collection, Field

_OPEN = {"Superusers only.": "locked", "Anyone, guests too.": "public"}


def picture_page(collections: list[Collection], names: list[str] | None = None, title: str = "Schema") -> str:
    """Return the page; `names` picks some of all collections, by default all but the system ones are shown.

    Raises KeyError with a name that no collection has.
    """
    targets = names_by_id(collections)
    chosen = [item for item in collections if not item.get("system")] if names is None else pick(collections, names)
    chosen = sorted(chosen, key=lambda item: str(item["name"]))
    sections = "\n".join(_section(item, targets) for item in chosen)
    shown = {"title": escape(title), "count": str(len(chosen)), "drawing": drawing(chosen, targets)}
    parts = {**shown, "sections": sections, "policy": _POLICY, "style": _STYLE, "script": _SCRIPT}
    return re.sub(r"\[\[(\w+)\]\]", lambda found: parts[found[1]], _PAGE)


def _section(collection: Collection, targets: dict[str, str]) -> str:
    name = escape(collection["name"])
    fields = "\n".join(_field(field, targets) for field in collection.get("fields") or ())
    rules = "\n".join(_rule(collection, action) for action in _actions(collection))
    indexes = "".join(f"<li><code>{escape(in_short(sql))}</code></li>" for sql in collection.get("indexes") or ())
    query = collection.get("viewQuery") or ""
    return f"""<section id="c-{name}" class="collection" data-name="{name}" aria-labelledby="h-{name}">
<h2 id="h-{name}">{name} <small>{escape(collection["type"])}</small></h2>
{f'<pre tabindex="0">{escape(query)}</pre>' if query else ""}
<div class="wide" tabindex="0" role="region" aria-label="Fields of {name}"><table>
<thead><tr><th scope="col">Field</th><th scope="col">Type</th><th scope="col">Details</th></tr></thead>
<tbody>{fields}</tbody></table></div>
<div class="wide" tabindex="0" role="region" aria-label="Rules of {name}"><table class="rules">
<thead><tr><th scope="col">Who may</th><th scope="col">In words</th><th scope="col">Rule</th></tr></thead>
<tbody>{rules}</tbody></table></div>
{f"<h3>Indexes</h3><ul>{indexes}</ul>" if indexes else ""}
</section>"""


def _actions(collection: Collection) -> list[str]:
    ways = RULES[:2] if collection["type"] == "view" else RULES
    return [*ways, *(["auth", "manage"] if collection["type"] == "auth" else [])]


def _field(field: Field, targets: dict[str, str]) -> str:
    details = ["required"] if field.get("required") else []
    details += ["hidden"] if field.get("hidden") else []
    if "collectionId" in field:
        target = escape(targets.get(field["collectionId"], field["collectionId"]))
        details.append(f'to <a href="#c-{target}">{target}</a>')
    details += [escape(", ".join(map(str, field["values"])))] if field.get("values") else []
    given: dict[str, Any] = {key: field.get(key) for key in (*CONSTRAINTS, "maxSize", "mimeTypes")}
    details += [f"{key} {escape(_text(value))}" for key, value in given.items() if value]
    return (
        f'<tr><th scope="row">{escape(field["name"])}</th><td>{escape(type_of(field))}</td>'
        f"<td>{'; '.join(details)}</td></tr>"
    )


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _rule(collection: Collection, action: str) -> str:
    rule = rule_of(collection, f"{action}Rule")
    said = in_words(rule)
    if action == "auth" and not rule:
        said = "Nobody can sign in." if rule is None else "Every account may sign in."
    kind = _OPEN.get(said, "some")
    mark = {"locked": "&#9679; ", "public": "&#9675; "}.get(kind, "&#9681; ")
    words = _marked(said)
    shown = f"<code>{escape(rule)}</code>" if rule else ""
    return (
        f'<tr class="{kind}"><th scope="row">{action}</th><td><span aria-hidden="true">{mark}</span>{words}</td>'
        f"<td>{shown}</td></tr>"
    )


def _marked(sentence: str) -> str:
    """Return a sentence whose names between backticks are code."""
    parts = escape(sentence).split("`")
    return "".join(f"<code>{part}</code>" if number % 2 else part for number, part in enumerate(parts))


_STYLE = """
:root { color-scheme: light dark; --back: #fbfbfa; --card: #fff; --text: #1d2126; --soft: #5b636d; --line: #d5d9de;
  --link: #0b57a4; --edge: #7a8694; --public: #8f3c00; --locked: #1f6136; --hit: #fff3c4; }
@media (prefers-color-scheme: dark) { :root { --back: #15181c; --card: #1e2227; --text: #e4e7eb; --soft: #a5afba;
  --line: #3a414a; --link: #7fb8f5; --edge: #8995a3; --public: #f0a878; --locked: #85d09f; --hit: #4b4318; } }
* { box-sizing: border-box }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; background: var(--back); color: var(--text) }
header { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: center;
  padding: .6rem 1.5rem; background: var(--card); border-bottom: 1px solid var(--line) }
h1 { font-size: 1.15rem; margin: 0 } h1 small, h2 small { color: var(--soft); font-weight: normal; font-size: .85em }
label { color: var(--soft) }
input { font: inherit; padding: .25rem .6rem; border: 1px solid var(--edge); border-radius: 6px;
  background: var(--back); color: inherit; min-width: 14rem }
main { padding: 1rem 1.5rem 4rem }
a { color: var(--link) }
figure, section { margin: 0 0 1.5rem; background: var(--card); border: 1px solid var(--line); border-radius: 8px }
figure { overflow: auto; max-height: 80vh }
svg { display: block; font: 12px ui-monospace, Consolas, monospace }
svg text { fill: var(--text) } svg .name { font-weight: 700; font-size: 13px }
svg .kind { fill: var(--soft); text-anchor: end }
.box rect { fill: var(--card); stroke: var(--edge) } .box .head { stroke: var(--line) }
.box.auth rect { stroke: var(--link); stroke-width: 1.6 } .box.view rect { stroke-dasharray: 5 3 }
.box:hover rect, .box:focus rect { stroke: var(--link); stroke-width: 2.2 }
.relation path { fill: none; stroke: var(--edge); stroke-width: 1.3 } .relation.many path { stroke-width: 2.4 }
.relation:hover path { stroke: var(--link) }
.faded { opacity: .15 } [hidden] { display: none }
section { padding: .2rem 1.2rem 1rem; scroll-margin-top: 4rem } section:target { outline: 2px solid var(--link) }
h2 { font-size: 1.1rem } h3 { font-size: .95rem }
.wide { overflow-x: auto } pre { overflow-x: auto }
table { border-collapse: collapse; width: 100%; margin: .4rem 0 }
th, td { text-align: left; vertical-align: top; padding: .25rem .8rem .25rem 0; border-bottom: 1px solid var(--line) }
thead th { white-space: nowrap; color: var(--soft); font-weight: 600; font-size: .85rem } tbody th { font-weight: 600 }
code { font: .9em ui-monospace, Consolas, monospace }
tr.public td:nth-child(2) { color: var(--public); font-weight: 600 } tr.locked td:nth-child(2) { color: var(--locked) }
@media print { header { position: static } input, label { display: none } figure { max-height: none; overflow: visible }
  svg { max-width: 100%; height: auto } section { break-inside: avoid } }
"""
_SCRIPT = """
const field = document.querySelector("input");
const count = document.querySelector("output");
function search() {
  const words = field.value.toLowerCase().split(/\\s+/).filter(Boolean);
  const found = new Set();
  for (const section of document.querySelectorAll("section")) {
    const text = section.textContent.toLowerCase();
    section.hidden = !words.every((word) => text.includes(word));
    if (!section.hidden) found.add(section.dataset.name);
  }
  for (const box of document.querySelectorAll(".box")) box.classList.toggle("faded", !found.has(box.dataset.name));
  for (const line of document.querySelectorAll(".relation"))
    line.classList.toggle("faded", words.length > 0 && !line.dataset.names.split(" ").every((name) => found.has(name)));
  count.textContent = words.length ? `${found.size} found` : "";
}
field.addEventListener("input", search);
function near(name) {
  const tied = new Set([name]);
  for (const line of document.querySelectorAll(".relation")) {
    const ends = line.dataset.names.split(" ");
    line.classList.toggle("faded", !ends.includes(name));
    if (ends.includes(name)) ends.forEach((end) => tied.add(end));
  }
  for (const box of document.querySelectorAll(".box")) box.classList.toggle("faded", !tied.has(box.dataset.name));
}
for (const box of document.querySelectorAll(".box")) {
  for (const comes of ["pointerenter", "focus"]) box.addEventListener(comes, () => near(box.dataset.name));
  for (const goes of ["pointerleave", "blur"]) box.addEventListener(goes, search);
}
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="[[policy]]">
<title>[[title]]</title>
<style>[[style]]</style>
</head>
<body>
<header><h1>[[title]] <small>collections: [[count]]</small></h1>
<label>Search <input type="search" placeholder="a name, a type, a rule" autocomplete="off"></label>
<output aria-live="polite"></output></header>
<main>
<figure tabindex="0" aria-label="Collections and relations; * is required, a thick line leads to several">
[[drawing]]
</figure>
[[sections]]
</main>
<script>[[script]]</script>
</body>
</html>
"""
