"""Recognises an answer to something the bot asked. What is no answer is never lost: it goes on as a message."""

import re
from datetime import timedelta

from helpdesk_bot.actions import asking, finishing, knowing, relay
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.dialogs import NEW, asked_last, dialogs_about, forget, open_dialogs
from helpdesk_bot.actions.federation import offering as lending_out
from helpdesk_bot.actions.federation.offering import ASK as LEND
from helpdesk_bot.actions.offers import TAKE
from helpdesk_bot.actions.panic.first_aid import CHOOSE
from helpdesk_bot.actions.panic.raising import CONFIRM
from helpdesk_bot.chat import emergencies, taking
from helpdesk_bot.chat.agreements import agreed
from helpdesk_bot.chat.catalogue import offering
from helpdesk_bot.chat.catalogue.offering import ENOUGH
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.chat.meaning import is_doubtful, meaning, said_by_the_way, said_to_helper, stars, takes_back
from helpdesk_bot.domain.layout import plain_key
from helpdesk_bot.domain.replies import NO_SIGNS, NOTHING, YES_SIGNS, mark_with_words, only_signs
from helpdesk_bot.domain.tickets import Status
from helpdesk_bot.storage import outbox, panics, queries
from helpdesk_bot.storage.models import Dialog, Message, Ticket

STARS = {"1⃣": 1, "2⃣": 2, "3⃣": 3, "4⃣": 4, "5⃣": 5, "⭐": 5}
LONGEST_NAME = 60  # of an organisation, in characters
MOST_WORDS = 6
STANDS = timedelta(days=1)  # 'what is your new question?'
FEW_WORDS = 3  # 'Noord', 'in Noord hoor'; a longer sentence says more than that


async def answered(act: Act, incoming: Incoming, ticket: Ticket | None) -> tuple[Ticket | None, bool]:
    """Tries the message on every question this person was asked here, the latest first: on those about `ticket`, which
    is the one that they reply to, or on what was said to them last.

    Returns the ticket that the question was about, and whether the message says nothing else, so that it need not be
    passed on as well.
    """
    here = await _replied_to(act, incoming) or await open_dialogs(act, incoming.room_id, incoming.sender)
    for dialog in here if ticket is None else await dialogs_about(act, ticket):
        if dialog.ticket_id is None:
            continue
        if ticket is None and incoming.reply_to is None and not await asked_last(act, dialog):
            continue
        about = await act.session.get_one(Ticket, dialog.ticket_id)
        whole = await _ANSWERS[dialog.kind](act, about, incoming)
        if whole is not None:
            return about, whole
    return None, False


async def _replied_to(act: Act, incoming: Incoming) -> list[Dialog]:
    """What they were asked in the message that they reply to."""
    if incoming.reply_to is None:
        return []
    said = await outbox.row_of(act.session, await queries.meant_by(act.session, incoming.reply_to))
    here = await open_dialogs(act, incoming.room_id, incoming.sender)
    return [dialog for dialog in here if said is not None and dialog.asked == said.id]


async def begins_another(act: Act, incoming: Incoming) -> bool:
    """Whether this says what the new question is, after somebody wrote no more than `!nieuw`."""
    for dialog in await open_dialogs(act, incoming.room_id, incoming.sender):
        if dialog.kind == NEW:
            return act.now - dialog.asked_at <= STANDS and await asked_last(act, dialog)
    return False


async def answered_by_reaction(act: Act, ticket: Ticket, about: str, key: str) -> bool:
    """👍 or 👎 on 'is it solved?', a number on the question for a rating. 👎 at what the bot says about a question that is
    finished opens it again, also for whoever pressed the wrong thumb before."""
    for dialog in await dialogs_about(act, ticket):
        if dialog.asked is None or await outbox.event_of(act.session, dialog.asked) != about:
            continue
        enough = dialog.kind == ENOUGH and ticket.status == Status.NEW
        if (dialog.kind == "solved" or enough) and key in YES_SIGNS:
            await finishing.confirm(act, ticket, ticket.requester)
            return True
        if dialog.kind == CONFIRM and key in YES_SIGNS | NO_SIGNS:
            await emergencies.confirm(act, ticket, yes=key in YES_SIGNS)
            return True
        if dialog.kind == LEND and key in YES_SIGNS | NO_SIGNS:
            await (lending_out.agreed if key in YES_SIGNS else lending_out.refused)(act, ticket)
            return True
        if dialog.kind == "rating" and key in STARS:
            await finishing.rate(act, ticket, STARS[key])
            return True
    own_words = await queries.message_of_copy(act.session, about, ticket.room_id) is None
    if key in NO_SIGNS and own_words and asking.may_reopen(act, ticket):
        said = await outbox.row_of(act.session, about)
        if said is not None and said.ticket_id == ticket.id:
            await asking.reopen(act, ticket, ticket.requester)
            return True
    return False


