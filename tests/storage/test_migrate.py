import asyncio
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    inspect,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from helpdesk_bot.storage import migrate
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.models import Base, Bookmark
from tests.storage.conftest import NOW

Row = dict[str, Any]
Tables = dict[str, list[Row]]


def differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Base.metadata))


async def test_the_steps_lead_to_the_models(db: Database) -> None:
    """If this fails: python -m helpdesk_bot.storage.migrate "what changes"."""
    async with db.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


def test_the_numbers_of_the_steps_are_their_order() -> None:
    chain = ScriptDirectory(str(Path(migrate.__file__).parent / "migrations")).walk_revisions()
    assert migrate.steps() == [step.revision for step in chain][::-1]


async def test_a_database_that_is_as_it_should_be_needs_no_alembic(database_url: str) -> None:
    """Which weighs 8 MB, in a process that runs for months."""
    await migrate.upgrade(database_url)
    again = (
        "import asyncio, sys; from helpdesk_bot.storage import migrate; "
        "asyncio.run(migrate.upgrade(sys.argv[1])); sys.exit('alembic' in sys.modules)"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", again, database_url)
    assert await process.wait() == 0


async def test_an_empty_database_is_not_current_and_then_is(database_url: str) -> None:
    assert await migrate.revision_of(database_url) is None
    await migrate.upgrade(database_url)
    assert await migrate.revision_of(database_url) == migrate.head()


async def test_every_step_keeps_what_is_there(database_url: str) -> None:
    """In every table a row with all that it could hold at that step, and one with no more than it must."""
    before: Tables = {}
    for number, step in enumerate(migrate.steps()):
        await migrate.upgrade(database_url, step)
        assert await migrate.revision_of(database_url) == step
        db = Database(database_url)
        try:
            async with db.engine.begin() as connection:
                there = await connection.run_sync(tables)
                after = await connection.run_sync(rows, there)
                assert {name: kept(old, after[name]) for name, old in before.items()} == before
                await connection.run_sync(fill, there, 2 * number + 1)
                before = await connection.run_sync(rows, there)
        finally:
            await db.close()
        assert all(len(found) >= 2 for found in before.values())
    assert await migrate.revision_of(database_url) == migrate.head()


def tables(connection: Connection) -> list[Table]:
    """Those that are there, as they are there: `models/` only knows the last step's."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def rows(connection: Connection, there: list[Table]) -> Tables:
    found: Tables = {}
    for table in there:
        read = connection.execute(select(table).order_by(*table.primary_key)).mappings()
        found[table.name] = [dict(row) for row in read]
    return found


def kept(before: list[Row], after: list[Row]) -> list[Row]:
    """What is left of these rows. A column that a step takes away on purpose is no loss."""
    pairs = zip(before, after, strict=True)
    return [{name: new.get(name, old[name]) for name in old} for old, new in pairs]


def fill(connection: Connection, there: list[Table], number: int) -> None:
    for table in there:
        must = [column for column in table.columns if not column.nullable]
        for place, columns in ((number, table.columns), (number + 1, must)):
            row = {column.name: value(column, place) for column in columns}
            connection.execute(table.insert().values(row))


def value(column: Column[Any], number: int) -> Any:
    """Another one for each row; where a row points at another, at the one with the same number."""
    match column.type:
        case String() as kind:
            pointed_at = next((key.column for key in column.foreign_keys), column)
            return f"{number} {pointed_at.name} é"[: kind.length]
        case Boolean():
            return number % 2 == 1
        case Integer():
            return number
        case DateTime():
            return NOW + timedelta(minutes=number)
        case Date():
            return (NOW + timedelta(days=number)).date()
        case LargeBinary():
            return bytes([number, 0, 255])
        case JSON():
            return {"number": number, "words": ["é", None]}
        case other:
            raise NotImplementedError(f"rows for {other!r}")


async def test_numbers_are_never_given_out_again(db: Database) -> None:
    """Nor after a step that SQLite could only make by copying a table, which leaves AUTOINCREMENT behind."""
    promised = {
        table.name for table in Base.metadata.sorted_tables if table.kwargs.get("sqlite_autoincrement")
    }
    assert "tickets" in promised
    async with db.engine.begin() as connection:
        there = await connection.run_sync(tables)
        for table in (table for table in there if table.name in promised):
            numbers = []
            for number in (1, 2):
                must = [column for column in table.columns if not column.nullable and not column.primary_key]
                row = {column.name: value(column, number) for column in must}
                for column in must:
                    for reference in column.foreign_keys:
                        await _row_for(connection, reference.column, row[column.name])
                key = (await connection.execute(table.insert().values(row))).inserted_primary_key
                assert key is not None
                numbers.append(key[0])
                await connection.execute(table.delete())
            assert numbers[1] > numbers[0], table.name


async def _row_for(connection: AsyncConnection, column: Column[Any], wanted: object) -> None:
    row = {one.name: value(one, 1) for one in column.table.columns if not one.nullable}
    await connection.execute(column.table.insert().values(row | {column.name: wanted}))


async def test_who_named_hours_has_said_when_they_rest(database_url: str) -> None:
    await migrate.upgrade(database_url, "0014")
    db = Database(database_url)
    try:
        async with db.engine.begin() as connection:
            there = await connection.run_sync(tables)
            [technicians] = [table for table in there if table.name == "technicians"]
            row = {column.name: value(column, 1) for column in technicians.columns}
            hours = {"quiet_from": "21:00", "quiet_until": "07:00"}
            nothing: Row = {"quiet_from": None, "quiet_until": None, "quiet_days": []}
            for user, said in (
                ("hours", hours),
                ("nothing", nothing),
                ("days", nothing | {"quiet_days": [6]}),
            ):
                await connection.execute(technicians.insert().values(row | said | {"user_id": user}))
        await migrate.upgrade(database_url)
        async with db.engine.connect() as connection:
            known = await connection.execute(text("SELECT user_id FROM technicians WHERE quiet_said"))
            assert list(known.scalars()) == ["hours"]
    finally:
        await db.close()


async def test_again_changes_nothing(db: Database, current_url: str) -> None:
    async with db.transaction() as session:
        session.add(Bookmark(name="sync", value="s1"))
    await migrate.upgrade(current_url)
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
