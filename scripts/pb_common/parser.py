"""The command line: a parser whose errors are documents, its verbs, and the options that several verbs share."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Callable

from .errors import PBUsageError
from .formats import FORMATS
from .front import in_words

EXIT_CODES = "exit codes: 0 done, 1 refused by the server or findings, 2 wrong input, 3 no answer, 4 refused for safety"


_WRONG_CHOICE = r"invalid choice: '([^']*)' \(choose from (.*)\)"
_UNKNOWN_OPTION = r"unrecognized arguments: --([\w-]+)"
# Options of every command.
_OF_ALL = ("--help", "--debug", "--env", "--format", "--full", "--quiet")
# How much of a mistyped name must be right: less, and `format` is taken for `sort`.
_NEAR = 0.7
# What other command lines call it, each with the names that it may have here.
_SYNONYMS = {
    "page-size": ("perPage", "limit"),
    "select": ("fields",),
    "columns": ("fields",),
    "order": ("sort",),
    "order-by": ("sort",),
    "where": ("filter",),
    "query": ("filter",),
    "out": ("output", "file"),
    "output": ("file",),
    "force": ("yes",),
    "failed": ("status",),
    "errors": ("level",),
    "port": ("http",),
    "language": ("lang",),
    "data": ("body",),
    "email": ("identity",),
    "ls": ("list",),
    "show": ("get", "describe"),
    "view": ("get",),
    "add": ("create",),
    "new": ("create",),
    "insert": ("create",),
    "edit": ("update",),
    "patch": ("update",),
    "set": ("update", "set-rule"),
    "read": ("view", "get"),
    "up": ("apply",),
    "down": ("revert",),
    "rollback": ("revert",),
    "rm": ("delete",),
    "remove": ("delete",),
    "drop": ("delete",),
}


# What names a value that is not repeated.
_SECRET = re.compile("password|secret|token", re.IGNORECASE)
# How the examples of a script call it.
_AS_WRITTEN = "python3 scripts/"


class Parser(argparse.ArgumentParser):
    """An argument parser that raises PBUsageError, and whose options take a value that begins with a dash.

    `examples` are command lines shown at the end of the help.
    """

    def __init__(self, examples: Sequence[str] = (), **kwargs: Any) -> None:
        shown = "\n".join(f"  {in_words(example)}" for example in examples)
        kwargs["prog"] = in_words(kwargs["prog"]) if "prog" in kwargs else None
        kwargs["epilog"] = (f"examples:\n{shown}\n\n" if examples else "") + EXIT_CODES
        # A command whose own --format is of a file, or has further ones, takes that instead.
        kwargs.setdefault("conflict_handler", "resolve")
        self.other_words: dict[str, str] = {}
        self._examples = list(examples)
        super().__init__(allow_abbrev=False, formatter_class=_HelpFormatter, **kwargs)
        self.set_defaults(acting_as=None)
        # The verbs of the script that this is a verb of, by their names.
        self.beside: dict[str, Parser] = {}
        self._given: list[str] = []
        self.add_argument(
            "--debug", action="store_true", default=argparse.SUPPRESS, help="show a traceback when something fails"
        )
        help = "read .env.NAME instead of .env; it goes before PB_ variables of the environment (also: PB_ENV)"
        self.add_argument("--env", dest="environment", metavar="NAME", default=argparse.SUPPRESS, help=help)
        self._add_looks()
        # What `holds_user_data` and `add_listing` say of a command.
        self.set_defaults(untrusted=False, listing=False)

    def _add_looks(self) -> None:
        """Add how the result is shown; it stands last in the help."""
        looks = self.add_argument_group("what is shown")
        unset = argparse.SUPPRESS
        help = f"{', '.join(FORMATS)} (default: JSON, on a terminal what reads well; also: --json, PB_FORMAT)"
        looks.add_argument("--format", dest="shown_as", choices=FORMATS, metavar="FORMAT", default=unset, help=help)
        short = argparse.SUPPRESS
        looks.add_argument("--json", dest="shown_as", action="store_const", const="json", default=unset, help=short)
        looks.add_argument("--full", action="store_true", default=unset, help="cut no cell, leave out no column")
        help = "no progress, and no line about what was done"
        looks.add_argument("--quiet", action="store_true", default=unset, help=help)

    def error(self, message: str) -> Any:
        """Raise PBUsageError instead of printing text and exiting; the hint names the verb or option that is near."""
        see = f"See: {self.prog} --help"
        one_too_many = message.startswith("unrecognized arguments: ") and not re.search(_UNKNOWN_OPTION, message)
        if ("are required: " in message or one_too_many) and self._examples:
            from .project import in_full

            see += f" - for example: {in_full(self._examples[0].replace(_AS_WRITTEN, ''))}"
        raise PBUsageError(
            f"{message[:1].upper()}{message[1:]}.",
            hint=f"{self._nearest(message)} {see}".lstrip(),
            code="wrong_command_line",
        )

    def _nearest(self, message: str) -> str:
        choice = re.search(_WRONG_CHOICE, message)
        if choice and choice[1] in self.other_words:
            return f"Did you mean {self.other_words[choice[1]]!r}?"
        if choice and (ordered := self._ordered()):
            return ordered
        if choice:
            return _meant(choice[1], re.findall(r"[\w-]+", choice[2]))
        option = re.search(_UNKNOWN_OPTION, message)
        if not option:
            return self._taken() if message.startswith("unrecognized arguments: ") else ""
        if ordered := self._ordered():
            return ordered
        own = [name[2:] for name in self._options() if name.startswith("--")]
        if said := _meant(option[1], own, "--", alike=False):
            return said
        takers = [name for name, verb in self.beside.items() if f"--{option[1]}" in verb._options()]
        if takers:  # no mistype, so that a name that looks like it would mislead
            way = next(filter(None, (self.beside[name]._reading(self._given, self._words()) for name in takers)), "")
            return f"That is an option of {', '.join(takers)}{f': {way} -' if way else '.'}"
        return _meant(option[1], own, "--") or self._without_dashes() or self._taken()

    def _ordered(self) -> str:
        """Return the sentence that says where a verb stands, with the command, where one stands further on."""
        verbs: Any = next((action.choices for action in self._actions if _has_verbs(action)), {})
        verb = next((word for word in self._given if word in verbs), "")
        if not verb:
            return ""
        rest = list(self._given)
        rest.remove(verb)
        return f"The verb comes first: {_line(verbs[verb].prog, rest)} -"

    def _without_dashes(self) -> str:
        """Return the sentence that says how fields are given, "" where none are."""
        if not any(action.dest == "json" and action.nargs == "*" for action in self._actions):
            return ""
        words, left = [], iter(self._given)
        for word in left:
            name = word.partition("=")[0]
            is_field = name.startswith("--") and name not in self._option_string_actions
            words.append(word if not is_field else word[2:] if "=" in word else f"{name[2:]}={next(left, '')}")
        return f"A field has no dashes: {_line(self.prog, words)} -"

    def _words(self) -> list[str]:
        return [action.dest for action in self._actions if not action.option_strings]

    def _reading(self, words: list[str], meant: list[str]) -> str:
        """Return this verb's command with the words of another, which means the words `meant`.

        It is "" where this one does not take them, takes one for something else, or changes something.
        """
        if "--dry-run" in self._options():
            return ""
        try:
            found = vars(self.parse_args(words))
        except PBUsageError:
            return ""
        if any(found[name] not in (None, []) for name in self._words() if name not in meant):
            return ""
        return _line(self.prog, words)

    def _taken(self) -> str:
        """Return the sentence that says which words the command takes, for one word too many."""
        words = [str(action.metavar or action.dest) for action in self._actions if not action.option_strings]
        options = [name for name in self._options() if name.startswith("--") and name not in _OF_ALL]
        beside = f"; its options: {', '.join(options)}" if options else ""
        return f"It takes {' '.join(words) or 'no words'}{beside}."

    def _options(self) -> list[str]:
        return [name for action in self._actions if action.help != argparse.SUPPRESS for name in action.option_strings]

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse with each option's value attached to it, so that `--sort -created` is not read as two options.

        A verb's options may stand anywhere: argparse itself fills an optional argument before it has seen it.
        """
        self._given = sys.argv[1:] if args is None else list(args)
        given = self._with_attached_values(self._given)
        if any(map(_has_verbs, self._actions)):
            self._refuse_unknown(given)
            return super().parse_known_args(given, namespace)
        end = given.index("--") if "--" in given else len(given)
        given[:end] = sorted(given[:end], key=lambda word: not word.startswith("-") or word == "-")
        found, unknown = super().parse_known_args(given, namespace)
        if unknown:  # told here, where it is known whose options there are
            self.error(f"unrecognized arguments: {' '.join(unknown)}")
        return found, unknown

    def _refuse_unknown(self, given: list[str]) -> None:
        """Name an unknown option that stands before the verb, for argparse would take its value for the verb."""
        known = self._option_string_actions
        for word in given:
            if not word.startswith("-") or word == "--":
                return
            if word.partition("=")[0] not in known:
                self.error(f"unrecognized arguments: {word}")

    def _with_attached_values(self, given: list[str]) -> list[str]:
        options = {name for action in self._actions if action.nargs is None for name in action.option_strings}
        attached: list[str] = []
        words = iter(given)
        for word in words:
            if word == "--":
                return [*attached, word, *words]
            value = next(words, None) if word in options else None
            if value == "--":  # argparse would take it for no value at all, and the option for not given
                self.error(f"argument {word}: '--' is no value")
            attached.append(word if value is None else f"{word}={value}")
        return attached


