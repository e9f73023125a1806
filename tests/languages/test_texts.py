"""What the texts of JavaScript and Go stand for, the patterns of fields, and the parameters of routes."""

from __future__ import annotations

import pytest

from _pb.languages.go import TEXT, tokens_of
from _pb.languages.javascript import Source
from _pb.languages.javascript_literals import literal_value
from _pb.languages.patterns import pattern
from _pb.languages.routes import Route


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (r"'\x41\u0042\u{43}\u{1F600}'", "ABC\U0001f600"),
        (r"'\xZZ\u{}\u{110000}'", "xZZu{}u{110000}"),
        ("'a\\\nb\\\r\nc'", "abc"),
        (r"'\n\t\0\q\''", "\n\t\0q'"),
        ("`plain`", "plain"),
        ("`a${1}b`", None),
    ],
)
def test_a_text_of_javascript(written: str, value: str | None) -> None:
    source = Source(written)
    assert source.literal(source.whole) == value


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("{a: -1, 'b': [true, null], 2: undefined}", {"a": -1, "b": [True, None], "2": None}),
        ("{[a]: 1}", None),
        ("{`x${1}`: 1}", None),
        ("[a]", None),
    ],
)
def test_a_literal_of_javascript(written: str, value: object) -> None:
    source = Source(written)
    assert literal_value(source, source.whole) == value


def test_a_text_of_go() -> None:
    found = [token.text for token in tokens_of('a := "x\\n" + `raw\\n` + "\\a"') if token.kind == TEXT]
    assert found == ["x\n", "raw\\n", "\\a"]


@pytest.mark.parametrize(
    ("written", "matching", "other"),
    [
        ("^a.c$", "abc", "a\nc"),
        ("^[^a-c]+$", "xyz", "xbz"),
        (r"^\w{2,3}$", "ab", "abcd"),
        (r"^\D+$", "ab", "a1"),
        ("^(a|bc)*?d$", "abcad", "abd"),
        ("^[^x]$", "é", "x"),
        (r"\d\z", "a1", "1a"),
        ("x?^$", "", "x"),
        ("abc", "xxabcxx" * 9, "ab" * 9),
    ],
)
def test_a_pattern_matches_as_in_go(written: str, matching: str, other: str) -> None:
    found = pattern(written)
    assert found is not None
    assert found.matches(matching)
    assert not found.matches(other)


@pytest.mark.parametrize("written", ["(?i)a", r"\pL", "[[:alpha:]]", "a(", "(a{1000}){1000}", r"\Ba", "(?=a)a"])
def test_a_pattern_that_python_reads_otherwise_is_not_judged(written: str) -> None:
    assert pattern(written) is None


def test_the_parameters_of_a_route() -> None:
    route = Route("GET", "/api/orders/{id}/lines/{line_id}/{rest...}", "")
    assert route.names == ["id", "line_id", "rest"]
    assert route.path == "/api/orders/sample/lines/sample/sample"
    assert route.filled({"id": "7"}) == "/api/orders/7/lines/sample/sample"
