"""pytest fixtures for access tests; in conftest.py: pytest_plugins = ["pb_e2e.pytest_plugin"].

    def test_notes_are_private(pb):
        alice, bob = pb.user("alice"), pb.user("bob")

`pb` is a session on the folder where pytest was started. A project with other settings overrides the fixture
`pb_session` with a session of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from _pb.testing.session import Session, open_session


@pytest.fixture(scope="session")
def pb_session(request: pytest.FixtureRequest) -> Iterator[Session]:
    """The session that all tests share: a throwaway server, or the one of PB_URL."""
    with open_session(request.config.rootpath) as session:
        yield session


@pytest.fixture
def pb(pb_session: Session) -> Iterator[Session]:
    """The session; what a test creates is deleted after it."""
    yield pb_session
    pb_session.clean_up()
