"""The account of the scripts on a server of the project's own."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

from _pb.database.opening import open_read_only
from _pb.server.program import Program
from pb_common import PBConnectionError, PBUsageError, Settings
from pb_common.go_project import program_command
from pb_common.project import quoted, typed

DEFAULT_EMAIL = "admin@example.com"
# PocketBase itself makes this account at a start without any superuser, for its set-up page.
_INSTALLER = "__pbinstaller@example.com"
_COMMAND_SECONDS = 120
_NEW_PASSWORD = "PB_SKILL_NEW_PASSWORD"
_HOOK = f"""
onRecordCreate((e) => {{
    e.record.setPassword($os.getenv("{_NEW_PASSWORD}"))
    e.next()
}}, "_superusers")
"""


class Account(NamedTuple):
    """A superuser to create; `configured` if the settings have all of it already."""

    email: str
    password: str
    configured: bool


def has_superuser(data: Path) -> bool:
    """Tell whether a data directory has a superuser of somebody's; one that cannot be read is taken to have one."""
    database = data / "data.db"
    if not database.is_file():
        return False
    import sqlite3

    try:
        with open_read_only(database) as connection:
            query = "SELECT 1 FROM _superusers WHERE email != ? LIMIT 1"
            return connection.execute(query, (_INSTALLER,)).fetchone() is not None
    except sqlite3.Error:
        return True


def plan_account(settings: Settings, data: Path) -> Account | None:
    """Return the superuser that must be created before the server starts, None if the configured one counts.

    Without any credentials that is admin@example.com with a random password; half of them is completed only where no
    superuser exists yet. Raises PBUsageError where that would be a guess.
    """
    complete = bool(settings.email and settings.password)
    if has_superuser(data):
        if complete or settings.token:
            return None
        if settings.email or settings.password:
            missing = "PASSWORD" if settings.email else "EMAIL"
            raise PBUsageError(
                f"PB_SUPERUSER_{missing} is not set, and {data} has superusers already.",
                hint="Set it in .env; a forgotten password is changed on this machine with:"
                f" {program_command('superuser upsert EMAIL PASSWORD')} --dir {quoted(data)}",
                code="no_credentials",
            )
    from secrets import token_urlsafe

    return Account(settings.email or DEFAULT_EMAIL, settings.password or token_urlsafe(18), complete)


def create_superuser(program: Program, account: Account, probed: Path | None = None) -> bool:
    """Create the account with `pocketbase superuser create` and return True; False if a configured one exists.

    `probed` is the copy of a Go program that has our probe in it (see `go_program.probed_program`), if `program` itself
    has not. An existing account is left as it is: its password may be in use elsewhere. Before v0.40 a failing command
    exits with 0, so its words count. Raises PBUsageError if PocketBase refuses the email or the password.
    """
    import subprocess
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="pb-account-") as hooks:
        command = _unseen(program._replace(path=probed or program.path), account, Path(hooks))
        try:
            done = subprocess.run(
                command.words,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_COMMAND_SECONDS,
                env={**os.environ, **command.environment},
            )
        except (OSError, subprocess.SubprocessError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it took too long"
            raise PBUsageError(
                f"{program.path} cannot be run: {reason}.", hint=program.hint, code="missing_program"
            ) from error
    output = (done.stdout + done.stderr).decode("utf-8", "replace").strip()
    if re.search(r"successfully created", output, re.IGNORECASE):
        return True
    if re.search(r"email: value must be unique", output, re.IGNORECASE):
        if account.configured:
            return False
        raise PBUsageError(
            f"A superuser {account.email} exists already, and its password is not configured.",
            hint="Set PB_SUPERUSER_EMAIL and PB_SUPERUSER_PASSWORD in .env; a forgotten password is changed with:"
            f" {quoted(program.path)} superuser upsert {typed(account.email)} PASSWORD --dir {quoted(program.data)}",
            code="no_credentials",
        )
    if re.search(r"superuser account|email address", output, re.IGNORECASE):
        reason = output.splitlines()[-1]
        raise PBUsageError(
            f"PocketBase refuses the superuser {account.email!r}: {reason}",
            hint="Correct PB_SUPERUSER_EMAIL or PB_SUPERUSER_PASSWORD (8 to 71 characters).",
        )
    raise PBConnectionError(
        "PocketBase could not create the superuser.",
        hint=program.hint,
        log=output.splitlines()[-20:],
        code="not_started",
    )


class _Command(NamedTuple):
    words: list[str]
    environment: dict[str, str]


def _unseen(program: Program, account: Account, hooks: Path) -> _Command:
    """Return the command that creates an account without its password, which others see in the list of processes.

    A hook in the folder `hooks`, or our probe in a Go program, puts it in the place of one that nobody needs, from the
    environment, which only this user can read.
    """
    from secrets import token_urlsafe

    words = [str(program.path), "superuser", "create", *program.flags]
    if any(flag.startswith("--hooksDir=") for flag in program.flags):
        (hooks / "account.pb.js").write_text(_HOOK, "utf-8")
        words.append(f"--hooksDir={hooks}")
    return _Command([*words, "--", account.email, token_urlsafe(18)], {_NEW_PASSWORD: account.password})
