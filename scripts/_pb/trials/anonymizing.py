"""A copy without what tells who its people are: other values in the named fields, and no way to sign in as anybody."""

from __future__ import annotations

import contextlib
import json
import secrets
import sqlite3
import string
from pathlib import Path
from typing import Any

from _pb.database.comparing import collections_in, quoted
from _pb.trials.database import opened
from _pb.trials.shapes import Shapes
from pb_common import PBUsageError
from pb_common.schema_types import Collection, Field

# Of these a value is not one of many texts, or is known elsewhere by it.
_NOT = ("file", "relation", "select", "bool", "autodate", "password")
# Rows about signing in, which name people or their accounts elsewhere.
_SIGNS = ("_externalAuths", "_authOrigins", "_mfas", "_otps")
_SECRETS = ("authToken", "passwordResetToken", "emailChangeToken", "verificationToken", "fileToken")
_LETTERS = string.ascii_letters + string.digits


def parse_fields(given: str | None) -> dict[str, list[str]]:
    """Return the fields that --anonymize names, by collection; raise PBUsageError for what is no COLLECTION.field."""
    found: dict[str, list[str]] = {}
    for word in given.split(",") if given is not None else ():
        collection, point, field = word.strip().partition(".")
        if not (collection and point and field):
            raise PBUsageError(
                f"--anonymize names {word.strip()!r}; expected COLLECTION.field.",
                hint="--anonymize users.email,users.name,orders.address",
                code="wrong_command_line",
            )
        found.setdefault(collection, []).append(field)
    return found


def anonymize(data: Path, fields: dict[str, list[str]]) -> None:
    """Replace the values of fields in a copy, and reset its passwords, tokens and secrets; logs are emptied.

    Raises PBUsageError for a field that is not there, or of a type whose values cannot be replaced.
    """
    with opened(data / "data.db") as connection:
        collections = {item["name"]: item for item in collections_in(connection)}
        wanted = [(name, _field(collections, name, field)) for name, names in fields.items() for field in names]
        key = secrets.token_bytes(32)
        for name, field in wanted:
            # One key for all: the same address in two collections stays the same.
            _replace(connection, name, field, Shapes(key + field["type"].encode()))
        _reset(connection, list(collections.values()))
    # Until then a database keeps what was in it.
    for database in ("data.db", "auxiliary.db"):
        if (data / database).is_file():
            with contextlib.closing(sqlite3.connect(data / database, isolation_level=None)) as whole:
                if database == "auxiliary.db":
                    whole.execute("DELETE FROM _logs")
                whole.execute("VACUUM")
                whole.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _field(collections: dict[str, Collection], name: str, field: str) -> Field:
    if name not in collections:
        raise PBUsageError(
            f"--anonymize names the collection {name!r}, which the copy does not have.",
            hint=f"It has {', '.join(sorted(collections))}.",
            code="unknown_name",
        )
    known = {item["name"]: item for item in collections[name]["fields"]}
    if field not in known or collections[name]["type"] == "view":
        raise PBUsageError(
            f"--anonymize names {name}.{field}, and {name} has no such column.",
            hint=f"It has {', '.join(known)}.",
            code="unknown_name",
        )
    if known[field]["type"] in _NOT or field in ("id", "tokenKey"):
        raise PBUsageError(
            f"--anonymize names {name}.{field} of type {known[field]['type']}, whose values stay as they are.",
            hint="Leave it out. Passwords and tokens are reset anyway; files have to be deleted in the trial.",
            code="wrong_command_line",
        )
    return known[field]


def _replace(connection: sqlite3.Connection, table: str, field: Field, shapes: Shapes) -> None:
    """Replace the values of a column in one statement, with its unique indexes out of the way meanwhile."""
    indexes = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL", [table]
    ).fetchall()
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {quoted(name)}")
    kind = field["type"]
    connection.create_function("other_value", 1, lambda value: shapes.value(kind, value), deterministic=True)
    column = quoted(field["name"])
    connection.execute(f"UPDATE {quoted(table)} SET {column} = other_value({column})")
    for _, sql in indexes:
        connection.execute(sql)


def _reset(connection: sqlite3.Connection, collections: list[Collection]) -> None:
    """Give each account a password that nobody knows and new tokens, and forget the secrets of providers."""
    connection.create_function("random_text", 1, _random)
    for item in collections:
        if item["type"] != "auth":
            continue
        table = quoted(item["name"])
        # As long as bcrypt writes it, so that the field counts as filled.
        connection.execute(f"UPDATE {table} SET password = '$2a$10$' || random_text(53), tokenKey = random_text(50)")
        [(options,)] = connection.execute("SELECT options FROM _collections WHERE id = ?", [item["id"]]).fetchall()
        changed: dict[str, Any] = json.loads(options)
        for name in _SECRETS:
            if isinstance(changed.get(name), dict):
                changed[name]["secret"] = _random(50)
        if isinstance(changed.get("oauth2"), dict):
            changed["oauth2"].update(enabled=False, providers=[])
        connection.execute("UPDATE _collections SET options = ? WHERE id = ?", [json.dumps(changed), item["id"]])
    for name in _SIGNS:
        if any(item["name"] == name for item in collections):
            connection.execute(f"DELETE FROM {quoted(name)}")
    connection.execute("DELETE FROM _superusers")
    _forget_settings(connection)


def _forget_settings(connection: sqlite3.Connection) -> None:
    row = connection.execute("SELECT value FROM _params WHERE id = 'settings'").fetchone()
    try:
        settings = json.loads(row[0]) if row else {}
    except ValueError:  # encrypted, and not used
        settings = {}
    for bucket in (settings.get("s3"), settings.get("backups", {}).get("s3"), settings.get("smtp")):
        if isinstance(bucket, dict):
            bucket.update({name: "" for name in ("secret", "accessKey", "username", "password") if name in bucket})
    connection.execute("UPDATE _params SET value = ? WHERE id = 'settings'", [json.dumps(settings).encode()])


def _random(length: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(length))
