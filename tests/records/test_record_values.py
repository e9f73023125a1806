"""pb_records.py: values that PocketBase stores as something else in silence are told, all of them and no others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, cast

import pytest

import servers
from _pb.schema.stored_values import changes
from conftest import Runner
from pb_common import Client, Settings
from pb_common.schema_types import Collection

FIELDS: list[dict[str, Any]] = [
    {"name": "t", "type": "text"},
    {"name": "n", "type": "number"},
    {"name": "b", "type": "bool"},
    {"name": "d", "type": "date"},
    {"name": "j", "type": "json"},
    {"name": "ed", "type": "editor"},
    {"name": "one", "type": "select", "values": ["a", "b"], "maxSelect": 1},
    {"name": "many", "type": "select", "values": ["a", "b"], "maxSelect": 2},
    {"name": "rel", "type": "relation", "collectionId": "_pb_users_auth_", "maxSelect": 1},
    {"name": "rels", "type": "relation", "collectionId": "_pb_users_auth_", "maxSelect": 5},
    {"name": "at", "type": "autodate", "onCreate": True},
]
TEXTS = [
    *("x", "12", " 12 ", "1e3", "12abc", "0x10", "1,5", "1_000", "+5", ".5", "5.", "1e400", "0", "-0", "", "true", "T"),
    *("TRUE", "false", "F", "no", "yes", "on", "maybe", "someday", "2024-01-01", "2024-01-01T10:00:00Z", "01/02/2024"),
    *("2024-01-01 10:00", "2024-02-30", "2024", "1700000000", "2024-01-01 10:00:00.123456Z", "2024-1-1", "null", "[1"),
    *('{"a":1}', "5", " 5", "5 ", '"q"', "[1,2]", "01", "-", "12345678901234567890", "2024-01-01 10:00:00 +0200"),
]
VALUES: list[Any] = [
    *TEXTS,
    *(0, 1, 2, 5, -1, 0.5, 1.5, 1e21, 1e-7, 2**53 + 1, True, False, None, [], {}, [1], ["a"], {"a": 1}),
    *(1700000000, {"a": 12345678901234567890}, [0.1], ["a", "b"], [{"id": "x"}], {"id": "x"}, ["a", ""]),
]


@pytest.fixture(scope="session")
def collection(server: servers.Server) -> Collection:
    """A collection with a field of each kind."""
    status, body = server.request("POST", "/api/collections", {"name": "rv_rows", "type": "base", "fields": FIELDS})
    assert status == 200, body
    return cast(Collection, body)


@pytest.fixture(scope="module")
def client(server: servers.Server) -> Iterator[Client]:
    """A client of the session's server, for asking it more often than a process a question allows."""
    settings = Settings(url=server.url, email=servers.EMAIL, password=servers.PASSWORD, token_cache=False)
    with Client(settings) as client:
        yield client


def _means_the_same(kind: str, sent: Any, stored: Any) -> bool:
    """Tell whether a stored value is an equal way to write the sent one, as a person would say."""
    if sent in ("", None, [], {}):
        return True
    if kind == "number" and isinstance(sent, str):
        try:
            return bool(float(sent) == stored)
        except ValueError:
            return False
    if kind == "bool" and not isinstance(sent, bool):
        return (sent in (1, "1", "t", "T", "true", "TRUE") and stored is True) or (
            sent in (0, "0", "F", "false") and stored is False
        )
    if kind == "date":
        return bool(stored)
    if kind == "json" and isinstance(sent, str):
        return type(stored) is str and stored == sent
    if kind in ("select", "relation") and isinstance(sent, list):
        return [item for item in sent if item] == (stored if isinstance(stored, list) else [stored])
    if kind == "select" and isinstance(stored, list):
        return stored == [sent]
    return (type(sent) is not bool and sent == stored) or sent is stored


@pytest.mark.parametrize("field", [field["name"] for field in FIELDS if field["type"] != "autodate"])
def test_each_value_that_becomes_another_is_told_with_what_it_becomes(
    client: Client, collection: Collection, field: str
) -> None:
    kind = next(item["type"] for item in FIELDS if item["name"] == field)
    for value in VALUES:
        status, record = client.exchange_as_superuser("POST", "/api/collections/rv_rows/records", {field: value})
        if status != 200:
            continue
        told = list(changes({field: value}, collection))
        if _means_the_same(kind, value, record[field]):
            assert not [change for change in told if change.is_seen_in(record)], (value, record[field], told)
        else:
            assert [change.stored for change in told] == [record[field]], (value, record[field], told)


@pytest.mark.parametrize(
    ("body", "warnings"),
    [
        ({"n": "x"}, ['n: "x" is stored as 0.']),
        (
            {"d": "01.02.2024"},
            ['d: "01.02.2024" is stored as "", which is no date (is it \'2024-02-01 00:00:00.000Z\'?).'],
        ),
        ({"b": "maybe", "t": 5}, ['b: "maybe" is stored as false.', 't: 5 is stored as "5".']),
        ({"one": ["a", "b"]}, ['one: ["a", "b"] is stored as "b": the field holds one value.']),
        ({"n": 1, "n+": "x"}, ['n+: "x" counts as 0.']),
        ({"t": "a", "t+": "b"}, ["t+: \"b\" is ignored: '+' does nothing to a text field."]),
        ({"at": "2020-01-01 00:00:00.000Z"}, ['at: "2020-01-01 00:00:00.000Z" is ignored, as the server sets it.']),
        ({"n": 5, "t": "a", "many+": "a", "d": "2024-01-01", "rels": []}, []),
    ],
)
def test_a_value_that_is_stored_as_another_is_named_in_the_warnings(
    pb: Runner, collection: Collection, body: dict[str, Any], warnings: list[str]
) -> None:
    name, text = collection["name"], json.dumps(body)
    created = pb("pb_records.py", "create", name, text)
    assert created.code == 0
    assert created.document.get("warnings", []) == warnings
    record = created.data["id"]
    for words in (["create", name, text, "--dry-run"], ["update", name, record, text]):
        assert pb("pb_records.py", *words).document.get("warnings", []) == warnings
    operations = json.dumps([{"action": "create", "collection": name, "body": body}])
    planned = pb("pb_records.py", "batch", operations, "--enable-batch", "--dry-run")
    assert planned.document.get("warnings", []) == [f"Operation 1: {warning}" for warning in warnings]


@pytest.mark.parametrize("value", [0, "x", False])
def test_a_required_value_that_counts_as_empty_is_called_so(
    own_pb: Runner, own_server: servers.Server, value: Any
) -> None:
    fields = [{"name": "v", "type": "bool" if value is False else "number", "required": True}]
    own_server.request("POST", "/api/collections", {"name": "strict", "type": "base", "fields": fields})
    said = f"v: {json.dumps(value)} counts as empty, and the field is required."
    result = own_pb("pb_records.py", "create", "strict", json.dumps({"v": value}))
    assert (result.code, result.hint) == (1, said)
    batch = json.dumps([{"action": "create", "collection": "strict", "body": {"v": value}}])
    assert said in own_pb("pb_records.py", "batch", batch, "--enable-batch").hint
    (own_pb.folder / "rows.ndjson").write_text(json.dumps({"v": value}) + "\n", "utf-8")
    rejected = own_pb("pb_records.py", "import", "strict", "--file", "rows.ndjson")
    expected = "'x' is no number" if value == "x" else f"'{json.dumps(value)}' counts as empty, and a value is required"
    assert rejected.data["firstRejects"][0]["reason"] == f"v: {expected}"
