"""What there is on the server whatever an actor is shown, read by the superuser: without it a denial proves nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from _pb.schema.lookup import rule_of
from _pb.schema.rule_paths import rule_problem
from _pb.testing.actors import Reply
from _pb.testing.report import RECORDS, action_of, report
from _pb.testing.verdict import has, records_of
from pb_common import Answer
from pb_common.paths import collection_path
from pb_common.schema_types import Field
from pb_common.suggest import suggest

if TYPE_CHECKING:
    from _pb.testing.actors import Actor

# Keys of a body that are no fields: they only confirm a password.
_CONFIRMATIONS = ("passwordConfirm", "oldPassword")
_NEVER_SHOWN = ("password", "tokenKey")
_UTC = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?Z?)?")


def named_fields(superuser: Actor, collection: str, keys: Iterable[str]) -> dict[str, Field]:
    """Return the fields that keys of a body such as "owner" or "members+" name, by key, without confirmations.

    Raises AssertionError for a collection or a field that does not exist: such a test would prove nothing.
    """
    reply = superuser.request("GET", collection_path(collection))
    if reply.status != 200:
        raise AssertionError(report(f"The test is wrong: there is no collection {collection!r}.", reply))
    fields = {field["name"]: field for field in reply.data["fields"]}
    found = {}
    for key in keys:
        name = field_name(key)
        if name in _CONFIRMATIONS:
            continue
        if name not in fields:
            hint = suggest(name, fields)
            raise AssertionError(f"The test is wrong: {collection} has no field {name!r}. {hint or ''}".rstrip())
        if name == "tokenKey":
            raise AssertionError("The test is wrong: nobody can read tokenKey, so a change of it cannot be seen.")
        found[key] = fields[name]
    return found


def existing_record(superuser: Actor, collection: str, id: str) -> dict[str, Any]:
    """Return a record as it is stored; raise AssertionError if there is none, for then nothing can be proved."""
    reply = superuser.get(collection, id)
    if reply.status != 200:
        raise AssertionError(report(f"The test is wrong: {collection} has no record {id!r}.", reply))
    return dict(reply.data)


def problem_if_no_record(answer: Answer) -> str | None:
    """Expect that a 404 is about a record that exists, so that a rule gave it."""
    path = urlsplit(answer.sent.path).path if isinstance(answer, Reply) else ""
    match = RECORDS.match(path)
    if answer.status != 404 or not match or not match[2] or not isinstance(answer, Reply):
        return None
    missing = answer.sent.actor.session.superuser.request("GET", path).status == 404
    return "there is no such record, so no rule was asked" if missing else None


def problem_if_broken(answer: Answer) -> str | None:
    """Expect that a refusal comes from a rule that the server can read: a broken one lets nobody pass."""
    match = RECORDS.match(urlsplit(answer.sent.path).path) if isinstance(answer, Reply) else None
    if answer.status not in (400, 404) or match is None or not isinstance(answer, Reply):
        return None
    schema = answer.sent.actor.session.schema
    collection = schema.get(unquote(match[1]))
    key = f"{action_of(answer.sent)}Rule"
    rule = rule_of(collection, key) if collection else None
    problem = rule_problem(rule, collection, schema) if collection and rule else None
    if problem is None or problem.silent or collection is None:
        return None
    return f"{collection['name']}.{key} is broken, so it lets nobody pass: {problem.message}"


def problem_if_nobody_sees(answer: Answer, fields: Iterable[str]) -> str | None:
    """Expect that fields of records exist: the collection has them, or the superuser is shown them."""
    match = RECORDS.match(urlsplit(answer.sent.path).path) if isinstance(answer, Reply) else None
    if match is None or not isinstance(answer, Reply):
        return None
    superuser = answer.sent.actor.session.superuser
    known = [field["name"] for field in superuser.request("GET", f"/api/collections/{match[1]}").data["fields"]]
    unknown = [field for field in fields if field not in known and field.rpartition(".")[2] not in _NEVER_SHOWN]
    shown = records_of(superuser.request("GET", answer.sent.path)) if unknown else []
    unknown = [field for field in unknown if not any(has(record, field) for record in shown)]
    if not unknown:
        return None
    hint = suggest(unknown[0], known) or ""
    return f"nobody sees {', '.join(unknown)}, not even the superuser, so it proves nothing. {hint}".rstrip(" .")


def field_name(key: str) -> str:
    """Return the field's name in a key of a body, without modifiers: "members" for "members+"."""
    return key.partition(":")[0].strip("+-")


def changed_fields(
    fields: dict[str, Field], before: dict[str, Any], after: dict[str, Any], *, accepted: bool
) -> list[str]:
    """Return the names of the fields that differ; a password cannot be read, so an accepted one counts as changed.

    What the server fills in by itself, an autodate, does not count.
    """
    return [
        field["name"]
        for field in fields.values()
        if (accepted if field["type"] == "password" else before.get(field["name"]) != after.get(field["name"]))
        and field["type"] != "autodate"
    ]


def has_already(key: str, wish: Any, before: dict[str, Any]) -> bool:
    """Tell whether a record is as an update would make it, so that its being unchanged says nothing of a denial."""
    stored = before.get(field_name(key))
    wishes = wish if isinstance(wish, list) else [wish]
    if isinstance(stored, list) and key != field_name(key):
        return all((item in stored) != key.endswith("-") for item in wishes)
    return bool(stored == (wishes if isinstance(stored, list) else wish))


def took(key: str, field: Field, wish: Any, made: dict[str, Any], honest: dict[str, Any]) -> bool:
    """Tell whether a record was made with the value that was wished for, as PocketBase stores it.

    Where the stored form can differ from what was sent, as a list does from one id, the value counts as taken if it is
    not that of the `honest` record, which was made without the wish.
    """
    name, kind = field["name"], field["type"]
    stored = made.get(name)
    if kind in ("password", "autodate"):
        return bool(kind == "password")
    if stored == wish:
        return True
    if kind == "date" and isinstance(wish, str) and _UTC.fullmatch(wish):
        return str(stored).startswith(wish.replace("T", " ").rstrip("Z")[:23])
    if key == name and kind not in ("date", "file") and _is_same_kind(stored, wish):
        return False
    return bool(stored != honest.get(name))


def _is_same_kind(stored: Any, wish: Any) -> bool:
    """Tell whether two values are of a kind that PocketBase stores as it is sent."""
    return any(isinstance(stored, kind) and isinstance(wish, kind) for kind in (str, (bool, int, float)))
