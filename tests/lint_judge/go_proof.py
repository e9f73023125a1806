"""Go programs that embed PocketBase, built and run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lint_judge.case import Case
from lint_judge.world import World

VERSION = "0.39.11"


def module(folder: Path, version: str) -> None:
    """Make a folder a Go module of this version of PocketBase."""


def proved(chosen: list[Case], worlds: dict[str, World], folder: Path) -> Iterator[str]:
    """Yield for each program what is wrong with it."""
    yield from ()
