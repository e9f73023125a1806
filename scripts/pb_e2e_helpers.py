"""What a project's own access tests import: actors who send requests, and checks that know how PocketBase denies.

    with Session() as pb:
        checks = Checks()
        alice = pb.user("alice")
        note = alice.create("notes", {"text": "mine", "owner": alice.id})
        checks.allowed("alice creates a note", note)
        checks.hidden("a guest sees no notes", pb.guest.list("notes"))
    sys.exit(checks.summary())

Run such a file with PYTHONPATH set to this folder. What the actors create is deleted when the session ends.
"""

from __future__ import annotations

from pb_common import Answer
from pb_e2e.actors import Actor, Reply
from pb_e2e.assertions import (
    assert_allowed,
    assert_cannot_change,
    assert_cascades,
    assert_denied,
    assert_field_hidden,
    assert_hidden,
    assert_spoof_rejected,
    assert_status,
    assert_superuser_only,
)
from pb_e2e.checks import Checks
from pb_e2e.samples import SampleFile as File
from pb_e2e.session import Session, open_session
from pb_e2e.testcase import AccessTest, run_tests
from pb_embedded.throwaway import Throwaway

__all__ = [
    "AccessTest",
    "Actor",
    "Answer",
    "Checks",
    "File",
    "Reply",
    "Session",
    "Throwaway",
    "assert_allowed",
    "assert_cannot_change",
    "assert_cascades",
    "assert_denied",
    "assert_field_hidden",
    "assert_hidden",
    "assert_spoof_rejected",
    "assert_status",
    "assert_superuser_only",
    "open_session",
    "run_tests",
]
