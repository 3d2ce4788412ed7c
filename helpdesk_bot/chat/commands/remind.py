"""`!herinner 12 morgen om 10 bellen met het buurthuis`: a message at that moment, here, with these words."""

import re

from helpdesk_bot.actions import reminding
from helpdesk_bot.chat.command import Call, Command
from helpdesk_bot.domain import when
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage.access import may_see
from helpdesk_bot.storage.models import Ticket
from helpdesk_bot.texts.render import Quote, Rendered

_NUMBER = re.compile(r"\A#?\d{1,9}\b[:,]?\s*")
# 'elke maandag': it would be said once, and counted on for ever.
_EACH = re.compile(r"\b(?:elke|iedere|every|each)\b", re.IGNORECASE)
# 'om te bellen', 'dat ik moet bellen', 'mij morgen aan de mail'
_BEFORE = re.compile(
    r"\A(?:(?:me|mij|ons|us)\s+)?(?:eraan\s+)?(?:dat\b|om te\b|aan\b|that\b|to\b|about\b|of\b)?\s*",
    re.IGNORECASE,
)


async def run(call: Call) -> Rendered:
    ticket = await _about(call)
    found = when.find(call.rest, call.act.now, call.act.texts.zone)
    if found is None:
        raise UserError("remind.which_moment")
    if _EACH.search(call.rest):
        raise UserError("remind.only_once")
    words = _BEFORE.sub("", found.rest).strip()
    if not words:
        words = ticket.subject if ticket else call.words("remind.no_words").body
    await reminding.set_reminder(
        call.act,
        call.who.user_id,
        room_id=call.incoming.room_id,
        thread=call.incoming.thread,
        ticket=ticket,
        words=words,
        at=found.at,
        event_id=call.incoming.event_id,
    )
    return call.words("remind.set", at=found.at, words=Quote(words))


async def _about(call: Call) -> Ticket | None:
    """The question in front; in '12 december de server' the number is part of the moment."""
    number = _NUMBER.match(call.rest)
    if number and when.find(call.rest[number.end() :], call.act.now, call.act.texts.zone) is not None:
        return await call.ticket()
    return call.about if call.about is not None and may_see(call.who, call.about) else None


COMMAND = Command("remind", ("herinner",), ("remind",), run, inside=True)
