"""The only place that changes a ticket's status, by the table in `domain/tickets`. What is promised follows it."""

from helpdesk_bot.actions import offers, targets
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.panic.ending import call_off
from helpdesk_bot.domain.moves import NotPossible
from helpdesk_bot.domain.tickets import OPEN, Move, Status, after
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import asked
from helpdesk_bot.storage.models import Ticket


async def move(act: Act, ticket: Ticket, what: Move, who: str | None, **detail: str) -> None:
    """Makes one move; `detail` stands in its record beside the statuses. Once somebody has it nobody is asked to take it
    any more. Raises UserError('error.not_now') when the ticket is in no state for it."""
    try:
        status = after(ticket.status, what)
    except NotPossible as impossible:
        if impossible.state == Status.CLOSED:
            raise UserError("error.not_while_closed", number=ticket.id) from impossible
        raise UserError(
            "error.not_now", number=ticket.id, status_key=f"status.word.{impossible.state}"
        ) from impossible
    changed: dict[str, str] = {"from": ticket.status, "to": status} if status != ticket.status else {}
    if what in (Move.REOPEN, Move.REQUEUE) and ticket.solve_due is not None:
        changed["solve_due"] = (
            ticket.solve_due.isoformat()
        )  # it is promised anew; the figures keep the first promise
    act.record(ticket, who, what, **changed, **detail)
    if ticket.status == Status.NEW != status:
        if what in (Move.CLAIM, Move.SOLVE) and who is not None:
            await asked.claimed(act.session, ticket.id, who, act.now)
        await offers.end(act, ticket, asked.TAKEN if status == Status.CLAIMED else asked.GONE)
    before, ticket.status = ticket.status, status
    await targets.moved(act, ticket, before, what)
    if status not in OPEN:
        await call_off(act, ticket)
