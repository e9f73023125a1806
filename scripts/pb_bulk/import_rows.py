"""Read the rows of a file into a collection: checked, converted, sent in bulk, and none lost or doubled."""

from __future__ import annotations

import argparse
import contextlib
import os
import shlex
import signal
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from pb_common import Client, Outcome, PBError, PBUsageError, script_command
from pb_common.checks import get_collection, get_collections
from pb_common.suggest import suggest
from pb_record_verbs import batch_settings

from . import checkpoint
from .atomic import import_at_once
from .checkpoint import Progressed
from .convert import Style, is_multiple
from .formats import DELIMITERS, format_of
from .identity import id_maker
from .keys import Finder
from .mapping import Mapping, parse_pairs
from .pipeline import Pipeline, Plan
from .progress import Progress
from .readers import Table, read_table
from .rejects import Rejects, free_path
from .sending import Sender
from .sources import Lines, require_utf8

# Connections: a batch keeps the server busy alone, single requests do so together.
_BATCH_CONNECTIONS = 2
_SINGLE_CONNECTIONS = 16
# More rows in one batch are not faster, and fewer are lost to one that fails.
_MOST_ROWS = 250
_SINGLE_ROWS = 20
# What is sent at once, in bytes, so that memory stays flat.
_LARGEST_BODY = 1 << 20


def import_rows(client: Client, args: argparse.Namespace) -> Any:
    """Send the rows of a file (POST /api/batch, or POST and PATCH /api/collections/{collection}/records)."""
    _check_options(args)
    if args.file != "-":
        require_utf8(args.file)
    collection = _target(client, args.collection)
    lines = Lines(args.file)
    try:
        return _import(client, args, collection, lines)
    finally:
        lines.close()


def _import(client: Client, args: argparse.Namespace, collection: dict[str, Any], lines: Lines) -> Outcome:
    table = read_table(lines, _kind(args), args.delimiter)
    keys, on_match = _keys(args)
    lookups = _lookups(client, args, collection)
    renamed = parse_pairs(args.map, "--map", "COLUMN=FIELD")
    named_by = {name: lookup.field for name, lookup in lookups.items()}
    mapping = Mapping(collection, table, renamed, named_by, args.files, Style(args.separator, args.date_order))
    _check_columns(client, collection, mapping, keys)
    state = _state(client, args, collection)
    before = batch_settings.read_settings(client)
    changed = {"enabled": True} if args.enable_batch and not batch_settings.limits_of(before).enabled else {}
    limits = batch_settings.limits_of({**before, **changed})
    if not limits.enabled:
        client.warn("The batch endpoint is off, so rows go one by one: --enable-batch makes it faster.")
    plan = _plan(args, collection, lookups, keys, on_match, state, limits)
    sender = _sender(client, collection, plan, lookups, batches=limits.enabled)
    rejects = None
    if args.rejects or not (args.dry_run or args.atomic):
        state.rejects = state.rejects or str(_rejects_path(args, table))
        rejects = Rejects(Path(state.rejects), table, state.rejects_size)
    with Progress("read") as progress:
        pipeline = Pipeline(client, lines, table, mapping, sender, rejects, plan, state, progress)
        try:
            with terminated_as_interrupted():
                if args.atomic:
                    import_at_once(
                        client, pipeline, sender, enable=args.enable_batch, dry_run=args.dry_run, before=before
                    )
                else:
                    _run(client, pipeline, before, {} if args.dry_run else changed)
        except (KeyboardInterrupt, PBError) as error:
            raise _stopped(error, pipeline, args) from error
    for name in sorted(mapping.left_out):
        client.warn(f"{name} is set by the server: its values in the file were left out.")
    return _outcome(args, pipeline)


def _state(client: Client, args: argparse.Namespace, collection: dict[str, Any]) -> Progressed:
    """Return how far an earlier run came by its checkpoint, or a new beginning."""
    identity = _identity(client, args, collection)
    before = checkpoint.load(Path(args.checkpoint), identity) if args.checkpoint else None
    return before or Progressed(os.urandom(8).hex(), identity)


