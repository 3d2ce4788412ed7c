"""Somebody answers 'can you take it?': by a hand or a thumb at what they were asked, or in words in a chat of their own."""

from helpdesk_bot.actions import claiming
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.offers import called
from helpdesk_bot.chat.agreements import agreed
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.chat.refusing import refusal
from helpdesk_bot.domain.layout import plain_key
from helpdesk_bot.domain.replies import HANDS
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import access, asked, outbox
from helpdesk_bot.storage.models import InboxEvent, Reaction, Ticket

YES, NO = HANDS | {"👍"}, frozenset("👎🚫❌")


async def answered_by_reaction(act: Act, event: InboxEvent, ticket: Ticket, about: str, key: str) -> bool:
    """Whether the sign is at a message that asks for somebody. A hand there is as good as at the card, from anybody of the
    team; a thumb only counts from whoever was asked."""
    said = await outbox.row_of(act.session, about)
    if said is None:
        return False
    made = await asked.of_row(act.session, said)
    if made is None and said.coalesce != called(ticket):
        return False
    theirs = made is not None and made.user_id == event.sender
    if key in HANDS or (theirs and key in YES):
        who = await access.standing_of(act.session, act.layout, event.sender)
        if event.room_id in act.layout.team_rooms:
            if event.room_id != ticket.team_room:
                raise UserError("error.old_card", number=ticket.id)
            if not who.helps_in(ticket.team_room):
                raise await refusal(act, event.room_id)
        await claiming.claim(act, ticket, who)
        act.session.add(Reaction(event_id=event.event_id, ticket_id=ticket.id))
    elif theirs and key in NO:
        await claiming.decline(act, ticket, await access.standing_of(act.session, act.layout, event.sender))
    return True


async def answered_by_reply(act: Act, ticket: Ticket, incoming: Incoming) -> bool:
    """Whether whoever was asked in the team room says yes or no in a reply to that very message."""
    said = await outbox.row_of(act.session, incoming.reply_to) if incoming.reply_to is not None else None
    made = await asked.of_row(act.session, said) if said is not None else None
    if made is None or made.user_id != incoming.sender or ticket.team_room != incoming.room_id:
        return False
    return bool(await answered_in_words(act, ticket, incoming))


async def answered_in_words(act: Act, ticket: Ticket, incoming: Incoming) -> bool | None:
    """'Ja, doe ik' or 'nee, liever niet'. None for anything else: it may be a question."""
    takes = None if incoming.file is not None else _takes(act, incoming.text or "")
    if takes is None:
        return None
    who = await access.standing_of(act.session, act.layout, incoming.sender)
    if takes:
        await claiming.claim(act, ticket, who)
    else:
        await claiming.decline(act, ticket, who)
        await act.mark(incoming.room_id, incoming.event_id, "take.mark_declined")
    return True


def _takes(act: Act, text: str) -> bool | None:
    """'Opgelost' is a yes to many a question, but not to this one."""
    said, key = agreed(act, text), plain_key(text)
    if "?" in text or said is not None:
        return said
    if any(key in act.texts.word_list(None, f"words.{kind}") for kind in ("taking_it", "please")):
        return True
    no = any(key in act.texts.word_list(None, f"words.{kind}") for kind in ("not_taking", "rather_not"))
    return False if no else None
