"""pb_records.py: list --all, first, count, bound values, --fields, and delete by filter."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import record_files
import servers
from _pb.records.filters import bound_query
from conftest import Runner
from pb_common import Client, Settings, with_query
from unreliable import CuttingProxy

FIELDS = [
    {"name": "s", "type": "text"},
    {"name": "n", "type": "number"},
    {"name": "b", "type": "bool"},
    {"name": "d", "type": "date"},
    {"name": "j", "type": "json"},
    {"name": "tags", "type": "select", "values": ["x", "null"], "maxSelect": 2},
]
TEXTS = ["5", "5.0", 'a"b', "a'b", "a\\b", 'a\\"b', "a\nb", "end\\", "\\", "{:v}", "true", "null", "", "ä 🙂", "a\\nb"]


@pytest.fixture(scope="session")
def client(server: servers.Server) -> Iterator[Client]:
    """A client of the session's server, for asking it more often than a process a question allows."""
    settings = Settings(url=server.url, email=servers.EMAIL, password=servers.PASSWORD, token_cache=False)
    with Client(settings) as client:
        yield client


@pytest.fixture(scope="session")
def rows(server: servers.Server) -> str:
    """A collection with one row for each of TEXTS; the numbers count from 0."""
    server.request("POST", "/api/collections", {"name": "qr_rows", "type": "base", "fields": FIELDS})
    for number, text in enumerate(TEXTS):
        row: dict[str, Any] = {"s": text, "n": number, "b": number % 2 == 1, "d": f"2024-01-{number + 1:02} 10:00:00Z"}
        row.update(j={"n": number, "s": text}, tags=["x", "null"] if number == 3 else [])
        assert server.request("POST", "/api/collections/qr_rows/records", row)[0] == 200
    return "qr_rows"


@pytest.fixture(scope="session")
def many(server: servers.Server, client: Client) -> str:
    """A collection with more rows than the server gives on one page, and relations to them that cascade."""
    fields = [{"name": "n", "type": "number"}]
    owner = server.request("POST", "/api/collections", {"name": "qr_many", "type": "base", "fields": fields})[1]["id"]
    relation = {"name": "of", "type": "relation", "collectionId": owner, "cascadeDelete": True}
    server.request("POST", "/api/collections", {"name": "qr_parts", "type": "base", "fields": [relation]})
    _insert(client, "qr_many", 1234)
    return "qr_many"


def _insert(client: Client, collection: str, count: int) -> None:
    for number in range(count):
        client.call("POST", f"/api/collections/{collection}/records", {"n": number})


@pytest.mark.parametrize("text", [text for text in TEXTS if text])
def test_a_bound_text_matches_itself_alone(pb: Runner, rows: str, text: str) -> None:
    (found,) = pb.ok("pb_records.py", "list", rows, "--filter", "s = {:v} && {:v} = s", "--bind", f"v={text}")["items"]
    assert found["s"] == text


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=8))
def test_any_text_can_be_bound(rows: str, client: Client, text: str) -> None:
    path = f"/api/collections/{rows}/records"
    stored = client.call("POST", path, {"s": text, "n": -1})
    query = bound_query(client, rows, "n = -1 && s = {:v} && s ~ {:v}", [f"v:={json.dumps(text)}"])
    found = client.call("GET", with_query(path, **query))["items"]
    client.call("DELETE", f"{path}/{stored['id']}")
    assert [item["id"] for item in found] == [stored["id"]]


