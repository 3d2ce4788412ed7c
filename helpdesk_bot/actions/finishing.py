"""The end of a question, which the requester decides; silence ends it only after a reminder and a warning."""

from datetime import timedelta

from helpdesk_bot.actions import relay
from helpdesk_bot.actions.card import refresh_card
from helpdesk_bot.actions.claiming import must_help
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.dialogs import ask, forget
from helpdesk_bot.actions.moving import follow_requester
from helpdesk_bot.actions.regulars import count_helper
from helpdesk_bot.actions.routing import routed
from helpdesk_bot.actions.runs.by_technician import step_done
from helpdesk_bot.actions.status import move
from helpdesk_bot.actions.talking import invite
from helpdesk_bot.domain.federation.addresses import is_elsewhere
from helpdesk_bot.domain.people import Standing
from helpdesk_bot.domain.tickets import Move, Status
from helpdesk_bot.storage import timers
from helpdesk_bot.storage.models import Message, Ticket


async def solve(act: Act, ticket: Ticket, who: Standing) -> None:
    """A helper thinks it is solved: the requester is asked. A step of a run is looked at as the playbook says."""
    must_help(who, ticket)
    if await step_done(act, ticket, who.user_id):
        return
    await routed(act, ticket, offered=False)
    await ask_if_solved(act, ticket, who.user_id)


async def ask_if_solved(act: Act, ticket: Ticket, who: str) -> None:
    """`who` says that it is solved: the requester decides."""
    await move(act, ticket, Move.SOLVE, who)
    ticket.assignee = ticket.assignee or who
    ticket.solved_at = act.now
    await timers.cancel(act.session, ticket.id)
    await follow_requester(act, ticket)
    name = await act.name(who, ticket.team_room)
    shown = await act.helper_name(ticket, who)
    helper = await act.helper_name(ticket, ticket.assignee)
    again = act.now + _ask_again_after(act)
    said = await invite(act, ticket, "finish.is_it_solved", name=shown, helper=helper, again=again)
    await ask(act, ticket, "solved", said)
    await be_patient(act, ticket)
    await act.tell_team(ticket, "finish.solved_team", name=name)
    await refresh_card(act, ticket)


async def confirm(act: Act, ticket: Ticket, who: str, said: Message | None = None) -> None:
    """The requester says it is solved. They may rate it and say thanks, or did so in the same words."""
    await move(act, ticket, Move.CONFIRM, who)
    ticket.confirmed = True
    await _close(act, ticket)
    if ticket.assignee:
        thanked = said is not None and said.direction == relay.THANKS
        key = "finish.confirmed_thanked" if thanked else "finish.confirmed"
        helper = await act.helper_name(ticket, ticket.assignee)
        await ask(act, ticket, "rating", await invite(act, ticket, key, helper=helper))
    else:
        await act.tell_requester(ticket, "finish.confirmed_nobody")
    await act.tell_team(ticket, "finish.confirmed_team", name=await act.name(who, ticket.room_id))
    if said:
        await _bring(act, ticket, said)


async def await_requester(act: Act, ticket: Ticket, who: Standing) -> None:
    """The helper can't go on without the requester: a reminder, a warning and a kind end are set."""
    must_help(who, ticket)
    await move(act, ticket, Move.AWAIT, who.user_id)
    ticket.assignee = ticket.assignee or who.user_id
    await be_patient(act, ticket)
    await follow_requester(act, ticket)
    await invite(act, ticket, "finish.waiting_for_you", helper=await act.helper_name(ticket, who.user_id))
    await act.tell_team(ticket, "finish.waiting_team", remind=act.now + act.config.finishing.remind_after)
    await refresh_card(act, ticket)


async def be_patient(act: Act, ticket: Ticket) -> None:
    """It is the requester's turn, from now on. Each step sets the next: none comes too soon after one that was late.

    Somebody who asked another helpdesk is reminded by that one.
    """
    if is_elsewhere(ticket.requester):
        return
    rules = act.config.finishing
    if ticket.status == Status.WAITING:
        await timers.cancel(act.session, ticket.id, "warn", "close")
        await timers.set_timer(act.session, "remind", ticket.id, act.now + rules.remind_after)
    elif ticket.status == Status.SOLVED:
        await timers.cancel(act.session, ticket.id, "confirm_close")
        await timers.set_timer(act.session, "confirm_warn", ticket.id, act.now + _ask_again_after(act))


