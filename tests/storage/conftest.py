from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from helpdesk_bot.storage.engine import Database

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
async def db(current_url: str) -> AsyncIterator[Database]:
    """An empty, current database; the test runs once on each kind."""
    database = Database(current_url)
    yield database
    await database.close()
