"""The names that pb_e2e_helpers gives to a project's own tests."""

from __future__ import annotations

from _pb.samples.maker import SampleFile as File
from _pb.server.throwaway import Throwaway
from _pb.testing.actors import Actor, Reply
from _pb.testing.assertions import (
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
from _pb.testing.checks import Checks
from _pb.testing.scenes import days
from _pb.testing.session import Session, open_session
from _pb.testing.testcase import AccessTest, run_tests
from _pb.testing.threads import at_once
from pb_common import Answer

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
    "assert_event",
    "assert_field_hidden",
    "assert_hidden",
    "assert_no_event",
    "assert_spoof_rejected",
    "assert_status",
    "assert_superuser_only",
    "at_once",
    "days",
    "open_session",
    "run_tests",
]
