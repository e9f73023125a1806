"""Every script, verb and option as data, read from the parsers themselves."""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path
from typing import Any

from pb_common import Client, Outcome, PBUsageError
from pb_common.suggest import suggest

_SCRIPTS = Path(__file__).resolve().parents[2]
# Every command has them.
_COMMON = {"help", "debug", "environment", "shown_as", "full", "quiet"}


def all_commands(client: Client, args: argparse.Namespace) -> Outcome:
    """Return what each script does: its commands and their options; of one script with all that its help says.

    Nothing is sent. Raises PBUsageError for a script that is not there.
    """
    names = sorted(path.stem for path in _SCRIPTS.glob("pb_*.py") if "def build_parser" in path.read_text("utf-8"))
    if args.commands is None:
        found = [_in_short(parser) for name in names for parser in _parsers(name)]
        return Outcome(
            found, hint="--commands SCRIPT adds help, defaults and choices. All take --env NAME, --debug, --help."
        )
    name = args.commands[:-3] if args.commands.endswith(".py") else args.commands
    if name not in names:
        raise PBUsageError(f"There is no script {name!r}.", hint=suggest(name, names), code="unknown_name")
    return Outcome([_in_full(parser) for parser in _parsers(name)])


def _parsers(script: str) -> list[argparse.ArgumentParser]:
    return _below(importlib.import_module(script).build_parser())


def _below(parser: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    """Return the parsers of the verbs, or the parser itself where it has none."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return [verb for below in action.choices.values() for verb in _below(below)]
    return [parser]


def _given(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    return [action for action in parser._actions if action.help != argparse.SUPPRESS and action.dest not in _COMMON]


def _in_short(parser: argparse.ArgumentParser) -> dict[str, Any]:
    words = [_value(action) for action in _given(parser) if not action.option_strings]
    options = [
        _names(action) + ("" if action.nargs == 0 else f" {_value(action)}")
        for action in _given(parser)
        if action.option_strings
    ]
    return {"command": " ".join([parser.prog, *words]), "does": parser.description, "options": options}


def _names(action: argparse.Action) -> str:
    """Return the names of an option, without those of one letter, which say no more."""
    return "|".join(name for name in action.option_strings if name.startswith("--"))


def _in_full(parser: argparse.ArgumentParser) -> dict[str, Any]:
    words = [_argument(action) for action in _given(parser) if not action.option_strings]
    options = [_argument(action) for action in _given(parser) if action.option_strings]
    return {"command": parser.prog, "does": parser.description, "words": words, "options": options}


def _value(action: argparse.Action) -> str:
    """Return what stands for a value, in brackets where it may be left out."""
    value = "|".join(map(str, action.choices)) if action.choices else str(action.metavar or action.dest.upper())
    return f"[{value}]" if action.nargs in ("?", "*") else value


def _argument(action: argparse.Action) -> dict[str, Any]:
    """Return a word or an option: how it is written, what it takes, and whether it is needed or may be repeated."""
    shown: dict[str, Any] = {"names": action.option_strings} if action.option_strings else {}
    if action.nargs != 0:
        shown["value"] = _value(action)
    if action.choices:
        shown["choices"] = [str(choice) for choice in action.choices]
    if action.required and action.nargs != "*":
        shown["required"] = True
    if isinstance(action, argparse._AppendAction) or action.nargs == "*":
        shown["repeatable"] = True
    if isinstance(action.default, (str, int, float)) and not isinstance(action.default, bool):
        shown["default"] = action.default
    shown["help"] = action.help
    return shown
