"""Brings one side of a lend into another state, by the tables in `domain/federation/lending`, and says so to the other.

The only place that changes `Lend.state`. Both sides say their own state with a version that only grows.
"""

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.federation.speaking import say
from helpdesk_bot.domain.federation.lending import (
    IN_FOLLOWS,
    IN_OVER,
    OUT_FOLLOWS,
    OUT_OVER,
    In,
    InMove,
    Out,
    OutMove,
    after_in,
    after_out,
    word_of,
)
from helpdesk_bot.domain.tickets import Status
from helpdesk_bot.protocol.words import (
    Accept,
    Close,
    Confirm,
    Decline,
    Offer,
    Return,
    StateWord,
    Withdraw,
)
from helpdesk_bot.protocol.words import (
    Status as StatusWord,
)
from helpdesk_bot.storage import federation
from helpdesk_bot.storage.models import Lend, Organisation, Peer, Ticket
from helpdesk_bot.texts.render import Somebody

LONGEST_NAME = 120  # characters; see `protocol/words.Name`
LONGEST_SUBJECT = 200
HELPS = frozenset({Status.CLAIMED, Status.WAITING, Status.SOLVED})


async def move_out(act: Act, lend: Lend, move: OutMove, reason: str | None = None) -> None:
    """At the origin. `reason`: why, as the words say it. Raises NotPossible."""
    state = after_out(Out(lend.state), move)
    if state is Out.CONFIRMED:
        lend.confirmed_at = lend.confirmed_at or act.now
    await _comes_into(act, lend, state, reason, over=state in OUT_OVER, says=move not in OUT_FOLLOWS)


async def move_in(act: Act, lend: Lend, move: InMove, reason: str | None = None) -> None:
    """At the helper. Raises NotPossible."""
    state = after_in(In(lend.state), move)
    await _comes_into(act, lend, state, reason, over=state in IN_OVER, says=move not in IN_FOLLOWS)


async def _comes_into(
    act: Act, lend: Lend, state: Out | In, reason: str | None, *, over: bool, says: bool
) -> None:
    lend.state, lend.reason = state, reason
    lend.ended_at = act.now if over or state in (Out.CLOSED, In.CLOSED) else None
    if says:
        await say_anew(act, lend)


async def say_anew(act: Act, lend: Lend) -> None:
    """Says the state that it is in, as news."""
    lend.version += 1
    await say_state(act, lend)


async def say_state(act: Act, lend: Lend) -> None:
    """Says the state that it is in, as it was said before; nothing of a state that there is nothing to say of."""
    word = await _word(act, lend)
    if word is not None:
        await say(act, await act.session.get_one(Peer, lend.peer), word)


async def _word(act: Act, lend: Lend) -> StateWord | None:
    ticket = await act.session.get_one(Ticket, lend.ticket_id)
    name = word_of(state_of(lend))
    about = {"lend": lend.ref, "version": lend.version}
    match name:
        case "offer":
            return Offer(
                **about,
                language=ticket.language,
                topic=ticket.topic,
                stadsdeel=act.layout.name_of(ticket.stadsdeel),
                priority=str(ticket.priority),
                kind=lend.kind,
                asked_at=ticket.created_at,
                expires_at=lend.expires_at,
            )
        case "confirm":
            return Confirm(
                **about,
                number=ticket.id,
                subject=ticket.subject[:LONGEST_SUBJECT],
                requester=cut(await act.name(ticket.requester, ticket.room_id)),
                organisation=await _organisation(act, ticket),
                messages=await federation.count_sayable(act.session, lend),
                confirmed_at=lend.confirmed_at or act.now,
            )
        case "close":
            return Close(**about, reason=lend.reason or "confirmed", rating=ticket.rating)
        case "withdraw":
            return Withdraw(**about, reason=lend.reason or "taken_back")
        case "accept":
            return Accept(**about, helper=await _helper(act, ticket))
        case "status":
            return StatusWord(**about, status=how_far(ticket), helper=await _helper(act, ticket))
        case "decline":
            return Decline(**about, reason=lend.reason or "declined")
        case "return":
            return Return(**about, reason=lend.reason or "gave_back")
    return None


def state_of(lend: Lend) -> Out | In:
    """As the side that we are on has it."""
    return Out(lend.state) if lend.ours else In(lend.state)


def how_far(ticket: Ticket) -> str:
    """In the words of the protocol."""
    match ticket.status:
        case Status.NEW:
            return "looking"
        case Status.WAITING:
            return "waiting"
        case Status.SOLVED | Status.CLOSED:
            return "solved"
    return "working"


async def _helper(act: Act, ticket: Ticket) -> str | None:
    """The name of whoever helps here, if they want it known."""
    name = await act.helper_name(ticket, ticket.assignee)
    return None if isinstance(name, Somebody) or not name else cut(name)


async def _organisation(act: Act, ticket: Ticket) -> str | None:
    if ticket.organisation_id is None:
        return None
    return cut((await act.session.get_one(Organisation, ticket.organisation_id)).name)


def cut(name: str) -> str:
    return name[:LONGEST_NAME]
