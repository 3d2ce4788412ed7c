"""What somebody is asked in a run, and may answer with a sign, a word or a reply."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import delete, select

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.dialogs import open_dialogs
from helpdesk_bot.actions.direct_chat import chat_with, has_left
from helpdesk_bot.actions.relay import ANSWER
from helpdesk_bot.actions.runs.card import thread_of
from helpdesk_bot.actions.runs.walk import INITIATIVE, Walk
from helpdesk_bot.storage import outbox
from helpdesk_bot.storage.models import Copy, Dialog, Message, OutboxRow, RunTicket, Ticket
from helpdesk_bot.texts.render import Rendered


class Ask(StrEnum):
    ACCEPT = "accept"  # take the losses on yourself, and begin
    DO = "do"  # do a step, and say so
    CONFIRM = "confirm"  # is this what I should write down?
    LINK = "link"  # give a link that was public once
    DECIDE = "decide"  # say whether the turning point may begin
    SIGN = "sign"  # type the word, because there is no way back
    LOOK = "look"  # look whether a step is as it should be
    UNDO = "undo"  # go one step back
    LATER = "later"  # how was it, two weeks after the end
    ADOPT = "adopt"  # take over what has changed in the playbook


@dataclass(frozen=True, slots=True)
class Asked:
    """`words`: what they said before, which they are asked about."""

    dialog: Dialog
    run_id: int
    what: Ask
    step: str | None

    @property
    def words(self) -> str:
        return str((self.dialog.detail or {}).get("words", ""))


_KIND = "run:"


def _kind(run_id: int, what: Ask, step: str | None) -> str:
    return f"{_KIND}{run_id}/{what}/{step or ''}"


async def place_of(walk: Walk, user_id: str, role: str) -> tuple[str, str | None]:
    """Where somebody is spoken to in their role: the organisation in its own room, others in a chat of their own."""
    run = walk.run
    if run.threaded and role == INITIATIVE and not await has_left(walk.act, run.room_id, user_id):
        return run.room_id, thread_of(walk)
    return await chat_with(walk.act, await walk.act.person(user_id)), None


async def tell(
    walk: Walk, user_id: str, role: str, text: Rendered, step: str | None = None
) -> tuple[str, int]:
    """Says something to one person; returns the room and the row."""
    room_id, thread = await place_of(walk, user_id, role)
    return room_id, await walk.act.post(room_id, text, thread=thread, notify=True, run=walk.about(step))


async def ask(
    walk: Walk,
    user_id: str,
    role: str,
    what: Ask,
    text: Rendered,
    step: str | None = None,
    words: str | None = None,
) -> int:
    """The same, and remembers that they were asked. What they were asked of this kind before can be answered too: after a
    reminder many reply to the first message."""
    room_id, said = await tell(walk, user_id, role, text, step)
    await remember(walk, room_id, user_id, what, said, step, words)
    return said


async def remember(
    walk: Walk,
    room_id: str,
    user_id: str,
    what: Ask,
    said: int,
    step: str | None = None,
    words: str | None = None,
) -> None:
    walk.act.session.add(
        Dialog(
            room_id=room_id,
            user_id=user_id,
            kind=_kind(walk.run.id, what, step),
            ticket_id=None,
            asked=said,
            asked_at=walk.act.now,
            detail={"words": words} if words else None,
        )
    )
    await walk.act.session.flush()


async def forget(walk: Walk, what: Ask, step: str | None = None, *more: Ask) -> None:
    """It is answered, or does not matter any more, whoever was asked."""
    kinds = [_kind(walk.run.id, one, step) for one in (what, *more)]
    await walk.act.session.execute(delete(Dialog).where(Dialog.kind.in_(kinds)))


async def forget_all(walk: Walk) -> None:
    await walk.act.session.execute(
        delete(Dialog).where(Dialog.kind.startswith(f"{_KIND}{walk.run.id}/", autoescape=True))
    )


async def open_for(act: Act, room_id: str, user_id: str) -> list[Asked]:
    """What somebody is asked in a room and has not answered; the latest first."""
    return among(await open_dialogs(act, room_id, user_id))


async def open_anywhere(act: Act, user_id: str) -> list[Asked]:
    """What somebody is asked wherever that was; the latest first."""
    theirs = (Dialog.user_id == user_id, Dialog.kind.startswith(_KIND))
    query = select(Dialog).where(*theirs).order_by(Dialog.id.desc())
    return among(await act.session.scalars(query))


def among(dialogs: Iterable[Dialog]) -> list[Asked]:
    """Those that are about runs."""
    return [found for dialog in dialogs if (found := read(dialog))]


def read(dialog: Dialog) -> Asked | None:
    """None for what is about something else."""
    if not dialog.kind.startswith(_KIND):
        return None
    number, what, step = dialog.kind.removeprefix(_KIND).split("/")
    return Asked(dialog, int(number), Ask(what), step or None)


async def event_of(act: Act, asked: Asked) -> str | None:
    """The message in which it was asked."""
    return await outbox.event_of(act.session, asked.dialog.asked) if asked.dialog.asked else None


async def at_event(act: Act, room_id: str, event_id: str) -> Asked | None:
    """What was asked in a message, whoever was."""
    query = (
        select(Dialog)
        .join(OutboxRow, OutboxRow.id == Dialog.asked)
        .where(OutboxRow.event_id == event_id, OutboxRow.room_id == room_id, Dialog.kind.startswith(_KIND))
    )
    dialog = await act.session.scalar(query.limit(1))
    return read(dialog) if dialog else None


async def told_about(act: Act, room_id: str, event_id: str) -> tuple[int, str | None] | None:
    """The run, and perhaps the step, that a message of ours was about, whether or not it is answered."""
    row = await outbox.row_of(act.session, event_id)
    if row is None or row.room_id != room_id or "run" not in row.refs:
        return None
    number, _, step = str(row.refs["run"]).partition("/")
    return int(number), step or None


async def only_help_since(act: Act, asked: Asked, here: str) -> bool:
    """Whether all that was said since, there and `here`, about questions of theirs, was about questions of that same run."""
    dialog = asked.dialog
    tied = select(RunTicket.ticket_id).where(RunTicket.run_id == asked.run_id)
    other = (
        select(OutboxRow.id)
        .join(Ticket, Ticket.id == OutboxRow.ticket_id)
        .where(OutboxRow.id > (dialog.asked or 0), OutboxRow.room_id.in_((dialog.room_id, here)))
        .where(OutboxRow.type == "m.room.message", Ticket.requester == dialog.user_id, Ticket.id.not_in(tied))
    )
    return await act.session.scalar(other.limit(1)) is None


async def helper_wrote_since(act: Act, asked: Asked, here: str) -> bool:
    """Whether somebody who helps with a question has answered since, there or `here`, so that a word may be for them."""
    dialog = asked.dialog
    answer = (
        select(Copy.outbox_id)
        .join(Message, Message.id == Copy.message_id)
        .join(OutboxRow, OutboxRow.id == Copy.outbox_id)
        .where(
            OutboxRow.id > (dialog.asked or 0),
            OutboxRow.room_id.in_((dialog.room_id, here)),
            Message.direction == ANSWER,
        )
    )
    return await act.session.scalar(answer.limit(1)) is not None
