"""A schema written otherwise that means the same is read the same: every reading, finding and plan."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from _pb.languages import rules, sql
from _pb.languages.indexes import canonical, read_index
from _pb.languages.rules import Comparison, Operand, Rule, parse, paths
from _pb.languages.views import read_query
from _pb.schema.after import change
from _pb.schema.check import check
from _pb.schema.diagram import diagram
from _pb.schema.export import RULES
from _pb.schema.fresh import fresh_collections
from _pb.schema.leaks import broken_rules, schema_leaks
from _pb.schema.lookup import Schema
from _pb.schema.mentions import mentions
from _pb.schema.plan import plan
from _pb.schema.resolve import resolve
from _pb.schema.rule_paths import rule_problem
from _pb.schema.upgrade import is_legacy, upgrade

Json = Any  # a document as a test writes it, right or wrong
CORPUS = sorted((Path(__file__).parents[1] / "data" / "schemas").glob("*/*.json"))
MIRRORED = {"=": "=", "!=": "!=", ">": "<", "<": ">", ">=": "<=", "<=": ">="}
KEYWORDS = {
    *("create", "unique", "index", "on", "where", "select", "from", "join", "left", "inner", "group", "by", "order"),
    *("as", "and", "or", "not", "null", "is", "having", "distinct", "union", "all", "asc", "desc", "collate", "limit"),
}


class Rewriter:
    """Writes rules, index statements and queries otherwise, in the way that a seed decides."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def rule(self, text: str) -> str:
        """Return a rule with other spaces, quotes, brackets, sides, and an old rule in a comment."""
        try:
            written = self._part(parse(text), text)
        except rules.RuleError:
            return text
        return f"{written} // @request.auth.id = owner && (old"

    def _part(self, rule: Rule, text: str) -> str:
        if isinstance(rule, Comparison):
            left, right = self._operand(rule.left, text), self._operand(rule.right, text)
            mark, sign = ("?", rule.sign[1:]) if rule.sign.startswith("?") else ("", rule.sign)
            if sign in MIRRORED and self.random.random() < 0.5:
                left, right, sign = right, left, MIRRORED[sign]
            return self._bracketed(f"{left}{self._space()}{mark}{sign}{self._space()}{right}")
        items = [self._part(item, text) for item in rule.items]
        if rule.join == "||" or self.random.random() < 0.3:
            items = [f"({item})" if "||" in item or self.random.random() < 0.3 else item for item in items]
        return f"({f'{self._space()}{rule.join}{self._space()}'.join(items)})"

    def _operand(self, operand: Operand, text: str) -> str:
        written = text[operand.start : operand.end]
        if operand.kind == "text" and not set("'\"\\").intersection(written[1:-1]):
            quote = self.random.choice("'\"")
            return f"{quote}{written[1:-1]}{quote}"
        return written

    def _bracketed(self, text: str) -> str:
        return f"({self._space()}{text}{self._space()})" if self.random.random() < 0.3 else text

    def _space(self) -> str:
        return self.random.choice([" ", "  ", "\n", "\t", " // a = 1 || b\n "])

    def statement(self, text: str, comments: bool) -> str:
        """Return SQL with other spaces, other case of its keywords, and comments where spaces are."""
        gaps = [" ", "\n  ", "\t", *(["/* FROM x, ( */ ", " -- it's `old`\n"] if comments else [])]
        written, end = "", 0
        for token in sql.tokens(text):
            gap = text[end : token.start]
            written += self.random.choice(gaps) if gap else ""
            word = token.written
            if token.kind == "word" and word.lower() in KEYWORDS:
                word = self.random.choice([word.lower(), word.upper(), word.capitalize()])
            written += word + ("\n" if word.startswith("--") else "")
            end = token.end
        return written

    def index(self, text: str, comments: bool = False) -> str:
        """Return an index statement with its names in other quotes, too."""
        index = read_index(text)
        names = {name.lower() for name in index.columns} if index else set()
        written, end = "", 0
        for token in sql.tokens(text):
            word = token.written
            if token.name.lower() in names and token.kind in ("word", "quoted") and word[0] != '"':
                word = self.random.choice([f"`{token.name}`", f"[{token.name}]", token.name])
            written += text[end : token.start] + word
            end = token.end
        return self.statement(written, comments)

    def collection(self, item: Json) -> Json:
        """Return a collection with all of these written otherwise."""
        changed: Json = {key: self.rule(item[key]) for key in RULES if item.get(key)}
        if item.get("viewQuery"):
            changed["viewQuery"] = self.statement(item["viewQuery"], comments=True)
        if item.get("indexes"):
            changed["indexes"] = [self.index(statement) for statement in item["indexes"]]
        return {**item, **changed}


