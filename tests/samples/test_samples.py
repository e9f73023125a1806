"""_pb.samples.maker: valid records for any collection, proved by saving them on a real server."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import servers
from _pb.samples.maker import SampleMaker, Unsatisfiable, send
from _pb.samples.pattern_text import matching_text
from _pb.samples.values import field_value
from _pb.schema.resolve import ordered_views, resolve
from pb_common import Client, Settings
from pb_common.schema_types import Collection

CORPUS = sorted((Path(__file__).parents[1] / "data" / "schemas" / "v023").glob("*.json"))

# Two collections of this schema have a required relation to each other: no record of them can ever be made.
WITH_CIRCLES = {"010"}


def connect(server: servers.Server) -> Client:
    return Client(Settings(url=server.url, email=servers.EMAIL, password=servers.PASSWORD, token_cache=False))


def add(client: Client, collections: list[Collection]) -> None:
    live = client.call("GET", "/api/collections?perPage=1000")["items"]
    wanted = ordered_views(resolve([item for item in collections if not item.get("system")], live))
    answer = client.exchange_as_superuser("PUT", "/api/collections/import", {"collections": wanted})
    assert answer.status == 204, answer


@pytest.fixture
def client(server: servers.Server) -> Iterator[Client]:
    with connect(server) as opened:
        yield opened


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_real_schemas_get_valid_records(path: Path) -> None:
    """Each collection of a real application takes two made records, or it is said why there can be none."""
    with servers.Server() as own, connect(own) as client:
        add(client, json.loads(path.read_text("utf-8")))
        maker = SampleMaker(client)
        problems = []
        for item in client.call("GET", "/api/collections?perPage=1000")["items"]:
            if item["system"] or item["type"] == "view":
                continue
            try:
                maker.make(item["name"])
                maker.make(item["name"])
            except Unsatisfiable as problem:
                problems.append(str(problem))
        circles = [problem for problem in problems if "require each other in a circle" in problem]
        assert problems == circles
        assert bool(circles) == (path.stem in WITH_CIRCLES)


def collection(name: str, *fields: Any, **keys: Any) -> Any:
    return {"name": name, "type": "base", "fields": list(fields), **keys}


def field(name: str, kind: str, **options: Any) -> Any:
    return {"name": name, "type": kind, "required": True, **options}


LIMITED = [
    field("short", "text", max=1),
    field("long", "text", min=400, max=400),
    field("exact", "text", min=3, max=3, pattern="^[A-Z]+$"),
    field("small", "number", min=-3, max=-2),
    field("fraction", "number", min=0, max=0.5),
    field("whole", "number", min=2, max=7, onlyInt=True),
    field("negative", "number", max=-5),
    field("flag", "bool"),
    field("mail", "email", onlyDomains=["corp.example"]),
    field("other_mail", "email", exceptDomains=["example.com"]),
    field("link", "url", onlyDomains=["docs.example"]),
    field("page", "editor", maxSize=10),
    field("past", "date", max="2001-01-01 00:00:00.000Z"),
    field("future", "date", min="2190-05-05 10:00:00.000Z"),
    field("instant", "date", min="2020-01-01 00:00:00.000Z", max="2020-01-01 00:00:00.000Z"),
    field("one", "select", values=["a", "b"], maxSelect=1),
    field("some", "select", values=["a", "b", "c"], maxSelect=3),
    field("tiny", "json", maxSize=2),
    field("data", "json"),
    field("secret", "password", min=12, max=20, cost=4),
    field("pin", "password", pattern="^[0-9]{4}$", cost=4),
    field("doc", "file", mimeTypes=["application/pdf"], maxSelect=1),
    field("pictures", "file", mimeTypes=["image/webp", "image/png"], maxSelect=4, maxSize=100),
]


def test_every_type_of_field_keeps_its_limits(client: Client) -> None:
    add(client, [collection("sm_limits", *LIMITED)])
    maker = SampleMaker(client)
    records = [maker.make("sm_limits") for _ in range(5)]
    assert len({record["link"] for record in records}) == 5
    assert {record["pictures"][0].rpartition(".")[2] for record in records} == {"webp"}


def test_a_geo_point_is_made_where_the_version_has_them(client: Client, version: str) -> None:
    if version.startswith(("0.23.", "0.26.")):
        pytest.skip("this version has no geoPoint field")
    add(client, [collection("sm_places", field("place", "geoPoint"))])
    assert SampleMaker(client).make("sm_places")["place"]["lat"] == 50


KINDS = ["image/*", "image/jpeg", "image/gif", "image/webp", "image/svg+xml", "image/heic", "image/avif", "text/plain"]
KINDS += ["application/pdf", "application/json", "application/zip", "text/csv", "text/html", "audio/mpeg", "audio/wav"]
KINDS += ["video/mp4", "video/webm", "video/quicktime", "audio/ogg", "audio/flac", "image/bmp", "image/tiff"]
KINDS += [
    "image/x-icon",
    "application/gzip",
    "application/octet-stream",
    "text/xml",
    "audio/mp4",
    "audio/aac",
    "audio/x-m4a",
]
OFFICE = "application/vnd.openxmlformats-officedocument."
KINDS += [f"{OFFICE}wordprocessingml.document", f"{OFFICE}spreadsheetml.sheet"]


def test_files_are_of_the_kinds_that_are_asked_for(client: Client) -> None:
    fields = [field(f"f{number}", "file", mimeTypes=[kind], maxSelect=1) for number, kind in enumerate(KINDS)]
    add(client, [collection("sm_files", *(item for item in fields if "*" not in item["mimeTypes"][0]))])
    assert SampleMaker(client).make("sm_files")["f1"].endswith(".jpg")


PATTERNS = [
    r"^[a-z0-9]+(?:-[a-z0-9]+)*$",
    r"^\d{4}-\d{2}-\d{2}$",
    r"^#[0-9a-fA-F]{6}$",
    r"^#(?:[0-9a-f]{3}|[0-9a-f]{6})$",
    r"^\+?[1-9]\d{7,14}$",
    r"^[A-Z]{2}\d{2}[A-Z0-9]{4}\d{7}$",
    r"^[\w.+-]+@[\w-]+\.[\w.]+$",
    r"^https?://[^\s/$.?#].[^\s]*$",
    r"^(?i)abc(def)?$",
    r"^[[:alpha:]_][[:alnum:]_]*$",
    r"^\p{L}[\p{L}\p{N} '-]*$",
    r"^(draft|live|gone)\z",
    r"[A-Z]",
    r"\S",
    r"^.{8,}$",
    r"^[^<>]*$",
    r"^\pL+$",
    r"^[0-9a-f]{8}\b-[0-9a-f]{4}\b-[0-9a-f]{12}$",
    r"^(\d{3}\.){3}\d{3}$",
    r"^\$[0-9]+(\.[0-9]{2})?$",
]


def test_texts_match_usual_patterns(client: Client) -> None:
    """Go's own engine judges the texts: PocketBase compiles the patterns with it."""
    fields = [field(f"p{number}", "text", pattern=pattern) for number, pattern in enumerate(PATTERNS)]
    add(client, [collection("sm_patterns", *fields)])
    maker = SampleMaker(client)
    first, second = maker.make("sm_patterns"), maker.make("sm_patterns")
    assert first["p0"] != second["p0"]


