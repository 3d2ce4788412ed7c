"""Somebody writes in a room of the helpdesk's own people.

Internal is the default. Only a real reply, to the card or to what the requester wrote, goes out, or `!antwoord`.
"""

from helpdesk_bot.actions import helping, relay, week_notes
from helpdesk_bot.actions.context import Act
from helpdesk_bot.chat import addressing, called, taking
from helpdesk_bot.chat.command import split
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.chat.obey import obey
from helpdesk_bot.chat.refusing import refusal
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import access, queries, weeks
from helpdesk_bot.storage.models import Ticket


async def heard(act: Act, incoming: Incoming, kind: RoomKind) -> None:
    replied_to = await _ticket_at(act, incoming, incoming.reply_to)
    in_thread = await _ticket_at(act, incoming, incoming.thread)
    about = replied_to or in_thread
    bare, addressed = await addressing.read(act, incoming, kind)
    command = split(bare.text or "")
    if command is None and about is None and await _about_a_week(act, incoming):
        return
    if command is None and about is None:
        if await called.answered_in_room(act, incoming):
            return
        if addressed and incoming.reply_to is None:
            raise UserError("ask.not_here")
        return  # colleagues among themselves
    who = await access.standing_of(act.session, act.layout, incoming.sender)
    if not who.staff:
        raise await refusal(act, incoming.room_id)
    if command is not None:
        await obey(act, bare, kind, about, *command)
        return
    assert about is not None
    if await taking.answered_by_reply(act, about, incoming):
        return
    out = replied_to is not None and in_thread in (None, replied_to)
    goes_out = out and await _speaks_to_requester(act, incoming)
    if about.team_room != incoming.room_id:
        if goes_out:
            raise UserError("error.moved_away", number=about.id)
        return
    act_on = helping.answer if goes_out else helping.note
    await act_on(
        act,
        about,
        who,
        event_id=incoming.event_id,
        room_id=incoming.room_id,
        text=incoming.text,
        file=incoming.file,
        in_thread=await queries.in_thread_of(act.session, about, incoming.room_id, incoming.thread),
    )


async def _about_a_week(act: Act, incoming: Incoming) -> bool:
    """Coordinators speak about a week in the thread of its message, or in a reply to it."""
    for place in (incoming.thread, incoming.reply_to):
        if post := await weeks.at_event(act.session, incoming.room_id, place):
            who = await access.standing_of(act.session, act.layout, incoming.sender)
            if not who.coordinator:
                raise await refusal(act, incoming.room_id)
            await week_notes.keep(
                act, post, who, event_id=incoming.event_id, text=incoming.text, file=incoming.file
            )
            return True
    return False


async def _speaks_to_requester(act: Act, incoming: Incoming) -> bool:
    """Whether a reply is to the card, or to something that the requester wrote."""
    meant = await queries.meant_by(act.session, incoming.reply_to or "")
    if await queries.is_card(act.session, meant, incoming.room_id):
        return True
    message = await queries.message_of_copy(act.session, meant, incoming.room_id)
    return message is not None and message.direction == relay.QUESTION


async def _ticket_at(act: Act, incoming: Incoming, event_id: str | None) -> Ticket | None:
    if event_id is None:
        return None
    return await access.ticket_of_event(act.session, incoming.room_id, event_id)
