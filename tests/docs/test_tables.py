"""Every table of facts in the references, each row asked of a real server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from _pytest.mark import ParameterSet

from .pages import Page, Table, plain
from .stage import Stage
from .tables import Facts, facts_of, problems_of
from .test_blocks import PAGES, Place, versions_of

# The lead pages index what the references and the scripts' own tests prove.
REFERENCES = {name: page for name, page in PAGES.items() if page.path.parent.name == "references"}
FACTS = {name: facts_of(page) for name, page in REFERENCES.items()}


@pytest.fixture(scope="module")
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    where: Place = request.param
    with Stage(PAGES[where.page], where.version, tmp_path_factory.mktemp(f"facts-{where.page}")) as opened:
        yield opened


def rows() -> Iterator[ParameterSet]:
    """Return a test case for each row of each table of facts, and for those that a page leaves out."""
    for page, facts in FACTS.items():
        for version in versions_of(REFERENCES[page]):
            for table in REFERENCES[page].tables:
                if table.name not in facts.tables:
                    continue
                for row in [*table.rows, *facts.tables[table.name].further]:
                    name = f"{page} {table.name}: {plain(row[0])} {version}"
                    place = Place(page, version)
                    yield pytest.param(place, table, row, id=name, marks=pytest.mark.real_server)


@pytest.mark.parametrize(("stage", "table", "row"), list(rows()), indirect=["stage"], scope="module")
def test_row(stage: Stage, table: Table, row: list[str]) -> None:
    checks = FACTS[table.page].tables[table.name]
    assert not checks.problems(table)
    checks.check(stage, row)


@pytest.mark.parametrize(("page", "facts"), [(REFERENCES[name], FACTS[name]) for name in FACTS], ids=list(FACTS))
def test_each_table_is_known(page: Page, facts: Facts) -> None:
    assert not problems_of(page, facts)
