"""The command line of `pb` where its first word names no script: completion, and an answer to everything else."""

from __future__ import annotations

import importlib
import re

from _pb.completion.shells import SHELLS
from _pb.completion.words import verbs_of
from pb_common import Parser, add_verb, add_verbs
from pb_common.front import SCRIPTS


def _does(module: str) -> str:
    """Return what a script says of itself in its first sentence, up to where that goes into its files."""
    text = (SCRIPTS / f"{module}.py").read_text("utf-8")
    found = re.search(r'^"""(.+?)(?:[;:.] |\."?|;)', text, re.MULTILINE)
    said = found[1] if found else module
    return f"{said[:1].lower()}{said[1:]}"


def _with_verb(scripts: dict[str, str], verb: str) -> str:
    """Return the first word of the command that has a verb, "" for none; of several that of the records."""
    for word in sorted(scripts, key=lambda word: word != "records"):
        verbs = verbs_of(importlib.import_module(scripts[word]).build_parser())
        if verbs is not None and verb in verbs.choices:
            return word
    return ""


def build_parser(scripts: dict[str, str], first: str = "") -> Parser:
    """Return the parser, whose verbs are the scripts' words too, so that the help shows them.

    `first` is the first word that was typed: where it is a verb of one of the scripts, the answer names that one.
    """
    parser = Parser(
        prog="pb",
        description="One name for all scripts: `pb records list posts` is `pb_records.py list posts`.",
        examples=["pb records list posts", "pb completion bash", "pb records --help"],
    )
    others = {"start": "server up", "stop": "server down", "login": "auth"}
    if first.isidentifier() and first not in ("completion", "complete", *others) and (of := _with_verb(scripts, first)):
        others[first] = f"{of} {first}"
    verbs = add_verbs(parser, others)
    for word, module in scripts.items():
        add_verb(verbs, word, "_pb.completion.shells:script_of", _does(module), [f"pb {word} --help"])
    help = "print what makes a shell complete verbs, options, collections and fields"
    examples = ["pb completion bash >> ~/.bashrc", "pb completion fish > ~/.config/fish/completions/pb.fish"]
    verb = add_verb(verbs, "completion", "_pb.completion.shells:script_of", help, examples)
    verb.add_argument("shell", choices=SHELLS, metavar="SHELL", help=", ".join(SHELLS))
    verb = add_verb(
        verbs,
        "complete",
        "_pb.completion.words:completed",
        "print what may stand where the last of the words stands (the shells call it)",
        ["pb complete -- records li"],
    )
    verb.add_argument("words", nargs="*", metavar="WORD", help="the words so far; the last one may be empty")
    return parser
