"""A question of ours goes to another helpdesk, if whoever asked agrees: who is asked, who gets it, and how it comes back.

Until somebody there is confirmed it is a question like any here, and anybody of ours can still take it.
"""

from collections.abc import Collection
from datetime import timedelta
from uuid import uuid4

from helpdesk_bot.actions import asking, relay
from helpdesk_bot.actions.card import refresh_card
from helpdesk_bot.actions.claiming import given_away, put_back
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.dialogs import ask, forget
from helpdesk_bot.actions.federation.messages import say_news
from helpdesk_bot.actions.federation.people import called
from helpdesk_bot.actions.federation.speaking import name_of
from helpdesk_bot.actions.federation.states import HELPS, move_out, say_anew
from helpdesk_bot.actions.finishing import ask_if_solved, be_patient
from helpdesk_bot.actions.moving import follow_requester
from helpdesk_bot.actions.runs.by_technician import cannot_be_undone, step_done
from helpdesk_bot.actions.status import move
from helpdesk_bot.actions.talking import invite
from helpdesk_bot.domain.federation.addresses import address_of
from helpdesk_bot.domain.federation.choosing import Able, whom
from helpdesk_bot.domain.federation.lending import OUT_TALKS, Out, OutMove, heard_by_origin
from helpdesk_bot.domain.federation.trust import Trust
from helpdesk_bot.domain.tickets import OPEN, TRANSITIONS, Move, Status
from helpdesk_bot.errors import UserError
from helpdesk_bot.protocol.words import Accept, Decline, Hello, Return
from helpdesk_bot.protocol.words import Status as StatusWord
from helpdesk_bot.storage import federation, panics, queries, runs, timers
from helpdesk_bot.storage.models import Lend, Peer, Ticket

ASK = "lend"  # the kind of dialog: 'may another helpdesk look?'
EXPIRES = "lend_expires"  # the kind of timer
ASKED, REFUSED, OFFERED = "lend_asked", "lend_refused", "lend_offered"  # in the audit trail
QUESTION, STEP, TRAINING = "question", "step", "training"  # what is lent, in the words of the protocol
LATELY = timedelta(days=28)
_OVER = frozenset({Status.CLOSED, Status.MERGED})
_RATED = "rated"


async def peers_for(act: Act, ticket: Ticket, only: str | None = None) -> list[Peer]:
    """Who could take it, the best first; whoever was asked before is not asked again."""
    asked = {lend.peer for lend in await federation.lends_of(act.session, [ticket.id]) if lend.ours}
    record = await federation.asked_of(act.session, act.now - LATELY)
    trusted = {peer.user_id: peer for peer in await federation.peers(act.session, Trust.TRUSTED)}
    able = [
        _able(peer, *record.get(peer.user_id, (0, 0)))
        for peer in trusted.values()
        if peer.trusts and peer.hello is not None and peer.version is not None
    ]
    if only is not None:
        able = [each for each in able if each.peer == only]
    chosen = whom(able, language=ticket.language, topic=ticket.topic, now=act.now, without=asked)
    return [trusted[user_id] for user_id in chosen]


def _able(peer: Peer, asked: int, took: int) -> Able:
    """By what it said of itself last."""
    hello = Hello.model_validate(peer.hello)
    return Able(
        peer.user_id,
        languages=frozenset(hello.languages),
        topics=frozenset(hello.topics),
        room=hello.room,
        heard_at=peer.heard_at or peer.created_at,
        asked=asked,
        answered=took,
    )


async def ask_requester(
    act: Act, ticket: Ticket, peers: Collection[Peer], lender: str | None = None, kind: str = QUESTION
) -> None:
    """Says what would be shared, with whom, and asks whether that is all right. Nothing leaves before."""
    act.record(ticket, lender, ASKED, peers=[peer.user_id for peer in peers], kind=kind)
    names = [name_of(peer) for peer in peers]
    await follow_requester(act, ticket)
    key = "federation.may_we_by_helper" if lender is not None else "federation.may_we"
    if kind == TRAINING:
        key = "federation.may_we_trainer"
    helper = await act.helper_name(ticket, lender) if lender is not None else ""
    said = await invite(act, ticket, key, "federation.what_is_shared", helpdesks=names, helper=helper)
    await forget(act, ticket, ASK)
    await ask(act, ticket, ASK, said)
    await act.tell_team(ticket, "federation.requester_asked", helpdesks=names)


async def agreed(act: Act, ticket: Ticket) -> None:
    """Whoever asked says yes."""
    await forget(act, ticket, ASK)
    asked = await queries.last_happened(act.session, ticket.id, ASKED)
    lender = asked.actor if asked is not None else None
    named = asked.detail.get("peers", []) if asked is not None else []
    peers = [peer for peer in await peers_for(act, ticket) if lender is None or peer.user_id in named]
    if ticket.status not in OPEN or (ticket.assignee is not None and ticket.assignee != lender):
        await act.tell_requester(ticket, "federation.not_needed", notify=False)
    elif not peers:
        await act.tell_requester(ticket, "federation.nobody_now")
        await act.tell_team(ticket, "federation.nobody_now_team")
    else:
        await offer(act, ticket, peers, lender, await _kind_of(act, ticket))
        by = act.now + act.config.federation.answer_within
        names = [name_of(peer) for peer in peers]
        await act.tell_requester(ticket, "federation.asking_them", helpdesks=names, by=by)
        await act.tell_team(ticket, "federation.offered_team", helpdesks=names, by=by)


