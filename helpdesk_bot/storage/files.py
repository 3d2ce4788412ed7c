"""Files that the bot makes and sends. Each belongs to one outbox row, and is kept until that row has left for good."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.storage import outbox
from helpdesk_bot.storage.models import File, OutboxRow
from helpdesk_bot.storage.outbox import Outgoing

# In the content of a row whose file has to be put there when it is sent; never sent itself.
FILE_KEY = "nl.helpdesk.file"


@dataclass(frozen=True, slots=True)
class Made:
    """A file to send: its `data`, or the `recipe` from which it is drawn when it goes. Measures are in pixels."""

    name: str
    mimetype: str
    data: bytes | None = None
    recipe: dict[str, Any] | None = None
    width: int | None = None
    height: int | None = None


async def enqueue(session: AsyncSession, out: Outgoing, made: Made, now: datetime) -> int:
    """Adds a row with a file to the outbox and returns its id. `out.content` has the words that say what it shows."""
    info: dict[str, Any] = {"mimetype": made.mimetype}
    if made.width and made.height:
        info |= {"w": made.width, "h": made.height}
    whole = {**out.content, "filename": made.name, "info": info, FILE_KEY: True}
    row_id = await outbox.enqueue(session, replace(out, content=whole), now)
    session.add(
        File(
            outbox_id=row_id,
            name=made.name,
            mimetype=made.mimetype,
            data=made.data,
            recipe=made.recipe,
            made_at=now,
        )
    )
    await session.flush()
    return row_id


async def of_row(session: AsyncSession, row_id: int) -> File:
    return await session.get_one(File, row_id)


async def keep_data(session: AsyncSession, row_id: int, data: bytes) -> None:
    """What was drawn, so that it is drawn once however often it has to be sent."""
    await session.execute(update(File).where(File.outbox_id == row_id).values(data=data))


async def keep_place(session: AsyncSession, row_id: int, uploaded: dict[str, Any]) -> None:
    await session.execute(update(File).where(File.outbox_id == row_id).values(uploaded=uploaded))


async def forget(session: AsyncSession) -> None:
    """Takes away the files of rows that have left, or never will. What failed may be sent again (`helpdesk replay`)."""
    needed = select(OutboxRow.id).where(
        OutboxRow.id == File.outbox_id, OutboxRow.state.in_(("pending", "failed"))
    )
    await session.execute(delete(File).where(~needed.exists()))
