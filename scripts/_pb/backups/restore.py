"""Put the server back into a backup's state, and prove that it is."""

from __future__ import annotations

import argparse
import contextlib
import time
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from _pb.backups.content import Content, differences, live_collections, load_content, losses, totals
from _pb.backups.growing import restore_growing
from _pb.backups.names import backup_path, find_backup
from _pb.backups.newer_migrations import Migrations, newer_migrations, settle_restores
from _pb.backups.restart import RestartWatch, StillRestoring, failure_reason, wait_until_healthy
from _pb.migrations.home import project_folders
from _pb.server.set_aside import Aside, set_aside
from pb_common import Client, Outcome, PBError, PBRefused, PBUsageError, script_command
from pb_common.backing_up import is_at_backup
from pb_common.destroying import Destruction, permit, refusal, way_back
from pb_common.login_errors import superuser_command
from pb_common.output import dry_run, note
from pb_common.paths import is_loopback
from pb_common.project import shown, typed
from pb_common.status_line import doing

_Said = TypeVar("_Said", Outcome, PBError)


class RestorePlan(NamedTuple):
    """A restore that can be carried out; `content` is None where this Python cannot read the backup's database."""

    key: str
    content: Content | None
    newer: Migrations
    set_aside: bool


def restore_backup(client: Client, args: argparse.Namespace) -> Any:
    """Put the server back into a backup's state and compare the two (POST /api/backups/{key}/restore).

    The backup is checked and the present state is backed up first. With --only see `restore_only`.
    """
    settle_restores(client)
    if args.only is not None:
        from _pb.backups.only import restore_only

        return restore_only(client, args)
    _require_only(args)
    backup = find_backup(client, args.key)
    key = backup["key"]
    content = load_content(client, key)
    if content is None and args.set_aside_migrations:
        raise PBUsageError(
            "--set-aside-migrations has to read the backup's database, which this Python cannot.",
            hint="Use a Python with a recent sqlite3 module.",
            code="unsupported",
        )
    newer = newer_migrations(project_folders(client), content.migrations) if content else Migrations([], [])
    plan = RestorePlan(key, content, newer, args.set_aside_migrations)
    _warn_of_migrations(client, plan)
    sentence = f"Restoring {key} replaces all data by the state of {backup['modified']}."
    what = Destruction(sentence, {"backup": backup}, args.yes)
    if args.dry_run:
        return _preview(client, plan, refusal(client, what))
    permit(client, what, "restore", copy=True)
    return _carry_out(client, plan)


def _require_only(args: argparse.Namespace) -> None:
    if args.filter is not None or args.kind is not None:
        raise PBUsageError(
            "--filter, --missing and --changed are for --only COLLECTION,...: a whole restore takes everything.",
            hint="Add --only with the collections to restore.",
            code="wrong_command_line",
        )


def _preview(client: Client, plan: RestorePlan, refused: PBRefused | None) -> Any:
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
    hint = "Records and settings changed since the backup get their old values, too."
    return Outcome(result, hint=f"{hint} {refused.hint}" if refused else hint)


def _carry_out(client: Client, plan: RestorePlan) -> Any:
    stamp = time.strftime("%Y%m%d%H%M%S", time.gmtime())
    assert client.safety_copy
    safety = client.safety_copy
    aside: Aside | None = None
    details: dict[str, Any] = {"restored": None, "safetyCopy": safety["key"]}
    try:
        token = client.superuser_token()
        aside = set_aside(plan.newer.files, stamp) if plan.set_aside else None
        if aside:
            note(f"{len(aside.moves)} migration files are set aside in {shown(aside.folder)}.")
        _restart_on_backup(client, plan, token, aside, safety["modified"])
        details["restored"] = plan.key
        wait_until_healthy(client, _start_hint(plan))
        _sign_in_again(client, token)
        return _told(_compared(client, plan, details, _still_aside(aside)), aside)
    except KeyboardInterrupt as error:
        raise _told(_ended(client, plan.key, details, aside), aside) from error
    except PBError as error:
        still_aside = _still_aside(aside)
        answer = error.data if isinstance(error.data, dict) else {"message": str(error)}
        error.data = {**answer, **details, "setAside": still_aside}
        _told(error, aside)
        raise


def _told(said: _Said, aside: Aside | None) -> _Said:
    """Return what is about to be printed, which names the files that are set aside: no later command has to."""
    if aside:
        aside.keep()
    return said


def _still_aside(aside: Aside | None) -> list[str]:
    return [shown(path) for path in aside.still_there] if aside else []


