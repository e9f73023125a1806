"""Why the server said no: a bare error explained from the names, the schema, or the server's own log."""

from __future__ import annotations

import json
import re
from collections.abc import Container
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from _pb.languages.rules import RuleError, parse, paths
from _pb.schema.rule_paths import LITERALS
from pb_common.client import Client
from pb_common.collections import field_names, known_collections, named
from pb_common.errors import PBError, PBRequestError
from pb_common.paths import COLLECTIONS
from pb_common.project import script_command, typed
from pb_common.server_log import logged
from pb_common.suggest import suggest
from pb_common.tables import NAMES

if TYPE_CHECKING:
    from pb_common.schema_types import Collection

# The routes of PocketBase itself, of which a 404 has nothing to add in the log.
_OWN_ROUTES = re.compile(
    r"/api/(?:backups|batch|collections|crons|files|health|logs|oauth2-redirect|realtime|settings|sql)(?:/|$)"
)
# What the route of static files says, to which the server leads a GET that no other route takes.
_NO_FILE = "File not found."

_RECORDS = re.compile(r"/api/collections/([^/]+)(?:/records(?:/([^/]+))?|(/auth-with-password))?$")
_ACTIONS = {"GET": "view", "POST": "create", "PATCH": "update", "DELETE": "delete"}
# What a collection can be searched and sorted by.
_OF_A_COLLECTION = {"id", "created", "updated", "name", "system", "type"}


def explain(client: Client, error: PBRequestError) -> str | None:
    """Return the next step for an error of the server, None where nothing more is known than it says."""
    who = client.acting_as
    try:
        with client.as_superuser():
            return (_rule_in_the_way(client, error, who) if who else None) or _explanation(client, error)
    except PBError:
        return None  # the explanation is a courtesy; the error itself is what counts


def _rule_in_the_way(client: Client, error: PBRequestError, who: str) -> str | None:
    """Return which rule keeps a record from whom a command acts as, None where that is not the reason."""
    match = _RECORDS.match(urlsplit(error.path).path)
    if not match or match[3] or error.status not in (400, 403, 404):
        return None
    name, record = unquote(match[1]), match[2]
    found = named(known_collections(client), name)
    if not found or (error.status == 400 and (error.method != "POST" or not _is_bare(error.data))):
        return None
    if error.status == 404 and (
        not record or client.exchange_authed("GET", error.path.partition("?")[0]).status == 404
    ):
        return None
    action = _ACTIONS[error.method] if record or error.method != "GET" else "list"
    rule: str | None = found.get(f"{action}Rule")  # type: ignore[assignment]
    why = "is null: only superusers may" if rule is None else f"is {rule!r}"
    there = "The record is there, but the" if error.status == 404 else "The"
    about = f"--record {record}" if record else "--body JSON" if action == "create" else "--record ID"
    part = script_command(f"pb_access.py explain {typed(found['name'])} {action} --as {typed(who)} {about}")
    which = f" Which part of it decides: {part}" if rule else ""
    return f"{there} {action}Rule of {found['name']} {why}; {who} is not let through.{which}"


def _explanation(client: Client, error: PBRequestError) -> str | None:
    parts = urlsplit(error.path)
    if error.status not in (400, 404) or not error.method:
        return None
    if parts.path.startswith("/api/backups/"):
        return _unknown_backup(client, error, unquote(parts.path.split("/")[3]))
    query = {key: values[0] for key, values in parse_qs(parts.query).items()}
    match = _RECORDS.match(parts.path)
    reason = None
    if parts.path == COLLECTIONS:
        reason = _unknown_field(error, "A collection", _OF_A_COLLECTION, query)
    elif match:
        reason = _of_records(client, error, match, query)
    if reason:
        return reason
    return no_route(error) if is_no_route(error) else _logged_reason(client, error)


def _of_records(client: Client, error: PBRequestError, match: re.Match[str], query: dict[str, str]) -> str | None:
    """Return what is wrong with a request about the records of a collection, with the code for it in the error."""
    name, record = unquote(match[1]), match[2] and unquote(match[2])
    collections = known_collections(client)
    found = named(collections, name)
    if not found and error.status == 404:
        error.code = "unknown_collection"
        return f"There is no collection {name!r}. {suggest(name, [c['name'] for c in collections])}"
    if record and error.status == 404:
        error.code = "unknown_record"
        return f"{name} has no record with the id {record!r}.{_by_another_value(found, record)}"
    if not found:
        return None
    if match[3] and found["type"] != "auth":
        return f"{found['name']} is a {found['type']} collection: only records of auth collections log in."
    known = {*field_names(found), "collectionId", "collectionName"}
    return _unknown_field(error, found["name"], known, query) or _unrepeated_password(found, error)


