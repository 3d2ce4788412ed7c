"""All that can happen to a lent question: whatever people do on both sides, with words that come late, twice, in another order or
never, and with a backup put back. And a rule that is wrong is found out, with the steps that lead to what is wrong."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from helpdesk_bot.domain.federation import comparing, lending
from helpdesk_bot.domain.federation.comparing import Again, Known, compare
from helpdesk_bot.domain.federation.lending import HELPER, ORIGIN, OutMove
from tests.domain.federation import world
from tests.domain.federation.exploring import Found, explore
from tests.domain.federation.happening import Bounds
from tests.domain.federation.world import Said, Side, Ticket


@pytest.mark.parametrize(
    ("bounds", "worlds"),
    [
        (Bounds(moves=5, put_back=True), 20_000),
        (Bounds(moves=4, put_back=True, old_comparisons=True), 10_000),
        (Bounds(moves=7, peers=2), 3_000),
        (Bounds(moves=5, peers=2, old_comparisons=True), 1_000),
        (Bounds(moves=7, tickets=2), 4_000),
    ],
    ids=[
        "put back",
        "put back, old comparisons",
        "two helpers",
        "two helpers, old comparisons",
        "two questions",
    ],
)
def test_whatever_happens_nothing_is_lost_and_in_the_end_both_mean_the_same(
    bounds: Bounds, worlds: int
) -> None:
    """`worlds`: at least so many, each of which stands for all that differ in nothing that matters."""
    found = explore(bounds)
    assert (found.wrong, found.trace) == (None, ())
    assert found.worlds >= worlds


def test_nothing_gets_a_new_version_by_comparing_unless_somebody_was_put_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    versions = set()

    def noting(mine: Known, theirs: Known) -> Again:
        again = compare(mine, theirs)
        versions.add(again.version - mine.version)
        return again

    monkeypatch.setattr(comparing, "compare", noting)
    explore(Bounds(moves=5, peers=2))
    assert versions == {0}


# --- It is noticed when a rule is wrong.


def first_wrong() -> Found:
    """The least that shows it."""
    for bounds in (Bounds(moves=4, peers=2), Bounds(moves=5, put_back=True)):
        found = explore(bounds)
        if found.wrong is not None:
            break
    return found


def whoever_says_yes_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when the others who were asked were not told: either of the two rules alone is enough."""
    right = lending.heard_by_origin
    monkeypatch.setattr(
        lending, "heard_by_origin", lambda state, word, *, free: right(state, word, free=True)
    )
    monkeypatch.setattr(world, "taken", lambda ticket, has: Ticket(has, ticket.lends))


def whatever_comes_is_news(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(side: Side, said: Said) -> Side:
        return Side(side.state, side.version, max(side.seen, said.version))

    monkeypatch.setattr(world, "hears", wrong)


def whoever_was_put_back_counts_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(mine: Known, theirs: Known) -> Again:
        return replace(compare(mine, theirs), version=mine.version)

    monkeypatch.setattr(comparing, "compare", wrong)


def nothing_is_said_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(mine: Known, theirs: Known) -> Again:
        return compare(mine, theirs) if mine.version != theirs.seen else Again(False, mine.version, None, 0)

    monkeypatch.setattr(comparing, "compare", wrong)


def nothing_is_said_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        comparing, "compare", lambda mine, theirs: replace(compare(mine, theirs), state=False)
    )


def whoever_is_not_understood_talks_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "_changes", lambda word, theirs: True)


def a_forgotten_yes_stays_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(lending.HEARD_BY_ORIGIN, "status")


@pytest.mark.parametrize(
    ("mistake", "wrong", "last_step"),
    [
        (whoever_says_yes_gets_it, "two helpdesks were confirmed", "accept at the helper"),
        (
            whatever_comes_is_news,
            "both heard the newest: the origin means closed, and the helper working",
            "confirm 2 comes to the helper",
        ),
        (
            whoever_was_put_back_counts_on,
            "in the end the origin means nothing, and the helper offered",
            "it is put back",
        ),
        (
            nothing_is_said_anew,
            "in the end the origin means nothing, and the helper offered",
            "it is put back",
        ),
        (
            nothing_is_said_again,
            "in the end the origin means offered, and the helper nothing",
            "offered to helper 0",
        ),
        (whoever_is_not_understood_talks_on, "comparing does not end", "offered to helper 0"),
        (
            a_forgotten_yes_stays_forgotten,
            "in the end the origin means offered, and the helper working",
            "confirm 2 comes to the helper",
        ),
    ],
)
def test_a_mistake_in_a_rule_is_found_with_the_steps_to_it(
    mistake: Callable[[pytest.MonkeyPatch], None],
    wrong: str,
    last_step: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mistake(monkeypatch)
    found = first_wrong()
    assert found.wrong == f"Wrong: {wrong}"
    assert found.trace[-1].endswith(last_step), found.trace


WORDS_MAKE = lending.IN_FOLLOWS | lending.OUT_FOLLOWS | {OutMove.CONFIRM}


@pytest.mark.parametrize(
    ("table", "state", "move"),
    [
        pytest.param(table, state, move, id=f"{side}-{state}-{move}")
        for side, table in (("origin", ORIGIN), ("helper", HELPER))
        for state, move in table
        if move in WORDS_MAKE
    ],
)
def test_none_of_the_moves_that_a_word_makes_is_there_for_nothing(
    table: dict[Any, Any], state: object, move: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(table, (state, move))
    assert first_wrong().wrong is not None
