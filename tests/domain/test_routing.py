"""Who is asked first: always the same people for the same question, never more than a few, and always with a reason."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk_bot.domain.routing import FIRST_ASKED, RULES, Candidate, Question, rank

QUESTION = Question("noord", "nl")
users = st.sampled_from([f"@{name}:test" for name in ("an", "bo", "cas", "dirk", "els", "fien")])
questions = st.builds(
    Question,
    stadsdeel=st.sampled_from(["noord", "west", None]),
    language=st.sampled_from(["nl", "en"]),
    helped_before=st.none() | users,
)
candidates = st.lists(
    st.builds(
        Candidate,
        user_id=users,
        stadsdelen=st.frozensets(st.sampled_from(["noord", "west"])),
        languages=st.frozensets(st.sampled_from(["nl", "en"])),
        open_load=st.integers(0, 50),
    ),
    unique_by=lambda candidate: candidate.user_id,
)


@given(questions, candidates, st.randoms())
def test_the_order_in_which_people_are_listed_is_nothing(
    question: Question, people: list[Candidate], shuffle: object
) -> None:
    mixed = list(people)
    shuffle.shuffle(mixed)  # type: ignore[attr-defined]
    assert rank(question, people) == rank(question, mixed)


@given(questions, candidates, st.integers(0, 10))
def test_never_more_than_asked_for_and_never_anybody_else(
    question: Question, people: list[Candidate], limit: int
) -> None:
    best = rank(question, people, limit)
    assert len(best) == min(limit, len(people))
    assert {s.user_id for s in best} <= {c.user_id for c in people}
    assert len({s.user_id for s in best}) == len(best)
    assert len(rank(question, people)) <= FIRST_ASKED


@given(questions, candidates)
def test_the_best_comes_first_and_everybody_has_a_reason(question: Question, people: list[Candidate]) -> None:
    points = [s.points for s in rank(question, people, 99)]
    assert points == sorted(points, reverse=True)
    assert {s.reason for s in rank(question, people, 99)} <= {"same_helper", "language", "stadsdeel", "load"}


@given(questions, candidates, users)
def test_more_work_never_moves_somebody_up(question: Question, people: list[Candidate], user: str) -> None:
    busier = [replace(c, open_load=c.open_load + 5) if c.user_id == user else c for c in people]

    def place(of: list[Candidate]) -> int:
        return next((i for i, s in enumerate(rank(question, of, 99)) if s.user_id == user), -1)

    assert place(busier) >= place(people)


@given(questions, candidates)
def test_whoever_helped_before_is_among_the_first_unless_they_drown(
    question: Question, people: list[Candidate]
) -> None:
    if question.helped_before in {c.user_id for c in people}:
        [first, *_] = rank(question, people)
        rivals = [s for s in rank(question, people, 99) if s.user_id == question.helped_before]
        assert first.user_id == question.helped_before or first.points - rivals[0].points <= 5


@pytest.mark.parametrize(
    ("better", "worse", "reason"),
    [
        (Candidate("@a:t", languages=frozenset({"nl"})), Candidate("@b:t"), "language"),
        (
            Candidate("@a:t", stadsdelen=frozenset({"noord"}), open_load=3),
            Candidate("@b:t", open_load=3),
            "stadsdeel",
        ),
        (Candidate("@b:t", open_load=0), Candidate("@a:t", open_load=4), "load"),
        (Candidate("@a:t"), Candidate("@b:t"), "load"),
    ],
)
def test_who_goes_before_whom(better: Candidate, worse: Candidate, reason: str) -> None:
    first, second = rank(QUESTION, [worse, better])
    assert (first.user_id, first.reason) == (better.user_id, reason)
    assert second.user_id == worse.user_id


def test_nobody() -> None:
    assert rank(QUESTION, []) == []


def test_every_rule_is_silent_or_gives_points() -> None:
    nobody = Candidate("@a:t")
    assert all(found is None or found[0] > 0 for found in (rule(QUESTION, nobody) for rule in RULES))


@given(questions, candidates)
def test_coordinators_are_asked_when_nobody_else_can_be(question: Question, people: list[Candidate]) -> None:
    mixed = [replace(c, coordinator=place % 2 == 0) for place, c in enumerate(people)]
    best = {s.user_id for s in rank(question, mixed, 99)}
    helpers = {c.user_id for c in mixed if not c.coordinator}
    if helpers:
        assert best - helpers <= {question.helped_before}
    assert rank(
        question, [replace(c, coordinator=True) for c in people if c.user_id != question.helped_before]
    ) == rank(question, [c for c in people if c.user_id != question.helped_before])
