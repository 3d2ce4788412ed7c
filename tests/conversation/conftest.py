from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from helpdesk_bot.storage.engine import Database
from tests.conversation.pages import Notebook, Page
from tests.conversation.stage import Stage
from tests.support.postgres import Postgres

FATIMA = "@fatima:test"
KWAME = "@kwame:test"
SANNE = "@sanne:test"
JORIS = "@joris:test"
WIM = "@wim:test"
ELS = "@els:test"
HELP = "!help-noord:test"
TEAM = "!team-noord:test"
WEST = "!team-west:test"
CITY = "!team-stad:test"
COORDINATION = "!coordinatie:test"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "both_databases: this conversation runs on PostgreSQL too")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every conversation runs on SQLite; those that lean on what databases do differently on both."""
    if "stage" in metafunc.fixturenames:
        both = metafunc.definition.get_closest_marker("both_databases") is not None
        metafunc.parametrize("stage", ["sqlite", "postgresql"] if both else ["sqlite"], indirect=True)


@pytest.fixture(scope="session")
async def first_page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    """Nobody has said anything yet."""
    path = tmp_path_factory.mktemp("stage") / "first.db"
    async with furnished(f"sqlite+aiosqlite:///{path}"):
        return Page(path)


@pytest.fixture(scope="session")
async def dm_page(first_page: Page) -> Page:
    return await first_page.after("dm", open_dm)


@pytest.fixture(scope="session")
async def asked_page(dm_page: Page) -> Page:
    return await dm_page.after("asked", ask)


@pytest.fixture(scope="session")
async def helped_page(asked_page: Page) -> Page:
    return await asked_page.after("helped", take)


@pytest.fixture(scope="session")
def notebook(first_page: Page) -> Notebook:
    return Notebook(first_page, first_page.path.with_name("helpdesk.db"))


@pytest.fixture
async def stage_sqlite(notebook: Notebook) -> AsyncIterator[Stage]:
    yield await notebook.stage()
    await notebook.db.close()


@pytest.fixture(scope="session")
async def first_page_postgresql(postgres: Postgres) -> AsyncIterator[str]:
    """As `first_page`, on PostgreSQL."""
    async with postgres.database() as url:
        async with furnished(url):
            pass
        yield url


@pytest.fixture
async def stage_postgresql(postgres: Postgres, first_page_postgresql: str) -> AsyncIterator[Stage]:
    async with postgres.database(like=first_page_postgresql) as url:
        db = Database(url)
        yield Stage(db)
        await db.close()


@pytest.fixture
def stage(request: pytest.FixtureRequest) -> Stage:
    """A helpdesk with two technicians in Noord, one in West and a coordinator."""
    stage: Stage = request.getfixturevalue(f"stage_{request.param}")
    return stage


@asynccontextmanager
async def furnished(url: str) -> AsyncIterator[Stage]:
    stage = await Stage.open(url)
    await stage.join(TEAM, SANNE, JORIS, "@hulp:test")
    await stage.join(WEST, WIM, "@hulp:test")
    await stage.join(COORDINATION, ELS, "@hulp:test")
    try:
        yield stage
    finally:
        await stage.db.close()


async def open_dm(stage: Stage) -> str:
    return await stage.direct(FATIMA)


async def ask(stage: Stage) -> None:
    dm = "!dm-fatima:test"
    await stage.says(FATIMA, dm, "Onze gedeelde agenda is ineens leeg")
    await stage.says(FATIMA, dm, "Noord")
    await stage.says(FATIMA, dm, "geen")


async def take(stage: Stage) -> None:
    await stage.reacts(SANNE, TEAM, await stage.card(), "✋")


@pytest.fixture
async def dm(stage: Stage) -> str:
    """Fatima's direct chat."""
    return await open_dm(stage)


@pytest.fixture
async def asked(stage: Stage, dm: str, notebook: Notebook, dm_page: Page, asked_page: Page) -> str:
    """Question 1, from Fatima, in Noord, with everything known: returns the direct chat."""
    await notebook.goes_on(stage, dm_page, asked_page, ask)
    return dm


@pytest.fixture
async def helped(stage: Stage, asked: str, notebook: Notebook, asked_page: Page, helped_page: Page) -> str:
    """The same, and Sanne helps."""
    await notebook.goes_on(stage, asked_page, helped_page, take)
    return asked
