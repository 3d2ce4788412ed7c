"""Rows in the outbox: put there, looked up, sent, given up."""

from datetime import timedelta
from typing import Any

from helpdesk_bot.storage import delivery, outbox
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.models import OutboxRow
from helpdesk_bot.storage.outbox import Outgoing
from tests.storage.conftest import NOW

ROOM, OTHER = "!room:x.org", "!other:x.org"


async def put(db: Database, room: str = ROOM, body: str = "", **more: Any) -> int:
    async with db.transaction() as session:
        return await outbox.enqueue(session, Outgoing(room, {"body": body}, **more), NOW)


async def heads(db: Database, *busy: str, limit: int = 10, after: float = 0) -> list[int]:
    async with db.reading() as session:
        rows = await delivery.heads(session, NOW + timedelta(seconds=after), busy, limit)
        return [row.id for row in rows]


async def sent(db: Database, row_id: int) -> None:
    async with db.transaction() as session:
        row = await session.get(OutboxRow, row_id)
        assert row is not None
        await delivery.mark_sent(session, row.txn_id, f"$e{row_id}", NOW)