async def remind(act: Act, ticket: Ticket) -> None:
    if ticket.status == Status.WAITING:
        helper = await act.helper_name(ticket, ticket.assignee)
        await follow_requester(act, ticket)
        await invite(act, ticket, "finish.reminder", helper=helper)
        rules = act.config.finishing
        then = act.now + rules.warn_after - rules.remind_after
        await timers.set_timer(act.session, "warn", ticket.id, then)
        act.record(ticket, None, "reminded")


async def warn(act: Act, ticket: Ticket) -> None:
    """Says when it will be closed, and that this is no loss."""
    rules = act.config.finishing
    if ticket.status in (Status.WAITING, Status.SOLVED):
        await follow_requester(act, ticket)
    if ticket.status == Status.WAITING:
        closes = act.now + rules.close_after - rules.warn_after
        await timers.set_timer(act.session, "close", ticket.id, closes)
        await invite(act, ticket, "finish.warning", closes=closes)
        act.record(ticket, None, "warned")
    elif ticket.status == Status.SOLVED:
        closes = act.now + rules.confirm_within - _ask_again_after(act)
        await timers.set_timer(act.session, "confirm_close", ticket.id, closes)
        said = await invite(act, ticket, "finish.still_solved", closes=closes)
        await ask(act, ticket, "solved", said)  # a thumb at this message counts as well
        act.record(ticket, None, "warned")


def _ask_again_after(act: Act) -> timedelta:
    rules = act.config.finishing
    return min(rules.remind_after, rules.confirm_within / 2)


async def expire(act: Act, ticket: Ticket) -> None:
    """Closes kindly what nobody answered; writing again opens it."""
    if ticket.status not in (Status.WAITING, Status.SOLVED):
        return
    await move(act, ticket, Move.EXPIRE, None)
    await _close(act, ticket)
    await invite(
        act, ticket, "finish.closed_kindly", reopen_until=act.now + act.config.finishing.reopen_within
    )
    await act.tell_team(ticket, "finish.closed_team")


async def rate(act: Act, ticket: Ticket, stars: int, said: Message | None = None) -> None:
    """Keeps a rating (1 to 5) and lets the helper see it, with what was said in the same words."""
    ticket.rating = stars
    act.record(ticket, ticket.requester, "rated", stars=stars)
    await act.tell_team(
        ticket,
        "finish.rated_team",
        stars=stars,
        name=await act.name(ticket.requester, ticket.room_id),
        helper=await relay.helper_of(act, ticket),
        notify=True,
    )
    await act.tell_requester(ticket, "finish.rated", notify=False)
    if said:
        await _bring(act, ticket, said)


async def thank(act: Act, ticket: Ticket, thanks: Message) -> None:
    """Brings thanks to the helper, in the requester's own words."""
    await _bring(act, ticket, thanks)
    await act.tell_requester(
        ticket, "finish.thanked", notify=False, helper=await act.helper_name(ticket, ticket.assignee)
    )


async def _bring(act: Act, ticket: Ticket, said: Message) -> None:
    """To the helper, in the requester's own words."""
    act.record(ticket, ticket.requester, "thanked" if said.direction == relay.THANKS else "remarked")
    await relay.to_team(act, ticket, said)


async def over_there(act: Act, ticket: Ticket, rating: int | None, *, helpdesk: str) -> None:
    """Another helpdesk, whose question it is, says that it is finished, or what whoever asked thinks of the help."""
    if ticket.status != Status.CLOSED:
        await move(act, ticket, Move.CONFIRM, ticket.requester)
        ticket.confirmed = True
        await _close(act, ticket)
        await act.tell_team(ticket, "federation.closed_team", helpdesk=helpdesk)
    if rating is not None and rating != ticket.rating:
        ticket.rating = rating
        await act.tell_team(
            ticket,
            "finish.rated_team",
            stars=rating,
            name=await act.name(ticket.requester),
            helper=await relay.helper_of(act, ticket),
            notify=True,
        )


async def gone_home(act: Act, ticket: Ticket, why: str, *, helpdesk: str) -> None:
    """Another helpdesk, whose question it is, has it again. `why`: the text for the team here."""
    await act.tell_team(ticket, why, notify=ticket.assignee is not None, helpdesk=helpdesk)
    await move(act, ticket, Move.GO_HOME, None)
    await _close(act, ticket)


async def _close(act: Act, ticket: Ticket) -> None:
    ticket.closed_at = act.now
    await count_helper(act, ticket)
    await timers.cancel(act.session, ticket.id)
    await forget(act, ticket)
    await refresh_card(act, ticket)
