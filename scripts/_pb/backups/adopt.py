"""Make the data of a v0.22 server, or what is left of it, into that of a server of today, by PocketBase's own upgrade.

The upgrade takes a whole v0.22 database. Where only dumps of tables are left, such a database is made of them first:
the tables as the dumps have them, the collections as the export of the schema has them.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import sqlite3
from pathlib import Path
from secrets import token_hex
from typing import Any

from _pb.backups.archive import DATABASE
from _pb.backups.source import STORAGE, require_room
from _pb.database.comparing import columns_of, quoted
from _pb.database.opening import read_only_uri
from _pb.server.binary import find_binary, parse_version
from _pb.server.go_program import output_of
from _pb.server.layout import Project
from _pb.server.up import fetched
from pb_common import Client, Outcome, PBError, PBUsageError, script_command
from pb_common.project import typed
from pb_common.reading import parse_json, read_text

_NOW = "(strftime('%Y-%m-%d %H:%M:%fZ'))"
_DATES = f"created TEXT DEFAULT {_NOW} NOT NULL, updated TEXT DEFAULT {_NOW} NOT NULL"
# The tables that every v0.22 database has, made where no dump holds them.
_TABLES = {
    "_migrations": "file VARCHAR(255) PRIMARY KEY NOT NULL, applied INTEGER NOT NULL",
    "_admins": "id TEXT PRIMARY KEY NOT NULL, avatar INTEGER DEFAULT 0 NOT NULL, email TEXT UNIQUE NOT NULL,"
    f" tokenKey TEXT UNIQUE NOT NULL, passwordHash TEXT NOT NULL, lastResetSentAt TEXT DEFAULT '' NOT NULL, {_DATES}",
    "_collections": "id TEXT PRIMARY KEY NOT NULL, system BOOLEAN DEFAULT FALSE NOT NULL,"
    " type TEXT DEFAULT 'base' NOT NULL, name TEXT UNIQUE NOT NULL, schema JSON DEFAULT '[]' NOT NULL,"
    " indexes JSON DEFAULT '[]' NOT NULL, listRule TEXT, viewRule TEXT, createRule TEXT, updateRule TEXT,"
    f" deleteRule TEXT, options JSON DEFAULT '{{}}' NOT NULL, {_DATES}",
    "_params": "id TEXT PRIMARY KEY NOT NULL, key TEXT UNIQUE NOT NULL, value JSON DEFAULT NULL,"
    " created TEXT DEFAULT '' NOT NULL, updated TEXT DEFAULT '' NOT NULL",
    "_externalAuths": "id TEXT PRIMARY KEY NOT NULL, collectionId TEXT NOT NULL, recordId TEXT NOT NULL,"
    f" provider TEXT NOT NULL, providerId TEXT NOT NULL, {_DATES}",
}
# What v0.22 had applied by itself, so that the upgrade begins behind it.
_APPLIED = (
    *("1640988000_init", "1673167670_multi_match_migrate", "1677152688_rename_authentik_to_oidc"),
    *("1679943780_normalize_single_multiple_values", "1679943781_add_indexes_column", "1685164450_check_fk"),
    *("1689579878_renormalize_single_multiple_values", "1690319366_reset_null_values"),
    *("1690454337_transform_relations_to_views", "1691747913_resave_views", "1692609521_copy_display_fields"),
    *("1701496825_allow_single_oauth2_provider_in_multiple_auth_collections", "1702134272_set_default_json_max_size"),
    "1718706525_add_login_alert_column",
)
# Of the tokens of a new v0.22 server, in seconds.
_DURATIONS = {"Auth": 1209600, "PasswordReset": 1800, "File": 120, "EmailChange": 1800, "Verification": 604800}
_COLUMNS = ("id", "system", "type", "name", "schema", "indexes", "options", "created", "updated")
_RULES = ("listRule", "viewRule", "createRule", "updateRule", "deleteRule")
# The only column of rows that the upgrade names otherwise.
_RENAMED = {"passwordHash": "password"}
_UPGRADED = "1717233556_v0.23_migrate"


def adopt(client: Client, args: argparse.Namespace) -> Outcome:
    """Make a pb_data of v0.23 or newer from a v0.22 pb_data, or from dumps of its tables, and compare row by row.

    The old folder is only read; the new one appears when all is done. Raises PBUsageError for a folder that holds
    neither, PBError where the upgrade fails or a value is not as it was.
    """
    old, target = Path(args.path), Path(args.to)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise PBUsageError(f"{args.to!r} holds something.", hint="Name a new folder.", code="unwritable_file")
    dumps = sorted(old.glob("*.sql"))
    if not (old / DATABASE).is_file() and not dumps:
        raise PBUsageError(
            f"{args.path!r} holds neither {DATABASE} nor dumps (*.sql).",
            hint="Name the old pb_data, or a folder with `sqlite3 data.db .dump` of its tables and storage/.",
            code="unreadable_file",
        )
    version = parse_version(args.version) if args.version else None
    project = Project(Path.cwd())
    binary = find_binary(project.folder, args.binary, version) or fetched(project, version)
    scratch = target.absolute().with_name(f".pb-{os.urandom(8).hex()}")
    scratch.mkdir(parents=True)
    try:
        before = scratch / "before.db"
        _take(old, dumps, args.schema, before)
        told = {"version": binary.version, "to": args.to}
        if args.dry_run:
            return Outcome({"dryRun": True, **told, "collections": _counts(before)})
        data = scratch / "data"
        data.mkdir()
        shutil.copyfile(before, data / DATABASE)
        _copy_storage(old / STORAGE, data / STORAGE)
        said = output_of(
            binary.path, ["migrate", "up", f"--dir={data}", f"--migrationsDir={scratch / 'none'}"], scratch
        )
        _require_upgraded(data / DATABASE, said)
        counts = _compared(before, data / DATABASE)
        if target.exists():
            target.rmdir()
        data.replace(target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    hint = (
        f"Look at it: {script_command(f'pb_backups.py inspect {typed(args.to)}')}, then start a server in the folder"
        f" that it is in: {script_command('pb_server.py up')}. Its superusers are the old server's admins with their"
        " old passwords: set PB_SUPERUSER_EMAIL and PB_SUPERUSER_PASSWORD to one of them, else `up` makes another"
        f" superuser. Then keep its schema as a migration: {script_command('pb_collections.py migrations record')}"
    )
    return Outcome({**told, "collections": counts}, hint=hint)


def _take(old: Path, dumps: list[Path], schema: str | None, target: Path) -> None:
    with contextlib.closing(sqlite3.connect(target)) as made:
        if (old / DATABASE).is_file():
            require_room(target.parent, 2 * (old / DATABASE).stat().st_size, "The database")
            with contextlib.closing(sqlite3.connect(_only_read(old / DATABASE), uri=True)) as source:
                source.backup(made)
        else:
            _from_dumps(made, dumps, schema)
        made.execute("PRAGMA journal_mode = DELETE")
        if "schema" not in columns_of(made, "main", "_collections"):
            raise PBUsageError("This is no database of v0.22.", hint="A newer one is only started, not adopted.")


def _only_read(database: Path) -> str:
    """Return the URI that opens a database and leaves nothing beside it, also where nothing may be written there."""
    log = database.with_name(f"{database.name}-wal")
    # A server that runs has a log beside its database; without one nobody changes it meanwhile.
    return read_only_uri(database) + ("" if log.exists() else "&immutable=1")


def _from_dumps(made: sqlite3.Connection, dumps: list[Path], schema: str | None) -> None:
    made.set_authorizer(_only_within)
    for dump in dumps:
        try:
            made.executescript(read_text(str(dump)))
        except sqlite3.Error as error:
            raise PBUsageError(f"{dump} is no dump of SQLite: {error}.", hint="Make it by `.dump TABLE`.") from error
    made.set_authorizer(None)
    for name, columns in _TABLES.items():
        made.execute(f"CREATE TABLE IF NOT EXISTS {name} ({columns})")
    made.executemany("INSERT OR IGNORE INTO _migrations VALUES (?, 0)", [(f"{name}.go",) for name in _APPLIED])
    if not made.execute("SELECT 1 FROM _params WHERE key = 'settings'").fetchone():
        made.execute("INSERT INTO _params (id, key, value) VALUES ('settings0000000', 'settings', ?)", [_settings()])
    there = {name for (name,) in made.execute("SELECT name FROM _collections")}
    listed: Any = parse_json(read_text(schema), schema) if schema else []
    for item in listed if isinstance(listed, list) else listed["collections"]:
        if item["name"] not in there:
            _add_collection(made, item)
    if not made.execute("SELECT count(*) FROM _collections").fetchone()[0]:
        raise PBUsageError("No dump holds _collections.", hint="Give the export of the schema: --schema FILE")
    made.commit()


def _settings() -> str:
    """Return settings as a new v0.22 server has them, where no dump holds the old ones: the upgrade needs some."""
    mails = {"verification": "Verify your {APP_NAME} email", "resetPassword": "Reset your {APP_NAME} password"}
    mails["confirmEmailChange"] = "Confirm your {APP_NAME} new email address"
    pages = {"verification": "verification", "resetPassword": "password-reset", "confirmEmailChange": "email-change"}
    templates = {
        f"{kind}Template": {
            "subject": subject,
            "body": f'<p>Hello,</p><p><a href="{{ACTION_URL}}">{subject}</a></p><p>Thanks,<br/>{{APP_NAME}} team</p>',
            "actionUrl": f"{{APP_URL}}/_/#/auth/confirm-{pages[kind]}/{{TOKEN}}",
        }
        for kind, subject in mails.items()
    }
    meta = {"appName": "Acme", "appUrl": "http://localhost:8090", "senderName": "Support"}
    tokens = {
        f"{owner}{kind}Token": {"secret": token_hex(25), "duration": seconds}
        for owner in ("admin", "record")
        for kind, seconds in _DURATIONS.items()
    }
    return json.dumps({"meta": {**meta, "senderAddress": "support@example.com", **templates}, **tokens})


def _add_collection(made: sqlite3.Connection, item: dict[str, Any]) -> None:
    names = [name for name in (*_COLUMNS, *_RULES) if name in item]
    values = [json.dumps(item[name]) if isinstance(item[name], (list, dict)) else item[name] for name in names]
    columns = ", ".join(map(quoted, names))
    made.execute(f"INSERT INTO _collections ({columns}) VALUES ({', '.join('?' * len(names))})", values)
    query = (item.get("options") or {}).get("query")
    if item["type"] == "view" and query:
        made.execute(f"CREATE VIEW IF NOT EXISTS {quoted(item['name'])} AS SELECT * FROM ({query.rstrip(';')})")


def _only_within(action: int, *_: Any) -> int:
    """Let a dump do nothing beyond the database that is made of it."""
    if action == sqlite3.SQLITE_PRAGMA:
        return sqlite3.SQLITE_IGNORE
    return sqlite3.SQLITE_DENY if action in (sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH) else sqlite3.SQLITE_OK


def _copy_storage(source: Path, target: Path) -> None:
    if source.is_dir():
        size = sum(path.stat().st_size for path in source.rglob("*") if path.is_file())
        require_room(target.parent, size, "The files")
        shutil.copytree(source, target)


def _require_upgraded(database: Path, said: str) -> None:
    with contextlib.closing(sqlite3.connect(database)) as data:
        files = [file for (file,) in data.execute("SELECT file FROM _migrations")]
    if not any(file.startswith(_UPGRADED) for file in files):
        raise PBError(
            f"PocketBase could not upgrade it: {said.strip()[-500:]}",
            hint="Mend what it names in a copy of the old data; the new folder was not made.",
        )


def _counts(database: Path) -> dict[str, int]:
    with contextlib.closing(sqlite3.connect(database)) as data:
        names = [name for (name,) in data.execute("SELECT name FROM _collections WHERE type <> 'view'")]
        return {name: data.execute(f"SELECT count(*) FROM {quoted(name)}").fetchone()[0] for name in names}


def _compared(before: Path, after: Path) -> dict[str, int]:
    """Return the rows of each collection; raise PBError if one of them is not as it was."""
    counts = _counts(before)
    with contextlib.closing(sqlite3.connect(":memory:", uri=True)) as data:
        for name, path in (("old", before), ("new", after)):
            data.execute(f"ATTACH ? AS {name}", [read_only_uri(path)])
        for name in counts:
            there = set(columns_of(data, "new", name))
            pairs = [(old, _RENAMED.get(old, old)) for old in columns_of(data, "old", name)]
            same = " AND ".join(f"o.{quoted(a)} IS n.{quoted(b)}" for a, b in pairs if b in there)
            table = quoted(name)
            [unlike] = data.execute(
                f"SELECT count(*) FROM old.{table} o WHERE NOT EXISTS"
                f" (SELECT 1 FROM new.{table} n WHERE o.id = n.id AND {same})"
            ).fetchone()
            if unlike:
                raise PBError(
                    f"{unlike} records of {name} are not as they were after the upgrade.",
                    hint="The new folder was not made. Look at the values with sqlite3.",
                )
    return counts
