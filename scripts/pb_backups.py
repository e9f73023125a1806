#!/usr/bin/env python3
# /// script
# requires-python = ">=3.9"
# dependencies = []
# ///
"""List, create, restore and delete backups as the superuser."""

from __future__ import annotations

import argparse
import contextlib
import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pb_common import (
    Client,
    Outcome,
    Parser,
    PBError,
    PBUsageError,
    add_dry_run,
    add_verb,
    add_verbs,
    run,
    script_command,
    segment,
)
from pb_common.checks import dry_run
from pb_common.transport import is_loopback

if TYPE_CHECKING:
    from pb_restore import Content, Migrations

BACKUPS = "/api/backups"
# The server answers when the zip is complete, which may take minutes.
_CREATE_SECONDS = 600.0


class Plan(NamedTuple):
    """A restore that can be carried out; `content` is None where this Python cannot read the backup's database."""

    key: str
    content: Content | None
    newer: Migrations
    set_aside: bool


def list_backups(client: Client, args: argparse.Namespace) -> Any:
    """Return every backup: key, size in bytes, and when it was made (GET /api/backups)."""
    return client.call("GET", BACKUPS)


def create_backup(client: Client, args: argparse.Namespace) -> Any:
    """Back up the present state and return the new backup (POST /api/backups)."""
    if args.name is not None:
        check_name(args.name)
    if args.name in [backup["key"] for backup in client.call("GET", BACKUPS)]:
        delete = script_command(f"pb_backups.py delete {args.name}")
        raise PBUsageError(
            f"The backup {args.name!r} exists already.", hint=f"Choose another name, or delete it: {delete}"
        )
    if args.dry_run:
        return dry_run("POST", BACKUPS, body={"name": args.name or ""})
    return make_backup(client, args.name or "")


def restore_backup(client: Client, args: argparse.Namespace) -> Any:
    """Put the server back into a backup's state and compare the two (POST /api/backups/{key}/restore).

    The backup is checked and the present state is backed up first.
    """
    from pb_restore import Migrations, newer_migrations

    key = find_backup(client, args.key)["key"]
    content = load_content(client, key)
    if content is None and args.set_aside_migrations:
        raise PBUsageError(
            "--set-aside-migrations has to read the backup's database, which this Python cannot.",
            hint="Use a Python with a recent sqlite3 module.",
        )
    newer = newer_migrations(_project_folders(client), content.migrations) if content else Migrations([], [])
    plan = Plan(key, content, newer, args.set_aside_migrations)
    _warn_of_migrations(client, plan)
    return _preview(client, plan) if args.dry_run else _carry_out(client, plan)


def delete_backup(client: Client, args: argparse.Namespace) -> Any:
    """Delete a backup (DELETE /api/backups/{key})."""
    path = backup_path(args.key)
    if args.dry_run:
        return dry_run("DELETE", path, backup=find_backup(client, args.key))
    client.call("DELETE", path)
    return {"deleted": args.key}


def backup_path(key: str) -> str:
    """Return the API path of a backup."""
    return f"{BACKUPS}/{segment(key, 'backup key')}"


def check_name(name: str) -> None:
    """Raise PBUsageError with a corrected name if PocketBase would not take the name for a backup."""
    if re.fullmatch(r"[a-z0-9_-]{1,146}\.zip", name):
        return
    stem = re.sub(r"\.zip$", "", name.lower())
    stem = re.sub(r"[^a-z0-9_-]+", "_", stem).strip("_")[:146] or "backup"
    raise PBUsageError(
        f"{name!r} cannot be the name of a backup: it takes a-z, 0-9, _ and -, then .zip.",
        hint=f"For example: {stem}.zip",
    )


def find_backup(client: Client, key: str) -> dict[str, Any]:
    """Return the entry of a backup in the list; raise PBError with the nearest key if there is none."""
    from pb_common.suggest import suggest

    backups = {backup["key"]: backup for backup in client.call("GET", BACKUPS)}
    if key not in backups:
        raise PBError(f"There is no backup {key!r}.", hint=suggest(key, backups))
    found: dict[str, Any] = backups[key]
    return found


