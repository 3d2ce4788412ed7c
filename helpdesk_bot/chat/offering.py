"""Somebody in a help room asks the others, and not the helpdesk: once in a while they hear that a helper can look.

A hand or a word is enough. Until then nothing is made of their message, and after a day it is forgotten.
"""

import dataclasses

from helpdesk_bot.actions.context import Act
from helpdesk_bot.chat.command import find
from helpdesk_bot.chat.command_list import COMMANDS
from helpdesk_bot.chat.commands import help
from helpdesk_bot.chat.incoming import Incoming, message
from helpdesk_bot.chat.meaning import meaning
from helpdesk_bot.chat.questions import more, new_question
from helpdesk_bot.domain.language import guess
from helpdesk_bot.domain.layout import RoomKind, plain_key
from helpdesk_bot.domain.replies import HANDS, NO_SIGNS, YES_SIGNS, asks_for_help
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import access, inbox, offers, outbox
from helpdesk_bot.storage.models import InboxEvent, Person, Ticket


async def offer(act: Act, incoming: Incoming) -> None:
    """Asks below the message whether a helper should look at it."""
    if not act.config.asking.offer_help or not await _sounds_like_it(act, incoming):
        return
    known = await act.session.get(Person, incoming.sender)
    again = act.now - act.config.asking.offer_again_after
    if known is not None and known.offered_at is not None and known.offered_at > again:
        return
    who = await access.standing_of(act.session, act.layout, incoming.sender)
    if who.staff:
        return
    (await act.person(incoming.sender)).offered_at = act.now
    await offers.note(act.session, incoming.event_id)
    language = (known.language if known else None) or guess(incoming.text or "", act.texts.languages)
    words = act.words(language, "offer.help")
    await act.post(incoming.room_id, words, thread=incoming.event_id, coalesce=_about(incoming.event_id))


async def _sounds_like_it(act: Act, incoming: Incoming) -> bool:
    if incoming.thread or incoming.reply_to or incoming.mentions or incoming.file or not incoming.text:
        return False
    trouble = act.texts.word_list(None, "words.trouble")
    oneself = act.texts.word_list(None, "words.oneself")
    return asks_for_help(incoming.text, trouble, oneself)


async def answered(
    act: Act, incoming: Incoming, kind: RoomKind, command: tuple[str, str] | None, *, addressed: bool
) -> bool:
    """Whether this message says yes or no to an offer. Whatever else it says goes along with the question."""
    row = await offers.standing(act.session, incoming.room_id, incoming.sender)
    if row is None:
        return False
    below = row.event_id in (incoming.thread, incoming.reply_to) or await _is_offer(act, incoming, row)
    rest = incoming.text
    if command is not None:
        if find(COMMANDS, command[0]) is not help.COMMAND or not (below or not command[1]):
            return False
        rest = command[1] or None
    else:
        reply = meaning(act, incoming.text or "")
        if below and reply.no:
            offers.end(row)
            return True
        yes = reply.yes or plain_key(incoming.text or "") in act.texts.word_list(None, "words.please")
        if not below or not (yes or addressed):
            return False
        rest = None if yes else rest
    ticket = await _accept(act, row, kind)
    if rest is not None or incoming.file is not None:
        await more(act, dataclasses.replace(incoming, text=rest), kind, ticket)
    return True


async def answered_by_reaction(act: Act, event: InboxEvent, about: str, key: str) -> None:
    """✋ at the offer. Raises UserError('offer.too_late') when what was asked has been forgotten since."""
    asked = await outbox.row_of(act.session, about)
    root = asked.refs.get("thread") if asked is not None else None
    if asked is None or root is None or asked.coalesce != _about(root):
        return
    original = await inbox.event(act.session, root)
    if original is None or original.sender != event.sender:
        return
    if original.state != "offered":
        if key in HANDS and await access.ticket_of_event(act.session, event.room_id, root) is None:
            raise UserError("offer.too_late")
    elif key in HANDS | YES_SIGNS:
        await _accept(act, original, RoomKind.HELP)
    elif key in NO_SIGNS:
        offers.end(original)


async def withdraw(act: Act, room_id: str, sender: str, event_id: str) -> None:
    """The message is gone, or has become a question in another way."""
    row = await offers.standing(act.session, room_id, sender)
    if row is not None and row.event_id == event_id:
        offers.end(row)


async def reword(act: Act, incoming: Incoming) -> None:
    """The message was corrected before there was an answer."""
    row = await offers.standing(act.session, incoming.room_id, incoming.sender)
    if row is not None and row.event_id == incoming.replaces and incoming.text:
        row.content = {"msgtype": "m.text", "body": incoming.text}


async def _accept(act: Act, row: InboxEvent, kind: RoomKind) -> Ticket:
    original = message(row)
    assert original is not None, "only what could be read was offered"
    offers.end(row)
    return await new_question(act, original, kind)


async def _is_offer(act: Act, incoming: Incoming, row: InboxEvent) -> bool:
    """Whether the bot's words that are replied to are the ones below this message."""
    if incoming.reply_to is None:
        return False
    asked = await outbox.row_of(act.session, incoming.reply_to)
    return asked is not None and asked.coalesce == _about(row.event_id)


def _about(event_id: str) -> str:
    """Marks the outbox row of an offer, so that it is known again by what is said to it."""
    return f"offer:{event_id}"