@pytest.mark.parametrize(
    ("expression", "binding", "count"),
    [
        ("n > {:v}", "v=4", 10),
        ("{:v} < n", "v=4", 10),
        ("n = {:v}", "v=1e1", 1),
        ("n > {:v}", "v=-0.5", 15),
        ("s = {:v}", "v=5", 1),  # a number, and yet text where it is compared with text
        ("s = {:v}", "v:=5", 1),  # matches "5.0", as the server reads the number
        ("b = {:v}", "v=true", 7),
        ("b = {:v}", "v=false", 8),
        ("s != {:v}", "v=null", 14),
        ("s != {:v}", "v:=null", 14),
        ("s = {:v}", "v=", 1),
        ("j.n = {:v}", "v=4", 1),
        ("j.s = {:v}", 'v="5"', 1),
        ("tags:each ?= {:v}", "v=x", 1),
        ("tags:length = {:v}", "v=2", 1),
        ("d > {:v}", "v=2024-01-05", 11),
        ("d = {:v}", "v=2024-01-05T12:00:00+02:00", 1),
        ("d >= {:v}", "v=2024-01-05T10:00:00Z", 11),
        ("d = {:v}", "v=2024-01-05 10:00", 1),
        ("d ~ {:v}", "v=2024-01-0", 9),
        ("s ~ {:v}", "v=5", 2),
    ],
)
def test_a_bound_value_is_read_by_its_fields_type(
    pb: Runner, rows: str, expression: str, binding: str, count: int
) -> None:
    expression = f"n >= 0 && {expression}"
    assert pb.ok("pb_records.py", "count", rows, expression, "--bind", binding) == {"count": count}


@pytest.mark.parametrize(
    ("expression", "binding", "named"),
    [
        ("n > {:v}", "v=many", "expected a number"),
        ("n > {:v}", "v=true", "expected a number"),
        ("n > {:v}", "v=1e400", "expected a number"),
        ("n > {:v}", "v=NaN", "expected a number"),
        ("n > {:v}", "v:=1e400", "too large"),
        ("b = {:v}", "v=1", "expected true or false"),
        ("d > {:v}", "v=yesterday", "expected a date"),
        ("d > {:v}", "v=2024-13-01", "v=2024-13-01"),
        ("s = '{:v}'", "v=a", "between quotes"),
        ("s = {:other}", "v=a", "{:other}"),
        ("s = 'a'", "v=a", "no {:v}"),
        ("s = {:v}", "v", "KEY=VALUE"),
        ("s = {:v}", "v:=a", "Invalid JSON in --bind v"),
    ],
)
def test_a_binding_that_cannot_be_meant_is_refused(
    pb: Runner, rows: str, expression: str, binding: str, named: str
) -> None:
    result = pb("pb_records.py", "list", rows, "--filter", expression, "--bind", binding)
    assert result.code == 2
    assert named in result.message


def test_all_records_are_listed_once(pb: Runner, server: servers.Server, many: str) -> None:
    for options in ([], ["--sort", "-n"], ["--fields", "n"], ["--fields", "n", "--sort", "n"]):
        found = pb.ok("pb_records.py", "list", many, "--all", *options)
        assert found["totalItems"] == 1234
        assert sorted(item["n"] for item in found["items"]) == list(range(1234))
        if "--fields" in options:
            assert {tuple(item) for item in found["items"]} == {("n",)}
    in_order = pb.ok("pb_records.py", "list", many, "--all", "--sort", "-n", "--filter", "n < 1200")["items"]
    assert [item["n"] for item in in_order] == list(range(1199, -1, -1))


def test_all_rows_of_a_view_whose_ids_are_not_unique(pb: Runner, server: servers.Server, many: str) -> None:
    query = f"SELECT c.id as id, m.n as n FROM {many} m, qr_one c"
    server.request("POST", "/api/collections", {"name": "qr_one", "type": "base"})
    view = {"name": "qr_view", "type": "view", "viewQuery": query}
    assert server.request("POST", "/api/collections", view)[0] == 200
    # Newer versions refuse such a view while it has rows.
    assert server.request("POST", "/api/collections/qr_one/records", {})[0] == 200
    result = pb("pb_records.py", "list", "qr_view", "--all")
    assert sorted(item["n"] for item in result.data["items"]) == list(range(1234))
    assert not [warning for warning in result.document["warnings"] if "came or went" in warning]


