"""Somebody writes where questions are asked: a direct chat, a help room, or a room of their own organisation."""

import dataclasses
import re

from helpdesk_bot.actions import asking
from helpdesk_bot.actions.context import Act
from helpdesk_bot.chat import dialogs
from helpdesk_bot.chat.command import find, split, suggestion
from helpdesk_bot.chat.command_list import COMMANDS
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.chat.obey import obey
from helpdesk_bot.chat.questions import known, more, new_question
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.domain.tickets import OPEN, Status
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import access, queries
from helpdesk_bot.storage.models import Room, Ticket


async def heard(act: Act, incoming: Incoming, kind: RoomKind) -> None:
    """Decides whether a message is for the helpdesk, and what it belongs to."""
    about = await _thread_ticket(act, incoming)
    command = split(incoming.text or "")
    if command is not None and not (await _is_typo_of_nothing(act, incoming, kind, command[0])):
        await obey(act, incoming, kind, about, *command)
        return
    if kind is RoomKind.DIRECT:
        person = await known(act, incoming)
        person.direct_room = incoming.room_id
        await _conversation(act, incoming, kind, about)
        return
    addressed = incoming.mentions_user(act.setting.bot, act.setting.name)
    if about is None and not addressed:
        about = await _still_talking(act, incoming)
    if about is not None or addressed:
        await known(act, incoming)
        await _conversation(act, _without_mention(act, incoming) if addressed else incoming, kind, about)


async def _conversation(act: Act, incoming: Incoming, kind: RoomKind, about: Ticket | None) -> None:
    """A message to the helpdesk: an answer to what it asked, more about a question, or a new question."""
    ticket, nothing_else = await dialogs.answered(act, incoming, about)
    if ticket is not None and nothing_else:
        return
    ticket = ticket or about or await _current(act, incoming, kind)
    if ticket is None:
        if incoming.text is None and incoming.file is None:
            raise UserError("ask.how")
        await new_question(act, incoming, kind)
        return
    await more(act, incoming, kind, ticket)


async def _current(act: Act, incoming: Incoming, kind: RoomKind) -> Ticket | None:
    """The ticket that goes on when nobody says which: the open one, or a finished one nobody confirmed."""
    latest = await queries.latest_ticket(act.session, incoming.room_id, incoming.sender)
    if latest is None:
        return None
    if latest.status in OPEN or latest.status == Status.SOLVED:
        return latest
    # Whoever said 'it is solved' asks something new now; whoever never answered goes on with the old question.
    return latest if not latest.confirmed and asking.may_reopen(act, latest) else None


async def _is_typo_of_nothing(act: Act, incoming: Incoming, kind: RoomKind, name: str) -> bool:
    """'! dringend' in somebody's own words is no command; and in a room of their own other bots have commands too."""
    if find(COMMANDS, name) is not None:
        return False
    who = await access.standing_of(act.session, act.layout, incoming.sender)
    return suggestion(COMMANDS, name, who, kind) is None


async def _thread_ticket(act: Act, incoming: Incoming) -> Ticket | None:
    """The ticket of the thread or of the message that is replied to, in this room."""
    for event_id in (incoming.reply_to, incoming.thread):
        if event_id is not None:
            ticket = await access.ticket_of_event(act.session, incoming.room_id, event_id)
            if ticket is not None and ticket.room_id == incoming.room_id:
                return ticket
    return None


async def _still_talking(act: Act, incoming: Incoming) -> Ticket | None:
    """In a shared room, a plain message goes with the question as long as the requester and the bot are the only ones
    who spoke since, and not for long. Clients without threads have no other way to say 'and another thing'."""
    room = await act.session.get(Room, incoming.room_id)
    if (
        room is None
        or room.talking_about is None
        or incoming.thread is not None
        or incoming.reply_to is not None
    ):
        return None
    ticket = await act.session.get(Ticket, room.talking_about)
    fresh = (
        room.talking_since is not None
        and act.now - room.talking_since <= act.config.asking.same_conversation_window
    )
    if ticket is None or not fresh or incoming.sender != ticket.requester:
        room.talking_about = None
        return None
    return await access.followed(act.session, ticket)


def _without_mention(act: Act, incoming: Incoming) -> Incoming:
    """The question without the bot's name in front of it."""
    text = incoming.text or ""
    names = [
        re.escape(act.setting.bot),
        re.escape(act.setting.bot[1:].partition(":")[0]),
        re.escape(act.setting.name),
    ]
    text = re.sub(rf"\A\s*@?(?:{'|'.join(names)})\s*[:,]?\s*", "", text, flags=re.IGNORECASE).strip()
    return dataclasses.replace(incoming, text=text or None)
