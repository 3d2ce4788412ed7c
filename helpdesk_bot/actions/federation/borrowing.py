"""A question of another helpdesk comes to us: our team is asked as for a question of its own, and helps once it is confirmed.

Nothing of what was asked is known before that. Whoever claims it hears at once that the other helpdesk still has to say yes.
"""

from helpdesk_bot.actions import asking, routing
from helpdesk_bot.actions.card import refresh_card
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.federation.messages import say_news
from helpdesk_bot.actions.federation.people import called
from helpdesk_bot.actions.federation.speaking import name_of, say, warn
from helpdesk_bot.actions.federation.states import HELPS, how_far, move_in, say_anew
from helpdesk_bot.actions.finishing import gone_home, over_there
from helpdesk_bot.domain.federation.addresses import address_of
from helpdesk_bot.domain.federation.lending import IN_OVER, In, InMove, heard_by_helper
from helpdesk_bot.domain.tickets import OPEN, Priority, Status
from helpdesk_bot.errors import UserError
from helpdesk_bot.protocol.words import Close, Confirm, Decline, Offer, Withdraw
from helpdesk_bot.storage import federation, timers
from helpdesk_bot.storage.models import Lend, Peer, Ticket

LAPSES = "lend_lapses"  # the kind of timer: an offer that nobody here took up and the origin never took back
MOST_OFFERED = 3  # times `most_borrowed`; what a peer asks beyond that at once is declined


async def offered(act: Act, peer: Peer, offer: Offer) -> None:
    """The origin asks us. What it asked before and asks again is the same question."""
    if offer.expires_at <= act.now:
        await say(act, peer, Decline(lend=offer.lend, version=1, reason="expired"))
        return
    most = act.config.federation.most_borrowed
    here = await federation.count_going_on(act.session)
    if here >= most or await federation.count_going_on(act.session, peer.user_id) >= most * MOST_OFFERED:
        await say(act, peer, Decline(lend=offer.lend, version=1, reason="no_room"))
        if here >= most * MOST_OFFERED:
            await warn(act, peer, "federation.asks_too_much")
        return
    await _written_down(act, peer, offer)


async def _written_down(act: Act, peer: Peer, offer: Offer) -> None:
    address = address_of(offer.lend)
    person = await act.person(address)
    person.language = offer.language
    topic = offer.topic if offer.topic in act.topics.ids else None
    about = act.topics.name(topic, None) if topic else act.words(None, "card.topic_unknown")
    ticket = await asking.open_ticket(
        act,
        requester=person,
        room_id=address,
        words=act.words(None, "federation.question_later", helpdesk=name_of(peer)).body,
        language=offer.language,
        stadsdeel=act.layout.only,
        organisation_id=None,
        root_event=None,
        thread=None,
        opened_by=address,
    )
    ticket.subject = act.words(None, "federation.subject", helpdesk=name_of(peer), topic=about).body
    ticket.topic, ticket.topic_said = topic, True
    ticket.priority = Priority(offer.priority)
    lend = Lend(
        ref=offer.lend,
        peer=peer.user_id,
        ours=False,
        ticket_id=ticket.id,
        kind=offer.kind,
        state=In.OFFERED,
        seen=offer.version,
        created_at=act.now,
        expires_at=offer.expires_at,
    )
    act.session.add(lend)
    await act.session.flush()
    await called(act, lend, None)
    await routing.route(act, ticket)
    where = offer.stadsdeel or name_of(peer)
    key = f"federation.asked_{offer.kind}"
    await act.tell_team(ticket, key, helpdesk=name_of(peer), where=where, by=offer.expires_at)
    await timers.set_timer(act.session, LAPSES, ticket.id, offer.expires_at)


async def lapsed(act: Act, ticket: Ticket) -> None:
    """The moment by which the origin wanted to hear has passed, and it has not taken it back: its server is away, perhaps."""
    lend = await federation.lend_at(act.session, ticket.requester)
    if lend is not None and lend.state == In.OFFERED:
        await move_in(act, lend, InMove.DECLINE, "expired")
        await gone_home(act, ticket, "federation.lapsed", helpdesk=await _peer_name(act, lend))


