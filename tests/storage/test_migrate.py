import asyncio
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from helpdesk_bot.storage import migrate
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.models import Base, Bookmark


def differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Base.metadata))


async def test_the_steps_lead_to_the_models(db: Database) -> None:
    """If this fails: python -m helpdesk_bot.storage.migrate "what changes"."""
    async with db.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_an_empty_database_is_not_current_and_then_is(database_url: str) -> None:
    assert await migrate.revision_of(database_url) is None
    await migrate.upgrade(database_url)
    assert await migrate.revision_of(database_url) == migrate.head()


async def test_every_step_by_itself_keeps_what_is_there(database_url: str) -> None:
    for number, step in enumerate(migrate.steps()):
        await migrate.upgrade(database_url, step)
        assert await migrate.revision_of(database_url) == step
        db = Database(database_url)
        if number == 0:
            async with db.transaction() as session:
                session.add(Bookmark(name="sync", value="s1"))
        async with db.reading() as session:
            assert (await session.execute(text("SELECT value FROM bookmarks"))).scalar_one() == "s1"
        await db.close()
    assert await migrate.revision_of(database_url) == migrate.head()


async def test_again_changes_nothing(db: Database, database_url: str) -> None:
    async with db.transaction() as session:
        session.add(Bookmark(name="sync", value="s1"))
    await migrate.upgrade(database_url)
    async with db.reading() as session:
        assert await session.get(Bookmark, "sync") is not None


async def test_two_processes_at_once(database_url: str) -> None:
    await asyncio.gather(*(migrate.upgrade(database_url) for _ in range(4)))
    assert await migrate.revision_of(database_url) == migrate.head()


async def test_a_step_that_breaks_leaves_nothing_behind(database_url: str) -> None:
    db = Database(database_url)
    async with db.engine.begin() as connection:
        await connection.execute(text("CREATE TABLE outbox (id INTEGER)"))
    with pytest.raises(DBAPIError):
        await migrate.upgrade(database_url)
    async with db.engine.connect() as connection:
        assert await connection.run_sync(lambda c: inspect(c).get_table_names()) == ["outbox"]
    await db.close()
    assert await migrate.revision_of(database_url) is None
