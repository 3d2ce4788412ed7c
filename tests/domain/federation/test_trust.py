"""Who trusts whom, and the number that people compare."""

import pytest

from helpdesk_bot.domain.federation.trust import MOVES, SPEAKS, Trust, TrustMove, after, number_of_two

OURS, THEIRS = ("@helpdesk:noord.nl", "keyA"), ("@helpdesk:west.nl", "keyB")


def test_both_sides_read_the_same_number() -> None:
    assert number_of_two(OURS, THEIRS) == number_of_two(THEIRS, OURS)
    groups = number_of_two(OURS, THEIRS).split()
    assert [len(group) for group in groups] == [5] * 6
    assert all(group.isdecimal() for group in groups)


@pytest.mark.parametrize(
    "other", [("@helpdesk:west.nl", "keyC"), ("@heIpdesk:west.nl", "keyB"), ("@helpdesk:west.n", "lkeyB")]
)
def test_another_key_or_a_look_alike_has_another_number(other: tuple[str, str]) -> None:
    assert number_of_two(OURS, other) != number_of_two(OURS, THEIRS)


def test_nobody_is_trusted_whom_no_person_compared() -> None:
    trusting = {move for (_, move), state in MOVES.items() if state is Trust.TRUSTED}
    assert trusting == {TrustMove.COMPARE}
    before = {state for (state, move) in MOVES if move is TrustMove.COMPARE}
    assert before == {Trust.ADDED, Trust.SUSPENDED}


@pytest.mark.parametrize("state", list(Trust))
def test_from_anywhere_a_peer_can_be_blocked_or_is(state: Trust) -> None:
    assert state is Trust.BLOCKED or after(state, TrustMove.BLOCK) is Trust.BLOCKED


def test_whoever_only_asks_is_not_spoken_to() -> None:
    assert Trust.ASKING not in SPEAKS
    assert after(Trust.BLOCKED, TrustMove.ASK) is None
