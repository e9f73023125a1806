"""Several changes in one transaction: all of them, or none."""

from __future__ import annotations

import argparse
import json
import re
from typing import Any, NamedTuple
from urllib.parse import unquote

from _pb.records import batch_settings
from _pb.records.ignored import missing_values, refuse_unknown, unknown_keys
from _pb.records.own_account import keep_own_account
from _pb.records.uploads import check_files, shown_files
from _pb.records.writing import password_fields
from _pb.schema.stored_values import changes
from pb_common import Client, PBError, PBRequestError, PBUsageError, read_json
from pb_common.collections import known_collection, known_collections
from pb_common.destroying import Destruction, permit
from pb_common.gate import require_writable
from pb_common.multipart import FilePart, Multipart, file_part
from pb_common.output import dry_run, without_secrets
from pb_common.paths import BATCH, records_path
from pb_common.processes import terminated_as_interrupted
from pb_common.schema_types import Collection
from pb_common.suggest import suggest

_METHODS = {"create": "POST", "update": "PATCH", "upsert": "PUT", "delete": "DELETE"}
_ACTIONS = {method: action for action, method in _METHODS.items()}
_URL = re.compile(r"/api/collections/([^/?]+)/records(?:/([^/?]+))?(\?.*)?")
_KEYS = {"action", "collection", "id", "body", "files", "method", "url"}
_EXAMPLE = '{"action": "create", "collection": "posts", "body": {"title": "A"}, "files": {"cover": "a.png"}}'


class Operation(NamedTuple):
    """One change of a batch: `record` is the id for update and delete, `query` the URL's query with its ?."""

    action: str
    collection: str
    record: str | None
    body: dict[str, Any]
    files: list[FilePart]
    query: str = ""

    @property
    def request(self) -> dict[str, Any]:
        """The operation as the API takes it."""
        url = records_path(self.collection, self.record) + self.query
        return {"method": _METHODS[self.action], "url": url, **({"body": self.body} if self.action != "delete" else {})}

    def __str__(self) -> str:
        shown = self.record or self.body.get("id")
        return f"{self.action} {self.collection}" + (f" {shown}" if shown else "")


def run_batch(client: Client, args: argparse.Namespace) -> Any:
    """Carry out the operations of a file in one transaction and return what became of each (POST /api/batch)."""
    operations = _parsed(read_json(args))
    if not args.dry_run:
        require_writable(client.settings, "batch")
    collections = {}
    for collection in known_collections(client):
        collections[collection["name"].lower()] = collections[collection["id"]] = collection
    for number, operation in enumerate(operations, 1):
        _check(client, number, operation, collections, allow_unknown=args.allow_unknown)
        changed = None if operation.action == "delete" else operation.body
        keep_own_account(client, operation.collection, changed, operation.record or operation.body.get("id", ""), {})
    body = _body(operations)
    before = batch_settings.read_settings(client)
    need = {"enabled": True, "maxRequests": len(operations), "maxBodySize": batch_settings.body_size(body)}
    needed = batch_settings.lacking(before, need)
    if needed and not args.enable_batch:
        raise _too_small(before, needed)
    if args.dry_run:
        return _preview(client, operations)
    deletions = [str(operation) for operation in operations if operation.action == "delete"]
    if deletions:
        sentence = f"This batch deletes {len(deletions)} records, and what refers to them."
        permit(client, Destruction(sentence, {"deletions": deletions}, args.yes), "batch")
    restore = {name: before[name] for name in needed}
    with terminated_as_interrupted(), batch_settings.changed(client, needed, restore):
        timeout = max(before["timeout"] + 10, client.settings.timeout)
        answer = batch_settings.exchange(client, body, timeout, restore, need if args.enable_batch else None)
    if answer.status >= 400:
        error = PBRequestError(answer.status, answer.data, method="POST", path=BATCH)
        _explain(error, operations, collections)
        raise error
    client.status = 200
    return [_shown(operation, result) for operation, result in zip(operations, answer.data)]


def _parsed(value: Any) -> list[Operation]:
    rows = value.get("requests") if isinstance(value, dict) and "requests" in value else value
    if not isinstance(rows, list) or not rows:
        raise PBUsageError(
            "Expected the operations as a JSON array that is not empty.", hint=f"[{_EXAMPLE}]", code="invalid_json"
        )
    return [_operation(number, row) for number, row in enumerate(rows, 1)]


class _Wrong(Exception):
    """What is wrong with an operation as it is written; `hint` is how to write it."""

    def __init__(self, reason: str, hint: str = _EXAMPLE) -> None:
        super().__init__(reason)
        self.hint = hint


def _operation(number: int, row: Any) -> Operation:
    try:
        return _read(row)
    except _Wrong as wrong:
        raise PBUsageError(f"Operation {number}: {wrong}.", hint=wrong.hint) from None


