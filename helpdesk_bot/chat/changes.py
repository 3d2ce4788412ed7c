"""Edits and deletions: what was corrected or taken back on one side follows on the other."""

import dataclasses
import re

from sqlalchemy import select

from helpdesk_bot.actions import relay
from helpdesk_bot.actions.context import Act
from helpdesk_bot.chat import addressing, asking, offering, reactions
from helpdesk_bot.chat.command import find, split
from helpdesk_bot.chat.command_list import COMMANDS
from helpdesk_bot.chat.commands import answer
from helpdesk_bot.chat.incoming import Incoming, redacts
from helpdesk_bot.domain import media
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import inbox, queries
from helpdesk_bot.storage.models import InboxEvent, Message, Reaction, Ticket

_NUMBER = re.compile(r"\A#?\d+\s+")
_SOMEBODY = re.compile(r"\A@\S+\s+")


async def edited(act: Act, incoming: Incoming, kind: RoomKind) -> None:
    """Only the one who wrote a message can correct it, and only where it was written. A command is not obeyed twice."""
    bare, addressed = await addressing.read(act, incoming, kind)
    command = split(bare.text or "")
    message = await _message(act, incoming.replaces or "", incoming.room_id)
    if message is None:
        if command is not None and kind is not RoomKind.OWN and find(COMMANDS, command[0]) is not None:
            raise UserError("error.command_edited")
        if addressed and command is None and kind in (RoomKind.HELP, RoomKind.OWN):
            await _asked_after_all(act, incoming, kind)
        else:
            await offering.reword(act, incoming)
        return
    if message.sender != incoming.sender:
        return
    if message.media is None and not bare.text and incoming.file is None:
        return
    if (
        message.direction == relay.ANSWER
        and command is not None
        and find(COMMANDS, command[0]) != answer.COMMAND
    ):
        # '!notitie …' over an answer is meant for inside, and the answer has gone out already.
        raise UserError("error.answer_into_command")
    ticket = await act.session.get_one(Ticket, message.ticket_id)
    asked = message.direction == relay.QUESTION
    text = _said(bare.text, command) if asked or command is not None else incoming.text
    if incoming.file is not None and not media.same_file(message.media, incoming.file):
        await relay.follow_replacement(act, ticket, message, text, incoming.file)
    else:
        await relay.follow_edit(act, ticket, message, text)


async def _asked_after_all(act: Act, incoming: Incoming, kind: RoomKind) -> None:
    """The helpdesk is mentioned in what was first said to others: from now on it is a question.

    Not when it was for us before too, such as a corrected answer to something that the bot asked.
    """
    original = await inbox.event(act.session, incoming.replaces or "")
    if original is None or (original.room_id, original.sender) != (incoming.room_id, incoming.sender):
        return
    new_here = await queries.latest_ticket(act.session, incoming.room_id, incoming.sender) is None
    if original.state not in ("done", "offered") or not (new_here or act.setting.bot in incoming.pings):
        return
    await offering.withdraw(act, incoming.room_id, incoming.sender, original.event_id)
    asked = dataclasses.replace(incoming, event_id=original.event_id, replaces=None, thread=original.thread)
    await asking.heard(act, asked, kind)


def _said(text: str | None, command: tuple[str, str] | None) -> str | None:
    """An edited `!antwoord 12 …` or `!ticket @fatima …` is still about what stands behind it."""
    if command is None or find(COMMANDS, command[0]) is None:
        return text
    return _SOMEBODY.sub("", _NUMBER.sub("", command[1])) or text


async def deleted(act: Act, event: InboxEvent) -> None:
    """The homeserver has checked who may delete what; here it only has to follow."""
    target = redacts(event)
    if target is None:
        return
    message = await _message(act, target, event.room_id)
    if message is not None:
        await relay.follow_deletion(act, await act.session.get_one(Ticket, message.ticket_id), message)
        return
    reaction = await act.session.get(Reaction, target)
    if reaction is not None:
        await reactions.taken_back(act, event, reaction)
        return
    original = await inbox.event(act.session, target)
    if original is not None and original.room_id == event.room_id:
        await offering.withdraw(act, event.room_id, original.sender, target)


async def _message(act: Act, event_id: str, room_id: str) -> Message | None:
    query = select(Message).where(Message.event_id == event_id, Message.room_id == room_id)
    return (await act.session.scalars(query)).first()