def test_all_goes_with_no_page_and_no_random_order(pb: Runner, rows: str) -> None:
    for options in (["--page", "2"], ["--perPage", "5"], ["--sort", "@random"]):
        assert pb("pb_records.py", "list", rows, "--all", *options).code == 2


@pytest.mark.both_ends
def test_a_value_is_bound_by_the_field_at_the_end_of_any_path(pb: Runner, many: str) -> None:
    expression = "qr_parts_via_of.of.n ?= {:n} || ({:m} > n && id != '{:n}')"
    assert pb.ok("pb_records.py", "count", many, expression, "--bind", "n=1e0", "--bind", "m=1.0") == {"count": 1}
    wrong = pb("pb_records.py", "count", many, "qr_parts_via_of.of.n ?= {:n}", "--bind", "n=x")
    assert (wrong.code, "expected a number" in wrong.message) == (2, True)


@pytest.mark.both_ends
def test_a_key_is_bound_once(pb: Runner, rows: str) -> None:
    result = pb("pb_records.py", "count", rows, "n = {:v}", "--bind", "v=1", "--bind", "v=2")
    assert (result.code, result.message) == (2, "--bind v is given twice.")


@pytest.mark.both_ends
@pytest.mark.parametrize("option", ["--page", "--perPage"])
@pytest.mark.parametrize("script", ["pb_records.py", "pb_collections.py"])
@pytest.mark.parametrize("number", ["-1", "0", "1e3", "99999999999999999999", "five", ""])
def test_a_page_that_does_not_exist_is_not_asked_for(offline: Runner, script: str, option: str, number: str) -> None:
    words = ["list", "posts"] if script == "pb_records.py" else ["list"]
    result = offline(script, *words, option, number)
    assert result.code == 2
    assert "is not a whole number from 1 to 1000" in result.message


def test_a_page_too_large_is_refused(pb: Runner, many: str) -> None:
    assert pb("pb_records.py", "list", many, "--perPage", "5000").code == 2
    assert len(pb.ok("pb_records.py", "list", many, "--perPage", "1000", "--fields", "id")["items"]) == 1000


def test_first_prints_one_record_or_says_that_there_is_none(pb: Runner, rows: str) -> None:
    assert pb.ok("pb_records.py", "first", rows, "n > 3", "--sort", "-n", "--fields", "n") == {"n": len(TEXTS) - 1}
    result = pb("pb_records.py", "first", rows, "s = {:v}", "--bind", "v=nothing of this")
    assert result.code == 1
    assert "No record of 'qr_rows' matches" in result.message


def test_a_field_that_does_not_exist_is_named(pb: Runner, rows: str) -> None:
    result = pb("pb_records.py", "list", rows, "--fields", "s:excerpt(3,true),tag")
    (warning,) = result.document["warnings"]
    assert "Did you mean 'tags'?" in warning
    assert "warnings" not in pb("pb_records.py", "list", rows, "--fields", "*,s:excerpt(3,true),expand.x").document


def test_numbers_that_fields_round_are_said(pb: Runner, server: servers.Server) -> None:
    server.request("POST", "/api/collections", {"name": "qr_exact", "fields": FIELDS})
    body = {"id": "exact0000000000", "n": 123456789012345678, "j": '{"a":[12345678901234567890]}'}
    assert server.request("POST", "/api/collections/qr_exact/records", body)[0] == 200
    for command in (["list", "qr_exact"], ["first", "qr_exact", "n > 0"], ["get", "qr_exact", body["id"]]):
        (warning,) = pb("pb_records.py", *command, "--fields", "j").document["warnings"]
        assert "rounds numbers" in warning
        for options in (["--fields", "n"], []):
            assert "warnings" not in pb("pb_records.py", *command, *options).document


