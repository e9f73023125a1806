"""Rules judged on a live server without a write: the superuser asks with what this person is and sends put in.

A comparison with `?` asks for any row, so it is asked once for each; one without asks that all rows agree.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from _pb.access.live_paths import Ends, LivePaths, Place
from _pb.access.readings import is_constant, read
from _pb.languages.rules import Comparison, Group, Operand, Rule, comparisons, parse, paths, tidy
from _pb.languages.spans import replaced
from _pb.records.filters import literal, quoted
from _pb.schema.rule_paths import MACROS, rule_problem
from pb_common import Client, PBRequestError, with_query
from pb_common.login_errors import SUPERUSERS
from pb_common.paths import records_path
from pb_common.schema_types import Collection

# A filter may have 3,500 characters and 200 comparisons, and a path beside it is needed, too.
_LONGEST = 2500
_MOST_COMPARISONS = 150
_MOST_SHOWN = 5
_LONG_TEXT = 60


class Asked(NamedTuple):
    """A request whose rule is judged: about which record, by whom, and what is sent.

    `stored` is the id of the record that a filter finds, "" for one that is not there yet, whose values are `record`.
    """

    base: Collection
    record: Place
    stored: str
    auth: Place
    body: Mapping[str, Any]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    method: str
    context: str = "default"

    def start(self, operand: Operand) -> tuple[str, Place] | None:
        """Return where a path starts whose value is put in, with a name for that; None for what the server finds."""
        if operand.kind != "path" or is_constant(operand) or operand.text in MACROS:
            return None
        first, second = [*operand.text.split("."), ""][:2]
        if first == "@request" and second in ("context", "method"):
            return None
        if first == "@request":
            places = {"auth": self.auth, "body": Place(self.body, self.base)}
            plain = {"query": Place(self.query), "headers": Place(self.headers)}
            return second.partition(":")[0], {**places, **plain}.get(second, Place({}))
        if first.startswith("@") or self.stored:
            return None
        return "record", self.record


class Judged(NamedTuple):
    """A part of a rule by itself, whether it holds, how its own parts are joined ("" for none), and those.

    `sides` are the values of a comparison's two sides, as far as they can be read, `sign` is what stands between them.
    """

    text: str
    holds: bool
    join: str
    parts: list[Judged]
    sides: tuple[list[Any], list[Any]] | None = None
    sign: str = ""

    def as_data(self, depth: int = 0) -> list[dict[str, Any]]:
        """Return the part and its own parts, each with what it came to; `depth` says which belong together."""
        found: dict[str, Any] = {"part": self.text, "holds": self.holds, "joint": self.join, "depth": depth}
        if self.sides:
            found["left"], found["right"] = self.sides
        return [found, *(item for part in self.parts for item in part.as_data(depth + 1))]

    def decided(self) -> str:
        """Return a sentence that names the smallest parts on which the outcome rests, with what their sides are."""
        if not self.parts:
            words = f"{'holds' if self.holds else 'does not hold'}: {self.text}"
            return f"{words} ({_shown(self.sides[0])} {self.sign} {_shown(self.sides[1])})" if self.sides else words
        if self.join == "&&" and not self.holds and all(part.holds for part in self.parts):
            return f"Each part holds, but not all of them for the same joined record: {self.text}"
        joined = "&&" if self.holds else "||"
        return "; ".join(part.decided() for part in self.parts if self.join == joined or part.holds == self.holds)


class Broken(Exception):
    """A rule that the server cannot read any more; the message says why."""


class LiveRules:
    """Judges rules on a live server."""

    def __init__(self, client: Client, paths: LivePaths) -> None:
        self._client = client
        self._paths = paths
        self._parameters: dict[str, str] = {}

    def judged(self, rule: str, asked: Asked) -> Judged:
        """Return what came of a rule and of each of its parts; raise Broken where the server cannot read it."""
        tree = read(rule)
        problem = rule_problem(rule, asked.base, self._paths.schema)
        if tree is None or (problem and not problem.silent):
            raise Broken(problem.message if problem else "it cannot be read")
        try:
            return self._judged(tree, rule, asked)
        except PBRequestError as error:
            if error.status != 400:
                raise
            raise Broken(f"the server answers {error.status} to it") from error

    def _judged(self, part: Rule, rule: str, asked: Asked) -> Judged:
        holds = self._holds(part, rule, asked)
        if isinstance(part, Comparison):
            return Judged(tidy(part, rule), holds, "", [], self._sides(part, asked), part.sign)
        return Judged(tidy(part, rule), holds, part.join, [self._judged(one, rule, asked) for one in part.items])

    def _holds(self, part: Rule, rule: str, asked: Asked) -> bool:
        """Tell whether a part of a rule holds for any choice of rows."""
        every = self._ends(list(paths(part)), asked)
        values = {text: _unique(ends[text] for ends in every) for text in every[0]} if every else {}
        texts = [self._put_in(part, rule, ends, values) for ends in every]
        each = len(list(comparisons(part)))
        waiting: list[str] = []
        for text in dict.fromkeys(texts):
            if waiting and (sum(map(len, waiting)) + len(text) > _LONGEST or each * len(waiting) > _MOST_COMPARISONS):
                if self._is_met(waiting, asked):
                    return True
                waiting = []
            waiting.append(text)
        return self._is_met(waiting, asked)

    def _ends(self, operands: list[Operand], asked: Asked) -> list[Ends]:
        found = [(operand, start) for operand in operands if (start := asked.start(operand))]
        plain = [(operand, *start) for operand, start in found if operand.names()[1].text != "changed"]
        every = self._paths.ends(plain)
        changed = {one.text: self._is_changed(one, asked) for one, _ in found if one.names()[1].text == "changed"}
        fixed = {"@request.context": asked.context, "@request.method": asked.method}
        return [{**ends, **fixed, **changed} for ends in every]

    def _is_changed(self, operand: Operand, asked: Asked) -> bool:
        """Tell whether a request sends another value than there is, which is how PocketBase reads :changed."""
        name = operand.names()[0][-1].text
        same = f"@request.body.{name} != {name}"
        return name in asked.body and self._holds(parse(same), same, asked)

    def _is_met(self, texts: list[str], asked: Asked) -> bool:
        """Ask the server whether one of several conditions holds, of the record or, where none is stored, at all."""
        name, both = (asked.base["name"], f"id = {quoted(asked.stored)} && ") if asked.stored else (SUPERUSERS, "")
        filter = f"{both}({' || '.join(texts)})"
        sent = {name: value for value, name in self._parameters.items() if f"@request.query.{name}" in filter}
        query = {"filter": filter, "perPage": 1, "skipTotal": 1, "fields": "id", **sent}
        return bool(self._client.call("GET", with_query(records_path(name), **query))["items"])

    def _put_in(self, part: Rule, rule: str, ends: Ends, values: Mapping[str, list[Any]]) -> str:
        """Return a part of a rule with values in the places of paths: of one choice of rows, without ? of all."""
        if isinstance(part, Group):
            return f" {part.join} ".join(f"({self._put_in(item, rule, ends, values)})" for item in part.items)
        known = list(dict.fromkeys(operand.text for operand in paths(part) if operand.text in ends))
        if part.sign.startswith("?"):
            return self._with_values(part, rule, {text: ends[text] for text in known})
        every = itertools.product(*(values[text] for text in known))
        return " && ".join(self._with_values(part, rule, dict(zip(known, several))) for several in every)

    def _with_values(self, part: Comparison, rule: str, values: Mapping[str, Any]) -> str:
        spots = [operand for operand in paths(part) if operand.text in values]
        changes = [(spot.start - part.start, spot.end - part.start, self._literal(spot, values)) for spot in spots]
        return replaced(rule[part.start : part.end], changes)

    def _literal(self, spot: Operand, values: Mapping[str, Any]) -> str:
        """Return a value as it is put in the place of a path.

        Versions read a backslash in a text differently, and some know no :lower: such a text goes along in the query.
        """
        value, lower = values[spot.text], ":lower" if spot.names()[1].text == "lower" else ""
        if not isinstance(value, str) or not (lower or "\\" in value):
            return literal(value)
        return f"@request.query.{self._parameters.setdefault(value, f'value{len(self._parameters)}_')}{lower}"

    def _sides(self, part: Comparison, asked: Asked) -> tuple[list[Any], list[Any]] | None:
        """Return the values of the two sides that are worth a look, None where there are none."""
        sides = [self._seen(side, asked) for side in (part.left, part.right)]
        return (sides[0] or [], sides[1] or []) if None not in sides else None

    def _seen(self, side: Operand, asked: Asked) -> list[Any] | None:
        if side.kind in ("text", "number") or side.text.lower() in ("true", "false", "null"):
            return [literal_value(side)]
        if side.kind == "call" or side.text in MACROS:
            return None
        if side.begins("@collection"):
            return self._seen_elsewhere(side)
        if side.begins("@request") or asked.start(side):
            found = self._ends([side], asked)
        else:
            found = self._paths.ends([(side, "record", asked.record)])
        return _unique(ends[side.text] for ends in found)[:_MOST_SHOWN]

    def _seen_elsewhere(self, side: Operand) -> list[Any]:
        collection = self._paths.schema.get(side.names()[0][1].cut(":")[0].text)
        rows = self._paths.rows(collection) if collection else []
        text = side.text.split(".", 2)[2]
        operand = Operand("path", text, 0, len(text))
        found = [ends[text] for row in rows for ends in self._paths.ends([(operand, "", Place(row, collection))])]
        return _unique(found)[:_MOST_SHOWN]


def literal_value(side: Operand) -> Any:
    """Return the value that stands in a rule."""
    if side.kind == "text":
        return side.text
    if side.kind == "number":
        return float(side.text) if "." in side.text else int(side.text)
    return {"true": True, "false": False}.get(side.text.lower())


def _unique(values: Iterable[Any]) -> list[Any]:
    return list({f"{type(value).__name__}:{value}": value for value in values}.values())


def _shown(values: list[Any]) -> str:
    words: Iterator[str] = (literal(value) for value in values)
    return " or ".join(word if len(word) <= _LONG_TEXT else f"{word[:_LONG_TEXT]}..." for word in words) or "no row"
