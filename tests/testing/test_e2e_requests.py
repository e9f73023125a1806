"""What actors send, in threads too: JSON, forms, anything as it is; and answers as they came."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

import servers
from pb_common import PBConnectionError, PBUsageError
from pb_e2e_helpers import (
    Actor,
    File,
    Session,
    Throwaway,
    assert_allowed,
    assert_cannot_change,
    assert_denied,
    assert_hidden,
    at_once,
)

HOOK = """
routerAdd("POST", "/echo", (e) => {
  const info = e.requestInfo();
  e.response.header().set("X-Kind", e.request.header.get("Content-Type"));
  return e.string(200, JSON.stringify(info.body) + "|" + e.request.header.get("X-Mark"));
});
routerAdd("POST", "/bytes", (e) => e.string(200, toString(e.request.body)));
routerAdd("GET", "/hang", (e) => { sleep(4000); return e.json(200, {}); });
"""
SCHEMA = [
    {
        "name": "carts",
        "fields": [
            {"name": "owner", "type": "text"},
            {"name": "seat", "type": "text"},
            {"name": "items", "type": "json"},
            {"name": "paper", "type": "file", "maxSelect": 1, "maxSize": 1000},
        ],
        "indexes": ["CREATE UNIQUE INDEX idx_seat ON carts (seat)"],
        "listRule": "owner = @request.auth.id",
        "viewRule": "owner = @request.auth.id",
        "createRule": "owner = @request.auth.id",
    }
]


@pytest.fixture(scope="module")
def session(version: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """A session with routes that say what they got."""
    project: Path = tmp_path_factory.mktemp("routes")
    (project / "pb_hooks").mkdir()
    (project / "pb_hooks/main.pb.js").write_text(HOOK, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PB_TIMEOUT", "2")
        server = Throwaway(project, schema=SCHEMA, binary=str(servers.binary(version)))
        with Session(server=server) as pb:
            yield pb


def test_threads_get_the_answers_to_their_own_requests(session: Session) -> None:
    """Several actors in many threads: nobody is taken for somebody else, and no answer goes astray."""
    people = [session.user(f"user{number}") for number in range(3)]

    def work(number: int) -> None:
        actor = people[number % 3]
        made = actor.create("carts", {"owner": actor.id, "seat": f"place {number}"})
        assert made.data["seat"] == f"place {number}"
        assert_allowed(actor.get("carts", made), made)
        assert_hidden(people[(number + 1) % 3].get("carts", made))
        assert session.superuser.get("carts", made).data["owner"] == actor.id
        assert session.make("carts")["id"]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(40)))
    assert all(len(actor.list("carts", perPage=100).data["items"]) in (13, 14) for actor in people)


def test_one_of_those_who_ask_at_once_wins(session: Session) -> None:
    """The answers come in the order of the requests; what one raises is raised."""
    people = [session.user(f"late{number}") for number in range(5)]

    def take(actor: Actor) -> int:
        return actor.create("carts", {"owner": actor.id, "seat": "the last one"}).status

    taken = at_once([partial(take, actor) for actor in people])
    assert sorted(taken) == [200, 400, 400, 400, 400]
    assert at_once([lambda: 1, lambda: 2]) == [1, 2]
    assert at_once([]) == []
    with pytest.raises(ZeroDivisionError):
        at_once([lambda: 1, lambda: 1 // 0])


def test_forms_and_raw_bodies_go_as_they_are(session: Session) -> None:
    """A form as a browser sends it, with and without a file; bytes with a Content-Type; the answer's own bytes."""
    alice = session.user("alice")
    plain = alice.request(
        "POST", "/echo", form={"a": "ö & b", "tags": ["x", "y"], "none": None}, headers={"X-Mark": "m"}
    )
    assert plain.raw.decode().endswith("|m")
    assert plain.headers["x-kind"] == "application/x-www-form-urlencoded"
    assert parse_qs(alice.request("POST", "/bytes", form={"a": "ö & b", "n": 2}).data) == {"a": ["ö & b"], "n": ["2"]}
    sent = alice.request("POST", "/bytes", raw=b"a;b\n1;\xff", headers={"Content-Type": "text/csv"})
    assert sent.raw.startswith(b"a;b\n1;")
    form = {"owner": alice.id, "seat": "by form", "paper": File("paper.txt", b"hello")}
    made = alice.request("POST", "/api/collections/carts/records", form=form)
    assert (made.status, made.data["seat"], made.data["paper"][:6]) == (200, "by form", "paper_")
    assert alice.download("carts", made, made.data["paper"]).data == b"hello"
    with pytest.raises(PBUsageError, match="more than once"):
        alice.request("POST", "/echo", {}, raw="x")


