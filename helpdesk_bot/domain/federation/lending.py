"""The life of a question that is lent, on both sides: two tables of moves, and nothing else changes a state.

The origin is the helpdesk where somebody asked, the helper the one that may take it over. The origin decides: of all whom it
asked, it confirms one. Each side tells the other its own state with a version that only grows; what is not newer than what
was heard is not looked at, so every message may come late, twice or in another order, or be lost and told again.
"""

from enum import StrEnum

from helpdesk_bot.domain.moves import follows


class Out(StrEnum):
    """At the origin."""

    OFFERED = "offered"  # the peer was asked
    CONFIRMED = "confirmed"  # the peer helps, and nobody else
    CLOSED = "closed"  # the question is finished; whoever asked may open it again
    WITHDRAWN = "withdrawn"  # somebody else has it, or it was taken back
    DECLINED = "declined"  # the peer said no
    RETURNED = "returned"  # the peer gave it back


class OutMove(StrEnum):
    CONFIRM = "confirm"  # the peer said yes first
    WITHDRAW = "withdraw"
    CLOSE = "close"
    REOPEN = "reopen"
    HEAR_NO = "hear_no"
    HEAR_BACK = "hear_back"  # the peer gives it back


class In(StrEnum):
    """At the helper."""

    OFFERED = "offered"  # the team reads that it is asked
    ACCEPTED = "accepted"  # somebody here said yes, and waits for the origin
    WORKING = "working"  # the origin confirmed
    CLOSED = "closed"
    DECLINED = "declined"
    RETURNED = "returned"
    ENDED = "ended"  # the origin withdrew it


class InMove(StrEnum):
    ACCEPT = "accept"
    DECLINE = "decline"
    GIVE_BACK = "give_back"
    HEAR_CONFIRM = "hear_confirm"
    HEAR_CLOSE = "hear_close"
    HEAR_WITHDRAW = "hear_withdraw"


OM = OutMove
ORIGIN: dict[tuple[Out, OutMove], Out] = {
    (Out.OFFERED, OM.CONFIRM): Out.CONFIRMED,
    (Out.OFFERED, OM.WITHDRAW): Out.WITHDRAWN,
    (Out.OFFERED, OM.HEAR_NO): Out.DECLINED,
    (Out.OFFERED, OM.HEAR_BACK): Out.RETURNED,
    (Out.CONFIRMED, OM.WITHDRAW): Out.WITHDRAWN,
    (Out.CONFIRMED, OM.CLOSE): Out.CLOSED,
    # After a yes: a helper whose database was put back is asked anew, and may say no.
    (Out.CONFIRMED, OM.HEAR_NO): Out.DECLINED,
    (Out.CONFIRMED, OM.HEAR_BACK): Out.RETURNED,
    (Out.CLOSED, OM.REOPEN): Out.CONFIRMED,
    (Out.CLOSED, OM.WITHDRAW): Out.WITHDRAWN,
    (Out.CLOSED, OM.HEAR_NO): Out.DECLINED,
    (Out.CLOSED, OM.HEAR_BACK): Out.RETURNED,
}

IM = InMove
HELPER: dict[tuple[In, InMove], In] = {
    (In.OFFERED, IM.ACCEPT): In.ACCEPTED,
    (In.OFFERED, IM.DECLINE): In.DECLINED,
    # Without having said yes: a helper whose database was put back forgot that it did.
    (In.OFFERED, IM.HEAR_CONFIRM): In.WORKING,
    (In.OFFERED, IM.HEAR_CLOSE): In.CLOSED,
    (In.OFFERED, IM.HEAR_WITHDRAW): In.ENDED,
    (In.ACCEPTED, IM.GIVE_BACK): In.RETURNED,
    (In.ACCEPTED, IM.HEAR_CONFIRM): In.WORKING,
    (In.ACCEPTED, IM.HEAR_CLOSE): In.CLOSED,
    (In.ACCEPTED, IM.HEAR_WITHDRAW): In.ENDED,
    (In.WORKING, IM.GIVE_BACK): In.RETURNED,
    (In.WORKING, IM.HEAR_CLOSE): In.CLOSED,
    (In.WORKING, IM.HEAR_WITHDRAW): In.ENDED,
    (In.CLOSED, IM.HEAR_CONFIRM): In.WORKING,
    (In.CLOSED, IM.HEAR_WITHDRAW): In.ENDED,
}

