"""What is there when all else is lost: backups, their age and place, and the disk that they need."""

from __future__ import annotations

import os
import shutil
import time
from calendar import timegm
from pathlib import Path

from _pb.health.patient import Finding, NotChecked, Patient, set_command
from pb_common import script_command
from pb_common.backing_up import BACKUPS

_OLD_DAYS = 7
_DAY = 86_400
_CREATE = "pb_backups.py create"


def check_backups(patient: Patient) -> list[Finding]:
    """No backup, an old one, none made by itself, or all on the disk that they are to replace."""
    settings = patient.settings["backups"]
    made = [item["modified"] for item in patient.client.call("GET", BACKUPS)]
    found = []
    if not made:
        why = "What is deleted or damaged now is gone."
        found.append(Finding("error", "There is no backup.", why, script_command(_CREATE)))
    elif (days := (time.time() - _seconds(max(made))) / _DAY) > _OLD_DAYS:
        why = "A restore loses all that came after it."
        message = f"The newest backup is {days:.0f} days old."
        found.append(Finding("error", message, why, script_command(_CREATE)))
    if not settings["cron"]:
        command = set_command("'backups.cron=0 3 * * *'", "backups.cronMaxKeep=7")
        found.append(Finding("warning", "No backup is made by itself.", "Somebody has to think of it.", command))
    if not settings["s3"]["enabled"]:
        why = "What takes the disk takes them too."
        command = set_command("backups.s3.enabled=true", "backups.s3.bucket=NAME", "backups.s3.endpoint=URL")
        found.append(Finding("info", "Backups lie beside the database.", why, command))
    return found


def _seconds(stamp: str) -> float:
    return timegm(time.strptime(stamp[:19], "%Y-%m-%d %H:%M:%S"))


def check_disk(patient: Patient) -> list[Finding]:
    """Too little room for the next backup, which needs as much as the data at the most."""
    if patient.home is None:
        raise NotChecked("The server's data is not at hand: run this in its project folder.")
    data = patient.home.database.parent.absolute()
    size, free = _size(data), shutil.disk_usage(data).free
    if free > 2 * size:
        return []
    return [
        Finding(
            "error" if free < size else "warning",
            f"{_in_words(free)} are free where {data} has {_in_words(size)}.",
            "A backup needs as much again, and SQLite stops writing on a full disk.",
            script_command("pb_backups.py prune --keep 3"),
        )
    ]


def _size(folder: Path) -> int:
    """Return the bytes of what a backup holds of a data folder: all but the backups in it."""
    total = 0
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name != "backups"]
        for name in files:
            try:
                total += os.lstat(os.path.join(place, name)).st_size  # noqa: PTH118 - half the time of Path
            except OSError:  # gone meanwhile
                continue
    return total


def _in_words(size: int) -> str:
    units = ("bytes", "KB", "MB", "GB", "TB")
    power = min(len(str(size)) - 1, 12) // 3
    return f"{size // 1000**power} {units[power]}"
