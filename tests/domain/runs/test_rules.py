"""Whatever people try, in whatever order: what a run promises holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk_bot.domain.runs.plan import Plan, Planned
from helpdesk_bot.domain.runs.rules import (
    Refused,
    is_finished,
    may_begin,
    needs_met,
    progress,
    refused,
    stuck,
    to_undo,
    too_early,
    turn,
)
from helpdesk_bot.domain.runs.states import (
    ENDED,
    MET,
    RUNS,
    SETTLED,
    STEPS,
    UNDECIDED,
    Run,
    RunMove,
    Step,
    StepMove,
    after_step,
)

ROLES = ("initiative", "technician", "trainer")


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    steps: list[Planned] = []
    for number in range(draw(st.integers(1, 8))):
        above = [step.id for step in steps]
        role = draw(st.sampled_from(ROLES))
        final = draw(st.integers(0, 4)) == 0
        needs = draw(st.sets(st.sampled_from(above))) if above else set()
        other = frozenset({draw(st.sampled_from([other for other in ROLES if other != role]))})
        steps.append(
            Planned(
                f"step-{number}",
                role,
                frozenset(needs),
                final,
                other if final else frozenset(),
                decides=None if final or draw(st.booleans()) else next(iter(other)),
            )
        )
    return Plan(tuple(steps))


Tries = list[tuple[int, StepMove, frozenset[str]]]
tries = st.lists(
    st.tuples(
        st.integers(0, 7),
        st.sampled_from(StepMove),
        st.frozensets(st.sampled_from(ROLES)),
    ),
    max_size=60,
)


def played(plan: Plan, wanted: Tries) -> list[tuple[dict[str, Step], str, StepMove]]:
    """Each move that was let through, with the states before it."""
    states = {step.id: Step.TODO for step in plan}
    made = []
    for number, move, signed in wanted:
        name = plan.steps[number % len(plan)].id
        if refused(plan, states, Run.RUNNING, name, move, signed) is None:
            made.append((dict(states), name, move))
            states[name] = after_step(states[name], move)
    made.append((states, plan.steps[0].id, StepMove.BEGIN))
    return made


@given(plans(), tries)
def test_no_step_is_done_before_what_it_needs(plan: Plan, wanted: Tries) -> None:
    for states, _, _ in played(plan, wanted):
        for step in plan:
            if states[step.id] in (Step.DONE, Step.VERIFIED):
                assert all(states[name] in MET | {Step.FAILED} for name in step.needs)


@given(plans(), tries)
def test_what_cannot_be_undone_waits_until_all_above_it_is_verified(plan: Plan, wanted: Tries) -> None:
    for states, name, move in played(plan, wanted)[:-1]:
        step = plan.step(name)
        if step.irreversible and move is StepMove.FINISH:
            assert all(states[above.id] in SETTLED for above in plan.before(name))


@given(plans(), st.frozensets(st.sampled_from(ROLES)))
def test_what_cannot_be_undone_has_two_people_for_it(plan: Plan, signed: frozenset[str]) -> None:
    for step in plan:
        if step.irreversible:
            states = {above.id: Step.VERIFIED for above in plan.before(step.id)}
            states |= {other.id: Step.TODO for other in plan if other.id not in states}
            states[step.id] = Step.DOING
            answer = refused(plan, states, Run.RUNNING, step.id, StepMove.FINISH, signed)
            assert (answer is None) == ({step.role, *step.sign_off} <= signed)
            assert len({step.role, *step.sign_off}) > 1


@given(plans(), tries, st.frozensets(st.sampled_from(ROLES)))
def test_nothing_is_done_before_who_decides_says_so(
    plan: Plan, wanted: Tries, signed: frozenset[str]
) -> None:
    for states, _, _ in played(plan, wanted):
        for step in plan:
            answer = refused(plan, states, Run.RUNNING, step.id, StepMove.FINISH, signed)
            if answer is None and step.decides is not None:
                assert step.decides in signed
            if answer is Refused.UNDECIDED:
                assert step.decides not in signed


@given(plans(), tries)
def test_what_cannot_be_undone_stays_done(plan: Plan, wanted: Tries) -> None:
    for states, name, move in played(plan, wanted)[:-1]:
        if plan.step(name).irreversible and states[name] in (Step.DONE, Step.VERIFIED):
            assert move in (StepMove.PASS, StepMove.FAIL)


@given(plans(), tries)
def test_progress_never_lies(plan: Plan, wanted: Tries) -> None:
    for states, _, _ in played(plan, wanted):
        found = progress(plan, states)
        assert found.verified == sum(state is Step.VERIFIED for state in states.values())
        assert found.done == sum(state is Step.DONE for state in states.values())
        assert found.total + found.skipped == len(plan)
        assert found.left >= 0
        assert (found.left == 0 and found.done == 0) == is_finished(plan, states)


@given(plans(), tries)
def test_every_run_can_end(plan: Plan, wanted: Tries) -> None:
    """From wherever it is: by going on with what is open, it is finished after a bounded number of moves."""
    states = dict(played(plan, wanted)[-1][0])
    everybody = frozenset(ROLES)
    for _ in range(6 * len(plan)):
        if is_finished(plan, states):
            break
        before = dict(states)
        for step in plan:
            for move in (StepMove.BEGIN, StepMove.WAKE, StepMove.FINISH, StepMove.PASS, StepMove.PUT_BACK):
                wants_back = states[step.id] is Step.ROLLED_BACK
                if move is StepMove.PUT_BACK and not wants_back:
                    continue
                if refused(plan, states, Run.RUNNING, step.id, move, everybody) is None:
                    states[step.id] = after_step(states[step.id], move)
        assert states != before
    assert is_finished(plan, states)


@given(plans(), tries)
def test_somebody_is_always_to_move(plan: Plan, wanted: Tries) -> None:
    """A run that is not finished never hangs without anybody knowing whose turn it is."""
    for states, _, _ in played(plan, wanted):
        if not is_finished(plan, states):
            resting = [s for s in states.values() if s in (Step.WAITING, Step.DONE, Step.ROLLED_BACK)]
            assert may_begin(plan, states) or turn(plan, states) or resting


@given(plans(), tries)
def test_nobody_waits_for_themselves(plan: Plan, wanted: Tries) -> None:
    """Each role has one thing to do at a time. It is always one that can be done."""
    for before, _, _ in played(plan, wanted):
        states = dict(before)
        for name in reversed(too_early(plan, states)):
            assert refused(plan, states, Run.RUNNING, name, StepMove.PUT_BACK) is None
            states[name] = after_step(states[name], StepMove.PUT_BACK)
        waits = stuck(plan, states)
        for name in waits:
            assert refused(plan, states, Run.RUNNING, name, StepMove.FINISH, frozenset(ROLES)) is not None
        busy = {step.role for step in turn(plan, states) if step.id not in waits}
        begins = [step for step in may_begin(plan, states) if step.role not in busy]
        resting = {Step.WAITING, Step.DONE, Step.ROLLED_BACK} & set(states.values())
        assert is_finished(plan, states) or busy or begins or resting
        for step in plan:
            if step.irreversible and states[step.id] is Step.DOING:
                assert all(states[above.id] in SETTLED for above in plan.before(step.id))


@given(plans(), tries)
def test_the_way_back_leaves_nothing_that_leans_on_what_is_gone(plan: Plan, wanted: Tries) -> None:
    states = dict(played(plan, wanted)[-1][0])
    for step in to_undo(plan, states):
        assert refused(plan, states, Run.RUNNING, step.id, StepMove.ROLL_BACK) is None
        states[step.id] = after_step(states[step.id], StepMove.ROLL_BACK)


def test_nothing_moves_while_a_run_rests_or_is_over() -> None:
    plan = Plan((Planned("one", "initiative"),))
    for run in set(Run) - {Run.RUNNING}:
        assert refused(plan, {"one": Step.TODO}, run, "one", StepMove.BEGIN) is Refused.NOT_RUNNING


@given(plans(), st.lists(st.tuples(st.sampled_from([*RunMove, *StepMove]), st.integers(0, 7)), max_size=80))
def test_while_losses_are_undecided_nothing_goes_on_and_nothing_is_lost(
    plan: Plan, wanted: list[tuple[RunMove | StepMove, int]]
) -> None:
    """Steps and the whole run, moved in any order: before somebody has said yes a step can only be put back."""
    run, states = Run.ACCEPTING, {step.id: Step.TODO for step in plan}
    everybody = frozenset(ROLES)
    for move, number in wanted:
        name, before = plan.steps[number % len(plan)].id, dict(states)
        if isinstance(move, RunMove):
            run = RUNS.get((run, move), run)
        elif refused(plan, states, run, name, move, everybody) is None:
            states[name] = after_step(states[name], move)
        if run in UNDECIDED and states != before:
            assert (run, states[name]) == (Run.RECONSIDERING, Step.TODO)
            step = plan.step(name)
            assert not (step.irreversible and before[name] in (Step.DONE, Step.VERIFIED, Step.FAILED))
        if run in UNDECIDED:
            back = {after for (state, _), after in RUNS.items() if state == run}
            assert Run.RUNNING in back
            assert Run.STOPPED in back


@pytest.mark.parametrize("run", sorted(set(Run) - ENDED))
def test_every_run_comes_to_an_end_from_wherever_it_is(run: Run) -> None:
    reached = {run}
    while more := {after for (state, _), after in RUNS.items() if state in reached} - reached:
        reached |= more
    assert Run.FINISHED in reached
    assert Run.STOPPED in reached


def test_nothing_that_loses_more_goes_on_without_a_yes() -> None:
    assert [move for (state, move), after in RUNS.items() if state in UNDECIDED and after is Run.RUNNING] == [
        RunMove.ACCEPT,
        RunMove.ACCEPT_MORE,
    ]


def test_every_run_that_is_not_over_can_be_stopped() -> None:
    for run in Run:
        assert ((run, RunMove.STOP) in RUNS) == (run not in ENDED)


def test_every_state_is_reached_and_left() -> None:
    assert set(STEPS.values()) == set(Step)
    assert {state for state, _ in STEPS} == set(Step)


def test_a_need_that_the_inputs_left_out_is_met() -> None:
    assert needs_met({}, Planned("two", "trainer", frozenset({"one"})))
