"""Who could be asked, as routing sees them: everything about everybody in a few questions to the database."""

from collections.abc import Collection, Iterable
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Select, String, cast, select

from helpdesk_bot.actions.context import Act
from helpdesk_bot.domain.availability import Habits, Rest, is_away, is_quiet, rests_until, unavailable
from helpdesk_bot.domain.people import PRIVATE_RULES
from helpdesk_bot.domain.routing import Candidate, Question
from helpdesk_bot.domain.tickets import Priority
from helpdesk_bot.storage import queries, workload
from helpdesk_bot.storage.models import Member, Organisation, Person, Room, Technician, Ticket
from helpdesk_bot.storage.types import ReadAsSet
from helpdesk_bot.storage.vouchers import usable_voucher
from helpdesk_bot.storage.workload import People
from helpdesk_bot.texts.render import Person as Addressed

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
    team = await _team(act, ticket)
    return [] if team is None else await _known(act, ticket, await act.session.scalars(team), team)


async def rest_ends(act: Act, ticket: Ticket) -> datetime | None:
    """When the first of them who rests now can be asked; None when nobody rests."""
    team = await _team(act, ticket)
    if team is None:
        return None
    users = set(await act.session.scalars(team)) - {act.setting.bot, ticket.requester}
    found = await act.session.execute(_PROFILES.where(Technician.user_id.in_(team)))
    profiles = {user: _Profile(*said) for user, *said in found}
    now, zone = act.now, act.texts.zone
    habits = {habits_of(act, profiles.get(user)) for user in users}
    resting = (each for each in habits if not is_away(each, now) and is_quiet(each, now, zone))
    return min(filter(None, (rests_until(each, now, zone) for each in resting)), default=None)


async def _team(act: Act, ticket: Ticket) -> Select[str] | None:
    room = await act.session.get(Room, ticket.team_room)
    if room is None or room.join_rule not in PRIVATE_RULES:
        return None  # anybody can come in there, so it gives no role
    return select(Member.user_id).where(Member.room_id == ticket.team_room, Member.membership == "join")


async def of_other_teams(act: Act, ticket: Ticket) -> list[Candidate]:
    """Those who said that they help in the ticket's stadsdeel too, and sit in the private room of another team."""
    if ticket.stadsdeel is None:
        return []
    # Only narrows it down: 'west' is part of 'nieuw-west'.
    named = cast(Technician.stadsdelen, String).contains(f'"{ticket.stadsdeel}"', autoescape=True)
    willing = select(Technician.user_id, Technician.stadsdelen).where(named)
    people = [user for user, parts in await act.session.execute(willing) if ticket.stadsdeel in parts]
    rooms = await _rooms(act, people)
    others = [
        user for user in people if ticket.team_room not in rooms[user] and rooms[user] & act.layout.team_rooms
    ]
    return [candidate for candidate in await _known(act, ticket, others, others) if not candidate.coordinator]


async def _known(act: Act, ticket: Ticket, users: Iterable[str], asked: People) -> list[Candidate]:
    """`asked`: how the database is asked about these `users`. What a profile says is not looked for elsewhere."""
    people = sorted(set(users) - {act.setting.bot, ticket.requester})
    found = await act.session.execute(_PROFILES.where(Technician.user_id.in_(asked)))
    profiles = {user: _Profile(*said) for user, *said in found}
    told = {user for user, profile in profiles.items() if profile.stadsdelen}
    where = await _rooms(act, [user for user in people if user not in told])
    told = {user for user, profile in profiles.items() if profile.languages}
    spoken = await _languages(act, [user for user in people if user not in told])
    coordinators = await _coordinators(act)
    since = act.now - LATELY
    in_hand = await workload.in_hand(act.session, asked)
    asked_for = await workload.asked_for(act.session, asked, ticket.id)
    recent = await workload.taken_since(act.session, asked, since)
    let_pass = await workload.let_pass_since(act.session, asked, since)
    learners = [user for user, profile in profiles.items() if ticket.topic in profile.learning]
    joined = await workload.joined(act.session, learners, ticket.topic or "") if learners else {}
    now, zone = act.now, act.texts.zone
    known = []
    for user in people:
        profile = profiles.get(user, _NOTHING_SAID)
        load = in_hand.get(user, 0)
        # What they may take any moment counts with what they have, or two offers could bring one too many.
        busy = load + asked_for.get(user, 0)
        known.append(
            Candidate(
                user,
                stadsdelen=profile.stadsdelen or _parts_of(act, where[user]),
                languages=profile.languages or spoken[user],
                skills=profile.skills,
                open_load=load,
                recent_load=recent.get(user, 0),
                unanswered=let_pass.get(user, 0),
                paid=profile.paid,
                learning=profile.learning,
                mentor=profile.mentor,
                joined=joined.get(user, 0),
                coordinator=user in coordinators,
                unavailable=unavailable(habits_of(act, profile), busy, now, zone),
            )
        )
    return known


