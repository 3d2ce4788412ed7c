"""A question of ours that other helpdesks were asked to take: who gets it, how it goes on there, and how it comes back."""

from uuid import uuid4

from helpdesk_bot.actions import asking, relay
from helpdesk_bot.actions.card import refresh_card
from helpdesk_bot.actions.claiming import given_away, put_back
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.dialogs import forget
from helpdesk_bot.actions.federation.messages import say_news
from helpdesk_bot.actions.federation.offering import ASK, EXPIRES, ask_the_next
from helpdesk_bot.actions.federation.people import called
from helpdesk_bot.actions.federation.speaking import name_of
from helpdesk_bot.actions.federation.states import HELPS, move_out, say_anew
from helpdesk_bot.actions.finishing import ask_if_solved, be_patient
from helpdesk_bot.actions.runs.by_technician import step_done
from helpdesk_bot.actions.status import move
from helpdesk_bot.actions.talking import invite
from helpdesk_bot.domain.federation.addresses import address_of
from helpdesk_bot.domain.federation.lending import OUT_TALKS, Out, OutMove, heard_by_origin
from helpdesk_bot.domain.tickets import OPEN, TRANSITIONS, Move, Status
from helpdesk_bot.errors import UserError
from helpdesk_bot.protocol.words import Accept, Decline, Return
from helpdesk_bot.protocol.words import Status as StatusWord
from helpdesk_bot.storage import federation, timers
from helpdesk_bot.storage.models import Lend, Peer, Ticket

_OVER = frozenset({Status.CLOSED, Status.MERGED})
_RATED = "rated"


async def heard_yes(act: Act, lend: Lend, ticket: Ticket, word: Accept | StatusWord) -> None:
    """The first who says yes gets it; everybody else hears that somebody has it."""
    free = ticket.status in OPEN and ticket.assignee in (None, lend.lender)
    what = heard_by_origin(Out(lend.state), word.type, free=free)
    if what is OutMove.WITHDRAW:
        await move_out(act, lend, what, "taken")
    elif what is OutMove.CONFIRM:
        name = await called(act, lend, word.helper)
        before, lend.helper = ticket.assignee, word.helper
        await _in_words(act, ticket)
        await given_away(act, ticket, address_of(lend.ref))
        await forget(act, ticket, ASK)
        await timers.cancel(act.session, ticket.id, EXPIRES)
        act.record(ticket, None, "lent_out", peer=lend.peer)
        await move_out(act, lend, what)
        for other in await federation.offered(act.session, ticket):
            await move_out(act, other, OutMove.WITHDRAW, "taken")
        await say_news(act, lend)
        await act.tell_team(ticket, "federation.confirmed_team", notify=before is not None, name=name)


async def _in_words(act: Act, ticket: Ticket) -> None:
    """A step of a run was written by nobody: what there is to do goes along as the question."""
    if ticket.root_event is None:
        ticket.root_event = f"step:{ticket.id}"
        await relay.keep(
            act,
            ticket,
            event_id=ticket.root_event,
            room_id=ticket.room_id,
            sender=ticket.opened_by,
            direction=relay.QUESTION,
            text=ticket.question,
        )


async def heard_status(act: Act, lend: Lend, ticket: Ticket, word: StatusWord) -> None:
    """How far they are. 'Solved' is what whoever asked decides."""
    if lend.state not in OUT_TALKS or ticket.assignee != address_of(lend.ref):
        return
    if word.helper != lend.helper:
        lend.helper = word.helper
        name = await called(act, lend, word.helper)
        if word.status in ("working", "waiting"):
            await invite(act, ticket, "claim.requester_told", helper=name)
            await act.tell_team(ticket, "federation.other_helper", name=name)
        await refresh_card(act, ticket)
    before, lend.told = lend.told, word.status
    if word.status == "solved" and ticket.status in HELPS - {Status.SOLVED}:
        await _solved(act, lend, ticket)
    elif word.status in ("looking", "working", "waiting") and ticket.status == Status.SOLVED:
        await asking.reopen(act, ticket, address_of(lend.ref))  # they say themselves that it is not
    elif word.status == "waiting" and before != "waiting" and (ticket.status, Move.AWAIT) in TRANSITIONS:
        await move(act, ticket, Move.AWAIT, address_of(lend.ref))
        await be_patient(act, ticket)
        await invite(
            act, ticket, "finish.waiting_for_you", helper=await act.helper_name(ticket, ticket.assignee)
        )
        await refresh_card(act, ticket)