@given(st.lists(st.sampled_from(["[a-f]", "x", r"\d", "(ab|cd)", "."]), min_size=1, max_size=4), st.integers(0, 3))
def test_a_made_text_matches_and_keeps_the_length(pieces: list[str], spare: int) -> None:
    import random

    pattern = "^" + "".join(f"{piece}+" for piece in pieces) + "$"
    low = 3 * len(pieces)
    text = matching_text(pattern, low, low + spare + 4, random.Random(1))
    assert text is not None
    assert re.search(pattern, text)
    assert low <= len(text) <= low + spare + 4


def test_unique_columns_get_values_of_their_own(client: Client) -> None:
    shops = collection("sm_shops", field("code", "text"), indexes=["CREATE UNIQUE INDEX sm_c ON sm_shops (code)"])
    shops["fields"].append(field("rank", "number", min=1, max=9, onlyInt=True))
    shops["indexes"].append("CREATE UNIQUE INDEX sm_r ON sm_shops (rank)")
    link = field("shop", "relation", collectionId="sm_shops", maxSelect=1)
    one = collection("sm_owners", link, indexes=["CREATE UNIQUE INDEX sm_o ON sm_owners (shop)"])
    optional = [{**link, "name": name, "required": False} for name in ("left", "right")]
    pairs = collection("sm_pairs", *optional, indexes=["CREATE UNIQUE INDEX sm_p ON sm_pairs (left, right)"])
    add(client, [shops, one, pairs])
    maker = SampleMaker(client)
    assert maker.make("sm_owners")["shop"] != maker.make("sm_owners")["shop"]
    assert maker.make("sm_pairs")["left"] != maker.make("sm_pairs")["left"]


