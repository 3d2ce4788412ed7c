"""Questions the bot puts to a person. They never hold anything up: an answer that is none is a message like any."""

from typing import Any

from sqlalchemy import delete, select

from helpdesk_bot.actions.context import Act
from helpdesk_bot.storage.models import Dialog, OutboxRow, Ticket

NEW = "new"


async def ask(act: Act, ticket: Ticket, kind: str, asked: int) -> None:
    """Remembers that `ticket.requester` was asked; `asked` is the outbox row with the question."""
    await _remember(act, ticket.room_id, ticket.requester, kind, ticket.id, asked)


async def ask_helper(act: Act, ticket: Ticket, room_id: str, user_id: str, kind: str, asked: int) -> None:
    """The same of somebody who may help, in a chat of their own."""
    await _remember(act, room_id, user_id, kind, ticket.id, asked)


async def ask_for_another(act: Act, room_id: str, user_id: str, asked: int) -> None:
    """The same for 'what is your new question?'."""
    await begun_another(act, room_id, user_id)
    await _remember(act, room_id, user_id, NEW, None, asked)


async def ask_personally(act: Act, room_id: str, user_id: str, kind: str, asked: int, **detail: Any) -> None:
    """Remembers that somebody was asked something that is about no question, in their direct chat. What they were asked
    of this kind before is asked no more. `detail` is kept with it."""
    await forget_personally(act, user_id, kind)
    await _remember(act, room_id, user_id, kind, None, asked, detail or None)


async def ask_as_well(act: Act, room_id: str, user_id: str, kind: str, asked: int, **detail: Any) -> None:
    """The same, where what they were asked before by somebody else is still asked."""
    await _remember(act, room_id, user_id, kind, None, asked, detail or None)


async def remember_said(act: Act, room_id: str, user_id: str, kind: str, **detail: Any) -> None:
    """Keeps what somebody said about themselves, in the place of what was kept of this kind before. It is no question."""
    await forget_personally(act, user_id, kind)
    await _remember(act, room_id, user_id, kind, None, None, detail)


async def said_before(act: Act, room_id: str, user_id: str, kind: str) -> dict[str, Any]:
    """What is kept of this kind."""
    found = [dialog.detail for dialog in await open_dialogs(act, room_id, user_id) if dialog.kind == kind]
    return found[0] or {} if found else {}


async def forget_asked(act: Act, asked: int) -> None:
    """What this row asked does not matter any more."""
    await act.session.execute(delete(Dialog).where(Dialog.asked == asked))


async def forget_personally(act: Act, user_id: str, *kinds: str) -> None:
    """They have answered it, or it does not matter any more."""
    theirs = (Dialog.user_id == user_id, Dialog.ticket_id.is_(None), Dialog.kind.in_(kinds))
    await act.session.execute(delete(Dialog).where(*theirs))


async def begun_another(act: Act, room_id: str, user_id: str) -> None:
    """They have said what it is."""
    where = (Dialog.room_id == room_id, Dialog.user_id == user_id, Dialog.kind == NEW)
    await act.session.execute(delete(Dialog).where(*where))


async def _remember(
    act: Act,
    room_id: str,
    user_id: str,
    kind: str,
    ticket_id: int | None,
    asked: int | None,
    detail: dict[str, Any] | None = None,
) -> None:
    act.session.add(
        Dialog(
            room_id=room_id,
            user_id=user_id,
            kind=kind,
            ticket_id=ticket_id,
            asked=asked,
            asked_at=act.now,
            detail=detail,
        )
    )
    await act.session.flush()


async def open_dialogs(act: Act, room_id: str, user_id: str) -> list[Dialog]:
    """What this person was asked in this room and has not answered; the latest first."""
    query = select(Dialog).where(Dialog.room_id == room_id, Dialog.user_id == user_id)
    return list((await act.session.scalars(query.order_by(Dialog.id.desc()))).all())


async def dialogs_about(act: Act, ticket: Ticket) -> list[Dialog]:
    """What its requester was asked about this ticket, wherever that was; the latest first."""
    query = select(Dialog).where(Dialog.ticket_id == ticket.id, Dialog.user_id == ticket.requester)
    return list((await act.session.scalars(query.order_by(Dialog.id.desc()))).all())


async def asked_last(act: Act, dialog: Dialog, *also: str) -> bool:
    """Whether nothing was said here since about another question of this person: else a plain 'ja' is about that one. `also`:
    other rooms that are theirs, in which they may have been spoken to since."""
    since = (
        select(OutboxRow.id)
        .join(Ticket, Ticket.id == OutboxRow.ticket_id)
        .where(
            OutboxRow.id > dialog.asked,
            OutboxRow.room_id.in_((dialog.room_id, *also)),
            OutboxRow.type == "m.room.message",
            Ticket.requester == dialog.user_id,
            Ticket.id != dialog.ticket_id,
        )
    )
    return dialog.asked is None or await act.session.scalar(since.limit(1)) is None


async def forget(act: Act, ticket: Ticket, *kinds: str) -> None:
    """The question has been answered or does not matter any more; all of the ticket's when no kind is named."""
    query = delete(Dialog).where(Dialog.ticket_id == ticket.id)
    if kinds:
        query = query.where(Dialog.kind.in_(kinds))
    await act.session.execute(query)
