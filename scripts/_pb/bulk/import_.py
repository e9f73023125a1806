"""Read the rows of a file into a collection: checked, converted, sent in bulk, and none lost or doubled."""

from __future__ import annotations

import argparse
import contextlib
import os
import shlex
from pathlib import Path
from threading import Lock
from typing import Any

from _pb.bulk import checkpoint
from _pb.bulk.atomic import import_at_once
from _pb.bulk.checkpoint import Checkpoint
from _pb.bulk.convert import Style
from _pb.bulk.deciding import Decider
from _pb.bulk.ending import outcome, stopped
from _pb.bulk.formats import DELIMITERS, kind_of
from _pb.bulk.identity import id_maker
from _pb.bulk.intake import Intake
from _pb.bulk.keys import Finder, unique_fields
from _pb.bulk.mapping import Mapping, parse_pairs
from _pb.bulk.options import take_file
from _pb.bulk.pipeline import Pipeline
from _pb.bulk.procedure import Procedure
from _pb.bulk.readers import Table, read_table
from _pb.bulk.rejects import Rejects, free_path, require_free
from _pb.bulk.related import related_by_id
from _pb.bulk.sending import Sender
from _pb.bulk.sources import Lines, beside, check_whole, is_rereadable
from _pb.bulk.unignored import warn_of_unignored
from _pb.records import batch_settings
from _pb.records.lookups import Lookup, read_lookups
from pb_common import Client, Outcome, PBRefused, PBUsageError, script_command
from pb_common.collections import known_collection, known_collections
from pb_common.gate import require_writable
from pb_common.processes import terminated_as_interrupted
from pb_common.progress import Progress
from pb_common.project import typed
from pb_common.schema_types import Collection, Field
from pb_common.suggest import suggest

# Connections: a batch keeps the server busy alone, single requests do so together.
_BATCH_CONNECTIONS = 2
_SINGLE_CONNECTIONS = 16
# More rows in one batch are not faster, and fewer are lost to one that fails.
# Fewer rows are as quick one by one.
_WORTH_A_BATCH = 100
_MAX_ROWS = 250
_SINGLE_ROWS = 20
# What is sent at once, in bytes, so that memory stays flat.
_LARGEST_BODY = 1 << 20


def import_rows(client: Client, args: argparse.Namespace) -> Any:
    """Send the rows of a file (POST /api/batch, or POST and PATCH /api/collections/{collection}/records)."""
    take_file(args)
    if args.file is None:
        example = script_command(f"pb_records.py import {typed(args.collection)} --file rows.csv --dry-run")
        raise PBUsageError("No file is named.", hint=f"For example: {example}", code="wrong_command_line")
    _check_options(args)
    if not args.dry_run:
        require_writable(client.settings, "import")
    if is_rereadable(args.file):
        check_whole(args.file)
    collection = _target(client, args.collection)
    lines = Lines(args.file)
    try:
        if lines.is_compressed and not is_rereadable(args.file) and not args.dry_run:
            client.warn(f"{lines.name} is compressed and no file: if it is damaged, that shows after rows were sent.")
        with checkpoint.held(Path(args.checkpoint)) if _keeps_checkpoint(args) else contextlib.nullcontext():
            return _import(client, args, collection, lines)
    finally:
        lines.close()


def _import(client: Client, args: argparse.Namespace, collection: Collection, lines: Lines) -> Outcome:
    table = read_table(lines, kind_of(args.file, args.format), args.delimiter)
    keys, on_match = _keys(args)
    lookups = read_lookups(client, collection, args.lookup)
    renamed = parse_pairs(args.map, "--map", "COLUMN=FIELD")
    named_by = {name: lookup.key for name, lookup in lookups.items()}
    style = Style(args.separator, args.date_order)
    mapping = Mapping(
        collection, table, renamed, named_by, args.files, style, collections=lambda: known_collections(client)
    )
    _check_columns(client, collection, mapping, keys)
    _warn_of_doubles(client, collection, keys)
    state = _state(client, args, collection, table)
    rejects = _rejects(client, args, table, state)
    before = batch_settings.read_settings(client)
    changed = {"enabled": True} if args.enable_batch and not batch_settings.limits_of(before).enabled else {}
    limits = batch_settings.limits_of({**before, **changed})
    procedure = _procedure(args, collection, lookups, keys, on_match, state, limits)
    if args.checkpoint and not procedure.knows_its_rows:
        raise _not_resumable(collection)
    lock = Lock()
    decider = _decider(client, lock, procedure, lookups, mapping.targets)
    sender = Sender(client, lock, collection["name"], decider, batches=limits.enabled, dry_run=args.dry_run)
    intake = Intake(table, mapping, procedure, state)
    with Progress("read") as progress, terminated_as_interrupted():
        pipeline = Pipeline(client, lines, intake, sender, rejects, procedure, state, progress)
        try:
            if args.atomic:
                entries = list(intake.entries())
                import_at_once(client, entries, decider, enable=args.enable_batch, dry_run=args.dry_run, before=before)
                pipeline.take_note(entries)
            else:
                restore = {} if args.dry_run else {name: before[name] for name in changed}
                _run(client, pipeline, sender, restore, enable=args.enable_batch)
        except (KeyboardInterrupt, Exception) as error:
            raise stopped(error, pipeline, args) from error
        finally:
            if not args.dry_run:
                warn_of_unignored(client, pipeline.written)
    if not limits.enabled and pipeline.state.rows >= _WORTH_A_BATCH:
        client.warn("The batch endpoint is off, so rows go one by one: --enable-batch makes it faster.")
    for name in sorted(mapping.left_out):
        client.warn(f"{name} is set by the server: its values in the file were left out.")
    return outcome(args, pipeline, rejects)


