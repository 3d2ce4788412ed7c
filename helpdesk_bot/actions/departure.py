"""Somebody leaves: what they hold goes back at once, and the coordinators get a list of what else has to be thought of.

Each point of the list is one function that looks at what hangs on the person. A new one is one function and one line in
CHECKS.
"""

from collections.abc import Awaitable, Callable

from sqlalchemy import func, select

from helpdesk_bot.actions import being_away, getting_to_know, handing_over, technicians
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.dialogs import forget_personally
from helpdesk_bot.actions.duty.rotas import where
from helpdesk_bot.actions.runs.leading import led_by
from helpdesk_bot.storage import people, timers
from helpdesk_bot.storage.duty import overrides
from helpdesk_bot.storage.models import Member, Technician, Ticket
from helpdesk_bot.storage.outbox import Urgency
from helpdesk_bot.texts.render import Rendered

Check = Callable[[Act, str, str], Awaitable[list[Rendered]]]  # who leaves, and the reader's language


async def tickets(act: Act, user_id: str, language: str) -> list[Rendered]:
    """What they still hold, and how it is given to others."""
    held = await people.held_by(act.session, user_id)
    if not held:
        return [act.words(language, "departure.holds_nothing")]
    numbers = [str(ticket.id) for ticket in held]
    return [act.words(language, "departure.holds", n=len(held), numbers=numbers, number=held[0].id)]


async def plans(act: Act, user_id: str, language: str) -> list[Rendered]:
    """The runs in which they have a role, and how somebody else gets it."""
    led = await led_by(act, user_id)
    numbers = [str(walk.run.id) for walk in led]
    return (
        [act.words(language, "departure.plans", n=len(led), numbers=numbers, number=numbers[0])]
        if led
        else []
    )


async def initiatives(act: Act, user_id: str, language: str) -> list[Rendered]:
    """Where they were the helper or the backup, and who is left there."""
    lines = []
    for organisation in await people.leaning_on(act.session, user_id):
        other = organisation.backup if organisation.helper == user_id else organisation.helper
        key = "departure.was_helper" if organisation.helper == user_id else "departure.was_backup"
        if other is None or other == user_id or not await technicians.still_helps(act, other):
            key, name = f"{key}_alone", ""
        else:
            name = await act.name(other)
        lines.append(act.words(language, key, organisation=organisation.name, name=name))
    return lines


async def learners(act: Act, user_id: str, language: str) -> list[Rendered]:
    """Whom they were teaching."""
    query = select(Technician.user_id).where(Technician.mentor == user_id)
    names = [await act.name(learner) for learner in (await act.session.scalars(query)).all()]
    return [act.words(language, "departure.learners", names=names)] if names else []


async def duty(act: Act, user_id: str, language: str) -> list[Rendered]:
    """The rotas in which they take turns, or have agreed to come."""
    lines = []
    for rota in act.config.panic.rotas:
        agreed = await overrides(act.session, rota.id, act.now)
        if user_id in rota.people:
            lines.append(act.words(language, "departure.on_duty", where=where(act, rota.id, language)))
        elif any(row.user_id == user_id for row in agreed):
            lines.append(act.words(language, "departure.stands_in", where=where(act, rota.id, language)))
    return lines


async def access(act: Act, user_id: str, language: str) -> list[Rendered]:
    """The rooms of the helpdesk in which they still are, and what the helpdesk can't see."""
    query = select(Member.room_id).where(
        Member.user_id == user_id, Member.membership == "join", Member.room_id.in_(act.layout.staff_rooms)
    )
    rooms = [room_name(act, room, language) for room in sorted((await act.session.scalars(query)).all())]
    lines = [act.words(language, "departure.still_in", rooms=rooms)] if rooms else []
    return [*lines, act.words(language, "departure.access")]


async def thanks(act: Act, user_id: str, language: str) -> list[Rendered]:
    """People, not tickets."""
    query = select(func.count(Ticket.id)).where(Ticket.assignee == user_id, Ticket.closed_at.is_not(None))
    helped = await act.session.scalar(query) or 0
    return [act.words(language, "departure.thanks" if helped else "departure.thanks_only", n=helped)]


CHECKS: tuple[Check, ...] = (tickets, plans, initiatives, learners, duty, access, thanks)


def room_name(act: Act, room_id: str, language: str) -> str:
    """A room of the helpdesk as people call it."""
    if room_id == act.layout.coordination:
        return act.words(language, "departure.room_coordination").body
    if room_id == act.layout.trainers:
        return act.words(language, "departure.room_trainers").body
    place = act.layout.name_of(act.layout.stadsdeel_of(room_id))
    team = place or act.words(language, "route.whole_city").body
    return act.words(language, "departure.room_team", team=team).body


async def checklist(act: Act, user_id: str, language: str) -> Rendered:
    """Everything to think of, in words."""
    lines = [line for check in CHECKS for line in await check(act, user_id, language)]
    head = act.words(language, "departure.head", name=await act.name(user_id))
    return act.texts.join([head, act.texts.bullets(lines)])


async def has_helped(act: Act, user_id: str) -> bool:
    """Whether anything here is theirs: of somebody who says no to an invitation nothing is left behind."""
    if await act.session.get(Technician, user_id) is not None:
        return True
    theirs = select(Ticket.id).where(Ticket.assignee == user_id).limit(1)
    return await act.session.scalar(theirs) is not None or bool(await people.leaning_on(act.session, user_id))


async def gone(act: Act, user_id: str) -> None:
    """They are in no team room any more: nothing is asked of them, and the coordinators get the list, once."""
    about = technicians.about(user_id)
    await timers.cancel_moments(act.session, about)
    kinds = (
        getting_to_know.DIALOG,
        getting_to_know.ANSWERS,
        *being_away.ASKED,
        handing_over.DIALOG,
    )
    await forget_personally(act, user_id, *kinds)
    technician = await act.session.get(Technician, user_id)
    if technician is not None:
        if technician.left_at is not None:
            return
        technician.left_at, technician.asking = act.now, None
        technician.away_from = technician.away_until = None
    await post(act, user_id)


async def post(act: Act, user_id: str) -> None:
    """Puts the list into the coordinators' room, behind what they are told about it."""
    words = await checklist(act, user_id, act.texts.default)
    await act.post(act.layout.coordination, words, notify=True, priority=Urgency.TEAM)


async def came_back(act: Act, user_id: str) -> None:
    """They are in a team room again, with the profile that they had."""
    technician = await act.session.get(Technician, user_id)
    if technician is not None:
        technician.left_at = None
