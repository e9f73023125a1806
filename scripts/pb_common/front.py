"""The one name for all scripts, `pb`: which words it takes, and how commands read while it is used."""

from __future__ import annotations

import re
from pathlib import Path

from . import system

SCRIPTS = Path(__file__).resolve().parent.parent
_COMMAND = r"(?:\bpython3? )?(?:[^\s'\"`]*/)?\bpb_(\w+)\.py\b"
# How `pb` is typed, "" where a script itself was called.
_front = ""


def known() -> dict[str, str]:
    """Return the module of each script by the word that names it."""
    found = sorted(path.stem for path in SCRIPTS.glob("pb_*.py"))
    return {name[3:].replace("_", "-"): name for name in found}


def use_front(program: str) -> None:
    """Let commands be told as `program` calls them: `pb` where it is installed, else the script pb.py."""
    global _front
    installed = not program.endswith(".py")
    _front = "pb" if installed else f"{system.python()} {_quoted(program)}"


def _quoted(program: str) -> str:
    return f'"{program}"' if " " in program else program


def front() -> str:
    """Return how `pb` is typed, "" where a script itself was called."""
    return _front


def in_words(text: str) -> str:
    """Return a text whose commands are told as they are called here."""
    if not _front:
        return text
    return re.sub(_COMMAND, lambda found: f"{_front} {found[1].replace('_', '-')}", text)
