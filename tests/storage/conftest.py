from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.migrate import upgrade

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    """An empty, current database; the test runs once on each kind."""
    await upgrade(database_url)
    database = Database(database_url)
    yield database
    await database.close()
