"""What is said again when two helpdesks compare."""

from datetime import UTC, datetime

import pytest

from helpdesk_bot.domain.federation.comparing import (
    Again,
    Known,
    compare,
    nothing_known,
)
from helpdesk_bot.domain.federation.lending import (
    SAID_BY_HELPER,
    SAID_BY_ORIGIN,
    In,
    Out,
    after_in,
    after_out,
    agree,
    heard_by_helper,
    heard_by_origin,
)
from helpdesk_bot.protocol.words import Compared, Message, Withdraw

LEND = "0" * 32
NOTHING = Again(state=False, version=2, messages_from=None, said=0)


def test_nothing_when_both_know_all() -> None:
    origin, helper = Known(Out.CONFIRMED, version=2, seen=2), Known(In.WORKING, version=2, seen=2)
    assert compare(origin, helper) == NOTHING
    assert compare(helper, origin) == NOTHING


def test_what_they_did_not_hear_is_said_as_it_was() -> None:
    again = compare(Known(Out.CONFIRMED, version=2, seen=1), Known(In.ACCEPTED, version=1, seen=1))
    assert (again.state, again.version) == (True, 2)


def test_what_we_did_not_hear_is_theirs_to_say() -> None:
    again = compare(Known(Out.OFFERED, version=1), Known(In.ACCEPTED, version=1, seen=1))
    assert (again.state, again.version) == (False, 1)


def test_whoever_was_put_back_says_something_newer_than_they_heard() -> None:
    again = compare(Known(Out.OFFERED, version=1), Known(In.WORKING, version=2, seen=4))
    assert (again.state, again.version) == (True, 5)


def test_a_helper_that_was_put_back_before_it_answered_says_nothing_but_counts_on() -> None:
    again = compare(Known(In.OFFERED, seen=1), Known(Out.CONFIRMED, version=2, seen=3))
    assert (again.state, again.version) == (False, 3)


def test_a_version_that_was_given_out_twice_is_noticed_by_what_it_should_have_meant() -> None:
    origin, helper = Known(Out.WITHDRAWN, version=2, seen=2), Known(In.WORKING, version=2, seen=2)
    assert (compare(origin, helper).state, compare(origin, helper).version) == (True, 3)
    assert not compare(helper, origin).state  # the origin decides: a status would change nothing there


def test_whoever_can_change_nothing_there_does_not_talk_through_the_other() -> None:
    """Else each waited for the other's newest for ever."""
    origin, helper = Known(Out.OFFERED, version=3), Known(In.ENDED, seen=3)
    assert not compare(origin, helper).state
    assert (compare(helper, origin).state, compare(helper, origin).version) == (True, 1)


@pytest.mark.parametrize("theirs", [Known(In.OFFERED, seen=1), Known(In.WORKING, version=2, seen=2, said=1)])
def test_a_question_that_the_origin_forgot_is_over(theirs: Known) -> None:
    again = compare(nothing_known(theirs), theirs)
    assert (again.state, again.version) == (True, theirs.seen + 1)


@pytest.mark.parametrize("state", [Out.CONFIRMED, Out.CLOSED])
def test_a_question_that_the_helper_forgot_goes_back(state: Out) -> None:
    theirs = Known(state, version=2, seen=2)
    again = compare(nothing_known(theirs), theirs)
    assert (again.state, again.version) == (True, 3)


def test_an_offer_that_was_lost_is_waited_for() -> None:
    theirs = Known(Out.OFFERED, version=1)
    assert not compare(nothing_known(theirs), theirs).state
    assert compare(theirs, nothing_known(theirs)).state


@pytest.mark.parametrize(
    "theirs", [Known(Out.DECLINED, version=1, seen=1), Known(In.ENDED, version=1, seen=2)]
)
def test_what_nobody_here_knows_and_is_over_there_needs_no_word(theirs: Known) -> None:
    assert not compare(nothing_known(theirs), theirs).state


def test_messages_from_the_first_that_they_lack() -> None:
    mine = Known(Out.CONFIRMED, version=2, seen=2, said=5)
    assert compare(mine, Known(In.WORKING, version=2, seen=2, heard=5)).messages_from is None
    assert compare(mine, Known(In.WORKING, version=2, seen=2, heard=3)).messages_from == 4


def test_whoever_forgot_what_it_said_counts_on_from_what_they_heard() -> None:
    again = compare(
        Known(Out.CONFIRMED, version=2, seen=2, said=1), Known(In.WORKING, version=2, seen=2, heard=3)
    )
    assert (again.messages_from, again.said) == (None, 3)


@pytest.mark.parametrize("free", [True, False])
@pytest.mark.parametrize("helper_first", [True, False])
def test_whatever_the_two_states_are_said_once_to_each_other_they_mean_the_same(
    helper_first: bool, free: bool
) -> None:
    for start_out in Out:
        for start_in in In:
            out, in_ = start_out, start_in
            for helper_speaks in (helper_first, not helper_first, helper_first, not helper_first):
                if agree(out, in_):
                    break
                if helper_speaks and in_ in SAID_BY_HELPER:
                    move = heard_by_origin(out, SAID_BY_HELPER[in_], free=free)
                    out = after_out(out, move) if move else out
                elif not helper_speaks:
                    heard = heard_by_helper(in_, SAID_BY_ORIGIN[out])
                    in_ = after_in(in_, heard) if heard else in_
            assert agree(out, in_), f"{start_out} {start_in}"


def test_whatever_they_say_can_be_compared_and_answered() -> None:
    """Else one wrong word of theirs kept us from ever comparing again, or from saying what comes next."""
    most = Withdraw(lend=LEND, version=1_000_000_000, reason="unknown").version
    claims = Compared(
        lend=LEND, side="helper", state="working", version=most, seen=999_999_999, said=0, heard=1_000_000
    )
    theirs = Known(In(claims.state), claims.version, claims.seen, claims.said, claims.heard)
    mine = Known(Out.CONFIRMED, version=2, seen=most, said=3)
    again = compare(mine, theirs)
    ours = Compared(
        lend=LEND,
        side="origin",
        state="confirmed",
        version=again.version,
        seen=most,
        said=again.said,
        heard=0,
    )
    assert Withdraw(lend=LEND, version=ours.version, reason="unknown").version == 1_000_000_000
    assert (
        Message(lend=LEND, n=ours.said + 1, id=LEND, said_at=datetime(2026, 11, 23, tzinfo=UTC)).n
        == 1_000_001
    )