# Moves that only follow the other side, who need not be told of them.
OUT_FOLLOWS = frozenset({OM.HEAR_NO, OM.HEAR_BACK})
IN_FOLLOWS = frozenset({IM.HEAR_CONFIRM, IM.HEAR_CLOSE, IM.HEAR_WITHDRAW})
# What a side says of the state that any other move brings it to. One that it came to by following is said when comparing shows
# that the two don't mean the same any more.
SAID_BY_ORIGIN: dict[Out, str] = {
    Out.OFFERED: "offer",
    Out.CONFIRMED: "confirm",
    Out.CLOSED: "close",
    Out.WITHDRAWN: "withdraw",
    Out.DECLINED: "withdraw",
    Out.RETURNED: "withdraw",
}
SAID_BY_HELPER: dict[In, str] = {  # offered: it has nothing to say yet
    In.ACCEPTED: "accept",
    In.WORKING: "status",
    In.CLOSED: "status",
    In.DECLINED: "decline",
    In.RETURNED: "return",
    In.ENDED: "return",
}


def word_of(state: Out | In) -> str | None:
    """None for a state that there is nothing to say of."""
    # By its side: a state of the origin and one of the helper that have the same name are equal as texts.
    return SAID_BY_ORIGIN[state] if isinstance(state, Out) else SAID_BY_HELPER.get(state)


# What a side does when it hears a word, where the table has that move; where it has none the word changes nothing.
HEARD_BY_ORIGIN: dict[str, OutMove] = {
    "accept": OM.CONFIRM,  # WITHDRAW when somebody else was first
    "status": OM.CONFIRM,  # to an origin that was put back, and forgot that it confirmed
    "decline": OM.HEAR_NO,
    "return": OM.HEAR_BACK,
}
HEARD_BY_HELPER: dict[str, InMove] = {
    "confirm": IM.HEAR_CONFIRM,
    "close": IM.HEAR_CLOSE,
    "withdraw": IM.HEAR_WITHDRAW,
}

OUT_OVER = frozenset({Out.WITHDRAWN, Out.DECLINED, Out.RETURNED})
IN_OVER = frozenset({In.DECLINED, In.RETURNED, In.ENDED})
# In these what is said goes to the other side, and what the other side says is passed on.
OUT_TALKS = frozenset({Out.CONFIRMED, Out.CLOSED})
IN_TALKS = frozenset({In.WORKING, In.CLOSED})


def after_out(state: Out, move: OutMove) -> Out:
    """The origin's next state. Raises NotPossible when the table has no such move."""
    return follows(ORIGIN, state, move)


def after_in(state: In, move: InMove) -> In:
    """The helper's next state. Raises NotPossible when the table has no such move."""
    return follows(HELPER, state, move)


def heard_by_origin(state: Out, word: str, *, free: bool) -> OutMove | None:
    """The move that a peer's word makes; None for one that changes nothing any more. `free`: nobody has the question."""
    move = HEARD_BY_ORIGIN.get(word)
    if move is OM.CONFIRM and not free:
        move = OM.WITHDRAW
    if move in (OM.CONFIRM, OM.WITHDRAW) and state is not Out.OFFERED:
        return None  # answered before; whatever that was is told again when it is asked for
    return move if move is not None and (state, move) in ORIGIN else None


def heard_by_helper(state: In, word: str) -> InMove | None:
    """The same for the word of the origin."""
    move = HEARD_BY_HELPER.get(word)
    return move if move is not None and (state, move) in HELPER else None


def agree(out: Out, in_: In) -> bool:
    """Whether both sides mean the same, once all that was said has arrived."""
    if out in OUT_OVER or in_ in IN_OVER:
        return out in OUT_OVER and in_ in IN_OVER
    return (out, in_) in {(Out.OFFERED, In.OFFERED), (Out.CONFIRMED, In.WORKING), (Out.CLOSED, In.CLOSED)}
