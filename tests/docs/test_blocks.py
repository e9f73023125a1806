"""Every fenced block of SKILL.md, README.md and the references, run as what it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest

import servers
from tools import tool

from .kind_go import go_version
from .kinds import problem_of, run_block
from .pages import Block, Page, pages
from .stage import Stage

PAGES = {page.name: page for page in pages()}
BLOCKS = [(page, block) for page in PAGES.values() for block in page.blocks]
# The documentation is for the newest; what differs before says so, and is proved on the last 0.23.
VERSIONS = [version for version in servers.versions() if version in (servers.DEFAULT_VERSION, "0.23.12")]
MOST_SKIPS = 0.03


class Place(NamedTuple):
    """A page on a server's version: what blocks share."""

    page: str
    version: str


@pytest.fixture(scope="module")
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    where: Place = request.param
    if any(block.language == "go" for block in PAGES[where.page].blocks):
        tool("go")
    with Stage(PAGES[where.page], where.version, tmp_path_factory.mktemp(where.page)) as opened:
        yield opened


def run_until(stage: Stage, block: Block) -> None:
    """Run the page's blocks up to this one, each once, and raise what this one raised."""
    for other in stage.page.blocks:
        if other.line > block.line or other.line in stage.outcomes:
            continue
        outcome: BaseException | None = None
        if is_run(other, stage.version):
            try:
                run_block(stage, other)
            except (Exception, pytest.skip.Exception, pytest.fail.Exception) as error:
                outcome = error
        stage.outcomes[other.line] = outcome
    if outcome := stage.outcomes[block.line]:
        raise outcome


def is_run(block: Block, version: str) -> bool:
    """Tell whether a block is for this version of the server, and not skipped."""
    since = block.marks.get("since", "0.23")
    return "skip" not in block.marks and Stage.number(version) >= Stage.number(since)


def versions_of(page: Page) -> list[str]:
    """Return the versions that a page runs on; for a page with Go, the one that Go blocks are compiled against."""
    if any(block.language == "go" for block in page.blocks):
        return [go_version()] if servers.DEFAULT_VERSION in VERSIONS else []
    return VERSIONS


CASES = [
    pytest.param(Place(page.name, version), block, id=f"{block.name} {version}", marks=pytest.mark.real_server)
    for page, block in BLOCKS
    for version in versions_of(page)
    if is_run(block, version) and not problem_of(block, page)
]


# Without the scope, pytest would open the stage again for each block.
@pytest.mark.parametrize(("stage", "block"), CASES, indirect=["stage"], scope="module")
def test_block(stage: Stage, block: Block) -> None:
    run_until(stage, block)


@pytest.mark.parametrize(("page", "block"), BLOCKS, ids=[block.name for _, block in BLOCKS])
def test_block_says_what_it_is(page: Page, block: Block) -> None:
    assert not problem_of(block, page)


def test_few_blocks_are_skipped() -> None:
    skipped = [f"{block.name}: {block.marks['skip']}" for _, block in BLOCKS if "skip" in block.marks]
    assert len(skipped) <= max(1, int(len(BLOCKS) * MOST_SKIPS)), skipped