def _has_verbs(action: argparse.Action) -> bool:
    return isinstance(action, argparse._SubParsersAction)


def _line(prog: str, words: Sequence[str]) -> str:
    """Return a command as it is typed, without the passwords and secrets in it."""
    from .project import typed

    shown = [prog]
    is_secret = False
    for word in words:
        name, equals, _ = word.partition("=")
        if is_secret or (word.lstrip()[:1] in ("{", "[") and _SECRET.search(word)):
            shown.append("...")
            is_secret = False
        else:
            names_one = bool(_SECRET.search(name))
            shown.append(f"{name}=..." if names_one and equals else typed(word))
            is_secret = names_one and not equals and name.startswith("-")
    return " ".join(shown)


def rule_name(text: str) -> str:
    """Return the action that a rule is for, which may be given as the rule's key: the type of an argument."""
    return text[: -len("Rule")] if text.endswith("Rule") else text


def _meant(name: str, existing: Iterable[str], prefix: str = "", *, alike: bool = True) -> str:
    """Return the sentence that names what was probably meant by a word of the command line, "" where nothing is near.

    Other tools' word for it goes before what looks like it, which counts only where `alike`.
    """
    from difflib import get_close_matches

    by_lower = {candidate.lower(): candidate for candidate in existing}
    near = [word for word in _SYNONYMS.get(name.lower(), ()) if word.lower() in by_lower]
    near += get_close_matches(name.lower(), by_lower, 1, _NEAR) if alike else []
    return f"Did you mean {prefix + by_lower[near[0].lower()]!r}?" if near else ""


