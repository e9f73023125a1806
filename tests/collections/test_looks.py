"""pb_collections.py diff, truncate, scaffolds, oauth2-providers and dry-run-view on real servers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import broken_servers
import servers
from conftest import Runner

pytestmark = pytest.mark.both_ends

SCRIPT = "pb_collections.py"
FIELDS = [{"name": "title", "type": "text", "max": 80}, {"name": "n", "type": "number"}]


def make(server: servers.Server, name: str, **more: object) -> None:
    body = {"name": name, "type": "base", "fields": FIELDS, **more}
    status, answer = server.request("POST", "/api/collections", body)
    assert status == 200, answer


@pytest.fixture
def others(own_server: servers.Server) -> dict[str, str | None]:
    """The variables that name the superuser of a second server, which is `own_server`."""
    return {"PB_OTHER_SUPERUSER_EMAIL": servers.EMAIL, "PB_OTHER_SUPERUSER_PASSWORD": servers.PASSWORD}


def test_the_account_of_another_server_goes_to_one_server_only(
    pb: Runner, server: servers.Server, others: dict[str, str | None]
) -> None:
    def fail(handler: Any) -> None:
        handler.answer(500, b"{}")

    with broken_servers.running(fail) as first, broken_servers.running(fail) as second:
        refused = pb(SCRIPT, "diff", first.url, second.url, env=others)
        assert (refused.code, refused.document["code"]) == (4, "unverified"), refused
        assert "PB_OTHER_" in refused.message
        assert not first.received + second.received


def test_a_refused_account_of_the_other_server_is_named(
    pb: Runner, server: servers.Server, own_server: servers.Server, others: dict[str, str | None]
) -> None:
    wrong = pb(SCRIPT, "diff", server.url, own_server.url, env={**others, "PB_OTHER_SUPERUSER_PASSWORD": "wrongwrong"})
    assert (wrong.code, "PB_OTHER_SUPERUSER_PASSWORD" in wrong.hint, ".env" in wrong.hint) == (1, True, False), wrong
    token: dict[str, str | None] = {"PB_OTHER_SUPERUSER_TOKEN": "garbage"}
    assert "PB_OTHER_SUPERUSER_TOKEN is not" in pb(SCRIPT, "diff", server.url, own_server.url, env=token).message
    warned = pb(SCRIPT, "diff", server.url, own_server.url, env={**others, **token}).document["warnings"]
    assert any("PB_OTHER_SUPERUSER_TOKEN is not" in sentence for sentence in warned)


def test_two_servers_and_a_file_are_compared_both_ways(
    pb: Runner, server: servers.Server, own_server: servers.Server, others: dict[str, str | None], tmp_path: Path
) -> None:
    index = "CREATE UNIQUE INDEX idx_lk_title ON lk_both (title)"
    make(server, "lk_both", listRule="", indexes=[index])
    make(server, "lk_here")
    changed = [{"name": "title", "type": "text", "max": 90, "required": True}, {"name": "more", "type": "bool"}]
    make(own_server, "lk_both", fields=changed)
    make(own_server, "lk_there")

    assert pb(SCRIPT, "diff", server.url, own_server.url).code == 2  # nobody has said who we are there
    found = pb(SCRIPT, "diff", server.url, own_server.url, env=others)
    assert (found.code, found.document["differs"]) == (1, True)
    names = {"lk_both", "lk_here", "lk_there"}  # other tests make some of their own on the shared server
    ours = [entry for entry in found.data["differences"] if entry["collection"] in names]
    both = {"collection": "lk_both"}
    title = {**both, "field": "title", "property": "max", "first": 80, "second": 90}
    assert {"collection": "lk_here", "only": "first"} in ours
    assert {"collection": "lk_there", "only": "second"} in ours
    assert {**both, "property": "listRule", "first": "", "second": None} in ours
    assert title in ours
    assert {**both, "field": "title", "property": "required", "first": None, "second": True} in ours
    assert {**both, "field": "n", "only": "first"} in ours
    assert {**both, "field": "more", "only": "second"} in ours
    assert {**both, "index": "idx_lk_title", "only": "first"} in ours
    assert len(ours) == 8

    swapped = pb(SCRIPT, "diff", own_server.url, server.url, env=others).data["differences"]
    assert {**title, "first": 90, "second": 80} in swapped
    assert len(swapped) == len(found.data["differences"])

    pb.ok(SCRIPT, "export", "--file", "here.json")
    assert pb.ok(SCRIPT, "diff", "here.json", server.url)["differences"] == []
    raw = server.request("GET", "/api/collections?perPage=1000")[1]
    (tmp_path / "raw.json").write_text(json.dumps(raw), "utf-8")
    assert pb.ok(SCRIPT, "diff", "raw.json", server.url)["differences"] == []
    from_file = pb(SCRIPT, "diff", "here.json", own_server.url, env=others)
    assert from_file.data["differences"] == found.data["differences"]
    slash = pb.ok(SCRIPT, "diff", "here.json", server.url + "/")
    assert slash["differences"] == [], "a slash at the end makes no other server"
    assert pb(SCRIPT, "diff", server.url, server.url + "/").code == 2
    assert pb(SCRIPT, "diff", "here.json", "nosuch.json").code == 2
    assert pb(SCRIPT, "diff", "here.json", "here.json").code == 2


def test_all_records_go_and_the_collection_stays(pb: Runner, server: servers.Server) -> None:
    make(server, "lk_full")
    for number in range(3):
        server.request("POST", "/api/collections/lk_full/records", {"n": number})
    assert pb.ok(SCRIPT, "truncate", "lk_full", "--dry-run")["records"] == 3
    assert pb(SCRIPT, "truncate", "lk_full", env={"PB_PROTECTED": "1"}).code == 4
    assert pb.ok("pb_records.py", "count", "lk_full")["count"] == 3
    assert pb.ok(SCRIPT, "truncate", "lk_full") == {"truncated": "lk_full", "records": 3}
    assert pb.ok("pb_records.py", "count", "lk_full")["count"] == 0
    assert "Did you mean 'lk_full'" in pb(SCRIPT, "truncate", "lk_ful").hint


def test_what_goes_by_a_cascade_with_all_records_is_told_and_allowed_first(pb: Runner, server: servers.Server) -> None:
    make(server, "lk_lists")
    lists = next(item["id"] for item in server.collections() if item["name"] == "lk_lists")
    bound = {"name": "list", "type": "relation", "collectionId": lists, "cascadeDelete": True}
    make(server, "lk_items", fields=[bound])
    assert pb(SCRIPT, "truncate", "lk_lists").code == 0
    made = server.request("POST", "/api/collections/lk_lists/records", {"n": 1})[1]["id"]
    server.request("POST", "/api/collections/lk_items/records", {"list": made})
    refused = pb(SCRIPT, "truncate", "lk_lists")
    assert (refused.code, refused.document["code"]) == (4, "would_destroy")
    assert (refused.data["alsoDeletes"], "--yes" in refused.hint) == (["lk_items.list"], True)
    assert "--yes" in pb(SCRIPT, "truncate", "lk_lists", "--dry-run").hint
    gone = pb.ok(SCRIPT, "truncate", "lk_lists", "--yes")
    assert gone == {"truncated": "lk_lists", "records": 1, "alsoDeletes": ["lk_items.list"]}
    assert pb.ok("pb_records.py", "count", "lk_items")["count"] == 0


def test_what_the_server_says_of_new_collections(pb: Runner, server: servers.Server) -> None:
    assert pb.ok(SCRIPT, "scaffolds", "view")["type"] == "view"
    assert set(pb.ok(SCRIPT, "scaffolds")) == {"base", "auth", "view"}
    assert pb.ok(SCRIPT, "scaffolds", "--fields", "type") == {kind: {"type": kind} for kind in ("base", "auth", "view")}
    providers = pb(SCRIPT, "oauth2-providers")
    view = pb(SCRIPT, "dry-run-view", "SELECT id, email FROM users")
    if tuple(map(int, server.version.split("."))) < (0, 37, 0):
        for result in (providers, view):
            assert (result.code, result.document["status"]) == (1, 404)
            assert "since v0.37" in result.message
        return
    assert {"google", "github"} <= {provider["name"] for provider in providers.data}
    assert [field["name"] for field in view.data["fields"]] == ["id", "email"]
    assert pb(SCRIPT, "dry-run-view", "SELECT nosuch FROM users").code == 1
    assert pb.ok(SCRIPT, "dry-run-view", "-", stdin=b"SELECT id FROM users")["fields"][0]["name"] == "id"


def test_the_trial_of_a_view_prints_no_secret(pb: Runner, server: servers.Server) -> None:
    if tuple(map(int, server.version.split("."))) < (0, 37, 0):
        pytest.skip("PocketBase tries views since v0.37")
    secret = {
        "select id, value from _params": "_params.value",
        'select id, c.[options] as o from "_collections" c': "_collections.options",
        "select id, x from (select id, tokenKey as x from users)": "users.tokenKey",
        "with a(v, i, c, u) as (select * from _params) select i as id, v from a": "_params.value",
        "select id, substr(password, 1) as p from _superusers": "_superusers.password",
    }
    for query, place in secret.items():
        shown = pb(SCRIPT, "dry-run-view", query, env={"PB_READONLY": "1"})
        assert (shown.code, "sample" in shown.data, place in shown.data.get("masked", [])) == (0, False, True), shown
    for query in ("select id, count(*) as n from users group by id", "select id, email, verified from _superusers"):
        assert "sample" in pb.ok(SCRIPT, "dry-run-view", query)


def test_one_side_is_compared_with_the_live_server_and_a_folder_names_another(
    pb: Runner, server: servers.Server, own_server: servers.Server, tmp_path: Path
) -> None:
    own_server.request("POST", "/api/collections", {"name": "lk_folder", "type": "base", "fields": FIELDS})
    account = f"PB_SUPERUSER_EMAIL={servers.EMAIL}\nPB_SUPERUSER_PASSWORD={servers.PASSWORD}\n"
    (tmp_path / ".env").write_text(f"PB_URL={own_server.url}\n{account}")
    for side in (str(tmp_path), str(tmp_path / ".env")):
        found = pb(SCRIPT, "diff", side)
        assert found.data["second"] == server.url
        assert {"collection": "lk_folder", "only": "first"} in found.data["differences"], found
    pb.ok(SCRIPT, "export", "--file", str(tmp_path / "now.json"))
    assert pb.ok(SCRIPT, "diff", str(tmp_path / "now.json"))["differences"] == []


def test_the_language_of_types_is_an_option_or_a_word(pb: Runner, tmp_path: Path) -> None:
    by_word = pb.ok(SCRIPT, "types", "ts", "users")
    assert by_word == pb.ok(SCRIPT, "types", "users", "--lang", "typescript")
    missing = pb(SCRIPT, "types", "users")
    assert (missing.code, "--lang typescript" in missing.hint) == (2, True), missing


def test_what_a_redirect_saved_is_an_earlier_output_of_the_same_kind(pb: Runner, tmp_path: Path) -> None:
    saved = tmp_path / "schema.json"
    saved.write_bytes(pb.raw(SCRIPT, "export").stdout)
    assert pb.ok(SCRIPT, "export", "--file", str(saved))["file"] == str(saved)
    saved.write_bytes(pb.raw(SCRIPT, "list").stdout)
    assert pb(SCRIPT, "export", "--file", str(saved)).code == 4
