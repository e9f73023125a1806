"""What every script shares on the command line: the parser, JSON input, and the one runner."""

from __future__ import annotations

import argparse
import importlib
import json
import math
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Callable

from .client import Client
from .errors import PBError, PBRequestError, PBUsageError
from .output import Outcome, envelope, give_up_stdout, print_document, render
from .suggest import suggest

Verb = Callable[[Client, argparse.Namespace], Any]

EXIT_CODES = "exit codes: 0 done, 1 refused by the server or findings, 2 wrong input, 3 no answer, 4 refused for safety"


_WRONG_CHOICE = re.compile(r"invalid choice: '([^']*)' \(choose from (.*)\)")
_UNKNOWN_OPTION = re.compile(r"unrecognized arguments: (--[\w-]+)")


class Parser(argparse.ArgumentParser):
    """An argument parser that raises PBUsageError, and whose options take a value that begins with a dash.

    `examples` are command lines shown at the end of the help.
    """

    def __init__(self, examples: Sequence[str] = (), **kwargs: Any) -> None:
        shown = "\n".join(f"  {example}" for example in examples)
        kwargs["epilog"] = (f"examples:\n{shown}\n\n" if examples else "") + EXIT_CODES
        self.other_words: dict[str, str] = {}
        super().__init__(allow_abbrev=False, formatter_class=_HelpFormatter, **kwargs)
        self.add_argument(
            "--debug", action="store_true", default=argparse.SUPPRESS, help="show a traceback when something fails"
        )

    def error(self, message: str) -> Any:
        """Raise PBUsageError instead of printing text and exiting; the hint names the verb or option that is near."""
        see = f"See: {self.prog} --help"
        raise PBUsageError(f"{message[:1].upper()}{message[1:]}.", hint=f"{self._nearest(message)} {see}".lstrip())

    def _nearest(self, message: str) -> str:
        choice = _WRONG_CHOICE.search(message)
        if choice and choice[1] in self.other_words:
            near = f"Did you mean {self.other_words[choice[1]]!r}?"
        elif choice:
            near = suggest(choice[1], re.findall(r"[\w-]+", choice[2]))
        else:
            option = _UNKNOWN_OPTION.search(message)
            near = suggest(option[1], self._options()) if option else ""
        return near if near.startswith("Did") else ""

    def _options(self) -> set[str]:
        """Return the options of this parser and of its verbs."""
        names = {name for action in self._actions for name in action.option_strings}
        for action in self._actions:
            if isinstance(action, argparse._SubParsersAction):
                names.update(*(verb._options() for verb in action.choices.values()))
        return names

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse with each option's value attached to it, so that `--sort -created` is not read as two options.

        A verb's options may stand anywhere: argparse itself fills an optional argument before it has seen it.
        """
        given = self._with_attached_values(sys.argv[1:] if args is None else list(args))
        if not any(isinstance(action, argparse._SubParsersAction) for action in self._actions):
            end = given.index("--") if "--" in given else len(given)
            given[:end] = sorted(given[:end], key=lambda word: not word.startswith("-") or word == "-")
        return super().parse_known_args(given, namespace)

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


class _HelpFormatter(argparse.RawDescriptionHelpFormatter):
    def __init__(self, prog: str, **kwargs: Any) -> None:
        super().__init__(prog, max_help_position=32, **kwargs)


def add_verbs(parser: Parser, other_words: dict[str, str] | None = None) -> Any:
    """Return the subparsers action of a script whose first word is a verb.

    `other_words` are what people say for a verb elsewhere; the answer to one names the verb.
    """
    parser.other_words = other_words or {}
    return parser.add_subparsers(dest="verb_name", metavar="VERB", required=True)


def add_verb(verbs: Any, name: str, verb: str, help: str, examples: Sequence[str] = ()) -> Any:
    """Add a verb to a script's parser and return the verb's parser; `help` is its one line.

    `verb` names its function as "package.module:function", which is loaded only when it runs.
    """
    parser = verbs.add_parser(name, help=help, description=f"{help[:1].upper()}{help[1:]}.", examples=examples)
    parser.set_defaults(verb=verb)
    return parser


def add_json_input(parser: Any, what: str) -> None:
    """Add the two ways to give JSON: inline (or `-` for stdin), and --file."""
    parser.add_argument("json", nargs="?", metavar="JSON", help=f"{what} as JSON, or - to read standard input")
    parser.add_argument("--file", metavar="PATH", help="read the JSON from this file (- is standard input)")


def add_dry_run(parser: Any) -> None:
    """Add --dry-run."""
    parser.add_argument("--dry-run", action="store_true", help="check, say what would be done, and change nothing")


def add_yes(parser: Any) -> None:
    """Add --yes, the user's word to what destroys."""
    parser.add_argument("--yes", action="store_true", help="carry it out, also with PB_PROTECTED=1")


