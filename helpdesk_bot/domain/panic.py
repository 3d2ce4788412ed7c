"""An emergency: how far it is, and who is called next."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from helpdesk_bot.domain.rota import Duty

COORDINATORS = "coordinators"  # they are called together, when nobody of a rota has come
MOST_OF_A_ROTA = 2  # who is on duty and the one after; then it goes wider
LINK_STANDS = timedelta(days=1)  # so long one can say by it that one comes


class State(StrEnum):
    HELD = "held"  # a coordinator decides whether anybody is called
    CALLING = "calling"
    UNANSWERED = "unanswered"  # everybody was called and nobody has come, yet
    ANSWERED = "answered"
    OVER = "over"  # nobody need come any more


RUNNING = frozenset({State.CALLING, State.UNANSWERED})
UNDECIDED = RUNNING | {State.HELD}


@dataclass(frozen=True, slots=True)
class Next:
    """Who is to be called. `first`: nobody of this rota has been called before; `on_duty`: it is their duty."""

    user_id: str
    rota: str
    first: bool
    on_duty: bool


def next_to_call(
    duties: Sequence[Duty], at: datetime, called: Sequence[tuple[str, str]], never: Collection[str]
) -> Next | None:
    """Rota after rota: who is on duty at this moment, then the next in turn. None when it is up to the coordinators.

    `called`: the rotas and people so far. `never`: who is not called, such as whoever raises the alarm.
    """
    people = {user for _, user in called} | set(never)
    for duty in duties:
        before = [user for rota, user in called if rota == duty.rota.id]
        if len(before) >= MOST_OF_A_ROTA:
            continue
        for user in duty.order(at):
            if user not in people:
                return Next(user, duty.rota.id, first=not before, on_duty=duty.on_duty(at) == user)
    return None
