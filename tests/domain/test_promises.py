"""A promise is decided once, and an old decision does not change."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from helpdesk_bot.domain.lives import Life, Step
from helpdesk_bot.domain.promises import Decision, Promise, decision
from helpdesk_bot.domain.week_counts import count_weeks

ASKED = datetime(2026, 11, 2, 9, tzinfo=UTC)


def at(hours: float) -> datetime:
    return ASKED + timedelta(hours=hours)


def life(*steps: tuple[float, str], **facts: float) -> Life:
    return Life(
        1,
        "@fatima:test",
        ASKED,
        tuple(Step(at(hours), what, "@sanne:test") for hours, what in steps),
        **{name: at(hours) for name, hours in facts.items()},  # type: ignore[arg-type]
    )


def test_in_time_counts_when_it_was_done_and_late_when_it_was_due() -> None:
    assert decision(life(claim_due=4, claimed_at=3), Promise.CLAIM) == Decision(at(3), met=True)
    assert decision(life(claim_due=4, claimed_at=9), Promise.CLAIM) == Decision(at(4), met=False)
    assert decision(life(claim_due=4), Promise.CLAIM) == Decision(at(4), met=False)
    assert decision(life(claimed_at=4), Promise.CLAIM) is None


def test_who_solves_at_once_has_also_claimed_and_answered() -> None:
    told = life((1, "solve"), claim_due=4, answer_due=4, solve_due=4)
    assert {promise: decision(told, promise) for promise in Promise} == dict.fromkeys(
        Promise, Decision(at(1), met=True)
    )


def test_opened_again_it_was_still_solved_in_time() -> None:
    told = life((1, "solve"), (2, "reopen"), (30, "solve"), solve_due=4)
    assert decision(told, Promise.SOLVE) == Decision(at(1), met=True)


def test_what_was_too_late_stays_too_late_when_it_is_promised_anew() -> None:
    again = Step(at(11), "reopen", "@fatima:test", due=at(4))
    told = Life(1, "@fatima:test", ASKED, (Step(at(9), "solve"), again), solve_due=at(50))
    assert decision(told, Promise.SOLVE) == Decision(at(4), met=False)


def test_nobody_misses_what_stands_still_or_became_part_of_another() -> None:
    assert decision(life(solve_due=9, rests=4), Promise.SOLVE) is None
    assert decision(life(solve_due=9, rests=10), Promise.SOLVE) == Decision(at(9), met=False)
    assert decision(life((3, "merge"), claim_due=9), Promise.CLAIM) is None


@given(st.none() | st.integers(0, 60), st.none() | st.integers(0, 60), st.integers(0, 80))
def test_a_promise_runs_until_it_is_decided(due: int | None, claimed: int | None, moment: int) -> None:
    facts = {name: v for name, v in {"claim_due": due, "claimed_at": claimed}.items() if v is not None}
    told = life(**facts)
    decided = decision(told, Promise.CLAIM)
    [counts] = count_weeks([told], [at(-1), at(moment)]) if moment > -1 else []
    assert bool(counts.claim_running) == (
        due is not None and moment > 0 and (decided is None or decided.at >= at(moment))
    )
