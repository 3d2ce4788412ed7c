"""Looking for words among all tickets there ever were."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.storage.models import Message, Ticket


@dataclass(frozen=True, slots=True)
class Sought:
    """A word that is searched for, and the topics whose names it stands in."""

    word: str
    topics: Collection[str]


async def newest_with(
    session: AsyncSession, team_rooms: Sequence[str], words: Sequence[Sought], limit: int
) -> tuple[list[Ticket], bool]:
    """Tickets of these team rooms whose topic, subject or conversation holds all the words; the newest first, and whether
    there are more.

    Both databases go back from the newest ticket and stop when there are enough, so that years of tickets with a common
    word take no longer than a month of them. They would begin with all tickets of the room if they saw an index for it;
    counting what else there is, or asking whether the ticket is among those with the word, reads every conversation.
    """
    where = [func.coalesce(Ticket.team_room, "").in_(team_rooms), *map(_holds, words)]
    query = select(Ticket).where(*where).order_by(Ticket.id.desc()).limit(limit + 1)
    rows = list((await session.scalars(query)).all())
    return rows[:limit], len(rows) > limit


def _holds(sought: Sought) -> ColumnElement[bool]:
    has_word = Message.text.icontains(sought.word, autoescape=True)
    # Not EXISTS: of that PostgreSQL makes a list of all tickets with the word when it expects to ask for many.
    said = select(Message.id).where(Message.ticket_id == Ticket.id, has_word).limit(1).scalar_subquery()
    in_subject = Ticket.subject.icontains(sought.word, autoescape=True)
    return or_(Ticket.topic.in_(sought.topics), in_subject, said.is_not(None))
