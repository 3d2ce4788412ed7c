"""Questions move to a colleague, each with a summary that the giver has looked at. Nothing moves before all are checked."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from helpdesk_bot.actions import claiming, relay
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.dialogs import ask_personally, forget_personally
from helpdesk_bot.actions.direct_chat import chat_with
from helpdesk_bot.actions.handing_back import inform
from helpdesk_bot.actions.summary import summary
from helpdesk_bot.domain.people import Standing
from helpdesk_bot.storage.access import standing_of
from helpdesk_bot.storage.models import Ticket
from helpdesk_bot.storage.outbox import event_of
from helpdesk_bot.storage.people import HELD
from helpdesk_bot.texts.render import Link, Quote, Rendered
from helpdesk_bot.texts.values import event_url

DIALOG = "handover"


@dataclass(frozen=True, slots=True)
class Words:
    """The giver's own words about a ticket, and the message in which they stand."""

    text: str
    event_id: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What is handed over `to` whom: the tickets that are still to be `checked` (the first of them is shown now), and those
    that are `ready`, with the giver's own words about each where there are any. `own`: words that wait for a 'yes'."""

    to: str
    checked: tuple[int, ...]
    ready: tuple[tuple[int, Words | None], ...] = ()
    own: Words | None = field(default=None)

    def next(self, words: "Words | None", *, take: bool = True) -> "Plan":
        """The one that is shown now is ready, or stays with the giver."""
        ready = (*self.ready, (self.checked[0], words)) if take else self.ready
        return replace(self, checked=self.checked[1:], ready=ready, own=None)

    def kept(self) -> dict[str, Any]:
        """As the dialog keeps it."""
        return asdict(self)

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Plan":
        ready = tuple((number, Words(**words) if words else None) for number, words in kept["ready"])
        own = Words(**kept["own"]) if kept["own"] else None
        return cls(kept["to"], tuple(kept["checked"]), ready, own)


async def show(act: Act, giver: str, plan: Plan, *before: Rendered) -> None:
    """Shows the giver the next summary in their direct chat, and asks whether it is right."""
    language = await act.language_of(giver)
    ticket = await act.session.get_one(Ticket, plan.checked[0])
    total = len(plan.checked) + len(plan.ready)
    how = act.words(
        language, "handover.is_it_right", name=await act.name(plan.to, ticket.team_room), n=len(plan.checked)
    )
    place = act.words(language, "handover.place", place=total - len(plan.checked) + 1, n=total)
    parts = [*before, *([place] if total > 1 else []), await summary(act, ticket, language), how]
    await _ask(act, giver, plan, act.texts.join(parts))


async def show_own(act: Act, giver: str, plan: Plan) -> None:
    """Shows the giver's own words before they go anywhere: they may have been a question."""
    assert plan.own is not None
    language = await act.language_of(giver)
    words = act.words(language, "handover.your_words", number=plan.checked[0], text=Quote(plan.own.text))
    await _ask(act, giver, plan, words)


async def _ask(act: Act, giver: str, plan: Plan, words: Rendered) -> None:
    room = await chat_with(act, await act.person(giver))
    asked = await act.post(room, words, notify=True)
    await ask_personally(act, room, giver, DIALOG, asked, **plan.kept())


async def finish(act: Act, giver: str, plan: Plan) -> Rendered:
    """Everything has been checked: moves it, tells the receiver, and says what became of it. What is not the giver's any
    more, or not for the receiver, stays where it is."""
    await forget_personally(act, giver, DIALOG)
    who = await standing_of(act.session, act.layout, giver)
    moved, left = [], []
    for number, own in plan.ready:
        ticket = await act.session.get_one(Ticket, number)
        if ticket.assignee != giver or ticket.status not in HELD or not await may_take(act, ticket, plan.to):
            left.append(ticket)
            continue
        stood = await summary(act, ticket, act.texts.default) if own is None else None
        await _move(act, ticket, who, plan.to, stood, own)
        moved.append(ticket)
    if moved:
        await _tell_receiver(act, giver, plan.to, moved)
    language = await act.language_of(giver)
    name = await act.name(plan.to)
    parts = []
    if moved:
        numbers = [str(ticket.id) for ticket in moved]
        parts.append(act.words(language, "handover.done", n=len(moved), name=name, numbers=numbers))
    if left:
        parts.append(act.words(language, "handover.left", numbers=[str(ticket.id) for ticket in left]))
    return act.texts.join(parts or [act.words(language, "handover.nothing_moved")])


async def may_take(act: Act, ticket: Ticket, user_id: str) -> bool:
    """Whether somebody is of the ticket's team at this moment, and not who asked it."""
    target = await standing_of(act.session, act.layout, user_id)
    return target.helps_in(ticket.team_room) and user_id != ticket.requester


async def _move(
    act: Act, ticket: Ticket, who: Standing, to: str, stood: Rendered | None, own: Words | None
) -> None:
    await claiming.hand_over(act, ticket, who, to)
    if stood is not None:
        await inform(act, ticket, stood)
    if own is not None:
        room = await chat_with(act, await act.person(who.user_id))
        note = await relay.keep(
            act,
            ticket,
            event_id=own.event_id,
            room_id=room,
            sender=who.user_id,
            direction=relay.NOTE,
            text=own.text,
        )
        await relay.to_team(act, ticket, note, notify=False)


async def _tell_receiver(act: Act, giver: str, to: str, moved: list[Ticket]) -> None:
    language = await act.language_of(to)
    lines = [
        act.words(
            language,
            "handover.received_ticket",
            ticket=await _link(act, ticket, language),
            subject=ticket.subject,
        )
        for ticket in moved
    ]
    parts = [
        act.words(language, "handover.received", n=len(moved), name=await act.name(giver)),
        act.texts.bullets(lines),
        act.words(language, "handover.give_back", number=moved[0].id),
    ]
    room = await chat_with(act, await act.person(to))
    await act.post(room, act.texts.join(parts), notify=True)


async def _link(act: Act, ticket: Ticket, language: str) -> Link | str:
    words = act.words(language, "list.number", number=ticket.id).body
    event = await event_of(act.session, ticket.card) if ticket.card is not None else None
    return Link(event_url(ticket.team_room, event), words) if ticket.team_room else words
