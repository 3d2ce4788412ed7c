"""What the figures of a week point at, by name: questions with the place where they can be read, people, initiatives."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.domain.bus_factor import Kind
from helpdesk_bot.reports.scope import CITY, Place
from helpdesk_bot.reports.voice import Voice
from helpdesk_bot.reports.week import WeekFigures
from helpdesk_bot.storage import queries
from helpdesk_bot.storage.models import Organisation, Ticket
from helpdesk_bot.storage.outbox import event_of
from helpdesk_bot.texts.render import Link
from helpdesk_bot.texts.values import event_url


@dataclass(frozen=True, slots=True)
class Details:
    subjects: dict[int, str]
    links: dict[int, Link | str]
    people: dict[str, str]
    organisations: dict[str, str]


async def details(session: AsyncSession, figures: WeekFigures, voice: Voice) -> Details:
    waiting = [one.ticket for one in figures.longest]
    tickets = (await session.scalars(select(Ticket).where(Ticket.id.in_(waiting)))).all()
    people = {p.user_id for p in figures.people} | {r.person for r in figures.risks if r.person}
    numbers = [int(risk.key) for risk in figures.risks if risk.kind is Kind.INITIATIVE]
    rows = await session.execute(
        select(Organisation.id, Organisation.name).where(Organisation.id.in_(numbers))
    )
    return Details(
        subjects={ticket.id: ticket.subject for ticket in tickets},
        links={ticket.id: await _link(session, ticket, voice) for ticket in tickets},
        people=await queries.display_names(session, people),
        organisations={str(id_): name for id_, name in rows},
    )


async def _link(session: AsyncSession, ticket: Ticket, voice: Voice) -> Link | str:
    """To its card, where its team can read all of it."""
    number = voice.word("list.number", number=ticket.id)
    event = await event_of(session, ticket.card) if ticket.card is not None else None
    if ticket.team_room is None or event is None:
        return number
    return Link(event_url(ticket.team_room, event), number)


def scope_name(scope: str, place: Place, voice: Voice) -> str:
    return voice.word("week.city") if scope == CITY else place.layout.name_of(scope) or scope


def team_name(side: str, place: Place, voice: Voice) -> str:
    """'team Noord', or the city's."""
    if side == CITY:
        return voice.word("week.city_team")
    return voice.word("week.team", scope=scope_name(side, place, voice))
