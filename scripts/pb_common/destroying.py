"""The one rule for all that destroys, and the backup of the state before.

What a command's own words name goes at once (`delete posts`, `restore my.zip`): it is said what went, and what brings
it back. What they do not name (rows by a filter, columns that an update leaves out) is refused until an option names
it. PB_PROTECTED=1 wants --yes for all of it and for every change of the schema, and takes a backup first.
"""

from __future__ import annotations

import os
import shlex
import time
from typing import Any, NamedTuple

from .backing_up import BACKUPS, ask_for_backup
from .client import Client
from .errors import PBError, PBRefused
from .gate import require_writable
from .output import note
from .project import script_command


class Destruction(NamedTuple):
    """What a command is about to destroy, and what its user has said to it.

    `sentence` says what goes, with its rows ("Deleting posts deletes its 3 records."); `details` are the keys of a
    refusal's data that list it. `confirmed` is whether --yes was given. `option` is what allows losses that the
    command's words do not name (--allow-drop, say, or --yes itself), and `allowed` whether it was given; None where
    they name them. `advice` is a sentence more for the hint of a refusal.
    """

    sentence: str
    details: dict[str, Any]
    confirmed: bool
    option: str | None = None
    allowed: bool = True
    advice: str = ""


def missing_options(client: Client, what: Destruction) -> str:
    """Return the options without which a command may not destroy, "" if it may."""
    missing = [what.option] if what.option and not what.allowed else []
    if client.settings.protected and not what.confirmed and "--yes" not in missing:
        missing.append("--yes")
    return " ".join(missing)


def refusal(client: Client, what: Destruction) -> PBRefused | None:
    """Return why a command may not destroy yet, with the options that are missing; None if it may."""
    missing = missing_options(client, what)
    if not missing:
        return None
    why = " PB_PROTECTED is on: a backup is made first." if client.settings.protected else ""
    advice = f" {what.advice}" if what.advice else ""
    return PBRefused(
        what.sentence,
        hint=f"Add {missing} if that is meant.{why}{advice}",
        **what.details,
        code="would_destroy",
    )


def permit(client: Client, what: Destruction, verb: str, *, copy: bool = False) -> None:
    """Let a command destroy: raise PBRefused if an option is missing; back up the present state where that is due.

    That is with PB_PROTECTED=1, or where `copy` asks for it. The backup's name begins with before_ and the `verb`; the
    runner prints it as `safetyCopy` in the data, whatever becomes of the command. With PB_READONLY=1 nothing may.
    """
    require_writable(client.settings, f"{verb}:")
    refused = refusal(client, what)
    if refused:
        raise refused
    if not (copy or client.settings.protected):
        return
    # The last digits keep two commands of one second apart.
    stamp = time.strftime("%Y%m%d%H%M%S", time.gmtime()) + os.urandom(2).hex()
    try:
        client.safety_copy = make_backup(client, f"before_{verb.replace('-', '_')}_{stamp}.zip")
    except PBError as error:
        error.hint = f"Nothing was destroyed: it needs a backup of the present state first. {error.hint or ''}".strip()
        raise
    note(f"The present state is kept as {client.safety_copy['key']}.")


def make_backup(client: Client, name: str) -> dict[str, Any]:
    """Make a backup, under a name of the server's choice if `name` is empty, and return its entry in the list.

    Follows POST /api/backups. Raises PBError if the server makes none.
    """
    before = {backup["key"] for backup in client.call("GET", BACKUPS)}
    is_answered = ask_for_backup(client, name)
    status = client.status
    backups = client.call("GET", BACKUPS)
    client.status = status if is_answered else 0
    # A name chosen twice within a second replaces the first backup: then none is new, and the latest one is ours.
    new = [backup for backup in backups if backup["key"] == name or (not name and backup["key"] not in before)]
    if not new and not is_answered:
        raise PBError(
            f"{client.settings.url} gave no answer, and made no backup.", hint="Its log says why: pb_server.py logs"
        )
    found: dict[str, Any] = max(new or backups, key=lambda backup: backup["modified"])
    return found


def newest_backup(client: Client) -> dict[str, Any] | None:
    """Return the entry of the newest backup (GET /api/backups), None if there is none or nobody tells."""
    try:
        backups = client.call("GET", BACKUPS)
    except PBError:
        return None
    newest: dict[str, Any] | None = max(backups, key=lambda backup: backup["modified"], default=None)
    return newest


def way_back(client: Client) -> str:
    """Return the sentence that says which backup holds what a command has just destroyed; it goes into the hint."""
    status = client.status
    backup = client.safety_copy or newest_backup(client)
    client.status = status
    if backup is None:
        return "There is no backup to bring it back from; with PB_PROTECTED=1 one is made first."
    key = shlex.quote(backup["key"])
    restore = script_command(f"pb_backups.py restore {key}")
    if client.safety_copy:
        return f"The state before it: {restore}"
    return (
        f"To bring everything back to {backup['modified']}, when the newest backup was made: {restore} - or see"
        f" what was lost since, and put back only that: {script_command(f'pb_backups.py diff {key}')}"
    )
