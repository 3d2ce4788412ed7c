from collections.abc import AsyncIterator
from pathlib import Path
from shutil import copyfile

import pytest

from helpdesk_bot.storage.engine import Database
from tests.conversation.federation.pair import Pair, as_peers
from tests.conversation.pages import Page
from tests.conversation.stage import Stage, in_a_hurry
from tests.support.postgres import Postgres


@pytest.fixture
async def pair(
    first_page: Page, first_page_postgresql: str, postgres: Postgres, tmp_path: Path
) -> AsyncIterator[Pair]:
    """Helpdesk Noord on SQLite, Helpdesk West on PostgreSQL."""
    path = tmp_path / "noord.db"
    copyfile(first_page.path, path)
    async with postgres.database(like=first_page_postgresql) as url:
        here, there = in_a_hurry(Database(f"sqlite+aiosqlite:///{path}")), Database(url)
        yield await as_peers(Stage(here), Stage(there))
        await here.close()
        await there.close()
