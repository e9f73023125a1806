"""The assertions of access tests: each passes on its face of denial, fails on a leak, and shows what decided."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

import servers
from pb_common import Answer, Settings
from pb_e2e_helpers import (
    Actor,
    File,
    Session,
    assert_allowed,
    assert_cannot_change,
    assert_cascades,
    assert_denied,
    assert_event,
    assert_field_hidden,
    assert_hidden,
    assert_no_event,
    assert_spoof_rejected,
    assert_status,
    assert_superuser_only,
)

pytestmark = pytest.mark.both_ends

SIGNED_IN = '@request.auth.id != ""'
OWNED = f"{SIGNED_IN} && owner = @request.auth.id"
USERS = {"type": "relation", "collectionId": "_pb_users_auth_", "maxSelect": 1}
TEXT = {"name": "text", "type": "text", "required": True}


def collection(name: str, fields: list[dict[str, Any]], **rules: str) -> dict[str, Any]:
    owner = {**USERS, "name": "owner"}
    return {"name": name, "type": "base", "fields": [TEXT, owner, *fields], **rules}


@pytest.fixture(scope="module")
def pb(server: servers.Server) -> Iterator[Session]:
    """A session on a safe collection `as_safe`, its children, and a leaky one `as_leaky`."""
    safe = {"createRule": f"{SIGNED_IN} && @request.body.owner = @request.auth.id", "deleteRule": OWNED}
    doc = {"name": "doc", "type": "file", "maxSelect": 1, "maxSize": 1000, "protected": True}
    secret = {"name": "secret", "type": "text", "hidden": True}
    server.request(
        "POST", "/api/collections", collection("as_safe", [doc, secret], listRule=OWNED, viewRule=OWNED, **safe)
    )
    parent = server.request("GET", "/api/collections/as_safe")[1]["id"]
    child = {"name": "parent", "type": "relation", "collectionId": parent, "maxSelect": 1}
    leaky = dict.fromkeys(("listRule", "viewRule", "createRule", "updateRule", "deleteRule"), SIGNED_IN)
    server.request("POST", "/api/collections", collection("as_kept", [child], **leaky))
    server.request("POST", "/api/collections", collection("as_gone", [{**child, "cascadeDelete": True}], **leaky))
    settings = Settings(url=server.url, email=servers.EMAIL, password=servers.PASSWORD, token_cache=False)
    with Session(settings) as session:
        yield session


class Cast(NamedTuple):
    """Who and what the tests share."""

    alice: Actor
    bob: Actor
    safe: Any
    leaky: Any


@pytest.fixture(scope="module")
def cast(pb: Session) -> Cast:
    """Two users, and a record of each collection that belongs to the first."""
    alice, bob = pb.user("alice"), pb.user("bob")
    safe = alice.create("as_safe", pb.body("as_safe", owner=alice.id, doc=File("a.txt", b"mine")))
    return Cast(alice, bob, safe, alice.create("as_kept", {"text": "a", "owner": alice.id}))


def message(check: Callable[[], None]) -> str:
    with pytest.raises(AssertionError) as caught:
        check()
    return str(caught.value)


def test_what_the_rules_protect_passes(pb: Session, cast: Cast) -> None:
    alice, bob, safe, _ = cast
    assert_allowed(alice.list("as_safe"), safe)
    assert_allowed(alice.get("as_safe", safe.id))
    assert_hidden(pb.guest.list("as_safe"))
    assert_hidden(bob.list("as_safe"), safe)
    assert_hidden(bob.get("as_safe", safe.id))
    assert_denied(bob.delete("as_safe", safe.id))
    assert_superuser_only(alice.update("as_safe", safe.id, {"text": "b"}))
    assert_superuser_only(pb.guest.update("as_safe", safe.id, {"text": "b"}))
    assert_field_hidden(alice.list("as_safe"), "secret")
    assert_cannot_change(alice, "as_safe", safe, owner=bob.id)
    assert_spoof_rejected(bob, "as_safe", pb.body("as_safe", owner=bob.id), owner=alice.id)


def test_a_leak_is_shown_with_actor_request_answer_and_rule(cast: Cast) -> None:
    _, bob, _, leaky = cast
    shown = message(lambda: assert_hidden(bob.get("as_kept", leaky.id), message="notes are private"))
    assert shown.splitlines()[0] == "Expected to be hidden (notes are private): the server shows it."
    assert f"actor:   bob (users/{bob.id})" in shown
    assert f"request: GET /api/collections/as_kept/records/{leaky.id}" in shown
    assert '"text": "a"' in shown
    assert f"rule:    as_kept.viewRule = {SIGNED_IN}" in shown


@pytest.mark.parametrize(
    ("action", "rule"),
    [("create", "as_kept.createRule"), ("update", "as_kept.updateRule"), ("list", "as_kept.listRule")],
)
def test_each_action_names_its_rule(cast: Cast, action: str, rule: str) -> None:
    _, bob, _, leaky = cast
    check: dict[str, Callable[[], None]] = {
        "create": lambda: assert_denied(bob.create("as_kept", {"text": "x"})),
        "update": lambda: assert_denied(bob.update("as_kept", leaky.id, {"text": "a"})),
        "list": lambda: assert_hidden(bob.list("as_kept"), leaky),
    }
    assert f"rule:    {rule} = {SIGNED_IN}" in message(check[action])


def test_a_null_rule_and_a_custom_route_are_shown_for_what_they_are(pb: Session, cast: Cast) -> None:
    shown = message(lambda: assert_allowed(cast.alice.update("as_safe", cast.safe.id, {"text": "b"})))
    assert "rule:    as_safe.updateRule = null (superusers only)" in shown
    shown = message(lambda: assert_status(pb.guest.request("GET", "/api/nothing"), 200))
    assert "expected 200" in shown
    assert "rule:" not in shown


def test_a_refusal_without_a_reason_gets_it_from_the_servers_log(cast: Cast) -> None:
    shown = message(lambda: assert_allowed(cast.bob.create("as_safe", {"text": "x", "owner": cast.alice.id})))
    assert "as_safe.createRule" in shown
    assert "The server's log says" in shown


def test_passwords_are_not_shown(pb: Session) -> None:
    body = {"email": "x@example.com", "password": "do-not-show-me", "passwordConfirm": "do-not-show-me"}
    assert "do-not-show-me" not in message(lambda: assert_status(pb.guest.create("users", body), 418))


def test_an_invalid_value_is_no_denial(pb: Session, cast: Cast) -> None:
    assert "only the values are invalid: text" in message(lambda: assert_denied(cast.bob.create("as_kept", {})))


def test_a_list_without_a_record_proves_nothing_about_fields(pb: Session, cast: Cast) -> None:
    assert "proves nothing" in message(lambda: assert_field_hidden(pb.guest.list("as_safe"), "secret"))
    assert "it shows secret" in message(lambda: assert_field_hidden(pb.superuser.list("as_safe"), "secret"))


def test_a_spoof_that_passes_and_an_honest_request_that_fails_are_both_failures(pb: Session, cast: Cast) -> None:
    alice, bob = cast.alice, cast.bob
    shown = message(lambda: assert_spoof_rejected(bob, "as_kept", {"text": "x", "owner": bob.id}, owner=alice.id))
    assert "claiming owner" in shown
    shown = message(lambda: assert_spoof_rejected(bob, "as_safe", {"text": "x", "owner": ""}, owner=alice.id))
    assert "nothing is proved" in shown


def test_giving_a_record_away_is_seen_in_the_record(cast: Cast) -> None:
    shown = message(lambda: assert_cannot_change(cast.bob, "as_kept", cast.leaky, owner=cast.bob.id))
    assert "owner changed" in shown
    cast.alice.update("as_kept", cast.leaky.id, {"owner": cast.alice.id})


def test_cascades_are_followed(pb: Session, cast: Cast) -> None:
    alice = cast.alice
    parent = alice.create("as_safe", pb.body("as_safe", owner=alice.id))
    gone, kept = (alice.create(name, {"text": "c", "parent": parent.id}) for name in ("as_gone", "as_kept"))
    assert_cascades(alice, ("as_safe", parent), [("as_gone", gone)])
    assert pb.superuser.get("as_kept", kept.id).data["parent"] == ""
    parent = alice.create("as_safe", pb.body("as_safe", owner=alice.id))
    kept = alice.create("as_kept", {"text": "c", "parent": parent.id})
    assert "expected 404" in message(lambda: assert_cascades(alice, ("as_safe", parent), [("as_kept", kept)]))


def test_files_are_uploaded_and_a_protected_one_is_for_its_owner(pb: Session, cast: Cast) -> None:
    alice, bob, safe, _ = cast
    assert alice.download("as_safe", safe.id, safe.data["doc"]) == Answer(200, b"mine")
    assert_hidden(bob.download("as_safe", safe.id, safe.data["doc"]))
    assert_hidden(pb.guest.download("as_safe", safe.id, safe.data["doc"]))


def test_expand_shows_what_the_view_rule_allows(pb: Session, cast: Cast) -> None:
    alice, bob, safe, _ = cast
    child = alice.create("as_gone", {"text": "c", "parent": safe.id})
    assert alice.get("as_gone", child.id, expand="parent").data["expand"]["parent"]["id"] == safe.id
    assert_field_hidden(bob.get("as_gone", child.id, expand="parent"), "expand.parent")
    shown = message(lambda: assert_field_hidden(alice.list("as_gone", expand="parent"), "expand.parent.text"))
    assert "it shows expand.parent.text" in shown


def test_a_user_gets_what_is_required_and_nothing_else(server: servers.Server, pb: Session) -> None:
    fields = [{"name": "nick", "type": "text", "required": True}, {"name": "role", "type": "text"}]
    server.request("POST", "/api/collections", {"name": "as_staff", "type": "auth", "fields": fields})
    pb.refresh()
    carol = pb.user("carol", "as_staff")
    assert carol.record["nick"]
    assert carol.record["role"] == ""
    assert pb.user("dave", "as_staff", role="boss").record["role"] == "boss"


def test_batches_are_sent_cleaned_up_and_judged(own_server: servers.Server) -> None:
    own_server.request("PATCH", "/api/settings", {"batch": {"enabled": True}})
    own_server.request("POST", "/api/collections", collection("notes", [], createRule=OWNED, updateRule=OWNED))
    settings = Settings(url=own_server.url, email=servers.EMAIL, password=servers.PASSWORD, token_cache=False)
    with Session(settings) as pb:
        alice, bob = pb.user("alice"), pb.user("bob")
        body = {"text": "a", "owner": alice.id}
        done = alice.batch([("POST", "notes", body), ("POST", "notes", body)])
        assert_allowed(done)
        ids = [answer["body"]["id"] for answer in done.data]
        assert_denied(bob.batch([("PATCH", f"notes/{ids[0]}", {"text": "b"})]))
        assert_denied(alice.batch([("POST", "notes", body), ("POST", "notes", {**body, "owner": bob.id})]))
        assert "invalid: text" in message(lambda: assert_denied(alice.batch([("POST", "notes", {"owner": alice.id})])))
    assert own_server.request("GET", "/api/collections/notes/records")[1]["totalItems"] == 0


def test_realtime_events_reach_those_whom_the_list_rule_lets_in(pb: Session, cast: Cast) -> None:
    alice, bob = cast.alice, cast.bob
    with alice.subscribe("as_safe/*") as hers, bob.subscribe("as_safe/*") as his, bob.subscribe("as_kept/*") as shared:
        private = alice.create("as_safe", pb.body("as_safe", owner=alice.id))
        public = alice.create("as_kept", {"text": "for all"})
        assert_event(hers, private)
        assert_event(shared, public)
        assert_no_event(his, private)
        alice.update("as_kept", public.id, {"text": "changed"})
        assert_event(shared, public, "update")
        assert "none came" in message(lambda: assert_event(his, private, seconds=0.1))
        alice.update("as_kept", public.id, {"text": "again"})
        assert "one came" in message(lambda: assert_no_event(shared, public, "update", seconds=5))