def _ended(client: Client, key: str, details: dict[str, Any], aside: Aside | None) -> PBError:
    """Return the error of an interrupted restore: what is carried out, and where the migration files are."""
    requested = client.last_change == f"POST {backup_path(key)}/restore"
    files = _still_aside(aside)
    hint = f"The restore of {key} was requested, and the server may carry it out: look at its log."
    if not requested:
        hint = "The restore was not requested, and the migration files are where they were."
    elif files and aside:
        hint += f" The migration files are in {shown(aside.folder)}: if it is not carried out, move them back."
    error = PBError("Interrupted.", hint=hint, **details, setAside=files, code="interrupted")
    error.exit_code = 130
    return error


def _restart_on_backup(
    client: Client, plan: RestorePlan, token: str, aside: Aside | None, safety_copy_made: str
) -> None:
    """Request the restore and wait for the restart; put the migration files back if the server gives up."""
    key, unpacked = plan.key, plan.content.bytes if plan.content else 0
    try:
        with contextlib.closing(RestartWatch(client, token)) as watch:
            if aside:
                aside.note(requested=True)
            client.call("POST", f"{backup_path(key)}/restore")
            note("Waiting for the server to restart on the backup.")
            doing("the server unpacks the backup and restarts", restore_growing(client, unpacked))
            if not watch.wait():
                reason = failure_reason(client, safety_copy_made) or "it does not say why"
                raise PBError(
                    f"The server took the request and did not restore {key}; its data is as before. Reason: {reason}.",
                    hint="The server's log has more. A hook for onBackupRestore that does not call e.next() stops it"
                    " without a word.",
                )
    except StillRestoring:
        raise  # the files would run again when it is done
    except BaseException as error:
        asked = client.last_change == f"POST {backup_path(key)}/restore"
        if aside and (isinstance(error, PBError) or not asked):
            aside.put_back()
        raise


def _sign_in_again(client: Client, token: str) -> None:
    """Make sure of a superuser token in the restored database, which may know other superusers and passwords."""
    if is_at_backup(client, token) is not None:
        return
    try:
        client.superuser_token(force=True)
    except PBError as error:
        raise PBError(
            "The backup was restored, but it does not know the superuser credentials in use: the accounts and"
            f" passwords are those from when it was made. It was not compared. ({error})",
            hint="Set the credentials of that time, or make new ones on the server's host:"
            f" {superuser_command('upsert EMAIL PASSWORD')}",
        ) from error


def _compared(client: Client, plan: RestorePlan, details: dict[str, Any], aside: list[str]) -> Outcome:
    live = live_collections(client)
    client.status = 204
    found = differences(plan.content.collections, live) if plan.content else None
    moved = {Path(path).name for path in aside}
    again = [name for name in plan.newer.names if name not in moved]
    result = {**details, **totals(live), "differences": found, "migrationsRunAgain": again, "setAside": aside}
    if found:
        return Outcome(result, success=False, code="differs", hint=_difference_hint(plan, again, details["safetyCopy"]))
    kept = " To apply one of the files that were set aside after all, move it back and restart the server."
    return Outcome(result, hint=way_back(client) + (kept if aside else ""))


def _difference_hint(plan: RestorePlan, again: list[str], safety_copy: str) -> str:
    back = f"The state before the restore: {script_command(f'pb_backups.py restore {typed(safety_copy)}')}"
    aside = script_command(f"pb_backups.py restore {typed(plan.key)} --set-aside-migrations")
    if not again:
        cause = "If migration files newer than the backup ran again, run this in the server's project folder"
        return f"{cause}: {aside}. {back}" if not plan.set_aside else back
    if plan.set_aside:
        return f"Migrations in the Go program ran again: build it without them and restore again. {back}"
    return f"Migration files newer than the backup ran again. To restore without them: {aside}. {back}"


def _start_hint(plan: RestorePlan) -> str:
    again = ", ".join([] if plan.set_aside else plan.newer.names)
    cause = f" Migration files that run again may fail ({again}): move them away and start it." if again else ""
    return f"Look at the server's log and start it.{cause}"


def _warn_of_migrations(client: Client, plan: RestorePlan) -> None:
    if plan.newer.files and not is_loopback(client.transport.host):
        client.warn(
            f"{client.settings.url} is another machine: the migration files are those of"
            f" {shown(plan.newer.files[0].parent)} here, not the server's own."
        )
    if plan.newer.compiled and plan.set_aside:
        client.warn(f"Migrations in a Go program cannot be set aside: {', '.join(plan.newer.compiled)}.")
