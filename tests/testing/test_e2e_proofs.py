"""Assertions fail where an attack succeeded unnoticed, and where a test proves nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import servers
from _pb.server.throwaway import Throwaway
from pb_common import PBUsageError, Settings
from pb_e2e_helpers import (
    Actor,
    File,
    Session,
    assert_allowed,
    assert_cannot_change,
    assert_denied,
    assert_field_hidden,
    assert_hidden,
    assert_spoof_rejected,
    assert_superuser_only,
)

pytestmark = pytest.mark.both_ends

SIGNED_IN = '@request.auth.id != ""'
USER = {"type": "relation", "collectionId": "_pb_users_auth_", "maxSelect": 1}
WAYS = ("listRule", "viewRule", "createRule", "updateRule", "deleteRule")


class Cast(NamedTuple):
    """Who and what the tests share."""

    pb: Session
    alice: Actor
    bob: Actor
    note: str


@pytest.fixture(scope="module")
def pb(server: servers.Server) -> Iterator[Session]:
    """A session on a collection `pr_open` that is open to all, its lines, and auth records that users may manage."""
    fields = [
        {"name": "text", "type": "text"},
        {"name": "score", "type": "number"},
        {"name": "secret", "type": "text", "hidden": True},
        {"name": "due", "type": "date"},
        {"name": "doc", "type": "file", "maxSelect": 1, "maxSize": 1000},
        {**USER, "name": "owner"},
        {**USER, "name": "members", "maxSelect": 9},
    ]
    rules = dict.fromkeys(WAYS, "")
    server.request("POST", "/api/collections", {"name": "pr_open", "type": "base", "fields": fields, **rules})
    parent = server.request("GET", "/api/collections/pr_open")[1]["id"]
    needs = {"name": "note", "type": "relation", "collectionId": parent, "maxSelect": 1, "required": True}
    server.request("POST", "/api/collections", {"name": "pr_lines", "type": "base", "fields": [needs], **rules})
    managed = {**rules, "manageRule": SIGNED_IN}
    server.request("POST", "/api/collections", {"name": "pr_people", "type": "auth", "fields": [], **managed})
    settings = Settings(url=server.url, email=servers.EMAIL, password=servers.PASSWORD, token_cache=False)
    with Session(settings) as session:
        yield session


@pytest.fixture
def cast(pb: Session) -> Cast:
    """Two users, and a note of the first."""
    alice, bob = pb.user("alice"), pb.user("bob")
    return Cast(pb, alice, bob, alice.create("pr_open", {"text": "x", "owner": alice.id}).id)


def message(check: Callable[[], None]) -> str:
    with pytest.raises(AssertionError) as caught:
        check()
    return str(caught.value).splitlines()[0]


def test_every_way_to_change_a_field_is_seen(cast: Cast) -> None:
    ways: list[dict[str, Any]] = [
        {"members": cast.bob.id},
        {"members-": cast.bob.id},
        {"members+": cast.bob.id},
        {"score+": 5},
        {"due": "2030-01-01"},
        {"doc": File("a.txt", b"hi")},
    ]
    for values in ways:
        name = next(iter(values)).strip("+-")
        shown = message(partial(assert_cannot_change, cast.bob, "pr_open", cast.note, **values))
        assert shown == f"Expected no change: {name} changed."


def test_a_password_that_a_stranger_may_set_is_seen(cast: Cast) -> None:
    carol, dave = cast.pb.user("carol", "pr_people"), cast.pb.user("dave", "pr_people")
    new = {"password": "hacked-123", "passwordConfirm": "hacked-123"}
    shown = message(lambda: assert_cannot_change(dave, "pr_people", carol.record, **new))
    assert shown == "Expected no change: password changed."
    assert_cannot_change(cast.pb.guest, "pr_people", carol.record, **new)


def test_a_test_that_names_what_does_not_exist_is_wrong(cast: Cast) -> None:
    bob = cast.bob
    assert "no record 'none'" in message(lambda: assert_cannot_change(bob, "pr_open", "none", owner=bob.id))
    assert "no collection 'pr_opne'" in message(lambda: assert_cannot_change(bob, "pr_opne", cast.note, owner=bob.id))
    assert "no field 'ovner'" in message(lambda: assert_cannot_change(bob, "pr_open", cast.note, ovner=bob.id))
    assert "no field 'ovner'" in message(lambda: assert_spoof_rejected(bob, "pr_open", {"text": "x"}, ovner=bob.id))
    unmade = bob.create("pr_lines", {})
    assert "was never made" in message(lambda: assert_hidden(bob.list("pr_open"), unmade))


def test_what_a_record_has_already_is_no_change_and_no_proof(cast: Cast) -> None:
    assert "has this text already" in message(lambda: assert_cannot_change(cast.bob, "pr_open", cast.note, text="x"))
    none_left = {"members-": cast.bob.id}
    shown = message(lambda: assert_cannot_change(cast.bob, "pr_open", cast.note, **none_left))
    assert "has this members- already" in shown


def test_a_claim_that_the_server_stores_in_another_form_is_seen(cast: Cast) -> None:
    ways: list[dict[str, Any]] = [
        {"members": cast.alice.id},
        {"members+": cast.alice.id},
        {"due": "2030-01-01"},
        {"score": "5"},
        {"doc": File("a.txt", b"hi")},
    ]
    for claimed in ways:
        shown = message(partial(assert_spoof_rejected, cast.bob, "pr_open", {"text": "x"}, **claimed))
        assert f"claiming {next(iter(claimed))}" in shown


def test_hooks_that_replace_values_reject_a_spoof(version: str, tmp_path: Path) -> None:
    hook = """
    onRecordCreateRequest((e) => {
        e.record.set("due", new DateTime());
        e.record.set("number", Math.random());
        e.next();
    }, "notes");
    """
    (tmp_path / "pb_hooks").mkdir()
    (tmp_path / "pb_hooks" / "main.pb.js").write_text(hook, "utf-8")
    fields = [{"name": "due", "type": "date"}, {"name": "number", "type": "number"}]
    schema = [{"name": "notes", "type": "base", "fields": fields, "createRule": ""}]
    server = Throwaway(tmp_path, schema=schema, binary=str(servers.binary(version)))
    with Session(server=server) as pb:
        assert_spoof_rejected(pb.guest, "notes", {}, due="2030-01-01", number=7)


def test_a_refusal_that_no_rule_decided_is_no_denial(cast: Cast) -> None:
    bob = cast.bob
    cast.alice.create("pr_lines", {"note": cast.note})
    assert "another record requires" in message(lambda: assert_denied(bob.delete("pr_open", cast.note)))
    assert "no such collection" in message(lambda: assert_denied(bob.delete("pr_opne", cast.note)))
    assert "no such collection" in message(lambda: assert_denied(bob.create("pr_opne", {})))
    assert "no such collection" in message(lambda: assert_hidden(bob.list("pr_opne"), cast.note))
    path = "/api/collections/pr_open/records"
    assert "no JSON object" in message(lambda: assert_denied(bob.request("POST", path, ["x"])))


def test_batches_that_are_switched_off_deny_nothing(cast: Cast) -> None:
    answer = cast.bob.batch([("POST", "pr_open", {"text": "b"})])
    for check in (assert_denied, assert_superuser_only):
        assert "batches are switched off" in message(partial(check, answer))


def test_a_page_of_a_list_hides_nothing(cast: Cast) -> None:
    alice, bob = cast.alice, cast.bob
    last = alice.create("pr_open", {"text": "y"})
    for query in ({"perPage": 1, "sort": "text"}, {"perPage": 1, "sort": "text", "skipTotal": 1}):
        answer = bob.list("pr_open", filter=f'id = "{cast.note}" || id = "{last.id}"', **query)
        assert "only a page" in message(partial(assert_hidden, answer, last))
        assert_hidden(bob.find("pr_open", {"id": cast.note}), last)
    assert "the server shows it" in message(lambda: assert_hidden(bob.list("pr_open", page=99)))
    assert "no ids" in message(lambda: assert_hidden(bob.list("pr_open", fields="text"), last))
    assert_hidden(bob.list("pr_open", filter='text = "none"'))


def test_a_field_that_was_not_asked_for_is_not_hidden(cast: Cast) -> None:
    bob, note, field = cast.bob, cast.note, "expand.owner.email"
    for query in ({}, {"expand": "oner"}, {"fields": "id,text"}):
        answer = bob.get("pr_open", note, **query)
        assert f"does not ask for {field}" in message(partial(assert_field_hidden, answer, field))
    assert_field_hidden(bob.get("pr_open", note, expand="owner"), field)
    assert_field_hidden(bob.get("pr_open", note, fields="id,secret"), "secret")
    assert_allowed(bob.get("pr_open", note))


def test_a_field_that_does_not_exist_is_not_hidden(cast: Cast) -> None:
    for answer in (cast.bob.get("pr_open", cast.note), cast.bob.list("pr_open")):
        shown = message(partial(assert_field_hidden, answer, "secrte"))
        assert "nobody sees secrte, not even the superuser" in shown
        assert "secret" in shown
        assert_field_hidden(answer, "secret")
    expanded = cast.bob.get("pr_open", cast.note, expand="owner")
    assert "nobody sees expand.owner.emial" in message(lambda: assert_field_hidden(expanded, "expand.owner.emial"))
    assert_field_hidden(expanded, "expand.owner.password")


def test_a_record_that_never_existed_is_denied_to_nobody(cast: Cast) -> None:
    bob = cast.bob
    for answer in (bob.delete("pr_open", "a" * 15), bob.update("pr_open", "a" * 15, {"text": "y"})):
        assert "no such record" in message(partial(assert_denied, answer))
    assert_denied(bob.delete("users", cast.alice.id))


def test_a_subscription_to_a_collection_that_does_not_exist_is_refused(cast: Cast) -> None:
    with pytest.raises(PBUsageError, match="There is no collection 'pr_opne'"):
        cast.bob.subscribe("pr_opne/*")
