import pytest

from helpdesk_bot.matrix.refusals import TRIES, TRIES_OF_PAPERWORK, Refusals
from helpdesk_bot.storage.models import OutboxRow
from helpdesk_bot.storage.outbox import Urgency

ROOM, OTHER = "!room:x.org", "!other:x.org"


def row(number: int, room: str = ROOM, priority: Urgency = Urgency.PERSON) -> OutboxRow:
    return OutboxRow(id=number, room_id=room, priority=int(priority))


def all_pauses(refusals: Refusals, refused: OutboxRow) -> list[float]:
    return list(iter(lambda: refusals.pause(refused), None))


def test_what_is_refused_is_tried_for_minutes() -> None:
    assert tuple(all_pauses(Refusals(), row(1))) == TRIES
    assert sum(TRIES) > 300


@pytest.mark.parametrize("priority", [Urgency.MARK, Urgency.CARD])
def test_marks_and_cards_are_given_up_soon(priority: Urgency) -> None:
    refusals = Refusals()
    assert tuple(all_pauses(refusals, row(1, priority=priority))) == TRIES_OF_PAPERWORK
    assert refusals.pause(row(2)) == TRIES[0], "a room may refuse marks and take what is said"


def test_a_room_that_refuses_for_good_does_not_let_everybody_wait_in_turn() -> None:
    refusals = Refusals()
    all_pauses(refusals, row(1))
    assert refusals.pause(row(2)) is None
    assert refusals.pause(row(3, OTHER)) == TRIES[0]
    refusals.accepted(row(4))
    assert refusals.pause(row(5)) == TRIES[0]


def test_a_row_that_comes_back_begins_anew() -> None:
    refusals = Refusals()
    all_pauses(refusals, row(1))
    refusals.forget(row(1))
    refusals.accepted(row(2))
    assert refusals.pause(row(1)) == TRIES[0]