def test_what_a_record_requires_is_made_first_and_noted(client: Client) -> None:
    root = collection("sm_root", field("title", "text"))
    mid = collection("sm_mid", field("root", "relation", collectionId="sm_root", maxSelect=1))
    many = field("mids", "relation", collectionId="sm_mid", maxSelect=5, minSelect=2)
    add(client, [root, mid, collection("sm_leaf", many, field("by", "relation", collectionId="users", maxSelect=1))])
    maker = SampleMaker(client)
    leaf = maker.make("sm_leaf")
    assert len(leaf["mids"]) == 2
    assert [name for name, _ in maker.created] == ["sm_root", "sm_mid", "sm_mid", "users", "sm_leaf"]


def test_an_auth_record_can_log_in(client: Client) -> None:
    account = collection("sm_members", field("nick", "text"), type="auth")
    add(client, [account])
    maker = SampleMaker(client)
    body = maker.body("sm_members", email="a@example.com")
    assert send(client, "POST", "/api/collections/sm_members/records", body, client.superuser_token()).status == 200
    assert client.authenticate("sm_members", "a@example.com", body["password"])["record"]["nick"] == body["nick"]


def test_given_values_count_and_none_leaves_a_field_out(client: Client) -> None:
    add(client, [collection("sm_given", field("title", "text"), field("note", "text", required=False))])
    maker = SampleMaker(client)
    assert maker.make("sm_given", title="mine", note=None)["title"] == "mine"
    assert "note" not in maker.body("sm_given", note=None)


def test_the_same_seed_gives_the_same_values(client: Client) -> None:
    add(client, [collection("sm_seed", field("a", "text", pattern="^[a-z]{20}$"), field("b", "number"))])
    first, second, other = (SampleMaker(client, seed=seed).body("sm_seed") for seed in (1, 1, 2))
    assert first == second != other


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (field("t", "text", pattern=r"^a{9}$", max=4), r"sm_bad\.t: no text of 1 to 4 characters was found for"),
        (field("n", "number", min=0, max=0), r"sm_bad\.n: required, and 0 is the only number"),
        (field("f", "file", mimeTypes=["model/obj"]), r"sm_bad\.f: there is no sample file of model/obj"),
        (field("r", "relation", collectionId="sm_bad", maxSelect=1), "require each other in a circle: sm_bad"),
    ],
    ids=["pattern", "zero", "file", "circle"],
)
def test_what_cannot_be_made_is_said_with_the_field_and_the_reason(
    client: Client, bad: dict[str, Any], reason: str
) -> None:
    add(client, [collection("sm_bad", bad)])
    try:
        with pytest.raises(Unsatisfiable, match=reason):
            SampleMaker(client).make("sm_bad")
    finally:
        client.call("DELETE", "/api/collections/sm_bad")


def test_a_refusal_by_the_server_is_told_with_its_reason(client: Client) -> None:
    add(client, [collection("sm_taken", field("t", "text"))])
    with pytest.raises(Unsatisfiable, match="sm_taken: the server refused a made record: t: Must be"):
        SampleMaker(client).make("sm_taken", t="x" * 6000)
    with pytest.raises(Unsatisfiable, match="there is no collection 'sm_nothing'"):
        SampleMaker(client).make("sm_nothing")


def test_an_unknown_type_of_field_is_named() -> None:
    with pytest.raises(Unsatisfiable, match="values of the type 'hologram' are not known"):
        field_value(field("h", "hologram"), 1, random.Random(1))


@pytest.mark.parametrize("number", [1, 10**7 - 1, 10**12])
def test_dates_stay_near_however_many_records_there_are(number: int) -> None:
    made = field_value(field("d", "date", required=True), number, random.Random(1))
    assert "2024-01-01" <= made < "2025"
