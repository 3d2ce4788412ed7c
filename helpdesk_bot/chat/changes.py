"""Edits and deletions: what was corrected or taken back on one side follows on the other."""

import dataclasses
import re

from sqlalchemy import select

from helpdesk_bot.actions import hours as working
from helpdesk_bot.actions import relay, week_notes
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.helping import must_be_answer
from helpdesk_bot.actions.routing import offer
from helpdesk_bot.chat import addressing, asking, handover, hours, offering, personal, reactions
from helpdesk_bot.chat.command import Call, find, split
from helpdesk_bot.chat.command_list import COMMANDS
from helpdesk_bot.chat.commands import answer, help, new, note, rate, thanks, ticket, time
from helpdesk_bot.chat.incoming import Incoming, redacts
from helpdesk_bot.chat.refusing import refusal
from helpdesk_bot.domain import media
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.domain.people import Standing
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import access, inbox, queries, reminders, weeks
from helpdesk_bot.storage.models import InboxEvent, Message, Reaction, Ticket, WeekNote

_NUMBER = re.compile(r"#?[0-9]+")
# The commands with which a message of each kind may have been written.
_WRITTEN_WITH = {
    relay.QUESTION: (help.COMMAND, new.COMMAND, ticket.COMMAND),
    relay.ANSWER: (answer.COMMAND,),
    relay.NOTE: (note.COMMAND,),
    relay.THANKS: (thanks.COMMAND,),
    relay.REMARK: (rate.COMMAND,),
}
_OF_HELPERS = (relay.ANSWER, relay.NOTE)


async def edited(act: Act, incoming: Incoming, kind: RoomKind) -> None:
    """Only the one who wrote a message can correct it, and only where it was written. A command is not obeyed twice."""
    note = await _week_note(act, incoming.replaces, incoming.room_id)
    if note is None:
        await _edited(act, incoming, kind)
    elif note.sender == incoming.sender and incoming.text:
        await week_notes.correct(act, note, incoming.text)


async def _week_note(act: Act, event_id: str | None, room_id: str) -> WeekNote | None:
    """All of them were written among the coordinators; from another room nobody reaches them."""
    if event_id is None or room_id != act.layout.coordination:
        return None
    return await weeks.note_of(act.session, event_id)


async def _edited(act: Act, incoming: Incoming, kind: RoomKind) -> None:
    bare, addressed = await addressing.read(act, incoming, kind)
    command = split(bare.text or "")
    message = await _message(act, incoming.replaces or "", incoming.room_id)
    if message is None and await _of_hours(act, bare, kind, command):
        return
    if message is None:
        if command is not None and kind is not RoomKind.OWN and find(COMMANDS, command[0]) is not None:
            raise UserError("error.command_edited")
        await _of_no_question(act, incoming, kind, addressed=addressed, plain=command is None)
        return
    if message.sender != incoming.sender:
        return
    if message.media is None and not bare.text and incoming.file is None:
        return
    about = await act.session.get_one(Ticket, message.ticket_id)
    who = await access.standing_of(act.session, act.layout, incoming.sender)
    if message.direction in _OF_HELPERS and incoming.room_id != about.room_id:
        await _must_still_help(act, incoming.room_id, about, who)
    text = incoming.text if message.direction in _OF_HELPERS else bare.text
    if command is not None:
        text = await _behind(act, bare, kind, who, command, message, about)
    if message.direction == relay.ANSWER and message.room_id != about.room_id:
        must_be_answer(act, about, text)
    await _follow(act, incoming, about, message, text)


async def _follow(act: Act, incoming: Incoming, about: Ticket, message: Message, text: str | None) -> None:
    topic = about.topic
    if incoming.file is not None and not media.same_file(message.media, incoming.file):
        await relay.follow_replacement(act, about, message, text, incoming.file)
    else:
        await relay.follow_edit(act, about, message, text)
    if about.topic != topic:  # other people may be the right ones to ask now
        await offer(act, about)


async def _must_still_help(act: Act, room_id: str, about: Ticket, who: Standing) -> None:
    """A corrected answer goes out as an answer does."""
    if who.helps_in(about.team_room):
        return
    if who.staff and about.team_room != room_id:
        raise UserError("error.edit_moved_away", number=about.id)
    raise await refusal(act, room_id)


async def _behind(
    act: Act,
    bare: Incoming,
    kind: RoomKind,
    who: Standing,
    written: tuple[str, str],
    message: Message,
    about: Ticket,
) -> str | None:
    """What stands behind an edited `!antwoord 12 …` or `!ticket @fatima …`, read as it was the first time.

    Raises UserError when it is another command now, or about another question or person: it has been obeyed already.
    """
    name, rest = written
    command = find(COMMANDS, name)
    if command is None and message.direction not in _OF_HELPERS:
        return bare.text  # '! dringend' in their own words
    answered = message.direction == relay.ANSWER
    refused = UserError("error.answer_into_command" if answered else "error.command_edited")
    if command is None or command not in _WRITTEN_WITH[message.direction]:
        raise refused
    call = Call(act, bare, who, kind, act.texts.default, rest, COMMANDS, command, about)
    if command is ticket.COMMAND and await call.user() != about.requester:
        raise refused
    if message.direction != relay.QUESTION:
        meant = await call.ticket(wordy=True)
        number = _NUMBER.match(rest) if call.rest == rest else None  # part of the words, if it was so before
        if meant.id != about.id or (number and not (message.text or "").startswith(number[0])):
            raise refused
    if not call.rest and message.media is None and bare.file is None:
        raise refused
    return call.rest or None


