"""Lists of tickets, short enough for a phone."""

from helpdesk_bot.actions.card import status_words
from helpdesk_bot.chat.command import Call
from helpdesk_bot.domain.layout import STAFF_KINDS, RoomKind
from helpdesk_bot.storage.models import Ticket
from helpdesk_bot.storage.outbox import event_of
from helpdesk_bot.texts.render import Link, Rendered
from helpdesk_bot.texts.values import event_url


async def listed(call: Call, title: str, tickets: list[Ticket], count: int, **named: str) -> Rendered:
    """A title with the number, then one line per ticket; says how many more there are. `named`: what the title names."""
    if not tickets:
        return call.words(f"{title}_none", **named)
    rows = [
        call.words(
            "list.row",
            ticket=await link_to(call, ticket),
            subject=ticket.subject,
            status=await status_of(call, ticket),
            asked=ticket.created_at,
        )
        for ticket in tickets
    ]
    parts = [call.words(title, n=count, **named), call.act.texts.bullets(rows)]
    if count > len(tickets):
        parts.append(call.words("list.more", n=count - len(tickets)))
    return call.act.texts.join(parts)


async def status_of(call: Call, ticket: Ticket) -> Rendered:
    """How it stands, as this reader may know it."""
    inside = reads_inside(call, ticket)
    status = await status_words(call.act, ticket, call.language, call.who.user_id, inside=inside)
    if ticket.snoozed_until is None or ticket.snoozed_until <= call.act.now:
        return status
    return call.words("snooze.in_list", status=status, until=ticket.snoozed_until)


def reads_inside(call: Call, ticket: Ticket) -> bool:
    """Whether nobody but those who help with it reads the answer."""
    helps = call.room is RoomKind.DIRECT and call.who.helps_in(ticket.team_room)
    return call.room in STAFF_KINDS or helps


async def link_to(call: Call, ticket: Ticket) -> Link | str:
    """The ticket's number, as a link to where this reader can see it: its card, or the question itself."""
    words = call.words("list.number", number=ticket.id).body
    if reads_inside(call, ticket):
        room = ticket.team_room
        event = await event_of(call.act.session, ticket.card) if ticket.card is not None else None
    else:
        room, event = ticket.room_id, ticket.root_event if ticket.opened_by == ticket.requester else None
    if room is None or room.startswith("direct:"):
        return words
    return Link(event_url(room, event), words)


def rooms_of(call: Call) -> list[str]:
    """The team rooms whose tickets this person may see; in a team room its own, because the others read along."""
    layout = call.act.layout
    if call.incoming.room_id in layout.team_rooms:
        return [call.incoming.room_id]
    return sorted(layout.team_rooms if call.who.coordinator else call.who.teams)