def _by_another_value(collection: Collection | None, value: str) -> str:
    """Return the command that finds a record by what it is called, "" for what looks like an id."""
    names = [name for name in NAMES if collection and name in field_names(collection)]
    named_so = "email" if "@" in value and "email" in names else next(iter(names), "")
    if not collection or not named_so or re.fullmatch(r"[a-z0-9]{15}", value):
        return ""
    command = f"pb_records.py first {typed(collection['name'])} {typed(f'{named_so} = {json.dumps(value)}')}"
    return f" To find it by its {named_so}: {script_command(command)}"


def is_no_route(error: PBRequestError) -> bool:
    """Tell whether an error shows that no route takes the request; a 404 of other methods than GET leaves it open."""
    said = error.data.get("message") if isinstance(error.data, dict) else None
    return error.status == 404 and said == _NO_FILE and not error.path.startswith("/api/files/")


def may_be_no_route(error: PBRequestError) -> bool:
    """Tell whether an error leaves it open that no route takes the request: a bare 404 at no path of PocketBase."""
    return error.status == 404 and _is_bare(error.data) and not _OWN_ROUTES.match(error.path)


def no_route(error: PBRequestError) -> str:
    """Return the sentence that no route takes a request."""
    return f"The server has no route {error.method} {urlsplit(error.path).path}."


def _unrepeated_password(collection: Collection, error: PBRequestError) -> str | None:
    """Return how a password is written where it was not repeated."""
    details = error.data.get("data") if isinstance(error.data, dict) else None
    if collection["type"] != "auth" or not isinstance(details, dict) or "passwordConfirm" not in details:
        return None
    body = {"password": "secret-password", "passwordConfirm": "secret-password"}
    shown = json.dumps({"email": "anna@example.com", **body} if error.method == "POST" else body)
    return f"passwordConfirm repeats the password. For example: '{shown}'"


def _is_bare(data: Any) -> bool:
    return not (isinstance(data, dict) and data.get("data"))


def _unknown_backup(client: Client, error: PBRequestError, name: str) -> str | None:
    names = [backup["key"] for backup in client.call("GET", "/api/backups")]
    if name in names:
        return None
    error.code = "unknown_name"
    return f"There is no backup {name!r}. {suggest(name, names)}"


def _unknown_field(error: PBRequestError, owner: str, known: set[str], query: dict[str, str]) -> str | None:
    """Return which field of a filter or sort expression is not known, with the code for it in the error."""
    name = _unknown_name(known, query)
    if name is None:
        return None
    error.code = "unknown_field"
    sentence = f"{owner} has no field {name!r}. {suggest(name, known)}"
    if name in ("created", "updated"):
        sentence += f" {name!r} exists only where an autodate field of that name was added."
    return sentence


def _unknown_name(known: Container[str], query: dict[str, str]) -> str | None:
    """Return the first name in a filter or sort expression that is not known."""
    sort_keys = [key.strip().lstrip("+-") for key in query.get("sort", "").split(",")]
    used = [key.split(".")[0] for key in sort_keys if key and not key.startswith("@")]
    used += _names_in(query.get("filter", ""))
    unknown = (name for name in used if name not in known and name not in LITERALS and "_via_" not in name)
    return next(unknown, None)


def _names_in(filter: str) -> list[str]:
    """Return the fields of the collection itself that a filter names, none where it cannot be read."""
    try:
        found = [operand.text for operand in paths(parse(filter))]
    except RuleError:
        return []
    return [path.split(".")[0].split(":")[0] for path in found if not path.startswith("@")]


def _logged_reason(client: Client, error: PBRequestError) -> str | None:
    """Return the reason that the server wrote to its log for this very request: `details`, or what a hook threw."""
    if not _is_bare(error.data) or (error.status == 404 and _OWN_ROUTES.match(error.path)):
        return None
    agent = client.refused.get((error.method, error.path))
    entry = logged(client, f'data.userAgent = "{agent}"') if agent else {}
    reason = entry.get("details") or entry.get("error")
    return f"The server's log says: {reason}" if reason and reason != str(error) else None
