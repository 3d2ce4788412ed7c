"""`!status 12`: how it stands."""

from helpdesk_bot.actions import expecting
from helpdesk_bot.chat.command import Call, Command
from helpdesk_bot.chat.listing import link_to, reads_inside, status_of
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.storage.models import Organisation, Ticket
from helpdesk_bot.texts.render import Rendered


async def run(call: Call) -> Rendered:
    ticket = await call.ticket_if_any()
    if ticket is None:
        return call.words("status.nothing" if call.room is RoomKind.DIRECT else "status.nothing_here")
    line = call.words(
        "status.line",
        ticket=await link_to(call, ticket),
        number=ticket.id,
        subject=ticket.subject,
        status=await status_of(call, ticket),
        asked=ticket.created_at,
        changed=ticket.changed_at,
    )
    more = (await expecting.words(call.act, ticket, call.language), await _regulars(call, ticket))
    return call.act.texts.join([line, *filter(None, more)])


async def _regulars(call: Call, ticket: Ticket) -> Rendered | None:
    """Who knows its organisation, and who goes on when they can't: for the helpdesk's own people."""
    if ticket.organisation_id is None or not reads_inside(call, ticket):
        return None
    organisation = await call.act.session.get_one(Organisation, ticket.organisation_id)
    names = [
        await call.act.name(user, ticket.team_room) if user else call.words("regular.nobody").body
        for user in (organisation.helper, organisation.backup)
    ]
    return call.words("regular.both", organisation=organisation.name, helper=names[0], backup=names[1])


COMMAND = Command("status", ("status",), ("status",), run, takes_words=False)
