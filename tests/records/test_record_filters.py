"""pb_records.py and its neighbours: filters that compare otherwise than they read are told, and not carried out."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any, Callable

import pytest

import broken_servers
import servers
from _pb.languages.dates import to_utc
from _pb.schema.lookup import Schema
from _pb.schema.misread import corrected, misread
from _pb.server.binary import version_key
from conftest import Runner
from pb_common import Client, Settings, with_query
from pb_common.collections import get_collections

MOMENTS = [
    *("2024-12-31 23:00:00.000Z", "2025-01-01 00:00:00.000Z", "2025-01-01 00:00:00.500Z", "2025-01-01 10:00:00.000Z"),
    *("2025-01-02 00:00:00.000Z", "2026-03-01 00:00:00.000Z"),
]
DATES = [
    *("2025-01-01", "2025-01", "2025", "2025-01-01 00:00:00Z", "2025-01-01T00:00:00Z", "2025-01-01 00:00:00.000Z"),
    *("2025-01-01T02:00:00+02:00", "2025-01-01 10:00", "2025-01-01T10:00:00.000Z", "01.01.2025", "1735689600"),
]
STORED = "2025-01-01 00:00:00.000Z"
T_DATE = "d < '2025-01-01T00:00:00Z'"
SIGNS: dict[str, Callable[[str, str], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}


@pytest.fixture(scope="module")
def client(server: servers.Server) -> Iterator[Client]:
    """A client of the session's server, for asking it more often than a process a question allows."""
    settings = Settings(url=server.url, email=servers.EMAIL, password=servers.PASSWORD, token_cache=False)
    with Client(settings) as client:
        yield client


@pytest.fixture(scope="session")
def posts(server: servers.Server) -> str:
    """Posts with a field of each kind, one for each of MOMENTS, and notes that refer to them."""
    authors = _collection(server, "rf_authors", [{"name": "name", "type": "text"}, {"name": "n", "type": "number"}])
    _record(server, "rf_authors", {"name": "Ann", "id": "annannannannann"})
    fields: list[dict[str, Any]] = [
        {"name": "t", "type": "text"},
        {"name": "d", "type": "date"},
        {"name": "n", "type": "number"},
        {"name": "b", "type": "bool"},
        {"name": "status", "type": "select", "values": ["draft", "5"]},
        {"name": "j", "type": "json"},
        {"name": "tags", "type": "select", "values": ["x", "y"], "maxSelect": 2},
        {"name": "author", "type": "relation", "collectionId": authors},
        {"name": "created", "type": "autodate", "onCreate": True},
    ]
    if version_key(server.version) >= (0, 27):
        fields.append({"name": "place", "type": "geoPoint"})
    posts = _collection(server, "rf_posts", fields)
    notes = _collection(server, "rf_notes", [{"name": "post", "type": "relation", "collectionId": posts}])
    assert notes
    for number, moment in enumerate(MOMENTS):
        row = {"t": str(number), "d": moment, "n": number, "b": number % 2 == 0, "author": "annannannannann"}
        row["place"] = {"lon": number / 100, "lat": 0}
        row["id"] = f"post{number:011}"
        _record(server, "rf_posts", {**row, "status": "draft" if number else "5", "tags": ["x", "y"][: number % 3]})
        _record(server, "rf_notes", {"post": row["id"]})
    return "rf_posts"


def _collection(server: servers.Server, name: str, fields: list[dict[str, Any]]) -> str:
    status, body = server.request("POST", "/api/collections", {"name": name, "type": "base", "fields": fields})
    assert status == 200, body
    return str(body["id"])


def _record(server: servers.Server, collection: str, body: dict[str, Any]) -> None:
    status, answer = server.request("POST", f"/api/collections/{collection}/records", body)
    assert status == 200, answer


def _found(client: Client, collection: str, filter: str) -> list[str]:
    path = with_query(f"/api/collections/{collection}/records", filter=filter, perPage=100, sort="id")
    return [item["id"] for item in client.call("GET", path)["items"]]


