"""What the scripts offer, and what the pages name of it."""

from __future__ import annotations

import argparse
import importlib
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from .pages import ROOT, plain

SCRIPTS = sorted(path.stem for path in (ROOT / "scripts").glob("pb_*.py"))
# Every command has them; the front page says so once.
COMMON = {"-h", "--help", "--debug", "--env", "--format", "--json", "--full", "--quiet"}

_MENTION = re.compile(r"(pb_\w+)\.py\b([^`\n]*)")
_END = re.compile(r"\s(?:\||&&|#|;|>|2>)|;|\)$")


class Command(NamedTuple):
    """A verb of a script ("" for the script itself) and its options."""

    script: str
    verb: str
    options: frozenset[str]
    flags: tuple[tuple[str, ...], ...]

    def undocumented(self, text: str) -> list[str]:
        """Return the flags that a text names by none of their spellings."""
        return [names[0] for names in self.flags if not any(name in text for name in names)]


class Mention(NamedTuple):
    """A command line that a page names."""

    script: str
    verb: str
    options: frozenset[str]
    text: str


@cache
def commands() -> list[Command]:
    """Return what all scripts offer, read from their parsers."""
    found: list[Command] = []
    for script in SCRIPTS:
        module = importlib.import_module(script)
        if hasattr(module, "build_parser"):
            found += _commands(script, "", module.build_parser())
    return found


def _commands(script: str, verb: str, parser: argparse.ArgumentParser) -> Iterator[Command]:
    flags = tuple(tuple(action.option_strings) for action in parser._actions if action.option_strings)
    flags = tuple(names for names in flags if not COMMON.intersection(names))
    yield Command(script, verb, frozenset(name for names in flags for name in names), flags)
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, below in action.choices.items():
                yield from _commands(script, f"{verb} {name}".strip(), below)


def mentions(text: str) -> Iterator[Mention]:
    """Return the command lines of a page that begin with a script's name."""
    for found in _MENTION.finditer(text):
        rest = _END.split(found[2])[0]
        try:
            words = shlex.split(rest)
        except ValueError:
            words = rest.split()
        verbs = {command.verb for command in commands() if command.script == found[1]}
        verb = ""
        while words and f"{verb} {words[0]}".strip() in verbs:
            verb = f"{verb} {words.pop(0)}".strip()
        options = {word.partition("=")[0] for word in words if re.match(r"--[a-z]", word)}
        named = verb or (words[0] if words and re.fullmatch(r"[a-z][a-z-]+", words[0]) else "")
        yield Mention(found[1], named, frozenset(options - COMMON), found[0])


def wrong(mention: Mention) -> str:
    """Return what is wrong with a command line that a page names, or nothing."""
    if mention.script not in SCRIPTS:
        return f"{mention.text!r}: there is no {mention.script}.py"
    own = [command for command in commands() if command.script == mention.script]
    command = next((one for one in own if one.verb == mention.verb), None)
    if command is None:
        return f"{mention.text!r}: {mention.script}.py has no verb {mention.verb!r}" if len(own) > 1 else ""
    unknown = mention.options - command.options
    return f"{mention.text!r}: unknown {', '.join(sorted(unknown))}" if unknown else ""


def anchors(path: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ +(.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {anchor(heading) for heading in headings}


def anchor(heading: str) -> str:
    """Return the anchor of a heading."""
    return re.sub(r"[^\w\- ]", "", plain(heading).lower()).replace(" ", "-")
