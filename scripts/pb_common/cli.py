"""The one runner: it calls the verb that a command line names, prints its result, and returns the exit code."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from typing import Any, Callable

from .client import Client
from .errors import PBError, PBRequestError, PBUsageError, fault
from .formats import Look, look_of
from .gate import set_command
from .output import (
    Outcome,
    be_quiet,
    envelope,
    give_up_stdout,
    harmless,
    is_quiet,
    print_document,
    render,
    tell,
    without_closed_streams,
    write,
)
from .parser import Parser
from .processes import terminated_as_interrupted
from .project import in_full
from .settings import named_environment
from .status_line import closing, told_when_long

# Of a name of more characters a message tells the beginning.
_LONGEST_NAME = 120

Verb = Callable[[Client, argparse.Namespace], Any]
# Finds the next step for an error of the server: like a verb it stands above this, and is loaded when needed.
_EXPLAIN = "_pb.explain:explain"
_SHORTENED = "pb_common.listing:shortened"
_ACT = "pb_common.acting:act_as"
_SHOW = "pb_common.showing:show"
_JSON = Look()


def load_verb(name: str) -> Verb:
    """Return the function of a verb, named as "package.module:function"."""
    found: Verb = _load(name)
    return found


def _load(name: str) -> Any:
    module, _, function = name.partition(":")
    return getattr(importlib.import_module(module), function)


def run(parser: Parser, argv: Sequence[str] | None = None) -> int:
    """Run the verb that the command line names, print its result, and return the exit code.

    `argv` is the command line without the program's name; by default the process's own.
    """
    words = sys.argv[1:] if argv is None else list(argv)
    if unwritable := without_closed_streams():
        return _print(_failure(Client(), unwritable)[1], unwritable.exit_code, streamed=True)
    client = Client()
    look: Look | None = None
    failed = False
    told: Any = None
    be_quiet("--quiet" in words)
    try:
        with terminated_as_interrupted(), client:
            args = parser.parse_args(words)
            with named_environment(getattr(args, "environment", None)):
                look = _look(args)
                set_command(_name(args, parser.prog), client.warn)
                if args.acting_as is not None:
                    _load(_ACT)(client, args.acting_as)
                with told_when_long(_name(args, parser.prog), lambda: not (client.streamed or is_quiet())):
                    result = load_verb(args.verb)(client, args)
        outcome = result if isinstance(result, Outcome) else Outcome(result)
        if args.listing:
            outcome = outcome._replace(data=_load(_SHORTENED)(client, outcome.data, args.fields, args.limit))
        code = 0 if outcome.success else 1
        told = outcome.told
        if outcome.printed is not None:
            return _print_instead(outcome.printed, client.warnings, code)
        document = envelope(
            outcome.success,
            client.status,
            outcome.data,
            code=outcome.failure(),
            untrusted=args.untrusted and bool(outcome.data) and not getattr(args, "dry_run", False),
            differs=outcome.differs,
            hint=in_full(outcome.hint or ""),
            warnings=client.warnings,
        )
    except KeyboardInterrupt as error:  # a verb that was at something says what has become of it
        said = {"message": str(error) or "Interrupted."}
        hint = None if str(error) else in_full(client.interrupted() or "")
        failed = True
        code, document = 130, envelope(False, 0, said, code="interrupted", hint=hint, warnings=client.warnings)
    except BrokenPipeError:
        return _without_reader(0)
    except Exception as error:
        if "--debug" in words:
            raise
        failed = True
        code, document = _failure(client, error)
    look = _look_beside(client, look)
    document = _as_told(client, document, told, look)
    return _print(document, code, streamed=client.streamed, look=look, failed=failed)


def _as_told(client: Client, document: dict[str, Any], told: Any, look: Look) -> dict[str, Any]:
    """Return the document with the safety copy that was made, and for a person with what he is told for its data."""
    for data in (document["data"], told):
        if client.safety_copy and isinstance(data, dict):
            data.setdefault("safetyCopy", client.safety_copy["key"])
    return {**document, "data": told} if told is not None and look.format == "" else document


def _name(args: argparse.Namespace, prog: str) -> str:
    return str(getattr(args, "command_name", prog))


def _look(args: argparse.Namespace) -> Look:
    fields = getattr(args, "fields", None)
    asked = getattr(args, "shown_as", None)
    named = fields if isinstance(fields, str) else None
    look = look_of(asked, full=hasattr(args, "full"), verb=args.verb, fields=named)
    return look._replace(command=_name(args, ""), dry_run=bool(getattr(args, "dry_run", False)))


def _look_beside(client: Client, look: Look | None) -> Look:
    """Return how the result is shown; after a stream into a file it is for whoever sits at the terminal."""
    look = look or _usual_look()
    if client.streamed and look.is_json and not look.is_asked and sys.stderr.isatty():
        return look._replace(format="")
    return look


def _usual_look() -> Look:
    """Return how a failure is shown that came before it was known what is asked for."""
    try:
        return look_of(None)
    except PBError:
        return _JSON


def _failure(client: Client, error: Exception) -> tuple[int, dict[str, Any]]:
    if isinstance(error, PBRequestError) and not error.hint:
        error.hint = _load(_EXPLAIN)(client, error)
    if isinstance(error, PBError):
        hint = in_full(error.hint or "")
        shown = envelope(False, error.status, error.data, code=error.code, hint=hint, warnings=client.warnings)
        return error.exit_code, shown
    if isinstance(error, OSError) and error.filename is not None:
        wrong = PBUsageError(
            f"{_short(error.filename)} cannot be used: {error.strerror}.",
            hint="Check the path.",
            code="unreadable_file",
        )
        return _failure(client, wrong)
    if isinstance(error, ImportError) and "sqlite3" in str(error):
        wrong = PBUsageError(
            "This command reads the database itself, and this Python was built without sqlite3.",
            hint="Run it with another Python 3.",
            code="unsupported",
        )
        return _failure(client, wrong)
    message, hint = fault(error)
    return 1, envelope(False, 0, {"message": message}, code="fault", hint=hint, warnings=client.warnings)


def _short(name: object) -> str:
    text = repr(name)
    return text if len(text) <= _LONGEST_NAME else f"{text[:_LONGEST_NAME]}..."


def _print(document: dict[str, Any], code: int, *, streamed: bool, look: Look = _JSON, failed: bool = False) -> int:
    """Print the document and return the exit code: after a stream on stderr, where people look as text."""
    if streamed and look.is_json:
        tell(render(document, indented=False))
        return code
    try:
        if look.is_json:
            print_document(document)
        else:
            _load(_SHOW)(document, look, failed=failed, streamed=streamed)
            if not failed and not is_quiet() and (line := closing(look.command, document["data"])):
                tell(line)
    except BrokenPipeError:
        return _without_reader(code)
    except PBError as error:
        hint = f"{error.hint} What the command did is done." if code == 0 else error.hint
        full = envelope(False, document["status"], error.data, code=error.code, hint=hint)
        return _print(full, 1, streamed=True, look=look, failed=True)
    return code


def _print_instead(text: str, warnings: list[str], code: int) -> int:
    """Print what a verb made in the place of the document; warnings go to stderr."""
    for warning in warnings:
        tell(harmless(warning))
    try:
        if text:
            write(text)
    except BrokenPipeError:
        return _without_reader(code)
    return code


def _without_reader(code: int) -> int:
    """Return the exit code where the reader of stdout has gone, as in `... | head`."""
    give_up_stdout()
    return code