@pytest.mark.parametrize("path", ["d", "post.d"])
def test_a_date_that_is_not_complained_of_compares_as_the_moment_it_names(
    client: Client, posts: str, path: str
) -> None:
    schema = Schema(get_collections(client))
    base: Any = schema.get(posts if path == "d" else "rf_notes")
    for text, (sign, holds) in itertools.product(DATES, SIGNS.items()):
        moment = to_utc({"2025": "2025-01-01", "2025-01": "2025-01-01"}.get(text, text))
        for filter, expected in (
            (f'{path} {sign} "{text}"', [holds(value, moment) for value in MOMENTS]),
            (f"'{text}' {sign} {path}", [holds(moment, value) for value in MOMENTS]),
        ):
            problems = misread(filter, base, schema)
            answer = _found(client, base["name"], filter)
            agrees = len(answer) == sum(expected)
            assert agrees or problems, filter
            if problems and "~" not in (better := corrected(filter, problems)):
                assert better != filter
                assert not misread(better, base, schema), better
                assert len(_found(client, base["name"], better)) == sum(expected), (filter, better)


@pytest.mark.parametrize(
    ("filter", "better"),
    [
        ("d < '2025-01-01T00:00:00Z'", 'd < "2025-01-01 00:00:00.000Z"'),
        ("n >= 0 && ( '2025-01-01T02:00:00+02:00' > d )", 'n >= 0 && ( "2025-01-01 00:00:00.000Z" > d )'),
        ("created ?> '2025-01-01T00:00:00Z' // since", 'created ?> "2025-01-01 00:00:00.000Z" // since'),
        ('d = "2025-01-01"', 'd ~ "2025-01-01"'),
        ('"2025-01-01" != d', 'd !~ "2025-01-01"'),
        ("d > 1735689600", 'd > "2025-01-01 00:00:00.000Z"'),
        ("d ~ '2025-01-01T'", 'd ~ "2025-01-01 "'),
        ("d !~ '2026-01-01T12'", 'd !~ "2026-01-01 12"'),
        ("n != null", "n != 0"),
        ("null = n", "0 = n"),
        ("b != null", "b != false"),
        ("b = null", "b = false"),
        ("tags:length != null", "tags:length != 0"),
        ('j = ""', "j = null"),
        ('j = "" && n > 0', "j = null && n > 0"),
        ('place != ""', "(place.lon != 0 || place.lat != 0)"),
        ("place = null && n = 0", "(place.lon = 0 && place.lat = 0) && n = 0"),
        ("place.lon != null", "place.lon != 0"),
        ("author.id = 'Ann'", "author.name = 'Ann'"),
        ("author !~ 'Bob!'", "author.name !~ 'Bob!'"),
        ('b = "true"', "b = true"),
        ("'FALSE' = b", "false = b"),
        ('n = ""', "n = 0"),
        ('tags:length > "1"', "tags:length > 1"),
        ("t = 5", 't = "5"'),
        ('place.lon > "0"', "place.lon > 0"),
        ("geoDistance(place.lon, place.lat, 0, 0) < '9'", "geoDistance(place.lon, place.lat, 0, 0) < 9"),
        ('n > 0 && 2025 = strftime("%Y", d)', 'n > 0 && "2025" = strftime("%Y", d)'),
        ("status = 5", 'status = "5"'),
        ("author = 'Ann'", "author.name = 'Ann'"),
        ("rf_notes_via_post.post.d > '2025-01-01T00:00:00Z'", f'rf_notes_via_post.post.d > "{STORED}"'),
    ],
)
def test_a_literal_that_is_misread_is_corrected(
    server: servers.Server, client: Client, posts: str, filter: str, better: str
) -> None:
    schema = Schema(get_collections(client))
    base: Any = schema.get(posts)
    if "place" in filter and "place" not in schema.fields(base):
        pytest.skip("this version has no geoPoint")
    if "strftime" in filter and version_key(server.version) < (0, 36):
        pytest.skip("this version has no strftime")
    problems = misread(filter, base, schema)
    assert corrected(filter, problems) == better
    if better != filter:
        assert problems
        assert not misread(better, base, schema)
        assert _found(client, posts, better)


