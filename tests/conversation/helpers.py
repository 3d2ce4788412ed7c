"""People who help, as their profiles say."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.routing import offer, widen
from helpdesk_bot.domain.routing import Wave
from helpdesk_bot.storage.models import Person, Technician, Ticket, TicketOffer
from tests.conversation.stage import Said, Stage


async def helps(stage: Stage, user: str, **profile: Any) -> None:
    """Somebody has said how they want to help; `profile` as in the table, with nothing said for what is left out."""
    nothing: dict[str, Any] = {
        key: [] for key in ("skills", "learning", "languages", "stadsdelen", "quiet_days")
    }
    nothing["quiet_said"] = "quiet_from" in profile
    async with stage.db.transaction() as session:
        await session.merge(
            Technician(user_id=user, created_at=stage.now, changed_at=stage.now, **(nothing | profile))
        )


async def chats(stage: Stage, user: str) -> str:
    """They have a direct chat with the bot, which it knows."""
    room = await stage.direct(user)
    async with stage.db.transaction() as session:
        await session.merge(Person(user_id=user, direct_room=room, created_at=stage.now))
    return room


async def about(stage: Stage, topic: str, number: int = 1) -> None:
    """The question has this topic."""
    async with stage.db.transaction() as session:
        (await session.get_one(Ticket, number)).topic = topic


async def offered_anew(stage: Stage, number: int = 1) -> list[Said]:
    """As if it had just been asked, knowing all that is known by now."""
    async with stage.db.transaction() as session:
        await offer(Act(session, stage.now, stage.setting), await session.get_one(Ticket, number))
    return await stage.settle()


async def nobody_answers(stage: Stage, number: int = 1) -> tuple[Wave, list[Said]]:
    """Time goes by, and it is offered more widely."""
    stage.now += timedelta(hours=1)
    async with stage.db.transaction() as session:
        wave = await widen(Act(session, stage.now, stage.setting), await session.get_one(Ticket, number))
    return wave, await stage.settle()


async def outcomes(stage: Stage, number: int = 1) -> dict[str, str | None]:
    """What became of what each was asked last."""
    async with stage.db.reading() as session:
        rows = await session.scalars(
            select(TicketOffer).where(TicketOffer.ticket_id == number).order_by(TicketOffer.id)
        )
        return {row.user_id: row.outcome for row in rows}


def pinged(said: list[Said]) -> list[str]:
    """Whose phones buzz because they are named, in that order."""
    return [user for s in said for user in s.content.get("m.mentions", {}).get("user_ids", [])]