def make_backup(client: Client, name: str) -> dict[str, Any]:
    """Make a backup, under a name of the server's choice if `name` is empty, and return its entry in the list."""
    before = {backup["key"] for backup in client.call("GET", BACKUPS)}
    client.call("POST", BACKUPS, {"name": name}, timeout=max(_CREATE_SECONDS, client.settings.timeout))
    status = client.status
    backups = client.call("GET", BACKUPS)
    client.status = status
    # A name chosen twice within a second replaces the first backup: then none is new, and the latest one is ours.
    new = [backup for backup in backups if backup["key"] == name or (not name and backup["key"] not in before)]
    found: dict[str, Any] = max(new or backups, key=lambda backup: backup["modified"])
    return found


def load_content(client: Client, key: str) -> Content | None:
    """Download a backup, check it, and return its content (None where this Python cannot read the database)."""
    import tempfile

    from pb_restore import download, read_content

    with tempfile.TemporaryDirectory(prefix="pb-restore-") as folder:
        archive = Path(folder) / "backup.zip"
        download(client, key, archive)
        return read_content(client, archive, key)


def _preview(client: Client, plan: Plan) -> Any:
    from pb_restore import differences, live_collections, losses, totals

    names = [path.name for path in plan.newer.files] if plan.set_aside else []
    result = dry_run("POST", f"{backup_path(plan.key)}/restore")
    if plan.content is None:
        return result
    backup, live = plan.content.collections, live_collections(client)
    result["backup"] = totals(backup)
    result["losses"] = losses(backup, live)
    result["differences"] = differences(backup, live)
    result["migrationsRunAgain"] = [name for name in plan.newer.names if name not in names]
    result["setAside"] = names
    return Outcome(result, hint="Records and settings changed since the backup get their old values, too.")


def _carry_out(client: Client, plan: Plan) -> Any:
    from pb_restore import set_aside, wait_until_healthy

    stamp = time.strftime("%Y%m%d%H%M%S", time.gmtime())
    safety = make_backup(client, f"before_restore_{stamp}.zip")
    _note(f"The present state is kept as {safety['key']}.")
    moves: list[tuple[Path, Path]] = []
    details: dict[str, Any] = {"restored": None, "safetyCopy": safety["key"]}
    try:
        token = client.superuser_token()
        moves = set_aside(plan.newer.files, stamp) if plan.set_aside else []
        if moves:
            _note(f"{len(moves)} migration files are set aside in {_shown(moves[0][1].parent)}.")
        _restart_on_backup(client, plan.key, token, moves, safety["modified"])
        details["restored"] = plan.key
        wait_until_healthy(client, _start_hint(plan))
        _sign_in_again(client, token)
        return _compared(client, plan, details, [_shown(target) for _, target in moves])
    except PBError as error:
        still_aside = [_shown(target) for _, target in moves if target.exists()]
        answer = error.data if isinstance(error.data, dict) else {"message": str(error)}
        error.data = {**answer, **details, "setAside": still_aside}
        raise


def _restart_on_backup(
    client: Client, key: str, token: str, moves: list[tuple[Path, Path]], safety_copy_made: str
) -> None:
    """Request the restore and wait for the restart; put the migration files back if the server gives up."""
    from pb_restore import RestartWatch, StillRestoring, failure_reason, put_back

    try:
        with contextlib.closing(RestartWatch(client, token)) as watch:
            client.call("POST", f"{backup_path(key)}/restore")
            _note("Waiting for the server to restart on the backup.")
            if not watch.wait():
                reason = failure_reason(client, safety_copy_made) or "it does not say why"
                raise PBError(
                    f"The server took the request and did not restore {key}; its data is as before. Reason: {reason}.",
                    hint="The server's log has more. A hook for onBackupRestore that does not call e.next() stops it"
                    " without a word.",
                )
    except StillRestoring:
        raise  # the files would run again when it is done
    except PBError:
        put_back(moves)
        raise


def _sign_in_again(client: Client, token: str) -> None:
    """Make sure of a superuser token in the restored database, which may know other superusers and passwords."""
    from pb_restore import is_restoring

    if is_restoring(client, token) is not None:
        return
    try:
        client.superuser_token(force=True)
    except PBError as error:
        raise PBError(
            "The backup was restored, but it does not know the superuser credentials in use: the accounts and"
            f" passwords are those from when it was made. It was not compared. ({error})",
            hint="Set the credentials of that time, or make new ones on the server's host:"
            " pocketbase superuser upsert EMAIL PASSWORD",
        ) from error