class _HelpFormatter(argparse.RawDescriptionHelpFormatter):
    # argparse makes one for each option that is added, and would ask each time how wide the terminal is.
    def __init__(self, prog: str, **kwargs: Any) -> None:
        super().__init__(prog, max_help_position=32, width=_width(), **kwargs)


@lru_cache(maxsize=1)
def _width() -> int:
    from shutil import get_terminal_size

    return get_terminal_size().columns - 2


def add_verbs(parser: Parser, other_words: dict[str, str] | None = None) -> Any:
    """Return the subparsers action of a script whose first word is a verb.

    `other_words` are what people say for a verb elsewhere; the answer to one names the verb.
    """
    parser.other_words = other_words or {}
    return parser.add_subparsers(dest="verb_name", metavar="VERB", required=True)


def add_verb(verbs: Any, name: str, verb: str, help: str, examples: Sequence[str] = (), **options: Any) -> Any:
    """Add a verb to a script's parser and return the verb's parser; `help` is its one line.

    `verb` names its function as "package.module:function", which is loaded only when it runs; `options` are those of
    argparse.ArgumentParser.
    """
    description = f"{help[:1].upper()}{help[1:]}."
    parser = verbs.add_parser(name, help=help, description=description, examples=examples, **options)
    parser.set_defaults(verb=verb, command_name=parser.prog)
    parser.beside = verbs.choices
    return parser


def add_json_input(parser: Any, what: str) -> None:
    """Add the two ways to give JSON: inline (or `-` for stdin), and --file."""
    parser.add_argument("json", nargs="?", metavar="JSON", help=f"{what} as JSON, or - to read standard input")
    parser.add_argument("--file", metavar="PATH", help="read the JSON from this file (- is standard input)")


def add_record_input(parser: Any, what: str) -> None:
    """Add the ways to give a record: words, inline JSON (or `-` for stdin), and --file."""
    help = f"{what} as key=TEXT and key:=JSON, or as one JSON; - reads JSON from standard input"
    parser.add_argument("json", nargs="*", metavar="BODY", help=help)
    parser.add_argument("--file", metavar="PATH", help="read the JSON from this file (- is standard input)")


def add_dry_run(parser: Any) -> None:
    """Add --dry-run."""
    parser.add_argument("--dry-run", action="store_true", help="check, say what would be done, and change nothing")


def add_yes(parser: Any) -> None:
    """Add --yes, the user's word to what destroys."""
    parser.add_argument("--yes", "-y", action="store_true", help="carry it out, also with PB_PROTECTED=1")


