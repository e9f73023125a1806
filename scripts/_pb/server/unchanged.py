"""What a start would change in the data of a project, which PB_READONLY does not let happen."""

from __future__ import annotations

from _pb.database.opening import open_read_only
from _pb.server.last_run import last_run
from _pb.server.launch import Plan
from _pb.server.layout import Project
from pb_common import PBRefused, Settings

_MOST_NAMED = 5


def require_unchanged(project: Project, settings: Settings, plan: Plan | None, version: str | None) -> None:
    """Raise PBRefused with PB_READONLY=1 if a start would change the data; `plan` is None for a program to be built.

    `version` is the release that is asked for, where the program has still to be fetched.
    """
    if not settings.readonly:
        return
    reason = _change(project, plan, plan.program.version if plan and plan.program else version)
    if reason:
        raise PBRefused(
            f"A start here {reason}, and PB_READONLY is on: nothing was started or stopped.",
            hint="If that is meant: PB_READONLY=0 for this one command.",
            code="read_only",
        )


def _change(project: Project, plan: Plan | None, version: str | None) -> str:
    """Return what a start would change, "" for nothing."""
    if plan is None:
        return "builds a Go program, whose migrations only show when they are applied"
    if not (project.data / "data.db").is_file():
        return f"would make a database in {project.data}"
    if plan.account:
        return f"would create the superuser {plan.account.email}"
    last = last_run(project)
    if last is None or last.version != version:
        known = f"PocketBase {last.version}" if last else "a PocketBase that is not known"
        return f"would bring the database, last used by {known}, to {version or 'the newest release'}"
    waiting = _waiting(project)
    more = f" and {len(waiting) - _MOST_NAMED} more" if len(waiting) > _MOST_NAMED else ""
    return f"would apply {', '.join(waiting[:_MOST_NAMED])}{more}" if waiting else ""


def _waiting(project: Project) -> list[str]:
    """Return the migration files that the database does not have as applied; all of them where it cannot be read."""
    import sqlite3

    folder = project.folder / "pb_migrations"
    files = sorted(path.name for path in folder.glob("*") if path.suffix in (".js", ".ts"))
    if not files:
        return []
    try:
        with open_read_only(project.data / "data.db") as connection:
            applied = {file for (file,) in connection.execute("SELECT file FROM _migrations")}
    except sqlite3.Error:
        return files
    return [file for file in files if file not in applied]
