"""Which names a JavaScript text declares, and where each of them can be seen."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Callable, Generic, NamedTuple, TypeVar

from _pb.languages.javascript import Path, Source, Span
from _pb.languages.javascript_tokens import MARK, NAME, NUMBER, TEXT

_CONTROL = frozenset(["if", "for", "while", "switch", "with"])
_NO_PARAMETERS = frozenset({*_CONTROL, "function", "return", "typeof", "await"})
_NOTHING = Span(0, 0)
# Words that mean something only in their place, and are no names there.
_CONTEXTUAL = frozenset(["of", "get", "set", "static", "from", "as", "arguments", "undefined"])


class Declared(NamedTuple):
    """A name, the token that declares it, and the tokens among which it can be seen.

    `kind` is const, let, var, function, class, parameter, caught or assigned; `value` what it is given at once, and
    `key` the property of that which it takes where a pattern takes it apart ("" otherwise, "?" for what is deeper).
    """

    name: str
    token: int
    seen: Span
    kind: str = ""
    value: Span = _NOTHING
    key: str = ""


class Body(NamedTuple):
    """A function of the text: its first token, its parameters, its body with its braces, and the first token behind."""

    first: int
    parameters: Span
    body: Span


_Thing = TypeVar("_Thing")


class Nested(Generic[_Thing]):
    """Things that hold a span of tokens each, one within another or apart; those of one span in their order."""

    def __init__(self, found: Iterable[_Thing], span: Callable[[_Thing], Span]) -> None:
        self.all = list(found)
        spans = ((span(one), number) for number, one in enumerate(self.all))
        self._sorted = sorted((first, -last, -number) for (first, last), number in spans)
        self._firsts = [first for first, _, _ in self._sorted]
        # For each the one around it, -1 where there is none.
        self._around: list[int] = []
        open_: list[int] = []
        for place, (first, _, _) in enumerate(self._sorted):
            while open_ and -self._sorted[open_[-1]][1] <= first:
                open_.pop()
            self._around.append(open_[-1] if open_ else -1)
            open_.append(place)

    def at(self, token: int) -> _Thing | None:
        """Return the innermost that holds a token, the first of several with the same span."""
        place = bisect_right(self._firsts, token) - 1
        while place >= 0 and token >= -self._sorted[place][1]:
            place = self._around[place]
        return self.all[-self._sorted[place][2]] if place >= 0 else None


class Scopes:
    """The declarations of a text: variables, functions, classes, parameters, what is caught, what a loop counts."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._blocks, self._class_bodies = _enclosing(source)
        self.functions, caught = self._functions()
        self._by_place = Nested(self.functions, lambda one: Span(one.parameters.first, one.body.last))
        self._bodies = Nested((one.body for one in self.functions), lambda body: body)
        self.declared = [
            *self._parameters(self.functions, "parameter"),
            *self._parameters(caught, "caught"),
            *self._variables(),
        ]
        self._by_name = self._named()
        self.declared += list(self._assigned())
        self._by_name = self._named()
        self.declared.sort(key=lambda one: one.token)
        self._tokens = [one.token for one in self.declared]

    def declared_in(self, first: int, last: int) -> list[Declared]:
        """Return what is declared by the tokens from `first` up to `last`."""
        return self.declared[bisect_left(self._tokens, first) : bisect_left(self._tokens, last)]

    def _named(self) -> dict[str, Nested[Declared]]:
        by_name: dict[str, list[Declared]] = {}
        for one in self.declared:
            by_name.setdefault(one.name, []).append(one)
        return {name: Nested(found, lambda one: one.seen) for name, found in by_name.items()}

    def top_level(self) -> dict[str, int]:
        """Return the names that the whole file can see, each with its token."""
        return {one.name: one.token for one in self.declared if one.seen == self._source.whole}

    def find(self, name: str, token: int) -> Declared | None:
        """Return what declares a name that is used at a token: the innermost of those that are seen there."""
        found = self._by_name.get(name)
        return found.at(token) if found else None

    def from_outside(self, span: Span) -> Iterator[tuple[Path, Declared | None]]:
        """Yield the paths of a span that begin with a name from outside, with what declares it in this file, if any."""
        for path in self._source.paths(span):
            if path.root in _CONTEXTUAL or self._source.word(path.first - 1) == "typeof" or self.is_member(path.first):
                continue
            found = self.find(path.root, path.first)
            if found is None or not span.first <= found.token < span.last:
                yield path, found

    def is_member(self, token: int) -> bool:
        """Tell whether a name stands in the body of a class, and so names a member of it."""
        return self._blocks[token] in self._class_bodies and not self._is_value(token)

    def _is_value(self, token: int) -> bool:
        """Tell whether a token in the body of a class belongs to the value of a field: `name = value`."""
        opening = self._blocks[token]
        for index in range(token - 1, opening, -1):
            word = self._source.word(index)
            if word == "=" and self._blocks[index] == opening:
                return True
            if word in (";", "}") and self._blocks[index] in (opening, -1):
                return False
        return False

    def is_tried(self, token: int) -> bool:
        """Tell whether a token stands in what is tried, so that an error there is caught."""
        opening = self._blocks[token]
        while opening >= 0:
            if self._source.word(opening - 1) == "try":
                return True
            opening = self._blocks[opening]
        return False

    def function_at(self, token: int) -> Body | None:
        """Return the innermost function whose body or parameters hold a token."""
        return self._by_place.at(token)

    @cached_property
    def guarded(self) -> frozenset[str]:
        """The names that the text asks `typeof` about, and so does not rely on."""
        source = self._source
        words = (source.word(index + 1 + (source.word(index + 1) == "(")) for index in self._typeofs())
        return frozenset(words)

    @cached_property
    def asked_for(self) -> frozenset[tuple[str, ...]]:
        """The paths, as words, that the text asks `typeof` about: `typeof e.formValue`."""
        word = self._source.word
        return frozenset(
            path.names
            for path in self._source.paths()
            if word(path.first - 1) == "typeof" or (word(path.first - 1) == "(" and word(path.first - 2) == "typeof")
        )

    def _typeofs(self) -> Iterator[int]:
        return (index for index, token in enumerate(self._source.tokens) if token.text == "typeof")

    # Functions

    def _functions(self) -> tuple[list[Body], list[Body]]:
        """Return the functions of the text, and what catches."""
        source = self._source
        found, caught = [], []
        arrows = self._arrow_bodies()
        for index, token in enumerate(source.tokens):
            if token.kind != MARK:
                continue
            if token.text == "=>":
                in_brackets = source.word(index - 1) == ")"
                opening = source.opening(index - 1) if in_brackets else index - 2
                first = opening + (not in_brackets)
                first -= source.word(first - 1) == "async"
                span = Span(opening + 1, index - 1 if in_brackets else index)
                found.append(Body(first, span, arrows[index]))
            elif token.text == "(" and source.word(source.closing(index) + 1) == "{":
                before, start = source.word(index - 1), source.closing(index) + 1
                body = Body(index, Span(index + 1, source.closing(index)), Span(start, source.closing(start) + 1))
                if before == "catch" and source.word(index - 2) == "}":
                    caught.append(body)
                    continue
                kinds = (NAME, TEXT, NUMBER)
                named = index > 0 and (source.tokens[index - 1].kind in kinds or before in ("]", "*"))
                if before == "function" or (named and before not in _NO_PARAMETERS):
                    found.append(body._replace(first=self._beginning(index)))
        return found, caught

    def _beginning(self, opening: int) -> int:
        """Return the first token of a function whose parameters open at a token."""
        source = self._source
        for back in (1, 2, 3):
            if source.word(opening - back) == "function":
                return opening - back - (source.word(opening - back - 1) == "async")
        return opening - 1

    def _arrow_bodies(self) -> dict[int, Span]:
        """Return the bodies of the arrow functions by their arrows."""
        source, last = self._source, len(self._source.tokens)
        found: dict[int, Span] = {}
        arrows = [index for index, token in enumerate(source.tokens) if token.kind == MARK and token.text == "=>"]
        for index in reversed(arrows):
            start = index + 1
            if source.word(start) == "{":
                found[index] = Span(start, source.closing(start) + 1)
                continue
            # Of one that gives another, a => b => c, the inner one ends at the same place.
            inner = next((place for place in (start + 1, source.closing(start) + 1) if place in found), None)
            ends_there = inner is not None and source.word(inner + 1) != "{"
            end = found[inner].last if inner is not None and ends_there else source.end_of_expression(start, last)
            found[index] = Span(start, end)
        return found

    def _parameters(self, functions: list[Body], kind: str) -> Iterator[Declared]:
        for _, parameters, body in functions:
            seen = Span(parameters.first, body.last)
            start = parameters.first
            while start < parameters.last:
                value = Span(start, start)
                yield from (
                    Declared(self._source.word(token), token, seen, kind, value, key)
                    for token, key in self._pattern(start, "")
                )
                end = self._source.end_of_expression(start, parameters.last)
                start = end + 1

    # Variables, functions and classes by name

    def _variables(self) -> Iterator[Declared]:
        for index, token in enumerate(self._source.tokens):
            if token.kind != NAME or token.text not in ("const", "let", "var", "function", "class"):
                continue
            if self._source.word(index - 1) in (".", "?.") or self._source.is_key(index):
                continue
            if token.text in ("const", "let", "var"):
                yield from self._declarators(index)
            else:
                yield from self._definition(index)

    def _definition(self, index: int) -> Iterator[Declared]:
        source, word = self._source, self._source.word(index)
        name = index + 1 + (source.word(index + 1) == "*")
        if name < len(source.tokens) and source.tokens[name].kind == NAME and source.word(name) != "extends":
            end = source.end_of_definition(index)
            value = Span(index, end)
            before = source.word(index - 1 - (source.word(index - 1) == "async"))
            # A function that is a value has its name for itself alone.
            is_value = before in ("=", "(", ",", ":", "return", "=>", "?", "||", "&&", "??", "[", "new", "!")
            yield Declared(source.word(name), name, value if is_value else self._block(index), word, value)

    def _declarators(self, keyword: int) -> Iterator[Declared]:
        seen = self._seen(keyword)
        kind = self._source.word(keyword)
        for start, value in self._source.declarators(keyword):
            yield from (
                Declared(self._source.word(token), token, seen, kind, value, key)
                for token, key in self._pattern(start, "")
            )

    def _assigned(self) -> Iterator[Declared]:
        """Yield the names that are assigned without a declaration, which makes them names of the whole file."""
        source = self._source
        for path in source.paths():
            is_given = source.word(path.last) == "=" and source.word(path.first - 1) != ","
            is_looped = source.word(path.last) in ("of", "in") and source.word(path.first - 2) == "for"
            is_plain = len(path.parts) == 1 and (is_given or is_looped)
            if not is_plain or self.find(path.root, path.first) or self.is_member(path.first):
                continue
            around = self.function_at(path.first)
            seen = Span(around.parameters.first, around.body.last) if around else source.whole
            end = source.end_of_expression(path.last + 1, len(source.tokens))
            yield Declared(path.root, path.first, seen, "assigned", Span(path.last + 1, end))

    def _seen(self, keyword: int) -> Span:
        if self._source.word(keyword) == "var":
            return self._bodies.at(keyword) or self._source.whole
        if self._source.word(keyword - 1) == "(" and self._source.word(keyword - 2) in ("for", "await"):
            closing = self._source.closing(keyword - 1)
            if self._source.word(closing + 1) == "{":
                return Span(keyword, self._source.closing(closing + 1) + 1)
            return Span(keyword, self._source.end_of_statement(closing + 1, len(self._source.tokens)))
        return self._block(keyword)

    def _block(self, token: int) -> Span:
        """Return the innermost block around a token, the whole text where there is none."""
        opening = self._blocks[token]
        return self._source.whole if opening < 0 else Span(opening, self._source.closing(opening) + 1)

    def _pattern(self, start: int, key: str) -> Iterator[tuple[int, str]]:
        """Yield the tokens of the names that a pattern binds: a, {a, b: c, ...d} or [a, , b = 1], with their keys."""
        source = self._source
        if source.word(start) == "...":
            start, key = start + 1, "?"
        if source.word(start) == "{":
            for part in source.arguments(start):
                inside = list(source.flat(part))
                colon = next((token for token in inside if source.word(token) == ":"), None)
                name = "?" if key else source.word(part.first) if part.first < part.last else "?"
                yield from self._pattern(part.first if colon is None else colon + 1, name)
        elif source.word(start) == "[":
            for part in source.arguments(start):
                if part.first < part.last:
                    yield from self._pattern(part.first, "?")
        elif start < len(source.tokens) and source.tokens[start].kind == NAME:
            yield start, key


def _enclosing(source: Source) -> tuple[list[int], frozenset[int]]:
    """Return for each token the innermost brace around it, -1 where there is none; and the braces of classes."""
    around: list[int] = []
    waiting: list[int] = []
    classes = set()
    is_class = False
    for index, token in enumerate(source.tokens):
        while waiting and source.closing(waiting[-1]) <= index:
            waiting.pop()
        around.append(waiting[-1] if waiting else -1)
        if token.kind == MARK and token.text == "{" and source.is_opening(index):
            waiting.append(index)
            if is_class:
                classes.add(index)
                is_class = False
        elif token.text == "class" and token.kind == NAME and source.word(index - 1) not in (".", "?."):
            is_class = not source.is_key(index)
    return around, frozenset(classes)
