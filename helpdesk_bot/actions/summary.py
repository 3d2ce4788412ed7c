"""What somebody needs to know who goes on with a question: facts from the tables, nothing made up.

It is for the helpdesk's own people only and must never reach a requester.
"""

from sqlalchemy import func, select

from helpdesk_bot.actions import relay
from helpdesk_bot.actions.card import status_words
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.reasons import organisation_name
from helpdesk_bot.domain.tickets import Status
from helpdesk_bot.storage.models import Message, Ticket
from helpdesk_bot.texts.render import Quote, Rendered

SHOWN = 300  # characters of each message; the whole of it stands in the thread


async def summary(act: Act, ticket: Ticket, language: str) -> Rendered:
    """Who asked what, what was said last by whom and when, where it stands and who is waited for."""
    said, answered = await _last(act, ticket, relay.QUESTION), await _last(act, ticket, relay.ANSWER)
    head = act.words(
        language,
        "summary.head",
        number=ticket.id,
        requester=await act.name(ticket.requester, ticket.room_id),
        organisation=await organisation_name(act, ticket) or act.words(language, "card.organisation_unknown"),
        stadsdeel=act.layout.name_of(ticket.stadsdeel) or act.words(language, "card.stadsdeel_unknown"),
        asked=ticket.created_at,
        topic=act.topics.name(ticket.topic, language),
    )
    lines = [act.words(language, "summary.question", question=Quote(ticket.question, SHOWN))]
    if said is not None and said.event_id != ticket.root_event:
        lines.append(await _said(act, ticket, said, language, "summary.requester_said"))
    if answered is not None:
        lines.append(await _said(act, ticket, answered, language, "summary.helper_said"))
    status = await status_words(act, ticket, language)
    lines.append(act.words(language, f"summary.{_turn(ticket, said, answered)}", status=status))
    notes = await _notes(act, ticket)
    if notes:
        lines.append(act.words(language, "summary.notes", n=notes))
    return act.texts.join([head, act.texts.bullets(lines)])


async def _last(act: Act, ticket: Ticket, direction: str) -> Message | None:
    query = select(Message).where(
        Message.ticket_id == ticket.id, Message.direction == direction, Message.deleted_at.is_(None)
    )
    return await act.session.scalar(query.order_by(Message.id.desc()).limit(1))


async def _said(act: Act, ticket: Ticket, message: Message, language: str, key: str) -> Rendered:
    room = ticket.team_room if message.direction == relay.ANSWER else ticket.room_id
    words = message.text or act.words(None, "media.question").body
    name = await act.name(message.sender, room)
    return act.words(language, key, name=name, when=message.sent_at, text=Quote(words, SHOWN))


def _turn(ticket: Ticket, said: Message | None, answered: Message | None) -> str:
    """Who is waited for: the requester when the helper says so, or when the last word was ours."""
    if ticket.status == Status.WAITING:
        return "waits_for_requester"
    ours_last = answered is not None and (said is None or answered.id > said.id)
    return "answered" if ours_last else "waits_for_us"


async def _notes(act: Act, ticket: Ticket) -> int:
    query = select(func.count(Message.id)).where(
        Message.ticket_id == ticket.id, Message.direction == relay.NOTE, Message.deleted_at.is_(None)
    )
    return await act.session.scalar(query) or 0
