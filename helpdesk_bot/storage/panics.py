"""Emergencies: which are going on, and who was called."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.domain.panic import COORDINATORS, RUNNING, UNDECIDED, State
from helpdesk_bot.storage.models import Message, OutboxRow, Panic, PanicCall, Ticket


async def of_ticket(session: AsyncSession, ticket_id: int) -> Panic | None:
    """The emergency about this ticket that is not over yet."""
    query = select(Panic).where(Panic.ticket_id == ticket_id, Panic.state.in_(UNDECIDED))
    return await session.scalar(query.order_by(Panic.id.desc()).limit(1))


async def latest_of_ticket(session: AsyncSession, ticket_id: int) -> Panic | None:
    """The last emergency about this ticket, over or not."""
    query = select(Panic).where(Panic.ticket_id == ticket_id)
    return await session.scalar(query.order_by(Panic.id.desc()).limit(1))


async def of_requester(session: AsyncSession, user_id: str, room_id: str) -> Panic | None:
    """The last emergency about a question that this person asked here, as long as it goes on."""
    query = (
        select(Panic)
        .join(Ticket, Ticket.id == Panic.ticket_id)
        .where(Ticket.requester == user_id, Ticket.room_id == room_id, Panic.state.in_(UNDECIDED))
    )
    return await session.scalar(query.order_by(Panic.id.desc()).limit(1))


async def call_in_turn(session: AsyncSession, ticket_id: int) -> bool:
    """Whether people are called one after the other for it. Once it is up to the coordinators anybody may be asked."""
    together = select(PanicCall.id).where(PanicCall.panic_id == Panic.id, PanicCall.duty == COORDINATORS)
    query = select(Panic.id).where(
        Panic.ticket_id == ticket_id, Panic.state == State.CALLING, ~together.exists()
    )
    return await session.scalar(query.limit(1)) is not None


async def called_for(session: AsyncSession, ticket_id: int) -> set[str]:
    """Who has been called for it, as long as nobody has come."""
    query = select(PanicCall.user_id).join(Panic, Panic.id == PanicCall.panic_id)
    query = query.where(Panic.ticket_id == ticket_id, Panic.state.in_(RUNNING))
    return {user for user in await session.scalars(query) if user is not None}


async def to_join(session: AsyncSession, user_id: str, since: datetime) -> Panic | None:
    """The emergency of this person that goes on, or that began after `since`: another alarm belongs to it."""
    query = select(Panic).where(
        Panic.raised_by == user_id,
        Panic.state.in_(UNDECIDED) | ((Panic.state == State.ANSWERED) & (Panic.raised_at > since)),
    )
    return await session.scalar(query.order_by(Panic.id.desc()).limit(1))


async def count_of(session: AsyncSession, user_id: str, since: datetime) -> int:
    """How many alarms this person raised since then."""
    query = select(func.count()).where(Panic.raised_by == user_id, Panic.raised_at > since)
    return await session.scalar(query) or 0


async def calls_of(session: AsyncSession, panic_id: int) -> list[PanicCall]:
    """Who was called, in order."""
    query = select(PanicCall).where(PanicCall.panic_id == panic_id)
    return list((await session.scalars(query.order_by(PanicCall.id))).all())


async def said_by_requester(session: AsyncSession, ticket: Ticket) -> list[Message]:
    """What whoever asks has written about it, in order."""
    query = select(Message).where(Message.ticket_id == ticket.id, Message.sender == ticket.requester)
    return [message for message in await session.scalars(query.order_by(Message.id)) if message.text]


async def kept_as(session: AsyncSession, ticket: Ticket, event_id: str) -> Message | None:
    """What was written in this event about the ticket, after the question itself."""
    query = select(Message).where(Message.ticket_id == ticket.id, Message.event_id == event_id)
    message = await session.scalar(query)
    return message if message is not None and message.event_id != ticket.root_event else None


async def words_of(session: AsyncSession, panic: Panic) -> str | None:
    """What it was raised with, when that was something else than the question; None too when it was deleted since."""
    message = await session.get(Message, panic.message_id) if panic.message_id is not None else None
    return message.text if message is not None else None


async def raised_with(session: AsyncSession, message: Message) -> bool:
    """Whether these words raised an alarm, so that whoever was called has read them."""
    return await session.scalar(select(Panic.id).where(Panic.message_id == message.id).limit(1)) is not None


async def calls_about(session: AsyncSession, ticket_id: int) -> list[tuple[Panic, PanicCall]]:
    """Every call that was ever made for this ticket."""
    query = select(Panic, PanicCall).join(Panic, Panic.id == PanicCall.panic_id)
    rows = await session.execute(query.where(Panic.ticket_id == ticket_id).order_by(PanicCall.id))
    return [(panic, call) for panic, call in rows]


async def decisions_about(session: AsyncSession, ticket_id: int) -> list[OutboxRow]:
    """The messages that asked the coordinators whether to call anybody for it."""
    ids = await session.scalars(select(Panic.id).where(Panic.ticket_id == ticket_id))
    words = [to_decide(panic_id) for panic_id in ids]
    query = select(OutboxRow).where(OutboxRow.coalesce.in_(words)).order_by(OutboxRow.id)
    return list((await session.scalars(query)).all()) if words else []


async def calls_to(session: AsyncSession, user_id: str) -> list[PanicCall]:
    """Calls to this person of emergencies to which nobody has come yet; the latest first."""
    query = (
        select(PanicCall)
        .join(Panic, Panic.id == PanicCall.panic_id)
        .where(PanicCall.user_id == user_id, Panic.state.in_(RUNNING))
    )
    return list((await session.scalars(query.order_by(PanicCall.id.desc()))).all())


async def last_call_to(session: AsyncSession, user_id: str, since: datetime) -> PanicCall | None:
    """The last call to this person since then, also of an emergency to which somebody has come."""
    query = select(PanicCall).where(PanicCall.user_id == user_id, PanicCall.called_at > since)
    return await session.scalar(query.order_by(PanicCall.id.desc()).limit(1))


async def call_asked_by(session: AsyncSession, row_id: int) -> PanicCall | None:
    """The call that this message made."""
    return await session.scalar(select(PanicCall).where(PanicCall.asked == row_id))


def to_decide(panic_id: int) -> str:
    """Marks the messages that ask the coordinators to decide: an answer to any of them counts."""
    return f"panic-decide:{panic_id}"


async def to_be_decided_by(session: AsyncSession, row: OutboxRow) -> Panic | None:
    """The emergency about which this message asks the coordinators to decide, or asked them."""
    prefix = to_decide(0).removesuffix("0")
    if row.coalesce is None or not row.coalesce.startswith(prefix):
        return None
    return await session.get(Panic, int(row.coalesce.removeprefix(prefix)))