def add_actor(parser: Any) -> None:
    """Add --as, who asks for records instead of the superuser."""
    help = "act as COLLECTION/ID, COLLECTION/IDENTITY such as users/anna@example.com, or guest (default: the superuser)"
    parser.add_argument("--as", dest="acting_as", metavar="WHO", help=help)


def add_own_formats(parser: Any, own: Sequence[str], help: str, default: str | None = None) -> None:
    """Add formats of a command's own to those of all: `format` of what is parsed names one of its own, or the default.

    A format that all commands have is the runner's, as elsewhere.
    """

    class Chosen(argparse.Action):
        def __call__(self, parser: Any, namespace: Any, values: Any, option: str | None = None) -> None:
            setattr(namespace, "format" if values in own else "shown_as", values)

    choices = [*own, *(name for name in FORMATS if name not in own)]
    unset = argparse.SUPPRESS
    parser.add_argument("--format", action=Chosen, choices=choices, metavar="FORMAT", default=unset, help=help)
    parser.set_defaults(format=default)


def add_env_file(parser: Any, help: str) -> None:
    """Add --write-env, a file that the command writes; --env with a file named .env... is taken for it, too."""

    class Named(argparse.Action):
        def __call__(self, parser: Any, namespace: Any, values: Any, option: str | None = None) -> None:
            is_file = re.fullmatch(r"(.*[\\/])?\.env[^\\/]*", str(values))  # no environment has such a name
            setattr(namespace, "env_file" if is_file else self.dest, values)

    parser.add_argument("--write-env", dest="env_file", metavar="FILE", help=help)
    shown = "read .env.NAME instead of .env, as everywhere; a file named .env... is taken for --write-env"
    default = argparse.SUPPRESS
    parser.add_argument("--env", dest="environment", action=Named, metavar="NAME", default=default, help=shown)


def never_empty(verbs: Any, *names: str) -> None:
    """Refuse an empty value of these options and words in all verbs: an unset variable of the shell would mean all."""
    for verb in verbs.choices.values():
        for action in verb._actions:
            if action.dest in names:
                action.type = _some_text


def _some_text(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("the value is empty; leave it out, or check the variable it came from")
    return text


def whole_number(least: int, most: int = 1_000_000_000) -> Callable[[str], int]:
    """Return the type of an option that takes a whole number of a range."""

    def read(text: str) -> int:
        digits = text[1:] if text.startswith("-") else text
        number = int(text) if digits.isdecimal() and digits.isascii() and len(digits) < 20 else None
        if number is None or not least <= number <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {least} to {most}")
        return number

    return read


def duration(text: str) -> int:
    """Return the seconds that an option's time has, such as 90s, 30m, 2h, 1d: the type of the option."""
    found = re.fullmatch(r"([0-9]{1,6})([smhd])", text.strip())
    if not found or not int(found[1]):
        raise argparse.ArgumentTypeError(f"{text!r} is no time such as 90s, 30m, 2h or 1d")
    return int(found[1]) * {"s": 1, "m": 60, "h": 3600, "d": 86_400}[found[2]]


def holds_user_data(parser: Any) -> None:
    """Say that what a command prints was written by users of the server: the runner marks it as untrusted."""
    parser.set_defaults(untrusted=True)


def add_listing(parser: Any) -> None:
    """Add --fields and --limit to a command that prints a list; the runner carries them out."""
    add_shown_fields(parser)
    parser.add_argument("--limit", "-n", type=whole_number(1), metavar="N", help="print at most so many")


def add_shown_fields(parser: Any) -> None:
    """Add --fields to a command that prints one thing or a page of them; the runner carries it out."""
    help = "print only these, comma-separated; deeper by dots, for example name,fields.name"
    parser.add_argument("--fields", type=_some_text, metavar="NAMES", help=help)
    parser.set_defaults(listing=True, limit=None)


def add_page(parser: Any) -> None:
    """Add --page and --perPage, in the range that PocketBase takes as given."""
    parser.add_argument("--page", type=whole_number(1), metavar="N", help="page number (default: 1)")
    parser.add_argument(
        *("--perPage", "--per-page", "--limit", "-n"),
        type=whole_number(1, 1000),
        metavar="N",
        dest="per_page",
        help="default: 30, at most 1000",
    )


def add_other(parser: Any, option: str, verb: str, help: str) -> None:
    """Add an option that makes a script do something else, named as in `add_verb`: it needs none of the words then."""

    class Other(argparse.Action):
        def __call__(self, parser: Any, namespace: Any, values: Any, option: str | None = None) -> None:
            namespace.verb, namespace.untrusted = verb, False
            setattr(namespace, self.dest, values)
            for action in parser._actions:
                action.required = False

    parser.add_argument(option, action=Other, nargs="?", metavar="SCRIPT", help=help)
