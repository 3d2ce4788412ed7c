"""Recognises an answer to something the bot asked. What is no answer is never lost: it goes on as a message."""

import re
from collections.abc import Sequence

from helpdesk_bot.actions import asking, finishing, knowing, relay
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.dialogs import asked_last, forget, open_dialogs
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.domain.layout import plain_key
from helpdesk_bot.domain.replies import (
    NO_SIGNS,
    NOTHING,
    YES_SIGNS,
    Reply,
    Words,
    numbers,
    only_signs,
    understood,
)
from helpdesk_bot.domain.tickets import Status
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import outbox
from helpdesk_bot.storage.models import Message, Ticket

STARS = {"1⃣": 1, "2⃣": 2, "3⃣": 3, "4⃣": 4, "5⃣": 5, "⭐": 5}
LONGEST_NAME = 60  # of an organisation, in characters
MOST_WORDS = 6
FEW_WORDS = 3  # 'Noord', 'in Noord hoor'; a longer sentence says more than that


async def answered(act: Act, incoming: Incoming, ticket: Ticket | None) -> tuple[Ticket | None, bool]:
    """Tries the message on every question this person was asked here, the latest first: on those about `ticket`, which
    is the one that they reply to, or on what was said to them last.

    Returns the ticket that the question was about, and whether the message says nothing else, so that it need not be
    passed on as well.
    """
    for dialog in await open_dialogs(act, incoming.room_id, incoming.sender):
        meant = await asked_last(act, dialog) if ticket is None else dialog.ticket_id == ticket.id
        if not meant:
            continue
        about = await act.session.get_one(Ticket, dialog.ticket_id)
        whole = await _ANSWERS[dialog.kind](act, about, incoming)
        if whole is not None:
            return about, whole
    return None, False


async def answered_by_reaction(act: Act, ticket: Ticket, about: str, key: str) -> bool:
    """👍 or 👎 on 'is it solved?', a number on the question for a rating."""
    for dialog in await open_dialogs(act, ticket.room_id, ticket.requester):
        if dialog.ticket_id != ticket.id or dialog.asked is None:
            continue
        if await outbox.event_of(act.session, dialog.asked) != about:
            continue
        if dialog.kind == "solved" and key in YES_SIGNS:
            await finishing.confirm(act, ticket, ticket.requester)
            return True
        if dialog.kind == "solved" and key in NO_SIGNS:
            await asking.reopen(act, ticket, ticket.requester)
            return True
        if dialog.kind == "rating" and key in STARS:
            await finishing.rate(act, ticket, STARS[key])
            return True
    return False


async def _stadsdeel(act: Act, ticket: Ticket, incoming: Incoming) -> bool | None:
    text = incoming.text or ""
    if len(text) > LONGEST_NAME or incoming.file is not None or not text:
        return None
    few = len(plain_key(text).split()) <= FEW_WORDS
    stadsdeel = act.layout.find(text)
    if stadsdeel is not None:
        if await knowing.set_stadsdeel(act, ticket, stadsdeel.id, incoming.sender):
            await asking.tell_and_ask(act, ticket, "ticket.stadsdeel_noted", stadsdeel=stadsdeel.name)
        else:
            await act.tell_requester(ticket, "ticket.stadsdeel_kept", stadsdeel=stadsdeel.name)
        return few
    if plain_key(text) in act.texts.word_list(None, "words.dont_know"):
        await asking.without_stadsdeel(act, ticket)
        return True
    if len(act.layout.named(text)) > 1 or (few and act.layout.resembles(text)):
        await act.tell_requester(ticket, "ticket.stadsdeel_again", choices=asking.stadsdeel_choices(act))
        return False
    return None


async def _organisation(act: Act, ticket: Ticket, incoming: Incoming) -> bool | None:
    text = (incoming.text or "").strip()
    if incoming.file is not None or not text:
        return None
    if ticket.stadsdeel is None and (text.isdecimal() or act.layout.resembles(text)):
        return None  # where they are, which was asked before
    await forget(act, ticket, "organisation")  # asked once; whatever comes next is about the question itself
    if plain_key(text) in act.texts.word_list(None, "words.no_organisation"):
        await act.tell_requester(ticket, "ticket.organisation_none", notify=False)
        return True
    name = _name_in(act, text)
    if name is None:
        return None
    organisation = await knowing.set_organisation(act, ticket, name, incoming.sender)
    await act.tell_requester(
        ticket, "ticket.organisation_noted", notify=False, organisation=organisation.name
    )
    return False  # it may have been something else after all: the helper reads it too


