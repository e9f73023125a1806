"""Patterns of routes, as Go's router compares them: `/posts/{id}`, `/files/{path...}`, `/posts/{$}`."""

from __future__ import annotations

_ONE, _REST = "{}", "{...}"


def clash(one: str, other: str) -> bool:
    """Tell whether two patterns match a path in common and neither is the more exact one, which the router refuses."""
    a, b = _segments(one), _segments(other)
    if not _meet(a, b):
        return False
    return _covers(a, b) == _covers(b, a)


def _segments(pattern: str) -> list[str]:
    parts = pattern.partition("/")[2].split("/")
    found = [_ONE if part[:1] == "{" and part[-1:] == "}" else part for part in parts]
    if parts[-1] == "":
        found[-1] = _REST  # what ends in a slash matches all below
    elif parts[-1] == "{$}":
        found[-1] = ""
    elif parts[-1].endswith("...}"):
        found[-1] = _REST
    return found


def _meet(a: list[str], b: list[str]) -> bool:
    """Tell whether a path matches both."""
    if not a or not b:
        return not a and not b
    if _REST in (a[0], b[0]):
        return True
    same = a[0] == b[0] or (_ONE in (a[0], b[0]) and "" not in (a[0], b[0]))
    return same and _meet(a[1:], b[1:])


def _covers(a: list[str], b: list[str]) -> bool:
    """Tell whether each path that matches `b` matches `a`."""
    if not a or not b:
        return not a and not b
    if a[0] == _REST:
        return True
    if b[0] == _REST:
        return False
    same = a[0] == b[0] or (a[0] == _ONE and b[0] != "")
    return same and _covers(a[1:], b[1:])