@pytest.mark.parametrize(
    "filter",
    [
        'd < "2025-01-01"',
        'd = ""',
        "d = null",
        "d < @now",
        'd ~ "2025-01"',
        'n > "2"',
        'n = "2.0"',
        'n ~ "2"',
        "b = 1",
        'b = "1"',
        "t != null",
        "author = null",
        "author.n = null",
        "j != null",
        'j != "" && j != null',
        'd ~ "10:00"',
        'n !~ "1"',
        'n ~ "%x%"',
        'author ~ "ann"',
        'status !~ "RAFT"',
        't > "5"',
        'author = "annannannannann"',
        'author.name = "Ann"',
        "status = 'draft'",
        'tags:each ?= "x"',
        "@request.body.d < '2025-01-01T00:00:00Z'",
        "d <",
        "n < @year",
        "d < @yearStart",
        'strftime("%Y", d) = "2025"',
    ],
)
def test_a_filter_that_means_what_it_says_is_not_complained_of(client: Client, posts: str, filter: str) -> None:
    schema = Schema(get_collections(client))
    base: Any = schema.get(posts)
    assert misread(filter, base, schema) == []


@pytest.mark.parametrize(
    "command",
    [
        ["list", "rf_posts", "--filter", T_DATE],
        ["list", "rf_posts", "--filter", "d < {:d}", "--bind", 'd:="2025-01-01T00:00:00Z"'],
        ["first", "rf_posts", T_DATE],
        ["count", "rf_posts", T_DATE],
        ["export", "rf_posts", "--filter", T_DATE, "--file", "x.csv"],
    ],
    ids=lambda command: command[0],
)
def test_each_verb_with_a_filter_warns_of_a_date_that_is_compared_as_text(
    pb: Runner, posts: str, command: list[str]
) -> None:
    result = pb("pb_records.py", *command)
    assert result.code == 0
    assert STORED in result.document["warnings"][0]


@pytest.mark.both_ends
def test_a_list_that_is_compared_as_one_value_is_warned_of_and_deletes_nothing(pb: Runner, posts: str) -> None:
    listed = pb("pb_records.py", "list", posts, "--filter", 'tags != "x"')
    assert 'tags:each != "x"' in listed.document["warnings"][0]
    deleted = pb("pb_records.py", "delete", posts, "--filter", 'tags != "x"', "--yes")
    assert (deleted.code, "tags:each" in deleted.message) == (2, True)


@pytest.mark.both_ends
def test_a_watch_warns_of_both_of_its_filters(pb: Runner, posts: str) -> None:
    until = ["--until", 'b = "true"', "--filter", T_DATE]
    done = pb.raw("pb_records.py", "watch", posts, *until, "--timeout", "0.5")
    warnings = json.loads(done.stderr.decode().splitlines()[-1])["warnings"]
    assert STORED in warnings[0]
    assert "Write: b = true" in warnings[1]


@pytest.mark.both_ends
def test_listing_collections_warns_of_a_misread_filter(pb: Runner) -> None:
    result = pb("pb_collections.py", "list", "--filter", 'system = "true"')
    assert "Write: system = true" in result.document["warnings"][0]


@pytest.mark.parametrize("extra", [["--yes"], ["--dry-run"], []])
def test_a_deletion_by_a_misread_filter_is_refused_with_the_right_one(pb: Runner, posts: str, extra: list[str]) -> None:
    result = pb("pb_records.py", "delete", posts, "--filter", T_DATE, *extra)
    assert result.code == 2
    assert f'd < "{STORED}"' in result.hint
    assert pb.ok("pb_records.py", "count", posts)["count"] == len(MOMENTS)


@pytest.mark.both_ends
def test_a_deletion_by_a_value_that_no_select_has_is_only_warned_of(pb: Runner, posts: str) -> None:
    result = pb("pb_records.py", "delete", posts, "--filter", 'status = "drafft"', "--yes")
    assert result.code == 0
    assert "Did you mean 'draft'?" in result.document["warnings"][0]


