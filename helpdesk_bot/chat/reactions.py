"""What a reaction does. On a card it is an act, by the same code as the words; elsewhere it is passed on."""

from collections.abc import Awaitable, Callable

from helpdesk_bot.actions import claiming, finishing, relay, weekly
from helpdesk_bot.actions.context import Act
from helpdesk_bot.chat import called, dialogs, offering, personal, taking
from helpdesk_bot.chat.incoming import Incoming, reaction
from helpdesk_bot.chat.refusing import refusal
from helpdesk_bot.chat.runs import hearing
from helpdesk_bot.domain.people import Standing
from helpdesk_bot.domain.replies import HANDS
from helpdesk_bot.domain.tickets import Status
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import access, outbox, queries, weeks
from helpdesk_bot.storage.models import InboxEvent, Reaction, Ticket

# At the message of a week.
READ = frozenset("✅✔☑")
# On the card of a ticket in its team room.
ON_CARD: dict[str, Callable[[Act, Ticket, Standing], Awaitable[None]]] = {
    **dict.fromkeys(HANDS, claiming.claim),
    **dict.fromkeys(READ, finishing.solve),
    "⏳": finishing.await_requester,
    "↩": claiming.release,
}


async def reacted(act: Act, event: InboxEvent) -> None:
    found = reaction(event)
    if found is None:
        return
    about, key = await queries.meant_by(act.session, found[0]), found[1]
    ticket = await access.ticket_of_event(act.session, event.room_id, about)
    if ticket is None:
        await _of_no_ticket(act, event, about, key)
        return
    if await taking.answered_by_reaction(act, event, ticket, about, key):
        return
    if event.room_id in act.layout.staff_rooms:
        await _by_team(act, event, ticket, about, key)
    elif event.room_id == ticket.room_id:
        if event.sender == ticket.requester and await dialogs.answered_by_reaction(act, ticket, about, key):
            return
        await relay.follow_reaction(act, ticket, event.event_id, event.room_id, about, key)


async def _of_no_ticket(act: Act, event: InboxEvent, about: str, key: str) -> None:
    """At something else that the bot said: a week, a call, a question of its own, an offer."""
    if await _ticks_off(act, event, about, key) or await called.answered_by_reaction(act, event, about, key):
        return
    if await hearing.answered_by_reaction(act, event, about, key):
        return
    sign = Incoming(event.event_id, event.room_id, event.sender, text=key)
    if not await personal.answered_by_reaction(act, sign, about):
        await offering.answered_by_reaction(act, event, about, key)


async def _ticks_off(act: Act, event: InboxEvent, about: str, key: str) -> bool:
    """A check mark at the message of a week."""
    post = await weeks.at_event(act.session, event.room_id, about) if key in READ else None
    if post is None:
        return False
    who = await access.standing_of(act.session, act.layout, event.sender)
    if not who.coordinator:
        raise await refusal(act, event.room_id)
    await weekly.read(act, post, who)
    return True


async def _by_team(act: Act, event: InboxEvent, ticket: Ticket, about: str, key: str) -> None:
    who = await access.standing_of(act.session, act.layout, event.sender)
    ours = who.helps_in(ticket.team_room) and event.room_id == ticket.team_room
    if ticket.card is not None and await outbox.event_of(act.session, ticket.card) == about:
        act_on_card = ON_CARD.get(key)
        if act_on_card is not None and not ours:
            raise await refusal(act, event.room_id)
        if act_on_card is not None:
            await act_on_card(act, ticket, who)
        if act_on_card is claiming.claim:
            act.session.add(Reaction(event_id=event.event_id, ticket_id=ticket.id))
    elif key in ON_CARD and await queries.is_card(act.session, about, event.room_id):
        raise UserError("error.old_card", number=ticket.id)
    elif ours:
        await relay.follow_reaction(act, ticket, event.event_id, event.room_id, about, key)


async def taken_back(act: Act, event: InboxEvent, reaction: Reaction) -> None:
    """What was passed on is taken away there too; a helper who takes their hand away gives the question back."""
    await act.session.delete(reaction)
    if reaction.outbox_id is not None:
        await relay.unfollow_reaction(act, reaction)
        return
    ticket = await act.session.get_one(Ticket, reaction.ticket_id)
    if ticket.assignee == event.sender and ticket.status in (Status.CLAIMED, Status.WAITING):
        who = await access.standing_of(act.session, act.layout, event.sender)
        await claiming.release(act, ticket, who)
