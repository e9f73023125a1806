"""How paths and commands read from the working directory."""

from __future__ import annotations

import os
import re
from pathlib import Path

from . import settings, system
from .front import front, in_words, known

# A script without the path to it.
_BARE = r"(?<![\w/\\.-])(?<!python3 )(?<!python )(pb_\w+)\.py\b"


def shown(path: Path) -> str:
    """Return a path as people read it: relative where it lies below the working directory, else whole."""
    try:
        return path.relative_to(Path.cwd()).as_posix()
    except ValueError:
        return str(path)


def quoted(path: Path) -> str:
    """Return a path as a shell takes it, for hints."""
    return typed(str(path))


def script_command(command: str) -> str:
    """Return a command line of this skill as it can be typed in the working directory, for hints.

    It goes to the environment that --env names, as the command does that gives the hint.
    """
    name, _, rest = command.partition(" ")
    chosen = [f"--env {settings.option()}"] if settings.option() else []
    if front() and name:
        return " ".join([in_words(name), *([rest] if rest else []), *chosen])
    scripts = Path(__file__).resolve().parent.parent
    try:
        shown = os.path.relpath(scripts)
    except ValueError:  # another drive
        shown = str(scripts)
    if shown.startswith(os.pardir):
        shown = str(scripts)
    path = name if shown == os.curdir else os.path.join(shown, name)  # noqa: PTH118 - a text for people
    path = f'"{path}"' if " " in path else path
    return " ".join([system.python(), path, *chosen, rest]).rstrip()


def in_full(hint: str) -> str:
    """Return a hint whose commands can be typed in the working directory, those too that name a script alone."""
    return re.sub(_BARE, lambda found: script_command(found[0]) if found[1] in known().values() else found[0], hint)


def typed(argument: str) -> str:
    """Return an argument as it is typed at a prompt, in quotes where it needs them."""
    return system.typed(argument)