def _read(row: Any) -> Operation:
    """Return an operation as it is meant; raise _Wrong if it cannot be told, PBUsageError for an unreadable file."""
    if not isinstance(row, dict):
        raise _Wrong("expected a JSON object")
    for key in row:
        if key not in _KEYS:
            raise _Wrong(f"unknown key {key!r}", suggest(key, _KEYS))
    action, collection, record, query = _target(row)
    body = row.get("body") or {}
    files = row.get("files") or {}
    if not isinstance(body, dict) or not isinstance(files, dict):
        raise _Wrong("`body` and `files` must be JSON objects")
    if action in ("create", "upsert"):
        body = {**body, **({"id": record} if record else {})}
        record = None
    elif not record:
        raise _Wrong(f"{action} needs the record's `id`")
    if action == "delete" and (body or files):
        raise _Wrong("delete takes no `body` and no `files`")
    return Operation(action, collection, record, body, _files(files), query)


def _target(row: dict[str, Any]) -> tuple[str, str, str | None, str]:
    """Return action, collection, record and query, given by name or as the method and URL of a request."""
    if "url" in row or "method" in row:
        match = _URL.fullmatch(str(row.get("url")))
        action = _ACTIONS.get(str(row.get("method")).upper(), "")
        if not match or not action:
            raise _Wrong("a batch takes only POST, PATCH, PUT and DELETE of /api/collections/NAME/records[/ID]")
        return action, unquote(match[1]), match[2] and unquote(match[2]), match[3] or ""
    action, record = str(row.get("action")), row.get("id")
    if action not in _METHODS:
        raise _Wrong(f"the action is {action!r}; expected create, update, upsert or delete")
    if not isinstance(record, (str, type(None))):
        raise _Wrong("`id` must be a text")
    return action, str(row.get("collection") or ""), record, ""


def _files(files: dict[str, Any]) -> list[FilePart]:
    parts = []
    for field, names in files.items():
        for name in names if isinstance(names, list) else [names]:
            if not isinstance(name, str):
                raise _Wrong(f"the file of {field!r} must be a path or an array of paths")
            parts.append(file_part(field, name))
    return parts


def _check(
    client: Client, number: int, operation: Operation, collections: dict[str, Collection], *, allow_unknown: bool
) -> None:
    name = operation.collection
    found = _collection_of(operation, collections)
    if not found:
        names = {collection["name"] for collection in collections.values()}
        raise PBUsageError(
            f"Operation {number}: there is no collection {name!r}.",
            hint=suggest(name, names),
            code="unknown_collection",
        )
    try:
        check_files(found, operation.files)
        if not allow_unknown:
            refuse_unknown(operation.body, found)
    except PBUsageError as error:
        raise PBUsageError(f"Operation {number}: {error}", hint=error.hint, code=error.code) from error
    unknown_keys(client, operation.body, found)
    for change in changes(operation.body, found):
        client.warn(f"Operation {number}: {change}")


def _collection_of(operation: Operation, collections: dict[str, Collection]) -> Collection:
    """Return the collection that an operation names by name or id, {} if there is none."""
    name = operation.collection
    return collections.get(name.lower()) or collections.get(name) or {}


def _body(operations: list[Operation]) -> Any:
    payload = {"requests": [operation.request for operation in operations]}
    parts = [
        part._replace(field=f"requests.{index}.{part.field}")
        for index, operation in enumerate(operations)
        for part in operation.files
    ]
    return Multipart(payload, parts) if parts else payload


def _too_small(before: dict[str, Any], needed: dict[str, Any]) -> PBError:
    places = [f"batch.{name} is {json.dumps(before[name])} and must be {json.dumps(needed[name])}" for name in needed]
    return PBError(
        f"The server's settings do not let this batch through: {', '.join(places)}.",
        hint="Add --enable-batch, which changes that for this run and puts it back.",
    )


def _preview(client: Client, operations: list[Operation]) -> Any:
    planned = []
    for number, operation in enumerate(operations, 1):
        if operation.record is not None:
            created = any(o.body.get("id") == operation.record for o in operations[: number - 1])
            if not created:
                with client.as_superuser():  # who may change a record need not be one who may see it
                    client.call("GET", records_path(operation.collection, operation.record))
        files = {"files": shown_files(operation.files)} if operation.files else {}
        secret = password_fields(known_collection(client, operation.collection))
        planned.append(without_secrets({**operation.request, **files}, secret))
    return dry_run("POST", BATCH, operations=planned)


def _explain(error: PBRequestError, operations: list[Operation], collections: dict[str, Collection]) -> None:
    """Make the error name the operation that failed, with its own reason."""
    details = error.data.get("data") if isinstance(error.data, dict) else None
    failures = details.get("requests") if isinstance(details, dict) else None
    if not isinstance(failures, dict):
        return
    for index, failure in failures.items():
        if not index.isdigit() or int(index) >= len(operations):
            continue
        response = failure.get("response") or {}
        fields = response.get("data") or {}
        reasons = [f"{name}: {problem['message']}" for name, problem in fields.items() if "message" in problem]
        operation = operations[int(index)]
        reasons += missing_values(fields, operation.body, _collection_of(operation, collections))
        reason = " ".join(reasons) or response.get("message") or failure.get("message")
        error.hint = (
            f"Operation {int(index) + 1} of {len(operations)} ({operation}) failed: {reason} Nothing was changed."
        )
        error.data = {**error.data, "operation": int(index) + 1, "reason": response}


def _shown(operation: Operation, result: dict[str, Any]) -> dict[str, Any]:
    shown = {"action": operation.action, "collection": operation.collection, "status": result["status"]}
    return {**shown, "id": operation.record} if result["body"] is None else {**shown, "record": result["body"]}
