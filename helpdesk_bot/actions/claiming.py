"""Who helps: exactly one person at a time, and everybody can see who."""

from typing import Any

from helpdesk_bot.actions import expecting, offers
from helpdesk_bot.actions.card import refresh_card
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.joining import join_in
from helpdesk_bot.actions.panic.ending import helper_comes
from helpdesk_bot.actions.routing import ask_another, offer, route, routed, team_of
from helpdesk_bot.actions.status import move
from helpdesk_bot.actions.talking import invite
from helpdesk_bot.domain.federation.addresses import is_elsewhere
from helpdesk_bot.domain.people import Standing
from helpdesk_bot.domain.routing import Wave
from helpdesk_bot.domain.tickets import Move, Status
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import asked, outbox, timers
from helpdesk_bot.storage.access import standing_of
from helpdesk_bot.storage.models import Ticket
from helpdesk_bot.texts.render import Person


async def claim(act: Act, ticket: Ticket, who: Standing, *, answers: bool = False) -> None:
    """Takes a ticket that nobody has. Raises UserError('claim.taken') for everybody but the first.

    `answers`: with an answer, so that none has to be promised.
    """
    if not who.helps_in(ticket.team_room):
        await _claim_from_elsewhere(act, ticket, who)
        return
    await routed(act, ticket, offered=False)
    if ticket.assignee == who.user_id and ticket.status in (Status.CLAIMED, Status.WAITING):
        raise UserError("claim.already_yours", number=ticket.id)
    if ticket.assignee is not None and ticket.status in (Status.CLAIMED, Status.WAITING):
        raise UserError(
            "claim.taken", number=ticket.id, helper=await act.name(ticket.assignee, ticket.team_room)
        )
    await move(act, ticket, Move.CLAIM, who.user_id)
    await _take(act, ticket, who.user_id, answers=answers)
    await act.tell_team(ticket, "claim.done", helper=await act.name(who.user_id, ticket.team_room))
    await join_in(act, ticket)


async def _claim_from_elsewhere(act: Act, ticket: Ticket, who: Standing) -> None:
    """Somebody of another team was asked, and takes it along to their own room. Raises UserError('take.too_late') when it
    is not asked of them any more, and 'error.only_team' for whoever never was, or is in no team now."""
    made = await asked.latest_for(act.session, ticket.id, who.user_id)
    if made is None or not who.technician:
        raise UserError("error.only_team")
    if made.outcome is not None or ticket.status != Status.NEW:
        raise UserError("take.too_late", number=ticket.id)
    said = await outbox.get(act.session, made.asked) if made.asked is not None else None
    await move(act, ticket, Move.CLAIM, who.user_id)
    ticket.assignee = who.user_id
    ticket.lent_to = _home_of(act, who)
    await route(act, ticket)
    await _take(act, ticket, who.user_id)
    await act.tell_team(ticket, "claim.done", helper=await act.name(who.user_id, ticket.team_room))
    await join_in(act, ticket)
    if said is not None:
        words = act.words(await act.language_of(who.user_id), "take.yours", number=ticket.id)
        await act.post(said.room_id, words, ticket=ticket)


def _home_of(act: Act, who: Standing) -> str:
    """The team room where somebody does their work: a stadsdeel's rather than the city's."""
    rooms = [s.team_room for s in act.layout.stadsdelen if s.team_room in who.teams]
    return next((room for room in rooms if room is not None), act.layout.overflow)


async def given_away(act: Act, ticket: Ticket, address: str) -> None:
    """Another helpdesk has it: whoever is at this `address` there helps from now on."""
    await routed(act, ticket, offered=False)
    what = Move.CLAIM if ticket.status == Status.NEW else Move.HAND_OVER
    await move(act, ticket, what, None, helper=address)
    await _take(act, ticket, address)


async def decline(act: Act, ticket: Ticket, who: Standing) -> None:
    """Says no to what was asked: somebody else is asked at once. Raises UserError('take.too_late') when somebody has it,
    and 'take.not_asked' for whoever was not asked."""
    made = await asked.latest_for(act.session, ticket.id, who.user_id)
    if made is None:
        raise UserError("take.not_asked", number=ticket.id)
    if ticket.status != Status.NEW:
        raise UserError("take.too_late", number=ticket.id)
    waited_for = made.outcome is None
    made.outcome, made.ended_at = asked.DECLINED, act.now
    act.record(ticket, who.user_id, "declined")
    await act.session.flush()
    if made.wave == Wave.STADSDEEL:
        await offers.take_back(act, ticket, made, "take.declined")
    if waited_for:
        await ask_another(act, ticket, made)