def whole_number(least: int, most: int = 1_000_000_000) -> Callable[[str], int]:
    """Return the type of an option that takes a whole number of a range."""

    def read(text: str) -> int:
        digits = text[1:] if text.startswith("-") else text
        number = int(text) if digits.isdecimal() and digits.isascii() and len(digits) < 20 else None
        if number is None or not least <= number <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {least} to {most}")
        return number

    return read


def add_page(parser: Any) -> None:
    """Add --page and --perPage, in the range that PocketBase takes as given."""
    parser.add_argument("--page", type=whole_number(1), metavar="N", help="page number (default: 1)")
    parser.add_argument(
        *("--perPage", "--per-page"),
        type=whole_number(1, 1000),
        metavar="N",
        dest="per_page",
        help="default: 30, at most 1000",
    )


def add_instead(parser: Any, option: str, problem: str, hint: str) -> None:
    """Add an option that is no option of a verb, though it looks like one: it raises PBUsageError, whose hint helps."""

    class Instead(argparse.Action):
        def __call__(self, *given: Any) -> None:
            raise PBUsageError(problem, hint=hint)

    parser.add_argument(option, action=Instead, help=argparse.SUPPRESS)


def read_json(args: argparse.Namespace) -> Any:
    """Return the JSON that a command got inline, from a file or from standard input; raise PBUsageError if wrong."""
    inline, file = getattr(args, "json", None), args.file
    if (inline is None) == (file is None):
        raise PBUsageError(
            "Give the JSON once: inline, or with --file." if inline else "The JSON is missing.",
            hint="Give it inline in single quotes, or with --file PATH (- reads standard input).",
        )
    if "-" in (inline, file):
        return parse_json(read_text("-"), "standard input")
    if inline is not None:
        return parse_json(inline, "the inline JSON")
    return parse_json(read_text(file), file)


def parse_json(text: str, source: str) -> Any:
    """Return the value of a JSON text; raise PBUsageError that names the place of the mistake."""
    try:
        return json.loads(text, object_pairs_hook=_unique_keys, parse_constant=no_constant, parse_float=finite)
    except json.JSONDecodeError as error:
        excerpt = text[max(0, error.pos - 20) : error.pos + 20]
        hint = f"Near {excerpt!r}. JSON needs double quotes around keys and texts, and no trailing comma."
        if len(text) < 1000 and Path(text).is_file():
            hint = f"That is a file: use --file {text}"
        raise PBUsageError(
            f"Invalid JSON in {source}, line {error.lineno} column {error.colno}: {error.msg}.", hint=hint
        ) from error
    except ValueError as error:
        raise PBUsageError(f"Invalid JSON in {source}: {error}.") from error
    except RecursionError as error:
        raise PBUsageError(f"The JSON in {source} is nested too deeply.") from error


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"the key {twice!r} stands twice in one object, and only the last would count")
    return result


