"""A matrix as a file that people review, and what differs from it."""

from __future__ import annotations

from typing import Any

from _pb.access.observe import Row
from _pb.access.personas import SUPERUSER
from pb_common import PBUsageError, script_command


def as_data(rows: list[Row]) -> list[dict[str, Any]]:
    """Return rows as a file keeps them: "all" stands for everything that was tried.

    Actors who may do nothing are left out, as is a superuser who may do all.
    """
    return [{**row._asdict(), "allowed": _allowed(row)} for row in rows]


def in_few_words(rows: list[Row]) -> list[dict[str, Any]]:
    """Return rows for reading: without what was tried, and with actors together who may do the same."""
    return [{"collection": row.collection, "action": row.action, "allowed": _together(row)} for row in rows]


def _allowed(row: Row) -> dict[str, Any]:
    short: dict[str, Any] = {}
    for who, names in row.allowed.items():
        everything = len(names) == len(row.tried)
        if names and not (who == SUPERUSER and everything):
            short[who] = "all" if everything else names
    return short


def _together(row: Row) -> dict[str, Any]:
    groups: list[tuple[list[str], Any]] = []
    for who, names in _allowed(row).items():
        same = next((actors for actors, known in groups if known == names), None)
        if same is None:
            groups.append(([who], names))
        else:
            same.append(who)
    return {", ".join(actors): names for actors, names in groups}


def differences(expected: Any, rows: list[Row]) -> list[dict[str, Any]]:
    """Return where a matrix allows more or less than a reviewed one; raise PBUsageError if that is no matrix.

    Each difference has `collection`, `action`, `actor`, and the names that are `widened` or `narrowed`. A name that is
    no longer tried counts as neither.
    """
    after = {(row.collection, row.action): row for row in rows}
    before = {(row.collection, row.action): row for row in _parsed(expected, after)}
    found = []
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key), after.get(key)
        actors = dict.fromkeys([*(old.allowed if old else ()), *(new.allowed if new else ())])
        for actor in actors:
            was, now = _names(old, actor), _names(new, actor)
            tried = set(new.tried) if new else set()
            widened = [name for name in now if name not in was]
            narrowed = [name for name in was if name not in now and (name in tried or not new)]
            if (widened or narrowed) and actor != SUPERUSER:
                change = {"widened": widened, "narrowed": narrowed}
                shown = {kind: names for kind, names in change.items() if names}
                found.append({"collection": key[0], "action": key[1], "actor": actor, **shown})
    return sorted(found, key=lambda item: "widened" not in item)


def reviewed(document: Any) -> Any:
    """Return the matrix of a file of --expect: what --save wrote, or what `matrix` printed, with its envelope.

    Raises PBUsageError if it holds none.
    """
    printed = document.get("data") if isinstance(document, dict) else None
    matrix = printed if isinstance(printed, dict) and "actors" in printed else document
    differences(matrix, [])
    return matrix


def reviewed_rules(expected: Any) -> dict[str, list[str]]:
    """Return the rules that a reviewed matrix was made with, by collection: what they tell apart is tried again."""
    rules = expected.get("rules") if isinstance(expected, dict) else None
    return {
        name: [rule for rule in known if isinstance(rule, str)]
        for name, known in (rules.items() if isinstance(rules, dict) else ())
        if isinstance(known, list)
    }


def _names(row: Row | None, actor: str) -> list[str]:
    return row.allowed.get(actor, []) if row else []


def _parsed(expected: Any, after: dict[tuple[str, str], Row]) -> list[Row]:
    try:
        return [_row(item, after.get((item["collection"], item["action"]))) for item in expected["items"]]
    except (KeyError, TypeError, AttributeError) as error:
        raise _no_matrix() from error


def _row(item: dict[str, Any], now: Row | None) -> Row:
    """Return a row of a matrix; a printed one has actors together who may do the same, and takes what is tried now."""
    tried = item.get("tried") or (now.tried if now else ["all"])
    allowed = {
        who: tried if names == "all" else list(names)
        for actors, names in item["allowed"].items()
        for who in (actors.split(", ") if "tried" not in item else [actors])
    }
    return Row(item["collection"], item["action"], tried, allowed)


def _no_matrix() -> PBUsageError:
    hint = f"Write one with: {script_command('pb_access.py matrix --save access.json')}"
    return PBUsageError("The file of --expect holds no access matrix.", hint=hint)
