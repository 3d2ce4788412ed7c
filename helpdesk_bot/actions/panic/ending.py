"""Somebody comes, or nobody need come any more: whoever was called hears so, outside Matrix too."""

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.dialogs import forget
from helpdesk_bot.actions.direct_chat import chat_with
from helpdesk_bot.actions.panic.outside import quiet_outside
from helpdesk_bot.domain.panic import State
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import panics, timers
from helpdesk_bot.storage.models import Panic, PanicCall, Ticket


async def helper_comes(act: Act, ticket: Ticket, helper: str) -> bool:
    """Somebody has taken the ticket, by whatever way. Whether people were being called for it. Raises UserError for whoever
    is in need themselves: they are waiting for somebody else."""
    await forget(act, ticket, "panic")
    panic = await panics.of_ticket(act.session, ticket.id)
    if panic is None:
        return False
    if helper == ticket.requester:
        raise UserError("panic.your_own", number=ticket.id)
    panic.answered_by = helper
    await _end(act, panic, ticket, State.ANSWERED, helper)
    return True


async def carry_over(act: Act, ticket: Ticket, into: Ticket) -> None:
    """A question becomes part of another one: whoever is called is called for that. Who helps with it already comes."""
    panic = await panics.of_ticket(act.session, ticket.id)
    if panic is None or await panics.of_ticket(act.session, into.id) is not None:
        return
    panic.ticket_id, into.priority = into.id, ticket.priority
    await act.session.flush()
    if into.assignee is not None and await helper_comes(act, into, into.assignee):
        await act.tell_requester(into, "panic.coming", helper=await act.name(into.assignee))


async def call_off(act: Act, ticket: Ticket, *, decided: bool = False) -> None:
    """The question is finished, or gone: if people are being called for it they need not come. `decided`: the coordinators
    have just said so themselves."""
    await forget(act, ticket, "panic", "first_aid")
    panic = await panics.of_ticket(act.session, ticket.id)
    if panic is None:
        return
    if panic.state == State.HELD and not decided:
        await act.tell_coordinators("panic.decided_by_requester", number=ticket.id)
    await _end(act, panic, ticket, State.OVER, None)


async def _end(act: Act, panic: Panic, ticket: Ticket, state: State, helper: str | None) -> None:
    panic.state, panic.ended_at = state, act.now
    await timers.cancel_moments(act.session, f"panic:{panic.id}")
    told, quiet = set[str | None](), set[tuple[str, str]]()
    for call in await panics.calls_of(act.session, panic.id):
        if call.user_id is not None and call.user_id == helper:
            call.outcome, call.ended_at = "came", act.now
        elif call.outcome in (None, "silent"):
            if call.user_id not in told:
                await _tell_off(act, ticket, call, helper)
                told.add(call.user_id)
            await quiet_outside(act, call, quiet)
            call.outcome, call.ended_at = "off", act.now


async def _tell_off(act: Act, ticket: Ticket, call: PanicCall, helper: str | None) -> None:
    language = await act.language_of(call.user_id) if call.user_id else None
    if helper is not None:
        name = await act.name(helper)
        words = act.words(language, "panic.stand_down", number=ticket.id, helper=name)
    else:
        words = act.words(language, "panic.called_off", number=ticket.id)
    if call.user_id is None:
        await act.post(act.layout.coordination, words, notify=True)
        return
    await act.post(await chat_with(act, await act.person(call.user_id)), words, notify=True)