def read(path: Path) -> list[Json]:
    document = json.loads(path.read_text("utf-8"))
    found: list[Json] = document if isinstance(document, list) else document["collections"]
    return upgrade(found)[0] if is_legacy(found) else found


def named(findings: Any) -> list[tuple[str, str]]:
    return sorted((finding.kind, finding.place) for finding in findings)


def readings(collections: list[Json]) -> Iterator[Any]:
    """Yield what is read and found in a schema, without the texts themselves."""
    fresh = fresh_collections()
    errors, warnings = check(collections, fresh)
    yield named(errors), named(warnings)
    after = change(collections, fresh, False, False).after
    yield [named(found) for found in schema_leaks(after.collections)], named(broken_rules(after.collections))
    yield diagram(after.collections)
    yield [[(f.get("name"), f.get("type")) for f in item.get("fields") or []] for item in after.collections]
    known = {item["name"].lower(): {f["name"].lower() for f in item.get("fields") or []} for item in after.collections}
    for item in after.collections:
        for key in RULES:
            if rule := item.get(key):
                yield item["name"], key, *rule_reading(rule, item, after)
        for statement in item.get("indexes") or []:
            index = read_index(statement)
            yield index and (index.name, index.unique, index.unique_columns, index.keys, sorted(index.columns))
        if item.get("viewQuery"):
            query = read_query(item["viewQuery"], known)
            columns = [(made.name, made.origin) for made in query.columns]
            yield columns, [found[2:] for found in query.references], query.tables, query.is_single


def rule_reading(rule: str, item: Json, schema: Schema) -> tuple[Any, ...]:
    if (problem := rule_problem(rule, item, schema)) and problem.message.startswith("character"):
        return ("unread",)
    found = sorted((mention.collection["name"], mention.field or "") for mention in mentions(rule, item, schema))
    return problem is None, sorted(path.text for path in paths(parse(rule))), found


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_what_means_the_same_is_read_the_same(path: Path) -> None:
    collections = read(path)
    rewriter = Rewriter(int(path.stem))
    before = list(readings(copy.deepcopy(collections)))
    for _ in range(2):
        rewritten = [rewriter.collection(item) for item in copy.deepcopy(collections)]
        for one, other in zip(before, readings(rewritten)):
            assert one == other


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_what_means_the_same_is_planned_the_same(path: Path) -> None:
    collections = read(path)
    rewriter = Rewriter(int(path.stem))
    rewritten = [rewriter.collection(item) for item in copy.deepcopy(collections)]
    fresh: list[Json] = [
        {**item, "indexes": item["indexes"], **dict.fromkeys(("listRule",))} for item in fresh_collections()
    ]
    spoken = {"from", "to", "index"}

    def planned(wanted: list[Json]) -> list[Json]:
        changes = plan(resolve(wanted, fresh), fresh)
        # A rule that is written otherwise is shown: only who wrote it knows that it means the same.
        changes = [item for item in changes if item.get("property") not in RULES]
        return [{key: value for key, value in change.items() if key not in spoken} for change in changes]

    assert planned(rewritten) == planned(collections)
    for item, other in zip(collections, rewritten):
        for one, two in zip(item.get("indexes") or [], other.get("indexes") or []):
            assert canonical(one, item["name"]) == canonical(two, item["name"])


def test_the_rewriting_itself_changes_every_kind() -> None:
    rewriter = Rewriter(1)
    changed = [rewriter.collection(item) != item for path in CORPUS for item in read(path)]
    assert sum(changed) > 100


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CREATE UNIQUE INDEX i ON t (a) WHERE b = 1", "create unique index `i` on [t] ( /* x, y */ a )\nwhere b = 1"),
        ("CREATE INDEX i ON t (a, b DESC)", "CREATE INDEX IF NOT EXISTS i ON t (`a`, -- b\n [b] desc);"),
    ],
)
def test_comments_in_an_index_are_not_read(one: str, other: str) -> None:
    first, second = read_index(one), read_index(other)
    assert first is not None
    assert second is not None
    assert first == second