def no_constant(name: str) -> Any:
    """Raise ValueError: Python reads Infinity and NaN, but they are no JSON."""
    raise ValueError(f"{name} is not JSON")


def finite(text: str) -> float:
    """Return the number of a JSON text; raise ValueError for one that is too large for a number such as 1e400."""
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text} is too large for a number")
    return number


def decode_text(data: bytes, source: str) -> str:
    """Return bytes as UTF-8 text, without a byte-order mark; raise PBUsageError that names the wrong byte."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PBUsageError(
            f"{source} is not UTF-8 text: byte {error.start} is 0x{data[error.start]:02x}.", hint="Save it as UTF-8."
        ) from error


def read_text(name: str) -> str:
    """Return the UTF-8 text of a file, of standard input for `-`; raise PBUsageError if it cannot be read."""
    if name == "-":
        return decode_text(sys.stdin.buffer.read(), "standard input")
    try:
        return decode_text(Path(name).read_bytes(), name)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise PBUsageError(f"{name!r} cannot be read: {reason}.", hint="Check the path.") from error


def json_object(value: Any, what: str) -> dict[str, Any]:
    """Return `value` if it is a JSON object; raise PBUsageError that names what was expected."""
    if not isinstance(value, dict):
        kinds = {list: "an array", str: "a text", bool: "a boolean", type(None): "null"}
        kind = kinds.get(type(value), "a number")
        raise PBUsageError(f"Expected {what} as one JSON object, got {kind}.", hint='For example: {"key": "value"}')
    return value


def load_verb(name: str) -> Verb:
    """Return the function of a verb, named as "package.module:function"."""
    module, _, function = name.partition(":")
    found: Verb = getattr(importlib.import_module(module), function)
    return found


def run(parser: Parser, argv: Sequence[str] | None = None) -> int:
    """Run the verb that the command line names, print its result, and return the exit code.

    `argv` is the command line without the program's name; by default the process's own.
    """
    words = sys.argv[1:] if argv is None else list(argv)
    client = Client()
    try:
        with client:
            args = parser.parse_args(words)
            result = load_verb(args.verb)(client, args)
        outcome = result if isinstance(result, Outcome) else Outcome(result)
        code = 0 if outcome.success else 1
        document = envelope(
            outcome.success,
            client.status,
            outcome.data,
            differs=outcome.differs,
            hint=outcome.hint,
            warnings=client.warnings,
        )
    except KeyboardInterrupt:
        code, document = 130, envelope(False, 0, {"message": "Interrupted."})
    except BrokenPipeError:
        return _without_reader(0)
    except Exception as error:
        if "--debug" in words:
            raise
        code, document = _failure(client, error)
    if client.safety_copy and isinstance(document["data"], dict):
        document["data"].setdefault("safetyCopy", client.safety_copy["key"])
    return _print(document, code, streamed=client.streamed)


def _failure(client: Client, error: Exception) -> tuple[int, dict[str, Any]]:
    if isinstance(error, PBRequestError) and not error.hint:
        from .explain import explain

        error.hint = explain(client, error)
    if isinstance(error, PBError):
        shown = envelope(False, error.status, error.data, hint=error.hint, warnings=client.warnings)
        return error.exit_code, shown
    message = f"Unexpected {type(error).__name__}: {error}"
    return 1, envelope(False, 0, {"message": message}, hint="Run it again with --debug to see where.")


def _print(document: dict[str, Any], code: int, *, streamed: bool) -> int:
    if streamed:
        print(render(document, indented=False), file=sys.stderr)
        return code
    try:
        print_document(document)
    except BrokenPipeError:
        return _without_reader(code)
    except PBError as error:
        hint = f"{error.hint} What the command did is done." if code == 0 else error.hint
        return _print(envelope(False, document["status"], error.data, hint=hint), 1, streamed=True)
    return code


def _without_reader(code: int) -> int:
    """Return the exit code where the reader of stdout has gone, as in `... | head`."""
    give_up_stdout()
    return code