async def heard(act: Act, lend: Lend, ticket: Ticket, word: Confirm | Close | Withdraw) -> None:
    """What the origin decided."""
    what = heard_by_helper(In(lend.state), word.type)
    if what is not None:
        await move_in(act, lend, what)
        await timers.cancel(act.session, ticket.id, LAPSES)
    helpdesk = await _peer_name(act, lend)
    if isinstance(word, Withdraw):
        if what is not None:
            await gone_home(act, ticket, f"federation.withdrawn_{word.reason}", helpdesk=helpdesk)
    elif isinstance(word, Confirm) and lend.state == In.WORKING:
        await _confirmed(act, lend, ticket, word)
    elif isinstance(word, Close) and lend.state == In.CLOSED:
        await over_there(act, ticket, word.rating, helpdesk=helpdesk)


async def _confirmed(act: Act, lend: Lend, ticket: Ticket, word: Confirm) -> None:
    """It is with us, or still: then it was opened again."""
    first = lend.number is None
    lend.number, lend.confirmed_at = word.number, word.confirmed_at
    name = await called(act, lend, word.requester)
    if first:
        ticket.subject = word.subject or ticket.subject
        known = {"helpdesk": await _peer_name(act, lend), "name": name}
        organisation = word.organisation or act.words(None, "card.organisation_unknown")
        await act.tell_team(
            ticket,
            "federation.confirmed_here",
            notify=True,
            organisation=organisation,
            their=word.number,
            **known,
        )
    elif ticket.status not in OPEN:
        await asking.open_again(act, ticket, ticket.requester)
        await act.tell_team(ticket, "finish.reopened_team", notify=True, name=name)
        if ticket.assignee is None:
            await asking.bring_again(act, ticket)
    await refresh_card(act, ticket)
    await say_news(act, lend)


async def give_back(act: Act, ticket: Ticket, who: str) -> str:
    """`!teruggeven`: we can't, or can't any more. Returns whose it is."""
    lend = await federation.lend_at(act.session, ticket.requester)
    if lend is None:
        raise UserError("error.not_borrowed", number=ticket.id)
    if lend.state in IN_OVER or lend.state == In.CLOSED:
        raise UserError("error.lend_is_over", number=ticket.id)
    what = InMove.DECLINE if lend.state == In.OFFERED else InMove.GIVE_BACK
    name = await _peer_name(act, lend)
    await move_in(act, lend, what)
    act.record(ticket, who, "gave_home")
    await gone_home(act, ticket, "federation.gave_back", helpdesk=name)
    return name


async def end(act: Act, lend: Lend) -> None:
    """We have nothing to do with that helpdesk any more."""
    ticket = await act.session.get_one(Ticket, lend.ticket_id)
    if lend.state == In.OFFERED:
        await move_in(act, lend, InMove.DECLINE, "not_here")
    elif lend.state in (In.ACCEPTED, In.WORKING):
        await move_in(act, lend, InMove.GIVE_BACK, "removed")
    else:
        return
    await gone_home(act, ticket, "federation.gave_back", helpdesk=await _peer_name(act, lend))


async def follow(act: Act, lend: Lend, ticket: Ticket) -> None:
    """What our people did with it is told to the origin. Raises UserError for what only the origin can do."""
    state = In(lend.state)
    open_here = ticket.status in OPEN
    if state in IN_OVER or state is In.CLOSED:
        if open_here or ticket.status == Status.MERGED:
            raise UserError("error.lend_is_over", number=ticket.id)
        return
    if ticket.status in (Status.MERGED, Status.CLOSED):
        raise UserError("error.lend_only_there", number=ticket.id)
    if state is not In.WORKING:
        if ticket.status == Status.SOLVED or await _answered(act, lend):
            raise UserError(
                "error.lend_not_confirmed", number=ticket.id, helpdesk=await _peer_name(act, lend)
            )
        if state is In.OFFERED and ticket.status in HELPS:
            await _accept(act, lend, ticket)
        return
    now = f"{how_far(ticket)} {ticket.assignee or ''}"
    if lend.told != now:
        lend.told = now
        await say_anew(act, lend)
    await say_news(act, lend)


async def _accept(act: Act, lend: Lend, ticket: Ticket) -> None:
    lend.told = f"{how_far(ticket)} {ticket.assignee or ''}"
    await move_in(act, lend, InMove.ACCEPT)
    await act.tell_team(ticket, "federation.accepted", helpdesk=await _peer_name(act, lend))


async def _answered(act: Act, lend: Lend) -> bool:
    return await federation.count_sayable(act.session, lend) > 0


async def _peer_name(act: Act, lend: Lend) -> str:
    return name_of(await act.session.get_one(Peer, lend.peer))
