"""Assertions for any test framework: each raises AssertionError that shows the actor, the request, answer and rule.

A record is named by its id, by the dict of it, or by the Reply that created it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from _pb.testing import effects, verdict
from _pb.testing.actors import Actor, Record, Reply, id_of
from _pb.testing.report import report
from pb_common import Answer

if TYPE_CHECKING:
    from pb_common.realtime import Subscription


def assert_allowed(answer: Answer, record: Record = "", message: str = "") -> None:
    """Fail unless the request succeeded; a list must show `record`, or any record if none is named."""
    _judge("Expected to be allowed", verdict.problem_if_not_allowed(answer, _id(record)), answer, message)


def assert_denied(answer: Answer, message: str = "") -> None:
    """Fail unless a rule denied a write; an error of the body, or of a request that meets no rule, is no denial.

    Such is one about a record that does not exist.
    """
    problem = verdict.problem_if_not_denied(answer) or _nothing_proved(answer)
    _judge("Expected to be denied", problem, answer, message)


def assert_hidden(answer: Answer, record: Record = "", message: str = "") -> None:
    """Fail if a list or a single answer shows `record`, or anything at all if none is named.

    A page of a longer list, or an answer about what does not exist, proves nothing and fails as well: that a record is
    gone is assert_status(reply, 404).
    """
    problem = verdict.problem_if_not_hidden(answer, _id(record)) or _nothing_proved(answer)
    _judge("Expected to be hidden", problem, answer, message)


def assert_field_hidden(answer: Answer, *fields: str, message: str = "") -> None:
    """Fail if a record of the answer has one of these fields, or if it shows no record at all.

    A field that the collection does not have proves nothing, nor one of a related record that nobody is shown.
    """
    problem = verdict.problem_if_field_shown(answer, *fields) or effects.problem_if_nobody_sees(answer, fields)
    _judge(f"Expected {', '.join(fields)} to be hidden", problem, answer, message)


def assert_status(answer: Answer, *expected: int, message: str = "") -> None:
    """Fail unless the HTTP status is one of those expected, for example of a custom route."""
    _judge("Unexpected status", verdict.problem_if_not_status(answer, *expected), answer, message)


def assert_superuser_only(answer: Answer, message: str = "") -> None:
    """Fail unless the answer is 403, as for everybody else where a rule is null."""
    problem = verdict.problem_if_not_status(answer, 403) or verdict.problem_if_never_judged(answer)
    _judge("Expected superusers only", problem, answer, message)


def assert_spoof_rejected(actor: Actor, collection: str, honest: dict[str, Any], /, **claimed: Any) -> None:
    """Fail if the actor can create a record with the values `claimed`, such as author=bob.id, or not without them.

    A rule may deny it, or a hook may replace the values. The same request with the values of `honest` alone must
    succeed, or the refusal would prove nothing.
    """
    superuser = actor.session.superuser
    fields = effects.named_fields(superuser, collection, claimed)
    claim = f"claiming {', '.join(claimed)}"
    reply = actor.create(collection, {**honest, **claimed})
    made: dict[str, Any] = {}
    if reply.id:
        made = effects.existing_record(superuser, collection, reply.id)
        superuser.delete(collection, reply.id)  # or the honest record might not be unique
    else:
        assert_denied(reply, claim)
    proof = actor.create(collection, honest)
    plain = effects.existing_record(superuser, collection, proof.id) if proof.id else made
    if any(effects.took(key, field, claimed[key], made, plain) for key, field in fields.items() if made):
        assert_denied(reply, claim)
    assert_allowed(proof, message="the honest request, without which nothing is proved")


def assert_cannot_change(actor: Actor, collection: str, record: Record, /, **values: Any) -> None:
    """Fail if an update by the actor changes these fields, be it denied or ignored without a word.

    The superuser reads them before and after. It also fails where that proves nothing: the record or a field does not
    exist, or the update is accepted and the record has had all these values already.
    """
    superuser, id = actor.session.superuser, _id(record)
    fields = effects.named_fields(superuser, collection, values)
    before = effects.existing_record(superuser, collection, id)
    reply = actor.update(collection, id, values)
    accepted = reply.status < 300
    after = superuser.get(collection, id)
    changed = effects.changed_fields(fields, before, after.data, accepted=accepted)
    problem = None
    if after.status != 200:
        problem = "the record is gone"
    elif changed:
        problem = f"{', '.join(changed)} changed"
    elif accepted and all(effects.has_already(key, value, before) for key, value in values.items()):
        problem = f"the record has this {', '.join(values)} already, so it proves nothing"
    elif not accepted:
        problem = verdict.problem_if_never_judged(reply)
    _judge("Expected no change", problem, reply, "")


def assert_cascades(actor: Actor, parent: tuple[str, Record], children: Iterable[tuple[str, Record]]) -> None:
    """Fail unless deleting the parent as the actor deletes the children too; each is (collection, record)."""
    listed = [(collection, _id(record)) for collection, record in children]
    superuser = actor.session.superuser
    for collection, record in listed:
        assert_allowed(superuser.get(collection, record), record, "before its parent is deleted")
    assert_allowed(actor.delete(parent[0], _id(parent[1])))
    for collection, record in listed:
        message = f"after {parent[0]}/{_id(parent[1])} was deleted"
        assert_status(superuser.get(collection, record), 404, message=message)


def _nothing_proved(answer: Answer) -> str | None:
    """Return why a refusal proves nothing of a rule, None where it does."""
    return effects.problem_if_no_record(answer) or effects.problem_if_broken(answer)


def assert_event(events: Subscription, record: Record, action: str = "create", seconds: float = 5.0) -> None:
    """Fail unless an event of this action about the record arrives within `seconds`."""
    if not _arrives(events, _id(record), action, seconds):
        raise AssertionError(f"Expected a {action} event of the record {_id(record)} within {seconds:g} s; none came.")


def assert_no_event(events: Subscription, record: Record, action: str = "create", seconds: float = 0.5) -> None:
    """Fail if an event of this action about the record arrives within `seconds`."""
    if _arrives(events, _id(record), action, seconds):
        raise AssertionError(f"Expected no {action} event of the record {_id(record)}; one came.")


def _arrives(events: Subscription, id: str, action: str, seconds: float) -> bool:
    return any(
        event.data.get("action") == action and event.data["record"]["id"] == id for event in events.events(seconds)
    )


def _id(record: Record) -> str:
    if isinstance(record, Reply) and not record.id:
        raise AssertionError(report("The test is wrong: the record that it names was never made.", record))
    return id_of(record)


def _judge(expectation: str, problem: str | None, answer: Answer, message: str) -> None:
    if problem:
        raise AssertionError(report(f"{expectation}{f' ({message})' if message else ''}: {problem}.", answer))
