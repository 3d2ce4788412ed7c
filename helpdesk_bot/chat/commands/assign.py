"""`!toewijzen 12 @joris`: a coordinator decides who helps."""

from helpdesk_bot.actions import claiming
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.texts.render import Rendered


async def run(call: Call) -> Rendered | None:
    ticket = await call.ticket()
    user = await call.colleague(ticket)
    await claiming.hand_over(call.act, ticket, call.who, user)
    if call.incoming.room_id == ticket.team_room:
        return None  # it stands in the thread already
    return call.words("claim.assigned", number=ticket.id, helper=await call.act.name(user, ticket.team_room))


COMMAND = Command("assign", ("toewijzen",), ("assign",), run, For.COORDINATOR, inside=True)
