"""Recognises an answer to something the bot asked. What is no answer is never lost: it goes on as a message."""

import re

from helpdesk_bot.actions import asking, finishing
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.dialogs import forget, open_dialogs
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.domain.layout import plain_key
from helpdesk_bot.domain.tickets import Status
from helpdesk_bot.storage import outbox
from helpdesk_bot.storage.models import Dialog, Ticket

YES_SIGNS, NO_SIGNS = frozenset("👍✅❤🎉💯"), frozenset("👎❌")
STARS = {"1⃣": 1, "2⃣": 2, "3⃣": 3, "4⃣": 4, "5⃣": 5, "⭐": 5}
LONGEST_NAME = 60  # of an organisation, in characters


def word_list(act: Act, key: str) -> frozenset[str]:
    """The words that a text lists, of every language: people mix them."""
    lists = [act.words(language, key).body.split(",") for language in act.texts.languages]
    return frozenset(plain_key(word) for words in lists for word in words)


async def answered(act: Act, incoming: Incoming, ticket: Ticket | None) -> tuple[Ticket | None, bool]:
    """Tries the message on every question this person was asked here, the latest first.

    Returns the ticket that the question was about, and whether the message says nothing else, so that it need not be
    passed on as well.
    """
    for dialog in await open_dialogs(act, incoming.room_id, incoming.sender):
        if ticket is not None and dialog.ticket_id != ticket.id:
            continue
        about = await act.session.get_one(Ticket, dialog.ticket_id)
        whole = await _ANSWERS[dialog.kind](act, about, dialog, incoming)
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


async def _stadsdeel(act: Act, ticket: Ticket, dialog: Dialog, incoming: Incoming) -> bool | None:
    text = incoming.text or ""
    if len(text) > LONGEST_NAME or incoming.file is not None:
        return None
    stadsdeel = act.layout.find(text)
    if stadsdeel is None:
        return None
    await asking.set_stadsdeel(act, ticket, stadsdeel.id, incoming.sender)
    await act.tell_requester(ticket, "ticket.stadsdeel_noted", notify=False, stadsdeel=stadsdeel.name)
    await asking.ask_organisation(act, ticket)
    return (
        len(plain_key(text).split()) <= 3
    )  # 'Noord', 'in Noord hoor'; a longer sentence says more than that


async def _organisation(act: Act, ticket: Ticket, dialog: Dialog, incoming: Incoming) -> bool | None:
    text = (incoming.text or "").strip()
    if incoming.file is not None or not text:
        return None
    if plain_key(text) in word_list(act, "words.no_organisation"):
        await forget(act, ticket, "organisation")
        await act.tell_requester(ticket, "ticket.organisation_none", notify=False)
        return True
    if len(text) > LONGEST_NAME or "?" in text or "\n" in text:
        return None
    organisation = await asking.set_organisation(act, ticket, text.rstrip("."), incoming.sender)
    await act.tell_requester(
        ticket, "ticket.organisation_noted", notify=False, organisation=organisation.name
    )
    return False  # it may have been something else after all: the helper reads it too


async def _solved(act: Act, ticket: Ticket, dialog: Dialog, incoming: Incoming) -> bool | None:
    if ticket.status != Status.SOLVED:
        return None
    words = plain_key(incoming.text or "")
    yes = word_list(act, "words.yes")
    if incoming.text and (incoming.text.strip()[:1] in YES_SIGNS or words in yes):
        await finishing.confirm(act, ticket, incoming.sender)
        return True
    if incoming.text and (incoming.text.strip()[:1] in NO_SIGNS or words in word_list(act, "words.no")):
        await asking.reopen(act, ticket, incoming.sender)
        return True
    if await _thanks(act, ticket, incoming):
        await finishing.confirm(act, ticket, incoming.sender)
        await finishing.thank(act, ticket, incoming.text or "")
        return True
    return None  # anything else reopens, as any answer to a finished question does


async def _rating(act: Act, ticket: Ticket, dialog: Dialog, incoming: Incoming) -> bool | None:
    text = (incoming.text or "").strip()
    number = re.fullmatch(r"([1-5])\s*(?:/\s*5|⭐|sterren|ster|stars?)?", text, re.I)
    stars = int(number.group(1)) if number else (len(text) if re.fullmatch("⭐{1,5}", text) else None)
    if stars is not None:
        await finishing.rate(act, ticket, stars)
        return True
    if await _thanks(act, ticket, incoming):
        await finishing.thank(act, ticket, text)
        await forget(act, ticket, "rating")
        return True
    return None


async def _thanks(act: Act, ticket: Ticket, incoming: Incoming) -> bool:
    """Nothing but thanks: every word of it. 'Bedankt, maar het werkt niet' must reach the helper as what it is."""
    words = plain_key(incoming.text or "").split()
    thankful = word_list(act, "words.thanks")
    polite = word_list(act, "words.thanks_around")
    helper = plain_key(await act.name(ticket.assignee)).split() if ticket.assignee else []
    return (
        incoming.file is None
        and any(word in thankful for word in words)
        and all(word in thankful or word in polite or word in helper for word in words)
    )


_ANSWERS = {"stadsdeel": _stadsdeel, "organisation": _organisation, "solved": _solved, "rating": _rating}