def test_a_record_with_a_field_items_is_no_list(session: Session) -> None:
    """An empty list in a record is a value; an empty list of records is a denial."""
    alice = session.user("alice")
    made = alice.create("carts", {"owner": alice.id, "seat": "with items", "items": []})
    assert_allowed(made)
    assert_allowed(alice.get("carts", made, fields="id,items"), made)
    with pytest.raises(AssertionError, match="the list is empty"):
        assert_allowed(session.guest.list("carts", fields="id"))
    with pytest.raises(AssertionError, match="the server shows it"):
        assert_hidden(alice.get("carts", made, fields="items"))


def test_a_route_that_hangs_ends_with_the_timeout(session: Session) -> None:
    """PB_TIMEOUT counts on a throwaway server, too, and the connection is no longer used."""
    with pytest.raises(PBConnectionError, match="did not answer within 2 s"):
        session.guest.request("GET", "/hang")
    assert session.guest.request("GET", "/api/health").status == 200


def test_what_proves_nothing_of_a_rule_fails(session: Session) -> None:
    """An unknown record, a view that is written to, a rule that the server cannot read, no record at all."""
    alice = session.user("alice")
    cart = session.make("carts", owner=alice.id, seat="proved")
    with pytest.raises(AssertionError, match="there is no such record, so no rule was asked"):
        assert_hidden(alice.get("carts", "nosuchrecord000"))
    call = session.client.call
    call("POST", "/api/collections", {"name": "seats", "type": "view", "viewQuery": "SELECT id, seat FROM carts"})
    with pytest.raises(AssertionError, match="a view takes no writes"):
        assert_denied(alice.update("seats", cart, {"seat": "x"}))
    with pytest.raises(AssertionError, match="a view takes no writes"):
        assert_cannot_change(alice, "seats", cart, seat="x")
    with pytest.raises(AssertionError, match="which superusers are not asked"):
        assert_denied(session.superuser.update("carts", cart, {}))
    fields = [{"name": "open", "type": "bool"}]
    call("POST", "/api/collections", {"name": "doors", "type": "base", "fields": fields})
    rule = "@collection.doors.open ?= true"
    call("PATCH", "/api/collections/carts", {"updateRule": rule})
    assert_denied(alice.update("carts", cart, {"seat": "x"}))
    call("PATCH", "/api/collections/doors", {"fields": []})
    session.refresh()
    with pytest.raises(AssertionError, match="updateRule is broken, so it lets nobody pass"):
        assert_denied(alice.update("carts", cart, {"seat": "x"}))
    wrong: Any = alice.list("carts")
    for odd, message in (
        (lambda: alice.get("carts", {}), "{} names no record."),
        (lambda: at_once([wrong]), "at_once takes functions, not Reply: that one was sent already."),
        (lambda: session.user("eve", "carts"), "carts is no auth collection"),
        (lambda: alice.request("POST", "/echo", raw={}), "The raw is bytes or a text, not dict."),  # type: ignore[arg-type]
    ):
        with pytest.raises(PBUsageError, match=re.escape(message)):
            odd()
