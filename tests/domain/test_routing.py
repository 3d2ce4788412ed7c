"""Who is asked first: always the same people for the same question, never more than a few, and always with a reason."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk_bot.domain.availability import Unavailable
from helpdesk_bot.domain.routing import (
    FIRST_ASKED,
    RULES,
    TICKETS_TO_LEAD,
    Candidate,
    Question,
    Team,
    companion,
    rank,
)

QUESTION = Question("noord", "nl", topic="mail")
TOPICS = ("mail", "website")
users = st.sampled_from([f"@{name}:test" for name in ("an", "bo", "cas", "dirk", "els", "fien")])
questions = st.builds(
    Question,
    stadsdeel=st.sampled_from(["noord", "west", None]),
    language=st.sampled_from(["nl", "en"]),
    helped_before=st.none() | users,
    topic=st.none() | st.sampled_from(TOPICS),
    urgent=st.booleans(),
    voucher=st.booleans(),
    helper=st.none() | users,
    backup=st.none() | users,
)
topics = st.frozensets(st.sampled_from(TOPICS))
candidates = st.lists(
    st.builds(
        Candidate,
        user_id=users,
        stadsdelen=st.frozensets(st.sampled_from(["noord", "west"])),
        languages=st.frozensets(st.sampled_from(["nl", "en"])),
        skills=topics,
        open_load=st.integers(0, 50),
        recent_load=st.integers(0, 50),
        unanswered=st.integers(0, 9),
        paid=st.none() | st.booleans(),
        learning=topics,
        mentor=st.none() | users,
        joined=st.integers(0, 5),
        unavailable=st.none() | st.sampled_from(Unavailable),
    ),
    unique_by=lambda candidate: candidate.user_id,
)


def can_be_asked(people: Sequence[Candidate]) -> set[str]:
    return {c.user_id for c in people if c.unavailable is None}


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
    assert len(best) == min(limit, len(can_be_asked(people)))
    assert {s.user_id for s in best} <= can_be_asked(people)
    assert len({s.user_id for s in best}) == len(best)


@given(questions, candidates)
def test_never_everybody_at_once(question: Question, people: list[Candidate]) -> None:
    there, first = len(can_be_asked(people)), len(rank(question, people))
    assert first <= FIRST_ASKED
    assert first < there or there <= 1
    assert first >= 1 or there == 0


@given(questions, candidates, st.frozensets(users))
def test_nobody_is_asked_twice(question: Question, people: list[Candidate], asked: frozenset[str]) -> None:
    best = {s.user_id for s in rank(question, people, 99, without=asked)}
    assert best == can_be_asked(people) - asked


@given(questions, candidates)
def test_the_best_comes_first_and_everybody_has_a_reason(question: Question, people: list[Candidate]) -> None:
    points = [s.points for s in rank(question, people, 99)]
    assert points == sorted(points, reverse=True)
    assert {s.reason for s in rank(question, people, 99)} <= REASONS


REASONS = {
    "same_helper",
    "organisation",
    "backup",
    "skill",
    "leads",
    "language",
    "stadsdeel",
    "volunteer",
    "urgent",
    "voucher",
    "load",
    "fair",
}


@given(questions, candidates, users, st.sampled_from(["open_load", "recent_load", "unanswered"]))
def test_more_work_never_moves_somebody_up(
    question: Question, people: list[Candidate], user: str, what: str
) -> None:
    busier = [replace(c, **{what: getattr(c, what) + 5}) if c.user_id == user else c for c in people]

    def place(of: list[Candidate]) -> int:
        return next((i for i, s in enumerate(rank(question, of, 99)) if s.user_id == user), -1)

    assert place(busier) >= place(people)


@given(questions, candidates)
def test_urgent_changes_nothing_for_who_asked_for_rest(question: Question, people: list[Candidate]) -> None:
    asked = {s.user_id for s in rank(replace(question, urgent=True), people, 99)}
    assert asked <= can_be_asked(people)


@pytest.mark.parametrize(
    ("question", "better", "worse", "reason"),
    [
        (QUESTION, Candidate("@a:t", languages=frozenset({"nl"})), Candidate("@b:t"), "language"),
        (QUESTION, Candidate("@b:t", skills=frozenset({"mail"})), Candidate("@a:t"), "skill"),
        (QUESTION, Candidate("@b:t", paid=False), Candidate("@a:t", paid=True), "load"),
        (replace(QUESTION, urgent=True), Candidate("@b:t", paid=True), Candidate("@a:t", paid=False), "load"),
        (
            replace(QUESTION, voucher=True),
            Candidate("@b:t", paid=True, open_load=1),
            Candidate("@a:t", paid=False, open_load=1),
            "voucher",
        ),
        (
            replace(QUESTION, urgent=True),
            Candidate("@b:t", paid=True, open_load=1),
            Candidate("@a:t", paid=False, open_load=1),
            "urgent",
        ),
        (replace(QUESTION, helper="@b:t"), Candidate("@b:t"), Candidate("@a:t"), "organisation"),
        (replace(QUESTION, backup="@b:t"), Candidate("@b:t"), Candidate("@a:t"), "backup"),
        (replace(QUESTION, helped_before="@b:t"), Candidate("@b:t"), Candidate("@a:t"), "same_helper"),
        (
            QUESTION,
            Candidate("@a:t", stadsdelen=frozenset({"noord"}), open_load=3),
            Candidate("@b:t", open_load=3),
            "stadsdeel",
        ),
        (QUESTION, Candidate("@b:t", recent_load=0), Candidate("@a:t", recent_load=20), "fair"),
        (QUESTION, Candidate("@b:t"), Candidate("@a:t", unanswered=3), "load"),
        (QUESTION, Candidate("@b:t", open_load=0), Candidate("@a:t", open_load=4), "load"),
        (QUESTION, Candidate("@a:t"), Candidate("@b:t"), "load"),
    ],
)
def test_who_goes_before_whom(question: Question, better: Candidate, worse: Candidate, reason: str) -> None:
    first, second = rank(question, [worse, better], 2)
    assert (first.user_id, first.reason) == (better.user_id, reason)
    assert second.user_id == worse.user_id


def test_when_the_helper_of_an_organisation_is_away_the_backup_comes_first() -> None:
    helper = Candidate("@b:t", unavailable=Unavailable.AWAY)
    backup, other = Candidate("@c:t"), Candidate("@a:t", skills=frozenset({"mail"}))
    [first, *_] = rank(replace(QUESTION, helper="@b:t", backup="@c:t"), [helper, backup, other])
    assert (first.user_id, first.reason) == ("@c:t", "backup")


def test_whoever_comes_back_after_weeks_is_not_given_everything() -> None:
    """The others took ten tickets each while they were away; who knows the subject still goes first."""
    back = Candidate("@a:t")
    skilled = [Candidate(f"@{name}:t", skills=frozenset({"mail"}), recent_load=10) for name in "bcd"]
    assert rank(QUESTION, [back, *skilled], 1)[0].user_id == "@b:t"


def test_nobody() -> None:
    assert rank(QUESTION, []) == []
    assert rank(QUESTION, [Candidate("@a:t", unavailable=Unavailable.QUIET)]) == []


def test_a_rule_without_anything_to_go_by_is_silent_or_for_somebody() -> None:
    nobody, team = Candidate("@a:t"), Team(0.0, frozenset())
    assert all(found is None or found[0] > 0 for found in (rule(QUESTION, nobody, team) for rule in RULES))


@given(questions, candidates)
def test_coordinators_are_asked_when_nobody_else_can_be(question: Question, people: list[Candidate]) -> None:
    mixed = [replace(c, coordinator=place % 2 == 0) for place, c in enumerate(people)]
    best = {s.user_id for s in rank(question, mixed, 99)}
    helpers = {c.user_id for c in mixed if not c.coordinator} & can_be_asked(mixed)
    if helpers:
        assert best - helpers <= {question.helped_before}
    else:
        assert best <= can_be_asked(mixed)
        assert bool(best) == bool(can_be_asked(mixed))


LEARNER = Candidate("@leerling:t", learning=frozenset({"mail"}), mentor="@meester:t")
MENTOR = Candidate("@meester:t", skills=frozenset({"mail"}))


@pytest.mark.parametrize("joined", range(TICKETS_TO_LEAD + 2))
def test_first_a_learner_joins_in_and_then_they_lead(joined: int) -> None:
    learner = replace(LEARNER, joined=joined)
    [first, second] = rank(QUESTION, [learner, MENTOR], 2)
    if joined < TICKETS_TO_LEAD:
        assert (first.user_id, first.reason) == ("@meester:t", "skill")
        assert companion(QUESTION, first.user_id, [learner, MENTOR]) == "@leerling:t"
        assert companion(QUESTION, second.user_id, [learner, MENTOR]) is None
    else:
        assert (first.user_id, first.reason) == ("@leerling:t", "leads")
        assert companion(QUESTION, first.user_id, [learner, MENTOR]) == "@meester:t"


@pytest.mark.parametrize("why", [Unavailable.AWAY, Unavailable.QUIET])
def test_nobody_leads_alone_and_nobody_joins_in_at_night(why: Unavailable) -> None:
    ready, gone = replace(LEARNER, joined=TICKETS_TO_LEAD), replace(MENTOR, unavailable=why)
    assert rank(QUESTION, [ready, gone], 1)[0].reason != "leads"
    assert companion(QUESTION, ready.user_id, [ready, gone]) is None
    assert companion(QUESTION, MENTOR.user_id, [MENTOR, replace(LEARNER, unavailable=why)]) is None


def test_full_hands_are_no_reason_not_to_watch() -> None:
    full = replace(LEARNER, unavailable=Unavailable.FULL)
    assert companion(QUESTION, MENTOR.user_id, [MENTOR, full]) == full.user_id


def test_of_several_learners_the_one_who_has_seen_least_joins_in() -> None:
    seen = replace(LEARNER, user_id="@a:t", joined=2)
    assert companion(QUESTION, MENTOR.user_id, [seen, MENTOR, LEARNER]) == LEARNER.user_id


@pytest.mark.parametrize(
    "learner",
    [
        replace(LEARNER, learning=frozenset({"website"})),
        replace(LEARNER, mentor=None),
        replace(LEARNER, mentor="@iemand:t"),
        replace(LEARNER, skills=frozenset({"mail"})),  # they know it by now
    ],
)
def test_who_has_nothing_to_learn_here_does_not_join_in(learner: Candidate) -> None:
    assert companion(QUESTION, MENTOR.user_id, [learner, MENTOR]) is None