async def _stadsdeel(act: Act, ticket: Ticket, incoming: Incoming) -> bool | None:
    text = incoming.text or ""
    if len(text) > LONGEST_NAME or incoming.file is not None or not text:
        return None
    few = len(plain_key(text).split()) <= FEW_WORDS
    stadsdeel = act.layout.find(text)
    if stadsdeel is not None:
        moved = await knowing.set_stadsdeel(act, ticket, stadsdeel.id, incoming.sender)
        if not moved:
            await act.tell_requester(ticket, "ticket.stadsdeel_kept", stadsdeel=stadsdeel.name)
        elif await panics.of_ticket(act.session, ticket.id) is None:  # else they have read what that means
            await asking.tell_and_ask(act, ticket, "ticket.stadsdeel_noted", stadsdeel=stadsdeel.name)
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
    said = meaning(act, name) != NOTHING or plain_key(name) in act.texts.word_list(None, "words.step_done")
    fits = 0 < len(keys) <= MOST_WORDS and not goes_on and not said and not _is_sentence(act, name)
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
    reply = await said_to_helper(act, ticket, incoming.text or "")
    if reply.no:
        await asking.reopen(act, ticket, incoming.sender)
        return True
    whole = reply.yes or reply.thanks or reply.kind
    reply = reply if whole else said_by_the_way(act, ticket, incoming.text or "")
    if not (whole or reply.yes or reply.thanks):
        return None  # anything else reopens, as any answer to a finished question does
    said = None
    if ticket.assignee and (reply.thanks or not whole):
        said = await kept(act, ticket, incoming, relay.THANKS if reply.thanks else relay.REMARK)
    await finishing.confirm(act, ticket, incoming.sender, said)
    return True


async def _rating(act: Act, ticket: Ticket, incoming: Incoming) -> bool | None:
    """False, for 'it does not work after all': it is passed on, which opens the question again."""
    if incoming.file is not None:
        return None
    text = incoming.text or ""
    given, thanks = await stars(act, ticket, text)
    if given is not None:
        await finishing.rate(act, ticket, given, await kept(act, ticket, incoming) if thanks else None)
        return True
    if (given := mark_with_words(text)) is not None and takes_back(act, text):
        return False
    if given is not None and not is_doubtful(act, text):  # '2. Onze printer print niet' is no mark
        thanks = said_by_the_way(act, ticket, text).thanks
        said = await kept(act, ticket, incoming, relay.THANKS if thanks else relay.REMARK)
        await finishing.rate(act, ticket, given, said)
        return True
    reply = await said_to_helper(act, ticket, text)
    if reply.no:
        return False
    if reply.thanks or said_by_the_way(act, ticket, text).thanks:
        await finishing.thank(act, ticket, await kept(act, ticket, incoming))
        return True
    if plain_key(text) in act.texts.word_list(None, "words.rather_not"):
        await act.tell_requester(ticket, "finish.not_rated", notify=False)
        return True
    # A last 'ja, top!' or 'fijne dag' is no new question, and needs no answer.
    return True if reply.yes or reply.kind or only_signs(text) else None


async def _lend(act: Act, ticket: Ticket, incoming: Incoming) -> bool | None:
    """May another helpdesk look? Only a whole yes is one."""
    said = agreed(act, incoming.text or "") if incoming.file is None else None
    if said is None:
        return None
    await (lending_out.agreed if said else lending_out.refused)(act, ticket)
    return True


async def kept(
    act: Act, ticket: Ticket, incoming: Incoming, direction: str = relay.THANKS, words: str | None = None
) -> Message:
    """The message as thanks for whoever helped (or a remark to them), kept so that correcting and deleting it can be
    followed."""
    return await relay.keep(
        act,
        ticket,
        event_id=incoming.event_id,
        room_id=incoming.room_id,
        sender=incoming.sender,
        direction=direction,
        text=words or incoming.text,
        file=incoming.file,
    )


_ANSWERS = {
    "stadsdeel": _stadsdeel,
    "organisation": _organisation,
    "solved": _solved,
    "rating": _rating,
    ENOUGH: offering.answered,
    CONFIRM: emergencies.confirmed,
    CHOOSE: emergencies.chosen,
    TAKE: taking.answered_in_words,
    LEND: _lend,
}