async def _of_hours(act: Act, incoming: Incoming, kind: RoomKind, written: tuple[str, str] | None) -> bool:
    """Whether a message told how long somebody worked, or does so now: unlike other commands it is obeyed again."""
    command = find(COMMANDS, written[0]) if written else None
    told = incoming.replaces or ""
    rows = await working.of_event(act, told, incoming.room_id)
    original = await inbox.event(act.session, told)
    wrote = rows[0].user_id if rows else original.sender if original is not None else None
    if wrote != incoming.sender or (original is not None and original.room_id != incoming.room_id):
        return False
    if not rows and command is not time.COMMAND:
        return False
    if written is None or command is None:
        raise UserError("error.time_edited_away")
    who = await access.standing_of(act.session, act.layout, incoming.sender)
    if not time.COMMAND.allowed(who, kind):
        raise await refusal(act, incoming.room_id)
    language = await act.language_of(incoming.sender)
    call = Call(act, incoming, who, kind, language, written[1], COMMANDS, command)
    words = await hours.edited(call, rows)
    await act.post(incoming.room_id, words, thread=original.thread if original else None, reply=told)
    return True


async def _of_no_question(
    act: Act, incoming: Incoming, kind: RoomKind, *, addressed: bool, plain: bool
) -> None:
    """Said to others, or to the bot and done with. Where it was for the bot, nobody is left to think that the correction
    arrived."""
    original = await inbox.event(act.session, incoming.replaces or "")
    if original is None or (original.room_id, original.sender) != (incoming.room_id, incoming.sender):
        return
    shared = kind in (RoomKind.HELP, RoomKind.OWN)
    if shared and addressed and plain and await _asked_after_all(act, incoming, original):
        await offering.withdraw(act, incoming.room_id, incoming.sender, original.event_id)
        asked = dataclasses.replace(
            incoming, event_id=original.event_id, replaces=None, thread=original.thread
        )
        await asking.heard(act, asked, kind)
    elif original.state == "offered":
        await offering.reword(act, incoming)
    elif kind is RoomKind.DIRECT and plain and await _of_themselves(act, incoming, original):
        return
    elif kind is RoomKind.DIRECT or (shared and (addressed or await _in_own_thread(act, original))):
        raise UserError("error.edit_unseen")


async def _of_themselves(act: Act, incoming: Incoming, original: InboxEvent) -> bool:
    return await personal.corrected(act, incoming, original) or await handover.corrected_since(act, incoming)


async def _asked_after_all(act: Act, incoming: Incoming, original: InboxEvent) -> bool:
    """Whether what was first said to others mentions the helpdesk now: from here on it is a question.

    Not when it was for us before too, such as a corrected answer to something that the bot asked.
    """
    new_here = await queries.latest_ticket(act.session, incoming.room_id, incoming.sender) is None
    return original.state in ("done", "offered") and (new_here or act.setting.bot in incoming.pings)


async def _in_own_thread(act: Act, original: InboxEvent) -> bool:
    if original.thread is None:
        return False
    own = await queries.own_in_thread(act.session, original.room_id, original.thread, original.sender)
    return own is not None


async def deleted(act: Act, event: InboxEvent) -> None:
    """The homeserver has checked who may delete what in this room; here it only has to follow. It may pass on what says to
    delete something in another room, where it has checked nothing."""
    target = redacts(event)
    if target is None:
        return
    original = await inbox.event(act.session, target)
    if original is not None and original.room_id != event.room_id:
        return
    message = await _message(act, target, event.room_id)
    if message is not None:
        await relay.follow_deletion(act, await act.session.get_one(Ticket, message.ticket_id), message)
        return
    note = await _week_note(act, target, event.room_id)
    if note is not None:
        await week_notes.delete(act, note)
        return
    rows = await working.of_event(act, target, event.room_id)
    if rows:
        await hours.deleted(act, rows)
        return
    if await reminders.forget_said(act.session, target):
        return
    reaction = await act.session.get(Reaction, target)
    if reaction is not None:
        await reactions.taken_back(act, event, reaction)
        return
    if original is not None and await handover.taken_back(act, original.sender, target):
        return
    if original is not None:
        await offering.withdraw(act, event.room_id, original.sender, target)


async def _message(act: Act, event_id: str, room_id: str) -> Message | None:
    query = select(Message).where(Message.event_id == event_id, Message.room_id == room_id)
    return (await act.session.scalars(query)).first()
