"""Says what was gathered for one place: one thing as itself, several as one list."""

from collections import defaultdict
from collections.abc import Sequence

from helpdesk_bot.actions import targets
from helpdesk_bot.actions.candidates import addressed
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.direct_chat import chat_with
from helpdesk_bot.actions.moving import follow_requester
from helpdesk_bot.domain.targets import Clock, Step, kind
from helpdesk_bot.domain.tickets import Status
from helpdesk_bot.storage import nudges, timers
from helpdesk_bot.storage.models import Nudge, Ticket
from helpdesk_bot.storage.outbox import Urgency, event_of
from helpdesk_bot.texts.render import Link, Rendered
from helpdesk_bot.texts.values import event_url

SAY = "say"  # the kind of the timer after which it is said
LISTED = 10  # questions named in one message; how many more there are is said
# What is still true when it is said: in between somebody may have taken it up, answered or solved it.
_STILL = {
    "claim": (Status.NEW,),
    "answer": (Status.CLAIMED,),
    "half_answer": (Status.CLAIMED,),
    "solve": (Status.NEW, Status.CLAIMED),
    "half_solve": (Status.CLAIMED,),
}


def about(place: str) -> str:
    return f"place:{place}"


async def gather(act: Act, place: str, what: str, ticket: Ticket, person: str | None = None) -> None:
    """It is said there when everything that is due now has been looked at. Due moments are worked on in their order, and
    this one is the last of them."""
    await nudges.add(act.session, place, what, ticket.id, act.now, person)
    await timers.set_moment(act.session, SAY, about(place), act.now)


async def say(act: Act, place: str, rows: Sequence[Nudge]) -> None:
    """To each person addressed, and to the room as a whole, one message. A question that is late in two ways at once is
    one question: what was due first is said."""
    groups: dict[str | None, dict[int, tuple[Nudge, Ticket]]] = defaultdict(dict)
    for row in rows:
        ticket = await act.session.get_one(Ticket, row.ticket_id)
        if ticket.status in _STILL[row.what]:
            groups[row.person].setdefault(ticket.id, (row, ticket))
    for person, late in groups.items():
        found = list(late.values())
        if place == person:
            await _to_requester(act, found)
        elif person is not None:
            await _to_helper(act, place, person, found)
        elif place == act.layout.coordination:
            await _to_room(act, place, "nudge.coordinators", found)
        else:
            await _to_room(act, place, "nudge.team", found)


async def _to_requester(act: Act, found: Sequence[tuple[Nudge, Ticket]]) -> None:
    tickets = [ticket for _, ticket in found]
    for ticket in tickets:
        ticket.told_due = None
        await follow_requester(act, ticket)
    if len(tickets) == 1:
        await _one_is_late(act, tickets[0], found[0][0].what)
        return
    rooms = {ticket.room_id for ticket in tickets}
    # What was asked in one room is not told in another where others read it.
    requester = await act.person(tickets[0].requester)
    room = rooms.pop() if len(rooms) == 1 else await chat_with(act, requester)
    language = tickets[0].language
    lines = [
        act.words(language, "nudge.line", ticket=_number(act, t, language), subject=t.subject)
        for t in tickets
    ]
    parts = [act.words(language, "late.several", n=len(tickets)), *_list(act, language, lines)]
    await act.post(room, act.texts.join(parts), notify=True)


async def _one_is_late(act: Act, ticket: Ticket, what: str) -> None:
    if what == "answer":
        helper = await act.helper_name(ticket, ticket.assignee)
        await act.tell_requester(ticket, "late.answer", helper=helper)
        return
    then = await timers.due(act.session, ticket.id, kind(Clock.CLAIM, Step.LATE))
    if then is not None and then > act.now:
        await act.tell_requester(ticket, "late.claim", then=then)
    else:
        await act.tell_requester(ticket, "late.claim_everybody")


async def _to_helper(act: Act, room: str, person: str, found: Sequence[tuple[Nudge, Ticket]]) -> None:
    """In the thread of the question, or in the room when there are several."""
    helper = await addressed(act, person, room)
    if len(found) == 1:
        row, ticket = found[0]
        clock = Clock(row.what.removeprefix("half_"))
        due = await targets.standing(act, ticket, clock) or act.now
        await act.tell_team(ticket, f"nudge.{row.what}", notify=helper.ping, helper=helper, due=due)
        return
    text = act.words(None, "nudge.helper", helper=helper, n=len(found))
    await _post_list(act, room, text, found, notify=helper.ping)


async def _to_room(act: Act, room: str, key: str, found: Sequence[tuple[Nudge, Ticket]]) -> None:
    # The coordinators' phones buzz: what they read here nobody else looks after.
    await _post_list(
        act, room, act.words(None, key, n=len(found)), found, notify=room == act.layout.coordination
    )


async def _post_list(
    act: Act, room: str, text: Rendered, found: Sequence[tuple[Nudge, Ticket]], *, notify: bool
) -> None:
    lines = []
    for row, ticket in found[:LISTED]:
        why = act.words(
            None,
            f"nudge.why_{row.what}",
            asked=ticket.created_at,
            helper=await act.name(ticket.assignee, ticket.team_room) if ticket.assignee else "",
            stadsdeel=act.layout.name_of(ticket.stadsdeel) or act.words(None, "card.stadsdeel_unknown").body,
        )
        lines.append(
            act.words(
                None, "nudge.line_why", ticket=await _card_link(act, ticket), subject=ticket.subject, why=why
            )
        )
    parts = [text, *_list(act, None, lines, len(found))]
    await act.post(room, act.texts.join(parts), notify=notify, priority=Urgency.TEAM)


def _list(
    act: Act, language: str | None, lines: Sequence[Rendered], count: int | None = None
) -> list[Rendered]:
    shown = lines[:LISTED]
    more = (count or len(lines)) - len(shown)
    parts = [act.texts.bullets(shown)]
    if more > 0:
        parts.append(act.words(language, "list.more", n=more))
    return parts


def _number(act: Act, ticket: Ticket, language: str | None) -> str:
    return act.words(language, "list.number", number=ticket.id).body


async def _card_link(act: Act, ticket: Ticket) -> Link | str:
    words = _number(act, ticket, None)
    event = await event_of(act.session, ticket.card) if ticket.card is not None else None
    return Link(event_url(ticket.team_room, event), words) if ticket.team_room and event else words
