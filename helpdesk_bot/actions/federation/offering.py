"""Nobody of ours can take a question, or somebody wants another helpdesk to: whoever asked is asked first, and then those helpdesks.

Until somebody there is confirmed it is a question like any here, and anybody of ours can still take it.
"""

from collections.abc import Collection
from datetime import timedelta
from uuid import uuid4

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.dialogs import ask, forget
from helpdesk_bot.actions.federation.speaking import name_of
from helpdesk_bot.actions.federation.states import move_out, say_anew
from helpdesk_bot.actions.moving import follow_requester
from helpdesk_bot.actions.runs.by_technician import cannot_be_undone
from helpdesk_bot.actions.talking import invite
from helpdesk_bot.domain.federation.choosing import Able, whom
from helpdesk_bot.domain.federation.lending import Out, OutMove
from helpdesk_bot.domain.federation.trust import Trust
from helpdesk_bot.domain.tickets import OPEN
from helpdesk_bot.errors import UserError
from helpdesk_bot.protocol.words import Hello
from helpdesk_bot.storage import federation, panics, queries, runs, timers
from helpdesk_bot.storage.models import Lend, Peer, Ticket

ASK = "lend"  # the kind of dialog: 'may another helpdesk look?'
EXPIRES = "lend_expires"  # the kind of timer
ASKED, REFUSED, OFFERED = "lend_asked", "lend_refused", "lend_offered"  # in the audit trail
QUESTION, STEP, TRAINING = "question", "step", "training"  # what is lent, in the words of the protocol
LATELY = timedelta(days=28)


async def peers_for(act: Act, ticket: Ticket, only: str | None = None) -> list[Peer]:
    """Who could take it, the best first; whoever was asked before is not asked again, unless it is the `only` one."""
    before = await federation.lends_of(act.session, [ticket.id]) if only is None else []
    asked = {lend.peer for lend in before if lend.ours}
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
    if asked is None or lender is None:
        peers = await peers_for(act, ticket)
    else:  # those whom the helper chose, also when they were asked before
        peers = [peer for chosen in asked.detail["peers"] for peer in await peers_for(act, ticket, chosen)]
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
    await ask_the_next(act, ticket, lender)


async def ask_the_next(act: Act, ticket: Ticket, lender: str | None) -> None:
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


async def on_purpose(
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
