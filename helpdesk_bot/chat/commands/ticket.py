"""`!ticket @fatima …`: a technician writes a question down for somebody else, who hears it from the bot."""

from helpdesk_bot.actions import asking, relay
from helpdesk_bot.actions.direct_chat import chat_with
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.domain.language import guess
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.errors import UserError
from helpdesk_bot.texts.render import Rendered


async def run(call: Call) -> Rendered | None:
    user = await call.user()
    if user == call.act.setting.bot:
        raise UserError("error.not_the_bot")
    file = call.incoming.file
    if not call.rest and file is None:
        raise UserError("ask.what_for", name=await call.act.name(user, call.incoming.room_id))
    person = await call.act.person(user)
    texts = call.act.texts
    in_public = call.room in (RoomKind.HELP, RoomKind.OWN)
    room_id = call.incoming.room_id if in_public else await chat_with(call.act, person)
    ticket = await asking.open_ticket(
        call.act,
        requester=person,
        room_id=room_id,
        words=call.rest or None,
        language=person.language or guess(call.rest, texts.languages) or texts.default,
        stadsdeel=person.stadsdeel or call.act.layout.stadsdeel_of(call.incoming.room_id),
        organisation_id=person.organisation_id,
        root_event=call.incoming.event_id,
        thread=(call.incoming.thread or call.incoming.event_id) if in_public else None,
        opened_by=call.who.user_id,
    )
    await relay.keep(
        call.act,
        ticket,
        event_id=call.incoming.event_id,
        room_id=call.incoming.room_id,
        sender=call.who.user_id,
        direction=relay.QUESTION,
        text=call.rest or None,
        file=file,
    )
    await asking.welcome(call.act, ticket)
    if in_public:
        return None
    return call.words(
        "ticket.made_for", number=ticket.id, name=await call.act.name(user, call.incoming.room_id)
    )


COMMAND = Command("ticket", ("ticket",), ("ticket",), run, For.TECHNICIAN)
