"""One call: what somebody reads when they are called, in Matrix and by every channel outside it."""

from collections.abc import Collection, Sequence

from sqlalchemy import select

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.direct_chat import chat_with
from helpdesk_bot.actions.panic.first_aid import kind_words
from helpdesk_bot.actions.panic.outside import ring_outside
from helpdesk_bot.domain.panic import COORDINATORS, RUNNING, State
from helpdesk_bot.storage import outbox, panics
from helpdesk_bot.storage.access import standing_of
from helpdesk_bot.storage.models import Member, Panic, PanicCall, Ticket
from helpdesk_bot.storage.outbox import Urgency
from helpdesk_bot.texts.render import Link, Person, Quote, Rendered
from helpdesk_bot.texts.values import event_url

SHOWN = 300  # characters of what somebody wrote


async def ring(
    act: Act, panic: Panic, ticket: Ticket, user: str, duty: str, *, together: bool = False
) -> None:
    """In Matrix, at any hour, because it is their duty; and outside it by every channel they have. `together`: others are
    called in the same moment."""
    call = await _new_call(act, panic, user, duty)
    call.asked = await _say(act, panic, ticket, user, together=together)
    ring_outside(act, call)


async def _say(act: Act, panic: Panic, ticket: Ticket, user: str, *, together: bool) -> int:
    language = await act.language_of(user)
    words = act.words(
        language,
        "panic.call",
        user=Person(user, await act.name(user), ping=True),
        number=ticket.id,
        where=place_of(act, ticket, language),
        kind=kind_words(act, language, panic.kind),
        name=await act.name(ticket.requester, ticket.room_id),
        question=await what_is_wrong(act, panic, ticket),
    )
    before = await asked_before(act, panic, ticket, language)
    key = "panic.call_all" if together else "panic.call_next"
    what_else = act.words(language, key, wait=act.config.panic.acknowledge_within)
    chat = await chat_with(act, await act.person(user))
    whole = act.texts.join([words, *before, what_else])
    return await act.post(chat, whole, notify=True, priority=Urgency.ALARM)


async def what_is_wrong(act: Act, panic: Panic, ticket: Ticket) -> Quote:
    """The words of the alarm; without any, the question."""
    return Quote(await panics.words_of(act.session, panic) or ticket.question, longest=SHOWN)


async def asked_before(act: Act, panic: Panic, ticket: Ticket, language: str | None) -> list[Rendered]:
    """What the question was about, when the alarm came in other words."""
    if await panics.words_of(act.session, panic) is None:
        return []
    return [act.words(language, "panic.asked_before", subject=ticket.subject)]


async def call_anew(act: Act, ticket: Ticket) -> None:
    """What was asked must not be read any more: what quotes it goes, and whoever is still called is called without it."""
    for panic, call in await panics.calls_about(act.session, ticket.id):
        if call.user_id is None or call.asked is None:
            continue  # the coordinators' room reads no quote
        said = await outbox.get(act.session, call.asked)
        if said is not None:
            await act.redact(said.room_id, outbox.row_ref(said.id), ticket)
        if panic.state in RUNNING and call.outcome in (None, "silent"):
            together = call.duty == COORDINATORS or panic.state == State.UNANSWERED
            call.asked = await _say(act, panic, ticket, call.user_id, together=together)
    for row in await panics.decisions_about(act.session, ticket.id):
        await act.redact(row.room_id, outbox.row_ref(row.id), ticket)


async def ring_room(act: Act, panic: Panic, ticket: Ticket, people: Sequence[str]) -> None:
    """The coordinators' room, where these people sit."""
    call = await _new_call(act, panic, None, COORDINATORS)
    pinged = [Person(user, await act.name(user), ping=True) for user in people]
    call.asked = await act.post(
        act.layout.coordination,
        act.words(
            None,
            "panic.call_coordinators",
            people=pinged or act.words(None, "panic.coordinators").body,
            number=ticket.id,
            where=place_of(act, ticket, None),
            kind=kind_words(act, None, panic.kind),
            card=await card_link(act, ticket, None),
        ),
        notify=True,
        priority=Urgency.ALARM,
    )
    ring_outside(act, call)


async def _new_call(act: Act, panic: Panic, user: str | None, duty: str) -> PanicCall:
    call = PanicCall(panic_id=panic.id, user_id=user, duty=duty, called_at=act.now)
    act.session.add(call)
    await act.session.flush()
    return call


async def coordinators(act: Act, without: Collection[str] = ()) -> list[str]:
    """Who they are at this moment."""
    there = select(Member.user_id).where(
        Member.room_id == act.layout.coordination, Member.membership == "join"
    )
    people = sorted(set(await act.session.scalars(there)) - {act.setting.bot, *without})
    return [user for user in people if (await standing_of(act.session, act.layout, user)).coordinator]


def place_of(act: Act, ticket: Ticket, language: str | None) -> str:
    """The name of its stadsdeel, or that nobody has said it."""
    return act.layout.name_of(ticket.stadsdeel) or act.words(language, "card.stadsdeel_unknown").body


async def card_link(act: Act, ticket: Ticket, language: str | None) -> Link | str:
    """Where the question stands, for whoever may read there."""
    words = act.words(language, "panic.card").body
    if ticket.team_room is None:
        return words
    event = await outbox.event_of(act.session, ticket.card) if ticket.card is not None else None
    return Link(event_url(ticket.team_room, event), words)
