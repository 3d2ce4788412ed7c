import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk_bot.domain.vouchers import Pot, nearly_used, share

POTS = st.lists(
    st.builds(Pot, st.integers(1, 9), st.integers(-60, 600), st.booleans()),
    max_size=4,
    unique_by=lambda pot: pot.id,
)


@pytest.mark.parametrize(
    ("minutes", "pots", "taken", "too_much"),
    [
        (60, [Pot(1, 100)], [(1, 60)], 0),
        (60, [Pot(1, 60)], [(1, 60)], 0),
        (60, [Pot(1, 20), Pot(2, 100)], [(1, 20), (2, 40)], 0),
        (60, [Pot(1, 20), Pot(2, 10)], [(1, 20), (2, 10)], 30),
        (60, [Pot(1, 0)], [], 60),
        (60, [Pot(1, -30)], [], 60),
        (60, [], [], 60),
        (60, [Pot(1, 0, open_ended=True)], [(1, 60)], 0),
        (60, [Pot(1, 20, open_ended=True), Pot(2, 10)], [(1, 50), (2, 10)], 0),
    ],
)
def test_share(minutes: int, pots: list[Pot], taken: list[tuple[int, int]], too_much: int) -> None:
    assert share(minutes, pots) == (taken, too_much)


@given(st.integers(1, 2000), POTS)
def test_nothing_is_lost_and_nothing_is_overdrawn(minutes: int, pots: list[Pot]) -> None:
    taken, too_much = share(minutes, pots)
    assert sum(part for _, part in taken) + too_much == minutes
    assert all(part > 0 for _, part in taken)
    for pot in pots:
        if not pot.open_ended:
            assert dict(taken).get(pot.id, 0) <= max(pot.left, 0)
    if too_much:
        assert not any(pot.open_ended for pot in pots)
        assert all(dict(taken).get(pot.id, 0) == max(pot.left, 0) for pot in pots)


@pytest.mark.parametrize(("used", "so"), [(479, False), (480, True), (600, True), (700, True)])
def test_nearly_used(used: int, so: bool) -> None:
    assert nearly_used(600, used) is so