async def _solved(act: Act, lend: Lend, ticket: Ticket) -> None:
    """A step of a run is looked at as the playbook says; what is missing is asked of them. Else whoever asked decides."""
    address = address_of(lend.ref)
    try:
        if await step_done(act, ticket, address):
            return
    except UserError as missing:
        words = act.words(ticket.language, missing.key, **missing.params).body
        await _ask_them(act, ticket, words)
        return
    await ask_if_solved(act, ticket, address)


async def _ask_them(act: Act, ticket: Ticket, words: str) -> None:
    """The helpdesk itself has something to say to whoever helps."""
    message = await relay.keep(
        act,
        ticket,
        event_id=f"asks:{ticket.id}:{uuid4().hex}",
        room_id=ticket.room_id,
        sender=act.setting.bot,
        direction=relay.QUESTION,
        text=words,
    )
    await relay.to_team(act, ticket, message)


async def heard_no(act: Act, lend: Lend, ticket: Ticket, word: Decline | Return) -> None:
    """They can't, or can't any more: it is ours again, with everything that was said."""
    what = heard_by_origin(Out(lend.state), word.type, free=True)
    if what is None:
        return
    before = Out(lend.state)
    await move_out(act, lend, what)
    if before is Out.OFFERED:
        if not await federation.offered(act.session, ticket):
            await ask_the_next(act, ticket, lend.lender)
        return
    await _comes_back(act, lend, ticket, "federation.came_back", "federation.came_back_team")


async def _comes_back(act: Act, lend: Lend, ticket: Ticket, told: str, team: str) -> None:
    """Whoever had it there has it no longer."""
    if ticket.assignee != address_of(lend.ref):
        return
    peer = await act.session.get_one(Peer, lend.peer)
    if ticket.status in (Status.CLAIMED, Status.WAITING):
        await act.tell_team(ticket, team, notify=True, helpdesk=name_of(peer))
        await put_back(act, ticket, None, told=told, helpdesk=name_of(peer))
    else:
        ticket.assignee = None  # whoever opens it again is looked for anew
    await refresh_card(act, ticket)


async def take_back(act: Act, lend: Lend, reason: str) -> None:
    """Ours again, because we say so."""
    ticket = await act.session.get_one(Ticket, lend.ticket_id)
    before = Out(lend.state)
    await move_out(act, lend, OutMove.WITHDRAW, reason)
    if before is not Out.OFFERED:
        await _comes_back(act, lend, ticket, "federation.taken_back", "federation.taken_back_team")


async def follow(act: Act, lend: Lend, ticket: Ticket) -> None:
    """What happened to the question here is told to whoever was asked, or helps."""
    state = Out(lend.state)
    theirs = ticket.assignee == address_of(lend.ref)
    if state is Out.OFFERED and ticket.status not in OPEN:
        await move_out(act, lend, OutMove.WITHDRAW, "solved")
    elif state is Out.OFFERED and ticket.assignee not in (None, lend.lender):
        await move_out(act, lend, OutMove.WITHDRAW, "taken")
    elif state in OUT_TALKS and not theirs:
        await move_out(act, lend, OutMove.WITHDRAW, "taken_back")
    elif state in OUT_TALKS:
        await (_finished if ticket.status in _OVER else _goes_on)(act, lend, ticket)


async def _finished(act: Act, lend: Lend, ticket: Ticket) -> None:
    await say_news(act, lend)
    if lend.state == Out.CONFIRMED:
        await move_out(act, lend, OutMove.CLOSE, _why_closed(ticket))
    elif ticket.rating is not None and lend.told != _RATED:
        lend.told = _RATED
        await say_anew(act, lend)


async def _goes_on(act: Act, lend: Lend, ticket: Ticket) -> None:
    """Also when they think that it is solved, and whoever asked says that it is not: 'confirm' tells them."""
    if lend.state == Out.CLOSED:
        lend.told = None
        await move_out(act, lend, OutMove.REOPEN)
    elif lend.told == "solved" and ticket.status != Status.SOLVED:
        lend.told = None
        await say_anew(act, lend)
    await say_news(act, lend)


def _why_closed(ticket: Ticket) -> str:
    if ticket.status == Status.MERGED:
        return "merged"
    return "confirmed" if ticket.confirmed else "expired"