ALWAYS = [
    *("n != null", "b != null", "tags:length != null", 'j != ""', 'author.id != "Ann"', 'author !~ "Bob!"'),
    *(
        'd !~ "2025-01-01T12"',
        'd !~ "01/01/2025"',
        'n !~ "abc"',
        'status != "Draft"',
        'status !~ "drafft"',
        'id != "x"',
    ),
]
NEVER = ["n = null", "b = null", 'd ~ "2025-01-01T"', 'n ~ "abc"', 'author.id = "Ann"', "n < null", "t ~ null"]
OF_PLACES = ['place != ""', "place != null", 'place = ""', "place.lat != null"]


@pytest.mark.both_ends
def test_a_filter_that_always_or_never_holds_deletes_nothing(client: Client, pb: Runner, posts: str) -> None:
    schema = Schema(get_collections(client))
    base: Any = schema.get(posts)
    places = OF_PLACES if "place" in schema.fields(base) else []
    for filter in (*ALWAYS, *NEVER, *places):
        expected = 0 if filter in (*NEVER, 'place = ""') else len(MOMENTS)
        assert len(_found(client, posts, filter)) == expected, filter
        assert any(problem.certain for problem in misread(filter, base, schema)), filter
    refused = pb("pb_records.py", "delete", posts, "--filter", "n != null", "--yes")
    assert (refused.code, "never null" in refused.message, "n != 0" in refused.hint) == (2, True, True)


@pytest.mark.both_ends
def test_what_is_to_be_written_for_a_name_is_a_whole_comparison(pb: Runner, posts: str) -> None:
    listed = pb("pb_records.py", "list", posts, "--filter", "author = 'Ann'")
    assert 'Write: author.name = "Ann"' in listed.document["warnings"][0]


@pytest.mark.both_ends
@pytest.mark.parametrize(
    "command",
    [
        ["list", "rf_posts", "--filter", ""],
        ["count", "rf_posts", " "],
        ["first", "rf_posts", ""],
        ["export", "rf_posts", "--filter", ""],
        ["export", "rf_posts", "--filter", "--"],
        ["delete", "rf_posts", "--filter", "--", "--yes"],
        ["watch", "rf_posts", "--until", "", "--timeout", "1"],
        ["watch", "rf_posts/", "--timeout", "1"],
        ["watch", "rf_posts", "--as", "", "--timeout", "1"],
        ["list", "rf_posts", "--fields", ""],
        ["list", "rf_posts", "--sort", " "],
        ["get", "rf_posts", "post00000000000", "--expand", ""],
        ["export", "rf_posts", "--fields", ""],
        ["export", "rf_posts", "--with-files", ""],
        ["export", "rf_posts", "--file", ""],
        ["download", "rf_posts", "post00000000000", ""],
        ["download", "rf_posts", "post00000000000", "--to", ""],
        ["download", "rf_posts", "post00000000000", "--thumb", ""],
    ],
    ids=" ".join,
)
def test_an_empty_argument_never_stands_for_everything(pb: Runner, posts: str, command: list[str]) -> None:
    assert pb("pb_records.py", *command).code == 2


@pytest.mark.both_ends
def test_a_rule_with_a_misread_literal_is_a_finding(pb: Runner, posts: str) -> None:
    result = pb("pb_lint.py", "rule", posts, T_DATE)
    assert [finding["kind"] for finding in result.data] == ["misread-literal"]
    assert STORED in result.data[0]["message"]


@pytest.mark.both_ends
def test_a_command_reads_the_schema_once(server: servers.Server, pb: Runner, posts: str) -> None:
    everything = ["--all", "--filter", "d > {:d}", "--bind", "d=2025-01-01"]
    everything += ["--expand", "author,nope", "--fields", "t,nope"]
    with broken_servers.running(broken_servers.relay(server.port, broken_servers.never, broken_servers.never)) as proxy:
        pb.ok("pb_records.py", "list", posts, env={"PB_URL": proxy.url})  # logs in
        before = len(proxy.received)
        result = pb("pb_records.py", "list", posts, *everything, env={"PB_URL": proxy.url})
    paths = [request.path.partition("?")[0] for request in proxy.received[before:]]
    assert len(result.document["warnings"]) == 2
    assert paths == ["/api/health", "/api/collections", f"/api/collections/{posts}/records"]
