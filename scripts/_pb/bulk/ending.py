"""How an import ended: whole, with rejected rows, or early; and the command with which to go on."""

from __future__ import annotations

import argparse
import re
import shlex
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from _pb.bulk.formats import kind_of
from _pb.bulk.pipeline import Pipeline
from _pb.bulk.rejects import Rejects
from _pb.bulk.sources import beside
from pb_common import Outcome, PBError, script_command
from pb_common.errors import fault


def outcome(args: argparse.Namespace, pipeline: Pipeline, rejects: Rejects | None) -> Outcome:
    """Return the result, with the command that runs the mended rejects again."""
    totals = pipeline.totals()
    if not totals["rejected"]:
        return Outcome(totals)
    hint = "Mend these rows, or go on without them: an import writes them to a file of rejects."
    if ways := _lookups(totals.get("firstRejects", ())):
        hint = f"If the cells hold no ids but names: the same command with {' '.join(ways)}. {hint}"
    if args.atomic:
        hint = "Nothing was written. Mend these rows in the input, and run it again."
    elif pipeline.state.rejects and rejects:
        options = _same_options(args, pipeline.state.rejects, rejects.kind)
        again = script_command(f"pb_records.py import {shlex.quote(args.collection)} {options}")
        hint = f"Mend the rows in {pipeline.state.rejects}, then: {again}"
    return Outcome(totals, success=False, hint=hint, code="invalid_rows")


def _lookups(rejects: Iterable[dict[str, Any]]) -> list[str]:
    """Return the options that rejected rows are told to try, each once."""
    return list(dict.fromkeys(way for row in rejects for way in re.findall(r"; (--lookup \S+) ", row["reason"])))


def _same_options(args: argparse.Namespace, file: str, kind: str) -> str:
    """Return the options of a command that imports another file, which has a format, in the same way."""
    words = ["--file", file]
    for name in ("map", "lookup"):
        words += [word for value in getattr(args, name) for word in (f"--{name}", value)]
    for name in ("files", "delimiter", "date_order", "upsert", "skip_existing"):
        words += [f"--{name.replace('_', '-')}", getattr(args, name)] if getattr(args, name) else []
    words += ["--format", kind] if kind_of(file, None) != kind else []
    words += ["--duplicates", args.duplicates] if args.duplicates != "last" else []
    words += ["--separator", args.separator] if args.separator != "," else []
    words += ["--enable-batch"] if args.enable_batch else []
    return " ".join(shlex.quote(word) for word in words)


def stopped(error: BaseException, pipeline: Pipeline, args: argparse.Namespace) -> PBError:
    """Return the error for an import that ended early, with what is done and how to go on."""
    interrupted = isinstance(error, KeyboardInterrupt)
    message, hint = ("Interrupted.", getattr(error, "hint", None)) if interrupted else _in_words(error)
    if args.dry_run or args.atomic or not pipeline.sent:
        hint = hint or "Nothing was written."
    else:
        hint = f"{_how_to_go_on(pipeline, args)} {hint or ''}".strip()
    failure = PBError(message, hint=hint, **pipeline.totals())
    failure.status = getattr(error, "status", 0)
    failure.code = "interrupted" if interrupted else getattr(error, "code", "fault")
    failure.exit_code = 130 if interrupted else getattr(error, "exit_code", 1)
    if failure.exit_code in (2, 4) and pipeline.sent:
        failure.exit_code = 1  # these two say that nothing was written
    return failure


def _in_words(error: BaseException) -> tuple[str, str | None]:
    """Return what failed and, where it is known, the next step."""
    if isinstance(error, PBError):
        return str(error), error.hint
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename} cannot be used: {error.strerror}.", None
    if type(error).__module__ == "sqlite3":
        hint = "Make room there; the variable SQLITE_TMPDIR names another folder."
        return f"The keys of the rows cannot be kept in the folder for temporary files: {error}.", hint
    return fault(error)


def _how_to_go_on(pipeline: Pipeline, args: argparse.Namespace) -> str:
    """Write a checkpoint, also where none was asked for, and return the hint that names it."""
    line = pipeline.state.line
    if not pipeline.can_go_on:
        return (
            f"All rows up to the one in line {line} are done: do not import those again. Some after it may be too, and"
            " nothing tells which: look at the last records first."
        )
    temporary = Path(tempfile.gettempdir())
    wanted = beside(args.file, "checkpoint")
    for place in (wanted, temporary / wanted.name):
        try:
            kept = str(pipeline.keep_checkpoint(place))
        except PBError as error:
            failed = str(error)
        else:
            return f"To go on, repeat the command with --checkpoint {shlex.quote(kept)}."
    if args.checkpoint:
        return f"{failed} Make room, then repeat the command with --checkpoint {shlex.quote(args.checkpoint)}."
    return f"{failed} All rows up to the one in line {line} are done: do not import those again."
