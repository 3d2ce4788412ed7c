"""Somebody says that they come: the first one has the question."""

from helpdesk_bot.actions.claiming import take_over
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.panic.ending import helper_comes
from helpdesk_bot.actions.panic.ringing import card_link
from helpdesk_bot.actions.routing import lend, routed
from helpdesk_bot.domain.panic import UNDECIDED
from helpdesk_bot.domain.people import Standing
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage.access import standing_of
from helpdesk_bot.storage.models import Panic, Ticket
from helpdesk_bot.texts.render import Rendered


async def come(act: Act, panic: Panic, user: str) -> Ticket:
    """Gives the question to whoever comes first. That they were called gives nobody a right: they have to be a helper at
    this moment. Raises UserError for anybody else, and for who comes second."""
    ticket = await act.session.get_one(Ticket, panic.ticket_id)
    if panic.answered_by is not None and panic.answered_by != user:
        raise UserError("panic.taken", number=ticket.id, helper=await act.name(panic.answered_by))
    if panic.answered_by == user:
        raise UserError("panic.yours_already", number=ticket.id)
    if panic.state not in UNDECIDED:
        raise UserError("panic.over", number=ticket.id)
    who = await standing_of(act.session, act.layout, user)
    if not (who.technician or who.coordinator):
        raise UserError("error.only_team")
    await routed(act, ticket, offered=False)
    if not who.helps_in(ticket.team_room):
        await lend(act, ticket, _room_of(act, who))
    if ticket.assignee == user:
        await helper_comes(act, ticket, user)
        await act.tell_requester(ticket, "panic.coming", helper=await act.helper_name(ticket, user))
    else:
        await take_over(act, ticket, who)
    return ticket


async def thanks(act: Act, ticket: Ticket, language: str) -> Rendered:
    """What whoever comes reads: where the question is."""
    card = await card_link(act, ticket, language)
    name = await act.name(ticket.requester, ticket.room_id)
    return act.words(language, "panic.thanks", number=ticket.id, name=name, card=card)


def _room_of(act: Act, who: Standing) -> str:
    """A room of theirs, where they can read the question and answer: the city's when they are in it."""
    overflow = act.layout.overflow
    return overflow if overflow in who.teams else min(who.teams)
