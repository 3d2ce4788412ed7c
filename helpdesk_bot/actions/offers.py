"""Asks single people whether they can take a question, says why them, and takes the asking back.

Whom and how widely is decided in `routing`. In the thread of the card only who is asked is pinged; somebody of another
team is asked in a chat of their own, because they can't see the card.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from helpdesk_bot.actions.candidates import question_of
from helpdesk_bot.actions.card import refresh_card
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.dialogs import ask_helper, forget
from helpdesk_bot.actions.direct_chat import chat_with
from helpdesk_bot.actions.reasons import why_you
from helpdesk_bot.domain.routing import Candidate, Suggestion, Wave, companion, rank
from helpdesk_bot.storage import asked, outbox, panics
from helpdesk_bot.storage.models import Ticket, TicketOffer
from helpdesk_bot.storage.outbox import Urgency, row_ref
from helpdesk_bot.texts.render import Person, Rendered

# Whom to ask, and who would join in with them.
Chosen = Sequence[tuple[Suggestion, str | None]]
TAKE = "take"  # the kind of dialog: 'can you take it?'


async def pick(
    act: Act,
    ticket: Ticket,
    people: Sequence[Candidate],
    limit: int | None = None,
    again: Collection[str] = (),
) -> Chosen:
    """Whom to ask next, the best first, and who would join in with each of them; `limit` as for `rank`. `again`: who was
    asked already and may be among them."""
    question = await question_of(act, ticket)
    not_again = await asked.not_again(act.session, ticket.id) - set(again)
    not_again |= await panics.called_for(act.session, ticket.id)  # they know of it
    chosen = rank(question, people, limit, without=not_again)
    return [(suggestion, companion(question, suggestion.user_id, people)) for suggestion in chosen]


async def show(act: Act, ticket: Ticket) -> None:
    """The card names who is asked at this moment, but for people of other teams."""
    await act.session.flush()
    here = [o for o in await asked.standing(act.session, ticket.id) if o.wave != Wave.STADSDEEL]
    ticket.suggested = [offer.user_id for offer in here]
    ticket.suggested_why = here[0].reason if here else None
    await refresh_card(act, ticket)


async def ask_in_team(act: Act, ticket: Ticket, chosen: Chosen) -> None:
    """Each of them hears it in the thread of the card, in their own language."""
    assert ticket.team_room is not None
    assert ticket.card is not None
    for suggestion, beside in chosen:
        user = suggestion.user_id
        language = await act.language_of(user)
        name = Person(user, await act.name(user, ticket.team_room), ping=True)
        why = await why_you(act, ticket, suggestion.reason, language)
        texts = [act.words(language, "take.can_you", name=name, number=ticket.id, why=why)]
        if beside is not None:
            texts.append(await _beside(act, ticket, suggestion, beside, language))
        texts.append(act.words(language, "take.how", number=ticket.id))
        said = await act.post(
            ticket.team_room,
            act.texts.join(texts),
            thread=row_ref(ticket.card),
            notify=True,
            priority=Urgency.TEAM,
            ticket=ticket,
        )
        _keep(act, ticket, suggestion, said)
    await show(act, ticket)


async def _beside(act: Act, ticket: Ticket, suggestion: Suggestion, beside: str, language: str) -> Rendered:
    key = "take.with_mentor" if suggestion.reason == "leads" else "take.with_learner"
    return act.words(language, key, name=await act.name(beside, ticket.team_room))


async def ask_elsewhere(act: Act, ticket: Ticket, chosen: Chosen) -> None:
    """Each of them hears it in a chat with the bot alone, where they can answer in words too."""
    for suggestion, _ in chosen:
        if suggestion.reason in ("load", "fair", "volunteer"):  # so has many another; this is why them
            suggestion = replace(suggestion, reason="stadsdeel")
        user = suggestion.user_id
        place = await chat_with(act, await act.person(user))
        text = await _words_elsewhere(act, ticket, user, suggestion.reason)
        # Not as urgent as what a card is sent with: the first of that in a room is taken for a card.
        said = await act.post(place, text, notify=True, ticket=ticket)
        _keep(act, ticket, suggestion, said)
        await ask_helper(act, ticket, place, user, TAKE, said)
    await act.session.flush()


async def _words_elsewhere(act: Act, ticket: Ticket, user: str, reason: str) -> Rendered:
    language = await act.language_of(user)
    asks = act.words(
        language,
        "take.can_you_elsewhere",
        number=ticket.id,
        subject=ticket.subject,
        stadsdeel=act.layout.name_of(ticket.stadsdeel) or "",
        why=await why_you(act, ticket, reason, language),
    )
    return act.texts.join([asks, act.words(language, "take.how_elsewhere", number=ticket.id)])


async def reword(act: Act, ticket: Ticket) -> None:
    """The question was corrected: those of other teams who are asked at this moment read what it says now."""
    for offer in await asked.standing(act.session, ticket.id):
        said = await outbox.get(act.session, offer.asked) if offer.asked is not None else None
        if said is not None and offer.wave == Wave.STADSDEEL:
            text = await _words_elsewhere(act, ticket, offer.user_id, offer.reason)
            await act.post(said.room_id, text, edits=row_ref(said.id), notify=True, ticket=ticket)


def _keep(act: Act, ticket: Ticket, suggestion: Suggestion, said: int) -> None:
    act.session.add(
        TicketOffer(
            ticket_id=ticket.id,
            user_id=suggestion.user_id,
            wave=ticket.wave,
            reason=suggestion.reason,
            offered_at=act.now,
            asked=said,
        )
    )


async def call_team(act: Act, ticket: Ticket) -> None:
    """A word in the main timeline of the team room: it makes nobody's phone buzz, and leads to the card."""
    assert ticket.team_room is not None
    assert ticket.card is not None
    await act.post(
        ticket.team_room,
        act.words(None, "take.whole_team", number=ticket.id),
        reply=row_ref(ticket.card),
        priority=Urgency.TEAM,
        ticket=ticket,
        coalesce=called(ticket),
    )


def called(ticket: Ticket) -> str:
    """Marks the outbox row of `call_team`, so that it is known again when somebody puts a hand to it."""
    return f"whole-team:{ticket.id}"


async def end(act: Act, ticket: Ticket, outcome: str, but: Collection[str] = ()) -> None:
    """Nobody is asked any more, `but` these. Who reads the card sees why; in a chat of their own it stands in the place of what was
    asked, which makes no phone buzz."""
    await act.session.flush()
    for offer in await asked.standing(act.session, ticket.id):
        if offer.user_id in but:
            continue
        offer.outcome, offer.ended_at = outcome, act.now
        if offer.wave == Wave.STADSDEEL:
            await take_back(act, ticket, offer)
    if not but:
        ticket.suggested, ticket.suggested_why = [], None
        await forget(act, ticket, TAKE)


async def take_back(act: Act, ticket: Ticket, offer: TicketOffer, key: str = "take.over") -> None:
    """What stands in a chat of their own is no longer asked."""
    said = await outbox.get(act.session, offer.asked) if offer.asked is not None else None
    if said is not None:
        words = act.words(await act.language_of(offer.user_id), key, number=ticket.id)
        await act.post(said.room_id, words, edits=row_ref(said.id), notify=True, ticket=ticket)