def _name_in(act: Act, text: str) -> str | None:
    """The name in a short answer such as 'voor Buurtwarmte Noord'; 'Dat is gelukt, kijk maar' is nobody's name."""
    if len(text) > LONGEST_NAME or set(",?!;:\n") & set(text):
        return None
    before = sorted(act.texts.word_list(None, "words.before_a_name"), key=len, reverse=True)
    found = re.match(rf"(?:{'|'.join(map(re.escape, before))})\s+", text, re.IGNORECASE)
    name = text[found.end() if found else 0 :].strip().rstrip(".")
    keys = plain_key(name).split()
    goes_on = keys[:1] and keys[0] in act.texts.word_list(None, "words.goes_on")
    polite = meaning(act, name) != NOTHING
    fits = 0 < len(keys) <= MOST_WORDS and not goes_on and not polite and not _is_sentence(act, name)
    return name if fits else None


def _is_sentence(act: Act, text: str) -> bool:
    """'het gaat om de mail' has words that are in no name; in 'Buurthuis Het Anker' one of them begins a name."""
    in_no_name = act.texts.word_list(None, "words.in_no_name")
    begin_a_name = act.texts.word_list(None, "words.begin_a_name")
    words = text.split()
    return any(
        key in in_no_name and not (key in begin_a_name and following[:1].isupper())
        for word, following in zip(words, [*words[1:], ""], strict=True)
        for key in plain_key(word).split()
    )


async def _solved(act: Act, ticket: Ticket, incoming: Incoming) -> bool | None:
    if ticket.status != Status.SOLVED or incoming.file is not None:
        return None
    reply = await _understood(act, ticket, incoming)
    if reply.yes or reply.thanks or reply.kind:
        thanks = await thanks_in(act, ticket, incoming) if reply.thanks and ticket.assignee else None
        await finishing.confirm(act, ticket, incoming.sender, thanks)
        return True
    if reply.no:
        await asking.reopen(act, ticket, incoming.sender)
        return True
    return None  # anything else reopens, as any answer to a finished question does


async def _rating(act: Act, ticket: Ticket, incoming: Incoming) -> bool | None:
    if incoming.file is not None:
        return None
    text = incoming.text or ""
    stars, thanks = await _stars(act, ticket, text)
    if stars is not None:
        await finishing.rate(act, ticket, stars, await thanks_in(act, ticket, incoming) if thanks else None)
        return True
    reply = await _understood(act, ticket, incoming)
    if reply.thanks:
        await finishing.thank(act, ticket, await thanks_in(act, ticket, incoming))
        return True
    if plain_key(text) in act.texts.word_list(None, "words.rather_not"):
        await forget(act, ticket, "rating")
        await act.tell_requester(ticket, "finish.not_rated", notify=False)
        return True
    # A last 'ja, top!' or 'fijne dag' is no new question, and needs no answer.
    return True if reply.yes or reply.kind or only_signs(text) else None


async def _stars(act: Act, ticket: Ticket, text: str) -> tuple[int | None, bool]:
    """The mark, and whether there are thanks with it. Raises UserError('error.which_rating') for an 8."""
    row = "".join(text.split())
    if row and set(row) == {"⭐"}:
        named, thanks = frozenset({str(len(row))}), False
    else:
        spelled = dict(entry.split(" ", 1)[::-1] for entry in act.texts.word_list(None, "words.numbers"))
        around = act.texts.word_list(None, "words.around_a_mark")
        named, thanks = numbers(text, _words(act), spelled, around, await _helper(act, ticket))
    if not named:
        return None, False
    if len(named) > 1 or not named <= set("12345"):
        raise UserError("error.which_rating", number=ticket.id)
    return int(next(iter(named))), thanks


async def thanks_in(act: Act, ticket: Ticket, incoming: Incoming, words: str | None = None) -> Message:
    """The message as thanks for whoever helped, kept so that correcting and deleting it can be followed."""
    return await relay.keep(
        act,
        ticket,
        event_id=incoming.event_id,
        room_id=incoming.room_id,
        sender=incoming.sender,
        direction=relay.THANKS,
        text=words or incoming.text,
        file=incoming.file,
    )


async def _understood(act: Act, ticket: Ticket, incoming: Incoming) -> Reply:
    return meaning(act, incoming.text or "", await _helper(act, ticket))


async def _helper(act: Act, ticket: Ticket) -> list[str]:
    """Who may be spoken to in an answer."""
    return [await act.name(ticket.assignee, ticket.team_room)] if ticket.assignee else []


def meaning(act: Act, text: str, names: Sequence[str] = ()) -> Reply:
    """What a short answer says. `names`: people who may be spoken to in it."""
    return understood(text, _words(act), names)


def _words(act: Act) -> Words:
    texts = act.texts
    return Words(
        yes=texts.word_list(None, "words.yes"),
        no=texts.word_list(None, "words.no"),
        thanks=texts.word_list(None, "words.thanks"),
        kind=texts.word_list(None, "words.kind"),
        around=texts.word_list(None, "words.thanks_around"),
    )


_ANSWERS = {"stadsdeel": _stadsdeel, "organisation": _organisation, "solved": _solved, "rating": _rating}
