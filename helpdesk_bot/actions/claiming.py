"""Who helps: exactly one person at a time, and everybody can see who."""

from helpdesk_bot.actions.card import refresh_card
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.panic.ending import helper_comes
from helpdesk_bot.actions.routing import route, routed, suggest, team_of
from helpdesk_bot.actions.status import move
from helpdesk_bot.actions.talking import invite
from helpdesk_bot.domain.people import Standing
from helpdesk_bot.domain.tickets import Move, Status
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import timers
from helpdesk_bot.storage.access import standing_of
from helpdesk_bot.storage.models import Ticket
from helpdesk_bot.texts.render import Person


async def claim(act: Act, ticket: Ticket, who: Standing) -> None:
    """Takes a ticket that nobody has. Raises UserError('claim.taken') for everybody but the first."""
    must_help(who, ticket)
    await routed(act, ticket)
    if ticket.assignee == who.user_id and ticket.status in (Status.CLAIMED, Status.WAITING):
        raise UserError("claim.already_yours", number=ticket.id)
    if ticket.assignee is not None and ticket.status in (Status.CLAIMED, Status.WAITING):
        raise UserError(
            "claim.taken", number=ticket.id, helper=await act.name(ticket.assignee, ticket.team_room)
        )
    await move(act, ticket, Move.CLAIM, who.user_id)
    await _take(act, ticket, who.user_id)
    await act.tell_team(ticket, "claim.done", helper=await act.name(who.user_id, ticket.team_room))


async def release(act: Act, ticket: Ticket, who: Standing) -> None:
    """Puts a ticket back for somebody else. Nothing is lost, the requester is told."""
    must_help(who, ticket)
    if ticket.assignee != who.user_id and not who.coordinator:
        raise UserError("claim.not_yours", number=ticket.id)
    await put_back(act, ticket, who.user_id)
    await act.tell_team(
        ticket, "claim.released", notify=True, name=await act.name(who.user_id, ticket.team_room)
    )


async def put_back(act: Act, ticket: Ticket, who: str | None) -> None:
    """Makes a ticket free again, with fresh suggestions."""
    await move(act, ticket, Move.RELEASE, who)
    before, ticket.assignee = ticket.assignee, None
    await timers.cancel(act.session, ticket.id, "remind", "warn", "close")
    await suggest(act, ticket, without=before)
    await act.tell_requester(ticket, "claim.released_requester")
    await refresh_card(act, ticket)


async def place(act: Act, ticket: Ticket) -> None:
    """Brings a ticket where it belongs now. Whoever helps and does not belong there gives it back."""
    if ticket.assignee is not None:
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
    await routed(act, ticket)
    target = await standing_of(act.session, act.layout, to)
    if not target.helps_in(ticket.team_room):
        stadsdeel = act.layout.stadsdeel_of(ticket.team_room or "")
        language = await act.language_of(who.user_id)
        team = act.layout.name_of(stadsdeel) or act.words(language, "route.whole_city").body
        name = await act.name(to, ticket.team_room)
        raise UserError("claim.not_in_team", name=name, number=ticket.id, team=team)
    if ticket.assignee == to:
        raise UserError("claim.has_it_already", name=await act.name(to, ticket.team_room), number=ticket.id)
    await move(act, ticket, Move.HAND_OVER, who.user_id, helper=to)
    await _take(act, ticket, to)
    await act.tell_team(
        ticket,
        "claim.handed_over",
        notify=True,
        helper=Person(to, await act.name(to, ticket.team_room), ping=True),
        name=await act.name(who.user_id, ticket.team_room),
    )


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


def must_help(who: Standing, ticket: Ticket) -> None:
    """Raises UserError('error.only_team') for anybody who is not of the ticket's team at this moment."""
    if not who.helps_in(ticket.team_room):
        raise UserError("error.only_team")


async def _take(act: Act, ticket: Ticket, helper: str) -> None:
    ticket.assignee = helper
    await timers.cancel(act.session, ticket.id, "remind", "warn", "close")
    ticket.claimed_at = ticket.claimed_at or act.now
    keys = ["panic.coming"] if await helper_comes(act, ticket, helper) else []
    name = await act.name(helper, ticket.team_room)
    await invite(act, ticket, *keys, "claim.requester_told", helper=name)
    await refresh_card(act, ticket)
