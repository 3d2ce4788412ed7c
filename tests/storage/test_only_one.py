"""Two helpdesks on one database would say everything twice."""

import asyncio
import sys
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import session_lock
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.migrate import upgrade
from helpdesk_bot.storage.only_one import holding
from tests.support.postgres import Postgres

_HOLDER = """
import asyncio, sys
from helpdesk_bot.storage.only_one import holding

async def main():
    async with holding(sys.argv[1]):
        print("held", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""
_END_HOLDERS = text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
_HOLDERS = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted")


async def refused(url: str) -> bool:
    try:
        async with holding(url, patience=0):
            return False
    except UserError as error:
        return error.key == "database.in_use"


async def held(connection: AsyncConnection) -> None:
    """Waits until somebody holds the database."""
    async with asyncio.timeout(10):
        while not await connection.scalar(_HOLDERS):  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.02)


async def test_one_at_a_time_and_the_next_one_afterwards(database_url: str) -> None:
    async with holding(database_url):
        assert await refused(database_url)
        await upgrade(database_url)  # whoever only looks, or migrates, is not kept out
    assert not await refused(database_url)


async def test_it_is_free_again_after_a_kill(database_url: str) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _HOLDER, database_url, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    assert await process.stdout.readline() == b"held\n"
    assert await refused(database_url)
    process.kill()
    await process.wait()
    async with holding(database_url):  # at its first start after that, and not only when a person helps
        pass


async def test_another_name_of_the_same_file(tmp_path: Path) -> None:
    (tmp_path / "here.db").touch()
    (tmp_path / "there.db").symlink_to(tmp_path / "here.db")
    async with holding(f"sqlite+aiosqlite:///{tmp_path}/here.db"):
        assert await refused(f"sqlite+aiosqlite:///{tmp_path}/there.db")
        assert not await refused(f"sqlite+aiosqlite:///{tmp_path}/other.db")


async def test_nobody_else_can_read_its_file(tmp_path: Path) -> None:
    async with holding(f"sqlite+aiosqlite:///{tmp_path}/x.db"):
        assert (tmp_path / "x.db.in-use").stat().st_mode & 0o777 == 0o600


async def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"database\.folder"):
        async with holding(f"sqlite+aiosqlite:///{tmp_path}/nowhere/x.db"):
            pass


async def test_two_databases_of_one_server_have_nothing_to_do_with_each_other(postgres: Postgres) -> None:
    async with postgres.database() as one, postgres.database() as other, holding(one):
        assert not await refused(other)


async def test_a_lost_lock_is_taken_again(postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_lock, "LOOK_EVERY", 0.05)
    async with postgres.database() as url, holding(url) as watch:
        watching = asyncio.create_task(watch())
        db = Database(url)
        async with db.engine.connect() as connection:
            await connection.execute(_END_HOLDERS)
            await held(connection)
        await db.close()
        assert await refused(url)
        assert not watching.done()
        watching.cancel()


async def test_a_lock_that_was_lost_to_another_helpdesk_ends_this_one(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_lock, "LOOK_EVERY", 0.05)
    monkeypatch.setattr(session_lock, "PATIENCE_AGAIN", 1)
    async with postgres.database() as url, holding(url) as watch:
        db = Database(url)
        async with db.engine.connect() as connection:
            await connection.execute(_END_HOLDERS)
        await db.close()
        async with holding(url, patience=5):
            with pytest.raises(UserError, match=r"database\.in_use"):
                await asyncio.wait_for(watch(), 10)


async def test_its_own_lost_session_that_the_server_still_knows_is_not_another_helpdesk(
    postgres: Postgres,
) -> None:
    async with postgres.database() as url:
        session = session_lock.SessionLock(url)
        await session.take(0)
        unheard, session._connection = session._connection, None
        await session.take(session_lock.PATIENCE_AGAIN)
        assert await refused(url)
        await session.let_go()
        assert unheard is not None
        await session_lock._drop(unheard)


async def test_a_database_that_is_away_is_waited_for(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_lock, "LOOK_EVERY", 0.05)
    async with postgres.database() as url, holding(url) as watch:
        name = url.partition("?")[0].rpartition("/")[2]
        server = Database(postgres.url("postgres"))
        async with server.engine.connect() as connection:
            _ = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
            await connection.execute(_END_HOLDERS)
            watching = asyncio.create_task(watch())
            await asyncio.wait({watching}, timeout=0.5)
            assert not watching.done()
            await connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"))
            await held(connection)
        await server.close()
        watching.cancel()
