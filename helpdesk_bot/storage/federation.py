"""Looks up other helpdesks and what is lent between them and us."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.domain.federation.addresses import PREFIX, address_of, ref_of
from helpdesk_bot.domain.federation.lending import Out
from helpdesk_bot.domain.federation.trust import SPEAKS, Trust
from helpdesk_bot.domain.routing import Wave
from helpdesk_bot.domain.tickets import Status
from helpdesk_bot.storage.models import Lend, LendMessage, Message, Peer, Ticket, TicketOffer

_OF_ORIGIN = ("question", "answer", "thanks", "remark")
_OF_HELPER = ("answer",)


@dataclass(frozen=True, slots=True)
class Sayable:
    """A message of ours that goes to the other side, as far as it takes to see whether it reads as it was said last."""

    id: int
    text: str | None
    media: dict[str, Any] | None
    deleted: bool


async def peer(session: AsyncSession, user_id: str) -> Peer | None:
    return await session.get(Peer, user_id)


async def peers(session: AsyncSession, *trusts: Trust) -> list[Peer]:
    """Those that are trusted so far; all of them when nothing is named."""
    query = select(Peer).order_by(Peer.user_id)
    if trusts:
        query = query.where(Peer.trust.in_(trusts))
    return list((await session.scalars(query)).all())


async def spoken_to(session: AsyncSession) -> list[Peer]:
    return await peers(session, *sorted(SPEAKS))


async def of_room(session: AsyncSession, room_id: str) -> Peer | None:
    """Whose room this is."""
    return await session.scalar(select(Peer).where(Peer.room_id == room_id).limit(1))


async def lend(session: AsyncSession, ref: str) -> Lend | None:
    return await session.get(Lend, ref)


async def lend_at(session: AsyncSession, address: str | None) -> Lend | None:
    """The lend that an address of ours stands for."""
    ref = ref_of(address)
    return await session.get(Lend, ref) if ref is not None else None


async def lends_of(session: AsyncSession, tickets: Collection[int]) -> list[Lend]:
    """All that these questions were ever lent, the oldest first."""
    query = select(Lend).where(Lend.ticket_id.in_(tickets))
    return list((await session.scalars(query.order_by(Lend.created_at, Lend.ref))).all())


async def going_on(session: AsyncSession, peer: str | None = None) -> list[Lend]:
    """What is not finished: with this peer, or with all."""
    query = select(Lend).where(Lend.ended_at.is_(None))
    if peer is not None:
        query = query.where(Lend.peer == peer)
    return list((await session.scalars(query.order_by(Lend.created_at, Lend.ref))).all())


async def to_compare(session: AsyncSession, peer: str, since: datetime) -> list[Lend]:
    """What this peer and we may mean differently: what goes on, and what ended since then."""
    query = select(Lend).where(Lend.peer == peer, (Lend.ended_at.is_(None)) | (Lend.ended_at >= since))
    return list((await session.scalars(query.order_by(Lend.created_at, Lend.ref))).all())


async def asked_of(session: AsyncSession, since: datetime) -> dict[str, tuple[int, int]]:
    """How many questions of ours each peer was asked to take since then, and how many of them it took."""
    taken = func.count(Lend.confirmed_at)
    query = select(Lend.peer, func.count(), taken).where(Lend.ours, Lend.created_at >= since)
    rows = await session.execute(query.group_by(Lend.peer))
    return {peer: (asked, took) for peer, asked, took in rows}


async def count_going_on(session: AsyncSession, peer: str | None = None) -> int:
    """How many questions of others are with us, or asked of us. What is finished takes nobody's time, though it may come
    back."""
    going_on = (Lend.ours.is_(False), Lend.ended_at.is_(None))
    query = select(func.count()).select_from(Lend).where(*going_on)
    if peer is not None:
        query = query.where(Lend.peer == peer)
    return await session.scalar(query) or 0


async def lent_between(session: AsyncSession, peer: str, begins: datetime, ends: datetime) -> tuple[int, int]:
    """How many questions of ours this peer took over in that time, and how many of theirs we did. Both sides know when the
    origin confirmed it."""
    counts = {}
    for ours in (True, False):
        query = select(func.count()).select_from(Lend).where(Lend.peer == peer, Lend.ours == ours)
        in_time = (Lend.confirmed_at >= begins, Lend.confirmed_at < ends)
        counts[ours] = await session.scalar(query.where(*in_time)) or 0
    return counts[True], counts[False]


async def offered(session: AsyncSession, ticket: Ticket) -> list[Lend]:
    """Who is asked at this moment to take a question of ours."""
    query = select(Lend).where(Lend.ticket_id == ticket.id, Lend.ours, Lend.state == Out.OFFERED)
    return list((await session.scalars(query.order_by(Lend.created_at, Lend.ref))).all())


async def said_from(session: AsyncSession, lend: Lend, place: int) -> list[LendMessage]:
    """What we said from this place on, in its order."""
    query = select(LendMessage).where(LendMessage.ref == lend.ref, LendMessage.ours, LendMessage.n >= place)
    return list((await session.scalars(query.order_by(LendMessage.n, LendMessage.id))).all())


async def marks_said(session: AsyncSession, lend: Lend) -> dict[int | None, str | None]:
    """How each message of ours read when it was said last."""
    query = select(LendMessage.message_id, LendMessage.mark).where(
        LendMessage.ref == lend.ref, LendMessage.ours
    )
    rows = await session.execute(query.order_by(LendMessage.n, LendMessage.id))
    return {row.message_id: row.mark for row in rows}


async def heard_near(session: AsyncSession, lend: Lend, place: int) -> list[LendMessage]:
    """What the other side said at this place, and all of theirs that waits for what is missing before it."""
    query = select(LendMessage).where(
        LendMessage.ref == lend.ref,
        LendMessage.ours.is_(False),
        (LendMessage.n == place) | LendMessage.held.is_not(None),
    )
    return list((await session.scalars(query.order_by(LendMessage.n, LendMessage.id))).all())


async def sayable(session: AsyncSession, lend: Lend) -> list[Sayable]:
    """What was written here and goes to the other side, in the order in which it was written. Notes never do."""
    query = select(Message.id, Message.text, Message.media, Message.deleted_at).where(*_sayable(lend))
    rows = await session.execute(query.order_by(Message.id))
    return [Sayable(row.id, row.text, row.media, row.deleted_at is not None) for row in rows]


async def count_sayable(session: AsyncSession, lend: Lend) -> int:
    """How much that is, without what was deleted."""
    query = select(func.count()).select_from(Message).where(*_sayable(lend), Message.deleted_at.is_(None))
    return await session.scalar(query) or 0


def _sayable(lend: Lend) -> tuple[ColumnElement[bool], ...]:
    return (
        Message.ticket_id == lend.ticket_id,
        Message.direction.in_(_OF_ORIGIN if lend.ours else _OF_HELPER),
        Message.sender != address_of(lend.ref),
    )


async def stuck(session: AsyncSession, now: datetime) -> list[Ticket]:
    """Questions of ours that nobody has and everybody here was asked for, or that should have been taken up by now."""
    waits = select(TicketOffer.id).where(TicketOffer.ticket_id == Ticket.id, TicketOffer.outcome.is_(None))
    query = select(Ticket).where(
        Ticket.status == Status.NEW,
        Ticket.card.is_not(None),
        ~Ticket.requester.startswith(PREFIX),
        (Ticket.claim_due <= now) | ((Ticket.wave == Wave.CITY) & ~exists(waits)),
    )
    return list((await session.scalars(query.order_by(Ticket.id))).all())
