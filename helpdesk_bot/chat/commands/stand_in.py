"""`!inval @joris vrijdag 18:00 tot zaterdag`: a coordinator says who is on duty for a while."""

from datetime import time

from helpdesk_bot.actions.duty.agreeing import put_in
from helpdesk_bot.actions.duty.rotas import where
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.chat.duty import duty_meant
from helpdesk_bot.domain.period import period
from helpdesk_bot.errors import UserError
from helpdesk_bot.texts.render import Rendered


async def run(call: Call) -> Rendered:
    act = call.act
    user = await call.user(*sorted(act.layout.team_rooms))
    rough = period(call.rest, act.now, act.texts.zone, day_at=time(0))
    duty = await duty_meant(call, user, rough.rest if rough else call.rest)
    when = period(call.rest, act.now, act.texts.zone, day_at=duty.rota.at)  # a day begins when they hand over
    if when is None:
        raise UserError("duty.which_period")
    end = when.end or duty.rota.begin(duty.rota.turn(when.begin) + 1)
    await put_in(act, duty, user, when.begin, end, call.who.user_id)
    return call.words(
        "duty.put_in_noted",
        name=await act.name(user),
        where=where(act, duty.rota.id, call.language),
        begin=when.begin,
        end=end,
    )


COMMAND = Command("stand_in", ("inval",), ("standin",), run, For.COORDINATOR, inside=True)
