"""Somebody wants to be reminded, at a moment, where they asked for it and in their own words, which are kept until then."""

from datetime import datetime, timedelta

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.direct_chat import chat_with, has_left
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import reminders, timers
from helpdesk_bot.storage.models import Reminder, Ticket
from helpdesk_bot.texts.render import Person, Quote

DUE = "reminder"  # the kind of its timer
MOST = 50  # of one person at a time
LATE = timedelta(minutes=15)  # from then on it is said that it comes late
LONGEST = 1_000  # characters that are kept


async def set_reminder(
    act: Act,
    user_id: str,
    *,
    room_id: str,
    thread: str | None,
    ticket: Ticket | None,
    words: str,
    at: datetime,
    event_id: str,
) -> None:
    """Raises UserError('remind.too_many') for somebody who has very many already."""
    if len(await reminders.of_person(act.session, user_id)) >= MOST:
        raise UserError("remind.too_many", n=MOST)
    reminder = Reminder(
        user_id=user_id,
        room_id=room_id,
        thread=thread,
        ticket_id=ticket.id if ticket else None,
        words=words[:LONGEST],
        due_at=at,
        event_id=event_id,
    )
    act.session.add(reminder)
    await act.session.flush()
    await timers.set_moment(act.session, DUE, _about(reminder), at)


async def take_back(act: Act, reminder: Reminder) -> None:
    await timers.cancel_moments(act.session, _about(reminder), DUE)
    await act.session.delete(reminder)
    await act.session.flush()


async def due(act: Act, key: str) -> None:
    """Says it, once. What else is due for the same person in the same place by now is said with it: after a long stop
    ten reminders are one message."""
    first = await act.session.get(Reminder, int(key))
    if first is None:
        return
    together = [
        reminder
        for reminder in await reminders.of_person(act.session, first.user_id)
        if (reminder.room_id, reminder.thread) == (first.room_id, first.thread) and reminder.due_at <= act.now
    ]
    language = await act.language_of(first.user_id)
    if first.room_id in act.layout.staff_rooms:
        language = act.texts.default  # a team reads it together
    name = Person(first.user_id, await act.name(first.user_id, first.room_id), ping=True)
    late = act.now - first.due_at >= LATE
    parts = [act.words(language, "remind.late" if late else "remind.now", name=name, due=first.due_at)]
    for reminder in together:
        number = reminder.ticket_id
        key_of_line = "remind.line" if number is None else "remind.line_about"
        parts.append(act.words(language, key_of_line, words=Quote(reminder.words), number=number or 0))
    room, thread = first.room_id, first.thread
    if await has_left(act, room, first.user_id):
        room, thread = await chat_with(act, await act.person(first.user_id)), None
    await act.post(room, act.texts.join(parts), thread=thread, notify=True)
    for reminder in together:
        await take_back(act, reminder)


def _about(reminder: Reminder) -> str:
    return f"reminder:{reminder.id}"