def _plan(
    args: argparse.Namespace,
    collection: dict[str, Any],
    lookups: dict[str, Lookup],
    keys: list[str],
    on_match: str,
    state: Progressed,
    limits: batch_settings.Limits,
) -> Plan:
    """Return how the rows are sent: in batches within the server's limits, or one by one."""
    return Plan(
        collection=collection,
        keys=keys,
        on_match=on_match,
        duplicates=args.duplicates,
        own_lookups={name: found.key for name, found in lookups.items() if found.collection["id"] == collection["id"]},
        make_id=id_maker(collection, state.run),
        connections=_BATCH_CONNECTIONS if limits.enabled else _SINGLE_CONNECTIONS,
        rows=min(limits.requests, _MOST_ROWS) if limits.enabled else _SINGLE_ROWS,
        body=min(limits.body // 2, _LARGEST_BODY),
        checkpoint=Path(args.checkpoint) if args.checkpoint else None,
        dry_run=args.dry_run,
    )


def _run(client: Client, pipeline: Pipeline, before: dict[str, Any], changed: dict[str, Any]) -> None:
    """Run the pipeline with batch settings changed; an earlier, killed run may have left some to be put back."""
    state = pipeline.state
    state.restore = state.restore or {name: before[name] for name in changed}
    pipeline.save()
    with batch_settings.changed(client, {"enabled": True}, state.restore):
        pipeline.run()
    state.restore = None
    pipeline.save()


def _outcome(args: argparse.Namespace, pipeline: Pipeline) -> Outcome:
    """Return the result, with the command that runs the mended rejects again."""
    totals = pipeline.totals()
    if not totals["rejected"]:
        return Outcome(totals)
    hint = "Mend these rows, or go on without them: an import writes them to a file of rejects."
    if args.atomic:
        hint = "Nothing was written. Mend these rows in the input, and run it again."
    elif pipeline.state.rejects and not args.dry_run:
        again = script_command(f"pb_records.py import {args.collection} {_same_options(args, pipeline.state.rejects)}")
        hint = f"Mend the rows in {pipeline.state.rejects}, then: {again}"
    return Outcome(totals, success=False, hint=hint)


def _same_options(args: argparse.Namespace, file: str) -> str:
    """Return the options of a command that imports another file in the same way."""
    words = ["--file", file]
    for name in ("map", "lookup"):
        words += [word for value in getattr(args, name) for word in (f"--{name}", value)]
    for name in ("files", "date_order", "upsert", "skip_existing"):
        words += [f"--{name.replace('_', '-')}", getattr(args, name)] if getattr(args, name) else []
    words += ["--separator", args.separator] if args.separator != "," else []
    words += ["--enable-batch"] if args.enable_batch else []
    return " ".join(shlex.quote(word) for word in words)


def _stopped(error: BaseException, pipeline: Pipeline, args: argparse.Namespace) -> PBError:
    """Return the error for an import that ended early, with what is done and how to go on."""
    interrupted = isinstance(error, KeyboardInterrupt)
    if args.dry_run or args.atomic or not pipeline.sent:
        hint = getattr(error, "hint", None) or "Nothing was written."
    else:
        place = pipeline.keep_checkpoint(_beside(args, "checkpoint"))
        hint = f"To go on, repeat the command with --checkpoint {place}. {getattr(error, 'hint', None) or ''}"
    stopped = PBError("Interrupted." if interrupted else str(error), hint=hint.strip(), **pipeline.totals())
    stopped.status = getattr(error, "status", 0)
    stopped.exit_code = 130 if interrupted else getattr(error, "exit_code", 1)
    if stopped.exit_code in (2, 4) and pipeline.sent:
        stopped.exit_code = 1  # these two say that nothing was written
    return stopped


@contextlib.contextmanager
def terminated_as_interrupted() -> Iterator[None]:
    """Let SIGTERM end a command as Ctrl-C does, so that it can put things back."""

    def interrupt(number: int, frame: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _sender(
    client: Client, collection: dict[str, Any], plan: Plan, lookups: dict[str, Lookup], *, batches: bool
) -> Sender:
    lock = Lock()
    # The rows that a dry run does not create cannot be found on the server either.
    finders = {
        name: (
            Finder(client, lock, lookup.collection, [lookup.key], ahead=plan.dry_run and name in plan.own_lookups),
            lookup.multiple,
        )
        for name, lookup in lookups.items()
    }
    key = Finder(client, lock, collection, plan.keys) if plan.keys else None
    return Sender(client, lock, collection, key, plan.on_match, finders, batches=batches, dry_run=plan.dry_run)


def _target(client: Client, name: str) -> dict[str, Any]:
    collection = get_collection(client, name)
    if collection["type"] == "view":
        raise PBUsageError(f"{name!r} is a view, which takes no records.", hint="Import into the collections it reads.")
    return collection


def _kind(args: argparse.Namespace) -> str | None:
    """Return the format by the option or the file's name, None where the content has to tell."""
    if args.format or args.file == "-":
        return str(args.format) if args.format else None
    try:
        return format_of(args.file, None)
    except PBUsageError:
        return None


def _check_options(args: argparse.Namespace) -> None:
    if args.upsert and args.skip_existing:
        raise PBUsageError("--upsert and --skip-existing exclude each other.", hint="Give one of them.")
    if args.duplicates != "last" and not (args.upsert or args.skip_existing):
        raise PBUsageError("--duplicates needs a key.", hint="Add --upsert KEY or --skip-existing KEY.")
    if args.atomic and args.checkpoint:
        raise PBUsageError("--atomic has nothing to continue.", hint="Leave out --checkpoint.")


def _keys(args: argparse.Namespace) -> tuple[list[str], str]:
    names = [name.strip() for name in (args.upsert or args.skip_existing or "").split(",") if name.strip()]
    return names, "update" if args.upsert else "skip"


class Lookup(NamedTuple):
    """The collection and the field by whose value a relation names its records."""

    collection: dict[str, Any]
    key: str
    multiple: bool

    @property
    def field(self) -> dict[str, Any]:
        """The field; if the collection has none of that name, which is complained of elsewhere, a text."""
        return next((field for field in self.collection["fields"] if field["name"] == self.key), {"type": "text"})


def _lookups(client: Client, args: argparse.Namespace, collection: dict[str, Any]) -> dict[str, Lookup]:
    """Return the lookups by the name of their relation; raise PBUsageError for one that leads nowhere."""
    relations = {field["name"]: field for field in collection["fields"] if field["type"] == "relation"}
    collections = get_collections(client) if args.lookup else []
    found = {}
    for name, target in parse_pairs(args.lookup, "--lookup", "FIELD=COLLECTION.KEY").items():
        if name not in relations:
            raise PBUsageError(f"{collection['name']} has no relation {name!r}.", hint=suggest(name, relations))
        wanted, _, key = target.partition(".")
        related = next(item for item in collections if item["id"] == relations[name]["collectionId"])
        if wanted.lower() not in (related["name"].lower(), related["id"]) or not key:
            raise PBUsageError(
                f"--lookup {name}={target}: the relation {name!r} leads to {related['name']}.",
                hint=f"--lookup {name}={related['name']}.KEY",
            )
        found[name] = Lookup(related, key, is_multiple(relations[name]))
    return found


def _check_columns(client: Client, collection: dict[str, Any], mapping: Mapping, keys: list[str]) -> None:
    """Raise PBUsageError for a key without a column; warn of required fields without one."""
    targets = mapping.targets
    if targets is None:
        return
    for name in keys:
        if name not in targets:
            raise PBUsageError(f"The key {name!r} has no column.", hint=suggest(name, targets))
    for field in collection["fields"]:
        if field.get("required") and field["name"] not in targets and not _made_by_server(field):
            client.warn(f"{field['name']} is required and has no column: new records need a hook that sets it.")


def _made_by_server(field: dict[str, Any]) -> bool:
    return bool(field.get("autogeneratePattern")) or field["name"] == "tokenKey"


def _identity(client: Client, args: argparse.Namespace, collection: dict[str, Any]) -> dict[str, Any]:
    """Return what must be the same for a run to continue an earlier one."""
    names = ("map", "lookup", "files", "separator", "delimiter", "date_order", "upsert", "skip_existing", "duplicates")
    options = {name: getattr(args, name) for name in names}
    return {"url": client.settings.url, "collection": collection["id"], **options}


def _rejects_path(args: argparse.Namespace, table: Table) -> Path:
    if args.rejects:
        return Path(args.rejects)
    return free_path(_beside(args, f"rejects.{table.kind if table.kind in DELIMITERS else 'ndjson'}"))


def _beside(args: argparse.Namespace, ending: str) -> Path:
    """Return the path of a file that goes with the input: rows.csv.gz has rows.rejects.csv beside it."""
    if args.file == "-":
        return Path(f"import.{ending}")
    path = Path(args.file)
    stem = Path(path.stem).stem if path.suffix == ".gz" else path.stem
    return path.with_name(f"{stem}.{ending}")
