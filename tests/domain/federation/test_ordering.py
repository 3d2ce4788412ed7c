"""The order of what is said about a lent question."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk_bot.domain.federation.comparing import Known, compare
from helpdesk_bot.domain.federation.lending import In, Out
from helpdesk_bot.domain.federation.ordering import FURTHEST, Arrival, arrives

Word = tuple[int, str]  # place and id
COMES = st.lists(
    st.integers(min_value=0, max_value=39), max_size=120
)  # which of the words; the same one may come again


@dataclass
class Listener:
    heard: int = 0
    held: dict[int, list[Word]] = field(default_factory=dict)
    taken: list[Word] = field(default_factory=list)

    def hears(self, word: Word) -> None:
        n, _ = word
        known = word in self.taken or word in self.held.get(n, [])
        arrival = arrives(n, heard=self.heard, held=self.held, known=known)
        if arrival.holds:
            self.held.setdefault(n, []).append(word)
        for place in arrival.takes:
            self.taken += [word] if place == n else []
            self.taken += self.held.pop(place, [])
            self.heard = max(self.heard, place)

    def catches_up(self, said: list[Word]) -> None:
        """The two compare, and what is said again arrives."""
        mine = Known(Out.CONFIRMED, version=1, seen=1, said=len(said))
        theirs = Known(In.WORKING, version=1, seen=1, heard=self.heard)
        first = compare(mine, theirs).messages_from
        for word in said[first - 1 :] if first is not None else []:
            self.hears(word)


def spoken(life: str, first: int, last: int) -> list[Word]:
    return [(n, f"{life}{n}") for n in range(first, last + 1)]


@given(COMES, st.integers(min_value=1, max_value=40))
def test_each_is_taken_once_and_in_order_whatever_comes_first_twice_or_never(
    comes: list[int], last: int
) -> None:
    said, listener = spoken("a", 1, last), Listener()
    for at in comes:
        listener.hears(said[at % last])
        assert listener.taken == said[: listener.heard]
    listener.catches_up(said)
    assert listener.taken == said
    assert not listener.held


@given(COMES, st.integers(min_value=0, max_value=20), st.integers(min_value=1, max_value=20))
def test_what_a_sender_says_after_it_was_put_back_is_taken_too_and_once(
    comes: list[int], backup: int, more: int
) -> None:
    """Though it gives places out for the second time: some are taken by what was said before, some are held."""
    before, after = spoken("a", 1, 20), spoken("b", backup + 1, backup + more)
    words, listener = before + after, Listener()
    for at in comes:
        listener.hears(words[at % len(words)])
    for word in words:
        listener.hears(word)
    assert sorted(listener.taken) == sorted(words)
    assert [word for word in listener.taken if word in before[:backup]] == before[:backup]


@given(COMES, COMES, st.integers(min_value=1, max_value=40))
def test_a_listener_that_was_put_back_hears_again_what_it_forgot(
    first: list[int], then: list[int], last: int
) -> None:
    said, listener = spoken("a", 1, last), Listener()
    for at in first:
        listener.hears(said[at % last])
    back = Listener(
        listener.heard, {n: list(held) for n, held in listener.held.items()}, list(listener.taken)
    )
    for at in then:
        listener.hears(said[at % last])
    back.catches_up(said)
    assert back.taken == said


@pytest.mark.parametrize(
    ("n", "arrival"),
    [
        (4, Arrival(takes=range(4, 5))),
        (6, Arrival(holds=True)),
        (3 + FURTHEST, Arrival(holds=True)),
        (4 + FURTHEST, Arrival()),
    ],
)
def test_only_so_many_are_kept_for_later(n: int, arrival: Arrival) -> None:
    assert arrives(n, heard=3, held=set(), known=False) == arrival


def test_what_was_missing_brings_those_behind_it() -> None:
    assert arrives(4, heard=3, held={5, 6, 8}, known=False) == Arrival(takes=range(4, 7))
    assert arrives(5, heard=3, held={5, 6, 8}, known=True) == Arrival()


def test_more_than_can_be_kept_come_by_comparing() -> None:
    said, listener = spoken("a", 1, 3 * FURTHEST), Listener()
    for word in reversed(said[1:]):
        listener.hears(word)
    assert listener.taken == []
    assert len(listener.held) == FURTHEST - 1
    listener.catches_up(said)
    assert listener.taken == said
