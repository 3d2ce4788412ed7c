"""Which rota somebody means, and who is meant to be on duty when."""

from helpdesk_bot.actions.duty.rotas import all_duties
from helpdesk_bot.chat.command import Call
from helpdesk_bot.domain.layout import plain_key
from helpdesk_bot.domain.rota import CITY, Duty
from helpdesk_bot.errors import UserError


async def duties_here(call: Call) -> list[Duty]:
    """The rotas that matter in this room: in a team room its own and the city's."""
    duties = await all_duties(call.act)
    stadsdeel = call.act.layout.stadsdeel_of(call.incoming.room_id)
    if stadsdeel is None:
        return duties
    return [duty for duty in duties if duty.rota.id in (stadsdeel, CITY)] or duties


async def duty_meant(call: Call, user: str, words: str) -> Duty:
    """By its name, by the room, or because only one is this person's. Raises UserError('duty.which_rota')."""
    duties = await all_duties(call.act)
    if not duties:
        raise UserError("duty.none")
    act = call.act
    part = act.layout.find(words) if words else None
    city = not act.texts.word_list(None, "words.city").isdisjoint(plain_key(words).split())
    named = part.id if part is not None else CITY if city else None
    here = act.layout.stadsdeel_of(call.incoming.room_id)
    for fits in (
        [duty for duty in duties if duty.rota.id == named],
        [duty for duty in duties if duty.rota.id == here],
        [duty for duty in duties if user in duty.rota.people],
        duties,
    ):
        if len(fits) == 1:
            return fits[0]
    raise UserError("duty.which_rota")