def test_delete_by_filter_counts_first(pb: Runner, server: servers.Server, client: Client) -> None:
    own = "qr_delete"
    fields = [{"name": "n", "type": "number"}]
    target = server.request("POST", "/api/collections", {"name": own, "type": "base", "fields": fields})[1]["id"]
    relation = {"name": "of", "type": "relation", "collectionId": target, "cascadeDelete": True}
    server.request("POST", "/api/collections", {"name": "qr_parts_of", "type": "base", "fields": [relation]})
    _insert(client, own, 1100)
    delete = ["pb_records.py", "delete", own, "--filter", "n >= {:n}", "--bind", "n=50"]
    found = {"matching": 1050, "of": 1100, "alsoDeletes": ["qr_parts_of.of"]}

    assert pb.ok(*delete, "--dry-run").items() >= found.items()
    refused = pb(*delete)
    assert refused.code == 4
    assert refused.data.items() >= found.items()
    assert "1050 of the 1100" in refused.message
    assert pb.ok("pb_records.py", "count", own) == {"count": 1100}

    assert pb.ok(*delete, "--yes") == {"deleted": 1050}
    assert pb.ok("pb_records.py", "count", own) == {"count": 50}
    assert pb.ok(*delete, "--yes") == {"deleted": 0}


def test_records_that_cannot_be_deleted_are_listed(pb: Runner, server: servers.Server) -> None:
    target = server.request("POST", "/api/collections", {"name": "qr_held", "type": "base"})[1]["id"]
    relation = {"name": "of", "type": "relation", "collectionId": target, "required": True}
    server.request("POST", "/api/collections", {"name": "qr_holder", "type": "base", "fields": [relation]})
    held, free = (server.request("POST", "/api/collections/qr_held/records", {})[1]["id"] for _ in "12")
    server.request("POST", "/api/collections/qr_holder/records", {"of": held})

    result = pb("pb_records.py", "delete", "qr_held", "--filter", "id != ''", "--yes")
    assert result.code == 1
    assert result.data["deleted"] == 1
    assert [failure["id"] for failure in result.data["failed"]] == [held]
    assert free


@pytest.mark.skipif(os.name == "nt", reason="a console signal")
@pytest.mark.parametrize("ending", ["Ctrl-C", "cut"])
def test_a_deletion_that_ends_early_says_how_far_it_came(
    pb: Runner, server: servers.Server, client: Client, ending: str
) -> None:
    name = "qr_half_deleted"
    server.request("POST", "/api/collections", {"name": name, "fields": [{"name": "n", "type": "number"}]})
    _insert(client, name, 300)
    with CuttingProxy(server.port) as proxy:
        pb.env["PB_URL"] = proxy.url
        process = record_files.started(pb, "delete", name, "--filter", "n >= 0", "--yes")
        deadline = time.monotonic() + 30
        while _count(client, name) > 290 and time.monotonic() < deadline:
            time.sleep(0.001)
        if ending == "Ctrl-C":
            process.send_signal(signal.SIGINT)
        else:
            proxy.refuse = True
            proxy.cut()
        out, _ = process.communicate(timeout=30)
    document = json.loads(out)
    deleted = document["data"]["deleted"]
    assert process.returncode == (130 if ending == "Ctrl-C" else 3)
    assert deleted >= 9
    assert 300 - _count(client, name) in (deleted, deleted + 1)
    assert document["hint"].startswith(f"{deleted} records are deleted, and maybe one more; run it again for the rest.")
    server.request("DELETE", f"/api/collections/{name}")


def _count(client: Client, collection: str) -> int:
    return int(client.call("GET", f"/api/collections/{collection}/records?perPage=1")["totalItems"])


@pytest.mark.parametrize("options", [[], ["--filter", " "], ["someid", "--filter", "n > 1"]])
def test_delete_needs_one_clear_target(pb: Runner, rows: str, options: list[str]) -> None:
    assert pb("pb_records.py", "delete", rows, *options, "--yes").code == 2
