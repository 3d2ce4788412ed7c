"""The life of a ticket: the table is complete, closed, and nothing is stuck."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk_bot.domain.moves import NotPossible
from helpdesk_bot.domain.tickets import (
    FINISHED,
    OPEN,
    SUBJECT_LENGTH,
    TRANSITIONS,
    Move,
    Status,
    after,
    subject_of,
)

S, M = Status, Move


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("move", Move)
def test_every_pair_leads_somewhere_or_says_no(status: Status, move: Move) -> None:
    if (status, move) in TRANSITIONS:
        assert after(status, move) in Status
    else:
        with pytest.raises(NotPossible) as refused:
            after(status, move)
        assert (refused.value.state, refused.value.move) == (status, move)


@given(st.lists(st.sampled_from(Move)))
def test_no_way_leads_out_of_the_table(moves: list[Move]) -> None:
    status = S.NEW
    for move in moves:
        if (status, move) in TRANSITIONS:
            status = after(status, move)
        assert status in Status


def reachable(start: Status) -> set[Status]:
    found, todo = {start}, [start]
    while todo:
        here = todo.pop()
        for (status, _), to in TRANSITIONS.items():
            if status == here and to not in found:
                found.add(to)
                todo.append(to)
    return found


def test_every_status_can_be_reached() -> None:
    assert reachable(S.NEW) == set(Status)


@pytest.mark.parametrize("status", sorted(set(Status) - {S.MERGED}))
def test_everything_can_still_end(status: Status) -> None:
    assert S.CLOSED in reachable(status)


def test_nothing_comes_back_from_a_merge() -> None:
    assert not [move for status, move in TRANSITIONS if status == S.MERGED]


def test_every_move_is_possible_somewhere() -> None:
    assert {move for _, move in TRANSITIONS} == set(Move)


def test_every_status_is_open_finished_or_merged() -> None:
    assert OPEN | FINISHED | {S.MERGED} == set(Status)
    assert not OPEN & FINISHED


@pytest.mark.parametrize("status", sorted(OPEN))
@pytest.mark.parametrize("move", [M.REQUESTER_WROTE, M.CONFIRM, M.SOLVE, M.MERGE])
def test_while_it_is_open_these_always_work(status: Status, move: Move) -> None:
    after(status, move)


@pytest.mark.parametrize("status", sorted(FINISHED))
def test_a_finished_one_can_be_opened_again(status: Status) -> None:
    assert (after(status, M.REOPEN), after(status, M.REQUEUE)) == (S.CLAIMED, S.NEW)


@pytest.mark.parametrize("status", sorted(set(Status) - {S.NEW}))
def test_only_what_nobody_has_can_be_claimed(status: Status) -> None:
    with pytest.raises(NotPossible):
        after(status, M.CLAIM)


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("Mijn printer is stuk", "Mijn printer is stuk"),
        ("Hallo,\n\nOnze agenda is leeg\nen nu?", "Hallo, Onze agenda is leeg"),
        ("Vraag: hoe deel ik een map?", "hoe deel ik een map?"),
        ("vraag:", "vraag:"),
        ("\n \n", ""),
    ],
)
def test_the_subject(question: str, subject: str) -> None:
    assert subject_of(question) == subject


@given(st.text())
def test_a_subject_is_one_short_line(question: str) -> None:
    subject = subject_of(question)
    assert len(subject) <= SUBJECT_LENGTH
    assert len(subject.splitlines()) <= 1
