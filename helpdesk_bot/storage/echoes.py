"""What the bot said after the backup that was restored, as it is heard in the rooms.

The restored database knows nothing of it, and comes to the same words when it works on the same events again. Then they
are there already, and what people have done with them since belongs to them: a claim on a card, a number in a command.
"""

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnElement

from helpdesk_bot.storage import keys
from helpdesk_bot.storage.models import Echo, Ticket

# More questions than are asked between a backup and what breaks.
AHEAD = 1000
_RAISED_SQLITE = (
    "INSERT INTO sqlite_sequence (name, seq) SELECT 'tickets', 0"
    " WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'tickets')",
    "UPDATE sqlite_sequence SET seq = max(seq, :number) WHERE name = 'tickets'",
)
_RAISED_POSTGRESQL = (
    "SELECT setval(pg_get_serial_sequence('tickets', 'id'), CAST(:number AS bigint))"
    " WHERE CAST(:number AS bigint) > coalesce("
    "pg_sequence_last_value(CAST(pg_get_serial_sequence('tickets', 'id') AS regclass)), 0)",
)


async def remember(session: AsyncSession, key: str, event_id: str) -> None:
    """Keeps an event of ours that no row stands for. The number that it gave out is nobody else's."""
    if not keys.is_key(key) or await session.get(Echo, key) is not None:
        return
    session.add(Echo(key=key, event_id=event_id))
    await session.flush()
    if number := keys.opens(key):
        await count_from(session, number)


async def take(session: AsyncSession, key: str, *, exact: bool) -> str | None:
    """The event that this row is already, from now on known as its own. `exact`: other words will not do."""
    same = Echo.key == key if exact else _begins(keys.place_in(key))
    echo = (await session.scalars(select(Echo).where(same).limit(1))).first()
    if echo is None:
        return None
    await session.delete(echo)
    return echo.event_id


async def number_of(session: AsyncSession, cause: str) -> int | None:
    """The number that the ticket which came out of this had before."""
    secret = await keys.secret_of(session)
    found = await session.scalars(select(Echo.key).where(_begins(keys.cause_of(secret, cause))))
    for number in sorted({keys.opens(key) or 0 for key in found} - {0}):
        if await session.get(Ticket, number) is None:
            return number
    return None


async def skip_numbers(session: AsyncSession) -> None:
    """Numbers that were given out after the backup stand for nothing, rather than for another question."""
    highest = await session.scalar(select(func.max(Ticket.id)))
    await count_from(session, (highest or 0) + AHEAD)


async def count_from(session: AsyncSession, number: int) -> None:
    """No new ticket gets this number or a lower one."""
    raised = _RAISED_POSTGRESQL if session.get_bind().dialect.name == "postgresql" else _RAISED_SQLITE
    for statement in raised:
        await session.execute(text(statement), {"number": number} if ":number" in statement else {})


def _begins(part: str) -> ColumnElement[bool]:
    return (Echo.key >= part) & (Echo.key < part + "g")