def _compared(client: Client, plan: Plan, details: dict[str, Any], aside: list[str]) -> Outcome:
    from pb_restore import differences, live_collections, totals

    live = live_collections(client)
    client.status = 204
    found = differences(plan.content.collections, live) if plan.content else None
    moved = {Path(path).name for path in aside}
    again = [name for name in plan.newer.names if name not in moved]
    result = {**details, **totals(live), "differences": found, "migrationsRunAgain": again, "setAside": aside}
    if found:
        return Outcome(result, success=False, hint=_difference_hint(plan, again, details["safetyCopy"]))
    kept = "To apply one of the files that were set aside after all, move it back and restart the server."
    return Outcome(result, hint=kept if aside else None)


def _difference_hint(plan: Plan, again: list[str], safety_copy: str) -> str:
    back = f"The state before the restore: {script_command(f'pb_backups.py restore {safety_copy}')}"
    aside = script_command(f"pb_backups.py restore {plan.key} --set-aside-migrations")
    if not again:
        cause = "If migration files newer than the backup ran again, run this in the server's project folder"
        return f"{cause}: {aside}. {back}" if not plan.set_aside else back
    if plan.set_aside:
        return f"Migrations in the Go program ran again: build it without them and restore again. {back}"
    return f"Migration files newer than the backup ran again. To restore without them: {aside}. {back}"


def _start_hint(plan: Plan) -> str:
    again = ", ".join([] if plan.set_aside else plan.newer.names)
    cause = f" Migration files that run again may fail ({again}): move them away and start it." if again else ""
    return f"Look at the server's log and start it.{cause}"


def _project_folders(client: Client) -> list[Path]:
    """Return where the project may be: the working directory, else the folder of the .env file."""
    env_file = client.settings.env_file
    return [Path.cwd(), *([env_file.parent] if env_file else [])]


def _warn_of_migrations(client: Client, plan: Plan) -> None:
    if plan.newer.files and not is_loopback(client.transport.host):
        client.warn(
            f"{client.settings.url} is another machine: the migration files are those of"
            f" {_shown(plan.newer.files[0].parent)} here, not the server's own."
        )
    if plan.newer.compiled and plan.set_aside:
        client.warn(f"Migrations in a Go program cannot be set aside: {', '.join(plan.newer.compiled)}.")


def _shown(path: Path) -> str:
    try:
        return path.relative_to(Path.cwd()).as_posix()
    except ValueError:
        return str(path)


def _note(sentence: str) -> None:
    print(sentence, file=sys.stderr)


def build_parser() -> Parser:
    """Return the parser of the command line."""
    parser = Parser(prog="pb_backups.py", description="Work on the backups of the whole server, as the superuser.")
    verbs = add_verbs(parser)
    _verb(verbs, "list", list_backups, "list the backups", "list")

    verb = _verb(verbs, "create", create_backup, "back up the present state", "create", "create my_backup.zip")
    verb.add_argument("name", nargs="?", metavar="NAME", help="a-z, 0-9, _ and -, then .zip (default: the server's)")
    add_dry_run(verb)

    help = "put the server back into a backup's state; the present state is backed up first"
    examples = ["restore my_backup.zip --dry-run", "restore my_backup.zip --set-aside-migrations"]
    verb = _verb(verbs, "restore", restore_backup, help, *examples)
    verb.add_argument("key", metavar="KEY", help="the backup's key, as list shows it")
    verb.add_argument(
        "--set-aside-migrations",
        action="store_true",
        help="first move the migration files away that the backup does not know: the server would run them again",
    )
    add_dry_run(verb)

    verb = _verb(verbs, "delete", delete_backup, "delete a backup", "delete my_backup.zip")
    verb.add_argument("key", metavar="KEY", help="the backup's key, as list shows it")
    add_dry_run(verb)
    return parser


def _verb(verbs: Any, name: str, function: Any, help: str, *examples: str) -> Any:
    return add_verb(verbs, name, function, help, [f"python3 scripts/pb_backups.py {example}" for example in examples])


def main(argv: list[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    return run(build_parser(), argv)


if __name__ == "__main__":
    sys.exit(main())
