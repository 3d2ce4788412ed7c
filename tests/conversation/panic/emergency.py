"""What has become of an emergency, and of the calls for it."""

from datetime import timedelta

from sqlalchemy import select

from helpdesk_bot.storage.models import Panic, PanicCall
from tests.conversation.duty import chat
from tests.conversation.stage import Said, Stage

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
PATIENCE = 5 * MINUTE
OWN = "!buurtwarmte:test"


async def panics(stage: Stage) -> list[Panic]:
    async with stage.db.reading() as session:
        return list((await session.scalars(select(Panic).order_by(Panic.id))).all())


async def state(stage: Stage) -> str:
    return (await panics(stage))[-1].state


async def called(stage: Stage) -> list[tuple[str | None, str | None]]:
    """Who was called, and what became of it."""
    async with stage.db.reading() as session:
        rows = await session.scalars(select(PanicCall).order_by(PanicCall.id))
        return [(row.user_id, row.outcome) for row in rows]


def call_to(user: str, said: list[Said]) -> str:
    """The event that calls somebody."""
    [call] = [s.event_id for s in said if s.room == chat(user) and "noodgeval" in s.body]
    return call