async def refused(act: Act, ticket: Ticket) -> None:
    """Whoever asked says no: it stays here."""
    await forget(act, ticket, ASK)
    act.record(ticket, ticket.requester, REFUSED)
    await act.tell_requester(ticket, "federation.stays_here")
    await act.tell_team(ticket, "federation.refused_team")


async def _kind_of(act: Act, ticket: Ticket) -> str:
    """A step of a run, a trainer who is looked for, or a question like any."""
    asked = await queries.last_happened(act.session, ticket.id, ASKED)
    if asked is not None and asked.detail.get("kind") == TRAINING:
        return TRAINING
    tied = await runs.of_ticket(act.session, ticket.id)
    return STEP if tied is not None and tied.does else QUESTION


async def offer(act: Act, ticket: Ticket, peers: Collection[Peer], lender: str | None, kind: str) -> None:
    """Asks these helpdesks, with nothing but what they need to know to decide."""
    expires = act.now + act.config.federation.answer_within
    for peer in peers:
        lend = Lend(
            ref=uuid4().hex,
            peer=peer.user_id,
            ours=True,
            ticket_id=ticket.id,
            kind=kind,
            state=Out.OFFERED,
            lender=lender,
            created_at=act.now,
            expires_at=expires,
        )
        act.session.add(lend)
        await act.session.flush()
        await say_anew(act, lend)
    act.record(ticket, lender, OFFERED, peers=[peer.user_id for peer in peers])
    await timers.set_timer(act.session, EXPIRES, ticket.id, expires)


async def expired(act: Act, ticket: Ticket) -> None:
    """Nobody said yes in time: the next ones are asked, and when there are none it is back for good."""
    lends = await federation.offered(act.session, ticket)
    if lends:
        await _nobody(act, ticket, lends, "expired")


async def _nobody(act: Act, ticket: Ticket, lends: Collection[Lend], reason: str) -> None:
    lender = next((lend.lender for lend in lends), None)
    for lend in lends:
        await move_out(act, lend, OutMove.WITHDRAW, reason)
    await _ask_the_next(act, ticket, lender)


async def _ask_the_next(act: Act, ticket: Ticket, lender: str | None) -> None:
    """When all who were asked have said no, or nothing."""
    if ticket.status not in OPEN or ticket.assignee not in (None, lender):
        return
    if await federation.offered(act.session, ticket):
        return
    await timers.cancel(act.session, ticket.id, EXPIRES)
    peers = await peers_for(act, ticket)
    if peers and lender is None:
        await offer(act, ticket, peers, None, await _kind_of(act, ticket))
        await act.tell_team(ticket, "federation.offered_next", helpdesks=[name_of(peer) for peer in peers])
        return
    await act.tell_requester(ticket, "federation.nobody_could")
    await act.tell_team(ticket, "federation.nobody_could_team", notify=True)
    if lender is None:
        await act.tell_coordinators("federation.nobody_could_coordinators", number=ticket.id)


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
            await _ask_the_next(act, ticket, lend.lender)
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


async def lend_on_purpose(
    act: Act, ticket: Ticket, who: str, peer: Peer | None, kind: str = QUESTION
) -> list[Peer]:
    """`!leen`: whoever has it, or anybody of the team while nobody has, wants another helpdesk to go on. Returns who would be
    asked. Raises UserError when that can't be."""
    if ticket.status not in OPEN:
        raise UserError("error.not_now", number=ticket.id, status_key=f"status.word.{ticket.status}")
    if ticket.assignee not in (None, who):
        raise UserError("claim.not_yours", number=ticket.id)
    if await federation.offered(act.session, ticket):
        raise UserError("error.lend_offered", number=ticket.id)
    if await cannot_be_undone(act, ticket):
        raise UserError("error.lend_irreversible", number=ticket.id)
    peers = await peers_for(act, ticket, peer.user_id if peer is not None else None)
    if not peers:
        raise UserError("error.lend_nobody", number=ticket.id)
    await ask_requester(act, ticket, peers, who, kind)
    return peers


async def look_for_stuck(act: Act) -> None:
    """Questions that nobody of ours can take: whoever asked is offered that another helpdesk looks, once."""
    if not act.config.federation.offer or not await federation.peers(act.session, Trust.TRUSTED):
        return
    for ticket in await federation.stuck(act.session, act.now):
        if await panics.call_in_turn(act.session, ticket.id) or await queries.last_happened(
            act.session, ticket.id, ASKED
        ):
            continue
        peers = await peers_for(act, ticket)
        if peers:
            await ask_requester(act, ticket, peers)
