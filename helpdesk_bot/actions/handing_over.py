"""Questions and runs move to a colleague, each with a summary that the giver has looked at. Nothing moves before all are
checked."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any, NamedTuple, Self

from helpdesk_bot.actions import claiming, relay
from helpdesk_bot.actions.candidates import away_now
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.dialogs import ask_personally, forget_personally
from helpdesk_bot.actions.direct_chat import chat_with
from helpdesk_bot.actions.handing_back import inform
from helpdesk_bot.actions.runs import leading
from helpdesk_bot.actions.runs.walk import Walk
from helpdesk_bot.actions.summary import summary
from helpdesk_bot.domain.people import Standing
from helpdesk_bot.storage.access import standing_of
from helpdesk_bot.storage.models import Ticket
from helpdesk_bot.storage.outbox import event_of
from helpdesk_bot.storage.people import HELD
from helpdesk_bot.texts.render import Link, Quote, Rendered
from helpdesk_bot.texts.values import event_url

DIALOG = "handover"


class Kind(StrEnum):
    TICKET = "ticket"
    RUN = "run"


class Item(NamedTuple):
    """One thing that is handed over, by its number."""

    kind: Kind
    number: int


@dataclass(frozen=True, slots=True)
class Words:
    """The giver's own words about an item, and the message in which they stand."""

    text: str
    event_id: str

    @classmethod
    def of(cls, kept: Mapping[str, str] | None) -> Self | None:
        return cls(**kept) if kept else None


@dataclass(frozen=True, slots=True)
class Plan:
    """What is handed over `to` whom: what is still to be `checked` (the first of it is shown now), and what is `ready`, with the
    giver's own words about each where there are any. `own`: words that wait for a 'yes'."""

    to: str
    checked: tuple[Item, ...]
    ready: tuple[tuple[Item, Words | None], ...] = ()
    own: Words | None = field(default=None)

    def next(self, words: "Words | None", *, take: bool = True) -> "Plan":
        """The one that is shown now is ready, or stays with the giver."""
        ready = (*self.ready, (self.checked[0], words)) if take else self.ready
        return replace(self, checked=self.checked[1:], ready=ready, own=None)

    def without(self, event_id: str) -> "Plan":
        """The words in this message were taken back."""
        ready = tuple(
            (item, words if words and words.event_id != event_id else None) for item, words in self.ready
        )
        own = self.own if self.own and self.own.event_id != event_id else None
        return replace(self, ready=ready, own=own)

    def kept(self) -> dict[str, Any]:
        """As the dialog keeps it."""
        return asdict(self)

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Plan":
        ready = tuple((_item(item), Words.of(words)) for item, words in kept["ready"])
        return cls(kept["to"], tuple(_item(item) for item in kept["checked"]), ready, Words.of(kept["own"]))


def _item(kept: Sequence[Any]) -> Item:
    kind, number = kept
    return Item(Kind(kind), number)


async def show(act: Act, giver: str, plan: Plan, *before: Rendered) -> None:
    """Shows the giver the next summary in their direct chat, and asks whether it is right."""
    language = await act.language_of(giver)
    item, total = plan.checked[0], len(plan.checked) + len(plan.ready)
    if item.kind is Kind.RUN:
        walk = await Walk.numbered(act, item.number)
        about, name = await leading.summary(walk, giver, language), await act.name(plan.to)
    else:
        ticket = await act.session.get_one(Ticket, item.number)
        about, name = await summary(act, ticket, language), await act.name(plan.to, ticket.team_room)
    key = "handover.is_it_right" if item.kind is Kind.TICKET else "handover.is_the_plan_right"
    how = act.words(language, key, name=name, n=len(plan.checked))
    place = act.words(language, "handover.place", place=total - len(plan.checked) + 1, n=total)
    await _ask(act, giver, plan, act.texts.join([*before, *([place] if total > 1 else []), about, how]))


async def show_own(act: Act, giver: str, plan: Plan) -> None:
    """Shows the giver's own words before they go anywhere: they may have been a question."""
    assert plan.own is not None
    language, item = await act.language_of(giver), plan.checked[0]
    key = "handover.your_words" if item.kind is Kind.TICKET else "handover.your_words_plan"
    name = await act.name(plan.to)
    words = act.words(language, key, number=item.number, text=Quote(plan.own.text), name=name)
    await _ask(act, giver, plan, words)


async def _ask(act: Act, giver: str, plan: Plan, words: Rendered) -> None:
    room = await chat_with(act, await act.person(giver))
    asked = await act.post(room, words, notify=True)
    await ask_personally(act, room, giver, DIALOG, asked, **plan.kept())


async def finish(act: Act, giver: str, plan: Plan) -> Rendered:
    """Everything has been checked: moves it, tells the receiver, and says what became of it. What is not the giver's any
    more, or not for the receiver, stays where it is."""
    await forget_personally(act, giver, DIALOG)
    moved, left = await _tickets(act, giver, plan)
    led, not_led = await _runs(act, giver, plan)
    language, name = await act.language_of(giver), await act.name(plan.to)
    parts = []
    if moved:
        parts.append(act.words(language, "handover.done", n=len(moved), name=name, numbers=moved))
    if led:
        parts.append(act.words(language, "handover.done_plans", n=len(led), name=name, numbers=led))
    if left:
        parts.append(act.words(language, "handover.left", numbers=left))
    if not_led:
        parts.append(act.words(language, "handover.left_plans", n=len(not_led), numbers=not_led))
    if (moved or led) and await away_now(act, plan.to):
        parts.append(act.words(language, "handover.is_away", name=name))
    return act.texts.join(parts or [act.words(language, "handover.nothing_moved")])


async def _tickets(act: Act, giver: str, plan: Plan) -> tuple[list[str], list[str]]:
    """The numbers of those that moved, and of those that did not."""
    who = await standing_of(act.session, act.layout, giver)
    moved, left = [], []
    for item, own in plan.ready:
        if item.kind is not Kind.TICKET:
            continue
        ticket = await act.session.get_one(Ticket, item.number)
        if ticket.assignee != giver or ticket.status not in HELD or not await may_take(act, ticket, plan.to):
            left.append(ticket)
            continue
        stood = await summary(act, ticket, act.texts.default) if own is None else None
        await _move(act, ticket, who, plan.to, stood, own)
        moved.append(ticket)
    if moved:
        await _tell_receiver(act, giver, plan.to, moved)
    return [str(ticket.id) for ticket in moved], [str(ticket.id) for ticket in left]


async def _runs(act: Act, giver: str, plan: Plan) -> tuple[list[str], list[str]]:
    moved, left = [], []
    for item, own in plan.ready:
        if item.kind is not Kind.RUN:
            continue
        walk = await Walk.numbered(act, item.number)
        if await leading.may_lead(walk, giver, plan.to):
            await leading.hand_over(walk, giver, plan.to)
            if own is not None:
                await leading.pass_on_words(walk, giver, plan.to, own.text, own.event_id)
            moved.append(str(walk.run.id))
        else:
            left.append(str(walk.run.id))
    return moved, left


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