async def release(act: Act, ticket: Ticket, who: Standing) -> None:
    """Puts a ticket back for somebody else. Nothing is lost, the requester is told."""
    must_help(who, ticket)
    if ticket.assignee != who.user_id and not who.coordinator:
        raise UserError("claim.not_yours", number=ticket.id)
    name = await act.name(who.user_id, ticket.team_room)
    await act.tell_team(ticket, "claim.released", notify=True, name=name)
    await put_back(act, ticket, who.user_id)


async def put_back(
    act: Act, ticket: Ticket, who: str | None, told: str = "claim.released_requester", **params: Any
) -> None:
    """Makes a ticket free again, and offers it from the start. From another stadsdeel's team it goes home; the city's
    keeps it. `told`: what the requester hears, filled in with `params`."""
    await move(act, ticket, Move.RELEASE, who)
    before, ticket.assignee = ticket.assignee, None
    ticket.learner = None
    if ticket.lent_to != act.layout.overflow:
        ticket.lent_to = None
    await timers.cancel(act.session, ticket.id, "remind", "warn", "close")
    await expecting.tell(act, ticket, told, **params)
    await offer(act, ticket, without=before)


async def place(act: Act, ticket: Ticket) -> None:
    """Brings a ticket where it belongs now. Whoever helps and does not belong there gives it back."""
    if ticket.assignee is not None and not is_elsewhere(ticket.assignee):
        helper = await standing_of(act.session, act.layout, ticket.assignee)
        if not helper.helps_in(await team_of(act, ticket)):
            await put_back(act, ticket, None)
    await route(act, ticket)


async def hand_over(act: Act, ticket: Ticket, who: Standing, to: str) -> None:
    """Gives a ticket to a colleague (one's own), or to anybody of the team (coordinators)."""
    must_help(who, ticket)
    if ticket.assignee != who.user_id and not who.coordinator:
        raise UserError("claim.not_yours", number=ticket.id)
    if to == act.setting.bot:
        raise UserError("claim.not_the_bot")
    await routed(act, ticket, offered=False)
    target = await standing_of(act.session, act.layout, to)
    if not target.helps_in(ticket.team_room):
        stadsdeel = act.layout.stadsdeel_of(ticket.team_room or "")
        language = await act.language_of(who.user_id)
        team = act.layout.name_of(stadsdeel) or act.words(language, "route.whole_city").body
        name = await act.name(to, ticket.team_room)
        raise UserError("claim.not_in_team", name=name, number=ticket.id, team=team)
    if ticket.assignee == to:
        raise UserError("claim.has_it_already", name=await act.name(to, ticket.team_room), number=ticket.id)
    await asked.claimed(act.session, ticket.id, to, act.now)
    await move(act, ticket, Move.HAND_OVER, who.user_id, helper=to)
    await _take(act, ticket, to)
    await act.tell_team(
        ticket,
        "claim.handed_over",
        notify=True,
        helper=Person(to, await act.name(to, ticket.team_room), ping=True),
        name=await act.name(who.user_id, ticket.team_room),
    )
    await join_in(act, ticket)


async def take_over(act: Act, ticket: Ticket, who: Standing) -> None:
    """Takes a ticket from somebody who is away. They are told, and it stands in the record."""
    must_help(who, ticket)
    before = ticket.assignee
    if before is None:
        await claim(act, ticket, who)
        return
    if before == who.user_id:
        raise UserError("claim.already_yours", number=ticket.id)
    await move(act, ticket, Move.HAND_OVER, who.user_id, helper=who.user_id)
    await _take(act, ticket, who.user_id)
    await act.tell_team(
        ticket,
        "claim.taken_over",
        notify=True,
        helper=await act.name(who.user_id, ticket.team_room),
        before=Person(before, await act.name(before, ticket.team_room), ping=True),
    )
    await join_in(act, ticket)


def must_help(who: Standing, ticket: Ticket) -> None:
    """Raises UserError('error.only_team') for anybody who is not of the ticket's team at this moment."""
    if not who.helps_in(ticket.team_room):
        raise UserError("error.only_team")


async def _take(act: Act, ticket: Ticket, helper: str, *, answers: bool = False) -> None:
    ticket.assignee = helper
    await timers.cancel(act.session, ticket.id, "remind", "warn", "close")
    ticket.claimed_at = ticket.claimed_at or act.now
    keys = ["panic.coming"] if await helper_comes(act, ticket, helper) else []
    more, values = ((), {}) if answers else await expecting.now_told(act, ticket)
    name = await act.helper_name(ticket, helper)
    await invite(act, ticket, *keys, "claim.requester_told", *more, helper=name, **values)
    await refresh_card(act, ticket)