def _parts_of(act: Act, rooms: Iterable[str]) -> frozenset[str]:
    """The stadsdelen whose rooms these are."""
    return frozenset(filter(None, map(act.layout.stadsdeel_of, rooms)))


class _Profile(NamedTuple):
    """What a technician said of themselves, as `_PROFILES` asks for it; five hundred of them are read quickly."""

    skills: frozenset[str] = frozenset()
    learning: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    stadsdelen: frozenset[str] = frozenset()
    paid: bool | None = None
    most_open: int | None = None
    quiet_from: str | None = None
    quiet_until: str | None = None
    quiet_days: frozenset[int] = frozenset()
    quiet_said: bool = False
    mentor: str | None = None
    away_from: datetime | None = None
    away_until: datetime | None = None


_NOTHING_SAID = _Profile()
_PROFILES = select(
    Technician.user_id,
    cast(Technician.skills, ReadAsSet),
    cast(Technician.learning, ReadAsSet),
    cast(Technician.languages, ReadAsSet),
    cast(Technician.stadsdelen, ReadAsSet),
    Technician.paid,
    Technician.most_open,
    Technician.quiet_from,
    Technician.quiet_until,
    cast(Technician.quiet_days, ReadAsSet),
    Technician.quiet_said,
    Technician.mentor,
    Technician.away_from,
    Technician.away_until,
)


def habits_of(act: Act, profile: Technician | _Profile | None) -> Habits:
    """When somebody helps, as their profile says. Whoever has not said when they rest does so at the usual hours."""
    profile = profile or _NOTHING_SAID
    return _habits(
        act.config.helping.most_open if profile.most_open is None else profile.most_open,
        profile.quiet_from,
        profile.quiet_until,
        None if profile.quiet_said else act.config.helping.rest,
        frozenset(profile.quiet_days),
        profile.away_from,
        profile.away_until,
    )


async def away_now(act: Act, user_id: str) -> bool:
    return is_away(habits_of(act, await act.session.get(Technician, user_id)), act.now)


async def addressed(act: Act, user: str, room_id: str | None) -> Addressed:
    """Their name in what is said because of the clock: no phone buzzes while they are away or in their quiet hours."""
    habits = habits_of(act, await act.session.get(Technician, user))
    disturbs = is_away(habits, act.now) or is_quiet(habits, act.now, act.texts.zone)
    return Addressed(user, await act.name(user, room_id), ping=not disturbs)


@lru_cache(maxsize=1024)  # most people's are the same as many another's
def _habits(
    most_open: int,
    quiet_from: str | None,
    quiet_until: str | None,
    usual: Rest | None,
    quiet_days: frozenset[int],
    away_from: datetime | None,
    away_until: datetime | None,
) -> Habits:
    return Habits(
        most_open,
        quiet_from=usual.start if usual else time.fromisoformat(quiet_from) if quiet_from else None,
        quiet_until=usual.until if usual else time.fromisoformat(quiet_until) if quiet_until else None,
        quiet_days=quiet_days,
        away_from=away_from,
        away_until=away_until,
    )


async def _rooms(act: Act, people: Collection[str]) -> dict[str, set[str]]:
    """The rooms of the helpdesk's own people in which they prove to be: see `storage/access.standing_of`."""
    rooms: dict[str, set[str]] = {user: set() for user in people}
    proven = _PROVEN.where(Member.room_id.in_(act.layout.staff_rooms), Member.user_id.in_(people))
    for user, room in await act.session.execute(proven) if people else ():
        rooms[user].add(room)
    return rooms


async def _coordinators(act: Act) -> set[str]:
    proven = _PROVEN.where(Member.room_id == act.layout.coordination)
    return {user for user, _ in await act.session.execute(proven)}


_PROVEN = (
    select(Member.user_id, Member.room_id)
    .join(Room, Room.room_id == Member.room_id)
    .where(Room.members_known, Room.membership == "join", Room.join_rule.in_(PRIVATE_RULES))
    .where(Member.membership == "join")
)


async def _languages(act: Act, people: Collection[str]) -> dict[str, frozenset[str]]:
    """What they were seen to write."""
    query = select(Person.user_id, Person.language).where(Person.user_id.in_(people))
    seen = dict((await act.session.execute(query)).all()) if people else {}
    return {user: frozenset(filter(None, [seen.get(user)])) for user in people}
