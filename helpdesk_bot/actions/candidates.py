"""Who could be asked, as routing sees them: everything about everybody in a few questions to the database."""

from collections.abc import Collection, Iterable
from datetime import time, timedelta
from typing import Any

from sqlalchemy import Row, String, cast, select

from helpdesk_bot.actions.context import Act
from helpdesk_bot.domain.availability import Habits, unavailable
from helpdesk_bot.domain.people import PRIVATE_RULES
from helpdesk_bot.domain.routing import Candidate, Question
from helpdesk_bot.domain.tickets import Priority
from helpdesk_bot.storage import queries, workload
from helpdesk_bot.storage.models import Member, Organisation, Person, Room, Technician, Ticket
from helpdesk_bot.storage.vouchers import usable_voucher

LATELY = timedelta(days=28)  # four whole weeks, so that no weekday counts more than another


async def question_of(act: Act, ticket: Ticket) -> Question:
    """What is known of it now."""
    organisation = None
    if ticket.organisation_id is not None:
        organisation = await act.session.get(Organisation, ticket.organisation_id)
    today = act.now.astimezone(act.texts.zone).date()
    funded = organisation is not None and await usable_voucher(act.session, organisation.id, today)
    return Question(
        ticket.stadsdeel,
        ticket.language,
        helped_before=await queries.helped_before(act.session, ticket.requester),
        topic=ticket.topic,
        urgent=ticket.priority == Priority.URGENT,
        voucher=bool(funded),
        helper=organisation.helper if organisation else None,
        backup=organisation.backup if organisation else None,
    )


async def of_team(act: Act, ticket: Ticket) -> list[Candidate]:
    """Everybody who helps in the ticket's team room, but the bot and the one who asks."""
    room = await act.session.get(Room, ticket.team_room)
    if room is None or room.join_rule not in PRIVATE_RULES:
        return []  # anybody can come in there, so it gives no role
    team = await act.session.scalars(
        select(Member.user_id).where(Member.room_id == ticket.team_room, Member.membership == "join")
    )
    return await _known(act, ticket, team)


async def of_other_teams(act: Act, ticket: Ticket) -> list[Candidate]:
    """Those who said that they help in the ticket's stadsdeel too, and sit in the private room of another team."""
    if ticket.stadsdeel is None:
        return []
    # Only narrows it down: 'west' is part of 'nieuw-west'.
    named = cast(Technician.stadsdelen, String).contains(f'"{ticket.stadsdeel}"', autoescape=True)
    willing = select(Technician.user_id, Technician.stadsdelen).where(named)
    people = [user for user, parts in await act.session.execute(willing) if ticket.stadsdeel in parts]
    rooms = await _rooms(act, people)
    team = await _known(act, ticket, (user for user in people if ticket.team_room not in rooms[user]))
    return [c for c in team if rooms[c.user_id] & act.layout.team_rooms and not c.coordinator]


async def _known(act: Act, ticket: Ticket, users: Iterable[str]) -> list[Candidate]:
    people = sorted(set(users) - {act.setting.bot, ticket.requester})
    profiles = {
        row.user_id: row for row in await act.session.execute(_PROFILES.where(Technician.user_id.in_(people)))
    }
    rooms = await _rooms(act, people)
    spoken = await _languages(act, people)
    since = act.now - LATELY
    in_hand = await workload.in_hand(act.session, people)
    asked_for = await workload.asked_for(act.session, people, ticket.id)
    recent = await workload.taken_since(act.session, people, since)
    let_pass = await workload.let_pass_since(act.session, people, since)
    learners = [user for user, profile in profiles.items() if ticket.topic in profile.learning]
    joined = await workload.joined(act.session, learners, ticket.topic or "") if learners else {}
    known = []
    for user in people:
        profile: Row[*tuple[Any, ...]] | None = profiles.get(user)
        load = in_hand.get(user, 0)
        # What they may take any moment counts with what they have, or two offers could bring one too many.
        busy = load + asked_for.get(user, 0)
        where = frozenset(filter(None, map(act.layout.stadsdeel_of, rooms[user])))
        known.append(
            Candidate(
                user,
                stadsdelen=frozenset(profile.stadsdelen) if profile and profile.stadsdelen else where,
                languages=frozenset(profile.languages) if profile and profile.languages else spoken[user],
                skills=frozenset(profile.skills) if profile else frozenset(),
                open_load=load,
                recent_load=recent.get(user, 0),
                unanswered=let_pass.get(user, 0),
                paid=profile.paid if profile else None,
                learning=frozenset(profile.learning) if profile else frozenset(),
                mentor=profile.mentor if profile else None,
                joined=joined.get(user, 0),
                coordinator=act.layout.coordination in rooms[user],
                unavailable=unavailable(habits_of(act, profile), busy, act.now, act.texts.zone),
            )
        )
    return known


_PROFILES = select(
    Technician.user_id,
    Technician.skills,
    Technician.learning,
    Technician.languages,
    Technician.stadsdelen,
    Technician.paid,
    Technician.most_open,
    Technician.quiet_from,
    Technician.quiet_until,
    Technician.quiet_days,
    Technician.mentor,
    Technician.away_from,
    Technician.away_until,
)


def habits_of(act: Act, profile: Technician | Row[*tuple[Any, ...]] | None) -> Habits:
    """When somebody helps, as their profile says; whoever has none helps at any time."""
    if profile is None:
        return Habits(act.config.helping.most_open)
    return Habits(
        act.config.helping.most_open if profile.most_open is None else profile.most_open,
        quiet_from=time.fromisoformat(profile.quiet_from) if profile.quiet_from else None,
        quiet_until=time.fromisoformat(profile.quiet_until) if profile.quiet_until else None,
        quiet_days=frozenset(profile.quiet_days),
        away_from=profile.away_from,
        away_until=profile.away_until,
    )


async def _rooms(act: Act, people: Collection[str]) -> dict[str, set[str]]:
    """The rooms of the helpdesk's own people in which they prove to be: see `storage/access.standing_of`."""
    query = (
        select(Member.user_id, Member.room_id)
        .join(Room, Room.room_id == Member.room_id)
        .where(Room.members_known, Room.membership == "join", Room.join_rule.in_(PRIVATE_RULES))
        .where(Member.room_id.in_(act.layout.staff_rooms), Member.membership == "join")
        .where(Member.user_id.in_(people))
    )
    rooms: dict[str, set[str]] = {user: set() for user in people}
    for user, room in await act.session.execute(query):
        rooms[user].add(room)
    return rooms


async def _languages(act: Act, people: Collection[str]) -> dict[str, frozenset[str]]:
    """What they were seen to write."""
    query = select(Person.user_id, Person.language).where(Person.user_id.in_(people))
    seen = dict((await act.session.execute(query)).all())
    return {user: frozenset(filter(None, [seen.get(user)])) for user in people}
