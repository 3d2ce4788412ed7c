"""An emergency in people's own words: raised and confirmed by whoever asks, answered by whoever is called."""

import dataclasses
from datetime import timedelta

from helpdesk_bot.actions import asking
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.dialogs import dialogs_about, forget
from helpdesk_bot.actions.panic import ending, first_aid
from helpdesk_bot.actions.panic.asking import sounds_like
from helpdesk_bot.actions.panic.raising import CONFIRM, raise_alarm
from helpdesk_bot.actions.routing import offer
from helpdesk_bot.chat import questions
from helpdesk_bot.chat.command import Call
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.domain.layout import RoomKind, plain_key
from helpdesk_bot.domain.panic import State
from helpdesk_bot.domain.phrases import CLAUSE, says
from helpdesk_bot.domain.tickets import OPEN
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import panics, timers
from helpdesk_bot.storage.models import Panic, Ticket
from helpdesk_bot.texts.render import Quote

STANDS = timedelta(hours=1)  # a 'ja' that comes later may be about anything
FEW_WORDS = 5


async def alarm(call: Call) -> None:
    """`!paniek …`: more about the emergency of this person that goes on, or about what they asked just now, or anew."""
    act = call.act
    if call.only_a_number:
        await _about_that(call)
        return
    said = bool(call.rest) or call.incoming.file is not None
    incoming = dataclasses.replace(call.incoming, text=call.rest or None)
    going_on = await panics.to_join(act.session, incoming.sender, act.now - act.config.panic.join_within)
    if going_on is None and call.room is RoomKind.OWN and call.about is not None:
        going_on = await panics.of_ticket(act.session, call.about.id)  # a colleague has raised it already
    ticket = await act.session.get_one(Ticket, going_on.ticket_id) if going_on is not None else None
    if going_on is not None and ticket is not None and _is_looked_after(going_on, ticket):
        if said:
            colleague = ticket.requester != incoming.sender
            await questions.more(act, incoming, call.room, ticket, bystander=colleague, alarm=True)
        words = call.words(f"panic.joined_{going_on.state}", number=ticket.id)
        await act.post(incoming.room_id, words, thread=incoming.thread, reply=incoming.event_id)
        return
    about = await questions.asked_just_now(act, call)
    if about is None:
        text = call.rest or call.words("panic.no_words").body
        about = await questions.new_question(
            act, dataclasses.replace(incoming, text=text), call.room, alarm=True
        )
    elif said:
        await questions.more(act, incoming, call.room, about, alarm=True)
    alarming = await panics.kept_as(act.session, about, incoming.event_id)
    kind = sounds_like(act, f"{about.question}\n{call.rest}").kind
    await raise_alarm(act, about, incoming.sender, kind, said=alarming)


async def _about_that(call: Call) -> None:
    """They name their question by its number."""
    ticket = await call.ticket()
    if ticket.status not in OPEN:
        raise UserError("panic.not_open", number=ticket.id)
    await raise_alarm(call.act, ticket, call.incoming.sender, sounds_like(call.act, ticket.question).kind)


def _is_looked_after(panic: Panic, ticket: Ticket) -> bool:
    """Not when whoever came has given it back, or it is finished: then somebody else is called."""
    return panic.state != State.ANSWERED or (ticket.assignee is not None and ticket.status in OPEN)


async def confirmed(act: Act, ticket: Ticket, incoming: Incoming) -> bool | None:
    """Like every answer to a question of the bot: whether it says nothing else; None when it is none."""
    dialogs = [dialog for dialog in await dialogs_about(act, ticket) if dialog.kind == CONFIRM]
    if not dialogs or act.now - dialogs[0].asked_at > STANDS:
        return None
    yes, whole = said_to_confirm(act, incoming.text or "")
    if yes is None:
        return None
    await confirm(act, ticket, yes=yes)
    return whole and incoming.file is None


async def confirm(act: Act, ticket: Ticket, *, yes: bool) -> None:
    """They say whether it is an emergency."""
    if yes:
        said = await panics.said_by_requester(act.session, ticket)
        kind = sounds_like(act, "\n".join((ticket.question, *(message.text or "" for message in said)))).kind
        alarming = [message for message in said if sounds_like(act, message.text or "").alarming]
        words = await panics.kept_as(act.session, ticket, alarming[-1].event_id) if alarming else None
        await raise_alarm(act, ticket, ticket.requester, kind, said=words)
        return
    await forget(act, ticket, CONFIRM)
    put_off = await timers.due(act.session, ticket.id, asking.GREET) is not None
    if not (put_off and await asking.greet(act, ticket, "panic.confirm_no")):
        await act.tell_requester(ticket, "panic.confirm_no", notify=False)


def said_to_confirm(act: Act, text: str) -> tuple[bool | None, bool]:
    """Whether somebody says yes or no, and whether that is all they say. 'Ja, we zijn gehackt' is a yes; 'ja maar het hoeft
    niet nu' is nothing clear, and nobody is called for it."""
    said = plain_key(text)
    yes, no = (
        act.texts.word_list(None, "words.emergency_yes"),
        act.texts.word_list(None, "words.emergency_no"),
    )
    if said in yes or (not said and "👍" in text):
        return True, True
    if said in no or (not said and "👎" in text):
        return False, True
    first = plain_key(CLAUSE.split(text.strip(), maxsplit=1)[0])
    if first in no:
        return False, False  # 'nee, maar het moet wel vandaag'
    words = set(said.split())
    if words & act.texts.word_list(None, "words.emergency_but") or "?" in text:
        return None, False
    if first in yes or first.split(" ")[0] in yes:
        return True, False
    return (False, False) if first.split(" ")[0] in no else (None, False)


async def called_off(act: Act, incoming: Incoming, about: Ticket | None) -> bool:
    """'Vals alarm' or 'het is opgelost' while people are called: nobody need come. Whether this says so."""
    phrases = act.texts.word_list(None, "words.false_alarm")
    beside = act.texts.word_list(None, "words.beside_false_alarm")
    if incoming.file is not None or not says(incoming.text or "", phrases, beside):
        return False
    mine = about if about is not None and about.requester == incoming.sender else None
    panic = await (
        panics.of_ticket(act.session, mine.id)
        if mine is not None
        else panics.of_requester(act.session, incoming.sender, incoming.room_id)
    )
    if panic is None:
        return False
    ticket = await act.session.get_one(Ticket, panic.ticket_id)
    await ending.call_off(act, ticket)
    await act.tell_requester(ticket, "panic.called_off_told")
    await act.tell_team(ticket, "panic.called_off_team", notify=True, text=Quote(incoming.text or ""))
    await offer(act, ticket)
    return True


async def chosen(act: Act, ticket: Ticket, incoming: Incoming) -> bool | None:
    """A number or a few words that say which emergency it is."""
    panic = await panics.latest_of_ticket(act.session, ticket.id)
    text = plain_key(incoming.text or "")
    if panic is None or not text or incoming.file is not None:
        return None
    if text.isdecimal() and 1 <= int(text) <= len(first_aid.CHOICES):
        await first_aid.give(act, panic, ticket, first_aid.CHOICES[int(text) - 1])
        return True
    if len(text.split()) > FEW_WORDS:
        return None
    names = {plain_key(first_aid.kind_words(act, ticket.language, kind)): kind for kind in first_aid.CHOICES}
    kind = names.get(text) or sounds_like(act, text).kind
    if kind is None or kind == panic.kind:
        return None
    await first_aid.give(act, panic, ticket, kind)
    return text in names
