"""The card: one message in a team room that always shows the truth about a ticket, because it is edited."""

from hashlib import sha256

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.panic.ringing import call_anew
from helpdesk_bot.actions.reasons import organisation_name, why
from helpdesk_bot.domain.tickets import Status
from helpdesk_bot.storage import asked, queries
from helpdesk_bot.storage.models import Ticket
from helpdesk_bot.storage.outbox import Urgency, event_of, row_ref
from helpdesk_bot.texts.render import Link, Person, Quote, Rendered, Somebody
from helpdesk_bot.texts.values import event_url

LOOKED_UP = "looked_up"  # the requester got an answer from the catalogue, beside what people do
QUESTION_SHOWN = 600  # characters; the whole of it stands in the thread


async def post_card(act: Act, ticket: Ticket) -> None:
    """Puts a new card in the ticket's team room. It pings nobody: who is asked to help hears so in its thread."""
    assert ticket.team_room is not None
    text = await card_text(act, ticket)
    ticket.card = await act.post(ticket.team_room, text, notify=True, priority=Urgency.TEAM, ticket=ticket)
    ticket.card_said = _fingerprint(text)


def _fingerprint(text: Rendered) -> str:
    return sha256(text.html.encode()).hexdigest()


async def refresh_card(act: Act, ticket: Ticket) -> None:
    """Brings the card up to date, if it is not. Several changes at once become one edit."""
    if ticket.card is None or ticket.team_room is None:
        return
    await act.session.flush()
    text = await card_text(act, ticket)
    if ticket.card_said == _fingerprint(text):
        return
    ticket.card_said = _fingerprint(text)
    await act.post(
        ticket.team_room,
        text,
        edits=row_ref(ticket.card),
        notify=True,  # the same kind of message as before; clients don't buzz for edits
        priority=Urgency.CARD,
        ticket=ticket,
        coalesce=f"card:{ticket.card}",
    )


async def renew_card(act: Act, ticket: Ticket) -> None:
    """Puts a new card in the place of every one that there was, because they hold words that must not be read any more.

    The thread of the card stays where it is: what is written there still belongs to the ticket.
    """
    await act.session.flush()
    rows = await queries.cards_of(act.session, ticket)
    for said in await asked.elsewhere(act.session, ticket.id):
        rows += [said, *await queries.edits_of(act.session, said, ticket.id)]
    for row in rows:
        await act.redact(row.room_id, row_ref(row.id), ticket)
    await call_anew(act, ticket)
    if ticket.card is None or ticket.team_room is None:
        return
    if ticket.status == Status.MERGED:
        ticket.card = ticket.card_said = None
        return
    before = await event_of(act.session, ticket.card)
    await post_card(act, ticket)
    if before is not None:
        thread = act.words(None, "card.thread_before").body
        link = Link(event_url(ticket.team_room, before), thread)
        await act.tell_team(ticket, "card.renewed", thread=link)


async def retire_card(act: Act, ticket: Ticket, where: str) -> None:
    """The ticket goes to another team: what stands here says so, and no longer what was asked."""
    if ticket.card is None or ticket.team_room is None:
        return
    await act.post(
        ticket.team_room,
        act.words(None, "card.moved", number=ticket.id, where=where),
        edits=row_ref(ticket.card),
        notify=True,  # the same kind of message as before; clients don't buzz for edits
        priority=Urgency.CARD,
        ticket=ticket,
        coalesce=f"card:{ticket.card}",
    )


async def card_text(act: Act, ticket: Ticket) -> Rendered:
    """The card's words, in the helpdesk's first language: a team reads it together."""
    language = act.texts.default
    lines = [
        act.words(
            language,
            "card.head",
            number=ticket.id,
            subject=ticket.subject,
            stadsdeel=act.layout.name_of(ticket.stadsdeel) or act.words(language, "card.stadsdeel_unknown"),
        ),
        act.words(
            language,
            "card.facts",
            status=await status_words(act, ticket, language),
            priority=act.words(language, f"priority.{ticket.priority}"),
            topic=act.topics.name(ticket.topic, language)
            if ticket.topic
            else act.words(language, "card.topic_unknown"),
            requester=await act.name(ticket.requester, ticket.room_id),
            organisation=await organisation_name(act, ticket)
            or act.words(language, "card.organisation_unknown"),
            speaks=act.words(language, f"language.{ticket.language}"),
        ),
        act.words(language, "card.question", question=Quote(ticket.question, longest=QUESTION_SHOWN)),
    ]
    if ticket.status == Status.NEW:
        if await queries.has_happened(act.session, ticket.id, LOOKED_UP):
            lines.append(act.words(language, "card.looked_up"))
        if ticket.suggested:
            people = [Person(user, await act.name(user, ticket.team_room)) for user in ticket.suggested]
            reason = await why(act, ticket, ticket.suggested_why or "load", language)
            lines.append(
                act.words(language, "card.suggested", people=people, first=people[0].name, why=reason)
            )
        lines.append(act.words(language, "card.how_to_claim", number=ticket.id))
    elif ticket.status in (Status.CLAIMED, Status.WAITING):
        lines.append(act.words(language, "card.how_to_answer", number=ticket.id))
    return act.texts.join(lines)


async def status_words(
    act: Act, ticket: Ticket, language: str, reader: str | None = None, *, inside: bool = True
) -> Rendered:
    """The status in words, with who helps or where it went on. `reader`: whoever asked it is spoken to. `inside`: only the
    helpdesk's own people read it, to whom everybody has a name."""
    if ticket.status == Status.MERGED:
        return act.words(language, "status.merged", number=ticket.merged_into)
    if ticket.assignee is None:
        return act.words(language, f"status.{ticket.status}_by_nobody")
    helper: str | Somebody
    if inside and reader != ticket.requester:
        helper = await act.name(ticket.assignee, ticket.team_room)
    else:
        helper = await act.helper_name(ticket, ticket.assignee, language=language)
    if reader == ticket.requester:
        return act.words(language, f"status.yours.{ticket.status}", helper=helper)
    return act.words(language, f"status.{ticket.status}", helper=helper)
