"""Schedules of jobs, as PocketBase reads them: five numbers, ranges or lists, or a macro."""

from __future__ import annotations

import re

MACROS = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))
HOW = 'Write 5 numbers, ranges or lists: minute, hour, day, month, weekday (0-6), such as "0 3 * * *".'


def problem_of(schedule: str) -> str:
    """Return what is wrong with a schedule as the end of a sentence, "" if it is right."""
    parts = schedule.split(" ")
    if schedule.startswith("@"):
        return "" if schedule in MACROS else f"is none of {', '.join(MACROS)}"
    if len(parts) != len(_RANGES):
        return f"has {len(parts)} parts"
    wrong = [part for part, ends in zip(parts, _RANGES) if not _is_part(part, *ends)]
    return f"has {wrong[0]!r}" if wrong else ""


def _is_part(part: str, least: int, most: int) -> bool:
    for piece in part.split(","):
        found = re.fullmatch(r"(?:\*|(\d+)(?:-(\d+))?)(?:/(\d+))?", piece)
        if not found:
            return False
        numbers = [int(one) for one in found.groups()[:2] if one]
        if any(not least <= one <= most for one in numbers) or numbers != sorted(numbers):
            return False
        if found[3] and not 1 <= int(found[3]) <= most:
            return False
    return True
