"""The words that may stand where the cursor is: verbs, options, and the names of the live server."""

from __future__ import annotations

import argparse
import importlib
import re
from collections.abc import Iterator

from _pb.completion.names import live_names
from pb_common import Client, Outcome
from pb_common.front import known

# What a word or a value of an option stands for, by what the help calls it.
_COLLECTIONS = {"COLLECTION", "NAME", "COLLECTION[/ID]"}
_FIELDS = {"FIELD", "FIELDS", "NAMES", "OLD", "COLUMN", "RELATIONS"}
_OWN = {"completion": "print what makes a shell complete these words"}


def completed(client: Client, args: argparse.Namespace) -> Outcome:
    """Return the candidates for the last of the words, each with what it is behind a tab; no line where files may."""
    words = args.words or [""]
    found = [line for line in _candidates(client, words[:-1]) if line.startswith(words[-1])]
    return Outcome(None, printed="\n".join(dict.fromkeys(found)))


def _candidates(client: Client, before: list[str]) -> Iterator[str]:
    scripts = known()
    if not before:
        for word, module in scripts.items():
            yield f"{word}\t{importlib.import_module(module).build_parser().description}"
        yield from (f"{word}\t{what}" for word, what in _OWN.items())
        return
    if before[0] == "completion" and len(before) == 1:
        yield from ("bash", "zsh", "fish")
    if before[0] not in scripts:
        return
    parser = importlib.import_module(scripts[before[0]]).build_parser()
    rest = before[1:]
    while (below := verbs_of(parser)) is not None:
        if not rest:
            yield from (f"{choice.dest}\t{choice.help}" for choice in below._choices_actions)
            return
        verb = below.choices.get(rest.pop(0))
        if verb is None:
            return
        parser = verb
    yield from _of_a_verb(client, parser, rest)


def verbs_of(parser: argparse.ArgumentParser) -> argparse._SubParsersAction[argparse.ArgumentParser] | None:
    """Return the action that holds a parser's verbs, None for one without."""
    return next((action for action in parser._actions if isinstance(action, argparse._SubParsersAction)), None)


def _of_a_verb(client: Client, parser: argparse.ArgumentParser, given: list[str]) -> Iterator[str]:
    """Yield what may come after the words that a verb was given: the value of an option, a word, or an option."""
    options = {name: action for action in parser._actions for name in action.option_strings}
    if given and given[-1] in options and options[given[-1]].nargs is None:
        yield from _values(client, options[given[-1]], _words(given[:-1], options))
        return
    words = _words(given, options)
    places = [action for action in parser._actions if not action.option_strings]
    place = places[min(len(words), len(places) - 1)] if places else None
    if place is not None and (len(words) < len(places) or place.nargs == "*"):
        yield from _values(client, place, words)
    for name, action in options.items():
        if name.startswith("--") and action.help != argparse.SUPPRESS:
            yield f"{name}\t{action.help}"


def _words(given: list[str], options: dict[str, argparse.Action]) -> list[str]:
    """Return the words among what a verb was given, without its options and their values."""
    words, following = [], iter(given)
    for word in following:
        if word in options:
            if options[word].nargs is None:
                next(following, None)
        elif not word.startswith("-"):
            words.append(word)
    return words


def _values(client: Client, action: argparse.Action, words: list[str]) -> Iterator[str]:
    if action.choices:
        yield from map(str, action.choices)
        return
    name = str(action.metavar or "")
    if name in _COLLECTIONS and action.dest != "environment":
        yield from live_names(client)
    elif name in _FIELDS:
        names = live_names(client)
        fields = names.get(words[0], []) if words else sorted({field for all_ in names.values() for field in all_})
        yield from (field for field in fields if re.fullmatch(r"\w+", field))
