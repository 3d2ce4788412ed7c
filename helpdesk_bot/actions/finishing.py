"""The end of a question, which the requester decides; silence ends it only after a reminder and a warning."""

from helpdesk_bot.actions.card import refresh_card
from helpdesk_bot.actions.claiming import must_help
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.dialogs import ask, forget
from helpdesk_bot.actions.routing import routed
from helpdesk_bot.actions.status import move
from helpdesk_bot.actions.talking import speak_about
from helpdesk_bot.domain.people import Standing
from helpdesk_bot.domain.tickets import Move, Status
from helpdesk_bot.storage import timers
from helpdesk_bot.storage.models import Ticket
from helpdesk_bot.texts.render import Person, Quote


async def solve(act: Act, ticket: Ticket, who: Standing) -> None:
    """A helper thinks it is solved: the requester is asked."""
    must_help(who, ticket)
    await routed(act, ticket)
    await move(act, ticket, Move.SOLVE, who.user_id)
    ticket.assignee = ticket.assignee or who.user_id
    ticket.solved_at = act.now
    await timers.cancel(act.session, ticket.id)
    helper = await act.name(ticket.assignee, ticket.team_room)
    await ask(act, ticket, "solved", await act.tell_requester(ticket, "finish.is_it_solved", helper=helper))
    await speak_about(act, ticket)
    await timers.set_timer(
        act.session, "confirm_warn", ticket.id, act.now + act.config.finishing.remind_after
    )
    await timers.set_timer(
        act.session, "confirm_close", ticket.id, act.now + act.config.finishing.confirm_within
    )
    await act.tell_team(ticket, "finish.solved_team", name=await act.name(who.user_id, ticket.team_room))
    await refresh_card(act, ticket)


async def confirm(act: Act, ticket: Ticket, who: str, thanks: str | None = None) -> None:
    """The requester says it is solved. They may rate it and say thanks, or did so in the same words."""
    await move(act, ticket, Move.CONFIRM, who)
    ticket.confirmed = True
    await _close(act, ticket)
    if ticket.assignee:
        key = "finish.confirmed_thanked" if thanks else "finish.confirmed"
        helper = await act.name(ticket.assignee, ticket.team_room)
        await ask(act, ticket, "rating", await act.tell_requester(ticket, key, helper=helper))
        await speak_about(act, ticket)
    else:
        await act.tell_requester(ticket, "finish.confirmed_nobody")
    await act.tell_team(ticket, "finish.confirmed_team", name=await act.name(who, ticket.room_id))
    if thanks and ticket.assignee:
        await _bring_thanks(act, ticket, thanks)


async def await_requester(act: Act, ticket: Ticket, who: Standing) -> None:
    """The helper can't go on without the requester: a reminder, a warning and a kind end are set."""
    must_help(who, ticket)
    await move(act, ticket, Move.AWAIT, who.user_id)
    ticket.assignee = ticket.assignee or who.user_id
    rules = act.config.finishing
    await timers.set_timer(act.session, "remind", ticket.id, act.now + rules.remind_after)
    await timers.set_timer(act.session, "warn", ticket.id, act.now + rules.warn_after)
    await timers.set_timer(act.session, "close", ticket.id, act.now + rules.close_after)
    helper = await act.name(ticket.assignee, ticket.team_room)
    await act.tell_requester(ticket, "finish.waiting_for_you", helper=helper)
    await speak_about(act, ticket)
    await act.tell_team(ticket, "finish.waiting_team", remind=act.now + rules.remind_after)
    await refresh_card(act, ticket)


async def remind(act: Act, ticket: Ticket) -> None:
    if ticket.status == Status.WAITING:
        await act.tell_requester(
            ticket, "finish.reminder", helper=await act.name(ticket.assignee or "", ticket.team_room)
        )
        act.record(ticket, None, "reminded")


async def warn(act: Act, ticket: Ticket) -> None:
    """Says when it will be closed, and that this is no loss."""
    if ticket.status == Status.WAITING:
        closes = await timers.due(act.session, ticket.id, "close")
        await act.tell_requester(ticket, "finish.warning", closes=closes or act.now)
        act.record(ticket, None, "warned")
    elif ticket.status == Status.SOLVED:
        closes = await timers.due(act.session, ticket.id, "confirm_close")
        said = await act.tell_requester(ticket, "finish.still_solved", closes=closes or act.now)
        await ask(act, ticket, "solved", said)  # a thumb at this message counts as well
        act.record(ticket, None, "warned")


async def expire(act: Act, ticket: Ticket) -> None:
    """Closes kindly what nobody answered; writing again opens it."""
    if ticket.status not in (Status.WAITING, Status.SOLVED):
        return
    await move(act, ticket, Move.EXPIRE, None)
    await _close(act, ticket)
    await act.tell_requester(
        ticket, "finish.closed_kindly", reopen_until=act.now + act.config.finishing.reopen_within
    )
    await act.tell_team(ticket, "finish.closed_team")


async def rate(act: Act, ticket: Ticket, stars: int) -> None:
    """Keeps a rating (1 to 5) and lets the helper see it."""
    ticket.rating = stars
    act.record(ticket, ticket.requester, "rated", stars=stars)
    await act.tell_team(
        ticket,
        "finish.rated_team",
        stars=stars,
        name=await act.name(ticket.requester, ticket.room_id),
        helper=await _helper(act, ticket),
        notify=True,
    )
    await act.tell_requester(ticket, "finish.rated", notify=False)


async def thank(act: Act, ticket: Ticket, words: str) -> None:
    """Brings thanks to the helper, in the requester's own words."""
    await _bring_thanks(act, ticket, words)
    await act.tell_requester(
        ticket, "finish.thanked", notify=False, helper=await act.name(ticket.assignee or "", ticket.team_room)
    )


async def _bring_thanks(act: Act, ticket: Ticket, words: str) -> None:
    act.record(ticket, ticket.requester, "thanked")
    await act.tell_team(
        ticket,
        "finish.thanked_team",
        name=await act.name(ticket.requester, ticket.room_id),
        helper=await _helper(act, ticket),
        words=Quote(words),
        notify=True,
    )


async def _helper(act: Act, ticket: Ticket) -> Person:
    user = ticket.assignee or ticket.requester
    return Person(user, await act.name(user, ticket.team_room), ping=True)


async def _close(act: Act, ticket: Ticket) -> None:
    ticket.closed_at = act.now
    await timers.cancel(act.session, ticket.id)
    await forget(act, ticket)
    await refresh_card(act, ticket)