def _keeps_checkpoint(args: argparse.Namespace) -> bool:
    return bool(args.checkpoint) and not args.dry_run


def _state(client: Client, args: argparse.Namespace, collection: Collection, table: Table) -> Checkpoint:
    """Return how far an earlier run came by its checkpoint, or a new beginning."""
    identity = _identity(client, args, collection, table)
    before = checkpoint.load(Path(args.checkpoint), identity) if args.checkpoint else None
    return before or Checkpoint(os.urandom(8).hex(), identity)


def _procedure(
    args: argparse.Namespace,
    collection: Collection,
    lookups: dict[str, Lookup],
    keys: list[str],
    on_match: str,
    state: Checkpoint,
    limits: batch_settings.Limits,
) -> Procedure:
    """Return how the rows are sent: in batches within the server's limits, or one by one."""
    return Procedure(
        collection=collection,
        keys=keys,
        on_match=on_match,
        duplicates=args.duplicates,
        own_lookups={
            name: found.key["name"] for name, found in lookups.items() if found.collection["id"] == collection["id"]
        },
        make_id=id_maker(collection, state.run),
        connections=_BATCH_CONNECTIONS if limits.enabled else _SINGLE_CONNECTIONS,
        rows=min(limits.requests, _MAX_ROWS) if limits.enabled else _SINGLE_ROWS,
        body=min(limits.body // 2, _LARGEST_BODY),
        checkpoint=Path(args.checkpoint) if args.checkpoint else None,
        dry_run=args.dry_run,
    )


def _run(client: Client, pipeline: Pipeline, sender: Sender, restore: dict[str, Any], *, enable: bool) -> None:
    """Run the pipeline with the batch endpoint on; an earlier, killed run may have left it to be put back.

    `restore` are the settings to put back where this run changes them, `enable` says that it may.
    """
    state = pipeline.state
    state.restore = state.restore or restore
    pipeline.save()

    def switch_on_again() -> bool:
        if enable:
            batch_settings.switch_on_again(client, state.restore)
            pipeline.save()
        else:
            client.warn("The batch endpoint was switched off meanwhile, so rows went one by one: --enable-batch.")
        return enable

    sender.on_batch_off = switch_on_again
    with batch_settings.changed(client, {"enabled": True}, state.restore):
        pipeline.run()
    state.restore = {}
    pipeline.save()


def _decider(
    client: Client, lock: Lock, procedure: Procedure, lookups: dict[str, Lookup], targets: set[str] | None
) -> Decider:
    collection, finders = procedure.collection, {}
    for name, lookup in lookups.items():
        # The rows that a dry run does not create cannot be found on the server either.
        ahead = procedure.dry_run and name in procedure.own_lookups
        finders[name] = (Finder(client, lock, lookup.collection, [lookup.key["name"]], ahead=ahead), lookup.multiple)
    key = Finder(client, lock, collection, procedure.keys) if procedure.keys else None
    related = related_by_id(client, lock, collection, targets, lookups) if procedure.dry_run else {}
    return Decider(client, lock, collection, key, procedure.on_match, finders, related)


def _target(client: Client, name: str) -> Collection:
    collection = known_collection(client, name)
    if collection["type"] == "view":
        raise PBUsageError(f"{name!r} is a view, which takes no records.", hint="Import into the collections it reads.")
    return collection


def _check_options(args: argparse.Namespace) -> None:
    for name in ("upsert", "skip_existing", "checkpoint", "rejects", "files", "delimiter"):
        value = getattr(args, name)
        if value is not None and not value.strip(", " if name in ("upsert", "skip_existing") else ""):
            option = f"--{name.replace('_', '-')}"
            raise PBUsageError(f"{option} {value!r} names nothing.", hint=f"Give it a value, or leave out {option}.")
    if args.upsert and args.skip_existing:
        raise PBUsageError(
            "--upsert and --skip-existing exclude each other.", hint="Give one of them.", code="wrong_command_line"
        )
    if args.duplicates != "last" and not (args.upsert or args.skip_existing):
        raise PBUsageError(
            "--duplicates needs a key.", hint="Add --upsert KEY or --skip-existing KEY.", code="wrong_command_line"
        )
    if args.atomic and args.checkpoint:
        raise PBUsageError(
            "--atomic has nothing to continue.", hint="Leave out --checkpoint.", code="wrong_command_line"
        )


def _keys(args: argparse.Namespace) -> tuple[list[str], str]:
    names = [name.strip() for name in (args.upsert or args.skip_existing or "").split(",") if name.strip()]
    return names, "update" if args.upsert else "skip"


def _check_columns(client: Client, collection: Collection, mapping: Mapping, keys: list[str]) -> None:
    """Raise PBUsageError for a key without a column; warn of required fields without one."""
    targets = mapping.targets
    if targets is None:
        return
    for name in keys:
        if name not in targets:
            raise PBUsageError(f"The key {name!r} has no column.", hint=suggest(name, targets), code="unknown_name")
    for field in collection["fields"]:
        if field.get("required") and field["name"] not in targets and not _made_by_server(field):
            client.warn(f"{field['name']} is required and has no column: new records need a hook that sets it.")


def _warn_of_doubles(client: Client, collection: Collection, keys: list[str]) -> None:
    """Warn of a key that nothing on the server keeps from being used twice, by two imports at once."""
    if keys and not any(set(names) <= set(keys) for names in unique_fields(collection)):
        words = ["add-index", collection["name"], ",".join(keys), "--unique"]
        client.warn(
            f"No unique index keeps two records with the same {', '.join(keys)} apart: another import that is run at"
            f" once may double rows. Make one first: {script_command(f'pb_collections.py {shlex.join(words)}')}"
        )


def _not_resumable(collection: Collection) -> PBRefused:
    return PBRefused(
        f"The ids of {collection['name']} are too short, or of a pattern in which this import cannot choose them: rows"
        " that are on their way when it is killed could not be told from those that are not, and would be doubled.",
        hint="Name a key by which a row is found again: --skip-existing KEY or --upsert KEY (also id, where the rows"
        " have ids), or leave out --checkpoint.",
    )


def _made_by_server(field: Field) -> bool:
    return bool(field.get("autogeneratePattern")) or field["name"] == "tokenKey"


def _identity(client: Client, args: argparse.Namespace, collection: Collection, table: Table) -> dict[str, Any]:
    """Return what must be the same for a run to continue an earlier one."""
    names = ("map", "lookup", "files", "separator", "delimiter", "date_order", "upsert", "skip_existing", "duplicates")
    options = {name: getattr(args, name) for name in names}
    return {"url": client.settings.url, "collection": collection["id"], "columns": table.columns, **options}


def _rejects(client: Client, args: argparse.Namespace, table: Table, state: Checkpoint) -> Rejects | None:
    """Return what writes the rejected rows; raise PBRefused where the file named for it holds something else."""
    if not args.rejects:
        ending = f"rejects.{table.kind if table.kind in DELIMITERS else 'ndjson'}"
        if args.atomic or args.dry_run:
            return None
        return Rejects(free_path(beside(args.file, ending)), table, state, named=False)
    path = Path(args.rejects)
    if state.rejects and path != Path(state.rejects):
        client.warn(f"The rows that were rejected before are in {state.rejects}.")
        state.rejects = None
    if is_rereadable(args.file) and path.exists() and path.samefile(args.file):
        raise PBRefused(
            f"--rejects {path} is the input itself.",
            hint="Give another file for the rejected rows.",
            code="would_overwrite",
        )
    if not path.parent.is_dir():
        raise PBUsageError(
            f"--rejects {path}: there is no folder {path.parent}.",
            hint="Make it, or give another.",
            code="unwritable_file",
        )
    if not state.rejects:
        require_free(path)
    return None if args.dry_run else Rejects(path, table, state, named=True)
