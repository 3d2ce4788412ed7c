"""Recognises an answer to something the bot asked. What is no answer is never lost: it goes on as a message."""

import re
from collections.abc import Sequence

from helpdesk_bot.actions import asking, finishing, knowing
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.dialogs import forget, open_dialogs
from helpdesk_bot.actions.routing import overflow
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.domain.layout import plain_key
from helpdesk_bot.domain.replies import NO_SIGNS, YES_SIGNS, Reply, Words, understood
from helpdesk_bot.domain.tickets import Status
from helpdesk_bot.storage import outbox
from helpdesk_bot.storage.models import Ticket

STARS = {"1⃣": 1, "2⃣": 2, "3⃣": 3, "4⃣": 4, "5⃣": 5, "⭐": 5}
LONGEST_NAME = 60  # of an organisation, in characters
MOST_WORDS = 6
FEW_WORDS = 3  # 'Noord', 'in Noord hoor'; a longer sentence says more than that


async def answered(act: Act, incoming: Incoming, ticket: Ticket | None) -> tuple[Ticket | None, bool]:
    """Tries the message on every question this person was asked here, the latest first.

    Returns the ticket that the question was about, and whether the message says nothing else, so that it need not be
    passed on as well.
    """
    for dialog in await open_dialogs(act, incoming.room_id, incoming.sender):
        if ticket is not None and dialog.ticket_id != ticket.id:
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
        await overflow(act, ticket)
        return True
    if few and act.layout.resembles(text):
        await act.tell_requester(ticket, "ticket.stadsdeel_again", choices=asking.stadsdeel_choices(act))
        return False
    return None


async def _organisation(act: Act, ticket: Ticket, incoming: Incoming) -> bool | None:
    text = (incoming.text or "").strip()
    if incoming.file is not None or not text:
        return None
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
    words = plain_key(name).split()
    sentence = act.texts.word_list(None, "words.in_no_name")
    goes_on = words[:1] and words[0] in act.texts.word_list(None, "words.goes_on")
    return name if 0 < len(words) <= MOST_WORDS and sentence.isdisjoint(words) and not goes_on else None


async def _solved(act: Act, ticket: Ticket, incoming: Incoming) -> bool | None:
    if ticket.status != Status.SOLVED or incoming.file is not None:
        return None
    reply = await _understood(act, ticket, incoming)
    if reply.yes or reply.thanks:
        thanks = incoming.text if reply.thanks else None
        await finishing.confirm(act, ticket, incoming.sender, thanks)
        return True
    if reply.no:
        await asking.reopen(act, ticket, incoming.sender)
        return True
    return None  # anything else reopens, as any answer to a finished question does


async def _rating(act: Act, ticket: Ticket, incoming: Incoming) -> bool | None:
    text = (incoming.text or "").strip()
    number = re.fullmatch(r"([1-5])\s*(?:/\s*5|⭐|sterren|ster|stars?)?", text, re.IGNORECASE)
    stars = int(number[1]) if number else (len(text) if re.fullmatch("⭐{1,5}", text) else None)
    if stars is not None:
        await finishing.rate(act, ticket, stars)
        return True
    reply = await _understood(act, ticket, incoming)
    if reply.thanks and incoming.file is None:
        await finishing.thank(act, ticket, text)
        await forget(act, ticket, "rating")
        return True
    # A last 'ja, top!' is no new question, and needs no answer.
    return True if reply.yes and incoming.file is None else None


async def _understood(act: Act, ticket: Ticket, incoming: Incoming) -> Reply:
    helper = [await act.name(ticket.assignee, ticket.team_room)] if ticket.assignee else []
    return meaning(act, incoming.text or "", helper)


def meaning(act: Act, text: str, names: Sequence[str] = ()) -> Reply:
    """What a short answer says. `names`: people who may be spoken to in it."""
    texts = act.texts
    words = Words(
        yes=texts.word_list(None, "words.yes"),
        no=texts.word_list(None, "words.no"),
        thanks=texts.word_list(None, "words.thanks"),
        around=texts.word_list(None, "words.thanks_around"),
    )
    return understood(text, words, names)


_ANSWERS = {"stadsdeel": _stadsdeel, "organisation": _organisation, "solved": _solved, "rating": _rating}
